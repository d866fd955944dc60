//! A simulator of WeCom's server API: a real HTTP server for tests, the demo and load.
//!
//! It answers as WeCom does, refusals included: wrong tokens, missing fields, tampered cursors,
//! the minutes in which a mass message is "being dispatched". The people behind WeCom — owners
//! who confirm a mass message, dissolve a group, leave the company — are played by the methods of
//! [`Sim`] and by the same actions under `/sim`. Everything that reached a group or a customer
//! stands in a ledger.
//!
//! The world comes from a seed; all later changes are operations that can be kept in a journal, so
//! a restart with the same [`Config`] goes on where it stopped. Tokens, faults, limits, queued
//! callbacks, data still to come and call counts are not kept: a restart forgets them, and clients
//! must cope. Nothing here knows the product under test, and nothing is sent to an address that is
//! not this machine's.

mod callback;
mod cgi;
mod chance;
mod config;
mod control;
mod cursor;
mod desk;
mod error;
mod fault;
mod gate;
mod journal;
mod late;
mod limits;
mod login;
mod month;
mod op;
mod owners;
mod server;
mod sim;
mod state;
mod token;
mod view;
mod visits;
mod wire;
mod world;

#[cfg(test)]
mod tests;

pub use callback::{Callback, CallbackPolicy, CallbackReceiver, CallbackState, ReceiverKind};
pub use config::Config;
pub use error::Error;
pub use fault::{Fault, FaultRule};
pub use limits::{CallLimit, Limits, MassQuota};
pub use op::{AppMessageBody, CustomerTask, Medium, NewTag, Op, Relation, Remark, Repeats};
pub use owners::OwnerPolicy;
pub use server::{Running, start, start_on};
pub use sim::{Confirm, Confirmed, Joining, Meeting, Sim};
pub use view::{
    AppMessage, CorpTag, CorpTagGroup, Customer, Department, Follower, Group, GroupMember,
    LedgerEntry, LedgerKind, MassMessage, MassState, SendRecord, Staff, StaffDepartment,
};
pub use visits::Visitor;
