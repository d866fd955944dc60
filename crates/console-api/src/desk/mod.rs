//! What the staff's own pages (`/h5`) call: a member of staff with what was handed to him, no user of the console.
//!
//! As with the console's calls, each is a POST with a JSON body and the header `X-Siyu-Console: 1` from a page of the
//! same origin. These need a session of [`scrm::desk`]; none takes the company or the member of staff from a request.

mod calls;
mod files;
mod page_proof;

use std::sync::Arc;

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, header::SET_COOKIE},
    response::Response,
    routing::{get, post},
};
use scrm::desk::{self, DeskSession};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Refusal, cookie,
    endpoint::read_request,
    router::{MAX_BODY_BYTES, Service, respond, too_large},
};

/// What a call is given.
pub(crate) struct Desk {
    service: Arc<Service>,
    session: DeskSession,
}

pub(crate) fn router() -> Router<Arc<Service>> {
    Router::new()
        .route("/h5/api/me", post(async |s: State<_>, r: Request| answer(s, r, calls::me).await))
        .route(
            "/h5/api/tasks",
            post(async |s: State<_>, r: Request| answer(s, r, calls::tasks).await),
        )
        .route(
            "/h5/api/content",
            post(async |s: State<_>, r: Request| answer(s, r, calls::content).await),
        )
        .route(
            "/h5/api/mark",
            post(async |s: State<_>, r: Request| answer(s, r, calls::mark).await),
        )
        .route(
            "/h5/api/medium",
            post(async |s: State<_>, r: Request| answer(s, r, files::medium).await),
        )
        .route(
            "/h5/api/proof",
            post(async |s: State<_>, r: Request| answer(s, r, page_proof::proof).await),
        )
        .route("/h5/api/sign-out", post(sign_out))
        .route("/h5/file/{task}/{file}", get(files::show))
}

/// Carries a call out for whoever is signed in here.
async fn answer<Req, Reply, Fut>(
    State(service): State<Arc<Service>>,
    request: Request,
    call: impl Fn(Desk, Req) -> Fut,
) -> Response
where
    Req: DeserializeOwned,
    Reply: Serialize,
    Fut: Future<Output = Result<Reply, Refusal>>,
{
    let outcome = async {
        let (parts, body) = request.into_parts();
        debug_assert_eq!(parts.method, Method::POST);
        if !service.is_from_console(&parts.headers) {
            return Err(Refusal::other_site());
        }
        let session = session(&service, &parts.headers).await?;
        let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| too_large("1 MiB"))?;
        let request = read_request(&body)?;
        let reply = call(Desk { service: service.clone(), session }, request).await?;
        serde_json::to_vec(&reply).map_err(|error| Refusal::failed(error.to_string()))
    };
    respond(outcome.await)
}

/// Who is signed in on these pages.
async fn session(service: &Service, headers: &HeaderMap) -> Result<DeskSession, Refusal> {
    let (corp, token) = cookie::desk(headers).ok_or_else(Refusal::not_signed_in)?;
    desk::of_token(&service.scrm, corp, token).await?.ok_or_else(Refusal::not_signed_in)
}

async fn sign_out(State(service): State<Arc<Service>>, request: Request) -> Response {
    let headers = request.headers();
    let outcome = async {
        if !service.is_from_console(headers) {
            return Err(Refusal::other_site());
        }
        let session = session(&service, headers).await?;
        desk::sign_out(&service.scrm, &session).await?;
        Ok(b"{}".to_vec())
    };
    let mut response = respond(outcome.await);
    let forget = cookie::forget_desk(service.options.is_secure());
    response.headers_mut().append(SET_COOKIE, forget);
    response
}
