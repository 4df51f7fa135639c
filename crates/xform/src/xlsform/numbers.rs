//! Numbers in parameters, exactly as decimals.

/// A decimal number: `digits` × 10^-`scale`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decimal {
    digits: i128,
    scale: u32,
}

/// Digits before and after the point that a parameter may have; enough for any scale a person can slide along.
const LONGEST: usize = 18;

impl Decimal {
    /// A decimal such as `-1.5` or `2e3`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok().filter(|e| e.abs() <= 18)?),
            None => (text, 0),
        };
        let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let all = whole.len() + fraction.len();
        if all == 0 || all > LONGEST || !whole.chars().chain(fraction.chars()).all(|c| c.is_ascii_digit()) {
            return None;
        }
        let mut digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        if number.starts_with('-') {
            digits = -digits;
        }
        let scale = i32::try_from(fraction.len()).ok()? - exponent;
        if scale < 0 {
            digits *= 10_i128.pow(scale.unsigned_abs());
        }
        Some(Self { digits, scale: u32::try_from(scale).unwrap_or(0) })
    }

    /// Two numbers brought to one scale; both fit because each has at most 18 digits and a scale of at most 36.
    fn aligned(self, other: Self) -> (i128, i128) {
        let scale = self.scale.max(other.scale);
        let up = |d: Self| d.digits.saturating_mul(10_i128.checked_pow(scale - d.scale).unwrap_or(i128::MAX));
        (up(self), up(other))
    }

    /// `self - other`.
    pub(super) fn minus(self, other: Self) -> Self {
        let (a, b) = self.aligned(other);
        Self { digits: a.saturating_sub(b), scale: self.scale.max(other.scale) }
    }

    pub(super) fn abs(self) -> Self {
        Self { digits: self.digits.saturating_abs(), scale: self.scale }
    }

    pub(super) fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// Whether nothing is left after dividing by a step that is not zero.
    pub(super) fn is_multiple_of(self, step: Self) -> bool {
        let (a, b) = self.aligned(step);
        b != 0 && a % b == 0
    }

    /// Whether there is nothing after the point.
    pub(super) fn is_whole(self) -> bool {
        self.is_multiple_of(Self { digits: 1, scale: 0 })
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = self.aligned(*other);
        a == b
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        let (a, b) = self.aligned(*other);
        Some(a.cmp(&b))
    }
}

/// A whole number as parameters may write it.
pub(super) fn whole(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// Whether a text is a number for a computer.
pub(super) fn is_float(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn tenths_are_exact() {
        assert!(d("0.3").is_multiple_of(d("0.1")));
        assert!(!d("0.35").is_multiple_of(d("0.1")));
        assert_eq!(d("10").minus(d("0.5")), d("9.50"));
        assert!(d("1.0").is_whole() && !d("1.5").is_whole());
        assert!(d("-7") < d("2") && d("1e3") == d("1000"));
        assert_eq!(d("-3").abs(), d("3"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in ["", "abc", "nan", "inf", "1.2.3", "-", ".", "1e99", "1234567890123456789012"] {
            assert!(Decimal::parse(bad).is_none(), "{bad}");
        }
    }
}
