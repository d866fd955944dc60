//! The mirror and the simulated company side by side.

use std::collections::{BTreeMap, BTreeSet};

use store::params;

use super::{World, customers::assert_same_customers};
use crate::{groups, org, tags};

/// (name, status, may contact customers, [(department, leads)])
type Member = (String, i64, bool, Vec<(i64, bool)>);

/// Everything but customers, in a form in which both sides can be compared.
#[derive(Debug, PartialEq, Eq)]
pub struct Company {
    /// id: (name, parent, order)
    departments: BTreeMap<i64, (String, i64, i64)>,
    staff: BTreeMap<String, Member>,
    /// id of a group of tags: (name, order); id of a tag: (name, order), under its group's id
    tags: BTreeMap<String, (String, i64)>,
    /// chat id: (name, owner)
    groups: BTreeMap<String, (String, String)>,
    /// (chat id, member's id): (is staff, name, joined at, scene)
    members: BTreeMap<(String, String), (bool, String, i64, i64)>,
}

/// Compares part by part, so that a difference can be read.
pub async fn assert_same(world: &World) {
    let (here, there) = (mirrored(world).await, simulated(world));
    difference("departments", &here.departments, &there.departments);
    difference("staff", &here.staff, &there.staff);
    difference("tags", &here.tags, &there.tags);
    difference("groups", &here.groups, &there.groups);
    difference("members", &here.members, &there.members);
    assert_same_customers(world).await;
}

fn difference<K: Ord + std::fmt::Debug + Clone, V: PartialEq + std::fmt::Debug>(
    what: &str,
    here: &BTreeMap<K, V>,
    there: &BTreeMap<K, V>,
) {
    let keys: BTreeSet<&K> = here.keys().chain(there.keys()).collect();
    let differing: Vec<String> = keys
        .into_iter()
        .filter(|key| here.get(key) != there.get(key))
        .map(|key| format!("{key:?}: mirrored {:?}, simulated {:?}", here.get(key), there.get(key)))
        .collect();
    assert!(differing.is_empty(), "{what}: {differing:#?}");
}

/// As the mirror has it; who left and what was dissolved is left out.
pub async fn mirrored(world: &World) -> Company {
    let mut reader = world.scrm.db.reader().await.unwrap();
    let corp = params![world.corp];
    let departments = reader.query(&org::sql::DEPARTMENTS, &corp, org::sql::department).await;
    let departments = departments.unwrap().into_iter().filter(|d| !d.is_deleted);
    let departments = departments.map(|d| (d.id.0, (d.name, d.parent.0, d.sort_order))).collect();
    let all_staff = org::all_staff(&mut reader, world.corp).await.unwrap();
    let mut places: BTreeMap<_, Vec<(i64, bool)>> = BTreeMap::new();
    for (staff, department, leads) in
        reader.query(&org::sql::PLACES, &corp, org::sql::place).await.unwrap()
    {
        places.entry(staff).or_default().push((department.0, leads));
    }
    let user_ids: BTreeMap<_, _> =
        all_staff.iter().map(|m| (m.id, m.wecom_user_id.clone())).collect();
    let staff = all_staff
        .into_iter()
        .filter(|member| member.is_readable && !member.is_deleted)
        .map(|m| {
            (
                m.wecom_user_id,
                (m.name, m.status, m.can_contact, places.remove(&m.id).unwrap_or_default()),
            )
        })
        .collect();
    let chat_ids: Vec<String> = world.sim.sim.groups().into_iter().map(|g| g.chat_id).collect();
    let found = groups::by_chat_ids(&mut reader, world.corp, &chat_ids).await.unwrap();
    let live: Vec<groups::Group> =
        found.into_values().filter(|group| !group.is_dissolved).collect();
    let mut members = BTreeMap::new();
    for group in &live {
        for member in groups::members_of(&mut reader, world.corp, group.id).await.unwrap() {
            let key = (group.chat_id.clone(), member.wecom_id);
            let of_staff = member.kind == wecom::groups::KIND_STAFF;
            let joined_at_s = member.joined_at_ms / 1_000;
            members.insert(key, (of_staff, member.name, joined_at_s, member.join_scene));
        }
    }
    drop(reader);
    let groups = live
        .into_iter()
        .map(|group| (group.chat_id, (group.raw_name, user_ids[&group.owner].clone())))
        .collect();
    Company { departments, staff, tags: mirrored_tags(world).await, groups, members }
}

async fn mirrored_tags(world: &World) -> BTreeMap<String, (String, i64)> {
    let mut reader = world.scrm.db.reader().await.unwrap();
    let corp = params![world.corp];
    let rows = |row: &store::Row<'_>, shift: usize| {
        let group: Option<i64> = if shift == 1 { Some(row.get(1)?) } else { None };
        let read = (row.get::<String>(1 + shift)?, row.get::<String>(2 + shift)?);
        Ok((
            row.get::<i64>(0)?,
            group,
            read,
            row.get::<i64>(3 + shift)?,
            row.get::<bool>(5 + shift)?,
        ))
    };
    let groups = reader.query(&tags::sql::GROUPS, &corp, |row| rows(row, 0)).await.unwrap();
    let tags = reader.query(&tags::sql::TAGS, &corp, |row| rows(row, 1)).await.unwrap();
    let ids: BTreeMap<i64, String> = groups.iter().map(|g| (g.0, g.2.0.clone())).collect();
    let live = groups.into_iter().chain(tags).filter(|entry| !entry.4);
    live.map(|(_, group, (id, name), order, _)| {
        let key = group.map_or_else(|| id.clone(), |group| format!("{}/{id}", ids[&group]));
        (key, (name, order))
    })
    .collect()
}

/// As the simulator has it.
pub fn simulated(world: &World) -> Company {
    let sim = &world.sim.sim;
    let departments = sim
        .departments()
        .into_iter()
        .map(|d| (i64::from(d.id), (d.name, i64::from(d.parent_id), i64::from(d.order))));
    let staff = sim.staff().into_iter().filter(|m| m.status != 5).map(|m| {
        let places = m.departments.iter().map(|d| (i64::from(d.id), d.leader)).collect();
        (m.userid, (m.name, i64::from(m.status), m.follows, places))
    });
    let mut tags = BTreeMap::new();
    for group in sim.tags() {
        for tag in group.tags {
            tags.insert(format!("{}/{}", group.id, tag.id), (tag.name, i64::from(tag.order)));
        }
        tags.insert(group.id, (group.name, i64::from(group.order)));
    }
    let live: Vec<wecom_sim::Group> =
        sim.groups().into_iter().filter(|group| !group.dissolved).collect();
    let mut members = BTreeMap::new();
    for group in &live {
        for member in sim.group_members(&group.chat_id) {
            let key = (group.chat_id.clone(), member.userid);
            let scene = i64::from(member.join_scene);
            members.insert(key, (member.of_staff, member.name, member.joined_at_s, scene));
        }
    }
    let groups = live.into_iter().map(|g| (g.chat_id, (g.name, g.owner)));
    Company {
        departments: departments.collect(),
        staff: staff.collect(),
        tags,
        groups: groups.collect(),
        members,
    }
}
