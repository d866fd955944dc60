//! The simulator's events, passed on as deliveries: signed and encrypted as WeCom's, without the network.

use std::sync::atomic::{AtomicU64, Ordering};

use wecom::callback::{self, Receiver, Sealed};

use super::{World, actions::Dice};
use crate::{
    callbacks::{self, ReceiverKeys, ReceiverKind, Refused},
    refresh,
};

/// One sender of events of a world.
pub struct Sender {
    id: String,
    keys: ReceiverKeys,
    n_sent: AtomicU64,
    /// The last event of the simulator that was taken.
    n_seen: AtomicU64,
}

impl Sender {
    /// Sets up both addresses of the world's company.
    pub async fn set_up(world: &World) -> Self {
        let keys = ReceiverKeys::generate(&world.scrm.random);
        for kind in ReceiverKind::ALL {
            callbacks::put_receiver(&world.scrm, world.corp, kind, &keys).await.unwrap();
        }
        let n_seen = world.sim.sim.callbacks().last().map_or(0, |event| event.seq);
        let id = world.sim.sim.config().corp_id.clone();
        Self { id, keys, n_sent: AtomicU64::new(0), n_seen: AtomicU64::new(n_seen) }
    }

    /// The simulator's events since the last time: (receiver, XML).
    pub fn new_events(&self, world: &World) -> Vec<(ReceiverKind, String)> {
        let n_seen = self.n_seen.load(Ordering::SeqCst);
        let events = world.sim.sim.callbacks();
        if let Some(last) = events.last() {
            self.n_seen.store(last.seq, Ordering::SeqCst);
        }
        let new = events.into_iter().filter(|event| event.seq > n_seen);
        new.map(|event| {
            let kind = match event.to {
                wecom_sim::ReceiverKind::App => ReceiverKind::App,
                wecom_sim::ReceiverKind::Contact => ReceiverKind::Contacts,
            };
            (kind, event.xml)
        })
        .collect()
    }

    /// WeCom's id of the company.
    pub fn corp_id(&self) -> &str {
        &self.id
    }

    /// Signs and encrypts a text, another way each time.
    pub fn seal(&self, world: &World, text: &str) -> Sealed {
        let n_sent = self.n_sent.fetch_add(1, Ordering::SeqCst);
        let ReceiverKeys { token, encoding_aes_key } = &self.keys;
        let receiver = Receiver::new(token, encoding_aes_key, &self.id).unwrap();
        let random = world.scrm.random.bytes();
        let now_s = world.clock.now_ms() / 1_000;
        callback::seal(&receiver, text, random, now_s, &n_sent.to_string())
    }

    /// Delivers what was sealed.
    pub async fn deliver_sealed(
        &self,
        world: &World,
        kind: ReceiverKind,
        sealed: &Sealed,
    ) -> Result<(), Refused> {
        let body = sealed.delivery_body(&self.id, None);
        let signed = sealed.signed();
        callbacks::receive(&world.scrm, &self.id, kind, &signed, body.as_bytes()).await
    }

    /// Delivers one event.
    pub async fn deliver(
        &self,
        world: &World,
        kind: ReceiverKind,
        xml: &str,
    ) -> Result<(), Refused> {
        self.deliver_sealed(world, kind, &self.seal(world, xml)).await
    }

    /// Passes all new events on, once each and in order, and applies them.
    pub async fn pass_on(&self, world: &World) {
        for (kind, xml) in self.new_events(world) {
            self.deliver(world, kind, &xml).await.unwrap();
        }
        apply(world).await;
    }
}

/// Applies what was received, without reading anything anew.
pub async fn apply(world: &World) {
    while callbacks::tick(&world.scrm, world.corp).await.unwrap() {}
}

/// Reads everything anew that is due.
pub async fn read_anew(world: &World) {
    while refresh::tick(&world.scrm, world.corp, "test").await.unwrap() {}
}

/// How well events arrive.
pub struct Telling {
    /// Actions of people.
    pub n_actions: usize,
    /// Events that never come, in percent.
    pub lost: usize,
    /// Events that come twice, in percent.
    pub doubled: usize,
    /// Time between two actions, at least.
    pub apart_ms: i64,
}

/// People act, and events arrive out of order, lost and doubled, applied and read anew now and then. In the
/// end all that were not lost are applied.
pub async fn tell_in_disorder(
    world: &World,
    sender: &Sender,
    dice: &Dice,
    telling: Telling,
    act: impl Fn(&wecom_sim::Sim, &Dice),
) {
    let mut under_way = Vec::new();
    for _ in 0..telling.n_actions {
        act(&world.sim.sim, dice);
        for event in sender.new_events(world) {
            if dice.percent(telling.lost) {
                continue;
            }
            if dice.percent(telling.doubled) {
                under_way.push(event.clone());
            }
            under_way.push(event);
        }
        world.clock.advance(telling.apart_ms + i64::try_from(dice.below(3_000)).unwrap());
        if dice.percent(20) {
            dice.shuffle(&mut under_way);
            for (kind, xml) in under_way.drain(..) {
                sender.deliver(world, kind, &xml).await.unwrap();
            }
        }
        if dice.percent(30) {
            apply(world).await;
        }
        if dice.percent(15) {
            read_anew(world).await;
        }
    }
    for (kind, xml) in under_way {
        sender.deliver(world, kind, &xml).await.unwrap();
    }
    apply(world).await;
}
