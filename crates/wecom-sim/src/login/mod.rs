//! WeCom's login pages, at the paths that they have with WeCom: whoever opens one chooses who he is among the staff,
//! and goes back to the caller's page with a code. [D91022], [D98152]
//!
//! Plain forms, no script. Only pages on this machine are gone back to, as callbacks only ever reach it.

mod back;
mod page;

use axum::{
    Form, Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::Deserialize;

use crate::{error::Error, sim::Sim, view::Staff, visits::Visitor};
use back::Back;

/// More are found by searching.
const N_SHOWN: usize = 50;

/// What a page is opened with, and on the way back who was chosen.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    /// The corp id.
    appid: String,
    agentid: String,
    redirect_uri: String,
    state: String,
    /// A part of a name or a userid.
    q: String,
    /// Who was chosen; empty for somebody who is no member of staff.
    userid: String,
}

pub(crate) fn router() -> Router<Sim> {
    let page = || get(open).post(choose);
    Router::new().route("/connect/oauth2/authorize", page()).route("/wwlogin/sso/login", page())
}

/// What WeCom would refuse, by its number where it has one.
fn checked(sim: &Sim, asked: &Asked) -> Result<Back, String> {
    let config = sim.config();
    if asked.appid != config.corp_id {
        return Err("40013: appid is not this corp's id".to_owned());
    }
    if asked.agentid != config.agent_id.to_string() {
        return Err("-31028: agentid is not the app's".to_owned());
    }
    let is_fine =
        asked.state.len() <= 128 && asked.state.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_fine {
        return Err("state is letters and digits, 128 at most".to_owned());
    }
    let text = "50001: redirect_uri is no page on this machine (http://127.0.0.1:PORT/…)";
    Back::of(&asked.redirect_uri).ok_or_else(|| text.to_owned())
}

async fn open(State(sim): State<Sim>, Query(asked): Query<Asked>) -> Response {
    match checked(&sim, &asked) {
        Ok(back) => {
            let policy = format!("default-src 'none'; form-action 'self' {}", back.origin());
            let body = page::choice(&asked, &found(&sim, &asked.q), N_SHOWN);
            respond(StatusCode::OK, &policy, body)
        }
        Err(why) => refused(StatusCode::BAD_REQUEST, &why),
    }
}

/// Those who have not left, by a part of the name or the userid.
fn found(sim: &Sim, part: &str) -> Vec<Staff> {
    let part = part.trim().to_lowercase();
    let mut staff = sim.staff();
    staff.retain(|member| {
        let has = |text: &str| text.to_lowercase().contains(&part);
        member.status != 5 && (has(&member.name) || has(&member.userid))
    });
    staff
}

async fn choose(State(sim): State<Sim>, Form(asked): Form<Asked>) -> Response {
    let back = match checked(&sim, &asked) {
        Ok(back) => back,
        Err(why) => return refused(StatusCode::BAD_REQUEST, &why),
    };
    let visitor = if asked.userid.is_empty() {
        Visitor::Outside { external_userid: None }
    } else {
        Visitor::Staff { userid: asked.userid, private: false }
    };
    match sim.oauth_code(visitor) {
        Ok(code) => {
            let headers = [(header::LOCATION, back.with(&code, &asked.state))];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(error @ Error::UnknownStaff(_)) => refused(StatusCode::NOT_FOUND, &error.to_string()),
        Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn refused(status: StatusCode, why: &str) -> Response {
    respond(status, "default-src 'none'; form-action 'none'", page::refusal(why))
}

fn respond(status: StatusCode, policy: &str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (
            header::CONTENT_SECURITY_POLICY,
            format!("{policy}; base-uri 'none'; frame-ancestors 'none'"),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (status, headers, body).into_response()
}
