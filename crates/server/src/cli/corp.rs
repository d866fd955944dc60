//! `siyu corp`.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use scrm::corps::{self, NewCorp};
use serde_json::json;

use crate::{
    log, out,
    settings::{self, Source},
    site,
};

/// Add and list the WeCom companies that this installation serves.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Add(Add),
    List(List),
}

/// Add a company, or give a known one a new secret.
///
/// In WeCom's administration console: the corp id stands under 我的企业 → 企业信息; make a self-built app
/// under 应用管理, which shows AgentId and Secret, and add the app under 客户联系 → API →
/// 可调用接口的应用. The secret is encrypted at rest and never shown again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu corp add --corp-id ww0123456789abcdef --agent-id 1000002 --secret-file secret.txt
  printf %s \"$SECRET\" | siyu corp add --corp-id ww0123456789abcdef --agent-id 1000002 --secret-file -

Then try it: siyu sync --corp ww0123456789abcdef")]
pub struct Add {
    /// WeCom's id of the company (企业ID)
    #[arg(long, value_name = "ID")]
    corp_id: String,
    /// Number of the self-built app (AgentId)
    #[arg(long, value_name = "N")]
    agent_id: i64,
    /// File with the app's Secret; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    secret_file: PathBuf,
    /// What people call the company [default: its id]
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// Time zone of its times [default: Asia/Shanghai]
    #[arg(long, default_value = "", hide_default_value = true)]
    zone: String,
    /// Print JSON: {"corp_id"}
    #[arg(long)]
    json: bool,
}

/// List the companies.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: siyu corp list --json")]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(source: &Source, command: Command) -> anyhow::Result<()> {
    let settings = settings::load(source, &[])?;
    log::start(&settings.log);
    match command {
        Command::Add(args) => {
            let wecom_secret = read_secret(&args.secret_file)?;
            let scrm = site::open(&settings, String::new()).await?;
            let new = NewCorp {
                wecom_corp_id: args.corp_id,
                name: args.name,
                agent_id: args.agent_id,
                wecom_secret,
                zone: args.zone,
            };
            let is_known =
                corps::find(&mut *scrm.db.reader().await?, &new.wecom_corp_id).await?.is_some();
            corps::put(&scrm, &new).await?;
            let id = &new.wecom_corp_id;
            if args.json {
                return out::json(&json!({ "corp_id": id }));
            }
            out::line(&if is_known {
                format!("Changed {id}.")
            } else {
                format!("Added {id}. Next: siyu sync --corp {id}")
            })
        }
        Command::List(args) => {
            let scrm = site::open(&settings, String::new()).await?;
            let companies = site::companies(&scrm).await?;
            if args.json {
                let shown = |corp: &corps::Corp| {
                    json!({
                        "corp_id": corp.wecom_corp_id,
                        "name": corp.name,
                        "agent_id": corp.agent_id,
                    })
                };
                return out::json(&companies.iter().map(shown).collect::<Vec<_>>());
            }
            if companies.is_empty() {
                return out::line("There is no company yet: add one with siyu corp add.");
            }
            for corp in companies {
                out::line(&format!(
                    "{}  agent {}  {}",
                    corp.wecom_corp_id, corp.agent_id, corp.name
                ))?;
            }
            Ok(())
        }
    }
}

/// The first line of a file or of standard input.
fn read_secret(file: &Path) -> anyhow::Result<String> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
        text
    } else {
        std::fs::read_to_string(file)
            .with_context(|| format!("the file of the secret {} cannot be read", file.display()))?
    };
    let secret = text.trim();
    ensure!(!secret.is_empty(), "the secret in {} is empty", file.display());
    ensure!(
        secret.bytes().all(|byte| byte.is_ascii_graphic()),
        "the secret in {} holds blanks or other signs than a WeCom secret has",
        file.display()
    );
    Ok(secret.to_owned())
}
