//! The library of files. Files are uploaded beside the table of calls: see `streams`.

use schemars::JsonSchema;
use scrm::{
    FileId, audit,
    files::{self, File, Format},
    users::Right,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Nothing, Paging, Rows},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    vec![
        Endpoint::with_right(about("files/list", "素材文件", "list files"), Right::Read, list),
        Endpoint::with_right(
            about("files/delete", "删除文件", "delete a file"),
            Right::ManageMaterials,
            delete,
        ),
    ]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(default, deny_unknown_fields)]
struct List {
    paging: Paging,
}

/// A file of the library.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    id: Id,
    name: String,
    /// image, video or other.
    kind: &'static str,
    n_bytes: u64,
    created_at_ms: i64,
}

impl From<File> for Shown {
    fn from(file: File) -> Self {
        Self {
            id: Id(file.id.0),
            kind: match file.format {
                Format::Jpg | Format::Png => "image",
                Format::Mp4 => "video",
                Format::Other => "other",
            },
            name: file.name,
            n_bytes: file.n_bytes,
            created_at_ms: file.created_at_ms,
        }
    }
}

async fn list(caller: Caller, request: List) -> Result<Rows<Shown>, Refusal> {
    let page = request.paging.page();
    let (found, total) = files::list(&caller.scrm, caller.place.corp.id, page).await?;
    Ok(Rows { total, rows: found.into_iter().map(Shown::from).collect() })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct One {
    id: Id,
}

async fn delete(caller: Caller, One { id: Id(id) }: One) -> Result<Nothing, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    files::delete(scrm, corp, FileId(id)).await?;
    let subject = id.to_string();
    audit::note(scrm, corp, &caller.author(), "delete_file", &subject, &json!({})).await?;
    Ok(Nothing {})
}
