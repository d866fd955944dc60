//! Secrets at rest: XChaCha20-Poly1305 under one master key, bound to what they belong to.

use ambient::Random;
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};

use crate::Error;

const NONCE_BYTES: usize = 24;

/// The key under which WeCom secrets and appKeys are encrypted. Never printed.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// A key from its 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hex digits, blanks around them ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Encrypts `secret`; `owner` ("app ww…_demo") must be given again to decrypt it, so that a stored
    /// secret cannot be moved to another row.
    pub fn encrypt(&self, secret: &str, owner: &str, random: &Random) -> Vec<u8> {
        let nonce = random.bytes::<NONCE_BYTES>();
        let payload = Payload { msg: secret.as_bytes(), aad: owner.as_bytes() };
        let sealed = self.cipher().encrypt(XNonce::from_slice(&nonce), payload);
        let mut stored = nonce.to_vec();
        stored.extend(sealed.expect("encrypting a short text in memory cannot fail"));
        stored
    }

    /// The secret again; [`Error::WrongMasterKey`] for another key, another owner, or damaged bytes.
    pub fn decrypt(&self, stored: &[u8], owner: &str) -> Result<String, Error> {
        let wrong = || Error::WrongMasterKey { what: owner.to_owned() };
        let (nonce, sealed) = stored.split_at_checked(NONCE_BYTES).ok_or_else(wrong)?;
        let payload = Payload { msg: sealed, aad: owner.as_bytes() };
        let secret = self.cipher().decrypt(XNonce::from_slice(nonce), payload);
        String::from_utf8(secret.map_err(|_: chacha20poly1305::Error| wrong())?)
            .map_err(|_: std::string::FromUtf8Error| wrong())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(Key::from_slice(&self.0))
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_with_its_key_and_owner_only() {
        let key = MasterKey::new([7; 32]);
        let stored = key.encrypt("密钥 s3cret", "app a", &Random::seeded(1));
        assert_eq!(key.decrypt(&stored, "app a").unwrap(), "密钥 s3cret");
        assert!(key.decrypt(&stored, "app b").is_err());
        assert!(MasterKey::new([8; 32]).decrypt(&stored, "app a").is_err());
        assert!(key.decrypt(&stored[..10], "app a").is_err());
        assert!(!format!("{key:?}").contains('7'));
    }
}
