//! Phone numbers.

use super::{CheckError, Note, clean};

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    /// 11 digits beginning with 13 to 19.
    Mobile,
    /// Area code and 7 or 8 digits.
    Landline,
    /// 7 or 8 digits without the area code.
    LocalLandline,
    /// 400 and 800 numbers, 12345, 110, 95588…
    Service,
    /// A number abroad, or in Hong Kong, Macao, Taiwan; kept with its `+`.
    Foreign,
}

/// A checked phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// `13812345678`, `0451-82345678`, `0451-82345678-801`, `+85212345678`.
    pub number: String,
    /// Kind of line.
    pub kind: PhoneKind,
    /// What was changed or guessed.
    pub notes: Vec<Note>,
}

/// Reads exactly one number; refuses a cell that holds several.
pub fn phone(input: &str) -> Result<Phone, CheckError> {
    let mut found = phones(input)?;
    if found.len() > 1 {
        let count = found.len();
        return Err(CheckError::new(
            "phone.several",
            format!("这里有 {count} 个号码，本项只填一个"),
            format!("there are {count} numbers here; write only one"),
        ));
    }
    found.pop().ok_or_else(nothing)
}

/// Reads all numbers of a cell (`138…/139…`, one a line, or separated by commas), without repeats. A landline that
/// follows one with an area code in the same cell takes over that area code, as people mean it.
pub fn phones(input: &str) -> Result<Vec<Phone>, CheckError> {
    let folded = clean::fold_width(input);
    let visible: String = folded.chars().filter(|c| !clean::is_invisible(*c)).collect();
    let mut found: Vec<Phone> = Vec::new();
    for piece in pieces(&visible) {
        let mut read = one(&piece)?;
        if read.kind == PhoneKind::LocalLandline {
            let area =
                found.iter().rev().find(|p| p.kind == PhoneKind::Landline).and_then(|p| p.number.split('-').next());
            if let Some(area) = area {
                read = Phone {
                    number: format!("{area}-{}", read.number),
                    kind: PhoneKind::Landline,
                    notes: vec![Note::new(
                        "phone.area_code_taken_over",
                        format!("区号 {area} 取自同一格的前一个号码"),
                        format!("area code {area} taken from the number before it in the same cell"),
                    )],
                };
            }
        }
        if !found.iter().any(|p| p.number == read.number) {
            found.push(read);
        }
    }
    if found.is_empty() {
        return Err(nothing());
    }
    Ok(found)
}

/// Cuts a cell into the texts of single numbers.
fn pieces(cell: &str) -> Vec<String> {
    let hard =
        |c: char| matches!(c, '/' | '\\' | '、' | ',' | ';' | '；' | '，' | '|' | '\n' | '\r' | '或' | '和' | '。');
    let mut pieces = Vec::new();
    for part in cell.split(hard) {
        let words: Vec<&str> = part.split_whitespace().collect();
        // "138 1234 5678" is one number, "13812345678 13987654321" is two.
        if words.len() > 1 && words.iter().all(|word| word.chars().filter(char::is_ascii_digit).count() >= 7) {
            pieces.extend(words.into_iter().map(str::to_owned));
            continue;
        }
        let joined: String = words.concat();
        let digits = joined.trim_matches(|c: char| !c.is_ascii_digit());
        match digits.split_at_checked(11) {
            Some((first, second)) if is_mobile(first) && is_mobile(second) => {
                pieces.extend([first.to_owned(), second.to_owned()]);
            }
            _ => pieces.push(joined),
        }
    }
    pieces.retain(|piece| piece.chars().any(|c| c.is_ascii_alphanumeric() || c == '*' || c.is_alphabetic()));
    pieces
}

