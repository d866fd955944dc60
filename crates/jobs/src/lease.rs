//! Leases: a piece of work belongs to one holder until a moment, renewed while it goes on.

use store::{Db, Error, params, statements};

statements! {
    TAKE = "INSERT INTO job_leases (name, holder, until_ms)
        VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET holder = $2, until_ms = $3
        WHERE job_leases.until_ms <= $4 OR job_leases.holder = $2";
    HELD = "SELECT holder FROM job_leases WHERE name = $1 AND until_ms > $2";
    GIVE_BACK = "DELETE FROM job_leases WHERE name = $1 AND holder = $2";
}

/// Takes or renews the lease `name` for `for_ms`; false while another holder has it.
pub async fn take(
    db: &Db,
    name: &str,
    holder: &str,
    now_ms: i64,
    for_ms: i64,
) -> Result<bool, Error> {
    let mut tx = db.begin().await?;
    let n = tx.execute(&TAKE, &params![name, holder, now_ms + for_ms, now_ms]).await?;
    tx.commit().await?;
    Ok(n == 1)
}

/// Whether anybody holds the lease `name`.
pub async fn is_held(db: &Db, name: &str, now_ms: i64) -> Result<bool, Error> {
    let mut reader = db.reader().await?;
    Ok(reader.query_opt(&HELD, &params![name, now_ms], |_| Ok(())).await?.is_some())
}

/// Gives a lease back before its time; nothing happens when another holder has it.
pub async fn give_back(db: &Db, name: &str, holder: &str) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    tx.execute(&GIVE_BACK, &params![name, holder]).await?;
    tx.commit().await
}

#[cfg(test)]
pub(crate) mod tests {
    use store::{Migration, on_both, testing::TestDb};

    use super::*;

    pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
        version: 1,
        name: "leases",
        sqlite: "CREATE TABLE job_leases (name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, \
                 until_ms INTEGER NOT NULL) STRICT;",
        postgres: "CREATE TABLE job_leases (name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, \
                   until_ms BIGINT NOT NULL);",
    }];

    on_both! { MIGRATIONS,
        async fn a_lease_has_one_holder_until_it_runs_out_or_is_given_back(test: &TestDb) {
            let db = &test.db;
            assert!(take(db, "sync", "a", 1_000, 500).await.unwrap());
            assert!(!take(db, "sync", "b", 1_499, 500).await.unwrap());
            assert!(take(db, "other", "b", 1_499, 500).await.unwrap());
            assert!(take(db, "sync", "a", 1_499, 500).await.unwrap(), "its holder may renew it");
            assert!(!take(db, "sync", "b", 1_500, 500).await.unwrap());
            assert!(is_held(db, "sync", 1_998).await.unwrap());
            assert!(!is_held(db, "sync", 1_999).await.unwrap());
            assert!(take(db, "sync", "b", 1_999, 500).await.unwrap());
            give_back(db, "sync", "a").await.unwrap();
            assert!(!take(db, "sync", "a", 2_000, 500).await.unwrap(), "b holds it now");
            give_back(db, "sync", "b").await.unwrap();
            assert!(take(db, "sync", "a", 2_000, 500).await.unwrap());
        }

        async fn of_two_who_ask_at_once_one_gets_the_lease(test: &TestDb) {
            let db = &test.db;
            let (a, b) = tokio::join!(take(db, "x", "a", 0, 9), take(db, "x", "b", 0, 9));
            assert!(a.unwrap() != b.unwrap());
        }
    }
}
