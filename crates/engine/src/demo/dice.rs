//! The demo's own random numbers: SplitMix64, so that a seed gives the same city on every machine and with every version
//! of every library.

/// A stream of random numbers. Fork it by a label to get an independent one: draws added in one place of the generator
/// do not disturb the others.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x6c69_6e6c_6964_656d)
    }

    /// An independent stream named by `label`; this one does not advance.
    pub fn fork(&self, label: &str) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ self.0;
        for byte in label.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut fork = Self(hash);
        fork.draw();
        fork
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0..bound` (0 when the bound is 0).
    pub fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.draw()) * bound as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = usize::try_from(high.saturating_sub(low).max(0)).unwrap_or(0) + 1;
        low + i32::try_from(self.below(span)).unwrap_or(0)
    }

    /// True `per_mille` times in a thousand.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille as usize
    }

    /// About normal: the sum of three even draws, with mean 0 and the greatest distance `reach`.
    pub fn bell(&mut self, reach: i32) -> i32 {
        let sum: i32 = (0..3).map(|_| self.between(-reach, reach)).sum();
        sum / 3
    }

    /// One of `items`; the default when there are none.
    pub fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        items.get(self.below(items.len())).copied().unwrap_or_default()
    }

    /// The value of one of `(value, weight)`, in proportion to the weights; the default when there are none.
    pub fn weighted<T: Copy + Default>(&mut self, items: &[(T, u32)]) -> T {
        let total: usize = items.iter().map(|(_, weight)| *weight as usize).sum();
        let mut at = self.below(total);
        for (value, weight) in items {
            if at < *weight as usize {
                return *value;
            }
            at -= *weight as usize;
        }
        T::default()
    }

    /// Puts `items` into a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_of_a_seed_never_changes() {
        let mut dice = Dice::new(2301);
        assert_eq!([dice.draw(), dice.draw()], [10_587_469_449_134_973_296, 533_153_960_853_909_112]);
        assert_ne!(Dice::new(2301).fork("a").draw(), Dice::new(2301).fork("b").draw());
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut dice = Dice::new(1);
        for _ in 0..10_000 {
            assert!((-3..=4).contains(&dice.between(-3, 4)));
            assert!(dice.bell(9).abs() <= 9);
        }
        assert_eq!(dice.below(0), 0);
        let ones = (0..10_000).filter(|_| dice.weighted(&[(1, 300), (2, 700)]) == 1).count();
        assert!((2_700..3_300).contains(&ones), "{ones}");
    }
}
