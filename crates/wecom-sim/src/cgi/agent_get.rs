//! `agent/get`: the app's own description, its visible range among it.

use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes},
    desk::Desk,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call =
    Call { path: "agent/get", takes: Takes::Query, lists: &[], answer: Answers::Tree(answer) };

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let agent_id = asked.param("agentid").and_then(|id| id.parse::<i64>().ok());
    let agent_id = agent_id.ok_or_else(|| Refusal::of(40056))?;
    if agent_id != desk.config.agent_id {
        return Err(Refusal::of(301_002));
    }
    let roots = || desk.state.world.departments.iter().take(1).map(|root| root.id).collect();
    let visible = desk.limits.visible_departments.clone().unwrap_or_else(roots);
    Ok(json!({
        "agentid": agent_id,
        "name": "思语",
        "square_logo_url": "https://wework.qpic.cn/wwpic/logo/0",
        "description": "",
        "allow_userinfos": { "user": [] },
        "allow_partys": { "partyid": visible },
        "allow_tags": { "tagid": [] },
        "close": 0,
        "redirect_domain": "siyu.example.com",
        "report_location_flag": 0,
        "isreportenter": 0,
        "home_url": "",
    }))
}
