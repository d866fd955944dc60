//! The v3 open API: signed calls of other programs, answered by the domain.
//!
//! Every endpoint is one entry of a table ([`endpoints`]). The table makes the routes, the checks of
//! sign and scope, the OpenAPI document and the tests that go through all endpoints, so that none of
//! them can forget one. A section's file under `sections/` holds its entries, its wire types and the
//! translation between them and the domain, and nothing else knows the contract's JSON names.
//!
//! Never here: SQL, rules of the domain, a body or a key in the log. The sign is checked over the raw
//! bytes received, never over JSON written again.

mod address;
mod authenticate;
mod document;
mod endpoint;
mod envelope;
mod noted;
mod received;
mod refusal;
mod router;
mod sections;
pub mod signature;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod wire;

pub use address::of_caller;
pub use document::{document, sorted};
pub(crate) use endpoint::IdempotencyKey;
pub use endpoint::{About, Caller, Endpoint, Origin, Section};
pub use refusal::{Code, Refusal};
pub use router::{Options, router};
pub use sections::{endpoints, scopes};
