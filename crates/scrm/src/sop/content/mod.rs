//! What a step sends: content items, their placeholders and, in [`check`](check()), their limits.

mod check;
mod refusal;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::{PublicId, files::FileRef};

pub(crate) use check::{check, check_link};
pub use refusal::{ContentRefusal, Field};

/// One item of a step. Stored as JSON; the field names are part of the database's contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ContentItem {
    /// Text; #员工姓名# is filled with the owner's name, #客户备注# and #客户昵称# are left out in groups,
    /// #群名称# is for manual mode.
    Text {
        /// The text.
        content: String,
    },
    /// A link with a card.
    Link(LinkCard),
    /// A picture: JPG or PNG.
    Image {
        /// The picture.
        file: FileRef,
    },
    /// A card that opens a mini program.
    MiniProgram {
        /// The card's title.
        title: String,
        /// The mini program's appid; it must be linked to the company.
        app_id: String,
        /// The page inside it.
        page: String,
        /// The card's picture.
        cover: FileRef,
    },
    /// A video: MP4.
    Video {
        /// The video.
        file: FileRef,
    },
    /// A file of any kind.
    File {
        /// The file.
        file: FileRef,
    },
    /// A marketing content as it was when it was taken from the materials; it goes out as a link.
    Marketing {
        /// The material.
        material: PublicId,
        /// What of it is sent.
        #[serde(flatten)]
        card: LinkCard,
    },
}

/// A link as receivers see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCard {
    /// The card's title.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// The card's text, may be empty.
    pub summary: String,
    /// The card's picture by address, which WeCom must reach; may be empty.
    pub cover_url: String,
    /// The card's picture from the library; used in place of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<FileRef>,
}

impl ContentItem {
    /// The link that the item goes out as, if it does.
    pub(crate) fn link(&self) -> Option<&LinkCard> {
        match self {
            Self::Link(card) | Self::Marketing { card, .. } => Some(card),
            _ => None,
        }
    }

    /// The file in the item: what it sends, or its cover.
    pub fn file(&self) -> Option<&FileRef> {
        match self {
            Self::Image { file } | Self::Video { file } | Self::File { file } => Some(file),
            Self::MiniProgram { cover, .. } => Some(cover),
            Self::Link(card) | Self::Marketing { card, .. } => card.cover.as_ref(),
            Self::Text { .. } => None,
        }
    }
}

const STAFF_NAME: &str = "#员工姓名#";
const GROUP_NAME: &str = "#群名称#";
/// Of a customer, and a group has many: left out.
const OF_A_CUSTOMER: [&str; 2] = ["#客户备注#", "#客户昵称#"];

/// The step's items for one owner (and, in manual mode, one group).
pub(crate) fn filled(items: &[ContentItem], owner: &str, group: &str) -> Vec<ContentItem> {
    items
        .iter()
        .map(|item| match item {
            ContentItem::Text { content } => {
                ContentItem::Text { content: fill(content, owner, group) }
            }
            other => other.clone(),
        })
        .collect()
}

fn fill(content: &str, owner: &str, group: &str) -> String {
    let mut filled = content.replace(STAFF_NAME, owner).replace(GROUP_NAME, group);
    for placeholder in OF_A_CUSTOMER {
        filled = filled.replace(placeholder, "");
    }
    filled
}

/// A mass message has one text: several text items are joined by a newline.
pub(crate) fn joined_text(items: &[ContentItem]) -> String {
    let texts: Vec<&str> = items
        .iter()
        .filter_map(|item| match item {
            ContentItem::Text { content } => Some(content.as_str()),
            _ => None,
        })
        .collect();
    texts.join("\n")
}

/// Whether something of a customer's is left out in groups.
pub(super) fn leaves_placeholders_out(items: &[ContentItem]) -> bool {
    let text = joined_text(items);
    OF_A_CUSTOMER.iter().any(|placeholder| text.contains(placeholder))
}
