//! SOP任务: `sopDatas`, what a step sends.

use schemars::JsonSchema;
use scrm::sop::ContentItem;
use serde::{Deserialize, Serialize};

use crate::{
    Caller, Refusal,
    wire::{HttpAddress, Integer, List, Object, Optional, Text},
};

/// Items of a step, at most.
const MAX_ITEMS: usize = 20;

/// One or more items.
pub(super) type SopDatas = List<Object<SopData>, 1, MAX_ITEMS>;

/// One thing to send. Accepted are type 1 (a text: content) and type 3 (a link: link, title, and if
/// wanted content as its description and fileUrl as its cover).
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SopData {
    /// 1 text, 3 link; other kinds are refused.
    #[serde(rename = "type")]
    kind: Integer<0, 999>,
    /// The text of type 1; the description of type 3.
    #[serde(default)]
    content: Optional<Text<0, 4_000>>,
    /// The title of type 3.
    #[serde(default)]
    title: Optional<Text<0, 128>>,
    /// The address of type 3.
    #[serde(default)]
    link: Optional<HttpAddress>,
    /// The cover's address of type 3.
    #[serde(default)]
    file_url: Optional<HttpAddress>,
}

/// The domain's items; `path` is where the list stands in the request.
pub(super) async fn items(
    _caller: &Caller,
    path: &str,
    items: SopDatas,
) -> Result<Vec<ContentItem>, Refusal> {
    let item = |(no, Object(data))| item(&format!("{path}[{no}]"), data);
    items.0.into_iter().enumerate().map(item).collect()
}

/// An item as it is shown; members that its kind does not have are left out.
#[derive(Serialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownData {
    /// 1 text, 3 link.
    #[serde(rename = "type")]
    kind: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_url: Option<String>,
}

impl From<&ContentItem> for ShownData {
    fn from(item: &ContentItem) -> Self {
        let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        match item {
            ContentItem::Text { content } => {
                Self { kind: 1, content: Some(content.clone()), ..Self::default() }
            }
            ContentItem::Link { title, url, summary, cover_url } => Self {
                kind: 3,
                title: Some(title.clone()),
                link: Some(url.clone()),
                content: filled(summary),
                file_url: filled(cover_url),
            },
        }
    }
}

fn item(path: &str, data: SopData) -> Result<ContentItem, Refusal> {
    let required = |member: &str, kind: &str| {
        Refusal::field(&format!("{path}.{member}"), format_args!("is required for {kind}"))
    };
    let content = data.content.0.map(|Text(content)| content);
    match data.kind.get() {
        1 => {
            let content = content.filter(|content| !content.trim().is_empty());
            let content = content.ok_or_else(|| required("content", "a text"))?;
            Ok(ContentItem::Text { content })
        }
        3 => {
            let HttpAddress(url) = data.link.0.ok_or_else(|| required("link", "a link"))?;
            let Text(title) = data.title.0.ok_or_else(|| required("title", "a link"))?;
            let cover_url = data.file_url.0.map(|HttpAddress(url)| url).unwrap_or_default();
            Ok(ContentItem::Link { title, url, summary: content.unwrap_or_default(), cover_url })
        }
        other => {
            let why = format_args!("{other} is not accepted, only 1 (text) and 3 (link)");
            Err(Refusal::field(&format!("{path}.type"), why))
        }
    }
}
