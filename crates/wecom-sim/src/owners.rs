//! What owners do with mass messages when nobody plays them.
//!
//! Whether, when and for how much an owner confirms is decided by the seed and the message alone,
//! so it does not matter how often anybody looks. Nothing here has a timer: what is due happens
//! when a call comes in, when the state is looked at, and when the background task comes round.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::{
    chance,
    state::mass::{Audience, MassNo, Row},
};

/// How owners treat what waits for them. By default they do nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OwnerPolicy {
    /// They confirm so long after they got the message; `None` never.
    pub confirm_after_ms: Option<i64>,
    /// And up to so much later, each by chance.
    pub spread_ms: i64,
    /// The share of messages that are never confirmed.
    pub never_p: f64,
    /// The share of messages of which a part is left out.
    pub partly_p: f64,
    /// How much of the groups is left out then, at least one; of customers only if members may pick.
    pub left_out_share: f64,
}

impl Default for OwnerPolicy {
    fn default() -> Self {
        Self {
            confirm_after_ms: None,
            spread_ms: 0,
            never_p: 0.0,
            partly_p: 0.0,
            left_out_share: 0.5,
        }
    }
}

/// What one member will do with one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) at_ms: i64,
    pub(crate) n_left_out: usize,
}

impl OwnerPolicy {
    /// `None` for a message that its owner leaves lying.
    pub(crate) fn decide(
        &self,
        seed: u64,
        no: MassNo,
        task: usize,
        row: &Row,
        dispatching_ms: i64,
    ) -> Option<Decision> {
        let after_ms = self.confirm_after_ms?;
        let about = u64::from(no.0) | (task as u64) << 32;
        let mut rng = chance::rng(seed, "owner of a mass message", about);
        let never = chance::happens(&mut rng, self.never_p);
        let partly = chance::happens(&mut rng, self.partly_p);
        let later_ms = rng.random_range(0..=self.spread_ms.max(0));
        let at_ms = row.created_at_ms + dispatching_ms + after_ms + later_ms;
        let may_pick = row.audience != Audience::Customers { allow_select: false };
        let n_receivers = row.tasks[task].receivers.len();
        let n_left_out =
            if partly && may_pick { share(n_receivers, self.left_out_share) } else { 0 };
        (!never).then_some(Decision { at_ms, n_left_out })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share of a length is below the length")]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0 and above")]
#[expect(clippy::cast_precision_loss, reason = "a task has some ten thousand receivers at most")]
fn share(n: usize, share: f64) -> usize {
    ((n as f64 * share.clamp(0.0, 1.0)).ceil() as usize).clamp(1, n.max(1))
}
