//! SOP任务, 群SOP: starting, pausing, resuming, ending, deleting; groups that join and leave; trying a step. Ours.

use schemars::JsonSchema;
use scrm::sop::{self, Joined, MAX_JOINING, Over, Replanned};
use serde::{Deserialize, Serialize};

use super::{
    SOP_TASKS,
    group_sop::{ChatId, sop_id_example},
    group_sop_view::OneSop,
};
use crate::{
    About, Caller, Endpoint, IdempotencyKey, Origin, Refusal,
    wire::{Integer, List, Optional, SopId, Text},
};

fn about(
    path: &'static str,
    title_zh: &'static str,
    title: &'static str,
    about: &'static str,
    request_example: &'static str,
) -> About {
    let (section, scope) = (SOP_TASKS, "sop:write");
    About { path, title_zh, title, about, section, scope, origin: Origin::Ours, request_example }
}

const ONE: &str = r#"{"sopId":"019a2b3c4d5e7f8091a2b3c4d5e6f707"}"#;
const SOME: &str = r#"{
  "sopId": "019a2b3c4d5e7f8091a2b3c4d5e6f707",
  "chatIds": ["wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA"]
}"#;
const TRIAL: &str = r#"{
  "sopId": "019a2b3c4d5e7f8091a2b3c4d5e6f707",
  "stepNo": 1,
  "chatId": "wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA"
}"#;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let mut endpoints = groups();
    endpoints.extend(states());
    endpoints
}

fn states() -> Vec<Endpoint> {
    vec![
        Endpoint::new(
            about(
                "/api/v3/group-sop/start",
                "启动群SOP",
                "start a group SOP",
                "Starts a draft: its groups join now. A fixed time that is past refuses it.",
                ONE,
            ),
            start,
            || (),
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/pause",
                "暂停群SOP",
                "pause a group SOP",
                "Holds back everything that is not handed over; may be repeated.",
                ONE,
            ),
            pause,
            || (),
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/resume",
                "恢复群SOP",
                "resume a group SOP",
                "Lets a paused SOP go on; may be repeated. What fell due meanwhile is sent if it is not too \
                 late, else it expires.",
                ONE,
            ),
            resume,
            || (),
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/end",
                "结束群SOP",
                "end a group SOP",
                "Ends an SOP for good. What was not handed over is cancelled; what was is withdrawn as far \
                 as WeCom allows, which progress shows. May be repeated.",
                ONE,
            ),
            end,
            OverReply::default,
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/delete",
                "删除群SOP",
                "delete a group SOP",
                "Ends an SOP and removes it and its tasks from every list.",
                ONE,
            ),
            delete,
            OverReply::default,
        ),
    ]
}

