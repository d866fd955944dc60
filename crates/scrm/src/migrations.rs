//! Changes of the schema, in order. A file, once released, is never edited.

use store::Migration;

/// All changes, oldest first.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "main",
    sqlite: include_str!("../../../migrations/sqlite/0001_main.sql"),
    postgres: include_str!("../../../migrations/postgres/0001_main.sql"),
}];
