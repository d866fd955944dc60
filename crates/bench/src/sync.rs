//! A company's first and second synchronisation, by the program as it is installed, on SQLite.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use serde::Serialize;

use crate::{
    bare,
    company::Place,
    http::Connection,
    program::{self, Running},
    report::middle,
};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Groups of the company.
    #[arg(long, default_value_t = 100_000)]
    groups: usize,
    /// Members of each group.
    #[arg(long, default_value_t = 20)]
    members: usize,
    /// First synchronisations without limits; medians are printed.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Leave out the run at WeCom's documented rates, which takes a minute for 100,000 groups.
    #[arg(long)]
    without_limits_only: bool,
    /// Where databases are made; emptied first.
    #[arg(long, default_value = "target/bench/sync")]
    data: PathBuf,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// One first synchronisation.
#[derive(Clone, Copy)]
struct First {
    took_s: f64,
    peak_memory_mib: f64,
}

#[derive(Serialize)]
struct Outcome {
    groups: usize,
    members: usize,
    /// First synchronisation, no limits.
    groups_per_s: f64,
    peak_memory_mib: f64,
    /// The simulator alone, asked for the same groups over five connections.
    ceiling_per_s: f64,
    /// The same rows inserted and nothing else.
    bare_insert_per_s: f64,
    second_took_s: f64,
    second_rows_written: u64,
    /// At WeCom's documented rates in windows ten times shorter.
    documented: Option<Documented>,
}

#[derive(Serialize)]
struct Documented {
    allowed_per_s: f64,
    groups_per_s: f64,
    ratio: f64,
    peak_memory_mib: f64,
}

/// WeCom's windows are made so many times shorter.
const FASTER: u32 = 10;
/// Calls of one kind a minute. [D90312]
const PER_MINUTE: u32 = 10_000;

/// Runs the scenario and prints its numbers.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let siyu = program::beside("siyu")?;
    std::fs::remove_dir_all(&options.data).ok();
    let (simulator, place) = company(options, None).await?;
    let mut firsts = Vec::new();
    let mut ceilings = Vec::new();
    let mut folder = PathBuf::new();
    for round in 0..options.rounds {
        folder = options.data.join(format!("first-{round}"));
        firsts.push(first(&siyu, &place, &folder, &no_limits()).await?);
        ceilings.push(ceiling(&place, &folder).await?);
    }
    let (second_took_s, second_rows_written) = second(&siyu, &place, &folder).await?;
    simulator.stop().await?;
    let bare_insert_per_s = bare_insert(&folder, &options.data.join("bare")).await?;
    let documented = match options.without_limits_only {
        true => None,
        false => Some(at_documented_rates(&siyu, options).await?),
    };
    let groups = float(options.groups);
    print(
        &Outcome {
            groups: options.groups,
            members: options.members,
            groups_per_s: groups / middle(firsts.iter().map(|first| first.took_s).collect()),
            peak_memory_mib: middle(firsts.iter().map(|first| first.peak_memory_mib).collect()),
            ceiling_per_s: middle(ceilings),
            bare_insert_per_s,
            second_took_s,
            second_rows_written,
            documented,
        },
        options.json,
    )
}

async fn company(
    options: &Options,
    documented_faster: Option<u32>,
) -> anyhow::Result<(Running, Place)> {
    let own = std::env::current_exe()?;
    let (groups, members) = (options.groups.to_string(), options.members.to_string());
    let mut arguments = vec!["company", "--groups", &groups, "--members", &members];
    let times = documented_faster.map(|times| times.to_string());
    if let Some(times) = &times {
        arguments.extend(["--documented-faster", times]);
    }
    let (running, line) = program::start_and_read(&own, &arguments).await?;
    Ok((running, serde_json::from_str(&line).context("the simulator's first line")?))
}

fn variables(place: &Place, more: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let base_url = ("SIYU_WECOM__BASE_URL", place.base_url.clone());
    more.iter().cloned().chain([base_url]).collect()
}

