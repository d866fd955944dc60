//! Tags on customer groups. WeCom has none, so these are ours: groups of tags, tags, and which group of
//! customers carries which.

mod library;
mod of_all;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use store::{Session, Tx, Value, params};

use crate::{CorpId, Error, GroupId, Scrm, TagGroupId, TagId, counters, groups, text};
pub use library::{Removed, n_tagged, remove_group, remove_tag, rename_group, rename_tag};
pub use of_all::{change_all, change_one};

/// Characters in a name of a tag or a group of tags, at most.
pub const MAX_NAME_CHARS: usize = 30;
/// Customer groups in one change, at most.
pub const MAX_GROUPS_PER_CHANGE: usize = 10_000;

/// A group of tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTagGroup {
    /// Its id.
    pub id: TagGroupId,
    /// Its name, unique in the company without regard to ASCII case.
    pub name: String,
    /// Its tags, oldest first.
    pub tags: Vec<GroupTag>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTag {
    /// Its id.
    pub id: TagId,
    /// Its name, unique in its group without regard to ASCII case.
    pub name: String,
}

/// Tags to put on groups and to take off them.
#[derive(Debug, Clone)]
pub struct TagChange {
    /// WeCom chat ids, at most [`MAX_GROUPS_PER_CHANGE`].
    pub chat_ids: Vec<String>,
    /// Tags to put on each; on a group that has it already nothing happens.
    pub add: Vec<TagId>,
    /// Tags to take off each.
    pub remove: Vec<TagId>,
}

/// What a change of tags did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagChanged {
    /// Taggings that are new.
    pub n_added: u64,
    /// Taggings that are gone.
    pub n_removed: u64,
}

/// All groups of tags with their tags, oldest first.
pub async fn tree(scrm: &Scrm, corp: CorpId) -> Result<Vec<GroupTagGroup>, Error> {
    let mut reader = scrm.db.reader().await?;
    let mut tags = tags_by_group(&mut reader, corp).await?;
    Ok(reader
        .query(&sql::TAG_GROUPS, &params![corp], |row| {
            let id = row.get(0)?;
            let tags = tags.remove(&id).unwrap_or_default();
            Ok(GroupTagGroup { id, name: row.get(1)?, tags })
        })
        .await?)
}

/// Adds tags to the group of tags with this name, which is made when missing; tags it has are kept as they
/// are. The whole group of tags.
///
/// [`Error::Invalid`] for a name that is empty or over [`MAX_NAME_CHARS`] characters.
pub async fn create(
    scrm: &Scrm,
    corp: CorpId,
    group_name: &str,
    tag_names: &[String],
) -> Result<GroupTagGroup, Error> {
    check_name("the name of the group of tags", group_name)?;
    for name in tag_names {
        check_name("the name of a tag", name)?;
    }
    let mut tx = scrm.db.begin().await?;
    let found = tx
        .query_opt(&sql::TAG_GROUP_BY_NAME, &params![corp, &text::folded(group_name)], |row| {
            Ok((row.get::<TagGroupId>(0)?, row.get::<String>(1)?))
        })
        .await?;
    let (id, name) = match found {
        Some(found) => found,
        None => {
            let id = counters::take(&mut tx, corp, counters::SHORT, 1).await?;
            let folded = text::folded(group_name);
            let values = params![corp, id, group_name, &folded];
            added(tx.execute_rows(&sql::ADD_TAG_GROUP, &values).await)?;
            (TagGroupId(id), group_name.to_owned())
        }
    };
    let mut tags = tags_by_group(&mut tx, corp).await?.remove(&id).unwrap_or_default();
    let mut known: HashSet<String> = tags.iter().map(|tag| text::folded(&tag.name)).collect();
    let new: Vec<&String> =
        tag_names.iter().filter(|name| known.insert(text::folded(name))).collect();
    let first = counters::take(&mut tx, corp, counters::SHORT, new.len()).await?;
    let new: Vec<(i64, &String, String)> =
        (first..).zip(new).map(|(id, name)| (id, name, text::folded(name))).collect();
    let values: Vec<Value<'_>> =
        new.iter().flat_map(|(tag, name, folded)| params![corp, *tag, id, *name, folded]).collect();
    added(tx.execute_rows(&sql::ADD_TAGS, &values).await)?;
    tx.commit().await?;
    tags.extend(new.iter().map(|(id, name, _)| GroupTag { id: TagId(*id), name: (*name).clone() }));
    Ok(GroupTagGroup { id, name, tags })
}

