//! Quantities and money.

use super::{CheckError, Note, clean::squeeze};

/// A quantity as written, exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The value is `units × 10^-scale`; trailing zeros of the fraction are dropped.
    pub units: i64,
    /// Digits behind the point, 0 to 9.
    pub scale: u8,
    /// The unit written behind it (`户`, `㎡`, `%`), not applied to the value.
    pub unit: Option<String>,
    /// Such as: only approximate.
    pub notes: Vec<Note>,
}

impl Number {
    /// The value in units of `10^-scale`; nothing when that would lose digits or is too large.
    pub fn scaled(&self, scale: u8) -> Option<i64> {
        let missing = u32::from(scale.checked_sub(self.scale)?);
        self.units.checked_mul(10i64.checked_pow(missing)?)
    }
}

const MAX_SCALE: usize = 9;

/// Reads a quantity: separators for thousands (`1,234`), full-width digits, a unit behind (`12户`), 万 and 亿,
/// accounting brackets for negatives, words that make it approximate (`约300`, `300余`, noted).
pub fn number(input: &str) -> Result<Number, CheckError> {
    let squeezed = squeeze(input);
    if squeezed.is_empty() {
        return Err(CheckError::empty("数字", "a number"));
    }
    let (text, approximate) = strip_approximation(&squeezed);
    let (negative, text) = strip_sign(&text);
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '，')).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || !digits.contains(|c: char| c.is_ascii_digit()) {
        return Err(unreadable());
    }
    let (digits, rest) = exponent(digits, rest)?;
    let (power, unit) = magnitude(&rest);
    if unit.contains(|c: char| c.is_ascii_digit()) {
        return Err(several());
    }
    let (units, scale) = exact(&digits, power)?;
    let mut notes = Vec::new();
    let (unit, tail_word) = match ["左右", "余", "多", "以上", "+"].iter().find_map(|word| unit.strip_prefix(word))
    {
        Some(rest) => (rest.to_owned(), true),
        None => (unit, false),
    };
    if approximate || tail_word {
        notes.push(Note::new(
            "number.approximate",
            "写的是约数，已按所写的数字录入",
            "only approximate; taken as the number written",
        ));
    }
    let units = if negative { -units } else { units };
    Ok(Number { units, scale, unit: (!unit.is_empty()).then_some(unit), notes })
}

/// Reads a whole number.
pub fn integer(input: &str) -> Result<i64, CheckError> {
    let read = number(input)?;
    read.scaled(0).ok_or_else(|| {
        CheckError::new("number.not_whole", "应为整数，请去掉小数部分", "a whole number is expected; drop the fraction")
    })
}

/// Reads a decimal into units of `10^-scale`; more digits than that are refused, not rounded.
pub fn decimal(input: &str, scale: u8) -> Result<i64, CheckError> {
    let read = number(input)?;
    read.scaled(scale).ok_or_else(|| {
        CheckError::new(
            "number.too_precise",
            format!("最多 {scale} 位小数，请四舍五入后填写"),
            format!("at most {scale} digits behind the point; round it"),
        )
    })
}

/// Reads an amount of money into fen: `1,234.5`, `¥1234.50`, `1.2万元`, `50元`, `30块`, `5角`.
pub fn money(input: &str) -> Result<i64, CheckError> {
    let squeezed = squeeze(input);
    let bare = squeezed.trim_start_matches("人民币").trim_start_matches(['¥', '￥', '$']).trim_start_matches("RMB");
    let read = number(bare)?;
    let scale = match read.unit.as_deref().unwrap_or("元").trim_end_matches(['整', '正']) {
        "元" | "圆" | "块" | "块钱" | "元/月" | "元/年" | "RMB" | "" => 2,
        "角" | "毛" => 1,
        "分" => 0,
        other => {
            return Err(CheckError::new(
                "money.unit",
                format!("看不懂单位“{other}”，请以元为单位填写，如 1234.50"),
                format!("the unit \"{other}\" is unknown; write yuan, such as 1234.50"),
            ));
        }
    };
    read.scaled(scale).ok_or_else(|| {
        CheckError::new(
            "money.too_precise",
            "金额最多到分，请保留两位小数",
            "money goes down to the fen; keep two digits",
        )
    })
}

