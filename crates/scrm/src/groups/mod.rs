//! Customer groups (客户群): mirrored from WeCom, listed with their SOP tasks.
//!
//! A dissolved group is kept and marked, and left out of lists. A group has two names: WeCom's own, which
//! may be empty, and the displayed one. Every change to a group or its tags is noted under a number of the
//! company's change sequence, so that whoever keeps a copy in memory can follow.

mod events;
mod facts;
mod fetch;
pub(crate) mod index;
mod list;
mod members;
pub(crate) mod sql;
mod sync;
#[cfg(test)]
mod tests;
mod view;
mod walk;
mod write;

use std::collections::HashMap;

use store::{Session, Tx, Value, params};

use crate::{CorpId, Error, GroupId, Scrm, StaffId, corps};
pub(crate) use events::{Applied, MembersChanged, apply_members};
pub(crate) use facts::{Facts, facts, facts_after};
pub use index::{Indexes, Limits as IndexLimits, tick as index_tick};
pub use list::{Filter, GroupPage, ListedGroup, MAX_TAGS, TagMatch, count, list};
#[cfg(test)]
use members::Member;
pub(crate) use sync::{follow, refresh};
pub use view::{GroupDetail, GroupMember, check_seen, detail};
pub use walk::Walk;
pub(crate) use walk::matching;

/// A customer group as other parts of the domain see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Our id.
    pub id: GroupId,
    /// WeCom's chat id, `wr…`.
    pub chat_id: String,
    /// Its owner.
    pub owner: StaffId,
    /// WeCom's name, empty for an unnamed group.
    pub raw_name: String,
    /// The name that people see.
    pub display_name: String,
    /// No longer there in WeCom.
    pub is_dissolved: bool,
}

/// A row as the synchronisation compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub id: GroupId,
    pub chat_id: String,
    pub owner: StaffId,
    pub raw_name: String,
    pub display_name: String,
    pub notice: String,
    pub created_at_ms: i64,
    pub owner_status: i64,
    pub is_dissolved: bool,
    pub n_members: i64,
    pub member_version: String,
}

/// Names shown for an unnamed group, at most.
const N_NAMES_SHOWN: usize = 5;

/// The name people see: WeCom's own, or the first five members' names joined with "、" and followed by
/// "..." when there are more (contract/16).
pub fn display_name<'a>(raw_name: &str, mut members: impl Iterator<Item = &'a str>) -> String {
    if !raw_name.is_empty() {
        return raw_name.to_owned();
    }
    let first: Vec<&str> = members.by_ref().take(N_NAMES_SHOWN).collect();
    let more = if members.next().is_some() { "..." } else { "" };
    first.join("、") + more
}

/// The groups with these chat ids, dissolved ones included, by chat id; unknown ids are passed over.
pub(crate) async fn by_chat_ids(
    session: &mut Session,
    corp: CorpId,
    chat_ids: &[String],
) -> Result<HashMap<String, Group>, Error> {
    let list: Vec<Value<'_>> = chat_ids.iter().map(Value::from).collect();
    let found = session.query_list(&sql::BY_CHAT_ID, &params![corp], &list, sql::group).await?;
    Ok(found.into_iter().map(|group| (group.chat_id.clone(), group)).collect())
}

/// One of the groups that [`by_chat_ids`] found; [`Error::NotFound`] when it is unknown or dissolved.
pub(crate) fn known<'a>(
    found: &'a HashMap<String, Group>,
    chat_id: &str,
) -> Result<&'a Group, Error> {
    match found.get(chat_id) {
        Some(group) if !group.is_dissolved => Ok(group),
        Some(_) => Err(Error::NotFound(format!("the customer group {chat_id} was dissolved"))),
        None => Err(Error::NotFound(format!("there is no customer group {chat_id}"))),
    }
}

