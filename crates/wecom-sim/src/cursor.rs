//! Opaque paging cursors. One that was altered, or belongs to another query, does not open.

use crate::chance::digest;

/// The cursor that goes on after `position` in the listing that `scope` describes.
pub(crate) fn seal(seed: u64, scope: &str, position: u64) -> String {
    let tag = tag(seed, scope, position);
    format!("{tag:032x}{:016x}", position ^ mask(seed, tag))
}

/// The position in a cursor that `seal` made for the same scope.
pub(crate) fn open(seed: u64, scope: &str, cursor: &str) -> Option<u64> {
    if cursor.len() != 48 || !cursor.is_ascii() {
        return None;
    }
    let given = u128::from_str_radix(&cursor[..32], 16).ok()?;
    let position = u64::from_str_radix(&cursor[32..], 16).ok()? ^ mask(seed, given);
    (tag(seed, scope, position) == given).then_some(position)
}

fn tag(seed: u64, scope: &str, position: u64) -> u128 {
    digest(&[b"cursor", &seed.to_le_bytes(), scope.as_bytes(), &position.to_le_bytes()])
}

fn mask(seed: u64, tag: u128) -> u64 {
    let mixed = digest(&[b"mask", &seed.to_le_bytes(), &tag.to_le_bytes()]);
    u64::try_from(mixed >> 64).expect("64 of 128 bits are left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_unaltered_and_for_its_own_query() {
        let cursor = seal(7, "groups of a", 41);
        assert_eq!(open(7, "groups of a", &cursor), Some(41));
        assert_eq!(open(7, "groups of b", &cursor), None);
        for n in 0..cursor.len() {
            let mut bytes = cursor.clone().into_bytes();
            bytes[n] = if bytes[n] == b'0' { b'1' } else { b'0' };
            let altered = String::from_utf8(bytes).expect("hex digits");
            assert_eq!(open(7, "groups of a", &altered), None, "digit {n}");
        }
        assert_eq!(open(7, "groups of a", "群"), None);
    }
}
