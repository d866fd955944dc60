//! Delivers encrypted events as WeCom does, at a fixed rate.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use wecom::callback::{self, Receiver};

use crate::http::Connection;

/// Token and key under which a benchmark's events are sealed.
pub const TOKEN: &str = "benchmark";
/// See [`TOKEN`].
pub const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// Where events go, what they are about and how fast they come.
pub struct Sender {
    pub listen: String,
    pub corp_id: String,
    pub receiver: Receiver,
    pub chat_ids: Vec<String>,
    /// Events a second.
    pub rate: u32,
    pub connections: usize,
}

impl Sender {
    /// An open loop: events go out at their times, whether earlier ones were answered or not, and latency
    /// counts from those times. Ends after `n_events` or when it is over. The numbers of the events that
    /// were answered, and how long that took in microseconds.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
    pub async fn send(
        &self,
        first: usize,
        n_events: usize,
        is_over: &AtomicBool,
    ) -> anyhow::Result<(Vec<usize>, Histogram<u64>)> {
        let began = Instant::now();
        let clock = ambient::Clock::system();
        let random = ambient::Random::system();
        let path = format!("/wecom/callback/{}/app", self.corp_id);
        let one = async |worker: usize| -> anyhow::Result<(Vec<usize>, Histogram<u64>)> {
            let mut connection = None;
            let mut latencies = Histogram::new_with_max(60_000_000, 3)?;
            let mut answered = Vec::new();
            for n in (worker..n_events).step_by(self.connections) {
                let due = Duration::from_secs_f64(float(n) / f64::from(self.rate));
                tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                let number = first + n;
                let xml = event(&self.chat_ids[number % self.chat_ids.len()], number);
                let now_s = clock.now_ms() / 1_000;
                let nonce = number.to_string();
                let sealed = callback::seal(&self.receiver, &xml, random.bytes(), now_s, &nonce);
                let body = sealed.delivery_body(&self.corp_id, Some(1_000_002));
                let signature = &sealed.msg_signature;
                let target =
                    format!("{path}?msg_signature={signature}&timestamp={now_s}&nonce={nonce}");
                // A refused or broken connection is no answer: WeCom would deliver again.
                if connection.is_none() {
                    connection = Connection::open(&self.listen).await.ok();
                }
                let Some(open) = &mut connection else { continue };
                if open.post_plain(&target, &body).await.is_ok() {
                    answered.push(number);
                    let took = began.elapsed().saturating_sub(due).as_micros();
                    latencies.saturating_record(u64::try_from(took).unwrap_or(u64::MAX));
                } else {
                    connection = None;
                }
            }
            Ok((answered, latencies))
        };
        let all = futures_util::future::try_join_all((0..self.connections).map(one)).await?;
        let mut latencies = Histogram::<u64>::new_with_max(60_000_000, 3)?;
        let mut answered = Vec::new();
        for (part, of_part) in all {
            answered.extend(part);
            latencies.add(of_part)?;
        }
        Ok((answered, latencies))
    }
}

/// A group gets another name.
pub fn event(chat_id: &str, number: usize) -> String {
    format!(
        "<xml><ToUserName><![CDATA[ww]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
         <CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType>\
         <Event><![CDATA[change_external_chat]]></Event><ChangeType><![CDATA[update]]></ChangeType>\
         <ChatId><![CDATA[{chat_id}]]></ChatId><UpdateDetail><![CDATA[change_name]]></UpdateDetail>\
         <Number>{number}</Number></xml>"
    )
}

fn float(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}