fn one(piece: &str) -> Result<Phone, CheckError> {
    let bare = piece.trim_matches(['\'', '"', '’', '‘', '=']);
    let bare = bare.strip_suffix(".0").unwrap_or(bare);
    if bare.contains('*') || bare.contains('＊') {
        return Err(CheckError::new(
            "phone.masked",
            "号码中有 *，是脱敏后的号码；请填写完整号码",
            "the number is masked with *; write it in full",
        ));
    }
    if let Some(read) = from_scientific(bare) {
        return read;
    }
    let (text, extension) = split_extension(bare);
    let plus = text.contains('+') || text.trim_start_matches(|c: char| !c.is_ascii_digit()).starts_with("00");
    let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Err(unreadable(0));
    }
    if plus {
        let international = digits.trim_start_matches("00").to_owned();
        match international.strip_prefix("86") {
            Some(domestic) => digits = domestic.to_owned(),
            None if (8..=15).contains(&international.len()) => {
                return Ok(plain(format!("+{international}"), PhoneKind::Foreign));
            }
            None => return Err(unreadable(international.len())),
        }
    } else if digits.len() == 13 && digits.starts_with("86") {
        digits = digits.split_off(2);
    }
    domestic(&digits, extension.as_deref())
}

fn domestic(digits: &str, extension: Option<&str>) -> Result<Phone, CheckError> {
    if is_mobile(digits) {
        return Ok(plain(digits.to_owned(), PhoneKind::Mobile));
    }
    let length = digits.len();
    let service = (length == 10 && (digits.starts_with("400") || digits.starts_with("800")))
        || (matches!(length, 3..=5)
            && (digits.starts_with('1') || digits.starts_with("95") || digits.starts_with("96")));
    if service {
        return Ok(plain(digits.to_owned(), PhoneKind::Service));
    }
    let tail = extension.map(|e| format!("-{e}")).unwrap_or_default();
    // +86 drops the leading zero of the area code; ten to twelve digits with a zero carry it.
    if let Some((area, local)) = split_area(digits) {
        return Ok(plain(format!("{area}-{local}{tail}"), PhoneKind::Landline));
    }
    if matches!(length, 7 | 8) && !digits.starts_with(['0', '1']) {
        let note = Note::new(
            "phone.no_area_code",
            "座机号没有区号，请尽量补上",
            "the landline has no area code; add it when you can",
        );
        return Ok(Phone { number: format!("{digits}{tail}"), kind: PhoneKind::LocalLandline, notes: vec![note] });
    }
    Err(if length == 11 && digits.starts_with('1') {
        CheckError::new(
            "phone.mobile_prefix",
            "手机号第二位应为 3 到 9，请核对",
            "the second digit of a mobile number is 3 to 9; check it",
        )
    } else {
        unreadable(length)
    })
}

fn split_area(digits: &str) -> Option<(&str, &str)> {
    let area = if digits.starts_with("010") || digits.starts_with("02") { 3 } else { 4 };
    let (area, local) = digits.split_at_checked(area)?;
    let second = area.as_bytes().get(1)?;
    let real = area.starts_with('0') && (area.len() == 3 || (b'3'..=b'9').contains(second));
    (real && matches!(local.len(), 7 | 8) && !local.starts_with(['0', '1'])).then_some((area, local))
}

/// Cuts off `-801`, `转801`, `ext801`.
fn split_extension(text: &str) -> (String, Option<String>) {
    for mark in ["转", "分机", "ext.", "ext", "EXT", "x"] {
        if let Some((number, extension)) = text.split_once(mark) {
            let extension: String = extension.chars().filter(char::is_ascii_digit).collect();
            if matches!(extension.len(), 1..=6) {
                return (number.to_owned(), Some(extension));
            }
        }
    }
    if let Some((number, extension)) = text.rsplit_once('-') {
        let count = number.chars().filter(char::is_ascii_digit).count();
        let is_extension = matches!(extension.len(), 1..=6) && extension.bytes().all(|b| b.is_ascii_digit());
        if is_extension && matches!(count, 10..=12) && number.starts_with('0') {
            return (number.to_owned(), Some(extension.to_owned()));
        }
    }
    (text.to_owned(), None)
}

/// `1.3812345678E10` still has all digits; `1.38123E+10` lost some.
fn from_scientific(text: &str) -> Option<Result<Phone, CheckError>> {
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let power: usize = exponent.trim_start_matches('+').parse().ok()?;
    if !mantissa.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if power < 15 && digits.len() == power + 1 {
        return Some(domestic(&digits, None));
    }
    Some(Err(CheckError::new(
        "phone.damaged_by_excel",
        "号码已被 Excel 截断，请把该列设为“文本”格式后重新录入",
        "Excel rounded the number; format the column as text and enter it again",
    )))
}

fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) && bytes.iter().all(u8::is_ascii_digit)
}

fn nothing() -> CheckError {
    CheckError::empty("手机号或带区号的座机号", "a mobile number, or a landline with its area code")
}

fn plain(number: String, kind: PhoneKind) -> Phone {
    Phone { number, kind, notes: Vec::new() }
}

fn unreadable(found: usize) -> CheckError {
    CheckError::new(
        "phone.format",
        format!("这不是电话号码（{found} 位数字）；手机号 11 位，座机写作 0451-82345678"),
        format!(
            "this is no phone number ({found} digits); a mobile has 11 digits, a landline is written 0451-82345678"
        ),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(input: &str) -> Vec<String> {
        phones(input).unwrap_or_else(|error| panic!("{input}: {error}")).into_iter().map(|p| p.number).collect()
    }

    #[test]
    fn mobiles_in_any_dress_are_eleven_digits() {
        for input in [
            "13812345678",
            "138 1234 5678",
            "138-1234-5678",
            "+86 138 1234 5678",
            "8613812345678",
            "008613812345678",
            "１３８１２３４５６７８",
            "13812345678.0",
            "1.3812345678E10",
            "手机：13812345678",
            "13812345678（儿子）",
        ] {
            assert_eq!(numbers(input), ["13812345678"], "{input}");
        }
    }

    #[test]
    fn landlines_keep_area_code_and_extension() {
        for (input, expected) in [
            ("0451-82345678", "0451-82345678"),
            ("(0451)82345678", "0451-82345678"),
            ("045182345678", "0451-82345678"),
            ("010 6234 5678", "010-62345678"),
            ("0451-82345678-801", "0451-82345678-801"),
            ("0451-82345678转801", "0451-82345678-801"),
            ("0455-8234567", "0455-8234567"),
        ] {
            assert_eq!(numbers(input), [expected], "{input}");
        }
        let local = phone("82345678").unwrap();
        assert_eq!((local.kind, local.notes[0].code()), (PhoneKind::LocalLandline, "phone.no_area_code"));
    }

    #[test]
    fn several_numbers_in_a_cell_are_a_list_without_repeats() {
        let both = ["13812345678", "13987654321"];
        for input in [
            "13812345678/13987654321",
            "13812345678、13987654321",
            "13812345678 13987654321",
            "13812345678\n13987654321；13812345678",
            "1381234567813987654321",
            "13812345678 / 139 8765 4321",
        ] {
            assert_eq!(numbers(input), both, "{input}");
        }
        assert_eq!(numbers("0451-82345678/82345679"), ["0451-82345678", "0451-82345679"]);
        assert_eq!(phone("13812345678/13987654321").unwrap_err().code(), "phone.several");
    }

    #[test]
    fn service_and_foreign_numbers_are_numbers_too() {
        assert_eq!(phone("12345").unwrap().kind, PhoneKind::Service);
        assert_eq!(phone("400-810-6666").unwrap().kind, PhoneKind::Service);
        assert_eq!(phone("+852 9123 4567").unwrap().number, "+85291234567");
    }

    #[test]
    fn each_mistake_has_its_own_code() {
        for (input, expected) in [
            ("", "empty"),
            ("无电话", "phone.format"),
            ("1381234567", "phone.format"),
            ("12812345678", "phone.mobile_prefix"),
            ("138****5678", "phone.masked"),
            ("1.38123E+10", "phone.damaged_by_excel"),
            ("11010519491231002X", "phone.format"),
        ] {
            assert_eq!(phone(input).unwrap_err().code(), expected, "{input}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(input in "\\PC{0,40}") {
            let _ = phones(&input);
        }

        #[test]
        fn what_was_read_reads_the_same_again(input in "(1[3-9][0-9]{9}|0451-?[2-8][0-9]{7})[/、 ]?(1[3-9][0-9]{9})?") {
            if let Ok(found) = phones(&input) {
                for read in found {
                    prop_assert_eq!(&phone(&read.number).unwrap().number, &read.number);
                }
            }
        }
    }
}
