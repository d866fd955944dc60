//! The console's files, which are built into the program: `make console` makes them before the program is built. A
//! program built without them says how to.
//!
//! Scripts and styles come from here alone. Ant Design makes styles in the browser; each page carries a nonce that
//! allows these and no others.

use std::borrow::Cow;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use rust_embed::RustEmbed;
use scrm::Scrm;

#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
pub(super) struct Files;

/// Where the page has its nonce.
const NONCE: &str = "NONCE_OF_THIS_PAGE";
/// Instead of a page that is not there.
pub(super) const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Siyu</title>\
    <h1>控制台尚未构建</h1><p>这个程序编译时没有包含控制台。运行 <code>make console</code>，再编译一次。\
    <h2>The console is not built in</h2><p>This program was built without its console. Run <code>make console</code> \
    and build it again.";

/// `/console` and everything below it but the calls.
pub fn router(scrm: Scrm) -> Router {
    Router::new()
        .route("/console", get(async || Redirect::permanent("/console/")))
        .route("/console/", get(page))
        .route("/console/{*path}", get(file))
        .with_state(scrm)
}

/// A file; every other address is a place within the console.
async fn file(scrm: State<Scrm>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    if !path.starts_with("assets/") {
        return page(scrm).await;
    }
    let encodings = headers.get(header::ACCEPT_ENCODING).and_then(|text| text.to_str().ok());
    let takes = |name: &str| encodings.is_some_and(|text| text.contains(name));
    let compressed = [("br", ".br"), ("gzip", ".gz")].into_iter().find_map(|(encoding, ending)| {
        let found = takes(encoding).then(|| Files::get(&format!("{path}{ending}")));
        Some((Some(encoding), found??))
    });
    let found = compressed.or_else(|| Files::get(&path).map(|file| (None, file)));
    let Some((encoding, found)) = found else {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    };
    let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    // Names hold a digest of the content.
    let mut response = (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::VARY, "accept-encoding"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        found.data.into_owned(),
    )
        .into_response();
    if let Some(encoding) = encoding {
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(encoding));
    }
    response
}

/// The one page, from which everything begins.
async fn page(State(scrm): State<Scrm>) -> Response {
    let nonce = hex::encode(scrm.random.bytes::<16>());
    let page = Files::get("index.html");
    let html = page.as_ref().map_or(Cow::Borrowed(NOT_BUILT), |page| {
        Cow::Owned(String::from_utf8_lossy(&page.data).replace(NONCE, &nonce))
    });
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; media-src 'self'; \
         connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    );
    const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "same-origin".to_owned()),
        (OPENER, "same-origin".to_owned()),
    ];
    (headers, html.into_owned()).into_response()
}
