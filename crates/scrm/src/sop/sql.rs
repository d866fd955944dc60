//! Statements on SOPs and their tasks.
//!
//! Task states inside: 0 planned, 1 handed to the owner, 2 sent, 3 failed, 4 expired, 5 cancelled, and 6
//! in a batch that WeCom has not accepted yet (0 on the wire).
//!
//! SQLite takes a company's tasks to be few, so that reading them all looks as good to it as an index: the
//! statements on the tasks of a batch name theirs.

use std::sync::Arc;

use store::{Error, Row, statements};

use super::{ListedSop, ListedTask, TaskKey, TaskState, of_groups::BareTask};
use crate::send::reason_shown;

statements! {
    pub(crate) ADD_SOP = "INSERT INTO sops
            (corp_id, sop_id, uuid, title, instruction, mode, state, creator_id, created_at_ms, kind, rule,
             follows_rule, started_at_ms, plan_position, rule_position, plan_audit_id, next_due_at_ms, title_folded,
             made_by_user)
        VALUES {rows}";
    pub(crate) ADD_STEPS = "INSERT INTO sop_steps
            (corp_id, sop_id, step_no, send_at_ms, day_no, minute_of_day, version, plan_from_ms)
        VALUES {rows}";
    pub(crate) ADD_CONTENTS = "INSERT INTO sop_step_contents (corp_id, sop_id, step_no, version, content)
        VALUES {rows}";
    pub(crate) ADD_GROUPS = "INSERT INTO sop_groups (corp_id, sop_id, group_id, joined_at_ms, source, plan_from_ms)
        VALUES {rows}";
    pub(crate) ADD_TASKS = "INSERT INTO sop_tasks
            (corp_id, group_id, sop_id, step_no, occurrence, uuid, state, due_at_ms, created_at_ms, audit_id)
        VALUES {rows}";
    pub(crate) BY_PUBLIC_ID = "SELECT sop_id, uuid, title, instruction, mode, kind, state, creator_id, created_at_ms,
            started_at_ms, ended_at_ms, rule, follows_rule, plan_position, rule_position, plan_audit_id, n_groups,
            plan_no
        FROM sops
        WHERE corp_id = $1 AND uuid = $2";
    pub(crate) BY_ID = "SELECT sop_id, uuid, title, instruction, mode, kind, state, creator_id, created_at_ms,
            started_at_ms, ended_at_ms, rule, follows_rule, plan_position, rule_position, plan_audit_id, n_groups,
            plan_no
        FROM sops
        WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) PLAN_STEPS = "SELECT step_no, send_at_ms, day_no, minute_of_day, plan_from_ms
        FROM sop_steps
        WHERE corp_id = $1 AND sop_id = $2 AND NOT is_removed
        ORDER BY step_no";
    pub(crate) PLANNING = "SELECT sop_id FROM sops WHERE corp_id = $1 AND plan_position IS NOT NULL ORDER BY sop_id";
    pub(crate) START = "UPDATE sops SET state = 1, started_at_ms = $3, plan_position = $4, rule_position = $5,
            plan_audit_id = $6
        WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) SET_STATE = "UPDATE sops SET state = $3 WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) BE_OVER = "UPDATE sops SET state = $3, ended_at_ms = coalesce(ended_at_ms, $4), plan_audit_id = $5,
            plan_no = plan_no + 1, plan_position = 0, rule_position = NULL
        WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) CHANGE = "UPDATE sops SET title = $3, instruction = $4, rule = $5, plan_audit_id = $6,
            plan_position = $7, rule_position = $8, plan_no = plan_no + $9, title_folded = $10
        WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) N_NOT_HANDED_OVER = "SELECT CAST(count(*) AS BIGINT)
        FROM sop_tasks
        WHERE corp_id = $1 AND sop_id = $2 AND state IN (0, 6)";
    pub(crate) N_HANDED_OVER = "SELECT CAST(count(*) AS BIGINT)
        FROM sop_tasks
        WHERE corp_id = $1 AND sop_id = $2 AND state = 1";
    pub(crate) N_BY_STEP = "SELECT step_no, state, CAST(count(*) AS BIGINT)
        FROM sop_tasks
        WHERE corp_id = $1 AND sop_id = $2
        GROUP BY step_no, state
        ORDER BY step_no, state";
    pub(crate) N_BY_OWNER = "SELECT g.owner_id, t.state, CAST(count(*) AS BIGINT)
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.sop_id = $2
        GROUP BY g.owner_id, t.state
        ORDER BY g.owner_id, t.state";
    pub(crate) STEPS = "SELECT p.step_no, p.send_at_ms, p.day_no, p.minute_of_day, p.version, c.content
        FROM sop_steps AS p
        JOIN sop_step_contents AS c ON c.corp_id = p.corp_id AND c.sop_id = p.sop_id
            AND c.step_no = p.step_no AND c.version = p.version
        WHERE p.corp_id = $1 AND p.sop_id = $2 AND NOT p.is_removed
        ORDER BY p.step_no";
    pub(crate) LAST_STEP_NO = "SELECT coalesce(max(step_no), 0) FROM sop_steps WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) CHANGE_STEP = "UPDATE sop_steps
        SET version = $4, send_at_ms = $5, day_no = $6, minute_of_day = $7, plan_from_ms = $8
        WHERE corp_id = $1 AND sop_id = $2 AND step_no = $3";
    pub(crate) CHANGE_CONTENT = "UPDATE sop_steps SET version = $4 WHERE corp_id = $1 AND sop_id = $2 AND step_no = $3";
    pub(crate) REMOVE_STEP = "UPDATE sop_steps SET is_removed = TRUE
        WHERE corp_id = $1 AND sop_id = $2 AND step_no = $3";
    pub(crate) GO = "UPDATE sop_groups SET left_at_ms = $4, leave_reason = $5
        WHERE corp_id = $1 AND sop_id = $2 AND group_id = $3";
    pub(crate) KEEP_OUT = "UPDATE sop_groups SET is_kept_out = TRUE
        WHERE corp_id = $1 AND sop_id = $2 AND group_id = $3";
    pub(crate) COME_BACK = "UPDATE sop_groups
        SET left_at_ms = NULL, leave_reason = NULL, is_kept_out = FALSE, plan_from_ms = $4, source = $5
        WHERE corp_id = $1 AND sop_id = $2 AND group_id = $3";
    pub(crate) ANY_SOP = "SELECT sop_id FROM sops WHERE corp_id = $1 LIMIT 1";
    pub(crate) FOLLOWING = "SELECT sop_id FROM sops WHERE corp_id = $1 AND state IN (1, 2) AND follows_rule
        ORDER BY sop_id";
    pub(crate) FOLLOWED = "SELECT change_seq FROM sop_followed WHERE corp_id = $1";
    pub(crate) SET_FOLLOWED = "INSERT INTO sop_followed (corp_id, change_seq) VALUES {rows}
        ON CONFLICT (corp_id) DO UPDATE SET change_seq = excluded.change_seq";
    pub(crate) FAIL_OF_GROUPS = "UPDATE sop_tasks SET state = 3, reason = $2, finished_at_ms = $3
        WHERE corp_id = $1 AND state = 0 AND group_id IN ({list})";
    /// Mass messages that were sent to some groups or are to be, by their time.
    pub(crate) MASS_OF_GROUPS = "SELECT t.group_id, t.due_at_ms
        FROM sop_tasks AS t
        JOIN sops AS s ON s.corp_id = t.corp_id AND s.sop_id = t.sop_id
        WHERE t.corp_id = $1 AND t.group_id IN ({list}) AND t.due_at_ms BETWEEN $2 AND $3
            AND t.state IN (0, 1, 2, 6) AND s.mode = 0";
    pub(crate) LIST_PAGE = "SELECT sop_id, uuid, title, instruction, mode, kind, state, creator_id, created_at_ms,
            started_at_ms, ended_at_ms, rule, follows_rule, plan_position, rule_position, plan_audit_id, n_groups,
            plan_no
        FROM sops
        WHERE corp_id = $1 AND state <> 9 AND state BETWEEN $2 AND $3 AND title_folded LIKE $4 ESCAPE '\\'
        ORDER BY sop_id DESC
        LIMIT $5 OFFSET $6";
    pub(crate) LIST_COUNT = "SELECT CAST(count(*) AS BIGINT)
        FROM sops
        WHERE corp_id = $1 AND state <> 9 AND state BETWEEN $2 AND $3 AND title_folded LIKE $4 ESCAPE '\\'";
    pub(crate) ALL_SOPS = "SELECT sop_id, uuid, title, instruction, mode, kind, state, creator_id, created_at_ms,
            started_at_ms, ended_at_ms, rule, follows_rule, plan_position, rule_position, plan_audit_id, n_groups,
            plan_no
        FROM sops
        WHERE corp_id = $1 AND state <> 9";
    pub(crate) SOME_SOPS = "SELECT sop_id, uuid, title, instruction, mode, kind, state, creator_id, created_at_ms,
            started_at_ms, ended_at_ms, rule, follows_rule, plan_position, rule_position, plan_audit_id, n_groups,
            plan_no
        FROM sops
        WHERE corp_id = $1 AND sop_id IN ({list}) AND state <> 9";
    /// SOPs with a task for a group of some owners.
    pub(crate) SEEN_BY = "SELECT DISTINCT t.sop_id
        FROM customer_groups AS g INDEXED BY customer_groups_owner
        CROSS JOIN sop_tasks AS t ON t.corp_id = g.corp_id AND t.group_id = g.group_id
        WHERE g.corp_id = $1 AND NOT g.is_dissolved AND g.owner_id IN ({list})"
        | "SELECT DISTINCT t.sop_id
        FROM customer_groups AS g
        JOIN sop_tasks AS t ON t.corp_id = g.corp_id AND t.group_id = g.group_id
        WHERE g.corp_id = $1 AND NOT g.is_dissolved AND g.owner_id IN ({list})";
    pub(crate) MADE_BY = "SELECT sop_id FROM sops WHERE corp_id = $1 AND made_by_user = $2 AND state <> 9";
    pub(crate) MADE_BY_WHOM = "SELECT made_by_user FROM sops WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) N_OF_OWNERS = "SELECT g.owner_id, t.step_no, t.state, CAST(count(*) AS BIGINT)
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.sop_id = $2 AND g.owner_id IN ({list})
        GROUP BY g.owner_id, t.step_no, t.state";
    pub(crate) N_BY_TIME = "SELECT due_at_ms, step_no, state, CAST(count(*) AS BIGINT)
        FROM sop_tasks
        WHERE corp_id = $1 AND sop_id = $2 AND state IN (0, 1, 2, 3, 4, 5, 6) AND due_at_ms BETWEEN $3 AND $4
        GROUP BY due_at_ms, step_no, state";
    pub(crate) N_BY_TIME_OF_OWNERS = "SELECT t.due_at_ms, t.step_no, t.state, CAST(count(*) AS BIGINT)
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.sop_id = $2 AND t.state IN (0, 1, 2, 3, 4, 5, 6) AND t.due_at_ms BETWEEN $3 AND $4
            AND g.owner_id IN ({list})
        GROUP BY t.due_at_ms, t.step_no, t.state";
    /// State 1: in the owner's hands.
    pub(crate) N_OVERDUE = "SELECT g.owner_id, CAST(count(*) AS BIGINT)
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.sop_id IN ({list}) AND t.state = 1 AND t.due_at_ms < $2
        GROUP BY g.owner_id";
    /// States: a range, and one more.
    pub(crate) N_TASKS_OF_SOP = "SELECT CAST(count(*) AS BIGINT)
        FROM sop_tasks
        WHERE corp_id = $1 AND sop_id = $2 AND (state BETWEEN $3 AND $4 OR state = $5) AND step_no BETWEEN $6 AND $7";
    pub(crate) TASKS_OF_SOP = "SELECT t.uuid, t.step_no, t.state, t.due_at_ms, t.reason, g.chat_id, g.display_name, g.owner_id
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.sop_id = $2 AND (t.state BETWEEN $3 AND $4 OR t.state = $5)
            AND t.step_no BETWEEN $6 AND $7
        ORDER BY t.state, t.due_at_ms, t.step_no, t.group_id
        LIMIT $8 OFFSET $9";
    pub(crate) N_TASKS_OF_OWNERS = "SELECT CAST(count(*) AS BIGINT)
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.sop_id = $2 AND (t.state BETWEEN $3 AND $4 OR t.state = $5)
            AND t.step_no BETWEEN $6 AND $7 AND g.owner_id IN ({list})";
    pub(crate) TASKS_OF_OWNERS = "SELECT t.uuid, t.step_no, t.state, t.due_at_ms, t.reason, g.chat_id, g.display_name,
            g.owner_id
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.sop_id = $2 AND (t.state BETWEEN $3 AND $4 OR t.state = $5)
            AND t.step_no BETWEEN $6 AND $7 AND g.owner_id IN ({list})
        ORDER BY t.state, t.due_at_ms, t.step_no, t.group_id
        LIMIT $8 OFFSET $9";
    pub(crate) GROUPS_OF_SOP_AFTER = "SELECT group_id
        FROM sop_groups
        WHERE corp_id = $1 AND sop_id = $2 AND group_id > $3
        ORDER BY group_id
        LIMIT $4";
    pub(crate) TASKS_OF_SOPS_GROUPS = "SELECT t.uuid, t.step_no, t.state, t.due_at_ms, t.reason, g.chat_id,
            g.display_name, g.owner_id
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.sop_id = $2 AND t.group_id IN ({list})
        ORDER BY t.group_id, t.step_no, t.occurrence";
    pub(crate) OWNER_OF_TASK = "SELECT g.owner_id
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.uuid = $2";
    pub(crate) ADD_JOINING = "INSERT INTO sop_joining (corp_id, sop_id, part_no, group_ids) VALUES {rows}";
    pub(crate) JOINING = "SELECT part_no, group_ids
        FROM sop_joining
        WHERE corp_id = $1 AND sop_id = $2
        ORDER BY part_no
        LIMIT 1";
    pub(crate) ALL_JOINING = "SELECT group_ids FROM sop_joining WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) SHORTEN_JOINING = "UPDATE sop_joining SET group_ids = $4
        WHERE corp_id = $1 AND sop_id = $2 AND part_no = $3";
    pub(crate) REMOVE_JOINING = "DELETE FROM sop_joining WHERE corp_id = $1 AND sop_id = $2 AND part_no = $3";
    pub(crate) DROP_JOINING = "DELETE FROM sop_joining WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) SET_RULE_POSITION = "UPDATE sops SET rule_position = $3 WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) SET_PLAN_POSITION = "UPDATE sops SET plan_position = $3 WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) COUNT_GROUPS = "UPDATE sops SET n_groups = n_groups + $3 WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) FIRST_DUE = "SELECT due_at_ms
        FROM sop_tasks
        WHERE corp_id = $1 AND sop_id = $2 AND state = 0
        ORDER BY due_at_ms
        LIMIT 1";
    pub(crate) SET_NEXT_DUE = "UPDATE sops SET next_due_at_ms = $3 WHERE corp_id = $1 AND sop_id = $2";
    /// The range is that of the list: a PostgreSQL that has not counted a new table yet would read all groups of
    /// the SOP, or the company, for each list. Likewise below.
    pub(crate) MEMBERS = "SELECT group_id, joined_at_ms, plan_from_ms, left_at_ms, leave_reason, source, is_kept_out
        FROM sop_groups
        WHERE corp_id = $1 AND sop_id = $2 AND group_id BETWEEN $3 AND $4 AND group_id IN ({list})";
    pub(crate) MEMBERS_AFTER = "SELECT group_id, joined_at_ms, plan_from_ms, left_at_ms, leave_reason
        FROM sop_groups
        WHERE corp_id = $1 AND sop_id = $2 AND group_id > $3
        ORDER BY group_id
        LIMIT $4";
    pub(crate) TASKS_OF_GROUPS = "SELECT t.group_id, t.sop_id, t.step_no, t.occurrence, t.state, t.due_at_ms,
            t.batch_id, b.state, t.handed_at_ms, b.unknown_since_ms
        FROM sop_tasks AS t
        LEFT JOIN send_batches AS b ON b.corp_id = t.corp_id AND b.batch_id = t.batch_id
        WHERE t.corp_id = $1 AND t.sop_id = $2 AND t.group_id BETWEEN $3 AND $4 AND t.group_id IN ({list})";
    /// Of a task in the state $6 that was never handed over: it is planned for another time.
    pub(crate) PLAN_AGAIN = "UPDATE sop_tasks SET state = 0, due_at_ms = $7, audit_id = $8, batch_id = NULL,
            content_version = NULL, reason = CASE WHEN state = 0 THEN reason END, finished_at_ms = NULL
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = $5 AND state = $6";
    pub(crate) CANCEL_PLANNED = "UPDATE sop_tasks SET state = 5, reason = $6, finished_at_ms = $7, audit_id = $8
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = $5 AND state = 0";
    /// In no order; it costs a page more to sort them here.
    pub(crate) OF_GROUPS = "SELECT t.group_id, t.sop_id, t.created_at_ms, t.uuid, t.state, t.due_at_ms, t.reason
        FROM sop_tasks AS t
        WHERE t.corp_id = $1 AND t.group_id IN ({list})
        LIMIT $2";
    /// The 200 tasks with the latest start of each group. State 9 = deleted SOP.
    pub(crate) LATEST_OF_GROUPS = "SELECT r.group_id, r.sop_id, r.created_at_ms, r.uuid, r.state, r.due_at_ms, r.reason
        FROM (SELECT t.group_id, t.sop_id, t.created_at_ms, t.uuid, t.state, t.due_at_ms, t.reason,
                row_number() OVER (
                    PARTITION BY t.group_id
                    ORDER BY t.due_at_ms DESC, t.created_at_ms DESC, t.uuid DESC) AS place
            FROM sop_tasks AS t
            JOIN sops AS live ON live.corp_id = t.corp_id AND live.sop_id = t.sop_id AND live.state <> 9
            WHERE t.corp_id = $1 AND t.group_id IN ({list})) AS r
        WHERE r.place <= 200";
    pub(crate) SHOWN = "SELECT sop_id, uuid, title, creator_id, mode
        FROM sops
        WHERE corp_id = $1 AND sop_id IN ({list}) AND state <> 9";
    pub(crate) PAGE_OF_GROUP = "SELECT t.uuid, t.state, t.due_at_ms, t.reason, s.uuid, s.title, s.creator_id, s.mode
        FROM sop_tasks AS t
        JOIN sops AS s ON s.corp_id = t.corp_id AND s.sop_id = t.sop_id AND s.state <> 9
        WHERE t.corp_id = $1 AND t.group_id = $2
        ORDER BY t.due_at_ms, t.created_at_ms, t.uuid
        LIMIT $3 OFFSET $4";
    pub(crate) N_OF_GROUP = "SELECT CAST(count(*) AS BIGINT)
        FROM sop_tasks AS t
        JOIN sops AS s ON s.corp_id = t.corp_id AND s.sop_id = t.sop_id AND s.state <> 9
        WHERE t.corp_id = $1 AND t.group_id = $2";
    /// State 1: active.
    pub(crate) DUE_SOPS = "SELECT sop_id
        FROM sops
        WHERE corp_id = $1 AND state = 1 AND plan_position IS NULL AND next_due_at_ms <= $2
        ORDER BY next_due_at_ms";
    /// Planned tasks of an SOP that are due, owner by owner.
    pub(crate) DUE = "SELECT t.group_id, t.sop_id, t.step_no, t.occurrence, t.due_at_ms, g.owner_id, t.reason
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.sop_id = $2 AND t.state = 0 AND t.due_at_ms <= $3
        ORDER BY g.owner_id, t.due_at_ms, t.group_id, t.step_no, t.occurrence
        LIMIT $4";
    /// The tasks of a batch that is to begin, with what they depend on.
    pub(crate) CHECK = "SELECT t.group_id, t.sop_id, t.step_no, t.occurrence, t.due_at_ms, t.content_version,
            g.owner_id, g.is_dissolved, s.state, s.plan_position, p.version, p.is_removed, g.chat_id,
            g.display_name, s.title, m.left_at_ms, m.leave_reason
        FROM sop_tasks AS t INDEXED BY sop_tasks_batch
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        JOIN sops AS s ON s.corp_id = t.corp_id AND s.sop_id = t.sop_id
        JOIN sop_steps AS p ON p.corp_id = t.corp_id AND p.sop_id = t.sop_id AND p.step_no = t.step_no
        LEFT JOIN sop_groups AS m ON m.corp_id = t.corp_id AND m.sop_id = t.sop_id AND m.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.batch_id = $2 AND t.state = 6
        ORDER BY t.group_id, t.sop_id, t.step_no, t.occurrence"
            | "SELECT t.group_id, t.sop_id, t.step_no, t.occurrence, t.due_at_ms, t.content_version,
            g.owner_id, g.is_dissolved, s.state, s.plan_position, p.version, p.is_removed, g.chat_id,
            g.display_name, s.title, m.left_at_ms, m.leave_reason
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        JOIN sops AS s ON s.corp_id = t.corp_id AND s.sop_id = t.sop_id
        JOIN sop_steps AS p ON p.corp_id = t.corp_id AND p.sop_id = t.sop_id AND p.step_no = t.step_no
        LEFT JOIN sop_groups AS m ON m.corp_id = t.corp_id AND m.sop_id = t.sop_id AND m.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.batch_id = $2 AND t.state = 6
        ORDER BY t.group_id, t.sop_id, t.step_no, t.occurrence";
    pub(crate) GIVE_BACK = "UPDATE sop_tasks SET state = 0, batch_id = NULL, content_version = NULL, reason = $6
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = $5 AND state = 6";
    pub(crate) END_IN_BATCH = "UPDATE sop_tasks SET state = $6, reason = $7, finished_at_ms = $8
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = $5 AND state = 6";
    pub(crate) CANCEL_IN_BATCH = "UPDATE sop_tasks SET state = 5, reason = $6, finished_at_ms = $7, audit_id = $8
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = $5
            AND state IN (1, 6)";
    pub(crate) TITLE = "SELECT title FROM sops WHERE corp_id = $1 AND sop_id = $2";
    pub(crate) STEP = "SELECT s.title, s.instruction, s.mode, s.state, s.plan_position, c.version, c.content
        FROM sops AS s
        JOIN sop_steps AS p ON p.corp_id = s.corp_id AND p.sop_id = s.sop_id
        JOIN sop_step_contents AS c
            ON c.corp_id = p.corp_id AND c.sop_id = p.sop_id AND c.step_no = p.step_no
        WHERE s.corp_id = $1 AND s.sop_id = $2 AND p.step_no = $3 AND c.version = coalesce($4, p.version)";
    pub(crate) CLAIM = "UPDATE sop_tasks SET state = 6, batch_id = $6, content_version = $7, reason = NULL
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = $5 AND state = 0";
    pub(crate) END_PLANNED = "UPDATE sop_tasks SET state = $6, reason = $7, finished_at_ms = $8
        WHERE corp_id = $1 AND group_id = $2 AND sop_id = $3 AND step_no = $4 AND occurrence = $5 AND state = 0";
    pub(crate) OF_BATCH = "SELECT group_id, sop_id, step_no, occurrence, content_version, state, reason
        FROM sop_tasks INDEXED BY sop_tasks_batch
        WHERE corp_id = $1 AND batch_id = $2
        ORDER BY group_id, sop_id, step_no, occurrence"
            | "SELECT group_id, sop_id, step_no, occurrence, content_version, state, reason
        FROM sop_tasks
        WHERE corp_id = $1 AND batch_id = $2
        ORDER BY group_id, sop_id, step_no, occurrence";
    pub(crate) HAND_OVER = "UPDATE sop_tasks INDEXED BY sop_tasks_batch SET state = 1, handed_at_ms = $3
        WHERE corp_id = $1 AND batch_id = $2 AND state = 6"
            | "UPDATE sop_tasks SET state = 1, handed_at_ms = $3
        WHERE corp_id = $1 AND batch_id = $2 AND state = 6";
    /// A report that it was sent wins over failed, expired and cancelled.
    pub(crate) SENT = "UPDATE sop_tasks SET state = 2, reason = NULL, sent_at_ms = $4, finished_at_ms = $5
        WHERE corp_id = $1 AND batch_id = $2 AND group_id = $3 AND state <> 2";
    pub(crate) FINISH_GROUP = "UPDATE sop_tasks SET state = $4, reason = $5, finished_at_ms = $6
        WHERE corp_id = $1 AND batch_id = $2 AND group_id = $3 AND state IN (1, 6)";
    pub(crate) FINISH_REST = "UPDATE sop_tasks INDEXED BY sop_tasks_batch SET state = $3, reason = $4, finished_at_ms = $5, audit_id = $6
        WHERE corp_id = $1 AND batch_id = $2 AND state IN (1, 6)"
            | "UPDATE sop_tasks SET state = $3, reason = $4, finished_at_ms = $5, audit_id = $6
        WHERE corp_id = $1 AND batch_id = $2 AND state IN (1, 6)";
    pub(crate) BY_UUID = "SELECT t.uuid, t.state, s.mode, t.sop_id, t.reason
        FROM sop_tasks AS t
        JOIN sops AS s ON s.corp_id = t.corp_id AND s.sop_id = t.sop_id
        WHERE t.corp_id = $1 AND t.uuid IN ({list})";
    pub(crate) FACTS = "SELECT s.uuid, t.state, t.created_at_ms, t.batch_id, t.finished_at_ms, t.reason, t.audit_id,
            t.sop_id
        FROM sop_tasks AS t
        JOIN sops AS s ON s.corp_id = t.corp_id AND s.sop_id = t.sop_id
        WHERE t.corp_id = $1 AND t.uuid = $2";
    pub(crate) MARK = "UPDATE sop_tasks SET state = $3, reason = $4, sent_at_ms = $5, finished_at_ms = $6,
            audit_id = $8
        WHERE corp_id = $1 AND uuid = $2 AND state = $7";
    pub(crate) ADD_ACT = "INSERT INTO sop_audit (corp_id, audit_id, sop_id, at_ms, actor, action, detail)
        VALUES {rows}";
    pub(crate) ACT = "SELECT audit_id, at_ms, actor, action, detail
        FROM sop_audit
        WHERE corp_id = $1 AND audit_id = $2";
    /// The newest act on an SOP up to a moment.
    pub(crate) ACT_BY = "SELECT audit_id, at_ms, actor, action, detail
        FROM sop_audit
        WHERE corp_id = $1 AND sop_id = $2 AND at_ms <= $3
        ORDER BY audit_id DESC
        LIMIT 1";
    pub(crate) ACTS = "SELECT audit_id, at_ms, actor, action, detail
        FROM sop_audit
        WHERE corp_id = $1 AND sop_id = $2 AND action <> 'follow'
        ORDER BY audit_id DESC
        LIMIT $3";
    pub(crate) N_BY_STATE = "SELECT state, CAST(count(*) AS BIGINT)
        FROM sop_tasks
        WHERE corp_id = $1
        GROUP BY state
        ORDER BY state";
}

