//! `siyu migrate`.

use crate::{
    log, out,
    settings::{self, Source},
    site,
};

/// Bring the database's schema up to date.
///
/// `siyu serve` and the other commands do this themselves when they start; the command is for those who
/// want to see it done first. A database that a newer program made is left alone, with an error.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: siyu migrate --database postgres://siyu@127.0.0.1/siyu")]
pub struct Args {
    /// Print JSON: {"applied": N, "schema_version": N}
    #[arg(long)]
    json: bool,
}

pub async fn run(source: &Source, args: Args) -> anyhow::Result<()> {
    let settings = settings::load(source, &[])?;
    log::start(&settings.log);
    let (db, n_applied) = site::database(&settings).await?;
    let version = store::schema_version(&db).await?.unwrap_or_default();
    if args.json {
        return out::json(&serde_json::json!({ "applied": n_applied, "schema_version": version }));
    }
    out::line(&match n_applied {
        0 => format!("The schema is up to date (version {version})."),
        n => format!("Changes applied: {n}. The schema has version {version} now."),
    })
}
