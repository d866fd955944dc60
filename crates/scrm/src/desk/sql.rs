//! Statements of the staff's own pages.

use store::statements;

statements! {
    pub(crate) ADD = "INSERT INTO desk_sessions (corp_id, token_digest, staff_id, created_at_ms, ends_at_ms)
        VALUES {rows}";
    pub(crate) FORGET = "DELETE FROM desk_sessions WHERE corp_id = $1 AND ends_at_ms <= $2";
    pub(crate) SESSION = "SELECT s.staff_id, p.name
        FROM desk_sessions AS s
        JOIN staff AS p ON p.corp_id = s.corp_id AND p.staff_id = s.staff_id
        WHERE s.corp_id = $1 AND s.token_digest = $2 AND s.ends_at_ms > $3 AND NOT p.is_deleted";
    pub(crate) END = "DELETE FROM desk_sessions WHERE corp_id = $1 AND token_digest = $2";
    /// Tasks of which he was told by hand since $3, or that ended before it came to that; $5 = '' means of any group.
    pub(crate) TASKS = "SELECT t.uuid, t.sop_id, t.step_no, t.content_version, t.state, t.due_at_ms, t.reason,
            t.finished_at_ms, g.chat_id, g.display_name, t.batch_id
        FROM sop_tasks AS t INDEXED BY sop_tasks_batch
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.batch_id IN (
                SELECT batch_id FROM send_batches
                WHERE corp_id = $1 AND owner_id = $2 AND mode = 1 AND kind = 0 AND created_at_ms >= $3)
            AND t.state IN (1, 2, 3, 4, 5) AND (t.state = 1) = $4 AND ($5 = '' OR g.chat_id = $5)
        ORDER BY t.due_at_ms DESC, t.sop_id, t.step_no, t.group_id
        LIMIT $6"
            | "SELECT t.uuid, t.sop_id, t.step_no, t.content_version, t.state, t.due_at_ms, t.reason,
            t.finished_at_ms, g.chat_id, g.display_name, t.batch_id
        FROM sop_tasks AS t
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.batch_id IN (
                SELECT batch_id FROM send_batches
                WHERE corp_id = $1 AND owner_id = $2 AND mode = 1 AND kind = 0 AND created_at_ms >= $3)
            AND t.state IN (1, 2, 3, 4, 5) AND (t.state = 1) = $4 AND ($5 = '' OR g.chat_id = $5)
        ORDER BY t.due_at_ms DESC, t.sop_id, t.step_no, t.group_id
        LIMIT $6";
    /// One of them, if it is his.
    pub(crate) TASK = "SELECT t.uuid, t.sop_id, t.step_no, t.content_version, t.state, t.due_at_ms, t.reason,
            t.finished_at_ms, g.chat_id, g.display_name, t.batch_id
        FROM sop_tasks AS t
        JOIN send_batches AS b ON b.corp_id = t.corp_id AND b.batch_id = t.batch_id
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = $1 AND t.uuid = $2 AND b.owner_id = $3 AND b.mode = 1 AND b.kind = 0";
    /// Which of these tasks are his.
    pub(crate) HIS = "SELECT t.uuid
        FROM sop_tasks AS t
        JOIN send_batches AS b ON b.corp_id = t.corp_id AND b.batch_id = t.batch_id
        WHERE t.corp_id = $1 AND b.owner_id = $2 AND b.mode = 1 AND b.kind = 0 AND t.uuid IN ({list})";
}
