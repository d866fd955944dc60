//! AES-256-CBC with the habits of WeCom: a key in 43 characters, and padding to 32 bytes. [D90968]
//!
//! The key's 43 characters carry two bits too many, which are mostly not zero, so a strict reader
//! of base64 would refuse real keys. The initial vector is the beginning of the key; only the
//! random bytes in front of each text keep equal texts from looking equal.

use aes::Aes256;
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit, generic_array::GenericArray};

use super::Refusal;

const KEY_CHARS: usize = 43;
const N_RANDOM: usize = 16;
const N_HEAD: usize = N_RANDOM + 4;
const AES_BLOCK: usize = 16;
/// WeCom pads to this, although AES has blocks of 16.
const PADDING_BLOCK: usize = 32;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key of a receiver. Has no `Debug`, so that it gets into no log.
#[derive(Clone)]
pub(super) struct Key([u8; 32]);

/// What was inside, after the checks of the padding and the lengths.
pub(super) struct Opened {
    pub message: Vec<u8>,
    pub receive_id: Vec<u8>,
}

impl Key {
    /// From the EncodingAESKey of the console; `None` unless it is 43 letters and digits.
    pub(super) fn read(encoding_aes_key: &str) -> Option<Self> {
        let is_well_formed = encoding_aes_key.len() == KEY_CHARS
            && encoding_aes_key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let bytes = is_well_formed.then(|| BASE64.decode(encoding_aes_key).ok())??;
        Some(Self(bytes.try_into().ok()?))
    }

    pub(super) fn encrypt(&self, message: &[u8], random: [u8; 16], receive_id: &[u8]) -> String {
        let n_message = u32::try_from(message.len()).expect("callers keep texts far below 4 GiB");
        let mut text = [&random, &n_message.to_be_bytes()[..], message, receive_id].concat();
        let n_pad = PADDING_BLOCK - text.len() % PADDING_BLOCK;
        let pad = u8::try_from(n_pad).expect("padding is 1 to 32 bytes");
        text.resize(text.len() + n_pad, pad);
        let mut cipher = cbc::Encryptor::<Aes256>::new(&self.0.into(), self.0[..AES_BLOCK].into());
        for block in text.chunks_exact_mut(AES_BLOCK) {
            cipher.encrypt_block_mut(GenericArray::from_mut_slice(block));
        }
        BASE64.encode(text)
    }

    pub(super) fn decrypt(&self, encrypt: &str) -> Result<Opened, Refusal> {
        let mut text =
            BASE64.decode(encrypt).map_err(|_| Refusal::Malformed("the text is no base64"))?;
        if text.is_empty() || !text.len().is_multiple_of(AES_BLOCK) {
            return Err(Refusal::Undecryptable("its length is no multiple of 16"));
        }
        let mut cipher = cbc::Decryptor::<Aes256>::new(&self.0.into(), self.0[..AES_BLOCK].into());
        for block in text.chunks_exact_mut(AES_BLOCK) {
            cipher.decrypt_block_mut(GenericArray::from_mut_slice(block));
        }
        split(without_padding(&text)?)
    }
}

fn without_padding(text: &[u8]) -> Result<&[u8], Refusal> {
    let n_pad = usize::from(*text.last().expect("checked to be at least one block"));
    let is_padding = (1..=PADDING_BLOCK).contains(&n_pad) && n_pad <= text.len();
    let (rest, padding) = text.split_at(text.len() - if is_padding { n_pad } else { 0 });
    if !is_padding || padding.iter().any(|byte| usize::from(*byte) != n_pad) {
        return Err(Refusal::Undecryptable("bad padding"));
    }
    Ok(rest)
}

/// A wrong key gives any length here, so it is compared with what is there.
fn split(text: &[u8]) -> Result<Opened, Refusal> {
    const TOO_SHORT: Refusal = Refusal::Undecryptable("shorter than its own length says");
    let (head, rest) = text.split_at_checked(N_HEAD).ok_or(TOO_SHORT)?;
    let n_message = head[N_RANDOM..].iter().fold(0, |n, byte| n << 8 | usize::from(*byte));
    let (message, receive_id) = rest.split_at_checked(n_message).ok_or(TOO_SHORT)?;
    Ok(Opened { message: message.to_vec(), receive_id: receive_id.to_vec() })
}
