use serde_json::json;

use super::{Corp, column, small, template};
use crate::{Config, Confirm, Confirmed, LedgerKind};

#[tokio::test]
async fn a_new_message_is_being_dispatched_and_not_listed_yet() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let body = template(&owner, &corp.chats_of(&owner), "早上好");
    let made = corp.post("add_msg_template", body).await;
    assert_eq!(made["fail_list"], json!([]));
    let msgid = made["msgid"].as_str().expect("a msgid").to_owned();
    assert!(msgid.starts_with("msg"));
    let start = corp.hand.now_ms() / 1_000;
    let span = json!({ "chat_type": "group", "start_time": start, "end_time": start + 60 });
    corp.hand.advance(1_999);
    let task = corp.post("get_groupmsg_task", json!({ "msgid": msgid })).await;
    assert_eq!((&task["errcode"], &task["task_list"]), (&json!(41063), &json!([])));
    let results = json!({ "msgid": msgid, "userid": owner });
    assert_eq!(corp.post("get_groupmsg_send_result", results).await["errcode"], 41063);
    let listed = corp.post("get_groupmsg_list_v2", span.clone()).await;
    assert_eq!((&listed["errcode"], &listed["group_msg_list"]), (&json!(0), &json!([])));
    assert!(corp.running.sim.confirm(&msgid, Confirm::All).is_err());
    assert_eq!(corp.running.sim.confirm_all_waiting(None).expect("nobody"), 0);

    corp.hand.advance(1);
    let task = corp.post("get_groupmsg_task", json!({ "msgid": msgid })).await;
    assert_eq!(task["task_list"], json!([{ "userid": owner, "status": 0 }]));
    let listed = corp.post("get_groupmsg_list_v2", span).await;
    let expected = json!([{
        "msgid": msgid,
        "create_time": start,
        "create_type": 0,
        "text": { "content": "早上好" },
        "attachments": [],
    }]);
    assert_eq!(listed["group_msg_list"], expected);
}

#[tokio::test]
async fn confirming_some_groups_finishes_the_task_and_lists_only_those() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    let msgid = corp.hand_over(&owner, &chats, "上新啦").await;
    let some = Confirm::Chats(chats[..2].to_vec());
    let done = sim.confirm(&msgid, some).expect("waiting");
    assert_eq!(done, Confirmed { n_sent: 2, ..Confirmed::default() });
    let at_s = corp.hand.now_ms() / 1_000;
    let task = corp.post("get_groupmsg_task", json!({ "msgid": msgid })).await;
    let expected = json!([{ "userid": owner, "status": 2, "send_time": at_s }]);
    assert_eq!(task["task_list"], expected);
    let body = json!({ "msgid": msgid, "userid": owner });
    let results = corp.post("get_groupmsg_send_result", body).await;
    assert_eq!(column(&results, "send_list", "chat_id"), chats[..2]);
    assert_eq!(results["send_list"][0]["status"], 1);
    assert_eq!(results["send_list"][0]["send_time"], at_s);

    let again = sim.confirm(&msgid, Confirm::All).expect("done before");
    assert_eq!(again, Confirmed::default());
    assert_eq!(sim.ledger().len(), 2);
}

#[tokio::test]
async fn results_come_in_pages_and_a_foreign_sender_has_none() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let msgid = corp.hand_over(&owner, &corp.chats_of(&owner), "通知").await;
    corp.running.sim.confirm(&msgid, Confirm::AllBut(1)).expect("waiting");
    let mut body = json!({ "msgid": msgid, "userid": owner, "limit": 4 });
    let mut sizes = Vec::new();
    loop {
        let page = corp.post("get_groupmsg_send_result", body.clone()).await;
        sizes.push(page["send_list"].as_array().expect("a list").len());
        body["cursor"] = page["next_cursor"].clone();
        if page["next_cursor"] == "" {
            break;
        }
    }
    assert_eq!(sizes, [4, 4, 1]);
    body["cursor"] = json!("forged");
    assert_eq!(corp.post("get_groupmsg_send_result", body).await["errcode"], 50100);
    let foreign = json!({ "msgid": msgid, "userid": corp.owner(1) });
    let reply = corp.post("get_groupmsg_send_result", foreign).await;
    assert_eq!(reply["send_list"], json!([]));
}

