//! Making and editing SOPs, and what that would do.

use schemars::JsonSchema;
use scrm::{
    sop::{self, Actor, Audience, Edit, EditedStep, NewSop, Warning},
    users::Right,
};
use serde::{Deserialize, Serialize};

use super::wire::{KindName, ModeName, WireAudience, WireRule, WireStep};
use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Text, Uuid},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    let right = Right::PlanSops;
    vec![
        Endpoint::with_right(
            about("sops/preview", "预检 SOP", "what a new SOP would do"),
            right,
            preview,
        ),
        Endpoint::with_right(about("sops/create", "新建 SOP", "make an SOP"), right, create),
        Endpoint::with_right(
            about("sops/preview-edit", "预览修改", "what an edit would do"),
            right,
            preview_edit,
        ),
        Endpoint::with_right(about("sops/edit", "修改 SOP", "edit an SOP"), right, edit),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct New {
    title: Text<1000>,
    #[serde(default)]
    instruction: Text<10_000>,
    mode: ModeName,
    kind: KindName,
    audience: WireAudience,
    steps: Vec<WireStep>,
    /// Made without being started.
    #[serde(default)]
    is_draft: bool,
}

async fn read(caller: &Caller, new: New) -> Result<NewSop, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let audience: Audience = new.audience.into();
    let audience = sop::narrowed(scrm, corp, &caller.viewer(), audience).await?;
    Ok(NewSop {
        title: new.title.0.trim().to_owned(),
        instruction: new.instruction.0,
        mode: new.mode.into(),
        kind: new.kind.into(),
        audience,
        steps: steps(caller, new.steps).await?.into_iter().map(|(_, step)| step).collect(),
        creator: caller.session.staff(),
        is_draft: new.is_draft,
        actor: Actor::User(caller.session.user),
        once: None,
    })
}

async fn steps(
    caller: &Caller,
    steps: Vec<WireStep>,
) -> Result<Vec<(Option<i64>, sop::NewStep)>, Refusal> {
    let mut read = Vec::with_capacity(steps.len());
    for step in steps {
        read.push((step.step_no, step.read(caller).await?));
    }
    Ok(read)
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Made {
    id: Uuid,
}

async fn create(caller: Caller, request: New) -> Result<Made, Refusal> {
    let new = read(&caller, request).await?;
    Ok(Made { id: Uuid(sop::create(&caller.scrm, caller.place.corp.id, new).await?) })
}

/// What an SOP would do.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Preview {
    n_groups: usize,
    n_owners: usize,
    n_tasks: usize,
    days: Vec<Day>,
    unable: Vec<Unable>,
    warnings: Vec<WireWarning>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Day {
    /// yyyy-mm-dd.
    date: String,
    n_tasks: usize,
    /// Things owners have to do.
    n_messages: usize,
    /// Groups that would probably have used up WeCom's quota by then.
    n_groups_over_quota: usize,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Unable {
    id: Id,
    name: String,
    why: String,
    n_groups: usize,
}

/// Something that is allowed, but perhaps not meant.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum WireWarning {
    PlaceholderLeftOut { step: usize },
    TextTooLong { step: usize, n_bytes: usize },
    DueAtOnce { step: usize },
    NoGroupYet,
    NoGroup,
}

impl From<Warning> for WireWarning {
    fn from(warning: Warning) -> Self {
        match warning {
            Warning::PlaceholderLeftOut { step } => Self::PlaceholderLeftOut { step },
            Warning::TextTooLong { step, n_bytes } => Self::TextTooLong { step, n_bytes },
            Warning::DueAtOnce { step } => Self::DueAtOnce { step },
            Warning::NoGroupYet => Self::NoGroupYet,
            Warning::NoGroup => Self::NoGroup,
        }
    }
}

async fn preview(caller: Caller, request: New) -> Result<Preview, Refusal> {
    let new = read(&caller, request).await?;
    let found = sop::preview(&caller.scrm, caller.place.corp.id, &new).await?;
    let days = found.days.into_iter().map(|day| Day {
        date: day.date.to_string(),
        n_tasks: day.n_tasks,
        n_messages: day.n_messages,
        n_groups_over_quota: day.n_groups_over_quota,
    });
    let unable = found.unable.into_iter().map(|owner| Unable {
        id: Id(owner.id.0),
        name: owner.name,
        why: owner.why.zh().into_owned(),
        n_groups: owner.n_groups,
    });
    Ok(Preview {
        n_groups: found.n_groups,
        n_owners: found.n_owners,
        n_tasks: found.n_tasks,
        days: days.collect(),
        unable: unable.collect(),
        warnings: found.warnings.into_iter().map(WireWarning::from).collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    id: Uuid,
    title: Option<Text<1000>>,
    instruction: Option<Text<10_000>>,
    /// All steps that it is to have.
    steps: Option<Vec<WireStep>>,
    /// For an SOP that follows a rule.
    rule: Option<WireRule>,
}

/// What an edit means for tasks.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Difference {
    n_steps_added: usize,
    n_steps_changed: usize,
    n_steps_removed: usize,
    /// Not handed over yet: they are moved, get the new content, or are cancelled.
    n_tasks_changed: i64,
    /// Handed over or final: they stay.
    n_tasks_kept: i64,
}

impl From<sop::Difference> for Difference {
    fn from(difference: sop::Difference) -> Self {
        Self {
            n_steps_added: difference.n_steps_added,
            n_steps_changed: difference.n_steps_changed,
            n_steps_removed: difference.n_steps_removed,
            n_tasks_changed: difference.n_tasks_changed,
            n_tasks_kept: difference.n_tasks_kept,
        }
    }
}

async fn read_edit(caller: &Caller, change: Change) -> Result<Edit, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    sop::check_may_change(scrm, corp, &caller.viewer(), &change.id.0).await?;
    let rule = match change.rule {
        None => None,
        Some(rule) => {
            let wanted = Audience::NewGroups { rule: rule.into() };
            match sop::narrowed(scrm, corp, &caller.viewer(), wanted).await? {
                Audience::NewGroups { rule } => Some(rule),
                _ => None,
            }
        }
    };
    let steps = match change.steps {
        None => None,
        Some(wanted) => {
            let read = steps(caller, wanted).await?.into_iter();
            Some(read.map(|(step_no, step)| EditedStep { step_no, step }).collect())
        }
    };
    let title = change.title.map(|Text(title)| title.trim().to_owned());
    Ok(Edit { title, instruction: change.instruction.map(|Text(text)| text), steps, rule })
}

async fn preview_edit(caller: Caller, request: Change) -> Result<Difference, Refusal> {
    let Uuid(id) = request.id;
    let edit = read_edit(&caller, request).await?;
    let found = sop::preview_edit(&caller.scrm, caller.place.corp.id, &id, &edit).await?;
    Ok(found.into())
}

async fn edit(caller: Caller, request: Change) -> Result<Difference, Refusal> {
    let Uuid(id) = request.id;
    let edit = read_edit(&caller, request).await?;
    let actor = Actor::User(caller.session.user);
    let done = sop::edit(&caller.scrm, caller.place.corp.id, &id, &edit, actor).await?;
    Ok(done.into())
}
