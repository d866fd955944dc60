//! How many calls of one second are noted. A program that calls ten thousand times a second would push all else out of
//! the log, and have the database write what it forgets at once.

use std::collections::HashMap;

use super::Call;

/// Of one app in one second and one process so many calls are noted that were carried out, and so many that were not.
pub(super) const PER_SECOND: u32 = 100;

/// The calls of the present second.
#[derive(Default)]
pub(super) struct Second {
    second: i64,
    /// By appId: those carried out, those refused.
    counts: HashMap<String, [u32; 2]>,
}

impl Second {
    /// Counts a call that was answered just now; whether it is to be noted.
    pub(super) fn takes(&mut self, call: &Call) -> bool {
        let second = (call.at_ms + call.duration_ms).div_euclid(1_000);
        if second != self.second {
            self.second = second;
            self.counts.clear();
        }
        let counts = match self.counts.get_mut(&call.app_id) {
            Some(counts) => counts,
            None => self.counts.entry(call.app_id.clone()).or_default(),
        };
        let count = &mut counts[usize::from(call.code != 0)];
        *count += 1;
        *count <= PER_SECOND
    }
}
