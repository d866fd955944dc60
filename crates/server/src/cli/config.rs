//! `siyu config check`.

use crate::{
    out,
    settings::{self, Source},
};

/// See which settings are in force.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Check(Check),
}

/// Check the settings and print those in force, secrets masked.
///
/// Reads the built-in defaults, the settings file and the environment as `siyu serve` does, and touches
/// nothing: no database, no network.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu config check
  siyu config check --config /etc/siyu/siyu.toml --json")]
pub struct Check {
    /// Print JSON instead of TOML
    #[arg(long)]
    json: bool,
}

pub fn run(source: &Source, Command::Check(args): Command) -> anyhow::Result<()> {
    let shown = settings::masked(&settings::load(source, &[])?);
    if args.json {
        return out::json(&shown);
    }
    out::line(toml::to_string(&shown)?.trim_end())
}
