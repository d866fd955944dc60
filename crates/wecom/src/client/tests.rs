//! How the client keeps its token, what it repeats, and what it says when the network fails.

use std::sync::atomic::{AtomicUsize, Ordering};

use ambient::ManualClock;
use tokio::{net::TcpListener, task::JoinSet};

use super::*;
use crate::{
    Effect, app_messages, contacts, customers, mass_messages,
    testing::{Reply, SECRET, Server, client_of, parse, with_token},
};

const FOLLOW_USERS: &str = "externalcontact/get_follow_user_list";
const ADD_MSG_TEMPLATE: &str = "externalcontact/add_msg_template";

fn message() -> mass_messages::GroupMessage {
    mass_messages::GroupMessage {
        sender: "zhangsan".to_owned(),
        chat_ids: vec!["wr1".to_owned()],
        text: Some("早上好".to_owned()),
        attachments: Vec::new(),
    }
}

async fn create(client: &Client) -> Result<mass_messages::Created, Error> {
    mass_messages::create_for_groups(client, &message()).await
}

/// Everything that a log could show of an error.
fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text += &format!(" {error} {error:?}");
        source = error.source();
    }
    text
}

#[test]
fn the_documented_token_is_read_and_its_life_also_as_text() {
    let body = include_str!("../../examples-of-replies/gettoken.json");
    let reply = parse::<TokenReply>(&GETTOKEN, body).unwrap();
    assert_eq!((reply.access_token.as_str(), reply.expires_in), ("accesstoken000001", 7_200));
    let body = r#"{"access_token":"t","expires_in":"7200"}"#;
    assert_eq!(parse::<TokenReply>(&GETTOKEN, body).unwrap().expires_in, 7_200);
}

#[tokio::test]
async fn many_callers_at_once_fetch_one_token() {
    let server = Server::start(|request| with_token(request, || Reply::json("{}"))).await;
    let client = server.client();
    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let client = client.clone();
        callers.spawn(async move { customers::follow_users(&client).await });
    }
    assert!(callers.join_all().await.into_iter().all(|result| result.is_ok()));
    let calls = server.calls();
    assert_eq!(calls.iter().filter(|call| *call == "gettoken").count(), 1);
    assert_eq!(calls.iter().filter(|call| *call == FOLLOW_USERS).count(), 50);
}

