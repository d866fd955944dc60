//! Statements on callback addresses and events.

use store::statements;

statements! {
    pub(crate) PUT_RECEIVER = "INSERT INTO callback_receivers (corp_id, kind, token, aes_key, created_at_ms)
        VALUES {rows}
        ON CONFLICT (corp_id, kind) DO UPDATE SET token = excluded.token, aes_key = excluded.aes_key,
            created_at_ms = excluded.created_at_ms, verified_at_ms = NULL";
    /// By WeCom's id of the company, since that is what the address holds.
    pub(crate) RECEIVER = "SELECT c.corp_id, r.token, r.aes_key
        FROM corps AS c
        JOIN callback_receivers AS r ON r.corp_id = c.corp_id AND r.kind = $2
        WHERE c.wecom_corp_id = $1";
    pub(crate) RECEIVERS = "SELECT kind, created_at_ms, verified_at_ms
        FROM callback_receivers
        WHERE corp_id = $1
        ORDER BY kind";
    pub(crate) VERIFIED = "UPDATE callback_receivers SET verified_at_ms = $3 WHERE corp_id = $1 AND kind = $2";
    pub(crate) KNOWN = "SELECT digest FROM callback_events WHERE corp_id = $1 AND digest IN ({list})";
    pub(crate) ADD = "INSERT INTO callback_events
            (corp_id, event_no, digest, kind, thing, plaintext, received_at_ms)
        VALUES {rows}
        ON CONFLICT (corp_id, digest) DO NOTHING";
    pub(crate) COUNT = "INSERT INTO callback_counts (corp_id, name, n_received, last_received_at_ms)
        VALUES {rows}
        ON CONFLICT (corp_id, name) DO UPDATE SET
            n_received = callback_counts.n_received + excluded.n_received,
            last_received_at_ms = excluded.last_received_at_ms";
    pub(crate) COUNTS = "SELECT name, n_received, last_received_at_ms
        FROM callback_counts
        WHERE corp_id = $1
        ORDER BY name";
    pub(crate) OPEN = "SELECT event_no, plaintext, received_at_ms
        FROM callback_events
        WHERE corp_id = $1 AND done_at_ms IS NULL
        ORDER BY event_no
        LIMIT $2";
    pub(crate) DONE = "UPDATE callback_events SET done_at_ms = $2 WHERE corp_id = $1 AND event_no IN ({list})";
    pub(crate) TOLD_SINCE = "SELECT thing
        FROM callback_events
        WHERE corp_id = $1 AND received_at_ms >= $2 AND thing IN ({list})";
    pub(crate) OLDEST = "SELECT event_no, received_at_ms, done_at_ms
        FROM callback_events
        WHERE corp_id = $1 AND event_no > $2
        ORDER BY event_no
        LIMIT $3";
    pub(crate) FORGET = "DELETE FROM callback_events WHERE corp_id = $1 AND event_no IN ({list})";
}
