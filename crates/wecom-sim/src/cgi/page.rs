//! Pages: how many, and from where.

use crate::{cursor, desk::Desk, wire::Refusal};

/// The limit asked for; none, zero and more than `max` mean `default`.
pub(super) fn limit(asked: Option<i64>, default: usize, max: usize) -> usize {
    let asked = asked.and_then(|n| usize::try_from(n).ok());
    asked.filter(|n| (1..=max).contains(n)).unwrap_or(default)
}

/// The position in the cursor, `None` on the first page; 50100 for a cursor not made here.
pub(super) fn position(
    desk: &Desk,
    scope: &str,
    cursor: Option<&str>,
) -> Result<Option<u64>, Refusal> {
    match cursor {
        None | Some("") => Ok(None),
        Some(cursor) => {
            let position = cursor::open(desk.config.seed, scope, cursor);
            position.map(Some).ok_or_else(|| Refusal::of(50100))
        }
    }
}

/// The cursor of the next page; empty when there is none.
pub(super) fn next_cursor(desk: &Desk, scope: &str, position: Option<u64>) -> String {
    position.map_or_else(String::new, |at| cursor::seal(desk.config.seed, scope, at))
}
