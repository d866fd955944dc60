//! Mass messages to customers one by one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Corp, column, small};
use crate::{Config, Confirm, Confirmed, Customer, Limits, MassQuota, Meeting, OwnerPolicy, start};

async fn corp() -> Corp {
    Corp::of(Config { n_customers: 400, n_staff: 40, ..small() }).await
}

fn to(external_userids: &[&str]) -> Value {
    json!({ "external_userid": external_userids, "text": { "content": "您好" } })
}

/// Customers whom these members all follow and nobody else does.
fn followed_by_one(corp: &Corp) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Customer { external_userid, followers, .. } in corp.running.sim.customers() {
        if let [follower] = &followers[..] {
            found.entry(follower.userid.clone()).or_default().push(external_userid);
        }
    }
    found
}

impl Corp {
    /// Makes a message; the clock moves on until the members have it.
    async fn hand_to_members(&self, body: Value) -> (String, Value) {
        let reply = self.post("add_msg_template", body).await;
        assert_eq!(reply["errcode"], 0, "{reply}");
        self.hand.advance(self.running.sim.config().dispatching_ms);
        let msgid = reply["msgid"].as_str().expect("an accepted message has a msgid").to_owned();
        (msgid, reply["fail_list"].clone())
    }

    async fn tasks(&self, msgid: &str) -> Value {
        self.post("get_groupmsg_task", json!({ "msgid": msgid })).await["task_list"].clone()
    }

    async fn results(&self, msgid: &str, userid: &str) -> Value {
        let body = json!({ "msgid": msgid, "userid": userid });
        self.post("get_groupmsg_send_result", body).await["send_list"].clone()
    }
}

#[tokio::test]
async fn each_member_has_a_task_and_the_results_name_the_customers() {
    let corp = corp().await;
    let sim = &corp.running.sim;
    let of = followed_by_one(&corp);
    let mut members = of.iter().filter(|(_, customers)| customers.len() > 1);
    let (anna, hers) = members.next().expect("several members have customers");
    let (ben, his) = members.next().expect("several members have customers");
    let asked = [&hers[0], &his[0], &hers[1], &his[0]].map(String::as_str);
    let asked = [&asked[..], &["wmNobody"]].concat();
    let (msgid, fail_list) = corp.hand_to_members(to(&asked)).await;
    assert_eq!(fail_list, json!(["wmNobody"]));
    let mut senders = vec![anna.as_str(), ben.as_str()];
    let tasks = corp.tasks(&msgid).await;
    let mut listed: Vec<&str> =
        tasks.as_array().unwrap().iter().map(|task| task["userid"].as_str().unwrap()).collect();
    senders.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, senders);
    let waiting = json!([
        { "external_userid": hers[0], "userid": anna, "status": 0 },
        { "external_userid": hers[1], "userid": anna, "status": 0 },
    ]);
    assert_eq!(corp.results(&msgid, anna).await, waiting);

    let done = sim.confirm_by(&msgid, anna, Confirm::All).expect("waiting");
    assert_eq!(done, Confirmed { n_sent: 2, ..Confirmed::default() });
    let at_s = corp.hand.now_ms() / 1_000;
    let sent =
        json!({ "external_userid": hers[1], "userid": anna, "status": 1, "send_time": at_s });
    assert_eq!(corp.results(&msgid, anna).await[1], sent);
    assert_eq!(corp.results(&msgid, ben).await[0]["status"], 0, "he has not confirmed");
    assert_eq!(sim.confirm(&msgid, Confirm::All).expect("he waits").n_sent, 1);
    let ledger = sim.ledger();
    assert_eq!(ledger.len(), 3);
    assert_eq!((ledger[2].external_userid.as_str(), ledger[2].chat_id.as_str()), (&*his[0], ""));
    assert_eq!(&ledger[2].sender, ben);
    let of_him = corp.ask(&format!("/sim/ledger?external_userid={}", his[0])).await;
    assert_eq!(of_him["total"], 1);
}

#[tokio::test]
async fn the_list_tells_messages_to_customers_from_those_to_groups() {
    let corp = corp().await;
    let customer = corp.running.sim.customers()[3].external_userid.clone();
    let start = corp.hand.now_ms() / 1_000;
    let (msgid, _) = corp.hand_to_members(to(&[&customer])).await;
    for (kind, found) in [("single", vec![msgid.as_str()]), ("group", Vec::new())] {
        let span = json!({ "chat_type": kind, "start_time": start, "end_time": start + 60 });
        let listed = corp.post("get_groupmsg_list_v2", span).await;
        assert_eq!(column(&listed, "group_msg_list", "msgid"), found);
    }
}

