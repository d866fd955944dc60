//! Making an SOP: everything is checked first, then written with its tasks in one transaction.

use std::collections::HashSet;

use store::{Tx, Value, params};

use super::{ContentItem, Mode, SopState, TaskState, content, sql};
use crate::{
    CorpId, Error, PublicId, Scrm, SopId, StaffId, corps, counters,
    groups::{self, Group},
    org, text,
    zone::{MINUTE_MS, Zone},
};

/// Characters in a title, at most.
pub const MAX_TITLE_CHARS: usize = 100;
/// Steps of one SOP, at most.
pub const MAX_STEPS: usize = 100;
/// Groups of one SOP, at most: what one transaction plans.
pub const MAX_GROUPS: usize = 20_000;

/// Tasks of one SOP (groups times steps), at most: they are written in one transaction, during which
/// nobody else writes on SQLite.
pub const MAX_TASKS: usize = 200_000;

/// What an SOP is to be.
#[derive(Debug, Clone)]
pub struct NewSop {
    /// Its name, 1 to [`MAX_TITLE_CHARS`] characters.
    pub title: String,
    /// A note to the staff, may be empty.
    pub instruction: String,
    /// How its messages go out.
    pub mode: Mode,
    /// The groups it reaches.
    pub audience: Audience,
    /// Its steps, 1 to [`MAX_STEPS`].
    pub steps: Vec<NewStep>,
    /// Who makes it; nobody known when the app acts for nobody.
    pub creator: Option<StaffId>,
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
    /// All groups of these owners.
    AllOf {
        /// Owners.
        owners: Vec<StaffId>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepTime {
    /// At a moment; seconds are cut off.
    At {
        /// The moment.
        at_ms: i64,
    },
    /// On the N-th day since the group joined, the day of joining being day 1.
    NthDay {
        /// N, from 1.
        day_no: i64,
        /// Minutes since midnight, 0 to 1,439.
        minute_of_day: i64,
    },
}

/// Makes an SOP and plans its tasks; its id.
///
/// [`Error::NotFound`] for a group or member that does not exist, [`Error::Conflict`] for a group that
/// belongs to another owner, [`Error::Invalid`] for the rest; each names which. Then nothing is made.
pub async fn create(scrm: &Scrm, corp: CorpId, new: NewSop) -> Result<PublicId, Error> {
    check_form(&new)?;
    let now_ms = scrm.clock.now_ms();
    let mut tx = scrm.db.begin().await?;
    let zone = corps::get(&mut tx, corp).await?.zone;
    let groups = audience(&mut tx, corp, &new.audience).await?;
    if groups.len() * new.steps.len() > MAX_TASKS {
        let (n_groups, n_steps) = (groups.len(), new.steps.len());
        return Err(Error::Invalid(format!(
            "{n_groups} groups with {n_steps} steps each; one SOP makes {MAX_TASKS} tasks at most"
        )));
    }
    let sop = SopId(counters::take(&mut tx, corp, counters::INTERNAL, 1).await?);
    let id = PublicId::new(now_ms, &scrm.random);
    add_sop(&mut tx, corp, sop, &id, &new, now_ms).await?;
    let joined: Vec<Value<'_>> =
        groups.iter().flat_map(|group| params![corp, sop, group.id, now_ms]).collect();
    tx.execute_rows(&sql::ADD_GROUPS, &joined).await?;
    for (step_no, step) in (1_i64..).zip(&new.steps) {
        let due_at_ms = first_due_ms(step.time, &zone, now_ms);
        let ids: Vec<PublicId> =
            groups.iter().map(|_| PublicId::new(now_ms, &scrm.random)).collect();
        let planned = TaskState::Planned as i64;
        let tasks: Vec<Value<'_>> = groups
            .iter()
            .zip(&ids)
            .flat_map(|(group, id)| {
                params![corp, group.id, sop, step_no, 0_i64, id, planned, due_at_ms, now_ms]
            })
            .collect();
        tx.execute_rows(&sql::ADD_TASKS, &tasks).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// When a step of a group that joins now is due: its time, or this minute when that is past.
fn first_due_ms(time: StepTime, zone: &Zone, now_ms: i64) -> i64 {
    let planned_ms = match time {
        StepTime::At { at_ms } => at_ms,
        StepTime::NthDay { day_no, minute_of_day } => {
            zone.nth_day_ms(now_ms, day_no, minute_of_day)
        }
    };
    let due_at_ms = planned_ms.max(now_ms);
    due_at_ms - due_at_ms.rem_euclid(MINUTE_MS)
}

fn check_form(new: &NewSop) -> Result<(), Error> {
    let n_chars = new.title.chars().count();
    if new.title.trim().is_empty() || n_chars > MAX_TITLE_CHARS {
        return Err(Error::Invalid(format!("a title has 1 to {MAX_TITLE_CHARS} characters")));
    }
    if !text::is_storable(&new.title) || !text::is_storable(&new.instruction) {
        return Err(Error::Invalid("a text holds a NUL character".to_owned()));
    }
    if new.steps.is_empty() || new.steps.len() > MAX_STEPS {
        return Err(Error::Invalid(format!("an SOP has 1 to {MAX_STEPS} steps")));
    }
    for (step_no, step) in (1..).zip(&new.steps) {
        content::check(&step.content, new.mode, step_no)?;
        if let StepTime::NthDay { day_no, minute_of_day } = step.time
            && (!(1..=3_650).contains(&day_no) || !(0..1_440).contains(&minute_of_day))
        {
            return Err(Error::Invalid(format!(
                "step {step_no}: the day is 1 to 3650 and the time 00:00 to 23:59"
            )));
        }
    }
    Ok(())
}

async fn audience(tx: &mut Tx, corp: CorpId, audience: &Audience) -> Result<Vec<Group>, Error> {
    let mut groups = match audience {
        Audience::Chats(chosen) => {
            let chat_ids: Vec<String> = chosen.iter().map(|chat| chat.chat_id.clone()).collect();
            let found = limited(tx, corp, &chat_ids).await?;
            let mut groups = Vec::new();
            for chat in chosen {
                let group = groups::known(&found, &chat.chat_id)?;
                if let Some(owner) = chat.owner {
                    check_owner(tx, corp, group, &[owner]).await?;
                }
                groups.push(group.clone());
            }
            groups
        }
        Audience::ChatsOf { chat_ids, owners } => {
            check_staff(tx, corp, owners).await?;
            let found = limited(tx, corp, chat_ids).await?;
            let mut groups = Vec::new();
            for chat_id in chat_ids {
                let group = groups::known(&found, chat_id)?;
                check_owner(tx, corp, group, owners).await?;
                groups.push(group.clone());
            }
            groups
        }
        Audience::AllOf { owners } => {
            check_staff(tx, corp, owners).await?;
            groups::of_owners(tx, corp, owners).await?
        }
    };
    groups.sort_by_key(|group| group.id);
    groups.dedup_by_key(|group| group.id);
    match groups.len() {
        0 => Err(Error::Invalid("there is no group to send to".to_owned())),
        n if n > MAX_GROUPS => Err(too_many(n)),
        _ => Ok(groups),
    }
}

async fn limited(
    tx: &mut Tx,
    corp: CorpId,
    chat_ids: &[String],
) -> Result<std::collections::HashMap<String, Group>, Error> {
    if chat_ids.len() > MAX_GROUPS {
        return Err(too_many(chat_ids.len()));
    }
    groups::by_chat_ids(tx, corp, chat_ids).await
}

fn too_many(n: usize) -> Error {
    Error::Invalid(format!("{n} groups; one SOP takes {MAX_GROUPS} at most"))
}

async fn check_owner(
    tx: &mut Tx,
    corp: CorpId,
    group: &Group,
    owners: &[StaffId],
) -> Result<(), Error> {
    if owners.contains(&group.owner) {
        return Ok(());
    }
    // Only on the way to a refusal: a member who does not exist is another mistake than a wrong one.
    check_staff(tx, corp, owners).await?;
    Err(Error::Conflict(format!(
        "the customer group {} belongs to {}, not to {}",
        group.chat_id,
        group.owner,
        owners.iter().map(StaffId::to_string).collect::<Vec<_>>().join(", ")
    )))
}

async fn check_staff(tx: &mut Tx, corp: CorpId, ids: &[StaffId]) -> Result<(), Error> {
    let found = org::staff_by_ids(tx, corp, ids).await?;
    let found: HashSet<StaffId> = found.into_iter().map(|member| member.id).collect();
    match ids.iter().find(|id| !found.contains(id)) {
        Some(id) => Err(Error::NotFound(format!("there is no member of staff {id}"))),
        None => Ok(()),
    }
}

async fn add_sop(
    tx: &mut Tx,
    corp: CorpId,
    sop: SopId,
    id: &PublicId,
    new: &NewSop,
    now_ms: i64,
) -> Result<(), Error> {
    let creator = new.creator.map_or(0, |staff| staff.0);
    let state = SopState::Active as i64;
    let mode = new.mode.number();
    let values = params![corp, sop, id, &new.title, &new.instruction, mode, state, creator, now_ms];
    tx.execute_rows(&sql::ADD_SOP, &values).await?;
    let contents: Vec<String> = new
        .steps
        .iter()
        .map(|step| serde_json::to_string(&step.content).expect("content is plain data"))
        .collect();
    let mut values = Vec::new();
    for (step_no, step) in (1_i64..).zip(&new.steps) {
        let (at_ms, day_no, minute) = match step.time {
            StepTime::At { at_ms } => (Some(at_ms), None, None),
            StepTime::NthDay { day_no, minute_of_day } => (None, Some(day_no), Some(minute_of_day)),
        };
        values.extend(params![corp, sop, step_no, at_ms, day_no, minute]);
    }
    tx.execute_rows(&sql::ADD_STEPS, &values).await?;
    let values: Vec<Value<'_>> = (1_i64..)
        .zip(&contents)
        .flat_map(|(step_no, content)| params![corp, sop, step_no, 1_i64, content])
        .collect();
    tx.execute_rows(&sql::ADD_CONTENTS, &values).await?;
    Ok(())
}
