//! Resident identity numbers (GB 11643) and other identity documents.

use jiff::civil::Date;

use super::{CheckError, Note, clean::squeeze};

/// Sex by GB/T 2261.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// `1`
    Male,
    /// `2`
    Female,
}

impl Sex {
    /// The sex of a code in GB/T 2261.1; unknown (`0`) and unstated (`9`) are neither.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "1" => Some(Self::Male),
            "2" => Some(Self::Female),
            _ => None,
        }
    }

    /// The code in GB/T 2261.1.
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
        }
    }
}

/// Who a number of 18 characters was issued to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityKind {
    /// Resident identity card.
    Citizen,
    /// Residence permit for residents of Hong Kong (81), Macao (82) or Taiwan (83).
    HongKongMacaoTaiwan,
    /// Foreign permanent resident's card of the 18-digit kind (begins with 9).
    ForeignPermanentResident,
}

/// A checked identity number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityNumber {
    /// 18 characters, the last may be a capital `X`.
    pub number: String,
    /// The first six digits: where it was first issued.
    pub region: String,
    /// Day of birth.
    pub birth: Date,
    /// Sex by the 17th digit.
    pub sex: Sex,
    /// Which card carries it.
    pub kind: IdentityKind,
    /// What was changed on the way.
    pub notes: Vec<Note>,
}

/// First two digits of citizens' numbers: the provinces of GB/T 2260.
const PROVINCES: [&str; 32] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
];

/// Reads an identity number: 18 characters, or the 15 digits of the first generation (upgraded with a note). Spaces,
/// full-width digits, a lower-case `x` and Excel's leading apostrophe are put right; a number that Excel rounded is
/// told apart from one that is merely wrong, since it cannot be repaired by looking at it.
pub fn identity_number(input: &str) -> Result<IdentityNumber, CheckError> {
    let squeezed = squeeze(input).to_ascii_uppercase();
    let compact = if squeezed.contains("E+") { squeezed } else { squeezed.replace(['-', '—', '_'], "") };
    // The multiplication sign and the Cyrillic letter look like the check character X.
    let compact = compact.replace(['×', 'Х', '✕'], "X");
    let plain = compact.strip_suffix(".0").unwrap_or(&compact);
    if plain.is_empty() {
        return Err(CheckError::empty("18 位身份证号", "the identity number, 18 characters"));
    }
    if plain.contains('*') || plain.contains('＊') {
        return Err(masked());
    }
    let digits = match scientific(plain) {
        Scientific::No => plain.to_owned(),
        Scientific::Whole(digits) => digits,
        Scientific::Rounded => return Err(damaged()),
    };
    match digits.chars().count() {
        18 => eighteen(&digits, Vec::new()),
        15 => fifteen(&digits),
        found => Err(wrong_length(found)),
    }
}

fn eighteen(number: &str, mut notes: Vec<Note>) -> Result<IdentityNumber, CheckError> {
    let (body, last) = number.split_at_checked(17).ok_or_else(|| wrong_character(number))?;
    if !body.bytes().all(|b| b.is_ascii_digit()) || !matches!(last.as_bytes(), [b'0'..=b'9' | b'X']) {
        return Err(wrong_character(number));
    }
    let expected = identity_checksum(body).unwrap_or('?');
    let ends_in_zeros = number.ends_with("000");
    if ends_in_zeros && !last.starts_with(expected) {
        return Err(damaged());
    }
    let kind = kind_of(number)?;
    let birth = birth_of(&number[6..14])?;
    if !last.starts_with(expected) {
        return Err(CheckError::new(
            "identity.checksum",
            format!("校验不符：前 17 位无误时末位应为 {expected}；多半是抄错一位或两位颠倒，请对照证件逐位核对"),
            format!(
                "the check character does not fit: were the first 17 right, the last would be {expected}; one digit is \
                 probably wrong or two are swapped, compare with the card digit by digit"
            ),
        ));
    }
    if ends_in_zeros {
        notes.push(Note::new(
            "identity.ends_in_zeros",
            "末三位是 000，可能是被 Excel 截断后恰好通过校验，请对照证件核对",
            "ends in 000: it may have been rounded by Excel and pass the check by chance, compare with the card",
        ));
    }
    let odd = body.as_bytes().last().is_some_and(|digit| digit % 2 == 1);
    Ok(IdentityNumber {
        number: number.to_owned(),
        region: number[..6].to_owned(),
        birth,
        sex: if odd { Sex::Male } else { Sex::Female },
        kind,
        notes,
    })
}

