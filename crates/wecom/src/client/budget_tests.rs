//! What the client repeats, waits for and counts.

use std::future::ready;

use ambient::ManualClock;
use tokio::task::JoinSet;

use super::*;
use crate::{
    Effect, app_messages, contacts, customers, mass_messages,
    testing::{Reply, Server, client_of, with_token},
};

const DEPARTMENTS: &str = "department/list";
const MARK_TAG: &str = "externalcontact/mark_tag";
const TOO_OFTEN: &str = r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#;
const TOO_MANY: &str = r#"{"errcode":45033,"errmsg":"api concurrent out of limit"}"#;

fn metrics(client: &Client, call: &str) -> CallMetrics {
    client.metrics().into_iter().find(|metrics| metrics.call == call).expect("a call was made")
}

fn marks(external_userid: &str) -> customers::TagMarks {
    customers::TagMarks {
        userid: "zhangsan".to_owned(),
        external_userid: external_userid.to_owned(),
        add_tag: vec!["et1".to_owned()],
        remove_tag: Vec::new(),
    }
}

/// Asks `future` once and leaves it waiting.
async fn begin<T>(future: &mut (impl Future<Output = T> + Unpin)) {
    tokio::select! {
        biased;
        _ = future => panic!("it did not wait"),
        () = ready(()) => {}
    }
}

/// A server whose first `n` answers to each call but `gettoken` are `reply`.
async fn failing(n: usize, reply: fn() -> Reply) -> Server {
    Server::start(move |request| {
        with_token(request, || if request.nth <= n { reply() } else { Reply::json("{}") })
    })
    .await
}

#[tokio::test]
async fn a_read_whose_answer_is_lost_is_repeated_three_times() {
    let losses: [fn() -> Reply; 2] = [|| Reply::Close, || Reply::Cut];
    for loss in losses {
        let server = failing(3, loss).await;
        let client = server.client();
        contacts::departments(&client).await.unwrap();
        let CallMetrics { n_calls, n_retries, n_errors, .. } = metrics(&client, DEPARTMENTS);
        assert_eq!((n_calls, n_retries, n_errors), (4, 3, 0));
        let server = failing(4, loss).await;
        let client = server.client();
        let error = contacts::departments(&client).await.unwrap_err();
        assert!(matches!(error, Error::Transport { .. }));
        assert_eq!(server.calls().len(), 5);
        assert_eq!(metrics(&client, DEPARTMENTS).n_errors, 1);
    }
}

#[tokio::test]
async fn a_lost_answer_to_gettoken_is_repeated_also_for_writes() {
    let server = Server::start(|request| match (request.call.as_str(), request.nth) {
        ("gettoken", 1) => Reply::Close,
        _ => with_token(request, || Reply::json("{}")),
    })
    .await;
    let client = server.client();
    app_messages::send(&client, "{}").await.unwrap();
    assert_eq!(server.calls(), ["gettoken", "gettoken", "message/send"]);
    assert_eq!(metrics(&client, "gettoken").n_retries, 1);
}

