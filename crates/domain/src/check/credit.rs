//! Unified social credit codes (GB 32100).

use super::{CheckError, clean::squeeze};

/// A checked credit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditCode {
    /// 18 characters, upper case.
    pub code: String,
    /// Characters 3 to 8: the division the registering authority belongs to.
    pub region: String,
    /// Characters 9 to 17: the organisation code of GB 11714.
    pub organisation: String,
}

/// The standard's alphabet: no I, O, S, V, Z, which look like 1, 0, 5, U, 2.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Reads a credit code. Spaces, dashes, full-width and lower-case letters are put right; letters the standard leaves
/// out are explained, with the code that was probably meant when exactly that one passes the check.
pub fn credit_code(input: &str) -> Result<CreditCode, CheckError> {
    let squeezed = squeeze(input).to_ascii_uppercase();
    let code: String = squeezed.chars().filter(|c| !matches!(c, '-' | '—')).collect();
    if code.is_empty() {
        return Err(CheckError::empty("18 位统一社会信用代码", "the unified social credit code, 18 characters"));
    }
    if rounded_by_excel(&squeezed) {
        return Err(damaged());
    }
    let length = code.chars().count();
    if length != 18 {
        return Err(wrong_length(length));
    }
    if let Some((at, found)) = code.chars().enumerate().find(|(_, c)| !ALPHABET.contains(*c)) {
        return Err(outside_alphabet(&code, at + 1, found));
    }
    let expected = check_character(&code).unwrap_or('?');
    if !code.ends_with(expected) {
        if code.ends_with("000") && code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(damaged());
        }
        return Err(CheckError::new(
            "credit_code.checksum",
            format!("校验不符：前 17 位无误时末位应为 {expected}；请对照证照逐位核对"),
            format!(
                "the check character does not fit: were the first 17 right, the last would be {expected}; compare with \
                 the certificate character by character"
            ),
        ));
    }
    Ok(CreditCode { region: code[2..8].to_owned(), organisation: code[8..17].to_owned(), code })
}

/// The last character for the first 17: weights 3^(i-1) mod 31.
fn check_character(code: &str) -> Option<char> {
    let mut sum = 0usize;
    let mut weight = 1usize;
    for c in code.chars().take(17) {
        sum += ALPHABET.find(c)? * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.chars().nth((31 - sum % 31) % 31)
}

fn rounded_by_excel(code: &str) -> bool {
    code.split_once("E+").is_some_and(|(mantissa, exponent)| {
        mantissa.contains('.')
            && mantissa.chars().all(|c| c.is_ascii_digit() || c == '.')
            && exponent.bytes().all(|b| b.is_ascii_digit())
    })
}

fn damaged() -> CheckError {
    CheckError::new(
        "credit_code.damaged_by_excel",
        "代码已被 Excel 当作数字截断，无法恢复；请把该列设为“文本”格式后按证照重新录入",
        "Excel took the code for a quantity and rounded it; format the column as text and enter it again",
    )
}

fn wrong_length(found: usize) -> CheckError {
    let (zh, en) = match found {
        15 => ("；15 位的是旧营业执照注册号", "; 15 digits are an old business registration number"),
        9 => ("；9 位的是旧组织机构代码", "; 9 characters are an old organisation code"),
        _ => ("", ""),
    };
    CheckError::new(
        "credit_code.length",
        format!("统一社会信用代码应为 18 位，这里有 {found} 位{zh}，请按新证照填写"),
        format!(
            "a unified social credit code has 18 characters, here are {found}{en}; copy it from the new certificate"
        ),
    )
}

fn outside_alphabet(code: &str, at: usize, found: char) -> CheckError {
    let meant: String = code.chars().map(|c| look_alike(c).unwrap_or(c)).collect();
    let fits =
        meant.chars().all(|c| ALPHABET.contains(c)) && check_character(&meant).is_some_and(|c| meant.ends_with(c));
    match look_alike(found) {
        Some(_) if fits => CheckError::new(
            "credit_code.look_alike",
            format!("第 {at} 位是 {found}；代码中没有字母 I、O、S、V、Z，应写作 {meant}"),
            format!("character {at} is {found}; the code never has I, O, S, V or Z: write {meant}"),
        ),
        Some(like) => CheckError::new(
            "credit_code.look_alike",
            format!("第 {at} 位是 {found}；代码中没有字母 I、O、S、V、Z，可能是 {like}，请对照证照核对"),
            format!(
                "character {at} is {found}; the code never has I, O, S, V or Z, perhaps it is {like}: compare with the certificate"
            ),
        ),
        None => CheckError::new(
            "credit_code.character",
            format!("第 {at} 位“{found}”不是数字或大写字母"),
            format!("character {at}, \"{found}\", is neither a digit nor a capital letter"),
        ),
    }
}

fn look_alike(c: char) -> Option<char> {
    match c {
        'I' => Some('1'),
        'O' => Some('0'),
        'S' => Some('5'),
        'V' => Some('U'),
        'Z' => Some('2'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn the_standards_example_is_valid_in_any_dress() {
        for input in [
            "91350100M000100Y43",
            "91350100m000100y43",
            "9135 0100 M000 100Y 43",
            "９１３５０１００Ｍ０００１００Ｙ４３",
        ] {
            let read = credit_code(input).unwrap();
            assert_eq!((read.code.as_str(), read.region.as_str()), ("91350100M000100Y43", "350100"));
            assert_eq!(read.organisation, "M000100Y4");
        }
    }

    #[test]
    fn a_letter_o_for_zero_is_explained_with_the_code_meant() {
        let error = credit_code("9135O100M000100Y43").unwrap_err();
        assert_eq!(error.code(), "credit_code.look_alike");
        assert!(error.message(Lang::Zh).contains("91350100M000100Y43"));
    }

    #[test]
    fn each_mistake_has_its_own_code() {
        for (input, expected) in [
            ("", "empty"),
            ("91350100M000100Y44", "credit_code.checksum"),
            ("350100000000015", "credit_code.length"),
            ("9135010#M000100Y43", "credit_code.character"),
            ("9.1350100E+17", "credit_code.damaged_by_excel"),
        ] {
            assert_eq!(credit_code(input).unwrap_err().code(), expected, "{input}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(input in "\\PC{0,24}") {
            let _ = credit_code(&input);
        }
    }
}
