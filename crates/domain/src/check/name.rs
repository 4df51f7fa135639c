//! Names of persons.

use unicode_normalization::UnicodeNormalization;

use super::{
    CheckError, Note,
    clean::{fold_char, is_invisible},
};

/// A cleaned name and what stood beside it in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName {
    /// The name itself: `张三`, `买买提·艾力`, `John Smith`.
    pub text: String,
    /// What stood in brackets: `户主`.
    pub remark: Option<String>,
    /// What should be looked at.
    pub notes: Vec<Note>,
}

/// Reads a name. Spaces inside a Chinese name go, every kind of dot between its parts becomes `·`, brackets become a
/// remark. Rare characters stay exactly as typed: compatibility ideographs and the extension blocks are different
/// characters in a household register; only radicals that pasted PDFs put in place of characters are repaired.
pub fn person_name(input: &str) -> Result<PersonName, CheckError> {
    let folded: String = input.chars().filter(|c| !is_invisible(*c)).map(safe_char).collect();
    let (outside, remark) = split_brackets(&folded);
    let text = join_parts(
        outside.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | '\'' | ':' | '：')),
    );
    if text.is_empty() {
        return Err(CheckError::empty("姓名", "the name"));
    }
    refuse_impossible(&text)?;
    let mut notes = Vec::new();
    if text.chars().any(is_private_use) {
        notes.push(Note::new(
            "name.private_use_character",
            "含自造字，在别的电脑上可能显示为别的字或方框，请尽量改用标准编码的字",
            "has a character of a private font, which other computers show differently; use the standard character",
        ));
    }
    Ok(PersonName { text, remark, notes })
}

fn safe_char(c: char) -> char {
    match c {
        // CJK and Kangxi radicals: look like characters, compare as nothing.
        '\u{2E80}'..='\u{2FDF}' => std::iter::once(c).nfkc().next().unwrap_or(c),
        // Stays itself here, so that it can be told from an ASCII dot below.
        '．' => '．',
        other => fold_char(other),
    }
}

fn split_brackets(text: &str) -> (String, Option<String>) {
    let (mut outside, mut remarks) = (String::new(), Vec::new());
    let (mut inside, mut depth) = (String::new(), 0usize);
    for c in text.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '{' | '<' | '《' => depth += 1,
            ')' | ']' | '】' | '〕' | '}' | '>' | '》' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    remarks.push(std::mem::take(&mut inside).trim().to_owned());
                }
            }
            other if depth > 0 => inside.push(other),
            other => outside.push(other),
        }
    }
    remarks.push(inside.trim().to_owned());
    remarks.retain(|remark| !remark.is_empty());
    (outside, (!remarks.is_empty()).then(|| remarks.join("；")))
}

/// Removes spaces between Chinese characters and around dots, collapses the others, and unites the dots.
fn join_parts(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let (before, after) = (joined.chars().last(), word.chars().next());
        let joins = |c: Option<char>| c.is_none_or(|c| c == '·' || is_dot(c));
        let both_han = before.is_some_and(is_han) && after.is_some_and(|c| is_han(c) || c == '.');
        if !joins(before) && !joins(after) && !both_han {
            joined.push(' ');
        }
        for c in word.chars() {
            let before = joined.chars().last();
            let is_separator = is_dot(c) || (c == '.' && before.is_some_and(is_han));
            if !is_separator {
                joined.push(c);
            } else if before != Some('·') {
                joined.push('·');
            }
        }
    }
    joined.trim_matches('·').to_owned()
}

fn refuse_impossible(text: &str) -> Result<(), CheckError> {
    let anonymous = text.chars().nth(1) == Some('某');
    if anonymous || text.contains(['?', '？', '\u{FFFD}', '□', '■', '*', '＊', '×']) {
        return Err(CheckError::new(
            "name.lost_character",
            "姓名中有 ?、□、* 之类的代替符号；请按身份证补上缺少的字，打不出的生僻字可复制粘贴",
            "the name has a stand-in such as ?, □ or *; write the missing character as on the identity card",
        ));
    }
    if text.chars().any(|c| c.is_numeric() && !is_han(c)) {
        return Err(CheckError::new(
            "name.digits",
            "姓名中有数字；请只填姓名，编号或备注写到别的列",
            "the name has digits; write only the name, numbers belong in another column",
        ));
    }
    if let Some(odd) = text.chars().find(|c| !is_name_char(*c)) {
        return Err(CheckError::new(
            "name.character",
            format!("姓名中不应有“{}”，请删去", odd.escape_debug()),
            format!("\"{}\" does not belong in a name; delete it", odd.escape_debug()),
        ));
    }
    if text.chars().count() > 60 {
        return Err(CheckError::new(
            "name.too_long",
            "姓名超过 60 个字，请核对是否填错了列",
            "longer than 60 characters; is this the right column?",
        ));
    }
    Ok(())
}

