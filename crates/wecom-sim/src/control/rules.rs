//! How WeCom itself behaves: its limits, its tokens, its faults.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    callback::{Callback, CallbackPolicy, CallbackReceiver, ReceiverKind},
    control::{Done, done},
    error::Error,
    fault::{Fault, FaultRule},
    limits::Limits,
    op::Medium,
    owners::OwnerPolicy,
    sim::Sim,
    visits::Visitor,
};

pub(super) async fn limits(State(sim): State<Sim>) -> Json<Limits> {
    Json(sim.limits())
}

pub(super) async fn change_limits(
    State(sim): State<Sim>,
    Json(changes): Json<Map<String, Value>>,
) -> Result<Json<Limits>, Error> {
    let limits = merged(&sim.limits(), changes)?;
    sim.set_limits(limits.clone());
    Ok(Json(limits))
}

/// The settings with these fields changed; a field that is unknown or wrong is refused.
fn merged<T: serde::Serialize + serde::de::DeserializeOwned>(
    settings: &T,
    changes: Map<String, Value>,
) -> Result<T, Error> {
    let mut all = serde_json::to_value(settings).expect("settings are plain data");
    for (name, value) in changes {
        all[name] = value;
    }
    serde_json::from_value(all).map_err(Error::WrongSetting)
}

pub(super) async fn media(State(sim): State<Sim>) -> Json<Vec<Medium>> {
    Json(sim.media())
}

#[derive(Deserialize)]
pub(super) struct VisitRequest {
    userid: Option<String>,
    #[serde(default)]
    private: bool,
    external_userid: Option<String>,
}

pub(super) async fn oauth_code(State(sim): State<Sim>, Json(request): Json<VisitRequest>) -> Done {
    let VisitRequest { userid, private, external_userid } = request;
    let visitor = match userid {
        Some(userid) => Visitor::Staff { userid, private },
        None => Visitor::Outside { external_userid },
    };
    Ok(Json(json!({ "code": sim.oauth_code(visitor)? })))
}

#[derive(Deserialize)]
pub(super) struct Part {
    after: Option<u64>,
    limit: Option<usize>,
}

pub(super) async fn callbacks(State(sim): State<Sim>, Query(part): Query<Part>) -> Json<Value> {
    let desk = sim.desk();
    let later = desk.outbox.log().filter(|callback| callback.seq > part.after.unwrap_or(0));
    let entries: Vec<&Callback> = later.take(part.limit.unwrap_or(1_000)).collect();
    Json(json!({ "n_waiting": desk.outbox.n_waiting(), "entries": entries }))
}

pub(super) async fn receivers(State(sim): State<Sim>) -> Json<Vec<CallbackReceiver>> {
    Json(sim.callback_receivers())
}

#[derive(Deserialize)]
pub(super) struct ReceiversRequest {
    receivers: Vec<CallbackReceiver>,
}

pub(super) async fn set_receivers(
    State(sim): State<Sim>,
    Json(request): Json<ReceiversRequest>,
) -> Done {
    sim.set_callback_receivers(request.receivers)?;
    done()
}

#[derive(Deserialize)]
pub(super) struct VerifyRequest {
    kind: ReceiverKind,
}

pub(super) async fn verify_receiver(
    State(sim): State<Sim>,
    Json(request): Json<VerifyRequest>,
) -> Json<Value> {
    Json(match sim.verify_callback_receiver(request.kind).await {
        Ok(right) => json!({ "verified": right }),
        Err(error) => json!({ "verified": false, "error": error.to_string() }),
    })
}

pub(super) async fn policy(State(sim): State<Sim>) -> Json<CallbackPolicy> {
    Json(sim.callback_policy())
}

pub(super) async fn change_policy(
    State(sim): State<Sim>,
    Json(changes): Json<Map<String, Value>>,
) -> Result<Json<CallbackPolicy>, Error> {
    let policy = merged(&sim.callback_policy(), changes)?;
    sim.set_callback_policy(policy.clone());
    Ok(Json(policy))
}

pub(super) async fn expire_tokens(State(sim): State<Sim>) -> Done {
    sim.expire_tokens();
    done()
}

pub(super) async fn owners(State(sim): State<Sim>) -> Json<OwnerPolicy> {
    Json(sim.owners())
}

pub(super) async fn change_owners(
    State(sim): State<Sim>,
    Json(changes): Json<Map<String, Value>>,
) -> Result<Json<OwnerPolicy>, Error> {
    let owners = merged(&sim.owners(), changes)?;
    sim.set_owners(owners.clone());
    Ok(Json(owners))
}

#[derive(Deserialize)]
pub(super) struct FaultRequest {
    call: Option<String>,
    fault: Fault,
    times: Option<usize>,
    p: Option<f64>,
}

pub(super) async fn fail(State(sim): State<Sim>, Json(request): Json<FaultRequest>) -> Done {
    let FaultRequest { call, fault, times, p } = request;
    match p {
        Some(p) => sim.fail_by_chance(FaultRule { call, p, fault })?,
        None => sim.fail_times(&call.unwrap_or_default(), fault, times.unwrap_or(1))?,
    }
    done()
}

pub(super) async fn clear_faults(State(sim): State<Sim>) -> Done {
    sim.clear_faults();
    done()
}
