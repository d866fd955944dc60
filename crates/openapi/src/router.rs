//! From HTTP to endpoints and back.
//!
//! Conditions of the transport come first (path, method, size), then the caller is checked, then the
//! endpoint runs. Each call leaves one line in the log, and the calls of an app are noted for its company to see
//! (`scrm::apps::calls`). Neither ever holds a body, a sign or a key.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Method, StatusCode, header::ALLOW, request::Parts},
    response::Response,
    routing::{any, get},
};
use ipnet::IpNet;
use scrm::Scrm;
use tracing::Instrument;

use crate::{
    Code, Endpoint, Refusal, address,
    authenticate::{self, Signed},
    document, endpoints, envelope,
    noted::{self, Answered},
    received,
};

/// How calls are taken.
#[derive(Debug, Clone)]
pub struct Options {
    /// The largest body, in bytes. Larger ones are answered with HTTP 413.
    pub max_body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_wait_ms: u64,
    /// How far a call's timestamp may be from the server's time, either way.
    pub time_window_ms: i64,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Options {
    /// 1 MiB within 30 s, 5 minutes either way, no proxies.
    fn default() -> Self {
        Self {
            max_body_bytes: 1 << 20,
            body_wait_ms: 30_000,
            time_window_ms: 5 * 60_000,
            trusted_proxies: Vec::new(),
        }
    }
}

/// The open API under both of its base paths, and `/openapi.json`. Addresses of callers come from
/// axum's `ConnectInfo<SocketAddr>`; without it, apps limited to addresses are refused.
pub fn router(scrm: Scrm, options: Options) -> Router {
    let service = Arc::new(Service { scrm, options });
    let mut router = Router::new().route("/openapi.json", get(openapi_json));
    for area in ["/api/v2/{*rest}", "/api/v3/{*rest}", "/apiServer/{*rest}"] {
        router = router.route(area, any(no_such_path));
    }
    for endpoint in endpoints() {
        for base in ["", "/apiServer"] {
            let handler = move |State(service): State<Arc<Service>>, request: Request| async move {
                service.answer(endpoint, request).await
            };
            router = router.route(&format!("{base}{}", endpoint.about.path), any(handler));
        }
    }
    router.with_state(service)
}

async fn openapi_json() -> Response {
    envelope::json(StatusCode::OK, document())
}

async fn no_such_path() -> Response {
    let message = "there is no such path in this API";
    respond(Err(Refusal::transport(StatusCode::NOT_FOUND, Code::NOT_FOUND, message)))
}

fn respond(outcome: Result<Vec<u8>, Refusal>) -> Response {
    let refusal = match outcome {
        Ok(reply) => return envelope::json(StatusCode::OK, reply),
        Err(refusal) => refusal,
    };
    let mut response = envelope::json(refusal.status, envelope::refusal(&refusal));
    if refusal.status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

struct Service {
    scrm: Scrm,
    options: Options,
}

impl Service {
    async fn answer(&self, endpoint: &'static Endpoint, request: Request) -> Response {
        let path = endpoint.about.path;
        let span = tracing::info_span!("open_api", path, app.id = tracing::field::Empty);
        async {
            let started_at_ms = self.scrm.clock.now_ms();
            let (parts, body) = request.into_parts();
            let address = self.address_of(&parts);
            let outcome = self.outcome(endpoint, &parts, address, body).await;
            let duration_ms = self.scrm.clock.now_ms() - started_at_ms;
            match &outcome {
                Ok(_) => tracing::info!(code = 0, duration_ms, "answered"),
                Err(Refusal { code, cause: None, .. }) => {
                    tracing::info!(code = code.number, duration_ms, "refused");
                }
                Err(Refusal { code, cause: Some(cause), .. }) => {
                    tracing::error!(code = code.number, duration_ms, error = %cause, "failed");
                }
            }
            let answered = Answered { path, at_ms: started_at_ms, duration_ms, outcome: &outcome };
            if let Some(call) = noted::call(&parts.headers, address, &answered) {
                self.scrm.call_log.note(call);
            }
            respond(outcome)
        }
        .instrument(span)
        .await
    }

    async fn outcome(
        &self,
        endpoint: &Endpoint,
        parts: &Parts,
        address: Option<IpAddr>,
        body: Body,
    ) -> Result<Vec<u8>, Refusal> {
        if parts.method != Method::POST {
            let message = format!("{} is not allowed here, only POST", parts.method);
            let status = StatusCode::METHOD_NOT_ALLOWED;
            return Err(Refusal::transport(status, Code::FAILURE, message));
        }
        let body = received::body(body, endpoint.max_body_bytes, &self.options).await?;
        let call = Signed { headers: &parts.headers, address, body: &body };
        let caller =
            authenticate::caller(&self.scrm, &self.options, &endpoint.about, &call).await?;
        endpoint.run(&caller, &body).await
    }

    fn address_of(&self, parts: &Parts) -> Option<IpAddr> {
        let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(address::of_caller(peer.ip(), &parts.headers, &self.options.trusted_proxies))
    }
}
