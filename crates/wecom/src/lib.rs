//! Typed calls of WeCom's (企业微信) server API, for a self-built app of one enterprise.
//!
//! WeCom's API is easy to call and hard to call right: tokens die early, a refused call looks like
//! a successful one until its `errcode` is read, numbers come as text, lists come as null, and the
//! effect of a call whose answer never arrived is unknown. All of that is settled here, so that
//! the rest of a program sees typed replies and one [`Error`] that says what to do next.
//!
//! What never happens here: nothing is stored, no call outlives its caller, no write is repeated
//! whose effect is unknown, and neither a token nor a secret gets into an error or a log. The crate
//! does not know which program uses it.
//!
//! Numbers in brackets such as `[D92135]` are pages of the official documentation,
//! `developer.work.weixin.qq.com/document/path/<number>`.

mod advice;
mod again;
mod attachment;
mod call;
mod class;
mod client;
mod error;
mod lenient;
mod reply;
#[cfg(test)]
mod testing;
mod token;
mod traffic;

pub mod agents;
pub mod app_messages;
pub mod auth;
pub mod callback;
pub mod codes;
pub mod contacts;
pub mod customers;
pub mod groups;
pub mod http;
pub mod mass_messages;
pub mod media;
pub mod tags;
pub mod tickets;
pub mod users;

pub use class::Class;
pub use client::{Client, Credentials};
pub use error::{Effect, Error};
pub use traffic::{Budget, CallMetrics};