#[tokio::test]
async fn a_cancelled_message_stays_unsent_and_cannot_be_confirmed() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let msgid = corp.hand_over(&owner, &corp.chats_of(&owner), "取消").await;
    let body = json!({ "msgid": msgid });
    assert_eq!(corp.post("cancel_groupmsg_send", body.clone()).await["errcode"], 0);
    assert_eq!(corp.post("cancel_groupmsg_send", body.clone()).await["errcode"], 41093);
    assert_eq!(corp.post("remind_groupmsg_send", body.clone()).await["errcode"], 41093);
    assert!(corp.running.sim.confirm(&msgid, Confirm::All).is_err());
    assert_eq!(corp.running.sim.confirm_all_waiting(Some(&owner)).expect("present"), 0);
    let task = corp.post("get_groupmsg_task", body).await;
    assert_eq!(task["task_list"][0]["status"], 0);
    assert!(corp.running.sim.ledger().is_empty());
}

#[tokio::test]
async fn cancelling_a_sent_message_takes_nothing_back() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let msgid = corp.hand_over(&owner, &corp.chats_of(&owner), "已发").await;
    corp.running.sim.confirm(&msgid, Confirm::All).expect("waiting");
    let body = json!({ "msgid": msgid });
    assert_eq!(corp.post("cancel_groupmsg_send", body.clone()).await["errcode"], 0);
    let task = corp.post("get_groupmsg_task", body).await;
    assert_eq!(task["task_list"][0]["status"], 2);
    assert_eq!(corp.running.sim.ledger().len(), 10);
}

#[tokio::test]
async fn a_group_over_its_monthly_quota_gets_nothing_until_the_next_month() {
    let mut corp = Corp::small().await;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner)[..1].to_vec();
    for n in 0..32 {
        corp.hand_over(&owner, &chats, &format!("第{n}条")).await;
    }
    corp.running.sim.confirm_all_waiting(None).expect("nobody named");
    assert_eq!(corp.running.sim.ledger().len(), 31, "March has 31 days");
    let last = corp.running.sim.mass_messages().pop().expect("32 messages");
    let body = json!({ "msgid": last.msgid, "userid": owner });
    let results = corp.post("get_groupmsg_send_result", body).await;
    let expected = json!([{ "chat_id": chats[0], "userid": owner, "status": 3 }]);
    assert_eq!(results["send_list"], expected);

    corp.hand.advance(31 * 86_400_000);
    corp.renew_token().await;
    let msgid = corp.hand_over(&owner, &chats, "四月").await;
    let done = corp.running.sim.confirm(&msgid, Confirm::All).expect("waiting");
    assert_eq!(done.n_sent, 1);
}

#[tokio::test]
async fn without_the_quota_rule_a_group_takes_any_number() {
    let corp = Corp::of(Config { quota: false, ..small() }).await;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner)[..1].to_vec();
    for _ in 0..40 {
        corp.hand_over(&owner, &chats, "同一条").await;
    }
    corp.running.sim.confirm_all_waiting(Some(&owner)).expect("present");
    assert_eq!(corp.running.sim.ledger().len(), 40);
}

#[tokio::test]
async fn an_old_client_may_send_to_groups_outside_the_list_but_never_to_foreign_ones() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    let msgid = corp.hand_over(&owner, &chats[..1], "老客户端").await;
    let foreign = Confirm::Chats(corp.chats_of(&corp.owner(1)));
    assert!(corp.running.sim.confirm(&msgid, foreign).is_err());
    let outside = Confirm::Chats(chats[3..5].to_vec());
    assert_eq!(corp.running.sim.confirm(&msgid, outside).expect("own groups").n_sent, 2);
}

#[tokio::test]
async fn groups_lost_between_creation_and_confirmation_get_nothing() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    let msgid = corp.hand_over(&owner, &chats, "晚了").await;
    sim.dissolve_group(&chats[0]).expect("alive");
    sim.change_owner(&chats[1], &corp.owner(1)).expect("alive");
    assert_eq!(sim.confirm(&msgid, Confirm::All).expect("waiting").n_sent, 8);
}

#[tokio::test]
async fn the_ledger_tells_messages_by_hand_from_mass_messages() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    sim.post(&owner, &chats[0], "手动").expect("own group");
    assert!(sim.post(&corp.owner(1), &chats[0], "别人").is_err());
    let msgid = corp.hand_over(&owner, &chats[..1], "群发").await;
    sim.confirm(&msgid, Confirm::All).expect("waiting");
    let ledger = sim.ledger();
    assert_eq!(ledger.len(), 2);
    assert_eq!((ledger[0].kind, ledger[0].text.as_str()), (LedgerKind::ByHand, "手动"));
    assert_eq!((ledger[1].kind, ledger[1].msgid.clone()), (LedgerKind::Mass, Some(msgid)));
}
