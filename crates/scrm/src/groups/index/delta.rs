//! Groups that changed since the base was made. Whatever changed of one, it is here as it is now, and gone from
//! the base.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use roaring::RoaringBitmap;

use super::{
    Entry,
    base::{Base, Builder, Row},
};
use crate::{GroupId, groups::list::Found};

/// The order of the list.
type Key = (Reverse<i64>, String);

/// All that is known of a company's groups, as of a number of its change sequence.
pub(super) struct State {
    pub base: Arc<Base>,
    /// Ranks of the base that changed.
    pub gone: RoaringBitmap,
    changed: BTreeMap<Key, Changed>,
    keys: HashMap<GroupId, Key>,
    /// Changes up to this number are in it.
    pub seq: i64,
}

pub(super) struct Changed {
    pub entry: Entry,
    /// Groups of the base that are listed before it, gone ones included.
    pub place: u32,
}

/// A group that changed, and what it is now; nothing for a dissolved one.
pub(super) type Change = (GroupId, Option<Found>);

impl State {
    pub(super) fn new(base: Base, seq: i64) -> Self {
        Self {
            base: Arc::new(base),
            gone: RoaringBitmap::new(),
            changed: BTreeMap::new(),
            keys: HashMap::new(),
            seq,
        }
    }

    /// What changed, in the order of the list.
    pub(super) fn changed(&self) -> impl Iterator<Item = &Changed> {
        self.changed.values()
    }

    /// How much is kept apart.
    pub(super) fn n_apart(&self) -> u64 {
        self.gone.len().max(self.changed.len() as u64)
    }

    /// Takes over changes up to the number `seq`.
    pub(super) fn apply(&mut self, changes: Vec<Change>, seq: i64) {
        for (id, group) in changes {
            if let Some(rank) = self.base.rank(id) {
                self.gone.insert(rank);
            }
            if let Some(key) = self.keys.remove(&id) {
                self.changed.remove(&key);
            }
            let Some(group) = group else { continue };
            let key = (Reverse(group.created_at_ms), group.chat_id.clone());
            let place = self.base.place_of(&group);
            self.keys.insert(id, key.clone());
            self.changed.insert(key, Changed { entry: Entry::new(group), place });
        }
        self.seq = seq;
    }

    /// What a new base is to be made of.
    pub(super) fn parts(&self) -> Parts {
        let changed =
            self.changed.values().map(|changed| (changed.place, changed.entry.group.clone()));
        Parts {
            base: self.base.clone(),
            gone: self.gone.clone(),
            changed: changed.collect(),
            seq: self.seq,
        }
    }
}

/// A state at a moment, to make a new base of while others go on with the old one.
pub(super) struct Parts {
    base: Arc<Base>,
    gone: RoaringBitmap,
    changed: Vec<(u32, Found)>,
    pub seq: i64,
}

impl Parts {
    /// One base of it all; takes half a second for a million groups. Nothing when it does not fit.
    pub(super) fn merged(self) -> Option<Base> {
        let Self { base, gone, changed, .. } = self;
        let mut builder = Builder::new(base.len() + changed.len());
        let n_base = u32::try_from(base.len()).expect("ranks have 32 bits");
        let mut changed = changed.into_iter().peekable();
        let (mut moved, mut new) = (vec![None; base.len()], vec![]);
        let next_rank = |builder: &Builder| u32::try_from(builder.len()).unwrap_or(u32::MAX);
        for rank in 0..=n_base {
            while let Some((_, group)) = changed.next_if(|(place, _)| *place == rank) {
                new.push(next_rank(&builder));
                builder.push(&Row::of(&group));
            }
            if rank < n_base && !gone.contains(rank) {
                moved[rank as usize] = Some(next_rank(&builder));
                builder.push(&base.row(rank));
            }
        }
        builder.finish_with(|merged| {
            let new: Vec<(u32, &str)> =
                new.iter().map(|&rank| (rank, merged.folded_name(rank))).collect();
            base.common().moved(&moved, &new).unwrap_or_else(|| merged.common_of_names())
        })
    }
}
