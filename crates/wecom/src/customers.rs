//! Customers: who looks after them, who they are, and what members note about them.
//!
//! What belongs to a customer belongs mostly to the relation between one member and the customer:
//! remark, tags and channel differ from member to member. The members who look after customers are
//! also the only ones who own groups that the app can see. An empty list is what WeCom answers
//! when the visible range or the right to customers has been taken away, and no proof that nobody
//! is there. What is changed by API causes no callback.

use serde::{Deserialize, Serialize};

mod change;
mod profile;

pub use change::{MAX_DESCRIPTION_CHARS, MAX_REMARK_CHARS, Remark, TagMarks, mark_tag, remark};
pub use profile::{
    ADDED_IN_GROUP, ExternalContact, FollowTag, FollowUser, KIND_WECHAT, KIND_WECOM, TAG_CORP,
    TAG_PERSONAL, TAG_STRATEGY, WechatChannels,
};

use crate::{Client, Error, call::Call, codes, lenient};

/// At most this many members in one [`batch_of`]. [D92994]
pub const MAX_BATCH_USERS: usize = 100;
/// At most this many relations on one page of [`batch_of`]; WeCom takes more for this many.
pub const MAX_BATCH_PAGE: u32 = 100;

/// The userids of visible members who have the right to customers (客户联系). [D92571]
pub async fn follow_users(client: &Client) -> Result<Vec<String>, Error> {
    let reply: FollowUsers = client.get(&FOLLOW_USERS, &[]).await?;
    Ok(reply.follow_user)
}

/// The external_userids of a member's customers, all at once; tens of thousands are possible.
/// [D92113]
///
/// Empty when the member has none, which WeCom tells as 84061. 40003 when there is no such member.
pub async fn list_of(client: &Client, userid: &str) -> Result<Vec<String>, Error> {
    match client.get::<CustomerIds>(&LIST, &[("userid", userid.to_owned())]).await {
        Ok(reply) => Ok(reply.external_userid),
        Err(error) if error.errcode() == Some(codes::NOT_EXTERNAL_CONTACT) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A customer with the members who follow them, up to 500 of these per page. [D92114]
///
/// 84061 when nobody follows the customer (any more), or when only the customer has added a member,
/// or shortly after an addition; 40096 when no follower is visible.
pub async fn get(
    client: &Client,
    external_userid: &str,
    cursor: Option<&str>,
) -> Result<Customer, Error> {
    let mut query = vec![("external_userid", external_userid.to_owned())];
    query.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
    client.get(&GET, &query).await
}

/// One page of the relations of some members with their customers, one entry per pair. [D92994]
///
/// The tags come as ids, without the members' personal ones. 50100 when the cursor is no longer
/// valid: start anew. No members, more than 100, or a limit outside 1 to 100 is not sent.
pub async fn batch_of(
    client: &Client,
    userids: &[String],
    cursor: Option<&str>,
    limit: u32,
) -> Result<BatchPage, Error> {
    if !(1..=MAX_BATCH_USERS).contains(&userids.len()) {
        return Err(Error::not_sent(&BATCH, "not 1 to 100 members"));
    }
    if !(1..=MAX_BATCH_PAGE).contains(&limit) {
        return Err(Error::not_sent(&BATCH, "limit outside 1 to 100"));
    }
    client.post(&BATCH, &BatchBody { userid_list: userids, cursor, limit }).await
}

/// A customer with followers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// Who it is.
    pub external_contact: ExternalContact,
    /// Who follows; with `tags`.
    #[serde(default, deserialize_with = "lenient::list")]
    pub follow_user: Vec<FollowUser>,
    /// `None` at the end of the followers.
    #[serde(default, with = "lenient::cursor")]
    pub next_cursor: Option<String>,
}

/// A page of relations.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BatchPage {
    /// The relations on this page.
    #[serde(default, rename = "external_contact_list", deserialize_with = "lenient::list")]
    pub relations: Vec<Relation>,
    /// `None` at the end.
    #[serde(default, with = "lenient::cursor")]
    pub next_cursor: Option<String>,
}

/// A customer as one member knows them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Relation {
    /// Who it is.
    pub external_contact: ExternalContact,
    /// What the member knows; with `tag_id` instead of `tags`.
    pub follow_info: FollowUser,
}

const FOLLOW_USERS: Call = Call::read("externalcontact/get_follow_user_list");
const LIST: Call = Call::read("externalcontact/list");
const GET: Call = Call::read("externalcontact/get");
const BATCH: Call = Call::read("externalcontact/batch/get_by_user");

#[derive(Deserialize)]
struct FollowUsers {
    #[serde(default, deserialize_with = "lenient::list")]
    follow_user: Vec<String>,
}

#[derive(Deserialize)]
struct CustomerIds {
    #[serde(default, deserialize_with = "lenient::list")]
    external_userid: Vec<String>,
}

#[derive(Serialize)]
struct BatchBody<'a> {
    userid_list: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    limit: u32,
}

#[cfg(test)]
mod tests;
