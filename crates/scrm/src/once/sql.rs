//! Statements on calls that are carried out once.

use store::statements;

statements! {
    pub(crate) FIND = "SELECT body_digest, answer
        FROM idempotent_calls
        WHERE corp_id = $1 AND app_no = $2 AND call_name = $3 AND call_key = $4 AND created_at_ms > $5";
    /// Takes the place of one that is forgotten.
    pub(crate) PUT = "INSERT INTO idempotent_calls
            (corp_id, app_no, call_name, call_key, body_digest, answer, created_at_ms)
        VALUES {rows}
        ON CONFLICT (corp_id, app_no, call_name, call_key) DO UPDATE SET body_digest = excluded.body_digest,
            answer = excluded.answer, created_at_ms = excluded.created_at_ms";
    pub(crate) FORGET = "DELETE FROM idempotent_calls WHERE corp_id = $1 AND created_at_ms <= $2";
}
