//! The two kinds of app message and their limits. Too long texts are cut, not refused.

use serde::Deserialize;

use crate::{op::AppMessageBody, wire::Refusal};

const MAX_TITLE_CHARS: usize = 128;
const MAX_DESCRIPTION_CHARS: usize = 512;
const MAX_URL_BYTES: usize = 2_048;
const MAX_TEXT_BYTES: usize = 2_048;

#[derive(Deserialize)]
pub(super) struct TextCard {
    title: Option<String>,
    description: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Text {
    content: Option<String>,
}

pub(super) fn textcard(card: Option<TextCard>) -> Result<AppMessageBody, Refusal> {
    let card = card.ok_or_else(|| Refusal::field("textcard", "missing"))?;
    let url = needed("url", card.url)?;
    if url.len() > MAX_URL_BYTES {
        return Err(Refusal::field("url", "exceed max length 2048"));
    }
    if !url.contains("://") {
        return Err(Refusal::field("url", "has no scheme"));
    }
    Ok(AppMessageBody {
        msgtype: "textcard".to_owned(),
        title: needed("title", card.title)?.chars().take(MAX_TITLE_CHARS).collect(),
        description: needed("description", card.description)?
            .chars()
            .take(MAX_DESCRIPTION_CHARS)
            .collect(),
        url,
        content: String::new(),
    })
}

pub(super) fn text(text: Option<Text>) -> Result<AppMessageBody, Refusal> {
    let content = text.and_then(|text| text.content).filter(|content| !content.is_empty());
    let mut content = content.ok_or_else(|| Refusal::of(44004))?;
    content.truncate(content.floor_char_boundary(MAX_TEXT_BYTES));
    Ok(AppMessageBody { msgtype: "text".to_owned(), content, ..AppMessageBody::default() })
}

fn needed(name: &str, value: Option<String>) -> Result<String, Refusal> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| Refusal::field(name, "missing"))
}
