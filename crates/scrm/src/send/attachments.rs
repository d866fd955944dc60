//! Content items as what WeCom's mass messages take beside their text.

use wecom::mass_messages::Attachment;

use crate::{Error, sop::ContentItem};

/// The attachments of some items, ready to be sent.
#[expect(clippy::unused_async, reason = "files are uploaded here")]
pub(crate) async fn ready(items: &[ContentItem]) -> Result<Vec<Attachment>, Error> {
    Ok(items.iter().filter_map(of_item).collect())
}

/// What tells the attachments of one message from those of another: kinds, of links title and address, of
/// mini programs the page. (Media have another id after each upload, and a picture's address may come back
/// as another.)
pub(crate) fn traits_of(items: &[ContentItem]) -> Vec<&str> {
    let mut parts = Vec::new();
    for item in items {
        match item {
            ContentItem::Text { .. } => {}
            ContentItem::Link(card) | ContentItem::Marketing { card, .. } => {
                parts.extend(["link", card.title.as_str(), card.url.as_str()]);
            }
            ContentItem::Image { .. } => parts.push("image"),
            ContentItem::Video { .. } => parts.push("video"),
            ContentItem::File { .. } => parts.push("file"),
            ContentItem::MiniProgram { title, app_id, page, .. } => {
                parts.extend(["miniprogram", title.as_str(), app_id.as_str(), page.as_str()]);
            }
        }
    }
    parts
}

/// The same of what WeCom lists.
pub(crate) fn traits_of_listed(attachments: &[Attachment]) -> Vec<&str> {
    let mut parts = Vec::new();
    for attachment in attachments {
        match attachment {
            Attachment::Link { title, url, .. } => {
                parts.extend(["link", title.as_str(), url.as_str()]);
            }
            Attachment::Image(_) => parts.push("image"),
            Attachment::Video { .. } => parts.push("video"),
            Attachment::File { .. } => parts.push("file"),
            Attachment::MiniProgram { title, appid, page, .. } => {
                parts.extend(["miniprogram", title.as_str(), appid.as_str(), page.as_str()]);
            }
            Attachment::Other(_) => parts.push("other"),
        }
    }
    parts
}

fn of_item(item: &ContentItem) -> Option<Attachment> {
    item.link().map(|card| Attachment::Link {
        title: card.title.clone(),
        picurl: card.cover_url.clone(),
        desc: card.summary.clone(),
        url: card.url.clone(),
    })
}
