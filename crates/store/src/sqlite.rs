//! SQLite: one writer, a few readers, statements run where they are called.
//!
//! A statement takes microseconds, so it runs on the calling thread: handing it to another costs more
//! than the statement. The writer is behind an async lock, so that nobody waits inside SQLite.

use std::{
    ops::Deref,
    path::Path,
    sync::{Arc, Mutex as StdMutex},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig, types::ToSqlOutput};
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::{Error, Row, Value, db::Options, row::RowOf};

pub(crate) struct Sqlite {
    writer: Arc<Mutex<Connection>>,
    idle_readers: Arc<StdMutex<Vec<Connection>>>,
    free_readers: Arc<Semaphore>,
    busy_wait_ms: u64,
}

/// Pages that a reader keeps: the inner ones of large tables and many of the leaves. As many readers fill theirs as
/// work at the same time, which are few, since the one that was used last is taken first. Negative: in KiB.
const READER_CACHE_KIB: i64 = -32_000;

/// A connection on loan: given back when dropped.
pub(crate) enum Loan {
    Writer(OwnedMutexGuard<Connection>),
    Reader {
        connection: Option<Connection>,
        home: Arc<StdMutex<Vec<Connection>>>,
        _permit: OwnedSemaphorePermit,
    },
}

impl Sqlite {
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        let writer = connect(path)?;
        let readers = (0..options.n_connections.max(1))
            .map(|_| {
                let reader = connect(path)?;
                reader.pragma_update(None, "cache_size", READER_CACHE_KIB)?;
                reader.pragma_update(None, "query_only", true)?;
                Ok(reader)
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Self {
            writer: Arc::new(Mutex::new(writer)),
            free_readers: Arc::new(Semaphore::new(readers.len())),
            idle_readers: Arc::new(StdMutex::new(readers)),
            busy_wait_ms: options.busy_wait_ms,
        })
    }

    /// A reader inside a transaction: it sees one state of the database, and takes SQLite's file locks once
    /// instead of with every statement.
    pub(crate) async fn reader(&self) -> Result<Loan, Error> {
        let permit = self.free_readers.clone().acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        let connection = self.idle_readers.lock().expect("no panic while held").pop();
        let loan = Loan::Reader {
            connection: Some(connection.expect("a permit stands for an idle reader")),
            home: self.idle_readers.clone(),
            _permit: permit,
        };
        execute(&loan, "BEGIN", &[])?;
        Ok(loan)
    }

    /// The writer inside a transaction. Another *process* may hold the database (a second `siyu`
    /// command), hence the bounded wait.
    pub(crate) async fn begin(&self) -> Result<Loan, Error> {
        const PAUSE_MS: u64 = 20;
        let writer = self.writer.clone().lock_owned().await;
        let mut waited_ms = 0;
        loop {
            match writer.execute_batch("BEGIN IMMEDIATE").map_err(Error::from) {
                Ok(()) => return Ok(Loan::Writer(writer)),
                Err(Error::Busy) if waited_ms < self.busy_wait_ms => {
                    tokio::time::sleep(Duration::from_millis(PAUSE_MS)).await;
                    waited_ms += PAUSE_MS;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // Two processes may open a new file at the same moment; the wait covers the switch to WAL.
    connection.busy_timeout(Duration::from_secs(2))?;
    // FULL: what was committed before WeCom is called must outlive a power cut (the outbox).
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 67108864;",
    )?;
    connection.busy_timeout(Duration::ZERO)?;
    // Otherwise SQLite plans a statement anew whenever a value of a LIKE or a range changes: measured, that
    // was four fifths of the time of a list request.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

impl Deref for Loan {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Writer(guard) => guard,
            Self::Reader { connection, .. } => {
                connection.as_ref().expect("taken only when dropped")
            }
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        match self {
            Self::Writer(connection) if !connection.is_autocommit() => {
                // Without a rollback the next writer would find itself inside this transaction.
                connection.execute_batch("ROLLBACK").ok();
            }
            Self::Writer(_) => {}
            Self::Reader { connection, home, .. } => {
                let connection = connection.take().expect("taken only here");
                if !connection.is_autocommit() {
                    execute(&connection, "COMMIT", &[]).ok();
                }
                home.lock().expect("no panic while held").push(connection);
            }
        }
    }
}

pub(crate) fn query<T>(
    connection: &Connection,
    text: &str,
    params: &[Value<'_>],
    map: &mut impl FnMut(&Row<'_>) -> Result<T, Error>,
    found: &mut Vec<T>,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(text)?;
    bind(&mut statement, params)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        found.push(map(&Row(RowOf::Sqlite(row)))?);
    }
    Ok(())
}

pub(crate) fn execute(
    connection: &Connection,
    text: &str,
    params: &[Value<'_>],
) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(text)?;
    bind(&mut statement, params)?;
    let n_changed = statement.raw_execute().map_err(|error| with_index_name(connection, error))?;
    Ok(u64::try_from(n_changed).expect("a count fits"))
}

/// SQLite names the columns of a broken unique key; its index's name is looked up, as PostgreSQL gives it.
fn with_index_name(connection: &Connection, error: rusqlite::Error) -> Error {
    let columns = match &error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => {
            text.strip_prefix("UNIQUE constraint failed: ").map(str::to_owned)
        }
        _ => None,
    };
    let Some(columns) = columns else { return error.into() };
    let table = columns.split_once('.').map_or("", |(table, _)| table);
    let named = connection
        .prepare(INDEX_BY_COLUMNS)
        .and_then(|mut statement| {
            let mut rows = statement.query_map([table, &columns], |row| row.get::<_, String>(0))?;
            rows.next().transpose()
        })
        .ok()
        .flatten();
    Error::UniqueViolation { constraint: named.unwrap_or_else(|| format!("{table}_pkey")) }
}

/// The unique index, not that of a primary key, whose columns read "table.a, table.b".
const INDEX_BY_COLUMNS: &str = "SELECT list.name \
     FROM pragma_index_list(?1) AS list \
     WHERE list.\"unique\" = 1 AND list.origin = 'c' AND ?2 = (\
       SELECT group_concat(?1 || '.' || info.name, ', ') \
       FROM (SELECT name FROM pragma_index_info(list.name) ORDER BY seqno) AS info)";

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value<'_>]) -> Result<(), Error> {
    let n_expected = statement.parameter_count();
    if params.len() != n_expected {
        return Err(rusqlite::Error::InvalidParameterCount(params.len(), n_expected).into());
    }
    // Texts use `?1`, `?2` …: the place is the number (see Statement::text).
    for (index, value) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    Ok(())
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        use rusqlite::types::ValueRef;
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(value),
            Value::Bool(value) => ValueRef::Integer(i64::from(value)),
            Value::Real(value) => ValueRef::Real(value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}