fn strip_approximation(text: &str) -> (String, bool) {
    let stripped = text.trim_start_matches(['约', '近', '共', '计', '合', '大', '超', '逾', '≈', '~', '～']);
    let words = ["约", "近", "大", "超", "逾", "≈", "~", "～"];
    let approximate = words.iter().any(|word| text[..text.len() - stripped.len()].contains(word));
    (stripped.to_owned(), approximate)
}

fn strip_sign(text: &str) -> (bool, &str) {
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return (true, inner);
    }
    match text.strip_prefix(['-', '−', '－']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Floats print as `1E5` or `1.5e-3`.
fn exponent<'a>(digits: &str, rest: &'a str) -> Result<(String, std::borrow::Cow<'a, str>), CheckError> {
    let after = rest.strip_prefix(['E', 'e']);
    let power =
        after.map(|text| text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '+' | '-')).unwrap_or(text.len()));
    let (Some(after), Some(end)) = (after, power) else { return Ok((digits.to_owned(), rest.into())) };
    let Ok(power) = after[..end].trim_start_matches('+').parse::<i32>() else {
        return Ok((digits.to_owned(), rest.into()));
    };
    if power.abs() > 18 {
        return Err(too_large());
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let moved = if power >= 0 {
        let shift = usize::try_from(power).unwrap_or(0);
        let padded = format!("{fraction:0<shift$}");
        format!("{whole}{}.{}", &padded[..shift], &padded[shift..])
    } else {
        let shift = usize::try_from(-power).unwrap_or(0);
        let padded = format!("{:0>width$}", whole, width = shift + 1);
        let (head, tail) = padded.split_at(padded.len() - shift);
        format!("{head}.{tail}{fraction}")
    };
    Ok((moved, after[end..].to_owned().into()))
}

fn magnitude(rest: &str) -> (u32, String) {
    for (word, power) in [("千万", 7), ("百万", 6), ("万亿", 12), ("万", 4), ("亿", 8), ("千", 3)] {
        if let Some(unit) = rest.strip_prefix(word) {
            // 千 begins units too: 千米, 千克, 千瓦.
            let is_unit = word == "千" && unit.starts_with(['米', '克', '瓦', '卡']);
            if !is_unit {
                return (power, unit.to_owned());
            }
        }
    }
    (0, rest.to_owned())
}

/// Digits with an optional point and separators, times a power of ten, as units and scale.
fn exact(digits: &str, power: u32) -> Result<(i64, u8), CheckError> {
    let digits = digits.replace('，', ",");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    if fraction.contains(['.', ',']) {
        return Err(unreadable());
    }
    if whole.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or_default();
        // Thousands, or the old Chinese habit of four; "1,2" is a list or a European fraction.
        let rest: Vec<&str> = groups.collect();
        let regular =
            |size: usize| !first.is_empty() && first.len() <= size && rest.iter().all(|group| group.len() == size);
        if !regular(3) && !regular(4) {
            return Err(several());
        }
    }
    let whole = whole.replace(',', "");
    let fraction = fraction.trim_end_matches('0');
    let shift = usize::try_from(power).unwrap_or(0);
    let kept = fraction.len().saturating_sub(shift);
    if kept > MAX_SCALE {
        return Err(CheckError::new(
            "number.too_precise",
            "小数位数太多，请四舍五入后填写",
            "too many digits behind the point; round it",
        ));
    }
    let padding = "0".repeat(shift.saturating_sub(fraction.len()));
    let all = format!("{whole}{fraction}{padding}");
    let units = all.trim_start_matches('0');
    let units = if units.is_empty() { 0 } else { units.parse::<i64>().map_err(|_| too_large())? };
    Ok((units, u8::try_from(kept).unwrap_or(0)))
}

