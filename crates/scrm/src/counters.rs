//! Ids handed out in blocks from a counter row.

use store::{Error, Tx, params, statements};

use crate::CorpId;

statements! {
    /// Takes a block; the first value after it.
    TAKE = "INSERT INTO counters (corp_id, name, next_value) VALUES ($1, $2, $3)
        ON CONFLICT (corp_id, name) DO UPDATE SET next_value = counters.next_value + $4
        RETURNING next_value";
}

/// A sequence of ids within a company.
#[derive(Debug, Clone, Copy)]
pub struct Counter {
    name: &'static str,
    first: i64,
}

/// Staff, customers and customer groups: 15 digits, as on the wire.
pub const LONG: Counter = Counter { name: "long", first: 400_000_000_000_001 };
/// Tags and groups of tags: short numbers, as on the wire.
pub const SHORT: Counter = Counter { name: "short", first: 10_001 };
/// What only the program sees: SOPs, batches, runs.
pub const INTERNAL: Counter = Counter { name: "internal", first: 1 };

/// Events of messages.
pub const SEND_EVENTS: Counter = Counter { name: "send_events", first: 1 };
/// Events of callbacks; by themselves, since they come at any moment.
pub const EVENTS: Counter = Counter { name: "events", first: 1 };

/// Calls to the open API; without gaps, and by themselves, since they come at any moment.
pub const CALLS: Counter = Counter { name: "calls", first: 1 };

/// Takes `n` ids that follow one another; the first of them. Ids of a transaction that is rolled back
/// are handed out again. None asked for, nothing is written.
pub async fn take(tx: &mut Tx, corp: CorpId, counter: Counter, n: usize) -> Result<i64, Error> {
    if n == 0 {
        return Ok(counter.first);
    }
    let n = i64::try_from(n).expect("a block of ids is small");
    let next = tx
        .query_opt(&TAKE, &params![corp, counter.name, counter.first + n, n], |row| {
            row.get::<i64>(0)
        })
        .await?;
    Ok(next.expect("INSERT … RETURNING gives its row") - n)
}
