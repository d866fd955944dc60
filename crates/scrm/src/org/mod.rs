//! The company's departments and staff, as WeCom has them.
//!
//! Nothing is deleted: a member who left and a department that was closed are marked, since groups and
//! messages go on naming them. A group's owner who cannot be read (outside the app's visible range, or
//! gone) gets a row with his WeCom id as name, so that no group drops out of a list.

mod refresh;
pub(crate) mod sql;
mod sync;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use store::{Session, Tx, Value, params};

use crate::{CorpId, DepartmentId, Error, Page, Scrm, StaffId, counters, text, users::Scope};
pub(crate) use refresh::{
    refresh_departments, refresh_follow_users, refresh_member, rename_member,
};
pub(crate) use sync::follow;

/// A department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// WeCom's number.
    pub id: DepartmentId,
    /// The one above it; it may be missing where the app sees a part of the tree only.
    pub parent: DepartmentId,
    /// Its name.
    pub name: String,
    /// Larger comes first.
    pub sort_order: i64,
    /// Closed, or out of the app's sight.
    pub is_deleted: bool,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Our id.
    pub id: StaffId,
    /// WeCom's user id, in WeCom's spelling.
    pub wecom_user_id: String,
    /// His name; the user id where he cannot be read.
    pub name: String,
    /// His position.
    pub position: String,
    /// WeCom's: 1 activated, 2 disabled, 4 not activated, 5 left; 0 where he cannot be read.
    pub status: i64,
    /// Whether he has the customer-contact function.
    pub can_contact: bool,
    /// False for an owner known by his id alone.
    pub is_readable: bool,
    /// He left, or is out of the app's sight.
    pub is_deleted: bool,
}

impl Member {
    /// Why WeCom would not take a message from or to him.
    pub fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self { is_readable: false, .. } => Some(Obstacle::OutOfSight),
            Self { is_deleted: true, .. } | Self { status: 5, .. } => Some(Obstacle::Left),
            Self { status: 2, .. } => Some(Obstacle::Disabled),
            Self { can_contact: false, .. } => Some(Obstacle::NoContact),
            _ => None,
        }
    }
}

/// Why a member of staff cannot send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// He is outside the app's visible range.
    OutOfSight,
    /// He has left.
    Left,
    /// His account is disabled.
    Disabled,
    /// He lacks the customer-contact function.
    NoContact,
}

/// What staff to list.
#[derive(Debug, Clone, Default)]
pub struct StaffFilter {
    /// A part of the name, ASCII letters without regard to case.
    pub name_part: Option<String>,
    /// Only those who left, or only those who did not.
    pub is_deleted: Option<bool>,
    /// Only those in this department and below it.
    pub department: Option<DepartmentId>,
    /// Only those whose data the caller sees.
    pub scope: Scope,
}

/// A member with what a list shows of him.
#[derive(Debug, Clone)]
pub struct StaffCard {
    /// Our id.
    pub id: StaffId,
    /// WeCom's user id.
    pub wecom_user_id: String,
    /// His name.
    pub name: String,
    /// His position.
    pub position: String,
    /// His departments' names in WeCom's order.
    pub department_names: Vec<String>,
    /// He left, or is out of the app's sight.
    pub is_deleted: bool,
}

/// A page of staff.
#[derive(Debug)]
pub struct StaffPage {
    /// How many there are in all.
    pub n_total: i64,
    /// Those of the page.
    pub staff: Vec<StaffCard>,
}

/// A page of the staff that a filter leaves, in the order in which they came to Siyu.
pub async fn list_staff(
    scrm: &Scrm,
    corp: CorpId,
    filter: &StaffFilter,
    page: Page,
) -> Result<StaffPage, Error> {
    let pattern = text::like_part(filter.name_part.as_deref().unwrap_or_default());
    let deleted = filter.is_deleted.map_or([false, true], |only| [only, only]);
    let mut reader = scrm.db.reader().await?;
    if let Some(department) = filter.department {
        let mut within = members_under(&mut reader, corp, &[department]).await?;
        within.retain(|member| filter.scope.holds(*member));
        return staff_of(&mut reader, corp, filter, &within, page).await;
    }
    if let Scope::Of(staff) = &filter.scope {
        return staff_of(&mut reader, corp, filter, staff, page).await;
    }
    let filters = params![corp, &pattern, deleted[0], deleted[1]];
    let n_total = reader.query_opt(&sql::COUNT, &filters, |row| row.get(0)).await?.unwrap_or(0);
    let wanted = params![corp, &pattern, deleted[0], deleted[1], page.size, page.offset()];
    let members = reader.query(&sql::PAGE, &wanted, sql::member).await?;
    Ok(StaffPage { n_total, staff: cards(&mut reader, corp, members).await? })
}

