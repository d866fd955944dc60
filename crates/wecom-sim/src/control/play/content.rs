//! What a message contains, as the page names it.

use serde::Serialize;
use serde_json::Value;

use crate::{desk::Desk, state::mass::Row};

#[derive(Serialize)]
pub(super) struct Content {
    text: String,
    attachments: Vec<Attachment>,
}

#[derive(Serialize)]
struct Attachment {
    /// `image`, `link`, `miniprogram`, `video` or `file`.
    kind: String,
    /// Its title or its file's name; empty for a medium that nobody knows.
    name: String,
    /// Where a link leads.
    #[serde(skip_serializing_if = "String::is_empty")]
    url: String,
}

impl Content {
    pub(super) fn of_text(text: &str) -> Self {
        Self { text: text.to_owned(), attachments: Vec::new() }
    }
}

pub(super) fn of_mass(desk: &Desk, row: &Row) -> Content {
    let attachments = row.attachments.iter().map(|given| attachment(desk, given)).collect();
    Content { text: row.text.clone(), attachments }
}

fn attachment(desk: &Desk, given: &Value) -> Attachment {
    let kind = given["msgtype"].as_str().unwrap_or_default();
    let field = |name: &str| given[kind][name].as_str().unwrap_or_default().to_owned();
    let name = match kind {
        "link" | "miniprogram" => field("title"),
        _ => {
            let known = desk.state.media.file_name(&field("media_id"));
            known.map_or_else(|| field("pic_url"), str::to_owned)
        }
    };
    let url = if kind == "link" { field("url") } else { String::new() };
    Attachment { kind: kind.to_owned(), name, url }
}
