//! A rule as it is shown: under the names by which it is given.

use schemars::JsonSchema;
use scrm::{TagId, sop::Rule};
use serde::Serialize;

use crate::Caller;

/// Conditions on groups; a group must fit all. An empty list, an empty keyword and null are no condition.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownRule {
    /// Staff ids.
    owners: Vec<i64>,
    department_ids: Vec<i64>,
    any_tag_ids: Vec<i64>,
    all_tag_ids: Vec<i64>,
    no_tag_ids: Vec<i64>,
    keyword: String,
    /// yyyy-MM-dd HH:mm:ss.
    start_create_time: Option<String>,
    /// yyyy-MM-dd HH:mm:ss.
    end_create_time: Option<String>,
    min_members: Option<i64>,
    max_members: Option<i64>,
}

impl ShownRule {
    pub(super) fn new(caller: &Caller, rule: Rule) -> Self {
        let tags = |ids: Vec<TagId>| ids.into_iter().map(|id| id.0).collect();
        let time = |at_ms: i64| caller.corp.zone.seconds_text(at_ms);
        Self {
            owners: rule.owners.into_iter().map(|id| id.0).collect(),
            department_ids: rule.departments.into_iter().map(|id| id.0).collect(),
            any_tag_ids: tags(rule.any_tags),
            all_tag_ids: tags(rule.all_tags),
            no_tag_ids: tags(rule.no_tags),
            keyword: rule.name_part,
            start_create_time: rule.created_from_ms.map(time),
            end_create_time: rule.created_until_ms.map(time),
            min_members: rule.min_members,
            max_members: rule.max_members,
        }
    }

    pub(super) fn example() -> Self {
        Self {
            owners: vec![463_352_988_837_952],
            department_ids: vec![],
            any_tag_ids: vec![],
            all_tag_ids: vec![],
            no_tag_ids: vec![],
            keyword: "VIP".to_owned(),
            start_create_time: None,
            end_create_time: None,
            min_members: None,
            max_members: None,
        }
    }
}
