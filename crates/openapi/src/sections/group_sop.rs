//! SOP任务, 群SOP: creating SOPs on customer groups.

use schemars::JsonSchema;
use scrm::{
    StaffId,
    sop::{
        self, Audience, ChosenChat, ContentItem, MAX_CHATS, MAX_DAY_NO, MAX_STEPS, MAX_TITLE_CHARS,
        Mode, NewSop, NewStep, SopKind, StepTime,
    },
};
use serde::Deserialize;

use super::{
    SOP_TASKS,
    sop_data::{self, SopDatas},
    step_files::StepFiles,
};
use crate::{
    About, Caller, Endpoint, IdempotencyKey, Origin, Refusal,
    wire::{Id, Integer, List, Moment, Object, Optional, Text, TimeOfDay},
};

/// Owners of one SOP, at most.
pub(super) const MAX_OWNERS: usize = 5_000;

pub(super) type ChatId = Text<1, 128>;
pub(super) type Title = Text<1, MAX_TITLE_CHARS>;
type Steps<T> = List<Object<T>, 1, MAX_STEPS>;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(
            About {
                path: "/api/v3/groupSop/addGroupCorporate",
                title_zh: "创建手动发送SOP",
                title: "group SOP sent by hand",
                about: "Creates an SOP whose steps count days: the day of joining is day 1. With mode 1, \
                        the default, owners are reminded and send by hand; with mode 0 they confirm a \
                        mass message in WeCom. A step whose time is past is due at once. One bad group \
                        refuses the whole SOP. data is the id of the SOP.",
                section: SOP_TASKS,
                scope: "sop:write",
                origin: Origin::Contract,
                request_example: CORPORATE_EXAMPLE,
            },
            add_group_corporate,
            sop_id_example,
        ),
        Endpoint::new(
            About {
                path: "/api/v3/groupSop/addGroupAssistant",
                title_zh: "创建群发助手SOP",
                title: "group SOP by mass-send assistant",
                about: "Creates an SOP whose steps have a time each; owners confirm a mass message in \
                        WeCom. chatIds alone: those groups. owners alone: all their groups. Both: those \
                        groups, whose owners must all be among owners. A step whose time is past is due \
                        at once. data is the id of the SOP.",
                section: SOP_TASKS,
                scope: "sop:write",
                origin: Origin::Contract,
                request_example: ASSISTANT_EXAMPLE,
            },
            add_group_assistant,
            sop_id_example,
        ),
    ]
}

const CORPORATE_EXAMPLE: &str = r##"{
  "groupInfos": [{"chatId": "wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA", "chatOwner": "463352988837952"}],
  "title": "入群第五天",
  "sopContents": [
    {
      "showDate": 5,
      "showTime": "10:00",
      "sopDatas": [
        {"type": 1, "content": "大家好,我是#员工姓名#"},
        {"type": 3, "title": "这是一个链接", "link": "https://example.com/", "fileUrl": "https://example.com/cover.png"}
      ]
    }
  ],
  "mode": 1
}"##;

const ASSISTANT_EXAMPLE: &str = r#"{
  "title": "周年庆",
  "sopContents": [
    {"sendTime": "2026-04-24 11:37", "sopDatas": [{"type": 1, "content": "文本"}]}
  ],
  "instruction": "收到了吗",
  "owners": ["463352988837952"],
  "chatIds": ["wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA"]
}"#;

