//! What WeCom tells of a customer and of a relation. [D92114]

use serde::{Deserialize, Serialize};

use crate::lenient;

/// Who a customer is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExternalContact {
    /// `wm…` or `wo…`.
    #[serde(deserialize_with = "lenient::key")]
    pub external_userid: String,
    /// The nickname in WeChat, or the alias or name of somebody in WeCom.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: String,
    /// [`KIND_WECHAT`] or [`KIND_WECOM`].
    #[serde(default, rename = "type", deserialize_with = "lenient::int")]
    pub kind: i64,
    /// 0 unknown, 1 male, 2 female; a number, unlike that of members.
    #[serde(default, deserialize_with = "lenient::int")]
    pub gender: i64,
    /// A URL.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// Of WeChat users, when the corp has bound a developer account; otherwise empty.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub unionid: String,
    /// Of WeCom users only.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub position: String,
    /// The short name of the corp of a WeCom user.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub corp_name: String,
    /// The full name of the corp of a WeCom user.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub corp_full_name: String,
    /// What WeCom users show of themselves, as it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_profile: Option<serde_json::Value>,
}

/// A user of WeChat.
pub const KIND_WECHAT: i64 = 1;
/// A member of another corp that uses WeCom.
pub const KIND_WECOM: i64 = 2;

/// What one member knows of a customer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FollowUser {
    /// The member.
    #[serde(deserialize_with = "lenient::key")]
    pub userid: String,
    /// The member's name for the customer.
    #[serde(default, deserialize_with = "lenient::text")]
    pub remark: String,
    /// The member's notes.
    #[serde(default, deserialize_with = "lenient::text")]
    pub description: String,
    /// When they became acquainted, Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub createtime: i64,
    /// All tags, when one customer was asked for.
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<FollowTag>,
    /// The ids of corp and strategy tags, when many customers were asked for.
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub tag_id: Vec<String>,
    /// The member's name for the customer's corp; of WeChat users only.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub remark_corp_name: String,
    /// Telephone numbers that the member has noted.
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub remark_mobiles: Vec<String>,
    /// Who added: the member, the customer, or who shared or assigned the customer.
    #[serde(default, deserialize_with = "lenient::text")]
    pub oper_userid: String,
    /// How the customer came: 0 unknown, 1 by QR code, [`ADDED_IN_GROUP`], 201 shared inside the
    /// corp, 202 assigned, and some 20 more; unknown values occur.
    #[serde(default, deserialize_with = "lenient::int")]
    pub add_way: i64,
    /// The channel (`state`) of the code or link by which the customer came.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// The video channel by which the customer came; only with `add_way` 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wechat_channels: Option<WechatChannels>,
}

/// The customer was added out of a group chat.
pub const ADDED_IN_GROUP: i64 = 4;

/// A tag on a relation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FollowTag {
    /// The group of the tag.
    #[serde(default, deserialize_with = "lenient::text")]
    pub group_name: String,
    /// The tag.
    #[serde(default, deserialize_with = "lenient::text")]
    pub tag_name: String,
    /// `et…`, or `st…` of strategy tags; empty for personal ones.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub tag_id: String,
    /// [`TAG_CORP`], [`TAG_PERSONAL`] or [`TAG_STRATEGY`].
    #[serde(default, rename = "type", deserialize_with = "lenient::int")]
    pub kind: i64,
}

/// A tag of the corp (企业标签).
pub const TAG_CORP: i64 = 1;
/// A tag that the member made for themselves.
pub const TAG_PERSONAL: i64 = 2;
/// A tag of a rule group (规则组).
pub const TAG_STRATEGY: i64 = 3;

/// A video channel (视频号).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WechatChannels {
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub nickname: String,
    /// 0 unknown, 1 home page, 2 live room, 3 form; comes as text too.
    #[serde(default, deserialize_with = "lenient::int")]
    pub source: i64,
}
