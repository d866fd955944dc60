//! What a run did, part by part.

use serde::{Deserialize, Serialize};

/// A part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Departments, staff, and who may contact customers.
    #[serde(rename = "departments and staff")]
    Organisation,
    /// WeCom's tags for customers.
    #[serde(rename = "customer tags")]
    CustomerTags,
    /// Customer groups with their members.
    #[serde(rename = "groups")]
    Groups,
    /// Customers with what staff know of them.
    #[serde(rename = "customers")]
    Customers,
}

impl Part {
    /// In the order in which they run: later ones refer to what earlier ones brought.
    pub const ALL: [Self; 4] =
        [Self::Organisation, Self::CustomerTags, Self::Groups, Self::Customers];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Organisation => "departments and staff",
            Self::CustomerTags => "customer tags",
            Self::Groups => "groups",
            Self::Customers => "customers",
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What one part of a run did.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct PartReport {
    /// What was synchronised.
    pub name: Part,
    /// Things that WeCom has.
    pub n_read: usize,
    /// Rows that were written because they differed.
    pub n_written: usize,
    /// How much could not be read.
    pub n_problems: usize,
    /// What could not be read, for people: the first [`PartReport::MAX_NAMED`].
    pub problems: Vec<String>,
}

impl PartReport {
    /// So many problems are named; the others are counted.
    pub const MAX_NAMED: usize = 100;

    pub(crate) fn new(name: Part) -> Self {
        Self { name, n_read: 0, n_written: 0, n_problems: 0, problems: Vec::new() }
    }

    /// Notes what could not be read.
    pub(crate) fn problem(&mut self, problem: String) {
        self.n_problems += 1;
        if self.problems.len() < Self::MAX_NAMED {
            self.problems.push(problem);
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Its parts, in order.
    pub parts: Vec<PartReport>,
    /// From its beginning to its end, interruptions included.
    pub took_ms: i64,
    /// How often another process, or the same one later, went on with it.
    pub n_resumed: i64,
}

impl Report {
    /// How much could not be read, in all parts.
    pub fn n_problems(&self) -> usize {
        self.parts.iter().map(|part| part.n_problems).sum()
    }

    /// Rows written, in all parts.
    pub fn n_written(&self) -> usize {
        self.parts.iter().map(|part| part.n_written).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_problems_the_first_are_named_and_all_are_counted() {
        let mut report = PartReport::new(Part::Groups);
        for n in 0..1_000 {
            report.problem(format!("group {n}"));
        }
        assert_eq!((report.n_problems, report.problems.len()), (1_000, PartReport::MAX_NAMED));
    }

    #[test]
    fn parts_are_stored_under_the_names_that_people_see() {
        for part in Part::ALL {
            let stored = serde_json::to_value(part).unwrap();
            assert_eq!(stored, part.name());
        }
    }
}
