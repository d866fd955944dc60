//! Who changed what.

use schemars::JsonSchema;
use scrm::{
    audit::{self, Entry, Filter},
    users::Right,
};
use serde::{Deserialize, Serialize};

use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Paging, Rows, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about =
        About { path: "audit/list", title_zh: "操作日志", title: "list what was changed" };
    vec![Endpoint::with_right(about, Right::ReadAudit, list)]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct List {
    paging: Paging,
    /// Of one user.
    login: Option<Text<64>>,
    /// Of one kind.
    #[schemars(with = "Option<ActName>")]
    act: Option<Text<64>>,
    /// A part of what it was done to.
    subject: Option<Text<200>>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Act {
    id: Id,
    at_ms: i64,
    login: String,
    #[schemars(with = "ActName")]
    act: String,
    subject: String,
    /// Particulars as JSON text.
    detail: String,
    address: String,
}

/// The name of an act, for the document.
#[derive(JsonSchema)]
#[schemars(inline, extend("enum" = audit::ACTS))]
#[expect(dead_code, reason = "only described")]
struct ActName(String);

impl From<Entry> for Act {
    fn from(entry: Entry) -> Self {
        let Entry { id, at_ms, login, act, subject, detail, address } = entry;
        Self { id: Id(id), at_ms, login, act, subject, detail, address }
    }
}

async fn list(caller: Caller, request: List) -> Result<Rows<Act>, Refusal> {
    let filter = Filter {
        login: request.login.map(|Text(login)| login),
        act: request.act.map(|Text(act)| act),
        subject_part: request.subject.map(|Text(part)| part),
        from_ms: request.from_ms,
        to_ms: request.to_ms,
    };
    let page = request.paging.page();
    let (total, acts) = audit::list(&caller.scrm, caller.place.corp.id, &filter, page).await?;
    Ok(Rows { total, rows: acts.into_iter().map(Act::from).collect() })
}
