//! The simulator as its users hold it: the server's routes, the people, and what there is to see.

mod groups;
pub(crate) mod look;
mod mass;

use std::sync::{Arc, Mutex, MutexGuard};

use ambient::Clock;
use axum::{Router, routing::any};

use crate::{cgi, config::Config, control, desk::Desk, error::Error, fault::Fault};

pub use mass::{Confirm, Confirmed};

/// A simulated corp, cheap to clone; all clones are the same corp.
#[derive(Clone)]
pub struct Sim {
    config: Arc<Config>,
    desk: Arc<Mutex<Desk>>,
}

impl Sim {
    /// Makes the world and replays the journal, if one is configured and there.
    pub fn new(config: Config, clock: Clock) -> Result<Self, Error> {
        let config = Arc::new(config);
        let desk = Desk::open(config.clone(), clock)?;
        Ok(Self { config, desk: Arc::new(Mutex::new(desk)) })
    }

    /// WeCom's calls under `/cgi-bin` and the control API under `/sim`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/cgi-bin/{*call}", any(cgi::serve))
            .merge(control::router())
            .with_state(self.clone())
    }

    /// The configuration it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Withdraws the token in force; its holders get 42001 or 40014.
    pub fn expire_tokens(&self) {
        self.desk().tokens.expire();
    }

    /// Lets the next call of this name fail; faults of one call queue up.
    ///
    /// Names are paths below `/cgi-bin/`, with or without `externalcontact/`.
    pub fn fail_next(&self, call: &str, fault: Fault) -> Result<(), Error> {
        self.fail_times(call, fault, 1)
    }

    /// Lets the next `n_times` calls of this name fail.
    pub fn fail_times(&self, call: &str, fault: Fault, n_times: usize) -> Result<(), Error> {
        let known = cgi::find(call).ok_or_else(|| Error::UnknownCall(call.to_owned()))?;
        self.desk().faults.add(known.name(), fault, n_times);
        Ok(())
    }

    /// How often a call came in, refused and failed ones included; 0 for an unknown name.
    pub fn n_calls(&self, call: &str) -> u64 {
        let known = cgi::find(call);
        known.and_then(|known| self.desk().n_calls.get(known.name()).copied()).unwrap_or(0)
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().expect("nothing panics while it holds the desk")
    }
}
