//! Faults on demand: the next calls of a name fail in a chosen way.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

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
}

/// The faults still to come, by call.
#[derive(Default)]
pub(crate) struct Faults(HashMap<&'static str, VecDeque<Fault>>);

impl Faults {
    pub(crate) fn add(&mut self, call: &'static str, fault: Fault, times: usize) {
        self.0.entry(call).or_default().extend(std::iter::repeat_n(fault, times));
    }

    pub(crate) fn take(&mut self, call: &'static str) -> Option<Fault> {
        self.0.get_mut(call)?.pop_front()
    }
}
