//! Databases for tests: SQLite in a temporary folder, PostgreSQL in a schema of its own.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Db, Migration, Options, migrate};

/// A database that lasts as long as this value.
pub struct TestDb {
    /// The database, migrated.
    pub db: Db,
    /// Its address, for a second connection or another process.
    pub address: String,
    _folder: Option<tempfile::TempDir>,
}

/// A new SQLite database in a temporary folder.
pub async fn sqlite(migrations: &[Migration]) -> TestDb {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let address = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::open(&address, &Options::default()).expect("a new file can be opened");
    migrate(&db, migrations, 0).await.expect("the migrations apply to SQLite");
    TestDb { db, address, _folder: Some(folder) }
}

/// A new schema in the PostgreSQL server that `DATABASE_URL` names.
///
/// Without that variable it fails rather than passing over the test: `make test` starts a server.
pub async fn postgres(migrations: &[Migration]) -> TestDb {
    static N_MADE: AtomicU64 = AtomicU64::new(0);
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let server = std::env::var("DATABASE_URL").expect(
        "DATABASE_URL names a PostgreSQL server (run `make test`, which starts one, \
         or leave these tests out with `cargo test sqlite`)",
    );
    let schema = format!("test_{}_{}", std::process::id(), N_MADE.fetch_add(1, Ordering::Relaxed));
    let options = Options { n_connections: 8, ..Options::default() };
    let admin = Db::open(&server, &options).expect("DATABASE_URL is an address");
    let mut tx = admin.begin().await.expect("the server of DATABASE_URL answers");
    let script = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema};");
    tx.run_script(&script).await.expect("a schema can be made");
    tx.commit().await.expect("a schema can be made");
    let separator = if server.contains('?') { '&' } else { '?' };
    let address = format!("{server}{separator}options=-csearch_path%3D{schema}");
    let db = Db::open(&address, &options).expect("the address with a search path is an address");
    migrate(&db, migrations, 0).await.expect("the migrations apply to PostgreSQL");
    TestDb { db, address, _folder: None }
}

/// Writes a test once and runs it on both databases, as `NAME::sqlite` and `NAME::postgres`.
///
/// ```text
/// store::on_both! { MIGRATIONS,
///     async fn a_row_is_found(test: &store::testing::TestDb) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($migrations:expr, $($(#[$attribute:meta])* async fn $name:ident($test:ident: $type:ty) $body:block)*) => {$(
        mod $name {
            use super::*;

            #[tokio::test]
            async fn sqlite() {
                run(&$crate::testing::sqlite($migrations).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                run(&$crate::testing::postgres($migrations).await).await;
            }

            $(#[$attribute])*
            async fn run($test: $type) $body
        }
    )*};
}
