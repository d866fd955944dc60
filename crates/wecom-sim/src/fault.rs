//! Faults on demand: the next calls of a name fail in a chosen way, or any by chance.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::chance;

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// Refused with this code, without effect.
    Errcode {
        /// Any code, also an undocumented one.
        errcode: i64,
    },
    /// A bare HTTP status, without effect.
    Http {
        /// 100 to 999; others become 500.
        status: u16,
    },
    /// The call takes effect at once, its reply comes so much later in real time.
    Hang {
        /// Milliseconds.
        ms: u64,
    },
    /// The connection is closed without a reply and without effect.
    CutBeforeEffect,
    /// The call takes effect, then the connection is closed without a reply.
    CutAfterEffect,
    /// The call takes effect; of its reply's body only the first half comes.
    CutBody,
}

/// Faults by chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultRule {
    /// Which call; `None` is any.
    #[serde(default)]
    pub call: Option<String>,
    /// The share of calls that fail.
    pub p: f64,
    /// How they fail.
    pub fault: Fault,
}

/// The faults still to come, by call.
#[derive(Default)]
pub(crate) struct Faults {
    counted: HashMap<&'static str, VecDeque<Fault>>,
    by_chance: Vec<(Option<&'static str>, f64, Fault)>,
    n_drawn: u64,
}

impl Faults {
    pub(crate) fn add(&mut self, call: &'static str, fault: Fault, times: usize) {
        self.counted.entry(call).or_default().extend(std::iter::repeat_n(fault, times));
    }

    pub(crate) fn add_rule(&mut self, call: Option<&'static str>, p: f64, fault: Fault) {
        self.by_chance.push((call, p, fault));
    }

    pub(crate) fn clear(&mut self) {
        self.counted.clear();
        self.by_chance.clear();
    }

    /// The fault of the next call; the same seed and the same order of calls give the same ones.
    pub(crate) fn take(&mut self, seed: u64, call: &'static str) -> Option<Fault> {
        if let Some(fault) = self.counted.get_mut(call).and_then(VecDeque::pop_front) {
            return Some(fault);
        }
        if self.by_chance.is_empty() {
            return None;
        }
        self.n_drawn += 1;
        let mut rng = chance::rng(seed, "fault", self.n_drawn);
        let mut hits = self.by_chance.iter().filter(|(of, ..)| of.is_none_or(|of| of == call));
        hits.find(|(_, p, _)| chance::happens(&mut rng, *p)).map(|(.., fault)| *fault)
    }
}
