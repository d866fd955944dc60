//! WeCom's customer tags (企业标签), mirrored: groups of tags with their tags. Tags on *groups* are ours
//! and stand in `group_tags`.

pub(crate) mod sql;
mod sync;

use std::collections::HashMap;

use store::{Session, Value, params};

use crate::{CorpId, Error, Scrm, TagGroupId, TagId};
pub(crate) use sync::{follow, refresh};

/// A group of customer tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagGroup {
    /// Our id.
    pub id: TagGroupId,
    /// WeCom's id, `et…`.
    pub wecom_id: String,
    /// Its name.
    pub name: String,
    /// Its tags, in WeCom's order.
    pub tags: Vec<Tag>,
}

/// A customer tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Our id.
    pub id: TagId,
    /// WeCom's id, `et…`.
    pub wecom_id: String,
    /// Its name.
    pub name: String,
}

/// All tags of a company that WeCom still has, in WeCom's order: larger order first, then older first.
pub async fn tree(scrm: &Scrm, corp: CorpId) -> Result<Vec<TagGroup>, Error> {
    let mut reader = scrm.db.reader().await?;
    let tags = reader
        .query(&sql::TAGS, &params![corp], |row| {
            let tag = Tag { id: row.get(0)?, wecom_id: row.get(2)?, name: row.get(3)? };
            Ok((row.get::<TagGroupId>(1)?, tag, row.get::<bool>(6)?))
        })
        .await?;
    let mut by_group: HashMap<TagGroupId, Vec<Tag>> = HashMap::new();
    for (group, tag, is_deleted) in tags {
        if !is_deleted {
            by_group.entry(group).or_default().push(tag);
        }
    }
    let groups = reader
        .query(&sql::GROUPS, &params![corp], |row| {
            let id = row.get(0)?;
            let tags = by_group.remove(&id).unwrap_or_default();
            let group = TagGroup { id, wecom_id: row.get(1)?, name: row.get(2)?, tags };
            Ok((group, row.get::<bool>(5)?))
        })
        .await?;
    Ok(groups.into_iter().filter(|(_, is_deleted)| !is_deleted).map(|(group, _)| group).collect())
}

/// Our ids of the tags with these ids of WeCom's, by WeCom's id, deleted ones included; others are passed
/// over.
pub(crate) async fn ids_of(
    session: &mut Session,
    corp: CorpId,
    wecom_ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, TagId>, Error> {
    let list: Vec<Value<'_>> = wecom_ids.map(Value::from).collect();
    let found = session
        .query_list(&sql::IDS, &params![corp], &list, |row| Ok((row.get(0)?, row.get(1)?)))
        .await?;
    Ok(found.into_iter().collect())
}