/// The program holds itself to WeCom's limits unless it is told others.
fn no_limits() -> [(&'static str, String); 2] {
    [
        ("SIYU_WECOM__CALLS_PER_MINUTE", "10000000".to_owned()),
        ("SIYU_WECOM__CALLS_PER_HOUR", "100000000".to_owned()),
    ]
}

/// From the start of the server to the end of its run.
async fn first(
    siyu: &Path,
    place: &Place,
    folder: &Path,
    more: &[(&'static str, String)],
) -> anyhow::Result<First> {
    let variables = variables(place, more);
    let data = folder.display().to_string();
    let add = ["corp", "add", "--data", &data, "--corp-id", &place.corp_id];
    let add = [&add[..], &["--agent-id", "1000002", "--secret-file", "-"]].concat();
    program::run(siyu, &add, &variables, &place.secret).await?;
    let serve = ["serve", "--data", &data, "--listen", "127.0.0.1:0"];
    let mut server = program::start_with(siyu, &serve, &variables)?;
    let db = bare::open(folder)?;
    let run = loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.is_running()?;
        if let Some(run) = scrm::sync::newest_run(&db, scrm::CorpId(1)).await?
            && run.is_finished
        {
            break run;
        }
    };
    ensure!(!run.has_failed, "the synchronisation failed: {}", run.report);
    let n_problems: usize = run.parts.iter().map(|part| part.n_problems).sum();
    ensure!(n_problems == 0, "the synchronisation had problems: {}", run.report);
    let took_ms = run.finished_at_ms.context("it is finished")? - run.started_at_ms;
    let peak_memory_mib = server.peak_memory_mib()?;
    server.stop().await?;
    let took_s = f64::from(u32::try_from(took_ms)?) / 1_000.0;
    Ok(First { took_s, peak_memory_mib })
}

async fn second(siyu: &Path, place: &Place, folder: &Path) -> anyhow::Result<(f64, u64)> {
    let data = folder.display().to_string();
    let printed = program::run(
        siyu,
        &["sync", "--data", &data, "--json"],
        &variables(place, &no_limits()),
        "",
    )
    .await?;
    let reports: serde_json::Value = serde_json::from_str(&printed)?;
    let report = &reports[0]["report"];
    let parts = report["parts"].as_array().context("parts of the report")?;
    let n_written = parts.iter().filter_map(|part| part["n_written"].as_u64()).sum();
    let took_ms = report["took_ms"].as_u64().context("took_ms")?;
    Ok((f64::from(u32::try_from(took_ms)?) / 1_000.0, n_written))
}

/// How many groups a second the simulator gives when nobody does anything with them.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
async fn ceiling(place: &Place, folder: &Path) -> anyhow::Result<f64> {
    const CONNECTIONS: usize = 5;
    const FOR: Duration = Duration::from_secs(4);
    let db = bare::open(folder)?;
    let chat_ids = bare::chat_ids(&db).await?;
    let (host, token) = (place.host(), place.token().await?);
    let path = format!("/cgi-bin/externalcontact/groupchat/get?access_token={token}");
    let began = Instant::now();
    let one = async |first: usize| -> anyhow::Result<usize> {
        let mut connection = Connection::open(host).await?;
        let mut n = 0;
        while began.elapsed() < FOR {
            let chat_id = &chat_ids[(first + n * CONNECTIONS) % chat_ids.len()];
            let body = format!(r#"{{"chat_id":"{chat_id}","need_name":1}}"#);
            connection.post_plain(&path, &body).await?;
            n += 1;
        }
        Ok(n)
    };
    let all = futures_util::future::try_join_all((0..CONNECTIONS).map(one)).await?;
    Ok(float(all.iter().sum()) / began.elapsed().as_secs_f64())
}

async fn bare_insert(synced: &Path, folder: &Path) -> anyhow::Result<f64> {
    std::fs::create_dir_all(folder)?;
    let (from, to) = (bare::open(synced)?, bare::open(folder)?);
    store::migrate(&to, scrm::MIGRATIONS, 0).await?;
    let (n_groups, took) = bare::insert(&from, &to).await?;
    Ok(float(n_groups) / took.as_secs_f64())
}

async fn at_documented_rates(siyu: &Path, options: &Options) -> anyhow::Result<Documented> {
    let (simulator, place) = company(options, Some(FASTER)).await?;
    let minute_ms = [("SIYU_WECOM__MINUTE_MS", (60_000 / FASTER).to_string())];
    let first = first(siyu, &place, &options.data.join("documented"), &minute_ms).await?;
    simulator.stop().await?;
    let allowed_per_s = f64::from(PER_MINUTE * FASTER) / 60.0;
    let groups_per_s = float(options.groups) / first.took_s;
    Ok(Documented {
        allowed_per_s,
        groups_per_s,
        ratio: groups_per_s / allowed_per_s,
        peak_memory_mib: first.peak_memory_mib,
    })
}

fn float(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

fn print(outcome: &Outcome, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(outcome)?);
        return Ok(());
    }
    let Outcome { groups, members, groups_per_s, ceiling_per_s, bare_insert_per_s, .. } = outcome;
    println!("first synchronisation of {groups} groups of {members} members, SQLite");
    println!("| | groups/s | of it |");
    println!("|---|---|---|");
    println!("| first synchronisation, no limits | {groups_per_s:.0} | |");
    for (name, yardstick) in [
        ("the simulator alone", ceiling_per_s),
        ("bare insert of the same rows", bare_insert_per_s),
    ] {
        println!("| {name} | {yardstick:.0} | {:.2} |", groups_per_s / yardstick);
    }
    if let Some(documented) = &outcome.documented {
        let Documented { allowed_per_s, groups_per_s, ratio, .. } = documented;
        println!("| at WeCom's documented rates, ten times faster | {groups_per_s:.0} | |");
        println!("| what these rates allow | {allowed_per_s:.0} | {ratio:.2} |");
    }
    let Outcome { peak_memory_mib, second_took_s, second_rows_written, .. } = outcome;
    println!("memory of the server at most: {peak_memory_mib:.0} MiB");
    if let Some(documented) = &outcome.documented {
        println!("at the documented rates: {:.0} MiB", documented.peak_memory_mib);
    }
    println!("second synchronisation: {second_rows_written} rows written, {second_took_s:.1} s");
    Ok(())
}
