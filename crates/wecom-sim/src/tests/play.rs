use serde_json::{Value, json};

use super::{Corp, column, template};

impl Corp {
    async fn shown(&self, owner: &str) -> Value {
        self.ask(&format!("/sim/play/state?owner={owner}")).await
    }

    async fn send_text(&self, touser: &str, content: &str) {
        let agentid = self.running.sim.config().agent_id;
        let text = json!({ "content": content });
        let body = json!({ "touser": touser, "msgtype": "text", "agentid": agentid, "text": text });
        assert_eq!(self.post_raw("message/send", body.to_string()).await["errcode"], 0);
    }
}

#[tokio::test]
async fn the_page_and_its_files_allow_nothing_from_elsewhere_and_nothing_inline() {
    let corp = Corp::small().await;
    for (path, kind) in [
        ("play", "text/html; charset=utf-8"),
        ("play/page.js", "text/javascript; charset=utf-8"),
        ("play/page.css", "text/css; charset=utf-8"),
    ] {
        let url = format!("{}/sim/{path}", corp.running.base_url);
        let reply = corp.http.get(url).send().await.expect("an answer");
        assert_eq!(reply.status(), 200);
        assert_eq!(reply.headers()["content-type"], kind);
        let policy = reply.headers()["content-security-policy"].to_str().expect("text").to_owned();
        let needed = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
            img-src 'self' data:; ";
        assert!(policy.starts_with(needed) && !policy.contains("unsafe"), "{policy}");
        let text = reply.text().await.expect("text");
        assert!(!text.contains("innerHTML") && !text.contains("style=\""), "{path}");
    }
}

#[tokio::test]
async fn the_state_lists_what_waits_for_the_owner_and_names_what_it_contains() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    corp.running.sim.rename_group(&chats[0], "一群").expect("alive");
    let mut body = template(&owner, &chats, "看图");
    body["attachments"] = json!([
        { "msgtype": "link", "link": { "title": "新品", "url": "https://example.com/new" } },
        { "msgtype": "image", "image": { "pic_url": "https://example.com/a.png" } },
    ]);
    let made = corp.post("add_msg_template", body).await;
    assert_eq!(corp.shown(&owner).await["owner"]["waiting"], json!([]), "it is being dispatched");

    corp.hand.advance(corp.running.sim.config().dispatching_ms);
    corp.running.sim.dissolve_group(&chats[9]).expect("alive");
    let shown = corp.shown(&owner.to_uppercase()).await;
    assert_eq!(shown["owner"]["userid"], owner.as_str());
    let waiting = &shown["owner"]["waiting"][0];
    assert_eq!(waiting["msgid"], made["msgid"]);
    assert_eq!((&waiting["n_groups"], &waiting["n_customers"]), (&json!(9), &json!(0)));
    assert_eq!(waiting["first"][0], "一群");
    let content = json!({ "text": "看图", "attachments": [
        { "kind": "link", "name": "新品", "url": "https://example.com/new" },
        { "kind": "image", "name": "https://example.com/a.png" },
    ]});
    assert_eq!(waiting["content"], content);
    assert_eq!(corp.shown(&corp.owner(1)).await["owner"]["waiting"], json!([]));
}

#[tokio::test]
async fn what_the_owner_sends_arrives_in_the_groups_newest_first() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    corp.running.sim.post(&owner, &chats[4], "手动").expect("own group");
    let msgid = corp.hand_over(&owner, &chats[..2], "上新啦").await;
    let sent = corp.play("mass_messages/confirm", json!({ "msgid": msgid, "userid": owner })).await;
    assert_eq!(sent.status(), 200);

    let shown = corp.shown(&owner).await;
    assert_eq!(shown["owner"]["waiting"], json!([]));
    assert_eq!(shown["arrived"]["total"], 3);
    assert_eq!(column(&shown["arrived"], "entries", "kind"), ["mass", "mass", "by_hand"]);
    let newest = &shown["arrived"]["entries"][0];
    let group = corp.running.sim.group(&chats[1]).expect("alive");
    assert_eq!((&newest["name"], &newest["seq"]), (&json!(group.name), &json!(3)));
    assert_eq!(newest["sender"], corp.running.sim.staff()[0].name);
    assert_eq!(newest["content"]["text"], "上新啦");
    assert_eq!(corp.shown(&corp.owner(1)).await["arrived"]["total"], 0);
    assert_eq!(corp.ask("/sim/play/state").await["arrived"]["total"], 3, "of all groups");
}

#[tokio::test]
async fn owners_with_something_to_do_come_first_and_are_found_by_name() {
    let corp = Corp::small().await;
    let third = corp.owner(2);
    corp.hand_over(&third, &corp.chats_of(&third), "等").await;
    corp.send_text(&corp.owner(1), "有任务").await;
    let shown = corp.ask("/sim/play/state").await;
    let expected = [third.clone(), corp.owner(1), corp.owner(0)];
    assert_eq!(column(&shown["owners"], "entries", "userid"), expected);
    assert_eq!(shown["owners"]["entries"][0]["n_waiting"], 1);
    assert_eq!((&shown["owner"], &shown["owners_confirm"]), (&Value::Null, &json!(false)));

    let url = format!("{}/sim/play/state", corp.running.base_url);
    for search in [corp.running.sim.staff()[2].name.clone(), third.to_uppercase()] {
        let found = corp.http.get(&url).query(&[("search", search)]).send().await;
        let found: Value = found.expect("an answer").json().await.expect("JSON");
        assert_eq!(column(&found["owners"], "entries", "userid"), [third.as_str()]);
        assert_eq!(found["owners"]["total"], 1);
    }
}

#[tokio::test]
async fn notices_are_the_owners_own_newest_first() {
    let corp = Corp::small().await;
    for (n, text) in [(0, "早"), (1, "别人的"), (0, "晚")] {
        corp.send_text(&corp.owner(n), text).await;
    }
    let notices = &corp.shown(&corp.owner(0)).await["owner"]["notices"];
    assert_eq!(column(notices, "entries", "content"), ["晚", "早"]);
    assert_eq!(notices["total"], 2);
}

#[tokio::test]
async fn an_unknown_owner_and_one_who_left_are_refused() {
    let corp = Corp::small().await;
    let gone = corp.owner(2);
    corp.running.sim.staff_leaves(&gone).expect("present");
    for owner in ["nobody", &gone] {
        let url = format!("{}/sim/play/state?owner={owner}", corp.running.base_url);
        let reply = corp.http.get(url).send().await.expect("an answer");
        assert_eq!(reply.status(), 404);
        let said: Value = reply.json().await.expect("JSON");
        assert_eq!(said["error"], format!("no member of staff {owner:?}"));
    }
}
