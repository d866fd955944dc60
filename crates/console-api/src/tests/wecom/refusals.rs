//! Who is not signed in, and what he is told.

use scrm::{MIGRATIONS, users};
use serde_json::json;
use store::testing::TestDb;
use wecom_sim::Fault;

use super::{AGENT, BACK_PATH, Connected, PASSWORD, Way, cookie, location, param};
use crate::tests::NOW_MS;

const MINUTE_MS: i64 = 60_000;

fn problem(code: &str) -> Result<serde_json::Value, String> {
    Err(code.to_owned())
}

store::on_both! { MIGRATIONS,
    async fn another_state_is_refused(test: &TestDb) {
        let connected = Connected::on(test).await;
        let others = connected.leave("/", &connected.userid).await;
        for state in [String::new(), "0".repeat(64), others.state] {
            let way = Way { state, ..connected.leave("/", &connected.userid).await };
            assert_eq!(connected.finish(&way).await, problem("other_state"));
        }
        assert_eq!(connected.sim.sim.n_calls("auth/getuserinfo"), 0, "WeCom is not asked");
    }

    async fn a_browser_that_began_nothing_is_refused(test: &TestDb) {
        let connected = Connected::on(test).await;
        let sealed = connected.leave("/", &connected.userid).await.errand;
        let damaged = sealed.replace(&sealed[60..64], "0000");
        for errand in [String::new(), "zz".to_owned(), "00".repeat(80), damaged] {
            let way = Way { errand, ..connected.leave("/", &connected.userid).await };
            assert_eq!(connected.finish(&way).await, problem("no_errand"));
        }
    }

    async fn a_state_is_good_once(test: &TestDb) {
        let connected = Connected::on(test).await;
        let way = connected.leave("/", &connected.userid).await;
        connected.finish(&way).await.unwrap();
        assert_eq!(connected.finish(&way).await, problem("used"));
        let fresh = connected.leave("/", &connected.userid).await.code;
        assert_eq!(connected.finish(&Way { code: fresh, ..way }).await, problem("used"));
    }

    async fn of_two_with_one_state_at_once_one_is_signed_in(test: &TestDb) {
        let connected = Connected::on(test).await;
        let way = connected.leave("/", &connected.userid).await;
        let (one, other) = tokio::join!(connected.finish(&way), connected.finish(&way));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    }

    async fn ten_minutes_are_long_enough(test: &TestDb) {
        let connected = Connected::on(test).await;
        let way = connected.leave("/", &connected.userid).await;
        connected.console.clock.advance(10 * MINUTE_MS);
        assert_eq!(connected.finish(&way).await, problem("too_late"));
        users::forget_old(&connected.console.scrm).await.unwrap();
        assert_eq!(connected.finish(&way).await, problem("too_late"));
    }

    async fn codes_that_wecom_does_not_know_are_refused(test: &TestDb) {
        let connected = Connected::on(test).await;
        let used = connected.leave("/", &connected.userid).await;
        connected.finish(&used).await.unwrap();
        for code in [used.code, "made-up".to_owned(), String::new(), "c".repeat(513)] {
            let way = Way { code, ..connected.leave("/", &connected.userid).await };
            assert_eq!(connected.finish(&way).await, problem("wrong_code"));
        }
        let way = connected.leave("/", &connected.userid).await;
        connected.console.clock.advance(5 * MINUTE_MS);
        assert_eq!(connected.finish(&way).await, problem("wrong_code"), "too old");
    }

    async fn guessing_codes_makes_one_wait(test: &TestDb) {
        let connected = Connected::on(test).await;
        let guess = async || {
            let way = connected.leave("/", &connected.userid).await;
            connected.finish(&Way { code: "made-up".to_owned(), ..way }).await
        };
        for _ in 0..30 {
            assert_eq!(guess().await, problem("wrong_code"));
        }
        assert_eq!(guess().await, problem("too_many_tries"));
        let n_asked = connected.sim.sim.n_calls("auth/getuserinfo");
        assert_eq!(connected.sign_in(&connected.userid).await, problem("too_many_tries"));
        assert_eq!(connected.sim.sim.n_calls("auth/getuserinfo"), n_asked);
        connected.console.clock.advance(MINUTE_MS);
        connected.sign_in(&connected.userid).await.unwrap();
    }

    async fn who_has_no_user_is_refused_however_often_and_nobody_is_made(test: &TestDb) {
        let connected = Connected::on(test).await;
        let mut admin = connected.console.admin().await;
        let before = admin.ok("users/list", json!({})).await;
        let staff = connected.sim.sim.staff();
        let unlinked = &staff.iter().find(|member| member.userid != connected.userid).unwrap().userid;
        for _ in 0..35 {
            assert_eq!(connected.sign_in(unlinked).await, problem("no_user"));
        }
        assert_eq!(admin.ok("users/list", json!({})).await, before);
        connected.sign_in(&connected.userid).await.unwrap();
    }

    async fn who_is_no_member_of_the_company_is_refused(test: &TestDb) {
        let connected = Connected::on(test).await;
        assert_eq!(connected.sign_in("").await, problem("outsider"));
    }

    async fn a_disabled_user_is_refused(test: &TestDb) {
        let connected = Connected::on(test).await;
        users::set_disabled(&connected.console.scrm, "li", true).await.unwrap();
        assert_eq!(connected.sign_in(&connected.userid).await, problem("disabled"));
    }

    async fn staff_who_left_are_refused(test: &TestDb) {
        let connected = Connected::on(test).await;
        let way = connected.leave("/", &connected.userid).await;
        connected.sim.sim.staff_leaves(&connected.userid).unwrap();
        connected.sync().await;
        assert_eq!(connected.finish(&way).await, problem("has_left"));
    }

    async fn wecom_is_no_second_factor(test: &TestDb) {
        let connected = Connected::on(test).await;
        let once = connected.user["oneTimePassword"].as_str().unwrap();
        let mut browser = connected.console.signed_in("li", once).await;
        browser.ok("session/change-password", json!({"old": once, "new": PASSWORD})).await;
        let secret = browser.ok("totp/begin", json!({})).await["secret"].clone();
        let code = users::code_at(secret.as_str().unwrap(), NOW_MS);
        let confirm = json!({"password": PASSWORD, "secret": secret, "code": code});
        browser.ok("totp/confirm", confirm).await;
        assert_eq!(connected.sign_in(&connected.userid).await, problem("totp"));
        browser.ok("totp/remove", json!({"password": PASSWORD})).await;
        connected.sign_in(&connected.userid).await.unwrap();
    }

    async fn a_site_admin_is_not_vouched_for_by_one_company(test: &TestDb) {
        let connected = Connected::on(test).await;
        users::put_site_admin(&connected.console.scrm, "li", PASSWORD, false).await.unwrap();
        assert_eq!(connected.sign_in(&connected.userid).await, problem("site_admin"));
    }

    async fn when_wecom_refuses_or_fails_that_is_said(test: &TestDb) {
        let connected = Connected::on(test).await;
        connected.sim.sim.fail_next("auth/getuserinfo", Fault::Errcode { errcode: 50_001 }).unwrap();
        assert_eq!(connected.sign_in(&connected.userid).await, problem("wecom"));
        connected.sim.sim.fail_next("auth/getuserinfo", Fault::CutBeforeEffect).unwrap();
        assert_eq!(connected.sign_in(&connected.userid).await, problem("wecom"));
        connected.sign_in(&connected.userid).await.unwrap();
    }

    async fn it_leads_to_no_other_site(test: &TestDb) {
        let connected = Connected::on(test).await;
        for to in [
            "//evil.example.com",
            "https://evil.example.com",
            "/\\evil.example.com",
            "/a//evil.example.com",
            "/a\r\nset-cookie: x=y",
            "evil",
            "",
            &format!("/{}", "a".repeat(1_000)),
        ] {
            let way = connected.leave(to, &connected.userid).await;
            assert_eq!(connected.come_back(&way).await.0, "/console/", "{to}");
        }
        let reply = connected.get(&format!("{BACK_PATH}?code=c&state=s&to=//evil.example.com"), "", AGENT).await;
        assert_eq!(location(reply.headers()), "/console/sign-in?problem=no_errand&to=%2F");
    }

    async fn a_refusal_keeps_where_one_wanted_to_go_and_no_session(test: &TestDb) {
        let connected = Connected::on(test).await;
        let way = connected.leave("/users?a=b", "").await;
        let (to, headers) = connected.come_back(&way).await;
        assert_eq!((&*param(&to, "problem"), &*param(&to, "to")), ("outsider", "/users?a=b"));
        assert!(cookie(&headers, "siyu_session").is_none());
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
    }
}