#[tokio::test]
async fn a_customer_of_several_belongs_to_the_one_last_in_touch_unless_a_sender_is_named() {
    let corp = corp().await;
    let sim = &corp.running.sim;
    let customer = sim.customers().into_iter().find(|c| c.followers.len() == 2).expect("some have");
    let newest = |customer: &Customer| {
        let newest = customer.followers.iter().max_by_key(|f| f.relation.created_at_s);
        newest.expect("two").userid.clone()
    };
    let (last, id) = (newest(&customer), customer.external_userid.as_str());
    let other = customer.followers.iter().find(|f| f.userid != last).expect("two").userid.clone();
    let (msgid, _) = corp.hand_to_members(to(&[id])).await;
    assert_eq!(corp.tasks(&msgid).await, json!([{ "userid": last, "status": 0 }]));
    let mut by_other = to(&[id]);
    by_other["sender"] = json!(other);
    let (msgid, _) = corp.hand_to_members(by_other).await;
    assert_eq!(corp.tasks(&msgid).await, json!([{ "userid": other, "status": 0 }]));
    sim.customer_deletes_staff(&last, id).expect("friends");
    let (msgid, _) = corp.hand_to_members(to(&[id])).await;
    assert_eq!(corp.tasks(&msgid).await, json!([{ "userid": other, "status": 0 }]));
}

#[tokio::test]
async fn a_sender_alone_has_all_of_their_customers_and_tags_choose_among_them() {
    let corp = corp().await;
    let sim = &corp.running.sim;
    let of = followed_by_one(&corp);
    let (userid, theirs) = of.iter().max_by_key(|(_, theirs)| theirs.len()).expect("some");
    let content = json!({ "content": "您好" });
    let all = json!({ "sender": userid, "text": content });
    let (msgid, _) = corp.hand_to_members(all).await;
    let listed = corp.get(&format!("externalcontact/list?userid={userid}")).await;
    let results = corp.results(&msgid, userid).await;
    assert_eq!(
        results.as_array().map(Vec::len),
        listed["external_userid"].as_array().map(Vec::len)
    );

    let (_, tags) = sim.add_tags("等级", &["金", "银", "铜"]).expect("made");
    sim.mark_customer(userid, &theirs[0], &tags[..1], &[]).expect("friends");
    sim.mark_customer(userid, &theirs[1], &[tags[1].clone(), tags[2].clone()], &[])
        .expect("friends");
    for (groups, chosen) in [
        (vec![vec![&tags[0], &tags[1]]], &theirs[..2]),
        (vec![vec![&tags[0], &tags[1]], vec![&tags[2]]], &theirs[1..2]),
    ] {
        let group_list: Vec<Value> =
            groups.into_iter().map(|tags| json!({ "tag_list": tags })).collect();
        let filter = json!({ "group_list": group_list });
        let (msgid, _) =
            corp.hand_to_members(json!({ "tag_filter": filter, "text": content })).await;
        let shown = json!({ "send_list": corp.results(&msgid, userid).await });
        assert_eq!(column(&shown, "send_list", "external_userid"), chosen);
    }
}

#[tokio::test]
async fn a_message_to_nobody_is_refused_with_its_code() {
    let corp = corp().await;
    let sim = &corp.running.sim;
    let of = followed_by_one(&corp);
    let (userid, theirs) = of.iter().next().expect("some");
    let (other, _) = of.iter().nth(1).expect("some");
    sim.staff_deletes_customer(userid, &theirs[0]).expect("friends");
    let half = Meeting { half: true, ..Meeting::default() };
    let half = sim.customer_adds(userid, half).expect("present");
    let text = json!({ "content": "您好" });
    let tags = |tags: Value| json!({ "tag_filter": { "group_list": [{ "tag_list": tags }] }, "text": text });
    let many: Vec<String> = (0..10_001).map(|n| format!("wm{n}")).collect();
    let mut of_other = to(&[&theirs[1]]);
    of_other["sender"] = json!(other);
    for (body, errcode) in [
        (json!({ "text": text }), 40063),
        (to(&[&theirs[0]]), 41048),
        (to(&[&half]), 41048),
        (of_other, 41048),
        (to(&many.iter().map(String::as_str).collect::<Vec<_>>()), 40058),
        (tags(json!(["etNone"])), 40068),
        (tags(json!(vec!["et"; 101])), 40058),
        (json!({ "sender": "nobody", "text": text }), 40003),
        (json!({ "sender": userid, "text": { "content": "" } }), 44004),
    ] {
        let reply = corp.post("add_msg_template", body.clone()).await;
        assert_eq!(reply["errcode"], errcode, "{reply}");
        assert_eq!(reply["fail_list"], json!([]));
    }
}

