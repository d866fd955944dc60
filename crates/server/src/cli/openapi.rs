//! `siyu openapi`.

use crate::out;

/// Print the OpenAPI 3.1 document of the open API.
///
/// A running server has the same at /openapi.json.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: siyu openapi > openapi.json")]
pub struct Args {
    /// That of the console's calls instead
    #[arg(long)]
    console: bool,
}

pub fn run(args: Args) -> anyhow::Result<()> {
    if args.console {
        return out::line(console_api::document().trim_end());
    }
    out::line(::openapi::document().trim_end())
}
