//! Tests of the whole way of a call, against a real database.

mod any_value;
mod authentication;
mod bad_values;
mod calls;
mod document;
mod endpoints;
mod golden;
mod group_sop;
mod log;
mod mass_message;
mod materials;
mod sop_create;
mod sop_files;
mod sop_life;
mod transport;
