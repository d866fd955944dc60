//! The database as the program holds it: opened once, cloned freely.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{Error, Reader, Tx, postgres, session::Session, sqlite::Sqlite};

/// A database, cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Engine,
    n_statements: Arc<AtomicU64>,
}

pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(deadpool_postgres::Pool),
}

/// Which of the two databases it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The file inside the data folder.
    Sqlite,
    /// A server.
    Postgres,
}

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections on PostgreSQL; connections that read on SQLite, which has one more that writes.
    pub n_connections: usize,
    /// How long to wait for a database that another process holds, or for a free connection.
    pub busy_wait_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { n_connections: 8, busy_wait_ms: 5_000 }
    }
}

impl Db {
    /// Opens `postgres://…` or `sqlite:PATH`, which is made when missing (its folder is not).
    ///
    /// PostgreSQL is connected to when first used, over an unencrypted line. Errors:
    /// [`Error::BadAddress`], and for SQLite whatever opening the file gives.
    pub fn open(address: &str, options: &Options) -> Result<Self, Error> {
        let engine = if let Some(path) = address.strip_prefix("sqlite:") {
            Engine::Sqlite(Sqlite::open(&PathBuf::from(path), options)?)
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            Engine::Postgres(postgres::open(address, options)?)
        } else {
            return Err(Error::BadAddress("must begin with sqlite: or postgres://".to_owned()));
        };
        Ok(Self(Arc::new(Inner { engine, n_statements: Arc::default() })))
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self.0.engine {
            Engine::Sqlite(_) => Backend::Sqlite,
            Engine::Postgres(_) => Backend::Postgres,
        }
    }

    /// A connection to read from, until it is dropped. On SQLite all its statements see the state of the
    /// first one; on PostgreSQL each sees the newest. Drop it before writing what it read.
    pub async fn reader(&self) -> Result<Reader, Error> {
        let session = match &self.0.engine {
            Engine::Sqlite(sqlite) => Session::sqlite(sqlite.reader().await?, self.counter()),
            Engine::Postgres(pool) => {
                Session::postgres(postgres::client(pool).await?, self.counter())
            }
        };
        Ok(Reader::new(session))
    }

    /// Begins a transaction, which is rolled back unless it is committed. On SQLite there is one at a
    /// time; on PostgreSQL it is READ COMMITTED. [`Error::Busy`] after the configured wait.
    pub async fn begin(&self) -> Result<Tx, Error> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => {
                Ok(Tx::new(Session::sqlite(sqlite.begin().await?, self.counter())))
            }
            Engine::Postgres(pool) => {
                let client = postgres::client(pool).await?;
                // The Tx stands before its BEGIN is sent, so that a caller that goes away meanwhile
                // leaves no open transaction in the pool.
                let mut tx = Tx::new(Session::postgres(client, self.counter()));
                tx.run_script("BEGIN").await?;
                Ok(tx)
            }
        }
    }

    /// Statements run so far through this database, for tests that count them.
    pub fn n_statements(&self) -> u64 {
        self.0.n_statements.load(Ordering::Relaxed)
    }

    fn counter(&self) -> Arc<AtomicU64> {
        self.0.n_statements.clone()
    }
}
