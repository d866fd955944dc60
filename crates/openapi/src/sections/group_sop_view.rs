//! SOP任务, 群SOP: the list, one SOP with its steps, and how far it has come. Ours.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use scrm::{
    StaffId,
    sop::{self, Act, Counts, MAX_TITLE_CHARS, SopCard, SopFilter, SopState},
};
use serde::{Deserialize, Serialize};

use super::{SOP_TASKS, shown_rule::ShownRule, sop_steps::ShownStep};
use crate::{
    About, Caller, Endpoint, Origin, Refusal,
    wire::{Integer, Optional, PageNo, PageOf, PageSize, SopId, Text, page},
};

fn about(
    path: &'static str,
    title_zh: &'static str,
    title: &'static str,
    about: &'static str,
    request_example: &'static str,
) -> About {
    let (section, scope) = (SOP_TASKS, "sop:read");
    About { path, title_zh, title, about, section, scope, origin: Origin::Ours, request_example }
}

const ONE: &str = r#"{"sopId":"019a2b3c4d5e7f8091a2b3c4d5e6f707"}"#;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(
            about(
                "/api/v3/group-sop/list",
                "查询群SOP列表",
                "list group SOPs",
                "A page of the company's group SOPs, newest first; deleted ones are left out.",
                r#"{"pageNo":1,"pageSize":20,"state":1,"keyword":"欢迎"}"#,
            ),
            list,
            || PageOf::new(scrm::Page { no: 1, size: 20 }, 1, vec![SopCardReply::example()]),
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/detail",
                "查询群SOP详情",
                "show a group SOP",
                "One SOP with its steps, and what was done to it, newest first.",
                ONE,
            ),
            detail,
            SopDetailReply::example,
        ),
        Endpoint::new(
            about(
                "/api/v3/group-sop/progress",
                "查询群SOP进度",
                "progress of a group SOP",
                "How many tasks of an SOP are in which state: in all, by step, and by the groups' owners.",
                ONE,
            ),
            progress,
            ProgressReply::example,
        ),
    ]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(default, rename_all = "camelCase")]
struct ListSops {
    page_no: Optional<PageNo>,
    page_size: Optional<PageSize>,
    /// Only those in this state: 0 draft, 1 active, 2 paused, 3 ended.
    state: Optional<Integer<0, 3>>,
    /// A part of the title, ASCII letters without regard to case.
    keyword: Optional<Text<0, MAX_TITLE_CHARS>>,
}

/// An SOP, by its id.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneSop {
    pub sop_id: SopId,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SopCardReply {
    sop_id: String,
    title: String,
    instruction: String,
    /// 0 assistant, 1 by hand.
    mode: i64,
    /// 0 fixed times, 1 days since joining, 2 new groups, 3 one mass message.
    kind: i64,
    /// 0 draft, 1 active, 2 paused, 3 ended.
    state: i64,
    /// Tasks are still being planned or taken back; nothing goes out meanwhile.
    planning: bool,
    /// Groups in it.
    group_count: i64,
    /// Staff id; 0 = nobody known.
    creator_id: i64,
    /// yyyy-MM-dd HH:mm:ss.
    create_time: String,
    /// yyyy-MM-dd HH:mm:ss, or null.
    start_time: Option<String>,
    /// yyyy-MM-dd HH:mm:ss, or null.
    end_time: Option<String>,
}

impl SopCardReply {
    fn new(caller: &Caller, card: SopCard) -> Self {
        let text = |at_ms: i64| caller.corp.zone.seconds_text(at_ms);
        Self {
            sop_id: card.id.to_string(),
            title: card.title,
            instruction: card.instruction,
            mode: card.mode.number(),
            kind: card.kind as i64,
            state: card.state as i64,
            planning: card.is_planning,
            group_count: card.n_groups,
            creator_id: card.creator_id,
            create_time: text(card.created_at_ms),
            start_time: card.started_at_ms.map(text),
            end_time: card.ended_at_ms.map(text),
        }
    }

