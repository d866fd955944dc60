use std::time::Duration;

use serde_json::json;

use super::{Corp, small, template};
use crate::{CallLimit, Config, Confirm, Fault, Limits, MassQuota};

async fn under(limits: Limits) -> Corp {
    Corp::of(Config { limits, ..small() }).await
}

#[tokio::test]
async fn one_call_too_many_in_a_minute_blocks_that_call_for_a_minute() {
    let corp = under(Limits { per_minute: Some(3), minute_ms: 6_000, ..Limits::default() }).await;
    for _ in 0..3 {
        assert_eq!(corp.get("department/list").await["errcode"], 0);
    }
    assert_eq!(corp.get("department/list").await["errcode"], 45009);
    assert_eq!(corp.get("agent/get?agentid=1000002").await["errcode"], 0, "counted by call");
    corp.hand.advance(5_999);
    assert_eq!(corp.get("department/list").await["errcode"], 45009);
    corp.hand.advance(1);
    assert_eq!(corp.get("department/list").await["errcode"], 0);
}

#[tokio::test]
async fn hours_and_days_are_counted_too_and_a_call_may_have_limits_of_its_own() {
    let tickets = CallLimit { per_hour: Some(2), ..CallLimit::default() };
    let lists = CallLimit { per_day: Some(1), ..CallLimit::default() };
    let by_call = [("get_jsapi_ticket".into(), tickets), ("externalcontact/list".into(), lists)];
    let corp = under(Limits { by_call: by_call.into(), ..Limits::default() }).await;
    for errcode in [0, 0, 45009] {
        assert_eq!(corp.get("get_jsapi_ticket").await["errcode"], errcode);
    }
    corp.hand.advance(3_600_000);
    corp.running.sim.set_limits(corp.running.sim.limits());
    assert_eq!(corp.get("get_jsapi_ticket").await["errcode"], 0);
    let list = format!("externalcontact/list?userid={}", corp.owner(0));
    for errcode in [84061, 45009] {
        assert_eq!(corp.get(&list).await["errcode"], errcode);
    }
}

#[tokio::test]
async fn a_code_is_exempt_from_the_base_limits() {
    let corp = under(Limits { per_minute: Some(1), ..Limits::default() }).await;
    for _ in 0..3 {
        assert_eq!(corp.get("auth/getuserinfo?code=made-up").await["errcode"], 40029);
    }
}

