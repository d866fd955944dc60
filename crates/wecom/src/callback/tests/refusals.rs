//! Deliveries that are not believed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cbc::cipher::{BlockEncryptMut, KeyIvInit, generic_array::GenericArray};

use super::{CORP_ID, KEY, receiver};
use crate::callback::{
    BadReceiver, MAX_BODY_BYTES, Receiver, Refusal, Sealed, Signed, open, read, seal, signature,
    verify_url,
};

const TOKEN: &str = "1372623149";

/// What comes of a rightly signed delivery of `encrypt`.
fn opened(encrypt: &str) -> Result<String, Refusal> {
    let msg_signature = signature::of(TOKEN, "1", "n", encrypt);
    let signed = Signed { msg_signature: &msg_signature, timestamp: "1", nonce: "n" };
    verify_url(&receiver(), &signed, encrypt)
}

/// Encrypts what no honest sender would, with the right key.
fn encrypted(text: &[u8]) -> String {
    let key = hex::decode("8d69989bbaabe67328014c194631ad0719b3dca035b64023df292447aab60760");
    let key = key.unwrap();
    let mut cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(&key, &key[..16]).unwrap();
    let mut text = text.to_vec();
    for block in text.chunks_exact_mut(16) {
        cipher.encrypt_block_mut(GenericArray::from_mut_slice(block));
    }
    STANDARD.encode(text)
}

/// 16 random bytes, a length, and the rest.
fn text(length: u32, rest: &[u8]) -> Vec<u8> {
    [&[0; 16], &length.to_be_bytes()[..], rest].concat()
}

fn sealed() -> Sealed {
    seal(&receiver(), "<xml></xml>", [7; 16], 1_700_000_000, "nonce")
}

#[test]
fn a_change_of_any_signed_part_breaks_the_signature() {
    let sealed = sealed();
    let body = sealed.delivery_body(CORP_ID, None);
    let right = sealed.signed();
    assert!(open(&receiver(), &right, body.as_bytes()).is_ok());
    let upper_case = right.msg_signature.to_uppercase();
    let wrong = [
        Signed { msg_signature: "", ..right },
        Signed { msg_signature: "0000000000000000000000000000000000000000", ..right },
        Signed { msg_signature: &right.msg_signature[..39], ..right },
        Signed { msg_signature: &upper_case, ..right },
        Signed { timestamp: "1700000001", ..right },
        Signed { timestamp: "", ..right },
        Signed { nonce: "nonce2", ..right },
    ];
    for signed in wrong {
        let refusal = open(&receiver(), &signed, body.as_bytes());
        assert_eq!(refusal, Err(Refusal::WrongSignature), "{signed:?}");
    }
    let other_text = seal(&receiver(), "<xml>2</xml>", [7; 16], 1_700_000_000, "nonce");
    let body = other_text.delivery_body(CORP_ID, None);
    assert_eq!(open(&receiver(), &right, body.as_bytes()), Err(Refusal::WrongSignature));
}

#[test]
fn another_token_is_another_signature() {
    let other = Receiver::new("QDG6eK", KEY, CORP_ID).unwrap();
    let sealed = sealed();
    let body = sealed.delivery_body(CORP_ID, None);
    let refusal = open(&other, &sealed.signed(), body.as_bytes());
    assert_eq!(refusal, Err(Refusal::WrongSignature));
}

#[test]
fn a_text_for_another_corp_is_refused_also_when_the_ids_share_a_beginning() {
    for other in ["", "wx5823bf96d3bd56c", "wx5823bf96d3bd56c70", "WX5823BF96D3BD56C7"] {
        let sender = Receiver::new(TOKEN, KEY, other).unwrap();
        let sealed = seal(&sender, "<xml></xml>", [7; 16], 1, "n");
        let refusal = verify_url(&receiver(), &sealed.signed(), &sealed.encrypt);
        assert_eq!(refusal, Err(Refusal::WrongReceiver), "{other}");
    }
}

