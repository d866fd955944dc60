//! Who may call what: every check, on every endpoint, under both base paths.

use axum::{body::Body, http::Request};
use scrm::apps::{self, NewApp};

use crate::{
    Code, Options, endpoints, signature,
    testing::{Api, NOW_MS},
};

/// Asserts that every endpoint answers the call that `make` makes for its path with this refusal.
async fn assert_everywhere(
    api: &Api,
    make: impl Fn(&str) -> Request<Body>,
    code: Code,
    message_part: &str,
) {
    for endpoint in endpoints() {
        for base in ["", "/apiServer"] {
            let path = format!("{base}{}", endpoint.about.path);
            let reply = api.send(make(&path)).await;
            assert_eq!((reply.status, reply.code), (200, code.number), "{path}: {reply:?}");
            assert!(reply.message.contains(message_part), "{path}: {}", reply.message);
            assert!(reply.text.ends_with(r#","data":null}"#), "{path}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn a_call_without_one_of_the_headers_is_1001() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    for name in ["appId", "timestamp", "sign"] {
        let without = |path: &str| {
            let mut call = api.signed(path, "{}");
            call.headers_mut().remove(name);
            call
        };
        assert_everywhere(&api, without, Code::HEADER_MISSING, name).await;
    }
}

#[tokio::test]
async fn a_wrong_sign_is_1002() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let other_body = |path: &str| {
        let mut call = api.signed(path, "{}");
        *call.body_mut() = Body::from("{ }");
        call
    };
    assert_everywhere(&api, other_body, Code::WRONG_SIGN, "sign is wrong").await;
    let other_key = |path: &str| {
        let mut call = api.signed(path, "{}");
        let sign = signature::sign(&api.app.app_id, NOW_MS, b"{}", "another key");
        call.headers_mut().insert("sign", sign.parse().unwrap());
        call
    };
    assert_everywhere(&api, other_key, Code::WRONG_SIGN, "sign is wrong").await;
}

#[tokio::test]
async fn a_stale_a_future_or_a_malformed_timestamp_is_1003() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    // Signs are wrong here too, which a bad timestamp comes before.
    let at = |timestamp: String| {
        let api = &api;
        move |path: &str| {
            let mut call = api.signed(path, "{}");
            call.headers_mut().insert("timestamp", timestamp.parse().unwrap());
            call
        }
    };
    let window_ms = Options::default().time_window_ms;
    let stale = at((NOW_MS - window_ms - 1).to_string());
    assert_everywhere(&api, stale, Code::BAD_TIMESTAMP, "300 s behind").await;
    let future = at((NOW_MS + window_ms + 1).to_string());
    assert_everywhere(&api, future, Code::BAD_TIMESTAMP, "300 s ahead of").await;
    for malformed in ["1767225600", "17672256000000", "-767225600000", "176722560000x"] {
        assert_everywhere(&api, at(malformed.to_owned()), Code::BAD_TIMESTAMP, "13 digits").await;
    }
}

#[tokio::test]
async fn a_timestamp_at_the_edge_of_the_window_is_accepted() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    for off_by_ms in [-300_000, 300_000] {
        let call = api.signed("/api/v3/echo", "");
        api.clock.advance(off_by_ms);
        assert_eq!(api.send(call).await.code, 0);
        api.clock.advance(-off_by_ms);
    }
}

#[tokio::test]
async fn an_unknown_or_disabled_app_is_1004() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let unknown = |path: &str| {
        let mut call = api.signed(path, "{}");
        call.headers_mut().insert("appId", "ww0123456789abcdef_other".parse().unwrap());
        call
    };
    assert_everywhere(&api, unknown, Code::UNKNOWN_APP, "unknown or disabled").await;
    apps::set_enabled(&api.scrm, &api.app.app_id, false).await.unwrap();
    let disabled = |path: &str| api.signed(path, "{}");
    assert_everywhere(&api, disabled, Code::UNKNOWN_APP, "unknown or disabled").await;
}

#[tokio::test]
async fn an_address_that_is_not_on_the_apps_list_is_1005() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let networks = vec!["198.51.100.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
    let new = NewApp { suffix: "near".to_owned(), ip_allow_list: networks, ..NewApp::default() };
    let app = api.add_app(new).await;
    let from_outside = |path: &str| api.signed_by(&app, path, "{}");
    assert_everywhere(&api, from_outside, Code::FORBIDDEN_ADDRESS, "from 192.0.2.1").await;
    // Nobody is trusted to tell another address.
    let claimed = |path: &str| {
        let mut call = api.signed_by(&app, path, "{}");
        call.headers_mut().insert("X-Forwarded-For", "198.51.100.7".parse().unwrap());
        call
    };
    assert_everywhere(&api, claimed, Code::FORBIDDEN_ADDRESS, "from 192.0.2.1").await;
}

#[tokio::test]
async fn a_trusted_proxy_tells_the_callers_address() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let trusted_proxies = vec!["192.0.2.0/24".parse().unwrap()];
    let api = Api::with(&test, Options { trusted_proxies, ..Options::default() }).await;
    let networks = vec!["198.51.100.0/24".parse().unwrap()];
    let new = NewApp { suffix: "near".to_owned(), ip_allow_list: networks, ..NewApp::default() };
    let app = api.add_app(new).await;
    for (forwarded, code) in [("198.51.100.7", 0), ("198.51.100.7, 203.0.113.1", 1_005)] {
        let mut call = api.signed_by(&app, "/api/v3/echo", "");
        call.headers_mut().insert("X-Forwarded-For", forwarded.parse().unwrap());
        assert_eq!(api.send(call).await.code, code, "{forwarded}");
    }
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_1006_and_a_granted_one_suffices() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let scopes = vec!["something-else".to_owned()];
    let app = api.add_app(NewApp { suffix: "none".to_owned(), scopes, ..NewApp::default() }).await;
    let call = |path: &str| api.signed_by(&app, path, "{}");
    assert_everywhere(&api, call, Code::MISSING_SCOPE, "is not granted").await;
    for (no, scope) in crate::scopes().into_iter().enumerate() {
        let (suffix, scopes) = (format!("only-{no}"), vec![scope.to_owned()]);
        let app = api.add_app(NewApp { suffix, scopes, ..NewApp::default() }).await;
        for endpoint in endpoints() {
            let is_refused =
                api.send(api.signed_by(&app, endpoint.about.path, "{}")).await.code == 1_006;
            assert_eq!(is_refused, endpoint.about.scope != scope, "{}", endpoint.about.path);
        }
    }
}

#[tokio::test]
async fn however_a_body_is_written_its_own_bytes_are_what_is_signed() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let bodies = [
        r#"{"pageSize":10,"keyword":"测试"}"#,
        "{ \"pageSize\": 10,\n  \"keyword\": \"测试\" }",
        r#"{"pageSize":10,"keyword":"\u6d4b\u8bd5"}"#,
        "",
    ];
    for body in bodies {
        let reply = api.call("/api/v3/groupSop/getGroupList", body).await;
        assert_eq!(reply.code, 0, "{body}: {reply:?}");
    }
}

#[tokio::test]
async fn header_names_have_no_case_and_an_app_key_header_is_ignored() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let sign = signature::sign(&api.app.app_id, NOW_MS, b"{}", api.app.key.reveal());
    let call = Request::post("/api/v3/echo")
        .header("APPID", &api.app.app_id)
        .header("Timestamp", NOW_MS)
        .header("SIGN", sign)
        .header("appKey", "whatever")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(api.send(call).await.code, 0);
}
