//! Customer groups.

use schemars::JsonSchema;
use scrm::{
    StaffId, TagId,
    groups::{self, Filter, ListedGroup, TagMatch},
    sop::ListedTask,
    users::Right,
};
use serde::{Deserialize, Serialize};

use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Paging, Rows, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    vec![Endpoint::with_right(
        about("groups/list", "客户群列表", "list customer groups"),
        Right::Read,
        list,
    )]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(default, deny_unknown_fields)]
struct List {
    paging: Paging,
    filter: WireFilter,
}

/// Which groups; what is left out is no condition.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct WireFilter {
    owner_id: Option<Id>,
    /// A part of the displayed name.
    name: Option<Text<200>>,
    /// At most 200.
    tag_ids: Vec<Id>,
    tag_match: TagMatchName,
    /// Made at this time or later.
    from_ms: Option<i64>,
    /// Made at this time or earlier.
    to_ms: Option<i64>,
}

impl WireFilter {
    /// The filter, within what the caller sees.
    pub(crate) fn read(self, caller: &Caller) -> Filter {
        Filter {
            owner: self.owner_id.map(|Id(id)| StaffId(id)),
            name_part: self.name.map(|Text(part)| part),
            tags: self.tag_ids.into_iter().map(|Id(id)| TagId(id)).collect(),
            tag_match: match self.tag_match {
                TagMatchName::Any => TagMatch::Any,
                TagMatchName::All => TagMatch::All,
                TagMatchName::None => TagMatch::None,
            },
            created_from_ms: self.from_ms,
            created_to_ms: self.to_ms,
            scope: caller.place.scope.clone(),
        }
    }
}

/// How tags are meant: a group has any of them, all, or none.
#[derive(Deserialize, JsonSchema, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum TagMatchName {
    #[default]
    Any,
    All,
    None,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Group {
    /// WeCom's chat id.
    chat_id: String,
    name: String,
    owner_id: Id,
    owner_name: String,
    department_names: Vec<String>,
    tag_names: Vec<String>,
    created_at_ms: i64,
    /// The 200 with the latest start, earliest first.
    tasks: Vec<Task>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task {
    id: String,
    sop_id: String,
    title: String,
    /// 0 not due yet, 1 handed to the owner, 2 sent, 3 failed, 4 expired unsent, 5 cancelled.
    status: i64,
    /// 0 mass-send assistant, 1 by hand.
    mode: i64,
    start_at_ms: i64,
    /// Why it failed or expired.
    reason: Option<String>,
}

impl From<ListedTask> for Task {
    fn from(task: ListedTask) -> Self {
        Self {
            id: task.id.to_string(),
            sop_id: task.sop.id.to_string(),
            title: task.sop.title.to_string(),
            status: task.status,
            mode: task.sop.mode,
            start_at_ms: task.start_at_ms,
            reason: task.reason,
        }
    }
}

impl From<ListedGroup> for Group {
    fn from(group: ListedGroup) -> Self {
        Self {
            chat_id: group.chat_id,
            name: group.display_name,
            owner_id: Id(group.owner_id.0),
            owner_name: group.owner_name,
            department_names: group.department_names,
            tag_names: group.tag_names,
            created_at_ms: group.created_at_ms,
            tasks: group.tasks.into_iter().map(Task::from).collect(),
        }
    }
}

async fn list(caller: Caller, request: List) -> Result<Rows<Group>, Refusal> {
    let filter = request.filter.read(&caller);
    let page = request.paging.page();
    let found = groups::list(&caller.scrm, caller.place.corp.id, &filter, page).await?;
    Ok(Rows { total: found.n_total, rows: found.groups.into_iter().map(Group::from).collect() })
}
