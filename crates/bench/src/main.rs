//! Measures Siyu as its users meet it: the released program in a process of its own, signed requests over
//! loopback, and beside each number a yardstick from the same run.

mod bare;
mod callbacks;
mod company;
mod http;
mod list;
mod program;
mod report;
mod sync;
mod yardstick;

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
    /// The first and the second synchronisation of a company, beside the simulator's own ceiling, WeCom's
    /// documented rates and a bare insert of the same rows.
    Sync(sync::Options),
    /// Events of WeCom at a fixed rate, and over a kill -9 of the server.
    Callbacks(callbacks::Options),
    /// A simulated company alone. Used by the others.
    #[command(hide = true)]
    Company(company::Options),
    /// The yardstick alone: a server that checks the sign and answers fixed bytes. Used by the others.
    #[command(hide = true)]
    Yardstick(yardstick::Options),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().scenario {
        Scenario::List(options) => list::run(&options).await,
        Scenario::Sync(options) => sync::run(&options).await,
        Scenario::Callbacks(options) => callbacks::run(&options).await,
        Scenario::Company(options) => company::serve(&options).await,
        Scenario::Yardstick(options) => yardstick::serve(&options).await,
    }
}
