//! The log of calls to the open API.

use schemars::JsonSchema;
use scrm::{
    apps::calls::{self, Entry, Filter},
    users::Right,
};
use serde::{Deserialize, Serialize};

use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Paging, Rows, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = About {
        path: "apps/calls",
        title_zh: "调用记录",
        title: "list the calls of apps and why they were refused",
    };
    vec![Endpoint::with_right(about, Right::ManageApps, list)]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct List {
    paging: Paging,
    /// Of one app.
    app_id: Option<Text<128>>,
    /// Only those that were not carried out.
    only_refused: bool,
    /// A part of the path, ASCII letters without regard to case.
    path: Option<Text<200>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Call {
    id: Id,
    app_id: String,
    /// When it came.
    at_ms: i64,
    path: String,
    /// The code that it was answered with; 0 = carried out.
    code: i64,
    http_status: i64,
    /// How long the answer took.
    duration_ms: i64,
    /// Where it came from; empty where that is not known.
    address: String,
    /// Why it was refused, as its caller was told; empty when it was carried out.
    reason: String,
}

impl From<Entry> for Call {
    fn from(entry: Entry) -> Self {
        Self {
            id: Id(entry.id),
            app_id: entry.app_id,
            at_ms: entry.at_ms,
            path: entry.path,
            code: entry.code,
            http_status: entry.http_status,
            duration_ms: entry.duration_ms,
            address: entry.address,
            reason: entry.reason,
        }
    }
}

async fn list(caller: Caller, request: List) -> Result<Rows<Call>, Refusal> {
    let filter = Filter {
        app_id: request.app_id.map(|Text(id)| id),
        only_refused: request.only_refused,
        path_part: request.path.map(|Text(part)| part),
    };
    let page = request.paging.page();
    let (total, calls) = calls::list(&caller.scrm, caller.place.corp.id, &filter, page).await?;
    Ok(Rows { total, rows: calls.into_iter().map(Call::from).collect() })
}
