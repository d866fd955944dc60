//! The log of calls to the open API.

use axum::{body::Body, http::Request};
use scrm::{
    CorpId, MIGRATIONS,
    apps::{self, App, NewApp},
    testing,
};
use serde_json::json;
use store::testing::TestDb;
use tower::ServiceExt as _;

use super::{Console, NOW_MS};

/// Makes an app and calls echo by it: once as it should be, and once with a sign that is wrong.
async fn calling_app(console: &Console, corp: CorpId, suffix: &str) -> App {
    let new = NewApp { suffix: suffix.to_owned(), ..NewApp::default() };
    let app = apps::create(&console.scrm, corp, new).await.unwrap();
    let open_api = openapi::router(console.scrm.clone(), openapi::Options::default());
    let key = app.key.reveal();
    let sign = openapi::signature::sign(&app.app_id, NOW_MS, b"", key);
    for sign in [sign.as_str(), "0123"] {
        let call = Request::post("/api/v3/echo")
            .header("appId", &app.app_id)
            .header("timestamp", NOW_MS)
            .header("sign", sign)
            .body(Body::empty())
            .unwrap();
        open_api.clone().oneshot(call).await.unwrap();
    }
    apps::write_calls(&console.scrm).await.unwrap();
    app
}

store::on_both! { MIGRATIONS,
    async fn a_refused_call_is_shown_with_its_reason(test: &TestDb) {
        let console = Console::on(test).await;
        let app = calling_app(&console, console.corp, "crm").await;
        calling_app(&console, console.corp, "other").await;
        let mut browser = console.admin().await;
        let all = browser.ok("apps/calls", json!({"path": "ECHO"})).await;
        assert_eq!(all["total"], 4);
        let none = browser.ok("apps/calls", json!({"path": "getGroupList"})).await;
        assert_eq!(none, json!({"total": 0, "rows": []}));
        let of_app = json!({"appId": app.app_id, "paging": {"pageNo": 2, "pageSize": 1}});
        let second = browser.ok("apps/calls", of_app).await;
        assert_eq!((&second["total"], &second["rows"][0]["code"]), (&json!(2), &json!(0)));
        let refused = json!({"appId": app.app_id, "onlyRefused": true});
        let mut refused = browser.ok("apps/calls", refused).await;
        let reason = refused["rows"][0]["reason"].take();
        assert!(reason.as_str().unwrap().starts_with("sign is wrong"), "{reason}");
        let expected = json!({"id": "2", "appId": app.app_id, "atMs": NOW_MS, "path": "/api/v3/echo", "code": 1_002,
            "httpStatus": 200, "durationMs": 0, "address": "", "reason": null});
        assert_eq!(refused, json!({"total": 1, "rows": [expected]}));
    }

    async fn calls_of_another_companys_apps_are_not_shown(test: &TestDb) {
        let console = Console::on(test).await;
        let own = calling_app(&console, console.corp, "crm").await;
        let other = testing::corp(&console.scrm, "wwfedcba9876543210", "a WeCom secret").await;
        let others = calling_app(&console, other, "crm").await;
        let new = json!({"login": "li.si", "role": "admin"});
        let mut browser = console.user(new).await;
        let all = browser.ok("apps/calls", json!({})).await;
        assert_eq!(all["total"], 2);
        assert!(all["rows"].as_array().unwrap().iter().all(|row| row["appId"] == *own.app_id));
        let none = browser.ok("apps/calls", json!({"appId": others.app_id})).await;
        assert_eq!(none, json!({"total": 0, "rows": []}));
    }
}
