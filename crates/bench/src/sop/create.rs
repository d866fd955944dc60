//! A large SOP is made over the open API: how soon the call answers, how soon its tasks are planned, and how
//! callbacks fare meanwhile.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use anyhow::ensure;
use serde::Serialize;
use store::Db;

use super::{days_to_come, float, make, n_tasks, rows, until_planned};
use crate::{
    bare,
    site::{Schema, Site, Wanted, empty_schema},
};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Groups of the SOP.
    #[arg(long, default_value_t = 100_000)]
    groups: usize,
    /// Their owners.
    #[arg(long, default_value_t = 1_000)]
    owners: usize,
    /// Steps; with the groups they make the tasks.
    #[arg(long, default_value_t = 5)]
    steps: usize,
    /// Events a second that arrive meanwhile.
    #[arg(long, default_value_t = 200)]
    events: u32,
    /// A PostgreSQL server, on which it is measured as well.
    #[arg(long)]
    postgres: Option<String>,
    /// Where the databases are made; emptied first.
    #[arg(long, default_value = "target/bench/sop-create")]
    data: PathBuf,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Outcome {
    database: &'static str,
    tasks: usize,
    answered_after_s: f64,
    planned_after_s: f64,
    tasks_per_s: f64,
    /// The same rows inserted and nothing else.
    bare_insert_per_s: f64,
    /// Of events that came meanwhile.
    events: u64,
    events_p50_us: u64,
    events_p99_us: u64,
}

/// Runs the scenario and prints its numbers.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let mut outcomes = vec![on(options, "SQLite", None).await?];
    if let Some(server) = &options.postgres {
        outcomes.push(on(options, "PostgreSQL", Some(server)).await?);
    }
    print(options, &outcomes)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
async fn on(
    options: &Options,
    database: &'static str,
    postgres: Option<&str>,
) -> anyhow::Result<Outcome> {
    let (groups, owners) = (options.groups, options.owners);
    let wanted = Wanted { groups, owners, data: &options.data, postgres, settings: &[] };
    let mut site = Site::start(&wanted).await?;
    let chat_ids = bare::chat_ids(&site.db).await?;
    let sender = site.sender(options.events, chat_ids).await?;
    let is_over = AtomicBool::new(false);
    let events = sender.send(0, usize::MAX, &is_over);
    let making = async {
        let began = Instant::now();
        make(&site, "基准", &days_to_come(options.steps)).await?;
        let answered_after_s = began.elapsed().as_secs_f64();
        until_planned(&mut site, 600).await?;
        let planned_after_s = began.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        anyhow::Ok((answered_after_s, planned_after_s))
    };
    let ((_, latencies), (answered_after_s, planned_after_s)) = tokio::try_join!(events, making)?;
    let tasks = n_tasks(&site.db).await?;
    ensure!(tasks == groups * options.steps, "{tasks} tasks were planned");
    let rows = rows::read(&site.db).await?;
    site.stop().await?;
    let took = rows::insert(&empty(&options.data, postgres).await?, &rows).await?;
    Ok(Outcome {
        database,
        tasks,
        answered_after_s,
        planned_after_s,
        tasks_per_s: float(tasks) / planned_after_s,
        bare_insert_per_s: float(tasks) / took.as_secs_f64(),
        events: latencies.len(),
        events_p50_us: latencies.value_at_quantile(0.5),
        events_p99_us: latencies.value_at_quantile(0.99),
    })
}

/// An empty database of the same schema and kind.
pub async fn empty(data: &Path, postgres: Option<&str>) -> anyhow::Result<Db> {
    let db = match postgres {
        None => {
            let folder = data.join("bare");
            std::fs::create_dir_all(&folder)?;
            bare::open(&folder)?
        }
        Some(server) => {
            Db::open(&empty_schema(server, Schema::Bare).await?, &store::Options::default())?
        }
    };
    store::migrate(&db, scrm::MIGRATIONS, 0).await?;
    Ok(db)
}

fn print(options: &Options, outcomes: &[Outcome]) -> anyhow::Result<()> {
    if options.json {
        println!("{}", serde_json::to_string_pretty(outcomes)?);
        return Ok(());
    }
    let Options { groups, owners, steps, events, .. } = options;
    println!(
        "an SOP of {steps} steps over {groups} groups of {owners} owners, {events} events a second"
    );
    for outcome in outcomes {
        let Outcome { database, answered_after_s, planned_after_s, tasks_per_s, .. } = outcome;
        let ratio = tasks_per_s / outcome.bare_insert_per_s;
        println!("| {database} | | of it |");
        println!("|---|---|---|");
        println!("| the call answers after | {answered_after_s:.2} s | |");
        println!("| all {} tasks planned after | {planned_after_s:.2} s | |", outcome.tasks);
        println!("| tasks a second | {tasks_per_s:.0} | |");
        println!(
            "| bare insert of the same rows, a second | {:.0} | {ratio:.2} |",
            outcome.bare_insert_per_s
        );
        let (n, p50, p99) = (outcome.events, outcome.events_p50_us, outcome.events_p99_us);
        println!("| {n} events meanwhile answered after | p50 {p50} µs, p99 {p99} µs | |");
    }
    Ok(())
}
