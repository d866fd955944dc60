//! WeCom's login pages, and who has come back from one with a code.
//!
//! Not only members can log in there: a customer with a WeChat account gets a code too, so a caller
//! must look whether a [`Visitor::Member`] has come. Codes and tickets are as good as passwords
//! while they last, and are printed by nothing here.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Client, Error, call::Call, lenient};

/// A code has at most this many bytes. [D91023]
pub const MAX_CODE_BYTES: usize = 512;

/// Where a person is sent to log in, and to come back from with `code` and `state`.
#[derive(Debug, Clone, Copy)]
pub struct LoginPage<'a> {
    /// The corp.
    pub corp_id: &'a str,
    /// The app whose trusted domain the page to come back to is on.
    pub agent_id: i64,
    /// The page to come back to.
    pub redirect_uri: &'a str,
    /// Letters and digits, 128 at most.
    pub state: &'a str,
}

impl LoginPage<'_> {
    /// For a browser outside WeCom: a QR code to scan. `base` is [`WEB_LOGIN_URL`] or a simulator's. [D98152]
    ///
    /// The app shows an error of its own, such as -31020 for a domain that is not trusted.
    pub fn in_a_browser(&self, base: &str) -> String {
        let agent_id = self.agent_id.to_string();
        let query = [
            ("login_type", "CorpApp"),
            ("appid", self.corp_id),
            ("agentid", &agent_id),
            ("redirect_uri", self.redirect_uri),
            ("state", self.state),
        ];
        format!("{base}/wwlogin/sso/login?{}", encoded(&query))
    }

    /// For WeCom's own browser, without a question (`snsapi_base`). `base` is [`OAUTH_URL`] or a simulator's.
    /// [D91022]
    pub fn inside_wecom(&self, base: &str) -> String {
        let agent_id = self.agent_id.to_string();
        let query = [
            ("appid", self.corp_id),
            ("redirect_uri", self.redirect_uri),
            ("response_type", "code"),
            ("scope", "snsapi_base"),
            ("state", self.state),
            ("agentid", &agent_id),
        ];
        format!("{base}/connect/oauth2/authorize?{}#wechat_redirect", encoded(&query))
    }
}

/// Where [`LoginPage::in_a_browser`] is with WeCom itself.
pub const WEB_LOGIN_URL: &str = "https://login.work.weixin.qq.com";
/// Where [`LoginPage::inside_wecom`] is with WeCom itself.
pub const OAUTH_URL: &str = "https://open.weixin.qq.com";

fn encoded(query: &[(&str, &str)]) -> String {
    let any = reqwest::Url::parse_with_params("https://any.example.com/", query);
    any.expect("the address is fixed").query().unwrap_or_default().to_owned()
}

/// Whom a code stands for. [D91023]
///
/// A code works once, for 5 minutes, and for the app that it was made for: 40029, 42003 when it is
/// too old, 42022 when it has been used. 50001 when the address of the page is not on the app's
/// trusted domain. An empty code or one beyond [`MAX_CODE_BYTES`] is not sent. Never repeated,
/// because the code is used up even when the answer is lost.
pub async fn user_info(client: &Client, code: &str) -> Result<Visitor, Error> {
    if !(1..=MAX_CODE_BYTES).contains(&code.len()) {
        return Err(Error::not_sent(&USER_INFO, "the code is not 1 to 512 bytes long"));
    }
    let query = [("code", code.to_owned())];
    let reply = client.get::<UserInfo>(&USER_INFO, &query).await;
    let UserInfo { userid, user_ticket, openid, external_userid } =
        reply.map_err(|error| error.without(code))?;
    match (userid, openid) {
        (Some(userid), _) => Ok(Visitor::Member { userid, ticket: user_ticket.map(UserTicket) }),
        (None, Some(openid)) => Ok(Visitor::Outsider { openid, external_userid }),
        (None, None) => Err(Error::malformed(&USER_INFO, "neither userid nor openid".to_owned())),
    }
}

/// What a member has agreed to show, by the ticket of the login. [D95833]
///
/// 84014 when the ticket is older than half an hour, 84015 when it is none.
pub async fn user_detail(client: &Client, ticket: &UserTicket) -> Result<UserDetail, Error> {
    let UserTicket(user_ticket) = ticket;
    let reply = client.post(&USER_DETAIL, &DetailBody { user_ticket }).await;
    reply.map_err(|error: Error| error.without(user_ticket))
}

