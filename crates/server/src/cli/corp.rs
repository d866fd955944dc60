//! `siyu corp`.

mod callback;

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use scrm::corps::{self, NewCorp};
use serde_json::json;

use crate::{
    log, out,
    settings::{self, Settings, Source},
    site,
};

/// Add, connect and list the WeCom companies that this installation serves.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Add(Add),
    Callback(callback::Args),
    List(List),
}

/// Add a company, or give a known one a new secret.
///
/// In WeCom's administration console: the corp id stands under 我的企业 → 企业信息; make a self-built app
/// under 应用管理, which shows AgentId and Secret, and add the app under 客户联系 → API →
/// 可调用接口的应用. The secret is encrypted at rest and never shown again.
///
/// The secret of 通讯录同步 (管理工具 → 通讯录同步) may be given too. It reads the ids of all
/// members, also of those outside the app's visible range, so that `siyu doctor` can say how many are
/// missing; nothing is ever written with it. One that was given stays until another is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu corp add --corp-id ww0123456789abcdef --agent-id 1000002 --secret-file secret.txt
  printf %s \"$SECRET\" | siyu corp add --corp-id ww0123456789abcdef --agent-id 1000002 --secret-file -

Then try it: siyu doctor --corp-id ww0123456789abcdef, siyu sync --corp ww0123456789abcdef")]
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
    /// File with the Secret of 通讯录同步, for complete lists of members; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    contact_secret_file: Option<PathBuf>,
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
        Command::Add(args) => add(&settings, args).await,
        Command::Callback(args) => callback::run(&settings, args).await,
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

async fn add(settings: &Settings, args: Add) -> anyhow::Result<()> {
    let from_input = |file: &Path| file == Path::new("-");
    let contact_file = args.contact_secret_file.as_deref();
    ensure!(
        !(from_input(&args.secret_file) && contact_file.is_some_and(from_input)),
        "only one of the two secrets can come from standard input"
    );
    let wecom_secret = read_secret(&args.secret_file)?;
    let contact_secret = contact_file.map(read_secret).transpose()?;
    let scrm = site::open(settings, String::new()).await?;
    let new = NewCorp {
        wecom_corp_id: args.corp_id,
        name: args.name,
        agent_id: args.agent_id,
        wecom_secret,
        zone: args.zone,
    };
    let is_known = corps::find(&mut *scrm.db.reader().await?, &new.wecom_corp_id).await?.is_some();
    let corp = corps::put(&scrm, &new).await?;
    if let Some(secret) = contact_secret {
        corps::put_contact_secret(&scrm, corp, &secret).await?;
    }
    let id = &new.wecom_corp_id;
    if args.json {
        return out::json(&json!({ "corp_id": id }));
    }
    out::line(&if is_known {
        format!("Changed {id}.")
    } else {
        format!("Added {id}. Next: siyu doctor --corp-id {id}, siyu sync --corp {id}")
    })
}

/// A secret that stands alone in a file or on standard input.
fn read_secret(file: &Path) -> anyhow::Result<String> {
    let text = read(file, "the file of the secret")?;
    let secret = text.trim();
    ensure!(!secret.is_empty(), "the secret in {} is empty", file.display());
    ensure!(
        secret.bytes().all(|byte| byte.is_ascii_graphic()),
        "the secret in {} holds blanks or other signs than a WeCom secret has",
        file.display()
    );
    Ok(secret.to_owned())
}

/// A file, or standard input for `-`.
fn read(file: &Path, what: &str) -> anyhow::Result<String> {
    if file != Path::new("-") {
        let failed = || format!("{what} {} cannot be read", file.display());
        return std::fs::read_to_string(file).with_context(failed);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
    Ok(text)
}