pub(super) fn sop_id_example() -> String {
    "019a2b3c4d5e7f8091a2b3c4d5e6f707".to_owned()
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AddGroupCorporate {
    group_infos: List<Object<GroupInfo>, 1, MAX_CHATS>,
    title: Title,
    /// 1, the default: sent by hand. 0: mass-send assistant.
    #[serde(default)]
    mode: Optional<Integer<0, 1>>,
    sop_contents: Steps<DayStep>,
    /// Ours: under the same key the same call is carried out once within 24 hours.
    #[serde(default)]
    idempotency_key: Optional<IdempotencyKey>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct GroupInfo {
    /// WeCom's chat id.
    chat_id: ChatId,
    /// The owner's staff id; when given, it must be that of the owner now.
    #[serde(default)]
    chat_owner: Optional<Id>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DayStep {
    show_time: TimeOfDay,
    /// The number of the day; the day of joining is 1.
    show_date: Integer<1, MAX_DAY_NO>,
    sop_datas: SopDatas,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AddGroupAssistant {
    title: Title,
    /// WeCom's chat ids.
    #[serde(default)]
    chat_ids: List<ChatId, 0, MAX_CHATS>,
    /// Staff ids of owners.
    #[serde(default)]
    owners: List<Id, 0, MAX_OWNERS>,
    /// A note to the owners.
    #[serde(default)]
    instruction: Optional<Text<0, 500>>,
    sop_contents: Steps<TimedStep>,
    /// Ours: under the same key the same call is carried out once within 24 hours.
    #[serde(default)]
    idempotency_key: Optional<IdempotencyKey>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TimedStep {
    /// To the minute; seconds are accepted and dropped.
    send_time: Moment,
    sop_datas: SopDatas,
}

async fn add_group_corporate(
    caller: &Caller,
    request: AddGroupCorporate,
) -> Result<String, Refusal> {
    let once = caller.once("addGroupCorporate", request.idempotency_key);
    if let Some(answer) = caller.answer_before(once.as_ref()).await? {
        return Ok(answer);
    }
    let chosen = request.group_infos.0.into_iter().map(|Object(info)| ChosenChat {
        chat_id: info.chat_id.0,
        owner: info.chat_owner.0.map(|Id(id)| StaffId(id)),
    });
    let chosen = chosen.collect();
    let (mut files, mut steps) = (StepFiles::default(), Vec::new());
    for (no, Object(step)) in request.sop_contents.0.into_iter().enumerate() {
        let (minute_of_day, day_no) = (step.show_time.minute_of_day, step.show_date.get());
        let content = content(caller, &mut files, no, step.sop_datas).await?;
        steps.push(NewStep { time: StepTime::NthDay { day_no, minute_of_day }, content });
    }
    let new = NewSop {
        title: request.title.0,
        instruction: String::new(),
        mode: match request.mode.0.map(Integer::get) {
            Some(0) => Mode::Assistant,
            _ => Mode::Manual,
        },
        kind: SopKind::DaysSinceJoining,
        audience: Audience::Chats(chosen),
        steps,
        creator: caller.app.acting_staff,
        is_draft: false,
        actor: caller.actor(),
        once,
    };
    create(caller, new, files).await
}

async fn add_group_assistant(
    caller: &Caller,
    request: AddGroupAssistant,
) -> Result<String, Refusal> {
    let once = caller.once("addGroupAssistant", request.idempotency_key);
    if let Some(answer) = caller.answer_before(once.as_ref()).await? {
        return Ok(answer);
    }
    let audience = audience(request.chat_ids.0, request.owners.0)?;
    let (mut files, mut steps) = (StepFiles::default(), Vec::new());
    for (no, Object(step)) in request.sop_contents.0.into_iter().enumerate() {
        let at_ms = step.send_time.minute_ms(&caller.corp.zone).ok_or_else(|| {
            let why = "names a day only, a time to send is needed (yyyy-MM-dd HH:mm)";
            Refusal::field(&format!("sopContents[{no}].sendTime"), why)
        })?;
        let content = content(caller, &mut files, no, step.sop_datas).await?;
        steps.push(NewStep { time: StepTime::At { at_ms }, content });
    }
    let new = NewSop {
        title: request.title.0,
        instruction: request.instruction.0.map(|Text(text)| text).unwrap_or_default(),
        mode: Mode::Assistant,
        kind: SopKind::FixedTimes,
        audience,
        steps,
        creator: caller.app.acting_staff,
        is_draft: false,
        actor: caller.actor(),
        once,
    };
    create(caller, new, files).await
}

/// What the step with this place in `sopContents` sends.
async fn content(
    caller: &Caller,
    files: &mut StepFiles,
    no: usize,
    datas: SopDatas,
) -> Result<Vec<ContentItem>, Refusal> {
    let (path, mut content) = (format!("sopContents[{no}].sopDatas"), Vec::new());
    sop_data::add_items(caller, files, (no, &path), datas, &mut content).await?;
    Ok(content)
}

/// The groups that chatIds and owners mean together.
pub(super) fn audience(chat_ids: Vec<ChatId>, owners: Vec<Id>) -> Result<Audience, Refusal> {
    let chat_ids: Vec<String> = chat_ids.into_iter().map(|Text(chat_id)| chat_id).collect();
    let owners: Vec<StaffId> = owners.into_iter().map(|Id(id)| StaffId(id)).collect();
    match (chat_ids.is_empty(), owners.is_empty()) {
        (true, true) => Err(Refusal::field("chatIds", "chatIds or owners is required")),
        (true, false) => Ok(Audience::AllOf { owners }),
        (false, false) => Ok(Audience::ChatsOf { chat_ids, owners }),
        (false, true) => {
            let chosen = |chat_id| ChosenChat { chat_id, owner: None };
            Ok(Audience::Chats(chat_ids.into_iter().map(chosen).collect()))
        }
    }
}

/// Makes an SOP; files that it needs are fetched and kept first.
pub(super) async fn create(
    caller: &Caller,
    new: NewSop,
    files: StepFiles,
) -> Result<String, Refusal> {
    create_telling(caller, new, files, Refusal::from).await
}

/// The same with a way of its own to tell what is wrong. What can be refused is refused before anything is
/// fetched, and what was fetched is checked before anything is kept.
pub(super) async fn create_telling(
    caller: &Caller,
    mut new: NewSop,
    files: StepFiles,
    refusal: impl Fn(scrm::Error) -> Refusal,
) -> Result<String, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.corp.id);
    if !files.is_empty() {
        sop::preview(scrm, corp, &new).await.map_err(&refusal)?;
        let fetched = files.fetch(caller).await?;
        fetched.show_in(new.steps.iter_mut().map(|step| &mut step.content));
        sop::preview(scrm, corp, &new).await.map_err(&refusal)?;
        fetched.keep_in(caller, new.steps.iter_mut().map(|step| &mut step.content)).await?;
    }
    Ok(sop::create(scrm, corp, new).await.map_err(refusal)?.to_string())
}
