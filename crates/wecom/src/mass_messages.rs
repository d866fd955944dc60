//! Mass messages (企业群发) to customer groups or to customers: made here, sent by people, followed
//! by asking.
//!
//! WeCom sends nothing when a message is made. It makes a task for the sender, who confirms it in
//! the client; no callback tells when. So a message is followed by asking for its tasks and
//! results, which WeCom refuses with [`codes::BEING_DISPATCHED`](crate::codes::BEING_DISPATCHED)
//! (41063) right after the making: ask again later. A cancelled message may answer
//! [`codes::MESSAGE_CANCELLED`](crate::codes::MESSAGE_CANCELLED) (41093).
//!
//! Making a message is never repeated here: when its effect is unknown, [`list`] shows whether it
//! exists, though without creator, sender and receivers.

mod customers;

pub use customers::{
    CustomerMessage, Customers, MAX_CUSTOMERS, MAX_TAGS_OF_GROUP, create_for_customers,
    list_for_customers,
};

use serde::{Deserialize, Serialize};

pub use crate::attachment::{Attachment, ImageSource};
use crate::{Client, Error, call::Call, lenient, reply::Nothing};

/// At most this many groups in one message. [D92135]
pub const MAX_CHAT_IDS: usize = 2_000;
/// At most this many bytes of text in one message.
pub const MAX_TEXT_BYTES: usize = 4_000;
/// At most this many attachments in one message.
pub const MAX_ATTACHMENTS: usize = 9;
/// At most this many messages on a page of [`list`]; WeCom takes a larger limit for 50. [D93338]
pub const MAX_LIST_PAGE: u32 = 100;
/// This many tasks or results are asked for at once; the most that WeCom gives. [D93338]
pub const DETAIL_PAGE: u32 = 1_000;

/// Makes a message for some groups of one owner, for the owner to confirm. [D92135]
///
/// 41048 when none of the groups can be sent to; groups that cannot are otherwise in
/// [`Created::fail_list`]. A message beyond the limits of this module or without content is not
/// sent. After any error whose effect is unknown the message may exist.
pub async fn create_for_groups(client: &Client, message: &GroupMessage) -> Result<Created, Error> {
    let GroupMessage { sender, chat_ids, text, attachments } = message;
    if let Some(reason) = reason_not_to_send(message) {
        return Err(Error::not_sent(&ADD_MSG_TEMPLATE, reason));
    }
    let body = GroupMessageBody {
        chat_type: GROUP,
        chat_id_list: chat_ids,
        sender,
        text: Text::of(text),
        attachments,
    };
    client.post(&ADD_MSG_TEMPLATE, &body).await
}

/// How long the budget has no room for another message; `None` when one may be made now.
///
/// For callers who note a message as begun before they make it: they wait first. Other callers of
/// the client may take the room meanwhile, so [`Error::OverBudget`] remains possible.
pub fn ms_until_room(client: &Client) -> Option<u64> {
    client.full_for_ms(&ADD_MSG_TEMPLATE)
}

/// One page of the messages to groups made between two times, without regard to the creator.
/// [D93338]
///
/// The times may be a month apart at most; 50100 when the cursor is no longer valid. A limit
/// outside 1 to 100 is not sent.
pub async fn list(client: &Client, request: &MassListRequest) -> Result<MassListPage, Error> {
    list_of(client, GROUP, request).await
}

async fn list_of(
    client: &Client,
    chat_type: &'static str,
    request: &MassListRequest,
) -> Result<MassListPage, Error> {
    let MassListRequest { start_s, end_s, filter_type, cursor, limit } = request;
    if !(1..=MAX_LIST_PAGE).contains(limit) {
        return Err(Error::not_sent(&GROUPMSG_LIST, "limit outside 1 to 100"));
    }
    let body = ListBody {
        chat_type,
        start_time: *start_s,
        end_time: *end_s,
        filter_type: *filter_type,
        limit: *limit,
        cursor: cursor.as_deref(),
    };
    client.post(&GROUPMSG_LIST, &body).await
}

/// One page of the tasks of a message: who has to send it and who has. [D93338]
///
/// 41063 while it is being dispatched, 41047 when there is no such message.
pub async fn tasks(client: &Client, msgid: &str, cursor: Option<&str>) -> Result<TaskPage, Error> {
    let body = DetailBody { msgid, userid: None, limit: DETAIL_PAGE, cursor };
    client.post(&GROUPMSG_TASK, &body).await
}

