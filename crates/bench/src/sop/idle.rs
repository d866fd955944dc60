//! What a server costs whose tasks all lie in the future, many and few.

use std::{path::PathBuf, time::Duration};

use serde::Serialize;
use store::{Db, Value, params, statements};

use crate::site::{Site, Wanted};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Tasks of the large measurement.
    #[arg(long, default_value_t = 10_000_000)]
    tasks: i64,
    /// Tasks of the small one.
    #[arg(long, default_value_t = 10_000)]
    few_tasks: i64,
    /// SOPs among which they are divided.
    #[arg(long, default_value_t = 20)]
    sops: i64,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Where the databases are made; emptied first.
    #[arg(long, default_value = "target/bench/sop-idle")]
    data: PathBuf,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Outcome {
    tasks: i64,
    sops: i64,
    /// Of one processor.
    cpu_share: f64,
    memory_mib: f64,
}

statements! {
    PUT_SOPS = "INSERT INTO sops
            (corp_id, sop_id, uuid, title, instruction, mode, state, creator_id, created_at_ms, next_due_at_ms)
        VALUES {rows}";
    PUT_TASKS = "INSERT INTO sop_tasks
            (corp_id, group_id, sop_id, step_no, occurrence, uuid, state, due_at_ms, created_at_ms)
        VALUES {rows}";
}

/// Runs the scenario and prints its numbers.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let few = measure(options, options.few_tasks).await?;
    let many = measure(options, options.tasks).await?;
    print(&[few, many], options)
}

async fn measure(options: &Options, n_tasks: i64) -> anyhow::Result<Outcome> {
    let wanted =
        Wanted { groups: 10, owners: 2, data: &options.data, postgres: None, settings: &[] };
    let site = Site::start(&wanted).await?;
    fill(&site.db, options.sops, n_tasks).await?;
    // Without what it keeps of the time in which the rows came.
    let site = site.restart().await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before_s = site.server.cpu_s()?;
    tokio::time::sleep(Duration::from_secs(options.seconds.into())).await;
    let used_s = site.server.cpu_s()? - before_s;
    let (memory_mib, _) = site.server.memory_mib()?;
    site.stop().await?;
    let cpu_share = used_s / f64::from(options.seconds);
    Ok(Outcome { tasks: n_tasks, sops: options.sops, cpu_share, memory_mib })
}

/// Active SOPs and their tasks, due in a month and later.
async fn fill(db: &Db, n_sops: i64, n_tasks: i64) -> anyhow::Result<()> {
    const MONTH_MS: i64 = 30 * 86_400_000;
    const ROWS_PER_TX: i64 = 20_000;
    let now_ms = ambient::Clock::system().now_ms();
    let due_ms = |sop: i64| now_ms + MONTH_MS + sop * 60_000;
    let ids: Vec<[u8; 16]> = (0..n_sops.max(n_tasks)).map(id).collect();
    let sop = |sop: i64| {
        let id = &ids[index(sop - 1)][..];
        params![1_i64, sop, id, "基准", "", 0_i64, 1_i64, 0_i64, now_ms, due_ms(sop)]
    };
    let sops: Vec<Value<'_>> = (1..=n_sops).flat_map(sop).collect();
    let mut tx = db.begin().await?;
    tx.execute_rows(&PUT_SOPS, &sops).await?;
    tx.commit().await?;
    let task = |n: i64| {
        let (group, sop) = (n / n_sops + 1, n % n_sops + 1);
        let id = &ids[index(n)][..];
        params![1_i64, group, sop, 1_i64, 0_i64, id, 0_i64, due_ms(sop), now_ms]
    };
    let mut first = 0;
    while first < n_tasks {
        let until = (first + ROWS_PER_TX).min(n_tasks);
        let rows: Vec<Value<'_>> = (first..until).flat_map(task).collect();
        let mut tx = db.begin().await?;
        tx.execute_rows(&PUT_TASKS, &rows).await?;
        tx.commit().await?;
        first = until;
    }
    Ok(())
}

fn id(n: i64) -> [u8; 16] {
    (i128::from(n) + 1).to_be_bytes()
}

fn index(n: i64) -> usize {
    usize::try_from(n).expect("numbers of rows are not negative")
}

fn print(outcomes: &[Outcome], options: &Options) -> anyhow::Result<()> {
    if options.json {
        println!("{}", serde_json::to_string_pretty(outcomes)?);
        return Ok(());
    }
    println!("{} SOPs whose tasks lie in the future, {} s, SQLite", options.sops, options.seconds);
    println!("| tasks | of one processor | memory MiB |");
    println!("|---|---|---|");
    for Outcome { tasks, cpu_share, memory_mib, .. } in outcomes {
        println!("| {tasks} | {:.2} % | {memory_mib:.0} |", cpu_share * 100.0);
    }
    Ok(())
}