fn groups() -> Vec<Endpoint> {
    vec![
        Endpoint::new(
            about(
                "/api/v3/group-sop/join",
                "群加入SOP",
                "let groups join an SOP",
                "Groups join a running SOP and get what is still to come; those in it already are passed \
                 over. One bad group refuses them all.",
                SOME,
            ),
            join,
            JoinedReply::default,
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/leave",
                "群退出SOP",
                "take groups out of an SOP",
                "Groups leave an SOP: what was not handed over is cancelled, and no rule brings them back. \
                 A mass message that was handed over cannot be withdrawn for a single group: keptCount.",
                SOME,
            ),
            leave,
            LeftReply::default,
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/try",
                "试发群SOP步骤",
                "try a step in one group",
                "Sends a step of an SOP, whatever its state, to one group at once. data is the id of the SOP \
                 that does it.",
                TRIAL,
            ),
            try_step,
            sop_id_example,
        ),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Chosen {
    sop_id: SopId,
    /// WeCom's chat ids.
    chat_ids: List<ChatId, 1, MAX_JOINING>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Trial {
    sop_id: SopId,
    /// The step's number, as detail shows it.
    step_no: Integer<1, { i64::MAX }>,
    /// WeCom's chat id.
    chat_id: ChatId,
    /// Under the same key the same call is carried out once within 24 hours.
    #[serde(default)]
    idempotency_key: Optional<IdempotencyKey>,
}

#[derive(Serialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
struct OverReply {
    /// Tasks that are cancelled: they never left the house.
    cancelled_count: i64,
    /// Tasks that were handed over and are not final; withdrawing is under way.
    handed_over_count: i64,
}

#[derive(Serialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
struct JoinedReply {
    /// Groups that came in, or came back.
    joined_count: u64,
    /// Groups that were in it already.
    there_already_count: u64,
}

#[derive(Serialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
struct LeftReply {
    /// Tasks that are cancelled.
    cancelled_count: u64,
    /// Tasks in mass messages that cannot be withdrawn for single groups.
    kept_count: u64,
}

async fn start(caller: &Caller, OneSop { sop_id: SopId(id) }: OneSop) -> Result<(), Refusal> {
    Ok(sop::start(&caller.scrm, caller.corp.id, &id, caller.actor()).await?)
}

async fn pause(caller: &Caller, OneSop { sop_id: SopId(id) }: OneSop) -> Result<(), Refusal> {
    Ok(sop::pause(&caller.scrm, caller.corp.id, &id, caller.actor()).await?)
}

async fn resume(caller: &Caller, OneSop { sop_id: SopId(id) }: OneSop) -> Result<(), Refusal> {
    Ok(sop::resume(&caller.scrm, caller.corp.id, &id, caller.actor()).await?)
}

async fn end(caller: &Caller, OneSop { sop_id: SopId(id) }: OneSop) -> Result<OverReply, Refusal> {
    Ok(sop::end(&caller.scrm, caller.corp.id, &id, caller.actor()).await?.into())
}

async fn delete(
    caller: &Caller,
    OneSop { sop_id: SopId(id) }: OneSop,
) -> Result<OverReply, Refusal> {
    Ok(sop::delete(&caller.scrm, caller.corp.id, &id, caller.actor()).await?.into())
}

async fn join(caller: &Caller, request: Chosen) -> Result<JoinedReply, Refusal> {
    let (SopId(id), chat_ids) = (request.sop_id, texts(request.chat_ids));
    let Joined { n_joined, n_there_already } =
        sop::join(&caller.scrm, caller.corp.id, &id, &chat_ids, caller.actor()).await?;
    Ok(JoinedReply { joined_count: n_joined, there_already_count: n_there_already })
}

async fn leave(caller: &Caller, request: Chosen) -> Result<LeftReply, Refusal> {
    let (SopId(id), chat_ids) = (request.sop_id, texts(request.chat_ids));
    let Replanned { n_cancelled, n_kept, .. } =
        sop::leave(&caller.scrm, caller.corp.id, &id, &chat_ids, caller.actor()).await?;
    Ok(LeftReply { cancelled_count: n_cancelled, kept_count: n_kept })
}

async fn try_step(caller: &Caller, request: Trial) -> Result<String, Refusal> {
    let Trial { sop_id: SopId(id), step_no, chat_id: Text(chat_id), idempotency_key } = request;
    let once = caller.once("tryStep", idempotency_key);
    if let Some(answer) = caller.answer_before(once.as_ref()).await? {
        return Ok(answer);
    }
    let trial = sop::Trial {
        step_no: step_no.get(),
        chat_id,
        creator: caller.app.acting_staff,
        actor: caller.actor(),
        once,
    };
    let tried = sop::try_step(&caller.scrm, caller.corp.id, &id, trial).await?;
    Ok(tried.to_string())
}

fn texts(chat_ids: List<ChatId, 1, MAX_JOINING>) -> Vec<String> {
    chat_ids.0.into_iter().map(|Text(chat_id)| chat_id).collect()
}

impl From<Over> for OverReply {
    fn from(over: Over) -> Self {
        Self { cancelled_count: over.n_cancelled, handed_over_count: over.n_handed_over }
    }
}
