//! Statements as named constants, and the expansion of their lists.

use std::{fmt::Write as _, sync::OnceLock};

/// One SQL statement: its name and its text on either database.
///
/// Besides plain SQL a text may hold one mark:
/// - `{list}` stands for the parameters of an `IN (…)`, numbered after the fixed ones;
/// - `{rows}` stands for the rows of `INSERT … VALUES`, each with as many parameters as
///   [`Statement::row_width`] says.
#[derive(Debug)]
pub struct Statement {
    /// Where it is declared and what it is called: `scrm::groups::sql::PAGE`.
    pub name: &'static str,
    /// Its text on SQLite.
    pub sqlite: &'static str,
    /// Its text on PostgreSQL; the same but for a few.
    pub postgres: &'static str,
    #[doc(hidden)]
    pub texts: [Texts; 2],
}

/// The texts of a statement in the form that a database takes, made when first used: one a block size
/// (1, 2, 4 … 512 rows or list members).
#[doc(hidden)]
#[derive(Debug)]
pub struct Texts([OnceLock<String>; 10]);

impl Texts {
    #[doc(hidden)]
    pub const fn new() -> Self {
        Self([const { OnceLock::new() }; 10])
    }

    fn of_block(&self, block: usize, make: impl FnOnce() -> String) -> &str {
        self.0[block.ilog2() as usize].get_or_init(make)
    }
}

/// Which of the two texts is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// Declares statements and the list of them that tests walk over.
///
/// ```
/// store::statements! {
///     /// The one row.
///     pub ONE = "SELECT $1";
///     /// Differs between the two: SQLite first.
///     pub TWO = "SELECT 2" | "SELECT 2 FOR UPDATE";
/// }
/// assert_eq!(ALL.len(), 2);
/// assert_eq!(TWO.postgres, "SELECT 2 FOR UPDATE");
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $visibility:vis $name:ident = $sqlite:literal $(| $postgres:literal)?;)*) => {
        $(
            $(#[$doc])*
            $visibility static $name: $crate::Statement = $crate::Statement {
                name: concat!(module_path!(), "::", stringify!($name)),
                sqlite: $sqlite,
                postgres: $crate::statements!(@last $sqlite $(, $postgres)?),
                texts: [$crate::statement::Texts::new(), $crate::statement::Texts::new()],
            };
        )*
        /// Every statement of this file.
        pub static ALL: &[&$crate::Statement] = &[$(&$name),*];
    };
    (@last $only:literal) => { $only };
    (@last $first:literal, $last:literal) => { $last };
}

/// Rows in one INSERT and members in one list, at most.
pub(crate) const MAX_BLOCK: usize = 512;
/// Most parameters in one INSERT: both databases take at least 32,766.
const MAX_PARAMETERS: usize = 16_384;
const LIST: &str = "{list}";
const ROWS: &str = "{rows}";

impl Statement {
    /// Parameters in one row of `{rows}`: the number of columns that the INSERT names.
    pub(crate) fn row_width(&self) -> usize {
        let columns = self.sqlite.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        columns.map_or(1, |(columns, _)| columns.split(',').count())
    }

    /// The text for `block` rows or list members (a power of two); 1 for a statement without a mark.
    pub(crate) fn text(&self, dialect: Dialect, block: usize) -> &str {
        self.texts[dialect as usize].of_block(block, || {
            let text = match dialect {
                Dialect::Sqlite => self.sqlite,
                Dialect::Postgres => self.postgres,
            };
            let text = if text.contains(ROWS) {
                expand_rows(text, self.row_width(), block)
            } else {
                expand_list(text, n_parameters(text), block)
            };
            match dialect {
                // `$1` is a *name* to SQLite, numbered by appearance; `?1` is the number itself.
                Dialect::Sqlite => text.replace('$', "?"),
                Dialect::Postgres => text,
            }
        })
    }

    /// How `n_rows` rows are cut into statements: in powers of two, largest first, so that a handful of
    /// prepared texts serves every length.
    pub(crate) fn blocks(n_rows: usize, width: usize, dialect: Dialect) -> Vec<usize> {
        let wished = match dialect {
            // More gain nothing: there is no round trip to save.
            Dialect::Sqlite => 32,
            Dialect::Postgres => MAX_BLOCK,
        };
        let largest = prev_power_of_two(MAX_PARAMETERS / width.max(1)).min(wished);
        let mut blocks = vec![largest; n_rows / largest];
        let mut rest = n_rows % largest;
        while rest > 0 {
            let block = prev_power_of_two(rest);
            blocks.push(block);
            rest -= block;
        }
        blocks
    }
}

fn prev_power_of_two(n: usize) -> usize {
    1 << n.ilog2()
}

/// The text with `{list}` replaced by `n_list` parameters that follow the `n_fixed` first ones.
pub(crate) fn expand_list(text: &str, n_fixed: usize, n_list: usize) -> String {
    let mut list = String::with_capacity(n_list * 5);
    for place in n_fixed + 1..=n_fixed + n_list {
        let comma = if place == n_fixed + 1 { "" } else { ", " };
        write!(list, "{comma}${place}").expect("writing to a String never fails");
    }
    text.replacen(LIST, &list, 1)
}

/// The text with `{rows}` replaced by `n_rows` rows of `width` parameters.
pub(crate) fn expand_rows(text: &str, width: usize, n_rows: usize) -> String {
    let mut rows = String::with_capacity(n_rows * width * 5);
    for row in 0..n_rows {
        rows.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=width {
            let comma = if column == 1 { "" } else { ", " };
            write!(rows, "{comma}${}", row * width + column)
                .expect("writing to a String never fails");
        }
        rows.push(')');
    }
    text.replacen(ROWS, &rows, 1)
}

/// The highest `$n` in a text.
pub(crate) fn n_parameters(text: &str) -> usize {
    text.split('$')
        .skip(1)
        .filter_map(|rest| {
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse().ok()
        })
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_every_length_with_powers_of_two() {
        let on_postgres = |n_rows, width| Statement::blocks(n_rows, width, Dialect::Postgres);
        assert_eq!(on_postgres(1_027, 1), [512, 512, 2, 1]);
        assert_eq!(on_postgres(7, 3), [4, 2, 1]);
        assert!(on_postgres(0, 3).is_empty());
        // 100 columns leave room for 128 rows (12,800 parameters), not for 256.
        assert_eq!(on_postgres(129, 100), [128, 1]);
        assert_eq!(Statement::blocks(33, 2, Dialect::Sqlite), [32, 1]);
    }

    #[test]
    fn marks_are_replaced_by_numbered_parameters() {
        assert_eq!(expand_list("a = $1 AND b IN ({list})", 1, 3), "a = $1 AND b IN ($2, $3, $4)");
        assert_eq!(expand_rows("VALUES {rows}", 2, 2), "VALUES ($1, $2), ($3, $4)");
        assert_eq!(n_parameters("a = $1 AND c = $12"), 12);
    }
}
