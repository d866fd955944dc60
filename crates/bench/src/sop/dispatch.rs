//! All groups of a company are due in the same minute: how soon their owners have them, and what it costs.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use serde::Serialize;
use serde_json::json;
use store::{Db, statements};

use super::{create::empty, float, make, rows, until_planned};
use crate::{
    company::Place,
    http::Connection,
    site::{Site, Wanted},
};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Groups that are due.
    #[arg(long, default_value_t = 100_000)]
    groups: usize,
    /// Their owners: as many mass messages.
    #[arg(long, default_value_t = 1_000)]
    owners: usize,
    /// Seconds that are left for planning before the minute comes, at least.
    #[arg(long, default_value_t = 30)]
    lead_s: i64,
    /// Where the databases are made; emptied first.
    #[arg(long, default_value = "target/bench/sop-dispatch")]
    data: PathBuf,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Outcome {
    groups: usize,
    owners: usize,
    /// From the minute until the last group is with its owner.
    took_s: f64,
    server_cpu_s: f64,
    simulator_cpu_s: f64,
    peak_memory_mib: f64,
    /// The same calls to the simulator by a client that does nothing with the answers.
    bare_calls_s: f64,
    /// The same rows claimed and handed over, and nothing else.
    bare_updates_s: f64,
}

statements! {
    PLANNED = "SELECT state FROM sop_tasks WHERE corp_id = 1 AND state = 0 LIMIT 1";
    CLAIMED = "SELECT state FROM sop_tasks WHERE corp_id = 1 AND state = 6 LIMIT 1";
    HANDED = "SELECT CAST(count(*) AS BIGINT), max(handed_at_ms) FROM sop_tasks WHERE corp_id = 1 AND state = 1";
    CHATS = "SELECT m.wecom_user_id, g.chat_id
        FROM customer_groups AS g
        JOIN staff AS m ON m.corp_id = g.corp_id AND m.staff_id = g.owner_id
        WHERE g.corp_id = 1
        ORDER BY m.wecom_user_id";
}

/// Calls under way at a time, as the server has them.
const N_AT_ONCE: usize = 4;

/// Runs the scenario and prints its numbers.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let (groups, owners) = (options.groups, options.owners);
    // Results are asked for later than this scenario lasts.
    let settings = &[("SIYU_SENDING__POLL_MIN_S", "600"), ("SIYU_SENDING__POLL_MAX_S", "600")];
    let wanted = Wanted { groups, owners, data: &options.data, postgres: None, settings };
    let mut site = Site::start(&wanted).await?;
    let clock = ambient::Clock::system();
    let due_at_ms = (clock.now_ms() + options.lead_s * 1_000).div_euclid(60_000) * 60_000 + 60_000;
    make(&site, "基准", &[due_at_ms]).await?;
    until_planned(&mut site, 600).await?;
    let rows = rows::read(&site.db).await?;
    let left_ms = due_at_ms - clock.now_ms();
    ensure!(left_ms > 0, "planning took until after the minute: give a longer --lead-s");
    tokio::time::sleep(Duration::from_millis(left_ms.unsigned_abs())).await;
    let before = (site.server.cpu_s()?, site.simulator.cpu_s()?);
    until_handed_over(&mut site).await?;
    let (server_cpu_s, simulator_cpu_s) =
        (site.server.cpu_s()? - before.0, site.simulator.cpu_s()? - before.1);
    let peak_memory_mib = site.server.peak_memory_mib()?;
    let mut reader = site.db.reader().await?;
    let read = |row: &store::Row<'_>| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?));
    let (n_handed, last_ms) = reader.query_opt(&HANDED, &[], read).await?.context("a count")?;
    drop(reader);
    ensure!(usize::try_from(n_handed)? == groups, "{n_handed} groups were handed over");
    let took_ms = last_ms.context("some were handed over")? - due_at_ms;
    let bare_calls_s = bare_calls(&site.place, &site.db).await?;
    site.stop().await?;
    let copy = empty(&options.data, None).await?;
    rows::insert(&copy, &rows).await?;
    let bare_updates_s = rows::update(&copy, rows).await?.as_secs_f64();
    print(
        &Outcome {
            groups,
            owners,
            took_s: float(usize::try_from(took_ms)?) / 1_000.0,
            server_cpu_s,
            simulator_cpu_s,
            peak_memory_mib,
            bare_calls_s,
            bare_updates_s,
        },
        options.json,
    )
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
async fn until_handed_over(site: &mut Site) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut reader = site.db.reader().await?;
        let mut is_done = true;
        for statement in [&CLAIMED, &PLANNED] {
            is_done &= reader.query(statement, &[], |row| row.get::<i64>(0)).await?.is_empty();
        }
        drop(reader);
        if is_done {
            return Ok(());
        }
        site.server.is_running()?;
        ensure!(began.elapsed().as_secs() < 600, "not all was handed over within 600 s");
    }
}

/// Seconds for a message to each owner, over as many connections as the server has calls under way.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
async fn bare_calls(place: &Place, db: &Db) -> anyhow::Result<f64> {
    let mut reader = db.reader().await?;
    let read = |row: &store::Row<'_>| Ok((row.get::<String>(0)?, row.get::<String>(1)?));
    let chats = reader.query(&CHATS, &[], read).await?;
    drop(reader);
    let body = |of_owner: &[(String, String)]| {
        let chat_ids: Vec<&String> = of_owner.iter().map(|(_, chat_id)| chat_id).collect();
        let text = json!({ "content": "第1步：今日新品已到店" });
        json!({ "chat_type": "group", "sender": of_owner[0].0, "chat_id_list": chat_ids, "text": text })
            .to_string()
    };
    let bodies: Vec<String> = chats.chunk_by(|a, b| a.0 == b.0).map(body).collect();
    let token = place.token().await?;
    let path = format!("/cgi-bin/externalcontact/add_msg_template?access_token={token}");
    let began = Instant::now();
    let one = async |first: usize| -> anyhow::Result<()> {
        let mut connection = Connection::open(place.host()).await?;
        for body in bodies.iter().skip(first).step_by(N_AT_ONCE) {
            let reply = connection.post_plain(&path, body).await?;
            let reply: serde_json::Value = serde_json::from_slice(reply)?;
            ensure!(reply["errcode"] == 0, "the simulator answered {reply}");
        }
        Ok(())
    };
    futures_util::future::try_join_all((0..N_AT_ONCE).map(one)).await?;
    Ok(began.elapsed().as_secs_f64())
}

fn print(outcome: &Outcome, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(outcome)?);
        return Ok(());
    }
    let Outcome { groups, owners, took_s, server_cpu_s, simulator_cpu_s, .. } = outcome;
    println!("{groups} groups of {owners} owners due in the same minute, no limits, SQLite");
    println!("| | s | of it |");
    println!("|---|---|---|");
    println!("| until the last group is with its owner | {took_s:.2} | |");
    for (name, yardstick) in [
        ("the simulator alone: the same calls", outcome.bare_calls_s),
        ("bare updates of the same rows", outcome.bare_updates_s),
    ] {
        println!("| {name} | {yardstick:.2} | {:.2} |", yardstick / took_s);
    }
    println!("| processor time of the server | {server_cpu_s:.2} | |");
    println!("| processor time of the simulator | {simulator_cpu_s:.2} | |");
    println!("memory of the server at most: {:.0} MiB", outcome.peak_memory_mib);
    Ok(())
}
