//! The parameters column: `key=value` pairs.

use super::{Cells, Done, Reader};

/// Parses `a=1 b=2`, with commas or semicolons between pairs if one likes. `None` when it is anything else.
///
/// Keys are lower case; so are values, except names of columns in a file.
pub(super) fn parse(text: &str) -> Option<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    let spaced = text.replace('=', " = ");
    let mut tokens = spaced.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|t| !t.is_empty());
    while let Some(key) = tokens.next() {
        if key == "=" || tokens.next() != Some("=") {
            return None;
        }
        let value = tokens.next().filter(|v| *v != "=")?;
        let key = key.to_lowercase();
        let value = if matches!(key.as_str(), "label" | "value") { value.to_owned() } else { value.to_lowercase() };
        match found.iter_mut().find(|(k, _)| *k == key) {
            Some((_, old)) => *old = value,
            None => found.push((key, value)),
        }
    }
    Some(found)
}

impl Reader<'_> {
    /// Refuses parameters that the question's type does not have.
    pub(super) fn accept(&self, cells: &Cells, accepted: &[&str]) -> Done {
        let mut extra: Vec<&str> =
            cells.parameters.iter().map(|(k, _)| k.as_str()).filter(|k| !accepted.contains(k)).collect();
        if extra.is_empty() {
            return Ok(());
        }
        extra.sort_unstable();
        let (extra, accepted) = (extra.join(", "), accepted.join(", "));
        Err(self.wrong(
            "parameter-unknown",
            cells.row,
            &["parameters"],
            format!("这种题型没有参数“{extra}”，可用的参数是：{accepted}。"),
            format!(
                "The accepted parameter keys for this question type are '{accepted}'. \
                 The following are invalid parameter key(s): '{extra}'."
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn pairs_are_read_however_they_are_spaced() {
        let want = Some(vec![("a".to_owned(), "1".to_owned()), ("b".to_owned(), "x".to_owned())]);
        for text in ["a=1 b=x", "A = 1, B=X", "a=1;b=x", "a=0 a=1 b=x"] {
            assert_eq!(parse(text), want, "{text}");
        }
        assert_eq!(parse("value=VAL"), Some(vec![("value".to_owned(), "VAL".to_owned())]));
        assert_eq!(parse("  "), Some(vec![]));
        for bad in ["a", "a=", "=1", "a==1", "a=1 b"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