fn unreadable() -> CheckError {
    CheckError::new(
        "number.format",
        "看不出是多少，请填阿拉伯数字，如 1234.5",
        "cannot be read as a number; write digits, such as 1234.5",
    )
}

fn several() -> CheckError {
    CheckError::new(
        "number.several",
        "这里有多个数字或一个范围，请只填一个数",
        "several numbers or a range; write one number",
    )
}

fn too_large() -> CheckError {
    CheckError::new(
        "number.too_large",
        "数字太大，请核对是否填错了列",
        "the number is too large; is this the right column?",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn show(input: &str) -> String {
        match number(input) {
            Err(error) => error.code().to_owned(),
            Ok(read) => format!("{}e-{}{}", read.units, read.scale, read.unit.unwrap_or_default()),
        }
    }

    #[test]
    fn quantities_in_every_dress() {
        for (input, expected) in [
            ("1234", "1234e-0"),
            ("1,234", "1234e-0"),
            ("１，２３４．５０", "12345e-1"),
            ("12户", "12e-0户"),
            ("36.5㎡", "365e-1㎡"),
            ("85%", "85e-0%"),
            ("1.2万", "12000e-0"),
            ("1.23456万元", "123456e-1元"),
            ("3亿", "300000000e-0"),
            ("5千米", "5e-0千米"),
            ("-5", "-5e-0"),
            ("(5)", "-5e-0"),
            ("12.0", "12e-0"),
            ("1E5", "100000e-0"),
            ("1.5E-3", "15e-4"),
            ("0", "0e-0"),
        ] {
            assert_eq!(show(input), expected, "{input}");
        }
    }

    #[test]
    fn approximate_numbers_are_taken_with_a_note() {
        for input in ["约300", "300余", "300多户", "近300人", "300左右", "300+", "~300"] {
            let read = number(input).unwrap();
            assert_eq!((read.units, read.notes.len()), (300, 1), "{input}");
        }
    }

    #[test]
    fn what_is_no_single_number_is_refused() {
        for (input, code) in [
            ("", "empty"),
            ("很多", "number.format"),
            ("10-20", "number.several"),
            ("1,2", "number.several"),
            ("3户5人", "number.several"),
            ("1.2.3", "number.format"),
            ("99999999999999999999", "number.too_large"),
            ("0.12345678901", "number.too_precise"),
        ] {
            assert_eq!(show(input), code, "{input}");
        }
        assert_eq!(integer("1.5").unwrap_err().code(), "number.not_whole");
        assert_eq!(decimal("1.255", 2).unwrap_err().code(), "number.too_precise");
        assert_eq!(decimal("1.2", 2).unwrap(), 120);
    }

    #[test]
    fn money_is_whole_fen() {
        for (input, fen) in [
            ("1,234.5", 123_450),
            ("¥1234.50", 123_450),
            ("1.2万元", 1_200_000),
            ("50元整", 5_000),
            ("2100元/月", 210_000),
            ("5角", 50),
            ("-3.05", -305),
            ("0", 0),
        ] {
            assert_eq!(money(input).unwrap(), fen, "{input}");
        }
        assert_eq!(money("5斤").unwrap_err().code(), "money.unit");
        assert_eq!(money("1.005").unwrap_err().code(), "money.too_precise");
    }

    proptest! {
        #[test]
        fn no_input_panics(input in "\\PC{0,24}") {
            let _ = number(&input);
            let _ = money(&input);
        }

        #[test]
        fn no_number_like_input_panics(input in "[0-9.,eE+()万亿-]{0,14}") {
            let _ = number(&input);
        }

        #[test]
        fn fen_written_as_yuan_read_back(fen in -1_000_000_000_000i64..1_000_000_000_000) {
            let sign = if fen < 0 { "-" } else { "" };
            let text = format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100);
            prop_assert_eq!(money(&text).unwrap(), fen);
        }
    }
}
