//! `${name}` references: finding them in a cell and saying what is wrong with them.

use super::finding::Finding;
use super::lex::{name_len, reference_len};

/// One reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    /// The question's name.
    pub(super) name: &'a str,
    /// Whether the last saved submission is meant, `${last-saved#name}`.
    pub(super) last_saved: bool,
    /// Where it starts in the text, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// A `${` that is no reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

impl<'a> Reference<'a> {
    /// The reference that the bytes `start..end` are.
    fn of(text: &'a str, start: usize, end: usize) -> Self {
        let inner = &text[start + 2..end - 1];
        let saved = inner.strip_prefix("last-saved#").filter(|name| name_len(name) > 0);
        Self { name: saved.unwrap_or(inner), last_saved: saved.is_some(), start, end }
    }
}

/// Whether parsing for references is worth while.
pub(super) fn may_have(text: &str) -> bool {
    text.len() > 2 && text.contains("${")
}

/// The well-formed references of a text; anything else is text.
pub(super) fn all(text: &str) -> impl Iterator<Item = Reference<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find("${")?;
            match reference_len(&text[start..]) {
                Some(len) => {
                    from = start + len;
                    return Some(Reference::of(text, start, from));
                }
                None => from = start + 2,
            }
        }
    })
}

/// The references of a text, where every `${…}` must be one; stops at the first that is not.
pub(super) fn parse(text: &str) -> impl Iterator<Item = Result<Reference<'_>, Malformed>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find("${")?;
            let Some(close) = text[start..].find('}') else {
                from = text.len() + 1;
                return Some(Err(Malformed));
            };
            let end = start + close + 1;
            if close == 2 {
                // `${}` is what the reference compiler lets pass as text.
                from = start + 2;
                continue;
            }
            from = end;
            let whole = reference_len(&text[start..]) == Some(end - start);
            return Some(if whole { Ok(Reference::of(text, start, end)) } else { Err(Malformed) });
        }
    })
}

/// Whether a text has a reference, all before it being well-formed.
pub(super) fn has(text: &str) -> bool {
    may_have(text) && matches!(parse(text).next(), Some(Ok(_)))
}

/// Whether a text is one reference and nothing else.
pub(super) fn is_one(text: &str) -> Option<Reference<'_>> {
    let len = reference_len(text)?;
    (len == text.len()).then(|| Reference::of(text, 0, len))
}

/// Whether a text refers to the last saved submission.
pub(super) fn has_last_saved(text: &str) -> bool {
    text.len() > 14 && parse(text).map_while(Result::ok).any(|r| r.last_saved)
}

/// A `${` that is no reference.
pub(super) fn malformed(sheet: &str, row: u32, column: &str) -> Finding {
    Finding::error(
        "reference-malformed",
        sheet,
        "引用写法不对：应写成 ${题目名}，以 “${” 开头、以 “}” 结尾，中间只写题目的 name，不留空格。",
        "A reference is malformed. Write ${name}: start with '${', then a question's name without spaces, end with '}'.",
    )
    .row(row)
    .column(column)
}

/// A reference to a name that is nowhere on the survey sheet.
pub(super) fn unknown(sheet: &str, row: u32, column: &str, name: &str) -> Finding {
    Finding::error(
        "reference-unknown",
        sheet,
        format!("引用了 survey 表里没有的名称“{name}”。请改成 name 列中已有的名称，或补上这道题。"),
        format!(
            "There is no '{name}' in the name column of the survey sheet. Correct the reference or add the question."
        ),
    )
    .row(row)
    .column(column)
}

/// A reference to a name that several elements have.
pub(super) fn ambiguous(sheet: &str, row: u32, column: &str, name: &str) -> Finding {
    Finding::error(
        "reference-ambiguous",
        sheet,
        format!("引用的名称“{name}”在 survey 表里出现了不止一次，无法确定指哪一个。请给其中一个另起名称。"),
        format!("The name '{name}' appears more than once on the survey sheet. Rename all but one of them."),
    )
    .row(row)
    .column(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_with_their_place() {
        let got: Vec<_> = all("a ${b} ${last-saved#c} ${ d } ${e").map(|r| (r.name, r.last_saved, r.start)).collect();
        assert_eq!(got, [("b", false, 2), ("c", true, 7)]);
    }

    #[test]
    fn what_is_not_a_reference_is_malformed() {
        for bad in ["${ a }", "${a b}", "${a", "x ${1}", "${a$b}"] {
            assert!(parse(bad).any(|r| r.is_err()), "{bad}");
        }
        for good in ["${a}", "no", "${}", "$ {a}", "${姓名} 和 ${b}"] {
            assert!(parse(good).all(|r| r.is_ok()), "{good}");
        }
        assert!(is_one("${a}").is_some() && is_one("${a} ").is_none() && has("x${a}") && !has("${ a}${b}"));
        assert!(has_last_saved("x ${last-saved#q}") && !has_last_saved("a long text with ${q} in it"));
    }
}
