//! The groups as they were when the index was made, in the order of the list: newest first, then by chat id. A
//! group's place in it is its rank; sets of groups are bitmaps of ranks.

use std::{cmp::Reverse, collections::HashMap};

use memchr::memmem::Finder;
use roaring::{MultiOps as _, RoaringBitmap};

use super::{NamePart, Query, common::Common};
use crate::{
    GroupId, StaffId, TagId,
    groups::{TagMatch, list::Found},
    text,
    users::Scope,
};

/// It parts the names, and is a byte of none: they are UTF-8.
const BETWEEN: u8 = 0xff;
/// With up to so many candidates, each name is looked at by itself.
const FEW: u64 = 4_000;

/// Texts one after another.
#[derive(Default)]
struct Arena {
    bytes: Vec<u8>,
    /// Where each begins, and the end of the last.
    starts: Vec<u32>,
}

impl Arena {
    fn for_texts(n: usize) -> Self {
        let mut starts = Vec::with_capacity(n + 1);
        starts.push(0);
        Self { bytes: vec![], starts }
    }

    /// False when there is no room: 4 GiB are the most.
    fn push(&mut self, text: &str) -> bool {
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(BETWEEN);
        let Ok(end) = u32::try_from(self.bytes.len()) else { return false };
        self.starts.push(end);
        true
    }

    fn get(&self, place: usize) -> &[u8] {
        let (from, to) = (self.starts[place] as usize, self.starts[place + 1] as usize);
        &self.bytes[from..to - 1]
    }

    fn text(&self, place: usize) -> &str {
        str::from_utf8(self.get(place)).expect("texts were put in")
    }

    fn n_bytes(&self) -> usize {
        self.bytes.capacity() + 4 * self.starts.capacity()
    }
}

#[derive(Default)]
pub(super) struct Base {
    ids: Vec<GroupId>,
    owners: Vec<StaffId>,
    /// Never growing.
    created_at_ms: Vec<i64>,
    chat_ids: Arena,
    display_names: Arena,
    folded_names: Arena,
    /// Names of WeCom where they are not the displayed ones: of unnamed groups, mostly.
    raw_names: HashMap<u32, Box<str>>,
    tags: Vec<TagId>,
    /// Where each group's tags begin, and the end of the last.
    tag_starts: Vec<u32>,
    common: Common,
    /// Ranks by id.
    by_id: Vec<u32>,
    of_owner: HashMap<StaffId, RoaringBitmap>,
    tagged: HashMap<TagId, RoaringBitmap>,
}

/// A group of a base.
pub(super) struct Row<'a> {
    pub id: GroupId,
    pub owner: StaffId,
    pub created_at_ms: i64,
    pub chat_id: &'a str,
    pub raw_name: &'a str,
    pub display_name: &'a str,
    /// In order.
    pub tags: &'a [TagId],
}

impl<'a> Row<'a> {
    pub(super) fn of(group: &'a Found) -> Self {
        Self {
            id: group.id,
            owner: group.owner,
            created_at_ms: group.created_at_ms,
            chat_id: &group.chat_id,
            raw_name: &group.raw_name,
            display_name: &group.display_name,
            tags: &group.tags,
        }
    }

    fn to_group(&self) -> Found {
        Found {
            id: self.id,
            owner: self.owner,
            created_at_ms: self.created_at_ms,
            chat_id: self.chat_id.to_owned(),
            raw_name: self.raw_name.to_owned(),
            display_name: self.display_name.to_owned(),
            tags: self.tags.to_vec(),
        }
    }
}

/// What a base is made of, group by group in the order of the list.
pub(super) struct Builder {
    base: Base,
    is_full: bool,
}

impl Builder {
    pub(super) fn new(n_groups: usize) -> Self {
        let mut tag_starts = Vec::with_capacity(n_groups + 1);
        tag_starts.push(0);
        let base = Base {
            ids: Vec::with_capacity(n_groups),
            owners: Vec::with_capacity(n_groups),
            created_at_ms: Vec::with_capacity(n_groups),
            chat_ids: Arena::for_texts(n_groups),
            display_names: Arena::for_texts(n_groups),
            folded_names: Arena::for_texts(n_groups),
            tag_starts,
            ..Base::default()
        };
        Self { base, is_full: false }
    }

