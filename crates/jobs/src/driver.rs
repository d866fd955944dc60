//! Runs reconcilers again and again until the program stops.

use std::{fmt::Display, future::Future, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt as _;

use tokio::{sync::watch, task::JoinSet};
use tracing::{error, info};

/// What a reconciler says when it is done for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// There is more to do: run again at once.
    AtOnce,
    /// Run again after the usual pause.
    AfterPause,
}

/// Tells running work that the program is about to stop.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Whether the program is stopping: work that goes in steps ends after the present one.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the program is stopping.
    pub async fn asked(&mut self) {
        // An error means that the driver is gone, which is a stop as well.
        self.0.wait_for(|is_asked| *is_asked).await.ok();
    }
}

/// The reconcilers of this process.
#[derive(Debug)]
pub struct Driver {
    running: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Default for Driver {
    fn default() -> Self {
        Self { running: JoinSet::new(), stop: watch::Sender::new(false) }
    }
}

impl Driver {
    /// What tells work of this driver to stop.
    pub fn stopping(&self) -> Stopping {
        Stopping(self.stop.subscribe())
    }

    /// Runs `reconcile` at once and then with a pause of `pause_ms` between runs. After an error the
    /// pause doubles, up to 32 times; an error is logged with the reconciler's name and not returned. A
    /// panic counts as an error: one broken run must not end the work for good.
    pub fn every<F, Fut, E>(&mut self, name: &'static str, pause_ms: u64, reconcile: F)
    where
        F: Fn() -> Fut + Send + 'static,
        Fut: Future<Output = Result<Next, E>> + Send,
        E: Display + Send,
    {
        const MOST_DOUBLINGS: u32 = 5;
        let mut stopping = self.stopping();
        self.running.spawn(async move {
            let mut n_failures = 0;
            while !stopping.is_asked() {
                let run = AssertUnwindSafe(reconcile()).catch_unwind().await;
                let outcome = match run {
                    Ok(outcome) => outcome.map_err(|error| error.to_string()),
                    Err(_) => Err("it panicked".to_owned()),
                };
                match outcome {
                    Ok(Next::AtOnce) => {
                        n_failures = 0;
                        tokio::task::yield_now().await;
                        continue;
                    }
                    Ok(Next::AfterPause) => n_failures = 0,
                    Err(cause) => {
                        n_failures = (n_failures + 1).min(MOST_DOUBLINGS);
                        error!(reconciler = name, %cause, "a reconciler failed; it will run again");
                    }
                }
                let pause = Duration::from_millis(pause_ms << n_failures);
                // A stop ends the pause; the loop's condition sees it.
                tokio::time::timeout(pause, stopping.asked()).await.ok();
            }
        });
    }

    /// Asks all reconcilers to stop and waits for the runs under way, at most `grace_ms`; runs that take
    /// longer are dropped where they wait.
    pub async fn stop(mut self, grace_ms: u64) {
        self.stop.send_replace(true);
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(Duration::from_millis(grace_ms), all).await.is_err() {
            info!("work did not end within the grace time; its leases will run out");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_is_repeated_after_pauses_that_grow_with_failures() {
        let n_runs = Arc::new(AtomicU32::new(0));
        let mut driver = Driver::default();
        let counted = n_runs.clone();
        driver.every("test", 1_000, move || {
            let n_before = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                match n_before {
                    0 => Ok(Next::AtOnce),
                    1 => Ok(Next::AfterPause),
                    _ => Err("broken"),
                }
            }
        });
        tokio::time::sleep(Duration::from_millis(999)).await;
        assert_eq!(n_runs.load(Ordering::SeqCst), 2);
        // Fails at 1 s, so it rests 2 s and then 4 s: runs at 1, 3 and 7 s.
        tokio::time::sleep(Duration::from_millis(6_500)).await;
        assert_eq!(n_runs.load(Ordering::SeqCst), 5);
        driver.stop(10).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_does_not_end_the_work() {
        let n_runs = Arc::new(AtomicU32::new(0));
        let mut driver = Driver::default();
        let counted = n_runs.clone();
        driver.every("test", 1_000, move || {
            let n_before = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                assert!(n_before > 0, "the first run is broken");
                Ok::<_, &str>(Next::AfterPause)
            }
        });
        tokio::time::sleep(Duration::from_millis(3_500)).await;
        assert_eq!(n_runs.load(Ordering::SeqCst), 3);
        driver.stop(10).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_lets_the_run_under_way_end_and_starts_no_other() {
        let n_ended = Arc::new(AtomicU32::new(0));
        let mut driver = Driver::default();
        let counted = n_ended.clone();
        driver.every("test", 1, move || {
            let counted = counted.clone();
            async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                counted.fetch_add(1, Ordering::SeqCst);
                Ok::<_, &str>(Next::AtOnce)
            }
        });
        tokio::time::sleep(Duration::from_millis(10)).await;
        driver.stop(1_000).await;
        assert_eq!(n_ended.load(Ordering::SeqCst), 1);
    }
}
