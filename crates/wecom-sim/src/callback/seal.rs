//! Encrypts and signs an event. Written from WeCom's page and not taken from the client under
//! test, so that the two check each other.

use aes::Aes256;
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use cbc::cipher::{BlockEncryptMut, KeyIvInit, generic_array::GenericArray};
use sha1::{Digest, Sha1};

/// PKCS#7 with blocks larger than the cipher's own.
const PAD_TO: usize = 32;

/// The 43rd character has two bits too many, which real keys fill with anything.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The 32 bytes in an `EncodingAESKey`.
pub(super) fn key(aes_key: &str) -> Option<[u8; 32]> {
    BASE64.decode(aes_key).ok()?.try_into().ok()
}

/// Base64 of the encrypted text.
pub(super) fn encrypt(key: &[u8; 32], random: &[u8; 16], text: &str, receive_id: &str) -> String {
    let n_text = u32::try_from(text.len()).expect("an event has some hundred bytes");
    let mut plain = random.to_vec();
    plain.extend(n_text.to_be_bytes());
    plain.extend(text.as_bytes());
    plain.extend(receive_id.as_bytes());
    let n_pad = PAD_TO - plain.len() % PAD_TO;
    plain.extend(std::iter::repeat_n(u8::try_from(n_pad).expect("at most 32"), n_pad));
    let mut cipher = cbc::Encryptor::<Aes256>::new(key.into(), key[..16].into());
    for block in plain.chunks_exact_mut(16) {
        cipher.encrypt_block_mut(GenericArray::from_mut_slice(block));
    }
    BASE64.encode(plain)
}

/// `msg_signature`: 40 hex digits.
pub(super) fn signature(token: &str, timestamp: &str, nonce: &str, encrypted: &str) -> String {
    let mut parts = [token, timestamp, nonce, encrypted];
    parts.sort_unstable();
    let digest = Sha1::digest(parts.concat());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICIAL_KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";

    #[test]
    fn the_deterministic_vector_comes_out() {
        let key = key("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").expect("43 characters");
        let text = "我是中文abcd123";
        let sealed = encrypt(&key, b"aaaabbbbccccdddd", text, "wxb11529c136998cb6");
        let expected = "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==";
        assert_eq!(sealed, expected);
    }

    #[test]
    fn a_text_that_fits_its_blocks_is_padded_by_a_whole_one_and_signed() {
        let key = key(OFFICIAL_KEY).expect("43 characters");
        let id = "wx5823bf96d3bd56c7";
        let sealed = encrypt(&key, b"0123456789abcdef", "abcdefghijklmnopqrstuvwxyz", id);
        assert!(
            sealed.starts_with("sKqRbbiSUnDhFHOvPjtUMZGyoR1r/GzKAbbgquGlaOgIlt+xQAi/JKk90aBApUWQ")
        );
        assert_eq!(sealed.len(), 128);
        let signed = signature("1372623149", "1409659813", "QDG6eK", &sealed);
        assert_eq!(signed, "c35bfb5c8f86866a4451f8aade4a2635cd40c410");
    }
}
