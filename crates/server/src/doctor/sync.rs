//! What the last synchronisation did.

use scrm::{
    corps::Corp,
    sync::{self, LastRun},
};

use super::{Check, Surroundings, check::Subject};

const SYNC: Subject = Subject { id: "sync", title: "last synchronisation" };
const MINUTE_MS: i64 = 60_000;

pub(super) async fn check(around: &Surroundings<'_>, company: &Corp) -> anyhow::Result<Check> {
    let id = &company.wecom_corp_id;
    let now_ms = around.scrm.clock.now_ms();
    let every_ms = i64::from(around.settings.sync.every_minutes) * MINUTE_MS;
    let Some(run) = sync::last_run(around.scrm, company.id).await? else {
        let fix = format!("Start siyu serve, or: siyu sync --corp {id}");
        return Ok(SYNC.warning("there was none yet", fix));
    };
    let LastRun { part, n_done, n_total, report, started_at_ms, finished_at_ms, .. } = &run;
    let minutes_ago = |at_ms: i64| format!("{} minutes ago", (now_ms - at_ms) / MINUTE_MS);
    if !run.is_finished && !sync::is_under_way(around.scrm, company.id).await? {
        let fix = format!("Start siyu serve, or: siyu sync --corp {id}; it goes on where it stood");
        return Ok(SYNC.warning(format!("cut off at {part} {n_done} of {n_total}"), fix));
    }
    if !run.is_finished {
        let found = format!(
            "under way since {}: {part} {n_done} of {n_total}",
            minutes_ago(*started_at_ms)
        );
        return Ok(SYNC.ok(found));
    }
    let ended = minutes_ago(finished_at_ms.unwrap_or(*started_at_ms));
    if run.has_failed {
        let fix = format!("Settle what failed above, then: siyu sync --corp {id}");
        return Ok(SYNC.failed(format!("{ended}, failed: {report}"), fix));
    }
    let n_problems: usize = run.parts.iter().map(|part| part.n_problems).sum();
    if n_problems > 0 {
        let first = run.parts.iter().find_map(|part| part.problems.first());
        let first = first.map_or_else(String::new, |first| format!(", the first: {first}"));
        let fix = format!("They are named by siyu sync --corp {id} and in the log");
        let found = format!("{ended}, {n_problems} things could not be read{first}");
        return Ok(SYNC.warning(found, fix));
    }
    if now_ms - started_at_ms > 2 * every_ms {
        let fix = "See that a process with the role all or worker runs, and what it logs";
        return Ok(SYNC.warning(format!("{ended}, later than sync.every_minutes allows"), fix));
    }
    Ok(SYNC.ok(ended))
}
