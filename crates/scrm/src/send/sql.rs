//! Statements on batches.

use store::{Error, Row, statements};

use super::{Batch, BatchKind, BatchState};
use crate::{BatchId, sop::Mode};

statements! {
    /// State 0: to be handed over.
    pub(crate) TRIED_OFTEN = "SELECT CAST(count(*) AS BIGINT), min(reason)
        FROM send_batches INDEXED BY send_batches_queue
        WHERE corp_id = $1 AND state = 0 AND n_attempts >= 3"
        | "SELECT CAST(count(*) AS BIGINT), min(reason)
        FROM send_batches
        WHERE corp_id = $1 AND state = 0 AND n_attempts >= 3";
    /// State 5: it never reached its owner.
    pub(crate) N_GIVEN_UP = "SELECT CAST(count(*) AS BIGINT)
        FROM send_batches
        WHERE corp_id = $1 AND state = 5 AND created_at_ms >= $2";
    pub(crate) ADD = "INSERT INTO send_batches
            (corp_id, batch_id, mode, owner_id, content, digest, page_token, n_groups, state, due_at_ms,
             deadline_at_ms, next_at_ms, leased_until_ms, n_attempts, n_foreign_chats, created_at_ms, sop_id,
             step_no, kind)
        VALUES {rows}";
    pub(crate) OPEN = "SELECT batch_id, mode, owner_id, content, page_token, state, due_at_ms,
            deadline_at_ms, n_attempts, call_started_at_ms, unknown_since_ms, msgid, handed_at_ms, complete_since_ms,
            kind, digest, withdraw_at_ms, withdraw_reason, audit_id, n_reminders, remind_at_ms,
            leader_at_ms, n_groups, about_batch
        FROM send_batches
        WHERE corp_id = $1 AND state = $2 AND next_at_ms <= $3 AND leased_until_ms <= $3
        ORDER BY next_at_ms, batch_id
        LIMIT $4";
    pub(crate) BY_ID = "SELECT batch_id, mode, owner_id, content, page_token, state, due_at_ms,
            deadline_at_ms, n_attempts, call_started_at_ms, unknown_since_ms, msgid, handed_at_ms, complete_since_ms,
            kind, digest, withdraw_at_ms, withdraw_reason, audit_id, n_reminders, remind_at_ms,
            leader_at_ms, n_groups, about_batch
        FROM send_batches
        WHERE corp_id = $1 AND batch_id = $2";
    /// The outbox: that the call begins is permanent before it is made. From then on its effect is unknown.
    pub(crate) START_CALL = "UPDATE send_batches
        SET state = 1, call_started_at_ms = $3, unknown_since_ms = coalesce(unknown_since_ms, $3),
            n_attempts = n_attempts + 1, waits_for_file = NULL, leased_by = $4, leased_until_ms = $5
        WHERE corp_id = $1 AND batch_id = $2 AND state = 0 AND leased_until_ms <= $3";
    pub(crate) LEASE = "UPDATE send_batches SET leased_by = $5, leased_until_ms = $6
        WHERE corp_id = $1 AND batch_id = $2 AND state = $3 AND leased_until_ms <= $4";
    /// This and the next ones write only while this process holds the batch in the state that it saw: one
    /// that was slower than its lease must not undo what another has done since.
    pub(crate) ACCEPTED = "UPDATE send_batches
        SET state = $7, msgid = $4, handed_at_ms = $5, next_at_ms = $6, reason = NULL, leased_by = NULL,
            leased_until_ms = 0, remind_at_ms = $8, leader_at_ms = $9
        WHERE corp_id = $1 AND batch_id = $2 AND state = 1 AND leased_by = $3";
    pub(crate) LATER = "UPDATE send_batches
        SET state = $5, next_at_ms = $6, reason = $7, unknown_since_ms = $8, leased_by = NULL,
            leased_until_ms = 0
        WHERE corp_id = $1 AND batch_id = $2 AND state = $4 AND leased_by = $3";
    pub(crate) NOT_MADE = "UPDATE send_batches
        SET state = 0, next_at_ms = $4, unknown_since_ms = $5, n_attempts = $6, leased_by = NULL,
            leased_until_ms = 0
        WHERE corp_id = $1 AND batch_id = $2 AND state = 1 AND leased_by = $3";
    /// A wish to withdraw it, or to remind, that came meanwhile ($7, $8: what was seen of them) is looked at
    /// at once.
    pub(crate) TRACKED = "UPDATE send_batches
        SET next_at_ms = CASE
                WHEN withdraw_at_ms <> coalesce(CAST($7 AS BIGINT), -1) THEN withdraw_at_ms
                WHEN remind_at_ms <> coalesce(CAST($8 AS BIGINT), -1) THEN remind_at_ms
                ELSE $4 END,
            complete_since_ms = $5, n_foreign_chats = $6, reason = NULL,
            leased_by = NULL, leased_until_ms = 0
        WHERE corp_id = $1 AND batch_id = $2 AND state = 2 AND leased_by = $3";
    pub(crate) CLOSE = "UPDATE send_batches
        SET state = $5, reason = $6, leased_by = NULL, leased_until_ms = 0
        WHERE corp_id = $1 AND batch_id = $2 AND state = $4 AND leased_by = $3";
    /// Messages that owners got since a moment, by mode.
    pub(crate) GIVEN_SINCE = "SELECT owner_id, mode, CAST(count(*) AS BIGINT)
        FROM send_batches
        WHERE corp_id = $1 AND created_at_ms >= $2 AND kind = 0
        GROUP BY owner_id, mode";
    /// Another message of the same content to the same owner whose effect is unknown.
    pub(crate) TWIN = "SELECT batch_id
        FROM send_batches
        WHERE corp_id = $1 AND owner_id = $2 AND digest = $3 AND state = 1 AND batch_id <> $4";
    /// No call is made after all: what is unknown ($4) is what was before.
    pub(crate) NOTHING_LEFT = "UPDATE send_batches
        SET state = 5, reason = 'nothing_left', unknown_since_ms = $4, leased_by = NULL, leased_until_ms = 0
        WHERE corp_id = $1 AND batch_id = $2 AND state = 1 AND leased_by = $3";
    pub(crate) SET_CONTENT = "UPDATE send_batches SET content = $3, digest = $4, n_groups = $5
        WHERE corp_id = $1 AND batch_id = $2 AND state = 1";
    pub(crate) SET_ABOUT = "UPDATE send_batches SET about_batch = $3 WHERE corp_id = $1 AND batch_id = $2";
    /// A message under way is looked at once its fate is known, and WeCom is asked to withdraw it.
    pub(crate) WANT_WITHDRAWN = "UPDATE send_batches
        SET withdraw_at_ms = $3, withdraw_reason = $4, audit_id = $5,
            next_at_ms = CASE WHEN state = 2 THEN $3 ELSE next_at_ms END
        WHERE corp_id = $1 AND batch_id = $2 AND state IN (1, 2) AND withdraw_at_ms IS NULL";
    /// The messages of an SOP that are in their owners' hands: mass messages by their SOP, notices by their
    /// tasks.
    pub(crate) OPEN_OF_SOP = "SELECT batch_id, mode, owner_id, content, page_token, state, due_at_ms,
            deadline_at_ms, n_attempts, call_started_at_ms, unknown_since_ms, msgid, handed_at_ms, complete_since_ms,
            kind, digest, withdraw_at_ms, withdraw_reason, audit_id, n_reminders, remind_at_ms,
            leader_at_ms, n_groups, about_batch
        FROM send_batches
        WHERE corp_id = $1 AND state = 2 AND withdraw_at_ms IS NULL AND batch_id IN (
            SELECT batch_id FROM sop_tasks INDEXED BY sop_tasks_of_sop WHERE corp_id = $1 AND sop_id = $2 AND state = 1)
        ORDER BY batch_id"
            | "SELECT batch_id, mode, owner_id, content, page_token, state, due_at_ms,
            deadline_at_ms, n_attempts, call_started_at_ms, unknown_since_ms, msgid, handed_at_ms, complete_since_ms,
            kind, digest, withdraw_at_ms, withdraw_reason, audit_id, n_reminders, remind_at_ms,
            leader_at_ms, n_groups, about_batch
        FROM send_batches
        WHERE corp_id = $1 AND state = 2 AND withdraw_at_ms IS NULL AND batch_id IN (
            SELECT batch_id FROM sop_tasks WHERE corp_id = $1 AND sop_id = $2 AND state = 1)
        ORDER BY batch_id";
    pub(crate) REMIND_NOW = "UPDATE send_batches SET remind_at_ms = $3, next_at_ms = $3
        WHERE corp_id = $1 AND batch_id = $2 AND state = 2";
    /// The attempt is counted before it is made.
    pub(crate) COUNT_REMINDER = "UPDATE send_batches
        SET reminded_at_ms = $4, n_reminders = n_reminders + 1, remind_at_ms = $5
        WHERE corp_id = $1 AND batch_id = $2 AND state = 2 AND leased_by = $3 AND n_reminders = $6";
    /// WeCom would not remind again now.
    pub(crate) SKIP_REMINDER = "UPDATE send_batches SET remind_at_ms = $4
        WHERE corp_id = $1 AND batch_id = $2 AND state = 2 AND leased_by = $3";
    /// When a message's owner was to be reminded lately, newest first.
    pub(crate) REMINDERS_SINCE = "SELECT at_ms
        FROM send_events
        WHERE corp_id = $1 AND batch_id = $2 AND kind = 'reminding' AND at_ms > $3
        ORDER BY event_no DESC";
    pub(crate) HAS_EVENT = "SELECT event_no
        FROM send_events
        WHERE corp_id = $1 AND batch_id = $2 AND kind = $3
        LIMIT 1";
    pub(crate) LEADERS_TOLD = "UPDATE send_batches SET leader_at_ms = NULL
        WHERE corp_id = $1 AND batch_id = $2 AND state = 2 AND leased_by = $3 AND leader_at_ms IS NOT NULL";
    pub(crate) ADD_EVENTS = "INSERT INTO send_events (corp_id, batch_id, event_no, at_ms, kind, detail)
        VALUES {rows}";
    pub(crate) EVENTS = "SELECT at_ms, kind, detail
        FROM send_events
        WHERE corp_id = $1 AND batch_id = $2
        ORDER BY event_no";
    /// A batch that nobody works on waits a little longer.
    pub(crate) POSTPONE = "UPDATE send_batches SET next_at_ms = $3, reason = $4
        WHERE corp_id = $1 AND batch_id = $2 AND state = 0";
    /// The same, until a file ($5) is uploaded.
    pub(crate) WAIT_FOR_FILE = "UPDATE send_batches SET next_at_ms = $3, reason = $4, waits_for_file = $5
        WHERE corp_id = $1 AND batch_id = $2 AND state = 0";
    pub(crate) WAKE = "UPDATE send_batches INDEXED BY send_batches_for_file
        SET next_at_ms = $3, waits_for_file = NULL
        WHERE corp_id = $1 AND waits_for_file = $2 AND state = 0"
            | "UPDATE send_batches SET next_at_ms = $3, waits_for_file = NULL
        WHERE corp_id = $1 AND waits_for_file = $2 AND state = 0";
    /// One that was refused for good is tried again after a while.
    pub(crate) WANT_UPLOAD = "INSERT INTO uploads (corp_id, file_id, kind, next_at_ms, n_failures, failure, is_final)
        VALUES ($1, $2, $3, $4, 0, '', false)
        ON CONFLICT (corp_id, file_id, kind) DO UPDATE
            SET next_at_ms = $4, n_failures = 0, failure = '', is_final = false
            WHERE uploads.is_final AND uploads.next_at_ms <= $4";
    pub(crate) UPLOAD = "SELECT file_id, kind, next_at_ms, n_failures, failure, is_final
        FROM uploads
        WHERE corp_id = $1 AND file_id = $2 AND kind = $3";
    pub(crate) DUE_UPLOADS = "SELECT file_id, kind, next_at_ms, n_failures, failure, is_final
        FROM uploads
        WHERE corp_id = $1 AND next_at_ms <= $2 AND NOT is_final
        ORDER BY next_at_ms
        LIMIT $3";
    pub(crate) UPLOADED = "DELETE FROM uploads WHERE corp_id = $1 AND file_id = $2 AND kind = $3";
    pub(crate) UPLOAD_FAILED = "UPDATE uploads
        SET next_at_ms = $4, n_failures = n_failures + 1, failure = $5, is_final = $6
        WHERE corp_id = $1 AND file_id = $2 AND kind = $3";
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
        kind: BatchKind::from_column(row.get(14)?)?,
        digest: row.get(15)?,
        withdraw_at_ms: row.get(16)?,
        withdraw_reason: row.get(17)?,
        audit_id: row.get(18)?,
        n_reminders: row.get(19)?,
        remind_at_ms: row.get(20)?,
        leader_at_ms: row.get(21)?,
        n_groups: row.get(22)?,
        about: row.get::<Option<i64>>(23)?.map(BatchId),
    })
}
