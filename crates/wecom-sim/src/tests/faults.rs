use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Corp, template};
use crate::{Error, Fault, FaultRule};

/// What comes over the wire before the server closes the connection.
async fn raw_post(corp: &Corp, call: &str, body: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(corp.running.addr()).await.expect("it listens");
    let path = format!("/cgi-bin/externalcontact/{call}?access_token={}", corp.token);
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: sim\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await.expect("it reads");
    let mut reply = Vec::new();
    // A reset is as good an end as a close.
    _ = stream.read_to_end(&mut reply).await;
    reply
}

#[tokio::test]
async fn a_reply_cut_after_the_effect_leaves_the_message_listed() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let owner = corp.owner(0);
    let body = template(&owner, &corp.chats_of(&owner), "断线").to_string();
    let start = corp.hand.now_ms() / 1_000;
    sim.fail_next("add_msg_template", Fault::CutAfterEffect).expect("a known call");
    assert_eq!(raw_post(&corp, "add_msg_template", &body).await, b"", "not one byte of a reply");
    corp.hand.advance(2_000);
    let span = json!({ "chat_type": "group", "start_time": start, "end_time": start + 9 });
    let listed = corp.post("get_groupmsg_list_v2", span).await;
    assert_eq!(listed["group_msg_list"][0]["text"]["content"], "断线");
}

#[tokio::test]
async fn a_client_with_a_warm_connection_sees_the_cut_and_does_not_repeat_the_call() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let fault = Fault::CutAfterEffect;
    corp.running.sim.fail_next("add_msg_template", fault).expect("a known call");
    let path = "externalcontact/add_msg_template";
    let url = format!("{}/cgi-bin/{path}?access_token={}", corp.running.base_url, corp.token);
    let body = template(&owner, &corp.chats_of(&owner), "断线");
    assert!(corp.http.post(url).json(&body).send().await.is_err());
    assert_eq!(corp.running.sim.n_calls("add_msg_template"), 1);
    assert_eq!(corp.running.sim.mass_messages().len(), 1);
}

#[tokio::test]
async fn a_call_cut_before_the_effect_leaves_nothing() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let body = template(&owner, &corp.chats_of(&owner), "断线");
    let fault = Fault::CutBeforeEffect;
    corp.running.sim.fail_next("add_msg_template", fault).expect("a known call");
    let cut = raw_post(&corp, "add_msg_template", &body.to_string()).await;
    assert_eq!(cut, b"", "not one byte of a reply");
    assert!(corp.running.sim.mass_messages().is_empty());
    assert_eq!(
        corp.post("add_msg_template", body).await["errcode"],
        0,
        "only the next call failed"
    );
}

#[tokio::test]
async fn a_hanging_call_takes_effect_though_nobody_waits_for_its_reply() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let body = template(&owner, &corp.chats_of(&owner), "挂起");
    let fault = Fault::Hang { ms: 60_000 };
    corp.running.sim.fail_next("add_msg_template", fault).expect("a known call");
    let path = "externalcontact/add_msg_template";
    let url = format!("{}/cgi-bin/{path}?access_token={}", corp.running.base_url, corp.token);
    let sent = corp.http.post(url).json(&body).timeout(Duration::from_millis(200)).send().await;
    assert!(sent.is_err_and(|error| error.is_timeout()));
    assert_eq!(corp.running.sim.mass_messages().len(), 1);
}

#[tokio::test]
async fn codes_and_statuses_come_as_often_as_asked_and_in_order() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    sim.fail_times("groupchat_list", Fault::Errcode { errcode: 45033 }, 2).expect("a known call");
    sim.fail_next("/cgi-bin/externalcontact/groupchat/list", Fault::Http { status: 502 })
        .expect("a known call");
    for _ in 0..2 {
        let reply = corp.post("groupchat/list", json!({ "limit": 9 })).await;
        assert_eq!(reply["errcode"], 45033);
        assert_eq!(reply["group_chat_list"], json!([]));
    }
    let path = "externalcontact/groupchat/list";
    let url = format!("{}/cgi-bin/{path}?access_token={}", corp.running.base_url, corp.token);
    let reply = corp.http.post(url).body("{}").send().await.expect("an answer");
    assert_eq!(reply.status(), 502);
    assert_eq!(corp.post("groupchat/list", json!({ "limit": 9 })).await["errcode"], 0);
    assert_eq!(sim.n_calls("groupchat/list"), 4);
}

#[tokio::test]
async fn a_fault_for_an_unknown_call_is_refused() {
    let corp = Corp::small().await;
    let refused = corp.running.sim.fail_next("no_such_call", Fault::CutBeforeEffect);
    assert!(matches!(refused, Err(Error::UnknownCall(_))));
    let url = format!("{}/cgi-bin/no_such_call", corp.running.base_url);
    let reply = corp.http.get(url).send().await.expect("an answer");
    assert_eq!(reply.status(), 404);
}

#[tokio::test]
async fn a_cut_body_has_a_head_and_half_a_reply() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    let body = template(&owner, &corp.chats_of(&owner), "半截").to_string();
    corp.running.sim.fail_next("add_msg_template", Fault::CutBody).expect("a known call");
    let reply = raw_post(&corp, "add_msg_template", &body).await;
    let text = String::from_utf8_lossy(&reply);
    let (head, half) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200"));
    assert!(half.starts_with('{') && !half.ends_with('}'), "{half}");
    assert_eq!(corp.running.sim.mass_messages().len(), 1);
}

#[tokio::test]
async fn calls_fail_by_chance_as_often_as_asked_and_the_same_for_the_same_seed() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let corp = Corp::small().await;
        let sim = &corp.running.sim;
        let call = Some("department/list".to_owned());
        let fault = Fault::Errcode { errcode: -1 };
        sim.fail_by_chance(FaultRule { call, p: 0.2, fault }).expect("a known call");
        let mut failed = Vec::new();
        for n in 0..300 {
            let reply = corp.get("department/list").await;
            if reply["errcode"] == -1 {
                failed.push(n);
            }
        }
        assert!((30..90).contains(&failed.len()), "{} of 300", failed.len());
        assert_eq!(corp.get("user/list?department_id=1").await["errcode"], 0);
        sim.clear_faults();
        for _ in 0..30 {
            assert_eq!(corp.get("department/list").await["errcode"], 0);
        }
        seen.push(failed);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_rule_without_a_call_is_for_all_of_them() {
    let corp = Corp::small().await;
    let body = serde_json::json!({ "fault": { "kind": "errcode", "errcode": -1 }, "p": 1.0 });
    assert_eq!(corp.play("faults", body).await.status(), 200);
    assert_eq!(corp.get("department/list").await["errcode"], -1);
    assert_eq!(corp.post("groupchat/list", json!({ "limit": 9 })).await["errcode"], -1);
    corp.play("faults/clear", json!({})).await;
    assert_eq!(corp.get("department/list").await["errcode"], 0);
}
