//! Statements on SOPs and their tasks.
//!
//! Task states inside: 0 planned, 1 handed to the owner, 2 sent, 3 failed, 4 expired, 5 cancelled, and 6
//! in a batch that WeCom has not accepted yet (0 on the wire).

use store::{Error, Row, statements};

use super::{ListedTask, TaskKey, TaskState};
use crate::GroupId;

statements! {
    pub(crate) ADD_SOP = "INSERT INTO sops
            (corp_id, sop_id, uuid, title, instruction, mode, state, creator_id, created_at_ms)
        VALUES {rows}";
    pub(crate) ADD_STEPS = "INSERT INTO sop_steps
            (corp_id, sop_id, step_no, send_at_ms, day_no, minute_of_day)
        VALUES {rows}";
    pub(crate) ADD_CONTENTS = "INSERT INTO sop_step_contents (corp_id, sop_id, step_no, version, content)
        VALUES {rows}";
    pub(crate) ADD_GROUPS = "INSERT INTO sop_groups (corp_id, sop_id, group_id, joined_at_ms) VALUES {rows}";
    pub(crate) ADD_TASKS = "INSERT INTO sop_tasks
            (corp_id, group_id, sop_id, step_no, occurrence, uuid, state, due_at_ms, created_at_ms)
        VALUES {rows}";
    /// The 200 tasks with the latest start of each group, earliest first. State 9 = deleted SOP.
    pub(crate) OF_GROUPS = "SELECT r.group_id, r.uuid, s.uuid, s.title, r.state, s.creator_id, s.mode, r.due_at_ms,
            r.reason
        FROM (SELECT t.group_id, t.sop_id, t.step_no, t.occurrence, t.uuid, t.state, t.due_at_ms, t.reason,
                t.created_at_ms,
                row_number() OVER (
                    PARTITION BY t.group_id
                    ORDER BY t.due_at_ms DESC, t.created_at_ms DESC, t.uuid DESC) AS place
            FROM sop_tasks AS t
            JOIN sops AS live ON live.corp_id = t.corp_id AND live.sop_id = t.sop_id AND live.state <> 9
            WHERE t.corp_id = $1 AND t.group_id IN ({list})) AS r
        JOIN sops AS s ON s.corp_id = $1 AND s.sop_id = r.sop_id
        WHERE r.place <= 200
        ORDER BY r.group_id, r.due_at_ms, r.created_at_ms, r.uuid";
    /// Planned tasks that are due, owner by owner.
    pub(crate) DUE = "SELECT t.group_id, t.sop_id, t.step_no, t.occurrence, t.due_at_ms, g.owner_id
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.state = 0 AND t.due_at_ms <= $2
        ORDER BY g.owner_id, t.due_at_ms, t.group_id, t.sop_id, t.step_no, t.occurrence
        LIMIT $3";
    pub(crate) ANY_DUE = "SELECT group_id, sop_id, step_no, occurrence, due_at_ms
        FROM sop_tasks
        WHERE corp_id = $1 AND state = 0 AND due_at_ms <= $2
        ORDER BY due_at_ms
        LIMIT 1";
    pub(crate) STEP = "SELECT s.title, s.instruction, s.mode, s.state, s.plan_position, c.version, c.content
        FROM sops AS s
        JOIN sop_steps AS p ON p.corp_id = s.corp_id AND p.sop_id = s.sop_id
        JOIN sop_step_contents AS c
            ON c.corp_id = p.corp_id AND c.sop_id = p.sop_id AND c.step_no = p.step_no
        WHERE s.corp_id = $1 AND s.sop_id = $2 AND p.step_no = $3 AND c.version = coalesce($4, p.version)";
    pub(crate) CLAIM = "UPDATE sop_tasks SET state = 6, batch_id = $6
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = $5 AND state = 0";
    pub(crate) END_PLANNED = "UPDATE sop_tasks SET state = $6, reason = $7, finished_at_ms = $8
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = $5 AND state = 0";
    pub(crate) OF_BATCH = "SELECT group_id, sop_id, step_no, occurrence, due_at_ms, state
        FROM sop_tasks
        WHERE corp_id = $1 AND batch_id = $2
        ORDER BY group_id, sop_id, step_no, occurrence";
    pub(crate) HAND_OVER = "UPDATE sop_tasks SET state = 1, handed_at_ms = $3
        WHERE corp_id = $1 AND batch_id = $2 AND state = 6";
    /// A report that it was sent wins over failed, expired and cancelled.
    pub(crate) SENT = "UPDATE sop_tasks SET state = 2, reason = NULL, sent_at_ms = $4, finished_at_ms = $5
        WHERE corp_id = $1 AND batch_id = $2 AND group_id = $3 AND state <> 2";
    pub(crate) FINISH_GROUP = "UPDATE sop_tasks SET state = $4, reason = $5, finished_at_ms = $6
        WHERE corp_id = $1 AND batch_id = $2 AND group_id = $3 AND state IN (1, 6)";
    pub(crate) FINISH_REST = "UPDATE sop_tasks SET state = $3, reason = $4, finished_at_ms = $5
        WHERE corp_id = $1 AND batch_id = $2 AND state IN (1, 6)";
    pub(crate) BY_UUID = "SELECT t.uuid, t.state, s.mode
        FROM sop_tasks AS t
        JOIN sops AS s ON s.corp_id = t.corp_id AND s.sop_id = t.sop_id
        WHERE t.corp_id = $1 AND t.uuid IN ({list})";
    pub(crate) MARK = "UPDATE sop_tasks SET state = $3, reason = $4, sent_at_ms = $5, finished_at_ms = $6
        WHERE corp_id = $1 AND uuid = $2 AND state = $7";
    pub(crate) ADD_ACT = "INSERT INTO sop_audit (corp_id, audit_id, sop_id, at_ms, actor, action, detail)
        VALUES {rows}";
    pub(crate) ACTS = "SELECT audit_id, at_ms, actor, action, detail
        FROM sop_audit
        WHERE corp_id = $1 AND sop_id = $2
        ORDER BY audit_id DESC
        LIMIT $3";
    pub(crate) N_BY_STATE = "SELECT state, CAST(count(*) AS BIGINT)
        FROM sop_tasks
        WHERE corp_id = $1
        GROUP BY state
        ORDER BY state";
}

pub(crate) fn listed(row: &Row<'_>) -> Result<(GroupId, ListedTask), Error> {
    let task = ListedTask {
        id: row.get(1)?,
        sop: row.get(2)?,
        title: row.get(3)?,
        status: TaskState::from_column(row.get(4)?)?.on_the_wire(),
        creator_id: row.get(5)?,
        mode: row.get(6)?,
        start_at_ms: row.get(7)?,
        reason: row.get(8)?,
    };
    Ok((row.get(0)?, task))
}

pub(crate) fn key(row: &Row<'_>) -> Result<TaskKey, Error> {
    Ok(TaskKey {
        group: row.get(0)?,
        sop: row.get(1)?,
        step_no: row.get(2)?,
        occurrence: row.get(3)?,
    })
}

pub(crate) fn key_and_due(row: &Row<'_>) -> Result<(TaskKey, i64), Error> {
    Ok((key(row)?, row.get(4)?))
}
