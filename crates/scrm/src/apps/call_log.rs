//! Calls on their way into the log: noting one costs its caller a lock and no more.
//!
//! What is noted waits in memory until [`write_calls`] writes it. Of an app's calls in one second the first hundred of
//! those carried out are noted, and the first hundred of those refused. When the database cannot keep up, or cannot be
//! reached, the oldest that wait are lost, which is counted and told, and no call notices.

mod second;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::sync::Notify;
use tracing::warn;

use super::calls::{self, Call};
use crate::{Error, Scrm};

/// How many calls wait at most.
const MAX_WAITING: usize = 5_000;
/// How many are written at once; so many that wait are written without waiting for more.
const BATCH: usize = 500;
/// The longest reason that is kept, in characters.
const MAX_REASON: usize = 300;
/// How often it is told that calls were lost.
const TELL_EVERY_MS: i64 = 60_000;

/// Calls that wait for being written; cheap to clone.
#[derive(Clone, Default)]
pub struct CallLog(Arc<Inner>);

#[derive(Default)]
struct Inner {
    queue: Mutex<Queue>,
    is_batch: Notify,
}

#[derive(Default)]
struct Queue {
    second: second::Second,
    waiting: VecDeque<Call>,
    /// Lost since it was told last.
    n_lost: usize,
    told_at_ms: Option<i64>,
}

impl CallLog {
    /// Takes a call that was answered just now, unless there were a hundred like it in this second; of its reason the
    /// first 300 characters. Waits for nothing.
    pub fn note(&self, mut call: Call) {
        let mut queue = self.0.queue.lock().expect("no panic while held");
        if !queue.second.takes(&call) {
            return;
        }
        call.reason = storable(&call.reason);
        if queue.waiting.len() == MAX_WAITING {
            queue.waiting.pop_front();
            queue.n_lost += 1;
        }
        queue.waiting.push_back(call);
        if queue.waiting.len() >= BATCH {
            self.0.is_batch.notify_one();
        }
    }

    /// Returns when 500 calls wait, for one who waits.
    pub async fn has_batch(&self) {
        self.0.is_batch.notified().await;
    }

    fn take(&self) -> Vec<Call> {
        let mut queue = self.0.queue.lock().expect("no panic while held");
        let n_calls = queue.waiting.len().min(BATCH);
        queue.waiting.drain(..n_calls).collect()
    }

    /// They wait again, before all others, as far as there is room.
    fn put_back(&self, calls: Vec<Call>) {
        let mut queue = self.0.queue.lock().expect("no panic while held");
        let n_room = MAX_WAITING - queue.waiting.len();
        queue.n_lost += calls.len().saturating_sub(n_room);
        for call in calls.into_iter().rev().take(n_room) {
            queue.waiting.push_front(call);
        }
    }

    fn count_lost(&self, n_lost: usize) {
        self.0.queue.lock().expect("no panic while held").n_lost += n_lost;
    }

    fn is_empty(&self) -> bool {
        self.0.queue.lock().expect("no panic while held").waiting.is_empty()
    }

    /// How many were lost, when it is time to tell.
    fn lost_to_tell(&self, now_ms: i64) -> Option<usize> {
        let mut queue = self.0.queue.lock().expect("no panic while held");
        let is_time = queue.told_at_ms.is_none_or(|told| now_ms - told >= TELL_EVERY_MS);
        if queue.n_lost == 0 || !is_time {
            return None;
        }
        queue.told_at_ms = Some(now_ms);
        Some(std::mem::take(&mut queue.n_lost))
    }
}

/// Writes calls that wait, 500 at most; true when more wait. One at a time in a process. What cannot be written because
/// of a passing fault of the database waits again.
pub async fn write_calls(scrm: &Scrm) -> Result<bool, Error> {
    let log = &scrm.call_log;
    if let Some(n_lost) = log.lost_to_tell(scrm.clock.now_ms()) {
        warn!(n_lost, "calls are missing in the log of calls: the database could not keep up");
    }
    let batch = log.take();
    if batch.is_empty() {
        return Ok(false);
    }
    match calls::record(scrm, &batch).await {
        Err(Error::Store(error)) if error.is_temporary() => {
            log.put_back(batch);
            return Err(error.into());
        }
        Err(error) => {
            log.count_lost(batch.len());
            return Err(error);
        }
        Ok(()) => {}
    }
    Ok(!log.is_empty())
}

/// The beginning, without NUL, which not every database takes.
fn storable(reason: &str) -> String {
    reason.chars().filter(|letter| *letter != '\0').take(MAX_REASON).collect()
}

#[cfg(test)]
mod tests;
