//! Everything behind the one lock: the world, its journal, the tokens, the faults to come.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use ambient::Clock;

use crate::{
    callback::{Event, Outbox},
    cgi,
    config::Config,
    error::Error,
    fault::{Fault, Faults},
    gate::Gate,
    journal::Journal,
    late::{Late, Until},
    limits::Limits,
    op::Op,
    owners::{Decision, OwnerPolicy},
    sim::{Confirm, mass},
    state::{State, mass::MassNo},
    token::Tokens,
    visits::Visits,
    world::StaffNo,
};

/// The simulator's state with what surrounds it.
pub(crate) struct Desk {
    pub(crate) config: Arc<Config>,
    pub(crate) state: State,
    pub(crate) tokens: Tokens,
    pub(crate) contact_tokens: Tokens,
    pub(crate) limits: Limits,
    pub(crate) gate: Gate,
    pub(crate) faults: Faults,
    pub(crate) late: Late,
    pub(crate) visits: Visits,
    pub(crate) outbox: Outbox,
    pub(crate) owners: OwnerPolicy,
    /// Tasks of mass messages that will be confirmed, by time.
    to_confirm: BTreeSet<(i64, MassNo, usize)>,
    /// So many of the mass messages stand in `to_confirm` or never will.
    n_decided: usize,
    pub(crate) n_calls: BTreeMap<&'static str, u64>,
    /// Departments in the visible range; `None` for all.
    visible: Option<HashSet<u32>>,
    clock: Clock,
    journal: Option<Journal>,
    n_hints: u64,
}

