//! Large SOPs: making one, sending it, editing it, and waiting for its time.

pub mod create;
pub mod dispatch;
pub mod edit;
pub mod idle;
mod rows;

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use hdrhistogram::Histogram;
use scrm::Zone;
use serde_json::{Value, json};
use store::{Db, statements};

use crate::{
    http::{Connection, Signer},
    site::Site,
};

statements! {
    OWNERS = "SELECT owner_id FROM customer_groups WHERE corp_id = 1";
    NEWEST_PLAN = "SELECT plan_position FROM sops WHERE corp_id = 1 ORDER BY sop_id DESC LIMIT 1";
    N_TASKS = "SELECT CAST(count(*) AS BIGINT) FROM sop_tasks WHERE corp_id = 1";
}

const DAY_MS: i64 = 86_400_000;

/// Makes an SOP of all groups of all owners in the assistant's mode, with a step at each of these times.
/// Its id.
async fn make(site: &Site, title: &str, times_ms: &[i64]) -> anyhow::Result<String> {
    let mut reader = site.db.reader().await?;
    let owners: Vec<i64> = reader.query(&OWNERS, &[], |row| row.get(0)).await?;
    drop(reader);
    let owners: BTreeSet<String> = owners.iter().map(i64::to_string).collect();
    let body = json!({ "title": title, "owners": owners, "sopContents": steps(times_ms)? });
    let path = "/api/v3/groupSop/addGroupAssistant";
    let id = call(&site.listen, path, &body, &site.signer).await?;
    Ok(id.as_str().context("the id of the SOP")?.to_owned())
}

/// Steps with these times, numbered for an edit; where an SOP is made, numbers are passed over.
fn steps(times_ms: &[i64]) -> anyhow::Result<Vec<Value>> {
    let zone = Zone::parse("Asia/Shanghai").context("the zone of the company")?;
    let step = |(step_no, at_ms): (usize, &i64)| {
        json!({
            "stepNo": step_no,
            "sendTime": zone.minutes_text(*at_ms),
            "sopDatas": [{ "type": 1, "content": format!("第{step_no}步：今日新品已到店") }],
        })
    };
    Ok((1..).zip(times_ms).map(step).collect())
}

/// A time of each step, from tomorrow on.
fn days_to_come(n_steps: usize) -> Vec<i64> {
    let now_ms = ambient::Clock::system().now_ms();
    (1..).take(n_steps).map(|day| now_ms + day * DAY_MS).collect()
}

/// A signed call; its data.
async fn call(host: &str, path: &str, body: &Value, signer: &Signer) -> anyhow::Result<Value> {
    let mut connection = Connection::open(host).await?;
    let reply = connection.post(path, &body.to_string(), signer).await?;
    let mut reply: Value = serde_json::from_slice(reply)?;
    ensure!(reply["code"] == 0, "{path} answered {reply}");
    Ok(reply["data"].take())
}

/// Waits until the newest SOP is planned.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
async fn until_planned(site: &mut Site, for_s: u64) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let mut reader = site.db.reader().await?;
        let read = |row: &store::Row<'_>| row.get::<Option<i64>>(0);
        let position = reader.query_opt(&NEWEST_PLAN, &[], read).await?;
        drop(reader);
        if position == Some(None) {
            return Ok(());
        }
        site.server.is_running()?;
        ensure!(began.elapsed().as_secs() < for_s, "the SOP was not planned within {for_s} s");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn n_tasks(db: &Db) -> anyhow::Result<usize> {
    let mut reader = db.reader().await?;
    let n: Option<i64> = reader.query_opt(&N_TASKS, &[], |row| row.get(0)).await?;
    Ok(usize::try_from(n.unwrap_or(0))?)
}

/// Pages of ten groups over one connection in a closed loop, until it is over; how long each took in
/// microseconds.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
async fn read_pages(
    listen: &str,
    signer: &Signer,
    groups: usize,
    is_over: &AtomicBool,
) -> anyhow::Result<Histogram<u64>> {
    let n_pages = (groups / 10).clamp(1, 100);
    let mut latencies = Histogram::<u64>::new_with_max(60_000_000, 3)?;
    let mut connection = Connection::open(listen).await?;
    for page_no in (1..=n_pages).cycle() {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let body = json!({ "pageNo": page_no, "pageSize": 10 }).to_string();
        let sent = Instant::now();
        let reply = connection.post("/api/v3/groupSop/getGroupList", &body, signer).await?;
        ensure!(reply.starts_with(br#"{"code":0,"#), "a page was refused");
        latencies.saturating_record(u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    Ok(latencies)
}

fn float(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}
