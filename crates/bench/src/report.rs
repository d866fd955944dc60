//! Numbers of one measurement, and medians of several.

use hdrhistogram::Histogram;
use serde::Serialize;

/// One round of load.
#[derive(Clone, Copy, Serialize)]
pub struct Round {
    pub requests_per_s: f64,
    pub p50_us: u64,
    pub p99_us: u64,
}

impl Round {
    /// From the latencies in microseconds of a round that took `seconds`.
    pub fn new(latencies: &Histogram<u64>, seconds: f64) -> Self {
        let n = u32::try_from(latencies.len()).map_or(f64::MAX, f64::from);
        Self {
            requests_per_s: n / seconds,
            p50_us: latencies.value_at_quantile(0.5),
            p99_us: latencies.value_at_quantile(0.99),
        }
    }
}

/// The median of each number over the rounds.
pub fn median(rounds: &[Round]) -> Round {
    Round {
        requests_per_s: middle(rounds.iter().map(|round| round.requests_per_s).collect()),
        p50_us: middle(rounds.iter().map(|round| round.p50_us).collect()),
        p99_us: middle(rounds.iter().map(|round| round.p99_us).collect()),
    }
}

/// The median.
pub fn middle<T: PartialOrd + Copy>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).expect("measured numbers can be compared"));
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_taken_of_each_number_by_itself() {
        let round = |requests_per_s, p50_us, p99_us| Round { requests_per_s, p50_us, p99_us };
        let median = median(&[round(10.0, 5, 9), round(30.0, 1, 7), round(20.0, 3, 8)]);
        assert_eq!((median.p50_us, median.p99_us), (3, 8));
        assert!((median.requests_per_s - 20.0).abs() < f64::EPSILON);
    }
}
