//! One customer group: its members and its tasks.

use schemars::JsonSchema;
use scrm::{groups, sop, users::Right};
use serde::{Deserialize, Serialize};

use super::groups::{Group, Task};
use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Paging, Rows, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    vec![
        Endpoint::with_right(
            about("groups/detail", "客户群详情", "one customer group"),
            Right::Read,
            detail,
        ),
        Endpoint::with_right(
            about("groups/tasks", "客户群的任务", "tasks of a customer group"),
            Right::Read,
            tasks,
        ),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct One {
    chat_id: Text<128>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Detail {
    group: Group,
    /// 群公告.
    notice: String,
    tag_ids: Vec<Id>,
    members: Vec<Member>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Member {
    wecom_id: String,
    name: String,
    group_nickname: String,
    is_staff: bool,
    joined_at_ms: i64,
}

async fn detail(caller: Caller, One { chat_id }: One) -> Result<Detail, Refusal> {
    let (corp, scope) = (caller.place.corp.id, &caller.place.scope);
    let found = groups::detail(&caller.scrm, corp, scope, &chat_id.0).await?;
    let members = found.members.into_iter().map(|member| Member {
        wecom_id: member.wecom_id,
        name: member.name,
        group_nickname: member.group_nickname,
        is_staff: member.is_staff,
        joined_at_ms: member.joined_at_ms,
    });
    Ok(Detail {
        group: found.group.into(),
        notice: found.notice,
        tag_ids: found.tags.into_iter().map(|tag| Id(tag.0)).collect(),
        members: members.collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ListTasks {
    chat_id: Text<128>,
    #[serde(default)]
    paging: Paging,
}

async fn tasks(caller: Caller, request: ListTasks) -> Result<Rows<Task>, Refusal> {
    let (scrm, corp, chat_id) = (&caller.scrm, caller.place.corp.id, &request.chat_id.0);
    groups::check_seen(scrm, corp, &caller.place.scope, chat_id).await?;
    let found = sop::tasks_of_group(scrm, corp, chat_id, request.paging.page()).await?;
    Ok(Rows { total: found.n_total, rows: found.tasks.into_iter().map(Task::from).collect() })
}