#[tokio::test]
async fn many_callers_at_once_share_the_refusal_of_a_wrong_secret() {
    let server = Server::start(|_| Reply::json(r#"{"errcode":40001,"errmsg":"bad"}"#)).await;
    let client = server.client();
    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let client = client.clone();
        callers.spawn(async move { customers::follow_users(&client).await });
    }
    for result in callers.join_all().await {
        let error = result.unwrap_err();
        assert_eq!((error.call(), error.class()), ("gettoken", Class::Configuration));
    }
    assert_eq!(server.calls(), ["gettoken"]);
    // A later caller tries again: the administrator may have put it right.
    customers::follow_users(&client).await.unwrap_err();
    assert_eq!(server.calls(), ["gettoken", "gettoken"]);
}

#[tokio::test]
async fn a_caller_that_gives_up_while_fetching_leaves_the_fetch_to_the_next() {
    let server = Server::start(|request| match (request.call.as_str(), request.nth) {
        ("gettoken", 1) => Reply::Hang,
        _ => with_token(request, || Reply::json("{}")),
    })
    .await;
    let client = server.client();
    let mut impatient = JoinSet::new();
    let shared = client.clone();
    impatient.spawn(async move { customers::follow_users(&shared).await });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    impatient.shutdown().await;
    customers::follow_users(&client).await.unwrap();
    assert_eq!(server.calls(), ["gettoken", "gettoken", FOLLOW_USERS]);
}

#[tokio::test]
async fn the_token_is_renewed_200_seconds_before_it_expires() {
    let server = Server::start(|request| with_token(request, || Reply::json("{}"))).await;
    let clock = ManualClock::at(1_000);
    let client = client_of(server.url(), &clock);
    customers::follow_users(&client).await.unwrap();
    clock.advance(6_999_999);
    customers::follow_users(&client).await.unwrap();
    assert_eq!(server.calls(), ["gettoken", FOLLOW_USERS, FOLLOW_USERS]);
    clock.advance(1);
    customers::follow_users(&client).await.unwrap();
    assert_eq!(server.calls()[3..], ["gettoken", FOLLOW_USERS]);
}

/// Gives `token-1`, `token-2`, … and refuses the first with `errcode`.
fn first_token_refused(request: &crate::testing::Request, errcode: i64) -> Reply {
    if request.call == "gettoken" {
        Reply::token(&format!("token-{}", request.nth), 7_200)
    } else if request.has_token("token-1") {
        Reply::Json(format!(r#"{{"errcode":{errcode},"errmsg":"invalid","msgid":""}}"#))
    } else {
        Reply::json(r#"{"errcode":0,"msgid":"msg1"}"#)
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_call_repeated_whatever_code_refuses_it() {
    for errcode in [40_001, 40_014, 42_001] {
        let server = Server::start(move |request| first_token_refused(request, errcode)).await;
        let client = server.client();
        assert_eq!(create(&client).await.unwrap().msgid, "msg1", "{errcode}");
        let first = ["gettoken", ADD_MSG_TEMPLATE, "gettoken", ADD_MSG_TEMPLATE];
        assert_eq!(server.calls(), first);
        create(&client).await.unwrap();
        assert_eq!(server.calls()[4..], [ADD_MSG_TEMPLATE], "the new token is kept");
    }
}

#[tokio::test]
async fn many_callers_with_a_refused_token_fetch_one_new_token() {
    let server = Server::start(|request| first_token_refused(request, 42_001)).await;
    let client = server.client();
    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let client = client.clone();
        callers.spawn(async move { customers::follow_users(&client).await });
    }
    assert!(callers.join_all().await.into_iter().all(|result| result.is_ok()));
    let n_fetched = server.calls().iter().filter(|call| *call == "gettoken").count();
    assert_eq!(n_fetched, 2);
}

#[tokio::test]
async fn a_token_that_is_always_refused_is_given_up_after_one_repetition() {
    let server = Server::start(|request| {
        with_token(request, || Reply::json(r#"{"errcode":40014,"errmsg":"invalid"}"#))
    })
    .await;
    let client = server.client();
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.errcode(), error.class()), (Some(40_014), Class::Token));
    assert_eq!(error.effect(), Effect::None);
    assert_eq!(server.calls(), ["gettoken", ADD_MSG_TEMPLATE, "gettoken", ADD_MSG_TEMPLATE]);
    create(&client).await.unwrap_err();
    assert_eq!(server.calls().len(), 7, "the next call fetches one token, not two");
}

#[tokio::test]
async fn a_late_refusal_of_an_old_token_leaves_its_successor_alone() {
    let cell = TokenCell::default();
    let clock = ManualClock::at(0).clock();
    let n_fetches = AtomicUsize::new(0);
    let same_text = async || {
        n_fetches.fetch_add(1, Ordering::SeqCst);
        Ok(Fetched { value: "same".to_owned(), expires_in_s: 7_200 })
    };
    let first = cell.get(&clock, same_text).await.unwrap();
    cell.drop_refused(first.number);
    let second = cell.get(&clock, same_text).await.unwrap();
    cell.drop_refused(first.number);
    let third = cell.get(&clock, same_text).await.unwrap();
    assert_eq!((second.number, third.number), (2, 2));
    assert_eq!(n_fetches.load(Ordering::SeqCst), 2);
}

const BUSY: &str = r#"{"errcode":-1,"errmsg":"system busy"}"#;

#[tokio::test]
async fn a_read_that_finds_wecom_busy_is_repeated_three_times() {
    let server = Server::start(|request| {
        with_token(request, || match request.nth {
            1..=3 => Reply::json(BUSY),
            _ => Reply::json(r#"{"department":[{"id":1}]}"#),
        })
    })
    .await;
    let departments = contacts::departments(&server.client()).await.unwrap();
    assert_eq!(departments[0].id, 1);
    assert_eq!(server.calls().len(), 5);
}

#[tokio::test]
async fn a_read_that_finds_wecom_busy_for_ever_gives_up() {
    let server = Server::start(|request| with_token(request, || Reply::json(BUSY))).await;
    let error = contacts::departments(&server.client()).await.unwrap_err();
    assert_eq!((error.errcode(), error.class()), (Some(-1), Class::Retry));
    assert_eq!(server.calls().len(), 5);
}

#[tokio::test]
async fn a_busy_wecom_is_asked_again_for_a_token_and_no_more_than_three_times() {
    let server = Server::start(|_| Reply::json(BUSY)).await;
    let error = contacts::departments(&server.client()).await.unwrap_err();
    assert_eq!((error.call(), error.effect()), ("gettoken", Effect::None));
    assert_eq!(server.calls(), ["gettoken"; 4]);
}

#[tokio::test]
async fn a_write_that_finds_wecom_busy_is_not_repeated_and_its_effect_is_unknown() {
    let server = Server::start(|request| with_token(request, || Reply::json(BUSY))).await;
    let client = server.client();
    assert_eq!(create(&client).await.unwrap_err().effect(), Effect::Unknown);
    let error = app_messages::send(&client, "{}").await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(server.calls(), ["gettoken", ADD_MSG_TEMPLATE, "message/send"]);
}

#[test]
fn pauses_start_at_one_second_and_double() {
    let client = client_of("http://localhost", &ManualClock::at(0)).with_retry_base_ms(1_000);
    let busy = Error::Api { call: "user/list", errcode: -1, errmsg: String::new() };
    let call = Call::read("user/list");
    let pauses_ms = [0, 1, 2, 3].map(|n_repeated| client.pause_ms(&call, &busy, n_repeated));
    assert_eq!(pauses_ms, [Some(1_000), Some(2_000), Some(4_000), None]);
}

#[tokio::test]
async fn the_token_goes_into_the_query_and_reads_are_get_calls() {
    let server = Server::start(|request| with_token(request, || Reply::json("{}"))).await;
    let client = client_of(&format!("{}/", server.url()), &ManualClock::at(0));
    contacts::staff_of_department(&client, 4_294_967_295).await.unwrap();
    let requests = server.requests();
    assert_eq!((requests[0].method.as_str(), requests[1].method.as_str()), ("GET", "GET"));
    assert_eq!(requests[0].query, format!("corpid=ww1&corpsecret={SECRET}"));
    assert_eq!(requests[1].query, "department_id=4294967295&access_token=good-token");
}

#[tokio::test]
async fn a_refused_connection_has_no_effect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = create(&client_of(&url, &ManualClock::at(0))).await.unwrap_err();
    assert!(matches!(error, Error::Transport { .. }));
    assert_eq!((error.effect(), error.class()), (Effect::None, Class::Retry));
    assert!(!printed(&error).contains(SECRET));
}

/// A server that hands out a token and then does `reply` to the message.
async fn error_of_create(reply: fn() -> Reply) -> Error {
    let server = Server::start(move |request| with_token(request, reply)).await;
    let error = create(&server.client()).await.unwrap_err();
    assert_eq!(server.calls(), ["gettoken", ADD_MSG_TEMPLATE], "nothing is repeated");
    assert_eq!(error.call(), ADD_MSG_TEMPLATE);
    assert!(!printed(&error).contains("good-token"), "{}", printed(&error));
    assert!(!printed(&error).contains(SECRET));
    error
}

#[tokio::test]
async fn a_cut_answer_leaves_the_effect_unknown() {
    assert_eq!(error_of_create(|| Reply::Cut).await.effect(), Effect::Unknown);
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_leaves_the_effect_unknown() {
    assert_eq!(error_of_create(|| Reply::Close).await.effect(), Effect::Unknown);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_the_effect_unknown() {
    let error = error_of_create(|| Reply::HangUntilTimeout).await;
    let Error::Transport { effect, source, .. } = &error else { panic!("{error}") };
    assert!(source.is_timeout());
    assert_eq!(*effect, Effect::Unknown);
}

#[tokio::test]
async fn a_gateways_error_leaves_the_effect_unknown() {
    let error = error_of_create(|| Reply::Status(502, "<html>bad gateway</html>")).await;
    assert!(matches!(error, Error::Status { status: 502, .. }));
    assert_eq!((error.effect(), error.class()), (Effect::Unknown, Class::Retry));
}

#[tokio::test]
async fn a_page_instead_of_an_answer_leaves_the_effect_unknown() {
    let error = error_of_create(|| Reply::json("<html>log in here</html>")).await;
    assert!(matches!(error, Error::Malformed { .. }));
    assert_eq!(error.effect(), Effect::Unknown);
}

#[tokio::test]
async fn a_write_for_which_no_token_can_be_had_has_no_effect_however_that_failed() {
    let failures: [fn() -> Reply; 6] = [
        || Reply::Cut,
        || Reply::Close,
        || Reply::Status(503, ""),
        || Reply::json("<html>"),
        || Reply::json(r#"{"errcode":0,"access_token":"","expires_in":7200}"#),
        // Last, because from then on the time of the test runs ahead.
        || Reply::HangUntilTimeout,
    ];
    for failure in failures {
        let server = Server::start(move |_| failure()).await;
        let error = create(&server.client()).await.unwrap_err();
        assert_eq!((error.call(), error.effect()), ("gettoken", Effect::None), "{error}");
        assert!(!printed(&error).contains(SECRET));
    }
}

#[tokio::test]
async fn what_wecom_repeats_of_token_and_secret_is_blotted_out() {
    let echo = || Reply::json(r#"{"errcode":40058,"errmsg":"not good-token, hint: [12]"}"#);
    let error = error_of_create(echo).await;
    assert!(printed(&error).contains("not ***, hint: [12]"));
    let server = Server::start(|_| {
        Reply::Json(format!(r#"{{"errcode":40001,"errmsg":"not {SECRET}, hint: [12]"}}"#))
    })
    .await;
    let error = create(&server.client()).await.unwrap_err();
    assert!(printed(&error).contains("not ***, hint: [12]") && !printed(&error).contains(SECRET));
}

#[test]
fn credentials_do_not_print_their_secret() {
    let credentials = Credentials { corp_id: "ww1".to_owned(), secret: SECRET.to_owned() };
    let printed = format!("{credentials:?}");
    assert!(printed.contains("ww1") && !printed.contains(SECRET));
}

#[tokio::test]
async fn a_base_url_that_is_none_is_a_matter_of_configuration() {
    let error = create(&client_of("qyapi", &ManualClock::at(0))).await.unwrap_err();
    assert_eq!((error.effect(), error.class()), (Effect::None, Class::Configuration));
    assert!(!printed(&error).contains(SECRET));
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_a_failed_connection() {
    let server = Server::start(|_| Reply::json("{}")).await;
    let url = server.url().replace("http://", "https://");
    let error = create(&client_of(&url, &ManualClock::at(0))).await.unwrap_err();
    assert_eq!(error.effect(), Effect::None);
    assert!(!printed(&error).contains(SECRET));
}

#[test]
fn clients_and_calls_may_move_between_threads() {
    fn assert_send_and_sync<T: Send + Sync + 'static>(_: &T) {}
    fn assert_send<T: Send>(_: T) {}
    let client = client_of("http://localhost", &ManualClock::at(0));
    assert_send_and_sync(&client);
    assert_send(contacts::departments(&client));
    assert_send(create(&client));
    assert_send(app_messages::send(&client, "{}"));
}
