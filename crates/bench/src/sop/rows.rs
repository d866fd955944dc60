//! The yardsticks of planning and dispatching: the same rows written by the storage layer and nothing else.

use std::time::{Duration, Instant};

use store::{Db, Value, params, statements};

statements! {
    TASKS = "SELECT t.group_id, t.sop_id, t.step_no, t.uuid, t.due_at_ms, t.created_at_ms, t.audit_id,
            g.owner_id
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = 1
        ORDER BY t.group_id, t.sop_id, t.step_no";
    PUT_GROUPS = "INSERT INTO sop_groups (corp_id, sop_id, group_id, joined_at_ms, source, plan_from_ms)
        VALUES {rows}";
    PUT_TASKS = "INSERT INTO sop_tasks
            (corp_id, group_id, sop_id, step_no, occurrence, uuid, state, due_at_ms, created_at_ms, audit_id)
        VALUES {rows}";
    CLAIM = "UPDATE sop_tasks SET state = 6, batch_id = $5
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = 0 AND state = 0";
    HAND_OVER = "UPDATE sop_tasks INDEXED BY sop_tasks_batch SET state = 1, handed_at_ms = $3
        WHERE corp_id = $1 AND batch_id = $2 AND state = 6"
            | "UPDATE sop_tasks SET state = 1, handed_at_ms = $3
        WHERE corp_id = $1 AND batch_id = $2 AND state = 6";
}

/// Tasks that are planned in one transaction, and claimed in one.
const PLANNED_PER_TX: usize = 2_000;
const CLAIMED_PER_TX: usize = 10_000;

/// A planned task.
pub struct Row {
    group: i64,
    sop: i64,
    step_no: i64,
    uuid: Vec<u8>,
    due_at_ms: i64,
    created_at_ms: i64,
    audit_id: i64,
    owner: i64,
}

/// All tasks of a company, in the order of their key.
pub async fn read(db: &Db) -> anyhow::Result<Vec<Row>> {
    let mut reader = db.reader().await?;
    let row = |row: &store::Row<'_>| {
        Ok(Row {
            group: row.get(0)?,
            sop: row.get(1)?,
            step_no: row.get(2)?,
            uuid: row.get(3)?,
            due_at_ms: row.get(4)?,
            created_at_ms: row.get(5)?,
            audit_id: row.get(6)?,
            owner: row.get(7)?,
        })
    };
    Ok(reader.query(&TASKS, &[], row).await?)
}

/// Inserts tasks and the groups' places in their SOP into an empty database; how long it took.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
pub async fn insert(db: &Db, rows: &[Row]) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let mut before = None;
    for part in rows.chunks(PLANNED_PER_TX) {
        let mut groups: Vec<Value<'_>> = Vec::new();
        for row in part {
            if before.replace((row.group, row.sop)) != Some((row.group, row.sop)) {
                groups.extend(params![1_i64, row.sop, row.group, row.created_at_ms, 0_i64, 0_i64]);
            }
        }
        let task = |row| -> [Value<'_>; 10] {
            let &Row { group, sop, step_no, ref uuid, due_at_ms, created_at_ms, audit_id, .. } =
                row;
            params![
                1_i64,
                group,
                sop,
                step_no,
                0_i64,
                &uuid[..],
                0_i64,
                due_at_ms,
                created_at_ms,
                audit_id
            ]
        };
        let tasks: Vec<Value<'_>> = part.iter().flat_map(task).collect();
        let mut tx = db.begin().await?;
        tx.execute_rows(&PUT_GROUPS, &groups).await?;
        tx.execute_rows(&PUT_TASKS, &tasks).await?;
        tx.commit().await?;
    }
    Ok(began.elapsed())
}

/// Claims all tasks and hands them over, an owner at a time; how long it took.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
pub async fn update(db: &Db, mut rows: Vec<Row>) -> anyhow::Result<Duration> {
    rows.sort_by_key(|row| row.owner);
    let began = Instant::now();
    for part in rows.chunks(CLAIMED_PER_TX) {
        // An owner's batch has his number.
        let claims: Vec<[Value<'_>; 5]> = part
            .iter()
            .map(|row| params![1_i64, row.group, row.sop, row.step_no, row.owner])
            .collect();
        let mut tx = db.begin().await?;
        tx.execute_each(&CLAIM, &claims).await?;
        tx.commit().await?;
    }
    for of_owner in rows.chunk_by(|a, b| a.owner == b.owner) {
        let mut tx = db.begin().await?;
        tx.execute(&HAND_OVER, &params![1_i64, of_owner[0].owner, of_owner[0].due_at_ms]).await?;
        tx.commit().await?;
    }
    Ok(began.elapsed())
}
