//! The second factor: codes of six digits that change every 30 seconds (RFC 6238 with SHA-1, as the apps of phones
//! expect).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use crate::Scrm;

const STEP_MS: i64 = 30_000;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret: 160 bits in base 32.
pub(super) fn new_secret(scrm: &Scrm) -> String {
    base32(&scrm.random.bytes::<20>())
}

/// The address that apps of phones read from a QR code.
pub(super) fn uri(login: &str, secret: &str) -> String {
    let login = percent_encoding::utf8_percent_encode(login, percent_encoding::NON_ALPHANUMERIC);
    format!("otpauth://totp/Siyu:{login}?secret={secret}&issuer=Siyu")
}

/// The step whose code this is: the present one, the one before or the next, but none up to the step that was used
/// last. All are compared, in constant time.
pub(super) fn step_of(secret: &str, code: &str, now_ms: i64, last_used: i64) -> Option<i64> {
    let key = from_base32(secret)?;
    let now = now_ms.div_euclid(STEP_MS);
    (now - 1..=now + 1).fold(None, |found, step| {
        let is_it = bool::from(code_of(&key, step).as_bytes().ct_eq(code.as_bytes()));
        if is_it && step > last_used { Some(step) } else { found }
    })
}

/// The code of a moment, as a phone would show it.
#[cfg(any(test, feature = "testing"))]
pub fn code_at(secret: &str, now_ms: i64) -> String {
    let key = from_base32(secret).expect("secrets are base 32");
    code_of(&key, now_ms.div_euclid(STEP_MS))
}

fn code_of(key: &[u8], step: i64) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(key).expect("a key of any length will do");
    let digest = mac.chain_update(step.to_be_bytes()).finalize().into_bytes();
    let offset = usize::from(digest[19] & 0xf);
    let word = [digest[offset] & 0x7f, digest[offset + 1], digest[offset + 2], digest[offset + 3]];
    format!("{:06}", u32::from_be_bytes(word) % 1_000_000)
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut n_bits) = (0_u32, 0);
    for &byte in bytes {
        bits = bits << 8 | u32::from(byte);
        n_bits += 8;
        while n_bits >= 5 {
            n_bits -= 5;
            text.push(char::from(BASE32[(bits >> n_bits & 31) as usize]));
        }
    }
    text
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![];
    let (mut bits, mut n_bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = BASE32.iter().position(|&known| known == letter)?;
        bits = bits << 5 | u32::try_from(value).ok()?;
        n_bits += 5;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let key = b"12345678901234567890";
        for (second, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000_i64, "353130")]
        {
            assert_eq!(code_of(key, second / 30), code);
            let secret = base32(key);
            assert_eq!(step_of(&secret, code, second * 1_000, 0), Some(second / 30));
        }
    }

    #[test]
    fn a_code_is_good_for_its_neighbours_too_and_once_only() {
        let secret = base32(b"12345678901234567890");
        let code = code_at(&secret, 300_000);
        assert_eq!(step_of(&secret, &code, 329_999, 0), Some(10), "its own half minute");
        assert_eq!(step_of(&secret, &code, 330_000, 0), Some(10), "the next");
        assert_eq!(step_of(&secret, &code, 270_000, 0), Some(10), "the one before");
        assert_eq!(step_of(&secret, &code, 360_000, 0), None, "long past");
        assert_eq!(step_of(&secret, &code, 300_000, 10), None, "used");
        assert_eq!(step_of(&secret, "00000", 300_000, 0), None);
    }
}
