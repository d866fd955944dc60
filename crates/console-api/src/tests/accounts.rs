//! Signing in and out, users, apps and the audit log.

use scrm::{MIGRATIONS, testing, users};
use serde_json::json;
use store::testing::TestDb;

use super::{Console, NOW_MS, PASSWORD};

const MINUTE_MS: i64 = 60_000;

store::on_both! { MIGRATIONS,
    async fn whoever_signs_in_gets_a_new_cookie_that_ends_with_signing_out(test: &TestDb) {
        let console = Console::on(test).await;
        let mut browser = console.browser();
        browser.cookie = "siyu_session=planted".to_owned();
        let sign_in = json!({"login": " Admin ", "password": PASSWORD});
        let reply = browser.call("session/sign-in", sign_in).await;
        let cookie = reply.headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.ends_with("; Secure") && cookie.contains("; HttpOnly; SameSite=Lax;") && !cookie.contains("planted"), "{cookie}");
        let me = browser.ok("session/me", json!({})).await;
        assert_eq!((&me["user"]["login"], &me["role"]), (&json!("admin"), &json!("admin")));
        assert_eq!(me["rights"].as_array().unwrap().len(), 8);
        let before = browser.cookie.clone();
        browser.ok("session/sign-out", json!({})).await;
        browser.cookie = before;
        browser.refused("session/me", json!({}), 401, "not_signed_in").await;
    }

    async fn sessions_end_when_idle_and_in_any_case(test: &TestDb) {
        let console = Console::on(test).await;
        let mut idle = console.admin().await;
        let mut busy = console.admin().await;
        for hour in 1..=7 * 24 {
            console.clock.set(NOW_MS + hour * 60 * MINUTE_MS - 1);
            if hour == 13 {
                idle.refused("session/me", json!({}), 401, "not_signed_in").await;
            }
            busy.ok("session/me", json!({})).await;
        }
        console.clock.advance(1);
        busy.refused("session/me", json!({}), 401, "not_signed_in").await;
        users::forget_old(&console.scrm).await.unwrap();
    }

    async fn wrong_passwords_are_told_alike_and_make_one_wait(test: &TestDb) {
        let console = Console::on(test).await;
        let mut browser = console.browser();
        let nobody = json!({"login": "nobody", "password": PASSWORD});
        let wrong = json!({"login": "admin", "password": "something else"});
        let of_nobody = browser.refused("session/sign-in", nobody, 401, "wrong_password").await;
        for _ in 0..5 {
            let text = browser.refused("session/sign-in", wrong.clone(), 401, "wrong_password").await;
            assert_eq!(text, of_nobody);
        }
        let right = json!({"login": "admin", "password": PASSWORD});
        browser.refused("session/sign-in", right.clone(), 429, "too_many_tries").await;
        console.clock.advance(1_000);
        browser.refused("session/sign-in", wrong.clone(), 401, "wrong_password").await;
        console.clock.advance(1_999);
        browser.refused("session/sign-in", right.clone(), 429, "too_many_tries").await;
        console.clock.advance(1);
        browser.ok("session/sign-in", right.clone()).await;
        browser.refused("session/sign-in", wrong, 401, "wrong_password").await;
        browser.ok("session/sign-in", right).await;
    }

    async fn a_changed_password_ends_all_other_sessions(test: &TestDb) {
        let console = Console::on(test).await;
        let (mut here, mut there) = (console.admin().await, console.admin().await);
        let change = |old: &str, new: &str| json!({"old": old, "new": new});
        let path = "session/change-password";
        here.refused(path, change("wrong wrong", "another one 1"), 401, "wrong_password").await;
        here.refused(path, change(PASSWORD, "short"), 400, "invalid").await;
        here.refused(path, change(PASSWORD, PASSWORD), 400, "invalid").await;
        let before = here.cookie.clone();
        here.ok(path, change(PASSWORD, "another one 1")).await;
        assert_ne!(here.cookie, before);
        here.ok("session/me", json!({})).await;
        there.refused("session/me", json!({}), 401, "not_signed_in").await;
        let old = json!({"login": "admin", "password": PASSWORD});
        console.browser().refused("session/sign-in", old, 401, "wrong_password").await;
    }

    async fn the_first_admin_is_made_once_and_helped_on_the_command_line(test: &TestDb) {
        let clock = ambient::ManualClock::at(NOW_MS);
        let scrm = testing::scrm(test.db.clone(), clock.clock(), "http://127.0.0.1:9");
        let (one, other) = tokio::join!(users::first_admin(&scrm), users::first_admin(&scrm));
        let made = [one.unwrap(), other.unwrap()].into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(made.len(), 1, "two nodes start at once");
        assert!(users::first_admin(&scrm).await.unwrap().is_none());
        let again = users::site_admin(&scrm, "ADMIN").await.unwrap();
        assert_eq!(again.id, made[0].id);
        let who = |password: &str| users::SignIn { login: "admin".to_owned(), password: password.to_owned(), code: None };
        let visitor = users::Visitor::default();
        users::sign_in(&scrm, &who(&made[0].one_time_password), &visitor).await.unwrap_err();
        users::sign_in(&scrm, &who(&again.one_time_password), &visitor).await.unwrap();
        users::set_disabled(&scrm, "admin", true).await.unwrap();
        users::sign_in(&scrm, &who(&again.one_time_password), &visitor).await.unwrap_err();
        users::set_disabled(&scrm, "nobody", true).await.unwrap_err();
    }

    async fn signing_out_everywhere_ends_all_sessions(test: &TestDb) {
        let console = Console::on(test).await;
        let (mut here, mut there) = (console.admin().await, console.admin().await);
        here.ok("session/sign-out-everywhere", json!({})).await;
        there.refused("session/me", json!({}), 401, "not_signed_in").await;
    }

    async fn with_a_second_factor_a_code_is_asked_for_each_used_once(test: &TestDb) {
        let console = Console::on(test).await;
        let mut browser = console.admin().await;
        let new = browser.ok("totp/begin", json!({})).await;
        let secret = new["secret"].as_str().unwrap().to_owned();
        assert!(new["uri"].as_str().unwrap().contains(&secret));
        let code = |at_ms| users::code_at(&secret, at_ms);
        let confirm = |password: &str, code: &str| json!({"password": password, "secret": secret, "code": code});
        browser.refused("totp/confirm", confirm("wrong wrong", &code(NOW_MS)), 401, "wrong_password").await;
        browser.refused("totp/confirm", confirm(PASSWORD, "000000"), 401, "wrong_code").await;
        browser.ok("totp/confirm", confirm(PASSWORD, &code(NOW_MS))).await;
        let with = |code: &str| json!({"login": "admin", "password": PASSWORD, "totp": code});
        let mut other = console.browser();
        let without = json!({"login": "admin", "password": PASSWORD});
        other.refused("session/sign-in", without.clone(), 401, "totp_required").await;
        other.refused("session/sign-in", with(&code(NOW_MS)), 401, "wrong_code").await;
        console.clock.advance(MINUTE_MS);
        other.ok("session/sign-in", with(&code(NOW_MS + MINUTE_MS))).await;
        console.browser().refused("session/sign-in", with(&code(NOW_MS + MINUTE_MS)), 401, "wrong_code").await;
        other.ok("totp/remove", json!({"password": PASSWORD})).await;
        console.browser().ok("session/sign-in", without).await;
    }

    async fn codes_cannot_be_guessed_without_end(test: &TestDb) {
        let console = Console::on(test).await;
        let mut browser = console.admin().await;
        let secret = browser.ok("totp/begin", json!({})).await["secret"].as_str().unwrap().to_owned();
        let code = users::code_at(&secret, NOW_MS);
        browser.ok("totp/confirm", json!({"password": PASSWORD, "secret": secret, "code": code})).await;
        let without = json!({"login": "admin", "password": PASSWORD});
        let wrong = json!({"login": "admin", "password": PASSWORD, "totp": "000000"});
        let mut guesser = console.browser();
        for _ in 0..5 {
            guesser.refused("session/sign-in", wrong.clone(), 401, "wrong_code").await;
            if guesser.call("session/sign-in", without.clone()).await.code == "too_many_tries" {
                break;
            }
        }
        guesser.refused("session/sign-in", wrong, 429, "too_many_tries").await;
    }

    async fn a_company_that_comes_later_is_there_at_once(test: &TestDb) {
        let clock = ambient::ManualClock::at(NOW_MS);
        let scrm = testing::scrm(test.db.clone(), clock.clock(), "http://127.0.0.1:9");
        users::put_site_admin(&scrm, "admin", PASSWORD, false).await.unwrap();
        let who = users::SignIn { login: "admin".to_owned(), password: PASSWORD.to_owned(), code: None };
        let token = users::sign_in(&scrm, &who, &users::Visitor::default()).await.unwrap();
        let session = users::of_token(&scrm, token.reveal()).await.unwrap().unwrap();
        assert!(session.place.is_none());
        let corp = testing::corp(&scrm, "ww0123456789abcdef", "a WeCom secret").await;
        let session = users::of_token(&scrm, token.reveal()).await.unwrap().unwrap();
        assert_eq!(session.place.unwrap().corp.id, corp);
    }

    async fn users_are_made_changed_reset_and_removed(test: &TestDb) {
        let console = Console::on(test).await;
        let mut admin = console.admin().await;
        let new = json!({"login": "Li.Si", "name": "李四", "role": "viewer"});
        let made = admin.ok("users/create", new.clone()).await;
        admin.refused("users/create", new, 409, "conflict").await;
        admin.refused("users/create", json!({"login": "李四", "role": "viewer"}), 400, "invalid").await;
        admin.refused("users/create", json!({"login": "own", "role": "own"}), 400, "invalid").await;
        let nowhere = json!({"login": "x1", "role": "viewer", "departmentIds": ["77"]});
        admin.refused("users/create", nowhere, 404, "not_found").await;
        let id = &made["id"];
        let mut user = console.signed_in("li.si", made["oneTimePassword"].as_str().unwrap()).await;
        let edit = |role: &str, off: bool| {
            json!({"id": id, "name": "李四", "role": role, "isDisabled": off, "departmentIds": []})
        };
        admin.ok("users/edit", edit("operator", false)).await;
        assert_eq!(user.ok("session/me", json!({})).await["role"], "operator");
        admin.ok("users/edit", edit("operator", true)).await;
        user.refused("session/me", json!({}), 401, "not_signed_in").await;
        admin.ok("users/edit", edit("operator", false)).await;
        let again = admin.ok("users/reset-password", json!({"id": id})).await;
        let mut user = console.signed_in("li.si", again["oneTimePassword"].as_str().unwrap()).await;
        admin.ok("users/remove", json!({"id": id})).await;
        user.refused("session/me", json!({}), 401, "not_signed_in").await;
        let users = admin.ok("users/list", json!({})).await;
        assert_eq!(users["rows"].as_array().unwrap().len(), 1, "the admin alone");
        let own = &users["rows"][0]["id"];
        admin.refused("users/remove", json!({"id": own}), 409, "conflict").await;
        let acts = admin.ok("audit/list", json!({"subject": "li.SI"})).await;
        let names: Vec<_> = acts["rows"].as_array().unwrap().iter().map(|act| act["act"].clone()).collect();
        let expected = ["remove_user", "reset_password", "edit_user", "edit_user", "edit_user", "create_user"];
        assert_eq!((acts["total"].as_i64(), names), (Some(6), expected.map(|act| json!(act)).to_vec()));
        let some = admin.ok("audit/list", json!({"login": "admin", "act": "create_user", "toMs": NOW_MS - 1})).await;
        assert_eq!(some["total"], 0);
    }

    async fn an_admin_of_one_company_has_no_power_over_others(test: &TestDb) {
        let console = Console::on(test).await;
        let mut site_admin = console.admin().await;
        let mut admin = console.user(json!({"login": "boss", "role": "admin"})).await;
        let users = admin.ok("users/list", json!({})).await;
        let of = |login: &str| {
            let rows = users["rows"].as_array().unwrap();
            rows.iter().find(|user| user["login"] == login).unwrap()["id"].clone()
        };
        admin.refused("users/reset-password", json!({"id": of("admin")}), 409, "conflict").await;
        let edit = json!({"id": of("admin"), "name": "x", "role": "viewer", "isDisabled": true, "departmentIds": []});
        admin.refused("users/edit", edit, 409, "conflict").await;
        let other = testing::corp(&console.scrm, "wwother0000001", "secret").await;
        let choose = json!({"companyId": other.to_string()});
        admin.refused("session/choose-company", choose.clone(), 404, "not_found").await;
        site_admin.ok("session/choose-company", choose).await;
        let here = site_admin.ok("users/list", json!({})).await;
        assert_eq!(here["rows"].as_array().unwrap().len(), 1, "no users of the other company");
        site_admin.refused("users/reset-password", json!({"id": of("boss")}), 404, "not_found").await;
        site_admin.refused("users/remove", json!({"id": of("boss")}), 404, "not_found").await;
    }

    async fn staff_are_seen_as_far_as_the_departments_go(test: &TestDb) {
        let console = Console::on(test).await;
        let (scrm, corp) = (&console.scrm, console.corp);
        for (id, name) in [(2, "销售"), (3, "行政")] {
            testing::put_department(scrm, corp, id, name).await;
        }
        for (id, name, department) in [(1, "甲", 2), (2, "乙", 3)] {
            testing::put_staff(scrm, corp, 400_000_000_000_000 + id, name, &[department]).await;
        }
        let new = json!({"login": "sales", "role": "operator", "departmentIds": ["2"]});
        let mut browser = console.user(new).await;
        let seen = browser.ok("staff/list", json!({})).await;
        assert_eq!((&seen["total"], &seen["rows"][0]["name"]), (&json!(1), &json!("甲")));
        assert_eq!(browser.ok("staff/list", json!({"name": "乙"})).await["total"], 0);
        assert_eq!(console.admin().await.ok("staff/list", json!({})).await["total"], 2);
        assert_eq!(browser.ok("departments/list", json!({})).await["rows"].as_array().unwrap().len(), 2);
    }

    async fn groups_are_seen_as_far_as_the_departments_go(test: &TestDb) {
        let console = Console::on(test).await;
        let (scrm, corp) = (&console.scrm, console.corp);
        testing::put_department(scrm, corp, 2, "销售").await;
        let (mine, other) = (400_000_000_000_001, 400_000_000_000_002);
        testing::put_staff(scrm, corp, mine, "甲", &[2]).await;
        testing::put_staff(scrm, corp, other, "乙", &[]).await;
        let group = |id: i64, owner: i64| testing::PutGroup {
            id,
            chat_id: format!("wr{id}"),
            owner,
            raw_name: format!("群{id}"),
            display_name: format!("群{id}"),
            created_at_ms: NOW_MS,
            is_dissolved: false,
            tags: vec![],
        };
        testing::put_groups(scrm, corp, &[group(1, mine), group(2, other)]).await;
        let scoped = json!({"login": "sales", "role": "operator", "departmentIds": ["2"]});
        let own = json!({"login": "own", "role": "own", "staffId": other.to_string()});
        for (mut browser, seen) in [(console.user(scoped).await, "wr1"), (console.user(own).await, "wr2")] {
            for filter in [json!({}), json!({"ownerId": mine.to_string()}), json!({"name": "群"})] {
                let filter = json!({"filter": filter});
                let listed = browser.ok("groups/list", filter.clone()).await;
                let rows = listed["rows"].as_array().unwrap();
                assert!(rows.iter().all(|row| row["chatId"] == seen), "{filter}: {listed}");
                assert_eq!(listed["total"].as_u64(), Some(rows.len() as u64));
            }
            assert_eq!(browser.ok("groups/list", json!({})).await["total"], 1);
        }
        assert_eq!(console.admin().await.ok("groups/list", json!({})).await["total"], 2);
    }

    async fn apps_are_made_changed_and_get_new_keys(test: &TestDb) {
        let console = Console::on(test).await;
        let mut admin = console.admin().await;
        let new = json!({"suffix": "crm", "name": "CRM", "scopes": ["groups:read"], "addresses": ["192.0.2.7", "10.0.0.0/8"]});
        let key = admin.ok("apps/create", new.clone()).await;
        assert_eq!(key["appId"], "ww0123456789abcdef_crm");
        admin.refused("apps/create", new, 409, "conflict").await;
        let text = admin.refused("apps/create", json!({"suffix": "b", "addresses": ["300.1.1.1"]}), 400, "bad_request").await;
        assert!(text.starts_with("addresses[0]: "), "{text}");
        let text = admin.refused("apps/create", json!({"suffix": "b", "scopes": ["all"]}), 400, "bad_request").await;
        assert!(text.starts_with("scopes[0]: "), "{text}");
        let listed = admin.ok("apps/list", json!({})).await;
        assert_eq!(listed["rows"][0]["addresses"], json!(["192.0.2.7/32", "10.0.0.0/8"]));
        assert!(!listed.to_string().contains(key["appKey"].as_str().unwrap()), "the key is shown once");
        let id = &key["appId"];
        let edit = json!({"appId": id, "name": "CRM 2", "isEnabled": false, "scopes": [], "addresses": []});
        admin.ok("apps/edit", edit).await;
        let again = admin.ok("apps/rotate", json!({"appId": id})).await;
        assert_ne!(again["appKey"], key["appKey"]);
        let app = scrm::apps::find(&console.scrm, id.as_str().unwrap()).await.unwrap().unwrap();
        assert_eq!((&*app.name, app.is_enabled, app.key.reveal()), ("CRM 2", false, again["appKey"].as_str().unwrap()));
        admin.refused("apps/rotate", json!({"appId": "ww_none"}), 404, "not_found").await;
        let acts = admin.ok("audit/list", json!({"subject": "_crm"})).await;
        assert_eq!(acts["total"], 3);
        assert!(!acts.to_string().contains(again["appKey"].as_str().unwrap()));
    }
}
