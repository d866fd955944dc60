//! The XML of an event.

use std::fmt::Write;

use crate::{callback::ReceiverKind, world::StaffNo};

/// An event before it is written.
pub(crate) struct Event {
    pub(crate) to: ReceiverKind,
    /// Only told while this member is in the visible range.
    pub(crate) about: Option<StaffNo>,
    from: String,
    event: &'static str,
    body: String,
}

impl Event {
    /// An event of a customer, a group or a tag.
    pub(crate) fn customer(about: StaffNo, change_type: &str) -> Self {
        Self::of(ReceiverKind::App, "change_external_contact").about(about).kind(change_type)
    }

    pub(crate) fn chat(about: StaffNo, change_type: &str, chat_id: &str) -> Self {
        let event = Self::of(ReceiverKind::App, "change_external_chat").about(about);
        event.text("ChatId", chat_id).kind(change_type)
    }

    pub(crate) fn tag(change_type: &str, id: &str, is_group: bool) -> Self {
        let tag_type = if is_group { "tag_group" } else { "tag" };
        let event = Self::of(ReceiverKind::App, "change_external_tag");
        event.text("Id", id).text("TagType", tag_type).kind(change_type)
    }

    /// The tags of a group, or with an empty id the groups, stand in another order.
    pub(crate) fn tags_shuffled(group_id: &str) -> Self {
        Self::of(ReceiverKind::App, "change_external_tag").text("Id", group_id).kind("shuffle")
    }

    /// An event of staff or departments, whose change type is plain text.
    pub(crate) fn contact(change_type: &str) -> Self {
        let mut event = Self::of(ReceiverKind::Contact, "change_contact");
        event.element("ChangeType", change_type);
        event
    }

    /// A member entered or left the app's visible range.
    pub(crate) fn subscription(userid: &str, event: &'static str) -> Self {
        let mut event = Self::of(ReceiverKind::App, event);
        userid.clone_into(&mut event.from);
        event
    }

    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        self.element(name, &cdata(value));
        self
    }

    /// Left out when there is nothing to say.
    pub(crate) fn text_unless_empty(self, name: &str, value: &str) -> Self {
        if value.is_empty() { self } else { self.text(name, value) }
    }

    pub(crate) fn number(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.element(name, &value.to_string());
        self
    }

    pub(crate) fn items(mut self, name: &str, values: &[&str]) -> Self {
        let items: String =
            values.iter().map(|value| format!("<Item>{}</Item>", cdata(value))).collect();
        self.element(name, &items);
        self
    }

    /// The whole text, as of this second.
    pub(crate) fn xml(&self, corp_id: &str, now_s: i64) -> String {
        let mut all = String::from("<xml>");
        for (name, value) in [
            ("ToUserName", cdata(corp_id)),
            ("FromUserName", cdata(&self.from)),
            ("CreateTime", now_s.to_string()),
            ("MsgType", cdata("event")),
            ("Event", cdata(self.event)),
        ] {
            write!(all, "<{name}>{value}</{name}>").expect("a text takes all");
        }
        all + &self.body + "</xml>"
    }

    fn of(to: ReceiverKind, event: &'static str) -> Self {
        Self { to, about: None, from: "sys".to_owned(), event, body: String::new() }
    }

    fn about(mut self, about: StaffNo) -> Self {
        self.about = Some(about);
        self
    }

    fn kind(self, change_type: &str) -> Self {
        self.text("ChangeType", change_type)
    }

    fn element(&mut self, name: &str, value: &str) {
        write!(self.body, "<{name}>{value}</{name}>").expect("a text takes all");
    }
}

fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}
