//! What is no call of the table: work that tells its progress line by line (NDJSON), and files up and down. Whoever
//! comes here is checked as for a call.

mod exports;
mod files;
mod lines;
mod sheet;
mod tag_all;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::request::Parts,
    response::Response,
    routing::{get, post},
};
use scrm::users::Right;
use serde::de::DeserializeOwned;

use crate::{
    Caller, Needs, Refusal, Visit, cookie,
    endpoint::{Context as _, read_request},
    router::{MAX_BODY_BYTES, Service, respond, too_large},
};
pub(crate) use exports::Exports;

pub(crate) fn router() -> Router<Arc<Service>> {
    Router::new()
        .route("/console/stream/tag-all", post(tag_all::tag_all))
        .route("/console/stream/export/groups", post(exports::groups))
        .route("/console/stream/export/sop-tasks", post(exports::sop_tasks))
        .route("/console/export/{token}", get(exports::download))
        .route("/console/upload", post(files::upload))
        .route("/console/file/{id}", get(files::show))
}

impl Service {
    /// Who sent a request that changes or begins something.
    async fn caller(&self, parts: &Parts, right: Right) -> Result<Caller, Refusal> {
        if !self.is_from_console(&parts.headers) {
            return Err(Refusal::other_site());
        }
        self.looker(parts, right).await
    }

    /// Who sent a request that only looks, which a link does too.
    async fn looker(&self, parts: &Parts, right: Right) -> Result<Caller, Refusal> {
        let session = match cookie::token(&parts.headers) {
            Some(token) => scrm::users::of_token(&self.scrm, token).await?,
            None => None,
        };
        let visit = Visit {
            scrm: self.scrm.clone(),
            visitor: self.visitor(parts),
            cookie: cookie::Jar::default(),
            options: self.options.clone(),
        };
        Caller::of(visit, session, Needs::Right(right))
    }
}

/// The body of a request as JSON.
async fn json<Req: DeserializeOwned>(body: Body) -> Result<Req, Refusal> {
    let bytes = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| too_large("1 MiB"))?;
    read_request(&bytes)
}

/// The reply, or the refusal as calls give it.
fn reply(outcome: Result<Response, Refusal>) -> Response {
    outcome.unwrap_or_else(|refusal| {
        match &refusal.cause {
            None => tracing::info!(code = refusal.code, "refused"),
            Some(error) => tracing::error!(code = refusal.code, error, "failed"),
        }
        respond(Err(refusal))
    })
}
