//! From HTTP to calls and back. Each call leaves one line in the log, which never holds a body or a cookie.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN, SET_COOKIE, USER_AGENT},
        request::Parts,
    },
    response::{IntoResponse as _, Response},
    routing::any,
};
use ipnet::IpNet;
use scrm::{
    Scrm,
    users::{self, LoginPages, Visitor},
};
use serde_json::json;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use tracing::Instrument as _;

use crate::{
    Doctor, Endpoint, Needs, Refusal, Visit, cookie, desk, endpoints,
    streams::{self, Exports},
    wecom_sign_in,
};

/// How calls are taken.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where people reach the server, as `https://siyu.example.com`; empty where that is the address it listens on.
    /// With https, cookies are sent over TLS only.
    pub public_url: String,
    /// Where people sign in with WeCom; nothing where it does not know its way back here.
    pub login_pages: Option<LoginPages>,
    /// None where there is none, as in tests.
    pub doctor: Option<Doctor>,
    /// Where exports lie for their hour; the same folder for all processes of one database.
    pub exports: PathBuf,
}

impl Options {
    /// Whether browsers are to send cookies over TLS only.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The largest body, in bytes.
pub(crate) const MAX_BODY_BYTES: usize = 1 << 20;
const MAX_UPLOADS: usize = 4;

/// The calls under `/console/api/`, and the way to WeCom's login page and back. Addresses of callers come from axum's `ConnectInfo<SocketAddr>`.
pub fn router(scrm: Scrm, options: Options) -> Router {
    let exports = Exports::new(options.exports.clone());
    let uploads = Semaphore::new(MAX_UPLOADS);
    let service = Arc::new(Service { scrm, options: Arc::new(options), exports, uploads });
    let mut calls = Router::new().route("/console/api/{*rest}", any(no_such_call));
    for endpoint in endpoints() {
        let handler = move |State(service): State<Arc<Service>>, request: Request| async move {
            service.answer(endpoint, request).await
        };
        calls = calls.route(&format!("/console/api/{}", endpoint.about.path), any(handler));
    }
    // Streams are not compressed: each line of them is to arrive at once.
    let calls = calls.layer(CompressionLayer::new());
    calls
        .merge(desk::router().layer(CompressionLayer::new()))
        .merge(wecom_sign_in::router())
        .merge(streams::router())
        .with_state(service)
}

async fn no_such_call() -> Response {
    let (message, zh) = ("there is no such call", "没有这个接口");
    respond(Err(Refusal::new(StatusCode::NOT_FOUND, "no_such_call", message, zh)))
}

pub(crate) fn too_large(limit: &str) -> Refusal {
    let message = format!("the body is larger than {limit}, or was cut off");
    let zh = format!("内容超过 {limit}，或传输中断");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message, zh)
}

pub(crate) fn respond(outcome: Result<Vec<u8>, Refusal>) -> Response {
    let (status, body) = match outcome {
        Ok(data) => (StatusCode::OK, data),
        Err(refusal) => {
            (refusal.status, json!({ "error": refusal.wire() }).to_string().into_bytes())
        }
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What requests are answered with.
pub(crate) struct Service {
    pub(crate) scrm: Scrm,
    pub(crate) options: Arc<Options>,
    pub(crate) exports: Exports,
    /// Uploads are held in memory: this many at a time.
    pub(crate) uploads: Semaphore,
}

impl Service {
    async fn answer(&self, endpoint: &'static Endpoint, request: Request) -> Response {
        let path = endpoint.about.path;
        let user = tracing::field::Empty;
        let span = tracing::info_span!("console", path, user.id = user);
        async {
            let (parts, body) = request.into_parts();
            let jar = cookie::Jar::default();
            let outcome = self.outcome(endpoint, &parts, body, &jar).await;
            match &outcome {
                Ok(_) => tracing::debug!("answered"),
                Err(Refusal { code, cause: None, .. }) => tracing::info!(code, "refused"),
                Err(Refusal { code, cause: Some(cause), .. }) => {
                    tracing::error!(code, error = %cause, "failed");
                }
            }
            let mut response = respond(outcome);
            if let Some(cookie) = jar.header(self.options.is_secure()) {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        .instrument(span)
        .await
    }

    async fn outcome(
        &self,
        endpoint: &Endpoint,
        parts: &Parts,
        body: Body,
        jar: &cookie::Jar,
    ) -> Result<Vec<u8>, Refusal> {
        if parts.method != Method::POST {
            let (message, zh) = ("only POST is allowed here", "只支持 POST 请求");
            let status = StatusCode::METHOD_NOT_ALLOWED;
            return Err(Refusal::new(status, "not_post", message, zh));
        }
        if !self.is_from_console(&parts.headers) {
            return Err(Refusal::other_site());
        }
        let session = match cookie::token(&parts.headers) {
            Some(token) if endpoint.needs != Needs::Nothing => {
                users::of_token(&self.scrm, token).await?
            }
            _ => None,
        };
        if let Some(session) = &session {
            tracing::Span::current().record("user.id", session.user.0);
        } else if endpoint.needs != Needs::Nothing {
            return Err(Refusal::not_signed_in());
        }
        let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| too_large("1 MiB"))?;
        let visitor = self.visitor(parts);
        let options = self.options.clone();
        let visit = Visit { scrm: self.scrm.clone(), visitor, cookie: jar.clone(), options };
        endpoint.run(visit, session, &body).await
    }

    /// Where a request comes from.
    pub(crate) fn visitor(&self, parts: &Parts) -> Visitor {
        let agent =
            parts.headers.get(USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
        let agent = agent.unwrap_or_default().replace('\0', "");
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| {
            let trusted = &self.options.trusted_proxies;
            openapi::of_caller(peer.ip(), &parts.headers, trusted)
        });
        let address = address.as_ref().map(IpAddr::to_string).unwrap_or_default();
        Visitor { address, agent }
    }

    /// Another site cannot set the header without being asked about by the browser first (CORS), which is refused
    /// here by not answering; and browsers tell where a request comes from.
    pub(crate) fn is_from_console(&self, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let has_header = text("x-siyu-console") == Some("1");
        let is_same_site = text("sec-fetch-site").is_none_or(|site| site == "same-origin");
        // A proxy may have put another Host: then the public address counts.
        let is_same_origin = headers.get(ORIGIN).is_none_or(|origin| {
            let origin = origin.to_str().unwrap_or_default();
            let host = origin.split_once("://").map(|(_, host)| host);
            let is_here =
                host.is_some() && host == headers.get(HOST).and_then(|it| it.to_str().ok());
            is_here || origin == self.options.public_url.trim_end_matches('/')
        });
        has_header && is_same_site && is_same_origin
    }
}