#[tokio::test]
async fn more_calls_at_once_than_allowed_are_refused_until_one_ends() {
    let corp = under(Limits { concurrency: Some(1), ..Limits::default() }).await;
    corp.running.sim.fail_next("department/list", Fault::Hang { ms: 60_000 }).expect("known");
    let path = format!("/cgi-bin/department/list?access_token={}", corp.token);
    let slow = corp.http.get(format!("{}{path}", corp.running.base_url));
    let slow = slow.timeout(Duration::from_secs(30)).send();
    let meanwhile = async {
        while corp.running.sim.n_calls("department/list") == 0 {
            tokio::task::yield_now().await;
        }
        corp.get("department/list").await
    };
    let refused = tokio::select! {
        _ = slow => panic!("the first call hangs"),
        reply = meanwhile => reply,
    };
    assert_eq!(refused["errcode"], 45033);
    // The slow client went away when the race was decided, which ends its call.
    while corp.get("department/list").await["errcode"] == 45033 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_address_that_is_not_trusted_is_told_which_it_is() {
    let trusted_ips = Some(vec!["10.1.2.3".parse().expect("an address")]);
    let corp = under(Limits { trusted_ips, ..Limits::default() }).await;
    let reply = corp.get("department/list").await;
    assert_eq!(reply["errcode"], 60020);
    assert!(reply["errmsg"].as_str().expect("a text").contains("from ip: 127.0.0.1"));
    let added = corp.play("limits", json!({ "trusted_ips": ["127.0.0.1"] })).await;
    assert_eq!(added.status(), 200);
    assert_eq!(corp.get("department/list").await["errcode"], 0);
}

#[tokio::test]
async fn a_setting_that_does_not_exist_is_refused() {
    let corp = Corp::small().await;
    for body in [json!({ "per_second": 3 }), json!({ "per_minute": "three" })] {
        assert_eq!(corp.play("limits", body).await.status(), 400);
    }
    assert_eq!(corp.running.sim.limits(), Limits::default());
}

#[tokio::test]
async fn the_document_names_every_limit() {
    let corp = Corp::small().await;
    let document = corp.ask("/sim/openapi.json").await;
    let described = &document["paths"]["/sim/limits"]["post"]["requestBody"]["content"];
    let described = described["application/json"]["schema"]["properties"].as_object();
    let limits = corp.ask("/sim/limits").await;
    let mut known: Vec<&String> = limits.as_object().expect("an object").keys().collect();
    let mut named: Vec<&String> = described.expect("an object").keys().collect();
    known.sort();
    named.sort();
    assert_eq!(named, known);
}

#[tokio::test]
async fn the_documented_numbers_are_one_switch_away() {
    let corp = under(Limits::documented()).await;
    let mut limits = corp.running.sim.limits();
    assert_eq!((limits.per_minute, limits.concurrency), (Some(10_000), Some(5)));
    limits.hour_ms = 1_000;
    corp.running.sim.set_limits(limits);
    for n in 0..101 {
        let errcode = if n < 100 { 0 } else { 45009 };
        assert_eq!(corp.get("ticket/get?type=agent_config").await["errcode"], errcode, "{n}");
    }
    corp.hand.advance(1_000);
    assert_eq!(corp.get("ticket/get?type=agent_config").await["errcode"], 0);
}

#[tokio::test]
async fn outside_the_visible_range_nothing_is_shown() {
    let corp = Corp::of(Config { n_customers: 200, n_staff: 40, n_groups: 90, ..small() }).await;
    let sim = &corp.running.sim;
    let departments = sim.departments();
    let part = departments[1].id;
    let limits = Limits { visible_departments: Some(vec![part]), ..Limits::default() };
    let below: Vec<u32> =
        departments.iter().filter(|d| d.id == part || d.parent_id == part).map(|d| d.id).collect();
    sim.set_limits(limits);
    let listed = corp.get("department/list").await;
    let ids: Vec<_> = listed["department"].as_array().expect("a list").iter().collect();
    assert!(ids.iter().all(|d| below.contains(&u32::try_from(d["id"].as_u64().unwrap()).unwrap())));
    assert_eq!(corp.get("user/list?department_id=1").await["errcode"], 60011);
    let sees = |userid: &str| {
        let staff = sim.staff().into_iter().find(|member| member.userid == userid);
        staff.expect("known").departments.iter().any(|place| below.contains(&place.id))
    };
    let groups = sim.groups();
    let hidden = groups.iter().find(|group| !sees(&group.owner)).expect("some are outside");
    let get = json!({ "chat_id": hidden.chat_id });
    assert_eq!(corp.post("groupchat/get", get).await["errcode"], 60011);
    let list = corp.post("groupchat/list", json!({ "limit": 1000 })).await;
    let n_seen = groups.iter().filter(|group| sees(&group.owner)).count();
    assert_eq!(list["group_chat_list"].as_array().map(Vec::len), Some(n_seen));
    let body = template(&hidden.owner, std::slice::from_ref(&hidden.chat_id), "x");
    assert_eq!(corp.post("add_msg_template", body).await["errcode"], 60011);
    let followers = corp.get("externalcontact/get_follow_user_list").await;
    let followers = followers["follow_user"].as_array().expect("a list").clone();
    assert!(followers.iter().all(|userid| sees(userid.as_str().expect("a text"))));
    let path = format!("externalcontact/list?userid={}", hidden.owner);
    assert_eq!(corp.get(&path).await["errcode"], 60011);
    let is_hidden = |c: &&crate::Customer| c.followers.iter().all(|f| !sees(&f.userid));
    let customers = sim.customers();
    let unseen = customers.iter().find(is_hidden).expect("some are outside");
    let path = format!("externalcontact/get?external_userid={}", unseen.external_userid);
    assert_eq!(corp.get(&path).await["errcode"], 40096);
}

#[tokio::test]
async fn tokens_may_die_long_before_they_promised() {
    let mut corp = under(Limits { token_dies_after_s: Some(5), ..Limits::default() }).await;
    corp.hand.advance(4_999);
    assert_eq!(corp.get("department/list").await["errcode"], 0);
    corp.hand.advance(1);
    assert_eq!(corp.get("department/list").await["errcode"], 42001);
    corp.renew_token().await;
    assert_eq!(corp.get("department/list").await["errcode"], 0);
}

#[tokio::test]
async fn the_quota_is_what_the_administrator_chose() {
    for (quota, n_sent) in
        [(MassQuota::OneADay, 1), (MassQuota::SevenAWeek, 7), (MassQuota::Unlimited, 9)]
    {
        let mut corp = under(Limits { mass_quota: Some(quota), ..Limits::default() }).await;
        let (sim, owner) = (corp.running.sim.clone(), corp.owner(0));
        let chats = corp.chats_of(&owner);
        let chat = &chats[..1];
        let mut sent = 0;
        for _ in 0..9 {
            let msgid = corp.hand_over(&owner, chat, "配额").await;
            sent += sim.confirm(&msgid, Confirm::All).expect("waiting").n_sent;
        }
        assert_eq!(sent, n_sent, "{quota:?}");
        corp.hand.advance(7 * 86_400_000);
        corp.renew_token().await;
        let msgid = corp.hand_over(&owner, chat, "下周").await;
        assert_eq!(sim.confirm(&msgid, Confirm::All).expect("waiting").n_sent, 1);
    }
}

#[tokio::test]
async fn a_call_with_debug_is_refused_the_sixth_time_in_a_minute() {
    let corp = Corp::small().await;
    for errcode in [0, 0, 0, 0, 0, 45009] {
        assert_eq!(corp.get("department/list?debug=1").await["errcode"], errcode);
    }
    assert_eq!(corp.get("agent/get?agentid=1000002&debug=1").await["errcode"], 0, "by call");
    assert_eq!(corp.get("department/list").await["errcode"], 0, "without debug");
    corp.hand.advance(60_000);
    assert_eq!(corp.get("department/list?debug=1").await["errcode"], 0);
}

#[tokio::test]
async fn an_app_without_customer_contact_may_make_none_of_its_calls() {
    let corp = under(Limits { no_customer_contact: true, ..Limits::default() }).await;
    let list = corp.post("groupchat/list", json!({ "limit": 10 })).await;
    assert_eq!((&list["errcode"], &list["group_chat_list"]), (&json!(48002), &json!([])));
    assert_eq!(corp.get("externalcontact/get_follow_user_list").await["errcode"], 48002);
    assert_eq!(corp.get("department/list").await["errcode"], 0);
    let wrong = corp.ask("/cgi-bin/externalcontact/get_follow_user_list?access_token=x").await;
    assert_eq!(wrong["errcode"], 40014, "the token is looked at first");
    corp.play("limits", json!({ "no_customer_contact": false })).await;
    assert_eq!(corp.get("externalcontact/get_follow_user_list").await["errcode"], 0);
}

#[tokio::test]
async fn an_app_without_mass_messages_may_still_read_groups() {
    let corp = under(Limits { no_mass_messages: true, ..Limits::default() }).await;
    for call in [
        "add_msg_template",
        "get_groupmsg_list_v2",
        "get_groupmsg_task",
        "get_groupmsg_send_result",
        "remind_groupmsg_send",
        "cancel_groupmsg_send",
    ] {
        assert_eq!(corp.post(call, json!({})).await["errcode"], 48002, "{call}");
    }
    assert_eq!(corp.post("groupchat/list", json!({ "limit": 10 })).await["errcode"], 0);
}
