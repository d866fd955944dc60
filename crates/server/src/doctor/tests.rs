use std::future::pending;

use ambient::ManualClock;
use scrm::{
    MIGRATIONS,
    callbacks::ReceiverKind,
    corps::{self, NewCorp},
};
use store::{Migration, on_both, testing::TestDb};
use wecom_sim::{Fault, FaultRule, Limits};

use super::*;
use crate::{settings, testing::World};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

fn http() -> reqwest::Client {
    let timeouts = wecom::http::Timeouts { connect_ms: 2_000, request_ms: 2_000 };
    wecom::http::client(timeouts).unwrap()
}

async fn examined(world: &World) -> Vec<Check> {
    let company = corps::get(&mut world.scrm.db.reader().await.unwrap(), world.corp).await.unwrap();
    let around = Surroundings { scrm: &world.scrm, http: &http(), settings: &world.settings };
    of_company(&around, &company).await.unwrap()
}

fn named<'a>(checks: &'a [Check], id: &str) -> &'a Check {
    checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("no {id}: {checks:#?}"))
}

/// A check came out so, and says all these words.
#[track_caller]
fn assert_check(checks: &[Check], id: &str, state: State, words: &[&str]) {
    let check = named(checks, id);
    let text = format!("{} {}", check.found, check.fix.as_deref().unwrap_or_default());
    let says_all = words.iter().all(|word| text.contains(word));
    assert!(check.state == state && says_all, "{words:?} in {check:#?}");
    let has_fix = check.fix.is_some();
    assert_eq!(has_fix, matches!(state, State::Warning | State::Failed), "{check:#?}");
}

fn ids_in(checks: &[Check], state: State) -> Vec<&str> {
    checks.iter().filter(|check| check.state == state).map(|check| check.id).collect()
}

/// Refuses a call, always, with this code.
fn refuse(world: &World, call: &str, errcode: i64) {
    let rule = FaultRule { call: Some(call.to_owned()), p: 1.0, fault: Fault::Errcode { errcode } };
    world.sim.sim.fail_by_chance(rule).unwrap();
}

fn limit(world: &World, limits: Limits) {
    world.sim.sim.set_limits(limits);
}

async fn with(world: &World, id: &str, agent_id: i64, secret: &str) -> corps::Corp {
    let new = NewCorp {
        wecom_corp_id: id.to_owned(),
        name: String::new(),
        agent_id,
        wecom_secret: secret.to_owned(),
        zone: String::new(),
    };
    let corp = corps::put(&world.scrm, &new).await.unwrap();
    corps::get(&mut world.scrm.db.reader().await.unwrap(), corp).await.unwrap()
}

