//! What the console calls: signed-in people instead of signed requests, answered by the same domain.
//!
//! Every call is one entry of a table ([`endpoints`]): path, who may call it, types of request and reply, function.
//! The table makes the routes, the checks of session and right, the OpenAPI document from which the console's types
//! are generated, and the tests that go through all calls.
//!
//! A call is a POST with a JSON body and the header `X-Siyu-Console: 1` from a page of the same origin; its reply is
//! the data, or a refusal with a code for programs and a text in two languages for people. Signing in with WeCom is
//! none, since a browser goes to WeCom's page and back: see `wecom_sign_in`; nor are files, exports and work with
//! progress: see `streams`.
//!
//! Never here: SQL, rules of the domain, a password or a token in the log.

mod background;
mod cookie;
mod desk;
mod doctor;
mod document;
mod endpoint;
mod refusal;
mod router;
mod sections;
mod streams;
#[cfg(test)]
mod tests;
mod wecom_sign_in;
mod wire;

pub use doctor::{Doctor, Finding};
pub use document::document;
pub use endpoint::{About, Caller, Endpoint, Needs, SignedIn, Visit};
pub use refusal::Refusal;
pub use router::{Options, router};
pub use sections::endpoints;
pub use wecom_sign_in::BACK_PATH;
