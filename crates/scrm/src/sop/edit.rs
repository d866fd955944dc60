//! Editing an SOP. What is handed over stays as it is; the rest is planned anew.

use serde_json::json;
use store::{Session, Tx, params};

use super::{
    Actor, ContentItem, NewStep, Rule, SopKind, SopState, StepTime, TaskState, audience, audit,
    create::{self, PAST_ALL},
    new, planner, sql, stored,
    stored::Sop,
};
use crate::{CorpId, Error, PublicId, Scrm, SopId, corps, text};

/// What is to be different; nothing = as it is.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// Another title.
    pub title: Option<String>,
    /// Another note to the staff.
    pub instruction: Option<String>,
    /// All steps that the SOP is to have.
    pub steps: Option<Vec<EditedStep>>,
    /// Another rule, for an SOP that follows one.
    pub rule: Option<Rule>,
}

/// A step as it is to be.
#[derive(Debug, Clone)]
pub struct EditedStep {
    /// Which of the SOP's steps it is; nothing = a new one. Steps that are not named are removed.
    pub step_no: Option<i64>,
    /// When, and what.
    pub step: NewStep,
}

/// What an edit means for tasks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Difference {
    /// Steps that are new.
    pub n_steps_added: usize,
    /// Steps with another time or content.
    pub n_steps_changed: usize,
    /// Steps that are gone.
    pub n_steps_removed: usize,
    /// Tasks of changed and removed steps that are not handed over: they are moved, get the new content, or are
    /// cancelled.
    pub n_tasks_changed: i64,
    /// Tasks of changed and removed steps that were handed over, or are final: they stay.
    pub n_tasks_kept: i64,
}

/// A step as it is stored.
#[derive(Debug, Clone)]
pub(super) struct StoredStep {
    pub step_no: i64,
    pub time: StepTime,
    pub version: i64,
    pub content: Vec<ContentItem>,
}

/// The changes of one edit, by step.
#[derive(Default)]
struct Changes<'a> {
    added: Vec<&'a NewStep>,
    /// With the step as it was.
    moved: Vec<(StoredStep, &'a NewStep)>,
    rewritten: Vec<(StoredStep, &'a NewStep)>,
    removed: Vec<i64>,
}

impl Changes<'_> {
    fn touched(&self) -> Vec<i64> {
        let changed = self.moved.iter().chain(&self.rewritten).map(|(before, _)| before.step_no);
        changed.chain(self.removed.iter().copied()).collect()
    }
}

/// What an edit would mean, without doing it; refused where the edit would be.
pub async fn preview_edit(
    scrm: &Scrm,
    corp: CorpId,
    id: &PublicId,
    edit: &Edit,
) -> Result<Difference, Error> {
    let mut reader = scrm.db.reader().await?;
    let sop = stored::find(&mut reader, corp, id).await?;
    let before = steps(&mut reader, corp, sop.id).await?;
    let changes = check(scrm, &sop, edit, before)?;
    check_rule(&mut reader, corp, edit).await?;
    difference(&mut reader, corp, &sop, &changes).await
}

/// Edits an SOP that has not ended. [`Error::Invalid`] where the SOP would be refused so, and for a step that
/// is moved to, or added at, a time that is past; [`Error::NotFound`] for an unknown step.
pub async fn edit(
    scrm: &Scrm,
    corp: CorpId,
    id: &PublicId,
    edit: &Edit,
    actor: Actor,
) -> Result<Difference, Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let sop = stored::find(&mut tx, corp, id).await?;
    let before = steps(&mut tx, corp, sop.id).await?;
    let changes = check(scrm, &sop, edit, before)?;
    check_rule(&mut tx, corp, edit).await?;
    let difference = difference(&mut tx, corp, &sop, &changes).await?;
    let detail = json!({
        "steps_added": difference.n_steps_added,
        "steps_changed": changes.touched(),
        "tasks_changed": difference.n_tasks_changed,
        "tasks_kept": difference.n_tasks_kept,
        "rule": edit.rule.is_some(),
    });
    let audit_id = audit::record(&mut tx, scrm, corp, sop.id, actor, "edit", &detail).await?;
    write(scrm, &mut tx, corp, &sop, edit, &changes, audit_id).await?;
    tx.commit().await?;
    if sop.state != SopState::Draft {
        planner::plan_at_once(scrm, corp, sop.id).await;
    }
    Ok(difference)
}

