//! What happened to a message, in order: so that every change of a task can be explained afterwards.

use store::{Session, Tx, params};

use super::sql;
use crate::{BatchId, CorpId, Error, counters};

macro_rules! kinds {
    ($($name:ident, $code:literal, $about:literal;)*) => {
        /// What happened. Stored as these words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum EventKind {
            $(
                #[doc = $about]
                $name,
            )*
        }

        impl EventKind {
            /// The word stored.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

kinds! {
    Claimed, "claimed", "Due tasks were put into it.";
    GivenBack, "given_back", "Tasks wait again, for their SOP, step or owner changed; the detail says how many.";
    After, "after", "Tasks of it were in another message before; the detail is its number.";
    Begun, "begun", "A call to WeCom began.";
    NotMade, "not_made", "The call was not made after all: earlier ones took too long, or had an unknown effect.";
    Accepted, "accepted", "WeCom took it; the detail is its id.";
    Refused, "refused", "WeCom refused it or a file of it, or could not be reached; the detail says how.";
    Unknown, "unknown", "The effect of the call is not known.";
    Adopted, "adopted", "It was found in WeCom's list; the detail is its id.";
    Repeat, "repeat", "It is to be handed over again: WeCom has no trace of it, or delivers the same card once.";
    Reminding, "reminding", "The owner is to be reminded.";
    Reminded, "reminded", "The owner was reminded.";
    RemindFailed, "remind_failed", "The owner could not be reminded; the detail says why.";
    LeaderTold, "leader_told", "The owner's leaders were told; the detail names them.";
    WithdrawWanted, "withdraw_wanted", "It is to be withdrawn; the detail says why.";
    Withdrawn, "withdrawn", "WeCom was told to withdraw what is not sent.";
    NotWithdrawn, "not_withdrawn", "WeCom did not withdraw it; the detail says why.";
    Closed, "closed", "Nothing more is expected; the detail says why.";
}

/// An event of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, in epoch ms.
    pub at_ms: i64,
    /// The word of an [`EventKind`].
    pub kind: String,
    /// Particulars.
    pub detail: String,
}

/// Notes events of messages: (message, what, particulars). The company is locked ([`crate::corps::begin_alone`]):
/// two that took counters and rows in different orders would wait for each other.
pub(crate) async fn note(
    tx: &mut Tx,
    corp: CorpId,
    now_ms: i64,
    events: &[(BatchId, EventKind, &str)],
) -> Result<(), Error> {
    let first = counters::take(tx, corp, counters::SEND_EVENTS, events.len()).await?;
    let values: Vec<_> = (first..)
        .zip(events)
        .flat_map(|(no, (batch, kind, detail))| {
            params![corp, *batch, no, now_ms, kind.code(), *detail]
        })
        .collect();
    tx.execute_rows(&sql::ADD_EVENTS, &values).await?;
    Ok(())
}

/// The events of a message, in order.
pub(crate) async fn of_batch(
    session: &mut Session,
    corp: CorpId,
    batch: BatchId,
) -> Result<Vec<Event>, Error> {
    let read = |row: &store::Row<'_>| {
        Ok(Event { at_ms: row.get(0)?, kind: row.get(1)?, detail: row.get(2)? })
    };
    Ok(session.query(&sql::EVENTS, &params![corp, batch], read).await?)
}
