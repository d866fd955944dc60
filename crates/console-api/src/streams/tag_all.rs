//! Tags on all groups that a filter leaves.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use scrm::{TagId, group_tags, users::Right};
use serde::Deserialize;
use serde_json::json;

use super::{json as body_json, lines::follow, reply};
use crate::{Refusal, router::Service, sections::WireFilter, wire::Id};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TagAll {
    filter: WireFilter,
    #[serde(default)]
    add_ids: Vec<Id>,
    #[serde(default)]
    remove_ids: Vec<Id>,
}

pub(super) async fn tag_all(State(service): State<Arc<Service>>, request: Request) -> Response {
    reply(begin(&service, request).await)
}

async fn begin(service: &Service, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let caller = service.caller(&parts, Right::TagGroups).await?;
    let TagAll { filter, add_ids, remove_ids } = body_json(body).await?;
    let filter = filter.read(&caller);
    let tags = |ids: Vec<Id>| -> Vec<TagId> { ids.into_iter().map(|Id(id)| TagId(id)).collect() };
    let (add, remove) = (tags(add_ids), tags(remove_ids));
    Ok(follow(|lines| async move {
        let (scrm, corp, author) = (&caller.scrm, caller.place.corp.id, caller.author());
        // It goes on when the browser leaves: half of the groups tagged is what nobody wants.
        let watch = move |n_done, n_total| lines.progress(n_done, Some(n_total));
        let tags = (&add[..], &remove[..]);
        let done = group_tags::change_all(scrm, corp, &filter, tags, &author, &watch).await?;
        Ok(json!({ "nAdded": done.n_added, "nRemoved": done.n_removed }))
    }))
}