fn check<'a>(
    scrm: &Scrm,
    sop: &Sop,
    edit: &'a Edit,
    mut before: Vec<StoredStep>,
) -> Result<Changes<'a>, Error> {
    if sop.is_over() {
        return Err(Error::Conflict(format!("SOP {} has ended", sop.uuid)));
    }
    if let Some(title) = &edit.title {
        new::check_title(title)?;
    }
    if let Some(instruction) = &edit.instruction {
        new::check_instruction(instruction)?;
    }
    if let Some(rule) = &edit.rule {
        if !sop.follows_rule {
            let what =
                format!("SOP {} follows no rule: its groups join and leave by hand", sop.uuid);
            return Err(Error::Conflict(what));
        }
        rule.check(sop.is_for_new_groups())?;
    }
    let mut changes = Changes::default();
    let Some(edited) = &edit.steps else { return Ok(changes) };
    let most = if sop.kind == SopKind::MassMessage { 1 } else { new::MAX_STEPS };
    if edited.is_empty() || edited.len() > most {
        return Err(Error::Invalid(format!("an SOP of this kind has 1 to {most} steps")));
    }
    for (place, EditedStep { step_no, step }) in (1..).zip(edited) {
        new::check_step(place, step, sop.mode, sop.kind)?;
        let Some(step_no) = *step_no else {
            check_to_come(scrm, sop, place, step)?;
            changes.added.push(step);
            continue;
        };
        let Some(found) = before.iter().position(|before| before.step_no == step_no) else {
            let what = format!(
                "step {place}: SOP {} has no step {step_no}, or it is named twice",
                sop.uuid
            );
            return Err(Error::NotFound(what));
        };
        let before = before.swap_remove(found);
        if !is_same_time(before.time, step.time) {
            check_to_come(scrm, sop, place, step)?;
            changes.moved.push((before, step));
        } else if before.content != step.content {
            changes.rewritten.push((before, step));
        }
    }
    changes.removed = before.into_iter().map(|step| step.step_no).collect();
    changes.removed.sort_unstable();
    Ok(changes)
}

async fn check_rule(session: &mut Session, corp: CorpId, edit: &Edit) -> Result<(), Error> {
    match &edit.rule {
        Some(rule) => audience::check_rule(session, corp, rule).await,
        None => Ok(()),
    }
}

fn is_same_time(before: StepTime, after: StepTime) -> bool {
    match (before, after) {
        (StepTime::At { at_ms: before }, StepTime::At { at_ms: after }) => {
            super::plan::minute(before) == super::plan::minute(after)
        }
        _ => before == after,
    }
}

/// A step of an SOP that was started cannot be moved into the past: would it be sent at once, or never?
fn check_to_come(scrm: &Scrm, sop: &Sop, place: usize, step: &NewStep) -> Result<(), Error> {
    match step.time {
        StepTime::At { at_ms }
            if sop.state != SopState::Draft && at_ms < super::plan::minute(scrm.clock.now_ms()) =>
        {
            Err(Error::Invalid(format!("step {place}: its time is past")))
        }
        _ => Ok(()),
    }
}

async fn difference(
    session: &mut Session,
    corp: CorpId,
    sop: &Sop,
    changes: &Changes<'_>,
) -> Result<Difference, Error> {
    let touched = changes.touched();
    let mut difference = Difference {
        n_steps_added: changes.added.len(),
        n_steps_changed: changes.moved.len() + changes.rewritten.len(),
        n_steps_removed: changes.removed.len(),
        ..Difference::default()
    };
    for (step_no, state, n) in super::view::n_by_step(session, corp, sop.id).await? {
        if !touched.contains(&step_no) {
            continue;
        }
        match state {
            TaskState::Planned | TaskState::Dispatching => difference.n_tasks_changed += n,
            _ => difference.n_tasks_kept += n,
        }
    }
    Ok(difference)
}

