//! Made-up values that are the same for the same seed on every machine and in every build.
//!
//! Each thing has a generator of its own, named by what it is about and a number, so that any part
//! of the world can be made alone and late.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ID_CHARS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The generator for the `n`-th thing of the kind `about`.
pub(crate) fn rng(seed: u64, about: &str, n: u64) -> ChaCha8Rng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&n.to_le_bytes());
    bytes[16..].copy_from_slice(&digest(&[about.as_bytes()]).to_le_bytes());
    ChaCha8Rng::from_seed(bytes)
}

/// `prefix` and `n_chars` letters, digits, `-` or `_`.
pub(crate) fn id(rng: &mut ChaCha8Rng, prefix: &str, n_chars: usize) -> String {
    let mut made = String::with_capacity(prefix.len() + n_chars);
    made.push_str(prefix);
    made.extend((0..n_chars).map(|_| char::from(pick(rng, ID_CHARS))));
    made
}

/// `n_chars` hex digits.
pub(crate) fn hex(rng: &mut ChaCha8Rng, n_chars: usize) -> String {
    (0..n_chars).map(|_| char::from(pick(rng, b"0123456789abcdef"))).collect()
}

/// One of `all`, which must not be empty.
pub(crate) fn pick<T: Copy>(rng: &mut ChaCha8Rng, all: &[T]) -> T {
    all[rng.random_range(0..all.len())]
}

/// FNV-1a with 128 bits over the parts, each ended by a byte that no text contains.
pub(crate) fn digest(parts: &[&[u8]]) -> u128 {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for part in parts {
        for byte in part.iter().chain(&[0xff]) {
            hash = (hash ^ u128::from(*byte)).wrapping_mul(PRIME);
        }
    }
    hash
}

/// A number in `n_chars` characters of an id, six bits each.
pub(crate) fn number_as_id(number: u64, n_chars: usize) -> String {
    let digits = (0..n_chars).rev().map(|n| number >> (6 * n) & 63);
    digits.map(|d| char::from(ID_CHARS[usize::try_from(d).expect("below 64")])).collect()
}

/// The number in what `number_as_id` made.
pub(crate) fn id_as_number(id: &str) -> Option<u64> {
    id.bytes().try_fold(0_u64, |number, byte| {
        let digit = ID_CHARS.iter().position(|known| *known == byte)?;
        Some(number << 6 | digit as u64)
    })
}

/// 64 bits that look random; one step of SplitMix64, for choices made millions of times.
pub(crate) fn mixed(seed: u64, n: u64) -> u64 {
    let mut z = seed ^ n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// True with probability `p`.
pub(crate) fn happens(rng: &mut ChaCha8Rng, p: f64) -> bool {
    p > 0.0 && rng.random_bool(p.min(1.0))
}
