use serde_json::{Value, json};

use super::{Corp, column, template};
use crate::Confirm;

#[tokio::test]
async fn a_template_with_a_fault_is_refused_with_its_code() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let good = template(&owner, &corp.chats_of(&owner), "你好");
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let image = json!({ "msgtype": "image", "image": { "media_id": "m" } });
    let link = |title: &str, url: &str| json!([{ "msgtype": "link", "link": { "title": title, "url": url } }]);
    let many: Vec<String> = (0..2_001).map(|n| format!("wr{n}")).collect();
    for (body, errcode) in [
        (with("chat_type", json!("single")), 41048),
        (with("chat_type", json!("both")), 40058),
        (with("sender", Value::Null), 40058),
        (with("sender", json!("nobody")), 40003),
        (with("sender", json!(17)), 40058),
        (with("chat_id_list", json!(many)), 40058),
        (with("chat_id_list", json!(["wrNobody"])), 41048),
        (with("chat_id_list", json!(corp.chats_of(&corp.owner(1)))), 41048),
        (with("text", Value::Null), 40063),
        (with("text", json!({ "content": "" })), 44004),
        (with("text", json!({ "content": "字".repeat(1_334) })), 45002),
        (with("attachments", json!(vec![image; 10])), 41064),
        (with("attachments", json!([{ "msgtype": "voice" }])), 41065),
        (with("attachments", json!([{ "msgtype": "image", "image": {} }])), 40058),
        (with("attachments", link("标题", "")), 40058),
        (with("attachments", link(&"字".repeat(43), "https://example.com")), 40058),
        (with("attachments", json!([{ "msgtype": "file", "file": {} }])), 40058),
    ] {
        let reply = corp.post("add_msg_template", body.clone()).await;
        assert_eq!(reply["errcode"], errcode, "{body}");
        assert_eq!(reply["fail_list"], json!([]));
    }
    assert!(corp.running.sim.mass_messages().is_empty());
    let longest = with("text", json!({ "content": "字".repeat(1_333) }));
    assert_eq!(corp.post("add_msg_template", longest).await["errcode"], 0);
}

#[tokio::test]
async fn unreachable_groups_are_in_the_fail_list_and_get_nothing() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    let foreign = corp.chats_of(&corp.owner(1)).remove(0);
    sim.dissolve_group(&chats[1]).expect("alive");
    let asked = [chats[0].clone(), chats[0].clone(), chats[1].clone(), foreign, "wrX".to_owned()];
    let reply = corp.post("add_msg_template", template(&owner, &asked, "部分")).await;
    assert_eq!(reply["errcode"], 0);
    assert_eq!(reply["fail_list"], json!(asked[2..]));
    corp.hand.advance(2_000);
    sim.confirm_all_waiting(None).expect("nobody named");
    assert_eq!(sim.ledger().len(), 1);
}

#[tokio::test]
async fn a_sender_who_left_is_refused_and_confirms_nothing() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    let msgid = corp.hand_over(&owner, &chats, "再见").await;
    sim.staff_leaves(&owner).expect("present");
    let body = template(&owner, &chats, "你好");
    assert_eq!(corp.post("add_msg_template", body).await["errcode"], 40003);
    assert!(sim.confirm(&msgid, Confirm::All).is_err());
    assert_eq!(sim.confirm_all_waiting(None).expect("nobody named"), 0);
}

#[tokio::test]
async fn a_missing_and_an_unknown_msgid_are_refused() {
    let corp = Corp::small().await;
    for call in [
        "get_groupmsg_task",
        "get_groupmsg_send_result",
        "cancel_groupmsg_send",
        "remind_groupmsg_send",
    ] {
        let missing = corp.post(call, json!({ "userid": corp.owner(0) })).await;
        assert_eq!(missing["errcode"], 41046, "{call}");
        let unknown = json!({ "msgid": "msgNone", "userid": corp.owner(0) });
        assert_eq!(corp.post(call, unknown).await["errcode"], 41047, "{call}");
    }
}

