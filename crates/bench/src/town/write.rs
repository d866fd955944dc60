//! A town's rows, as a synchronisation and the planning of SOPs would have written them, straight through the
//! storage layer. Members of groups and messages are left out: the list of groups does not read them.

use scrm::{CorpId, PublicId, counters};
use store::{Backend, Db, Tx, Value, params, statements};

use super::{
    names,
    plan::{DAY_MS, Group, N_SOPS, N_STEPS, N_TAGS, NOW_MS, Plan, folded},
};

statements! {
    PUT_DEPARTMENTS = "INSERT INTO departments
            (corp_id, department_id, parent_id, name, sort_order, is_deleted)
        VALUES {rows}";
    PUT_STAFF = "INSERT INTO staff
            (corp_id, staff_id, wecom_user_id, user_id_folded, name, name_folded, position, status,
             can_contact, is_readable, is_deleted)
        VALUES {rows}";
    PUT_PLACES = "INSERT INTO staff_departments (corp_id, staff_id, place, department_id, is_leader)
        VALUES {rows}";
    PUT_TAG_GROUPS = "INSERT INTO group_tag_groups (corp_id, tag_group_id, name, name_folded) VALUES {rows}";
    PUT_TAGS = "INSERT INTO group_tags (corp_id, tag_id, tag_group_id, name, name_folded) VALUES {rows}";
    PUT_SOPS = "INSERT INTO sops
            (corp_id, sop_id, uuid, title, instruction, mode, state, creator_id, created_at_ms,
             started_at_ms, next_due_at_ms, title_folded)
        VALUES {rows}";
    PUT_STEPS = "INSERT INTO sop_steps (corp_id, sop_id, step_no, send_at_ms) VALUES {rows}";
    PUT_CONTENTS = "INSERT INTO sop_step_contents (corp_id, sop_id, step_no, version, content) VALUES {rows}";
    PUT_GROUPS = "INSERT INTO customer_groups
            (corp_id, group_id, chat_id, owner_id, raw_name, display_name, folded_name, notice,
             created_at_ms, owner_status, is_dissolved, n_members, member_version)
        VALUES {rows}";
    PUT_TAGGINGS = "INSERT INTO group_taggings (corp_id, group_id, tag_id) VALUES {rows}";
    PUT_MEMBERSHIPS = "INSERT INTO sop_groups (corp_id, sop_id, group_id, joined_at_ms, plan_from_ms)
        VALUES {rows}";
    PUT_TASKS = "INSERT INTO sop_tasks
            (corp_id, group_id, sop_id, step_no, occurrence, uuid, state, due_at_ms, reason, created_at_ms,
             handed_at_ms, finished_at_ms, sent_at_ms)
        VALUES {rows}";
    SET_SIZES = "UPDATE sops SET n_groups = (
            SELECT count(*) FROM sop_groups AS g WHERE g.corp_id = sops.corp_id AND g.sop_id = sops.sop_id)
        WHERE corp_id = 1";
    SET_SEQ = "UPDATE corps SET change_seq = $1 WHERE corp_id = 1";
    PUT_FOLLOWED = "INSERT INTO sop_followed (corp_id, change_seq) VALUES {rows}";
    /// The product keeps no statistics on SQLite.
    ANALYZE = "SELECT 1" | "ANALYZE";
}

/// The company: the first one of its database.
pub const CORP: CorpId = CorpId(1);
/// Groups whose rows are written in one transaction.
const GROUPS_PER_TX: usize = 5_000;
/// Groups that a synchronisation writes under one number of the change sequence.
const GROUPS_PER_CHANGE: usize = 200;
const N_DEPARTMENTS: usize = 60;
const TAGS_PER_TAG_GROUP: usize = 10;

/// The first id of each kind; the others follow.
struct Ids {
    staff: i64,
    tags: i64,
    sops: i64,
    groups: i64,
}

