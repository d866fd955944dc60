//! SOPs as people look at them: the list, one with its steps, and how far it has come.

use std::collections::BTreeMap;

use store::{Session, params};

use super::{
    Act, ContentItem, Mode, Rule, SopKind, SopState, StepTime, TaskState, audit, edit, planner,
    sql, stored, stored::Sop,
};
use crate::{CorpId, Error, Page, PublicId, Scrm, SopId, StaffId, text};

/// An SOP in a list.
#[derive(Debug, Clone)]
pub struct SopCard {
    /// Its id.
    pub id: PublicId,
    /// Its title.
    pub title: String,
    /// A note to the staff.
    pub instruction: String,
    /// How its messages go out.
    pub mode: Mode,
    /// What gives its steps their times.
    pub kind: SopKind,
    /// Where it stands.
    pub state: SopState,
    /// Tasks are still being planned (or, after its end, taken back); nothing goes out meanwhile.
    pub is_planning: bool,
    /// Groups in it.
    pub n_groups: i64,
    /// Who made it; 0 = nobody known.
    pub creator_id: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// When it was started.
    pub started_at_ms: Option<i64>,
    /// When it was ended.
    pub ended_at_ms: Option<i64>,
}

/// Which SOPs to list.
#[derive(Debug, Clone, Default)]
pub struct SopFilter {
    /// A part of the title, ASCII letters without regard to case.
    pub title_part: Option<String>,
    /// Only those in this state.
    pub state: Option<SopState>,
}

/// A page of SOPs, newest first.
#[derive(Debug)]
pub struct SopPage {
    /// How many there are in all.
    pub n_total: i64,
    /// Those of the page.
    pub sops: Vec<SopCard>,
}

/// An SOP with everything that makes it.
#[derive(Debug)]
pub struct SopDetail {
    /// What the list shows.
    pub card: SopCard,
    /// The rule that chooses its groups.
    pub rule: Option<Rule>,
    /// Whether groups join and leave as they come to fit the rule.
    pub follows_rule: bool,
    /// Its steps.
    pub steps: Vec<StepDetail>,
    /// What was done to it, newest first, 100 at most; not that groups joined and left by its rule.
    pub acts: Vec<Act>,
}

/// A step of an SOP.
#[derive(Debug, Clone)]
pub struct StepDetail {
    /// Its number; it stays when others are added or removed.
    pub step_no: i64,
    /// When it is due.
    pub time: StepTime,
    /// What it sends.
    pub content: Vec<ContentItem>,
}

/// Tasks by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not due, or not handed over yet.
    pub n_planned: i64,
    /// In the owner's hands.
    pub n_handed_over: i64,
    /// In the group.
    pub n_sent: i64,
    /// Not sent, for a reason.
    pub n_failed: i64,
    /// Their time ran out.
    pub n_expired: i64,
    /// Taken back.
    pub n_cancelled: i64,
}

impl Counts {
    pub(super) fn add(&mut self, state: TaskState, n: i64) {
        let place = match state {
            TaskState::Planned | TaskState::Dispatching => &mut self.n_planned,
            TaskState::HandedOver => &mut self.n_handed_over,
            TaskState::Sent => &mut self.n_sent,
            TaskState::Failed => &mut self.n_failed,
            TaskState::Expired => &mut self.n_expired,
            TaskState::Cancelled => &mut self.n_cancelled,
        };
        *place += n;
    }
}

/// How far an SOP has come.
#[derive(Debug)]
pub struct Progress {
    /// What the list shows.
    pub card: SopCard,
    /// All its tasks.
    pub total: Counts,
    /// By number of the step.
    pub by_step: BTreeMap<i64, Counts>,
    /// By owner of the groups now.
    pub by_owner: BTreeMap<StaffId, Counts>,
}

/// A page of a company's SOPs. Deleted ones are left out.
pub async fn list(
    scrm: &Scrm,
    corp: CorpId,
    filter: &SopFilter,
    page: Page,
) -> Result<SopPage, Error> {
    let pattern = text::like_part(filter.title_part.as_deref().unwrap_or_default());
    let [from, until] =
        filter.state.map_or([0, SopState::Deleted as i64], |state| [state as i64; 2]);
    let mut reader = scrm.db.reader().await?;
    let filters = params![corp, from, until, &pattern];
    let counted = reader.query_opt(&sql::LIST_COUNT, &filters, |row| row.get(0)).await?;
    let wanted = params![corp, from, until, &pattern, page.size, page.offset()];
    let sops = reader.query(&sql::LIST_PAGE, &wanted, stored::read).await?;
    Ok(SopPage { n_total: counted.unwrap_or(0), sops: sops.into_iter().map(card).collect() })
}

/// One SOP; [`Error::NotFound`] when there is none.
pub async fn detail(scrm: &Scrm, corp: CorpId, id: &PublicId) -> Result<SopDetail, Error> {
    const N_ACTS: i64 = 100;
    let mut reader = scrm.db.reader().await?;
    let sop = stored::find(&mut reader, corp, id).await?;
    let steps = edit::steps(&mut reader, corp, sop.id).await?.into_iter();
    let steps = steps.map(|s| StepDetail { step_no: s.step_no, time: s.time, content: s.content });
    Ok(SopDetail {
        steps: steps.collect(),
        acts: audit::acts(&mut reader, corp, sop.id, N_ACTS).await?,
        rule: sop.rule.clone(),
        follows_rule: sop.follows_rule,
        card: card(sop),
    })
}

/// How far an SOP has come; [`Error::NotFound`] when there is none.
pub async fn progress(scrm: &Scrm, corp: CorpId, id: &PublicId) -> Result<Progress, Error> {
    let mut reader = scrm.db.reader().await?;
    let sop = stored::find(&mut reader, corp, id).await?;
    let mut total = Counts::default();
    let mut by_step: BTreeMap<i64, Counts> = BTreeMap::new();
    for (step_no, state, n) in n_by_step(&mut reader, corp, sop.id).await? {
        total.add(state, n);
        by_step.entry(step_no).or_default().add(state, n);
    }
    let read = |row: &store::Row<'_>| {
        Ok((row.get::<StaffId>(0)?, TaskState::from_column(row.get(1)?)?, row.get::<i64>(2)?))
    };
    let mut by_owner: BTreeMap<StaffId, Counts> = BTreeMap::new();
    for (owner, state, n) in reader.query(&sql::N_BY_OWNER, &params![corp, sop.id], read).await? {
        by_owner.entry(owner).or_default().add(state, n);
    }
    Ok(Progress { card: card(sop), total, by_step, by_owner })
}

/// How many tasks each step has in each state.
pub(super) async fn n_by_step(
    session: &mut Session,
    corp: CorpId,
    sop: SopId,
) -> Result<Vec<(i64, TaskState, i64)>, Error> {
    let read =
        |row: &store::Row<'_>| Ok((row.get(0)?, TaskState::from_column(row.get(1)?)?, row.get(2)?));
    Ok(session.query(&sql::N_BY_STEP, &params![corp, sop], read).await?)
}

pub(super) fn card(sop: Sop) -> SopCard {
    SopCard {
        is_planning: !planner::is_planned(&sop) && sop.state != SopState::Draft,
        id: sop.uuid,
        title: sop.title,
        instruction: sop.instruction,
        mode: sop.mode,
        kind: sop.kind,
        state: sop.state,
        n_groups: sop.n_groups,
        creator_id: sop.creator_id,
        created_at_ms: sop.created_at_ms,
        started_at_ms: sop.started_at_ms,
        ended_at_ms: sop.ended_at_ms,
    }
}
