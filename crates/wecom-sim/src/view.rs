//! What the simulator shows of its world to tests and under `/sim`.

mod customers;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use customers::{CorpTag, CorpTagGroup, Customer, Follower, GroupMember};

/// A department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Up to 4,294,967,295; the root is 1.
    pub id: u32,
    /// May contain commas.
    pub name: String,
    /// 0 for the root.
    pub parent_id: u32,
    /// Larger comes first among siblings.
    pub order: u32,
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Staff {
    /// Compared without regard to case.
    pub userid: String,
    /// The real name.
    pub name: String,
    /// 1 activated, 2 disabled, 4 not activated, 5 left.
    pub status: u8,
    /// The main department first.
    pub departments: Vec<StaffDepartment>,
    /// Whether `get_follow_user_list` names them while they stay.
    pub follows: bool,
}

/// A member's place in one department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffDepartment {
    /// The department's id.
    pub id: u32,
    /// Larger comes first in `user/list`.
    pub order: u32,
    /// Whether they lead it.
    pub leader: bool,
}

/// A customer group, dissolved ones included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// `wr…`
    pub chat_id: String,
    /// Empty for about one group in thirty.
    pub name: String,
    /// The owner's userid.
    pub owner: String,
    /// Seconds since 1970.
    pub created_at_s: i64,
    /// Owner included.
    pub n_members: usize,
    /// Dissolved groups vanish from the list and answer 49008.
    pub dissolved: bool,
}

/// How far a mass message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MassState {
    /// Accepted, not yet with the owner; status calls answer 41063.
    Dispatching,
    /// The owner, or some of its members, can confirm it.
    Waiting,
    /// All have confirmed it, for some or all of its receivers.
    Sent,
    /// Cancelled before all had confirmed it.
    Cancelled,
}

/// One result of a confirmed mass message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SendRecord {
    /// The group; empty for a customer.
    pub chat_id: String,
    /// The customer; empty for a group.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub external_userid: String,
    /// 0 left out, 1 sent, 2 no friend any more, 3 the quota was used up.
    pub status: u8,
}

/// A mass message made by `add_msg_template`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MassMessage {
    /// `msg…`
    pub msgid: String,
    /// The owner who has to confirm it; the first of `senders`.
    pub sender: String,
    /// All who have to confirm it; several only for customers.
    pub senders: Vec<String>,
    /// The groups it may go to.
    pub chat_ids: Vec<String>,
    /// The customers it may go to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_userids: Vec<String>,
    /// The groups or customers refused at creation.
    pub fail_list: Vec<String>,
    /// May be empty when there are attachments.
    pub text: String,
    /// As given in the call.
    pub attachments: Vec<Value>,
    /// When it was accepted.
    pub created_at_ms: i64,
    /// As of now.
    pub state: MassState,
    /// When the owner, or the last of its members, confirmed it.
    pub sent_at_ms: Option<i64>,
    /// What `get_groupmsg_send_result` lists.
    pub results: Vec<SendRecord>,
    /// Accepted reminders.
    pub n_reminders: usize,
}

/// How a message came into a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// Confirmed in WeCom's mass-send assistant.
    Mass,
    /// Written by the owner.
    ByHand,
}

/// A message that reached a group or a customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LedgerEntry {
    /// Counted from 1 without gaps.
    pub seq: u64,
    /// When it got there.
    pub at_ms: i64,
    /// The group; empty for a message to a customer.
    pub chat_id: String,
    /// The customer; empty for a message to a group.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub external_userid: String,
    /// The mass message; `None` for a message by hand.
    pub msgid: Option<String>,
    /// The userid of the owner at that time, or of the member who sent it.
    pub sender: String,
    /// By the assistant or by hand.
    pub kind: LedgerKind,
    /// The message's text.
    pub text: String,
    /// Empty for a message by hand.
    pub attachments: Vec<Value>,
}

/// An app message that reached one member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppMessage {
    /// Counted from 1 without gaps.
    pub seq: u64,
    /// When it was delivered.
    pub at_ms: i64,
    /// Shared by all receivers of one call.
    pub msgid: String,
    /// The receiver's userid.
    pub touser: String,
    /// `textcard` or `text`.
    pub msgtype: String,
    /// Only of a textcard, like `description` and `url`.
    pub title: String,
    /// At most 512 characters; the rest is cut.
    pub description: String,
    /// Where the card leads.
    pub url: String,
    /// Only of a text.
    pub content: String,
    /// When `message/recall` took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recalled_at_ms: Option<i64>,
}