/// Fills an empty database in which the company is.
pub async fn fill(db: &Db, plan: &Plan) -> anyhow::Result<()> {
    let random = ambient::Random::seeded(1);
    let mut tx = db.begin().await?;
    let ids = Ids {
        staff: counters::take(&mut tx, CORP, counters::LONG, plan.n_owners).await?,
        tags: counters::take(&mut tx, CORP, counters::SHORT, N_TAGS).await?,
        sops: counters::take(&mut tx, CORP, counters::INTERNAL, N_SOPS).await?,
        groups: counters::take(&mut tx, CORP, counters::LONG, plan.n_groups).await?,
    };
    put_staff(&mut tx, &ids, plan).await?;
    put_tags(&mut tx, &ids).await?;
    put_sops(&mut tx, &ids, &random).await?;
    tx.commit().await?;
    for first in (0..plan.n_groups).step_by(GROUPS_PER_TX) {
        let numbers = first..(first + GROUPS_PER_TX).min(plan.n_groups);
        let groups: Vec<Group> = numbers.map(|n| plan.group(n)).collect();
        let mut tx = db.begin().await?;
        put_groups(&mut tx, ids.groups + int(first), ids.staff, ids.tags, &groups).await?;
        put_tasks(&mut tx, &ids, first, &groups, &random).await?;
        tx.commit().await?;
        if first % 100_000 == 0 && first > 0 {
            eprintln!("{first} of {} groups are written", plan.n_groups);
        }
    }
    let seq = int(plan.n_groups.div_ceil(GROUPS_PER_CHANGE));
    let mut tx = db.begin().await?;
    tx.execute(&SET_SIZES, &[]).await?;
    tx.execute(&SET_SEQ, &params![seq]).await?;
    tx.execute_rows(&PUT_FOLLOWED, &params![CORP, seq]).await?;
    tx.commit().await?;
    if db.backend() == Backend::Postgres {
        let mut tx = db.begin().await?;
        tx.execute(&ANALYZE, &[]).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn put_staff(tx: &mut Tx, ids: &Ids, plan: &Plan) -> anyhow::Result<()> {
    let mut draw = super::draw::Draw::of(3, 0);
    let departments: Vec<String> = (0..N_DEPARTMENTS).map(names::department).collect();
    let rows: Vec<Value<'_>> = (2_i64..)
        .zip(&departments)
        .flat_map(|(id, name)| params![CORP, id, 1_i64, name, id, false])
        .collect();
    tx.execute_rows(&PUT_DEPARTMENTS, &rows).await?;
    let staff: Vec<(i64, String, String)> = (ids.staff..)
        .take(plan.n_owners)
        .map(|id| (id, format!("user{id}"), names::person(&mut draw)))
        .collect();
    let mut rows: Vec<Value<'_>> = Vec::new();
    for (id, user_id, name) in &staff {
        rows.extend(params![CORP, *id, user_id, user_id, name, name, "", 1_i64, true, true, false]);
    }
    tx.execute_rows(&PUT_STAFF, &rows).await?;
    let mut places: Vec<Value<'_>> = Vec::new();
    for (id, _, _) in &staff {
        let department = int(draw.below(N_DEPARTMENTS));
        places.extend(params![CORP, *id, 0_i64, department + 2, false]);
        if draw.is(0.2) {
            let other = (department + 7) % int(N_DEPARTMENTS);
            places.extend(params![CORP, *id, 1_i64, other + 2, false]);
        }
    }
    tx.execute_rows(&PUT_PLACES, &places).await?;
    Ok(())
}

async fn put_tags(tx: &mut Tx, ids: &Ids) -> anyhow::Result<()> {
    let n_tag_groups = N_TAGS / TAGS_PER_TAG_GROUP;
    let first = counters::take(tx, CORP, counters::SHORT, n_tag_groups).await?;
    let group_names: Vec<String> = (1..=n_tag_groups).map(|n| format!("标签组{n}")).collect();
    let rows: Vec<Value<'_>> =
        (first..).zip(&group_names).flat_map(|(id, name)| params![CORP, id, name, name]).collect();
    tx.execute_rows(&PUT_TAG_GROUPS, &rows).await?;
    let tags: Vec<(i64, i64, String)> = (0..N_TAGS)
        .map(|n| (ids.tags + int(n), first + int(n % n_tag_groups), names::tag(n)))
        .collect();
    let rows: Vec<Value<'_>> = tags
        .iter()
        .flat_map(|(id, tag_group, name)| params![CORP, *id, *tag_group, name, name])
        .collect();
    tx.execute_rows(&PUT_TAGS, &rows).await?;
    Ok(())
}

/// One every fifty days, the last two in the future.
fn started_at_ms(sop: usize) -> i64 {
    NOW_MS - (int(N_SOPS) - 2 - int(sop)) * 50 * DAY_MS
}

fn due_at_ms(sop: usize, step_no: usize) -> i64 {
    started_at_ms(sop) + int(step_no) * 3 * DAY_MS
}

async fn put_sops(tx: &mut Tx, ids: &Ids, random: &ambient::Random) -> anyhow::Result<()> {
    let content = r#"[{"kind":"text","content":"今日新品已到店"}]"#;
    let titles: Vec<String> = (0..N_SOPS).map(names::sop).collect();
    let uuids: Vec<PublicId> =
        (0..N_SOPS).map(|sop| PublicId::new(started_at_ms(sop) - DAY_MS, random)).collect();
    let (mut sops, mut steps, mut contents) = (Vec::new(), Vec::new(), Vec::new());
    for (n, (title, uuid)) in titles.iter().zip(&uuids).enumerate() {
        let (id, made_at_ms) = (ids.sops + int(n), started_at_ms(n) - DAY_MS);
        let (mode, state) = (int(n % 2), if n % 9 == 4 { 3_i64 } else { 1 });
        let start = params![made_at_ms, made_at_ms, due_at_ms(n, 1), title];
        sops.extend(params![CORP, id, uuid, title, "", mode, state, ids.staff]);
        sops.extend(start);
        for step_no in 1..=N_STEPS {
            steps.extend(params![CORP, id, int(step_no), due_at_ms(n, step_no)]);
            contents.extend(params![CORP, id, int(step_no), 1_i64, content]);
        }
    }
    tx.execute_rows(&PUT_SOPS, &sops).await?;
    tx.execute_rows(&PUT_STEPS, &steps).await?;
    tx.execute_rows(&PUT_CONTENTS, &contents).await?;
    Ok(())
}

/// Groups with their tags, numbered from `first_id` on.
pub async fn put_groups(
    tx: &mut Tx,
    first_id: i64,
    first_staff: i64,
    first_tag: i64,
    groups: &[Group],
) -> anyhow::Result<()> {
    let (mut rows, mut taggings): (Vec<Value<'_>>, Vec<Value<'_>>) = (Vec::new(), Vec::new());
    for (id, group) in (first_id..).zip(groups) {
        debug_assert_eq!(group.folded_name, folded(&group.display_name));
        rows.extend(params![
            CORP,
            id,
            &group.chat_id,
            first_staff + int(group.owner),
            &group.raw_name,
            &group.display_name,
            &group.folded_name,
            "",
            group.created_at_ms,
            0_i64,
            group.is_dissolved,
            group.n_members,
            "1"
        ]);
        taggings.extend(group.tags.iter().flat_map(|&n| params![CORP, id, first_tag + int(n)]));
    }
    tx.execute_rows(&PUT_GROUPS, &rows).await?;
    tx.execute_rows(&PUT_TAGGINGS, &taggings).await?;
    Ok(())
}

async fn put_tasks(
    tx: &mut Tx,
    ids: &Ids,
    first: usize,
    groups: &[Group],
    random: &ambient::Random,
) -> anyhow::Result<()> {
    let mut memberships: Vec<Value<'_>> = Vec::new();
    // (group, sop, step) in the order of the key, with the id.
    let mut tasks: Vec<(i64, usize, usize, PublicId)> = Vec::new();
    for (n, group) in (first..).zip(groups) {
        let id = ids.groups + int(n);
        for &(sop, first_step) in &group.sops {
            let joined_at_ms = started_at_ms(sop) - DAY_MS;
            let plan_from_ms = due_at_ms(sop, first_step) - DAY_MS;
            memberships.extend(params![CORP, ids.sops + int(sop), id, joined_at_ms, plan_from_ms]);
            for step_no in first_step..=N_STEPS {
                // Planned in the order of the groups, a hundred in a millisecond.
                let uuid = PublicId::new(joined_at_ms + int(n / 100), random);
                tasks.push((id, sop, step_no, uuid));
            }
        }
    }
    let mut rows: Vec<Value<'_>> = Vec::with_capacity(tasks.len() * 13);
    for (n, (group, sop, step_no, uuid)) in tasks.iter().enumerate() {
        let due_at_ms = due_at_ms(*sop, *step_no);
        let (state, reason) = outcome(n, due_at_ms);
        let handed_at_ms = (state != 0).then_some(due_at_ms);
        let finished_at_ms = (state > 1).then_some(due_at_ms + DAY_MS);
        let sent_at_ms = (state == 2).then_some(due_at_ms + DAY_MS);
        rows.extend(params![CORP, *group, ids.sops + int(*sop), int(*step_no), 0_i64, uuid, state]);
        rows.extend(params![due_at_ms, reason, started_at_ms(*sop) - DAY_MS]);
        rows.extend(params![handed_at_ms, finished_at_ms, sent_at_ms]);
    }
    tx.execute_rows(&PUT_MEMBERSHIPS, &memberships).await?;
    tx.execute_rows(&PUT_TASKS, &rows).await?;
    Ok(())
}

/// State and reason of a task: most that were due were sent.
fn outcome(n: usize, due_at_ms: i64) -> (i64, Option<&'static str>) {
    if due_at_ms > NOW_MS {
        return (0, None);
    }
    match n % 20 {
        0 => (3, Some("客户群已解散")),
        1 => (4, Some("超过发送期限")),
        2 => (1, None),
        _ => (2, None),
    }
}

fn int(n: usize) -> i64 {
    i64::try_from(n).expect("63 bits hold a number of rows")
}