/// One page of what one sender has sent of a message. [D93338]
///
/// Of groups only those are listed that the message was sent to, or refused for their quota; those
/// that are not yet sent to, or were left out, are absent. Of customers all are listed that the
/// sender's task names. 41063 while it is being dispatched.
pub async fn send_results(
    client: &Client,
    msgid: &str,
    userid: &str,
    cursor: Option<&str>,
) -> Result<SendResultPage, Error> {
    let body = DetailBody { msgid, userid: Some(userid), limit: DETAIL_PAGE, cursor };
    client.post(&GROUPMSG_SEND_RESULT, &body).await
}

/// Reminds the members who have not yet sent a message. [D97610]
///
/// 41094 after 3 reminders of it in 24 hours, 41093 when it is cancelled, 41047 when there is none.
pub async fn remind(client: &Client, msgid: &str) -> Result<(), Error> {
    let Nothing {} = client.post(&REMIND, &MsgidBody { msgid }).await?;
    Ok(())
}

/// Stops a message as far as it is not yet sent; what is sent cannot be called back. [D97611]
///
/// 41093 when it is cancelled already.
pub async fn cancel(client: &Client, msgid: &str) -> Result<(), Error> {
    let Nothing {} = client.post(&CANCEL, &MsgidBody { msgid }).await?;
    Ok(())
}

/// A message to make. Text and attachments must not both be empty.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupMessage {
    /// The userid of the groups' owner, who has to confirm.
    pub sender: String,
    /// The groups, 1 to [`MAX_CHAT_IDS`]. Clients before 4.1.10 ignore them and let the owner pick.
    pub chat_ids: Vec<String>,
    /// Up to [`MAX_TEXT_BYTES`] bytes of UTF-8.
    pub text: Option<String>,
    /// Up to [`MAX_ATTACHMENTS`].
    pub attachments: Vec<Attachment>,
}

/// A message that exists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// `msg…`; never empty.
    #[serde(deserialize_with = "lenient::key")]
    pub msgid: String,
    /// The chat ids or external_userids that WeCom does not accept; the message exists for the
    /// others.
    #[serde(default, deserialize_with = "lenient::list")]
    pub fail_list: Vec<String>,
}

/// Which messages to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassListRequest {
    /// Unix seconds.
    pub start_s: i64,
    /// Unix seconds, at most a month after `start_s`.
    pub end_s: i64,
    /// One of the `FILTER_…` of this module.
    pub filter_type: i64,
    /// From the page before; `None` for the first one.
    pub cursor: Option<String>,
    /// Messages per page, 1 to [`MAX_LIST_PAGE`].
    pub limit: u32,
}

/// Messages of the corp, by API or from the administration console.
pub const FILTER_ENTERPRISE: i64 = 0;
/// Messages that members made for themselves.
pub const FILTER_PERSONAL: i64 = 1;
/// Both.
pub const FILTER_ALL: i64 = 2;

/// A page of the list of messages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MassListPage {
    /// The messages on this page.
    #[serde(default, rename = "group_msg_list", deserialize_with = "lenient::list")]
    pub messages: Vec<MassMessage>,
    /// `None` at the end.
    #[serde(default, with = "lenient::cursor")]
    pub next_cursor: Option<String>,
}

/// A message in the list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MassMessage {
    /// `msg…`.
    pub msgid: String,
    /// Who made it; absent when it was made by API.
    #[serde(
        default,
        deserialize_with = "lenient::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub creator: Option<String>,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub create_time: i64,
    /// [`FILTER_ENTERPRISE`] or [`FILTER_PERSONAL`].
    #[serde(default, deserialize_with = "lenient::int")]
    pub create_type: i64,
    /// Empty when it has only attachments.
    #[serde(default, deserialize_with = "text::read", serialize_with = "text::write")]
    pub text: String,
    /// In the order of sending; a picture may come as a URL although it was given as a media id.
    #[serde(default, deserialize_with = "lenient::list")]
    pub attachments: Vec<Attachment>,
}

/// A page of the tasks of a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskPage {
    /// One per sender.
    #[serde(default, rename = "task_list", deserialize_with = "lenient::list")]
    pub tasks: Vec<SendTask>,
    /// `None` at the end.
    #[serde(default, with = "lenient::cursor")]
    pub next_cursor: Option<String>,
}

/// What a member has to do for a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SendTask {
    /// The sender.
    pub userid: String,
    /// [`TASK_NOT_SENT`] or [`TASK_SENT`].
    #[serde(deserialize_with = "lenient::int")]
    pub status: i64,
    /// Unix seconds; absent when not sent.
    #[serde(
        default,
        deserialize_with = "lenient::optional_int",
        skip_serializing_if = "Option::is_none"
    )]
    pub send_time: Option<i64>,
}

