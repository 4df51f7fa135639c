//! Numbers as XPath 1.0 writes and reads them (§4.4, §4.2): no exponent, no plus sign, `NaN`, `Infinity`.

/// A number as text.
pub fn format_number(n: f64) -> String {
    if n.is_nan() {
        "NaN".into()
    } else if n.is_infinite() {
        if n > 0.0 { "Infinity".into() } else { "-Infinity".into() }
    } else if n == 0.0 {
        "0".into()
    } else {
        n.to_string()
    }
}

/// A text as number; NaN when it is none.
pub fn parse_number(text: &str) -> f64 {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let dots = digits.bytes().filter(|b| *b == b'.').count();
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !plain || dots > 1 || digits.len() == dots {
        return f64::NAN;
    }
    text.parse().unwrap_or(f64::NAN)
}

/// `round` of XPath 1.0 with the places of Excel: halves go up (towards positive infinity).
pub(super) fn round(n: f64, places: f64) -> f64 {
    if !n.is_finite() || places.is_nan() {
        return if places.is_nan() { f64::NAN } else { n };
    }
    if places.abs() > 30.0 {
        return f64::NAN;
    }
    let places = places.trunc() as i32;
    if places == 0 {
        return round_half_up(n);
    }
    // 1.005 is written "1.005", so the decimal text decides as a person would, not the binary fraction.
    let shifted: f64 = shift(n, places);
    shift(round_half_up(shifted), -places)
}

fn shift(n: f64, places: i32) -> f64 {
    format!("{n:e}")
        .split_once('e')
        .and_then(|(mantissa, exponent)| {
            let exponent: i32 = exponent.parse().ok()?;
            format!("{mantissa}e{}", exponent + places).parse().ok()
        })
        .unwrap_or(f64::NAN)
}

fn round_half_up(n: f64) -> f64 {
    let floor = n.floor();
    if n - floor >= 0.5 { floor + 1.0 } else { floor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_without_exponent() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000"),
            (1e21, "1000000000000000000000"),
            (1e-7, "0.0000001"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (n, text) in cases {
            assert_eq!(format_number(n), text);
        }
    }

    #[test]
    fn only_plain_decimals_are_numbers() {
        for (text, n) in [("5", 5.0), (" -5.50 ", -5.5), (".5", 0.5), ("5.", 5.0), ("007", 7.0)] {
            assert_eq!(parse_number(text), n, "{text}");
        }
        for text in ["", " ", "+5", "1e3", "1,5", "--1", ".", "-", "-.", "1.2.3", "五", "Infinity", "NaN", "0x10"] {
            assert!(parse_number(text).is_nan(), "{text}");
        }
    }

    #[test]
    fn halves_round_up_and_places_follow_the_decimal_text() {
        let cases = [
            (2.5, 0.0, 3.0),
            (-2.5, 0.0, -2.0),
            (1.005, 2.0, 1.01),
            (33.33, -1.0, 30.0),
            (1234.5678, 3.0, 1234.568),
            (2.0, 5.0, 2.0),
        ];
        for (n, places, rounded) in cases {
            assert_eq!(round(n, places), rounded, "round({n}, {places})");
        }
    }
}
