//! What is believed of a delivery, what is refused, and what events are read.

mod events;
mod refusals;
mod vectors;

use super::{Receiver, Signed};

/// The key of most published vectors; its last character carries two bits too many.
const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
const CORP_ID: &str = "wx5823bf96d3bd56c7";

fn receiver() -> Receiver {
    Receiver::new("1372623149", KEY, CORP_ID).unwrap()
}

fn signed<'a>(msg_signature: &'a str, timestamp: &'a str, nonce: &'a str) -> Signed<'a> {
    Signed { msg_signature, timestamp, nonce }
}
