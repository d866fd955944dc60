//! 企微组织架构: staff.

use schemars::JsonSchema;
use scrm::org::{self, StaffCard, StaffFilter};
use serde::{Deserialize, Serialize};

use super::WECOM_ORG;
use crate::{
    About, Caller, Endpoint, Origin, Refusal,
    wire::{Integer, Optional, PageNo, PageOf, PageSize, Text, page},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::new(
        About {
            path: "/api/v3/get-users",
            title_zh: "查询员工",
            title: "list staff",
            about: "A page of the company's staff, in the order in which Siyu learned of them.",
            section: WECOM_ORG,
            scope: "org:read",
            origin: Origin::Contract,
            request_example: r#"{"pageNo":1,"pageSize":20,"deleted":0,"name":"张三"}"#,
        },
        get_users,
        || {
            let user = User {
                sales_id: "463352988837952".to_owned(),
                name: "张三".to_owned(),
                qw_user_id: "ZhangSan".to_owned(),
                position: "销售".to_owned(),
                department_name: "销售一部,华东".to_owned(),
                deleted: 0,
            };
            PageOf::new(scrm::Page { no: 1, size: 20 }, 1, vec![user])
        },
    )]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(default, rename_all = "camelCase")]
struct GetUsers {
    page_no: Optional<PageNo>,
    page_size: Optional<PageSize>,
    /// 0, the default: staff still with the company. 1: those who left.
    deleted: Optional<Integer<0, 1>>,
    /// A part of the name, ASCII letters without regard to case.
    name: Optional<Text<0, 200>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct User {
    /// Our id.
    sales_id: String,
    name: String,
    /// WeCom's user id.
    qw_user_id: String,
    position: String,
    /// Department names joined with ",".
    department_name: String,
    /// 0 with the company, 1 left.
    deleted: u8,
}

async fn get_users(caller: &Caller, request: GetUsers) -> Result<PageOf<User>, Refusal> {
    let page = page(request.page_no, request.page_size);
    let filter = StaffFilter {
        name_part: request.name.0.map(|Text(name)| name),
        is_deleted: Some(request.deleted.0.is_some_and(|deleted| deleted.get() == 1)),
        ..StaffFilter::default()
    };
    let found = org::list_staff(&caller.scrm, caller.corp.id, &filter, page).await?;
    Ok(PageOf::new(page, found.n_total, found.staff.into_iter().map(User::from).collect()))
}

impl From<StaffCard> for User {
    fn from(card: StaffCard) -> Self {
        Self {
            sales_id: card.id.to_string(),
            name: card.name,
            qw_user_id: card.wecom_user_id,
            position: card.position,
            department_name: card.department_names.join(","),
            deleted: u8::from(card.is_deleted),
        }
    }
}
