//! SOP任务, 群SOP: making SOPs of every kind, looking at what they would do, and editing them. Ours.

use schemars::JsonSchema;
use scrm::{
    DepartmentId, StaffId, TagId,
    sop::{
        self, Audience, ContentItem, Difference, Edit, MAX_CHATS, Mode, NewSop, Preview, Rule,
        SopKind, Warning,
    },
};
use serde::{Deserialize, Serialize};

use super::{
    SOP_TASKS,
    group_sop::{ChatId, MAX_OWNERS, Title, audience, create, sop_id_example},
    sop_steps::{self, AnyStep, AnySteps},
    step_files::StepFiles,
};
use crate::{
    About, Caller, Endpoint, IdempotencyKey, Origin, Refusal,
    wire::{Id, Integer, List, Moment, Object, Optional, SopId, Text},
};

/// Members of a list in a rule, at most.
const MAX_LISTED: usize = 1_000;

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

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(
            about(
                "/api/v3/group-sop/create",
                "创建群SOP",
                "make a group SOP",
                "Makes an SOP of any kind. kind 0: each step has a sendTime. 1: steps count days since the \
                 group joined. 2: for new groups, steps count days since the group was made, and only groups \
                 made after the start take part. Groups are chosen by chatIds and owners as in \
                 addGroupAssistant, or by a rule; with follow 1 groups join and leave as they come to fit \
                 the rule. With draft 1 it waits for start. data is the id of the SOP.",
                CREATE_EXAMPLE,
            ),
            create_sop,
            sop_id_example,
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/preview",
                "预览群SOP",
                "preview a group SOP",
                "What create would do with the same request: how many groups, owners and messages on which \
                 days, owners who cannot send, groups that will probably be over WeCom's quota. Nothing is \
                 made, fetched or kept: what is wrong with a file at a fileUrl shows in create.",
                CREATE_EXAMPLE,
            ),
            preview_sop,
            PreviewReply::example,
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/edit",
                "编辑群SOP",
                "edit a group SOP",
                "Changes what is given. sopContents, where given, are all steps that the SOP is to have: \
                 those with a stepNo are its present ones, others are new, and present ones that are not \
                 named are removed. What was handed over stays, the rest is planned anew.",
                EDIT_EXAMPLE,
            ),
            edit_sop,
            DifferenceReply::default,
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/edit-preview",
                "预览编辑",
                "preview an edit",
                "What edit would do with the same request. Nothing is changed, fetched or kept: a step with \
                 a file at a fileUrl counts as changed.",
                EDIT_EXAMPLE,
            ),
            preview_edit,
            DifferenceReply::default,
        ),
    ]
}

const CREATE_EXAMPLE: &str = r#"{
  "title": "新群欢迎",
  "kind": 2,
  "mode": 1,
  "sopContents": [
    {"showDate": 1, "showTime": "10:00", "sopDatas": [{"type": 1, "content": "欢迎大家"}]}
  ],
  "idempotencyKey": "2026-11-23-0001"
}"#;

const EDIT_EXAMPLE: &str = r#"{
  "sopId": "019a2b3c4d5e7f8091a2b3c4d5e6f707",
  "title": "周年庆(改)"
}"#;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CreateSop {
    title: Title,
    /// 0 fixed times, 1 days since joining, 2 new groups.
    kind: Integer<0, 2>,
    /// 1, the default: sent by hand. 0: mass-send assistant.
    #[serde(default)]
    mode: Optional<Integer<0, 1>>,
    /// A note to the staff.
    #[serde(default)]
    instruction: Optional<Text<0, 500>>,
    /// WeCom's chat ids.
    #[serde(default)]
    chat_ids: List<ChatId, 0, MAX_CHATS>,
    /// Staff ids of owners.
    #[serde(default)]
    owners: List<Id, 0, MAX_OWNERS>,
    /// Chooses groups, in place of chatIds and owners.
    #[serde(default)]
    rule: Option<Object<RuleBody>>,
    /// 1: groups join and leave as they come to fit the rule. 0, the default: those that it fits at the start.
    #[serde(default)]
    follow: Optional<Integer<0, 1>>,
    /// 1: not started yet.
    #[serde(default)]
    draft: Optional<Integer<0, 1>>,
    sop_contents: AnySteps,
    /// Under the same key the same call is carried out once within 24 hours.
    #[serde(default)]
    idempotency_key: Optional<IdempotencyKey>,
}

