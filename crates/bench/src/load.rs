//! Signed requests over kept connections: in a closed loop, and at fixed times.

use std::time::{Duration, Instant};

use anyhow::ensure;
use futures_util::future::try_join_all;
use hdrhistogram::Histogram;
use tokio::sync::{Mutex, mpsc};

use crate::{
    http::{Connection, Signer},
    report::Round,
};

/// Where groups are listed.
pub const LIST_PATH: &str = "/api/v3/groupSop/getGroupList";
const ANSWERED: &[u8] = br#"{"code":0,"#;
/// Requests that were due and not yet sent this long after the end are given up; they count with the time
/// that they waited.
const OVERTIME: Duration = Duration::from_secs(10);

/// What is asked of whom.
#[derive(Clone, Copy)]
pub struct Load<'a> {
    /// `host:port`.
    pub host: &'a str,
    pub path: &'a str,
    /// Bodies, sent in turn.
    pub bodies: &'a [String],
    pub signer: &'a Signer,
    /// Connections, each with one request at a time.
    pub connections: usize,
}

impl Load<'_> {
    /// A request's latency in microseconds since `since`.
    async fn ask(
        &self,
        connection: &mut Connection,
        n: usize,
        since: Instant,
    ) -> anyhow::Result<u64> {
        let body = &self.bodies[n % self.bodies.len()];
        let reply = connection.post(self.path, body, self.signer).await?;
        // The yardstick's reply is no JSON; a refusal would be quick, and no answer.
        ensure!(self.path != LIST_PATH || reply.starts_with(ANSWERED), "a request was refused");
        Ok(micros(since.elapsed()))
    }
}

/// A closed loop: each connection sends its next request when it has the reply.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
pub async fn closed(load: &Load<'_>, seconds: f64) -> anyhow::Result<Round> {
    let started = Instant::now();
    let until = started + Duration::from_secs_f64(seconds);
    let one = async |first: usize| -> anyhow::Result<Histogram<u64>> {
        let mut connection = Connection::open(load.host).await?;
        let mut latencies = histogram()?;
        let mut next = first;
        while Instant::now() < until {
            latencies.saturating_record(load.ask(&mut connection, next, Instant::now()).await?);
            next += load.connections;
        }
        Ok(latencies)
    };
    let all = sum(try_join_all((0..load.connections).map(one)).await?)?;
    Ok(Round::new(&all, started.elapsed().as_secs_f64()))
}

/// An open loop: requests are due at fixed times, whether earlier ones are answered or not, and latency counts
/// from the moment at which each was due.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
pub async fn open(load: &Load<'_>, per_s: f64, seconds: f64) -> anyhow::Result<Round> {
    let started = Instant::now();
    let end = started + Duration::from_secs_f64(seconds);
    let (when_due, due) = mpsc::unbounded_channel();
    // A thread of its own keeps the times: the runtime's timer knows whole milliseconds only.
    let ticking = std::thread::spawn(move || {
        let mut n = 0_u32;
        loop {
            let due = started + Duration::from_secs_f64(f64::from(n) / per_s);
            if due >= end {
                return;
            }
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if when_due.send(due).is_err() {
                return;
            }
            n += 1;
        }
    });
    let due = Mutex::new((due, 0_usize));
    let one = async |_: usize| -> anyhow::Result<Histogram<u64>> {
        let mut connection = Connection::open(load.host).await?;
        let mut latencies = histogram()?;
        loop {
            let mut queue = due.lock().await;
            let Some(due) = queue.0.recv().await else { return Ok(latencies) };
            queue.1 += 1;
            let n = queue.1;
            drop(queue);
            let took_us = if Instant::now() > end + OVERTIME {
                micros(due.elapsed())
            } else {
                load.ask(&mut connection, n, due).await?
            };
            latencies.saturating_record(took_us);
        }
    };
    let all = sum(try_join_all((0..load.connections).map(one)).await?)?;
    ticking.join().ok();
    Ok(Round::new(&all, started.elapsed().as_secs_f64()))
}

/// Bytes of the reply to each body.
pub async fn reply_bytes(load: &Load<'_>) -> anyhow::Result<Vec<usize>> {
    let mut connection = Connection::open(load.host).await?;
    let mut all = Vec::new();
    for body in load.bodies {
        all.push(connection.post(load.path, body, load.signer).await?.len());
    }
    Ok(all)
}

/// Bytes of a reply, on the average over all bodies.
pub async fn mean_reply(load: &Load<'_>) -> anyhow::Result<usize> {
    Ok(reply_bytes(load).await?.iter().sum::<usize>() / load.bodies.len())
}

/// Of latencies in microseconds, a minute at most.
pub fn histogram() -> anyhow::Result<Histogram<u64>> {
    Ok(Histogram::new_with_max(60_000_000, 3)?)
}

/// Whole microseconds.
pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn sum(parts: Vec<Histogram<u64>>) -> anyhow::Result<Histogram<u64>> {
    let mut all = histogram()?;
    for part in parts {
        all.add(part)?;
    }
    Ok(all)
}
