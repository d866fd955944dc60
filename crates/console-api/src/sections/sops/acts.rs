//! What is done with an SOP that there is.

use schemars::JsonSchema;
use scrm::{
    send,
    sop::{self, Actor, Trial},
    users::Right,
};
use serde::{Deserialize, Serialize};

use super::look::One;
use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Nothing, Text, Uuid},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    let right = Right::PlanSops;
    vec![
        Endpoint::with_right(about("sops/start", "启动 SOP", "start a draft"), right, start),
        Endpoint::with_right(about("sops/pause", "暂停 SOP", "pause an SOP"), right, pause),
        Endpoint::with_right(about("sops/resume", "恢复 SOP", "resume an SOP"), right, resume),
        Endpoint::with_right(about("sops/end", "结束 SOP", "end an SOP"), right, end),
        Endpoint::with_right(about("sops/delete", "删除 SOP", "delete an SOP"), right, delete),
        Endpoint::with_right(
            about("sops/remind", "提醒群主发送", "remind owners who have not sent"),
            right,
            remind,
        ),
        Endpoint::with_right(
            about("sops/try", "测试一步", "send a step to one group at once"),
            right,
            try_step,
        ),
    ]
}

/// The caller as an actor, if he may change the SOP.
async fn actor(caller: &Caller, One { id: Uuid(id) }: &One) -> Result<Actor, Refusal> {
    sop::check_may_change(&caller.scrm, caller.place.corp.id, &caller.viewer(), id).await?;
    Ok(Actor::User(caller.session.user))
}

async fn start(caller: Caller, one: One) -> Result<Nothing, Refusal> {
    let actor = actor(&caller, &one).await?;
    sop::start(&caller.scrm, caller.place.corp.id, &one.id.0, actor).await?;
    Ok(Nothing {})
}

async fn pause(caller: Caller, one: One) -> Result<Nothing, Refusal> {
    let actor = actor(&caller, &one).await?;
    sop::pause(&caller.scrm, caller.place.corp.id, &one.id.0, actor).await?;
    Ok(Nothing {})
}

async fn resume(caller: Caller, one: One) -> Result<Nothing, Refusal> {
    let actor = actor(&caller, &one).await?;
    sop::resume(&caller.scrm, caller.place.corp.id, &one.id.0, actor).await?;
    Ok(Nothing {})
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Over {
    /// They never left the house.
    n_cancelled: i64,
    /// WeCom is asked to withdraw them; what was sent by then stays sent.
    n_handed: i64,
}

impl From<sop::Over> for Over {
    fn from(over: sop::Over) -> Self {
        Self { n_cancelled: over.n_cancelled, n_handed: over.n_handed_over }
    }
}

async fn end(caller: Caller, one: One) -> Result<Over, Refusal> {
    let actor = actor(&caller, &one).await?;
    Ok(sop::end(&caller.scrm, caller.place.corp.id, &one.id.0, actor).await?.into())
}

async fn delete(caller: Caller, one: One) -> Result<Over, Refusal> {
    let actor = actor(&caller, &one).await?;
    Ok(sop::delete(&caller.scrm, caller.place.corp.id, &one.id.0, actor).await?.into())
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Reminded {
    n_messages: u64,
    /// Reminded as often as WeCom allows within 24 hours.
    n_over_limit: u64,
}

async fn remind(caller: Caller, one: One) -> Result<Reminded, Refusal> {
    let actor = actor(&caller, &one).await?;
    let done = send::remind(&caller.scrm, caller.place.corp.id, &one.id.0, actor).await?;
    Ok(Reminded { n_messages: done.n_messages, n_over_limit: done.n_over_limit })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TryStep {
    id: Uuid,
    step_no: i64,
    chat_id: Text<128>,
}

#[derive(Serialize, JsonSchema)]
struct Tried {
    /// The SOP that does it.
    id: Uuid,
}

async fn try_step(caller: Caller, request: TryStep) -> Result<Tried, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let actor = actor(&caller, &One { id: request.id }).await?;
    let chat_id = request.chat_id.0;
    scrm::groups::check_seen(scrm, corp, &caller.place.scope, &chat_id).await?;
    let creator = caller.session.staff();
    let trial = Trial { step_no: request.step_no, chat_id, creator, actor, once: None };
    Ok(Tried { id: Uuid(sop::try_step(scrm, corp, &request.id.0, trial).await?) })
}
