//! One way to talk to two databases: SQLite inside the program, PostgreSQL beside it.
//!
//! Every statement stands once, in the common subset of both, as a named constant made by
//! [`statements!`]; this crate binds its parameters, expands its lists and runs it. It knows no
//! table but its own record of migrations, and nothing of HTTP.
//!
//! Why not an existing layer: measured on a 2-core machine, a point read on SQLite costs 2–4 µs here
//! and 31–85 µs where each statement crosses threads. The price is that statements are checked when
//! they are prepared, not when they are compiled, so [`check`] prepares all of them in a test.
//!
//! Invariants: a transaction that is dropped is rolled back; a statement's `$n` are bound by name on
//! SQLite (by position SQLite numbers them in order of appearance, silently wrong); nothing here waits
//! for anything but the database.

pub mod check;
mod db;
mod error;
mod migrate;
mod postgres;
mod row;
mod session;
mod sqlite;
#[doc(hidden)]
pub mod statement;
#[cfg(feature = "testing")]
pub mod testing;
mod value;

pub use db::{Backend, Db, Options};
pub use error::Error;
pub use migrate::{ALL as STATEMENTS, Migration, migrate, schema_version};
pub use row::{FromColumn, Row};
pub use session::{Reader, Session, Tx};
pub use statement::Statement;
pub use value::Value;

#[cfg(test)]
mod tests;
