//! A window that slides in a hundred steps.

use std::collections::VecDeque;

/// Counts what ended in the last while, in steps of a hundredth of it.
pub(super) struct Window {
    length_ms: i64,
    step_ms: i64,
    limit: u32,
    /// When a step began, and how many ended in it; oldest first.
    steps: VecDeque<(i64, u32)>,
    n_ended: u32,
}

impl Window {
    pub(super) fn new(length_ms: u32, limit: u32) -> Self {
        let length_ms = i64::from(length_ms);
        let step_ms = (length_ms / 100).max(1);
        Self { length_ms, step_ms, limit: limit.max(1), steps: VecDeque::new(), n_ended: 0 }
    }

    /// 0 when one more may begin now besides `n_in_flight` others.
    pub(super) fn ms_to_wait(&mut self, now_ms: i64, n_in_flight: u32) -> i64 {
        self.forget(now_ms);
        if self.n_ended.saturating_add(n_in_flight) < self.limit {
            return 0;
        }
        // Without an oldest step, everything allowed is in flight: look again soon.
        self.steps.front().map_or(self.step_ms, |(began_ms, _)| self.end_ms(*began_ms) - now_ms)
    }

    pub(super) fn count(&mut self, now_ms: i64) {
        self.forget(now_ms);
        self.n_ended += 1;
        match self.steps.back_mut() {
            Some((began_ms, n)) if now_ms < *began_ms + self.step_ms => *n += 1,
            _ => self.steps.push_back((now_ms, 1)),
        }
    }

    /// When the last that ended in a step has left the window.
    fn end_ms(&self, began_ms: i64) -> i64 {
        began_ms + self.step_ms + self.length_ms
    }

    fn forget(&mut self, now_ms: i64) {
        // After the clock was set back, what lies ahead counts as having ended now.
        if self.steps.back().is_some_and(|(began_ms, _)| *began_ms > now_ms) {
            for (began_ms, _) in &mut self.steps {
                *began_ms = now_ms.min(*began_ms);
            }
        }
        while let Some((began_ms, n)) = self.steps.front()
            && self.end_ms(*began_ms) <= now_ms
        {
            self.n_ended -= n;
            self.steps.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_window_opens_a_step_after_its_length() {
        let mut window = Window::new(60_000, 2);
        assert_eq!(window.ms_to_wait(0, 0), 0);
        window.count(0);
        window.count(10);
        assert_eq!(window.ms_to_wait(10, 0), 60_590);
        assert_eq!(window.ms_to_wait(60_599, 0), 1);
        assert_eq!(window.ms_to_wait(60_600, 0), 0);
    }

    #[test]
    fn what_is_in_flight_counts_too() {
        let mut window = Window::new(60_000, 2);
        window.count(0);
        assert_eq!(window.ms_to_wait(0, 0), 0);
        assert_eq!(window.ms_to_wait(0, 1), 60_600);
        assert_eq!(Window::new(60_000, 2).ms_to_wait(0, 2), 600);
    }

    #[test]
    fn no_window_wherever_it_begins_sees_more_than_the_limit() {
        let mut window = Window::new(1_000, 7);
        let mut ended_at_ms = Vec::new();
        for now_ms in 0..20_000 {
            if window.ms_to_wait(now_ms, 0) == 0 && now_ms % 3 != 0 {
                window.count(now_ms);
                ended_at_ms.push(now_ms);
            }
        }
        for seen in ended_at_ms.windows(8) {
            assert!(seen[7] - seen[0] >= 1_000, "{seen:?}");
        }
        let n_allowed = 7 * 20;
        assert!(ended_at_ms.len() * 100 >= n_allowed * 97, "{}", ended_at_ms.len());
    }

    #[test]
    fn a_clock_that_was_set_back_delays_by_one_window_at_most() {
        let mut window = Window::new(60_000, 1);
        window.count(10_000_000);
        assert_eq!(window.ms_to_wait(0, 0), 60_600);
        assert_eq!(window.ms_to_wait(60_600, 0), 0);
    }

    #[test]
    fn a_limit_of_nothing_is_one() {
        assert_eq!(Window::new(0, 0).ms_to_wait(0, 0), 0);
    }
}
