//! Users of the console in the company.

use schemars::JsonSchema;
use scrm::{
    DepartmentId, StaffId, UserId,
    users::{self, EditUser, ListedUser, Member, NewUser, Right},
};
use serde::{Deserialize, Serialize};

use super::session::RoleName;
use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Nothing, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    let right = Right::ManageUsers;
    vec![
        Endpoint::with_right(about("users/list", "用户列表", "list users"), right, list),
        Endpoint::with_right(about("users/create", "新建用户", "make a user"), right, create),
        Endpoint::with_right(about("users/edit", "修改用户", "change a user"), right, edit),
        Endpoint::with_right(
            about("users/reset-password", "重置密码", "reset a user's password"),
            right,
            reset_password,
        ),
        Endpoint::with_right(about("users/remove", "移除用户", "remove a user"), right, remove),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Users {
    /// By login; site admins too.
    rows: Vec<User>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct User {
    id: Id,
    login: String,
    name: String,
    is_site_admin: bool,
    is_disabled: bool,
    /// He has not changed his one-time password yet.
    must_change_password: bool,
    has_totp: bool,
    role: RoleName,
    /// Who he is in WeCom, which signs him in.
    staff_id: Option<Id>,
    staff_name: Option<String>,
    /// Whose data he sees; none = all of the company.
    department_ids: Vec<Id>,
}

impl From<ListedUser> for User {
    fn from(user: ListedUser) -> Self {
        let member = user.member;
        let departments = member.iter().flat_map(|member| &member.departments);
        Self {
            id: Id(user.id.0),
            login: user.login,
            name: user.name,
            is_site_admin: user.is_site_admin,
            is_disabled: user.is_disabled,
            must_change_password: user.must_change_password,
            has_totp: user.has_totp,
            department_ids: departments.map(|department| Id(department.0)).collect(),
            role: match &member {
                Some(member) if !user.is_site_admin => member.role.into(),
                _ => RoleName::Admin,
            },
            staff_name: user.staff_name,
            staff_id: member.and_then(|member| member.staff).map(|staff| Id(staff.0)),
        }
    }
}

async fn list(caller: Caller, _: Nothing) -> Result<Users, Refusal> {
    let users = users::list(&caller.scrm, caller.place.corp.id).await?;
    Ok(Users { rows: users.into_iter().map(User::from).collect() })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    /// 2 to 64 letters, digits and .-_@
    login: Text<64>,
    #[serde(default)]
    name: Text<64>,
    role: RoleName,
    staff_id: Option<Id>,
    #[serde(default)]
    department_ids: Vec<Id>,
}

fn member(role: RoleName, staff_id: Option<Id>, department_ids: Vec<Id>) -> Member {
    Member {
        role: role.into(),
        staff: staff_id.map(|Id(id)| StaffId(id)),
        departments: department_ids.into_iter().map(|Id(id)| DepartmentId(id)).collect(),
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Made {
    id: Id,
    /// Shown once; to be changed at the first sign-in.
    one_time_password: String,
}

impl From<users::Made> for Made {
    fn from(made: users::Made) -> Self {
        Self { id: Id(made.id.0), one_time_password: made.one_time_password }
    }
}

async fn create(caller: Caller, request: Create) -> Result<Made, Refusal> {
    let new = NewUser {
        login: request.login.0,
        name: request.name.0,
        member: member(request.role, request.staff_id, request.department_ids),
    };
    Ok(users::create(&caller.scrm, &caller.place, &new, &caller.author()).await?.into())
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Edit {
    id: Id,
    name: Text<64>,
    is_disabled: bool,
    role: RoleName,
    staff_id: Option<Id>,
    department_ids: Vec<Id>,
}

async fn edit(caller: Caller, request: Edit) -> Result<Nothing, Refusal> {
    let edited = EditUser {
        name: request.name.0,
        is_disabled: request.is_disabled,
        member: member(request.role, request.staff_id, request.department_ids),
    };
    let who = (&caller.session, &caller.place, &caller.visitor);
    users::edit(&caller.scrm, who, UserId(request.id.0), &edited).await?;
    Ok(Nothing {})
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OneUser {
    id: Id,
}

async fn reset_password(caller: Caller, request: OneUser) -> Result<Made, Refusal> {
    let who = (&caller.session, &caller.place, &caller.visitor);
    Ok(users::reset_password(&caller.scrm, who, UserId(request.id.0)).await?.into())
}

async fn remove(caller: Caller, request: OneUser) -> Result<Nothing, Refusal> {
    let who = (&caller.session, &caller.place, &caller.visitor);
    users::remove(&caller.scrm, who, UserId(request.id.0)).await?;
    Ok(Nothing {})
}
