//! What a step sends: content items, their limits, and their placeholders.

use serde::{Deserialize, Serialize};
use wecom::mass_messages as limits;

use super::Mode;
use crate::{Error, text};

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
    Link {
        /// The card's title.
        title: String,
        /// Where it leads.
        url: String,
        /// The card's text, may be empty.
        summary: String,
        /// The card's picture, may be empty.
        cover_url: String,
    },
}

const STAFF_NAME: &str = "#员工姓名#";
const GROUP_NAME: &str = "#群名称#";
/// Of a customer, and a group has many: left out.
const OF_A_CUSTOMER: [&str; 2] = ["#客户备注#", "#客户昵称#"];
/// WeCom's limits of a link's members in bytes (D92135).
const MAX_LINK_TITLE_BYTES: usize = 128;
const MAX_LINK_SUMMARY_BYTES: usize = 512;
const MAX_URL_BYTES: usize = 2_048;

/// Checks a step's items against WeCom's limits. `step` (from 1) is named in the refusal.
pub(crate) fn check(items: &[ContentItem], mode: Mode, step: usize) -> Result<(), Error> {
    let refused = |what: String| Err(Error::Invalid(format!("step {step}: {what}")));
    if items.is_empty() {
        return refused("there is nothing to send".to_owned());
    }
    for (place, item) in (1..).zip(items) {
        if let Err(what) = check_item(item, mode) {
            return refused(format!("item {place}: {what}"));
        }
    }
    // Names of 32 Chinese characters are the longest that are met; whoever's it is, the text must fit.
    let longest_name = "名".repeat(if mode == Mode::Assistant { 32 } else { 0 });
    let text_bytes = joined_text(items).replace(STAFF_NAME, &longest_name).len();
    if text_bytes > limits::MAX_TEXT_BYTES {
        let most = limits::MAX_TEXT_BYTES;
        return refused(format!("the text has {text_bytes} bytes, WeCom takes {most}"));
    }
    let n_attachments =
        items.iter().filter(|item| !matches!(item, ContentItem::Text { .. })).count();
    if n_attachments > limits::MAX_ATTACHMENTS {
        let most = limits::MAX_ATTACHMENTS;
        return refused(format!("{n_attachments} attachments, WeCom takes {most}"));
    }
    // Placeholders alone may leave nothing behind.
    let filled = fill(&joined_text(items), "", "");
    if n_attachments == 0 && filled.trim().is_empty() {
        return refused(
            "its text is empty once the placeholders of customers are left out".to_owned(),
        );
    }
    Ok(())
}

fn check_item(item: &ContentItem, mode: Mode) -> Result<(), String> {
    match item {
        ContentItem::Text { content } => {
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
        ContentItem::Link { title, url, summary, cover_url } => {
            check_bytes("the title of the link", title, MAX_LINK_TITLE_BYTES)?;
            check_bytes("the summary of the link", summary, MAX_LINK_SUMMARY_BYTES)?;
            check_bytes("the cover's address", cover_url, MAX_URL_BYTES)?;
            check_bytes("the address of the link", url, MAX_URL_BYTES)?;
            if title.trim().is_empty() {
                return Err("the link has no title".to_owned());
            }
            if !is_web_address(url) {
                return Err(format!(
                    "the link's address {url:?} does not begin with http:// or https://"
                ));
            }
            if !cover_url.is_empty() && !is_web_address(cover_url) {
                return Err(format!("the cover's address {cover_url:?} is not a web address"));
            }
            Ok(())
        }
    }
}

fn check_bytes(what: &str, value: &str, most: usize) -> Result<(), String> {
    if !text::is_storable(value) {
        return Err(format!("{what} holds a NUL character"));
    }
    if value.len() > most {
        return Err(format!("{what} has {} bytes, WeCom takes {most}", value.len()));
    }
    Ok(())
}

fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// The step's items for one owner (and, in manual mode, one group).
pub(crate) fn filled(items: &[ContentItem], owner: &str, group: &str) -> Vec<ContentItem> {
    items
        .iter()
        .map(|item| match item {
            ContentItem::Text { content } => {
                ContentItem::Text { content: fill(content, owner, group) }
            }
            link @ ContentItem::Link { .. } => link.clone(),
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

/// Whether something of a customer's is left out in groups.
pub(super) fn leaves_placeholders_out(items: &[ContentItem]) -> bool {
    let text = joined_text(items);
    OF_A_CUSTOMER.iter().any(|placeholder| text.contains(placeholder))
}

/// A mass message has one text: several text items are joined by a newline.
pub(crate) fn joined_text(items: &[ContentItem]) -> String {
    let texts: Vec<&str> = items
        .iter()
        .filter_map(|item| match item {
            ContentItem::Text { content } => Some(content.as_str()),
            ContentItem::Link { .. } => None,
        })
        .collect();
    texts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content: &str) -> ContentItem {
        ContentItem::Text { content: content.to_owned() }
    }

    fn link(title: &str, url: &str) -> ContentItem {
        ContentItem::Link {
            title: title.to_owned(),
            url: url.to_owned(),
            summary: String::new(),
            cover_url: String::new(),
        }
    }

    fn refusal(items: &[ContentItem]) -> String {
        check(items, Mode::Assistant, 2).unwrap_err().to_string()
    }

    #[test]
    fn content_over_wecoms_limits_is_refused_and_named() {
        assert_eq!(refusal(&[]), "step 2: there is nothing to send");
        assert!(refusal(&[text("  ")]).contains("item 1: the text is empty"));
        assert!(refusal(&[text(&"好".repeat(1_334))]).contains("4002 bytes"));
        assert!(check(&[text(&"好".repeat(1_333))], Mode::Assistant, 1).is_ok());
        assert!(refusal(&[text("a"), link("t", "ftp://x")]).contains("item 2: the link's address"));
        assert!(refusal(&[link(&"题".repeat(43), "https://a.cn")]).contains("129 bytes"));
        assert!(refusal(&vec![link("t", "https://a.cn"); 10]).contains("10 attachments"));
        assert!(refusal(&[text("#客户备注##客户昵称#")]).contains("empty once"));
        assert!(refusal(&[text("你好\0")]).contains("NUL"));
    }

    #[test]
    fn the_groups_name_is_for_manual_mode_only() {
        assert!(refusal(&[text("#群名称#")]).contains("by hand"));
        check(&[text("欢迎来到#群名称#")], Mode::Manual, 1).unwrap();
    }

    #[test]
    fn placeholders_are_filled_for_the_owner_and_left_out_for_customers() {
        let items = [text("#客户备注##客户昵称#我是#员工姓名#"), text("在#群名称#")];
        let filled = filled(&items, "王芳", "福利群");
        assert_eq!(joined_text(&filled), "我是王芳\n在福利群");
    }
}
