//! Measures Siyu as its users meet it: the released program in a process of its own, signed requests over
//! loopback, and beside each number a yardstick from the same run.

mod http;
mod list;
mod program;
mod report;
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
    /// The yardstick alone: a server that checks the sign and answers fixed bytes. Used by the others.
    #[command(hide = true)]
    Yardstick(yardstick::Options),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().scenario {
        Scenario::List(options) => list::run(&options).await,
        Scenario::Yardstick(options) => yardstick::serve(&options).await,
    }
}
