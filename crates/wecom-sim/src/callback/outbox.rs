//! Events that wait for their time, and what became of the others.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use rand::RngExt;
use tokio::sync::Notify;

use crate::{
    callback::{
        Callback, CallbackPolicy, CallbackReceiver, CallbackState, ReceiverKind, Target, seal,
    },
    chance,
    error::Error,
};

/// So many of the latest events can be looked at.
const MAX_KEPT: usize = 10_000;

/// Receivers, policy and queue.
#[derive(Default)]
pub(crate) struct Outbox {
    pub(crate) receivers: Vec<CallbackReceiver>,
    pub(crate) policy: CallbackPolicy,
    /// Tells the background task that there may be something to do.
    pub(crate) wake: Arc<Notify>,
    queue: BTreeMap<(i64, u64), Delivery>,
    n_queued: u64,
    n_under_way: usize,
    log: VecDeque<Callback>,
    n_events: u64,
}

/// One delivery of one event.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) seq: u64,
    /// Not the same for the two deliveries of a doubled event.
    pub(crate) number: u64,
    pub(crate) to: ReceiverKind,
    pub(crate) xml: String,
}

impl Outbox {
    /// Takes other receivers, unless one is not on this machine or has no proper key.
    pub(crate) fn set_receivers(&mut self, receivers: Vec<CallbackReceiver>) -> Result<(), Error> {
        for receiver in &receivers {
            if Target::of(&receiver.url).is_none() {
                return Err(Error::NotLoopback(receiver.url.clone()));
            }
            if seal::key(&receiver.aes_key).is_none() {
                return Err(Error::WrongAesKey(receiver.url.clone()));
            }
        }
        self.receivers = receivers;
        Ok(())
    }

    /// Queues an event as the policy wants it.
    pub(crate) fn push(&mut self, seed: u64, to: ReceiverKind, xml: String, now_ms: i64) {
        self.n_events += 1;
        let seq = self.n_events;
        let mut rng = chance::rng(seed, "callback", seq);
        let lost = chance::happens(&mut rng, self.policy.lose_p);
        let twice = chance::happens(&mut rng, self.policy.duplicate_p);
        let anybody = self.receivers.iter().any(|receiver| receiver.kind == to);
        let state = match (anybody, lost) {
            (false, _) => CallbackState::NoReceiver,
            (true, true) => CallbackState::Lost,
            (true, false) => CallbackState::Waiting,
        };
        if state == CallbackState::Waiting {
            for _ in 0..=u8::from(twice) {
                let longer_ms = rng.random_range(0..=self.policy.shuffle_ms.max(0));
                let due_at_ms = now_ms + self.policy.delay_ms + longer_ms;
                self.n_queued += 1;
                let number = self.n_queued;
                let delivery = Delivery { seq, number, to, xml: xml.clone() };
                self.queue.insert((due_at_ms, number), delivery);
            }
            self.wake.notify_one();
        }
        if self.log.len() == MAX_KEPT {
            self.log.pop_front();
        }
        let (n_tries, n_delivered) = (0, 0);
        self.log.push_back(Callback { seq, at_ms: now_ms, to, xml, state, n_tries, n_delivered });
    }

    /// The next delivery that is due, while fewer than the policy's number are under way.
    pub(crate) fn take_due(&mut self, now_ms: i64) -> Option<Delivery> {
        let (due_at_ms, _) = *self.queue.first_key_value()?.0;
        if due_at_ms > now_ms || self.n_under_way >= self.policy.concurrency.max(1) {
            return None;
        }
        self.n_under_way += 1;
        self.queue.pop_first().map(|(_, delivery)| delivery)
    }

    /// Notes the end of a delivery.
    pub(crate) fn finish(&mut self, seq: u64, n_tries: u32, delivered: bool) {
        self.n_under_way -= 1;
        // Numbers have no gaps, so the place of an event follows from the oldest one kept.
        let oldest = self.log.front().map_or(seq, |oldest| oldest.seq);
        let place = seq.checked_sub(oldest).and_then(|place| usize::try_from(place).ok());
        let Some(callback) = place.and_then(|place| self.log.get_mut(place)) else { return };
        callback.n_tries += n_tries;
        callback.n_delivered += u32::from(delivered);
        callback.state = match callback.n_delivered {
            0 => CallbackState::GivenUp,
            _ => CallbackState::Delivered,
        };
    }

    /// Queued or under way.
    pub(crate) fn n_waiting(&self) -> usize {
        self.queue.len() + self.n_under_way
    }

    pub(crate) fn has_queued(&self) -> bool {
        !self.queue.is_empty()
    }

    /// The latest events, oldest first.
    pub(crate) fn log(&self) -> impl Iterator<Item = &Callback> {
        self.log.iter()
    }
}
