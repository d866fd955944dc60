//! How departments and staff follow WeCom: everything is fetched first, then compared and written in one
//! transaction, only what changed.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::{StreamExt as _, stream};
use store::{Tx, Value, params};

use super::{Department, Member, put_members, sql};
use crate::{
    CorpId, DepartmentId, Error, StaffId, callbacks, corps, counters, groups,
    refresh::{self, Thing},
    sync::{N_AT_ONCE, PartReport, Run},
    text,
};

/// What WeCom says of the organisation.
struct Fetched {
    departments: Vec<wecom::contacts::Department>,
    staff: BTreeMap<String, wecom::contacts::Staff>,
    /// Nothing when they could not be read, or none was listed: then everybody keeps his flag.
    follow_users: Option<HashSet<String>>,
    /// Whether the members of every department could be read.
    is_staff_whole: bool,
    /// What could not be read.
    problems: Vec<String>,
}

/// Reads departments, their members and who may contact customers. A department whose members cannot be
/// read is named in the report and the rest goes on; without the list of departments nothing can be done.
async fn fetch(client: &wecom::Client) -> Result<Fetched, Error> {
    let departments = wecom::contacts::departments(client).await?;
    let mut problems = Vec::new();
    let follow_users = match wecom::customers::follow_users(client).await {
        Ok(users) if users.is_empty() => {
            problems.push("WeCom listed nobody with the customer-contact function".to_owned());
            None
        }
        Ok(users) => Some(users.iter().map(|user_id| text::folded(user_id)).collect()),
        Err(error) => {
            problems.push(format!("who has the customer-contact function: {error}"));
            None
        }
    };
    // A list of ids, not a lazy map: with that the compiler cannot tell that the future may move between
    // threads.
    let ids: Vec<_> = departments.iter().map(|department| department.id).collect();
    let pages = stream::iter(ids)
        .map(|id| async move {
            let first_try = wecom::contacts::staff_of_department(client, id).await;
            match first_try {
                Ok(staff) => (id, Ok(staff)),
                Err(_) => (id, wecom::contacts::staff_of_department(client, id).await),
            }
        })
        .buffer_unordered(N_AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    let mut staff = BTreeMap::new();
    let mut is_staff_whole = true;
    for (id, page) in pages {
        match page {
            Ok(members) => {
                staff.extend(members.into_iter().map(|m| (text::folded(&m.userid), m)));
            }
            Err(error) => {
                is_staff_whole = false;
                problems.push(format!("members of department {id}: {error}"));
            }
        }
    }
    Ok(Fetched { departments, staff, follow_users, is_staff_whole, problems })
}

/// Brings departments and staff up to date. Who is missing is marked as gone only when everything could be
/// read and something was read at all: an empty answer deletes nobody.
pub(crate) async fn follow(client: &wecom::Client, run: &mut Run<'_>) -> Result<(), Error> {
    run.set_total(1).await?;
    let began_at_ms = run.scrm.clock.now_ms();
    let fetched = fetch(client).await?;
    let corp = run.corp;
    let mut tx = corps::begin_alone(run.scrm, run.corp).await?;
    let known = super::all_staff(&mut tx, corp).await?;
    let user_ids = known.into_iter().map(|member| text::folded(&member.wecom_user_id));
    let mut things: Vec<Thing> =
        user_ids.chain(fetched.staff.keys().cloned()).map(Thing::Staff).collect();
    things.extend([Thing::Departments, Thing::FollowUsers]);
    // What was read may be older than what an event has told since.
    let overtaken = callbacks::told_since(&mut tx, corp, &things, began_at_ms).await?;
    let at_ms = run.scrm.clock.now_ms() + refresh::SETTLE_MS;
    refresh::want(&mut tx, corp, &overtaken, at_ms).await?;
    let report = run.report();
    report.n_read = fetched.departments.len() + fetched.staff.len();
    report.n_written += store_departments(&mut tx, corp, &fetched.departments).await?;
    if fetched.departments.is_empty() {
        report.problem("WeCom listed no department; nothing was removed".to_owned());
    }
    store_staff(&mut tx, corp, &fetched, report).await?;
    for problem in fetched.problems {
        report.problem(problem);
    }
    run.commit(tx, 1, &()).await
}

/// Writes the departments that changed and marks those that are missing, unless there are none at all; how
/// many rows that took. Groups of owners in a department that was put under another count as changed.
pub(super) async fn store_departments(
    tx: &mut Tx,
    corp: CorpId,
    fetched: &[wecom::contacts::Department],
) -> Result<usize, Error> {
    let stored = tx.query(&sql::DEPARTMENTS, &params![corp], sql::department).await?;
    let mut stored: HashMap<DepartmentId, Department> =
        stored.into_iter().map(|department| (department.id, department)).collect();
    let mut changed = Vec::new();
    let mut elsewhere = HashSet::new();
    for department in fetched {
        let now = Department {
            id: DepartmentId(department.id),
            parent: DepartmentId(department.parentid),
            name: department.name.clone(),
            sort_order: department.order,
            is_deleted: false,
        };
        let before = stored.remove(&now.id);
        // Rules ask for the departments above an owner's, too.
        if before.as_ref().is_some_and(|before| before.parent != now.parent) {
            elsewhere.insert(now.id);
        }
        if before.as_ref() != Some(&now) {
            changed.push(now);
        }
    }
    if !fetched.is_empty() {
        let gone = stored.into_values().filter(|department| !department.is_deleted);
        changed.extend(gone.map(|department| Department { is_deleted: true, ..department }));
    }
    let values: Vec<Value<'_>> = changed
        .iter()
        .flat_map(|d| params![corp, d.id, d.parent, &d.name, d.sort_order, d.is_deleted])
        .collect();
    tx.execute_rows(&sql::PUT_DEPARTMENTS, &values).await?;
    let within = within(fetched, &elsewhere);
    let list: Vec<Value<'_>> = within.iter().map(|&id| id.into()).collect();
    let members: Vec<StaffId> =
        tx.query_list(&sql::MEMBERS_IN, &params![corp], &list, |row| row.get(0)).await?;
    note_moved(tx, corp, &members).await?;
    Ok(changed.len())
}

/// Some departments and all below them.
fn within(
    all: &[wecom::contacts::Department],
    some: &HashSet<DepartmentId>,
) -> HashSet<DepartmentId> {
    let mut found = some.clone();
    // Also ends where a damaged tree goes round in a circle.
    loop {
        let below = all.iter().filter(|d| found.contains(&DepartmentId(d.parentid)));
        let new: Vec<DepartmentId> =
            below.map(|d| DepartmentId(d.id)).filter(|id| !found.contains(id)).collect();
        if new.is_empty() {
            return found;
        }
        found.extend(new);
    }
}

async fn store_staff(
    tx: &mut Tx,
    corp: CorpId,
    fetched: &Fetched,
    report: &mut PartReport,
) -> Result<(), Error> {
    let stored = tx.query(&sql::MEMBERS, &params![corp], sql::member).await?;
    let mut stored: HashMap<String, Member> =
        stored.into_iter().map(|member| (text::folded(&member.wecom_user_id), member)).collect();
    let mut places: HashMap<StaffId, Vec<(DepartmentId, bool)>> = HashMap::new();
    for (staff, department, is_leader) in tx.query(&sql::PLACES, &params![corp], sql::place).await?
    {
        places.entry(staff).or_default().push((department, is_leader));
    }
    let n_new = fetched.staff.keys().filter(|user_id| !stored.contains_key(*user_id)).count();
    let mut next_id = counters::take(tx, corp, counters::LONG, n_new).await?;
    let mut changed = Vec::new();
    let mut moved: Vec<(StaffId, Vec<(DepartmentId, bool)>)> = Vec::new();
    for (user_id, staff) in &fetched.staff {
        let known = stored.remove(user_id);
        let id = known.as_ref().map_or_else(
            || {
                next_id += 1;
                StaffId(next_id - 1)
            },
            |member| member.id,
        );
        let can_contact = match &fetched.follow_users {
            Some(users) => users.contains(user_id),
            None => known.as_ref().is_some_and(|member| member.can_contact),
        };
        let now = as_member(staff, id, can_contact);
        if known.as_ref() != Some(&now) {
            changed.push(now);
        }
        let now_in = places_of(staff);
        if places.get(&id).map(Vec::as_slice).unwrap_or_default() != now_in {
            moved.push((id, now_in));
        }
    }
    if fetched.is_staff_whole && !fetched.staff.is_empty() {
        let gone = stored.into_values().filter(|member| member.is_readable && !member.is_deleted);
        changed.extend(gone.map(|member| Member {
            is_deleted: true,
            can_contact: false,
            ..member
        }));
    } else if fetched.staff.is_empty() {
        report.problem("WeCom listed no member of staff; nobody was removed".to_owned());
    }
    put_members(tx, corp, &changed).await?;
    put_places(tx, corp, &moved).await?;
    report.n_written += changed.len() + moved.len();
    Ok(())
}

/// A member as he is stored.
pub(super) fn as_member(staff: &wecom::contacts::Staff, id: StaffId, can_contact: bool) -> Member {
    Member {
        id,
        wecom_user_id: staff.userid.clone(),
        name: if staff.name.is_empty() { staff.userid.clone() } else { staff.name.clone() },
        position: staff.position.clone(),
        status: staff.status,
        can_contact,
        is_readable: true,
        is_deleted: staff.status == 5,
    }
}

/// `department` and `is_leader_in_dept` run side by side; the latter may be missing.
pub(super) fn places_of(staff: &wecom::contacts::Staff) -> Vec<(DepartmentId, bool)> {
    let leads = staff.is_leader_in_dept.iter().map(|&flag| flag == 1);
    let departments = staff.department.iter().map(|&id| DepartmentId(id));
    departments.zip(leads.chain(std::iter::repeat(false))).collect()
}

/// Writes where members are now. Their groups count as changed, since rules ask for an owner's departments.
pub(super) async fn put_places(
    tx: &mut Tx,
    corp: CorpId,
    moved: &[(StaffId, Vec<(DepartmentId, bool)>)],
) -> Result<(), Error> {
    let ids: Vec<Value<'_>> = moved.iter().map(|&(id, _)| id.into()).collect();
    tx.execute_list(&sql::REMOVE_PLACES, &params![corp], &ids).await?;
    let mut values = Vec::new();
    for (id, places) in moved {
        for (place, &(department, is_leader)) in (0_i64..).zip(places) {
            values.extend(params![corp, *id, place, department, is_leader]);
        }
    }
    tx.execute_rows(&sql::PUT_PLACES, &values).await?;
    let owners: Vec<StaffId> = moved.iter().map(|&(id, _)| id).collect();
    note_moved(tx, corp, &owners).await
}

/// Groups of these owners count as changed.
async fn note_moved(tx: &mut Tx, corp: CorpId, owners: &[StaffId]) -> Result<(), Error> {
    let owned = groups::ids_of_owners(tx, corp, owners).await?;
    groups::note_changes(tx, corp, &owned).await
}