fn fifteen(old: &str) -> Result<IdentityNumber, CheckError> {
    if !old.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong_character(old));
    }
    // Sequence numbers 996 to 999 were kept for people who were a hundred years old, born in the 1800s.
    let century = if old[12..] >= *"996" { "18" } else { "19" };
    let body = format!("{}{century}{}", &old[..6], &old[6..]);
    let check = identity_checksum(&body).unwrap_or('?');
    let note = Note::new(
        "identity.upgraded_from_15",
        "15 位旧号已按国家标准升为 18 位",
        "the old number of 15 digits was upgraded to 18 by the standard's rule",
    );
    eighteen(&format!("{body}{check}"), vec![note])
}

/// The check character for the first 17 digits (ISO 7064, MOD 11-2); nothing unless there are 17 ASCII digits.
pub fn identity_checksum(first_17: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    if first_17.len() != 17 || !first_17.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let sum: u32 = first_17.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

fn kind_of(number: &str) -> Result<IdentityKind, CheckError> {
    let province = &number[..2];
    if PROVINCES.contains(&province) {
        return Ok(IdentityKind::Citizen);
    }
    match province {
        "81" | "82" | "83" => Ok(IdentityKind::HongKongMacaoTaiwan),
        _ if province.starts_with('9') => Ok(IdentityKind::ForeignPermanentResident),
        _ => Err(CheckError::new(
            "identity.region",
            format!("前两位 {province} 不是任何省、自治区、直辖市的代码，请对照证件核对前 6 位"),
            format!("{province} at the beginning is no province's code; compare the first 6 digits with the card"),
        )),
    }
}

fn birth_of(digits: &str) -> Result<Date, CheckError> {
    let part = |range: std::ops::Range<usize>| digits.get(range).and_then(|text| text.parse::<i16>().ok());
    let (year, month, day) = (part(0..4), part(4..6), part(6..8));
    let date = match (year, month, day) {
        (Some(year @ 1850..=2200), Some(month), Some(day)) => {
            Date::new(year, i8::try_from(month).unwrap_or(0), i8::try_from(day).unwrap_or(0)).ok()
        }
        _ => None,
    };
    date.ok_or_else(|| {
        CheckError::new(
            "identity.birth",
            "第 7 至 14 位不是一个存在的出生日期，请对照证件核对",
            "digits 7 to 14 are no day that exists; compare the birth date with the card",
        )
    })
}

enum Scientific {
    No,
    /// All digits survived in the mantissa.
    Whole(String),
    Rounded,
}

/// `2.30102E+17` and the like: what Excel shows, and csv keeps, of a number it took for a quantity.
fn scientific(text: &str) -> Scientific {
    let Some((mantissa, exponent)) = text.split_once('E') else { return Scientific::No };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let power = exponent.trim_start_matches('+').parse::<usize>();
    let is_number = mantissa.chars().all(|c| c.is_ascii_digit() || c == '.') && !digits.is_empty();
    match power {
        Ok(power) if is_number && power < 15 && digits.len() == power + 1 => Scientific::Whole(digits),
        Ok(_) if is_number => Scientific::Rounded,
        _ => Scientific::No,
    }
}

fn damaged() -> CheckError {
    CheckError::new(
        "identity.damaged_by_excel",
        "号码已被 Excel 当作数字截断（只保留前 15 位），无法恢复；请把该列设为“文本”格式后按证件重新录入",
        "Excel took the number for a quantity and lost the digits after the 15th; they cannot be restored: format the \
         column as text and enter the number again from the card",
    )
}

fn masked() -> CheckError {
    CheckError::new(
        "identity.masked",
        "号码中有 *，是脱敏后的号码；请填写完整的 18 位",
        "the number is masked with *; write all 18 characters",
    )
}

fn wrong_length(found: usize) -> CheckError {
    CheckError::new(
        "identity.length",
        format!("身份证号应为 18 位，这里有 {found} 位；请对照证件补全或删去多余的字符"),
        format!("an identity number has 18 characters, here are {found}; compare with the card"),
    )
}

fn wrong_character(number: &str) -> CheckError {
    let at = number.chars().position(|c| !c.is_ascii_digit()).map_or(1, |at| at + 1);
    CheckError::new(
        "identity.character",
        format!("第 {at} 位不是数字；身份证号前 17 位是数字，末位是数字或 X"),
        format!("character {at} is no digit; the first 17 are digits and the last is a digit or X"),
    )
}

/// Reads a passport or travel-permit number permissively: 5 to 20 letters and digits, upper-cased.
pub fn passport(input: &str) -> Result<String, CheckError> {
    let number: String = squeeze(input).to_ascii_uppercase().chars().filter(|c| !matches!(c, '-' | '.')).collect();
    if number.is_empty() {
        return Err(CheckError::empty("证件号码", "the document's number"));
    }
    let plain = number.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '(' | ')'));
    if !plain || !(5..=20).contains(&number.len()) || !number.contains(|c: char| c.is_ascii_digit()) {
        return Err(CheckError::new(
            "passport.format",
            "证件号码应为 5 到 20 位字母和数字，如 E12345678",
            "a passport or permit number has 5 to 20 letters and digits, like E12345678",
        ));
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(input: &str) -> &'static str {
        identity_number(input).map_or_else(|error| error.code(), |_| "ok")
    }

    #[test]
    fn the_standards_example_is_valid_and_says_who() {
        let read = identity_number("11010519491231002X").unwrap();
        assert_eq!((read.region.as_str(), read.birth.to_string().as_str()), ("110105", "1949-12-31"));
        assert_eq!((read.sex, read.sex.code(), read.kind), (Sex::Female, "2", IdentityKind::Citizen));
        assert!(read.notes.is_empty());
    }

    #[test]
    fn typing_habits_are_put_right() {
        for input in [
            "11010519491231002x",
            " 110105 19491231 002X ",
            "１１０１０５１９４９１２３１００２Ｘ",
            "'11010519491231002X",
            "110105-19491231-002X",
            "11010519491231002×",
            "\u{200B}11010519491231002X",
        ] {
            assert_eq!(identity_number(input).unwrap().number, "11010519491231002X", "{input}");
        }
    }

    #[test]
    fn old_numbers_are_upgraded_with_a_note() {
        let read = identity_number("110105491231002").unwrap();
        assert_eq!(read.number, "11010519491231002X");
        assert_eq!(read.notes[0].code(), "identity.upgraded_from_15");
        assert_eq!(identity_number("110105981231997").unwrap().birth.year(), 1898);
    }

    #[test]
    fn what_excel_rounded_is_its_own_error() {
        for input in
            ["2.30102E+17", "2.30102198001011e+17", "230102198001011000", "230102198001011000.0", "2.30103E+14"]
        {
            assert_eq!(code(input), "identity.damaged_by_excel", "{input}");
        }
        assert_eq!(identity_number("1.10105491231002E+14").unwrap().number, "11010519491231002X");
    }

    #[test]
    fn each_mistake_has_its_own_code() {
        for (input, expected) in [
            ("", "empty"),
            ("1101051949123100", "identity.length"),
            ("110105194912310021", "identity.checksum"),
            ("11010519491331002X", "identity.birth"),
            ("11010519490230002X", "identity.birth"),
            ("99", "identity.length"),
            ("19010519491231002X", "identity.region"),
            ("1101O519491231002X", "identity.character"),
            ("110105********002X", "identity.masked"),
            ("一二三四五六七八九十一二三四五六七八", "identity.character"),
        ] {
            assert_eq!(code(input), expected, "{input}");
        }
    }

    #[test]
    fn permits_of_compatriots_and_foreigners_pass_the_same_check() {
        for (body, kind) in [
            ("81000019900101001", IdentityKind::HongKongMacaoTaiwan),
            ("83000019900101001", IdentityKind::HongKongMacaoTaiwan),
            ("91115619900101001", IdentityKind::ForeignPermanentResident),
        ] {
            let number = format!("{body}{}", identity_checksum(body).unwrap());
            assert_eq!(identity_number(&number).unwrap().kind, kind);
        }
    }

    #[test]
    fn passports_are_read_permissively() {
        assert_eq!(passport(" e1234 5678").unwrap(), "E12345678");
        assert_eq!(passport("护照").unwrap_err().code(), "passport.format");
    }

    proptest! {
        #[test]
        fn no_input_panics(input in "\\PC{0,24}") {
            let _ = identity_number(&input);
            let _ = passport(&input);
        }

        #[test]
        fn any_single_wrong_digit_is_noticed(at in 0usize..17, add in 1u8..10) {
            let mut bytes = b"11010519491231002X".to_vec();
            bytes[at] = b'0' + (bytes[at] - b'0' + add) % 10;
            prop_assert!(identity_number(std::str::from_utf8(&bytes).unwrap()).is_err());
        }
    }
}
