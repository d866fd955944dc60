//! Changes of the schema, in order. A file, once released, is never edited.

use store::Migration;

/// A file of either folder under its number and name.
macro_rules! migration {
    ($version:literal, $name:literal, $file:literal) => {
        Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../../../migrations/postgres/", $file)),
        }
    };
}

/// All changes, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    migration!(1, "main", "0001_main.sql"),
    migration!(2, "wecom", "0002_wecom.sql"),
    migration!(3, "sops", "0003_sops.sql"),
    migration!(4, "materials", "0004_materials.sql"),
    migration!(5, "console", "0005_console.sql"),
    migration!(6, "calls", "0006_calls.sql"),
    migration!(7, "desk", "0007_desk.sql"),
];
