//! `siyu call`.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use ambient::Clock;
use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::pretty::pretty;
use crate::{out, settings};

/// Sign a call of the open API, send it, and print the reply.
///
/// The command fails when the reply's code is not 0. Who calls is taken from flags, then from the
/// environment (SIYU_URL, SIYU_APP_ID, SIYU_APP_KEY), then from the file that `siyu demo` writes. The body
/// goes out byte for byte as given, also when it is no JSON.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu call /api/v3/groupSop/getGroupList '{\"pageSize\":3}'
  siyu call /api/v3/echo '{\"hello\":\"世界\"}' --demo /tmp/demo/demo.json
  siyu call /api/v3/get-users --url https://siyu.example.com --app-id ww…_crm --app-key-file key.txt
  siyu call /api/v3/groupSop/addGroupAssistant - < body.json")]
pub struct Args {
    /// The path, as /api/v3/echo
    path: String,
    /// The body; - reads it from standard input
    #[arg(default_value = "{}")]
    json: String,
    /// Where the server is, as http://127.0.0.1:8080
    #[arg(long)]
    url: Option<String>,
    /// The appId
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    /// The appKey. Other users of the machine can see it: prefer --app-key-file or SIYU_APP_KEY
    #[arg(long, value_name = "KEY", conflicts_with = "app_key_file")]
    app_key: Option<String>,
    /// File with the appKey
    #[arg(long, value_name = "FILE")]
    app_key_file: Option<PathBuf>,
    /// The file that `siyu demo` wrote
    #[arg(long, value_name = "FILE", default_value = "./demo-data/demo.json")]
    demo: PathBuf,
}

/// What is needed of the demo's file.
#[derive(Deserialize)]
struct Demo {
    base_url: String,
    app_id: String,
    app_key: String,
}

struct Target {
    url: String,
    app_id: String,
    app_key: String,
}

/// The reply's code.
#[derive(Deserialize)]
struct Envelope {
    code: i64,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    if !args.path.starts_with('/') {
        bail!("the path {:?} does not begin with a slash, as /api/v3/echo does", args.path);
    }
    let target = target(&args)?;
    let body = if args.json == "-" {
        let mut body = Vec::new();
        std::io::stdin().read_to_end(&mut body).context("standard input cannot be read")?;
        body
    } else {
        args.json.into_bytes()
    };
    let now_ms = Clock::system().now_ms();
    let sign = ::openapi::signature::sign(&target.app_id, now_ms, &body, &target.app_key);
    let url = format!("{}{}", target.url.trim_end_matches('/'), args.path);
    let reply =
        wecom::http::client(wecom::http::Timeouts { connect_ms: 5_000, request_ms: 60_000 })?
            .post(&url)
            .header("appId", &target.app_id)
            .header("timestamp", now_ms)
            .header("sign", sign)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .with_context(|| format!("no answer from {url}: does the server run there?"))?;
    let status = reply.status();
    let text = reply.text().await.with_context(|| format!("the answer of {url} broke off"))?;
    let Ok(Envelope { code }) = serde_json::from_str(&text) else {
        out::line(&text)?;
        bail!("{url} answered HTTP {status} without a code: is it Siyu's open API?");
    };
    out::line(&pretty(&text))?;
    Ok(if code == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn target(args: &Args) -> anyhow::Result<Target> {
    let app_key = match (&args.app_key, &args.app_key_file) {
        (Some(key), _) => Some(key.clone()),
        (None, Some(file)) => Some(key_in(file)?),
        (None, None) => settings::call_variable("SIYU_APP_KEY"),
    };
    let app_id = args.app_id.clone().or_else(|| settings::call_variable("SIYU_APP_ID"));
    let url = args.url.clone().or_else(|| settings::call_variable("SIYU_URL"));
    if let (Some(url), Some(app_id), Some(app_key)) = (&url, &app_id, &app_key) {
        let (url, app_id, app_key) = (url.clone(), app_id.clone(), app_key.clone());
        return Ok(Target { url, app_id, app_key });
    }
    let file = args.demo.display();
    let text = std::fs::read_to_string(&args.demo).with_context(|| {
        format!("give --url, --app-id and --app-key-file, or start siyu demo, which writes {file}")
    })?;
    let demo: Demo = serde_json::from_str(&text)
        .with_context(|| format!("{file} is not a file that siyu demo wrote"))?;
    Ok(Target {
        url: url.unwrap_or(demo.base_url),
        app_id: app_id.unwrap_or(demo.app_id),
        app_key: app_key.unwrap_or(demo.app_key),
    })
}

fn key_in(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the file of the key {} cannot be read", file.display()))?;
    Ok(text.trim().to_owned())
}
