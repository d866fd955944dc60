//! What WeCom tells on its own: events, stored before they are answered, then applied to the mirror.
//!
//! WeCom waits 5 s for an answer and promises neither order nor delivery (page 90930), so an event says
//! where to look and seldom what is there: its thing is put in the queue of [`crate::refresh`], and what
//! is lost is found by the next synchronisation. Only members who came into or left a group whose version
//! the event follows on are written at once. An event that nobody knows is stored and counted, and no
//! error.

mod apply;
mod inbox;
mod receiver;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use sha2::{Digest as _, Sha256};
use store::{Session, Tx, Value, params};
use wecom::callback::{self, Notice, Refusal, Signed};

use crate::{
    CorpId, Error, Scrm,
    refresh::{SETTLE_MS, Thing},
};
pub use apply::tick;
pub use inbox::{Inbox, NotStored};
pub use receiver::{ReceiverKeys, ReceiverKind, ReceiverStatus, put_receiver, receivers};

/// A delivery whose timestamp is further than this from our clock is refused. Digests are kept longer, so
/// that an old delivery cannot be played again.
pub const TIME_WINDOW_MS: i64 = 3_600_000;
/// An echo that begins so is our own: it is answered, and not taken for WeCom's, whose echoes are digits.
pub const PROBE: &str = "siyu-probe-";
/// Events that were applied are kept so long.
const KEPT_MS: i64 = 3 * 24 * 3_600_000;

/// Where WeCom finds a company's receiver, below the public address.
pub fn path(wecom_corp_id: &str, kind: ReceiverKind) -> String {
    format!("/wecom/callback/{wecom_corp_id}/{}", kind.name())
}

/// Why a delivery was not taken. Texts hold nothing of what came.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such company, or it has no keys for this address.
    #[error("no callback is set up at this address")]
    NoReceiver,
    /// Signed too long ago, or for the future.
    #[error("the timestamp is too far from this server's time")]
    Stale,
    /// Wrongly signed, malformed, or for somebody else.
    #[error("{0}")]
    Bad(#[from] Refusal),
    /// It is right, but could not be stored: WeCom shall send it again.
    #[error("{0}")]
    NotStored(#[from] NotStored),
    /// The database failed.
    #[error("{0}")]
    Failed(#[from] Error),
}

/// How many events of one name came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// WeCom's name of the event, with its change type.
    pub name: String,
    /// Repeated deliveries not counted.
    pub n_received: i64,
    /// When the last one came.
    pub last_received_at_ms: i64,
}

/// WeCom's console verifies the address, or we try it with a [`PROBE`]: the text to answer with.
pub async fn verify(
    scrm: &Scrm,
    wecom_corp_id: &str,
    kind: ReceiverKind,
    signed: &Signed<'_>,
    echostr: &str,
) -> Result<String, Refused> {
    let found = receiver::find(scrm, wecom_corp_id, kind).await?.ok_or(Refused::NoReceiver)?;
    let echo = callback::verify_url(&found.receiver, signed, echostr)?;
    in_time(scrm, signed)?;
    // Digits, in truth. An event sent here as an echo must not be read out.
    let is_sign = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'_');
    if echo.len() > 128 || !echo.bytes().all(is_sign) {
        return Err(Refusal::Malformed("no echo of a verification").into());
    }
    if echo.starts_with(PROBE) {
        return Ok(echo);
    }
    let mut tx = scrm.db.begin().await.map_err(Error::from)?;
    let values = params![found.corp, kind.number(), scrm.clock.now_ms()];
    tx.execute(&sql::VERIFIED, &values).await.map_err(Error::from)?;
    tx.commit().await.map_err(Error::from)?;
    Ok(echo)
}