#[tokio::test]
async fn too_many_at_once_is_tried_again_by_reads_and_by_calls_that_set_something() {
    for reply in [|| Reply::json(TOO_MANY), || Reply::json(r#"{"errcode":45035}"#)] {
        let server = failing(2, reply).await;
        let client = server.client();
        contacts::departments(&client).await.unwrap();
        customers::mark_tag(&client, &marks("wm1")).await.unwrap();
        assert_eq!(metrics(&client, MARK_TAG).n_retries, 2);
        let error = app_messages::send(&client, "{}").await.unwrap_err();
        assert_eq!((error.class(), error.effect()), (Class::SlowDown, Effect::None));
        assert_eq!(metrics(&client, "message/send").n_calls, 1);
    }
}

#[tokio::test]
async fn a_message_being_dispatched_is_left_to_the_caller() {
    let server = failing(1, || Reply::json(r#"{"errcode":41063}"#)).await;
    let error = mass_messages::tasks(&server.client(), "msg1", None).await.unwrap_err();
    assert_eq!(error.errcode(), Some(codes::BEING_DISPATCHED));
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn requests_beyond_the_budget_wait_for_the_clock() {
    let server = failing(0, || Reply::Close).await;
    let hand = ManualClock::at(0);
    let budget = Budget { per_minute: 2, ..Budget::default() };
    let client = client_of(server.url(), &hand).with_budget(budget);
    for _ in 0..2 {
        contacts::departments(&client).await.unwrap();
    }
    let mut third = Box::pin(contacts::departments(&client));
    begin(&mut third).await;
    customers::follow_users(&client).await.unwrap();
    hand.advance(60_600);
    third.await.unwrap();
    let CallMetrics { n_calls, n_waited, waited_ms, .. } = metrics(&client, DEPARTMENTS);
    assert_eq!((n_calls, n_waited, waited_ms), (3, 1, 60_600));
}

#[tokio::test]
async fn a_read_called_too_often_waits_for_the_window_and_is_repeated() {
    let server = failing(1, || Reply::json(TOO_OFTEN)).await;
    let hand = ManualClock::at(0);
    let client = client_of(server.url(), &hand);
    let mut callers = JoinSet::new();
    let shared = client.clone();
    callers.spawn(async move { contacts::departments(&shared).await });
    while client.metrics().iter().all(|metrics| metrics.n_retries == 0) {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.calls(), ["gettoken", DEPARTMENTS]);
    hand.advance(60_000);
    callers.join_next().await.unwrap().unwrap().unwrap();
    assert_eq!(server.calls(), ["gettoken", DEPARTMENTS, DEPARTMENTS]);
}

#[tokio::test]
async fn a_write_called_too_often_fails_and_so_does_the_next_one_until_the_window_is_over() {
    let server = failing(1, || Reply::json(TOO_OFTEN)).await;
    let hand = ManualClock::at(0);
    let client = client_of(server.url(), &hand);
    let error = app_messages::send(&client, "{}").await.unwrap_err();
    assert_eq!((error.errcode(), error.effect()), (Some(45_009), Effect::None));
    hand.advance(20_000);
    let next = app_messages::send(&client, "{}").await.unwrap_err();
    assert!(matches!(next, Error::OverBudget { wait_ms: 40_000, .. }), "{next}");
    assert_eq!((next.class(), next.effect()), (Class::SlowDown, Effect::None));
    hand.advance(40_000);
    app_messages::send(&client, "{}").await.unwrap();
    let CallMetrics { n_calls, n_waited, n_errors, .. } = metrics(&client, "message/send");
    assert_eq!((n_calls, n_waited, n_errors), (2, 0, 2));
}

#[tokio::test]
async fn a_caller_learns_how_long_there_is_no_room_for_a_write_without_being_counted() {
    let server = failing(0, || Reply::Close).await;
    let hand = ManualClock::at(0);
    let budget = Budget { per_minute: 1, ..Budget::default() };
    let client = client_of(server.url(), &hand).with_budget(budget);
    assert_eq!(app_messages::ms_until_room(&client), None);
    assert_eq!(client.metrics(), []);
    app_messages::send(&client, "{}").await.unwrap();
    hand.advance(600);
    assert_eq!(app_messages::ms_until_room(&client), Some(60_000));
    assert_eq!(mass_messages::ms_until_room(&client), None, "each call has a budget of its own");
    hand.advance(60_000);
    assert_eq!(app_messages::ms_until_room(&client.clone()), None);
    app_messages::send(&client, "{}").await.unwrap();
    assert_eq!(metrics(&client, "message/send").n_errors, 0);
}

#[tokio::test]
async fn a_token_fetched_too_often_fails_at_once_and_closes_nothing() {
    let server = Server::start(|request| match (request.call.as_str(), request.nth) {
        ("gettoken", 1) => Reply::json(TOO_OFTEN),
        _ => with_token(request, || Reply::json("{}")),
    })
    .await;
    let client = server.client();
    let error = contacts::departments(&client).await.unwrap_err();
    assert_eq!((error.call(), error.errcode()), ("gettoken", Some(45_009)));
    contacts::departments(&client).await.unwrap();
    assert_eq!(server.calls(), ["gettoken", "gettoken", DEPARTMENTS]);
}

#[tokio::test]
async fn changes_of_one_customer_are_made_one_after_the_other() {
    let server = Server::start(|request| match (request.call.as_str(), request.nth) {
        (MARK_TAG, 1) => Reply::Hang,
        _ => with_token(request, || Reply::json("{}")),
    })
    .await;
    let client = server.client();
    let mut first = JoinSet::new();
    let shared = client.clone();
    first.spawn(async move { customers::mark_tag(&shared, &marks("wm1")).await });
    while server.bodies_of(MARK_TAG).is_empty() {
        tokio::task::yield_now().await;
    }
    let remark = customers::Remark {
        userid: "lisi".to_owned(),
        external_userid: "wm1".to_owned(),
        remark: Some("王".to_owned()),
        ..customers::Remark::default()
    };
    let mut second = Box::pin(customers::remark(&client, &remark));
    begin(&mut second).await;
    customers::mark_tag(&client, &marks("wm2")).await.unwrap();
    assert_eq!(server.calls(), ["gettoken", MARK_TAG, MARK_TAG]);
    first.shutdown().await;
    second.await.unwrap();
    assert_eq!(server.calls()[3..], ["externalcontact/remark"]);
}

#[tokio::test]
async fn a_client_and_its_clones_count_together() {
    let server = failing(0, || Reply::Close).await;
    let client = server.client();
    assert_eq!(client.metrics(), []);
    contacts::departments(&client.clone()).await.unwrap();
    let calls: Vec<&str> = client.metrics().iter().map(|metrics| metrics.call).collect();
    assert_eq!(calls, [DEPARTMENTS, "gettoken"]);
    assert_eq!(client.with_budget(Budget::default()).metrics(), []);
}
