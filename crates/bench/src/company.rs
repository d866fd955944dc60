//! A simulated company in a process of its own.

use std::io::Write as _;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use wecom_sim::{Config, Limits};

use crate::http::Connection;

/// What company.
#[derive(clap::Args)]
pub struct Options {
    /// Customer groups.
    #[arg(long)]
    groups: usize,
    /// Members of each, its owner included.
    #[arg(long)]
    members: usize,
    /// Members of staff.
    #[arg(long, default_value_t = 2_000)]
    staff: usize,
    /// WeCom's documented limits, with minutes and hours so many times shorter; without it none bites.
    #[arg(long)]
    documented_faster: Option<i64>,
}

/// How to reach it: the first line that it prints.
#[derive(Serialize, Deserialize)]
pub struct Place {
    pub base_url: String,
    pub corp_id: String,
    pub secret: String,
}

impl Place {
    /// Its `host:port`.
    pub fn host(&self) -> &str {
        self.base_url.trim_start_matches("http://")
    }

    /// A token of the app.
    pub async fn token(&self) -> anyhow::Result<String> {
        let path = format!("/cgi-bin/gettoken?corpid={}&corpsecret={}", self.corp_id, self.secret);
        let mut connection = Connection::open(self.host()).await?;
        let reply: serde_json::Value = serde_json::from_slice(connection.get(&path).await?)?;
        Ok(reply["access_token"].as_str().context("a token")?.to_owned())
    }
}

/// Serves until it is stopped.
pub async fn serve(options: &Options) -> anyhow::Result<()> {
    let limits = match options.documented_faster {
        None => Limits::default(),
        Some(times) => {
            let Limits { minute_ms, hour_ms, .. } = Limits::default();
            Limits {
                minute_ms: minute_ms / times,
                hour_ms: hour_ms / times,
                ..Limits::documented()
            }
        }
    };
    let config = Config {
        n_groups: options.groups,
        n_members_per_group: options.members,
        n_staff: options.staff,
        n_owners: Some(options.staff),
        limits,
        quota: false,
        ..Config::seeded(9)
    };
    let place = Place {
        base_url: String::new(),
        corp_id: config.corp_id.clone(),
        secret: config.secret.clone(),
    };
    let running = wecom_sim::start(config, ambient::Clock::system()).await?;
    let place = Place { base_url: running.base_url.clone(), ..place };
    println!("{}", serde_json::to_string(&place)?);
    std::io::stdout().flush()?;
    running.wait().await;
    Ok(())
}