/// Who has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// A member of the corp, whether or not in the app's visible range.
    Member {
        /// The member.
        userid: String,
        /// Only when the member was asked for consent (`snsapi_privateinfo`) and is visible.
        ticket: Option<UserTicket>,
    },
    /// Anybody else with a WeChat account.
    Outsider {
        /// The person, for this corp.
        openid: String,
        /// The customer, when somebody visible follows them.
        external_userid: Option<String>,
    },
}

/// Half an hour's right to see a member's details. Prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct UserTicket(String);

impl fmt::Debug for UserTicket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UserTicket(***)")
    }
}

/// What a member shows; empty is what the member or the administrator did not agree to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UserDetail {
    /// The member.
    #[serde(deserialize_with = "lenient::key")]
    pub userid: String,
    /// `"1"` male, `"2"` female, `"0"` unknown.
    #[serde(default, deserialize_with = "lenient::number_as_text")]
    pub gender: String,
    /// A URL.
    #[serde(default, deserialize_with = "lenient::text")]
    pub avatar: String,
    /// A URL.
    #[serde(default, deserialize_with = "lenient::text")]
    pub qr_code: String,
    /// The telephone number.
    #[serde(default, deserialize_with = "lenient::text")]
    pub mobile: String,
    /// The member's own address.
    #[serde(default, deserialize_with = "lenient::text")]
    pub email: String,
    /// The address at the corp's mail.
    #[serde(default, deserialize_with = "lenient::text")]
    pub biz_mail: String,
    /// Where the member works.
    #[serde(default, deserialize_with = "lenient::text")]
    pub address: String,
}

const USER_INFO: Call = Call::write("auth/getuserinfo");
const USER_DETAIL: Call = Call::read("auth/getuserdetail");

/// The call's predecessor wrote two of the names in capitals.
#[derive(Deserialize)]
struct UserInfo {
    #[serde(default, alias = "UserId", deserialize_with = "lenient::optional_text")]
    userid: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    user_ticket: Option<String>,
    #[serde(default, alias = "OpenId", deserialize_with = "lenient::optional_text")]
    openid: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    external_userid: Option<String>,
}

