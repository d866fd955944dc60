//! What stands in a town: every group follows from the seed and its number alone.

use super::{
    draw::{Draw, Weighted},
    names::{self, Names},
};

/// Of all towns; another one makes other data.
const SEED: u64 = 2_026;
/// The town's present, 2026-11-01 in China, in milliseconds since 1970.
pub const NOW_MS: i64 = 1_793_462_400_000;
/// Groups were made in the three years before.
pub const SPAN_MS: i64 = 3 * 365 * DAY_MS;
pub const DAY_MS: i64 = 86_400_000;
pub const N_TAGS: usize = 200;
pub const N_SOPS: usize = 20;
/// Steps of every SOP: a group in all of them has 300 tasks.
pub const N_STEPS: usize = 15;
/// Tasks of a group, on the average.
const MEAN_TASKS: f64 = 4.0;
const DISSOLVED: f64 = 0.03;

/// How large a town is, and how its parts are distributed.
pub struct Plan {
    pub n_groups: usize,
    pub n_owners: usize,
    names: Names,
    owners: Weighted,
    n_tags: Weighted,
    tags: Weighted,
    n_tasks: Weighted,
    sops: Weighted,
}

/// A customer group. Owner, tags and SOPs are places in their lists, from 0.
pub struct Group {
    pub chat_id: String,
    pub owner: usize,
    pub raw_name: String,
    pub display_name: String,
    pub folded_name: String,
    pub created_at_ms: i64,
    pub is_dissolved: bool,
    pub n_members: i64,
    /// In order, none twice.
    pub tags: Vec<usize>,
    /// SOPs in order, each with the first step of which there is a task; the later ones follow.
    pub sops: Vec<(usize, usize)>,
}

impl Plan {
    /// 2,000 owners, fewer in a small town: a hundred groups of each at least.
    pub fn new(n_groups: usize) -> Self {
        let n_owners = (n_groups / 100).clamp(2, 2_000);
        Self {
            n_groups,
            n_owners,
            names: Names::new(),
            owners: Weighted::zipf(n_owners, 0.0, 0.8),
            n_tags: Weighted::zipf(6, 1.0, 1.2),
            tags: Weighted::zipf(N_TAGS, 0.0, 1.0),
            n_tasks: Weighted::zipf_with_mean(N_SOPS * N_STEPS + 1, 2.0, MEAN_TASKS),
            sops: Weighted::zipf(N_SOPS, 2.0, 1.0),
        }
    }

    /// The n-th group, from 0. Numbers above `n_groups` give groups that may be added.
    pub fn group(&self, n: usize) -> Group {
        let mut draw = Draw::of(SEED, u64::try_from(n).expect("64 bits hold a number"));
        let (raw_name, display_name) = self.name(&mut draw);
        let mut tags: Vec<usize> =
            (0..self.n_tags.draw(&mut draw)).map(|_| self.tags.draw(&mut draw)).collect();
        tags.sort_unstable();
        tags.dedup();
        Group {
            chat_id: chat_id(&mut draw),
            owner: self.owners.draw(&mut draw),
            folded_name: folded(&display_name),
            raw_name,
            display_name,
            created_at_ms: created_at_ms(&mut draw),
            is_dissolved: draw.is(DISSOLVED),
            n_members: i64::try_from(draw.below(180) + 3).expect("a few"),
            tags,
            sops: self.sops_of(&mut draw),
        }
    }

    /// WeCom's name and the displayed one.
    pub fn name(&self, draw: &mut Draw) -> (String, String) {
        let raw = self.names.of_group(draw);
        if !raw.is_empty() {
            return (raw.clone(), raw);
        }
        let members: Vec<String> = (0..draw.below(5) + 3).map(|_| names::person(draw)).collect();
        let shown = scrm::groups::display_name("", members.iter().map(String::as_str));
        (raw, shown)
    }

    fn sops_of(&self, draw: &mut Draw) -> Vec<(usize, usize)> {
        let mut n_left = self.n_tasks.draw(draw);
        let first = self.sops.draw(draw);
        let mut sops = Vec::new();
        for place in 0..N_SOPS {
            if n_left == 0 {
                break;
            }
            // Who joins late gets the last steps only.
            let n_steps = n_left.min(N_STEPS);
            sops.push(((first + place) % N_SOPS, N_STEPS - n_steps + 1));
            n_left -= n_steps;
        }
        sops.sort_unstable();
        sops
    }
}

/// As scrm folds names for searching (`scrm::text::folded`): ASCII letters alone.
pub fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// WeCom's form: 32 letters, the first ones the same in a company.
fn chat_id(draw: &mut Draw) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut id = "wrTownAAAA".to_owned();
    for _ in 0..22 {
        id.push(char::from(LETTERS[draw.below(64)]));
    }
    id
}

/// Whole seconds, as WeCom gives them, more in the later years; some groups are made many in the same second,
/// by programs.
fn created_at_ms(draw: &mut Draw) -> i64 {
    let n_seconds = usize::try_from(SPAN_MS / 1_000).expect("positive");
    let second = draw.below(n_seconds).max(draw.below(n_seconds));
    let ms = i64::try_from(second).expect("three years") * 1_000;
    let ms = if draw.is(0.02) { ms - ms % (7 * DAY_MS) } else { ms };
    NOW_MS - SPAN_MS + ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_follows_from_its_number_alone_and_its_tasks_are_four_on_the_average() {
        let plan = Plan::new(1_000);
        assert_eq!(plan.group(7).chat_id, Plan::new(5_000).group(7).chat_id);
        let n_tasks: usize = (0..20_000)
            .flat_map(|n| plan.group(n).sops)
            .map(|(_, first_step)| N_STEPS + 1 - first_step)
            .sum();
        assert!((70_000..90_000).contains(&n_tasks), "{n_tasks}");
    }
}
