//! The rules of sending, and the times that follow from them.

use super::QuietHours;
use crate::{sop::Quota, zone::Zone};

/// Rules of sending, from the configuration.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Where staff reach this server, without a slash at the end: links in notices begin with it.
    pub public_url: String,
    /// A task that is later than this when it is taken up is not sent any more.
    pub late_send_max_ms: i64,
    /// A message that is not sent this long after its time is withdrawn.
    pub deadline_ms: i64,
    /// A call whose effect stays unknown is repeated after this time, when WeCom lists no trace of it.
    pub unknown_repeat_ms: i64,
    /// The complete result is read twice, this long apart, before missing groups count as left out.
    pub complete_apart_ms: i64,
    /// The shortest time between two looks at a message's result.
    pub poll_min_ms: i64,
    /// The longest time between two looks at a message's result.
    pub poll_max_ms: i64,
    /// How long a process may be silent before another takes over its work; longer than a call to WeCom can
    /// take.
    pub lease_ms: i64,
    /// WeCom's rule of how many mass messages a group may receive.
    pub quota: Quota,
    /// Mass messages handed to one owner within a minute, at most.
    pub messages_per_owner_and_minute: i64,
    /// When nothing is handed over and nobody reminded.
    pub quiet: Option<QuietHours>,
    /// After this time an owner who has not sent is reminded; 0 = never.
    pub remind_after_ms: i64,
    /// The time from one reminder to the next.
    pub remind_every_ms: i64,
    /// After this time the owner's leaders are told; 0 = never.
    pub leader_after_ms: i64,
}

impl Default for Rules {
    fn default() -> Self {
        const MINUTE_MS: i64 = 60_000;
        const HOUR_MS: i64 = 60 * MINUTE_MS;
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            late_send_max_ms: 24 * HOUR_MS,
            deadline_ms: 72 * HOUR_MS,
            unknown_repeat_ms: 10 * MINUTE_MS,
            complete_apart_ms: 10 * MINUTE_MS,
            poll_min_ms: 5_000,
            poll_max_ms: 10 * MINUTE_MS,
            lease_ms: 30_000,
            quota: Quota::default(),
            messages_per_owner_and_minute: 10,
            quiet: None,
            remind_after_ms: 4 * HOUR_MS,
            remind_every_ms: 20 * HOUR_MS,
            leader_after_ms: 24 * HOUR_MS,
        }
    }
}

impl Rules {
    /// When the quiet hours end that a moment falls into; nothing when it falls into none.
    pub(crate) fn quiet_until_ms(&self, zone: &Zone, at_ms: i64) -> Option<i64> {
        self.quiet.and_then(|quiet| quiet.end_ms(zone, at_ms))
    }

    /// How late a task is that was due then: what is due in quiet hours is due at their end.
    pub(crate) fn late_ms(&self, zone: &Zone, due_at_ms: i64, now_ms: i64) -> i64 {
        now_ms - self.quiet_until_ms(zone, due_at_ms).unwrap_or(due_at_ms)
    }

    /// When the owner of a message that was handed over is first reminded; nothing when never.
    pub(crate) fn first_reminder_ms(&self, handed_at_ms: i64, deadline_ms: i64) -> Option<i64> {
        before(handed_at_ms, self.remind_after_ms, deadline_ms)
    }

    /// When he is reminded again.
    pub(crate) fn next_reminder_ms(&self, reminded_at_ms: i64, deadline_ms: i64) -> Option<i64> {
        before(reminded_at_ms, self.remind_every_ms, deadline_ms)
    }

    /// When his leaders are told; nothing when never.
    pub(crate) fn leader_told_ms(&self, handed_at_ms: i64, deadline_ms: i64) -> Option<i64> {
        before(handed_at_ms, self.leader_after_ms, deadline_ms)
    }
}

fn before(from_ms: i64, after_ms: i64, deadline_ms: i64) -> Option<i64> {
    Some(from_ms + after_ms).filter(|&at_ms| after_ms > 0 && at_ms < deadline_ms)
}