/// Whose data come late.
#[derive(Clone, Copy)]
pub(crate) enum Lagging<'a> {
    /// By chat id.
    Group(&'a str),
    /// By external userid.
    Customer(&'a str),
}

impl Desk {
    /// The seeded world with the journal's operations on it.
    pub(crate) fn open(config: Arc<Config>, clock: Clock) -> Result<Self, Error> {
        let (journal, ops) = Journal::open(&config)?;
        let (tokens, contact_tokens) = (Tokens::after(ops.len()), Tokens::after(ops.len()));
        let mut state = State::make(&config)?;
        for op in ops {
            state.apply(op);
        }
        let mut desk = Self {
            limits: Limits::default(),
            gate: Gate::default(),
            visible: None,
            state,
            tokens,
            contact_tokens,
            faults: Faults::default(),
            late: Late::default(),
            visits: Visits::default(),
            outbox: Outbox::default(),
            owners: config.owners.clone(),
            to_confirm: BTreeSet::new(),
            n_decided: 0,
            n_calls: BTreeMap::new(),
            clock,
            journal,
            n_hints: 0,
            config: config.clone(),
        };
        desk.set_limits(config.limits.clone());
        desk.outbox.policy = config.callback_policy.clone();
        desk.outbox.set_receivers(config.callback_receivers.clone())?;
        Ok(desk)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Puts other rules into force; what was counted so far stays counted.
    pub(crate) fn set_limits(&mut self, mut limits: Limits) {
        let by_call = std::mem::take(&mut limits.by_call).into_iter();
        let named = |call: String| cgi::find(&call).map_or(call, |known| known.name().to_owned());
        limits.by_call = by_call.map(|(call, limit)| (named(call), limit)).collect();
        self.limits = limits;
        self.refresh_visible();
    }

    /// Finds out what is in the visible range after departments changed.
    pub(crate) fn refresh_visible(&mut self) {
        let below = |roots: &Vec<u32>| {
            roots.iter().flat_map(|root| self.state.world.subtree(*root)).map(|d| d.id).collect()
        };
        self.visible = self.limits.visible_departments.as_ref().map(below);
    }

    /// Whether a member of staff is in the app's visible range, also one who left.
    pub(crate) fn sees(&self, no: StaffNo) -> bool {
        let places = &self.state.world.member(no).departments;
        places.iter().any(|place| self.sees_department(place.id))
    }

    pub(crate) fn sees_department(&self, id: u32) -> bool {
        self.visible.as_ref().is_none_or(|visible| visible.contains(&id))
    }

    /// Writes the operation down, then lets it happen.
    pub(crate) fn record(&mut self, op: Op) -> Result<(), Error> {
        if let Some(journal) = &mut self.journal {
            journal.append(&op)?;
        }
        self.state.apply(op);
        if self.waits_for_owners() {
            self.outbox.wake.notify_one();
        }
        Ok(())
    }

    /// Records what people did in the client, which calls may show only later.
    pub(crate) fn record_late(&mut self, of: Lagging<'_>, op: Op) -> Result<(), Error> {
        if self.limits.late_data_ms > 0 {
            let now_ms = self.now_ms();
            let until = Until { now_ms, until_ms: now_ms + self.limits.late_data_ms };
            let state = &self.state;
            match of {
                Lagging::Group(chat_id) => {
                    let was = state.groups.find(chat_id).map(|no| state.groups.row(no).clone());
                    self.late.keep_group(chat_id, was, until);
                }
                Lagging::Customer(userid) => {
                    let no = state.customers.find(&state.world, userid);
                    let followers = no.map(|no| state.customers.followers(&state.world, no));
                    self.late.keep_customer(userid, followers.unwrap_or_default(), until);
                }
            }
        }
        self.record(op)
    }

    /// Lets the receivers know, unless it is about somebody outside the visible range.
    pub(crate) fn tell(&mut self, event: &Event) {
        if event.about.is_none_or(|about| self.sees(about)) {
            let now_ms = self.now_ms();
            let xml = event.xml(&self.config.corp_id, now_ms.div_euclid(1_000));
            self.outbox.push(self.config.seed, event.to, xml, now_ms);
        }
    }

    /// Puts another policy of owners into force, also for what waits already.
    pub(crate) fn set_owners(&mut self, owners: OwnerPolicy) {
        self.owners = owners;
        self.n_decided = 0;
        self.to_confirm.clear();
        self.outbox.wake.notify_one();
    }

    /// Lets owners confirm what is due by now.
    pub(crate) fn settle(&mut self) {
        if self.owners.confirm_after_ms.is_none() {
            return;
        }
        for no in self.state.mass.open_from(self.n_decided) {
            let row = self.state.mass.row(no);
            let dispatching_ms = self.config.dispatching_ms;
            let unsent = (0..row.tasks.len()).filter(|n| row.tasks[*n].sent_at_ms.is_none());
            self.to_confirm.extend(unsent.filter_map(|task| {
                let decision =
                    self.owners.decide(self.config.seed, no, task, row, dispatching_ms)?;
                Some((decision.at_ms, no, task))
            }));
        }
        self.n_decided = self.state.mass.rows().len();
        let now_ms = self.now_ms();
        while let Some((at_ms, no, task)) = self.to_confirm.first().copied() {
            if at_ms > now_ms {
                return;
            }
            self.to_confirm.pop_first();
            self.confirm_as_decided(no, task);
        }
    }

    fn confirm_as_decided(&mut self, no: MassNo, task: usize) {
        let row = self.state.mass.row(no);
        let is_open = row.tasks[task].sent_at_ms.is_none() && !row.cancelled;
        let dispatching_ms = self.config.dispatching_ms;
        let decision = self.owners.decide(self.config.seed, no, task, row, dispatching_ms);
        let Some(Decision { at_ms, n_left_out }) = decision.filter(|_| is_open) else { return };
        // An owner who left or lost the groups confirms nothing.
        if let Err(error) = mass::confirm(self, no, task, &Confirm::AllBut(n_left_out), at_ms) {
            tracing::debug!(error = &error as &dyn std::error::Error, "an owner did not confirm");
        }
    }

    /// Whether time alone may bring a confirmation.
    pub(crate) fn waits_for_owners(&self) -> bool {
        self.owners.confirm_after_ms.is_some() && self.state.mass.open().next().is_some()
    }

    /// Counts a call and gives the fault that waits for it.
    pub(crate) fn begin(&mut self, call: &'static str) -> Option<Fault> {
        self.settle();
        *self.n_calls.entry(call).or_default() += 1;
        self.faults.take(self.config.seed, call)
    }

    /// The digits WeCom puts into an error text so that its support finds the call.
    pub(crate) fn next_hint(&mut self) -> String {
        self.n_hints += 1;
        format!("{}{:015}", self.now_ms().div_euclid(1_000), self.n_hints)
    }
}