    /// The next in the order of the list.
    pub(super) fn push(&mut self, row: &Row<'_>) {
        let base = &mut self.base;
        let n_tags = u32::try_from(base.tags.len() + row.tags.len());
        let (Ok(rank), Ok(n_tags)) = (u32::try_from(base.ids.len()), n_tags) else {
            self.is_full = true;
            return;
        };
        base.ids.push(row.id);
        base.owners.push(row.owner);
        base.created_at_ms.push(row.created_at_ms);
        self.is_full |= !base.chat_ids.push(row.chat_id)
            || !base.display_names.push(row.display_name)
            || !base.folded_names.push(&text::folded(row.display_name));
        if row.raw_name != row.display_name {
            base.raw_names.insert(rank, row.raw_name.into());
        }
        base.tags.extend_from_slice(row.tags);
        base.tag_starts.push(n_tags);
        _ = base.of_owner.entry(row.owner).or_default().try_push(rank);
        for &tag in row.tags {
            _ = base.tagged.entry(tag).or_default().try_push(rank);
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.base.ids.len()
    }

    /// Nothing when the names are too long for an arena.
    pub(super) fn finish(self) -> Option<Base> {
        self.finish_with(|base| base.common_of_names())
    }

    /// The same with common parts that are known otherwise.
    pub(super) fn finish_with(self, common: impl FnOnce(&Base) -> Common) -> Option<Base> {
        let mut base = self.base;
        let n = u32::try_from(base.ids.len()).ok().filter(|_| !self.is_full)?;
        base.by_id = (0..n).collect();
        let ids = &base.ids;
        base.by_id.sort_unstable_by_key(|&rank| ids[rank as usize]);
        base.common = common(&base);
        Some(base)
    }
}

impl Base {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn common_of_names(&self) -> Common {
        Common::of((0..self.len()).map(|place| self.folded_names.text(place)))
    }

    pub(super) fn common(&self) -> &Common {
        &self.common
    }

    pub(super) fn folded_name(&self, rank: u32) -> &str {
        self.folded_names.text(rank as usize)
    }

    /// Bytes of memory, about.
    pub(super) fn n_bytes(&self) -> usize {
        let of = |bitmaps: &mut dyn Iterator<Item = &RoaringBitmap>| -> usize {
            bitmaps.map(|bitmap| 128 + bitmap.serialized_size()).sum()
        };
        24 * self.ids.capacity()
            + 4 * self.by_id.capacity()
            + self.chat_ids.n_bytes()
            + self.display_names.n_bytes()
            + self.folded_names.n_bytes()
            + self.raw_names.values().map(|name| 48 + name.len()).sum::<usize>()
            + 8 * self.tags.capacity()
            + 4 * self.tag_starts.capacity()
            + self.common.n_bytes()
            + of(&mut self.of_owner.values())
            + of(&mut self.tagged.values())
    }

    fn id(&self, rank: u32) -> GroupId {
        self.ids[rank as usize]
    }

    pub(super) fn rank(&self, id: GroupId) -> Option<u32> {
        let place = self.by_id.binary_search_by_key(&id, |&rank| self.id(rank)).ok()?;
        Some(self.by_id[place])
    }

    /// The rank that a group would have: how many are listed before it.
    pub(super) fn place_of(&self, group: &Found) -> u32 {
        let key = (Reverse(group.created_at_ms), group.chat_id.as_bytes());
        let (mut low, mut high) = (0, self.ids.len());
        while low < high {
            let middle = low.midpoint(high);
            let at = (Reverse(self.created_at_ms[middle]), self.chat_ids.get(middle));
            if at < key { low = middle + 1 } else { high = middle }
        }
        u32::try_from(low).expect("ranks have 32 bits")
    }

    /// A group as it was.
    pub(super) fn row(&self, rank: u32) -> Row<'_> {
        let place = rank as usize;
        let display_name = self.display_names.text(place);
        let (from, to) = (self.tag_starts[place] as usize, self.tag_starts[place + 1] as usize);
        Row {
            id: self.ids[place],
            owner: self.owners[place],
            created_at_ms: self.created_at_ms[place],
            chat_id: self.chat_ids.text(place),
            raw_name: self.raw_names.get(&rank).map_or(display_name, |name| name),
            display_name,
            tags: &self.tags[from..to],
        }
    }

