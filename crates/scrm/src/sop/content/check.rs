//! Items against WeCom's limits [D92135][D90253], so that a mistake shows when it is made and not when the
//! message is due.

use wecom::{mass_messages as limits, media::MediaKind};

use super::{
    ContentItem, ContentRefusal, Field, GROUP_NAME, LinkCard, STAFF_NAME, fill, joined_text,
};
use crate::{
    Error,
    files::{FileRef, MIN_BYTES},
    sop::Mode,
    text,
};

/// WeCom's limits in bytes [D92135].
const MAX_LINK_TITLE_BYTES: usize = 128;
const MAX_LINK_SUMMARY_BYTES: usize = 512;
const MAX_URL_BYTES: usize = 2_048;
const MAX_MINI_PROGRAM_TITLE_BYTES: usize = 64;
/// WeCom gives none; an appid has 18 characters.
const MAX_APP_ID_BYTES: usize = 64;
/// WeCom gives none in mass messages; in others it is this.
const MAX_PAGE_BYTES: usize = 1_024;

/// What is wrong with one item.
type Wrong = (Field, String);

/// Checks a step's items against WeCom's limits. `step` (from 1) is named in the refusal, which is
/// [`Error::Content`].
pub(crate) fn check(items: &[ContentItem], mode: Mode, step: usize) -> Result<(), Error> {
    let refused = |item: Option<usize>, field: Option<Field>, what: String| {
        Err(Error::Content(ContentRefusal { step, item, field, what }))
    };
    let of_step = |what: String| refused(None, None, what);
    if items.is_empty() {
        return of_step("there is nothing to send".to_owned());
    }
    for (place, item) in (1..).zip(items) {
        if let Err((field, what)) = check_item(item, mode) {
            return refused(Some(place), Some(field), what);
        }
    }
    // Names of 32 Chinese characters are the longest that are met; whoever's it is, the text must fit.
    let longest_name = "名".repeat(if mode == Mode::Assistant { 32 } else { 0 });
    let text_bytes = joined_text(items).replace(STAFF_NAME, &longest_name).len();
    if text_bytes > limits::MAX_TEXT_BYTES {
        let most = limits::MAX_TEXT_BYTES;
        return of_step(format!("the text has {text_bytes} bytes, WeCom takes {most}"));
    }
    let n_attachments =
        items.iter().filter(|item| !matches!(item, ContentItem::Text { .. })).count();
    if n_attachments > limits::MAX_ATTACHMENTS {
        let most = limits::MAX_ATTACHMENTS;
        return of_step(format!("{n_attachments} attachments, WeCom takes {most}"));
    }
    // Placeholders alone may leave nothing behind.
    let filled = fill(&joined_text(items), "", "");
    if n_attachments == 0 && filled.trim().is_empty() {
        return of_step(
            "its text is empty once the placeholders of customers are left out".to_owned(),
        );
    }
    Ok(())
}

fn check_item(item: &ContentItem, mode: Mode) -> Result<(), Wrong> {
    match item {
        ContentItem::Text { content } => {
            check_text(content, mode).map_err(|what| (Field::Text, what))
        }
        ContentItem::Link(card) | ContentItem::Marketing { card, .. } => check_link(card),
        ContentItem::Image { file } => {
            check_file(Field::File, "the picture", file, MediaKind::Image)
        }
        ContentItem::Video { file } => check_file(Field::File, "the video", file, MediaKind::Video),
        ContentItem::File { file } => check_file(Field::File, "the file", file, MediaKind::File),
        ContentItem::MiniProgram { title, app_id, page, cover } => {
            let most = MAX_MINI_PROGRAM_TITLE_BYTES;
            check_filled(Field::Title, "the mini program's title", title, most)?;
            check_filled(Field::AppId, "the mini program's appid", app_id, MAX_APP_ID_BYTES)?;
            check_filled(Field::Page, "the mini program's page", page, MAX_PAGE_BYTES)?;
            check_file(Field::Cover, "the mini program's cover", cover, MediaKind::Image)
        }
    }
}

fn check_text(content: &str, mode: Mode) -> Result<(), String> {
    if content.trim().is_empty() {
        return Err("the text is empty".to_owned());
    }
    if !text::is_storable(content) {
        return Err("the text holds a NUL character".to_owned());
    }
    if mode == Mode::Assistant && content.contains(GROUP_NAME) {
        return Err(format!(
            "{GROUP_NAME} is for SOPs sent by hand: a mass message is the same for every group"
        ));
    }
    Ok(())
}

/// Checks what a link or a marketing content shows.
pub(crate) fn check_link(card: &LinkCard) -> Result<(), Wrong> {
    let LinkCard { title, url, summary, cover_url, cover } = card;
    check_filled(Field::Title, "the title of the link", title, MAX_LINK_TITLE_BYTES)?;
    check_bytes(Field::Summary, "the summary of the link", summary, MAX_LINK_SUMMARY_BYTES)?;
    check_bytes(Field::Cover, "the cover's address", cover_url, MAX_URL_BYTES)?;
    check_bytes(Field::Url, "the address of the link", url, MAX_URL_BYTES)?;
    if !is_web_address(url) {
        let what = format!("the link's address {url:?} does not begin with http:// or https://");
        return Err((Field::Url, what));
    }
    if !cover_url.is_empty() && !is_web_address(cover_url) {
        return Err((
            Field::Cover,
            format!("the cover's address {cover_url:?} is not a web address"),
        ));
    }
    match cover {
        Some(cover) => check_cover(cover),
        None => Ok(()),
    }
}

/// A link's cover is uploaded for good, and then may not be as large as other pictures.
fn check_cover(cover: &FileRef) -> Result<(), Wrong> {
    check_file(Field::Cover, "the cover", cover, MediaKind::Image)?;
    let most = wecom::media::MAX_PERMANENT_IMAGE_BYTES;
    if cover.n_bytes > most as u64 {
        let what = format!("the cover has {} bytes, WeCom takes {most}", cover.n_bytes);
        return Err((Field::Cover, what));
    }
    Ok(())
}

fn check_file(field: Field, what: &str, file: &FileRef, kind: MediaKind) -> Result<(), Wrong> {
    let FileRef { name, format, n_bytes, .. } = file;
    let fits = match kind {
        MediaKind::Image if !format.is_image() => Err("is neither JPG nor PNG"),
        MediaKind::Video if format.mime() != "video/mp4" => Err("is not MP4"),
        _ => Ok(()),
    };
    let most = kind.max_bytes();
    if let Err(why) = fits {
        return Err((field, format!("{what} {name:?} {why} by its content")));
    }
    if *n_bytes < MIN_BYTES as u64 {
        return Err((
            field,
            format!("{what} {name:?} has {n_bytes} bytes, WeCom wants more than 5"),
        ));
    }
    if *n_bytes > most as u64 {
        return Err((field, format!("{what} {name:?} has {n_bytes} bytes, WeCom takes {most}")));
    }
    Ok(())
}

fn check_filled(field: Field, what: &str, value: &str, most: usize) -> Result<(), Wrong> {
    if value.trim().is_empty() {
        return Err((field, format!("{what} is empty")));
    }
    check_bytes(field, what, value, most)
}

fn check_bytes(field: Field, what: &str, value: &str, most: usize) -> Result<(), Wrong> {
    if !text::is_storable(value) {
        return Err((field, format!("{what} holds a NUL character")));
    }
    if value.len() > most {
        return Err((field, format!("{what} has {} bytes, WeCom takes {most}", value.len())));
    }
    Ok(())
}

fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}
