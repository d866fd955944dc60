//! The two sides of the demo: the simulated company, and Siyu's view of it.

use scrm::{
    Page, PublicId, Scrm,
    apps::App,
    corps::Corp,
    groups::{self, Filter, ListedGroup},
    org,
    sop::{self, SopFilter, TaskState},
};
use wecom_sim::Sim;

/// Groups that the demo looks at, newest first; the SOPs take some of them.
const N_LOOKED_AT: u32 = 200;

/// The simulated company and Siyu's view of it.
pub struct World {
    pub scrm: Scrm,
    pub sim: Sim,
    pub corp: Corp,
    pub app: App,
    pub base_url: String,
    pub simulator_url: String,
}

impl World {
    /// The newest groups.
    pub async fn newest_groups(&self) -> anyhow::Result<Vec<ListedGroup>> {
        let page = Page { no: 1, size: N_LOOKED_AT };
        let found = groups::list(&self.scrm, self.corp.id, &Filter::default(), page).await?;
        Ok(found.groups)
    }

    /// The newest groups whose owners can send.
    pub async fn groups_to_reach(&self) -> anyhow::Result<Vec<ListedGroup>> {
        let mut groups = self.newest_groups().await?;
        let owners: Vec<_> = groups.iter().map(|group| group.owner_id).collect();
        let mut reader = self.scrm.db.reader().await?;
        let members = org::staff_by_ids(&mut reader, self.corp.id, &owners).await?;
        groups.retain(|group| {
            let owner = members.iter().find(|member| member.id == group.owner_id);
            owner.is_some_and(|owner| owner.obstacle().is_none())
        });
        Ok(groups)
    }

    /// The newest SOP with this title.
    pub async fn sop(&self, title: &str) -> anyhow::Result<Option<PublicId>> {
        let filter = SopFilter { title_part: Some(title.to_owned()), state: None };
        let found = sop::list(&self.scrm, self.corp.id, &filter, Page { no: 1, size: 1 }).await?;
        Ok(found.sops.first().map(|card| card.id))
    }

    /// Tasks in one of these states.
    pub async fn n_tasks(&self, states: &[TaskState]) -> anyhow::Result<i64> {
        let counts = sop::n_by_state(&self.scrm, self.corp.id).await?;
        Ok(counts.iter().filter(|(state, _)| states.contains(state)).map(|(_, n)| n).sum())
    }
}
