//! Parts that many names have. Whose names have one is known beforehand: looking for it would find so many that
//! it takes long, while what is rare is found quickly. They are found length by length: a part is common only if
//! both parts that are one character shorter are.

use std::collections::HashMap;

use roaring::RoaringBitmap;

/// A part is common that at least one of so many names has.
const ONE_OF: usize = 64;
/// With fewer names than this, nothing is common.
const FEWEST: usize = 16;
/// The longest part that is kept, in characters.
const MAX_CHARS: usize = 16;
/// Parts of one length that are kept, at most: the commonest.
const MAX_PARTS: usize = 1_000;

/// Marks in the list of parts by place: the end of a name, and a part that is not common.
const END: u16 = u16::MAX;
const RARE: u16 = u16::MAX - 1;

/// Common parts, each with the ranks of the groups whose names have it.
#[derive(Default)]
pub(super) struct Common {
    parts: HashMap<String, RoaringBitmap>,
    /// How many names there were when the parts were looked for.
    n_names: usize,
}

impl Common {
    /// Of names in the order of their ranks.
    pub(super) fn of<'a>(names: impl ExactSizeIterator<Item = &'a str> + Clone) -> Self {
        let n_least = (names.len() / ONE_OF).max(FEWEST);
        let mut common = Self { parts: HashMap::new(), n_names: names.len() };
        let Some(mut level) = Level::of_characters(names, n_least) else { return common };
        for _ in 1..MAX_CHARS {
            common.parts.extend(level.found());
            let Some(next) = level.longer(n_least) else { return common };
            level = next;
        }
        common.parts.extend(level.found());
        common
    }

    /// The same parts of other names: those at `moved` (by rank, nothing = gone) have another rank, some are new.
    /// Nothing when there are so many more that other parts may be common.
    pub(super) fn moved(&self, moved: &[Option<u32>], new: &[(u32, &str)]) -> Option<Self> {
        if moved.len() + new.len() > (self.n_names + FEWEST) * 5 / 4 {
            return None;
        }
        let mut parts: HashMap<String, RoaringBitmap> = HashMap::with_capacity(self.parts.len());
        for (part, bitmap) in &self.parts {
            let ranks = bitmap.iter().filter_map(|rank| moved[rank as usize]);
            let ranks = RoaringBitmap::from_sorted_iter(ranks).expect("ranks keep their order");
            parts.insert(part.clone(), ranks);
        }
        for (rank, name) in new {
            let starts: Vec<usize> =
                name.char_indices().map(|(at, _)| at).chain([name.len()]).collect();
            for (first, &start) in starts.iter().enumerate() {
                for &end in starts[first + 1..].iter().take(MAX_CHARS) {
                    // Nothing longer is common either.
                    let Some(bitmap) = parts.get_mut(&name[start..end]) else { break };
                    bitmap.insert(*rank);
                }
            }
        }
        parts.values_mut().for_each(|bitmap| _ = bitmap.optimize());
        Some(Self { parts, n_names: self.n_names })
    }

    /// The groups whose names have a part, if it is common.
    pub(super) fn get(&self, part: &str) -> Option<&RoaringBitmap> {
        self.parts.get(part)
    }

    /// Groups outside of these do not have a longer part in their names.
    pub(super) fn narrow(&self, left: &mut RoaringBitmap, part: &str) {
        let starts: Vec<usize> =
            part.char_indices().map(|(at, _)| at).chain([part.len()]).collect();
        for ends in starts.windows(MAX_CHARS + 1) {
            if let Some(bitmap) = self.get(&part[ends[0]..ends[MAX_CHARS]]) {
                *left &= bitmap;
            }
        }
    }

    /// Bytes of memory, about.
    pub(super) fn n_bytes(&self) -> usize {
        let of =
            |(part, bitmap): (&String, &RoaringBitmap)| 128 + part.len() + bitmap.serialized_size();
        self.parts.iter().map(of).sum()
    }
}

/// Common parts of one length.
struct Level {
    parts: Vec<String>,
    /// Of each character of all names the number of the part that begins there, [`RARE`] or [`END`].
    places: Vec<u16>,
}

impl Level {
    /// Single characters; nothing when none is common.
    fn of_characters<'a>(
        names: impl Iterator<Item = &'a str> + Clone,
        n_least: usize,
    ) -> Option<Self> {
        let mut counts = vec![0_u32; char::MAX as usize + 1];
        let mut n_places = 0;
        for name in names.clone() {
            for character in name.chars() {
                counts[character as usize] += 1;
                n_places += 1;
            }
            n_places += 1;
        }
        let numbers = commonest(&counts, n_least)?;
        let mut number_of = vec![RARE; counts.len()];
        for (number, &code) in (0..).zip(&numbers) {
            number_of[code] = number;
        }
        let mut places = Vec::with_capacity(n_places);
        for name in names {
            places.extend(name.chars().map(|character| number_of[character as usize]));
            places.push(END);
        }
        let text =
            |&code: &usize| u32::try_from(code).ok().and_then(char::from_u32).map(String::from);
        Some(Self { parts: numbers.iter().filter_map(text).collect(), places })
    }

    /// Parts that are one character longer; nothing when none is common.
    fn longer(self, n_least: usize) -> Option<Self> {
        let Self { parts, mut places } = self;
        let pair = |two: &[u16]| match *two {
            [a, b] if a < RARE && b < RARE => Some(a as usize * parts.len() + b as usize),
            _ => None,
        };
        let mut counts = vec![0_u32; parts.len() * parts.len()];
        places.windows(2).filter_map(pair).for_each(|pair| counts[pair] += 1);
        let numbers = commonest(&counts, n_least)?;
        let mut number_of = vec![RARE; counts.len()];
        for (number, &pair) in (0..).zip(&numbers) {
            number_of[pair] = number;
        }
        for at in 0..places.len() {
            if places[at] < RARE {
                // The last place is an end, so one follows.
                places[at] = pair(&places[at..=at + 1]).map_or(RARE, |pair| number_of[pair]);
            }
        }
        let text = |&pair: &usize| {
            let (first, second) = (&parts[pair / parts.len()], &parts[pair % parts.len()]);
            first.chars().chain(second.chars().last()).collect()
        };
        let parts = numbers.iter().map(text).collect();
        Some(Self { parts, places })
    }

    /// Each part with the ranks of the names that have it.
    fn found(&self) -> impl Iterator<Item = (String, RoaringBitmap)> {
        let mut bitmaps = vec![RoaringBitmap::new(); self.parts.len()];
        let mut rank = 0;
        for &place in &self.places {
            match place {
                END => rank += 1,
                RARE => {}
                // It fails where a name has the part twice.
                part => _ = bitmaps[part as usize].try_push(rank),
            }
        }
        bitmaps.iter_mut().for_each(|bitmap| _ = bitmap.optimize());
        self.parts.iter().cloned().zip(bitmaps)
    }
}

/// The places of what is counted at least so often, commonest first; nothing when there is none.
fn commonest(counts: &[u32], n_least: usize) -> Option<Vec<usize>> {
    let mut places: Vec<usize> =
        (0..counts.len()).filter(|&place| counts[place] as usize >= n_least).collect();
    places.sort_unstable_by_key(|&place| std::cmp::Reverse(counts[place]));
    places.truncate(MAX_PARTS);
    (!places.is_empty()).then_some(places)
}
