//! One run of the synchronisation with WeCom: departments and staff, customer tags, groups.
//!
//! One run a company at a time, held by a lease. What cannot be read is named in the report while the
//! rest goes on; a second run with nothing changed writes nothing but its own record.

pub(crate) mod sql;
#[cfg(test)]
mod tests;

use store::params;

use crate::{CorpId, Error, Scrm, corps, counters, groups, org, tags};

/// How long a run may be silent before another process may take over.
const LEASE_MS: i64 = 120_000;
const RUNNING: i64 = 0;
const DONE: i64 = 1;
const FAILED: i64 = 2;

/// What one part of a run did.
#[derive(Debug, Clone, serde::Serialize, PartialEq, Eq)]
pub struct PhaseReport {
    /// What was synchronised.
    pub name: &'static str,
    /// Things that WeCom has.
    pub n_read: usize,
    /// Rows that were written because they differed.
    pub n_written: usize,
    /// What could not be read, for people.
    pub problems: Vec<String>,
}

impl PhaseReport {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, n_read: 0, n_written: 0, problems: Vec::new() }
    }
}

/// What a run did.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Report {
    /// Its parts, in order.
    pub phases: Vec<PhaseReport>,
    /// How long it took.
    pub took_ms: i64,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// What is being synchronised.
    pub phase: &'static str,
    /// Things done in this part.
    pub n_done: usize,
    /// Things to do in this part.
    pub n_total: usize,
}

/// A run as it stands in the database.
#[derive(Debug, Clone)]
pub struct LastRun {
    /// Whether it is over.
    pub is_finished: bool,
    /// Whether it ended with an error.
    pub has_failed: bool,
    /// Its part at last.
    pub phase: String,
    /// Things done in that part.
    pub n_done: i64,
    /// Things to do in that part.
    pub n_total: i64,
    /// Its report as JSON, or the error's text; empty while it runs.
    pub report: String,
    /// When it began.
    pub started_at_ms: i64,
    /// When it ended.
    pub finished_at_ms: Option<i64>,
}

/// Tells how far a run is: in the database and to whoever watches.
pub(crate) struct Progress<'a> {
    scrm: &'a Scrm,
    corp: CorpId,
    run_id: i64,
    step: Step,
    watch: &'a (dyn Fn(Step) + Send + Sync),
}

impl Progress<'_> {
    pub(crate) async fn start(&mut self, phase: &'static str, n_total: usize) -> Result<(), Error> {
        self.step = Step { phase, n_done: 0, n_total };
        self.tell().await
    }

    pub(crate) async fn advance(&mut self, n: usize) -> Result<(), Error> {
        self.step.n_done += n;
        self.tell().await
    }

    async fn tell(&self) -> Result<(), Error> {
        let Step { phase, n_done, n_total } = self.step;
        let [n_done, n_total] = [n_done, n_total].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        let mut tx = self.scrm.db.begin().await?;
        let values = params![self.corp, self.run_id, phase, n_done, n_total];
        tx.execute(&sql::ADVANCE, &values).await?;
        tx.commit().await?;
        (self.watch)(self.step);
        Ok(())
    }
}

/// Synchronises a company; nothing when a run is under way already. `holder` names this process.
///
/// Fails as a whole only when WeCom cannot be asked at all, when the database fails, and with
/// [`Error::Conflict`] when `stopped` comes first: what was written by then stays, and the lease is given
/// back, so that the next run can begin at once.
pub async fn run(
    scrm: &Scrm,
    corp: CorpId,
    holder: &str,
    watch: &(dyn Fn(Step) + Send + Sync),
    stopped: impl Future<Output = ()> + Send,
) -> Result<Option<Report>, Error> {
    let started_at_ms = scrm.clock.now_ms();
    if !jobs::take(&scrm.db, &lease(corp), holder, started_at_ms, LEASE_MS).await? {
        return Ok(None);
    }
    let outcome = recorded(scrm, corp, holder, started_at_ms, watch, stopped).await;
    jobs::give_back(&scrm.db, &lease(corp), holder).await?;
    outcome.map(Some)
}

