//! What of sending an administrator should know of.

use store::params;

use super::{reason_shown, sql};
use crate::{CorpId, Error, Scrm};

/// Messages that cannot be handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Messages that were tried several times and wait for another try.
    pub n_waiting: i64,
    /// Why one of them does, in Chinese; empty where none waits.
    pub why: String,
    /// Messages of the last 24 hours that were given up.
    pub n_given_up: i64,
}

/// How handing over goes.
pub async fn trouble(scrm: &Scrm, corp: CorpId) -> Result<Trouble, Error> {
    const DAY_MS: i64 = 86_400_000;
    let mut reader = scrm.db.reader().await?;
    let read = |row: &store::Row<'_>| Ok((row.get::<i64>(0)?, row.get::<Option<String>>(1)?));
    let waiting = reader.query_opt(&sql::TRIED_OFTEN, &params![corp], read).await?;
    let (n_waiting, why) = waiting.unwrap_or_default();
    let since = params![corp, scrm.clock.now_ms() - DAY_MS];
    let n_given_up = reader.query_opt(&sql::N_GIVEN_UP, &since, |row| row.get(0)).await?;
    Ok(Trouble {
        n_waiting,
        why: why.as_deref().map(reason_shown).unwrap_or_default(),
        n_given_up: n_given_up.unwrap_or(0),
    })
}
