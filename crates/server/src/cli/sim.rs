//! `siyu sim`.

use std::{net::SocketAddr, path::PathBuf};

use ambient::Clock;
use anyhow::{Context as _, ensure};

use crate::{log, out, settings, signals};

/// Run the simulator of WeCom's server API: a made-up company to try things on.
///
/// It answers the calls that Siyu makes, as WeCom would, and has a control API under /sim by which you
/// play the staff: confirm messages, post into groups, rename and dissolve them. Everything that reached
/// a group stands under /sim/ledger.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu sim --groups 500 --staff 40
  curl http://127.0.0.1:9090/sim          # what the control API can do
  siyu corp add --corp-id ww… --agent-id 1000002 --secret-file secret.txt   # as printed at the start
  SIYU_WECOM__BASE_URL=http://127.0.0.1:9090 siyu serve")]
pub struct Args {
    #[command(flatten)]
    size: Size,
    /// Address and port to listen on; port 0 takes a free one. Whoever reaches it plays everybody
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9090")]
    listen: String,
    /// File that keeps every change, so that a restart goes on where it stopped
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Print JSON: {"base_url", "corp_id", "agent_id", "wecom_secret", "contact_secret"}
    #[arg(long)]
    json: bool,
}

/// How big the made-up company is.
#[derive(Debug, Clone, clap::Args)]
pub struct Size {
    /// Customer groups
    #[arg(long, value_name = "N", default_value_t = 3_000)]
    pub groups: usize,
    /// Customers
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub customers: usize,
    /// Members of staff, at least 1
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub staff: usize,
    /// Departments, at least 1
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub departments: usize,
    /// Decides every made-up name and number: the same seed gives the same company
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

impl Size {
    /// The simulator's configuration of this size.
    pub fn config(&self) -> anyhow::Result<wecom_sim::Config> {
        ensure!(self.staff >= 1, "--staff must be at least 1");
        ensure!(self.departments >= 1, "--departments must be at least 1");
        Ok(wecom_sim::Config {
            n_groups: self.groups,
            n_customers: self.customers,
            n_staff: self.staff,
            n_departments: self.departments,
            ..wecom_sim::Config::seeded(self.seed)
        })
    }
}

/// The address that `HOST:PORT` means.
pub async fn address(flag: &str, listen: &str) -> anyhow::Result<SocketAddr> {
    let found = tokio::net::lookup_host(listen).await;
    found
        .with_context(|| format!("{flag} {listen}: write HOST:PORT, as 127.0.0.1:9090"))?
        .next()
        .with_context(|| format!("{flag} {listen}: this host has no address"))
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    log::start(&settings::built_in(&[])?.log);
    let mut config = args.size.config()?;
    config.journal = args.journal;
    let address = address("--listen", &args.listen).await?;
    let stop = signals::Stop::new()?;
    let running = start(config, address).await?;
    let config = running.sim.config();
    if args.json {
        out::json(&serde_json::json!({
            "base_url": running.base_url,
            "corp_id": config.corp_id,
            "agent_id": config.agent_id,
            "wecom_secret": config.secret,
            "contact_secret": config.contact_secret,
        }))?;
    } else {
        let base_url = &running.base_url;
        out::line(&format!(
            "The simulator listens on {base_url}\n  corp id   {}\n  agent id  {}\n  secret    {}\n\
             Play the staff: {base_url}/sim/play in a browser, or curl {base_url}/sim",
            config.corp_id, config.agent_id, config.secret
        ))?;
    }
    stop.asked().await;
    running.stop().await;
    Ok(())
}

/// Starts the simulator; a taken port is said plainly.
pub async fn start(
    config: wecom_sim::Config,
    address: SocketAddr,
) -> anyhow::Result<wecom_sim::Running> {
    match wecom_sim::start_on(config, Clock::system(), address).await {
        Err(error @ wecom_sim::Error::Listen { .. }) => {
            Err(anyhow::Error::new(error).context(format!(
                "the port of {address} may be taken: end the other program, or choose another port"
            )))
        }
        other => Ok(other?),
    }
}
