//! Events of WeCom at a fixed rate: how soon they are answered, that all are applied, and that none is lost
//! when the server is killed.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use hdrhistogram::Histogram;
use serde::Serialize;
use store::{Db, params, statements};
use wecom::callback::Receiver;

use crate::{
    bare,
    company::Place,
    program::{self, Running},
    sender::{AES_KEY, Sender, TOKEN, event},
};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Events a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// Seconds of the measurement.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Connections that deliver.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Groups that the events are about.
    #[arg(long, default_value_t = 2_000)]
    groups: usize,
    /// Where the database is made; emptied first.
    #[arg(long, default_value = "target/bench/callbacks")]
    data: PathBuf,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Outcome {
    rate: u32,
    seconds: u32,
    events: usize,
    p50_us: u64,
    p99_us: u64,
    max_us: u64,
    /// From the last answer until the last event is applied and the last group read anew.
    applied_after_s: f64,
    /// One row, one commit, one after the other, in a database of its own.
    bare_commits_per_s: f64,
    bare_commit_p99_us: u64,
    /// Over a kill -9 in the middle of the load.
    answered_before_and_after_kill: usize,
    lost: usize,
}

statements! {
    EVENTS = "SELECT plaintext, done_at_ms FROM callback_events WHERE corp_id = 1";
    OPEN = "SELECT CAST(count(*) AS BIGINT) FROM callback_events WHERE corp_id = 1 AND done_at_ms IS NULL";
    WAITING = "SELECT CAST(count(*) AS BIGINT) FROM mirror_refreshes WHERE corp_id = 1";
    BARE = "INSERT INTO callback_events
            (corp_id, event_no, digest, kind, thing, plaintext, received_at_ms)
        VALUES {rows}";
}

/// A company whose server runs.
struct Site {
    siyu: PathBuf,
    data: String,
    place: Place,
    sender: Sender,
    db: Db,
}

/// Runs the scenario and prints its numbers.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let (simulator, site, mut server) = start(options).await?;
    let n_events = usize::try_from(options.rate * options.seconds)?;
    let never = AtomicBool::new(false);
    let (answered, latencies) = site.sender.send(0, n_events, &never).await?;
    ensure!(answered.len() == n_events, "some events were not answered with 200");
    let applied_after_s = applied(&site, &mut server).await?;
    let (p50_us, p99_us) = (latencies.value_at_quantile(0.5), latencies.value_at_quantile(0.99));

    let half = n_events / 6;
    let killing = async {
        tokio::time::sleep(Duration::from_secs_f64(float(half) / f64::from(options.rate))).await;
        server.kill().await?;
        serve(&site)
    };
    let (loaded, restarted) =
        tokio::join!(site.sender.send(n_events, n_events / 3, &never), killing);
    let (mut server, (answered, _)) = (restarted?, loaded?);
    applied(&site, &mut server).await?;
    let stored = stored(&site).await?;
    let lost = answered.iter().filter(|number| !stored.contains(number)).count();
    server.stop().await?;
    simulator.stop().await?;
    let (bare_commits_per_s, bare_commit_p99_us) = bare_commits(&options.data).await?;
    print(
        &Outcome {
            rate: options.rate,
            seconds: options.seconds,
            events: n_events,
            p50_us,
            p99_us,
            max_us: latencies.max(),
            applied_after_s,
            bare_commits_per_s,
            bare_commit_p99_us,
            answered_before_and_after_kill: answered.len(),
            lost,
        },
        options.json,
    )
}

async fn start(options: &Options) -> anyhow::Result<(Running, Site, Running)> {
    std::fs::remove_dir_all(&options.data).ok();
    std::fs::create_dir_all(&options.data)?;
    let own = std::env::current_exe()?;
    let groups = options.groups.to_string();
    let arguments = ["company", "--groups", &groups, "--members", "8", "--staff", "100"];
    let (simulator, line) = program::start_and_read(&own, &arguments).await?;
    let place: Place = serde_json::from_str(&line).context("the simulator's first line")?;
    let siyu = program::beside("siyu")?;
    let data = options.data.display().to_string();
    let add = ["corp", "add", "--data", &data, "--corp-id", &place.corp_id];
    let add = [&add[..], &["--agent-id", "1000002", "--secret-file", "-"]].concat();
    program::run(&siyu, &add, &variables(&place), &place.secret).await?;
    let keys = options.data.join("keys");
    std::fs::write(&keys, format!("{TOKEN}\n{AES_KEY}\n"))?;
    let keys = keys.display().to_string();
    let set = ["corp", "callback", "--data", &data, "--corp-id", &place.corp_id];
    program::run(&siyu, &[&set[..], &["--keys-file", &keys]].concat(), &variables(&place), "")
        .await?;
    let db = bare::open(&options.data)?;
    let mut site = Site {
        sender: Sender {
            listen: std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string(),
            corp_id: place.corp_id.clone(),
            receiver: Receiver::new(TOKEN, AES_KEY, &place.corp_id)?,
            chat_ids: Vec::new(),
            rate: options.rate,
            connections: options.connections,
        },
        siyu,
        data,
        place,
        db,
    };
    let server = serve(&site)?;
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let run = scrm::sync::newest_run(&site.db, scrm::CorpId(1)).await?;
        if run.is_some_and(|run| run.is_finished) {
            break;
        }
    }
    site.sender.chat_ids = bare::chat_ids(&site.db).await?;
    ensure!(site.sender.chat_ids.len() == options.groups, "the synchronisation is not complete");
    Ok((simulator, site, server))
}

