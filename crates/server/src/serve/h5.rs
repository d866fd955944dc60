//! `/h5`: the staff's own pages, built into the program with the console. What they call is in `console_api`.

use std::borrow::Cow;

use axum::{
    Router,
    http::{HeaderName, header},
    response::{Html, IntoResponse as _, Redirect, Response},
    routing::get,
};

use super::console::{Files, NOT_BUILT};

/// Scripts and styles come from here alone, and calls go here alone. WeCom's browser talks to its pages through frames
/// whose addresses nobody else answers.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         frame-src weixin: wxwork: wvjbscheme:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// `/h5` and everything below it but the calls.
pub fn router() -> Router {
    Router::new()
        .route("/h5", get(async || Redirect::permanent("/h5/")))
        .route("/h5/", get(page))
        .route("/h5/{*path}", get(page))
}

/// The one page; its address says what it shows.
async fn page() -> Response {
    let page = Files::get("h5.html");
    let html =
        page.as_ref().map_or(Cow::Borrowed(NOT_BUILT), |page| String::from_utf8_lossy(&page.data));
    (HEADERS, Html(html.into_owned())).into_response()
}
