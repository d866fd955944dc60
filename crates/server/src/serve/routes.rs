//! The server's addresses beside the open API.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use console_api::{Doctor, Finding};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scrm::{BatchId, CorpId, FileId, Scrm, send};
use serde_json::json;
use tracing::error;

use super::{callbacks, metrics, notice_page};
use crate::{doctor, settings::Settings};

/// Everything that this process answers, by its role.
pub fn router(scrm: &Scrm, settings: &Settings) -> Router {
    let health = Router::new()
        .route("/healthz", get(health))
        .with_state(scrm.clone())
        .merge(metrics::router(scrm, settings));
    if !settings.server.role.answers() {
        return health;
    }
    let options = openapi::Options {
        time_window_ms: i64::from(settings.api.timestamp_window_s) * 1_000,
        trusted_proxies: settings.server.trusted_proxies.clone(),
        ..openapi::Options::default()
    };
    let pages = Router::new()
        .route("/", get(async || page(StatusCode::OK, notice_page::HOME.to_owned())))
        .route("/page.css", get(style))
        .route("/t/{corp}/{batch}/{token}", get(notice))
        .route("/t/{corp}/{batch}/{token}/files/{file}", get(notice_file))
        .fallback(async || not_found())
        .with_state(scrm.clone());
    let callbacks = callbacks::router(scrm.clone());
    let console = console_api::Options {
        trusted_proxies: settings.server.trusted_proxies.clone(),
        public_url: settings.server.public_url.clone(),
        login_pages: settings.login_pages(&scrm.rules.public_url),
        doctor: Some(doctor(scrm, settings)),
        exports: settings.files_dir().join("exports"),
    };
    openapi::router(scrm.clone(), options)
        .merge(console_api::router(scrm.clone(), console))
        .merge(super::console::router(scrm.clone()))
        .merge(super::docs::router())
        .merge(super::h5::router())
        .merge(health)
        .merge(callbacks)
        .merge(pages)
}

/// For the console: what the doctor finds of a company.
fn doctor(scrm: &Scrm, settings: &Settings) -> Doctor {
    let (scrm, settings) = (scrm.clone(), Arc::new(settings.clone()));
    Doctor(Arc::new(move |company| {
        let (scrm, settings) = (scrm.clone(), settings.clone());
        Box::pin(async move {
            let checks = doctor::examine_company(&scrm, &settings, &company).await;
            let finding = |check: doctor::Check| Finding {
                id: check.id.to_owned(),
                title: check.title.to_owned(),
                state: check.state.name().to_owned(),
                found: check.found,
                fix: check.fix,
                page: check.page,
            };
            let found = checks.map_err(|error| format!("{error:#}"))?;
            Ok(found.into_iter().map(finding).collect())
        })
    }))
}

/// 200 while the database answers, for load balancers.
async fn health(State(scrm): State<Scrm>) -> Response {
    match store::schema_version(&scrm.db).await {
        Ok(Some(version)) => {
            Json(json!({ "status": "ok", "schema_version": version })).into_response()
        }
        _ => {
            let body = Json(json!({ "status": "the database does not answer" }));
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
    }
}

/// What an owner is to send by hand; whoever has the link may see it.
async fn notice(
    State(scrm): State<Scrm>,
    Path((corp, batch, token)): Path<(String, String, String)>,
) -> Response {
    let (Ok(corp), Ok(batch), Ok(token)) = (corp.parse(), batch.parse(), hex::decode(token)) else {
        return not_found();
    };
    let token_text = hex::encode(&token);
    match send::page(&scrm, CorpId(corp), BatchId(batch), &token).await {
        Ok(Some(found)) => page(StatusCode::OK, notice_page::html(&found, &token_text)),
        Ok(None) => not_found(),
        Err(error) => {
            error!(%error, "the page of a notice failed");
            page(StatusCode::INTERNAL_SERVER_ERROR, notice_page::FAILED.to_owned())
        }
    }
}

/// A file of such a page; whoever has the page's link may have it.
async fn notice_file(
    State(scrm): State<Scrm>,
    Path((corp, batch, token, file)): Path<(String, String, String, String)>,
) -> Response {
    let (Ok(corp), Ok(batch), Ok(token), Ok(file)) =
        (corp.parse(), batch.parse(), hex::decode(token), file.parse())
    else {
        return not_found();
    };
    match send::page_file(&scrm, CorpId(corp), BatchId(batch), &token, FileId(file)).await {
        Ok(Some((file, content))) => {
            let kind = if file.format.is_image() { "inline" } else { "attachment" };
            let name = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
            let disposition = format!("{kind}; filename*=UTF-8''{name}");
            let headers = [
                (header::CONTENT_TYPE, file.format.mime().to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
                (header::CACHE_CONTROL, "no-store".to_owned()),
                (header::REFERRER_POLICY, "no-referrer".to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            ];
            (headers, content).into_response()
        }
        Ok(None) => not_found(),
        Err(error) => {
            error!(%error, "a file of a notice's page failed");
            page(StatusCode::INTERNAL_SERVER_ERROR, notice_page::FAILED.to_owned())
        }
    }
}

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, notice_page::CSS).into_response()
}

/// No script, nothing from elsewhere, kept nowhere, and its address told to nobody.
const PAGE_HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// For an address that leads nowhere.
pub(super) fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, notice_page::NOT_FOUND.to_owned())
}

fn page(status: StatusCode, html: String) -> Response {
    (status, PAGE_HEADERS, Html(html)).into_response()
}
