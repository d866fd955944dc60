//! A page on which a person plays a member of staff: what Siyu sent them, what waits for their
//! confirmation, and what arrived in their groups.
//!
//! The page has one call of its own, which says all it shows. What it does goes through the same
//! calls that anybody can make under `/sim`.

mod content;
mod state;

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderName, header},
    response::IntoResponse,
    routing::get,
};
use serde::Deserialize;

use crate::{error::Error, sim::Sim};

const HTML: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// Nothing from elsewhere, nothing inline, in no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The page's script and style.
pub(super) fn files() -> Router<Sim> {
    Router::new()
        .route("/sim/play/page.js", get(async || file("text/javascript; charset=utf-8", SCRIPT)))
        .route("/sim/play/page.css", get(async || file("text/css; charset=utf-8", STYLE)))
}

pub(super) async fn page() -> impl IntoResponse {
    file("text/html; charset=utf-8", HTML)
}

fn file(kind: &'static str, content: &'static str) -> impl IntoResponse {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, content)
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    owner: Option<String>,
    #[serde(default)]
    search: String,
}

/// An owner who is unknown or left is refused; without one, what arrived is that of all groups.
pub(super) async fn state(
    State(sim): State<Sim>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<state::Shown>, Error> {
    state::of(&sim, wanted.owner.as_deref(), &wanted.search).map(Json)
}
