//! `randomize`: the inside-out Fisher–Yates shuffle over a Park–Miller generator, so that a seed gives the same order in
//! every ODK client.

const MODULUS: i64 = 2_147_483_647;
const MULTIPLIER: i64 = 16_807;

/// Park–Miller "minimal standard" numbers.
pub(super) struct ParkMiller(i64);

impl ParkMiller {
    pub fn new(seed: i64) -> Self {
        let start = seed % MODULUS;
        Self(if start <= 0 { start + MODULUS - 1 } else { start })
    }

    fn next(&mut self) -> f64 {
        self.0 = self.0 * MULTIPLIER % MODULUS;
        (self.0 - 1) as f64 / (MODULUS - 1) as f64
    }
}

/// The items in the order that `seed` gives.
pub fn shuffled<T: Clone>(items: &[T], seed: i64) -> Vec<T> {
    let mut generator = ParkMiller::new(seed);
    let mut out: Vec<T> = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let to = (generator.next() * (at + 1) as f64).floor() as usize;
        if to >= out.len() {
            out.push(item.clone());
        } else {
            let moved = std::mem::replace(&mut out[to], item.clone());
            out.push(moved);
        }
    }
    out
}

/// A seed as JavaRosa reads it: the whole part of a number; of other text, the first 64 bits of its SHA-256.
pub(super) fn seed_of(number: f64, text: &str) -> i64 {
    if !number.is_nan() {
        return number as i64;
    }
    if text.is_empty() {
        return 0;
    }
    let hash = super::hash::sha256(text.as_bytes());
    i64::from_be_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]])
}
