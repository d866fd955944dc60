//! Tickets by which a page proves to WeCom's JavaScript that it belongs to the corp or the app.
//!
//! There are two, and mixing them up is refused in the browser (42012, 40093): the corp's is for
//! `config`, the app's for `agentConfig`. WeCom gives them out 400 times an hour per corp and 100
//! times per app, so the client keeps them as it keeps its token: fetched by one caller, shared by
//! all, renewed 200 s before they expire. A ticket never leaves the server; only signatures do.

use serde::Deserialize;
use sha1::{Digest, Sha1};

use crate::{Client, Error, call::Call, lenient, token::Fetched};

/// The ticket of the corp, for `config`. [D90514]
pub async fn corp_ticket(client: &Client) -> Result<String, Error> {
    client.corp_ticket(async || fetched(client.get(&CORP_TICKET, &[]).await)).await
}

/// The ticket of the app, for `agentConfig`. [D94313]
pub async fn agent_ticket(client: &Client) -> Result<String, Error> {
    let query = [("type", "agent_config".to_owned())];
    client.agent_ticket(async || fetched(client.get(&AGENT_TICKET, &query).await)).await
}

/// The signature of a page, 40 lower-case hexadecimal digits. [D90514]
///
/// `url` is the address of the page as the browser has it; what follows a `#` does not count.
/// `nonce` and `timestamp_s` must be those that the page gives to the JavaScript.
pub fn signature(ticket: &str, nonce: &str, timestamp_s: i64, url: &str) -> String {
    let url = url.split('#').next().expect("a split has at least one part");
    let signed =
        format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp_s}&url={url}");
    hex::encode(Sha1::digest(signed.as_bytes()))
}

const CORP_TICKET: Call = Call::read("get_jsapi_ticket");
const AGENT_TICKET: Call = Call::read("ticket/get");

#[derive(Deserialize)]
struct Ticket {
    #[serde(deserialize_with = "lenient::key")]
    ticket: String,
    #[serde(deserialize_with = "lenient::int")]
    expires_in: i64,
}

fn fetched(reply: Result<Ticket, Error>) -> Result<Fetched, Error> {
    reply.map(|Ticket { ticket, expires_in }| Fetched { value: ticket, expires_in_s: expires_in })
}

#[cfg(test)]
mod tests {
    use ambient::ManualClock;
    use tokio::task::JoinSet;

    use super::*;
    use crate::testing::{Reply, Server, client_of, parse, with_token};

    #[test]
    fn the_published_signature_is_found_and_what_follows_a_hash_does_not_count() {
        let ticket = concat!(
            "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOc",
            "HKP7qg"
        );
        let url = "http://mp.weixin.qq.com?params=value";
        for url in [url.to_owned(), format!("{url}#/side/bar#2")] {
            let signature = signature(ticket, "Wm3WZYTPz0wzccnW", 1_414_587_457, &url);
            assert_eq!(signature, "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
        }
        let other = signature(ticket, "Wm3WZYTPz0wzccnW", 1_414_587_457, "http://mp.weixin.qq.com");
        assert_ne!(other, "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
    }

    #[test]
    fn the_documented_tickets_are_read_and_one_without_text_is_malformed() {
        let corp = include_str!("../examples-of-replies/get_jsapi_ticket.json");
        let agent = include_str!("../examples-of-replies/ticket-get.json");
        for (call, body, start) in
            [(&CORP_TICKET, corp, "bxLdik"), (&AGENT_TICKET, agent, "pIKi3w")]
        {
            let ticket = parse::<Ticket>(call, body).unwrap();
            assert!(ticket.ticket.starts_with(start));
            assert_eq!(ticket.expires_in, 7_200);
        }
        let empty = parse::<Ticket>(&CORP_TICKET, r#"{"ticket":"","expires_in":7200}"#);
        assert!(matches!(empty, Err(Error::Malformed { .. })));
    }

    async fn counting() -> Server {
        Server::start(|request| {
            let (call, nth) = (request.call.clone(), request.nth);
            with_token(request, || {
                Reply::Json(format!(r#"{{"ticket":"{call}-{nth}","expires_in":7200}}"#))
            })
        })
        .await
    }

    #[tokio::test]
    async fn many_callers_fetch_one_ticket_of_each_kind() {
        let server = counting().await;
        let client = server.client();
        let mut callers = JoinSet::new();
        for _ in 0..20 {
            let client = client.clone();
            callers.spawn(async move {
                (corp_ticket(&client).await.unwrap(), agent_ticket(&client).await.unwrap())
            });
        }
        for tickets in callers.join_all().await {
            assert_eq!(tickets, ("get_jsapi_ticket-1".to_owned(), "ticket/get-1".to_owned()));
        }
        let mut calls = server.calls();
        calls.sort();
        assert_eq!(calls, ["get_jsapi_ticket", "gettoken", "ticket/get"]);
        let query = server.requests().pop().unwrap().query;
        assert_eq!(query, "type=agent_config&access_token=good-token");
    }

    #[tokio::test]
    async fn a_ticket_is_renewed_200_seconds_before_it_expires() {
        let server = counting().await;
        let clock = ManualClock::at(0);
        let client = client_of(server.url(), &clock);
        corp_ticket(&client).await.unwrap();
        clock.advance(6_999_999);
        assert_eq!(corp_ticket(&client).await.unwrap(), "get_jsapi_ticket-1");
        clock.advance(1);
        assert_eq!(corp_ticket(&client).await.unwrap(), "get_jsapi_ticket-2");
    }

    #[tokio::test]
    async fn a_refused_ticket_is_asked_for_again_by_the_next_caller() {
        let server = Server::start(|request| {
            with_token(request, || match request.nth {
                1 => Reply::json(r#"{"errcode":60020,"errmsg":"not allow"}"#),
                _ => Reply::json(r#"{"ticket":"t","expires_in":7200}"#),
            })
        })
        .await;
        let client = server.client();
        assert_eq!(agent_ticket(&client).await.unwrap_err().errcode(), Some(60_020));
        assert_eq!(agent_ticket(&client).await.unwrap(), "t");
    }
}
