//! What the log of calls is told.

use axum::{body::Body, http::Method};
use scrm::{
    MIGRATIONS, Page,
    apps::{
        self,
        calls::{self, Entry, Filter},
    },
};
use store::testing::TestDb;

use crate::{Options, testing::Api};

const ECHO: &str = "/api/v3/echo";

/// The log, the first call first.
async fn logged(api: &Api) -> Vec<Entry> {
    while apps::write_calls(&api.scrm).await.unwrap() {}
    let page = Page { no: 1, size: 100 };
    let filter = Filter::default();
    let (_, mut entries) = calls::list(&api.scrm, api.app.corp, &filter, page).await.unwrap();
    entries.reverse();
    entries
}

fn told(entries: &[Entry]) -> Vec<(i64, i64, &str)> {
    entries.iter().map(|entry| (entry.code, entry.http_status, &*entry.reason)).collect()
}

store::on_both! { MIGRATIONS,
    async fn a_call_is_logged_with_what_came_of_it(test: &TestDb) {
        let api = Api::on(test).await;
        assert_eq!(api.call(ECHO, "").await.code, 0);
        let late = api.signed("/apiServer/api/v3/groupSop/getGroupList", "{}");
        api.clock.advance(400_000);
        let refusal = api.send(late).await;
        let entries = logged(&api).await;
        assert_eq!(told(&entries), [(0, 200, ""), (1_003, 200, &*refusal.message)]);
        assert!(refusal.message.starts_with("timestamp is 400 s behind"), "{refusal:?}");
        let expected = Entry {
            id: 2,
            app_id: api.app.app_id.clone(),
            at_ms: api.clock.now_ms(),
            path: "/api/v3/groupSop/getGroupList".to_owned(),
            duration_ms: 0,
            address: "192.0.2.1".to_owned(),
            ..entries[1].clone()
        };
        assert_eq!(entries[1], expected);
    }
}

#[tokio::test]
async fn refusals_before_the_check_of_the_app_are_logged() {
    let test = store::testing::sqlite(MIGRATIONS).await;
    let api = Api::with(&test, Options { max_body_bytes: 9, ..Options::default() }).await;
    let mut unsigned = api.signed(ECHO, "");
    unsigned.headers_mut().remove("sign");
    api.send(unsigned).await;
    let mut seconds = api.signed(ECHO, "");
    seconds.headers_mut().insert("timestamp", "1767225600".parse().unwrap());
    api.send(seconds).await;
    api.call(ECHO, vec![b' '; 10]).await;
    let mut get = api.signed(ECHO, "");
    *get.method_mut() = Method::GET;
    api.send(get).await;
    let entries = logged(&api).await;
    let expected = [
        (1_001, 200, "the header sign is missing"),
        (1_003, 200, "timestamp is not a time in milliseconds (13 digits)"),
        (-1, 413, "the body is larger than 9 bytes"),
        (-1, 405, "GET is not allowed here, only POST"),
    ];
    assert_eq!(told(&entries), expected);
}

#[tokio::test]
async fn calls_of_a_disabled_app_are_logged_and_those_of_an_unknown_one_are_not() {
    let test = store::testing::sqlite(MIGRATIONS).await;
    let api = Api::on(&test).await;
    apps::set_enabled(&api.scrm, &api.app.app_id, false).await.unwrap();
    api.call(ECHO, "").await;
    let too_long = "x".repeat(129);
    for app_id in ["ww0123456789abcdef_other", "", &too_long] {
        let mut call = api.signed(ECHO, "");
        call.headers_mut().insert("appId", app_id.parse().unwrap());
        api.send(call).await;
    }
    let mut nobody = api.signed(ECHO, "");
    nobody.headers_mut().remove("appId");
    api.send(nobody).await;
    assert_eq!(told(&logged(&api).await), [(1_004, 200, "appId is unknown or disabled")]);
}

#[tokio::test]
async fn the_log_holds_no_body_key_or_sign() {
    let test = store::testing::sqlite(MIGRATIONS).await;
    let api = Api::on(&test).await;
    let key = api.app.key.reveal();
    let body = r#"{"keyword":"words of the body"}"#;
    let mut signs = Vec::new();
    for (header, value) in [("appKey", key), ("sign", key), ("timestamp", key)] {
        let mut call = api.signed("/api/v3/groupSop/getGroupList", body);
        signs.push(call.headers()["sign"].to_str().unwrap().to_owned());
        call.headers_mut().insert(header, value.parse().unwrap());
        api.send(call).await;
    }
    let mut cut_off = api.signed("/api/v3/groupSop/getGroupList", body);
    *cut_off.body_mut() = Body::from(&body[..20]);
    api.send(cut_off).await;
    let text = format!("{:?}", logged(&api).await);
    assert_eq!(text.matches("Entry {").count(), 4, "{text}");
    for secret in signs.iter().map(String::as_str).chain([key, "words of"]) {
        assert!(!text.contains(secret), "{text}");
    }
}
