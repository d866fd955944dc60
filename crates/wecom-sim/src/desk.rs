//! Everything behind the one lock: the world, its journal, the tokens, the faults to come.

use std::{collections::BTreeMap, sync::Arc};

use ambient::Clock;

use crate::{
    config::Config,
    error::Error,
    fault::{Fault, Faults},
    journal::Journal,
    op::Op,
    state::State,
    token::Tokens,
};

/// The simulator's state with what surrounds it.
pub(crate) struct Desk {
    pub(crate) config: Arc<Config>,
    pub(crate) state: State,
    pub(crate) tokens: Tokens,
    pub(crate) faults: Faults,
    pub(crate) n_calls: BTreeMap<&'static str, u64>,
    clock: Clock,
    journal: Option<Journal>,
    n_hints: u64,
}

impl Desk {
    /// The seeded world with the journal's operations on it.
    pub(crate) fn open(config: Arc<Config>, clock: Clock) -> Result<Self, Error> {
        let (journal, ops) = Journal::open(&config)?;
        let tokens = Tokens::after(ops.len());
        let mut state = State::make(&config)?;
        for op in ops {
            state.apply(op);
        }
        Ok(Self {
            config,
            state,
            tokens,
            faults: Faults::default(),
            n_calls: BTreeMap::new(),
            clock,
            journal,
            n_hints: 0,
        })
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Writes the operation down, then lets it happen.
    pub(crate) fn record(&mut self, op: Op) -> Result<(), Error> {
        if let Some(journal) = &mut self.journal {
            journal.append(&op)?;
        }
        self.state.apply(op);
        Ok(())
    }

    /// Counts a call and gives the fault that waits for it.
    pub(crate) fn begin(&mut self, call: &'static str) -> Option<Fault> {
        *self.n_calls.entry(call).or_default() += 1;
        self.faults.take(call)
    }

    /// The digits WeCom puts into an error text so that its support finds the call.
    pub(crate) fn next_hint(&mut self) -> String {
        self.n_hints += 1;
        format!("{}{:015}", self.now_ms().div_euclid(1_000), self.n_hints)
    }
}
