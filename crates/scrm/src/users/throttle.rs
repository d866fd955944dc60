//! Guessing passwords is slow: after some failures each further try has to wait, by login and by address. A try
//! counts when it begins, so that many at once are not one.

use store::params;

use super::sql;
use crate::{Error, Scrm};

/// Tries that need not wait: for one login, and from one address.
const FREE_BY_LOGIN: i64 = 5;
const FREE_BY_ADDRESS: i64 = 30;
/// The longest wait between two tries.
const MAX_WAIT_MS: i64 = 15 * 60_000;
/// Failures are forgotten after a pause this long.
const FORGOTTEN_MS: i64 = 3_600_000;

/// A try that has begun.
pub(super) struct Try {
    login: Option<String>,
    address: String,
}

/// Begins one; or how long to wait, in ms.
pub(super) async fn begin(
    scrm: &Scrm,
    login: &str,
    address: &str,
) -> Result<Result<Try, i64>, Error> {
    count(
        scrm,
        Try { login: Some(format!("login {login}")), address: format!("address {address}") },
    )
    .await
}

/// Begins one of which is not known yet whose it is; or how long to wait, in ms.
pub(super) async fn begin_by_address(
    scrm: &Scrm,
    address: &str,
) -> Result<Result<Try, i64>, Error> {
    count(scrm, Try { login: None, address: format!("address {address}") }).await
}

async fn count(scrm: &Scrm, begun: Try) -> Result<Result<Try, i64>, Error> {
    let now_ms = scrm.clock.now_ms();
    let by_login = begun.login.iter().map(|login| (login, FREE_BY_LOGIN));
    let subjects = by_login.chain([(&begun.address, FREE_BY_ADDRESS)]);
    let mut tx = scrm.db.begin().await?;
    for (subject, n_free) in subjects.clone() {
        let read = |row: &store::Row<'_>| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?));
        let known = tx.query_opt(&sql::FAILURES, &params![subject], read).await?;
        let Some((n_failures, last_at_ms)) = known else { continue };
        let wait_ms = last_at_ms + wait_ms(n_failures - n_free) - now_ms;
        if wait_ms > 0 {
            return Ok(Err(wait_ms));
        }
    }
    for (subject, _) in subjects {
        let values = params![subject, now_ms, now_ms - FORGOTTEN_MS];
        tx.execute(&sql::COUNT_FAILURE, &values).await?;
    }
    tx.commit().await?;
    Ok(Ok(begun))
}

impl Try {
    /// It neither failed nor succeeded: failures before it go on to count.
    pub(super) async fn is_undecided(&self, tx: &mut store::Tx) -> Result<(), Error> {
        for subject in self.login.iter().chain([&self.address]) {
            tx.execute(&sql::TAKE_BACK_FAILURE, &params![subject]).await?;
        }
        Ok(())
    }

    /// It was no failure.
    pub(super) async fn succeeded(&self, tx: &mut store::Tx) -> Result<(), Error> {
        if let Some(login) = &self.login {
            tx.execute(&sql::FORGET_FAILURES, &params![login]).await?;
        }
        tx.execute(&sql::TAKE_BACK_FAILURE, &params![&self.address]).await?;
        Ok(())
    }
}

/// 1, 2, 4 … seconds.
fn wait_ms(n_too_many: i64) -> i64 {
    match u32::try_from(n_too_many) {
        Ok(n) => 1_000_i64.checked_shl(n.min(40)).map_or(MAX_WAIT_MS, |ms| ms.min(MAX_WAIT_MS)),
        Err(_) => 0,
    }
}

/// Forgets old failures.
pub(super) async fn forget_old(scrm: &Scrm) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    let before_ms = scrm.clock.now_ms() - FORGOTTEN_MS;
    tx.execute(&sql::FORGET_OLD_FAILURES, &params![before_ms]).await?;
    Ok(tx.commit().await?)
}
