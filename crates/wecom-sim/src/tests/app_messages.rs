use serde_json::{Value, json};

use super::Corp;

fn card(corp: &Corp, touser: &str) -> Value {
    json!({
        "touser": touser,
        "msgtype": "textcard",
        "agentid": corp.running.sim.config().agent_id,
        "textcard": {
            "title": "今日任务",
            "description": "3 个群待发送",
            "url": "https://siyu.example/h5",
        },
    })
}

async fn send(corp: &Corp, body: &Value) -> Value {
    corp.post_raw("message/send", body.to_string()).await
}

#[tokio::test]
async fn a_card_reaches_each_receiver_and_invalid_ones_are_named_in_lower_case() {
    let corp = Corp::small().await;
    let to = format!("{}|NoBody|{}", corp.owner(0).to_uppercase(), corp.owner(1));
    let reply = send(&corp, &card(&corp, &to)).await;
    assert_eq!((&reply["errcode"], &reply["invaliduser"]), (&json!(0), &json!("nobody")));
    let delivered = corp.running.sim.app_messages();
    let receivers: Vec<_> = delivered.iter().map(|message| message.touser.clone()).collect();
    assert_eq!(receivers, [corp.owner(0), corp.owner(1)]);
    assert!(delivered.iter().all(|message| message.title == "今日任务"));
    assert!(delivered.iter().all(|message| reply["msgid"] == message.msgid.as_str()));
}

#[tokio::test]
async fn a_faulty_message_is_refused_with_its_code() {
    let corp = Corp::small().await;
    let good = card(&corp, &corp.owner(0));
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let card_with = |field: &str, value: &str| {
        let mut body = good.clone();
        body["textcard"][field] = json!(value);
        body
    };
    let many = vec!["a"; 1_001].join("|");
    for (body, errcode) in [
        (with("agentid", Value::Null), 40056),
        (with("agentid", json!("1000002")), 40056),
        (with("agentid", json!(1_000_003)), 301002),
        (with("msgtype", Value::Null), 40008),
        (with("msgtype", json!("hologram")), 40008),
        (with("textcard", Value::Null), 40058),
        (card_with("title", ""), 40058),
        (card_with("description", ""), 40058),
        (card_with("url", ""), 40058),
        (card_with("url", "siyu.example/h5"), 40058),
        (card_with("url", &format!("https://{}", "a".repeat(2_048))), 40058),
        (with("touser", Value::Null), 82001),
        (with("touser", json!(many)), 40032),
        (with("touser", json!("ghost|phantom")), 81013),
        (with("touser", json!(["a"])), 40058),
    ] {
        assert_eq!(send(&corp, &body).await["errcode"], errcode, "{body}");
    }
    assert!(corp.running.sim.app_messages().is_empty());
    assert_eq!(corp.get("message/send").await["errcode"], 40058);
}

#[tokio::test]
async fn too_long_a_title_or_text_is_cut() {
    let corp = Corp::small().await;
    let mut body = card(&corp, &corp.owner(0));
    body["textcard"]["title"] = json!("题".repeat(200));
    body["textcard"]["description"] = json!("述".repeat(600));
    send(&corp, &body).await;
    let message = corp.running.sim.app_messages().remove(0);
    assert_eq!((message.title.chars().count(), message.description.chars().count()), (128, 512));
    body["msgtype"] = json!("text");
    body["text"] = json!({ "content": "文".repeat(700) });
    send(&corp, &body).await;
    assert_eq!(corp.running.sim.app_messages()[1].content.len(), 2_046);
}

#[tokio::test]
async fn departments_and_everybody_can_be_addressed() {
    let corp = Corp::small().await;
    let mut body = card(&corp, "");
    body["toparty"] = json!("1|4242");
    assert_eq!(send(&corp, &body).await["invalidparty"], "4242");
    assert_eq!(corp.running.sim.app_messages().len(), 12);
    send(&corp, &card(&corp, "@all")).await;
    assert_eq!(corp.running.sim.app_messages().len(), 24);
}

#[tokio::test]
async fn an_equal_request_inside_its_interval_succeeds_without_a_delivery() {
    let corp = Corp::small().await;
    let mut body = card(&corp, &corp.owner(0));
    body["enable_duplicate_check"] = json!(1);
    body["duplicate_check_interval"] = json!(600);
    let first = send(&corp, &body).await;
    corp.hand.advance(599_000);
    let second = send(&corp, &body).await;
    assert_eq!(second, first);
    assert_eq!(corp.running.sim.app_messages().len(), 1);
    assert_eq!(corp.running.sim.n_app_messages_suppressed(), 1);

    let other_bytes = format!("{body} ");
    corp.post_raw("message/send", other_bytes).await;
    assert_eq!(corp.running.sim.app_messages().len(), 2, "the bytes count, not the meaning");
    corp.hand.advance(1_000);
    assert_ne!(send(&corp, &body).await["msgid"], first["msgid"]);
    assert_eq!(corp.running.sim.app_messages().len(), 3);
}

#[tokio::test]
async fn without_the_check_an_equal_request_is_delivered_again() {
    let corp = Corp::small().await;
    let body = card(&corp, &corp.owner(0));
    send(&corp, &body).await;
    send(&corp, &body).await;
    assert_eq!(corp.running.sim.app_messages().len(), 2);
}
