//! Statements on runs of the synchronisation.

use store::{Error, Row, statements};

use super::PartReport;

pub(super) const RUNNING: i64 = 0;
pub(super) const DONE: i64 = 1;
pub(super) const FAILED: i64 = 2;

statements! {
    pub(crate) START = "INSERT INTO sync_runs
            (corp_id, run_id, state, phase, n_done, n_total, report, started_at_ms)
        VALUES {rows}";
    pub(crate) RESUME = "UPDATE sync_runs SET state = 0, report = '', finished_at_ms = NULL, n_resumed = $3
        WHERE corp_id = $1 AND run_id = $2";
    pub(crate) ADVANCE = "UPDATE sync_runs SET phase = $3, n_done = $4, n_total = $5, position = $6, parts = $7,
            rate_per_min = $8, ms_left = $9
        WHERE corp_id = $1 AND run_id = $2";
    pub(crate) FINISH = "UPDATE sync_runs SET state = $3, report = $4, finished_at_ms = $5
        WHERE corp_id = $1 AND run_id = $2";
    pub(crate) NTH_NEWEST = "SELECT run_id FROM sync_runs WHERE corp_id = $1 ORDER BY run_id DESC LIMIT 1 OFFSET $2";
    pub(crate) FORGET = "DELETE FROM sync_runs WHERE corp_id = $1 AND run_id <= $2";
    pub(crate) RUNS = "SELECT run_id, state, phase, n_done, n_total, report, started_at_ms, finished_at_ms,
            position, parts, n_resumed, rate_per_min, ms_left
        FROM sync_runs
        WHERE corp_id = $1
        ORDER BY run_id DESC
        LIMIT $2";
    pub(crate) LAST = "SELECT run_id, state, phase, n_done, n_total, report, started_at_ms, finished_at_ms,
            position, parts, n_resumed, rate_per_min, ms_left
        FROM sync_runs
        WHERE corp_id = $1
        ORDER BY run_id DESC
        LIMIT 1";
}

/// A run as it stands in the database.
#[derive(Debug, Clone)]
pub struct LastRun {
    pub(super) run_id: i64,
    /// Whether it is over.
    pub is_finished: bool,
    /// Whether it ended with an error.
    pub has_failed: bool,
    /// Its part at last.
    pub part: String,
    /// Things done in that part.
    pub n_done: i64,
    /// Things to do in that part; 0 while not known.
    pub n_total: i64,
    /// Its report as JSON, or the error's text; empty while it runs.
    pub report: String,
    /// When it began.
    pub started_at_ms: i64,
    /// When it ended.
    pub finished_at_ms: Option<i64>,
    pub(super) step: String,
    /// What its parts did, the present one so far.
    pub parts: Vec<PartReport>,
    /// How often it was continued.
    pub n_resumed: i64,
    /// Things a minute in that part.
    pub rate_per_min: i64,
    /// How long that part will take yet.
    pub ms_left: Option<i64>,
}

pub(super) fn last_run(row: &Row<'_>) -> Result<LastRun, Error> {
    let state: i64 = row.get(1)?;
    let parts: String = row.get(9)?;
    Ok(LastRun {
        run_id: row.get(0)?,
        is_finished: state != RUNNING,
        has_failed: state == FAILED,
        part: row.get(2)?,
        n_done: row.get(3)?,
        n_total: row.get(4)?,
        report: row.get(5)?,
        started_at_ms: row.get(6)?,
        finished_at_ms: row.get(7)?,
        step: row.get(8)?,
        parts: serde_json::from_str(&parts)
            .map_err(|_| Error::Column { index: 9, expected: "what parts of a run did" })?,
        n_resumed: row.get(10)?,
        rate_per_min: row.get(11)?,
        ms_left: row.get(12)?,
    })
}
