use serde_json::json;

use super::{
    Corp,
    inbox::{Inbox, element},
    small,
};
use crate::{
    CallbackPolicy, CallbackReceiver, CallbackState, Config, Error, Joining, Limits, Meeting,
    ReceiverKind, Remark,
};

async fn corp_with(policy: CallbackPolicy) -> (Corp, Inbox) {
    let inbox = Inbox::default();
    let receivers =
        vec![inbox.open(ReceiverKind::App).await, inbox.open(ReceiverKind::Contact).await];
    let config = Config {
        callback_receivers: receivers,
        callback_policy: policy,
        n_customers: 60,
        ..small()
    };
    (Corp::of(config).await, inbox)
}

impl Corp {
    /// Waits until every queued event has been answered or given up.
    async fn quiet(&self) {
        while self.running.sim.n_callbacks_waiting() > 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn what_happens_in_the_client_is_told_and_what_a_call_does_is_not() {
    let (corp, inbox) = corp_with(CallbackPolicy::default()).await;
    let (sim, owner) = (&corp.running.sim, corp.owner(0));
    let id = sim
        .customer_adds(&owner, Meeting { state: "门店".into(), ..Meeting::default() })
        .expect("present");
    sim.remark_customer(&owner, &id, Remark { remark: Some("张".into()), ..Remark::default() })
        .expect("friends");
    let body = json!({ "userid": owner, "external_userid": id, "remark": "by the API" });
    assert_eq!(corp.post("remark", body).await["errcode"], 0);
    corp.post("add_corp_tag", json!({ "group_name": "G", "tag": [{ "name": "t" }] })).await;
    sim.customer_deletes_staff(&owner, &id).expect("friends");
    sim.staff_deletes_customer(&owner, &id).expect("friends");
    sim.customer_adds(&owner, Meeting { half: true, ..Meeting::default() }).expect("present");
    let (_, tags) = sim.add_tags("标签组", &["甲"]).expect("new");
    sim.rename_tag(&tags[0], "乙").expect("there");
    corp.quiet().await;
    let xmls = inbox.xmls();
    let kinds: Vec<_> = xmls.iter().map(|xml| element(xml, "ChangeType").expect("one")).collect();
    let expected = [
        "add_external_contact",
        "edit_external_contact",
        "del_follow_user",
        "del_external_contact",
        "add_half_external_contact",
        "create",
        "create",
        "update",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(element(&xmls[0], "State").as_deref(), Some("门店"));
    assert_eq!(element(&xmls[0], "ExternalUserID"), Some(id));
    assert_eq!(element(&xmls[0], "FromUserName").as_deref(), Some("sys"));
}

#[tokio::test]
async fn members_come_and_go_along_a_chain_of_versions() {
    let (corp, inbox) = corp_with(CallbackPolicy::default()).await;
    let (sim, owner) = (&corp.running.sim, corp.owner(0));
    let chat = corp.chats_of(&owner).remove(0);
    let version = || async {
        let reply = corp.post("groupchat/get", json!({ "chat_id": chat })).await;
        reply["group_chat"]["member_version"].as_str().expect("a version").to_owned()
    };
    let mut last = version().await;
    let by_code = sim.add_member(&chat, "扫码").expect("alive");
    let invited =
        Joining { name: "受邀".into(), invitor: Some(owner.clone()), ..Joining::default() };
    let invited = sim.join_group(&chat, invited).expect("alive");
    sim.put_out_member(&chat, &by_code).expect("there");
    sim.remove_member(&chat, &invited).expect("there");
    corp.quiet().await;
    let expected = [
        ("add_member", "JoinScene", "3", &by_code),
        ("add_member", "JoinScene", "0", &invited),
        ("del_member", "QuitScene", "1", &by_code),
        ("del_member", "QuitScene", "0", &invited),
    ];
    for (xml, (detail, scene, number, who)) in inbox.xmls().iter().zip(expected) {
        assert_eq!(element(xml, "UpdateDetail").as_deref(), Some(detail));
        assert_eq!(element(xml, scene).as_deref(), Some(number));
        assert_eq!(element(xml, "Item").as_ref(), Some(who));
        assert_eq!(element(xml, "LastMemVer"), Some(last));
        last = element(xml, "CurMemVer").expect("a version");
    }
    assert_eq!(version().await, last);
    assert_eq!(inbox.xmls().len(), 4);
}

#[tokio::test]
async fn the_life_of_a_group_and_of_the_company_is_told() {
    let (corp, inbox) = corp_with(CallbackPolicy::default()).await;
    let sim = &corp.running.sim;
    let chat = sim.add_group(&corp.owner(0), "群", 4).expect("present");
    sim.rename_group(&chat, "新").expect("alive");
    sim.set_notice(&chat, "周五活动").expect("alive");
    sim.change_owner(&chat, &corp.owner(9)).expect("alive");
    sim.dissolve_group(&chat).expect("alive");
    corp.quiet().await;
    let told = |name: &str| {
        let xmls = inbox.xmls().into_iter();
        xmls.filter_map(|xml| element(&xml, name)).collect::<Vec<_>>()
    };
    assert_eq!(
        told("UpdateDetail"),
        ["change_name", "change_notice", "add_member", "change_owner"]
    );
    assert_eq!(told("ChangeType"), ["create", "update", "update", "update", "update", "dismiss"]);
    let id = sim.add_department("新部门", 1).expect("the root is there");
    sim.add_staff("NewOne", "新人", &[id]).expect("free");
    sim.change_department(id, Some("改名"), None).expect("there");
    sim.change_department(id, None, Some(2)).expect("there");
    sim.move_staff("newone", &[1, 2]).expect("there");
    sim.staff_leaves("newone").expect("there");
    sim.remove_department(id).expect("empty now");
    corp.quiet().await;
    let kinds = told("ChangeType").split_off(6);
    let expected = [
        "create_party",
        "create_user",
        "update_party",
        "update_user",
        "delete_user",
        "delete_party",
    ];
    let of_contacts: Vec<_> = kinds.iter().map(String::as_str).collect();
    assert_eq!(of_contacts, expected);
    assert_eq!(told("Event").iter().filter(|event| event.ends_with("subscribe")).count(), 2);
}

#[tokio::test]
async fn a_failed_delivery_is_tried_three_times_each_sealed_anew() {
    let (corp, inbox) = corp_with(CallbackPolicy::default()).await;
    *inbox.statuses.lock().expect("whole") = vec![500, 503, 502];
    let chats = corp.chats_of(&corp.owner(0));
    corp.running.sim.rename_group(&chats[0], "一").expect("alive");
    corp.running.sim.rename_group(&chats[1], "二").expect("alive");
    corp.quiet().await;
    let got = inbox.got.lock().expect("whole").clone();
    assert_eq!(got.len(), 4);
    assert!(got[..3].windows(2).all(|two| two[0].xml == two[1].xml));
    assert!(got[..3].windows(2).all(|two| two[0].nonce != two[1].nonce));
    assert!(got[..3].windows(2).all(|two| two[0].encrypted != two[1].encrypted));
    let callbacks = corp.running.sim.callbacks();
    assert_eq!((callbacks[0].state, callbacks[0].n_tries), (CallbackState::GivenUp, 3));
    assert_eq!((callbacks[1].state, callbacks[1].n_tries), (CallbackState::Delivered, 1));
}

#[tokio::test]
async fn the_same_seed_loses_doubles_and_shuffles_the_same() {
    let policy = CallbackPolicy {
        delay_ms: 2_000,
        shuffle_ms: 5_000,
        lose_p: 0.1,
        duplicate_p: 0.1,
        ..CallbackPolicy::default()
    };
    let mut seen = Vec::new();
    for _ in 0..2 {
        let (corp, inbox) = corp_with(policy.clone()).await;
        let chat = corp.chats_of(&corp.owner(0)).remove(0);
        let members: Vec<String> = (0..200)
            .map(|n| corp.running.sim.add_member(&chat, &format!("客{n}")).expect("alive"))
            .collect();
        corp.hand.advance(1_999);
        tokio::task::yield_now().await;
        assert!(inbox.xmls().is_empty(), "all wait for two seconds at least");
        corp.hand.advance(5_001);
        corp.quiet().await;
        let told: Vec<String> =
            inbox.xmls().iter().map(|xml| element(xml, "Item").expect("one")).collect();
        let n_lost = members.iter().filter(|member| !told.contains(member)).count();
        let n_doubled = told.len() - (members.len() - n_lost);
        assert!((5..40).contains(&n_lost) && (5..40).contains(&n_doubled), "{n_lost} {n_doubled}");
        let places: Vec<_> =
            told.iter().map(|told| members.iter().position(|member| member == told)).collect();
        assert!(!places.is_sorted());
        seen.push(told);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn only_owners_and_staff_in_the_visible_range_are_told_of() {
    let (corp, inbox) = corp_with(CallbackPolicy::default()).await;
    let sim = &corp.running.sim;
    let groups = sim.groups();
    let (first, other) = (corp.owner(1), corp.owner(0));
    let place = sim.staff()[1].departments[0].id;
    sim.set_limits(Limits { visible_departments: Some(vec![place]), ..Limits::default() });
    corp.quiet().await;
    let n_unsubscribed = inbox.xmls().len();
    assert!(n_unsubscribed > 0, "those who left the range are told of");
    let both: Vec<_> = [&first, &other]
        .map(|owner| groups.iter().find(|group| group.owner == *owner).expect("owns some"))
        .into();
    for group in &both {
        sim.rename_group(&group.chat_id, "新名").expect("alive");
    }
    corp.quiet().await;
    let told = inbox.xmls().split_off(n_unsubscribed);
    let chats: Vec<_> = told.iter().filter_map(|xml| element(xml, "ChatId")).collect();
    let visible = corp.post("groupchat/get", json!({ "chat_id": both[1].chat_id })).await;
    assert_eq!(chats.contains(&both[1].chat_id), visible["errcode"] == 0);
    assert!(chats.contains(&both[0].chat_id));
}

#[tokio::test]
async fn a_receiver_elsewhere_or_without_a_key_is_refused() {
    let (corp, inbox) = corp_with(CallbackPolicy::default()).await;
    let good = inbox.open(ReceiverKind::App).await;
    let sim = &corp.running.sim;
    let far = CallbackReceiver { url: "http://10.0.0.1/cb".into(), ..good.clone() };
    assert!(matches!(sim.set_callback_receivers(vec![far]), Err(Error::NotLoopback(_))));
    let keyless = CallbackReceiver { aes_key: "short".into(), ..good.clone() };
    assert!(matches!(sim.set_callback_receivers(vec![keyless]), Err(Error::WrongAesKey(_))));
    assert_eq!(sim.callback_receivers().len(), 2, "the old ones stay");
    let body = json!({ "receivers": [good] });
    assert_eq!(corp.play("callbacks/receivers", body).await.status(), 200);
    assert_eq!(sim.callback_receivers().len(), 1);
}

#[tokio::test]
async fn a_receiver_is_verified_by_its_echo() {
    let (corp, _inbox) = corp_with(CallbackPolicy::default()).await;
    let sim = &corp.running.sim;
    assert!(sim.verify_callback_receiver(ReceiverKind::App).await.expect("it listens"));
    sim.set_callback_receivers(Vec::new()).expect("nobody");
    assert!(sim.verify_callback_receiver(ReceiverKind::App).await.is_err());
    sim.rename_group(&sim.groups()[0].chat_id, "无人").expect("alive");
    assert_eq!(sim.callbacks()[0].state, CallbackState::NoReceiver);
}