#[tokio::test]
async fn a_friend_no_more_and_a_quota_used_up_have_a_status_each() {
    for (quota, n_days) in
        [(MassQuota::OneADay, 1), (MassQuota::SevenAWeek, 7), (MassQuota::Month, 31)]
    {
        let mut corp = corp().await;
        let sim = corp.running.sim.clone();
        sim.set_limits(Limits { mass_quota: Some(quota), ..Limits::default() });
        let of = followed_by_one(&corp);
        let (userid, theirs) = of.iter().max_by_key(|(_, theirs)| theirs.len()).expect("some");
        for _ in 0..n_days {
            let (msgid, _) = corp.hand_to_members(to(&[&theirs[1]])).await;
            assert_eq!(sim.confirm(&msgid, Confirm::All).expect("waiting").n_sent, 1);
        }
        let (msgid, _) = corp.hand_to_members(to(&[&theirs[0], &theirs[1], &theirs[2]])).await;
        sim.customer_deletes_staff(userid, &theirs[0]).expect("friends");
        let done = sim.confirm(&msgid, Confirm::All).expect("waiting");
        assert_eq!(done, Confirmed { n_sent: 1, n_over_quota: 1, n_not_friends: 1 });
        let results = corp.results(&msgid, userid).await;
        let statuses: Vec<_> = results.as_array().unwrap().iter().map(|r| &r["status"]).collect();
        assert_eq!(statuses, [2, 3, 1], "{quota:?}");
        corp.hand.advance(n_days * 86_400_000);
        corp.renew_token().await;
        let (msgid, _) = corp.hand_to_members(to(&[&theirs[1]])).await;
        assert_eq!(sim.confirm(&msgid, Confirm::All).expect("waiting").n_sent, 1);
    }
}

#[tokio::test]
async fn members_pick_customers_only_where_they_may() {
    let corp = corp().await;
    let of = followed_by_one(&corp);
    let (userid, theirs) = of.iter().max_by_key(|(_, theirs)| theirs.len()).expect("some");
    let (fixed, _) = corp.hand_to_members(to(&[&theirs[0], &theirs[1]])).await;
    for body in [
        json!({ "msgid": fixed, "leave_out": 1 }),
        json!({ "msgid": fixed, "external_userids": [theirs[0]] }),
        json!({ "msgid": fixed, "chat_ids": ["wr1"] }),
    ] {
        assert_eq!(corp.play("mass_messages/confirm", body).await.status(), 409);
    }
    let mut free = to(&[&theirs[0], &theirs[1]]);
    free["allow_select"] = json!(true);
    let (free, _) = corp.hand_to_members(free).await;
    let picked =
        json!({ "msgid": free, "userid": userid, "external_userids": [theirs[1], theirs[2]] });
    assert_eq!(corp.play("mass_messages/confirm", picked).await.status(), 200);
    let results = corp.results(&free, userid).await;
    let found: Vec<(&str, i64)> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            (result["external_userid"].as_str().unwrap(), result["status"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(found, [(&*theirs[0], 0), (&*theirs[1], 1), (&*theirs[2], 1)]);
}

#[tokio::test]
async fn owners_by_policy_confirm_each_task_and_a_cancelled_one_stays_unsent() {
    let corp = corp().await;
    let sim = &corp.running.sim;
    sim.set_owners(OwnerPolicy {
        confirm_after_ms: Some(60_000),
        partly_p: 1.0,
        ..OwnerPolicy::default()
    });
    let of = followed_by_one(&corp);
    let ids: Vec<&str> = of.values().take(3).map(|theirs| theirs[0].as_str()).collect();
    let (sent, _) = corp.hand_to_members(to(&ids)).await;
    let (cancelled, _) = corp.hand_to_members(to(&ids)).await;
    let body = json!({ "msgid": cancelled });
    for errcode in [0, 0, 0, 41094] {
        assert_eq!(corp.post("remind_groupmsg_send", body.clone()).await["errcode"], errcode);
    }
    assert_eq!(corp.post("cancel_groupmsg_send", body.clone()).await["errcode"], 0);
    assert_eq!(corp.post("cancel_groupmsg_send", body).await["errcode"], 41093);
    corp.hand.advance(60_000);
    assert_eq!(sim.ledger().len(), 3, "nobody may leave anybody out");
    assert_eq!(corp.tasks(&sent).await[2]["status"], 2);
    assert_eq!(corp.tasks(&cancelled).await[2]["status"], 0);
}

#[tokio::test]
async fn messages_to_customers_are_in_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Some(folder.path().join("journal"));
    let config = Config { n_customers: 400, n_staff: 40, journal, ..small() };
    let corp = Corp::of(config.clone()).await;
    let of = followed_by_one(&corp);
    let ids: Vec<&str> = of.values().take(2).map(|theirs| theirs[0].as_str()).collect();
    let (msgid, _) = corp.hand_to_members(to(&ids)).await;
    let first = of.keys().next().expect("some");
    corp.running.sim.confirm_by(&msgid, first, Confirm::All).expect("waiting");
    let before = (corp.running.sim.mass_messages(), corp.running.sim.ledger());
    let again = start(config, corp.hand.clock()).await.expect("the journal is whole");
    assert_eq!((again.sim.mass_messages(), again.sim.ledger()), before);
    assert_eq!((before.0[0].senders.len(), before.1.len()), (2, 1));
}