on_both! { MIGRATIONS,
    async fn where_all_is_well_every_line_says_so(test: &TestDb) {
        let world = World::connected(test).await;
        let checks = examined(&world).await;
        assert!(checks.iter().all(|check| check.state == State::Ok), "{checks:#?}");
        assert_eq!(checks.len(), 12);
        assert_check(&checks, "visible_range", State::Ok, &["root", "0 of "]);
        assert_check(&checks, "customer_contact", State::Ok, &["members may contact customers"]);
        let text = as_text(&checks);
        assert!(text.contains("ok       token of the app     "), "{text}");
        assert!(text.ends_with("\n0 failed, 0 to look at"), "{text}");
        let secrets = {
            let config = world.sim.sim.config();
            [config.secret.clone(), config.contact_secret.clone()]
        };
        assert!(secrets.iter().all(|secret| !text.contains(secret)));
    }

    async fn a_company_that_was_just_added_is_told_what_is_still_to_do(test: &TestDb) {
        let world = World::start(test).await;
        let checks = examined(&world).await;
        assert_eq!(ids_in(&checks, State::Failed), [""; 0], "{checks:#?}");
        assert_eq!(ids_in(&checks, State::Skipped), ["contact_secret", "callback_contacts"]);
        assert_check(&checks, "callback_app", State::Warning, &["siyu corp callback --corp-id"]);
        assert_check(&checks, "sync", State::Warning, &["siyu sync --corp"]);
        world.put_keys(ReceiverKind::App).await;
        let checks = examined(&world).await;
        assert_check(&checks, "callback_app", State::Warning, &["WeCom has not asked", "console"]);
        let again = examined(&world).await;
        assert_check(&again, "callback_app", State::Warning, &["WeCom has not asked"]);
    }

    async fn a_wrong_secret_is_told_once(test: &TestDb) {
        let world = World::connected(test).await;
        with(&world, &world.id, 1_000_002, "a-wrong-secret").await;
        let checks = examined(&world).await;
        assert_check(&checks, "app_token", State::Failed, &["40001", "应用管理", "Secret"]);
        assert_eq!(named(&checks, "app_token").page, Some(91_039));
        assert_eq!(ids_in(&checks, State::Failed), ["app_token"], "{checks:#?}");
        assert!(!as_text(&checks).contains("a-wrong-secret"));
    }

    async fn a_wrong_corp_id_is_told(test: &TestDb) {
        let world = World::start(test).await;
        let company = with(&world, "wwffffffffffffffff", 1_000_002, "secret").await;
        let around = Surroundings { scrm: &world.scrm, http: &http(), settings: &world.settings };
        let checks = of_company(&around, &company).await.unwrap();
        assert_check(&checks, "app_token", State::Failed, &["40013", "企业ID"]);
    }

    async fn an_address_that_is_not_trusted_is_named(test: &TestDb) {
        let world = World::connected(test).await;
        let trusted_ips = Some(vec!["10.1.2.3".parse().unwrap()]);
        limit(&world, Limits { trusted_ips, ..Limits::default() });
        let checks = examined(&world).await;
        assert_check(&checks, "trusted_ip", State::Failed, &["Add 127.0.0.1", "企业可信IP", "callback URL"]);
        assert_eq!(ids_in(&checks, State::Failed), ["trusted_ip"], "{checks:#?}");
        let trusted_ips = Some(vec!["10.1.2.3".parse().unwrap()]);
        limit(&world, Limits { trusted_ips, trusted_ips_for_token: true, ..Limits::default() });
        let other = with(&world, &world.id, 1_000_002, "unused until now").await;
        assert_eq!(other.id, world.corp);
        let checks = examined(&world).await;
        assert_check(&checks, "app_token", State::Failed, &["Add 127.0.0.1", "企业可信IP"]);
    }

    async fn a_visible_range_that_is_a_part_is_named_with_those_outside(test: &TestDb) {
        let world = World::connected(test).await;
        let part = world.sim.sim.departments().into_iter().nth(1).unwrap();
        let visible_departments = Some(vec![part.id]);
        limit(&world, Limits { visible_departments, ..Limits::default() });
        let checks = examined(&world).await;
        let words = [part.name.as_str(), "members are outside", "可见范围", "root"];
        assert_check(&checks, "visible_range", State::Warning, &words);
    }

    async fn without_the_right_to_customers_the_console_page_is_named(test: &TestDb) {
        let world = World::connected(test).await;
        refuse(&world, "get_follow_user_list", 48_002);
        refuse(&world, "groupchat/list", 48_002);
        let checks = examined(&world).await;
        assert_check(&checks, "customer_contact", State::Failed, &["48002", "可调用接口的应用"]);
        assert_check(&checks, "groups", State::Skipped, &["nobody"]);
        world.sim.sim.clear_faults();
        refuse(&world, "get_follow_user_list", 84_074);
        let checks = examined(&world).await;
        assert_check(&checks, "customer_contact", State::Failed, &["84074", "权限配置"]);
        world.sim.sim.clear_faults();
        refuse(&world, "groupchat/list", 48_002);
        let checks = examined(&world).await;
        assert_check(&checks, "groups", State::Failed, &["48002", "可调用接口的应用"]);
    }

    async fn nobody_with_the_right_to_customers_is_told(test: &TestDb) {
        let world = World::connected(test).await;
        // A department that nobody is in.
        let empty = world.sim.sim.add_department("空部门", 1).unwrap();
        limit(&world, Limits { visible_departments: Some(vec![empty]), ..Limits::default() });
        let checks = examined(&world).await;
        assert_check(&checks, "customer_contact", State::Warning, &["权限配置", "可见范围"]);
    }

    async fn without_the_right_to_mass_messages_it_is_told(test: &TestDb) {
        let world = World::connected(test).await;
        refuse(&world, "get_groupmsg_list_v2", 48_002);
        let checks = examined(&world).await;
        assert_check(&checks, "mass_messages", State::Failed, &["48002", "可调用接口的应用"]);
        assert_eq!(ids_in(&checks, State::Failed), ["mass_messages"]);
    }

    async fn a_wrong_agent_id_is_told(test: &TestDb) {
        let world = World::connected(test).await;
        let secret = world.sim.sim.config().secret.clone();
        with(&world, &world.id, 7, &secret).await;
        let checks = examined(&world).await;
        assert_check(&checks, "agent", State::Failed, &["301002", "agentid", "应用管理"]);
        assert_eq!(ids_in(&checks, State::Failed), ["agent"], "{checks:#?}");
    }

    async fn a_contact_secret_that_is_none_is_told(test: &TestDb) {
        let world = World::connected(test).await;
        let secret = world.sim.sim.config().secret.clone();
        corps::put_contact_secret(&world.scrm, world.corp, &secret).await.unwrap();
        let checks = examined(&world).await;
        assert_check(&checks, "contact_secret", State::Failed, &["48002", "通讯录同步"]);
        corps::put_contact_secret(&world.scrm, world.corp, "wrong").await.unwrap();
        assert_check(&examined(&world).await, "contact_secret", State::Failed, &["40001"]);
    }

    async fn a_wecom_that_does_not_answer_is_told_once(test: &TestDb) {
        let world = World::connected(test).await;
        world.sim.sim.expire_tokens();
        refuse(&world, "gettoken", -1);
        let checks = examined(&world).await;
        assert_check(&checks, "app_token", State::Failed, &["-1", "try again"]);
        assert_eq!(ids_in(&checks, State::Failed), ["app_token"], "{checks:#?}");
    }

    async fn an_address_that_does_not_echo_is_told(test: &TestDb) {
        let mut world = World::connected(test).await;
        // Another installation, which has the company too.
        let other = store::testing::sqlite(MIGRATIONS).await;
        let other = World::connected(&other).await;
        other.put_keys(ReceiverKind::App).await;
        let simulator = world.sim.base_url.clone();
        for (public_url, words) in [
            (other.base_url.clone(), &["other keys", "--replace", "master key"][..]),
            (simulator, &["404", "proxy"]),
            ("http://127.0.0.1:9".to_owned(), &["cannot be reached", "siyu serve"]),
            (String::new(), &["server.public_url is empty"]),
        ] {
            world.settings.server.public_url = public_url;
            let checks = examined(&world).await;
            assert_check(&checks, "callback_app", State::Failed, words);
            assert!(!as_text(&checks).contains("echostr"), "{checks:#?}");
        }
    }

    async fn a_long_silence_and_an_old_synchronisation_are_told(test: &TestDb) {
        let world = World::connected(test).await;
        world.clock.advance(8 * DAY_MS);
        let checks = examined(&world).await;
        assert_check(&checks, "callback_app", State::Warning, &["8 days", "外部联系人变更回调"]);
        assert_check(&checks, "callback_contacts", State::Warning, &["8 days"]);
        assert_check(&checks, "sync", State::Warning, &["sync.every_minutes"]);
        world.sim.sim.rename_group(&world.sim.sim.groups()[0].chat_id, "新").unwrap();
        world.told().await;
        assert_check(&examined(&world).await, "callback_app", State::Ok, &["answers"]);
    }

    async fn a_synchronisation_that_failed_or_left_things_out_is_told(test: &TestDb) {
        let world = World::connected(test).await;
        refuse(&world, "user/list", 60_011);
        let run = async || {
            scrm::sync::run(&world.scrm, world.corp, "test", &|_| {}, pending()).await
        };
        run().await.unwrap();
        world.sim.sim.clear_faults();
        assert_check(&examined(&world).await, "sync", State::Warning, &["things could not be read"]);
        world.sim.sim.fail_times("department/list", Fault::Errcode { errcode: 60_020 }, 9).unwrap();
        run().await.unwrap_err();
        world.sim.sim.clear_faults();
        assert_check(&examined(&world).await, "sync", State::Failed, &["60020", "siyu sync"]);
    }

    async fn a_clock_that_is_wrong_is_told(test: &TestDb) {
        let world = World::start(test).await;
        for (off_ms, state, side) in [
            (0, State::Ok, "0 s"),
            (2 * MINUTE_MS, State::Warning, "ahead"),
            (-2 * MINUTE_MS, State::Warning, "behind"),
            (10 * MINUTE_MS, State::Failed, "ahead"),
            (-10 * MINUTE_MS, State::Failed, "NTP"),
        ] {
            // What the simulator's HTTP server says is the machine's time, whatever its clock.
            let clock = ManualClock::at(Clock::system().now_ms() + off_ms);
            let check = clock::check(&http(), &world.sim.base_url, &clock.clock()).await;
            let side = if off_ms == 0 { "WeCom's" } else { side };
            assert_check(&[check], "clock", state, &[side]);
        }
        let nobody = clock::check(&http(), "http://127.0.0.1:9", &Clock::system()).await;
        assert_check(&[nobody], "clock", State::Failed, &["wecom.base_url"]);
    }

    async fn a_database_is_looked_at_and_a_key_that_does_not_fit_is_told(test: &TestDb) {
        let world = World::connected(test).await;
        let key = "2a".repeat(32);
        let of = |url: &str, key: &str| {
            let (url, key) = (url.to_owned(), key.to_owned());
            settings::built_in(&[("database.url", url), ("secrets.master_key", key)]).unwrap()
        };
        let settings = of(&test.address, &key);
        let (check, db) = database::check(&settings, &Clock::system()).await;
        let db = db.expect("it can be used");
        assert_check(&[check], "database", State::Ok, &["schema version", "can be written"]);
        let (check, ready) =
            database::check_key(&settings, db.clone(), Random::system()).await.unwrap();
        assert_check(&[check], "master_key", State::Ok, &["1 companies"]);
        assert_eq!(ready.unwrap().1[0].wecom_corp_id, world.id);
        let other = of(&test.address, &"11".repeat(32));
        let (check, ready) = database::check_key(&other, db.clone(), Random::system()).await.unwrap();
        assert_check(&[check], "master_key", State::Failed, &["decrypted", "backup"]);
        assert!(ready.is_none());
        let newer = Migration { version: 1_000, name: "newer", sqlite: "", postgres: "" };
        store::migrate(&db, &[newer], 0).await.unwrap();
        let (check, db) = database::check(&settings, &Clock::system()).await;
        assert_check(&[check], "database", State::Failed, &["1000", "newer program"]);
        assert!(db.is_none());
    }

    async fn an_old_schema_is_not_touched(test: &TestDb) {
        let settings = settings::built_in(&[("database.url", test.address.clone())]).unwrap();
        let gone = "DELETE FROM schema_migrations WHERE version > 1;";
        let db = &test.db;
        let last = MIGRATIONS.last().unwrap().version + 1;
        let step = Migration { version: last, name: "gone", sqlite: gone, postgres: gone };
        store::migrate(db, &[step], 0).await.unwrap();
        let (check, _) = database::check(&settings, &Clock::system()).await;
        assert_check(&[check], "database", State::Failed, &["schema version"]);
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.db");
    let none = format!("sqlite:{}", missing.display());
    let of_folder = format!("sqlite:{}", folder.path().display());
    for (url, words) in [
        (none.as_str(), &["there is no file", "siyu migrate"][..]),
        (&of_folder, &["SQLite", "sudo -u siyu"]),
        ("postgres://siyu:geheim@127.0.0.1:9/siyu", &["no connection", "lets this machine"]),
    ] {
        let settings = settings::built_in(&[("database.url", url.to_owned())]).unwrap();
        let (check, db) = database::check(&settings, &Clock::system()).await;
        assert!(db.is_none() && !check.found.contains("geheim"), "{check:#?}");
        assert_check(&[check], "database", State::Failed, words);
    }
    assert!(!missing.exists(), "the doctor makes no database");
}
