//! Customers and tags: what there is to see and what people do.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    control::{Done, done},
    error::Error,
    op::Remark,
    sim::{Meeting, Sim, look as view},
    view::{CorpTagGroup, Customer},
};

const DEFAULT_LIMIT: usize = 1_000;

#[derive(Deserialize)]
pub(super) struct Part {
    external_userid: Option<String>,
    after: Option<u32>,
    limit: Option<usize>,
}

/// `after` is a customer's number, counted from 1; the page's last one is in `last`.
pub(super) async fn look(
    State(sim): State<Sim>,
    Query(part): Query<Part>,
) -> Result<Json<Value>, Error> {
    if let Some(userid) = part.external_userid {
        let found = sim.customer(&userid);
        let entries = [found.ok_or(Error::UnknownCustomer(userid))?];
        return Ok(Json(json!({ "total": 1, "last": Value::Null, "entries": entries })));
    }
    let desk = sim.desk();
    let n_people = desk.state.n_people();
    let numbers = part.after.unwrap_or(0)..n_people;
    let shown = numbers.map(|no| (no + 1, view::customer(&desk, no)));
    let shown = shown.filter(|(_, customer)| !customer.followers.is_empty());
    let (numbers, entries): (Vec<u32>, Vec<Customer>) =
        shown.take(part.limit.unwrap_or(DEFAULT_LIMIT)).unzip();
    Ok(Json(json!({ "total": n_people, "last": numbers.last(), "entries": entries })))
}

pub(super) async fn tags(State(sim): State<Sim>) -> Json<Vec<CorpTagGroup>> {
    Json(sim.tags())
}

#[derive(Deserialize)]
pub(super) struct AddRequest {
    userid: String,
    #[serde(flatten)]
    meeting: Meeting,
}

pub(super) async fn add(State(sim): State<Sim>, Json(request): Json<AddRequest>) -> Done {
    let external_userid = sim.customer_adds(&request.userid, request.meeting)?;
    Ok(Json(json!({ "external_userid": external_userid })))
}

#[derive(Deserialize)]
pub(super) struct Pair {
    userid: String,
    external_userid: String,
}

pub(super) async fn staff_deletes(State(sim): State<Sim>, Json(pair): Json<Pair>) -> Done {
    sim.staff_deletes_customer(&pair.userid, &pair.external_userid)?;
    done()
}

pub(super) async fn customer_deletes(State(sim): State<Sim>, Json(pair): Json<Pair>) -> Done {
    sim.customer_deletes_staff(&pair.userid, &pair.external_userid)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct RemarkRequest {
    #[serde(flatten)]
    pair: Pair,
    #[serde(flatten)]
    remark: Remark,
}

pub(super) async fn remark(State(sim): State<Sim>, Json(request): Json<RemarkRequest>) -> Done {
    let RemarkRequest { pair, remark } = request;
    sim.remark_customer(&pair.userid, &pair.external_userid, remark)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct MarkRequest {
    #[serde(flatten)]
    pair: Pair,
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

pub(super) async fn mark(State(sim): State<Sim>, Json(request): Json<MarkRequest>) -> Done {
    let MarkRequest { pair, add, remove } = request;
    sim.mark_customer(&pair.userid, &pair.external_userid, &add, &remove)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct AddTagsRequest {
    group: String,
    names: Vec<String>,
}

pub(super) async fn add_tags(State(sim): State<Sim>, Json(request): Json<AddTagsRequest>) -> Done {
    let names: Vec<&str> = request.names.iter().map(String::as_str).collect();
    let (group_id, tag_ids) = sim.add_tags(&request.group, &names)?;
    Ok(Json(json!({ "group_id": group_id, "tag_ids": tag_ids })))
}

#[derive(Deserialize)]
pub(super) struct TagRequest {
    id: String,
    #[serde(default)]
    name: String,
}

pub(super) async fn rename_tag(State(sim): State<Sim>, Json(request): Json<TagRequest>) -> Done {
    sim.rename_tag(&request.id, &request.name)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct ShuffleRequest {
    group_id: Option<String>,
}

pub(super) async fn shuffle_tags(
    State(sim): State<Sim>,
    Json(request): Json<ShuffleRequest>,
) -> Done {
    sim.shuffle_tags(request.group_id.as_deref())?;
    done()
}

pub(super) async fn delete_tag(State(sim): State<Sim>, Json(request): Json<TagRequest>) -> Done {
    sim.delete_tag(&request.id)?;
    done()
}
