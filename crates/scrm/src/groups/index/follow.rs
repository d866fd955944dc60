//! Following the company's change sequence, and answering from what was followed.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use store::{Session, Value, params};

use super::{
    Query,
    delta::{Change, State},
};
use crate::{
    CorpId, Error, GroupId, Page, TagId, corps,
    groups::{NUMBERS_KEPT, list::Found, sql},
};

/// With more changes at a time the index is given up, and made anew.
const MAX_CHANGES: usize = 20_000;
/// With so many groups apart a new base is made.
const MANY_APART: u64 = 4_096;

/// The index of a company.
pub(crate) struct Index {
    corp: CorpId,
    state: RwLock<State>,
    /// Held by whoever takes over changes.
    following: tokio::sync::Mutex<()>,
}

/// What an index says to a query.
pub(crate) enum Answer {
    /// How many groups there are in all, and those of the page.
    Page(i64, Vec<Found>),
    /// It is newer than what the reader sees: ask again with a new one.
    Newer,
    /// Too much has changed: it is of no use any more.
    Lost,
}

impl Index {
    pub(super) fn new(corp: CorpId, state: State) -> Self {
        Self { corp, state: RwLock::new(state), following: tokio::sync::Mutex::new(()) }
    }

    /// A page as the reader would see it.
    pub(super) async fn page(
        &self,
        reader: &mut Session,
        query: &Query,
        page: Page,
    ) -> Result<Answer, Error> {
        let seq = corps::change_seq(reader, self.corp).await?;
        if self.seq() < seq && !self.follow(reader, seq).await? {
            return Ok(Answer::Lost);
        }
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if state.seq != seq {
            return Ok(Answer::Newer);
        }
        let (n_total, groups) = state.page(query, page);
        Ok(Answer::Page(n_total, groups))
    }

    fn seq(&self) -> i64 {
        self.state.read().unwrap_or_else(PoisonError::into_inner).seq
    }

    /// Takes over changes up to a number; false when there are too many.
    async fn follow(&self, reader: &mut Session, seq: i64) -> Result<bool, Error> {
        let _following = self.following.lock().await;
        let known = self.seq();
        if known >= seq {
            return Ok(true);
        }
        if seq - known >= NUMBERS_KEPT {
            // What changed is not known any more.
            return Ok(false);
        }
        let limit = i64::try_from(MAX_CHANGES + 1).expect("it is small");
        let values = params![self.corp, known, seq, limit];
        let ids: Vec<GroupId> =
            reader.query(&sql::CHANGED_AT_MOST, &values, |row| row.get(0)).await?;
        if ids.len() > MAX_CHANGES {
            return Ok(false);
        }
        let changes = changes(reader, self.corp, &ids).await?;
        self.state.write().unwrap_or_else(PoisonError::into_inner).apply(changes, seq);
        Ok(true)
    }

    /// Whether a new base would help.
    pub(super) fn is_scattered(&self) -> bool {
        self.state.read().unwrap_or_else(PoisonError::into_inner).n_apart() > MANY_APART
    }

    /// Makes one base of everything, while others go on with the old one; false when there is no room for it.
    /// What changed meanwhile is followed again.
    pub(super) async fn gather(&self) -> bool {
        let parts = self.state.read().unwrap_or_else(PoisonError::into_inner).parts();
        let seq = parts.seq;
        let merged = tokio::task::spawn_blocking(move || parts.merged()).await;
        let Some(base) = merged.expect("it does not panic") else { return false };
        let _following = self.following.lock().await;
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State::new(base, seq);
        true
    }

    /// Bytes of memory, about.
    pub(super) fn n_bytes(&self) -> usize {
        self.state.read().unwrap_or_else(PoisonError::into_inner).base.n_bytes()
    }

    pub(super) fn n_groups(&self) -> usize {
        self.state.read().unwrap_or_else(PoisonError::into_inner).base.len()
    }
}

/// Groups as they are now.
async fn changes(
    reader: &mut Session,
    corp: CorpId,
    ids: &[GroupId],
) -> Result<Vec<Change>, Error> {
    let list: Vec<Value<'_>> = ids.iter().map(|&id| id.into()).collect();
    let live = reader.query_list(&sql::LIVE, &params![corp], &list, sql::found).await?;
    let mut live: HashMap<GroupId, Found> =
        live.into_iter().map(|group| (group.id, group)).collect();
    let read = |row: &store::Row<'_>| Ok((row.get::<GroupId>(0)?, row.get::<TagId>(1)?));
    for (group, tag) in reader.query_list(&sql::TAGS_OF, &params![corp], &list, read).await? {
        if let Some(group) = live.get_mut(&group) {
            group.tags.push(tag);
        }
    }
    Ok(ids.iter().map(|id| (*id, live.remove(id))).collect())
}
