//! Measures Siyu as its users meet it: the released program in a process of its own, signed requests over
//! loopback, and beside each number a yardstick from the same run.

mod bare;
mod callbacks;
mod company;
mod console;
mod groups;
mod http;
mod list;
mod load;
mod program;
mod report;
mod sender;
mod site;
mod sop;
mod sync;
mod town;
mod yardstick;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Measures Siyu; `make bench` builds what it needs and runs it")]
struct Arguments {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Subcommand)]
enum Scenario {
    /// getGroupList on the demo's data, beside a signed static reply of the same size.
    List(list::Options),
    /// getGroupList of a company of a million groups: throughput, every filter, start, memory, and answers
    /// while groups change. Ends with 1 when a number misses its limit.
    Groups(groups::Options),
    /// The console in a real browser on large companies, and its export. Ends with 1 when a number misses its limit.
    Console(console::Options),
    /// The first and the second synchronisation of a company, beside the simulator's own ceiling, WeCom's
    /// documented rates and a bare insert of the same rows.
    Sync(sync::Options),
    /// Events of WeCom at a fixed rate, and over a kill -9 of the server.
    Callbacks(callbacks::Options),
    /// A large SOP is made: until the call answers, until its tasks are planned, and callbacks meanwhile.
    SopCreate(sop::create::Options),
    /// All groups of a company are due in the same minute, and WeCom sets no limits.
    SopDispatch(sop::dispatch::Options),
    /// What a server costs whose tasks all lie in the future.
    SopIdle(sop::idle::Options),
    /// A step of a large SOP is edited while the list of groups is read.
    SopEdit(sop::edit::Options),
    /// A simulated company alone. Used by the others.
    #[command(hide = true)]
    Company(company::Options),
    /// The yardstick alone: a server that checks the sign and answers fixed bytes. Used by the others.
    #[command(hide = true)]
    Yardstick(yardstick::Options),
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let is_good = run(Arguments::parse().scenario).await?;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// False when a number missed its limit; most scenarios measure and judge nothing.
async fn run(scenario: Scenario) -> anyhow::Result<bool> {
    match scenario {
        Scenario::Groups(options) => return groups::run(&options).await,
        Scenario::Console(options) => return console::run(&options).await,
        Scenario::List(options) => list::run(&options).await?,
        Scenario::Sync(options) => sync::run(&options).await?,
        Scenario::Callbacks(options) => callbacks::run(&options).await?,
        Scenario::SopCreate(options) => sop::create::run(&options).await?,
        Scenario::SopDispatch(options) => sop::dispatch::run(&options).await?,
        Scenario::SopIdle(options) => sop::idle::run(&options).await?,
        Scenario::SopEdit(options) => sop::edit::run(&options).await?,
        Scenario::Company(options) => company::serve(&options).await?,
        Scenario::Yardstick(options) => yardstick::serve(&options).await?,
    }
    Ok(true)
}