/// The same of some members only.
async fn staff_of(
    reader: &mut Session,
    corp: CorpId,
    filter: &StaffFilter,
    staff: &[StaffId],
    page: Page,
) -> Result<StaffPage, Error> {
    let part = text::folded(filter.name_part.as_deref().unwrap_or_default());
    let mut members = staff_by_ids(reader, corp, staff).await?;
    members.retain(|member| {
        text::folded(&member.name).contains(&part)
            && filter.is_deleted.is_none_or(|wanted| wanted == member.is_deleted)
    });
    members.sort_unstable_by_key(|member| member.id);
    let n_total = i64::try_from(members.len()).expect("staff are counted in thousands");
    let before = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let size = usize::try_from(page.size).unwrap_or(usize::MAX);
    let members = members.into_iter().skip(before).take(size).collect();
    Ok(StaffPage { n_total, staff: cards(reader, corp, members).await? })
}

async fn cards(
    reader: &mut Session,
    corp: CorpId,
    members: Vec<Member>,
) -> Result<Vec<StaffCard>, Error> {
    let ids: Vec<StaffId> = members.iter().map(|member| member.id).collect();
    let mut names = department_names(reader, corp, &ids).await?;
    let staff = members.into_iter().map(|member| StaffCard {
        department_names: names.remove(&member.id).unwrap_or_default(),
        id: member.id,
        wecom_user_id: member.wecom_user_id,
        name: member.name,
        position: member.position,
        is_deleted: member.is_deleted,
    });
    Ok(staff.collect())
}

/// The members with these ids, in no order; ids of nobody are passed over.
pub async fn staff_by_ids(
    session: &mut Session,
    corp: CorpId,
    ids: &[StaffId],
) -> Result<Vec<Member>, Error> {
    let list: Vec<Value<'_>> = ids.iter().map(|&id| id.into()).collect();
    Ok(session.query_list(&sql::MEMBERS_BY_ID, &params![corp], &list, sql::member).await?)
}

/// The department names of some members, each in WeCom's order.
pub async fn department_names(
    session: &mut Session,
    corp: CorpId,
    ids: &[StaffId],
) -> Result<HashMap<StaffId, Vec<String>>, Error> {
    let list: Vec<Value<'_>> = ids.iter().map(|&id| id.into()).collect();
    let rows = session
        .query_list(&sql::DEPARTMENT_NAMES, &params![corp], &list, |row| {
            Ok((row.get::<StaffId>(0)?, row.get::<String>(1)?))
        })
        .await?;
    let mut names: HashMap<StaffId, Vec<String>> = HashMap::new();
    for (staff, name) in rows {
        names.entry(staff).or_default().push(name);
    }
    Ok(names)
}

/// All departments of a company.
pub async fn departments(session: &mut Session, corp: CorpId) -> Result<Vec<Department>, Error> {
    Ok(session.query(&sql::DEPARTMENTS, &params![corp], sql::department).await?)
}

/// The members right in some departments, in no order.
pub(crate) async fn members_in(
    session: &mut Session,
    corp: CorpId,
    departments: &[DepartmentId],
) -> Result<Vec<StaffId>, Error> {
    let list: Vec<Value<'_>> = departments.iter().map(|&id| id.into()).collect();
    Ok(session.query_list(&sql::MEMBERS_IN, &params![corp], &list, |row| row.get(0)).await?)
}

/// The members in some departments and all below them, in order and none twice.
pub(crate) async fn members_under(
    session: &mut Session,
    corp: CorpId,
    tops: &[DepartmentId],
) -> Result<Vec<StaffId>, Error> {
    let all = departments(session, corp).await?;
    let mut within: HashSet<DepartmentId> = tops.iter().copied().collect();
    // Each round takes those right below; a tree is not deep.
    loop {
        let below = all.iter().filter(|department| within.contains(&department.parent));
        let below: Vec<DepartmentId> = below.map(|department| department.id).collect();
        let before = within.len();
        within.extend(below);
        if within.len() == before {
            break;
        }
    }
    let within: Vec<DepartmentId> = within.into_iter().collect();
    let mut staff = members_in(session, corp, &within).await?;
    staff.sort_unstable();
    staff.dedup();
    Ok(staff)
}

/// [`Error::NotFound`] for a department that does not exist.
pub(crate) async fn check_departments(
    session: &mut Session,
    corp: CorpId,
    wanted: &[DepartmentId],
) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let known = session.query(&sql::DEPARTMENTS, &params![corp], sql::department).await?;
    let is_known = |id: &&DepartmentId| {
        known.iter().any(|department| department.id == **id && !department.is_deleted)
    };
    match wanted.iter().find(|id| !is_known(id)) {
        Some(id) => Err(Error::NotFound(format!("there is no department {id}"))),
        None => Ok(()),
    }
}

