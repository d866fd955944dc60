//! What can go wrong with a database, in the kinds that a caller can act on.

/// An error of the database layer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with the same unique key exists.
    #[error("a row with the same key exists ({constraint})")]
    UniqueViolation {
        /// The unique index that refused it, `TABLE_pkey` for a primary key.
        constraint: String,
    },
    /// Another process kept the database locked for longer than the configured wait. Trying again helps.
    #[error("the database is busy")]
    Busy,
    /// The connection to the database was lost or could not be made. Trying again may help; whether a
    /// commit under way took effect is not known.
    #[error("no connection to the database: {0}")]
    ConnectionLost(String),
    /// The schema was made by a newer program than this one.
    #[error(
        "the database has schema version {found}, this program knows versions up to {known}: \
         install the newer program again, or restore the backup made before it ran"
    )]
    SchemaTooNew {
        /// The version in the database.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// A statement of this transaction failed before, so it cannot be committed.
    #[error("the transaction was given up after an error")]
    GivenUp,
    /// The address of the database cannot be read.
    #[error("the database address {0}")]
    BadAddress(String),
    /// A column did not hold what the program expects.
    #[error("column {index} of a row does not hold {expected}")]
    Column {
        /// Place in the row, from 0.
        index: usize,
        /// The Rust type that was asked for.
        expected: &'static str,
    },
    /// Anything else SQLite says.
    #[error("SQLite: {0}")]
    Sqlite(rusqlite::Error),
    /// Anything else PostgreSQL says.
    #[error("PostgreSQL: {}", postgres_text(.0))]
    Postgres(tokio_postgres::Error),
}

/// tokio-postgres prints only "db error"; the server's own words are what helps.
fn postgres_text(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |db| format!("{} ({})", db.message(), db.code().code()))
}

impl Error {
    /// Whether the same work may succeed when it is tried again.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy | Self::ConnectionLost(_))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let rusqlite::Error::SqliteFailure(failure, _) = &error else {
            return Self::Sqlite(error);
        };
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            _ => Self::Sqlite(error),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        if error.is_closed() {
            return Self::ConnectionLost(error.to_string());
        }
        let Some(db) = error.as_db_error() else {
            // Without a word from the server it is the line to it: refused, reset, timed out.
            let is_io = std::error::Error::source(&error)
                .is_some_and(|source| source.is::<std::io::Error>());
            return if is_io {
                Self::ConnectionLost(error.to_string())
            } else {
                Self::Postgres(error)
            };
        };
        match *db.code() {
            SqlState::UNIQUE_VIOLATION => {
                Self::UniqueViolation { constraint: db.constraint().unwrap_or_default().to_owned() }
            }
            SqlState::LOCK_NOT_AVAILABLE
            | SqlState::T_R_SERIALIZATION_FAILURE
            | SqlState::T_R_DEADLOCK_DETECTED => Self::Busy,
            SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
                Self::ConnectionLost(db.message().to_owned())
            }
            _ => Self::Postgres(error),
        }
    }
}
