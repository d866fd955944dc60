//! What a new SOP is to be, and whether its form is right.

use serde::{Deserialize, Serialize};

use super::{Actor, ContentItem, Mode, Rule, SopKind, content};
use crate::{Error, StaffId, once::Once, text};

/// Characters in a title, at most.
pub const MAX_TITLE_CHARS: usize = 100;
/// Steps of one SOP, at most.
pub const MAX_STEPS: usize = 100;
/// Groups named one by one in a call, at most.
pub const MAX_CHATS: usize = 20_000;
/// Groups of one SOP, at most.
pub const MAX_GROUPS: usize = 1_000_000;
/// The latest day of a step that counts days: ten years.
pub const MAX_DAY_NO: i64 = 3_650;

/// An SOP to be made.
#[derive(Debug, Clone)]
pub struct NewSop {
    /// 1 to [`MAX_TITLE_CHARS`] characters.
    pub title: String,
    /// A note to the staff, may be empty.
    pub instruction: String,
    /// How its messages go out.
    pub mode: Mode,
    /// What gives its steps their times; it must fit them and the audience.
    pub kind: SopKind,
    /// The groups it reaches.
    pub audience: Audience,
    /// Its steps, 1 to [`MAX_STEPS`].
    pub steps: Vec<NewStep>,
    /// Who is shown as its maker; nobody known when the app acts for nobody.
    pub creator: Option<StaffId>,
    /// Made without being started.
    pub is_draft: bool,
    /// Who makes it.
    pub actor: Actor,
    /// The caller's key, so that the call can be repeated.
    pub once: Option<Once>,
}

/// The groups that an SOP reaches, at most [`MAX_GROUPS`].
#[derive(Debug, Clone)]
pub enum Audience {
    /// These, each with the owner that the caller takes it to have.
    Chats(Vec<ChosenChat>),
    /// These, all of which must belong to these owners.
    ChatsOf {
        /// WeCom chat ids.
        chat_ids: Vec<String>,
        /// Owners.
        owners: Vec<StaffId>,
    },
    /// All groups that these owners have now.
    AllOf {
        /// Owners.
        owners: Vec<StaffId>,
    },
    /// The groups that a rule fits.
    Rule {
        /// The rule.
        rule: Rule,
        /// Groups join and leave as they change; otherwise those that it fits when the SOP starts.
        follows: bool,
    },
    /// Groups made after the start of the SOP that a rule fits.
    NewGroups {
        /// The rule; an empty one fits every group.
        rule: Rule,
    },
}

/// A chosen group.
#[derive(Debug, Clone)]
pub struct ChosenChat {
    /// WeCom chat id.
    pub chat_id: String,
    /// Its owner, where the caller says so: refused when it is another.
    pub owner: Option<StaffId>,
}

/// A step: when, and what.
#[derive(Debug, Clone)]
pub struct NewStep {
    /// When it is due.
    pub time: StepTime,
    /// What it sends.
    pub content: Vec<ContentItem>,
}

/// When a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepTime {
    /// At a moment; seconds are cut off.
    At {
        /// The moment.
        at_ms: i64,
    },
    /// On the N-th day since the group joined (or, for new groups, was made), that day being day 1.
    NthDay {
        /// N, from 1 to [`MAX_DAY_NO`].
        day_no: i64,
        /// Minutes since midnight, 0 to 1,439.
        minute_of_day: i64,
    },
}

/// Everything that can be checked without looking at the company.
pub(super) fn check(new: &NewSop) -> Result<(), Error> {
    check_title(&new.title)?;
    check_instruction(&new.instruction)?;
    check_steps(&new.steps, new.mode, new.kind)?;
    let is_for_new_groups = matches!(new.audience, Audience::NewGroups { .. });
    if is_for_new_groups != (new.kind == SopKind::NewGroups) {
        let what =
            "an SOP for new groups reaches the groups made after its start, and no other kind does";
        return Err(Error::Invalid(what.to_owned()));
    }
    match &new.audience {
        Audience::Rule { rule, .. } => rule.check(false),
        Audience::NewGroups { rule } => rule.check(true),
        _ => Ok(()),
    }
}

pub(super) fn check_title(title: &str) -> Result<(), Error> {
    let n_chars = title.chars().count();
    if title.trim().is_empty() || n_chars > MAX_TITLE_CHARS {
        return Err(Error::Invalid(format!("a title has 1 to {MAX_TITLE_CHARS} characters")));
    }
    check_storable(title)
}

pub(super) fn check_instruction(instruction: &str) -> Result<(), Error> {
    check_storable(instruction)
}

fn check_storable(value: &str) -> Result<(), Error> {
    if text::is_storable(value) {
        return Ok(());
    }
    Err(Error::Invalid("a text holds a NUL character".to_owned()))
}

fn check_steps(steps: &[NewStep], mode: Mode, kind: SopKind) -> Result<(), Error> {
    let most = if kind == SopKind::MassMessage { 1 } else { MAX_STEPS };
    if steps.is_empty() || steps.len() > most {
        return Err(Error::Invalid(format!("an SOP of this kind has 1 to {most} steps")));
    }
    for (step_no, step) in (1..).zip(steps) {
        check_step(step_no, step, mode, kind)?;
    }
    Ok(())
}

/// One step; `step_no` (from 1) is named in the refusal.
pub(super) fn check_step(
    step_no: usize,
    step: &NewStep,
    mode: Mode,
    kind: SopKind,
) -> Result<(), Error> {
    content::check(&step.content, mode, step_no)?;
    match (step.time, kind) {
        // Among steps that count days one may stand on a date.
        (StepTime::At { .. }, _) => Ok(()),
        (
            StepTime::NthDay { day_no, minute_of_day },
            SopKind::DaysSinceJoining | SopKind::NewGroups,
        ) => {
            if (1..=MAX_DAY_NO).contains(&day_no) && (0..1_440).contains(&minute_of_day) {
                return Ok(());
            }
            Err(Error::Invalid(format!(
                "step {step_no}: the day is 1 to {MAX_DAY_NO} and the time 00:00 to 23:59"
            )))
        }
        (StepTime::NthDay { .. }, _) => Err(Error::Invalid(format!(
            "step {step_no}: it counts days, but the steps of this kind of SOP have fixed times"
        ))),
    }
}
