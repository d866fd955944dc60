//! What rules ask of a group.

use std::collections::HashMap;

use store::{Session, Value, params};

use super::sql;
use crate::{CorpId, DepartmentId, Error, GroupId, StaffId, TagId, org};

/// A group as rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub id: GroupId,
    pub owner: StaffId,
    /// The owner's departments and all above them.
    pub departments: Vec<DepartmentId>,
    /// The displayed name, folded.
    pub folded_name: String,
    pub created_at_ms: i64,
    pub n_members: i64,
    pub is_dissolved: bool,
    pub tags: Vec<TagId>,
}

/// Of these groups, by id; unknown ones are passed over.
pub(crate) async fn facts(
    session: &mut Session,
    corp: CorpId,
    ids: &[GroupId],
) -> Result<Vec<Facts>, Error> {
    let list: Vec<Value<'_>> = ids.iter().map(|&id| id.into()).collect();
    let mut found = session.query_list(&sql::FACTS, &params![corp], &list, sql::facts).await?;
    found.sort_unstable_by_key(|group| group.id);
    complete(session, corp, found).await
}

/// Of the first `n` groups after one, by id.
pub(crate) async fn facts_after(
    session: &mut Session,
    corp: CorpId,
    after: GroupId,
    n: i64,
) -> Result<Vec<Facts>, Error> {
    let found = session.query(&sql::FACTS_AFTER, &params![corp, after, n], sql::facts).await?;
    complete(session, corp, found).await
}

async fn complete(
    session: &mut Session,
    corp: CorpId,
    mut groups: Vec<Facts>,
) -> Result<Vec<Facts>, Error> {
    if groups.is_empty() {
        return Ok(groups);
    }
    let mut owners: Vec<StaffId> = groups.iter().map(|group| group.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let departments = org::departments_of(session, corp, &owners).await?;
    let list: Vec<Value<'_>> = groups.iter().map(|group| group.id.into()).collect();
    let read = |row: &store::Row<'_>| Ok((row.get::<GroupId>(0)?, row.get::<TagId>(1)?));
    let mut tags: HashMap<GroupId, Vec<TagId>> = HashMap::new();
    for (group, tag) in session.query_list(&sql::TAGS_OF, &params![corp], &list, read).await? {
        tags.entry(group).or_default().push(tag);
    }
    for group in &mut groups {
        group.departments = departments.get(&group.owner).cloned().unwrap_or_default();
        group.tags = tags.remove(&group.id).unwrap_or_default();
    }
    Ok(groups)
}