/// Conditions on groups; a group must fit all that are given.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default, rename_all = "camelCase")]
struct RuleBody {
    /// Staff ids: the owner is one of them.
    owners: List<Id, 0, MAX_LISTED>,
    /// WeCom's department ids: the owner is in one of them or one below.
    department_ids: List<Id, 0, MAX_LISTED>,
    /// The group has at least one of these tags.
    any_tag_ids: List<Id, 0, MAX_LISTED>,
    /// The group has all of these tags.
    all_tag_ids: List<Id, 0, MAX_LISTED>,
    /// The group has none of these tags.
    no_tag_ids: List<Id, 0, MAX_LISTED>,
    /// A part of the displayed name.
    keyword: Optional<Text<0, 200>>,
    /// Made at this time or later.
    start_create_time: Optional<Moment>,
    /// Made at this time or earlier.
    end_create_time: Optional<Moment>,
    /// At least so many members.
    min_members: Optional<Integer<0, 100_000>>,
    /// At most so many members.
    max_members: Optional<Integer<0, 100_000>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EditSop {
    sop_id: SopId,
    #[serde(default)]
    title: Optional<Title>,
    #[serde(default)]
    instruction: Optional<Text<0, 500>>,
    /// All steps that the SOP is to have; absent or empty = as they are.
    #[serde(default)]
    sop_contents: List<Object<AnyStep>, 0, { sop::MAX_STEPS }>,
    /// Another rule, for an SOP that follows one.
    #[serde(default)]
    rule: Option<Object<RuleBody>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PreviewReply {
    /// Groups it reaches.
    group_count: usize,
    /// Their owners.
    owner_count: usize,
    /// Messages to groups in all.
    task_count: usize,
    days: Vec<DayReply>,
    /// Owners who cannot send.
    unable_owners: Vec<UnableReply>,
    /// What else to know, for people to read.
    warnings: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DayReply {
    /// yyyy-MM-dd.
    date: String,
    /// Messages to groups.
    task_count: usize,
    /// Mass messages that owners have to confirm, or notices that they get.
    message_count: usize,
    /// An estimate: groups that will have used up WeCom's quota of mass messages.
    over_quota_count: usize,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UnableReply {
    sales_id: String,
    sales_name: String,
    reason: String,
    group_count: usize,
}

#[derive(Serialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
struct DifferenceReply {
    steps_added: usize,
    steps_changed: usize,
    steps_removed: usize,
    /// Tasks of changed and removed steps that are moved, get the new content, or are cancelled.
    tasks_changed: i64,
    /// Tasks of changed and removed steps that were handed over, or are final: they stay.
    tasks_kept: i64,
}

async fn create_sop(caller: &Caller, mut request: CreateSop) -> Result<String, Refusal> {
    let once = caller.once("create", std::mem::take(&mut request.idempotency_key));
    if let Some(answer) = caller.answer_before(once.as_ref()).await? {
        return Ok(answer);
    }
    let mut files = StepFiles::default();
    let new = new_sop(caller, request, &mut files).await?;
    create(caller, NewSop { once, ..new }, files).await
}

async fn preview_sop(caller: &Caller, request: CreateSop) -> Result<PreviewReply, Refusal> {
    let new = new_sop(caller, request, &mut StepFiles::default()).await?;
    Ok(PreviewReply::from(sop::preview(&caller.scrm, caller.corp.id, &new).await?))
}

async fn new_sop(
    caller: &Caller,
    request: CreateSop,
    files: &mut StepFiles,
) -> Result<NewSop, Refusal> {
    let kind = match request.kind.get() {
        0 => SopKind::FixedTimes,
        1 => SopKind::DaysSinceJoining,
        _ => SopKind::NewGroups,
    };
    let is_on = |flag: Optional<Integer<0, 1>>| flag.0.is_some_and(|flag| flag.get() == 1);
    let is_chosen = !(request.chat_ids.0.is_empty() && request.owners.0.is_empty());
    let rule = request.rule.map(|Object(body)| rule(caller, body));
    let audience = match (kind, rule) {
        (SopKind::NewGroups, _) | (_, Some(_)) if is_chosen => {
            let why = "groups are chosen by a rule here, chatIds and owners must be absent";
            return Err(Refusal::field("chatIds", why));
        }
        (SopKind::NewGroups, rule) => Audience::NewGroups { rule: rule.unwrap_or_default() },
        (_, Some(rule)) => Audience::Rule { rule, follows: is_on(request.follow) },
        (_, None) => audience(request.chat_ids.0, request.owners.0)?,
    };
    let steps = sop_steps::steps(caller, files, "sopContents", request.sop_contents).await?;
    Ok(NewSop {
        title: request.title.0,
        instruction: request.instruction.0.map(|Text(text)| text).unwrap_or_default(),
        mode: match request.mode.0.map(Integer::get) {
            Some(0) => Mode::Assistant,
            _ => Mode::Manual,
        },
        kind,
        audience,
        steps: steps.into_iter().map(|edited| edited.step).collect(),
        creator: caller.app.acting_staff,
        is_draft: is_on(request.draft),
        actor: caller.actor(),
        once: None,
    })
}

fn rule(caller: &Caller, body: RuleBody) -> Rule {
    let zone = &caller.corp.zone;
    let tags = |list: List<Id, 0, MAX_LISTED>| list.0.into_iter().map(|Id(id)| TagId(id)).collect();
    Rule {
        owners: body.owners.0.into_iter().map(|Id(id)| StaffId(id)).collect(),
        departments: body.department_ids.0.into_iter().map(|Id(id)| DepartmentId(id)).collect(),
        any_tags: tags(body.any_tag_ids),
        all_tags: tags(body.all_tag_ids),
        no_tags: tags(body.no_tag_ids),
        name_part: body.keyword.0.map(|Text(text)| text).unwrap_or_default(),
        created_from_ms: body.start_create_time.0.map(|from| from.start_ms(zone)),
        created_until_ms: body.end_create_time.0.map(|until| until.end_ms(zone)),
        min_members: body.min_members.0.map(Integer::get),
        max_members: body.max_members.0.map(Integer::get),
    }
}

async fn edit_sop(caller: &Caller, request: EditSop) -> Result<DifferenceReply, Refusal> {
    let mut files = StepFiles::default();
    let (SopId(id), mut edit) = edit(caller, request, &mut files).await?;
    let (scrm, corp) = (&caller.scrm, caller.corp.id);
    if !files.is_empty() {
        sop::preview_edit(scrm, corp, &id, &edit).await?;
        let fetched = files.fetch(caller).await?;
        fetched.show_in(contents(&mut edit));
        sop::preview_edit(scrm, corp, &id, &edit).await?;
        fetched.keep_in(caller, contents(&mut edit)).await?;
    }
    Ok(sop::edit(scrm, corp, &id, &edit, caller.actor()).await?.into())
}

fn contents(edit: &mut Edit) -> impl Iterator<Item = &mut Vec<ContentItem>> {
    edit.steps.iter_mut().flatten().map(|edited| &mut edited.step.content)
}

async fn preview_edit(caller: &Caller, request: EditSop) -> Result<DifferenceReply, Refusal> {
    let (SopId(id), edit) = edit(caller, request, &mut StepFiles::default()).await?;
    Ok(sop::preview_edit(&caller.scrm, caller.corp.id, &id, &edit).await?.into())
}

async fn edit(
    caller: &Caller,
    request: EditSop,
    files: &mut StepFiles,
) -> Result<(SopId, Edit), Refusal> {
    let steps = match request.sop_contents.0 {
        steps if steps.is_empty() => None,
        steps => Some(sop_steps::steps(caller, files, "sopContents", List(steps)).await?),
    };
    let edit = Edit {
        title: request.title.0.map(|Text(title)| title),
        instruction: request.instruction.0.map(|Text(text)| text),
        steps,
        rule: request.rule.map(|Object(body)| rule(caller, body)),
    };
    Ok((request.sop_id, edit))
}

impl From<Difference> for DifferenceReply {
    fn from(difference: Difference) -> Self {
        Self {
            steps_added: difference.n_steps_added,
            steps_changed: difference.n_steps_changed,
            steps_removed: difference.n_steps_removed,
            tasks_changed: difference.n_tasks_changed,
            tasks_kept: difference.n_tasks_kept,
        }
    }
}

impl From<Preview> for PreviewReply {
    fn from(preview: Preview) -> Self {
        let days = preview.days.into_iter().map(|day| DayReply {
            date: day.date.to_string(),
            task_count: day.n_tasks,
            message_count: day.n_messages,
            over_quota_count: day.n_groups_over_quota,
        });
        let unable = preview.unable.into_iter().map(|owner| UnableReply {
            sales_id: owner.id.to_string(),
            sales_name: owner.name,
            reason: owner.why.zh().into_owned(),
            group_count: owner.n_groups,
        });
        Self {
            group_count: preview.n_groups,
            owner_count: preview.n_owners,
            task_count: preview.n_tasks,
            days: days.collect(),
            unable_owners: unable.collect(),
            warnings: preview.warnings.iter().map(sentence).collect(),
        }
    }
}

impl PreviewReply {
    fn example() -> Self {
        Self {
            group_count: 120,
            owner_count: 8,
            task_count: 120,
            days: vec![DayReply {
                date: "2026-04-24".to_owned(),
                task_count: 120,
                message_count: 8,
                over_quota_count: 0,
            }],
            unable_owners: vec![],
            warnings: vec![sentence(&Warning::DueAtOnce { step: 1 })],
        }
    }
}

fn sentence(warning: &Warning) -> String {
    match warning {
        Warning::PlaceholderLeftOut { step } => {
            format!("第 {step} 步：#客户备注#、#客户昵称# 在群里没有对应的客户，发送时会去掉")
        }
        Warning::TextTooLong { step, n_bytes } => {
            format!(
                "第 {step} 步：填入最长的员工姓名后文本有 {n_bytes} 字节，超过企业微信的 4000 字节"
            )
        }
        Warning::DueAtOnce { step } => format!("第 {step} 步：时间已过，启动后立即发送"),
        Warning::NoGroupYet => "现在没有符合条件的群，符合条件的群会自动加入".to_owned(),
        Warning::NoGroup => "现在没有符合条件的群，以后也不会有群加入".to_owned(),
    }
}
