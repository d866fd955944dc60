//! What a member notes about a customer, written for the member.
//!
//! WeCom refuses two changes of one customer at the same time (45035), so a client makes them one
//! after the other. Both calls set something to what it shall be, so a refusal for want of room
//! is followed by another try.

use serde::Serialize;

use crate::{Client, Error, call::Call, reply::Nothing};

/// At most this many characters in a remark and in a corp's name. [D92115]
pub const MAX_REMARK_CHARS: usize = 20;
/// At most this many characters in a description.
pub const MAX_DESCRIPTION_CHARS: usize = 150;

/// Changes what a member notes about a customer. [D92115]
///
/// 84061 when they have no relation. A text beyond the limits of this module, or a change of
/// nothing, is not sent.
pub async fn remark(client: &Client, remark: &Remark) -> Result<(), Error> {
    if let Some(reason) = reason_not_to_remark(remark) {
        return Err(Error::not_sent(&REMARK, reason));
    }
    let Remark { userid, external_userid, .. } = remark;
    // A list with one empty number clears them; an empty list would change nothing.
    let remark_mobiles = remark.remark_mobiles.as_deref().map(|mobiles| {
        if mobiles.is_empty() { vec![""] } else { mobiles.iter().map(String::as_str).collect() }
    });
    let body = RemarkBody {
        userid,
        external_userid,
        remark: remark.remark.as_deref(),
        description: remark.description.as_deref(),
        remark_company: remark.remark_company.as_deref(),
        remark_mobiles,
        remark_pic_mediaid: remark.remark_pic_mediaid.as_deref(),
    };
    let _only_one = client.one_change_of(external_userid).await;
    let Nothing {} = client.post(&REMARK, &body).await?;
    Ok(())
}

/// Puts tags on a relation and takes others off. [D92118]
///
/// Corp tags and strategy tags only; several of one group are allowed. 40068 when there is no such
/// tag, 40144 when the customer has too many, 84061 or 40096 when there is no such relation. A
/// change of nothing is not sent.
pub async fn mark_tag(client: &Client, marks: &TagMarks) -> Result<(), Error> {
    let TagMarks { userid, external_userid, add_tag, remove_tag } = marks;
    if userid.is_empty() || external_userid.is_empty() {
        return Err(Error::not_sent(&MARK_TAG, "no member or no customer"));
    }
    if add_tag.is_empty() && remove_tag.is_empty() {
        return Err(Error::not_sent(&MARK_TAG, "no tag"));
    }
    let _only_one = client.one_change_of(external_userid).await;
    let Nothing {} = client.post(&MARK_TAG, marks).await?;
    Ok(())
}

/// What to change of a relation; `None` leaves it as it is, empty text clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remark {
    /// The member.
    pub userid: String,
    /// The customer.
    pub external_userid: String,
    /// The member's name for the customer, up to [`MAX_REMARK_CHARS`].
    pub remark: Option<String>,
    /// Up to [`MAX_DESCRIPTION_CHARS`].
    pub description: Option<String>,
    /// The corp of a WeChat user, up to [`MAX_REMARK_CHARS`].
    pub remark_company: Option<String>,
    /// All telephone numbers; the empty list clears them.
    pub remark_mobiles: Option<Vec<String>>,
    /// A picture, from [`crate::media::upload`].
    pub remark_pic_mediaid: Option<String>,
}

/// Which tags to put on a relation and which to take off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TagMarks {
    /// The member.
    pub userid: String,
    /// The customer.
    pub external_userid: String,
    /// Ids of tags to put on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add_tag: Vec<String>,
    /// Ids of tags to take off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove_tag: Vec<String>,
}

const REMARK: Call = Call::set("externalcontact/remark");
const MARK_TAG: Call = Call::set("externalcontact/mark_tag");

fn reason_not_to_remark(remark: &Remark) -> Option<&'static str> {
    let n_chars = |text: &Option<String>| text.as_deref().map_or(0, |text| text.chars().count());
    let Remark { userid, external_userid, remark_mobiles, remark_pic_mediaid, .. } = remark;
    let texts = [&remark.remark, &remark.description, &remark.remark_company, remark_pic_mediaid];
    if userid.is_empty() || external_userid.is_empty() {
        Some("no member or no customer")
    } else if texts.iter().all(|text| text.is_none()) && remark_mobiles.is_none() {
        Some("nothing to change")
    } else if n_chars(&remark.remark) > MAX_REMARK_CHARS {
        Some("more than 20 characters of remark")
    } else if n_chars(&remark.remark_company) > MAX_REMARK_CHARS {
        Some("more than 20 characters of corp name")
    } else if n_chars(&remark.description) > MAX_DESCRIPTION_CHARS {
        Some("more than 150 characters of description")
    } else {
        None
    }
}

#[derive(Serialize)]
struct RemarkBody<'a> {
    userid: &'a str,
    external_userid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark_company: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark_mobiles: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark_pic_mediaid: Option<&'a str>,
}
