//! The list of SOPs, one of them, and how far it has come.

use std::collections::HashMap;

use schemars::JsonSchema;
use scrm::{
    StaffId, org,
    sop::{self, Act, Counts, SopCard, SopFilter},
    users::{self, Right},
};
use serde::{Deserialize, Serialize};

use super::wire::{KindName, ModeName, StateName, WireRule, WireStep};
use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Paging, Rows, Text, Uuid},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    let right = Right::Read;
    vec![
        Endpoint::with_right(about("sops/list", "SOP 列表", "list SOPs"), right, list),
        Endpoint::with_right(about("sops/detail", "SOP 详情", "one SOP"), right, detail),
        Endpoint::with_right(
            about("sops/progress", "SOP 进度", "progress of an SOP"),
            right,
            progress,
        ),
    ]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct List {
    paging: Paging,
    /// A part of the title.
    title: Option<Text<100>>,
    state: Option<StateName>,
}

/// An SOP in a list.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::sections) struct Card {
    id: Uuid,
    title: String,
    instruction: String,
    mode: ModeName,
    kind: KindName,
    state: StateName,
    /// Tasks are still being planned or taken back; nothing goes out meanwhile.
    is_planning: bool,
    n_groups: i64,
    created_at_ms: i64,
    started_at_ms: Option<i64>,
    ended_at_ms: Option<i64>,
}

impl From<SopCard> for Card {
    fn from(card: SopCard) -> Self {
        Self {
            id: Uuid(card.id),
            title: card.title,
            instruction: card.instruction,
            mode: card.mode.into(),
            kind: card.kind.into(),
            state: card.state.into(),
            is_planning: card.is_planning,
            n_groups: card.n_groups,
            created_at_ms: card.created_at_ms,
            started_at_ms: card.started_at_ms,
            ended_at_ms: card.ended_at_ms,
        }
    }
}

async fn list(caller: Caller, request: List) -> Result<Rows<Card>, Refusal> {
    let filter = SopFilter {
        title_part: request.title.map(|Text(part)| part),
        state: request.state.map(Into::into),
    };
    let (page, corp) = (request.paging.page(), caller.place.corp.id);
    let found = sop::list_for(&caller.scrm, corp, &caller.viewer(), &filter, page).await?;
    Ok(Rows { total: found.n_total, rows: found.sops.into_iter().map(Card::from).collect() })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct One {
    pub id: Uuid,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Detail {
    card: Card,
    /// Whether the caller may change it.
    may_change: bool,
    /// What chooses its groups; none where they were chosen one by one.
    rule: Option<WireRule>,
    /// Groups join and leave as they come to fit the rule.
    follows: bool,
    steps: Vec<WireStep>,
    /// Newest first, 100 at most.
    acts: Vec<ShownAct>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ShownAct {
    at_ms: i64,
    /// What acted: app, staff, user, rule or system.
    actor_kind: String,
    /// Its name or number.
    actor: String,
    act: String,
    /// Particulars as JSON text.
    detail: String,
}

async fn detail(caller: Caller, One { id: Uuid(id) }: One) -> Result<Detail, Refusal> {
    let corp = caller.place.corp.id;
    let (found, may_change) = sop::detail_for(&caller.scrm, corp, &caller.viewer(), &id).await?;
    let logins = users::logins(&caller.scrm, corp).await?;
    let shown = |act: Act| {
        let (kind, number) = act.actor.split_once(':').unwrap_or((&act.actor, ""));
        let login = number.parse().ok().filter(|_| kind == "user");
        let login = login.and_then(|user| logins.get(&scrm::UserId(user)).cloned());
        ShownAct {
            at_ms: act.at_ms,
            actor_kind: kind.to_owned(),
            actor: login.unwrap_or_else(|| number.to_owned()),
            act: act.action,
            detail: act.detail,
        }
    };
    let steps = found.steps.into_iter().map(|step| WireStep {
        step_no: Some(step.step_no),
        time: step.time.into(),
        content: step.content.into_iter().map(Into::into).collect(),
    });
    Ok(Detail {
        card: found.card.into(),
        may_change,
        rule: found.rule.map(WireRule::from),
        follows: found.follows_rule,
        steps: steps.collect(),
        acts: found.acts.into_iter().map(shown).collect(),
    })
}

/// Tasks by state.
#[derive(Serialize, JsonSchema)]
pub(in crate::sections) struct WireCounts {
    planned: i64,
    handed: i64,
    sent: i64,
    failed: i64,
    expired: i64,
    cancelled: i64,
}

impl From<Counts> for WireCounts {
    fn from(counts: Counts) -> Self {
        Self {
            planned: counts.n_planned,
            handed: counts.n_handed_over,
            sent: counts.n_sent,
            failed: counts.n_failed,
            expired: counts.n_expired,
            cancelled: counts.n_cancelled,
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Progress {
    card: Card,
    total: WireCounts,
    steps: Vec<OfStep>,
    owners: Vec<OfOwner>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OfStep {
    step_no: i64,
    counts: WireCounts,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OfOwner {
    owner_id: Id,
    owner_name: String,
    counts: WireCounts,
}

async fn progress(caller: Caller, One { id: Uuid(id) }: One) -> Result<Progress, Refusal> {
    let corp = caller.place.corp.id;
    let found = sop::progress_for(&caller.scrm, corp, &caller.viewer(), &id).await?;
    let names = staff_names(&caller, found.by_owner.keys().copied()).await?;
    let of_owner = |(owner, counts): (StaffId, Counts)| OfOwner {
        owner_id: Id(owner.0),
        owner_name: names.get(&owner).cloned().unwrap_or_default(),
        counts: counts.into(),
    };
    let of_step = |(step_no, counts): (i64, Counts)| OfStep { step_no, counts: counts.into() };
    Ok(Progress {
        card: found.card.into(),
        total: found.total.into(),
        steps: found.by_step.into_iter().map(of_step).collect(),
        owners: found.by_owner.into_iter().map(of_owner).collect(),
    })
}

/// The names of members of staff.
pub(crate) async fn staff_names(
    caller: &Caller,
    ids: impl IntoIterator<Item = StaffId>,
) -> Result<HashMap<StaffId, String>, Refusal> {
    let mut ids: Vec<StaffId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut reader = caller.scrm.db.reader().await.map_err(scrm::Error::from)?;
    let staff = org::staff_by_ids(&mut reader, caller.place.corp.id, &ids).await?;
    Ok(staff.into_iter().map(|member| (member.id, member.name)).collect())
}
