//! Content items as what WeCom's mass messages take beside their text.

use wecom::{
    mass_messages::{Attachment, ImageSource},
    media::MediaKind,
};

use crate::{
    CorpId, Error, FileId, Scrm,
    files::media,
    sop::{ContentItem, LinkCard},
};

/// The attachments of some items, ready to be sent: what WeCom does not have, or not for long any more, is
/// uploaded. [`Error::Attachment`] tells which file could not be, and whether a later try may do.
pub(crate) async fn ready(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    items: &[ContentItem],
) -> Result<Vec<Attachment>, Error> {
    let mut attachments = Vec::new();
    for item in items {
        attachments.push(match item {
            ContentItem::Text { .. } => continue,
            ContentItem::Link(card) | ContentItem::Marketing { card, .. } => {
                link(scrm, corp, client, card).await?
            }
            ContentItem::Image { file } => Attachment::Image(ImageSource::MediaId(
                media::media_id(scrm, corp, client, file, MediaKind::Image).await?,
            )),
            ContentItem::Video { file } => Attachment::Video {
                media_id: media::media_id(scrm, corp, client, file, MediaKind::Video).await?,
            },
            ContentItem::File { file } => Attachment::File {
                media_id: media::media_id(scrm, corp, client, file, MediaKind::File).await?,
            },
            ContentItem::MiniProgram { title, app_id, page, cover } => Attachment::MiniProgram {
                title: title.clone(),
                pic_media_id: media::media_id(scrm, corp, client, cover, MediaKind::Image).await?,
                appid: app_id.clone(),
                page: page.clone(),
            },
        });
    }
    Ok(attachments)
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

async fn link(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    card: &LinkCard,
) -> Result<Attachment, Error> {
    let picurl = match &card.cover {
        Some(cover) => media::image_url(scrm, corp, client, cover).await?,
        None => card.cover_url.clone(),
    };
    Ok(Attachment::Link {
        title: card.title.clone(),
        picurl,
        desc: card.summary.clone(),
        url: card.url.clone(),
    })
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
