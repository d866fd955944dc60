//! `siyu doctor`.

use std::process::ExitCode;

use crate::{
    doctor::{self, State},
    log, out,
    settings::{self, Source},
};

/// Find out what does not work and what to do about it.
///
/// Looks at the settings, the master key, the database, the clock, and for each company at what WeCom lets
/// the app do, at its callbacks and its last synchronisation. Changes nothing, at WeCom neither. Run it as
/// the server's user and with its settings, while the server runs.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu doctor
  siyu doctor --corp-id ww0123456789abcdef --json
  sudo -u siyu siyu doctor --config /etc/siyu/siyu.toml

Exit code 1 when a check failed; warnings and skipped checks leave it 0.")]
pub struct Args {
    /// Of the companies only this one [default: all]
    #[arg(long, value_name = "ID")]
    corp_id: Option<String>,
    /// Print JSON: a list of {"id", "corp_id", "title", "state", "found", "fix", "page"}; state is ok,
    /// warning, failed or skipped
    #[arg(long)]
    json: bool,
}

pub async fn run(source: &Source, args: Args) -> anyhow::Result<ExitCode> {
    // What goes wrong stands in the report.
    log::start(&settings::built_in(&[("log.level", "error".to_owned())])?.log);
    let checks = doctor::examine(source, args.corp_id.as_deref()).await?;
    if args.json {
        out::json(&checks)?;
    } else {
        out::line(&doctor::as_text(&checks))?;
    }
    let has_failed = checks.iter().any(|check| check.state == State::Failed);
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
