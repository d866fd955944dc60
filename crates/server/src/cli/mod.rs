//! The commands, one file each.

mod app;
mod call;
mod config;
mod corp;
mod demo;
mod doctor;
mod migrate;
mod openapi;
mod pretty;
mod serve;
pub mod sim;
pub mod sync;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::settings::Source;

/// Siyu (私域): customer groups of WeCom (企业微信), SOPs on them, and the v3 open API.
///
/// New here? `siyu demo` shows everything with a simulated company. For a real one: `siyu corp add`,
/// `siyu doctor`, `siyu sync`, `siyu app create`, `siyu serve`.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    source: Source,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 failed (the reason is on standard error), 2 wrong usage.
Settings come from siyu.toml, the environment (SIYU_SERVER__LISTEN=…) and flags, the later winning; \
config.default.toml describes them all.";

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Demo(demo::Args),
    Sim(sim::Args),
    Migrate(migrate::Args),
    Sync(sync::Args),
    Doctor(doctor::Args),
    #[command(subcommand)]
    Corp(corp::Command),
    #[command(subcommand)]
    App(app::Command),
    #[command(subcommand)]
    User(user::Command),
    Call(call::Args),
    #[command(subcommand)]
    Config(config::Command),
    Openapi(openapi::Args),
}

/// Runs a command.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let source = cli.source;
    match cli.command {
        Command::Serve(args) => serve::run(&source, args).await?,
        Command::Demo(args) => demo::run(&source, args).await?,
        Command::Sim(args) => sim::run(args).await?,
        Command::Migrate(args) => migrate::run(&source, args).await?,
        Command::Sync(args) => sync::run(&source, args).await?,
        Command::Doctor(args) => return doctor::run(&source, args).await,
        Command::Corp(command) => corp::run(&source, command).await?,
        Command::App(command) => app::run(&source, command).await?,
        Command::User(command) => user::run(&source, command).await?,
        Command::Call(args) => return call::run(args).await,
        Command::Config(command) => config::run(&source, command)?,
        Command::Openapi(args) => openapi::run(args)?,
    }
    Ok(ExitCode::SUCCESS)
}
