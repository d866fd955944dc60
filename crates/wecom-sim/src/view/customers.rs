//! People outside and the corp tags they are marked with.

use serde::Serialize;

use crate::op::Relation;

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupMember {
    /// Of a member of staff or of somebody outside.
    pub userid: String,
    /// Whether they are a member of staff.
    pub of_staff: bool,
    /// What `groupchat/get` tells only when asked for names.
    pub name: String,
    /// Seconds since 1970.
    pub joined_at_s: i64,
    /// 1 invited, 2 by a link, 3 by the group's code.
    pub join_scene: u8,
}

/// Somebody outside whom staff follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// `wm…` for a WeChat user, `wo…` for a WeCom user of another corp.
    pub external_userid: String,
    /// Their own name.
    pub name: String,
    /// Only of WeChat users.
    pub unionid: Option<String>,
    /// In the order of the staff, half relations and staff who left included.
    pub followers: Vec<Follower>,
}

/// A member of staff who follows a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Follower {
    /// The member of staff.
    pub userid: String,
    /// What they know of the customer.
    pub relation: Relation,
}

/// A group of corp tags that is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CorpTagGroup {
    /// `et…`
    pub id: String,
    /// At most 30 characters.
    pub name: String,
    /// Larger comes first.
    pub order: u32,
    /// Without deleted ones.
    pub tags: Vec<CorpTag>,
}

/// A corp tag that is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CorpTag {
    /// `et…`
    pub id: String,
    /// At most 30 characters.
    pub name: String,
    /// Larger comes first.
    pub order: u32,
    /// Whether the app made it and so may change it.
    pub by_app: bool,
}
