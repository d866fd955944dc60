//! Posts what is due, again when it fails, each time encrypted anew.

use std::{io, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use rand::RngExt;

use crate::{
    callback::{CallbackReceiver, ReceiverKind, Target, outbox::Delivery, seal},
    chance,
    sim::Sim,
};

/// How often a queue of delayed events is looked at; a moved clock rings no bell.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Runs until it is dropped.
pub(crate) async fn run(sim: Sim) {
    let mut under_way = FuturesUnordered::new();
    let wake = sim.desk().outbox.wake.clone();
    loop {
        let waits = {
            let desk = &mut *sim.desk();
            let now_ms = desk.now_ms();
            desk.settle();
            while let Some(delivery) = desk.outbox.take_due(now_ms) {
                under_way.push(deliver(&sim, delivery));
            }
            desk.outbox.has_queued() || desk.waits_for_owners()
        };
        tokio::select! {
            Some(()) = under_way.next() => {}
            () = wake.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY), if waits => {}
        }
    }
}

/// Does what the console does when a receiver is saved; tells whether it answered rightly.
pub(crate) async fn verify(sim: &Sim, kind: ReceiverKind) -> io::Result<bool> {
    let (timeout, receivers, number) = {
        let desk = &mut *sim.desk();
        let receivers = desk.outbox.receivers.clone();
        (desk.outbox.policy.timeout_ms, receivers, desk.now_ms().cast_unsigned())
    };
    let missing = || io::Error::from(io::ErrorKind::NotFound);
    let receiver = receivers.into_iter().find(|receiver| receiver.kind == kind);
    let receiver = receiver.ok_or_else(missing)?;
    let mut rng = chance::rng(sim.config().seed, "echo", number);
    let echo = rng.random_range(1_000_000_000_000_000_000..u64::MAX / 2).to_string();
    let sealed = sealed(sim, &receiver, &echo, number);
    let query = format!("{}&echostr={}", sealed.query, url_encoded(&sealed.encrypted));
    let target = Target::of(&receiver.url).expect("checked when it was set");
    let reply = target.ask(&query, None, Duration::from_millis(timeout)).await?;
    Ok(reply.status == 200 && reply.body.ends_with(echo.as_bytes()))
}

async fn deliver(sim: &Sim, delivery: Delivery) {
    let (policy, receivers) = {
        let desk = sim.desk();
        (desk.outbox.policy.clone(), desk.outbox.receivers.clone())
    };
    let timeout = Duration::from_millis(policy.timeout_ms);
    let mut n_tries = 0;
    let mut delivered = false;
    for receiver in receivers.iter().filter(|receiver| receiver.kind == delivery.to) {
        let target = Target::of(&receiver.url).expect("checked when it was set");
        for n in 0..policy.n_tries.max(1) {
            n_tries += 1;
            let number = delivery.number << 8 | u64::from(n);
            let sealed = sealed(sim, receiver, &delivery.xml, number);
            let reply = target.ask(&sealed.query, Some(&sealed.body), timeout).await;
            if reply.is_ok_and(|reply| reply.status == 200 || !policy.retry_on_status) {
                delivered = true;
                break;
            }
        }
    }
    sim.desk().outbox.finish(delivery.seq, n_tries, delivered);
}

struct Sealed {
    query: String,
    encrypted: String,
    body: String,
}

fn sealed(sim: &Sim, receiver: &CallbackReceiver, text: &str, number: u64) -> Sealed {
    let config = sim.config();
    let timestamp = sim.desk().now_ms().div_euclid(1_000).to_string();
    let mut rng = chance::rng(config.seed, "callback try", number);
    let random: [u8; 16] = rng.random();
    let nonce = rng.random_range(1_000_000_000_u64..10_000_000_000).to_string();
    let key = seal::key(&receiver.aes_key).expect("checked when it was set");
    let encrypted = seal::encrypt(&key, &random, text, &config.corp_id);
    let signature = seal::signature(&receiver.token, &timestamp, &nonce, &encrypted);
    let query = format!("msg_signature={signature}&timestamp={timestamp}&nonce={nonce}");
    let agent = match receiver.kind {
        ReceiverKind::App => format!("<AgentID><![CDATA[{}]]></AgentID>", config.agent_id),
        ReceiverKind::Contact => String::new(),
    };
    let body = format!(
        "<xml><ToUserName><![CDATA[{}]]></ToUserName>{agent}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>",
        config.corp_id
    );
    Sealed { query, encrypted, body }
}

fn url_encoded(base64: &str) -> String {
    base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}
