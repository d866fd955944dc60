//! What a member of staff does on his own pages: his tasks by hand, what to send for each, and what became of it.
//!
//! Whoever WeCom names is let in, user of the console or not; he sees and marks what was handed to him, and nothing
//! else. A task belongs to the owner who was told of it, also when the group has another one since.

mod files;
mod proof;
mod session;
pub(crate) mod sql;
mod tasks;
#[cfg(test)]
mod tests;

pub use files::{file, medium};
pub use proof::{Proof, proof};
pub use session::{DeskSession, SESSION_MS, of_token, sign_in, sign_out};
pub use tasks::{DeskContent, DeskTask, MAX_TASKS, Part, content, mark, tasks};
