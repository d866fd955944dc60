//! `externalcontact/remark`: what a member notes of a customer. No callback tells of it.

use serde::Deserialize;
use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes, who},
    desk::Desk,
    op::{Op, Remark},
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/remark",
    takes: Takes::Body { on_get: 40058 },
    lists: &[],
    answer: Answers::Tree(answer),
};

#[derive(Deserialize)]
struct Request {
    userid: Option<String>,
    external_userid: Option<String>,
    remark: Option<String>,
    description: Option<String>,
    remark_company: Option<String>,
    remark_mobiles: Option<Vec<String>>,
    remark_pic_mediaid: Option<String>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let request: Request = asked.json()?;
    let staff = who::staff(desk, request.userid.as_deref())?;
    let no = who::customer(desk, request.external_userid.as_deref())?;
    let state = &desk.state;
    let relation = state.customers.relation(&state.world, staff, no).filter(|r| !r.half);
    relation.ok_or_else(|| Refusal::of(84061))?;
    let Request { remark, description, remark_company, remark_mobiles, .. } = request;
    let texts = [
        ("remark", &remark, 20),
        ("description", &description, 150),
        ("remark_company", &remark_company, 20),
    ];
    for (name, text, max_chars) in texts {
        if text.as_ref().is_some_and(|text| text.chars().count() > max_chars) {
            return Err(Refusal::field(name, &format!("exceed max length {max_chars}")));
        }
    }
    let person = state.customers.person(&state.world, no);
    let mut remark = Remark { remark, description, remark_company, remark_mobiles };
    if remark == Remark::default() && request.remark_pic_mediaid.is_none() {
        return Err(Refusal::of(40063));
    }
    // Only WeChat users have a company noted; WeCom users bring their own.
    remark.remark_company = remark.remark_company.filter(|_| person.unionid.is_some());
    let userid = state.world.member(staff).userid.clone();
    let at_ms = desk.now_ms();
    let external_userid = person.userid;
    desk.record(Op::CustomerRemarked { at_ms, userid, external_userid, remark })?;
    Ok(json!({}))
}
