//! The one file in a multipart body, read as strictly and as simply as WeCom does.

use crate::wire::{Asked, Refusal};

/// An uploaded file.
pub(super) struct Upload<'a> {
    pub(super) file_name: String,
    pub(super) content: &'a [u8],
}

/// The first part with a file name, and with this field name if one is asked for; else 44001.
pub(super) fn file<'a>(asked: &'a Asked, field: Option<&str>) -> Result<Upload<'a>, Refusal> {
    let boundary = asked.content_type.split_once("boundary=").map(|(_, rest)| rest);
    let boundary = boundary.and_then(|rest| rest.split(';').next()).map(|b| b.trim_matches('"'));
    let boundary = boundary.filter(|b| !b.is_empty()).ok_or_else(|| Refusal::of(44001))?;
    let mark = format!("--{boundary}");
    let mut rest: &[u8] = &asked.body;
    while let Some(at) = find(rest, mark.as_bytes()) {
        rest = &rest[at + mark.len()..];
        let Some(end_of_head) = find(rest, b"\r\n\r\n") else { break };
        let head = String::from_utf8_lossy(&rest[..end_of_head]);
        let content = &rest[end_of_head + 4..];
        let Some(end) = find(content, format!("\r\n{mark}").as_bytes()) else { break };
        if let Some(file_name) = file_name(&head, field) {
            return Ok(Upload { file_name, content: &content[..end] });
        }
        rest = &content[end..];
    }
    Err(Refusal::of(44001))
}

/// `filename*` is not understood: its value becomes the name as it stands.
fn file_name(head: &str, field: Option<&str>) -> Option<String> {
    let mut lines = head.lines();
    let line = lines.find(|line| line.to_ascii_lowercase().starts_with("content-disposition"))?;
    let value = |name: &str| {
        let found = line.split(';').find_map(|part| part.trim().strip_prefix(name));
        found.map(|value| value.trim_matches('"').to_owned())
    };
    if field.is_some_and(|field| value("name=").as_deref() != Some(field)) {
        return None;
    }
    value("filename=").or_else(|| value("filename*="))
}

fn find(all: &[u8], part: &[u8]) -> Option<usize> {
    all.windows(part.len()).position(|window| window == part)
}
