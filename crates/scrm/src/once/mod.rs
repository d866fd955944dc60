//! Calls that make something and may be repeated: under the caller's key, the same call is carried out once
//! within 24 hours and gives the same answer each time.

pub(crate) mod sql;

use store::{Session, Tx, params};

use crate::{CorpId, Error, PublicId, Scrm};

/// How long a key is remembered.
const REMEMBERED_MS: i64 = 24 * 3_600_000;

/// A call that is to be carried out once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The program that calls.
    pub app_no: i64,
    /// What it calls, since a key belongs to one call.
    pub call: &'static str,
    /// The caller's key.
    pub key: String,
    /// Of what was asked for: with another request, the key is a mistake.
    pub digest: [u8; 32],
}

/// What the call made before: the first thing to ask, so that a repetition is answered whatever has changed
/// since. Whoever makes something asks again in its transaction, since the same call may come twice at the same
/// time. [`Error::Conflict`] when something else was asked for then.
pub async fn made_before(
    scrm: &Scrm,
    corp: CorpId,
    once: &Once,
) -> Result<Option<PublicId>, Error> {
    made(&mut *scrm.db.reader().await?, scrm, corp, once).await
}

/// [`made_before`] within a session.
pub(crate) async fn made(
    session: &mut Session,
    scrm: &Scrm,
    corp: CorpId,
    once: &Once,
) -> Result<Option<PublicId>, Error> {
    let since_ms = scrm.clock.now_ms() - REMEMBERED_MS;
    let values = params![corp, once.app_no, once.call, &once.key, since_ms];
    let read = |row: &store::Row<'_>| Ok((row.get::<Vec<u8>>(0)?, row.get::<String>(1)?));
    match session.query_opt(&sql::FIND, &values, read).await? {
        None => Ok(None),
        Some((digest, answer)) if digest == once.digest => match PublicId::parse(&answer) {
            Some(made) => Ok(Some(made)),
            None => Err(Error::Damaged("an answer that was kept".to_owned())),
        },
        Some(_) => Err(Error::Conflict(format!(
            "idempotencyKey {:?} was used for another request within the last 24 hours",
            once.key
        ))),
    }
}

/// Remembers what is made, in the transaction that makes it.
pub(crate) async fn remember(
    tx: &mut Tx,
    scrm: &Scrm,
    corp: CorpId,
    once: &Once,
    made: &PublicId,
) -> Result<(), Error> {
    let now_ms = scrm.clock.now_ms();
    let answer = made.to_string();
    let values = params![corp, once.app_no, once.call, &once.key, &once.digest, &answer, now_ms];
    tx.execute_rows(&sql::PUT, &values).await?;
    Ok(())
}

/// Forgets keys that are older than a day.
pub async fn forget_old(scrm: &Scrm, corp: CorpId) -> Result<(), Error> {
    let before_ms = scrm.clock.now_ms() - REMEMBERED_MS;
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::FORGET, &params![corp, before_ms]).await?;
    Ok(tx.commit().await?)
}
