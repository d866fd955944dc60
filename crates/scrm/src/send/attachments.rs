//! Content items as what WeCom's mass messages take beside their text.

use wecom::mass_messages::Attachment;

use super::{Batch, Worker};
use crate::{Error, sop::ContentItem};

/// The attachments of some items, ready to be sent.
#[expect(clippy::unused_async, reason = "files are uploaded here")]
pub(crate) async fn ready(items: &[ContentItem]) -> Result<Vec<Attachment>, Error> {
    Ok(items.iter().filter_map(of_item).collect())
}

/// What tells the attachments of one message from those of another: kinds, and of links title and address.
/// (Media have another id after each upload, and a picture's address may come back as another.)
pub(crate) fn traits_of(items: &[ContentItem]) -> Vec<&str> {
    let mut parts = Vec::new();
    for item in items {
        match item {
            ContentItem::Text { .. } => {}
            ContentItem::Link { title, url, .. } => parts.extend(["link", title, url]),
        }
    }
    parts
}

/// The same of what WeCom lists.
pub(crate) fn traits_of_listed(attachments: &[Attachment]) -> Vec<&str> {
    let mut parts = Vec::new();
    for attachment in attachments {
        match attachment {
            Attachment::Link { title, url, .. } => parts.extend(["link", title, url]),
            _ => parts.push("other"),
        }
    }
    parts
}

fn of_item(item: &ContentItem) -> Option<Attachment> {
    match item {
        ContentItem::Text { .. } => None,
        ContentItem::Link { title, url, summary, cover_url } => Some(Attachment::Link {
            title: title.clone(),
            picurl: cover_url.clone(),
            desc: summary.clone(),
            url: url.clone(),
        }),
    }
}

/// WeCom does not know a file of the batch any more: it is uploaded anew with the next attempt.
#[expect(clippy::unused_async, reason = "files are forgotten here")]
pub(crate) async fn forget(_worker: &Worker<'_>, _batch: &Batch) -> Result<(), Error> {
    Ok(())
}
