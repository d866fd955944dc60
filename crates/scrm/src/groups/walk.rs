//! All groups that a filter leaves, part by part, however many they are: for what is done to all results, and for
//! exports. Groups that are made or dissolved meanwhile shift nothing: a part begins where the last one ended in the
//! order of the list, not at a count.

use std::collections::HashSet;

use super::{
    Filter, ListedGroup,
    list::{Found, describe, find},
};
use crate::{CorpId, Error, GroupId, Page, Scrm};

/// Groups of one part.
const PER_PART: u32 = 5_000;

/// Where a walk over the groups of a filter stands.
pub struct Walk {
    filter: Filter,
    page: Page,
    /// How many there were when it began.
    n_total: Option<i64>,
    /// Those of the last moment that was reached: the next part begins with it again.
    seen: HashSet<GroupId>,
    is_over: bool,
}

impl Walk {
    /// Before the first group.
    pub fn new(filter: Filter) -> Self {
        let page = Page { no: 1, size: PER_PART };
        Self { filter, page, n_total: None, seen: HashSet::new(), is_over: false }
    }

    /// How many groups the filter left when the walk began; 0 before the first part.
    pub fn n_total(&self) -> i64 {
        self.n_total.unwrap_or(0)
    }

    /// The next groups as the list shows them, without their tasks; none at the end.
    pub async fn next(&mut self, scrm: &Scrm, corp: CorpId) -> Result<Vec<ListedGroup>, Error> {
        let found = self.part(scrm, corp).await?;
        let mut reader = scrm.db.reader().await?;
        describe(&mut reader, corp, found).await
    }

    async fn part(&mut self, scrm: &Scrm, corp: CorpId) -> Result<Vec<Found>, Error> {
        while !self.is_over {
            let (_, n_total, found) = find(scrm, corp, &self.filter, self.page).await?;
            self.n_total.get_or_insert(n_total);
            let Some(last_ms) = found.last().map(|group| group.created_at_ms) else { break };
            self.is_over = found.len() < PER_PART as usize;
            let is_new = |group: &Found| !self.seen.contains(&group.id);
            let fresh: Vec<Found> = found.iter().filter(|group| is_new(group)).cloned().collect();
            if self.filter.created_to_ms == Some(last_ms) {
                // A whole part was made in the same moment.
                self.page.no += 1;
            } else {
                self.page.no = 1;
                self.filter.created_to_ms = Some(last_ms);
                self.seen.clear();
            }
            let of_last = found.iter().filter(|group| group.created_at_ms == last_ms);
            self.seen.extend(of_last.map(|group| group.id));
            if !fresh.is_empty() {
                return Ok(fresh);
            }
        }
        self.is_over = true;
        Ok(vec![])
    }
}

/// The ids of all groups that a filter leaves.
pub(crate) async fn matching(
    scrm: &Scrm,
    corp: CorpId,
    filter: &Filter,
) -> Result<Vec<GroupId>, Error> {
    let mut walk = Walk::new(filter.clone());
    let mut ids = Vec::new();
    loop {
        let part = walk.part(scrm, corp).await?;
        if part.is_empty() {
            return Ok(ids);
        }
        ids.extend(part.into_iter().map(|group| group.id));
        tokio::task::yield_now().await;
    }
}
