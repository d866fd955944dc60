//! Statements on things to be read anew.

use store::statements;

statements! {
    /// A thing that is wanted already keeps its earlier time, and is read once more after the later one.
    pub(crate) WANT = "INSERT INTO mirror_refreshes (corp_id, thing, due_at_ms, again_at_ms, n_attempts)
        VALUES {rows}
        ON CONFLICT (corp_id, thing) DO UPDATE SET
            due_at_ms = CASE WHEN excluded.due_at_ms < mirror_refreshes.due_at_ms
                THEN excluded.due_at_ms ELSE mirror_refreshes.due_at_ms END,
            again_at_ms = CASE WHEN excluded.again_at_ms > mirror_refreshes.again_at_ms
                THEN excluded.again_at_ms ELSE mirror_refreshes.again_at_ms END,
            n_attempts = 0";
    pub(crate) DUE = "SELECT thing, n_attempts
        FROM mirror_refreshes
        WHERE corp_id = $1 AND due_at_ms <= $2
        ORDER BY due_at_ms, thing
        LIMIT $3";
    pub(crate) DONE = "DELETE FROM mirror_refreshes WHERE corp_id = $1 AND thing = $2 AND again_at_ms <= $3";
    pub(crate) AGAIN = "UPDATE mirror_refreshes SET due_at_ms = again_at_ms, n_attempts = 0, problem = NULL
        WHERE corp_id = $1 AND thing = $2";
    pub(crate) LATER = "UPDATE mirror_refreshes SET due_at_ms = $3, n_attempts = $4, problem = $5
        WHERE corp_id = $1 AND thing = $2";
    pub(crate) COUNT = "SELECT CAST(count(*) AS BIGINT) FROM mirror_refreshes WHERE corp_id = $1";
}
