//! How customer groups follow WeCom: owners are listed in blocks, each group is fetched, compared with
//! what is stored, and only what changed is written.
//!
//! A group that is no longer listed is asked for by its id before it is marked as dissolved: an empty
//! page, a failed block or an owner out of sight must not make groups disappear.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::{StreamExt as _, stream};
use store::{Tx, Value, params};
use wecom::{codes, groups::GroupChat};

use super::{
    Stored, display_name,
    members::{self, Member},
    note_changes, sql,
};
use crate::{
    CorpId, Error, GroupId, Scrm, StaffId, counters, org,
    sync::{PhaseReport, Progress},
    text,
};

/// Owners in one list call: WeCom's limit, and 81017 forbids asking for all at once.
const OWNERS_PER_CALL: usize = 100;
/// Groups in one list reply, at most.
const GROUPS_PER_PAGE: u32 = 1_000;
/// Calls under way at a time: WeCom is said to refuse above 5 for one API.
const N_AT_ONCE: usize = 4;
/// Groups compared and written in one transaction.
const GROUPS_PER_TX: usize = 200;

/// What became of asking for one group.
enum Answer {
    Group(Box<GroupChat>, Option<i64>),
    Gone(String),
    Failed(String, wecom::Error),
}

/// Brings all groups up to date.
pub(crate) async fn follow(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    progress: &mut Progress<'_>,
) -> Result<PhaseReport, Error> {
    let mut report = PhaseReport::new("groups");
    let mut reader = scrm.db.reader().await?;
    let staff = org::all_staff(&mut reader, corp).await?;
    drop(reader);
    let mut listed = list_all(client, &staff, &mut report).await;
    let mut reader = scrm.db.reader().await?;
    let live: Vec<String> =
        reader.query(&sql::LIVE_CHAT_IDS, &params![corp], |row| row.get(0)).await?;
    drop(reader);
    // Groups that are here but not listed are asked for as well; their owners' status is then not known.
    for chat_id in live {
        listed.entry(chat_id).or_insert(None);
    }
    report.n_read = listed.len();
    let mut owners: HashMap<String, StaffId> =
        staff.into_iter().map(|m| (text::folded(&m.wecom_user_id), m.id)).collect();
    progress.start("groups", listed.len()).await?;
    let mut answers = stream::iter(listed)
        .map(|(chat_id, status)| fetch(client, chat_id, status))
        .buffer_unordered(N_AT_ONCE)
        .chunks(GROUPS_PER_TX);
    while let Some(block) = answers.next().await {
        let n_answers = block.len();
        store_block(scrm, corp, block, &mut owners, &mut report).await?;
        progress.advance(n_answers).await?;
    }
    Ok(report)
}

/// All chat ids with WeCom's status of their owner. Owners are named, since without names WeCom refuses
/// above 1,000 visible people and hides the groups of those who left.
async fn list_all(
    client: &wecom::Client,
    staff: &[org::Member],
    report: &mut PhaseReport,
) -> BTreeMap<String, Option<i64>> {
    let user_ids: Vec<String> = staff.iter().map(|member| member.wecom_user_id.clone()).collect();
    let mut listed = BTreeMap::new();
    for owners in user_ids.chunks(OWNERS_PER_CALL) {
        if let Err(error) = list_block(client, owners, &mut listed).await {
            let (first, last) = (&owners[0], &owners[owners.len() - 1]);
            report.problems.push(format!("groups of the owners {first} to {last}: {error}"));
        }
    }
    listed
}

async fn list_block(
    client: &wecom::Client,
    owners: &[String],
    listed: &mut BTreeMap<String, Option<i64>>,
) -> Result<(), wecom::Error> {
    let mut request = wecom::groups::ListRequest {
        status_filter: 0,
        owners: owners.to_vec(),
        cursor: None,
        limit: GROUPS_PER_PAGE,
    };
    let mut has_failed = false;
    loop {
        match wecom::groups::list(client, &request).await {
            Ok(page) => {
                listed.extend(
                    page.groups.into_iter().map(|entry| (entry.chat_id, Some(entry.status))),
                );
                request.cursor = page.next_cursor;
                if request.cursor.is_none() {
                    return Ok(());
                }
            }
            // Once more from the first page: a cursor may have run out (50100).
            Err(_) if !has_failed => {
                has_failed = true;
                request.cursor = None;
            }
            Err(error) => return Err(error),
        }
    }
}

async fn fetch(client: &wecom::Client, chat_id: String, status: Option<i64>) -> Answer {
    let mut asked = wecom::groups::get(client, &chat_id).await;
    if asked.as_ref().is_err_and(|error| !is_gone(error)) {
        asked = wecom::groups::get(client, &chat_id).await;
    }
    match asked {
        Ok(group) => Answer::Group(Box::new(group), status),
        Err(error) if is_gone(&error) => Answer::Gone(chat_id),
        Err(error) => Answer::Failed(chat_id, error),
    }
}

/// WeCom's two ways to say that a group is no more (which of them a dissolved group gets is not
/// documented), and that it never was a customer group.
fn is_gone(error: &wecom::Error) -> bool {
    let gone = [codes::GROUP_DISMISSED, codes::INVALID_CHAT_ID, codes::NOT_A_CUSTOMER_GROUP];
    error.errcode().is_some_and(|errcode| gone.contains(&errcode))
}

async fn store_block(
    scrm: &Scrm,
    corp: CorpId,
    block: Vec<Answer>,
    owners: &mut HashMap<String, StaffId>,
    report: &mut PhaseReport,
) -> Result<(), Error> {
    let mut groups = Vec::new();
    let mut gone = HashSet::new();
    for answer in block {
        match answer {
            Answer::Group(group, status) => groups.push((group, status)),
            Answer::Gone(chat_id) => {
                gone.insert(chat_id);
            }
            Answer::Failed(chat_id, error) => {
                report.problems.push(format!("group {chat_id}: {error}"));
            }
        }
    }
    let chat_ids: Vec<&String> =
        groups.iter().map(|(group, _)| &group.chat_id).chain(&gone).collect();
    let list: Vec<Value<'_>> = chat_ids.into_iter().map(Value::from).collect();
    let mut tx = scrm.db.begin().await?;
    let known_owners = owners.len();
    org::ids_of_owners(&mut tx, corp, owners, groups.iter().map(|(g, _)| g.owner.as_str())).await?;
    report.n_written += owners.len() - known_owners;
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
    let mut next_id = counters::take(&mut tx, corp, counters::LONG, n_new).await?;
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
    put_groups(&mut tx, corp, &changed).await?;
    report.n_written += changed.len() + put_members(&mut tx, corp, &changed_members).await?;
    let changed: Vec<GroupId> = changed.iter().map(|group| group.id).collect();
    note_changes(&mut tx, corp, &changed).await?;
    Ok(tx.commit().await?)
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

async fn put_groups(tx: &mut Tx, corp: CorpId, groups: &[Stored]) -> Result<(), Error> {
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
async fn put_members(
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
