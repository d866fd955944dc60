//! Who is calling, and whether it may.
//!
//! The checks run in the order of the contract's codes where it can be chosen: what is missing, what
//! is malformed, who it is, from where, when, with which sign, for what. The first that fails decides.

use std::net::IpAddr;

use axum::http::HeaderMap;
use scrm::{
    Scrm,
    apps::{self, App},
    corps::Corp,
};
use sha2::{Digest as _, Sha256};

use crate::{About, Caller, Code, Refusal, router::Options, signature};

/// A call as it came in.
pub(crate) struct Signed<'a> {
    pub headers: &'a HeaderMap,
    /// The caller's address; none when the server does not tell, which no app with a list may use.
    pub address: Option<IpAddr>,
    pub body: &'a [u8],
}

/// The caller, or the refusal.
pub(crate) async fn caller(
    scrm: &Scrm,
    options: &Options,
    about: &About,
    call: &Signed<'_>,
) -> Result<Caller, Refusal> {
    let app_id = header(call.headers, "appId")?;
    let timestamp = header(call.headers, "timestamp")?;
    let sign = header(call.headers, "sign")?;
    let timestamp_ms = milliseconds(&timestamp)?;
    let (app, corp) = enabled_app(scrm, &app_id).await?;
    check_address(&app, call.address)?;
    check_age(scrm.clock.now_ms(), timestamp_ms, options.time_window_ms)?;
    if !signature::is_right(sign.as_bytes(), &app_id, &timestamp, call.body, app.key.reveal()) {
        let message = "sign is wrong: it is the lower-case hex SHA-256 of appId, timestamp, \
                       the raw body and appKey, one after the other";
        return Err(Refusal::new(Code::WRONG_SIGN, message));
    }
    check_scope(&app, about.scope)?;
    let body_digest = Sha256::digest(call.body).into();
    Ok(Caller { scrm: scrm.clone(), app, corp, body_digest })
}

fn header(headers: &HeaderMap, name: &str) -> Result<String, Refusal> {
    let value = headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match value {
        Some(value) if !value.is_empty() => Ok(value.into_owned()),
        _ => Err(Refusal::new(Code::HEADER_MISSING, format!("the header {name} is missing"))),
    }
}

fn milliseconds(timestamp: &str) -> Result<i64, Refusal> {
    let is_well_formed = timestamp.len() == 13 && timestamp.bytes().all(|b| b.is_ascii_digit());
    timestamp.parse().ok().filter(|_| is_well_formed).ok_or_else(|| {
        let message = "timestamp is not a time in milliseconds (13 digits)";
        Refusal::new(Code::BAD_TIMESTAMP, message)
    })
}

/// The app and its company.
async fn enabled_app(scrm: &Scrm, app_id: &str) -> Result<(App, Corp), Refusal> {
    // The app's own company: not finding it is damage, not a caller's mistake.
    let found = apps::find_with_corp(scrm, app_id).await.map_err(Refusal::failed)?;
    // From here on the log may name the app; before, the header is anyone's text.
    if let Some((app, _)) = &found {
        tracing::Span::current().record("app.id", app.app_id.as_str());
    }
    found
        .filter(|(app, _)| app.is_enabled)
        .ok_or_else(|| Refusal::new(Code::UNKNOWN_APP, "appId is unknown or disabled"))
}

fn check_address(app: &App, address: Option<IpAddr>) -> Result<(), Refusal> {
    let is_allowed = app.ip_allow_list.is_empty()
        || address.is_some_and(|ip| app.ip_allow_list.iter().any(|network| network.contains(&ip)));
    if is_allowed {
        return Ok(());
    }
    let from = address.map_or_else(|| "an unknown address".to_owned(), |ip| ip.to_string());
    let message = format!("calls from {from} are not allowed for this app");
    Err(Refusal::new(Code::FORBIDDEN_ADDRESS, message))
}

fn check_age(now_ms: i64, timestamp_ms: i64, window_ms: i64) -> Result<(), Refusal> {
    let off_by_ms = timestamp_ms - now_ms;
    if off_by_ms.abs() <= window_ms {
        return Ok(());
    }
    let direction = if off_by_ms < 0 { "behind" } else { "ahead of" };
    let message = format!(
        "timestamp is {} s {direction} the server's time, at most {} s are allowed",
        off_by_ms.abs() / 1_000,
        window_ms / 1_000
    );
    Err(Refusal::new(Code::BAD_TIMESTAMP, message))
}

fn check_scope(app: &App, scope: &str) -> Result<(), Refusal> {
    if app.scopes.is_empty() || app.scopes.iter().any(|granted| granted == scope) {
        return Ok(());
    }
    let message = format!("the scope {scope} is not granted to this app");
    Err(Refusal::new(Code::MISSING_SCOPE, message))
}
