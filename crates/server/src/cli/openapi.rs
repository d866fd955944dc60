//! `siyu openapi`.

use crate::out;

/// Print the OpenAPI 3.1 document of the open API.
///
/// A running server has the same at /openapi.json.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: siyu openapi > openapi.json")]
pub struct Args {}

pub fn run(_: Args) -> anyhow::Result<()> {
    out::line(::openapi::document().trim_end())
}