/// The departments that some members are in, with all above them, none twice.
pub(crate) async fn departments_of(
    session: &mut Session,
    corp: CorpId,
    ids: &[StaffId],
) -> Result<HashMap<StaffId, Vec<DepartmentId>>, Error> {
    let list: Vec<Value<'_>> = ids.iter().map(|&id| id.into()).collect();
    let places = session
        .query_list(&sql::PLACES_OF_MANY, &params![corp], &list, |row| {
            Ok((row.get::<StaffId>(0)?, row.get::<DepartmentId>(1)?))
        })
        .await?;
    let above: HashMap<DepartmentId, DepartmentId> = session
        .query(&sql::DEPARTMENTS, &params![corp], |row| Ok((row.get(0)?, row.get(1)?)))
        .await?
        .into_iter()
        .collect();
    let mut departments: HashMap<StaffId, Vec<DepartmentId>> = HashMap::new();
    for (staff, department) in places {
        let found = departments.entry(staff).or_default();
        let mut next = Some(department);
        // Also ends where a damaged tree goes round in a circle.
        while let Some(department) = next.filter(|department| !found.contains(department)) {
            found.push(department);
            next = above.get(&department).copied();
        }
    }
    Ok(departments)
}

/// Who leads the departments of a member, himself left out.
pub(crate) async fn leaders_of(
    session: &mut Session,
    corp: CorpId,
    staff: StaffId,
) -> Result<Vec<Member>, Error> {
    Ok(session.query(&sql::LEADERS_OF, &params![corp, staff], sql::member).await?)
}

/// All members of a company, those who left included.
pub async fn all_staff(session: &mut Session, corp: CorpId) -> Result<Vec<Member>, Error> {
    Ok(session.query(&sql::MEMBERS, &params![corp], sql::member).await?)
}

/// The members among these user ids, by folded id; others are passed over.
pub(crate) async fn staff_by_user_ids(
    session: &mut Session,
    corp: CorpId,
    user_ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Member>, Error> {
    let folded: Vec<String> = user_ids.map(text::folded).collect();
    let list: Vec<Value<'_>> = folded.iter().map(Value::from).collect();
    let found =
        session.query_list(&sql::MEMBERS_BY_USER_ID, &params![corp], &list, sql::member).await?;
    Ok(found.into_iter().map(|member| (text::folded(&member.wecom_user_id), member)).collect())
}

/// Finds our id of each WeCom user id, making rows for those never seen (see the module's words on
/// owners who cannot be read). Keys of the answer are folded.
pub(crate) async fn ids_of_owners(
    tx: &mut Tx,
    corp: CorpId,
    known: &mut HashMap<String, StaffId>,
    user_ids: impl Iterator<Item = &str>,
) -> Result<(), Error> {
    let mut unknown: Vec<&str> =
        user_ids.filter(|user_id| !known.contains_key(&text::folded(user_id))).collect();
    unknown.sort_unstable_by_key(|user_id| text::folded(user_id));
    unknown.dedup_by_key(|user_id| text::folded(user_id));
    if unknown.is_empty() {
        return Ok(());
    }
    // Some may have become known since the caller looked.
    let found = staff_by_user_ids(tx, corp, unknown.iter().copied()).await?;
    unknown.retain(|user_id| !found.contains_key(&text::folded(user_id)));
    known.extend(found.into_iter().map(|(user_id, member)| (user_id, member.id)));
    let first = counters::take(tx, corp, counters::LONG, unknown.len()).await?;
    let members: Vec<Member> = (first..)
        .zip(&unknown)
        .map(|(id, user_id)| Member {
            id: StaffId(id),
            wecom_user_id: (*user_id).to_owned(),
            name: (*user_id).to_owned(),
            position: String::new(),
            status: 0,
            can_contact: false,
            is_readable: false,
            is_deleted: false,
        })
        .collect();
    put_members(tx, corp, &members).await?;
    known.extend(members.into_iter().map(|m| (text::folded(&m.wecom_user_id), m.id)));
    Ok(())
}

async fn put_members(tx: &mut Tx, corp: CorpId, members: &[Member]) -> Result<(), Error> {
    let folded: Vec<[String; 2]> = members
        .iter()
        .map(|member| [text::folded(&member.wecom_user_id), text::folded(&member.name)])
        .collect();
    let values: Vec<Value<'_>> = members
        .iter()
        .zip(&folded)
        .flat_map(|(member, [user_id, name])| {
            params![
                corp,
                member.id,
                &member.wecom_user_id,
                user_id,
                &member.name,
                name,
                &member.position,
                member.status,
                member.can_contact,
                member.is_readable,
                member.is_deleted
            ]
        })
        .collect();
    tx.execute_rows(&sql::PUT_MEMBERS, &values).await?;
    Ok(())
}
