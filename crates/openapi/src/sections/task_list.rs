//! SOP任务: all tasks of one group, of which the list of groups shows the latest only. Ours.

use schemars::JsonSchema;
use scrm::sop;
use serde::Deserialize;

use super::{SOP_TASKS, group_list::Task, group_sop::ChatId};
use crate::{
    About, Caller, Endpoint, Origin, Refusal,
    wire::{Optional, PageNo, PageOf, PageSize, Text, page},
};

const EXAMPLE_CHAT: &str = "wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::new(
        About {
            path: "/api/v3/sop-tasks/list",
            title_zh: "查询群的SOP任务",
            title: "list the SOP tasks of a customer group",
            about: "All tasks of one group, by startTime and then by creation, in the form in which \
                    getGroupList shows the latest 200.",
            section: SOP_TASKS,
            scope: "groups:read",
            origin: Origin::Ours,
            request_example: r#"{"chatId":"wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA","pageNo":2,"pageSize":200}"#,
        },
        list,
        || PageOf::new(scrm::Page { no: 1, size: 10 }, 1, vec![Task::example(EXAMPLE_CHAT)]),
    )]
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OfGroup {
    /// WeCom's chat id.
    chat_id: ChatId,
    #[serde(default)]
    page_no: Optional<PageNo>,
    #[serde(default)]
    page_size: Optional<PageSize>,
}

async fn list(caller: &Caller, request: OfGroup) -> Result<PageOf<Task>, Refusal> {
    let (Text(chat_id), page) = (request.chat_id, page(request.page_no, request.page_size));
    let found = sop::tasks_of_group(&caller.scrm, caller.corp.id, &chat_id, page).await?;
    let zone = &caller.corp.zone;
    let (chat_id, raw_name) = (chat_id.into(), found.raw_name.into());
    let shown = |task| Task::new(task, &chat_id, &raw_name, zone);
    Ok(PageOf::new(page, found.n_total, found.tasks.into_iter().map(shown).collect()))
}
