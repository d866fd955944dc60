//! The list of groups: filters, exact total, and the page with everything a row shows.

use std::collections::HashMap;

use store::{Session, Value, params};

use super::{
    index::{self, Query},
    sql,
};
use crate::{
    CorpId, Error, GroupId, Page, Scrm, StaffId, TagId, group_tags, org,
    sop::{self, ListedTask},
    text,
    users::Scope,
};

/// Tags in one filter, at most.
pub const MAX_TAGS: usize = 200;

/// Which groups to list. Dissolved ones never are.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only groups of this owner.
    pub owner: Option<StaffId>,
    /// A part of the displayed name, ASCII letters without regard to case.
    pub name_part: Option<String>,
    /// Tags, at most [`MAX_TAGS`]; none = whatever tags.
    pub tags: Vec<TagId>,
    /// How the tags are meant.
    pub tag_match: TagMatch,
    /// Created at this moment or later.
    pub created_from_ms: Option<i64>,
    /// Created at this moment or earlier.
    pub created_to_ms: Option<i64>,
    /// Whose groups the caller sees.
    pub scope: Scope,
}

/// How a filter's tags are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TagMatch {
    /// The group has at least one of them.
    #[default]
    Any,
    /// The group has all of them.
    All,
    /// The group has none of them.
    None,
}

/// A page of groups.
#[derive(Debug)]
pub struct GroupPage {
    /// How many groups the filter leaves in all.
    pub n_total: i64,
    /// Those of the page: newest first, then by chat id.
    pub groups: Vec<ListedGroup>,
}

/// A group as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedGroup {
    /// Its owner.
    pub owner_id: StaffId,
    /// The owner's name.
    pub owner_name: String,
    /// The owner's departments in WeCom's order.
    pub department_names: Vec<String>,
    /// WeCom's chat id.
    pub chat_id: String,
    /// The name that people see.
    pub display_name: String,
    /// WeCom's name, empty for an unnamed group.
    pub raw_name: String,
    /// Names of the group's tags.
    pub tag_names: Vec<String>,
    /// When it was made.
    pub created_at_ms: i64,
    /// Its tasks: the 200 with the latest start, by start and then by creation.
    pub tasks: Vec<ListedTask>,
}

/// A group of a page, before its owner, tags and tasks are told.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub id: GroupId,
    pub chat_id: String,
    pub owner: StaffId,
    pub raw_name: String,
    pub display_name: String,
    pub created_at_ms: i64,
    /// In order.
    pub tags: Vec<TagId>,
}

/// A page of the groups that a filter leaves, by the index in memory where there is one. It costs eight statements
/// at most whatever its size.
///
/// [`Error::Invalid`] for more than [`MAX_TAGS`] tags.
pub async fn list(
    scrm: &Scrm,
    corp: CorpId,
    filter: &Filter,
    page: Page,
) -> Result<GroupPage, Error> {
    let (mut reader, n_total, found) = find(scrm, corp, filter, page).await?;
    let ids: Vec<GroupId> = found.iter().map(|group| group.id).collect();
    let mut groups = describe(&mut reader, corp, found).await?;
    let mut tasks = sop::tasks_of_groups(&mut reader, corp, &ids).await?;
    for (id, group) in ids.iter().zip(&mut groups) {
        group.tasks = tasks.remove(id).unwrap_or_default();
    }
    Ok(GroupPage { n_total, groups })
}

/// How many groups a filter leaves.
pub async fn count(scrm: &Scrm, corp: CorpId, filter: &Filter) -> Result<i64, Error> {
    let (_, n_total, _) = find(scrm, corp, filter, Page { no: 1, size: 1 }).await?;
    Ok(n_total)
}

/// How many groups a filter leaves, those of a page, and the reader that saw them.
pub(super) async fn find(
    scrm: &Scrm,
    corp: CorpId,
    filter: &Filter,
    page: Page,
) -> Result<(store::Reader, i64, Vec<Found>), Error> {
    if filter.tags.len() > MAX_TAGS {
        return Err(Error::Invalid(format!("more than {MAX_TAGS} tags in a filter")));
    }
    if let Some(found) = index::page(scrm, corp, &Query::new(filter), page).await? {
        return Ok(found);
    }
    let mut reader = scrm.db.reader().await?;
    let (n_total, mut found) = search(&mut reader, corp, filter, page).await?;
    read_tags(&mut reader, corp, &mut found).await?;
    Ok((reader, n_total, found))
}