/// An SOP whose columns begin at `first`.
pub(super) fn listed_sop(row: &Row<'_>, first: usize) -> Result<ListedSop, Error> {
    Ok(ListedSop {
        id: row.get(first)?,
        title: row.get::<String>(first + 1)?.into(),
        creator_id: row.get(first + 2)?,
        mode: row.get(first + 3)?,
    })
}

fn status(row: &Row<'_>, index: usize) -> Result<i64, Error> {
    Ok(TaskState::from_column(row.get(index)?)?.on_the_wire())
}

fn reason(row: &Row<'_>, index: usize) -> Result<Option<String>, Error> {
    Ok(row.get::<Option<String>>(index)?.as_deref().map(reason_shown))
}

pub(super) fn listed(row: &Row<'_>) -> Result<ListedTask, Error> {
    Ok(ListedTask {
        id: row.get(0)?,
        status: status(row, 1)?,
        start_at_ms: row.get(2)?,
        reason: reason(row, 3)?,
        sop: Arc::new(listed_sop(row, 4)?),
    })
}

pub(super) fn bare_task(row: &Row<'_>) -> Result<BareTask, Error> {
    Ok(BareTask {
        group: row.get(0)?,
        sop: row.get(1)?,
        created_at_ms: row.get(2)?,
        id: row.get(3)?,
        status: status(row, 4)?,
        start_at_ms: row.get(5)?,
        reason: reason(row, 6)?,
    })
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
