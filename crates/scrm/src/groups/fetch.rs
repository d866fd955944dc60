//! Asking WeCom for groups: which an owner has, and what one of them is like.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use wecom::{codes, groups::GroupChat};

use crate::sync::N_AT_ONCE;

/// Groups in one list reply, at most.
const GROUPS_PER_PAGE: u32 = 1_000;

/// What became of asking for one group.
pub(super) enum Answer {
    /// The group, and WeCom's status of its owner where that was listed.
    Group(Box<GroupChat>, Option<i64>),
    /// It is no more, or never was a customer group.
    Gone(String),
    /// Its owner is outside the app's visible range: nothing can be said of it.
    OutOfSight(String),
    /// It could not be read.
    Failed(String, wecom::Error),
}

/// Chat ids with WeCom's status of their owner, in order.
pub(super) type Listed = BTreeMap<String, Option<i64>>;

/// The groups of at most 100 owners. Owners are named, since without names WeCom refuses above 1,000
/// visible people and hides the groups of those who left.
pub(super) async fn list(
    client: &wecom::Client,
    owners: &[String],
) -> Result<Listed, wecom::Error> {
    let mut listed = Listed::new();
    let mut request = wecom::groups::ListRequest {
        status_filter: 0,
        owners: owners.to_vec(),
        cursor: None,
        limit: GROUPS_PER_PAGE,
    };
    let mut has_failed = false;
    loop {
        match wecom::groups::list(client, &request).await {
            Ok(page) => {
                listed.extend(
                    page.groups.into_iter().map(|entry| (entry.chat_id, Some(entry.status))),
                );
                request.cursor = page.next_cursor;
                if request.cursor.is_none() {
                    return Ok(listed);
                }
            }
            // Once more from the first page: a cursor may have run out (50100).
            Err(_) if !has_failed => {
                has_failed = true;
                request.cursor = None;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Asks for some groups, in no order.
pub(super) async fn get_all(client: &wecom::Client, wanted: Listed) -> Vec<Answer> {
    stream::iter(wanted)
        .map(|(chat_id, status)| get(client, chat_id, status))
        .buffer_unordered(N_AT_ONCE)
        .collect()
        .await
}

/// Asks for one group, twice if need be.
pub(super) async fn get(client: &wecom::Client, chat_id: String, status: Option<i64>) -> Answer {
    let mut asked = wecom::groups::get(client, &chat_id).await;
    if asked.as_ref().is_err_and(|error| !is_gone(error) && !is_out_of_sight(error)) {
        asked = wecom::groups::get(client, &chat_id).await;
    }
    match asked {
        Ok(group) => Answer::Group(Box::new(group), status),
        Err(error) if is_gone(&error) => Answer::Gone(chat_id),
        Err(error) if is_out_of_sight(&error) => Answer::OutOfSight(chat_id),
        Err(error) => Answer::Failed(chat_id, error),
    }
}

fn is_out_of_sight(error: &wecom::Error) -> bool {
    error.errcode() == Some(codes::NO_PRIVILEGE)
}

impl Answer {
    /// The group that was asked for.
    pub(super) fn chat_id(&self) -> &String {
        match self {
            Self::Group(group, _) => &group.chat_id,
            Self::Gone(chat_id) | Self::OutOfSight(chat_id) | Self::Failed(chat_id, _) => chat_id,
        }
    }

    /// Rows that it may take to store it.
    pub(super) fn n_rows(&self) -> usize {
        match self {
            Self::Group(group, _) => 1 + group.member_list.len(),
            _ => 1,
        }
    }
}

/// WeCom's two ways to say that a group is no more (which of them a dissolved group gets is not
/// documented), and that it never was a customer group.
fn is_gone(error: &wecom::Error) -> bool {
    let gone = [codes::GROUP_DISMISSED, codes::INVALID_CHAT_ID, codes::NOT_A_CUSTOMER_GROUP];
    error.errcode().is_some_and(|errcode| gone.contains(&errcode))
}
