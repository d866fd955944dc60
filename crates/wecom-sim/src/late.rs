//! How groups and customers were before their latest changes, for calls whose data come late.
//!
//! WeCom tells of a change before its own data show it. What people change is kept here as it was,
//! until the change may be seen; who reads meanwhile gets the oldest state that is still due.

use std::collections::HashMap;

use crate::{op::Relation, state::groups::GroupRow, world::StaffNo};

/// Former states by chat id and by external userid; nothing is kept while data come at once.
#[derive(Default)]
pub(crate) struct Late {
    groups: Former<Option<GroupRow>>,
    customers: Former<Vec<(StaffNo, Relation)>>,
}

impl Late {
    /// `None` is a group that was not there.
    pub(crate) fn keep_group(&mut self, chat_id: &str, was: Option<GroupRow>, until: Until) {
        self.groups.keep(chat_id, was, until);
    }

    pub(crate) fn keep_customer(
        &mut self,
        userid: &str,
        followers: Vec<(StaffNo, Relation)>,
        until: Until,
    ) {
        self.customers.keep(userid, followers, until);
    }

    /// What to show in place of the group; `None` for the group as it is.
    pub(crate) fn group(&self, chat_id: &str, now_ms: i64) -> Option<&Option<GroupRow>> {
        self.groups.shown(chat_id, now_ms)
    }

    /// Whom to show in place of a customer's followers; `None` for the followers as they are.
    pub(crate) fn followers(&self, userid: &str, now_ms: i64) -> Option<&Vec<(StaffNo, Relation)>> {
        self.customers.shown(userid, now_ms)
    }
}

/// From when to when a former state is shown.
#[derive(Clone, Copy)]
pub(crate) struct Until {
    pub(crate) now_ms: i64,
    pub(crate) until_ms: i64,
}

struct Former<T>(HashMap<String, Vec<(i64, T)>>);

impl<T> Default for Former<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Former<T> {
    fn keep(&mut self, id: &str, was: T, Until { now_ms, until_ms }: Until) {
        let states = self.0.entry(id.to_owned()).or_default();
        states.retain(|(until_ms, _)| now_ms < *until_ms);
        states.push((until_ms, was));
    }

    fn shown(&self, id: &str, now_ms: i64) -> Option<&T> {
        let mut states = self.0.get(id)?.iter();
        states.find(|(until_ms, _)| now_ms < *until_ms).map(|(_, was)| was)
    }
}
