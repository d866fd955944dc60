//! Statements on batches.

use store::{Error, Row, statements};

use super::{Batch, BatchState};
use crate::sop::Mode;

statements! {
    pub(crate) ADD = "INSERT INTO send_batches
            (corp_id, batch_id, mode, owner_id, content, digest, page_token, n_groups, state, due_at_ms,
             deadline_at_ms, next_at_ms, leased_until_ms, n_attempts, n_foreign_chats, created_at_ms)
        VALUES {rows}";
    pub(crate) OPEN = "SELECT batch_id, mode, owner_id, content, page_token, state, due_at_ms,
            deadline_at_ms, n_attempts, call_started_at_ms, unknown_since_ms, msgid, handed_at_ms, complete_since_ms
        FROM send_batches
        WHERE corp_id = $1 AND state < 4 AND next_at_ms <= $2 AND leased_until_ms <= $2
        ORDER BY next_at_ms, batch_id
        LIMIT $3";
    pub(crate) BY_ID = "SELECT batch_id, mode, owner_id, content, page_token, state, due_at_ms,
            deadline_at_ms, n_attempts, call_started_at_ms, unknown_since_ms, msgid, handed_at_ms, complete_since_ms
        FROM send_batches
        WHERE corp_id = $1 AND batch_id = $2";
    /// The outbox: that the call begins is permanent before it is made. From then on its effect is unknown.
    pub(crate) START_CALL = "UPDATE send_batches
        SET state = 1, call_started_at_ms = $3, unknown_since_ms = coalesce(unknown_since_ms, $3),
            n_attempts = n_attempts + 1, leased_by = $4, leased_until_ms = $5
        WHERE corp_id = $1 AND batch_id = $2 AND state = 0 AND leased_until_ms <= $3";
    pub(crate) LEASE = "UPDATE send_batches SET leased_by = $5, leased_until_ms = $6
        WHERE corp_id = $1 AND batch_id = $2 AND state = $3 AND leased_until_ms <= $4";
    /// This and the next three write only while this process holds the batch in the state that it saw: one
    /// that was slower than its lease must not undo what another has done since.
    pub(crate) ACCEPTED = "UPDATE send_batches
        SET state = 2, msgid = $4, handed_at_ms = $5, next_at_ms = $6, reason = NULL, leased_by = NULL,
            leased_until_ms = 0
        WHERE corp_id = $1 AND batch_id = $2 AND state = 1 AND leased_by = $3";
    pub(crate) LATER = "UPDATE send_batches
        SET state = $5, next_at_ms = $6, reason = $7, unknown_since_ms = $8, leased_by = NULL,
            leased_until_ms = 0
        WHERE corp_id = $1 AND batch_id = $2 AND state = $4 AND leased_by = $3";
    pub(crate) TRACKED = "UPDATE send_batches
        SET next_at_ms = $4, complete_since_ms = $5, n_foreign_chats = $6, reason = NULL,
            leased_by = NULL, leased_until_ms = 0
        WHERE corp_id = $1 AND batch_id = $2 AND state = 2 AND leased_by = $3";
    pub(crate) CLOSE = "UPDATE send_batches
        SET state = $5, reason = $6, leased_by = NULL, leased_until_ms = 0
        WHERE corp_id = $1 AND batch_id = $2 AND state = $4 AND leased_by = $3";
    /// Owners who were told of manual tasks since a moment.
    pub(crate) TOLD_SINCE = "SELECT DISTINCT owner_id
        FROM send_batches
        WHERE corp_id = $1 AND created_at_ms >= $2 AND mode = 1";
    /// A batch that nobody works on waits a little longer.
    pub(crate) POSTPONE = "UPDATE send_batches SET next_at_ms = $3, reason = $4
        WHERE corp_id = $1 AND batch_id = $2 AND state = 0";
    pub(crate) KNOWN_MSGIDS = "SELECT msgid FROM send_batches WHERE corp_id = $1 AND msgid IN ({list})";
    /// Of this process alone: it is about to end.
    pub(crate) RELEASE = "UPDATE send_batches SET leased_by = NULL, leased_until_ms = 0
        WHERE corp_id = $1 AND state < 4 AND leased_by = $2";
}

pub(crate) fn batch(row: &Row<'_>) -> Result<Batch, Error> {
    Ok(Batch {
        id: row.get(0)?,
        mode: Mode::from_column(row.get(1)?)?,
        owner: row.get(2)?,
        content: row.get(3)?,
        page_token: row.get(4)?,
        state: BatchState::from_column(row.get(5)?)?,
        due_at_ms: row.get(6)?,
        deadline_at_ms: row.get(7)?,
        n_attempts: row.get(8)?,
        call_started_at_ms: row.get(9)?,
        unknown_since_ms: row.get(10)?,
        msgid: row.get(11)?,
        handed_at_ms: row.get(12)?,
        complete_since_ms: row.get(13)?,
    })
}