fn variables(place: &Place) -> Vec<(&'static str, String)> {
    vec![
        ("SIYU_WECOM__BASE_URL", place.base_url.clone()),
        ("SIYU_WECOM__CALLS_PER_MINUTE", "10000000".to_owned()),
        ("SIYU_WECOM__CALLS_PER_HOUR", "100000000".to_owned()),
    ]
}

fn serve(site: &Site) -> anyhow::Result<Running> {
    let arguments = ["serve", "--data", &site.data, "--listen", &site.sender.listen];
    program::start_with(&site.siyu, &arguments, &variables(&site.place))
}

/// How long until every event is applied and every group read.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
async fn applied(site: &Site, server: &mut Running) -> anyhow::Result<f64> {
    let began = Instant::now();
    loop {
        server.is_running()?;
        let mut reader = site.db.reader().await?;
        let mut n_left = 0_i64;
        for statement in [&OPEN, &WAITING] {
            n_left += reader.query_opt(statement, &[], |row| row.get(0)).await?.unwrap_or(0);
        }
        drop(reader);
        if n_left == 0 {
            return Ok(began.elapsed().as_secs_f64());
        }
        ensure!(began.elapsed().as_secs() < 300, "{n_left} things are still waiting");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The numbers of the events that were applied.
async fn stored(site: &Site) -> anyhow::Result<HashSet<usize>> {
    let mut reader = site.db.reader().await?;
    let rows = reader
        .query(&EVENTS, &[], |row| Ok((row.get::<String>(0)?, row.get::<Option<i64>>(1)?)))
        .await?;
    let number =
        |text: &str| text.split_once("<Number>")?.1.split_once("</Number>")?.0.parse().ok();
    let done = rows.iter().filter(|(_, done_at_ms)| done_at_ms.is_some());
    Ok(done.filter_map(|(text, _)| number(text)).collect())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
async fn bare_commits(data: &Path) -> anyhow::Result<(f64, u64)> {
    let folder = data.join("bare");
    std::fs::create_dir_all(&folder)?;
    let db = bare::open(&folder)?;
    store::migrate(&db, scrm::MIGRATIONS, 0).await?;
    let mut latencies = Histogram::<u64>::new_with_max(60_000_000, 3)?;
    let (began, text) = (Instant::now(), event("wr0123456789012345678901234567", 1));
    let mut number = 0_i64;
    while began.elapsed() < Duration::from_secs(3) {
        let sent = Instant::now();
        number += 1;
        let digest = number.to_be_bytes();
        let mut tx = db.begin().await?;
        let values = params![1_i64, number, &digest[..], 0_i64, "group", &text, 0_i64];
        tx.execute_rows(&BARE, &values).await?;
        tx.commit().await?;
        latencies.saturating_record(u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    let per_s = float(usize::try_from(number)?) / began.elapsed().as_secs_f64();
    Ok((per_s, latencies.value_at_quantile(0.99)))
}

fn float(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

fn print(outcome: &Outcome, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(outcome)?);
        return Ok(());
    }
    let Outcome { rate, seconds, events, p50_us, p99_us, max_us, .. } = outcome;
    println!("{events} events, {rate} a second for {seconds} s, open loop, SQLite");
    println!("answered after: p50 {p50_us} µs, p99 {p99_us} µs, at most {max_us} µs");
    let Outcome { bare_commits_per_s, bare_commit_p99_us, .. } = outcome;
    println!("bare commits of one row: {bare_commits_per_s:.0}/s, p99 {bare_commit_p99_us} µs");
    println!("all applied {:.1} s after the last", outcome.applied_after_s);
    let (answered, lost) = (outcome.answered_before_and_after_kill, outcome.lost);
    println!("over a kill -9: {answered} answered, {lost} of them lost");
    Ok(())
}
