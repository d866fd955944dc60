//! The endpoints, by section: each file holds its entries of the table, their wire types and functions.
//!
//! A function reads like this: take the wire form, ask the domain, give the wire form. What needs more
//! thought than that belongs in the domain.

mod developer_guide;
mod given_file;
mod group_list;
mod group_send;
mod group_sop;
mod group_sop_life;
mod group_sop_plan;
mod group_sop_view;
mod group_tags;
mod library;
mod materials;
mod shown_rule;
mod sop_data;
mod sop_steps;
mod step_files;
mod tags;
mod task_list;
mod task_marks;
mod task_story;
mod wecom_org;

use std::{collections::BTreeSet, sync::LazyLock};

use crate::{Endpoint, Section};

const DEVELOPER_GUIDE: Section = Section { title_zh: "开发指南", title: "Developer guide" };
const WECOM_ORG: Section = Section { title_zh: "企微组织架构", title: "WeCom organisation" };
const SOP_TASKS: Section = Section { title_zh: "SOP任务", title: "SOP tasks" };
const MATERIALS: Section = Section { title_zh: "素材", title: "Materials" };
const GROUP_TAGS: Section = Section { title_zh: "群标签", title: "Group tags" };

/// The table of all endpoints.
pub fn endpoints() -> &'static [Endpoint] {
    static TABLE: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
        [
            developer_guide::endpoints(),
            wecom_org::endpoints(),
            tags::endpoints(),
            group_list::endpoints(),
            group_sop::endpoints(),
            group_send::endpoints(),
            group_sop_plan::endpoints(),
            group_sop_view::endpoints(),
            task_marks::endpoints(),
            task_list::endpoints(),
            task_story::endpoints(),
            group_sop_life::endpoints(),
            group_tags::endpoints(),
            library::endpoints(),
            materials::endpoints(),
        ]
        .into_iter()
        .flatten()
        .collect()
    });
    &TABLE
}

/// All scopes that an app can be granted, in alphabetical order.
pub fn scopes() -> BTreeSet<&'static str> {
    endpoints().iter().map(|endpoint| endpoint.about.scope).collect()
}
