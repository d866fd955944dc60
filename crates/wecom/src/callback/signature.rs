//! The signature of a delivery: SHA-1 over four texts in sorted order. [D90968]

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use super::Signed;

/// The signature as 40 lower-case hexadecimal digits.
pub(super) fn of(token: &str, timestamp: &str, nonce: &str, encrypt: &str) -> String {
    let mut parts = [token, timestamp, nonce, encrypt];
    parts.sort_unstable();
    let mut sha1 = Sha1::new();
    for part in parts {
        sha1.update(part.as_bytes());
    }
    hex::encode(sha1.finalize())
}

/// Whether the signature is that of `encrypt`; takes as long for a nearly right one as for any.
pub(super) fn is_right(token: &str, signed: &Signed<'_>, encrypt: &str) -> bool {
    let Signed { msg_signature, timestamp, nonce } = signed;
    of(token, timestamp, nonce, encrypt).as_bytes().ct_eq(msg_signature.as_bytes()).into()
}
