//! `siyu sync`.

use std::{pin::pin, sync::Mutex};

use anyhow::{Context as _, bail};
use scrm::{
    Scrm,
    corps::Corp,
    sync::{self, LastRun, PartReport, Progress, Report},
};

use crate::{
    log, out,
    settings::{self, Source},
    signals, site,
};

/// Synchronise departments, staff, tags, customer groups and customers with WeCom now.
///
/// The server does this by itself; the command is for the first time and for trying out a connection.
/// Progress goes to standard error, the report to standard output. What could not be read is named in the
/// report; the command fails when WeCom cannot be asked at all. Stopped by SIGTERM or Ctrl-C, it leaves what it
/// has done, and the next run goes on from there.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu sync
  siyu sync --status
  siyu sync --corp ww0123456789abcdef --json")]
pub struct Args {
    /// Only this company [default: all]
    #[arg(long, alias = "corp-id", value_name = "CORP_ID")]
    corp: Option<String>,
    /// Only tell how far the last synchronisation is, or what it did
    #[arg(long)]
    status: bool,
    /// Print JSON: one report a company
    #[arg(long)]
    json: bool,
}

pub async fn run(source: &Source, args: Args) -> anyhow::Result<()> {
    let settings = settings::load(source, &[])?;
    log::start(&settings.log);
    let scrm = site::open(&settings, settings.server.public_url.clone()).await?;
    let companies = match &args.corp {
        Some(id) => vec![site::company(&scrm, id).await?],
        None => site::companies(&scrm).await?,
    };
    if companies.is_empty() {
        bail!("there is no company yet: add one with siyu corp add");
    }
    if args.status {
        return status(&scrm, &companies, args.json).await;
    }
    let holder = site::holder(&scrm.random);
    let mut stop = pin!(signals::Stop::new()?.asked());
    let mut reports = Vec::new();
    for company in &companies {
        let report = one(&scrm, company, &holder, stop.as_mut()).await?;
        if !args.json {
            out::line(&as_text(company, &report))?;
        }
        reports.push(serde_json::json!({ "corp_id": company.wecom_corp_id, "report": report }));
    }
    if args.json { out::json(&reports) } else { Ok(()) }
}

/// Synchronises one company with progress on standard error; `stopped` ends it, and the next run goes on
/// from there at once.
pub async fn one(
    scrm: &Scrm,
    company: &Corp,
    holder: &str,
    stopped: impl Future<Output = ()> + Send,
) -> anyhow::Result<Report> {
    let id = &company.wecom_corp_id;
    let last = Mutex::new((String::new(), 0));
    let watch = |progress: Progress| {
        let percent = (progress.n_done * 100).checked_div(progress.n_total).unwrap_or(0);
        // A line for each tenth is enough to see that it moves.
        let now = (progress.part.to_string(), percent / 10);
        let mut last = last.lock().expect("no panic while held");
        if *last != now {
            let Progress { part, n_done, n_total, rate_per_min, ms_left } = progress;
            eprintln!("{id}: {}", how_far(part.name(), n_done, n_total, rate_per_min, ms_left));
            *last = now;
        }
    };
    let failed = || format!("the synchronisation of {id} failed");
    let report = sync::run(scrm, company.id, holder, &watch, stopped)
        .await
        .map_err(advised)
        .with_context(failed)?;
    report.with_context(|| {
        format!(
            "{id} is being synchronised by another process already; siyu sync --status tells how far it is"
        )
    })
}

/// What the database says of each company's last run.
async fn status(scrm: &Scrm, companies: &[Corp], as_json: bool) -> anyhow::Result<()> {
    let mut all = Vec::new();
    for company in companies {
        let id = &company.wecom_corp_id;
        let run = sync::last_run(scrm, company.id).await?;
        let is_under_way = sync::is_under_way(scrm, company.id).await?;
        let state = match &run {
            None => "never",
            Some(_) if is_under_way => "under way",
            Some(run) if !run.is_finished => "cut off",
            Some(run) if run.has_failed => "failed",
            Some(_) => "done",
        };
        if !as_json {
            out::line(&format!("{id}: {state}{}", run.as_ref().map_or_else(String::new, details)))?;
        }
        let run = run.map(|run| {
            serde_json::json!({
                "part": run.part,
                "n_done": run.n_done,
                "n_total": run.n_total,
                "rate_per_min": run.rate_per_min,
                "ms_left": run.ms_left,
                "n_resumed": run.n_resumed,
                "started_at_ms": run.started_at_ms,
                "finished_at_ms": run.finished_at_ms,
                "error": run.has_failed.then_some(&run.report),
                "parts": run.parts,
            })
        });
        all.push(serde_json::json!({ "corp_id": id, "state": state, "run": run }));
    }
    if as_json { out::json(&all) } else { Ok(()) }
}

/// What there is to say beside the state.
fn details(run: &LastRun) -> String {
    if run.has_failed {
        return format!(": {}", run.report);
    }
    let LastRun { part, n_done, n_total, rate_per_min, ms_left, .. } = run;
    let how_far = if run.is_finished {
        String::new()
    } else {
        format!(", {}", how_far(part, *n_done, *n_total, *rate_per_min, *ms_left))
    };
    how_far + &parts_text(&run.parts)
}

/// "groups 2000 of 10000, 9800 a minute, 49 s left"
fn how_far(
    part: &str,
    n_done: i64,
    n_total: i64,
    rate_per_min: i64,
    ms_left: Option<i64>,
) -> String {
    let pace = ms_left.map_or_else(String::new, |ms_left| {
        format!(", {rate_per_min} a minute, {} s left", ms_left / 1_000)
    });
    format!("{part} {n_done} of {n_total}{pace}")
}

/// A line for each part, and below it what could not be read.
fn parts_text(parts: &[PartReport]) -> String {
    let mut text = String::new();
    for part in parts {
        text += &format!("\n  {}: {} read, {} changed", part.name, part.n_read, part.n_written);
        for problem in &part.problems {
            text += &format!("\n    could not be read: {problem}");
        }
        let unnamed = part.n_problems - part.problems.len();
        if unnamed > 0 {
            text += &format!("\n    and {unnamed} more");
        }
    }
    text
}

/// WeCom's refusals come with what an administrator can do about them.
fn advised(error: scrm::Error) -> anyhow::Error {
    let advice = match &error {
        scrm::Error::WeCom(refusal) => refusal.advice().map(|advice| advice.to_string()),
        _ => None,
    };
    match advice {
        Some(advice) => anyhow::anyhow!("{error}. {advice}"),
        None => error.into(),
    }
}

fn as_text(company: &Corp, report: &Report) -> String {
    let parts = parts_text(&report.parts);
    format!("{} synchronised in {} ms{parts}", company.wecom_corp_id, report.took_ms)
}
