//! A receiver of callbacks that opens what comes.

use std::sync::{Arc, Mutex};

use aes::Aes256;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cbc::cipher::{BlockDecryptMut, KeyIvInit, generic_array::GenericArray};

use crate::{CallbackReceiver, Config, ReceiverKind};

/// Its last two bits are zero, so that a strict reader takes it.
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE";

/// A receiver that notes what comes and answers with the statuses it was given, then 200.
#[derive(Clone, Default)]
pub(super) struct Inbox {
    pub(super) got: Arc<Mutex<Vec<Got>>>,
    pub(super) statuses: Arc<Mutex<Vec<u16>>>,
}

#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) xml: String,
    pub(super) nonce: String,
    pub(super) encrypted: String,
}

#[derive(serde::Deserialize)]
struct Asked {
    nonce: String,
    timestamp: String,
    msg_signature: String,
    #[serde(default)]
    echostr: String,
}

impl Inbox {
    /// Starts to listen; gives the settings of the receiver.
    pub(super) async fn open(&self, kind: ReceiverKind) -> CallbackReceiver {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/cb", listener.local_addr().expect("bound"));
        let app = Router::new().route("/cb", get(echo).post(take)).with_state(self.clone());
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, app).await });
        CallbackReceiver { url, token: "Token1".into(), aes_key: KEY.into(), kind }
    }

    pub(super) fn xmls(&self) -> Vec<String> {
        self.got.lock().expect("whole").iter().map(|got| got.xml.clone()).collect()
    }
}

async fn echo(Query(asked): Query<Asked>) -> String {
    opened(&asked, &asked.echostr)
}

async fn take(State(inbox): State<Inbox>, Query(asked): Query<Asked>, body: String) -> StatusCode {
    let encrypted = element(&body, "Encrypt").expect("an envelope");
    let xml = opened(&asked, &encrypted);
    inbox.got.lock().expect("whole").push(Got { xml, nonce: asked.nonce, encrypted });
    let mut statuses = inbox.statuses.lock().expect("whole");
    let status = if statuses.is_empty() { 200 } else { statuses.remove(0) };
    StatusCode::from_u16(status).expect("a status")
}

/// The text inside, its signature and receiver checked.
fn opened(asked: &Asked, encrypted: &str) -> String {
    use sha1::{Digest, Sha1};
    let mut parts = ["Token1", &asked.timestamp, &asked.nonce, encrypted];
    parts.sort_unstable();
    let digest = Sha1::digest(parts.concat());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, asked.msg_signature);
    let key = STANDARD.decode(format!("{KEY}=")).expect("44 characters");
    let mut text = STANDARD.decode(encrypted).expect("base64");
    let mut cipher = cbc::Decryptor::<Aes256>::new(key.as_slice().into(), key[..16].into());
    for block in text.chunks_exact_mut(16) {
        cipher.decrypt_block_mut(GenericArray::from_mut_slice(block));
    }
    let pad = usize::from(*text.last().expect("not empty"));
    let n = u32::from_be_bytes(text[16..20].try_into().expect("four")) as usize;
    let receive_id = &text[20 + n..text.len() - pad];
    assert_eq!(receive_id, Config::default().corp_id.as_bytes());
    String::from_utf8(text[20..20 + n].to_vec()).expect("UTF-8")
}

/// What stands in an element, without CDATA.
pub(super) fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.trim_start_matches("<![CDATA[").trim_end_matches("]]>").to_owned())
}
