//! The sign of a call: what callers compute and this server checks.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The sign of a call: lower-case hex SHA-256 of appId, timestamp, raw body and appKey, one after the
/// other without separators.
pub fn sign(app_id: &str, timestamp_ms: i64, body: &[u8], app_key: &str) -> String {
    sign_as_written(app_id, &timestamp_ms.to_string(), body, app_key)
}

/// Whether `sign` is that of the call. Takes the same time wherever the two differ.
pub(crate) fn is_right(
    sign: &[u8],
    app_id: &str,
    timestamp: &str,
    body: &[u8],
    app_key: &str,
) -> bool {
    sign_as_written(app_id, timestamp, body, app_key).as_bytes().ct_eq(sign).into()
}

fn sign_as_written(app_id: &str, timestamp: &str, body: &[u8], app_key: &str) -> String {
    let digest = Sha256::new()
        .chain_update(app_id)
        .chain_update(timestamp)
        .chain_update(body)
        .chain_update(app_key)
        .finalize();
    hex::encode(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP_ID: &str = "ww0123456789abcdef_demo";
    const KEY: &str = "toy-app-key";

    #[test]
    fn the_worked_examples_of_the_contract_come_out() {
        let body = r#"{"pageSize":10,"keyword":"测试"}"#;
        assert_eq!(
            sign(APP_ID, 1_700_000_000_000, body.as_bytes(), KEY),
            "d583cfd84943d366f714d15b38a843c75182adf5298d3e274389760145fe9f9b"
        );
        assert_eq!(
            sign(APP_ID, 1_700_000_000_000, b"", KEY),
            "66914ba13254d53089ca7b667e7960cb11821bacc50e9fb66f3821e49c9207d9"
        );
    }

    #[test]
    fn a_sign_is_right_for_its_own_bytes_only() {
        let right = sign(APP_ID, 1_700_000_000_000, b"{}", KEY);
        let check = |sign: &str, body: &[u8], key: &str| {
            is_right(sign.as_bytes(), APP_ID, "1700000000000", body, key)
        };
        assert!(check(&right, b"{}", KEY));
        assert!(!check(&right, b"{ }", KEY));
        assert!(!check(&right, b"{}", "another-key"));
        assert!(!check(&right.to_uppercase(), b"{}", KEY));
        assert!(!check(&right[..63], b"{}", KEY));
        assert!(!check("", b"{}", KEY));
    }
}
