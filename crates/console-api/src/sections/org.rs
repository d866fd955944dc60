//! Departments and staff, to choose from.

use schemars::JsonSchema;
use scrm::{
    DepartmentId,
    org::{self, StaffFilter},
    users::Right,
};
use serde::{Deserialize, Serialize};

use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Nothing, Paging, Rows, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    vec![
        Endpoint::with_right(
            about("departments/list", "部门列表", "list departments"),
            Right::Read,
            departments,
        ),
        Endpoint::with_right(about("staff/list", "员工列表", "list staff"), Right::Read, staff),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Departments {
    rows: Vec<Department>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Department {
    id: Id,
    /// That of none, or of one that is not listed, at the top.
    parent_id: Id,
    name: String,
}

async fn departments(caller: Caller, _: Nothing) -> Result<Departments, Refusal> {
    let mut reader = caller.scrm.db.reader().await.map_err(scrm::Error::from)?;
    let all = org::departments(&mut reader, caller.place.corp.id).await?;
    let rows = all.into_iter().filter(|department| !department.is_deleted).map(|department| {
        let (id, parent_id) = (Id(department.id.0), Id(department.parent.0));
        Department { id, parent_id, name: department.name }
    });
    Ok(Departments { rows: rows.collect() })
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct ListStaff {
    paging: Paging,
    /// A part of the name.
    name: Option<Text<64>>,
    /// Those who left only, or those who did not.
    has_left: Option<bool>,
    /// Only those in this department and below it.
    department_id: Option<Id>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Member {
    id: Id,
    wecom_user_id: String,
    name: String,
    position: String,
    department_names: Vec<String>,
    has_left: bool,
}

async fn staff(caller: Caller, request: ListStaff) -> Result<Rows<Member>, Refusal> {
    let filter = StaffFilter {
        name_part: request.name.map(|Text(name)| name),
        is_deleted: request.has_left,
        department: request.department_id.map(|Id(id)| DepartmentId(id)),
        scope: caller.place.scope.clone(),
    };
    let page = request.paging.page();
    let found = org::list_staff(&caller.scrm, caller.place.corp.id, &filter, page).await?;
    let rows = found.staff.into_iter().map(|member| Member {
        id: Id(member.id.0),
        wecom_user_id: member.wecom_user_id,
        name: member.name,
        position: member.position,
        department_names: member.department_names,
        has_left: member.is_deleted,
    });
    Ok(Rows { total: found.n_total, rows: rows.collect() })
}
