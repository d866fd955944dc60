use super::{Corp, small};
use crate::{Config, Limits};

#[tokio::test]
async fn the_same_token_comes_back_while_it_lasts() {
    let corp = Corp::small().await;
    let secret = corp.running.sim.config().secret.clone();
    corp.hand.advance(7_199_000);
    let again = corp.gettoken(&secret).await;
    assert_eq!(again["access_token"], corp.token.as_str());
    assert_eq!(again["expires_in"], 1);
    corp.hand.advance(1_000);
    let new = corp.gettoken(&secret).await;
    assert_ne!(new["access_token"], corp.token.as_str());
    assert_eq!(new["expires_in"], 7_200);
}

#[tokio::test]
async fn an_expired_token_is_refused_with_either_code_until_renewed() {
    let mut corp = Corp::small().await;
    corp.hand.advance(7_200_000);
    assert_eq!(corp.get("department/list").await["errcode"], 42001);
    assert_eq!(corp.get("department/list").await["errcode"], 40014);
    assert_eq!(corp.get("department/list").await["errcode"], 42001);
    corp.renew_token().await;
    assert_eq!(corp.get("department/list").await["errcode"], 0);
}

#[tokio::test]
async fn a_token_withdrawn_early_is_refused() {
    let corp = Corp::small().await;
    corp.running.sim.expire_tokens();
    assert_eq!(corp.get("department/list").await["errcode"], 42001);
}

#[tokio::test]
async fn a_missing_and_an_unknown_token_are_refused() {
    let corp = Corp::small().await;
    assert_eq!(corp.ask("/cgi-bin/department/list").await["errcode"], 41001);
    let unknown = corp.ask("/cgi-bin/department/list?access_token=made-up").await;
    assert_eq!(unknown["errcode"], 40014);
    assert_eq!(unknown["department"], serde_json::json!([]));
}

#[tokio::test]
async fn wrong_credentials_have_a_code_each() {
    let corp = Corp::small().await;
    let corp_id = corp.running.sim.config().corp_id.clone();
    assert_eq!(corp.gettoken("wrong").await["errcode"], 40001);
    for (query, errcode) in [
        ("corpsecret=x".to_owned(), 41002),
        (format!("corpid={corp_id}"), 41004),
        ("corpid=wwother&corpsecret=x".to_owned(), 40013),
    ] {
        let reply = corp.ask(&format!("/cgi-bin/gettoken?{query}")).await;
        assert_eq!(reply["errcode"], errcode, "{query}");
    }
}

#[tokio::test]
async fn many_wrong_secrets_block_the_address_for_an_hour() {
    let corp = Corp::of(Config { wrong_secrets_per_hour: 3, ..small() }).await;
    let secret = corp.running.sim.config().secret.clone();
    for _ in 0..3 {
        assert_eq!(corp.gettoken("wrong").await["errcode"], 40001);
    }
    assert_eq!(corp.gettoken(&secret).await["errcode"], 45009);
    corp.hand.advance(3_600_000);
    assert_eq!(corp.gettoken(&secret).await["errcode"], 0);
}

#[tokio::test]
async fn an_error_text_has_a_hint_the_address_and_a_link() {
    let corp = Corp::small().await;
    let reply = corp.gettoken("wrong").await;
    let text = reply["errmsg"].as_str().expect("a text");
    let (start, rest) = text.split_once(", hint: [").expect("a hint");
    let (digits, rest) = rest.split_once(']').expect("the hint ends");
    assert_eq!(start, "invalid credential");
    assert!(digits.len() > 20 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let link = "https://open.work.weixin.qq.com/devtool/query?e=40001";
    assert_eq!(rest, format!(", from ip: 127.0.0.1, more info at {link}"));
}

#[tokio::test]
async fn every_gettoken_may_give_a_new_token_while_the_older_ones_stay_good() {
    let mut corp = Corp::small().await;
    let switched = corp.play("limits", serde_json::json!({ "new_token_each_time": true })).await;
    assert_eq!(switched.status(), 200);
    let mut tokens = vec![corp.token.clone()];
    for _ in 0..2 {
        corp.renew_token().await;
        tokens.push(corp.token.clone());
    }
    corp.hand.advance(3_600_000);
    corp.renew_token().await;
    let latest = corp.token.clone();
    assert!(!tokens.contains(&latest) && tokens[0] != tokens[1] && tokens[1] != tokens[2]);
    for token in tokens.iter().chain([&latest]) {
        corp.token = token.clone();
        assert_eq!(corp.get("department/list").await["errcode"], 0);
    }
    corp.hand.advance(3_600_000);
    corp.token = tokens[1].clone();
    assert_eq!(corp.get("department/list").await["errcode"], 42001, "two hours old");
    corp.token = latest;
    assert_eq!(corp.get("department/list").await["errcode"], 0);
    corp.running.sim.expire_tokens();
    assert_eq!(corp.get("department/list").await["errcode"], 40014);
}

#[tokio::test]
async fn older_tokens_die_early_too() {
    let limits =
        Limits { new_token_each_time: true, token_dies_after_s: Some(5), ..Limits::default() };
    let mut corp = Corp::of(Config { limits, ..small() }).await;
    let first = corp.token.clone();
    corp.hand.advance(4_000);
    corp.renew_token().await;
    corp.hand.advance(1_000);
    assert_eq!(corp.get("department/list").await["errcode"], 0);
    corp.token = first;
    assert_eq!(corp.get("department/list").await["errcode"], 42001);
}