/// The newest run of a company.
pub async fn last_run(scrm: &Scrm, corp: CorpId) -> Result<Option<LastRun>, Error> {
    let mut reader = scrm.db.reader().await?;
    let read = |row: &store::Row<'_>| {
        let state: i64 = row.get(0)?;
        Ok(LastRun {
            is_finished: state != RUNNING,
            has_failed: state == FAILED,
            phase: row.get(1)?,
            n_done: row.get(2)?,
            n_total: row.get(3)?,
            report: row.get(4)?,
            started_at_ms: row.get(5)?,
            finished_at_ms: row.get(6)?,
        })
    };
    Ok(reader.query_opt(&sql::LAST, &params![corp], read).await?)
}

async fn recorded(
    scrm: &Scrm,
    corp: CorpId,
    holder: &str,
    started_at_ms: i64,
    watch: &(dyn Fn(Step) + Send + Sync),
    stopped: impl Future<Output = ()> + Send,
) -> Result<Report, Error> {
    let mut tx = scrm.db.begin().await?;
    let run_id = counters::take(&mut tx, corp, counters::INTERNAL, 1).await?;
    let values = params![corp, run_id, RUNNING, "", 0_i64, 0_i64, "", started_at_ms];
    tx.execute_rows(&sql::START, &values).await?;
    tx.commit().await?;
    let step = Step { phase: "", n_done: 0, n_total: 0 };
    let mut progress = Progress { scrm, corp, run_id, step, watch };
    // A run dropped in the middle of a transaction leaves nothing of that transaction.
    let outcome = tokio::select! {
        outcome = phases(scrm, corp, &mut progress) => outcome,
        lost = keep_lease(scrm, corp, holder) => Err(lost),
        () = stopped => Err(Error::Conflict("stopped before its end".to_owned())),
    };
    let finished_at_ms = scrm.clock.now_ms();
    let outcome = outcome.map(|phases| Report { phases, took_ms: finished_at_ms - started_at_ms });
    let (state, text) = match &outcome {
        Ok(report) => (DONE, serde_json::to_string(report).expect("a report is plain data")),
        Err(error) => (FAILED, error.to_string()),
    };
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::FINISH, &params![corp, run_id, state, &text, finished_at_ms]).await?;
    tx.commit().await?;
    outcome
}

/// Renews the lease while the run goes on; returns only when it cannot.
async fn keep_lease(scrm: &Scrm, corp: CorpId, holder: &str) -> Error {
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(LEASE_MS.unsigned_abs() / 4)).await;
        let now_ms = scrm.clock.now_ms();
        match jobs::take(&scrm.db, &lease(corp), holder, now_ms, LEASE_MS).await {
            Ok(true) => {}
            Ok(false) => return Error::Conflict("another process has taken over".to_owned()),
            // Busy for a moment: there is time for three more tries.
            Err(error) if error.is_temporary() => {}
            Err(error) => return error.into(),
        }
    }
}

async fn phases(
    scrm: &Scrm,
    corp: CorpId,
    progress: &mut Progress<'_>,
) -> Result<Vec<PhaseReport>, Error> {
    let client = corps::client(scrm, corp).await?;
    progress.start("departments and staff", 1).await?;
    let fetched = org::fetch(&client).await?;
    let organisation = org::store_fetched(scrm, corp, fetched).await?;
    progress.start("customer tags", 1).await?;
    let customer_tags = match tags::follow(scrm, corp, &client).await {
        Ok(report) => report,
        Err(Error::WeCom(error)) => {
            let mut report = PhaseReport::new("customer tags");
            report.problems.push(error.to_string());
            report
        }
        Err(other) => return Err(other),
    };
    let groups = groups::follow(scrm, corp, &client, progress).await?;
    Ok(vec![organisation, customer_tags, groups])
}

fn lease(corp: CorpId) -> String {
    format!("sync of company {corp}")
}
