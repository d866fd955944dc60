//! Numbers beside their limits.

use serde::Serialize;

/// What a number must not pass.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

/// A number that was measured.
#[derive(Serialize)]
pub struct Line {
    pub what: String,
    pub value: f64,
    pub unit: &'static str,
    pub limit: Option<Limit>,
    /// Nothing where there is no limit.
    pub is_met: Option<bool>,
}

impl Line {
    /// A number with a limit.
    pub fn limited(what: impl Into<String>, value: f64, unit: &'static str, limit: Limit) -> Self {
        let is_met = match limit {
            Limit::AtMost(most) => value <= most,
            Limit::AtLeast(least) => value >= least,
        };
        Self { what: what.into(), value, unit, limit: Some(limit), is_met: Some(is_met) }
    }

    /// A number without one.
    pub fn plain(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { what: what.into(), value, unit, limit: None, is_met: None }
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = match self.is_met {
            None => "",
            Some(true) => "ok",
            Some(false) => "missed",
        };
        let limit = match self.limit {
            None => String::new(),
            Some(Limit::AtMost(most)) => format!("≤ {}", number(most)),
            Some(Limit::AtLeast(least)) => format!("≥ {}", number(least)),
        };
        let value = number(self.value);
        write!(f, "| {} | {} | {limit} | {word} |", self.what, join(&value, self.unit))
    }
}

fn join(value: &str, unit: &str) -> String {
    if unit.is_empty() { value.to_owned() } else { format!("{value} {unit}") }
}

/// Three figures, whole numbers whole.
fn number(value: f64) -> String {
    if value >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_whether_its_limit_is_met() {
        let line = Line::limited("p99", 15.4, "ms", Limit::AtMost(15.0));
        assert_eq!(line.to_string(), "| p99 | 15.4 ms | ≤ 15 | missed |");
        let line = Line::limited("ratio", 0.402, "", Limit::AtLeast(0.4));
        assert_eq!(line.to_string(), "| ratio | 0.40 | ≥ 0.40 | ok |");
    }
}
