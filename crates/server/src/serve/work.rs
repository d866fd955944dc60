//! What the server does by itself: for each company synchronising and sending.
//!
//! Every company has reconcilers of its own, so that one whose WeCom hangs holds up no other. They are
//! found in the database, so a company added by `siyu corp add` is served without a restart.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use jobs::{Driver, Next, Stopping};
use scrm::{CorpId, Scrm, apps, callbacks, once, refresh, send, sop, sync, users};
use tracing::{info, warn};

use crate::{settings::Settings, site};

/// How soon a new company is found.
const FIND_EVERY_MS: u64 = 1_000;
/// How often it is asked whether a synchronisation is due.
const ASK_SYNC_EVERY_MS: u64 = 5_000;
/// How soon events of callbacks are applied.
const APPLY_EVERY_MS: u64 = 100;
/// How soon an SOP whose planning was left to the background goes on.
const PLAN_EVERY_MS: u64 = 200;
/// How soon SOPs follow a change to a group.
const FOLLOW_EVERY_MS: u64 = 500;
/// How soon a thing that is to be read anew is read when its time has come.
const REFRESH_EVERY_MS: u64 = 500;
/// How often old events, runs and calls are removed.
const FORGET_EVERY_MS: u64 = 3_600_000;
/// After a synchronisation that failed another is tried after this time.
const SYNC_AGAIN_MS: i64 = 5 * 60_000;

/// The reconcilers; none before [`Work::begin`].
#[derive(Default)]
pub struct Work {
    /// Nothing once it stops.
    driver: Arc<Mutex<Option<Driver>>>,
}

/// What a company's reconcilers need.
#[derive(Clone)]
struct Job {
    scrm: Scrm,
    corp: CorpId,
    holder: Arc<str>,
    started_at_ms: i64,
    sync_at_start: bool,
    sync_every_ms: i64,
    stopping: Stopping,
}

impl Work {
    /// Begins to work for all companies, also those to come.
    pub fn begin(&mut self, scrm: &Scrm, holder: &str, settings: &Settings) {
        let driver = Driver::default();
        let job = Job {
            stopping: driver.stopping(),
            scrm: scrm.clone(),
            corp: CorpId(0),
            holder: holder.into(),
            started_at_ms: scrm.clock.now_ms(),
            sync_at_start: settings.sync.at_start,
            sync_every_ms: i64::from(settings.sync.every_minutes) * 60_000,
        };
        let look_every_ms = settings.look_every_ms();
        let served = Arc::new(Mutex::new(HashSet::new()));
        let shared = self.driver.clone();
        // Held until the driver is where the reconciler looks for it: it runs at once.
        let mut place = self.driver.lock().expect("no panic while held");
        let driver = place.insert(driver);
        driver.every("find companies", FIND_EVERY_MS, move || {
            let (job, served, shared) = (job.clone(), served.clone(), shared.clone());
            async move {
                for company in site::companies(&job.scrm).await? {
                    // Nothing there: the program stops.
                    if let Some(driver) = &mut *shared.lock().expect("no panic while held")
                        && served.lock().expect("no panic while held").insert(company.id)
                    {
                        serve(driver, Job { corp: company.id, ..job.clone() }, look_every_ms);
                    }
                }
                Ok::<_, anyhow::Error>(Next::AfterPause)
            }
        });
    }

    /// Ends the runs under way, at most `grace_ms`.
    pub async fn stop(self, grace_ms: u64) {
        let driver = self.driver.lock().expect("no panic while held").take();
        if let Some(driver) = driver {
            driver.stop(grace_ms).await;
        }
    }
}