/// Takes a delivery: returns when its event is committed, or was known.
pub async fn receive(
    scrm: &Scrm,
    wecom_corp_id: &str,
    kind: ReceiverKind,
    signed: &Signed<'_>,
    body: &[u8],
) -> Result<(), Refused> {
    let found = receiver::find(scrm, wecom_corp_id, kind).await?.ok_or(Refused::NoReceiver)?;
    let plaintext = callback::open(&found.receiver, signed, body)?;
    in_time(scrm, signed)?;
    let notice = callback::read(&plaintext)?;
    let thing = apply::thing(&notice.event);
    let event = inbox::Received {
        corp: found.corp,
        kind,
        digest: Sha256::digest(&plaintext).into(),
        thing: thing.map_or_else(String::new, |thing| thing.to_string()),
        name: name(&notice),
        plaintext,
        received_at_ms: scrm.clock.now_ms(),
    };
    Ok(scrm.inbox.store(scrm, event).await?)
}

/// What signs and encrypts for an address, to try it out; nothing when its keys are not stored.
pub async fn receiver(
    scrm: &Scrm,
    wecom_corp_id: &str,
    kind: ReceiverKind,
) -> Result<Option<callback::Receiver>, Error> {
    Ok(receiver::find(scrm, wecom_corp_id, kind).await?.map(|found| found.receiver))
}

/// How many events of which name a company has had.
pub async fn counts(session: &mut Session, corp: CorpId) -> Result<Vec<Count>, Error> {
    let counts = session
        .query(&sql::COUNTS, &params![corp], |row| {
            Ok(Count {
                name: row.get(0)?,
                n_received: row.get(1)?,
                last_received_at_ms: row.get(2)?,
            })
        })
        .await?;
    Ok(counts)
}

/// Those of the things of which an event tells more than WeCom did when it was asked at `asked_at_ms`: it
/// came later, or so shortly before that WeCom's data may have lagged behind it.
pub(crate) async fn told_since(
    tx: &mut Tx,
    corp: CorpId,
    things: &[Thing],
    asked_at_ms: i64,
) -> Result<Vec<Thing>, Error> {
    let since_ms = asked_at_ms - 2 * SETTLE_MS;
    let names: Vec<String> = things.iter().map(Thing::to_string).collect();
    let list: Vec<Value<'_>> = names.iter().map(Value::from).collect();
    let told = tx
        .query_list(&sql::TOLD_SINCE, &params![corp, since_ms], &list, |row| row.get::<String>(0))
        .await?;
    Ok(told.iter().filter_map(|name| Thing::parse(name)).collect())
}

/// Removes events that were applied long ago, some at a time.
pub async fn forget_old(scrm: &Scrm, corp: CorpId) -> Result<(), Error> {
    const AT_ONCE: i64 = 500;
    let before_ms = scrm.clock.now_ms() - KEPT_MS;
    let mut after = 0;
    loop {
        let mut reader = scrm.db.reader().await?;
        let oldest = reader
            .query(&sql::OLDEST, &params![corp, after, AT_ONCE], |row| {
                Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<Option<i64>>(2)?))
            })
            .await?;
        drop(reader);
        let Some(&(last, ..)) = oldest.last() else { return Ok(()) };
        let is_old = |received_at_ms: &i64| *received_at_ms < before_ms;
        let old: Vec<Value<'_>> = oldest
            .iter()
            .filter(|(_, received_at_ms, done_at_ms)| {
                is_old(received_at_ms) && done_at_ms.is_some()
            })
            .map(|(event_no, ..)| (*event_no).into())
            .collect();
        let mut tx = scrm.db.begin().await?;
        tx.execute_list(&sql::FORGET, &params![corp], &old).await?;
        tx.commit().await?;
        // They came in the order of their numbers: those after a young one are younger.
        if oldest.iter().any(|(_, received_at_ms, _)| !is_old(received_at_ms)) {
            return Ok(());
        }
        after = last;
    }
}

fn in_time(scrm: &Scrm, signed: &Signed<'_>) -> Result<(), Refused> {
    let sent_at_ms = signed.timestamp.parse::<i64>().ok().and_then(|s| s.checked_mul(1_000));
    let sent_at_ms = sent_at_ms.ok_or(Refused::Stale)?;
    let is_near = scrm.clock.now_ms().abs_diff(sent_at_ms) <= TIME_WINDOW_MS.unsigned_abs();
    if is_near { Ok(()) } else { Err(Refused::Stale) }
}

/// Under which an event is counted; a message to the app counts as its kind.
fn name(notice: &Notice) -> String {
    apply::name(&notice.event, &notice.msg_type)
}
