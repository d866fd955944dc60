//! Statements on runs of the synchronisation.

use store::statements;

statements! {
    pub(crate) START = "INSERT INTO sync_runs
            (corp_id, run_id, state, phase, n_done, n_total, report, started_at_ms)
        VALUES {rows}";
    pub(crate) ADVANCE = "UPDATE sync_runs SET phase = $3, n_done = $4, n_total = $5 WHERE corp_id = $1 AND run_id = $2";
    pub(crate) FINISH = "UPDATE sync_runs SET state = $3, report = $4, finished_at_ms = $5
        WHERE corp_id = $1 AND run_id = $2";
    pub(crate) LAST = "SELECT state, phase, n_done, n_total, report, started_at_ms, finished_at_ms
        FROM sync_runs
        WHERE corp_id = $1
        ORDER BY run_id DESC
        LIMIT 1";
}
