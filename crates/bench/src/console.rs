//! The console in a real browser on large companies, and its export. The browser's side is console/bench; here the
//! companies are made and served, and the yardstick of the export is measured.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Instant,
};

use anyhow::{Context as _, ensure};
use rust_xlsxwriter::{Workbook, XlsxError};
use scrm::Zone;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::{
    groups::Server,
    program,
    report::middle,
    town::{Place, Town},
};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Customer groups of the company whose list is filtered.
    #[arg(long, default_value_t = 1_000_000)]
    groups: usize,
    /// Customer groups of the company that is exported; 3 % of them are dissolved, and left out.
    #[arg(long, default_value_t = 104_000)]
    export_groups: usize,
    /// Customer groups of a smaller company, to see whether memory grows with it.
    #[arg(long, default_value_t = 10_000)]
    few_groups: usize,
    /// Rounds of each measurement; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where the companies' data is made, and kept for the next run.
    #[arg(long, default_value = "target/bench")]
    data: PathBuf,
    /// The browser's side.
    #[arg(long, default_value = "console/bench/console.mjs")]
    script: PathBuf,
}

/// A company that is served, for the browser's side.
#[derive(Serialize)]
struct Served {
    base: String,
    pid: u32,
    login: &'static str,
    password: String,
    n_groups: usize,
}

#[derive(Deserialize)]
struct Login {
    password: String,
}

/// Runs the scenario; false when a number missed its limit.
pub async fn run(options: &Options) -> anyhow::Result<bool> {
    ensure!(options.script.exists(), "{} is missing", options.script.display());
    let mut servers = Vec::new();
    let mut served = Vec::new();
    for n_groups in [options.groups, options.export_groups, options.few_groups] {
        let town = Town::open(n_groups, &Place { towns: &options.data, postgres: None }).await?;
        let mut server = Server::start(&town.folder, &town.address)?;
        server.until_listening().await?;
        let zone = Zone::parse(scrm::corps::DEFAULT_ZONE).context("the zone of the company")?;
        server.index_ready(&town, &zone).await?;
        served.push(Served {
            base: format!("http://{}", server.listen),
            pid: server.running.id()?,
            login: "bench",
            password: admin(&town.folder, &town.address).await?,
            n_groups,
        });
        servers.push(server);
    }
    let yardstick_s: Vec<f64> = (0..options.rounds)
        .map(|_| bare_sheet(&options.data.join("bare.xlsx"), options.export_groups))
        .collect::<Result<_, _>>()?;
    let asked = serde_json::json!({
        "served": served, "rounds": options.rounds, "bareSheetS": middle(yardstick_s),
    });
    let status = Command::new("node")
        .arg(&options.script)
        .env("SIYU_BENCH", asked.to_string())
        .stdin(Stdio::null())
        .status()
        .await
        .context("starting node")?;
    for server in servers {
        server.running.stop().await?;
    }
    Ok(status.success())
}

/// A site admin with a one-time password.
async fn admin(folder: &Path, address: &str) -> anyhow::Result<String> {
    let variables = [("SIYU_DATABASE__URL", address.to_owned())];
    let folder = folder.display().to_string();
    let arguments = ["user", "admin", "bench", "--json", "--data", &folder];
    let printed = program::run(&program::beside("siyu")?, &arguments, &variables, "").await?;
    Ok(serde_json::from_str::<Login>(&printed)?.password)
}

/// Seconds that the library alone takes for a sheet of as many rows of as many cells.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
fn bare_sheet(path: &Path, n_rows: usize) -> Result<f64, XlsxError> {
    let began = Instant::now();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    let n_rows = u32::try_from(n_rows).unwrap_or(u32::MAX);
    for row in 0..n_rows {
        for column in 0..6 {
            sheet.write_string(row, column, format!("第{row}个客户群的文字"))?;
        }
    }
    book.save(path)?;
    Ok(began.elapsed().as_secs_f64())
}
