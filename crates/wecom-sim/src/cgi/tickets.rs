//! `get_jsapi_ticket` and `ticket/get`: the corp's ticket and the app's, never to be mixed up.

use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes},
    chance,
    desk::Desk,
    wire::{self, Answer, Asked, Refusal},
};

pub(super) const CORP: Call =
    Call { path: "get_jsapi_ticket", takes: Takes::Query, lists: &[], answer: Answers::Tree(corp) };
pub(super) const APP: Call =
    Call { path: "ticket/get", takes: Takes::Query, lists: &[], answer: Answers::Tree(app) };

const LIFE_S: i64 = 7_200;

fn corp(desk: &mut Desk, _: &Asked) -> Answer {
    Ok(ticket(desk, "corp ticket"))
}

fn app(desk: &mut Desk, asked: &Asked) -> Answer {
    match asked.param("type") {
        Some("agent_config") => Ok(ticket(desk, "app ticket")),
        Some(_) | None => Err(Refusal::of(91040)),
    }
}

/// The same ticket while it lasts.
fn ticket(desk: &Desk, about: &str) -> Value {
    let now_s = wire::seconds(desk.now_ms());
    let number = now_s.div_euclid(LIFE_S).cast_unsigned();
    let mut rng = chance::rng(desk.config.seed, about, number);
    let expires_in = LIFE_S - now_s.rem_euclid(LIFE_S);
    json!({ "ticket": chance::id(&mut rng, "", 86), "expires_in": expires_in })
}
