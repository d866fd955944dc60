//! `GET /metrics`: what this process asks of WeCom and how far the companies are, for Prometheus.
//!
//! Answered to the networks of `server.metrics_allow` only; to others it is not there. Who comes through a
//! proxy that is not among the trusted ones is a stranger, whatever the proxy's own address is.

use std::{
    collections::HashMap,
    fmt::{Display, Write as _},
    net::SocketAddr,
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use ipnet::IpNet;
use scrm::{CorpId, Scrm, callbacks, refresh, sync};
use tracing::error;
use wecom::CallMetrics;

use super::routes::not_found;
use crate::{settings::Settings, site};

/// The route, which is the same in every role.
pub fn router(scrm: &Scrm, settings: &Settings) -> Router {
    let service = Service {
        scrm: scrm.clone(),
        allow: settings.server.metrics_allow.clone(),
        trusted_proxies: settings.server.trusted_proxies.clone(),
    };
    Router::new().route("/metrics", get(answer)).with_state(Arc::new(service))
}

struct Service {
    scrm: Scrm,
    allow: Vec<IpNet>,
    trusted_proxies: Vec<IpNet>,
}

const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

async fn answer(State(service): State<Arc<Service>>, request: Request) -> Response {
    if !service.may_see(&request) {
        return not_found();
    }
    match text(&service.scrm).await {
        Ok(text) => ([(header::CONTENT_TYPE, FORMAT)], text).into_response(),
        Err(error) => {
            error!(%error, "the metrics cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

impl Service {
    fn may_see(&self, request: &Request) -> bool {
        let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
            return false;
        };
        let holds = |networks: &[IpNet], address| networks.iter().any(|net| net.contains(&address));
        let headers = request.headers();
        let is_forwarded = ["x-forwarded-for", "forwarded", "x-real-ip"]
            .iter()
            .any(|&name| headers.contains_key(name));
        if is_forwarded && !holds(&self.trusted_proxies, peer.ip().to_canonical()) {
            return false;
        }
        let caller = openapi::of_caller(peer.ip(), headers, &self.trusted_proxies);
        // A proxy that does not say for whom it asks may ask for anybody.
        !holds(&self.trusted_proxies, caller) && holds(&self.allow, caller)
    }
}

async fn text(scrm: &Scrm) -> anyhow::Result<String> {
    let companies = site::companies(scrm).await?;
    let ids: HashMap<CorpId, &str> =
        companies.iter().map(|company| (company.id, company.wecom_corp_id.as_str())).collect();
    let mut page = Page::default();
    of_calls(scrm, &ids, &mut page);
    for company in &companies {
        let corp = [("corp", company.wecom_corp_id.as_str())];
        let mut reader = scrm.db.reader().await?;
        let counts = callbacks::counts(&mut reader, company.id).await?;
        drop(reader);
        for count in counts {
            let labels = [corp[0], ("event", &count.name)];
            page.add(&EVENTS, &labels, count.n_received);
            page.add(&LAST_EVENT, &labels, seconds(count.last_received_at_ms));
        }
        page.add(&WAITING, &corp, refresh::n_waiting(scrm, company.id).await?);
        if let Some(run) = sync::last_run(scrm, company.id).await? {
            of_run(&run, &corp, &mut page);
        }
    }
    Ok(page.text())
}

fn of_calls(scrm: &Scrm, ids: &HashMap<CorpId, &str>, page: &mut Page) {
    for (corp, secret, calls) in scrm.wecom.metrics() {
        // A company that is gone has no name any more.
        let Some(&id) = ids.get(&corp) else { continue };
        for CallMetrics { call, n_calls, n_waited, waited_ms, n_retries, n_errors } in calls {
            let labels = [("corp", id), ("secret", secret.name()), ("call", call)];
            page.add(&CALLS, &labels, n_calls);
            page.add(&WAITED, &labels, n_waited);
            #[expect(clippy::cast_precision_loss, reason = "below 285,000 years it is exact")]
            page.add(&WAITED_S, &labels, waited_ms as f64 / 1_000.0);
            page.add(&RETRIES, &labels, n_retries);
            page.add(&ERRORS, &labels, n_errors);
        }
    }
}

fn of_run(run: &sync::LastRun, corp: &[(&str, &str)], page: &mut Page) {
    let n_problems: usize = run.parts.iter().map(|part| part.n_problems).sum();
    page.add(&SYNC_RUNNING, corp, u8::from(!run.is_finished));
    page.add(&SYNC_FAILED, corp, u8::from(run.has_failed));
    page.add(&SYNC_STARTED, corp, seconds(run.started_at_ms));
    if let Some(finished_at_ms) = run.finished_at_ms {
        page.add(&SYNC_FINISHED, corp, seconds(finished_at_ms));
    }
    page.add(&SYNC_PROBLEMS, corp, n_problems);
    let labels = [corp[0], ("part", &run.part)];
    page.add(&SYNC_DONE, &labels, run.n_done);
    page.add(&SYNC_TOTAL, &labels, run.n_total);
    page.add(&SYNC_RATE, &labels, run.rate_per_min);
    if let Some(ms_left) = run.ms_left.filter(|_| !run.is_finished) {
        page.add(&SYNC_LEFT, &labels, seconds(ms_left));
    }
}

fn seconds(ms: i64) -> i64 {
    ms.div_euclid(1_000)
}

/// A metric: its name, what kind it is, and what it tells.
struct Metric(&'static str, &'static str, &'static str);

const CALLS: Metric = Metric(
    "siyu_wecom_calls_total",
    "counter",
    "Requests of this process to WeCom, repetitions included.",
);
const WAITED: Metric = Metric(
    "siyu_wecom_calls_waited_total",
    "counter",
    "Requests that had to wait for the budget of their call.",
);
const WAITED_S: Metric = Metric(
    "siyu_wecom_calls_waited_seconds_total",
    "counter",
    "How long requests waited for the budget of their call.",
);
const RETRIES: Metric =
    Metric("siyu_wecom_retries_total", "counter", "Requests that repeat an earlier one.");
const ERRORS: Metric = Metric(
    "siyu_wecom_errors_total",
    "counter",
    "Calls that failed in the end, refusals included.",
);
const EVENTS: Metric = Metric(
    "siyu_callback_events_total",
    "counter",
    "Events received from WeCom by any process, repeated deliveries not counted.",
);
const LAST_EVENT: Metric = Metric(
    "siyu_callback_last_event_timestamp_seconds",
    "gauge",
    "When the last event of this name came.",
);
const WAITING: Metric =
    Metric("siyu_refresh_waiting", "gauge", "Things that wait to be read from WeCom anew.");
const SYNC_RUNNING: Metric =
    Metric("siyu_sync_running", "gauge", "1 while a synchronisation is under way.");
const SYNC_FAILED: Metric =
    Metric("siyu_sync_failed", "gauge", "1 when the last synchronisation failed.");
const SYNC_STARTED: Metric =
    Metric("siyu_sync_started_timestamp_seconds", "gauge", "When the last synchronisation began.");
const SYNC_FINISHED: Metric =
    Metric("siyu_sync_finished_timestamp_seconds", "gauge", "When the last synchronisation ended.");
const SYNC_PROBLEMS: Metric =
    Metric("siyu_sync_problems", "gauge", "Things that the last synchronisation could not read.");
const SYNC_DONE: Metric =
    Metric("siyu_sync_done", "gauge", "Things done in the last part of the synchronisation.");
const SYNC_TOTAL: Metric =
    Metric("siyu_sync_total", "gauge", "Things to do in that part; 0 while not known.");
const SYNC_RATE: Metric =
    Metric("siyu_sync_rate_per_minute", "gauge", "Things a minute in that part.");
const SYNC_LEFT: Metric =
    Metric("siyu_sync_left_seconds", "gauge", "How long that part will take yet.");

/// Samples by metric, in the order in which the metrics came first: their lines must stand together.
#[derive(Default)]
struct Page(Vec<(&'static Metric, String)>);

impl Page {
    fn add(&mut self, metric: &'static Metric, labels: &[(&str, &str)], value: impl Display) {
        let at = self.0.iter().position(|(known, _)| known.0 == metric.0).unwrap_or_else(|| {
            self.0.push((metric, String::new()));
            self.0.len() - 1
        });
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let lines = &mut self.0[at].1;
        writeln!(lines, "{}{{{}}} {value}", metric.0, labels.join(",")).expect("memory takes text");
    }

    fn text(self) -> String {
        let parts = self.0.into_iter().map(|(Metric(name, kind, help), lines)| {
            format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{lines}")
        });
        parts.collect()
    }
}

/// As the format wants label values.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests;
