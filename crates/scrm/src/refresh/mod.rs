//! Things that are to be read from WeCom anew, because an event said that they changed or because the
//! synchronisation could not read them.
//!
//! A thing stands in the queue once, however many events it had. What WeCom tells about a thing may lag
//! behind the event by some seconds (page 92130), so it is read [`SETTLE_MS`] after the event; an event
//! that comes while it is read has it read once more. What cannot be read is tried again with growing
//! pauses and then left to the next synchronisation.

pub(crate) mod sql;
#[cfg(test)]
mod tests;
mod thing;

use futures_util::{StreamExt as _, stream};
use jobs::Held;
use store::{Tx, Value, params};
use tracing::warn;

use crate::{CorpId, Error, Scrm, corps, customers, groups, org, sync, tags};
pub(crate) use thing::Thing;

/// An event's thing is read so long after it: WeCom's data may lag by two seconds, and two changes within one
/// second, the length of time that events tell, may read the same and be one event.
pub const SETTLE_MS: i64 = 3_500;
/// A group whose member list was continued from an event, which holds ids alone, is read in full so long
/// after.
pub const DETAILS_MS: i64 = 60_000;
/// Things read in one go.
const PER_TICK: i64 = 40;
/// After a first failure; it doubles.
const PAUSE_MS: i64 = 5_000;
/// When WeCom refuses everything.
const REFUSED_PAUSE_MS: i64 = 60_000;
/// Failures until it is left to the synchronisation: about ten minutes.
const MOST_ATTEMPTS: i64 = 8;

/// What became of reading a thing.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The mirror has what WeCom says.
    Done,
    /// WeCom's answer may not be its last word: to be asked again after this time.
    AskAgain(i64),
}

/// Asks for things to be read at `at_ms` or soon after.
pub(crate) async fn want(
    tx: &mut Tx,
    corp: CorpId,
    things: impl IntoIterator<Item = &Thing>,
    at_ms: i64,
) -> Result<(), Error> {
    let names: std::collections::BTreeSet<String> =
        things.into_iter().map(Thing::to_string).collect();
    let values: Vec<Value<'_>> =
        names.iter().flat_map(|name| params![corp, name, at_ms, at_ms, 0_i64]).collect();
    tx.execute_rows(&sql::WANT, &values).await?;
    Ok(())
}

/// How many things are waiting.
pub async fn n_waiting(scrm: &Scrm, corp: CorpId) -> Result<i64, Error> {
    let mut reader = scrm.db.reader().await?;
    let counted = reader.query_opt(&sql::COUNT, &params![corp], |row| row.get(0)).await?;
    Ok(counted.unwrap_or(0))
}

/// Reads what is due, one process at a time; true when more may be due. `holder` names this process.
pub async fn tick(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<bool, Error> {
    if due(scrm, corp, 1).await?.is_empty() {
        return Ok(false);
    }
    let work = async {
        let due = due(scrm, corp, PER_TICK).await?;
        let client = corps::client(scrm, corp).await?;
        let n_due = due.len();
        let (groups, others): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|(thing, _)| matches!(thing, Thing::Group(_)));
        some_groups(scrm, corp, &client, groups).await?;
        let mut read = stream::iter(others)
            .map(|(thing, n_attempts)| one(scrm, corp, &client, thing, n_attempts))
            .buffer_unordered(sync::N_AT_ONCE);
        while let Some(outcome) = read.next().await {
            outcome?;
        }
        Ok(n_due > 0)
    };
    let lease = format!("refreshes of company {corp}");
    match jobs::hold(&scrm.db, &scrm.clock, &lease, holder, scrm.rules.lease_ms, work).await? {
        Held::Done(outcome) => outcome,
        Held::Busy | Held::Lost => Ok(false),
    }
}

/// (thing, failures so far)
async fn due(scrm: &Scrm, corp: CorpId, limit: i64) -> Result<Vec<(Thing, i64)>, Error> {
    let mut reader = scrm.db.reader().await?;
    let now_ms = scrm.clock.now_ms();
    let rows = reader
        .query(&sql::DUE, &params![corp, now_ms, limit], |row| {
            Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
        })
        .await?;
    rows.into_iter()
        .map(|(name, n_attempts)| {
            let thing = Thing::parse(&name)
                .ok_or_else(|| Error::Damaged(format!("{name:?} is nothing to be read anew")))?;
            Ok((thing, n_attempts))
        })
        .collect()
}

