//! The simulator as its users hold it: the server's routes, the people, and what there is to see.

mod callbacks;
mod company;
mod customers;
mod groups;
pub(crate) mod look;
pub(crate) mod mass;
mod tags;
pub(crate) mod who;

use std::sync::{Arc, Mutex, MutexGuard};

use ambient::Clock;
use axum::{Router, routing::any};

use crate::{
    cgi,
    config::Config,
    control,
    desk::Desk,
    error::Error,
    fault::{Fault, FaultRule},
    limits::Limits,
    login,
    op::Medium,
    owners::OwnerPolicy,
    visits::Visitor,
    world::StaffNo,
};

pub use customers::Meeting;
pub use groups::Joining;
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

    /// WeCom's calls under `/cgi-bin`, its login pages, and the control API under `/sim`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/cgi-bin/{*call}", any(cgi::serve))
            .merge(control::router())
            .merge(login::router())
            .with_state(self.clone())
    }

    /// The configuration it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The rules in force.
    pub fn limits(&self) -> Limits {
        self.desk().limits.clone()
    }

    /// Puts other rules into force; members who enter or leave the visible range are told.
    pub fn set_limits(&self, limits: Limits) {
        let desk = &mut *self.desk();
        let present = (0..desk.state.world.staff.len()).map(StaffNo::at);
        let present: Vec<StaffNo> = present.filter(|no| !desk.state.left.contains(no)).collect();
        let seen: Vec<bool> = present.iter().map(|no| desk.sees(*no)).collect();
        desk.set_limits(limits);
        for (no, was_seen) in present.into_iter().zip(seen) {
            company::tell_subscription(desk, no, was_seen);
        }
    }

    /// What owners do with mass messages from now on, those that wait already included.
    pub fn set_owners(&self, owners: OwnerPolicy) {
        self.desk().set_owners(owners);
    }

    /// What owners do with mass messages when nobody plays them.
    pub fn owners(&self) -> OwnerPolicy {
        self.desk().owners.clone()
    }

    /// Lets calls fail by chance until [`Sim::clear_faults`]; counted faults come first.
    pub fn fail_by_chance(&self, rule: FaultRule) -> Result<(), Error> {
        let call = rule.call.as_deref();
        let known = |call: &str| cgi::find(call).ok_or_else(|| Error::UnknownCall(call.to_owned()));
        let call = call.map(known).transpose()?.map(cgi::Call::name);
        self.desk().faults.add_rule(call, rule.p, rule.fault);
        Ok(())
    }

    /// Takes back every fault that has not happened.
    pub fn clear_faults(&self) {
        self.desk().faults.clear();
    }

    /// Somebody opens a page of the app; gives the code, good once and for five minutes.
    pub fn oauth_code(&self, visitor: Visitor) -> Result<String, Error> {
        let desk = &mut *self.desk();
        let visitor = match visitor {
            Visitor::Staff { userid, private } => {
                let no = who::staff(desk, &userid)?;
                Visitor::Staff { userid: desk.state.world.member(no).userid.clone(), private }
            }
            outside @ Visitor::Outside { .. } => outside,
        };
        let now_ms = desk.now_ms();
        Ok(desk.visits.give_code(desk.config.seed, visitor, now_ms))
    }

    /// Every file that `media/upload` kept, oldest first.
    pub fn media(&self) -> Vec<Medium> {
        let mut media: Vec<Medium> = self.desk().state.media.all().cloned().collect();
        media.sort_by(|a, b| (a.at_ms, &a.media_id).cmp(&(b.at_ms, &b.media_id)));
        media
    }

    /// Withdraws the token in force; its holders get 42001 or 40014.
    pub fn expire_tokens(&self) {
        let desk = &mut *self.desk();
        desk.tokens.expire();
        desk.contact_tokens.expire();
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

    /// The desk after everything that was due by now.
    pub(crate) fn settled(&self) -> MutexGuard<'_, Desk> {
        let mut desk = self.desk();
        desk.settle();
        desk
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().expect("nothing panics while it holds the desk")
    }
}
