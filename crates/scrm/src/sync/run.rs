//! The record of a run: where it stands is committed together with what it wrote, so that whoever goes on
//! with it repeats a block at most.

use serde::{Serialize, de::DeserializeOwned};
use store::{Tx, params};

use super::{
    Part, PartReport, Progress, Report,
    progress::Pace,
    sql::{self, DONE, FAILED, LastRun, RUNNING},
};
use crate::{CorpId, Error, Scrm, counters};

/// A run that was not finished is continued when it began at most so long ago; what an older one read first
/// is out of date.
const CONTINUED_FOR_MS: i64 = 24 * 3_600_000;

/// A run under way.
pub(crate) struct Run<'a> {
    pub(crate) scrm: &'a Scrm,
    pub(crate) corp: CorpId,
    run_id: i64,
    started_at_ms: i64,
    n_resumed: i64,
    /// What the parts before the present one did, and the present one so far.
    parts: Vec<PartReport>,
    /// Where the present part stands, as it wrote it; empty at its beginning.
    step: String,
    progress: Progress,
    pace: Pace,
    watch: &'a (dyn Fn(Progress) + Send + Sync),
}

impl<'a> Run<'a> {
    /// Goes on with the newest run where it can be continued, or begins another.
    pub(super) async fn open(
        scrm: &'a Scrm,
        corp: CorpId,
        watch: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Result<Self, Error> {
        let now_ms = scrm.clock.now_ms();
        let mut reader = scrm.db.reader().await?;
        let last = reader.query_opt(&sql::LAST, &params![corp], sql::last_run).await?;
        drop(reader);
        let mut run = Self {
            scrm,
            corp,
            run_id: 0,
            started_at_ms: now_ms,
            n_resumed: 0,
            parts: vec![PartReport::new(Part::ALL[0])],
            step: String::new(),
            progress: at_start(Part::ALL[0]),
            pace: Pace::default(),
            watch,
        };
        let mut tx = scrm.db.begin().await?;
        match last.filter(|last| can_go_on(last, now_ms)) {
            Some(last) => {
                run.run_id = last.run_id;
                run.started_at_ms = last.started_at_ms;
                run.n_resumed = last.n_resumed + 1;
                run.parts = last.parts;
                run.step = last.step;
                let part = run.parts[run.parts.len() - 1].name;
                run.progress =
                    Progress { n_done: last.n_done, n_total: last.n_total, ..at_start(part) };
                run.pace.mark(now_ms, last.n_done);
                tx.execute(&sql::RESUME, &params![corp, run.run_id, run.n_resumed]).await?;
            }
            None => {
                run.run_id = counters::take(&mut tx, corp, counters::INTERNAL, 1).await?;
                let part = run.progress.part.name();
                let values = params![corp, run.run_id, RUNNING, part, 0_i64, 0_i64, "", now_ms];
                tx.execute_rows(&sql::START, &values).await?;
            }
        }
        tx.commit().await?;
        Ok(run)
    }

    /// The part that is to be done now.
    pub(super) fn part(&self) -> Part {
        self.progress.part
    }

    /// Ends the present part and begins the next; false when it was the last.
    pub(super) async fn next_part(&mut self) -> Result<bool, Error> {
        let next = Part::ALL.iter().skip_while(|part| **part != self.part()).nth(1);
        let Some(&next) = next else { return Ok(false) };
        self.parts.push(PartReport::new(next));
        self.step = String::new();
        self.progress = at_start(next);
        self.pace = Pace::default();
        let tx = self.scrm.db.begin().await?;
        self.write(tx).await?;
        Ok(true)
    }

    /// Where the present part stood when it was interrupted; nothing at its beginning, and where another
    /// version of the program wrote it in its own way.
    pub(crate) fn step<T: DeserializeOwned>(&self) -> Option<T> {
        if self.step.is_empty() {
            return None;
        }
        let read = serde_json::from_str(&self.step);
        read.inspect_err(|error| tracing::warn!(%error, "a part of a run begins anew")).ok()
    }

    /// What the present part did so far.
    pub(crate) fn report(&mut self) -> &mut PartReport {
        self.parts.last_mut().expect("a run always has a part")
    }

    /// Says how much there is to do in the present part.
    pub(crate) async fn set_total(&mut self, n_total: usize) -> Result<(), Error> {
        self.progress.n_total = int(n_total);
        self.pace.mark(self.scrm.clock.now_ms(), self.progress.n_done);
        let tx = self.scrm.db.begin().await?;
        self.write(tx).await
    }

    /// Commits `tx` together with where the part stands now: another `n` things are done, and it is to be
    /// continued at `step`.
    pub(crate) async fn commit(
        &mut self,
        tx: Tx,
        n: usize,
        step: &impl Serialize,
    ) -> Result<(), Error> {
        self.step = serde_json::to_string(step).expect("a step is plain data");
        let progress = &mut self.progress;
        progress.n_done += int(n);
        // Things that were made meanwhile.
        progress.n_total = progress.n_total.max(progress.n_done);
        self.pace.mark(self.scrm.clock.now_ms(), progress.n_done);
        self.write(tx).await
    }

    async fn write(&mut self, mut tx: Tx) -> Result<(), Error> {
        let (rate_per_min, ms_left) = self.pace.outlook(self.progress.n_total);
        self.progress = Progress { rate_per_min, ms_left, ..self.progress };
        let Progress { part, n_done, n_total, .. } = self.progress;
        let parts = serde_json::to_string(&self.parts).expect("a report is plain data");
        let (corp, id, name) = (self.corp, self.run_id, part.name());
        let values =
            params![corp, id, name, n_done, n_total, &self.step, &parts, rate_per_min, ms_left];
        tx.execute(&sql::ADVANCE, &values).await?;
        tx.commit().await?;
        (self.watch)(self.progress);
        Ok(())
    }

    /// Records how the run ended.
    pub(super) async fn finish(self, outcome: Result<(), Error>) -> Result<Report, Error> {
        let now_ms = self.scrm.clock.now_ms();
        let took_ms = now_ms - self.started_at_ms;
        let report = Report { parts: self.parts, took_ms, n_resumed: self.n_resumed };
        let (state, text) = match &outcome {
            Ok(()) => (DONE, serde_json::to_string(&report).expect("a report is plain data")),
            Err(error) => (FAILED, error.to_string()),
        };
        let mut tx = self.scrm.db.begin().await?;
        let values = params![self.corp, self.run_id, state, &text, now_ms];
        tx.execute(&sql::FINISH, &values).await?;
        tx.commit().await?;
        outcome.map(|()| report)
    }
}

fn at_start(part: Part) -> Progress {
    Progress { part, n_done: 0, n_total: 0, rate_per_min: 0, ms_left: None }
}

/// It was cut off, stopped or refused after something had been done.
fn can_go_on(last: &LastRun, now_ms: i64) -> bool {
    let has_begun = last.parts.len() > 1 || !last.step.is_empty();
    let is_over = last.is_finished && !last.has_failed;
    has_begun && !is_over && now_ms - last.started_at_ms <= CONTINUED_FOR_MS
}

fn int(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
