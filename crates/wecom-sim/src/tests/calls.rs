use super::Corp;
use crate::cgi::{CALLS, Takes};

#[tokio::test]
async fn every_call_but_gettoken_needs_a_token() {
    let corp = Corp::small().await;
    for call in CALLS.iter().filter(|call| call.path != "gettoken") {
        let reply = corp.ask(&format!("/cgi-bin/{}", call.path)).await;
        assert_eq!(reply["errcode"], 41001, "{}", call.path);
    }
}

#[tokio::test]
async fn a_call_with_a_body_refuses_a_get_and_sees_nothing_in_a_form() {
    let corp = Corp::small().await;
    // That one wants another secret's token.
    for call in CALLS.iter().filter(|call| call.path != "user/list_id") {
        let Takes::Body { on_get } = call.takes else { continue };
        assert_eq!(corp.get(call.path).await["errcode"], on_get, "{}", call.path);
        let reply = corp.post_raw(call.path, "limit=10&msgid=msg1".to_owned()).await;
        assert_eq!(reply["errcode"], 40058, "{}", call.path);
        let text = reply["errmsg"].as_str().expect("a text");
        assert!(text.starts_with("Warning: wrong json format."), "{text}");
    }
}
