//! The published vectors and those derived for WeCom's quirks, both ways.

use super::{CORP_ID, KEY, receiver, signed};
use crate::callback::{
    Event, GroupChange, Receiver, Signed, UpdateDetail, open, read, seal, verify_url,
};

const DIGITS: [u8; 16] = *b"0123456789abcdef";

fn body(encrypt: &str) -> String {
    format!("<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>")
}

#[test]
fn vector_a_the_official_message_is_opened_whichever_of_the_two_texts_is_the_token() {
    let encrypt = include_str!("../../../examples-of-callbacks/a.encrypt.txt");
    let message = include_str!("../../../examples-of-callbacks/a.xml");
    let signature = "477715d11cdb4164915debcba66cb864d751f3e6";
    for (token, nonce) in [("1372623149", "QDG6eK"), ("QDG6eK", "1372623149")] {
        let receiver = Receiver::new(token, KEY, CORP_ID).unwrap();
        let signed = signed(signature, "1409659813", nonce);
        let opened = open(&receiver, &signed, body(encrypt).as_bytes()).unwrap();
        assert_eq!(opened, message);
        let sealed = seal(&receiver, message, *b"0960688932c47ef1", 1_409_659_813, nonce);
        assert_eq!((sealed.encrypt.as_str(), sealed.signed()), (encrypt, signed));
    }
    let notice = read(message).unwrap();
    assert_eq!((notice.msg_type.as_str(), notice.create_time), ("text", 1_409_659_813));
    assert_eq!(notice.from_user, "mycreate");
}

#[test]
fn vector_c_an_echo_of_nineteen_digits_verifies_the_url() {
    let echo =
        "sKqRbbiSUnDhFHOvPjtUMZy7bEw7RCIpqgWIzK+dhc2dn+9+oB3DOcXgxR1NJvZNofSyr+QGdWGZa7RKbrC98Q==";
    let signed = Signed {
        msg_signature: "281dbef4a043a34224c76339e2d20b25ccc22468",
        timestamp: "1700000000",
        nonce: "1385623504",
    };
    assert_eq!(verify_url(&receiver(), &signed, echo).unwrap(), "1234567890123456789");
    let sealed = seal(&receiver(), "1234567890123456789", DIGITS, 1_700_000_000, "1385623504");
    assert_eq!((sealed.encrypt.as_str(), sealed.signed()), (echo, signed));
}

/// What WxJava's tests encrypt; they publish no signature.
fn is_encrypted_as(message: &str, encrypt: &str) {
    let key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    let receiver = Receiver::new("token", key, "wxb11529c136998cb6").unwrap();
    let sealed = seal(&receiver, message, *b"aaaabbbbccccdddd", 1, "n");
    assert_eq!(sealed.encrypt, encrypt);
    let opened = open(&receiver, &sealed.signed(), body(encrypt).as_bytes());
    assert_eq!(opened.unwrap(), message);
}

#[test]
fn vector_d_chinese_text_is_encrypted_to_the_published_bytes() {
    is_encrypted_as(
        "我是中文abcd123",
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==",
    );
}

#[test]
fn vector_d2_a_passive_reply_is_encrypted_to_the_published_bytes() {
    is_encrypted_as(
        include_str!("../../../examples-of-callbacks/d2.xml"),
        include_str!("../../../examples-of-callbacks/d2.encrypt.txt"),
    );
}

#[test]
fn vector_e_an_aligned_text_is_padded_with_a_full_block_of_32() {
    let encrypt = concat!(
        "sKqRbbiSUnDhFHOvPjtUMZGyoR1r/GzKAbbgquGlaOgIlt+xQAi/JKk90aBApUWQUg5O+k5ZufIRKoqgtkAV",
        "wJKF1H3y/sfk7izzwSIp1tYTy01NHOGT9sTJ2jdv5sCT"
    );
    let signature = "c35bfb5c8f86866a4451f8aade4a2635cd40c410";
    let signed = signed(signature, "1409659813", "QDG6eK");
    let opened = open(&receiver(), &signed, body(encrypt).as_bytes()).unwrap();
    assert_eq!(opened, "abcdefghijklmnopqrstuvwxyz");
    let sealed = seal(&receiver(), &opened, DIGITS, 1_409_659_813, "QDG6eK");
    assert_eq!((sealed.encrypt.as_str(), sealed.signed()), (encrypt, signed));
}

#[test]
fn vector_f_an_event_of_a_group_is_opened_and_read() {
    let encrypt = include_str!("../../../examples-of-callbacks/f.encrypt.txt");
    let signature = "ffc88757160cac5fa1c0b39610daf82109fed74c";
    let signed = signed(signature, "1700000000", "nonce0001");
    let opened = open(&receiver(), &signed, body(encrypt).as_bytes()).unwrap();
    assert_eq!(opened, include_str!("../../../examples-of-callbacks/f.xml"));
    let sealed = seal(&receiver(), &opened, DIGITS, 1_700_000_000, "nonce0001");
    assert_eq!((sealed.encrypt.as_str(), sealed.signed()), (encrypt, signed));
    let notice = read(&opened).unwrap();
    assert_eq!((notice.to_user.as_str(), notice.from_user.as_str()), (CORP_ID, "sys"));
    let change = GroupChange::Updated {
        detail: UpdateDetail::MembersAdded,
        join_scene: Some(3),
        quit_scene: None,
        members: vec!["wmOgQhDgAAuXFJGwbve4g4iXknfOAAAA".to_owned()],
        last_version: Some("9c3f97c2ada667dfb5f6d03308d963e1".to_owned()),
        current_version: Some("71217227bbd112ecfe3a49c482195cb4".to_owned()),
    };
    let chat_id = "wrx7HUARsKwGRaQBVKPBTcEyzdHA4HrQ".to_owned();
    assert_eq!(notice.event, Event::Group { chat_id, change });
}

#[test]
fn texts_of_every_length_survive_the_way_there_and_back() {
    for n_bytes in 0..200 {
        let text = "x".repeat(n_bytes);
        let sealed = seal(&receiver(), &text, [7; 16], 1, "n");
        let body = sealed.delivery_body(CORP_ID, Some(218));
        assert_eq!(open(&receiver(), &sealed.signed(), body.as_bytes()).unwrap(), text);
        assert_eq!(verify_url(&receiver(), &sealed.signed(), &sealed.encrypt).unwrap(), text);
    }
}

#[test]
fn a_reply_has_the_documented_elements_and_can_be_opened_like_a_delivery() {
    let sealed = seal(&receiver(), "<xml/>", [7; 16], 1_409_659_813, "QDG6eK");
    let body = sealed.reply_body();
    for element in ["<Encrypt>", "<MsgSignature>", "<TimeStamp>1409659813<", "<Nonce>"] {
        assert!(body.contains(element), "{body}");
    }
    assert_eq!(open(&receiver(), &sealed.signed(), body.as_bytes()).unwrap(), "<xml/>");
}

#[test]
fn an_event_delivered_twice_has_two_ciphertexts_and_one_plaintext() {
    let deliveries = [1, 2].map(|byte| seal(&receiver(), "<xml/>", [byte; 16], 1, "n"));
    assert_ne!(deliveries[0].encrypt, deliveries[1].encrypt);
    for sealed in &deliveries {
        let body = sealed.delivery_body(CORP_ID, None);
        assert_eq!(open(&receiver(), &sealed.signed(), body.as_bytes()).unwrap(), "<xml/>");
    }
}