    fn example() -> Self {
        Self {
            sop_id: super::group_sop::sop_id_example(),
            title: "新群欢迎".to_owned(),
            instruction: String::new(),
            mode: 1,
            kind: 2,
            state: 1,
            planning: false,
            group_count: 12,
            creator_id: 463_352_988_837_952,
            create_time: "2026-04-24 10:00:00".to_owned(),
            start_time: Some("2026-04-24 10:00:00".to_owned()),
            end_time: None,
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SopDetailReply {
    #[serde(flatten)]
    card: SopCardReply,
    /// Groups join and leave as they come to fit its rule.
    follow: bool,
    /// A rule chose, or chooses, its groups.
    by_rule: bool,
    /// The rule, as it is given; null where groups were chosen.
    rule: Option<ShownRule>,
    sop_contents: Vec<ShownStep>,
    acts: Vec<ShownAct>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ShownAct {
    /// yyyy-MM-dd HH:mm:ss.
    time: String,
    /// app:<number>, staff:<id>, rule or system.
    actor: String,
    /// create, start, edit, pause, resume, end, delete, join, leave, follow, mark, remind.
    action: String,
    /// Particulars as JSON.
    detail: String,
}

impl SopDetailReply {
    fn example() -> Self {
        Self {
            card: SopCardReply::example(),
            follow: true,
            by_rule: true,
            rule: Some(ShownRule::example()),
            sop_contents: vec![ShownStep::example()],
            acts: vec![ShownAct {
                time: "2026-04-24 10:00:00".to_owned(),
                actor: "app:3".to_owned(),
                action: "create".to_owned(),
                detail: r#"{"draft":false,"groups":0,"steps":1}"#.to_owned(),
            }],
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ProgressReply {
    #[serde(flatten)]
    card: SopCardReply,
    total: ShownCounts,
    steps: Vec<StepCounts>,
    owners: Vec<OwnerCounts>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ShownCounts {
    /// Not due, or not handed over yet.
    planned: i64,
    /// In the owner's hands.
    handed_over: i64,
    sent: i64,
    failed: i64,
    expired: i64,
    cancelled: i64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct StepCounts {
    step_no: i64,
    #[serde(flatten)]
    counts: ShownCounts,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OwnerCounts {
    sales_id: String,
    #[serde(flatten)]
    counts: ShownCounts,
}

impl From<Counts> for ShownCounts {
    fn from(counts: Counts) -> Self {
        Self {
            planned: counts.n_planned,
            handed_over: counts.n_handed_over,
            sent: counts.n_sent,
            failed: counts.n_failed,
            expired: counts.n_expired,
            cancelled: counts.n_cancelled,
        }
    }
}

impl ProgressReply {
    fn example() -> Self {
        let counts = || ShownCounts::from(Counts { n_planned: 10, n_sent: 2, ..Counts::default() });
        Self {
            card: SopCardReply::example(),
            total: counts(),
            steps: vec![StepCounts { step_no: 1, counts: counts() }],
            owners: vec![OwnerCounts { sales_id: "463352988837952".to_owned(), counts: counts() }],
        }
    }
}

async fn list(caller: &Caller, request: ListSops) -> Result<PageOf<SopCardReply>, Refusal> {
    let page = page(request.page_no, request.page_size);
    let filter = SopFilter {
        title_part: request.keyword.0.map(|Text(part)| part),
        state: request.state.0.map(|state| match state.get() {
            0 => SopState::Draft,
            1 => SopState::Active,
            2 => SopState::Paused,
            _ => SopState::Ended,
        }),
    };
    let found = sop::list(&caller.scrm, caller.corp.id, &filter, page).await?;
    let cards = found.sops.into_iter().map(|card| SopCardReply::new(caller, card)).collect();
    Ok(PageOf::new(page, found.n_total, cards))
}

async fn detail(caller: &Caller, request: OneSop) -> Result<SopDetailReply, Refusal> {
    let SopId(id) = request.sop_id;
    let found = sop::detail(&caller.scrm, caller.corp.id, &id).await?;
    let shown = |act: Act| ShownAct {
        time: caller.corp.zone.seconds_text(act.at_ms),
        actor: act.actor,
        action: act.action,
        detail: act.detail,
    };
    Ok(SopDetailReply {
        card: SopCardReply::new(caller, found.card),
        follow: found.follows_rule,
        by_rule: found.rule.is_some(),
        rule: found.rule.map(|rule| ShownRule::new(caller, rule)),
        sop_contents: found.steps.into_iter().map(|step| ShownStep::new(caller, step)).collect(),
        acts: found.acts.into_iter().map(shown).collect(),
    })
}

async fn progress(caller: &Caller, request: OneSop) -> Result<ProgressReply, Refusal> {
    let SopId(id) = request.sop_id;
    let found = sop::progress(&caller.scrm, caller.corp.id, &id).await?;
    let of_step = |(step_no, counts): (i64, Counts)| StepCounts { step_no, counts: counts.into() };
    let of_owner = |(owner, counts): (StaffId, Counts)| OwnerCounts {
        sales_id: owner.to_string(),
        counts: counts.into(),
    };
    let by_owner: BTreeMap<StaffId, Counts> = found.by_owner;
    Ok(ProgressReply {
        card: SopCardReply::new(caller, found.card),
        total: found.total.into(),
        steps: found.by_step.into_iter().map(of_step).collect(),
        owners: by_owner.into_iter().map(of_owner).collect(),
    })
}
