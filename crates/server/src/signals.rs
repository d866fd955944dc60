//! The wish of the surroundings that the program end.

use std::process;

use tracing::{info, warn};

/// Exit code of a program that was stopped without grace.
const STOPPED_AT_ONCE: i32 = 1;

/// SIGTERM and SIGINT, caught from the moment this is made.
pub struct Stop(Signals);

impl Stop {
    /// Catches the signals from now on.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(Signals::new()?))
    }

    /// Waits for one of the signals. From then on a second one ends the process at once.
    pub async fn asked(self) {
        let Self(mut signals) = self;
        let name = signals.next().await;
        info!(signal = name, "stopping; a second signal ends the program at once");
        #[expect(
            clippy::disallowed_methods,
            reason = "this task ends with the process, or ends it"
        )]
        tokio::spawn(async move {
            let name = signals.next().await;
            warn!(signal = name, "ending at once");
            process::exit(STOPPED_AT_ONCE);
        });
    }
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { terminate, interrupt })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> anyhow::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> &'static str {
        tokio::signal::ctrl_c().await.ok();
        "Ctrl-C"
    }
}
