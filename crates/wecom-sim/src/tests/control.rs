use serde_json::{Value, json};

use super::Corp;

async fn json(reply: reqwest::Response) -> Value {
    assert_eq!(reply.status(), 200);
    reply.json().await.expect("every reply is JSON")
}

#[tokio::test]
async fn a_message_is_confirmed_and_found_in_the_ledger_over_http() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    let msgid = corp.hand_over(&owner, &chats, "经控制台").await;
    let waiting = corp.ask("/sim/mass_messages?state=waiting").await;
    assert_eq!(waiting["entries"][0]["msgid"], msgid.as_str());
    let body = json!({ "msgid": msgid, "chat_ids": chats[..3] });
    let done = json(corp.play("mass_messages/confirm", body).await).await;
    assert_eq!(done, json!({ "n_sent": 3, "n_over_quota": 0, "n_not_friends": 0 }));
    let body = json!({ "owner": owner, "chat_id": chats[0], "text": "手动" });
    json(corp.play("groups/post", body).await).await;

    let ledger = corp.ask(&format!("/sim/ledger?msgid={msgid}&after=1&limit=1")).await;
    assert_eq!(ledger["total"], 3);
    let expected = json!([{
        "seq": 2,
        "at_ms": corp.hand.now_ms(),
        "chat_id": chats[1],
        "msgid": msgid,
        "sender": owner,
        "kind": "mass",
        "text": "经控制台",
        "attachments": [],
    }]);
    assert_eq!(ledger["entries"], expected);
    let of_chat = corp.ask(&format!("/sim/ledger?chat_id={}", chats[0])).await;
    assert_eq!(of_chat["total"], 2);
    assert_eq!(of_chat["entries"][1]["kind"], "by_hand");
    assert_eq!(corp.ask("/sim/ledger?msgid=msgNone").await["total"], 0);
}

#[tokio::test]
async fn the_life_of_a_group_is_played_over_http() {
    let corp = Corp::small().await;
    let (owner, heir) = (corp.owner(0), corp.owner(1));
    let body = json!({ "owner": owner, "name": "群", "member_count": 5 });
    let made = json(corp.play("groups/add", body).await).await;
    let chat_id = made["chat_id"].as_str().expect("an id").to_owned();
    json(corp.play("groups/rename", json!({ "chat_id": chat_id, "name": "新名" })).await).await;
    json(corp.play("groups/notice", json!({ "chat_id": chat_id, "notice": "公告" })).await).await;
    json(corp.play("groups/change_owner", json!({ "chat_id": chat_id, "owner": heir })).await)
        .await;
    let joined = corp.play("groups/add_member", json!({ "chat_id": chat_id, "name": "客" })).await;
    let userid = json(joined).await["userid"].clone();
    let seen = corp.ask(&format!("/sim/groups?owner={heir}&chat_id={chat_id}")).await;
    assert_eq!(seen["entries"][0]["name"], "新名");
    let body = json!({ "chat_id": chat_id, "userid": userid });
    json(corp.play("groups/remove_member", body).await).await;
    json(corp.play("groups/dissolve", json!({ "chat_id": chat_id })).await).await;
    let again = corp.play("groups/dissolve", json!({ "chat_id": chat_id })).await;
    assert_eq!(again.status(), 409);
    assert_eq!(corp.ask("/sim/state").await["n_dissolved"], 1);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_cannot_be_now_is_409() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let msgid = corp.hand_over(&owner, &corp.chats_of(&owner), "x").await;
    corp.post("cancel_groupmsg_send", json!({ "msgid": msgid })).await;
    for (path, body, status) in [
        ("mass_messages/confirm", json!({ "msgid": "msgNone" }), 404),
        ("mass_messages/confirm", json!({ "msgid": msgid }), 409),
        ("mass_messages/confirm_all", json!({ "owner": "nobody" }), 404),
        ("staff/leave", json!({ "userid": "nobody" }), 404),
        ("faults", json!({ "call": "none", "fault": { "kind": "cut_after_effect" } }), 404),
        ("groups/rename", json!({ "chat_id": "wrNone", "name": "" }), 404),
        ("groups/notice", json!({ "chat_id": "wrNone", "notice": "" }), 404),
    ] {
        let reply = corp.play(path, body).await;
        assert_eq!(reply.status(), status, "{path}");
        let said: Value = reply.json().await.expect("JSON");
        assert!(said["error"].is_string());
    }
}

#[tokio::test]
async fn faults_and_expired_tokens_are_ordered_over_http() {
    let corp = Corp::small().await;
    let fault = json!({ "kind": "errcode", "errcode": 60020 });
    let body = json!({ "call": "department/list", "fault": fault, "times": 2 });
    json(corp.play("faults", body).await).await;
    assert_eq!(corp.get("department/list").await["errcode"], 60020);
    assert_eq!(corp.get("department/list").await["errcode"], 60020);
    assert_eq!(corp.get("department/list").await["errcode"], 0);
    json(corp.play("tokens/expire", json!({})).await).await;
    assert_eq!(corp.get("department/list").await["errcode"], 42001);
    assert_eq!(corp.ask("/sim/state").await["calls"]["department/list"], 4);
}

#[tokio::test]
async fn every_endpoint_of_the_list_is_there() {
    let corp = Corp::small().await;
    let url = format!("{}/sim", corp.running.base_url);
    let list = corp.http.get(&url).send().await.expect("an answer").text().await.expect("text");
    for line in list.lines().filter(|line| !line.starts_with(' ')) {
        let (method, rest) = line.split_once(' ').expect("a method");
        let path = rest.split_whitespace().next().expect("a path");
        let path = path.split('?').next().expect("a path");
        let url = format!("{}{path}", corp.running.base_url);
        let ask = if method == "GET" { corp.http.get(url) } else { corp.http.post(url) };
        let status = ask.send().await.expect("an answer").status();
        assert!(status != 404 && status != 405, "{line} answers {status}");
    }
}

#[tokio::test]
async fn the_document_describes_every_endpoint_of_the_list() {
    let corp = Corp::small().await;
    let document = corp.ask("/sim/openapi.json").await;
    let url = format!("{}/sim", corp.running.base_url);
    let list = corp.http.get(&url).send().await.expect("an answer").text().await.expect("text");
    for line in list.lines() {
        let (method, rest) = line.split_once(' ').expect("a method");
        let path = rest.split_whitespace().next().expect("a path");
        let path = path.split('?').next().expect("a path");
        let described = &document["paths"][path][method.to_lowercase()];
        assert!(described["summary"].is_string(), "{line}");
    }
    let confirm = &document["paths"]["/sim/mass_messages/confirm"]["post"]["requestBody"];
    let schema = &confirm["content"]["application/json"]["schema"];
    assert_eq!(schema["required"], json!(["msgid"]));
    assert_eq!(schema["properties"]["chat_ids"]["items"]["type"], "string");
}
