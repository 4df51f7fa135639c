//! Places in a file.

use std::{ops::Range, sync::Arc};

/// A place: file, line, and column in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) file: Arc<str>,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Spot {
    /// The file as a whole.
    pub(crate) fn whole(file: &str) -> Self {
        Self { file: file.into(), line: 0, column: 0 }
    }

    /// A line of a file.
    pub(crate) fn line(file: &str, line: u32) -> Self {
        Self { file: file.into(), line, column: 1 }
    }
}

/// A file's text with what is needed to turn byte offsets into places.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    path: Arc<str>,
    text: &'a str,
    /// Byte offset of the beginning of each line.
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(path: &str, text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.into(), text, lines }
    }

    /// The place of a byte offset.
    pub(crate) fn spot(&self, offset: usize) -> Spot {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        let count = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
        Spot { file: self.path.clone(), line: count(line), column: count(before.chars().count()) }
    }

    /// Byte offset in the file of byte `inner` of a string value that stands at `span`: exact for strings without
    /// escapes, else the string's beginning.
    pub(crate) fn offset_within(&self, span: &Range<usize>, value: &str, inner: usize) -> usize {
        let raw = self.text.get(span.clone()).unwrap_or_default();
        match raw.find(value) {
            Some(begin) if !value.is_empty() => span.start + begin + inner.min(value.len()),
            _ => span.start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_characters() {
        let source = Source::new("a.toml", "first\n标签 = 1\n");
        let spot = source.spot("first\n标签 = ".len());
        assert_eq!((spot.line, spot.column), (2, 6));
        let end = source.spot(1000);
        assert_eq!((end.line, end.column), (3, 1));
    }

    #[test]
    fn a_place_inside_a_string_is_exact_unless_it_is_escaped() {
        let text = "must = \"a > b\"\nother = \"a\\tb\"";
        let source = Source::new("a.toml", text);
        assert_eq!(source.offset_within(&(7..14), "a > b", 4), 12);
        assert_eq!(source.offset_within(&(23..29), "a\tb", 2), 23);
    }
}
