//! Messages of the app to members of the corp.
//!
//! WeCom has no list of them, so after an unknown outcome nobody can look whether the message went
//! out. Instead WeCom itself drops a request whose bytes equal those of one in the last four hours.
//! That is why the body is made first, to be stored, and sent unchanged as often as need be.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Client, Error, call::Call, lenient, reply::Nothing};

/// At most this many receivers of one message. [D90236]
pub const MAX_RECEIVERS: usize = 1_000;
/// At most this many characters in a card's title.
pub const MAX_TITLE_CHARS: usize = 128;
/// At most this many characters in a card's description.
pub const MAX_DESCRIPTION_CHARS: usize = 512;
/// At most this many bytes in a card's URL.
pub const MAX_URL_BYTES: usize = 2_048;
/// At most this many characters on a card's button.
pub const MAX_BUTTON_CHARS: usize = 4;
/// WeCom drops a repeated body for this long, in seconds; the longest it allows.
pub const DUPLICATE_CHECK_S: u32 = 14_400;

/// The body that sends a card; see [`send`].
///
/// Nothing is checked or cut: WeCom refuses a card beyond the limits of this module.
pub fn body(card: &TextCard) -> String {
    let TextCard { agent_id, to_users, title, description, url, button } = card;
    let body = Body {
        touser: to_users.join("|"),
        msgtype: "textcard",
        agentid: *agent_id,
        textcard: Card { title, description, url, btntxt: button },
        enable_duplicate_check: 1,
        duplicate_check_interval: DUPLICATE_CHECK_S,
    };
    serde_json::to_string(&body).expect("a card is plain text and numbers")
}

/// Posts a body from [`body`] byte for byte. [D90236]
///
/// Succeeds although some receivers are invalid; 81013 when all are. Each member gets at most 30
/// messages a minute and 1000 an hour, and WeCom drops the others without a word. After an unknown
/// effect the same bytes may be sent again within [`DUPLICATE_CHECK_S`] of the first time, and not
/// later.
pub async fn send(client: &Client, body: &str) -> Result<Sent, Error> {
    client.post_text(&SEND, body).await
}

/// How long the budget has no room for another message; `None` when one may be sent now.
///
/// For callers who note a message as begun before they send it: they wait first. Other callers of
/// the client may take the room meanwhile, so [`Error::OverBudget`] remains possible.
pub fn ms_until_room(client: &Client) -> Option<u64> {
    client.full_for_ms(&SEND)
}

/// Takes a message back from all who got it. [D94867]
///
/// 42052 after 24 hours, 40058 when another app has sent it. The WeChat plug-in keeps showing it.
pub async fn recall(client: &Client, msgid: &str) -> Result<(), Error> {
    let Nothing {} = client.post(&RECALL, &RecallBody { msgid }).await?;
    Ok(())
}

/// A card with a title, a few lines and a link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextCard {
    /// The app that sends; must be the one whose secret the client has (301002).
    pub agent_id: i64,
    /// The userids, 1 to [`MAX_RECEIVERS`].
    pub to_users: Vec<String>,
    /// Up to [`MAX_TITLE_CHARS`].
    pub title: String,
    /// Up to [`MAX_DESCRIPTION_CHARS`]; may contain `<br>` and `<div class="gray">`.
    pub description: String,
    /// Up to [`MAX_URL_BYTES`], with its scheme.
    pub url: String,
    /// Up to [`MAX_BUTTON_CHARS`]; empty for WeCom's own 详情.
    pub button: String,
}

/// A message that went out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// By which the message can be recalled.
    #[serde(default, deserialize_with = "lenient::text")]
    pub msgid: String,
    /// Receivers that did not get it, in lower case whatever case they were sent in.
    #[serde(default, rename = "invaliduser", deserialize_with = "split", serialize_with = "join")]
    pub invalid_users: Vec<String>,
    /// Receivers without a licence, in lower case; only apps of providers need licences.
    #[serde(
        default,
        rename = "unlicenseduser",
        deserialize_with = "split",
        serialize_with = "join",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub unlicensed_users: Vec<String>,
}

const SEND: Call = Call::write("message/send");
const RECALL: Call = Call::write("message/recall");

