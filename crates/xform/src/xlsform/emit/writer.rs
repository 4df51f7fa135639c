//! Writing XML: elements in order, texts escaped.

/// XML text that is being written.
#[derive(Debug, Default)]
pub(super) struct Xml {
    out: String,
    /// Where the content of the element opened last begins; an element without content closes itself.
    content: usize,
}

/// A part of a text that may show values: `Hello <output value="…"/>!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// The XPath of the value.
    Output(String),
}

impl Xml {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes), content: 0 }
    }

    pub(super) fn into_string(self) -> String {
        self.out
    }

    /// The declaration that begins a document.
    pub(super) fn declaration(&mut self) {
        self.out.push_str("<?xml version=\"1.0\"?>");
    }

    /// `<tag`, to be followed by attributes and [`Xml::content`] or [`Xml::empty`].
    pub(super) fn start(&mut self, tag: &str) {
        self.out.push('<');
        self.out.push_str(tag);
    }

    pub(super) fn attr(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(&mut self.out, value, true);
        self.out.push('"');
    }

    pub(super) fn attrs(&mut self, attributes: &Attributes) {
        for (name, value) in &attributes.0 {
            self.attr(name, value);
        }
    }

    pub(super) fn content(&mut self) {
        self.out.push('>');
        self.content = self.out.len();
    }

    pub(super) fn empty(&mut self) {
        self.out.push_str("/>");
    }

    pub(super) fn end(&mut self, tag: &str) {
        if self.content == self.out.len() {
            self.out.pop();
            self.out.push_str("/>");
            return;
        }
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
    }

    pub(super) fn text(&mut self, text: &str) {
        escape(&mut self.out, text, false);
    }

    /// `<tag>text</tag>`.
    pub(super) fn leaf(&mut self, tag: &str, text: &str) {
        self.start(tag);
        self.content();
        self.text(text);
        self.end(tag);
    }

    /// `<tag name="value"/>`.
    pub(super) fn only(&mut self, tag: &str, name: &str, value: &str) {
        self.start(tag);
        self.attr(name, value);
        self.empty();
    }

    /// A text with values in it; mixed content stands between spaces, as the reference writes it.
    pub(super) fn pieces(&mut self, pieces: &[Piece]) {
        let mixed = pieces.len() > 1;
        for (at, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => {
                    if mixed && at == 0 {
                        self.out.push(' ');
                    }
                    self.text(text);
                }
                Piece::Output(value) => self.only("output", "value", value),
            }
        }
        if mixed {
            self.out.push(' ');
        }
    }
}

fn escape(out: &mut String, text: &str, attribute: bool) {
    let special = |c: char| matches!(c, '&' | '<' | '>') || (attribute && c == '"');
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Attributes of one element; the last of two with one name counts.
#[derive(Debug, Default)]
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.0.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_close_themselves_when_empty_and_texts_are_escaped() {
        let mut xml = Xml::default();
        xml.start("a");
        xml.attr("b", "\"<&'");
        xml.content();
        xml.start("c");
        xml.content();
        xml.end("c");
        xml.leaf("d", "1 < 2 & \"x\"");
        xml.leaf("e", "");
        xml.end("a");
        assert_eq!(xml.into_string(), "<a b=\"&quot;&lt;&amp;'\"><c/><d>1 &lt; 2 &amp; \"x\"</d><e/></a>");
    }
}
