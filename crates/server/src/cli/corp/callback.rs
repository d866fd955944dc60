//! `siyu corp callback`.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use scrm::{
    Scrm,
    callbacks::{self, ReceiverKeys, ReceiverKind},
    corps::Corp,
};
use serde_json::json;

use crate::{out, settings::Settings, site};

/// Set up an address where WeCom tells what happens, and show what to paste into its console.
///
/// With it groups and customers follow WeCom within seconds; without it, at the next synchronisation.
/// Token and EncodingAESKey prove to Siyu that WeCom is speaking: they are made here, or read from a file
/// when the console has made them, and are encrypted at rest. They are shown once. Save them in the
/// console while `siyu serve` runs, since the console asks the address at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu corp callback --corp-id ww0123456789abcdef
  siyu corp callback --corp-id ww0123456789abcdef --receiver contacts --json
  siyu corp callback --corp-id ww0123456789abcdef --keys-file keys.txt --replace

Then try it: siyu doctor --corp-id ww0123456789abcdef")]
pub struct Args {
    /// WeCom's id of the company (企业ID)
    #[arg(long, value_name = "ID")]
    corp_id: String,
    /// Whose events: the self-built app's (customers, groups, tags), or those of 通讯录同步 (departments,
    /// staff)
    #[arg(long, value_name = "WHOSE", default_value = "app", value_parser = ["app", "contacts"])]
    receiver: String,
    /// File with the Token in its first line and the EncodingAESKey in its second; - reads standard
    /// input [default: new ones by chance]
    #[arg(long, value_name = "FILE")]
    keys_file: Option<PathBuf>,
    /// Put these keys in the place of those there are; WeCom's calls are refused until the console has
    /// them too
    #[arg(long)]
    replace: bool,
    /// Print JSON: {"corp_id", "receiver", "url", "token", "encoding_aes_key"}; url is null while
    /// server.public_url is empty
    #[arg(long)]
    json: bool,
}

pub async fn run(settings: &Settings, args: Args) -> anyhow::Result<()> {
    let kind = ReceiverKind::parse(&args.receiver).expect("clap lets nothing else through");
    let given = args.keys_file.as_deref().map(read_keys).transpose()?;
    let scrm = site::open(settings, String::new()).await?;
    let company = site::company(&scrm, &args.corp_id).await?;
    ensure!(
        args.replace || !has_keys(&scrm, &company, kind).await?,
        "{} has keys for this address already, and they are not shown again. To make new ones, which then \
         have to be saved in WeCom's console too, add --replace",
        args.corp_id
    );
    let keys = given.unwrap_or_else(|| ReceiverKeys::generate(&scrm.random));
    callbacks::put_receiver(&scrm, company.id, kind, &keys).await?;
    let path = callbacks::path(&args.corp_id, kind);
    let public_url = &settings.server.public_url;
    let url = (!public_url.is_empty()).then(|| format!("{public_url}{path}"));
    if args.json {
        return out::json(&json!({
            "corp_id": args.corp_id,
            "receiver": kind.name(),
            "url": url,
            "token": keys.token,
            "encoding_aes_key": keys.encoding_aes_key,
        }));
    }
    out::line(&as_text(&args.corp_id, kind, url.as_deref(), &path, &keys))
}

async fn has_keys(scrm: &Scrm, company: &Corp, kind: ReceiverKind) -> anyhow::Result<bool> {
    let mut reader = scrm.db.reader().await?;
    let known = callbacks::receivers(&mut reader, company.id).await?;
    Ok(known.iter().any(|receiver| receiver.kind == kind))
}

/// Where the console takes what is shown here.
fn place(kind: ReceiverKind) -> &'static str {
    match kind {
        ReceiverKind::App => {
            "应用管理 → the app → 接收消息 → 设置API接收: paste the three, tick 外部联系人变更回调 \
             (客户、客户群、客户标签), and press 保存"
        }
        ReceiverKind::Contacts => {
            "管理工具 → 通讯录同步 (newer consoles: 安全与管理 → 管理工具) → 设置接收事件服务器: paste the \
             three and press 保存"
        }
    }
}

fn as_text(
    corp_id: &str,
    kind: ReceiverKind,
    url: Option<&str>,
    path: &str,
    keys: &ReceiverKeys,
) -> String {
    let ReceiverKeys { token, encoding_aes_key } = keys;
    let hint = "not known yet: set server.public_url to the address where WeCom reaches this server, as \
                https://siyu.example.com, and restart it; then it is that address and";
    let url = url.map_or_else(|| format!("{hint} {path}"), str::to_owned);
    format!(
        "URL             {url}\nToken           {token}\nEncodingAESKey  {encoding_aes_key}\n\n\
         They are not shown again. While siyu serve runs, in WeCom's administration console:\n  {}.\n\
         Then: siyu doctor --corp-id {corp_id}",
        place(kind)
    )
}

/// Token and EncodingAESKey; what is wrong with them is said when they are stored.
fn read_keys(file: &Path) -> anyhow::Result<ReceiverKeys> {
    let text = super::read(file, "the file of the keys")?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (Some(token), Some(key), None) = (lines.next(), lines.next(), lines.next()) else {
        anyhow::bail!("{} must have two lines: the Token, and the EncodingAESKey", file.display());
    };
    Ok(ReceiverKeys { token: token.to_owned(), encoding_aes_key: key.to_owned() })
}
