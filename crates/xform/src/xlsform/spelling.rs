//! Sheets that were probably meant to be another.

use super::finding::Finding;
use super::input::{KNOWN, RawBook};

/// Names of sheets within two typing errors of `key`, except known ones and those put aside with an underscore.
fn similar<'a>(key: &str, book: &'a RawBook) -> Vec<&'a str> {
    let near =
        |name: &&str| !KNOWN.contains(name) && !name.starts_with('_') && distance(&name.to_lowercase(), key) <= 2;
    book.names.iter().map(String::as_str).filter(near).collect()
}

/// Which sheets may have been meant, in both languages, or nothing.
pub(super) fn hint(key: &str, book: &RawBook) -> Option<(String, String)> {
    let found = similar(key, book);
    if found.is_empty() {
        return None;
    }
    let list = found.iter().map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ");
    Some((
        format!("没有找到名为“{key}”的表，但有名称相近的表：{list}。"),
        format!("When looking for a sheet named '{key}', sheets with similar names were found: {list}."),
    ))
}

/// Warns of a sheet that may have been meant to be `key`.
pub(super) fn warn(key: &str, book: &RawBook, findings: &mut Vec<Finding>) {
    if let Some((zh, en)) = hint(key, book) {
        findings.push(Finding::warning(
            "sheet-name-similar",
            key,
            format!("{zh}如果本来就不想使用，请在表名前加下划线，例如“_{key}”。"),
            format!("{en} If you do not mean to include a sheet, prefix its name with an underscore, e.g. '_{key}'."),
        ));
    }
}

/// Levenshtein's distance; anything over 2 only matters as being over 2.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return 3;
    }
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut this = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let swap = last[j] + usize::from(x != y);
            this.push(swap.min(last[j + 1] + 1).min(this[j] + 1));
        }
        last = this;
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_typing_errors_are_near() {
        assert_eq!(distance("settings", "setting"), 1);
        assert_eq!(distance("choixes", "choices"), 1);
        assert_eq!(distance("survey", "surveys x"), 3);
        assert_eq!(distance("abc", "xyz"), 3);
    }
}
