//! Every change of the simulated world, as it stands in the journal.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One change. Ids and times are in it, so that replaying needs neither clock nor chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are those of the calls and actions they stand for")]
pub enum Op {
    /// `add_msg_template` was accepted.
    MassCreated {
        at_ms: i64,
        msgid: String,
        sender: String,
        chat_ids: Vec<String>,
        fail_list: Vec<String>,
        text: String,
        attachments: Vec<Value>,
    },
    /// The owner sent a mass message to these groups and thereby finished the task.
    MassConfirmed {
        at_ms: i64,
        msgid: String,
        chat_ids: Vec<String>,
    },
    /// `cancel_groupmsg_send` stopped a message that was not sent yet.
    MassCancelled {
        at_ms: i64,
        msgid: String,
    },
    /// `remind_groupmsg_send` was accepted.
    MassReminded {
        at_ms: i64,
        msgid: String,
    },
    /// The owner wrote into a group without WeCom's assistant.
    PostedByHand {
        at_ms: i64,
        owner: String,
        chat_id: String,
        text: String,
    },
    /// A customer group was made in the client.
    GroupAdded {
        at_ms: i64,
        chat_id: String,
        owner: String,
        name: String,
        n_members: u32,
    },
    GroupRenamed {
        at_ms: i64,
        chat_id: String,
        name: String,
    },
    GroupDissolved {
        at_ms: i64,
        chat_id: String,
    },
    OwnerChanged {
        at_ms: i64,
        chat_id: String,
        owner: String,
    },
    /// A new customer joined by scanning the group's code.
    MemberAdded {
        at_ms: i64,
        chat_id: String,
        userid: String,
        name: String,
    },
    MemberRemoved {
        at_ms: i64,
        chat_id: String,
        userid: String,
    },
    StaffLeft {
        at_ms: i64,
        userid: String,
    },
    /// `message/send` was accepted; one message for each of `users`.
    AppMessageAccepted {
        at_ms: i64,
        msgid: String,
        users: Vec<String>,
        card: AppMessageBody,
        /// The request's digest and how long it suppresses equal requests.
        repeats: Option<Repeats>,
    },
    /// `message/send` was answered with success but not delivered: the same request had been.
    AppMessageSuppressed {
        at_ms: i64,
        digest: String,
    },
}

/// What an app message shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppMessageBody {
    /// `textcard` or `text`.
    pub msgtype: String,
    /// Only of a textcard, like `description` and `url`.
    pub title: String,
    /// At most 512 characters.
    pub description: String,
    /// Where the card leads.
    pub url: String,
    /// Only of a text.
    pub content: String,
}

/// The duplicate check that a request asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeats {
    /// Of the request's bytes.
    pub digest: String,
    /// Equal requests before this time are not delivered.
    pub until_ms: i64,
}