/// Reads some groups and writes them in one transaction: after a storm of events they are many.
async fn some_groups(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    groups: Vec<(Thing, i64)>,
) -> Result<(), Error> {
    let began_at_ms = scrm.clock.now_ms();
    let chat_id = |thing: &Thing| match thing {
        Thing::Group(chat_id) => Some(chat_id.clone()),
        _ => None,
    };
    let chat_ids: Vec<String> = groups.iter().filter_map(|(thing, _)| chat_id(thing)).collect();
    if chat_ids.is_empty() {
        return Ok(());
    }
    let (mut tx, mut failed) = match groups::refresh(scrm, corp, client, &chat_ids).await {
        Ok(read) => read,
        // One of them cannot be written: the others are not to wait for it.
        Err(error) => {
            warn!(corp.id = %corp, %error, "groups cannot be written together");
            for (thing, n_attempts) in groups {
                one(scrm, corp, client, thing, n_attempts).await?;
            }
            return Ok(());
        }
    };
    let mut unread = Vec::new();
    for (thing, n_attempts) in groups {
        match chat_id(&thing).and_then(|chat_id| failed.remove(&chat_id)) {
            Some(error) => unread.push((thing, n_attempts, error)),
            None => take_out(&mut tx, corp, &thing.to_string(), began_at_ms).await?,
        }
    }
    tx.commit().await?;
    for (thing, n_attempts, error) in unread {
        settle(scrm, corp, &thing, n_attempts, began_at_ms, Err(error.into())).await?;
    }
    Ok(())
}

/// Reads one thing and settles its place in the queue.
async fn one(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    thing: Thing,
    n_attempts: i64,
) -> Result<(), Error> {
    let began_at_ms = scrm.clock.now_ms();
    let outcome = read(scrm, corp, client, &thing, n_attempts).await;
    settle(scrm, corp, &thing, n_attempts, began_at_ms, outcome).await
}

/// Takes a thing out of the queue that was read, and puts off one that was not.
async fn settle(
    scrm: &Scrm,
    corp: CorpId,
    thing: &Thing,
    n_attempts: i64,
    began_at_ms: i64,
    outcome: Result<Outcome, Error>,
) -> Result<(), Error> {
    let name = thing.to_string();
    let mut tx = scrm.db.begin().await?;
    let (pause_ms, n_attempts, problem) = match outcome {
        Ok(Outcome::Done) => {
            take_out(&mut tx, corp, &name, began_at_ms).await?;
            return Ok(tx.commit().await?);
        }
        Ok(Outcome::AskAgain(pause_ms)) => (pause_ms, n_attempts + 1, None),
        Err(Error::WeCom(error)) if sync::is_about_all(&error) => {
            (REFUSED_PAUSE_MS, n_attempts, Some(error.to_string()))
        }
        Err(error) if n_attempts + 1 < MOST_ATTEMPTS => {
            (PAUSE_MS << n_attempts, n_attempts + 1, Some(error.to_string()))
        }
        Err(error) => {
            warn!(corp.id = %corp, thing = name, %error, "left to the next synchronisation");
            take_out(&mut tx, corp, &name, began_at_ms).await?;
            return Ok(tx.commit().await?);
        }
    };
    let due_at_ms = scrm.clock.now_ms() + pause_ms;
    let values = params![corp, &name, due_at_ms, n_attempts, problem.as_deref()];
    tx.execute(&sql::LATER, &values).await?;
    Ok(tx.commit().await?)
}

/// Takes a thing out of the queue, unless it was told about since its reading began.
async fn take_out(tx: &mut Tx, corp: CorpId, name: &str, began_at_ms: i64) -> Result<(), Error> {
    if tx.execute(&sql::DONE, &params![corp, name, began_at_ms]).await? == 0 {
        tx.execute(&sql::AGAIN, &params![corp, name]).await?;
    }
    Ok(())
}

async fn read(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    thing: &Thing,
    n_attempts: i64,
) -> Result<Outcome, Error> {
    match thing {
        Thing::Group(chat_id) => {
            let chat_ids = std::slice::from_ref(chat_id);
            let (tx, failed) = groups::refresh(scrm, corp, client, chat_ids).await?;
            tx.commit().await?;
            if let Some(error) = failed.into_values().next() {
                return Err(error.into());
            }
        }
        Thing::Customer(id) => {
            return customers::refresh(scrm, corp, client, id, n_attempts).await;
        }
        Thing::Staff(user_id) => org::refresh_member(scrm, corp, client, user_id).await?,
        Thing::Departments => org::refresh_departments(scrm, corp, client).await?,
        Thing::FollowUsers => org::refresh_follow_users(scrm, corp, client).await?,
        Thing::CustomerTags => tags::refresh(scrm, corp, client).await?,
    }
    Ok(Outcome::Done)
}
