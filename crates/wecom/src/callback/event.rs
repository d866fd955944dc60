//! The events that change what a program knows of the corp. [D92130][D90970]
//!
//! Operations made by API cause no event, and events may be late, doubled, out of order or lost:
//! an event says where to look, and seldom what is there.

/// An event with the circumstances that all events share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The corp id.
    pub to_user: String,
    /// `sys`, or the userid of the member who caused it, such as for `subscribe`.
    pub from_user: String,
    /// Unix seconds, as WeCom tells it; 0 when it does not. Not unique, not in order.
    pub create_time: i64,
    /// `event`, or the kind of a message that a member sent to the app.
    pub msg_type: String,
    /// What has happened.
    pub event: Event,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// `change_external_chat`: a customer group.
    Group {
        /// `wr…`.
        chat_id: String,
        /// What is new about it.
        change: GroupChange,
    },
    /// `change_external_contact`: the relation between a member and a customer.
    Customer {
        /// What has become of it.
        change: CustomerChange,
        /// The member.
        user_id: String,
        /// The customer.
        external_userid: String,
        /// The channel by which the customer came.
        state: Option<String>,
        /// Valid for 20 s from the event, for one welcome message. Never log it.
        welcome_code: Option<String>,
        /// [`SOURCE_DELETE_BY_TRANSFER`] when a transfer removed the customer.
        source: Option<String>,
        /// Why a transfer failed: `customer_refused` or `customer_limit_exceed`.
        fail_reason: Option<String>,
    },
    /// `change_external_tag`: the corp's tags for customers.
    Tag {
        /// What has become of it.
        change: TagChange,
        /// The tag or the group of tags; for [`TagChange::Shuffled`] the group, or all when absent.
        id: Option<String>,
        /// [`TAG_TYPE_TAG`] or [`TAG_TYPE_GROUP`]; absent when shuffled.
        tag_type: Option<String>,
        /// The rule group (规则组) of a strategy tag.
        strategy_id: Option<i64>,
    },
    /// `change_contact`: members and departments; only the contact-sync assistant gets it.
    Contact {
        /// What is new.
        change: ContactChange,
    },
    /// Anything else: to be counted and kept, and no error. So is a known event without the id
    /// that it is about.
    Other {
        /// WeCom's name of the event; empty for a message.
        event: String,
        /// Empty when the event has none.
        change_type: String,
    },
}

/// A transfer by the corp removed the customer from the member.
pub const SOURCE_DELETE_BY_TRANSFER: &str = "DELETE_BY_TRANSFER";
/// The event is about one tag.
pub const TAG_TYPE_TAG: &str = "tag";
/// The event is about a group of tags.
pub const TAG_TYPE_GROUP: &str = "tag_group";

/// What is new about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupChange {
    /// It exists.
    Created,
    /// It has changed.
    ///
    /// The members may be applied to what is known only when that has `last_version`; otherwise
    /// the group must be fetched.
    Updated {
        /// What of it.
        detail: UpdateDetail,
        /// 0 invited, directly or by link, 3 by QR code; another numbering than
        /// [`crate::groups::GroupMember::join_scene`].
        join_scene: Option<i64>,
        /// 0 left, 1 removed by the owner or an administrator.
        quit_scene: Option<i64>,
        /// Who came or went: userids of members and external_userids of customers.
        members: Vec<String>,
        /// The `member_version` before the change.
        last_version: Option<String>,
        /// The `member_version` after it.
        current_version: Option<String>,
    },
    /// It is no more.
    Dismissed,
}

/// What of a group has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateDetail {
    /// `add_member`.
    MembersAdded,
    /// `del_member`.
    MembersGone,
    /// `change_owner`.
    Owner,
    /// `change_name`.
    Name,
    /// `change_notice`.
    Notice,
    /// Something that WeCom has invented since, or nothing.
    Other(String),
}

/// What has become of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CustomerChange {
    /// `add_external_contact`: both have added each other.
    Added,
    /// `edit_external_contact`: remark or tags were changed by the member.
    Edited,
    /// `add_half_external_contact`: the customer has added the member, who has not yet added back;
    /// asking for the customer gives 84061 until then.
    HalfAdded,
    /// `del_external_contact`: the member has removed the customer.
    DeletedByMember,
    /// `del_follow_user`: the customer has removed the member, who still sees the customer.
    DeletedByCustomer,
    /// `transfer_fail`: the customer stays with the member.
    TransferFailed,
}

/// What has become of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagChange {
    /// `create`.
    Created,
    /// `update`.
    Updated,
    /// `delete`; the tags of a deleted group are not announced.
    Deleted,
    /// `shuffle`: the order has changed; fetch all orders anew.
    Shuffled,
}

/// What is new about members and departments; ids only, the rest is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactChange {
    /// `create_user`.
    UserCreated {
        /// The new member.
        user_id: String,
        /// The departments the member is in; empty when not told.
        departments: Vec<i64>,
    },
    /// `update_user`.
    UserUpdated {
        /// The id by which the member was known so far.
        user_id: String,
        /// The id from now on, when it has changed.
        new_user_id: Option<String>,
        /// The departments the member is in now; empty when not told.
        departments: Vec<i64>,
    },
    /// `delete_user`.
    UserDeleted {
        /// Who has left.
        user_id: String,
    },
    /// `create_party`.
    DepartmentCreated {
        /// Unsigned 32 bits.
        id: i64,
        /// The department above.
        parent_id: Option<i64>,
    },
    /// `update_party`.
    DepartmentUpdated {
        /// Unsigned 32 bits.
        id: i64,
        /// The department above, when that has changed.
        parent_id: Option<i64>,
    },
    /// `delete_party`.
    DepartmentDeleted {
        /// Unsigned 32 bits.
        id: i64,
    },
    /// `update_tag`: a tag for members, not for customers.
    MemberTagUpdated {
        /// The tag.
        tag_id: i64,
        /// Userids that have it now.
        added_users: Vec<String>,
        /// Userids that have it no longer.
        removed_users: Vec<String>,
        /// Departments that have it now.
        added_departments: Vec<i64>,
        /// Departments that have it no longer.
        removed_departments: Vec<i64>,
    },
}
