//! Customer groups (客户群): which there are, and what one of them looks like.
//!
//! The list tells ids and nothing else, so names, owners and members take a call per group.
//! Dismissed groups are not listed. What a group looks like may lag some seconds behind the event
//! that announced it. [D92122]

use serde::{Deserialize, Serialize};

mod statistics;

pub use statistics::{
    Counts, DayStatistic, Days, MAX_STATISTIC_PAGE, ORDER_BY_GROUPS, ORDER_BY_MEMBERS,
    ORDER_BY_NEW_GROUPS, ORDER_BY_NEW_MEMBERS, Order, OwnerStatistic, StatisticPage,
    StatisticRequest, statistic, statistic_by_day,
};

use crate::{Client, Error, call::Call, lenient};

/// At most this many owners in one [`ListRequest`].
pub const MAX_OWNERS: usize = 100;
/// At most this many groups on one page of [`list`].
pub const MAX_PAGE: u32 = 1_000;

/// One page of the groups of some owners. [D92120]
///
/// Refused with 81017 when no owner is named and more than 1000 members are visible, with 50100
/// when the cursor is no longer valid. Groups of an owner who has left are listed only when that
/// owner is named. More than 100 owners or a limit outside 1 to 1000 is not sent.
pub async fn list(client: &Client, request: &ListRequest) -> Result<ListPage, Error> {
    let ListRequest { status_filter, owners, cursor, limit } = request;
    if owners.len() > MAX_OWNERS {
        return Err(Error::not_sent(&LIST, "more than 100 owners"));
    }
    if !(1..=MAX_PAGE).contains(limit) {
        return Err(Error::not_sent(&LIST, "limit outside 1 to 1000"));
    }
    let owner_filter = (!owners.is_empty()).then_some(OwnerFilter { userid_list: owners });
    let cursor = cursor.as_deref();
    let body = ListBody { status_filter: *status_filter, owner_filter, cursor, limit: *limit };
    client.post(&LIST, &body).await
}

/// One group with its members and their names. [D92122]
///
/// 40050 or 49008 when it does not exist (any more), 90501 when it is no customer group, 60011
/// when its owner is outside the visible range.
pub async fn get(client: &Client, chat_id: &str) -> Result<GroupChat, Error> {
    let reply: GroupReply = client.post(&GET, &GetBody { chat_id, need_name: 1 }).await?;
    Ok(reply.group_chat)
}

/// Which groups to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRequest {
    /// One of the `STATUS_…` of this module except that 0 means all.
    pub status_filter: i64,
    /// The userids of the owners, up to 100; empty means all visible ones.
    pub owners: Vec<String>,
    /// From the page before; `None` for the first one.
    pub cursor: Option<String>,
    /// Groups per page, 1 to 1000.
    pub limit: u32,
}

/// A page of the list of groups.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ListPage {
    /// The groups on this page; a page may be empty without being the last.
    #[serde(default, rename = "group_chat_list", deserialize_with = "lenient::list")]
    pub groups: Vec<GroupEntry>,
    /// `None` at the end.
    #[serde(default, with = "lenient::cursor")]
    pub next_cursor: Option<String>,
}

/// A group in the list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupEntry {
    /// `wr…`.
    pub chat_id: String,
    /// One of the `STATUS_…` of this module; [`get`] does not tell it.
    #[serde(default, deserialize_with = "lenient::int")]
    pub status: i64,
}

/// The owner is there.
pub const STATUS_NORMAL: i64 = 0;
/// The owner has left, and nobody has taken over.
pub const STATUS_OWNER_LEFT: i64 = 1;
/// Somebody is taking over.
pub const STATUS_INHERITING: i64 = 2;
/// Somebody has taken over.
pub const STATUS_INHERITED: i64 = 3;

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupChat {
    /// `wr…`.
    pub chat_id: String,
    /// Empty when nobody has named the group.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: String,
    /// The owner's userid.
    #[serde(default, deserialize_with = "lenient::text")]
    pub owner: String,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub create_time: i64,
    /// The notice shown in the group, often empty.
    #[serde(default, deserialize_with = "lenient::text")]
    pub notice: String,
    /// Everybody in it, the owner included; up to 500.
    #[serde(default, deserialize_with = "lenient::list")]
    pub member_list: Vec<GroupMember>,
    /// The administrators without the owner.
    #[serde(default, deserialize_with = "lenient::list")]
    pub admin_list: Vec<UserRef>,
    /// Changes with the members; pairs with the versions in member events.
    #[serde(default, deserialize_with = "lenient::text")]
    pub member_version: String,
}

/// Somebody in a group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupMember {
    /// A userid, or the external_userid of an outsider.
    pub userid: String,
    /// [`KIND_STAFF`] or [`KIND_EXTERNAL`].
    #[serde(default, rename = "type", deserialize_with = "lenient::int")]
    pub kind: i64,
    /// Of WeChat users, when the corp has bound a developer account; otherwise empty.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub unionid: String,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub join_time: i64,
    /// One of the `JOINED_…` of this module. Events count differently.
    #[serde(default, deserialize_with = "lenient::int")]
    pub join_scene: i64,
    /// Who invited them, when that was a member of the corp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitor: Option<UserRef>,
    /// Their name in this group, when they have set one.
    #[serde(default, deserialize_with = "lenient::text")]
    pub group_nickname: String,
    /// The nickname in WeChat, or the name of somebody in WeCom.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The channel by which they came, when they came by a join way that has one.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub state: String,
}

/// A member of the corp.
pub const KIND_STAFF: i64 = 1;
/// Somebody from outside.
pub const KIND_EXTERNAL: i64 = 2;
/// Invited directly.
pub const JOINED_INVITED: i64 = 1;
/// By an invitation link.
pub const JOINED_BY_LINK: i64 = 2;
/// By scanning the group's QR code.
pub const JOINED_BY_QR_CODE: i64 = 3;

/// A member of the corp, by id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UserRef {
    /// The userid.
    #[serde(default, deserialize_with = "lenient::text")]
    pub userid: String,
}

const LIST: Call = Call::read("externalcontact/groupchat/list");
const GET: Call = Call::read("externalcontact/groupchat/get");

#[derive(Serialize)]
struct ListBody<'a> {
    status_filter: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_filter: Option<OwnerFilter<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    limit: u32,
}

#[derive(Serialize)]
struct OwnerFilter<'a> {
    userid_list: &'a [String],
}

#[derive(Serialize)]
struct GetBody<'a> {
    chat_id: &'a str,
    need_name: u8,
}

#[derive(Deserialize)]
struct GroupReply {
    group_chat: GroupChat,
}

#[cfg(test)]
mod tests;
