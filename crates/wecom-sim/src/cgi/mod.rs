//! WeCom's side under `/cgi-bin`: one table of calls, one way through for all of them.
//!
//! A call is counted, may meet a planned fault, has its token and method checked, and is then
//! answered by its own file, which sees neither HTTP nor the envelope.

mod add_msg_template;
mod cancel_groupmsg_send;
mod department_list;
mod get_corp_tag_list;
mod get_follow_user_list;
mod get_groupmsg_list;
mod get_groupmsg_send_result;
mod get_groupmsg_task;
mod gettoken;
mod groupchat_get;
mod groupchat_list;
mod groupmsg;
mod message_send;
mod page;
mod remind_groupmsg_send;
mod user_list;

use std::{collections::HashMap, io, net::SocketAddr, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{ConnectInfo, Query, Request, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::{
    desk::Desk,
    fault::Fault,
    sim::Sim,
    wire::{self, Answer, Asked, Refusal},
};

const MAX_BODY_BYTES: usize = 4 << 20;

/// One call of WeCom's API.
pub(crate) struct Call {
    /// Below `/cgi-bin/`.
    pub(crate) path: &'static str,
    pub(crate) takes: Takes,
    /// The lists of the reply, which a refusal leaves empty.
    lists: &'static [&'static str],
    answer: fn(&mut Desk, &Asked) -> Answer,
}

/// Where a call has its parameters.
pub(crate) enum Takes {
    Query,
    /// A GET has no body, and WeCom answers it with this misleading code.
    Body {
        on_get: i64,
    },
}

/// Every call the simulator knows.
pub(crate) const CALLS: &[Call] = &[
    gettoken::CALL,
    department_list::CALL,
    user_list::CALL,
    get_follow_user_list::CALL,
    get_corp_tag_list::CALL,
    groupchat_list::CALL,
    groupchat_get::CALL,
    add_msg_template::CALL,
    get_groupmsg_list::CALL,
    get_groupmsg_task::CALL,
    get_groupmsg_send_result::CALL,
    cancel_groupmsg_send::CALL,
    remind_groupmsg_send::CALL,
    message_send::CALL,
];

/// The call of this name; also as a path, and with `_` for `/`.
pub(crate) fn find(name: &str) -> Option<&'static Call> {
    let name = name.trim_start_matches('/');
    let name = name.strip_prefix("cgi-bin/").unwrap_or(name);
    let name = name.strip_prefix("externalcontact/").unwrap_or(name);
    CALLS.iter().find(|call| call.name() == name || call.name().replace('/', "_") == name)
}

/// Answers whatever comes under `/cgi-bin`.
pub(crate) async fn serve(State(sim): State<Sim>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/cgi-bin/");
    let Some(call) = CALLS.iter().find(|call| Some(call.path) == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let query = Query::<HashMap<String, String>>::try_from_uri(&parts.uri);
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let read = axum::body::to_bytes(body, MAX_BODY_BYTES).await;
    let too_large = read.is_err();
    let asked = Asked {
        by_get: parts.method == Method::GET,
        query: query.map_or_else(|_| HashMap::new(), |Query(query)| query),
        body: read.unwrap_or_default(),
        ip: peer.map_or_else(|| [127, 0, 0, 1].into(), |ConnectInfo(peer)| peer.ip()),
    };
    let fault = sim.desk().begin(call.name());
    if too_large {
        return Json(call.reply(&sim, &asked, |_, _| Err(Refusal::of(40206)))).into_response();
    }
    match fault {
        None => Json(call.reply(&sim, &asked, call.answer)).into_response(),
        Some(Fault::Errcode { errcode }) => {
            let refused = Err(Refusal::of(errcode));
            Json(wire::envelope(&mut sim.desk(), &asked, call.lists, refused)).into_response()
        }
        Some(Fault::Http { status }) => StatusCode::from_u16(status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response(),
        Some(Fault::Hang { ms }) => {
            let reply = call.reply(&sim, &asked, call.answer);
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Json(reply).into_response()
        }
        Some(Fault::CutBeforeEffect) => cut(),
        Some(Fault::CutAfterEffect) => {
            call.reply(&sim, &asked, call.answer);
            cut()
        }
    }
}

impl Call {
    /// The path without `externalcontact/`, by which faults and counts name it.
    pub(crate) fn name(&self) -> &'static str {
        self.path.strip_prefix("externalcontact/").unwrap_or(self.path)
    }

    fn reply(
        &self,
        sim: &Sim,
        asked: &Asked,
        answer: impl FnOnce(&mut Desk, &Asked) -> Answer,
    ) -> Value {
        let desk = &mut *sim.desk();
        let answer = self.admit(desk, asked).and_then(|()| answer(desk, asked));
        wire::envelope(desk, asked, self.lists, answer)
    }

    fn admit(&self, desk: &mut Desk, asked: &Asked) -> Result<(), Refusal> {
        if self.path != gettoken::CALL.path {
            wire::check_token(desk, asked)?;
        }
        match self.takes {
            Takes::Body { on_get } if asked.by_get => Err(Refusal::of(on_get)),
            Takes::Body { .. } | Takes::Query => Ok(()),
        }
    }
}

/// Closes the connection without a reply: a body that fails at once makes hyper drop the
/// connection before it has sent the head.
fn cut() -> Response {
    let failing = futures_util::stream::once(async {
        Err::<Bytes, _>(io::Error::other("cut on demand by the simulator"))
    });
    Body::from_stream(failing).into_response()
}
