//! What holds for every call of the table.

use scrm::{MIGRATIONS, users::Right};
use serde_json::json;
use store::testing::TestDb;

use super::{Console, PASSWORD};
use crate::{Needs, endpoints};

store::on_both! { MIGRATIONS,
    async fn no_call_is_answered_without_a_session(test: &TestDb) {
        let console = Console::on(test).await;
        let mut browser = console.browser();
        for endpoint in endpoints().iter().filter(|endpoint| endpoint.needs != Needs::Nothing) {
            browser.cookie = String::new();
            browser.refused(endpoint.about.path, json!({}), 401, "not_signed_in").await;
            browser.cookie = format!("siyu_session={}", "0".repeat(64));
            browser.refused(endpoint.about.path, json!({}), 401, "not_signed_in").await;
        }
    }

    async fn no_call_is_taken_from_another_site(test: &TestDb) {
        let console = Console::on(test).await;
        let mut browser = console.admin().await;
        let header = ("x-siyu-console", "1");
        let forged: &[&[(&str, &str)]] = &[
            &[],
            &[("x-siyu-console", "0")],
            &[header, ("origin", "https://evil.example.com")],
            &[header, ("origin", "null")],
            &[header, ("sec-fetch-site", "cross-site")],
            &[header, ("sec-fetch-site", "same-site")],
        ];
        for endpoint in endpoints() {
            for headers in forged {
                let reply = browser.call_with(endpoint.about.path, json!({}), headers).await;
                assert_eq!((reply.status, &*reply.code), (403, "other_site"), "{headers:?}");
            }
        }
        let own = &[header, ("origin", "https://siyu.example.com"), ("sec-fetch-site", "same-origin")];
        assert_eq!(browser.call_with("session/me", json!({}), own).await.status, 200);
        let behind_a_proxy = &[header, ("origin", "https://scrm.example.com")];
        assert_eq!(browser.call_with("session/me", json!({}), behind_a_proxy).await.status, 200);
    }

    async fn no_role_may_more_than_its_rights(test: &TestDb) {
        let console = Console::on(test).await;
        scrm::testing::put_staff(&console.scrm, console.corp, 400_000_000_000_001, "张三", &[]).await;
        let roles = [
            ("operator", vec![Right::Read, Right::TagGroups, Right::PlanSops, Right::ManageMaterials]),
            ("viewer", vec![Right::Read]),
            ("own", vec![Right::Read]),
        ];
        for (role, rights) in roles {
            let new = json!({"login": role, "role": role, "staffId": (role == "own").then_some("400000000000001")});
            let mut browser = console.user(new).await;
            for endpoint in endpoints() {
                let Needs::Right(right) = endpoint.needs else { continue };
                let reply = browser.call(endpoint.about.path, json!({"nobody": 1})).await;
                let expected = if rights.contains(&right) { "bad_request" } else { "no_right" };
                assert_eq!(reply.code, expected, "{role} calls {}", endpoint.about.path);
            }
        }
    }

    async fn nothing_is_done_before_a_one_time_password_is_changed(test: &TestDb) {
        let console = Console::on(test).await;
        let made = console.admin().await.ok("users/create", json!({"login": "new", "role": "admin"})).await;
        let once = made["oneTimePassword"].as_str().unwrap().to_owned();
        let mut browser = console.signed_in("new", &once).await;
        for endpoint in endpoints().iter().filter(|e| matches!(e.needs, Needs::Right(_))) {
            browser.refused(endpoint.about.path, json!({}), 403, "password_must_change").await;
        }
        assert_eq!(browser.ok("session/me", json!({})).await["user"]["mustChangePassword"], true);
        browser.ok("session/change-password", json!({"old": once, "new": PASSWORD})).await;
        browser.ok("users/list", json!({})).await;
    }
}

#[test]
fn the_document_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/console.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == crate::document(), "run: siyu openapi --console > docs/api/console.json");
}
