//! How much a client asks of WeCom: budgets per call, kept by waiting.
//!
//! WeCom counts every call of the API by itself, tells nobody what is left, and shuts out who asks
//! too much for as long as the window is. So requests wait here instead of being refused there. A
//! request counts from when it ends, because it may arrive at WeCom at any time before: then no
//! window of WeCom's, wherever it begins, sees more than the budget.
//!
//! Waiting goes by the clock that was given, which is looked at often, so that tests move it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use ambient::Clock;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::call::Call;

mod turns;
mod window;

pub(crate) use turns::{Turn, Turns};
use window::Window;

/// How much of each call a client may ask for; a 0 counts as 1.
///
/// WeCom counts per corp: clients of one corp that make the same calls, in other processes too,
/// need budgets that add up to WeCom's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Requests of one call in any minute. Default 10,000. [D90312]
    pub per_minute: u32,
    /// Requests of one call in any hour. Default 150,000.
    pub per_hour: u32,
    /// Requests of one call at the same time. Default 5, which is what WeCom's support answers.
    pub concurrent: u32,
    /// How long a minute is; shorter only against a simulator. Default 60,000.
    pub minute_ms: u32,
    /// How long an hour is; shorter only against a simulator. Default 3,600,000.
    pub hour_ms: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            per_minute: 10_000,
            per_hour: 150_000,
            concurrent: 5,
            minute_ms: 60_000,
            hour_ms: 3_600_000,
        }
    }
}

/// What a client has asked of one call so far; counters never go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallMetrics {
    /// The path after `/cgi-bin/`.
    pub call: &'static str,
    /// Requests, repetitions included.
    pub n_calls: u64,
    /// Requests that had to wait for the budget.
    pub n_waited: u64,
    /// How long they waited together.
    pub waited_ms: u64,
    /// Requests that repeat an earlier one.
    pub n_retries: u64,
    /// Calls that failed in the end, for want of a token too; refusals of every kind count.
    pub n_errors: u64,
}

/// The budgets of a client and of its clones.
pub(crate) struct Traffic {
    budget: Budget,
    lanes: Mutex<BTreeMap<&'static str, Arc<Lane>>>,
}

impl Traffic {
    pub(crate) fn new(budget: Budget) -> Self {
        Self { budget, lanes: Mutex::default() }
    }

    /// The lane of `call`, the same for all who ask.
    pub(crate) fn lane(&self, call: &Call) -> Arc<Lane> {
        let mut lanes = lock(&self.lanes);
        lanes.entry(call.path).or_insert_with(|| Arc::new(Lane::new(call, self.budget))).clone()
    }

    /// How long a request of `call` would have to wait now for the windows of its budget; `None`
    /// when it would not. Counts nothing.
    pub(crate) fn full_for_ms(&self, call: &Call, clock: &Clock) -> Option<u64> {
        let lane = lock(&self.lanes).get(call.path).cloned();
        lane.and_then(|lane| lane.full_for_ms(clock))
    }

    /// In the order of the calls' paths.
    pub(crate) fn metrics(&self) -> Vec<CallMetrics> {
        lock(&self.lanes).values().map(|lane| lock(&lane.state).metrics).collect()
    }
}

/// The budget of one call.
pub(crate) struct Lane {
    slots: Semaphore,
    minute_ms: u32,
    state: Mutex<LaneState>,
}

struct LaneState {
    minute: Window,
    hour: Window,
    n_in_flight: u32,
    closed_until_ms: i64,
    metrics: CallMetrics,
}

/// A request that may go out; it counts from when this is dropped.
pub(crate) struct Pass<'a> {
    lane: &'a Lane,
    clock: &'a Clock,
    _slot: SemaphorePermit<'a>,
}

/// The clock is looked at this often while something waits for it.
const LOOK_MS: u64 = 50;

impl Lane {
    fn new(call: &Call, budget: Budget) -> Self {
        let metrics = CallMetrics {
            call: call.path,
            n_calls: 0,
            n_waited: 0,
            waited_ms: 0,
            n_retries: 0,
            n_errors: 0,
        };
        let state = LaneState {
            minute: Window::new(budget.minute_ms, budget.per_minute),
            hour: Window::new(budget.hour_ms, budget.per_hour),
            n_in_flight: 0,
            closed_until_ms: i64::MIN,
            metrics,
        };
        Self {
            slots: Semaphore::new(budget.concurrent.max(1) as usize),
            minute_ms: budget.minute_ms,
            state: Mutex::new(state),
        }
    }

    /// Waits until the budget allows one more request; first come, first served.
    pub(crate) async fn enter<'a>(&'a self, clock: &'a Clock) -> Pass<'a> {
        let asked_at_ms = clock.now_ms();
        let mut has_waited = false;
        let slot = match self.slots.try_acquire() {
            Ok(slot) => slot,
            Err(_) => {
                has_waited = true;
                self.slots.acquire().await.expect("the semaphore is never closed")
            }
        };
        while let Some(wait_ms) = self.ms_to_wait(clock.now_ms()) {
            has_waited = true;
            tokio::time::sleep(Duration::from_millis(wait_ms.min(LOOK_MS))).await;
        }
        let pass = Pass { lane: self, clock, _slot: slot };
        let mut state = lock(&self.state);
        state.metrics.n_calls += 1;
        if has_waited {
            let waited_ms = clock.now_ms().saturating_sub(asked_at_ms);
            state.metrics.n_waited += 1;
            state.metrics.waited_ms += u64::try_from(waited_ms).unwrap_or(0);
        }
        pass
    }

    /// How long a request would have to wait now for the budget's windows; `None` when it would not.
    pub(crate) fn full_for_ms(&self, clock: &Clock) -> Option<u64> {
        self.window_ms(&mut lock(&self.state), clock.now_ms())
    }

    /// Lets nothing through for a minute, after WeCom has said that its window is full.
    pub(crate) fn close(&self, clock: &Clock) {
        lock(&self.state).closed_until_ms = clock.now_ms().saturating_add(self.minute_ms.into());
    }

    pub(crate) fn count_retry(&self) {
        lock(&self.state).metrics.n_retries += 1;
    }

    pub(crate) fn count_error(&self) {
        lock(&self.state).metrics.n_errors += 1;
    }

    /// `None` when a request may go out, which is then in flight.
    fn ms_to_wait(&self, now_ms: i64) -> Option<u64> {
        let mut state = lock(&self.state);
        let wait_ms = self.window_ms(&mut state, now_ms);
        if wait_ms.is_none() {
            state.n_in_flight += 1;
        }
        wait_ms
    }

    fn window_ms(&self, state: &mut LaneState, now_ms: i64) -> Option<u64> {
        let LaneState { minute, hour, n_in_flight, closed_until_ms, .. } = state;
        // A clock that was set back must not keep the lane closed for longer than a minute.
        let latest_ms = now_ms.saturating_add(self.minute_ms.into());
        *closed_until_ms = latest_ms.min(*closed_until_ms);
        let closed_ms = closed_until_ms.saturating_sub(now_ms);
        let window_ms = minute.ms_to_wait(now_ms, *n_in_flight);
        let wait_ms = closed_ms.max(window_ms).max(hour.ms_to_wait(now_ms, *n_in_flight));
        u64::try_from(wait_ms).ok().filter(|wait_ms| *wait_ms > 0)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let now_ms = self.clock.now_ms();
        let mut state = lock(&self.lane.state);
        state.n_in_flight -= 1;
        state.minute.count(now_ms);
        state.hour.count(now_ms);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nothing panics while it holds this lock")
}

#[cfg(test)]
mod tests;
