//! The program `siyu`: wiring and configuration, nothing of the domain.
//!
//! Each command is one file under `cli/`. The program reads the environment only through its settings,
//! owns the tasks it starts, and ends with 0 (done), 1 (failed, and said why) or 2 (wrong usage).

mod cli;
mod demo;
mod doctor;
mod log;
mod master_key;
mod out;
mod serve;
mod settings;
mod signals;
mod site;
#[cfg(test)]
mod testing;

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("siyu: {}", out::chain(&error));
            ExitCode::FAILURE
        }
    }
}
