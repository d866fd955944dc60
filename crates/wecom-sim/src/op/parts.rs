//! What operations are made of.

use serde::{Deserialize, Serialize};

/// What one member of staff knows of one customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// At most 20 characters.
    pub remark: String,
    /// At most 150 characters.
    pub description: String,
    /// Only of WeChat users.
    pub remark_company: String,
    /// Phone numbers the member noted.
    pub remark_mobiles: Vec<String>,
    /// When they became friends, in seconds since 1970.
    pub created_at_s: i64,
    /// WeCom's number for the way in which they met.
    pub add_way: u8,
    /// The parameter of the live code; empty for none.
    pub state: String,
    /// Whether the member asked, not the customer.
    pub added_by_member: bool,
    /// Ids of corp tags, deleted ones included.
    pub tag_ids: Vec<String>,
    /// Names of tags that only the member sees.
    pub personal_tags: Vec<String>,
    /// The customer added the member, who has not added back: no call shows the relation.
    pub half: bool,
    /// The customer deleted the member; calls still show the relation.
    pub left: bool,
}

/// A change of remarks; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// At most 20 characters.
    pub remark: Option<String>,
    /// At most 150 characters.
    pub description: Option<String>,
    /// At most 20 characters.
    pub remark_company: Option<String>,
    /// In place of all there were; empty texts are left out.
    pub remark_mobiles: Option<Vec<String>>,
}

/// An uploaded file without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medium {
    /// What calls name it by.
    pub media_id: String,
    /// `image`, `voice`, `video` or `file`.
    pub kind: String,
    /// As receivers see it.
    pub file_name: String,
    /// The file's length.
    pub n_bytes: usize,
    /// When it was uploaded.
    pub at_ms: i64,
}

/// The customers to whom one member has to send a mass message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerTask {
    /// The member.
    pub sender: String,
    /// At least one.
    pub external_userids: Vec<String>,
}

/// A tag to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTag {
    /// `et…`
    pub id: String,
    /// At most 30 characters.
    pub name: String,
    /// Larger comes first.
    pub order: u32,
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
