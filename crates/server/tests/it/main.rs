//! The program as its users run it: processes, flags, files, signals.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, its helpers too")]

mod commands;
mod crash;
mod demo;
mod doctor;
mod followed;
mod help;
mod killed;
mod program;
mod serve;
mod settings;