#[test]
fn a_text_under_another_key_is_refused_and_nothing_breaks() {
    for last in 'A'..='Z' {
        let key = format!("abcdefghijklmnopqrstuvwxyz0123456789ABCDEF{last}");
        let sender = Receiver::new(TOKEN, &key, CORP_ID).unwrap();
        for n_bytes in 0..40 {
            let sealed = seal(&sender, &"x".repeat(n_bytes), [7; 16], 1, "n");
            assert!(verify_url(&receiver(), &sealed.signed(), &sealed.encrypt).is_err());
        }
    }
}

#[test]
fn what_is_no_base64_is_refused() {
    for encrypt in ["*", "====", "AAAA AAAA", "我是中文", "AAAAA"] {
        assert!(matches!(opened(encrypt), Err(Refusal::Malformed(_))), "{encrypt}");
    }
}

#[test]
fn a_truncated_text_is_refused_at_every_length() {
    let whole = STANDARD.decode(sealed().encrypt).unwrap();
    for n_bytes in 0..whole.len() {
        let cut = STANDARD.encode(&whole[..n_bytes]);
        assert!(matches!(opened(&cut), Err(Refusal::Undecryptable(_))), "{n_bytes}");
    }
}

#[test]
fn bad_padding_is_refused() {
    let good = text(0, &[CORP_ID.as_bytes(), &[26; 26]].concat());
    assert_eq!(good.len() % 32, 0);
    assert_eq!(opened(&encrypted(&good)), Ok(String::new()));
    let last = good.len() - 1;
    for pad in [0, 25, 27, 33, 255] {
        let mut bad = good.clone();
        bad[last] = pad;
        assert_eq!(opened(&encrypted(&bad)), Err(Refusal::Undecryptable("bad padding")), "{pad}");
    }
    let mut uneven = good.clone();
    uneven[last - 3] = 25;
    assert_eq!(opened(&encrypted(&uneven)), Err(Refusal::Undecryptable("bad padding")));
    let all_padding = [17; 16];
    assert_eq!(opened(&encrypted(&all_padding)), Err(Refusal::Undecryptable("bad padding")));
}

#[test]
fn a_length_beyond_the_text_is_refused() {
    let corp_id_and_padding = [CORP_ID.as_bytes(), &[26; 26]].concat();
    for length in [19, 100, u32::MAX] {
        let refusal = opened(&encrypted(&text(length, &corp_id_and_padding)));
        assert!(matches!(refusal, Err(Refusal::Undecryptable(_))), "{length}");
    }
    assert!(matches!(opened(&encrypted(&[16; 32])), Err(Refusal::Undecryptable(_))));
}

#[test]
fn text_that_is_not_utf_8_or_contains_nul_is_refused() {
    for byte in [0xff, 0] {
        let inner = text(1, &[&[byte], CORP_ID.as_bytes(), &[25; 25]].concat());
        assert!(matches!(opened(&encrypted(&inner)), Err(Refusal::Malformed(_))), "{byte}");
    }
}

#[test]
fn damage_anywhere_breaks_nothing_and_never_gives_the_same_text() {
    let whole = STANDARD.decode(sealed().encrypt).unwrap();
    for at in 0..whole.len() {
        for flip in [1, 16, 128] {
            let mut damaged = whole.clone();
            damaged[at] ^= flip;
            let opened = opened(&STANDARD.encode(damaged));
            // The cipher itself does not notice all damage: that is what the signature is for.
            assert_ne!(opened.as_deref(), Ok("<xml></xml>"), "{at}");
        }
    }
}

#[test]
fn xml_cut_or_changed_anywhere_is_read_or_refused_and_breaks_nothing() {
    let text = include_str!("../../../examples-of-callbacks/f.xml");
    for at in 0..text.len() {
        assert!(read(&text[..at]).is_err(), "{at}");
        for byte in ["<", ">", "&", "]", "/", "!", "\u{1}"] {
            let changed = format!("{}{byte}{}", &text[..at], &text[at + 1..]);
            let _either = read(&changed);
        }
    }
}