/// The fields stand in the order of the documentation; a stored body depends on none of it.
#[derive(Serialize)]
struct Body<'a> {
    touser: String,
    msgtype: &'static str,
    agentid: i64,
    textcard: Card<'a>,
    enable_duplicate_check: u8,
    duplicate_check_interval: u32,
}

#[derive(Serialize)]
struct Card<'a> {
    title: &'a str,
    description: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    btntxt: &'a str,
}

#[derive(Serialize)]
struct RecallBody<'a> {
    msgid: &'a str,
}

fn split<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let joined = lenient::text(deserializer)?;
    Ok(joined.split('|').filter(|user| !user.is_empty()).map(str::to_owned).collect())
}

fn join<S: Serializer>(users: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&users.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Effect, codes,
        testing::{Reply, Server, parse, with_token},
    };

    fn card() -> TextCard {
        TextCard {
            agent_id: 1_000_005,
            to_users: vec!["ZhangSan".to_owned(), "lisi".to_owned()],
            title: "今日群发".to_owned(),
            description: "3 个群<br>客服群".to_owned(),
            url: "https://example.com/t/1".to_owned(),
            button: "去发送".to_owned(),
        }
    }

    #[test]
    fn the_body_of_a_card_is_fixed_to_the_byte() {
        assert_eq!(
            body(&card()),
            concat!(
                r#"{"touser":"ZhangSan|lisi","msgtype":"textcard","agentid":1000005,"textcard":"#,
                r#"{"title":"今日群发","description":"3 个群<br>客服群","#,
                r#""url":"https://example.com/t/1","btntxt":"去发送"},"#,
                r#""enable_duplicate_check":1,"duplicate_check_interval":14400}"#
            )
        );
    }

    #[test]
    fn a_card_without_a_button_text_leaves_it_to_wecom() {
        assert!(!body(&TextCard { button: String::new(), ..card() }).contains("btntxt"));
    }

    #[tokio::test]
    async fn a_stored_body_is_sent_unchanged() {
        let example = include_str!("../examples-of-replies/message-send.json");
        let server = Server::start(|request| with_token(request, || Reply::json(example))).await;
        let stored = "{ \"touser\" : \"a\",\n\t\"older\":\"form\" }";
        let sent = send(&server.client(), stored).await.unwrap();
        assert_eq!(server.bodies_of("message/send"), [stored]);
        assert_eq!(sent.invalid_users, ["userid1", "userid2"]);
    }

    #[test]
    fn the_documented_reply_is_read_and_written_back() {
        let body = include_str!("../examples-of-replies/message-send.json");
        let sent = parse::<Sent>(&SEND, body).unwrap();
        assert_eq!((sent.msgid.as_str(), sent.unlicensed_users.len()), ("xxxx", 2));
        assert_eq!(
            serde_json::to_string(&sent).unwrap(),
            r#"{"msgid":"xxxx","invaliduser":"userid1|userid2","unlicenseduser":"userid3|userid4"}"#
        );
    }

    #[tokio::test]
    async fn a_message_is_taken_back_and_an_old_one_is_not() {
        let server = Server::start(|request| {
            with_token(request, || match request.nth {
                1 => Reply::json(include_str!("../examples-of-replies/ok.json")),
                _ => Reply::json(r#"{"errcode":42052,"errmsg":"too old"}"#),
            })
        })
        .await;
        let client = server.client();
        recall(&client, "xxxx").await.unwrap();
        let error = recall(&client, "xxxx").await.unwrap_err();
        assert_eq!(
            (error.errcode(), error.effect()),
            (Some(codes::TOO_OLD_TO_RECALL), Effect::None)
        );
        assert_eq!(server.bodies_of("message/recall"), [r#"{"msgid":"xxxx"}"#; 2]);
    }

    #[test]
    fn nobody_is_invalid_when_the_field_is_empty_or_absent() {
        for body in [r#"{"msgid":"m","invaliduser":""}"#, r#"{"msgid":"m","invaliduser":null}"#] {
            assert_eq!(parse::<Sent>(&SEND, body).unwrap().invalid_users, [""; 0]);
        }
    }
}