/// Puts tags on groups and takes tags off, all or nothing.
///
/// [`Error::NotFound`] for a chat id or tag that does not exist, [`Error::Invalid`] for a tag that is in
/// both lists, for no tags at all, and for too many groups.
pub async fn change(scrm: &Scrm, corp: CorpId, change: &TagChange) -> Result<TagChanged, Error> {
    if change.chat_ids.len() > MAX_GROUPS_PER_CHANGE {
        return Err(Error::Invalid(format!("more than {MAX_GROUPS_PER_CHANGE} groups at once")));
    }
    check_lists(&change.add, &change.remove)?;
    let mut tx = scrm.db.begin().await?;
    check(&mut tx, corp, &[&change.add[..], &change.remove].concat()).await?;
    let found = groups::by_chat_ids(&mut tx, corp, &change.chat_ids).await?;
    let mut touched: Vec<GroupId> = change
        .chat_ids
        .iter()
        .map(|chat_id| groups::known(&found, chat_id).map(|group| group.id))
        .collect::<Result<_, _>>()?;
    touched.sort_unstable();
    touched.dedup();
    let changed = apply(&mut tx, corp, &touched, &change.add, &change.remove).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Refuses lists of tags that say nothing, or contradict each other.
fn check_lists(add: &[TagId], remove: &[TagId]) -> Result<(), Error> {
    if add.is_empty() && remove.is_empty() {
        return Err(Error::Invalid("there is no tag to add or to remove".to_owned()));
    }
    match add.iter().find(|tag| remove.contains(tag)) {
        Some(tag) => Err(Error::Invalid(format!("tag {tag} is to be added and removed"))),
        None => Ok(()),
    }
}

/// Puts tags on groups, none of which is named twice, and takes tags off. The commit must follow at once.
async fn apply(
    tx: &mut Tx,
    corp: CorpId,
    groups: &[GroupId],
    add: &[TagId],
    remove: &[TagId],
) -> Result<TagChanged, Error> {
    let pairs = |tags: &[TagId]| -> Vec<[Value<'static>; 3]> {
        let of = |&group: &GroupId| tags.iter().map(move |&tag| params![corp, group, tag]);
        groups.iter().flat_map(of).collect()
    };
    let additions: Vec<Value<'_>> = pairs(add).concat();
    let n_added = tx.execute_rows(&sql::ADD_TAGGINGS, &additions).await?;
    let n_removed = tx.execute_each(&sql::REMOVE_TAGGING, &pairs(remove)).await?;
    if n_added + n_removed > 0 {
        groups::note_changes(tx, corp, groups).await?;
    }
    Ok(TagChanged { n_added, n_removed })
}

/// The names of some tags.
pub(crate) async fn names(
    session: &mut Session,
    corp: CorpId,
    mut tags: Vec<TagId>,
) -> Result<HashMap<TagId, String>, Error> {
    tags.sort_unstable();
    tags.dedup();
    let list: Vec<Value<'_>> = tags.iter().map(|&id| id.into()).collect();
    let read = |row: &store::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let names = session.query_list(&sql::NAMES, &params![corp], &list, read).await?;
    Ok(names.into_iter().collect())
}

/// [`Error::NotFound`] for a tag that does not exist.
pub(crate) async fn check(
    session: &mut Session,
    corp: CorpId,
    wanted: &[TagId],
) -> Result<(), Error> {
    let list: Vec<Value<'_>> = wanted.iter().map(|&tag| tag.into()).collect();
    let found: HashSet<TagId> = session
        .query_list(&sql::TAGS_BY_ID, &params![corp], &list, |row| row.get(0))
        .await?
        .into_iter()
        .collect();
    match wanted.iter().find(|tag| !found.contains(tag)) {
        Some(tag) => Err(Error::NotFound(format!("there is no group tag {tag}"))),
        None => Ok(()),
    }
}

async fn tags_by_group(
    session: &mut Session,
    corp: CorpId,
) -> Result<HashMap<TagGroupId, Vec<GroupTag>>, Error> {
    let mut tags: HashMap<TagGroupId, Vec<GroupTag>> = HashMap::new();
    let rows = session
        .query(&sql::TAGS, &params![corp], |row| {
            let tag = GroupTag { id: row.get(0)?, name: row.get(2)? };
            Ok((row.get::<TagGroupId>(1)?, tag))
        })
        .await?;
    for (group, tag) in rows {
        tags.entry(group).or_default().push(tag);
    }
    Ok(tags)
}

fn check_name(what: &str, name: &str) -> Result<(), Error> {
    let n_chars = name.chars().count();
    if name.trim().is_empty() || n_chars > MAX_NAME_CHARS {
        return Err(Error::Invalid(format!("{what} has 1 to {MAX_NAME_CHARS} characters")));
    }
    Ok(())
}

/// Another call may have made the same name a moment ago.
fn added(outcome: Result<u64, store::Error>) -> Result<(), Error> {
    match outcome {
        Ok(_) => Ok(()),
        Err(store::Error::UniqueViolation { .. }) => {
            Err(Error::Conflict("the same tags are being made by another call".to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
