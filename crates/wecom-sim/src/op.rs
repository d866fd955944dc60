//! Every change of the simulated world, as it stands in the journal.

mod parts;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    limits::MassQuota,
    view::{Department, StaffDepartment},
};

pub use parts::{AppMessageBody, CustomerTask, Medium, NewTag, Relation, Remark, Repeats};

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
        /// The rule in force; without one the configuration's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quota: Option<MassQuota>,
    },
    /// `add_msg_template` was accepted for customers.
    CustomerMassCreated {
        at_ms: i64,
        msgid: String,
        tasks: Vec<CustomerTask>,
        allow_select: bool,
        fail_list: Vec<String>,
        text: String,
        attachments: Vec<Value>,
    },
    /// A member sent a mass message to these customers and thereby finished the task.
    CustomerMassConfirmed {
        at_ms: i64,
        msgid: String,
        sender: String,
        external_userids: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quota: Option<MassQuota>,
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
    GroupNoticed {
        at_ms: i64,
        chat_id: String,
        notice: String,
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
    /// Somebody joined, by scanning the group's code unless a member of staff invited them.
    MemberAdded {
        at_ms: i64,
        chat_id: String,
        userid: String,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unionid: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invitor: Option<String>,
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
    /// Somebody began to work here.
    StaffJoined {
        at_ms: i64,
        userid: String,
        name: String,
        departments: Vec<StaffDepartment>,
    },
    /// Has another userid.
    StaffRenamed {
        at_ms: i64,
        userid: String,
        new_userid: String,
    },
    StaffMoved {
        at_ms: i64,
        userid: String,
        departments: Vec<StaffDepartment>,
    },
    DepartmentAdded {
        at_ms: i64,
        department: Department,
    },
    /// Has another name or parent.
    DepartmentChanged {
        at_ms: i64,
        department: Department,
    },
    DepartmentRemoved {
        at_ms: i64,
        id: u32,
    },
    /// A member of staff and a customer became friends, or half so.
    CustomerAdded {
        at_ms: i64,
        userid: String,
        external_userid: String,
        name: String,
        unionid: Option<String>,
        relation: Relation,
    },
    /// The member of staff deleted the customer.
    CustomerDeleted {
        at_ms: i64,
        userid: String,
        external_userid: String,
    },
    /// The customer deleted the member of staff, whose side of the relation stays.
    CustomerLeft {
        at_ms: i64,
        userid: String,
        external_userid: String,
    },
    CustomerRemarked {
        at_ms: i64,
        userid: String,
        external_userid: String,
        remark: Remark,
    },
    CustomerMarked {
        at_ms: i64,
        userid: String,
        external_userid: String,
        add: Vec<String>,
        remove: Vec<String>,
    },
    /// Tags of one group, which is made when it is not there.
    CorpTagsAdded {
        at_ms: i64,
        group_id: String,
        group_name: String,
        group_order: u32,
        tags: Vec<NewTag>,
        by_app: bool,
    },
    /// Of a tag or a group; what is absent stays.
    CorpTagEdited {
        at_ms: i64,
        id: String,
        name: Option<String>,
        order: Option<u32>,
    },
    /// Ids of tags and groups.
    CorpTagsDeleted {
        at_ms: i64,
        ids: Vec<String>,
    },
    /// `media/upload` kept a file.
    MediaUploaded {
        at_ms: i64,
        medium: Medium,
    },
    /// `media/uploadimg` kept a picture.
    ImageUploaded {
        at_ms: i64,
        url: String,
    },
    /// `message/recall` took an app message back.
    AppMessageRecalled {
        at_ms: i64,
        msgid: String,
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
