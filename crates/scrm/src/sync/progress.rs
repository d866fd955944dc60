//! How far a part is, how fast it goes, and how long it will take.

use std::collections::VecDeque;

use super::Part;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being synchronised.
    pub part: Part,
    /// Things done in this part.
    pub n_done: i64,
    /// Things to do in this part; 0 while not known.
    pub n_total: i64,
    /// Things a minute, over the last minute; 0 while not known.
    pub rate_per_min: i64,
    /// How long this part will take yet.
    pub ms_left: Option<i64>,
}

/// The speed is taken over so long.
const OVER_MS: i64 = 60_000;

/// Counts what is done over time.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// (when, how much was done by then), oldest first.
    marks: VecDeque<(i64, i64)>,
}

impl Pace {
    /// Notes that `n_done` is done at `now_ms`.
    pub(super) fn mark(&mut self, now_ms: i64, n_done: i64) {
        while self.marks.len() > 2 && self.marks[1].0 <= now_ms - OVER_MS {
            self.marks.pop_front();
        }
        self.marks.push_back((now_ms, n_done));
    }

    /// (things a minute, time left until `n_total`).
    pub(super) fn outlook(&self, n_total: i64) -> (i64, Option<i64>) {
        let (Some(first), Some(last)) = (self.marks.front(), self.marks.back()) else {
            return (0, None);
        };
        let (took_ms, n) = (last.0 - first.0, last.1 - first.1);
        if took_ms <= 0 || n <= 0 {
            return (0, None);
        }
        let left_ms = (n_total - last.1).max(0).saturating_mul(took_ms) / n;
        (n.saturating_mul(60_000) / took_ms, Some(left_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_that_of_the_last_minute() {
        let mut pace = Pace::default();
        assert_eq!(pace.outlook(10), (0, None));
        pace.mark(0, 0);
        assert_eq!(pace.outlook(10), (0, None), "no time has passed");
        pace.mark(30_000, 100);
        assert_eq!(pace.outlook(300), (200, Some(60_000)));
        for minute in 1..=10 {
            pace.mark(30_000 + minute * 60_000, 100 + minute * 600);
        }
        assert_eq!(pace.outlook(6_700), (600, Some(60_000)));
        assert!(pace.marks.len() <= 4, "{pace:?}");
    }
}