#[test]
fn an_oversized_body_or_echo_is_refused_before_it_is_looked_at() {
    let signed = Signed { msg_signature: "", timestamp: "", nonce: "" };
    let large = "A".repeat(MAX_BODY_BYTES + 1);
    assert_eq!(open(&receiver(), &signed, large.as_bytes()), Err(Refusal::TooLarge));
    assert_eq!(verify_url(&receiver(), &signed, &large), Err(Refusal::TooLarge));
}

#[test]
fn a_body_that_is_not_the_documented_xml_is_refused() {
    let sealed = sealed();
    let encrypt = &sealed.encrypt;
    let inner = format!("<Encrypt>{encrypt}</Encrypt>");
    let bad = [
        String::new(),
        encrypt.clone(),
        "{}".to_owned(),
        "<xml></xml>".to_owned(),
        "<xml><Encrypt/></xml>".to_owned(),
        format!("<html>{inner}</html>"),
        format!("<xml>{inner}"),
        format!("<xml>{inner}</xml><xml/>"),
        format!("<xml>{inner}</xml>tail"),
        format!("<xml><a>{inner}</xml></a>"),
        format!("<xml><nested>{inner}</nested></xml>"),
        format!("<!DOCTYPE xml><xml>{inner}</xml>"),
        format!("<!DOCTYPE xml [<!ENTITY e \"x\">]><xml>{inner}</xml>"),
        format!("<?php ?><xml>{inner}</xml>"),
    ];
    for body in bad {
        let refusal = open(&receiver(), &sealed.signed(), body.as_bytes());
        assert!(matches!(refusal, Err(Refusal::Malformed(_))), "{body}");
    }
    let declared = format!("\n<?xml version=\"1.0\"?><!-- -->\n<xml>\n {inner}\n</xml>\n");
    assert!(open(&receiver(), &sealed.signed(), declared.as_bytes()).is_ok());
    assert!(open(&receiver(), &sealed.signed(), b"<xml>\xff</xml>").is_err());
}

#[test]
fn the_inner_xml_may_have_no_document_type_no_foreign_entity_and_no_nul() {
    for text in [
        "<!DOCTYPE xml><xml/>",
        "<!DOCTYPE xml [<!ENTITY a \"a\">]><xml><Event>&a;</Event></xml>",
        "<xml><Event>&a;</Event></xml>",
        "<xml><Event>&#0;</Event></xml>",
        "<xml><Event>&#xD800;</Event></xml>",
        "<xml><Event>a & b</Event></xml>",
        "no xml at all",
        "",
    ] {
        assert!(matches!(read(text), Err(Refusal::Malformed(_))), "{text}");
    }
}

#[test]
fn deep_nesting_and_countless_elements_are_refused() {
    let deep = format!("<xml>{}{}</xml>", "<a>".repeat(5_000), "</a>".repeat(5_000));
    assert_eq!(read(&deep), Err(Refusal::TooLarge));
    let wide = format!("<xml>{}</xml>", "<a/>".repeat(10_001));
    assert_eq!(read(&wide), Err(Refusal::TooLarge));
}

#[test]
fn settings_that_the_console_would_not_take_are_refused() {
    let long = "a".repeat(33);
    for token in ["", "with blank", "ümlaut", long.as_str()] {
        assert_eq!(Receiver::new(token, KEY, CORP_ID).unwrap_err(), BadReceiver::Token);
    }
    for key in ["", &KEY[..42], &format!("{KEY}="), &format!("{}+", &KEY[..42])] {
        assert_eq!(Receiver::new(TOKEN, key, CORP_ID).unwrap_err(), BadReceiver::Key);
    }
}

#[test]
fn neither_settings_nor_refusals_print_secrets() {
    let printed = format!("{:?}", receiver());
    assert!(printed.contains(CORP_ID) && !printed.contains(KEY) && !printed.contains(TOKEN));
}