/// The groups with these ids, in no order.
pub(crate) async fn by_ids(
    session: &mut Session,
    corp: CorpId,
    ids: &[GroupId],
) -> Result<HashMap<GroupId, Group>, Error> {
    let list: Vec<Value<'_>> = ids.iter().map(|&id| id.into()).collect();
    let found = session.query_list(&sql::BY_ID, &params![corp], &list, sql::group).await?;
    Ok(found.into_iter().map(|group| (group.id, group)).collect())
}

/// Who is in a group, in WeCom's order.
#[cfg(test)]
pub(crate) async fn members_of(
    session: &mut Session,
    corp: CorpId,
    group: GroupId,
) -> Result<Vec<Member>, Error> {
    let list = [group.into()];
    let found = session.query_list(&sql::MEMBERS, &params![corp], &list, members::read).await?;
    Ok(found.into_iter().map(|(_, member)| member).collect())
}

/// All groups of some owners that are not dissolved.
pub(crate) async fn of_owners(
    session: &mut Session,
    corp: CorpId,
    owners: &[StaffId],
) -> Result<Vec<Group>, Error> {
    let list: Vec<Value<'_>> = owners.iter().map(|&id| id.into()).collect();
    Ok(session.query_list(&sql::OF_OWNERS, &params![corp], &list, sql::group).await?)
}

/// The same by id alone, in no order: there may be many.
pub(crate) async fn ids_of_owners(
    session: &mut Session,
    corp: CorpId,
    owners: &[StaffId],
) -> Result<Vec<GroupId>, Error> {
    let list: Vec<Value<'_>> = owners.iter().map(|&id| id.into()).collect();
    Ok(session.query_list(&sql::IDS_OF_OWNERS, &params![corp], &list, |row| row.get(0)).await?)
}

/// Groups that changed under the numbers after `after` up to `until` of the change sequence, none twice.
pub(crate) async fn changed(
    session: &mut Session,
    corp: CorpId,
    after: i64,
    until: i64,
) -> Result<Vec<GroupId>, Error> {
    let range = params![corp, after, until];
    let mut found = session.query(&sql::CHANGED, &range, |row| row.get::<GroupId>(0)).await?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Numbers of the change sequence that are kept for those who follow it in memory.
pub(crate) const NUMBERS_KEPT: i64 = 100_000;

/// Forgets what changed up to the number `followed`, but for the newest [`NUMBERS_KEPT`] numbers.
pub(crate) async fn forget_changes(scrm: &Scrm, corp: CorpId, followed: i64) -> Result<(), Error> {
    /// Numbers in one transaction.
    const AT_ONCE: i64 = 500;
    loop {
        let mut tx = scrm.db.begin().await?;
        let newest = corps::change_seq(&mut tx, corp).await?;
        let until = followed.min(newest - NUMBERS_KEPT);
        let first =
            tx.query_opt(&sql::FIRST_CHANGE, &params![corp], |row| row.get::<i64>(0)).await?;
        let Some(first) = first.filter(|first| *first <= until) else { return Ok(()) };
        let part = until.min(first + AT_ONCE);
        tx.execute(&sql::FORGET_CHANGES, &params![corp, part]).await?;
        tx.commit().await?;
    }
}

/// Groups that are noted under one number, at most: who follows does so number by number.
const GROUPS_PER_NUMBER: usize = 200;

/// Notes that these groups (or their tags) changed, under the next numbers of the change sequence. The
/// commit must follow at once, unless the company is locked already; `groups` holds none twice.
pub(crate) async fn note_changes(
    tx: &mut Tx,
    corp: CorpId,
    groups: &[GroupId],
) -> Result<(), Error> {
    for groups in groups.chunks(GROUPS_PER_NUMBER) {
        let number = corps::take_change_seq(tx, corp).await?;
        let values: Vec<Value<'_>> =
            groups.iter().flat_map(|&group| params![corp, number, group]).collect();
        tx.execute_rows(&sql::NOTE_CHANGES, &values).await?;
    }
    Ok(())
}
