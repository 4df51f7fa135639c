//! Whether a language's name carries a code that machines know, as `中文 (zh)` does.

/// Languages, extended languages and macrolanguages of the IANA Language Subtag Registry (BCP 47), sorted by bytes.
const TAGS: &str = include_str!("language_tags.txt");

/// Whether the name ends with a registered code in parentheses. `default` and names too short to hold one pass.
pub(super) fn has_valid_code(language: &str) -> bool {
    if language == "default" || language.chars().count() < 3 {
        return true;
    }
    let Some(inner) = language.strip_suffix(')') else { return false };
    inner.split_once('(').is_some_and(|(_, code)| is_tag(code))
}

/// Binary search over the lines of [`TAGS`].
fn is_tag(code: &str) -> bool {
    let (mut from, mut to) = (0, TAGS.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let start = TAGS[from..middle].rfind('\n').map_or(from, |at| from + at + 1);
        let end = TAGS[start..].find('\n').map_or(TAGS.len(), |at| start + at);
        match TAGS[start..end].cmp(code) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registered_code_is_found_and_no_other() {
        for tag in TAGS.lines() {
            assert!(is_tag(tag), "{tag}");
        }
        for bad in ["", "qq-zz", "english", "zzzzz", "0"] {
            assert!(!is_tag(bad), "{bad}");
        }
        assert!(has_valid_code("中文 (zh)") && has_valid_code("Default (en)") && has_valid_code("default"));
        assert!(!has_valid_code("中文版") && !has_valid_code("English (xx-none)"));
    }
}