async fn write(
    scrm: &Scrm,
    tx: &mut Tx,
    corp: CorpId,
    sop: &Sop,
    edit: &Edit,
    changes: &Changes<'_>,
    audit_id: i64,
) -> Result<(), Error> {
    let is_draft = sop.state == SopState::Draft;
    let plan_from_ms = if is_draft { 0 } else { scrm.clock.now_ms() };
    let values = params![corp, sop.id];
    let last: i64 = tx.query_opt(&sql::LAST_STEP_NO, &values, |row| row.get(0)).await?.unwrap_or(0);
    for (step_no, step) in (last + 1..).zip(&changes.added) {
        create::add_step(tx, corp, sop.id, step_no, step, plan_from_ms).await?;
    }
    for (before, step) in &changes.moved {
        let version = before.version + 1;
        let [at_ms, day_no, minute] = create::time_columns(step.time);
        let values =
            params![corp, sop.id, before.step_no, version, at_ms, day_no, minute, plan_from_ms];
        tx.execute(&sql::CHANGE_STEP, &values).await?;
        create::add_content(tx, corp, sop.id, before.step_no, version, step).await?;
    }
    for (before, step) in &changes.rewritten {
        let version = before.version + 1;
        let values = params![corp, sop.id, before.step_no, version];
        tx.execute(&sql::CHANGE_CONTENT, &values).await?;
        create::add_content(tx, corp, sop.id, before.step_no, version, step).await?;
    }
    for &step_no in &changes.removed {
        tx.execute(&sql::REMOVE_STEP, &params![corp, sop.id, step_no]).await?;
    }
    let title = edit.title.as_ref().unwrap_or(&sop.title);
    let instruction = edit.instruction.as_ref().unwrap_or(&sop.instruction);
    let rule = edit.rule.as_ref().or(sop.rule.as_ref());
    let rule = rule.map(|rule| serde_json::to_string(rule).expect("a rule is plain data"));
    let rule = rule.unwrap_or_default();
    let moves_tasks =
        !(changes.added.is_empty() && changes.moved.is_empty() && changes.removed.is_empty());
    // What is still being planned begins anew; a list of groups that still wait to join is not lost by it.
    let plan_position = match (is_draft, moves_tasks, sop.plan_position) {
        (true, ..) => None,
        (false, true, _) => Some(0),
        (false, false, position) if edit.rule.is_some() => Some(position.unwrap_or(PAST_ALL)),
        (false, false, position) => position,
    };
    let rule_position = if edit.rule.is_some() && !is_draft { Some(0) } else { sop.rule_position };
    // Before all groups were looked at by the first rule, the new one takes its place: groups still join in time.
    let is_first = sop.plan_no == 1 && sop.rule_position.is_some();
    let is_other_rule = i64::from(edit.rule.is_some() && !is_draft && !is_first);
    let folded = text::folded(title);
    let values = params![
        corp,
        sop.id,
        title,
        instruction,
        &rule,
        audit_id,
        plan_position,
        rule_position,
        is_other_rule,
        &folded
    ];
    tx.execute(&sql::CHANGE, &values).await?;
    Ok(())
}

/// The steps that are not removed, with their newest content.
pub(super) async fn steps(
    session: &mut Session,
    corp: CorpId,
    sop: SopId,
) -> Result<Vec<StoredStep>, Error> {
    let read = |row: &store::Row<'_>| {
        let step = StoredStep {
            step_no: row.get(0)?,
            time: stored::time(row, 1)?,
            version: row.get(4)?,
            content: vec![],
        };
        Ok((step, row.get::<String>(5)?))
    };
    let found = session.query(&sql::STEPS, &params![corp, sop], read).await?;
    let mut steps = Vec::new();
    for (mut step, content) in found {
        step.content = serde_json::from_str(&content)
            .map_err(|_| Error::Damaged(format!("step {} of SOP {sop}", step.step_no)))?;
        steps.push(step);
    }
    Ok(steps)
}