/// Groups with the names of their owners, departments and tags, and without their tasks.
pub(super) async fn describe(
    reader: &mut Session,
    corp: CorpId,
    found: Vec<Found>,
) -> Result<Vec<ListedGroup>, Error> {
    let mut owners: Vec<StaffId> = found.iter().map(|group| group.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let staff = org::staff_by_ids(reader, corp, &owners).await?;
    let names: HashMap<StaffId, String> = staff.into_iter().map(|m| (m.id, m.name)).collect();
    let departments = org::department_names(reader, corp, &owners).await?;
    let tags = found.iter().flat_map(|group| group.tags.iter().copied());
    let tag_names = group_tags::names(reader, corp, tags.collect()).await?;
    let groups = found.into_iter().map(|group| ListedGroup {
        owner_id: group.owner,
        owner_name: names.get(&group.owner).cloned().unwrap_or_default(),
        department_names: departments.get(&group.owner).cloned().unwrap_or_default(),
        tag_names: group.tags.iter().filter_map(|tag| tag_names.get(tag)).cloned().collect(),
        tasks: vec![],
        chat_id: group.chat_id,
        display_name: group.display_name,
        raw_name: group.raw_name,
        created_at_ms: group.created_at_ms,
    });
    Ok(groups.collect())
}

async fn read_tags(session: &mut Session, corp: CorpId, groups: &mut [Found]) -> Result<(), Error> {
    let list: Vec<Value<'_>> = groups.iter().map(|group| group.id.into()).collect();
    let read = |row: &store::Row<'_>| Ok((row.get::<GroupId>(0)?, row.get::<TagId>(1)?));
    let mut tags: HashMap<GroupId, Vec<TagId>> = HashMap::new();
    for (group, tag) in session.query_list(&sql::TAGS_OF, &params![corp], &list, read).await? {
        tags.entry(group).or_default().push(tag);
    }
    for group in groups {
        group.tags = tags.remove(&group.id).unwrap_or_default();
    }
    Ok(())
}

async fn search(
    session: &mut Session,
    corp: CorpId,
    filter: &Filter,
    page: Page,
) -> Result<(i64, Vec<Found>), Error> {
    let pattern = text::like_part(filter.name_part.as_deref().unwrap_or_default());
    let from_ms = filter.created_from_ms.unwrap_or(i64::MIN);
    let to_ms = filter.created_to_ms.unwrap_or(i64::MAX);
    if let Scope::Of(owners) = &filter.scope {
        return search_scoped(session, corp, filter, owners, page).await;
    }
    let mut tags = filter.tags.clone();
    tags.sort_unstable();
    tags.dedup();
    let wanted: Vec<Value<'_>> = tags.iter().map(|&tag| tag.into()).collect();
    let n_tags = i64::try_from(wanted.len()).expect("a filter has few tags");
    let (fewest, most) = match filter.tag_match {
        TagMatch::Any => (1, n_tags),
        TagMatch::All => (n_tags, n_tags),
        TagMatch::None => (0, 0),
    };
    let (count, rows, is_tagged) = match (filter.owner, tags.is_empty()) {
        (None, true) => (&sql::COUNT, &sql::PAGE, false),
        (Some(_), true) => (&sql::COUNT_OF_OWNER, &sql::PAGE_OF_OWNER, false),
        (None, false) => (&sql::COUNT_TAGGED, &sql::PAGE_TAGGED, true),
        (Some(_), false) => (&sql::COUNT_TAGGED_OF_OWNER, &sql::PAGE_TAGGED_OF_OWNER, true),
    };
    let mut counting = params![corp, &pattern, from_ms, to_ms].to_vec();
    if is_tagged {
        counting.extend(params![fewest, most]);
    }
    let mut paging = counting.clone();
    paging.extend(params![page.size, page.offset()]);
    counting.extend(filter.owner.map(Value::from));
    paging.extend(filter.owner.map(Value::from));
    let read_count = |row: &store::Row<'_>| row.get::<i64>(0);
    if is_tagged {
        let n_total = session.query_list(count, &counting, &wanted, read_count).await?;
        let found = session.query_list(rows, &paging, &wanted, sql::found).await?;
        Ok((n_total.first().copied().unwrap_or(0), found))
    } else {
        let n_total = session.query_opt(count, &counting, read_count).await?.unwrap_or(0);
        Ok((n_total, session.query(rows, &paging, sql::found).await?))
    }
}

/// The groups of some owners, chosen here: the database is asked for all of theirs. The index does it better, and
/// answers nearly always.
async fn search_scoped(
    session: &mut Session,
    corp: CorpId,
    filter: &Filter,
    owners: &[StaffId],
    page: Page,
) -> Result<(i64, Vec<Found>), Error> {
    let list: Vec<Value<'_>> = owners.iter().map(|&owner| owner.into()).collect();
    let mut found = session.query_list(&sql::OF_SCOPE, &params![corp], &list, sql::found).await?;
    read_tags(session, corp, &mut found).await?;
    let query = Query::new(filter);
    found.retain(|group| query.fits_group(group));
    found.sort_unstable_by(|a, b| {
        let key = |group: &Found| std::cmp::Reverse(group.created_at_ms);
        key(a).cmp(&key(b)).then_with(|| a.chat_id.cmp(&b.chat_id))
    });
    let n_total = i64::try_from(found.len()).expect("groups are counted in millions");
    let before = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    Ok((n_total, found.into_iter().skip(before).take(page.size as usize).collect()))
}
