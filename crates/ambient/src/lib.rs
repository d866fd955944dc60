//! The two things a program takes from its surroundings without asking: the time and chance.
//!
//! Everything else in the workspace receives them as arguments, so that a test moves the clock
//! instead of sleeping and gets the same ids on every run. Nothing here knows what time is used for.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

/// A source of the present time, cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self(Arc::new(system_now_ms))
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub fn now_ms(&self) -> i64 {
        (self.0)()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_now_ms() -> i64 {
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("the machine's clock stands after 1970");
    i64::try_from(since_epoch.as_millis()).expect("milliseconds fit 63 bits for 292 million years")
}

/// A clock that stands still until it is told to move.
#[derive(Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that shows `now_ms`.
    pub fn at(now_ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(now_ms)))
    }

    /// Moves the clock by `by_ms`, backwards when negative.
    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }

    /// Puts the clock to `now_ms`.
    pub fn set(&self, now_ms: i64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }

    /// What it shows now.
    pub fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// The same clock in the form that the program takes.
    pub fn clock(&self) -> Clock {
        let shared = self.0.clone();
        Clock(Arc::new(move || shared.load(Ordering::SeqCst)))
    }
}

/// A source of random bytes, cheap to clone.
#[derive(Clone)]
pub struct Random(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Random {
    /// The operating system's generator, fit for keys.
    pub fn system() -> Self {
        Self(Arc::new(|buffer| {
            getrandom::fill(buffer).expect("the operating system gives random bytes");
        }))
    }

    /// A repeatable sequence for tests and made-up data; never for keys.
    pub fn seeded(seed: u64) -> Self {
        let state = AtomicU64::new(seed);
        Self(Arc::new(move |buffer| {
            for chunk in buffer.chunks_mut(8) {
                let word = split_mix(state.fetch_add(GOLDEN_GAMMA, Ordering::SeqCst));
                chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
            }
        }))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        (self.0)(&mut buffer);
        buffer
    }
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// One step of SplitMix64 (Steele, Lea and Flood, 2014).
fn split_mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(GOLDEN_GAMMA);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let hand = ManualClock::at(1_000);
        let clock = hand.clock();
        hand.advance(-400);
        assert_eq!(clock.now_ms(), 600);
        hand.set(5);
        assert_eq!((clock.now_ms(), hand.now_ms()), (5, 5));
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
        let first = Random::seeded(7).bytes::<20>();
        assert_eq!(first, Random::seeded(7).bytes::<20>());
        assert_ne!(first, Random::seeded(8).bytes::<20>());
    }
}
