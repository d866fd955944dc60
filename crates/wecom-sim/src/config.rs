//! What a simulated corp looks like and how strictly its rules bite.

use std::path::PathBuf;

use crate::{
    callback::{CallbackPolicy, CallbackReceiver},
    chance,
    limits::Limits,
    owners::OwnerPolicy,
};

/// The size of the world, the app's keys and the rules in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// Decides every made-up name, id and number of the world.
    pub seed: u64,
    /// Departments, the root included; at least 1.
    pub n_departments: usize,
    /// Members of staff; at least 1.
    pub n_staff: usize,
    /// Customer groups at the start.
    pub n_groups: usize,
    /// Members of a group on average, owner included.
    pub n_members_per_group: usize,
    /// Customers who are friends of staff at the start; 0 for a corp that only has groups.
    pub n_customers: usize,
    /// The first so many staff own the groups in turn; `None` gives few owners many groups.
    pub n_owners: Option<usize>,
    /// The groups were made in the two years before this time, in seconds since 1970.
    pub groups_made_before_s: i64,
    /// `ww` and 16 hex digits.
    pub corp_id: String,
    /// The self-built app's number.
    pub agent_id: i64,
    /// The self-built app's secret.
    pub secret: String,
    /// The contact-sync assistant's secret, for complete lists of ids.
    pub contact_secret: String,
    /// The rules at the start; they can be changed later.
    pub limits: Limits,
    /// Who receives callbacks at the start.
    pub callback_receivers: Vec<CallbackReceiver>,
    /// How well they arrive.
    pub callback_policy: CallbackPolicy,
    /// What owners do with mass messages when nobody plays them.
    pub owners: OwnerPolicy,
    /// A token's life.
    pub token_ttl_s: i64,
    /// How long a new mass message answers 41063.
    pub dispatching_ms: i64,
    /// Whether a message still answers what became of it once it is cancelled, also one that was sent before,
    /// instead of 41093: WeCom's documents do not say.
    pub shows_cancelled: bool,
    /// `groupchat/list` without an owner filter answers 81017 above so many visible people.
    pub visible_limit: usize,
    /// So many wrong secrets within an hour block the caller's address for an hour (45009).
    pub wrong_secrets_per_hour: usize,
    /// Whether a group takes at most as many mass messages a month as the month has days.
    pub quota: bool,
    /// The file that keeps every change; `None` keeps nothing beyond the process.
    pub journal: Option<PathBuf>,
}

impl Config {
    /// The default world under another seed, with that seed's corp id and secret.
    pub fn seeded(seed: u64) -> Self {
        let mut rng = chance::rng(seed, "corp", 0);
        Self {
            seed,
            n_departments: 30,
            n_staff: 200,
            n_groups: 3_000,
            n_members_per_group: 8,
            n_customers: 0,
            n_owners: None,
            groups_made_before_s: 1_767_225_600,
            corp_id: format!("ww{}", chance::hex(&mut rng, 16)),
            agent_id: 1_000_002,
            secret: chance::id(&mut rng, "", 43),
            contact_secret: chance::id(&mut rng, "", 43),
            limits: Limits::default(),
            callback_receivers: Vec::new(),
            callback_policy: CallbackPolicy::default(),
            owners: OwnerPolicy::default(),
            token_ttl_s: 7_200,
            dispatching_ms: 2_000,
            shows_cancelled: true,
            visible_limit: 1_000,
            wrong_secrets_per_hour: 2_000,
            quota: true,
            journal: None,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::seeded(1)
    }
}