fn is_name_char(c: char) -> bool {
    is_han(c) || c.is_alphabetic() || is_private_use(c) || matches!(c, '·' | ' ' | '-' | '\'' | '’' | '.')
        // Vowel signs of Mongolian, Uyghur and Tibetan names.
        || matches!(c, '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0F00}'..='\u{0FFF}' | '\u{1800}'..='\u{18AF}')
        // Descriptions of characters that have no code point yet: ⿰氵昌.
        || matches!(c, '\u{2FF0}'..='\u{2FFF}')
}

/// Chinese characters, the extension and compatibility blocks and 〇 included.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}' | '〇' | '々')
}

fn is_private_use(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFD}')
}

fn is_dot(c: char) -> bool {
    matches!(c, '·' | '･' | '•' | '．' | '‧' | '∙' | '⋅' | '・' | '●' | '˙' | '᛫' | '⸱' | '。')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(input: &str, name: &str) {
        assert_eq!(person_name(input).unwrap_or_else(|e| panic!("{input}: {e}")).text, name, "{input}");
    }

    #[test]
    fn spaces_inside_a_chinese_name_go() {
        check("张 三", "张三");
        check(" 张　三 ", "张三");
        check("欧阳\u{200B} 娜\n娜", "欧阳娜娜");
    }

    #[test]
    fn every_dot_of_a_minority_name_is_the_middle_dot() {
        for dot in ['･', '•', '．', '·', '‧', '・', '●', '.', '。'] {
            check(&format!("买买提{dot}艾力"), "买买提·艾力");
        }
        check("买买提 · 艾力", "买买提·艾力");
        check("买买提 . 艾力", "买买提·艾力");
    }

    #[test]
    fn latin_names_keep_their_spaces_and_points() {
        check("John  F. Kennedy", "John F. Kennedy");
        check("Ｊｏｈｎ　Smith", "John Smith");
        check("O'Brien", "O'Brien");
    }

    #[test]
    fn rare_characters_stay_and_pasted_radicals_are_repaired() {
        check("𠮷田", "𠮷田");
        check("山﨑", "山﨑");
        check("⽅⼩", "方小");
        check("李㛃", "李㛃");
    }

    #[test]
    fn brackets_become_a_remark() {
        let read = person_name("张三（户主）").unwrap();
        assert_eq!((read.text.as_str(), read.remark.as_deref()), ("张三", Some("户主")));
        let read = person_name("【故】李四(曾用名：李肆)").unwrap();
        assert_eq!((read.text.as_str(), read.remark.as_deref()), ("李四", Some("故；曾用名:李肆")));
    }

    #[test]
    fn a_private_font_character_is_kept_with_a_note() {
        let read = person_name("王\u{E123}").unwrap();
        assert_eq!((read.text.as_str(), read.notes[0].code()), ("王\u{E123}", "name.private_use_character"));
    }

    #[test]
    fn each_mistake_has_its_own_code() {
        for (input, code) in [
            ("", "empty"),
            ("（户主）", "empty"),
            ("王?", "name.lost_character"),
            ("张某", "name.lost_character"),
            ("张*", "name.lost_character"),
            ("张*三", "name.lost_character"),
            ("张三2", "name.digits"),
            ("张三=", "name.character"),
        ] {
            let found = person_name(input).map_or_else(|error| error.code().to_owned(), |name| name.text);
            assert_eq!(found, code, "{input}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(input in "\\PC{0,24}") {
            let _ = person_name(&input);
        }

        #[test]
        fn cleaning_twice_changes_nothing(input in "[张三李四a-zA-Z ·.・（）]{1,12}") {
            if let Ok(once) = person_name(&input) {
                prop_assert_eq!(person_name(&once.text).unwrap().text, once.text);
            }
        }
    }
}
