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

#[cfg(test)]
mod tests {
    use std::future::pending;

    use ambient::ManualClock;
    use store::{on_both, testing::TestDb};

    use super::*;
    use crate::{is_held, lease::tests::MIGRATIONS};

    /// Renewed every 10 ms of real time; the clock stands still unless a test moves it.
    const FOR_MS: i64 = 40;
    /// Longer than any test.
    const LONG_MS: i64 = 1_000_000;

    on_both! { MIGRATIONS,
        async fn work_is_done_under_the_lease_and_the_lease_is_given_back(test: &TestDb) {
            let (db, clock) = (&test.db, ManualClock::at(1_000));
            let work = async { (is_held(db, "sync", clock.now_ms()).await.unwrap(), 7) };
            let held = hold(db, &clock.clock(), "sync", "a", LONG_MS, work).await.unwrap();
            assert_eq!(held, Held::Done((true, 7)));
            assert!(!is_held(db, "sync", clock.now_ms()).await.unwrap());
        }

        async fn work_is_not_begun_while_another_holds_the_lease(test: &TestDb) {
            let (db, clock) = (&test.db, ManualClock::at(1_000));
            assert!(take(db, "sync", "b", clock.now_ms(), LONG_MS).await.unwrap());
            let work = async { panic!("it was begun") };
            let held = hold::<()>(db, &clock.clock(), "sync", "a", FOR_MS, work).await.unwrap();
            assert_eq!(held, Held::Busy);
            assert!(is_held(db, "sync", clock.now_ms()).await.unwrap(), "it is still b's");
        }

        async fn the_lease_is_renewed_as_long_as_the_work_goes_on(test: &TestDb) {
            let (db, clock) = (&test.db, ManualClock::at(1_000));
            let work = async {
                // Three times what it was taken for.
                for _ in 0..4 {
                    clock.advance(FOR_MS - 10);
                    while !is_held(db, "sync", clock.now_ms() + FOR_MS - 1).await.unwrap() {
                        tokio::task::yield_now().await;
                    }
                }
                take(db, "sync", "b", clock.now_ms(), FOR_MS).await.unwrap()
            };
            let held = hold(db, &clock.clock(), "sync", "a", FOR_MS, work).await.unwrap();
            assert_eq!(held, Held::Done(false), "b may not have it");
        }

        async fn work_is_dropped_when_another_has_taken_the_lease_over(test: &TestDb) {
            let (db, clock) = (&test.db, ManualClock::at(1_000));
            let work = async {
                // By b's clock the lease has run out.
                assert!(take(db, "sync", "b", clock.now_ms() + FOR_MS, LONG_MS).await.unwrap());
                pending::<()>().await;
            };
            let held = hold(db, &clock.clock(), "sync", "a", FOR_MS, work).await.unwrap();
            assert_eq!(held, Held::Lost);
            let renewed = take(db, "sync", "b", clock.now_ms(), LONG_MS).await.unwrap();
            assert!(renewed, "b's lease was not given back by a");
            assert!(!take(db, "sync", "a", clock.now_ms(), FOR_MS).await.unwrap());
        }
    }
}
