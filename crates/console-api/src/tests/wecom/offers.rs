//! Who is signed in, how, and where that is offered.

use axum::{
    body::Body,
    http::{Request, header},
};
use scrm::{MIGRATIONS, users};
use serde_json::json;
use store::testing::TestDb;
use tower::ServiceExt as _;

use super::{AGENT, Connected, Way, cookie, location, param};
use crate::tests::Console;

store::on_both! { MIGRATIONS,
    async fn whoever_is_linked_signs_in_and_comes_where_he_wanted_to_go(test: &TestDb) {
        let connected = Connected::on(test).await;
        let way = connected.leave("/groups?name=%E7%BE%A4", &connected.userid).await;
        let (to, headers) = connected.come_back(&way).await;
        assert_eq!(to, "/console/groups?name=%E7%BE%A4");
        let token = cookie(&headers, "siyu_session").unwrap();
        let me = connected.me(&token).await.unwrap();
        assert_eq!((&me["user"]["login"], &me["role"]), (&json!("li"), &json!("viewer")));
        let user = users::of_token(&connected.console.scrm, &token).await.unwrap().unwrap();
        assert_eq!(user.place.unwrap().corp.id, connected.console.corp);
    }

    async fn whom_wecom_knows_need_not_change_a_one_time_password(test: &TestDb) {
        let connected = Connected::on(test).await;
        let me = connected.sign_in(&connected.userid).await.unwrap();
        assert_eq!(me["user"]["mustChangePassword"], false);
        let once = connected.user["oneTimePassword"].as_str().unwrap();
        let mut browser = connected.console.signed_in("li", once).await;
        assert_eq!(browser.ok("session/me", json!({})).await["user"]["mustChangePassword"], true);
    }

    async fn a_token_that_was_there_before_is_not_kept(test: &TestDb) {
        let connected = Connected::on(test).await;
        let mut way = connected.leave("/", &connected.userid).await;
        way.session = "0".repeat(64);
        let (_, headers) = connected.come_back(&way).await;
        let token = cookie(&headers, "siyu_session").unwrap();
        assert_ne!(token, way.session);
        assert!(connected.me(&token).await.is_some() && connected.me(&way.session).await.is_none());
        let lines: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert!(lines.iter().all(|line| line.to_str().unwrap().contains("; HttpOnly; SameSite=Lax;")));
    }

    async fn inside_wecom_its_own_browser_is_asked(test: &TestDb) {
        let connected = Connected::on(test).await;
        let agent = "Mozilla/5.0 (iPhone) MicroMessenger/7.0 wxwork/4.1 Language/zh";
        let reply = connected.get("/console/wecom/start", "", agent).await;
        let page = location(reply.headers());
        assert!(page.starts_with(&format!("{}/connect/oauth2/authorize?", connected.sim.base_url)), "{page}");
        assert!(page.ends_with("#wechat_redirect") && param(&page, "scope") == "snsapi_base", "{page}");
        let back = connected.choose(page.trim_end_matches("#wechat_redirect"), &connected.userid).await;
        let way = Way {
            errand: cookie(reply.headers(), "siyu_wecom").unwrap(),
            code: param(&back, "code"),
            state: param(&back, "state"),
            ..Way::default()
        };
        assert_eq!(connected.finish(&way).await.unwrap()["user"]["login"], "li");
    }

    async fn the_log_says_who_signed_in_how(test: &TestDb) {
        let connected = Connected::on(test).await;
        connected.sign_in(&connected.userid).await.unwrap();
        let scrm = &connected.console.scrm;
        let filter = scrm::audit::Filter { login: Some("li".to_owned()), ..Default::default() };
        let page = scrm::Page { no: 1, size: 9 };
        let (_, found) = scrm::audit::list(scrm, connected.console.corp, &filter, page).await.unwrap();
        let acts: Vec<_> = found.iter().map(|act| (&*act.act, &*act.detail)).collect();
        assert_eq!(acts, [("sign_in", r#"{"by":"wecom"}"#)]);
    }

    async fn a_member_of_staff_is_one_user_at_most(test: &TestDb) {
        let connected = Connected::on(test).await;
        let mut admin = connected.console.admin().await;
        let [first, second] = connected.staff.map(|staff| staff.to_string());
        let taken = json!({"login": "wang", "role": "viewer", "staffId": first});
        admin.refused("users/create", taken, 409, "conflict").await;
        let edit = |staff: &str| {
            json!({"id": connected.user["id"], "name": "", "isDisabled": false, "role": "viewer",
                "staffId": staff, "departmentIds": []})
        };
        admin.ok("users/edit", edit(&second)).await;
        admin.refused("users/edit", edit("77"), 404, "not_found").await;
        assert_eq!(connected.sign_in(&connected.userid).await, Err("no_user".to_owned()));
        let listed = admin.ok("users/list", json!({})).await;
        let row = listed["rows"].as_array().unwrap().iter().find(|row| row["login"] == "li").unwrap();
        assert_eq!(row["staffId"], second);
        let found = admin.ok("staff/list", json!({"name": row["staffName"]})).await;
        assert!(found["rows"].as_array().unwrap().iter().any(|member| member["id"] == second));
    }

    async fn it_is_offered_where_it_is_set_up(test: &TestDb) {
        let connected = Connected::on(test).await;
        let mut browser = connected.console.browser();
        let offered = browser.ok("session/options", json!({})).await;
        let corp = connected.console.corp.to_string();
        assert_eq!(offered, json!({"wecom": [{"id": corp, "name": null}]}));
        let other = scrm::testing::corp(&connected.console.scrm, "wwother0000001", "secret").await;
        let offered = browser.ok("session/options", json!({})).await;
        assert_eq!(offered["wecom"][1], json!({"id": other.to_string(), "name": "wwother0000001"}));
        let start = async |query: &str| {
            let reply = connected.get(&format!("/console/wecom/start{query}"), "", AGENT).await;
            location(reply.headers())
        };
        assert_eq!(param(&start("").await, "problem"), "unavailable", "which company?");
        assert_eq!(param(&start("?corp=77").await, "problem"), "unavailable");
        assert_eq!(param(&start(&format!("?corp={other}")).await, "appid"), "wwother0000001");
    }

    async fn without_a_way_back_it_is_not_offered(test: &TestDb) {
        let console = Console::on(test).await;
        let offered = console.browser().ok("session/options", json!({})).await;
        assert_eq!(offered, json!({"wecom": []}));
        let request = Request::get("/console/wecom/start?to=/groups").body(Body::empty()).unwrap();
        let reply = console.router.clone().oneshot(request).await.unwrap();
        assert_eq!(location(reply.headers()), "/console/sign-in?problem=unavailable&to=%2Fgroups");
        assert!(cookie(reply.headers(), "siyu_wecom").is_none());
    }
}