#[derive(Serialize)]
struct DetailBody<'a> {
    user_ticket: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reply, Server, with_token};

    async fn answering(body: &'static str) -> Server {
        Server::start(move |request| with_token(request, || Reply::json(body))).await
    }

    #[tokio::test]
    async fn the_documented_member_and_outsider_are_told_apart() {
        let server = answering(include_str!("../examples-of-replies/auth-getuserinfo.json")).await;
        let visitor = user_info(&server.client(), "a+b/c=").await.unwrap();
        let ticket = Some(UserTicket("USER_TICKET".to_owned()));
        assert_eq!(visitor, Visitor::Member { userid: "USERID".to_owned(), ticket });
        assert!(!format!("{visitor:?}").contains("USER_TICKET"));
        let query = server.requests().remove(1).query;
        assert_eq!(query, "code=a%2Bb%2Fc%3D&access_token=good-token");
        let body = include_str!("../examples-of-replies/auth-getuserinfo-outsider.json");
        let visitor = user_info(&answering(body).await.client(), "c").await.unwrap();
        let external_userid = Some("EXTERNAL_USERID".to_owned());
        assert_eq!(visitor, Visitor::Outsider { openid: "OPENID".to_owned(), external_userid });
    }

    #[test]
    fn the_addresses_of_login_pages_are_those_of_the_documents() {
        let page = LoginPage {
            corp_id: "wwCORP",
            agent_id: 1_000_002,
            redirect_uri: "https://siyu.example.com/back?a=1&b",
            state: "STATE",
        };
        let back = "redirect_uri=https%3A%2F%2Fsiyu.example.com%2Fback%3Fa%3D1%26b";
        assert_eq!(
            page.in_a_browser(WEB_LOGIN_URL),
            format!(
                "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=wwCORP\
                 &agentid=1000002&{back}&state=STATE"
            )
        );
        assert_eq!(
            page.inside_wecom(OAUTH_URL),
            format!(
                "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wwCORP&{back}&response_type=code\
                 &scope=snsapi_base&state=STATE&agentid=1000002#wechat_redirect"
            )
        );
    }

    #[tokio::test]
    async fn a_member_without_consent_and_an_unknown_outsider_are_told_apart() {
        let cases = [
            (
                r#"{"userid":"a","user_ticket":""}"#,
                Visitor::Member { userid: "a".to_owned(), ticket: None },
            ),
            (
                r#"{"UserId":"a","DeviceId":""}"#,
                Visitor::Member { userid: "a".to_owned(), ticket: None },
            ),
            (
                r#"{"userid":"","openid":"o","external_userid":""}"#,
                Visitor::Outsider { openid: "o".to_owned(), external_userid: None },
            ),
        ];
        for (body, expected) in cases {
            let server = answering(body).await;
            assert_eq!(user_info(&server.client(), "c").await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn nobody_is_no_visitor() {
        let server = answering(r#"{"errcode":0,"errmsg":"ok","userid":""}"#).await;
        let error = user_info(&server.client(), "c").await.unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }));
    }

    #[tokio::test]
    async fn a_used_code_is_refused_and_printed_by_nothing() {
        let server = answering(r#"{"errcode":42022,"errmsg":"code the-code used"}"#).await;
        let error = user_info(&server.client(), "the-code").await.unwrap_err();
        assert_eq!(error.errcode(), Some(crate::codes::CODE_USED));
        assert!(!format!("{error} {error:?}").contains("the-code"));
    }

    #[tokio::test]
    async fn a_page_outside_the_trusted_domain_is_explained() {
        let server = answering(r#"{"errcode":50001,"errmsg":"redirect_url"}"#).await;
        let error = user_info(&server.client(), "c").await.unwrap_err();
        assert!(error.advice().is_some_and(|advice| advice.contains("[D91023]")));
    }

    #[tokio::test]
    async fn a_code_of_no_or_too_many_bytes_is_not_sent() {
        let server = answering("{}").await;
        for code in ["", "c".repeat(513).as_str()] {
            let error = user_info(&server.client(), code).await.unwrap_err();
            assert!(matches!(error, Error::NotSent { .. }));
        }
        assert_eq!(server.requests().len(), 0);
    }

    #[tokio::test]
    async fn a_code_is_used_once_even_when_the_answer_is_lost_or_wecom_is_busy() {
        for reply in [|| Reply::Close, || Reply::json(r#"{"errcode":-1,"errmsg":"busy"}"#)] {
            let server = Server::start(move |request| with_token(request, reply)).await;
            user_info(&server.client(), "c").await.unwrap_err();
            assert_eq!(server.calls(), ["gettoken", "auth/getuserinfo"]);
        }
    }

    #[tokio::test]
    async fn the_documented_details_are_read() {
        let server =
            answering(include_str!("../examples-of-replies/auth-getuserdetail.json")).await;
        let ticket = UserTicket("T".to_owned());
        let detail = user_detail(&server.client(), &ticket).await.unwrap();
        assert_eq!((detail.userid.as_str(), detail.gender.as_str()), ("lisi", "1"));
        assert_eq!(detail.biz_mail, "zhangsan@qyycs2.wecom.work");
        assert_eq!(server.bodies_of("auth/getuserdetail"), [r#"{"user_ticket":"T"}"#]);
        let server = answering(r#"{"userid":"lisi","mobile":null}"#).await;
        let detail = user_detail(&server.client(), &ticket).await.unwrap();
        assert_eq!((detail.mobile.as_str(), detail.gender.as_str()), ("", ""));
    }

    #[tokio::test]
    async fn an_old_ticket_is_refused_and_printed_by_nothing() {
        let server = answering(r#"{"errcode":84014,"errmsg":"old-ticket expired"}"#).await;
        let ticket = UserTicket("old-ticket".to_owned());
        let error = user_detail(&server.client(), &ticket).await.unwrap_err();
        assert_eq!(error.errcode(), Some(84_014));
        assert!(!format!("{error} {error:?}").contains("old-ticket"));
    }
}