#[tokio::test]
async fn results_without_a_sender_or_of_an_unknown_one_are_refused() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let msgid = corp.hand_over(&owner, &corp.chats_of(&owner), "谁").await;
    let reply = corp.post("get_groupmsg_send_result", json!({ "msgid": msgid })).await;
    assert_eq!(reply["errcode"], 40058);
    let unknown = json!({ "msgid": msgid, "userid": "nobody" });
    assert_eq!(corp.post("get_groupmsg_send_result", unknown).await["errcode"], 40003);
}

#[tokio::test]
async fn the_fourth_reminder_within_a_day_is_refused() {
    let mut corp = Corp::small().await;
    let owner = corp.owner(0);
    let msgid = corp.hand_over(&owner, &corp.chats_of(&owner), "提醒").await;
    let body = json!({ "msgid": msgid });
    for _ in 0..3 {
        assert_eq!(corp.post("remind_groupmsg_send", body.clone()).await["errcode"], 0);
    }
    assert_eq!(corp.post("remind_groupmsg_send", body.clone()).await["errcode"], 41094);
    corp.hand.advance(86_400_000);
    corp.renew_token().await;
    assert_eq!(corp.post("remind_groupmsg_send", body).await["errcode"], 0);
}

#[tokio::test]
async fn the_list_comes_in_pages_of_at_most_a_hundred() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    let start = corp.hand.now_ms() / 1_000;
    let mut msgids = Vec::new();
    for n in 0..60 {
        msgids.push(corp.hand_over(&owner, &chats[..1], &n.to_string()).await);
    }
    let mut body = json!({ "chat_type": "group", "start_time": start, "end_time": start + 3_600 });
    let first = corp.post("get_groupmsg_list_v2", body.clone()).await;
    assert_eq!(column(&first, "group_msg_list", "msgid"), msgids[..50]);
    body["limit"] = json!(101);
    let same = corp.post("get_groupmsg_list_v2", body.clone()).await;
    assert_eq!(same["group_msg_list"].as_array().map(Vec::len), Some(50), "over means default");
    body["cursor"] = first["next_cursor"].clone();
    let second = corp.post("get_groupmsg_list_v2", body.clone()).await;
    assert_eq!(column(&second, "group_msg_list", "msgid"), msgids[50..]);
    assert_eq!(second["next_cursor"], "");
    body["start_time"] = json!(start + 1);
    assert_eq!(corp.post("get_groupmsg_list_v2", body).await["errcode"], 50100);
}

#[tokio::test]
async fn the_list_needs_a_kind_and_at_most_a_month() {
    let corp = Corp::small().await;
    for body in [
        json!({ "start_time": 0, "end_time": 1 }),
        json!({ "chat_type": "group", "end_time": 1 }),
        json!({ "chat_type": "group", "start_time": 0 }),
        json!({ "chat_type": "group", "start_time": 2, "end_time": 1 }),
        json!({ "chat_type": "group", "start_time": 0, "end_time": 31 * 86_400 + 1 }),
        json!({ "chat_type": "group", "start_time": 0, "end_time": 1, "filter_type": 3 }),
    ] {
        let reply = corp.post("get_groupmsg_list_v2", body.clone()).await;
        assert_eq!(reply["errcode"], 40058, "{body}");
    }
}

#[tokio::test]
async fn messages_of_the_api_have_no_creator_and_are_not_personal() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let start = corp.hand.now_ms() / 1_000;
    corp.hand_over(&owner, &corp.chats_of(&owner), "无创建人").await;
    for (field, value, n) in
        [("creator", json!(owner), 0), ("filter_type", json!(1), 0), ("filter_type", json!(0), 1)]
    {
        let mut body = json!({ "chat_type": "group", "start_time": start, "end_time": start + 9 });
        body[field] = value;
        let reply = corp.post("get_groupmsg_list_v2", body).await;
        assert_eq!(reply["group_msg_list"].as_array().map(Vec::len), Some(n), "{field}");
    }
}
