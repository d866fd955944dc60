//! Staff and departments, by POST.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::json;

use crate::{
    control::{Done, done},
    sim::Sim,
};

#[derive(Deserialize)]
pub(super) struct StaffRequest {
    userid: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    departments: Vec<u32>,
}

pub(super) async fn add_staff(State(sim): State<Sim>, Json(request): Json<StaffRequest>) -> Done {
    sim.add_staff(&request.userid, &request.name, &request.departments)?;
    done()
}

pub(super) async fn move_staff(State(sim): State<Sim>, Json(request): Json<StaffRequest>) -> Done {
    sim.move_staff(&request.userid, &request.departments)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct RenameRequest {
    userid: String,
    new_userid: String,
}

pub(super) async fn rename_userid(
    State(sim): State<Sim>,
    Json(request): Json<RenameRequest>,
) -> Done {
    sim.rename_userid(&request.userid, &request.new_userid)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct NewDepartment {
    name: String,
    parent_id: u32,
}

pub(super) async fn add_department(
    State(sim): State<Sim>,
    Json(request): Json<NewDepartment>,
) -> Done {
    let id = sim.add_department(&request.name, request.parent_id)?;
    Ok(Json(json!({ "id": id })))
}

#[derive(Deserialize)]
pub(super) struct DepartmentRequest {
    id: u32,
    name: Option<String>,
    parent_id: Option<u32>,
}

pub(super) async fn change_department(
    State(sim): State<Sim>,
    Json(request): Json<DepartmentRequest>,
) -> Done {
    sim.change_department(request.id, request.name.as_deref(), request.parent_id)?;
    done()
}

pub(super) async fn remove_department(
    State(sim): State<Sim>,
    Json(request): Json<DepartmentRequest>,
) -> Done {
    sim.remove_department(request.id)?;
    done()
}
