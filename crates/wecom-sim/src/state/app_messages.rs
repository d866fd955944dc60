//! App messages that reached staff, and the requests that must not be delivered again.

use std::collections::HashMap;

use crate::{
    op::{AppMessageBody, Repeats},
    view::AppMessage,
};

/// Deliveries in order, one for each receiver.
#[derive(Default)]
pub(crate) struct AppMessages {
    entries: Vec<AppMessage>,
    /// Accepted requests answered with success without a delivery.
    pub(crate) n_suppressed: u64,
    /// Accepted calls, for the next msgid.
    pub(crate) n_accepted: u64,
    repeats: HashMap<String, (i64, String)>,
}

impl AppMessages {
    pub(crate) fn entries(&self) -> &[AppMessage] {
        &self.entries
    }

    /// The msgid under which a request with this digest was delivered, while that counts.
    pub(crate) fn delivered_as(&self, digest: &str, now_ms: i64) -> Option<&str> {
        let (until_ms, msgid) = self.repeats.get(digest)?;
        (now_ms < *until_ms).then_some(msgid.as_str())
    }

    /// When the message of this msgid went out; `None` for an unknown one.
    pub(crate) fn sent_at_ms(&self, msgid: &str) -> Option<i64> {
        self.entries.iter().rev().find(|entry| entry.msgid == msgid).map(|entry| entry.at_ms)
    }

    pub(super) fn recall(&mut self, msgid: &str, at_ms: i64) {
        for entry in self.entries.iter_mut().filter(|entry| entry.msgid == msgid) {
            entry.recalled_at_ms = Some(at_ms);
        }
    }

    pub(super) fn deliver(
        &mut self,
        at_ms: i64,
        msgid: &str,
        users: Vec<String>,
        body: &AppMessageBody,
        repeats: Option<Repeats>,
    ) {
        self.n_accepted += 1;
        if let Some(Repeats { digest, until_ms }) = repeats {
            self.repeats.insert(digest, (until_ms, msgid.to_owned()));
        }
        for touser in users {
            let AppMessageBody { msgtype, title, description, url, content } = body.clone();
            self.entries.push(AppMessage {
                seq: self.entries.len() as u64 + 1,
                at_ms,
                msgid: msgid.to_owned(),
                touser,
                msgtype,
                title,
                description,
                url,
                content,
                recalled_at_ms: None,
            });
        }
    }
}
