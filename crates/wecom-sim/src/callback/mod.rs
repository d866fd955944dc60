//! Events that WeCom sends on its own: what clients and administrators do, never what calls do.
//!
//! An event is queued when it happens and posted by the background task of a running server. The
//! policy loses, doubles, delays and shuffles events by a generator of their own, so the same seed
//! and the same actions give the same disorder. Queued events are not in the journal: a restart
//! loses them, as WeCom may. Nothing is ever sent to an address that is not the machine's own.

pub(crate) mod deliver;
mod event;
mod http;
mod outbox;
mod seal;

use serde::{Deserialize, Serialize};

pub(crate) use event::Event;
pub(crate) use http::Target;
pub(crate) use outbox::Outbox;

/// A URL that takes callbacks, as the console knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackReceiver {
    /// `http://` and a loopback address; others are refused.
    pub url: String,
    /// Up to 32 letters and digits.
    pub token: String,
    /// 43 letters and digits.
    pub aes_key: String,
    /// Which events it gets.
    pub kind: ReceiverKind,
}

/// Whose receiver it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiverKind {
    /// The self-built app's: customers, groups and tags inside its visible range.
    App,
    /// The contact-sync assistant's: staff and departments, only their ids.
    Contact,
}

/// How well callbacks arrive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallbackPolicy {
    /// Every event waits so long, by the simulator's clock.
    pub delay_ms: i64,
    /// And up to so much longer, each by chance, which puts them out of order.
    pub shuffle_ms: i64,
    /// The share of events that never come.
    pub lose_p: f64,
    /// The share of events that come twice.
    pub duplicate_p: f64,
    /// So many deliveries at once; with 1 they come strictly one after the other.
    pub concurrency: usize,
    /// No answer for so long, in real time, is a failure.
    pub timeout_ms: u64,
    /// The first try included.
    pub n_tries: u32,
    /// Whether an answer other than 200 is a failure; the pages disagree.
    pub retry_on_status: bool,
    /// Whether a change of a customer's mobiles alone is told; the pages disagree.
    pub mobiles_are_told: bool,
}

impl Default for CallbackPolicy {
    fn default() -> Self {
        Self {
            delay_ms: 0,
            shuffle_ms: 0,
            lose_p: 0.0,
            duplicate_p: 0.0,
            concurrency: 1,
            timeout_ms: 5_000,
            n_tries: 3,
            retry_on_status: true,
            mobiles_are_told: true,
        }
    }
}

/// An event and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Callback {
    /// Counted from 1.
    pub seq: u64,
    /// When it happened.
    pub at_ms: i64,
    /// Whose receiver gets it.
    pub to: ReceiverKind,
    /// The XML before it is encrypted.
    pub xml: String,
    /// How far it has come.
    pub state: CallbackState,
    /// Attempts to deliver it, failed ones included.
    pub n_tries: u32,
    /// How often it was answered with success.
    pub n_delivered: u32,
}

/// How far an event has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackState {
    /// Queued, or being delivered.
    Waiting,
    /// No receiver of its kind is set.
    NoReceiver,
    /// The policy lost it.
    Lost,
    /// Answered in time.
    Delivered,
    /// Every try failed.
    GivenUp,
}
