//! Chance from a seed.

use ambient::Random;

pub struct Dice(Random);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    /// A number below `n`.
    pub fn below(&self, n: u64) -> u64 {
        u64::from_le_bytes(self.0.bytes()) % n
    }

    /// The same for places in lists.
    pub fn place(&self, n: usize) -> usize {
        usize::try_from(self.below(n as u64)).unwrap()
    }

    pub fn happens(&self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Some of them, at least one and at most `most`, in another order.
    pub fn some_of<T: Clone>(&self, all: &[T], most: usize) -> Vec<T> {
        let mut left = all.to_vec();
        let n = 1 + self.place(most.min(left.len()));
        (0..n).map(|_| left.swap_remove(self.place(left.len()))).collect()
    }
}