/// The member has not confirmed.
pub const TASK_NOT_SENT: i64 = 0;
/// The member has confirmed.
pub const TASK_SENT: i64 = 2;

/// A page of the results of a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SendResultPage {
    /// One per group or customer.
    #[serde(default, rename = "send_list", deserialize_with = "lenient::list")]
    pub results: Vec<SendResult>,
    /// `None` at the end.
    #[serde(default, with = "lenient::cursor")]
    pub next_cursor: Option<String>,
}

/// What became of a message in one group, or for one customer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SendResult {
    /// The group; empty for a customer.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub chat_id: String,
    /// The customer; empty for a group.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub external_userid: String,
    /// The sender.
    #[serde(default, deserialize_with = "lenient::text")]
    pub userid: String,
    /// One of the `RESULT_…` of this module.
    #[serde(deserialize_with = "lenient::int")]
    pub status: i64,
    /// Unix seconds; only when sent.
    #[serde(
        default,
        deserialize_with = "lenient::optional_int",
        skip_serializing_if = "Option::is_none"
    )]
    pub send_time: Option<i64>,
}

/// Not sent.
pub const RESULT_NOT_SENT: i64 = 0;
/// Sent.
pub const RESULT_SENT: i64 = 1;
/// Failed: the customer is no friend any more.
pub const RESULT_NOT_A_FRIEND: i64 = 2;
/// Failed: the group or customer has had as many mass messages as the quota allows.
pub const RESULT_QUOTA_USED_UP: i64 = 3;

const ADD_MSG_TEMPLATE: Call = Call::write("externalcontact/add_msg_template");
const GROUPMSG_LIST: Call = Call::read("externalcontact/get_groupmsg_list_v2");
const GROUPMSG_TASK: Call = Call::read("externalcontact/get_groupmsg_task");
const GROUPMSG_SEND_RESULT: Call = Call::read("externalcontact/get_groupmsg_send_result");
const REMIND: Call = Call::write("externalcontact/remind_groupmsg_send");
const CANCEL: Call = Call::write("externalcontact/cancel_groupmsg_send");

const GROUP: &str = "group";

fn reason_not_to_send(message: &GroupMessage) -> Option<&'static str> {
    let GroupMessage { sender, chat_ids, text, attachments } = message;
    if sender.is_empty() {
        Some("no sender")
    } else if chat_ids.is_empty() {
        Some("no group")
    } else if chat_ids.len() > MAX_CHAT_IDS {
        Some("more than 2000 groups")
    } else {
        reason_in_content(text.as_deref(), attachments)
    }
}

fn reason_in_content(text: Option<&str>, attachments: &[Attachment]) -> Option<&'static str> {
    let n_text_bytes = text.map_or(0, str::len);
    if n_text_bytes > MAX_TEXT_BYTES {
        Some("more than 4000 bytes of text")
    } else if attachments.len() > MAX_ATTACHMENTS {
        Some("more than 9 attachments")
    } else if n_text_bytes == 0 && attachments.is_empty() {
        Some("neither text nor attachments")
    } else {
        None
    }
}

#[derive(Serialize)]
struct GroupMessageBody<'a> {
    chat_type: &'static str,
    chat_id_list: &'a [String],
    sender: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "<[Attachment]>::is_empty")]
    attachments: &'a [Attachment],
}

#[derive(Serialize)]
struct Text<'a> {
    content: &'a str,
}

impl<'a> Text<'a> {
    /// `None` for an empty text, which WeCom refuses.
    fn of(text: &'a Option<String>) -> Option<Self> {
        text.as_deref().filter(|text| !text.is_empty()).map(|content| Self { content })
    }
}

#[derive(Serialize)]
struct ListBody<'a> {
    chat_type: &'static str,
    start_time: i64,
    end_time: i64,
    filter_type: i64,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
}

#[derive(Serialize)]
struct DetailBody<'a> {
    msgid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    userid: Option<&'a str>,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
}

#[derive(Serialize)]
struct MsgidBody<'a> {
    msgid: &'a str,
}

/// The text of a message as `{"content": "…"}`.
mod text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::lenient;

    #[derive(Default, Deserialize)]
    struct Content {
        #[serde(default, deserialize_with = "lenient::text")]
        content: String,
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        Ok(Option::<Content>::deserialize(deserializer)?.unwrap_or_default().content)
    }

    pub(super) fn write<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        super::Text { content: text }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
