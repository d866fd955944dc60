//! A town's SOPs, who is in them, and their tasks.

use scrm::PublicId;
use store::{Tx, Value, params, statements};

use super::{
    names,
    plan::{DAY_MS, Group, N_SOPS, N_STEPS, NOW_MS},
    write::{CORP, int},
};

statements! {
    PUT_SOPS = "INSERT INTO sops
            (corp_id, sop_id, uuid, title, instruction, mode, state, creator_id, created_at_ms,
             started_at_ms, next_due_at_ms, title_folded)
        VALUES {rows}";
    PUT_STEPS = "INSERT INTO sop_steps (corp_id, sop_id, step_no, send_at_ms) VALUES {rows}";
    PUT_CONTENTS = "INSERT INTO sop_step_contents (corp_id, sop_id, step_no, version, content) VALUES {rows}";
    PUT_MEMBERSHIPS = "INSERT INTO sop_groups (corp_id, sop_id, group_id, joined_at_ms, plan_from_ms)
        VALUES {rows}";
    PUT_TASKS = "INSERT INTO sop_tasks
            (corp_id, group_id, sop_id, step_no, occurrence, uuid, state, due_at_ms, reason, created_at_ms,
             handed_at_ms, finished_at_ms, sent_at_ms)
        VALUES {rows}";
    SET_SIZES = "UPDATE sops SET n_groups = (
            SELECT count(*) FROM sop_groups AS g WHERE g.corp_id = sops.corp_id AND g.sop_id = sops.sop_id)
        WHERE corp_id = 1";
}

/// One every fifty days, the last two in the future.
fn started_at_ms(sop: usize) -> i64 {
    NOW_MS - (int(N_SOPS) - 2 - int(sop)) * 50 * DAY_MS
}

fn due_at_ms(sop: usize, step_no: usize) -> i64 {
    started_at_ms(sop) + int(step_no) * 3 * DAY_MS
}

/// All SOPs with their steps, numbered from `first_id` on, made by one of the staff.
pub async fn put(
    tx: &mut Tx,
    first_id: i64,
    creator: i64,
    random: &ambient::Random,
) -> anyhow::Result<()> {
    let content = r#"[{"kind":"text","content":"今日新品已到店"}]"#;
    let titles: Vec<String> = (0..N_SOPS).map(names::sop).collect();
    let uuids: Vec<PublicId> =
        (0..N_SOPS).map(|sop| PublicId::new(started_at_ms(sop) - DAY_MS, random)).collect();
    let (mut sops, mut steps, mut contents) = (Vec::new(), Vec::new(), Vec::new());
    for (n, (title, uuid)) in titles.iter().zip(&uuids).enumerate() {
        let (id, made_at_ms) = (first_id + int(n), started_at_ms(n) - DAY_MS);
        let (mode, state) = (int(n % 2), if n % 9 == 4 { 3_i64 } else { 1 });
        let start = params![made_at_ms, made_at_ms, due_at_ms(n, 1), title];
        sops.extend(params![CORP, id, uuid, title, "", mode, state, creator]);
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

/// Memberships and tasks of groups that are numbered from `first_group` on.
pub async fn put_tasks(
    tx: &mut Tx,
    first_sop: i64,
    first_group: i64,
    groups: &[Group],
    random: &ambient::Random,
) -> anyhow::Result<()> {
    let mut memberships: Vec<Value<'_>> = Vec::new();
    // (group, sop, step) in the order of the key, with the id.
    let mut tasks: Vec<(i64, usize, usize, PublicId)> = Vec::new();
    for (id, group) in (first_group..).zip(groups) {
        for &(sop, first_step) in &group.sops {
            let joined_at_ms = started_at_ms(sop) - DAY_MS;
            let plan_from_ms = due_at_ms(sop, first_step) - DAY_MS;
            memberships.extend(params![CORP, first_sop + int(sop), id, joined_at_ms, plan_from_ms]);
            for step_no in first_step..=N_STEPS {
                // Planned in the order of the groups, a hundred in a millisecond.
                let uuid = PublicId::new(joined_at_ms + id % 1_000_000_000 / 100, random);
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
        rows.extend(params![
            CORP,
            *group,
            first_sop + int(*sop),
            int(*step_no),
            0_i64,
            uuid,
            state
        ]);
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

/// Notes how many groups are in each SOP.
pub async fn count_groups(tx: &mut Tx) -> anyhow::Result<()> {
    tx.execute(&SET_SIZES, &[]).await?;
    Ok(())
}
