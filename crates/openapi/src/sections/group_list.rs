//! SOP任务: customer groups with their SOP tasks.

use std::sync::Arc;

use schemars::JsonSchema;
use scrm::{
    StaffId, TagId, Zone,
    groups::{self, Filter, ListedGroup, TagMatch},
    sop::ListedTask,
};
use serde::{Deserialize, Serialize};

use super::SOP_TASKS;
use crate::{
    About, Caller, Endpoint, Origin, Refusal,
    wire::{Id, Integer, List, Moment, Optional, PageNo, PageOf, PageSize, Text, page},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::new(
        About {
            path: "/api/v3/groupSop/getGroupList",
            title_zh: "查询群列表",
            title: "list customer groups with their SOP tasks",
            about: "A page of the customer groups that are not dissolved: latest createTimeGroup first, \
                    then by chatId. A group shows at most 200 tasks, those with the latest startTime, by \
                    startTime and then by creation; /api/v3/sop-tasks/list gives all of one group.",
            section: SOP_TASKS,
            scope: "groups:read",
            origin: Origin::Contract,
            request_example: r#"{"pageSize":10,"userId":463352988837952}"#,
        },
        get_group_list,
        || PageOf::new(scrm::Page { no: 1, size: 10 }, 1, vec![Group::example()]),
    )]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(default, rename_all = "camelCase")]
struct GetGroupList {
    /// The owner's staff id; one of nobody gives an empty page.
    user_id: Optional<Id>,
    /// A part of the displayed name, ASCII letters without regard to case.
    keyword: Optional<Text<0, 200>>,
    /// Ids of group tags.
    tag_group_ids: List<Id, 0, { groups::MAX_TAGS }>,
    /// 0, the default: the group has any of tagGroupIds. 1: all of them. 2: none of them.
    condition_op: Optional<Integer<0, 2>>,
    /// Created at this time or later.
    start_create_time: Optional<Moment>,
    /// Created at this time or earlier; the whole second, minute or day named.
    end_create_time: Optional<Moment>,
    page_no: Optional<PageNo>,
    page_size: Optional<PageSize>,
}

impl GetGroupList {
    fn filter(self, zone: &Zone) -> Result<Filter, Refusal> {
        let created_from_ms = self.start_create_time.0.map(|time| time.start_ms(zone));
        let created_to_ms = self.end_create_time.0.map(|time| time.end_ms(zone));
        if let (Some(from_ms), Some(to_ms)) = (created_from_ms, created_to_ms)
            && to_ms < from_ms
        {
            return Err(Refusal::field("endCreateTime", "lies before startCreateTime"));
        }
        let tag_match = match self.condition_op.0.map_or(0, Integer::get) {
            0 => TagMatch::Any,
            1 => TagMatch::All,
            _ => TagMatch::None,
        };
        Ok(Filter {
            owner: self.user_id.0.map(|Id(id)| StaffId(id)),
            name_part: self.keyword.0.map(|Text(part)| part),
            tags: self.tag_group_ids.0.into_iter().map(|Id(id)| TagId(id)).collect(),
            tag_match,
            created_from_ms,
            created_to_ms,
            ..Filter::default()
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Group {
    /// The owner's staff id.
    sales_id: String,
    /// The owner's name.
    sales_name: String,
    /// The owner's department names joined with ",".
    department_name: String,
    /// WeCom's chat id.
    chat_id: String,
    /// The displayed name.
    chat_name: String,
    tasks: Vec<Task>,
    /// Always empty.
    calendars: [(); 0],
    tag_group_names: Vec<String>,
    /// yyyy-MM-dd HH:mm:ss
    create_time_group: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task {
    id: String,
    sop_info_id: String,
    /// The SOP's title.
    title: Arc<str>,
    chat_id: Arc<str>,
    /// WeCom's name; "" for an unnamed group.
    chat_name: Arc<str>,
    /// Always null.
    owner: (),
    /// Always null.
    owner_name: (),
    /// 0 not due yet, 1 handed to the owner, 2 sent, 3 failed, 4 expired unsent, 5 cancelled.
    send_status: i64,
    /// The creator's staff id; 0 when the app acts for nobody.
    creator_id: i64,
    /// 1 sent by hand, 0 mass-send assistant.
    mode: i64,
    /// yyyy-MM-dd HH:mm
    start_time: String,
    /// Always null.
    owner_id: (),
    /// Why the task failed, when it did.
    send_status_detail: Option<String>,
    /// Always null.
    start_time_export: (),
    /// Always null.
    qw_sales_id: (),
}

async fn get_group_list(caller: &Caller, request: GetGroupList) -> Result<PageOf<Group>, Refusal> {
    let zone = &caller.corp.zone;
    let page = page(request.page_no, request.page_size);
    let filter = request.filter(zone)?;
    let found = groups::list(&caller.scrm, caller.corp.id, &filter, page).await?;
    let rows = found.groups.into_iter().map(|group| Group::new(group, zone)).collect();
    Ok(PageOf::new(page, found.n_total, rows))
}

impl Group {
    fn new(group: ListedGroup, zone: &Zone) -> Self {
        let (chat_id, raw_name) = (Arc::from(group.chat_id.as_str()), Arc::from(group.raw_name));
        let task = |task| Task::new(task, &chat_id, &raw_name, zone);
        Self {
            tasks: group.tasks.into_iter().map(task).collect(),
            sales_id: group.owner_id.to_string(),
            sales_name: group.owner_name,
            department_name: group.department_names.join(","),
            chat_id: group.chat_id,
            chat_name: group.display_name,
            calendars: [],
            tag_group_names: group.tag_names,
            create_time_group: zone.seconds_text(group.created_at_ms),
        }
    }

    fn example() -> Self {
        let chat_id = "wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA".to_owned();
        Self {
            sales_id: "463352988837952".to_owned(),
            sales_name: "张三".to_owned(),
            department_name: "销售一部,华东".to_owned(),
            chat_name: "售后服务群".to_owned(),
            tasks: vec![Task::example(&chat_id)],
            chat_id,
            calendars: [],
            tag_group_names: vec!["重点".to_owned()],
            create_time_group: "2026-03-10 11:51:08".to_owned(),
        }
    }
}

impl Task {
    pub(super) fn example(chat_id: &str) -> Self {
        Self {
            id: "019a2b3c4d5e7f8091a2b3c4d5e6f708".to_owned(),
            sop_info_id: "019a2b3c4d5e7f8091a2b3c4d5e6f707".to_owned(),
            title: "新品介绍".into(),
            chat_id: chat_id.into(),
            chat_name: "售后服务群".into(),
            owner: (),
            owner_name: (),
            send_status: 1,
            creator_id: 454_548_673_615_872,
            mode: 1,
            start_time: "2026-04-26 11:35".to_owned(),
            owner_id: (),
            send_status_detail: None,
            start_time_export: (),
            qw_sales_id: (),
        }
    }

    pub(super) fn new(
        task: ListedTask,
        chat_id: &Arc<str>,
        raw_name: &Arc<str>,
        zone: &Zone,
    ) -> Self {
        Self {
            id: task.id.to_string(),
            sop_info_id: task.sop.id.to_string(),
            title: task.sop.title.clone(),
            chat_id: chat_id.clone(),
            chat_name: raw_name.clone(),
            owner: (),
            owner_name: (),
            send_status: task.status,
            creator_id: task.sop.creator_id,
            mode: task.sop.mode,
            start_time: zone.minutes_text(task.start_at_ms),
            owner_id: (),
            send_status_detail: task.reason,
            start_time_export: (),
            qw_sales_id: (),
        }
    }
}
