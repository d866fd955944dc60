//! The XML around an encrypted text, in both directions.

use super::{Refusal, Signed, xml};

/// The body of a delivery; what else stands in it is not signed and therefore not read.
pub(super) struct Envelope {
    pub encrypt: String,
}

impl Envelope {
    pub(super) fn read(body: &str) -> Result<Self, Refusal> {
        let root = xml::read(body)?;
        let encrypt = root.text("Encrypt").ok_or(Refusal::Malformed("no Encrypt element"))?;
        Ok(Self { encrypt: encrypt.to_owned() })
    }
}

/// A text as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Base64; the `echostr` of a URL verification (to be URL-encoded), or part of a body.
    pub encrypt: String,
    /// For the query of a delivery.
    pub msg_signature: String,
    /// For the query of a delivery.
    pub timestamp: String,
    /// For the query of a delivery.
    pub nonce: String,
}

impl Sealed {
    /// What goes into the query beside it, before URL-encoding.
    pub fn signed(&self) -> Signed<'_> {
        let Self { msg_signature, timestamp, nonce, .. } = self;
        Signed { msg_signature, timestamp, nonce }
    }

    /// The body of a delivery by WeCom; `agent_id` is told on callbacks of an app only.
    ///
    /// Corp ids need no escaping, and nothing else must be given as one.
    pub fn delivery_body(&self, corp_id: &str, agent_id: Option<i64>) -> String {
        let encrypt = &self.encrypt;
        let agent_id = agent_id
            .map(|agent_id| format!("<AgentID><![CDATA[{agent_id}]]></AgentID>"))
            .unwrap_or_default();
        format!(
            "<xml><ToUserName><![CDATA[{corp_id}]]></ToUserName>{agent_id}\
             <Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        )
    }

    /// The body that answers a message of a member at once; events have no answer.
    pub fn reply_body(&self) -> String {
        let Self { encrypt, msg_signature, timestamp, nonce } = self;
        format!(
            "<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt>\
             <MsgSignature><![CDATA[{msg_signature}]]></MsgSignature>\
             <TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )
    }
}
