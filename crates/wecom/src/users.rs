//! The ids of all members, by the secret of 通讯录同步.
//!
//! The app sees members of its visible range only. The contact-sync secret sees all of them, but
//! since 2022 little more than their ids: a client made with that secret is for this call, and a
//! client of the app for all others.

use serde::{Deserialize, Serialize};

use crate::{Client, Error, call::Call, lenient};

/// At most this many places on one page of [`list_id`]. [D96067]
pub const MAX_PAGE: u32 = 10_000;

/// One page of all members with their departments, one entry per pair. [D96067]
///
/// `client` must have the contact-sync secret; the secret of an app is refused with 48002. 50100
/// when the cursor is no longer valid. A limit outside 1 to 10,000 is not sent.
pub async fn list_id(client: &Client, cursor: Option<&str>, limit: u32) -> Result<IdPage, Error> {
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Error::not_sent(&LIST_ID, "limit outside 1 to 10000"));
    }
    client.post(&LIST_ID, &ListIdBody { cursor, limit }).await
}

/// A page of members.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IdPage {
    /// The places on this page; a member in two departments has two.
    #[serde(default, rename = "dept_user", deserialize_with = "lenient::list")]
    pub places: Vec<Place>,
    /// `None` at the end.
    #[serde(default, with = "lenient::cursor")]
    pub next_cursor: Option<String>,
}

/// A member in a department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The member.
    #[serde(deserialize_with = "lenient::key")]
    pub userid: String,
    /// The department, unsigned 32 bits.
    #[serde(deserialize_with = "lenient::int")]
    pub department: i64,
}

const LIST_ID: Call = Call::read("user/list_id");

#[derive(Serialize)]
struct ListIdBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    limit: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Class,
        testing::{Reply, Server, parse, with_token},
    };

    const PAGE: &str = include_str!("../examples-of-replies/user-list_id.json");

    #[tokio::test]
    async fn the_documented_page_is_read_and_the_next_one_asked_for() {
        let server = Server::start(|request| with_token(request, || Reply::json(PAGE))).await;
        let page = list_id(&server.client(), None, 10_000).await.unwrap();
        assert_eq!(page.places.len(), 3);
        assert_eq!(page.places[1], Place { userid: "zhangsan".to_owned(), department: 2 });
        list_id(&server.client(), page.next_cursor.as_deref(), 1).await.unwrap();
        let bodies = server.bodies_of("user/list_id");
        assert_eq!(bodies, [r#"{"limit":10000}"#, r#"{"cursor":"aaaaaaaaa","limit":1}"#]);
    }

    #[tokio::test]
    async fn a_limit_beyond_wecoms_is_not_sent() {
        let server = Server::start(|request| with_token(request, || Reply::json(PAGE))).await;
        for limit in [0, 10_001] {
            let error = list_id(&server.client(), None, limit).await.unwrap_err();
            assert!(matches!(error, Error::NotSent { .. }));
        }
        assert_eq!(server.requests().len(), 0);
    }

    #[test]
    fn the_last_page_has_no_cursor_and_departments_may_be_large_or_text() {
        let body = r#"{"next_cursor":"","dept_user":[{"userid":"a","department":"4294967295"}]}"#;
        let page = parse::<IdPage>(&LIST_ID, body).unwrap();
        assert_eq!((page.places[0].department, page.next_cursor), (4_294_967_295, None));
        let empty = parse::<IdPage>(&LIST_ID, r#"{"next_cursor":null,"dept_user":null}"#).unwrap();
        assert_eq!(empty, IdPage::default());
    }

    #[test]
    fn a_place_without_member_or_department_is_malformed_and_the_wrong_secret_a_setting() {
        for place in [r#"{"userid":"","department":1}"#, r#"{"userid":"a"}"#] {
            let body = format!(r#"{{"dept_user":[{place}]}}"#);
            assert!(matches!(parse::<IdPage>(&LIST_ID, &body), Err(Error::Malformed { .. })));
        }
        let refused = r#"{"errcode":48002,"errmsg":"api forbidden","dept_user":[]}"#;
        let error = parse::<IdPage>(&LIST_ID, refused).unwrap_err();
        assert_eq!(error.class(), Class::Configuration);
    }
}
