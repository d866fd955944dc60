//! `media/upload` and `media/uploadimg`. The content is looked at and forgotten.

use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes, multipart},
    chance,
    desk::Desk,
    op::{Medium, Op},
    wire::{self, Answer, Asked, Refusal},
};

pub(super) const UPLOAD: Call =
    Call { path: "media/upload", takes: Takes::File, lists: &[], answer: Answers::Tree(upload) };
pub(super) const UPLOAD_IMAGE: Call = Call {
    path: "media/uploadimg",
    takes: Takes::File,
    lists: &[],
    answer: Answers::Tree(upload_image),
};

const MIN_BYTES: usize = 6;
const MAX_PICTURE_BYTES: usize = 2 << 20;

fn upload(desk: &mut Desk, asked: &Asked) -> Answer {
    let kind = asked.param("type").unwrap_or_default();
    let (max_bytes, too_large) = match kind {
        "image" => (10 << 20, 40009),
        "voice" => (2 << 20, 45001),
        "video" => (10 << 20, 40011),
        "file" => (20 << 20, 45001),
        _ => return Err(Refusal::of(40004)),
    };
    let file = multipart::file(asked, Some("media"))?;
    if file.content.len() < MIN_BYTES {
        return Err(Refusal::of(40006));
    }
    if file.content.len() > max_bytes {
        return Err(Refusal::of(too_large));
    }
    if !looks_like(kind, file.content) {
        return Err(Refusal::of(40005));
    }
    let n = desk.state.media.n() as u64;
    let at_ms = desk.now_ms();
    let media_id = chance::id(&mut chance::rng(desk.config.seed, "medium", n), "3", 60);
    let medium = Medium {
        media_id: media_id.clone(),
        kind: kind.to_owned(),
        file_name: file.file_name,
        n_bytes: file.content.len(),
        at_ms,
    };
    desk.record(Op::MediaUploaded { at_ms, medium })?;
    // A text, not a number, unlike in the other upload call.
    let created_at = wire::seconds(at_ms).to_string();
    Ok(json!({ "errmsg": "", "type": kind, "media_id": media_id, "created_at": created_at }))
}

fn upload_image(desk: &mut Desk, asked: &Asked) -> Answer {
    let file = multipart::file(asked, None)?;
    if file.content.len() < MIN_BYTES {
        return Err(Refusal::of(40006));
    }
    if file.content.len() > MAX_PICTURE_BYTES {
        return Err(Refusal::of(40009));
    }
    if !looks_like("image", file.content) {
        return Err(Refusal::of(40123));
    }
    let n = desk.state.media.n() as u64;
    let mut rng = chance::rng(desk.config.seed, "picture", n);
    let url = format!("http://p.qpic.cn/pic_wework/{}/0", chance::id(&mut rng, "", 40));
    desk.record(Op::ImageUploaded { at_ms: desk.now_ms(), url: url.clone() })?;
    Ok(json!({ "errmsg": "", "url": url }))
}

/// JPG or PNG, AMR, MP4; a file is anything.
fn looks_like(kind: &str, content: &[u8]) -> bool {
    match kind {
        "image" => content.starts_with(b"\xff\xd8\xff") || content.starts_with(b"\x89PNG"),
        "voice" => content.starts_with(b"#!AMR"),
        "video" => content.get(4..8) == Some(b"ftyp"),
        _ => true,
    }
}
