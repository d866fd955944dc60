//! The tasks of one SOP, page by page.

use store::{Value, params};

use super::{
    TaskState, Viewer, sql,
    stored::Sop,
    viewer::{find_for, owners_list},
};
use crate::{
    CorpId, Error, GroupId, Page, PublicId, Scrm, StaffId, send::reason_shown, users::Scope,
};

/// Which tasks of an SOP to list.
#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    /// Only those in this state; [`TaskState::Planned`] means [`TaskState::Dispatching`] too.
    pub state: Option<TaskState>,
    /// Only those of this step.
    pub step_no: Option<i64>,
    /// Only those for groups of this owner.
    pub owner: Option<StaffId>,
}

/// A task of an SOP.
#[derive(Debug, Clone)]
pub struct SopTask {
    /// Its id.
    pub id: PublicId,
    /// Its step.
    pub step_no: i64,
    /// Its state as contract/16 numbers it.
    pub status: i64,
    /// When it is due.
    pub due_at_ms: i64,
    /// Why it failed or expired.
    pub reason: Option<String>,
    /// The group's chat id.
    pub chat_id: String,
    /// The group's name.
    pub group_name: String,
    /// The group's owner now.
    pub owner: StaffId,
}

/// A page of an SOP's tasks that he sees, by state and time, and how many there are in all.
pub async fn tasks_of_sop(
    scrm: &Scrm,
    corp: CorpId,
    viewer: &Viewer,
    id: &PublicId,
    filter: &TaskFilter,
    page: Page,
) -> Result<(i64, Vec<SopTask>), Error> {
    let mut reader = scrm.db.reader().await?;
    let (sop, _) = find_for(&mut reader, corp, viewer, id).await?;
    // In assistant mode a task is planned, then in a batch: to people that is one thing.
    let states: Vec<i64> = match filter.state {
        None => TaskState::ALL.iter().map(|state| *state as i64).collect(),
        Some(TaskState::Planned) => vec![TaskState::Planned as i64, TaskState::Dispatching as i64],
        Some(state) => vec![state as i64],
    };
    let [first, other] = [states[0], states[states.len() - 1]];
    let (from, until) = if states.len() > 2 { (0, 9) } else { (first, first) };
    let steps = filter.step_no.map_or([0, i64::MAX], |step| [step; 2]);
    let counting = params![corp, sop.id, from, until, other, steps[0], steps[1]].to_vec();
    let mut paging = counting.clone();
    paging.extend(params![page.size, page.offset()]);
    let owners: Option<Vec<StaffId>> = match (&viewer.scope, filter.owner) {
        (Scope::Everything, owner) => owner.map(|owner| vec![owner]),
        (scope, Some(owner)) => Some(Some(owner).filter(|o| scope.holds(*o)).into_iter().collect()),
        (Scope::Of(owners), None) => Some(owners.to_vec()),
    };
    let count = |row: &store::Row<'_>| row.get::<i64>(0);
    match owners {
        None => {
            let n = reader.query_opt(&sql::N_TASKS_OF_SOP, &counting, count).await?.unwrap_or(0);
            Ok((n, reader.query(&sql::TASKS_OF_SOP, &paging, read).await?))
        }
        Some(owners) => {
            let list: Vec<Value<'_>> = owners_list(&owners);
            let n = reader.query_list(&sql::N_TASKS_OF_OWNERS, &counting, &list, count).await?;
            let rows = reader.query_list(&sql::TASKS_OF_OWNERS, &paging, &list, read).await?;
            Ok((n.first().copied().unwrap_or(0), rows))
        }
    }
}

/// Groups of one part of a walk.
const PER_PART: u32 = 2_000;

/// All tasks of an SOP, part by part and group by group, however many they are; tasks that change meanwhile are neither
/// left out nor told twice.
pub struct TaskWalk {
    sop: Sop,
    scope: Scope,
    after: GroupId,
}

impl TaskWalk {
    /// Before the first task; [`Error::NotFound`] for an SOP that he does not see.
    pub async fn new(
        scrm: &Scrm,
        corp: CorpId,
        viewer: &Viewer,
        id: &PublicId,
    ) -> Result<Self, Error> {
        let mut reader = scrm.db.reader().await?;
        let (sop, _) = find_for(&mut reader, corp, viewer, id).await?;
        Ok(Self { sop, scope: viewer.scope.clone(), after: GroupId(0) })
    }

    /// The next tasks that he sees; nothing at the end.
    pub async fn next(&mut self, scrm: &Scrm, corp: CorpId) -> Result<Option<Vec<SopTask>>, Error> {
        let mut reader = scrm.db.reader().await?;
        let wanted = params![corp, self.sop.id, self.after, PER_PART];
        let groups: Vec<GroupId> =
            reader.query(&sql::GROUPS_OF_SOP_AFTER, &wanted, |row| row.get(0)).await?;
        let Some(&last) = groups.last() else { return Ok(None) };
        self.after = last;
        let list: Vec<Value<'_>> = groups.iter().map(|&group| group.into()).collect();
        let of_sop = params![corp, self.sop.id];
        let mut tasks = reader.query_list(&sql::TASKS_OF_SOPS_GROUPS, &of_sop, &list, read).await?;
        tasks.retain(|task| self.scope.holds(task.owner));
        Ok(Some(tasks))
    }
}

fn read(row: &store::Row<'_>) -> Result<SopTask, store::Error> {
    let (state, reason): (TaskState, Option<String>) =
        (TaskState::from_column(row.get(2)?)?, row.get(4)?);
    Ok(SopTask {
        id: row.get(0)?,
        step_no: row.get(1)?,
        status: state.on_the_wire(),
        due_at_ms: row.get(3)?,
        reason: reason.map(|code| reason_shown(&code)),
        chat_id: row.get(5)?,
        group_name: row.get(6)?,
        owner: row.get(7)?,
    })
}