    pub(super) fn group(&self, rank: u32) -> Found {
        self.row(rank).to_group()
    }

    /// The ranks that a query leaves.
    pub(super) fn matching(&self, query: &Query, gone: &RoaringBitmap) -> RoaringBitmap {
        // Created in the range: ranks that follow one another.
        let from = self.created_at_ms.partition_point(|&at_ms| at_ms > query.created_to_ms);
        let to = self.created_at_ms.partition_point(|&at_ms| at_ms >= query.created_from_ms);
        let mut left = RoaringBitmap::new();
        let rank = |place: usize| u32::try_from(place).expect("ranks have 32 bits");
        left.insert_range(rank(from)..rank(to.max(from)));
        if let Some(owner) = query.owner {
            match self.of_owner.get(&owner) {
                Some(of_owner) => left &= of_owner,
                None => return RoaringBitmap::new(),
            }
        }
        if let Scope::Of(owners) = &query.scope {
            let of_owners = owners.iter().filter_map(|owner| self.of_owner.get(owner));
            left &= of_owners.union();
        }
        self.keep_tagged(&mut left, query);
        left -= gone;
        match &query.name_part {
            Some(part) if !left.is_empty() => self.named(left, part),
            _ => left,
        }
    }

    fn keep_tagged(&self, left: &mut RoaringBitmap, query: &Query) {
        if query.tags.is_empty() {
            return;
        }
        let with = query.tags.iter().filter_map(|tag| self.tagged.get(tag));
        match query.tag_match {
            TagMatch::Any => {
                let mut any = RoaringBitmap::new();
                with.for_each(|bitmap| any |= bitmap);
                *left &= any;
            }
            TagMatch::All => {
                for tag in &query.tags {
                    match self.tagged.get(tag) {
                        Some(bitmap) => *left &= bitmap,
                        None => left.clear(),
                    }
                }
            }
            TagMatch::None => with.for_each(|bitmap| *left -= bitmap),
        }
    }

    /// Those whose name has the part.
    fn named(&self, mut candidates: RoaringBitmap, part: &NamePart) -> RoaringBitmap {
        if let Some(with) = self.common.get(&part.text) {
            return candidates & with;
        }
        self.common.narrow(&mut candidates, &part.text);
        if candidates.len() <= FEW {
            self.named_one_by_one(&candidates, &part.finder)
        } else {
            self.named_in_one_go(&candidates, &part.finder)
        }
    }

    pub(super) fn named_one_by_one(
        &self,
        candidates: &RoaringBitmap,
        part: &Finder<'_>,
    ) -> RoaringBitmap {
        let has = |&rank: &u32| part.find(self.folded_names.get(rank as usize)).is_some();
        RoaringBitmap::from_sorted_iter(candidates.iter().filter(has))
            .expect("a bitmap is in order")
    }

    pub(super) fn named_in_one_go(
        &self,
        candidates: &RoaringBitmap,
        part: &Finder<'_>,
    ) -> RoaringBitmap {
        let first = candidates.min().unwrap_or(0) as usize;
        let last = candidates.max().unwrap_or(0) as usize;
        let mut found = RoaringBitmap::new();
        let Arena { bytes, starts } = &self.folded_names;
        let (mut at, end) = (starts[first] as usize, starts[last + 1] as usize);
        let mut place = first;
        while let Some(offset) = part.find(&bytes[at..end]) {
            place = name_at(starts, place, at + offset);
            _ = found.try_push(u32::try_from(place).expect("ranks have 32 bits"));
            place += 1;
            at = starts[place] as usize;
        }
        found & candidates
    }
}

/// The name that a byte is of, which is not before the one at `from`: near it, most of the time.
fn name_at(starts: &[u32], from: usize, byte: usize) -> usize {
    let is_past = |place: usize| starts.get(place).is_none_or(|&start| start as usize > byte);
    let mut step = 1;
    while !is_past(from + step) {
        step *= 2;
    }
    let low = from + step / 2;
    let high = (from + step).min(starts.len());
    low + starts[low..high].partition_point(|&start| start as usize <= byte) - 1
}
