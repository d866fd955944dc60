//! One way through for all calls: count, fault, concurrency, admission, answer, envelope.

use std::{collections::HashMap, io, net::SocketAddr, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Query, Request, State},
    http::{
        Method, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;

use crate::{
    cgi::{Answers, CALLS, Call, Takes, admit, pass::Pass},
    desk::Desk,
    fault::Fault,
    sim::Sim,
    wire::{self, App, Asked, Refusal},
};

const MAX_BODY_BYTES: usize = 4 << 20;
const MAX_UPLOAD_BYTES: usize = 24 << 20;

/// Answers whatever comes under `/cgi-bin`.
pub(crate) async fn serve(State(sim): State<Sim>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/cgi-bin/");
    let Some(call) = CALLS.iter().find(|call| Some(call.path) == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let query = Query::<HashMap<String, String>>::try_from_uri(&parts.uri);
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let max_bytes = if call.path.starts_with("media/") { MAX_UPLOAD_BYTES } else { MAX_BODY_BYTES };
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let read = axum::body::to_bytes(body, max_bytes).await;
    let too_large = read.is_err();
    let mut asked = Asked {
        app: App::SelfBuilt,
        by_get: parts.method == Method::GET,
        query: query.map_or_else(|_| HashMap::new(), |Query(query)| query),
        content_type: content_type.unwrap_or_default().to_owned(),
        body: read.unwrap_or_default(),
        ip: peer.map_or_else(|| [127, 0, 0, 1].into(), |ConnectInfo(peer)| peer.ip()),
    };
    let fault = sim.desk().begin(call.name());
    if too_large {
        return json(call.admit_and(&sim, &mut asked, |_, _| Err(Refusal::of(40206))));
    }
    let _pass = match Pass::enter(&sim, call.name(), &asked) {
        Ok(pass) => pass,
        Err(errcode) => return call.refuse(&sim, &asked, errcode),
    };
    let latency_ms = sim.desk().limits.latency_ms;
    if latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(latency_ms)).await;
    }
    match fault {
        None => json(call.reply(&sim, &mut asked)),
        Some(Fault::Errcode { errcode }) => call.refuse(&sim, &asked, errcode),
        Some(Fault::Http { status }) => StatusCode::from_u16(status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response(),
        Some(Fault::Hang { ms }) => {
            let reply = call.reply(&sim, &mut asked);
            tokio::time::sleep(Duration::from_millis(ms)).await;
            json(reply)
        }
        Some(Fault::CutBeforeEffect) => cut(),
        Some(Fault::CutAfterEffect) => {
            call.reply(&sim, &mut asked);
            cut()
        }
        Some(Fault::CutBody) => half(&call.reply(&sim, &mut asked)),
    }
}

impl Call {
    fn refuse(&self, sim: &Sim, asked: &Asked, errcode: i64) -> Response {
        json(wire::refusal(&mut sim.desk(), asked, self.lists, Refusal::of(errcode)))
    }

    fn reply(&self, sim: &Sim, asked: &mut Asked) -> String {
        match self.answer {
            Answers::Tree(answer) => {
                self.admit_and(sim, asked, |desk, asked| answer(desk, asked).map(wire::success))
            }
            Answers::Text(answer) => self.admit_and(sim, asked, answer),
        }
    }

    fn admit_and(
        &self,
        sim: &Sim,
        asked: &mut Asked,
        answer: impl FnOnce(&mut Desk, &Asked) -> Result<String, Refusal>,
    ) -> String {
        let desk = &mut *sim.desk();
        let answer = self.admit(desk, asked).and_then(|()| answer(desk, asked));
        answer.unwrap_or_else(|refusal| wire::refusal(desk, asked, self.lists, refusal))
    }

    fn admit(&self, desk: &mut Desk, asked: &mut Asked) -> Result<(), Refusal> {
        asked.app = admit::admit(desk, self, asked)?;
        match self.takes {
            Takes::Body { on_get } if asked.by_get => Err(Refusal::of(on_get)),
            Takes::File if asked.by_get => Err(Refusal::of(44001)),
            Takes::Body { .. } | Takes::File | Takes::Query => Ok(()),
        }
    }
}

fn json(reply: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], reply).into_response()
}

/// Closes the connection without a reply: a body that fails at once makes hyper drop the
/// connection before it has sent the head.
fn cut() -> Response {
    let failing = futures_util::stream::once(async {
        Err::<Bytes, _>(io::Error::other("cut on demand by the simulator"))
    });
    Body::from_stream(failing).into_response()
}

/// Sends the head and half of the body, then closes the connection.
fn half(whole: &str) -> Response {
    let first = Bytes::copy_from_slice(&whole.as_bytes()[..whole.len() / 2]);
    let rest = futures_util::stream::once(async {
        // Without this the head is not on its way yet when the body fails.
        tokio::time::sleep(Duration::from_millis(5)).await;
        Err(io::Error::other("cut on demand by the simulator"))
    });
    let body = futures_util::stream::once(async { Ok(first) }).chain(rest);
    let head =
        [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_LENGTH, whole.len().to_string())];
    (head, Body::from_stream(body)).into_response()
}
