//! Repeatable chance: the same seed and place give the same values on every machine.

/// A sequence of values.
pub struct Draw(u64);

impl Draw {
    /// The sequence of one thing (`place`) among those of a seed.
    pub fn of(seed: u64, place: u64) -> Self {
        Self(mix(seed).wrapping_add(mix(place ^ 0x5851_f42d_4c95_7f2d)))
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// 0 to 1, 1 excluded.
    pub fn share(&mut self) -> f64 {
        let bits = u32::try_from(self.bits() >> 32).expect("32 bits are left");
        f64::from(bits) / 4_294_967_296.0
    }

    /// True in this share of the cases.
    pub fn is(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// 0 to `n`, `n` excluded.
    pub fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).expect("64 bits hold a length");
        usize::try_from(self.bits() % n.max(1)).expect("less than a length")
    }

    /// One of them.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// The finisher of SplitMix64 (Steele, Lea and Flood, 2014).
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Places 0 to n with unequal weights.
pub struct Weighted(Vec<f64>);

impl Weighted {
    /// `n` places, of which the k-th (from 1) weighs `(k + shift)` to the power of `-exponent`.
    pub fn zipf(n: usize, shift: f64, exponent: f64) -> Self {
        let weights = (1..).take(n).map(|k: u32| (f64::from(k) + shift).powf(-exponent));
        let mut sum = 0.0;
        let sums = weights.map(|weight| {
            sum += weight;
            sum
        });
        Self(sums.collect())
    }

    /// The same with the exponent for which the places' mean is `mean` (places count from 0).
    pub fn zipf_with_mean(n: usize, shift: f64, mean: f64) -> Self {
        // The mean falls as the exponent grows.
        let (mut low, mut high) = (0.0, 20.0);
        for _ in 0..60 {
            let exponent = (low + high) / 2.0;
            if Self::zipf(n, shift, exponent).mean() > mean {
                low = exponent;
            } else {
                high = exponent;
            }
        }
        Self::zipf(n, shift, low)
    }

    /// A place.
    pub fn draw(&self, draw: &mut Draw) -> usize {
        let total = self.0.last().copied().unwrap_or(0.0);
        let wanted = draw.share() * total;
        self.0.partition_point(|sum| *sum <= wanted).min(self.0.len() - 1)
    }

    fn mean(&self) -> f64 {
        let total = self.0.last().copied().unwrap_or(1.0);
        // The mean is the sum of the shares that lie above each place.
        self.0.iter().map(|sum| 1.0 - sum / total).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_drawn_by_their_weights_and_come_to_the_mean() {
        let tasks = Weighted::zipf_with_mean(301, 2.0, 4.0);
        let mut draw = Draw::of(1, 2);
        let n = 200_000_u32;
        let sum: usize = (0..n).map(|_| tasks.draw(&mut draw)).sum();
        let mean = f64::from(u32::try_from(sum).unwrap()) / f64::from(n);
        assert!((mean - 4.0).abs() < 0.2, "{mean}");
        assert_eq!(Draw::of(1, 2).bits(), Draw::of(1, 2).bits());
        assert_ne!(Draw::of(1, 2).bits(), Draw::of(1, 3).bits());
    }
}
