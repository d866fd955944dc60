//! Work that needs a lease as long as it goes on.

use std::time::Duration;

use ambient::Clock;
use store::{Db, Error};

use crate::{give_back, take};

/// How work under a lease ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held<T> {
    /// It was done.
    Done(T),
    /// It was not begun: another holder has the lease.
    Busy,
    /// It was dropped where it waited: the lease went to another holder.
    Lost,
}

/// Does `work` under the lease `name`, which is renewed every quarter of `for_ms` and given back at the end.
pub async fn hold<T>(
    db: &Db,
    clock: &Clock,
    name: &str,
    holder: &str,
    for_ms: i64,
    work: impl Future<Output = T>,
) -> Result<Held<T>, Error> {
    if !take(db, name, holder, clock.now_ms(), for_ms).await? {
        return Ok(Held::Busy);
    }
    let outcome = tokio::select! {
        outcome = work => outcome,
        lost = lost(db, clock, name, holder, for_ms) => return lost.map(|()| Held::Lost),
    };
    give_back(db, name, holder).await?;
    Ok(Held::Done(outcome))
}

/// Renews the lease; returns only when it cannot.
async fn lost(db: &Db, clock: &Clock, name: &str, holder: &str, for_ms: i64) -> Result<(), Error> {
    loop {
        tokio::time::sleep(Duration::from_millis(for_ms.unsigned_abs() / 4)).await;
        match take(db, name, holder, clock.now_ms(), for_ms).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            // Busy for a moment: there is time for three more tries.
            Err(error) if error.is_temporary() => {}
            Err(error) => return Err(error),
        }
    }
}
