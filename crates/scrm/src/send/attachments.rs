//! Content items as what WeCom's mass messages take beside their text.

use std::collections::HashMap;

use wecom::mass_messages::{Attachment, ImageSource};

use crate::{
    CorpId, Error, FileId, Scrm,
    files::media::{self, Need, Use},
    sop::ContentItem,
};

/// The files that WeCom must have for some items.
pub(crate) fn needs(items: &[ContentItem]) -> Vec<Need> {
    let mut needs: Vec<Need> = items.iter().filter_map(need).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}

fn need(item: &ContentItem) -> Option<Need> {
    let (file, what) = match item {
        ContentItem::Text { .. } => return None,
        ContentItem::Link(card) | ContentItem::Marketing { card, .. } => {
            (card.cover.as_ref()?, Use::Address)
        }
        ContentItem::Image { file } => (file, Use::Image),
        ContentItem::Video { file } => (file, Use::Video),
        ContentItem::File { file } => (file, Use::File),
        ContentItem::MiniProgram { cover, .. } => (cover, Use::Image),
    };
    Some(Need { file: file.file_id, what })
}

/// The attachments of some items; nothing when one of their [`needs`] is not among the known files.
pub(crate) fn filled(
    items: &[ContentItem],
    known: &HashMap<Need, String>,
) -> Option<Vec<Attachment>> {
    let mut attachments = Vec::new();
    for item in items {
        let found = match need(item) {
            Some(need) => Some(known.get(&need)?.clone()),
            None => None,
        };
        attachments.push(match (item, found) {
            (ContentItem::Link(card) | ContentItem::Marketing { card, .. }, cover) => {
                Attachment::Link {
                    title: card.title.clone(),
                    picurl: cover.unwrap_or_else(|| card.cover_url.clone()),
                    desc: card.summary.clone(),
                    url: card.url.clone(),
                }
            }
            (ContentItem::Image { .. }, Some(id)) => Attachment::Image(ImageSource::MediaId(id)),
            (ContentItem::Video { .. }, Some(media_id)) => Attachment::Video { media_id },
            (ContentItem::File { .. }, Some(media_id)) => Attachment::File { media_id },
            (ContentItem::MiniProgram { title, app_id, page, .. }, Some(pic_media_id)) => {
                let (title, appid, page) = (title.clone(), app_id.clone(), page.clone());
                Attachment::MiniProgram { title, pic_media_id, appid, page }
            }
            _ => continue,
        });
    }
    Some(attachments)
}

/// Forgets the media ids in some items after WeCom refused one with 40007; false when there are none, so
/// that another try would end the same.
pub(crate) async fn forget_media(
    scrm: &Scrm,
    corp: CorpId,
    items: &[ContentItem],
) -> Result<bool, Error> {
    let uploaded = items.iter().filter(|item| item.link().is_none());
    let files: Vec<FileId> =
        uploaded.filter_map(ContentItem::file).map(|file| file.file_id).collect();
    media::forget(scrm, corp, &files).await?;
    Ok(!files.is_empty())
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

#[cfg(test)]
mod tests;
