//! The tasks of a page of groups: the latest of each. Tasks and SOPs are read apart and put together here: a page
//! has many tasks of few SOPs.

use std::{collections::HashMap, sync::Arc};

use store::{Session, Value, params};

use super::{ListedSop, ListedTask, sql};
use crate::{CorpId, Error, GroupId, PublicId, SopId};

/// Tasks of a group that are shown, those with the latest start.
const MAX_SHOWN: usize = 200;
/// With more tasks than this in a page the database chooses those that are shown, so that groups with many
/// thousands do not hurt.
const MAX_READ: usize = 4_000;

/// A task as it is read, without its SOP.
pub(super) struct BareTask {
    pub group: GroupId,
    pub sop: SopId,
    pub created_at_ms: i64,
    pub id: PublicId,
    pub status: i64,
    pub start_at_ms: i64,
    pub reason: Option<String>,
}

impl BareTask {
    /// For the order in which a group's tasks are shown.
    fn order(&self) -> (i64, i64, PublicId) {
        (self.start_at_ms, self.created_at_ms, self.id)
    }

    fn of(self, sop: &Arc<ListedSop>) -> ListedTask {
        let Self { id, status, start_at_ms, reason, .. } = self;
        ListedTask { id, sop: sop.clone(), status, start_at_ms, reason }
    }
}

/// The tasks of some groups: of each the 200 with the latest start, by start and then by creation.
pub(crate) async fn tasks_of_groups(
    session: &mut Session,
    corp: CorpId,
    groups: &[GroupId],
) -> Result<HashMap<GroupId, Vec<ListedTask>>, Error> {
    let list: Vec<Value<'_>> = groups.iter().map(|&id| id.into()).collect();
    let limit = i64::try_from(MAX_READ + 1).expect("it is small");
    let fixed = params![corp, limit];
    let mut bare = session.query_list(&sql::OF_GROUPS, &fixed, &list, sql::bare_task).await?;
    if bare.len() > MAX_READ {
        let fixed = params![corp];
        bare = session.query_list(&sql::LATEST_OF_GROUPS, &fixed, &list, sql::bare_task).await?;
    }
    let sops = shown_sops(session, corp, &bare).await?;
    bare.sort_unstable_by_key(BareTask::order);
    let mut tasks: HashMap<GroupId, Vec<ListedTask>> = HashMap::new();
    for task in bare {
        // Deleted SOPs show no tasks.
        if let Some(sop) = sops.get(&task.sop) {
            tasks.entry(task.group).or_default().push(task.of(sop));
        }
    }
    for tasks in tasks.values_mut() {
        tasks.drain(..tasks.len().saturating_sub(MAX_SHOWN));
    }
    Ok(tasks)
}

async fn shown_sops(
    session: &mut Session,
    corp: CorpId,
    tasks: &[BareTask],
) -> Result<HashMap<SopId, Arc<ListedSop>>, Error> {
    let mut ids: Vec<SopId> = tasks.iter().map(|task| task.sop).collect();
    ids.sort_unstable();
    ids.dedup();
    let list: Vec<Value<'_>> = ids.iter().map(|&id| id.into()).collect();
    let read = |row: &store::Row<'_>| Ok((row.get(0)?, Arc::new(sql::listed_sop(row, 1)?)));
    Ok(session.query_list(&sql::SHOWN, &params![corp], &list, read).await?.into_iter().collect())
}
