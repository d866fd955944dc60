//! Versioned changes of the schema, applied in order when the program starts.

use crate::{Db, Error, Tx, params, statements};

/// One change of the schema, in both dialects.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3 … without gaps.
    pub version: i64,
    /// What it is about, as in the file's name.
    pub name: &'static str,
    /// Its script for SQLite.
    pub sqlite: &'static str,
    /// Its script for PostgreSQL.
    pub postgres: &'static str,
}

statements! {
    /// The newest change that was applied.
    NEWEST = "SELECT version FROM schema_migrations ORDER BY version DESC LIMIT 1";
    /// Notes that a change was applied.
    RECORD = "INSERT INTO schema_migrations (version, name, applied_at_ms) VALUES ($1, $2, $3)";
}

const RECORD_TABLE: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS schema_migrations \
     (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT;",
    "CREATE TABLE IF NOT EXISTS schema_migrations \
     (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at_ms BIGINT NOT NULL);",
];

/// Several nodes may start at once; one of them migrates while the others wait.
const LOCK_ON_POSTGRES: &str = "SELECT pg_advisory_xact_lock(7236834);";

/// Brings the schema to the newest version, all in one transaction; how many changes were applied.
///
/// [`Error::SchemaTooNew`] when the database knows a version that `migrations` does not have.
pub async fn migrate(db: &Db, migrations: &[Migration], now_ms: i64) -> Result<usize, Error> {
    let mut tx = db.begin().await?;
    let is_sqlite = db.backend() == crate::Backend::Sqlite;
    if !is_sqlite {
        tx.run_script(LOCK_ON_POSTGRES).await?;
    }
    tx.run_script(RECORD_TABLE[usize::from(!is_sqlite)]).await?;
    let found = newest(&mut tx).await?;
    let known = migrations.last().map_or(0, |last| last.version);
    if found > known {
        return Err(Error::SchemaTooNew { found, known });
    }
    let mut n_applied = 0;
    for migration in migrations.iter().filter(|migration| migration.version > found) {
        tx.run_script(if is_sqlite { migration.sqlite } else { migration.postgres }).await?;
        tx.execute(&RECORD, &params![migration.version, migration.name, now_ms]).await?;
        n_applied += 1;
    }
    tx.commit().await?;
    Ok(n_applied)
}

/// The version of the schema, or none where nothing was ever migrated (or the table cannot be read).
pub async fn schema_version(db: &Db) -> Result<Option<i64>, Error> {
    let mut reader = db.reader().await?;
    Ok(reader.query_opt(&NEWEST, &[], |row| row.get(0)).await.ok().flatten())
}

async fn newest(tx: &mut Tx) -> Result<i64, Error> {
    Ok(tx.query_opt(&NEWEST, &[], |row| row.get(0)).await?.unwrap_or(0))
}
