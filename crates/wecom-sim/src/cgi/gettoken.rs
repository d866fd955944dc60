//! `gettoken`: the same token while it lasts, or a new one each time, and a block after many wrong secrets.

use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes},
    desk::Desk,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call =
    Call { path: "gettoken", takes: Takes::Query, lists: &[], answer: Answers::Tree(answer) };

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let now_ms = desk.now_ms();
    if desk.tokens.is_blocked(asked.ip, now_ms) {
        return Err(Refusal::of(45009));
    }
    let corp_id = asked.param("corpid").ok_or_else(|| Refusal::of(41002))?;
    let secret = asked.param("corpsecret").ok_or_else(|| Refusal::of(41004))?;
    if corp_id != desk.config.corp_id {
        return Err(Refusal::of(40013));
    }
    let (ttl_s, early_s) = (desk.config.token_ttl_s, desk.limits.token_dies_after_s);
    let seed = desk.config.seed;
    let (tokens, seed) = if secret == desk.config.secret {
        (&mut desk.tokens, seed)
    } else if secret == desk.config.contact_secret {
        (&mut desk.contact_tokens, !seed)
    } else {
        desk.tokens.note_wrong_secret(asked.ip, desk.config.wrong_secrets_per_hour, now_ms);
        return Err(Refusal::of(40001));
    };
    if desk.limits.new_token_each_time {
        tokens.rotate();
    }
    let issued = tokens.issue(seed, ttl_s, early_s, now_ms);
    Ok(json!({ "access_token": issued.token, "expires_in": issued.expires_in_s }))
}
