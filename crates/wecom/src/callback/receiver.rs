//! One receiver of callbacks as the administration console knows it.
//!
//! The app and the contact-sync assistant are two receivers with settings of their own.

use std::fmt;

use super::{Refusal, Sealed, Signed, crypt::Key, signature};

/// The settings under which WeCom signs and encrypts for one URL.
#[derive(Clone)]
pub struct Receiver {
    token: String,
    key: Key,
    receive_id: String,
}

/// Settings that WeCom's console would not accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadReceiver {
    /// The Token must be 1 to 32 letters and digits.
    #[error("the callback's Token must be 1 to 32 letters and digits")]
    Token,
    /// The EncodingAESKey must be 43 letters and digits.
    #[error("the callback's EncodingAESKey must be 43 letters and digits")]
    Key,
}

impl Receiver {
    /// From the Token and the EncodingAESKey of the console; `receive_id` is the corp id. [D90968]
    pub fn new(token: &str, encoding_aes_key: &str, receive_id: &str) -> Result<Self, BadReceiver> {
        let is_token = (1..=32).contains(&token.len())
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_token {
            return Err(BadReceiver::Token);
        }
        let key = Key::read(encoding_aes_key).ok_or(BadReceiver::Key)?;
        Ok(Self { token: token.to_owned(), key, receive_id: receive_id.to_owned() })
    }

    pub(super) fn open(&self, signed: &Signed<'_>, encrypt: &str) -> Result<String, Refusal> {
        if !signature::is_right(&self.token, signed, encrypt) {
            return Err(Refusal::WrongSignature);
        }
        let opened = self.key.decrypt(encrypt)?;
        if opened.receive_id != self.receive_id.as_bytes() {
            return Err(Refusal::WrongReceiver);
        }
        let text = String::from_utf8(opened.message)
            .map_err(|_| Refusal::Malformed("the text is not UTF-8"))?;
        // No XML contains it and no database stores it.
        if text.contains('\0') {
            return Err(Refusal::Malformed("the text contains NUL"));
        }
        Ok(text)
    }

    pub(super) fn seal(
        &self,
        plaintext: &str,
        random: [u8; 16],
        timestamp_s: i64,
        nonce: &str,
    ) -> Sealed {
        let encrypt = self.key.encrypt(plaintext.as_bytes(), random, self.receive_id.as_bytes());
        let timestamp = timestamp_s.to_string();
        let msg_signature = signature::of(&self.token, &timestamp, nonce, &encrypt);
        Sealed { encrypt, msg_signature, timestamp, nonce: nonce.to_owned() }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Receiver")
            .field("token", &"***")
            .field("key", &"***")
            .field("receive_id", &self.receive_id)
            .finish()
    }
}
