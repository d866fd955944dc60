//! `siyu app`.

use anyhow::Context as _;
use ipnet::IpNet;
use scrm::{
    StaffId,
    apps::{self, App, NewApp},
};
use serde_json::json;

use crate::{
    log, out,
    settings::{self, Source},
    site,
};

/// Manage API apps: the programs that may call the open API.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Create(Create),
    List(List),
    Rotate(Rotate),
    Disable(Named),
    Enable(Enable),
}

/// Make an app and show its key, once.
///
/// The appId reads CORP_SUFFIX. The app signs its calls with the key, which is encrypted at rest and cannot
/// be shown again: store it where the calling program finds it. `siyu app rotate` makes a new one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu app create --corp ww0123456789abcdef --suffix crm
  siyu app create --corp ww0123456789abcdef --suffix bi --scope groups:read --ip 203.0.113.0/24 --json")]
pub struct Create {
    /// WeCom's id of the company
    #[arg(long, value_name = "CORP_ID")]
    corp: String,
    /// What follows the underscore of the appId: letters, digits, dashes
    #[arg(long)]
    suffix: String,
    /// What people call it [default: the suffix]
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// Network it may call from, as 203.0.113.7 or 203.0.113.0/24; may be repeated [default: any]
    #[arg(long, value_name = "CIDR", value_parser = network)]
    ip: Vec<IpNet>,
    /// Scope it gets, as groups:read; may be repeated [default: all]
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,
    /// Id of the member of staff it acts for, as get-users answers it [default: nobody]
    #[arg(long, value_name = "ID")]
    acting_staff: Option<i64>,
    /// Print JSON: {"app_id", "app_key"}
    #[arg(long)]
    json: bool,
}

/// List the apps, without their keys.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: siyu app list --json")]
pub struct List {
    /// Only those of this company [default: all]
    #[arg(long, value_name = "CORP_ID")]
    corp: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Give an app a new key and show it, once. The old one stops working at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: siyu app rotate ww0123456789abcdef_crm")]
pub struct Rotate {
    /// The appId
    app_id: String,
    /// Print JSON: {"app_id", "app_key"}
    #[arg(long)]
    json: bool,
}

/// Stop an app: its calls are refused until it is enabled again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: siyu app disable ww0123456789abcdef_crm")]
pub struct Named {
    /// The appId
    app_id: String,
}

/// Let a stopped app call again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: siyu app enable ww0123456789abcdef_crm")]
pub struct Enable {
    /// The appId
    app_id: String,
}

pub async fn run(source: &Source, command: Command) -> anyhow::Result<()> {
    let settings = settings::load(source, &[])?;
    log::start(&settings.log);
    let scrm = site::open(&settings, String::new()).await?;
    match command {
        Command::Create(args) => {
            let known = ::openapi::scopes();
            if let Some(scope) = args.scope.iter().find(|scope| !known.contains(scope.as_str())) {
                let known: Vec<&str> = known.into_iter().collect();
                anyhow::bail!("there is no scope {scope}; there are {}", known.join(", "));
            }
            let corp = site::company(&scrm, &args.corp).await?;
            let new = NewApp {
                suffix: args.suffix,
                name: args.name,
                ip_allow_list: args.ip,
                scopes: args.scope,
                acting_staff: args.acting_staff.map(StaffId),
            };
            let app = apps::create(&scrm, corp.id, new).await?;
            show_key(args.json, &app.app_id, app.key.reveal())
        }
        Command::List(args) => list(&scrm, args).await,
        Command::Rotate(args) => {
            let key = apps::rotate(&scrm, &args.app_id).await.with_context(see_list)?;
            show_key(args.json, &args.app_id, key.reveal())
        }
        Command::Disable(Named { app_id }) => {
            apps::set_enabled(&scrm, &app_id, false).await.with_context(see_list)?;
            out::line(&format!("{app_id} is disabled."))
        }
        Command::Enable(Enable { app_id }) => {
            apps::set_enabled(&scrm, &app_id, true).await.with_context(see_list)?;
            out::line(&format!("{app_id} is enabled."))
        }
    }
}

fn see_list() -> &'static str {
    "the app was not changed (siyu app list shows all)"
}

fn show_key(as_json: bool, app_id: &str, key: &str) -> anyhow::Result<()> {
    if as_json {
        return out::json(&json!({ "app_id": app_id, "app_key": key }));
    }
    out::line(&format!("appId   {app_id}\nappKey  {key}"))?;
    eprintln!("The key is not shown again.");
    Ok(())
}

async fn list(scrm: &scrm::Scrm, args: List) -> anyhow::Result<()> {
    let companies = match &args.corp {
        Some(id) => vec![site::company(scrm, id).await?],
        None => site::companies(scrm).await?,
    };
    let mut all = Vec::new();
    for company in companies {
        all.extend(apps::list(scrm, company.id).await?);
    }
    if args.json {
        let shown = |app: &App| {
            json!({
                "app_id": app.app_id,
                "name": app.name,
                "enabled": app.is_enabled,
                "ip": app.ip_allow_list,
                "scopes": app.scopes,
                "acting_staff": app.acting_staff.map(|staff| staff.0),
            })
        };
        return out::json(&all.iter().map(shown).collect::<Vec<_>>());
    }
    if all.is_empty() {
        return out::line("There is no app yet: make one with siyu app create.");
    }
    for app in all {
        let state = if app.is_enabled { "enabled " } else { "disabled" };
        let or_any =
            |list: Vec<String>| if list.is_empty() { "any".to_owned() } else { list.join(" ") };
        let from = or_any(app.ip_allow_list.iter().map(IpNet::to_string).collect());
        let scopes = or_any(app.scopes);
        out::line(&format!(
            "{}  {state}  scopes: {scopes}  from: {from}  {}",
            app.app_id, app.name
        ))?;
    }
    Ok(())
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
    text.parse()
        .or_else(|_| address())
        .map_err(|_| format!("{text:?} is not a network: write 203.0.113.7 or 203.0.113.0/24"))
}
