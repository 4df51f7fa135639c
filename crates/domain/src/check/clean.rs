//! Plain text: widths, spaces, invisible characters.

use super::CheckError;

/// Full-width ASCII and the ideographic space become their half-width forms; all else stays as it is.
///
/// This is the part of NFKC that is safe on Chinese text: the rest would rewrite compatibility ideographs (which are
/// distinct characters in household registers), `㎡`, `①` and the like.
pub fn fold_width(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

pub(super) fn fold_char(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' => ' ',
        other => other,
    }
}

/// Characters that show nothing and only break comparison: zero-width marks, direction marks, BOM, soft hyphen.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}')
}

/// For numbers and codes: widths folded, invisible characters, all white space and Excel's text marks (`'123`, `="123"`)
/// removed.
pub(super) fn squeeze(text: &str) -> String {
    let folded: String =
        text.chars().filter(|c| !is_invisible(*c)).map(fold_char).filter(|c| !c.is_whitespace()).collect();
    let inner = folded.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(&folded);
    inner.trim_matches(['\'', '’', '‘', '`', '"', '“', '”']).to_owned()
}

/// One line of text: width of ASCII folded, invisible characters dropped, white space (line breaks too) collapsed to
/// one space, ends trimmed. Other control characters are refused. Blank text gives an empty string.
pub fn text(input: &str) -> Result<String, CheckError> {
    let line = input.replace(['\r', '\n', '\t', '\u{2028}', '\u{2029}', '\u{000B}', '\u{000C}'], " ");
    let folded = without_controls(&line)?;
    Ok(folded.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

/// Text of several lines: each line as [`text`], empty lines at both ends dropped.
pub fn long_text(input: &str) -> Result<String, CheckError> {
    let unified = input.replace("\r\n", "\n").replace('\r', "\n");
    let lines = unified.split('\n').map(text).collect::<Result<Vec<_>, _>>()?;
    Ok(lines.join("\n").trim_matches('\n').to_owned())
}

fn without_controls(line: &str) -> Result<String, CheckError> {
    let mut kept = String::with_capacity(line.len());
    for (at, c) in line.chars().enumerate() {
        if c.is_control() || c == '\u{FFFD}' {
            let (place, code) = (at + 1, u32::from(c));
            return Err(CheckError::new(
                "text.control_character",
                format!("第 {place} 个字符是无法显示的字符（U+{code:04X}），请删去后重新输入"),
                format!("character {place} cannot be shown (U+{code:04X}); delete it and type the text again"),
            ));
        }
        if !is_invisible(c) {
            kept.push(fold_char(c));
        }
    }
    Ok(kept)
}

/// Whether a cell says "nothing here": empty, or a placeholder such as `/`, `—`, `不详`, `N/A`. 无 is not among them:
/// it answers a yes-or-no question.
pub fn is_blank(input: &str) -> bool {
    let squeezed = squeeze(input).to_lowercase();
    if squeezed.chars().all(|c| matches!(c, '-' | '—' | '–' | '－' | '/' | '\\' | '_' | '*' | '.' | '、')) {
        return true;
    }
    matches!(squeezed.as_str(), "空" | "不详" | "未知" | "不明" | "n/a" | "na" | "null" | "none" | "暂无" | "#n/a")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_width_is_folded_and_nothing_else() {
        assert_eq!(text("　Ａ１（２）　").unwrap(), "A1(2)");
        assert_eq!(text("﨑㎡①").unwrap(), "﨑㎡①");
    }

    #[test]
    fn spaces_and_breaks_collapse_and_invisible_marks_vanish() {
        assert_eq!(text(" 中山路\n 1 号\t\u{200B}院 ").unwrap(), "中山路 1 号 院");
        assert_eq!(long_text("\r\n 一 \r\n二\n\n").unwrap(), "一\n二");
    }

    #[test]
    fn control_characters_are_refused_with_their_place() {
        let error = text("甲\u{0007}乙").unwrap_err();
        assert_eq!(error.code(), "text.control_character");
        assert!(error.message(crate::lang::Lang::En).contains("character 2"));
    }

    #[test]
    fn placeholders_are_blank_but_wu_is_an_answer() {
        for blank in ["", "  ", "/", "——", "-", "不详", "N/A", "\u{3000}"] {
            assert!(is_blank(blank), "{blank}");
        }
        for filled in ["无", "0", "否", "张三"] {
            assert!(!is_blank(filled), "{filled}");
        }
    }

    #[test]
    fn excel_text_marks_are_squeezed_out() {
        assert_eq!(squeeze("'2301 02"), "230102");
        assert_eq!(squeeze("=\"00123\""), "00123");
    }
}
