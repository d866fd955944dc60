//! The groups that exist at the start: owner, name, age and size. Their members are made later.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::{
    chance,
    config::Config,
    world::{StaffNo, World, names},
};

const TWO_YEARS_S: i64 = 2 * 365 * 86_400;

/// A group before anybody changed it.
#[derive(Clone, Debug)]
pub(crate) struct SeededGroup {
    pub(crate) chat_id: String,
    pub(crate) name: String,
    pub(crate) owner: StaffNo,
    pub(crate) created_at_s: i64,
    /// Owner included.
    pub(crate) n_members: u32,
}

pub(super) fn make(config: &Config, world: &World) -> Vec<SeededGroup> {
    let followers: Vec<StaffNo> =
        (0..world.staff.len()).filter(|n| world.staff[*n].follows).map(StaffNo::at).collect();
    (0..config.n_groups)
        .map(|n| {
            let mut rng = chance::rng(config.seed, "group", n as u64);
            SeededGroup {
                chat_id: chance::id(&mut rng, "wr", 30),
                name: name(&mut rng),
                owner: owner(&mut rng, config, &followers, n),
                created_at_s: config.groups_made_before_s - rng.random_range(1..TWO_YEARS_S),
                n_members: n_members(&mut rng, config.n_members_per_group),
            }
        })
        .collect()
}

/// With the square of chance the first hundredth of the owners has a tenth of the groups.
fn owner(rng: &mut ChaCha8Rng, config: &Config, followers: &[StaffNo], n: usize) -> StaffNo {
    if let Some(n_owners) = config.n_owners {
        return StaffNo::at(n % n_owners.clamp(1, config.n_staff));
    }
    let skewed = rng.random_range(0..1_000_u64) * rng.random_range(0..1_000);
    let index = skewed * followers.len() as u64 / 1_000_000;
    followers[usize::try_from(index).expect("below the number of staff")]
}

fn name(rng: &mut ChaCha8Rng) -> String {
    if rng.random_range(0..100) < 3 {
        return String::new();
    }
    let n = rng.random_range(1..=60).to_string();
    chance::pick(rng, names::GROUP_NAMES)
        .replace("{c}", chance::pick(rng, names::CITIES))
        .replace("{s}", chance::pick(rng, names::SHOPS))
        .replace("{n}", &n)
}

fn n_members(rng: &mut ChaCha8Rng, average: usize) -> u32 {
    let spread = average.saturating_sub(1) / 2;
    let n = rng.random_range(average - spread..=average + spread).clamp(1, 500);
    u32::try_from(n).expect("at most 500")
}
