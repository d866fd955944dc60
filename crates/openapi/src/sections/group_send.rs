//! SOP任务, 群SOP: one mass message to the groups of some owners, on the SOP engine.

use schemars::JsonSchema;
use scrm::{
    StaffId,
    sop::{Audience, ContentItem, Mode, NewSop, NewStep, SopKind, StepTime},
};
use serde::{Deserialize, de::IgnoredAny};

use super::{
    SOP_TASKS,
    group_sop::{MAX_OWNERS, Title, create_telling, sop_id_example},
    sop_data::{self, SopData},
    step_files::StepFiles,
};
use crate::{
    About, Caller, Endpoint, IdempotencyKey, Origin, Refusal,
    wire::{Id, List, Moment, Object, OneOrMore, Optional, Text},
};

/// Where items stand in the request.
const DATA: &str = "sendInfo.sendData";
/// Items beside the text, at most.
const MAX_ITEMS: usize = 20;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::new(
        About {
            path: "/api/v3/groupSend/addTask",
            title_zh: "创建群群发任务",
            title: "mass message to customer groups",
            about: "Sends one message to all groups that these owners have now; each owner confirms it in \
                    WeCom. With sendTime it goes out then, without at once. sendType is accepted and has no \
                    effect. data is the id of the SOP that does it.",
            section: SOP_TASKS,
            scope: "sop:write",
            origin: Origin::Contract,
            request_example: EXAMPLE,
        },
        add_task,
        sop_id_example,
    )]
}

const EXAMPLE: &str = r#"{
  "title": "节前问候",
  "sendTime": "2026-04-24 15:59:00",
  "users": [463352988837952],
  "sendInfo": {
    "text": "测试群发",
    "sendData": {"type": 3, "title": "活动", "link": "https://example.com/"}
  },
  "sendType": "1"
}"#;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AddTask {
    /// Staff ids of owners.
    users: List<Id, 1, MAX_OWNERS>,
    title: Title,
    /// Accepted in whatever form; it has no effect, since its values are not documented.
    #[serde(default, rename = "sendType")]
    #[schemars(with = "Option<SendType>")]
    _send_type: Option<IgnoredAny>,
    /// When to send; a time that is past means at once.
    #[serde(default)]
    send_time: Optional<Moment>,
    send_info: Object<SendInfo>,
    /// Ours: under the same key the same call is carried out once within 24 hours.
    #[serde(default)]
    idempotency_key: Optional<IdempotencyKey>,
}

/// The forms that the contract shows.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it stands in the document only")]
enum SendType {
    Number(i64),
    Text(String),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SendInfo {
    /// The text; it may be absent where there are other items.
    #[serde(default)]
    text: Optional<Text<0, 4_000>>,
    /// Further items: a list, or one.
    #[serde(default)]
    send_data: OneOrMore<SopData, MAX_ITEMS>,
}

async fn add_task(caller: &Caller, request: AddTask) -> Result<String, Refusal> {
    let once = caller.once("addTask", request.idempotency_key);
    if let Some(answer) = caller.answer_before(once.as_ref()).await? {
        return Ok(answer);
    }
    let at_ms = match request.send_time.0 {
        None => caller.scrm.clock.now_ms(),
        Some(at) => at.minute_ms(&caller.corp.zone).ok_or_else(|| {
            let why = "names a day only, a time to send is needed (yyyy-MM-dd HH:mm:ss)";
            Refusal::field("sendTime", why)
        })?,
    };
    let Object(info) = request.send_info;
    let text = info.text.0.map(|Text(text)| text).filter(|text| !text.trim().is_empty());
    let items = List(info.send_data.0.into_iter().map(Object).collect());
    let mut content: Vec<ContentItem> =
        text.map(|content| ContentItem::Text { content }).into_iter().collect();
    let n_before = content.len();
    let mut files = StepFiles::default();
    sop_data::add_items(caller, &mut files, (0, DATA), items, &mut content).await?;
    if content.is_empty() {
        return Err(Refusal::field("sendInfo.text", "text or sendData is required"));
    }
    let new = NewSop {
        title: request.title.0,
        instruction: String::new(),
        mode: Mode::Assistant,
        kind: SopKind::MassMessage,
        audience: Audience::AllOf {
            owners: request.users.0.into_iter().map(|Id(id)| StaffId(id)).collect(),
        },
        steps: vec![NewStep { time: StepTime::At { at_ms }, content }],
        creator: caller.app.acting_staff,
        is_draft: false,
        actor: caller.actor(),
        once,
    };
    create_telling(caller, new, files, |error| refusal(error, n_before)).await
}

/// Content is named as it stands in this request: the text apart, `n_before` items before the others.
fn refusal(error: scrm::Error, n_before: usize) -> Refusal {
    let scrm::Error::Content(mut wrong) = error else { return error.into() };
    match wrong.item {
        Some(item) if item <= n_before => Refusal::field("sendInfo.text", &wrong.what),
        item => {
            wrong.item = item.map(|item| item - n_before);
            Refusal::of_content_in(DATA, &wrong)
        }
    }
}
