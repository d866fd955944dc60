//! What a mass message may contain: a text, up to nine attachments, not neither.

use serde::Deserialize;
use serde_json::Value;

use crate::{desk::Desk, wire::Refusal};

const MAX_TEXT_BYTES: usize = 4_000;
const MAX_ATTACHMENTS: usize = 9;

#[derive(Deserialize)]
pub(super) struct Text {
    content: Option<String>,
}

/// Content that WeCom accepts.
pub(super) struct Content {
    pub(super) text: String,
    pub(super) attachments: Vec<Value>,
}

/// A field of an attachment: its name, whether it must be there, its longest value in bytes.
type Field = (&'static str, bool, usize);

const ANY_LENGTH: usize = usize::MAX;

pub(super) fn check(
    text: Option<Text>,
    attachments: Option<Vec<Value>>,
) -> Result<Content, Refusal> {
    let has_text = text.is_some();
    let text = text.and_then(|text| text.content).unwrap_or_default();
    let attachments = attachments.unwrap_or_default();
    if text.is_empty() && attachments.is_empty() {
        return Err(Refusal::of(if has_text { 44004 } else { 40063 }));
    }
    if text.len() > MAX_TEXT_BYTES {
        return Err(Refusal::of(45002));
    }
    if attachments.len() > MAX_ATTACHMENTS {
        return Err(Refusal::of(41064));
    }
    attachments.iter().try_for_each(check_attachment)?;
    Ok(Content { text, attachments })
}

/// 40007 for a medium that was not uploaded, is too old, or is of another kind.
pub(super) fn check_media(desk: &Desk, attachments: &[Value]) -> Result<(), Refusal> {
    let now_ms = desk.now_ms();
    for attachment in attachments {
        let msgtype = attachment["msgtype"].as_str().unwrap_or_default();
        let (field, kind) = match msgtype {
            "miniprogram" => ("pic_media_id", "image"),
            "image" | "video" | "file" => ("media_id", msgtype),
            _ => continue,
        };
        let media_id = attachment[msgtype][field].as_str().unwrap_or_default();
        let url = attachment[msgtype]["pic_url"].as_str().unwrap_or_default();
        let good = if media_id.is_empty() {
            desk.state.media.has_image(url)
        } else {
            let found = desk.state.media.find(media_id, desk.limits.media_ttl_s, now_ms);
            found.is_some_and(|medium| medium.kind == kind)
        };
        if !good {
            return Err(Refusal::of(40007));
        }
    }
    Ok(())
}

fn check_attachment(attachment: &Value) -> Result<(), Refusal> {
    let msgtype = attachment["msgtype"].as_str().unwrap_or_default();
    let fields: &[Field] = match msgtype {
        "image" => &[("media_id", false, ANY_LENGTH), ("pic_url", false, ANY_LENGTH)],
        "link" => &[
            ("title", true, 128),
            ("picurl", false, 2_048),
            ("desc", false, 512),
            ("url", true, 2_048),
        ],
        "miniprogram" => &[
            ("title", true, 64),
            ("pic_media_id", true, ANY_LENGTH),
            ("appid", true, ANY_LENGTH),
            ("page", true, ANY_LENGTH),
        ],
        "video" | "file" => &[("media_id", true, ANY_LENGTH)],
        _ => return Err(Refusal::of(41065)),
    };
    let value = |name: &str| attachment[msgtype][name].as_str().unwrap_or_default();
    for (name, needed, max_bytes) in fields {
        if *needed && value(name).is_empty() {
            return Err(Refusal::field(name, "missing"));
        }
        if value(name).len() > *max_bytes {
            return Err(Refusal::field(name, "too long"));
        }
    }
    if msgtype == "image" && value("media_id").is_empty() && value("pic_url").is_empty() {
        return Err(Refusal::field("media_id", "missing"));
    }
    Ok(())
}
