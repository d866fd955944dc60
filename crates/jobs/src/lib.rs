//! Durable work: who may do it, and what keeps it going.
//!
//! A *reconciler* looks at the state and does what is missing; it takes no hints, so a timer, a restart
//! and a wake-up all mean the same. Nothing here knows what the work is.

mod driver;
mod hold;
mod lease;

pub use driver::{Driver, Next, Stopping};
pub use hold::{Held, hold};
pub use lease::{ALL as STATEMENTS, give_back, is_held, take};
