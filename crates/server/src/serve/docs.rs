//! `/docs`: the guide, the samples and the reference of the open API, built into the program with the console.

use std::borrow::Cow;

use axum::{
    Router,
    http::{HeaderName, header},
    response::{Html, IntoResponse as _, Response},
    routing::get,
};

use super::console::{Files, NOT_BUILT};

/// Scripts and styles come from here alone, and calls go here alone.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

pub fn router() -> Router {
    Router::new().route("/docs", get(page))
}

async fn page() -> Response {
    let page = Files::get("docs.html");
    let html =
        page.as_ref().map_or(Cow::Borrowed(NOT_BUILT), |page| String::from_utf8_lossy(&page.data));
    (HEADERS, Html(html.into_owned())).into_response()
}
