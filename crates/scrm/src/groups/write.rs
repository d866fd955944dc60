//! How what WeCom says of groups is compared with what is stored, and what changed is written.

use std::collections::{HashMap, HashSet};

use store::{Tx, Value, params};
use wecom::groups::GroupChat;

use super::{
    Stored, display_name,
    fetch::Answer,
    members::{self, Member},
    note_changes, sql,
};
use crate::{CorpId, Error, GroupId, StaffId, counters, org, text};

/// What was written.
pub(super) struct Written {
    pub(super) n_rows: usize,
    /// Groups of which WeCom does not speak; they stay as they are.
    pub(super) out_of_sight: Vec<String>,
    /// Groups that could not be read.
    pub(super) failed: Vec<(String, wecom::Error)>,
}

/// Writes what differs. `owners` are the known members of staff by folded user id; owners never seen are
/// added to it and to the database. The commit must follow at once: the change sequence is locked.
pub(super) async fn store(
    tx: &mut Tx,
    corp: CorpId,
    answers: Vec<Answer>,
    owners: &mut HashMap<String, StaffId>,
) -> Result<Written, Error> {
    let mut groups = Vec::new();
    let mut gone = HashSet::new();
    let mut failed = Vec::new();
    let mut out_of_sight = Vec::new();
    for answer in answers {
        match answer {
            Answer::Group(group, status) => groups.push((group, status)),
            Answer::Gone(chat_id) => {
                gone.insert(chat_id);
            }
            Answer::OutOfSight(chat_id) => out_of_sight.push(chat_id),
            Answer::Failed(chat_id, error) => failed.push((chat_id, error)),
        }
    }
    let chat_ids: Vec<&String> =
        groups.iter().map(|(group, _)| &group.chat_id).chain(&gone).collect();
    let list: Vec<Value<'_>> = chat_ids.into_iter().map(Value::from).collect();
    let known_owners = owners.len();
    org::ids_of_owners(tx, corp, owners, groups.iter().map(|(g, _)| g.owner.as_str())).await?;
    let n_new_owners = owners.len() - known_owners;
    let stored = tx.query_list(&sql::STORED, &params![corp], &list, sql::stored).await?;
    let mut stored: HashMap<String, Stored> =
        stored.into_iter().map(|group| (group.chat_id.clone(), group)).collect();
    let ids: Vec<Value<'_>> = stored.values().map(|group| group.id.into()).collect();
    let mut members: HashMap<GroupId, Vec<Member>> = HashMap::new();
    for (group, member) in tx.query_list(&sql::MEMBERS, &params![corp], &ids, members::read).await?
    {
        members.entry(group).or_default().push(member);
    }
    let n_new = groups.iter().filter(|(group, _)| !stored.contains_key(&group.chat_id)).count();
    let mut next_id = counters::take(tx, corp, counters::LONG, n_new).await?;
    let mut changed = Vec::new();
    let mut changed_members = Vec::new();
    for (group, status) in groups {
        let before = stored.remove(&group.chat_id);
        let id = before.as_ref().map_or_else(
            || {
                next_id += 1;
                GroupId(next_id - 1)
            },
            |group| group.id,
        );
        let owner_status = status.or(before.as_ref().map(|group| group.owner_status)).unwrap_or(0);
        let now = as_stored(&group, id, owners[&text::folded(&group.owner)], owner_status);
        if before.as_ref() != Some(&now) {
            changed.push(now);
        }
        let listed = group.member_list.iter().map(members::from_wecom).collect();
        let old = members.get(&id).map(Vec::as_slice).unwrap_or_default();
        changed_members.push((id, members::difference(old, listed)));
    }
    let dissolved = stored.into_values().filter(|g| gone.contains(&g.chat_id) && !g.is_dissolved);
    changed.extend(dissolved.map(|group| Stored { is_dissolved: true, ..group }));
    put_groups(tx, corp, &changed).await?;
    let n_members = put_members(tx, corp, &changed_members).await?;
    let changed: Vec<GroupId> = changed.iter().map(|group| group.id).collect();
    note_changes(tx, corp, &changed).await?;
    Ok(Written { n_rows: n_new_owners + changed.len() + n_members, out_of_sight, failed })
}

fn as_stored(group: &GroupChat, id: GroupId, owner: StaffId, owner_status: i64) -> Stored {
    let names = group.member_list.iter().map(|member| member.name.as_str());
    Stored {
        id,
        chat_id: group.chat_id.clone(),
        owner,
        raw_name: group.name.clone(),
        display_name: display_name(&group.name, names),
        notice: group.notice.clone(),
        created_at_ms: group.create_time * 1_000,
        owner_status,
        is_dissolved: false,
        n_members: i64::try_from(group.member_list.len()).expect("a group has few members"),
        member_version: group.member_version.clone(),
    }
}

pub(super) async fn put_groups(tx: &mut Tx, corp: CorpId, groups: &[Stored]) -> Result<(), Error> {
    let folded: Vec<String> = groups.iter().map(|g| text::folded(&g.display_name)).collect();
    let values: Vec<Value<'_>> = groups
        .iter()
        .zip(&folded)
        .flat_map(|(group, folded)| {
            params![
                corp,
                group.id,
                &group.chat_id,
                group.owner,
                &group.raw_name,
                &group.display_name,
                folded,
                &group.notice,
                group.created_at_ms,
                group.owner_status,
                group.is_dissolved,
                group.n_members,
                &group.member_version
            ]
        })
        .collect();
    tx.execute_rows(&sql::PUT, &values).await?;
    Ok(())
}

/// How many rows were written or removed.
pub(super) async fn put_members(
    tx: &mut Tx,
    corp: CorpId,
    changes: &[(GroupId, members::Difference)],
) -> Result<usize, Error> {
    let removed: Vec<_> = changes
        .iter()
        .flat_map(|(group, change)| change.removed.iter().map(|&no| params![corp, *group, no]))
        .collect();
    tx.execute_each(&sql::REMOVE_MEMBER, &removed).await?;
    let put: Vec<(GroupId, &Member)> = changes
        .iter()
        .flat_map(|(group, change)| change.put.iter().map(|member| (*group, member)))
        .collect();
    let values: Vec<Value<'_>> = put
        .iter()
        .flat_map(|(group, member)| {
            params![
                corp,
                *group,
                member.member_no,
                &member.wecom_id,
                member.kind,
                &member.name,
                &member.group_nickname,
                &member.union_id,
                &member.invitor_id,
                member.join_scene,
                &member.join_state,
                member.joined_at_ms
            ]
        })
        .collect();
    tx.execute_rows(&sql::PUT_MEMBERS, &values).await?;
    Ok(removed.len() + put.len())
}