fn serve(driver: &mut Driver, job: Job, look_every_ms: u64) {
    for (name, part) in [
        ("claiming", Part::Claim),
        ("uploading", Part::Upload),
        ("handing over", Part::HandOver),
        ("resolving", Part::Resolve),
        ("tracking", Part::Track),
    ] {
        let sending = job.clone();
        driver.every(name, look_every_ms, move || {
            let job = sending.clone();
            async move { send_part(&job, part).await }
        });
    }
    let planning = job.clone();
    driver.every("planning", PLAN_EVERY_MS, move || {
        let job = planning.clone();
        async move {
            let has_more = sop::plan_tick(&job.scrm, job.corp).await?;
            Ok::<_, scrm::Error>(if has_more { Next::AtOnce } else { Next::AfterPause })
        }
    });
    let following = job.clone();
    driver.every("following groups", FOLLOW_EVERY_MS, move || {
        let job = following.clone();
        async move {
            let has_more = sop::follow_tick(&job.scrm, job.corp).await?;
            Ok::<_, scrm::Error>(if has_more { Next::AtOnce } else { Next::AfterPause })
        }
    });
    let applying = job.clone();
    driver.every("events", APPLY_EVERY_MS, move || {
        let job = applying.clone();
        async move {
            let has_more = callbacks::tick(&job.scrm, job.corp).await?;
            Ok::<_, scrm::Error>(if has_more { Next::AtOnce } else { Next::AfterPause })
        }
    });
    let forgetting = job.clone();
    driver.every("forgetting", FORGET_EVERY_MS, move || {
        let job = forgetting.clone();
        async move {
            callbacks::forget_old(&job.scrm, job.corp).await?;
            sync::forget_old(&job.scrm, job.corp).await?;
            once::forget_old(&job.scrm, job.corp).await?;
            sop::forget_old(&job.scrm, job.corp).await?;
            users::forget_old(&job.scrm).await?;
            apps::calls::prune(&job.scrm, job.corp).await?;
            Ok::<_, scrm::Error>(Next::AfterPause)
        }
    });
    let refreshing = job.clone();
    driver.every("refreshing", REFRESH_EVERY_MS, move || {
        let job = refreshing.clone();
        async move {
            let has_more = refresh::tick(&job.scrm, job.corp, &job.holder).await?;
            Ok::<_, scrm::Error>(if has_more { Next::AtOnce } else { Next::AfterPause })
        }
    });
    driver.every("synchronisation", ASK_SYNC_EVERY_MS, move || {
        let job = job.clone();
        async move {
            if is_sync_due(&job).await? {
                synchronise(&job).await?;
            }
            Ok::<_, scrm::Error>(Next::AfterPause)
        }
    });
}

/// A part of sending. Each is a reconciler of its own, so that a thousand messages to hand over hold up no
/// looking for results.
#[derive(Clone, Copy)]
enum Part {
    Claim,
    Upload,
    HandOver,
    Resolve,
    Track,
}

async fn send_part(job: &Job, part: Part) -> Result<Next, scrm::Error> {
    let Job { scrm, corp, holder, .. } = job;
    let has_more = match part {
        Part::Claim => send::claim_tick(scrm, *corp, holder).await?,
        Part::Upload => send::upload_tick(scrm, *corp, holder).await?,
        Part::HandOver => send::hand_over_tick(scrm, *corp, holder).await?,
        Part::Resolve => send::resolve_tick(scrm, *corp, holder).await?,
        Part::Track => send::track_tick(scrm, *corp, holder).await?,
    };
    Ok(if has_more { Next::AtOnce } else { Next::AfterPause })
}

/// Looks at the last run in the database, whichever process did it.
async fn is_sync_due(job: &Job) -> Result<bool, scrm::Error> {
    let now_ms = job.scrm.clock.now_ms();
    Ok(match sync::last_run(&job.scrm, job.corp).await? {
        None => true,
        // A run that was cut off: its lease decides whether it still goes on.
        Some(run) if !run.is_finished => true,
        Some(run) if run.has_failed => {
            let since_ms = now_ms - run.finished_at_ms.unwrap_or(run.started_at_ms);
            since_ms >= SYNC_AGAIN_MS.min(job.sync_every_ms)
        }
        Some(run) => {
            let is_of_before = run.started_at_ms < job.started_at_ms;
            (job.sync_at_start && is_of_before) || now_ms - run.started_at_ms >= job.sync_every_ms
        }
    })
}

async fn synchronise(job: &Job) -> Result<(), scrm::Error> {
    let mut stopping = job.stopping.clone();
    let outcome =
        sync::run(&job.scrm, job.corp, &job.holder, &|_| {}, async move { stopping.asked().await })
            .await;
    let report = match outcome {
        Ok(Some(report)) => report,
        Ok(None) => return Ok(()),
        // Stopped, or another process has taken over.
        Err(scrm::Error::Conflict(_)) => return Ok(()),
        // The run stands in the database with its error; the next one is due after its pause.
        Err(error @ scrm::Error::WeCom(_)) => {
            warn!(corp.id = %job.corp, %error, "the synchronisation failed; it will be tried again");
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    for part in &report.parts {
        for problem in part.problems.iter().take(10) {
            warn!(corp.id = %job.corp, part = %part.name, problem, "could not be synchronised");
        }
    }
    let (n_problems, n_written) = (report.n_problems(), report.n_written());
    info!(corp.id = %job.corp, n_written, n_problems, took_ms = report.took_ms, "synchronised");
    Ok(())
}
