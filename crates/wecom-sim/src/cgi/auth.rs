//! `auth/getuserinfo` and `auth/getuserdetail`: who came with a code, which is good once.

use serde::Deserialize;
use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes},
    chance,
    desk::Desk,
    visits::Visitor,
    wire::{Answer, Asked, Refusal},
};

pub(super) const USER_INFO: Call = Call {
    path: "auth/getuserinfo",
    takes: Takes::Query,
    lists: &[],
    answer: Answers::Tree(user_info),
};
pub(super) const USER_DETAIL: Call = Call {
    path: "auth/getuserdetail",
    takes: Takes::Body { on_get: 40058 },
    lists: &[],
    answer: Answers::Tree(user_detail),
};

fn user_info(desk: &mut Desk, asked: &Asked) -> Answer {
    let code = asked.param("code").ok_or_else(|| Refusal::of(40029))?;
    let now_ms = desk.now_ms();
    match desk.visits.use_code(code, now_ms).map_err(Refusal::of)? {
        Visitor::Staff { userid, private } => {
            let visible = desk.state.present(&userid).is_some_and(|no| desk.sees(no));
            let mut shown = json!({ "userid": userid });
            if private && visible {
                let seed = desk.config.seed;
                shown["user_ticket"] = json!(desk.visits.give_ticket(seed, userid, now_ms));
            }
            Ok(shown)
        }
        Visitor::Outside { external_userid } => {
            let about = external_userid.as_deref().unwrap_or(code);
            let mut rng = chance::rng(desk.config.seed, about, 1);
            let mut shown = json!({ "openid": chance::id(&mut rng, "o", 27) });
            let customer = external_userid.filter(|userid| followed(desk, userid));
            if let Some(userid) = customer {
                shown["external_userid"] = json!(userid);
            }
            Ok(shown)
        }
    }
}

/// Whether somebody in the visible range follows this person.
fn followed(desk: &Desk, external_userid: &str) -> bool {
    let state = &desk.state;
    let found = state.customers.find(&state.world, external_userid);
    found.is_some_and(|no| {
        let followers = state.customers.followers(&state.world, no);
        followers.iter().any(|(staff, relation)| !relation.half && desk.sees(*staff))
    })
}

#[derive(Deserialize)]
struct Request {
    user_ticket: Option<String>,
}

fn user_detail(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { user_ticket } = asked.json()?;
    let ticket = user_ticket.ok_or_else(|| Refusal::of(84015))?;
    let userid = desk.visits.userid(&ticket, desk.now_ms()).map_err(Refusal::of)?;
    let no = desk.state.world.find_staff(&userid).ok_or_else(|| Refusal::of(40003))?;
    let n = no.index();
    Ok(json!({
        "userid": userid,
        "gender": if n.is_multiple_of(2) { "1" } else { "2" },
        "avatar": format!("https://wework.qpic.cn/wwpic/{n}/0"),
        "qr_code": format!("https://open.work.weixin.qq.com/wwopen/userQRCode?vcode={n}"),
        "mobile": format!("139{n:08}"),
        "email": format!("{}@example.com", userid.to_lowercase()),
        "biz_mail": "",
        "address": "",
    }))
}
