//! A page of what a query leaves: of base and changed groups together, in the order of the list.

use roaring::RoaringBitmap;

use super::{
    Query,
    delta::{Changed, State},
};
use crate::{Page, groups::list::Found};

impl State {
    /// How many groups a query leaves, and those of a page.
    pub(super) fn page(&self, query: &Query, page: Page) -> (i64, Vec<Found>) {
        let base = self.base.matching(query, &self.gone);
        let changed: Vec<&Changed> =
            self.changed().filter(|changed| query.fits(&changed.entry)).collect();
        let n_total = base.len() + changed.len() as u64;
        let groups = self.window(&base, &changed, page.offset().unsigned_abs(), page.size as usize);
        (i64::try_from(n_total).expect("ranks have 32 bits"), groups)
    }

    /// `n` of them from the one at `from`, counted from 0.
    fn window(
        &self,
        base: &RoaringBitmap,
        changed: &[&Changed],
        from: u64,
        n: usize,
    ) -> Vec<Found> {
        // How many of the base are listed before a changed one.
        let n_before = |changed: &Changed| match changed.place.checked_sub(1) {
            Some(last) => base.rank(last),
            None => 0,
        };
        let places: Vec<usize> = (0..changed.len()).collect();
        let skipped = places.partition_point(|&i| n_before(changed[i]) + (i as u64) < from);
        let mut changed = changed[skipped..].iter().peekable();
        let n_skipped = from - skipped as u64;
        let first = u32::try_from(n_skipped).ok().and_then(|place| base.select(place));
        let mut ranks = first.map(|rank| base.range(rank..)).into_iter().flatten().peekable();
        let mut groups = Vec::with_capacity(n.min(1_000));
        while groups.len() < n {
            let is_changed = match (changed.peek(), ranks.peek()) {
                (Some(changed), Some(&rank)) => changed.place <= rank,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => break,
            };
            if is_changed {
                groups.extend(changed.next().map(|changed| changed.entry.group.clone()));
            } else {
                groups.extend(ranks.next().map(|rank| self.base.group(rank)));
            }
        }
        groups
    }
}
