//! getGroupList on the demo's data: pages of ten groups of owners taken in turn, in a closed loop.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use serde::Serialize;

use crate::{
    http::{Connection, Signer},
    load::{self, LIST_PATH, Load},
    program::{self, Demo},
    report::{Round, median},
};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Rounds of each of the two; medians are printed.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of one round.
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Connections, each with one request at a time.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Where the demo's data is made, and kept for the next run.
    #[arg(long, default_value = "target/bench/demo-data")]
    data: PathBuf,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Outcome {
    groups: u64,
    owners: usize,
    reply_bytes: usize,
    connections: usize,
    list: Round,
    yardstick: Round,
    throughput_ratio: f64,
    p99_ratio: f64,
    idle_memory_mib: f64,
    idle_own_memory_mib: f64,
}

/// Runs the scenario and prints its numbers.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let siyu = program::beside("siyu")?;
    let demo = make_data(&siyu, &options.data).await?;
    let listen = free_address()?;
    let data = options.data.display().to_string();
    let mut server =
        program::start(&siyu, &["serve", "--data", &data, "--listen", &listen, "--role", "api"])?;
    let is_listening = || std::net::TcpStream::connect(&listen).ok();
    program::wait_for("the server listens", 20, &mut server, is_listening).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (idle_memory_mib, idle_own_memory_mib) = server.memory_mib()?;

    let signer =
        Signer { app_id: demo.app_id, app_key: demo.app_key, clock: ambient::Clock::system() };
    let (groups, owners) = owners(&listen, &signer).await?;
    let bodies: Vec<String> =
        owners.iter().map(|owner| format!(r#"{{"pageSize":10,"userId":{owner}}}"#)).collect();
    let connections = options.connections;
    let load =
        Load { host: &listen, path: LIST_PATH, bodies: &bodies, signer: &signer, connections };
    let reply_bytes = load::mean_reply(&load).await?;
    let own = std::env::current_exe()?;
    let bytes = reply_bytes.to_string();
    let arguments = ["yardstick", "--bytes", &bytes, "--app-key", &signer.app_key];
    let (yardstick, address) = program::start_and_read(&own, &arguments).await?;

    let (mut list, mut fixed) = (Vec::new(), Vec::new());
    // One round of each to warm up, not counted; then in turn, so that both meet the same machine.
    for round in 0..=options.rounds {
        let of_list = load::closed(&load, options.seconds).await?;
        let of_yardstick =
            load::closed(&Load { host: &address, path: "/", ..load }, options.seconds).await?;
        if round > 0 {
            list.push(of_list);
            fixed.push(of_yardstick);
        }
    }
    let (list, fixed) = (median(&list), median(&fixed));
    yardstick.stop().await?;
    server.stop().await?;
    print(
        &Outcome {
            groups,
            owners: owners.len(),
            reply_bytes,
            connections: options.connections,
            list,
            yardstick: fixed,
            throughput_ratio: list.requests_per_s / fixed.requests_per_s,
            p99_ratio: ratio(list.p99_us, fixed.p99_us),
            idle_memory_mib,
            idle_own_memory_mib,
        },
        options.json,
    )
}

/// The demo's data, made when missing. The demo itself is stopped: its simulator would share the machine.
async fn make_data(siyu: &Path, data: &Path) -> anyhow::Result<Demo> {
    std::fs::create_dir_all(data)?;
    let written = data.join("demo.json");
    std::fs::remove_file(&written).ok();
    let folder = data.display().to_string();
    let ports = ["--listen", "127.0.0.1:0", "--sim-listen", "127.0.0.1:0"];
    let mut demo = program::start(siyu, &[&["demo", "--data", &folder][..], &ports].concat())?;
    let read = || std::fs::read(&written).ok();
    let text = program::wait_for("the demo is ready", 120, &mut demo, read).await?;
    demo.stop().await?;
    serde_json::from_slice(&text).context("demo.json")
}

/// A port of the loopback address that nobody has.
pub fn free_address() -> anyhow::Result<String> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// How many groups there are, and who owns them.
async fn owners(host: &str, signer: &Signer) -> anyhow::Result<(u64, Vec<String>)> {
    let mut connection = Connection::open(host).await?;
    let mut owners = std::collections::BTreeSet::new();
    let mut page_no = 1;
    loop {
        let body = format!(r#"{{"pageSize":200,"pageNo":{page_no}}}"#);
        let reply: serde_json::Value =
            serde_json::from_slice(connection.post(LIST_PATH, &body, signer).await?)?;
        ensure!(reply["code"] == 0, "the server answered {}", reply["message"]);
        let rows = reply["data"]["result"].as_array().context("data.result")?;
        owners.extend(rows.iter().filter_map(|row| row["salesId"].as_str().map(str::to_owned)));
        if rows.len() < 200 {
            let total = reply["data"]["totalCount"].as_u64().context("data.totalCount")?;
            return Ok((total, owners.into_iter().collect()));
        }
        page_no += 1;
    }
}

fn ratio(a: u64, b: u64) -> f64 {
    let float = |value| u32::try_from(value).map_or(f64::MAX, f64::from);
    float(a) / float(b).max(1.0)
}

fn print(outcome: &Outcome, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(outcome)?);
        return Ok(());
    }
    let Outcome { groups, owners, reply_bytes, connections, list, yardstick, .. } = outcome;
    println!(
        "getGroupList, {groups} groups of {owners} owners, pages of 10, {connections} connections"
    );
    println!("| | requests/s | p50 | p99 |");
    println!("|---|---|---|---|");
    for (name, round) in [("getGroupList", list), ("signed static reply", yardstick)] {
        let Round { requests_per_s, p50_us, p99_us } = round;
        println!(
            "| {name}, {reply_bytes} bytes | {requests_per_s:.0} | {p50_us} µs | {p99_us} µs |"
        );
    }
    println!("throughput ÷ static reply: {:.2}", outcome.throughput_ratio);
    println!("p99 ÷ static reply: {:.2}", outcome.p99_ratio);
    let (all, own) = (outcome.idle_memory_mib, outcome.idle_own_memory_mib);
    println!("idle memory of the server: {all:.1} MiB resident, of which {own:.1} MiB its own");
    Ok(())
}
