//! The synchronisation with WeCom.

use schemars::JsonSchema;
use scrm::{
    audit,
    sync::{self, LastRun, PartReport},
    users::Right,
};
use serde::Serialize;
use serde_json::json;

use crate::{About, Caller, Endpoint, Refusal, background, wire::Nothing};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    vec![
        Endpoint::with_right(
            about("sync/status", "同步状态", "how synchronisation goes"),
            Right::ManageWeCom,
            status,
        ),
        Endpoint::with_right(
            about("sync/start", "立即同步", "synchronise now"),
            Right::ManageWeCom,
            start,
        ),
    ]
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Status {
    is_under_way: bool,
    /// Newest first, 20 at most.
    runs: Vec<Run>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Run {
    started_at_ms: i64,
    finished_at_ms: Option<i64>,
    has_failed: bool,
    /// Why it failed.
    error: Option<String>,
    /// Where it stands: departments-and-staff, customer-tags, groups, customers.
    part: String,
    n_done: i64,
    /// 0 while not known.
    n_total: i64,
    rate_per_min: i64,
    ms_left: Option<i64>,
    n_resumed: i64,
    parts: Vec<Part>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Part {
    name: String,
    n_read: usize,
    n_written: usize,
    n_problems: usize,
    /// The first hundred.
    problems: Vec<String>,
}

impl From<PartReport> for Part {
    fn from(part: PartReport) -> Self {
        Self {
            name: part.name.name().to_owned(),
            n_read: part.n_read,
            n_written: part.n_written,
            n_problems: part.n_problems,
            problems: part.problems,
        }
    }
}

impl From<LastRun> for Run {
    fn from(run: LastRun) -> Self {
        Self {
            started_at_ms: run.started_at_ms,
            finished_at_ms: run.finished_at_ms,
            has_failed: run.has_failed,
            error: run.has_failed.then_some(run.report),
            part: run.part,
            n_done: run.n_done,
            n_total: run.n_total,
            rate_per_min: run.rate_per_min,
            ms_left: run.ms_left,
            n_resumed: run.n_resumed,
            parts: run.parts.into_iter().map(Part::from).collect(),
        }
    }
}

async fn status(caller: Caller, _: Nothing) -> Result<Status, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let runs = sync::runs(scrm, corp, 20).await?;
    Ok(Status {
        is_under_way: sync::is_under_way(scrm, corp).await?,
        runs: runs.into_iter().map(Run::from).collect(),
    })
}

async fn start(caller: Caller, _: Nothing) -> Result<Nothing, Refusal> {
    let (scrm, corp) = (caller.scrm.clone(), caller.place.corp.id);
    if sync::is_under_way(&scrm, corp).await? {
        let what = "a synchronisation is under way".to_owned();
        return Err(scrm::Error::Conflict(what).into());
    }
    audit::note(&scrm, corp, &caller.author(), "start_sync", "", &json!({})).await?;
    let holder = format!("console {}", caller.session.login);
    // It goes on whatever becomes of the request; when the program ends, the next run goes on from there.
    background::go_on(async move {
        let never = std::future::pending();
        match sync::run(&scrm, corp, &holder, &|_| {}, never).await {
            Ok(_) => {}
            Err(error) => tracing::warn!(corp.id = %corp, %error, "the synchronisation failed"),
        }
    });
    Ok(Nothing {})
}
