//! A step of a large SOP is moved: how soon its tasks are planned anew, and how the list of groups fares
//! meanwhile.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::ensure;
use serde::Serialize;
use serde_json::json;

use super::{DAY_MS, call, days_to_come, make, read_pages, steps, until_planned};
use crate::site::{Site, Wanted};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Groups of the SOP.
    #[arg(long, default_value_t = 100_000)]
    groups: usize,
    /// Their owners.
    #[arg(long, default_value_t = 1_000)]
    owners: usize,
    /// Steps, of which one is moved.
    #[arg(long, default_value_t = 5)]
    steps: usize,
    /// Seconds for which the list is read in quiet.
    #[arg(long, default_value_t = 10)]
    quiet_s: u64,
    /// Where the database is made; emptied first.
    #[arg(long, default_value = "target/bench/sop-edit")]
    data: PathBuf,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Outcome {
    groups: usize,
    steps: usize,
    tasks_changed: u64,
    answered_after_s: f64,
    planned_after_s: f64,
    /// Of getGroupList, over one connection.
    quiet_p50_us: u64,
    quiet_p99_us: u64,
    meanwhile_p50_us: u64,
    meanwhile_p99_us: u64,
}

/// Runs the scenario and prints its numbers.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
pub async fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(options.steps > 0, "--steps is at least 1");
    let (groups, owners) = (options.groups, options.owners);
    let wanted = Wanted { groups, owners, data: &options.data, postgres: None, settings: &[] };
    let mut site = Site::start(&wanted).await?;
    let mut times_ms = days_to_come(options.steps);
    let id = make(&site, "基准", &times_ms).await?;
    until_planned(&mut site, 600).await?;
    let (listen, signer) = (site.listen.clone(), site.signer.clone());

    let is_over = AtomicBool::new(false);
    let quiet = async {
        tokio::time::sleep(Duration::from_secs(options.quiet_s)).await;
        is_over.store(true, Ordering::Relaxed);
        anyhow::Ok(())
    };
    let (in_quiet, ()) = tokio::try_join!(read_pages(&listen, &signer, groups, &is_over), quiet)?;

    // The middle step, half a day later.
    times_ms[options.steps / 2] += DAY_MS / 2;
    let body = json!({ "sopId": id, "sopContents": steps(&times_ms)? });
    let is_over = AtomicBool::new(false);
    let editing = async {
        let began = Instant::now();
        let difference = call(&listen, "/api/v3/group-sop/edit", &body, &signer).await?;
        let answered_after_s = began.elapsed().as_secs_f64();
        until_planned(&mut site, 600).await?;
        let planned_after_s = began.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        let tasks_changed = difference["tasksChanged"].as_u64().unwrap_or(0);
        anyhow::Ok((answered_after_s, planned_after_s, tasks_changed))
    };
    let (meanwhile, edited) =
        tokio::try_join!(read_pages(&listen, &signer, groups, &is_over), editing)?;
    let (answered_after_s, planned_after_s, tasks_changed) = edited;
    site.stop().await?;
    print(
        &Outcome {
            groups,
            steps: options.steps,
            tasks_changed,
            answered_after_s,
            planned_after_s,
            quiet_p50_us: in_quiet.value_at_quantile(0.5),
            quiet_p99_us: in_quiet.value_at_quantile(0.99),
            meanwhile_p50_us: meanwhile.value_at_quantile(0.5),
            meanwhile_p99_us: meanwhile.value_at_quantile(0.99),
        },
        options.json,
    )
}

fn print(outcome: &Outcome, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(outcome)?);
        return Ok(());
    }
    let Outcome { groups, steps, tasks_changed, answered_after_s, planned_after_s, .. } = outcome;
    println!("one of {steps} steps of an SOP over {groups} groups is moved, SQLite");
    println!("the call answers after {answered_after_s:.2} s");
    println!("{tasks_changed} tasks planned anew after {planned_after_s:.2} s");
    println!("| getGroupList, 1 connection | p50 µs | p99 µs |");
    println!("|---|---|---|");
    println!("| in quiet | {} | {} |", outcome.quiet_p50_us, outcome.quiet_p99_us);
    println!("| meanwhile | {} | {} |", outcome.meanwhile_p50_us, outcome.meanwhile_p99_us);
    Ok(())
}
