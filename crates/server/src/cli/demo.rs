//! `siyu demo`.

use std::path::PathBuf;

use super::sim::Size;
use crate::{demo, settings::Source};

/// Show everything with a simulated company: nothing to install, nothing to set up.
///
/// Starts the simulator of WeCom and the server on SQLite, synchronises, tags some groups, makes one SOP
/// of each kind, and plays some of the owners who confirm. When all is ready it writes DIR/demo.json and
/// prints what to try; it runs until Ctrl-C. Started again on the same data it continues. Settings files
/// and the environment are not looked at.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu demo
  siyu demo --data /tmp/small --groups 100 --staff 20 --listen 127.0.0.1:0 --sim-listen 127.0.0.1:0")]
pub struct Args {
    /// Address and port of the server; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Address and port of the simulator. Whoever reaches it plays everybody
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9090")]
    sim_listen: String,
    #[command(flatten)]
    size: Size,
}

pub async fn run(source: &Source, args: Args) -> anyhow::Result<()> {
    anyhow::ensure!(
        source.config.is_none() && source.database.is_none(),
        "siyu demo takes no --config and no --database: it keeps everything in the folder of --data"
    );
    demo::run(demo::Options {
        data_dir: source.data.clone().unwrap_or_else(|| PathBuf::from("./demo-data")),
        listen: args.listen,
        sim_listen: super::sim::address("--sim-listen", &args.sim_listen).await?,
        size: args.size,
    })
    .await
}
