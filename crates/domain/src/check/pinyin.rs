//! Search keys in pinyin.

use pinyin::ToPinyin;

use super::name::is_han;

/// Surnames of two characters whose reading differs from that of their characters alone.
const COMPOUND: [(&str, [&str; 2]); 5] = [
    ("尉迟", ["yu", "chi"]),
    ("万俟", ["mo", "qi"]),
    ("单于", ["chan", "yu"]),
    ("澹台", ["tan", "tai"]),
    ("乐正", ["yue", "zheng"]),
];

/// Characters that are read otherwise as a surname than in running text.
const SURNAMES: &[(char, &str)] = &[
    ('单', "shan"),
    ('曾', "zeng"),
    ('仇', "qiu"),
    ('解', "xie"),
    ('查', "zha"),
    ('区', "ou"),
    ('朴', "piao"),
    ('盖', "ge"),
    ('乐', "yue"),
    ('员', "yun"),
    ('种', "chong"),
    ('秘', "bi"),
    ('折', "she"),
    ('缪', "miao"),
    ('翟', "zhai"),
    ('黑', "he"),
    ('覃', "qin"),
    ('洗', "xian"),
    ('句', "gou"),
    ('召', "shao"),
    ('祭', "zhai"),
    ('卜', "bu"),
    ('都', "du"),
    ('繁', "po"),
    ('佴', "nai"),
    ('么', "yao"),
    ('薄', "bo"),
    ('乜', "nie"),
    ('炅', "gui"),
    ('粘', "nian"),
    ('藏', "zang"),
    ('隗', "wei"),
    ('会', "gui"),
    ('适', "kuo"),
    ('郇', "xun"),
    ('重', "chong"),
];

/// Characters that are read otherwise inside a given name than alone.
const GIVEN: &[(char, &str)] = &[('长', "chang")];

/// The syllables of a name, one a Chinese character, the surname read as a surname; words of other scripts are one
/// syllable each, lower-case. A character without a known reading stands for itself, so that two rare names do not
/// become one key. `ü` is written `v`, as on a keyboard.
pub fn pinyin_syllables(name: &str) -> Vec<String> {
    let mut syllables: Vec<String> = Vec::new();
    let mut word = String::new();
    let compound = COMPOUND.iter().find(|(surname, _)| name.starts_with(surname)).map(|(_, readings)| readings);
    let mut han = 0usize;
    for c in name.chars() {
        if is_han(c) {
            flush(&mut word, &mut syllables);
            let surname = match (compound, han) {
                (Some(readings), 0 | 1) => readings.get(han).copied(),
                (None, 0) => SURNAMES.iter().find(|(surname, _)| *surname == c).map(|(_, reading)| *reading),
                (None, _) => GIVEN.iter().find(|(given, _)| *given == c).map(|(_, reading)| *reading),
                _ => None,
            };
            syllables.push(surname.map_or_else(|| reading(c), str::to_owned));
            han += 1;
        } else if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else {
            flush(&mut word, &mut syllables);
        }
    }
    flush(&mut word, &mut syllables);
    syllables
}

/// All syllables joined: `张三` → `zhangsan`.
pub fn pinyin_full(name: &str) -> String {
    pinyin_syllables(name).concat()
}

/// First letters: `张三` → `zs`, `单田芳` → `stf`.
pub fn pinyin_initials(name: &str) -> String {
    pinyin_syllables(name).iter().filter_map(|syllable| syllable.chars().next()).collect()
}

fn reading(c: char) -> String {
    match c.to_pinyin() {
        Some(found) => found.plain().replace('ü', "v"),
        None => c.to_string(),
    }
}

fn flush(word: &mut String, syllables: &mut Vec<String>) {
    if !word.is_empty() {
        syllables.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_read_as_written() {
        for (name, full, initials) in [
            ("张三", "zhangsan", "zs"),
            ("欧阳娜娜", "ouyangnana", "oynn"),
            ("吕布", "lvbu", "lb"),
            ("买买提·艾力", "maimaitiaili", "mmtal"),
            ("John Smith", "johnsmith", "js"),
            ("", "", ""),
        ] {
            assert_eq!((pinyin_full(name).as_str(), pinyin_initials(name).as_str()), (full, initials), "{name}");
        }
    }

    #[test]
    fn surnames_have_their_own_readings() {
        for (name, full) in [
            ("单田芳", "shantianfang"),
            ("曾国藩", "zengguofan"),
            ("仇英", "qiuying"),
            ("解缙", "xiejin"),
            ("查良镛", "zhaliangyong"),
            ("区志强", "ouzhiqiang"),
            ("朴正", "piaozheng"),
            ("尉迟恭", "yuchigong"),
            ("万俟卨", "moqixie"),
            ("长孙无忌", "zhangsunwuji"),
            ("盖叫天", "gejiaotian"),
            ("乐嘉", "yuejia"),
        ] {
            assert_eq!(pinyin_full(name), full, "{name}");
        }
    }

    #[test]
    fn the_table_holds_only_what_differs() {
        let idle: Vec<char> =
            SURNAMES.iter().filter(|(c, reading)| self::reading(*c) == *reading).map(|(c, _)| *c).collect();
        assert!(idle.is_empty(), "{idle:?}");
        let idle: Vec<&str> = COMPOUND
            .iter()
            .filter(|(name, r)| name.chars().map(reading).eq(r.iter().copied()))
            .map(|(n, _)| *n)
            .collect();
        assert!(idle.is_empty(), "{idle:?}");
    }

    #[test]
    fn inside_the_given_name_the_surname_reading_does_not_apply() {
        assert_eq!(pinyin_full("张解放"), "zhangjiefang");
        assert_eq!(pinyin_full("王乐"), "wangle");
        assert_eq!(pinyin_full("李长春"), "lichangchun");
    }

    #[test]
    fn a_character_without_a_reading_stands_for_itself() {
        assert_eq!(pinyin_full("王\u{E123}"), "wang");
        assert!(!pinyin_full("李\u{323AF}").is_empty());
    }
}
