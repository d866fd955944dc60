//! Rules that choose groups. A group must fit every condition that is given; an empty rule fits all.

use serde::{Deserialize, Serialize};

use crate::{DepartmentId, Error, StaffId, TagId, groups::Facts, text};

/// Members of one list in a rule, at most.
pub const MAX_LISTED: usize = 1_000;

/// Conditions on a group. Stored as JSON; the field names are part of the database's contents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Its owner is one of these; empty = anybody.
    pub owners: Vec<StaffId>,
    /// Its owner is in one of these departments or one below; empty = any.
    pub departments: Vec<DepartmentId>,
    /// It has at least one of these tags; empty = no condition. Likewise the next two.
    pub any_tags: Vec<TagId>,
    /// It has all of these tags.
    pub all_tags: Vec<TagId>,
    /// It has none of these tags.
    pub no_tags: Vec<TagId>,
    /// Its displayed name holds this, ASCII letters without regard to case; empty = any.
    pub name_part: String,
    /// It was made at this time or later.
    pub created_from_ms: Option<i64>,
    /// It was made at this time or earlier.
    pub created_until_ms: Option<i64>,
    /// It has at least so many members.
    pub min_members: Option<i64>,
    /// It has at most so many members.
    pub max_members: Option<i64>,
}

impl Rule {
    /// Whether a group fits. A dissolved one never does.
    pub(crate) fn fits(&self, group: &Facts) -> bool {
        let any = |wanted: &[TagId]| wanted.iter().any(|tag| group.tags.contains(tag));
        !group.is_dissolved
            && (self.owners.is_empty() || self.owners.contains(&group.owner))
            && (self.departments.is_empty()
                || self.departments.iter().any(|wanted| group.departments.contains(wanted)))
            && (self.any_tags.is_empty() || any(&self.any_tags))
            && self.all_tags.iter().all(|tag| group.tags.contains(tag))
            && !any(&self.no_tags)
            && group.folded_name.contains(&text::folded(&self.name_part))
            && self.created_from_ms.is_none_or(|from_ms| group.created_at_ms >= from_ms)
            && self.created_until_ms.is_none_or(|until_ms| group.created_at_ms <= until_ms)
            && self.min_members.is_none_or(|least| group.n_members >= least)
            && self.max_members.is_none_or(|most| group.n_members <= most)
    }

    /// Whether its form is right. `may_be_empty`: a rule that fits every group is meant.
    pub(super) fn check(&self, may_be_empty: bool) -> Result<(), Error> {
        let refused = |what: &str| Err(Error::Invalid(format!("rule: {what}")));
        if !may_be_empty && *self == Self::default() {
            return refused("it has no condition; name at least one");
        }
        let longest = [self.owners.len(), self.departments.len(), self.any_tags.len()]
            .into_iter()
            .chain([self.all_tags.len(), self.no_tags.len()])
            .max();
        if longest > Some(MAX_LISTED) {
            return refused(&format!("a list in it has more than {MAX_LISTED} members"));
        }
        if !text::is_storable(&self.name_part) {
            return refused("the name holds a NUL character");
        }
        let is_backwards = |from: Option<i64>, until: Option<i64>| {
            from.zip(until).is_some_and(|(from, until)| from > until)
        };
        if is_backwards(self.created_from_ms, self.created_until_ms) {
            return refused("the end of the time of creation is before its beginning");
        }
        if is_backwards(self.min_members, self.max_members) {
            return refused("the most members are fewer than the least");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group() -> Facts {
        Facts {
            id: crate::GroupId(1),
            owner: StaffId(7),
            departments: vec![DepartmentId(4), DepartmentId(2), DepartmentId(1)],
            folded_name: "vip福利群".to_owned(),
            created_at_ms: 1_000,
            n_members: 30,
            is_dissolved: false,
            tags: vec![TagId(11), TagId(12)],
        }
    }

    #[test]
    fn a_group_must_fit_every_condition() {
        let fits = |rule: Rule| rule.fits(&group());
        let rule = Rule::default;
        assert!(fits(rule()));
        assert!(fits(Rule { owners: vec![StaffId(6), StaffId(7)], ..rule() }));
        assert!(!fits(Rule { owners: vec![StaffId(6)], ..rule() }));
        assert!(fits(Rule { departments: vec![DepartmentId(2)], ..rule() }), "one above");
        assert!(!fits(Rule { departments: vec![DepartmentId(3)], ..rule() }));
        assert!(fits(Rule { any_tags: vec![TagId(12), TagId(13)], ..rule() }));
        assert!(!fits(Rule { any_tags: vec![TagId(13)], ..rule() }));
        assert!(fits(Rule { all_tags: vec![TagId(11), TagId(12)], ..rule() }));
        assert!(!fits(Rule { all_tags: vec![TagId(11), TagId(13)], ..rule() }));
        assert!(!fits(Rule { no_tags: vec![TagId(11)], ..rule() }));
        assert!(fits(Rule { name_part: "VIP".to_owned(), ..rule() }));
        assert!(!fits(Rule { name_part: "普通".to_owned(), ..rule() }));
        assert!(fits(Rule {
            created_from_ms: Some(1_000),
            created_until_ms: Some(1_000),
            ..rule()
        }));
        assert!(!fits(Rule { created_from_ms: Some(1_001), ..rule() }));
        assert!(!fits(Rule { created_until_ms: Some(999), ..rule() }));
        assert!(fits(Rule { min_members: Some(30), max_members: Some(30), ..rule() }));
        assert!(!fits(Rule { min_members: Some(31), ..rule() }));
        assert!(!fits(Rule { max_members: Some(29), ..rule() }));
        assert!(!Rule::default().fits(&Facts { is_dissolved: true, ..group() }));
    }

    #[test]
    fn a_rule_without_sense_is_refused() {
        let refusal = |rule: Rule| rule.check(false).unwrap_err().to_string();
        assert!(refusal(Rule::default()).contains("no condition"));
        Rule::default().check(true).unwrap();
        let created =
            Rule { created_from_ms: Some(2), created_until_ms: Some(1), ..Rule::default() };
        assert!(refusal(created).contains("creation"));
        let members = Rule { min_members: Some(2), max_members: Some(1), ..Rule::default() };
        assert!(refusal(members).contains("members"));
        let long = Rule { owners: vec![StaffId(1); MAX_LISTED + 1], ..Rule::default() };
        assert!(refusal(long).contains("1000"));
    }
}
