//! To WeCom's login page and back: addresses that a browser opens, for the console and for the staff's own pages. What
//! they decide stands in `scrm::users` and `scrm::desk`; here is the way, which ends where one wanted to go, or on a
//! sign-in page with the code of a problem to tell there.
//!
//! Never here: a way to another site than WeCom's, a code or a state in the log.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scrm::{
    CorpId, Scrm,
    corps::{self, Corp},
    desk,
    users::{self, Browser, DESK_STATE, Errand, WeComSignInError},
};
use serde::Deserialize;

use crate::{Options, cookie, router::Service};

/// Where WeCom's page leads back to, on this server.
pub const BACK_PATH: &str = "/console/wecom/callback";
/// An errand must fit into a cookie.
const MAX_TO_BYTES: usize = 1_000;

pub(crate) fn router() -> Router<Arc<Service>> {
    Router::new()
        .route("/console/wecom/start", get(start))
        .route("/h5/wecom/start", get(start_for_desk))
        .route(BACK_PATH, get(come_back))
}

/// The companies whose WeCom people may sign in with.
pub(crate) async fn companies(scrm: &Scrm, options: &Options) -> Result<Vec<Corp>, scrm::Error> {
    if options.login_pages.is_none() {
        return Ok(vec![]);
    }
    let mut companies = corps::list(&mut *scrm.db.reader().await?).await?;
    companies.retain(|corp| corp.agent_id > 0);
    Ok(companies)
}

#[derive(Deserialize)]
struct Wish {
    /// Where to go in the console afterwards.
    #[serde(default)]
    to: String,
    /// Which company's WeCom; needed where there is more than one.
    corp: Option<i64>,
}

async fn start(
    State(service): State<Arc<Service>>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Response {
    go(&service, &wish, &headers, false).await
}

async fn start_for_desk(
    State(service): State<Arc<Service>>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Response {
    go(&service, &wish, &headers, true).await
}

/// Sends the browser to WeCom's page, with an errand to keep.
async fn go(service: &Service, wish: &Wish, headers: &HeaderMap, is_for_desk: bool) -> Response {
    let Service { scrm, options, .. } = service;
    let to = path_within(&wish.to);
    let companies = match companies(scrm, options).await {
        Ok(companies) => companies,
        Err(error) => return problem(&error.into(), to, is_for_desk),
    };
    let wanted = wish.corp.map(CorpId);
    let corp = match &companies[..] {
        [only] if wanted.is_none() => Some(only),
        all => all.iter().find(|corp| Some(corp.id) == wanted),
    };
    let (Some(corp), Some(pages)) = (corp, &options.login_pages) else {
        return redirect(&sign_in_page("unavailable", to, is_for_desk));
    };
    let agent = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    let is_wecoms = agent.to_ascii_lowercase().windows(6).any(|part| part == b"wxwork");
    let browser = if is_wecoms { Browser::WeComs } else { Browser::Other };
    let errand = Errand::begin(scrm, corp.id, to, is_for_desk);
    let mut response = redirect(&pages.url(corp, &errand, browser));
    let keep = cookie::keep_errand(&errand.sealed(scrm), options.is_secure());
    response.headers_mut().append(header::SET_COOKIE, keep);
    response
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Takes the browser's errand and WeCom's answer, and leads on as somebody who is signed in.
async fn come_back(
    State(service): State<Arc<Service>>,
    Query(answer): Query<Answer>,
    request: Request,
) -> Response {
    let Service { scrm, options, .. } = &*service;
    let (parts, _) = request.into_parts();
    let errand = cookie::errand(&parts.headers).and_then(|kept| Errand::unsealed(scrm, kept));
    let to = errand.as_ref().map_or("/", |errand| &errand.to);
    let is_for_desk =
        errand.as_ref().map_or(answer.state.starts_with(DESK_STATE), |errand| errand.is_for_desk);
    let visitor = service.visitor(&parts);
    let pair = (&*answer.state, &*answer.code);
    let signed_in = match &errand {
        Some(errand) if is_for_desk => {
            let token = desk::sign_in(scrm, errand, pair, &visitor).await;
            token.map(|token| cookie::keep_desk(errand.corp, &token, options.is_secure()))
        }
        Some(errand) => {
            users::sign_in_with_wecom(scrm, errand, pair, &visitor).await.map(|token| {
                let jar = cookie::Jar::default();
                jar.set(token);
                jar.header(options.is_secure()).expect("it was set")
            })
        }
        None => Err(WeComSignInError::NoErrand),
    };
    let mut response = match signed_in {
        Ok(session) => {
            let place = if is_for_desk { "/h5" } else { "/console" };
            let mut response = redirect(&format!("{place}{to}"));
            response.headers_mut().append(header::SET_COOKIE, session);
            response
        }
        Err(error) => problem(&error, to, is_for_desk),
    };
    let forget = cookie::forget_errand(options.is_secure());
    response.headers_mut().append(header::SET_COOKIE, forget);
    response
}

/// Back to the sign-in page, which knows these codes and has texts for them.
fn problem(error: &WeComSignInError, to: &str, is_for_desk: bool) -> Response {
    let code = match error {
        WeComSignInError::NoErrand => "no_errand",
        WeComSignInError::TooLate => "too_late",
        WeComSignInError::OtherState => "other_state",
        WeComSignInError::Used => "used",
        WeComSignInError::WrongCode => "wrong_code",
        WeComSignInError::Outsider => "outsider",
        WeComSignInError::HasLeft => "has_left",
        WeComSignInError::NoUser => "no_user",
        WeComSignInError::Disabled => "disabled",
        WeComSignInError::HasTotp => "totp",
        WeComSignInError::SiteAdmin => "site_admin",
        WeComSignInError::Wait { .. } => "too_many_tries",
        WeComSignInError::Failed(scrm::Error::WeCom(_)) => "wecom",
        WeComSignInError::Failed(_) => "failed",
    };
    match error {
        WeComSignInError::Failed(scrm::Error::WeCom(error)) => {
            tracing::warn!(%error, advice = error.advice(), "WeCom did not tell who came");
        }
        WeComSignInError::Failed(error) => tracing::error!(%error, "a sign-in with WeCom failed"),
        _ => tracing::info!(code, "a sign-in with WeCom was refused"),
    }
    redirect(&sign_in_page(code, to, is_for_desk))
}

fn sign_in_page(code: &str, to: &str, is_for_desk: bool) -> String {
    let page = if is_for_desk { "/h5/sign-in" } else { "/console/sign-in" };
    format!("{page}?problem={code}&to={}", utf8_percent_encode(to, NON_ALPHANUMERIC))
}

/// A path of the console or of the staff's pages with its query, as these pages name it; the first page for all that
/// might lead elsewhere.
fn path_within(wanted: &str) -> &str {
    let is_ours = wanted.starts_with('/')
        && wanted.len() <= MAX_TO_BYTES
        && !wanted.contains("//")
        && wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_ours { wanted } else { "/" }
}

fn redirect(to: &str) -> Response {
    let Ok(to) = HeaderValue::from_str(to) else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the address is none\n").into_response();
    };
    let headers = [
        (header::LOCATION, to),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
