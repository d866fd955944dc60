//! What people do, by POST.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::json;

use crate::{
    control::{Done, done},
    error::Error,
    sim::{Confirm, Confirmed, Joining, Sim},
};

#[derive(Deserialize)]
pub(super) struct ConfirmRequest {
    msgid: String,
    userid: Option<String>,
    chat_ids: Option<Vec<String>>,
    external_userids: Option<Vec<String>>,
    leave_out: Option<usize>,
}

pub(super) async fn confirm(
    State(sim): State<Sim>,
    Json(request): Json<ConfirmRequest>,
) -> Result<Json<Confirmed>, Error> {
    let to = match (request.chat_ids, request.external_userids, request.leave_out) {
        (Some(chat_ids), ..) => Confirm::Chats(chat_ids),
        (None, Some(external_userids), _) => Confirm::Customers(external_userids),
        (None, None, Some(n)) => Confirm::AllBut(n),
        (None, None, None) => Confirm::All,
    };
    match request.userid {
        Some(userid) => sim.confirm_by(&request.msgid, &userid, to).map(Json),
        None => sim.confirm(&request.msgid, to).map(Json),
    }
}

#[derive(Deserialize)]
pub(super) struct ConfirmAllRequest {
    owner: Option<String>,
}

pub(super) async fn confirm_all(
    State(sim): State<Sim>,
    Json(request): Json<ConfirmAllRequest>,
) -> Done {
    let n_confirmed = sim.confirm_all_waiting(request.owner.as_deref())?;
    Ok(Json(json!({ "n_confirmed": n_confirmed })))
}

#[derive(Deserialize)]
pub(super) struct PostRequest {
    owner: String,
    chat_id: String,
    text: String,
}

pub(super) async fn post(State(sim): State<Sim>, Json(request): Json<PostRequest>) -> Done {
    sim.post(&request.owner, &request.chat_id, &request.text)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct AddGroupRequest {
    owner: String,
    #[serde(default)]
    name: String,
    member_count: Option<usize>,
}

pub(super) async fn add_group(
    State(sim): State<Sim>,
    Json(request): Json<AddGroupRequest>,
) -> Done {
    let member_count = request.member_count.unwrap_or(sim.config().n_members_per_group);
    let chat_id = sim.add_group(&request.owner, &request.name, member_count)?;
    Ok(Json(json!({ "chat_id": chat_id })))
}

#[derive(Deserialize)]
pub(super) struct NamedGroupRequest {
    chat_id: String,
    name: String,
}

pub(super) async fn rename_group(
    State(sim): State<Sim>,
    Json(request): Json<NamedGroupRequest>,
) -> Done {
    sim.rename_group(&request.chat_id, &request.name)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct NoticeRequest {
    chat_id: String,
    notice: String,
}

pub(super) async fn set_notice(State(sim): State<Sim>, Json(request): Json<NoticeRequest>) -> Done {
    sim.set_notice(&request.chat_id, &request.notice)?;
    done()
}

pub(super) async fn add_member(
    State(sim): State<Sim>,
    Json(request): Json<NamedGroupRequest>,
) -> Done {
    let userid = sim.add_member(&request.chat_id, &request.name)?;
    Ok(Json(json!({ "userid": userid })))
}

#[derive(Deserialize)]
pub(super) struct GroupRequest {
    chat_id: String,
}

pub(super) async fn dissolve_group(
    State(sim): State<Sim>,
    Json(request): Json<GroupRequest>,
) -> Done {
    sim.dissolve_group(&request.chat_id)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct OwnerRequest {
    chat_id: String,
    owner: String,
}

pub(super) async fn change_owner(
    State(sim): State<Sim>,
    Json(request): Json<OwnerRequest>,
) -> Done {
    sim.change_owner(&request.chat_id, &request.owner)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct MemberRequest {
    chat_id: String,
    userid: String,
}

pub(super) async fn remove_member(
    State(sim): State<Sim>,
    Json(request): Json<MemberRequest>,
) -> Done {
    sim.remove_member(&request.chat_id, &request.userid)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct JoinRequest {
    chat_id: String,
    #[serde(flatten)]
    joining: Joining,
}

pub(super) async fn join_group(State(sim): State<Sim>, Json(request): Json<JoinRequest>) -> Done {
    let userid = sim.join_group(&request.chat_id, request.joining)?;
    Ok(Json(json!({ "userid": userid })))
}

pub(super) async fn put_out_member(
    State(sim): State<Sim>,
    Json(request): Json<MemberRequest>,
) -> Done {
    sim.put_out_member(&request.chat_id, &request.userid)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct StaffRequest {
    userid: String,
}

pub(super) async fn staff_leaves(
    State(sim): State<Sim>,
    Json(request): Json<StaffRequest>,
) -> Done {
    sim.staff_leaves(&request.userid)?;
    done()
}
