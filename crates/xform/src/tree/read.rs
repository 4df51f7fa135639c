//! Text → [`Tree`], refusing what can hurt: document types, custom entities, depth, number of nodes, size.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::{DOCUMENT, Kind, NodeId, Tree, XmlError};
use crate::message::Message;

/// How large a document may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes.
    pub bytes: usize,
    /// Elements and attributes.
    pub nodes: usize,
    /// Elements inside each other.
    pub depth: usize,
}

impl Default for Limits {
    /// 32 MB, two million nodes, 200 levels: 10,000 repeats of 50 questions pass.
    fn default() -> Self {
        Self { bytes: 32 << 20, nodes: 2_000_000, depth: 200 }
    }
}

impl Tree {
    /// Reads `xml`. Blank text beside elements is dropped; other text beside elements is kept as nodes.
    ///
    /// # Errors
    /// Not well-formed, a document type, a custom entity, or beyond `limits`.
    pub fn parse(xml: &str, limits: Limits) -> Result<Self, XmlError> {
        if xml.len() > limits.bytes {
            return Err(too_large(limits.bytes));
        }
        let text = xml.strip_prefix('\u{FEFF}').unwrap_or(xml);
        let mut build = Build { text, limits, tree: Self::new(), at: DOCUMENT, depth: 0, pending: String::new() };
        let mut reader = Reader::from_str(text);
        loop {
            let place = reader.buffer_position() as usize;
            match reader.read_event() {
                Ok(Event::Eof) => return build.finish(place),
                Ok(event) => build.event(&event, place)?,
                Err(e) => return Err(malformed(text, reader.error_position() as usize, &e.to_string())),
            }
        }
    }

    /// As [`Tree::parse`], from bytes, which must be UTF-8 (OpenRosa knows nothing else).
    ///
    /// # Errors
    /// As [`Tree::parse`], and bytes that are not UTF-8.
    pub fn parse_bytes(xml: &[u8], limits: Limits) -> Result<Self, XmlError> {
        match std::str::from_utf8(xml) {
            Ok(text) => Self::parse(text, limits),
            Err(e) => Err(XmlError {
                code: "xml.encoding",
                message: Message::new(
                    "文件不是 UTF-8 编码。请用 UTF-8 保存后再试。",
                    "The document is not UTF-8. Save it as UTF-8 and try again.",
                ),
                line: 1,
                column: e.valid_up_to() as u32 + 1,
            }),
        }
    }
}

struct Build<'a> {
    text: &'a str,
    limits: Limits,
    tree: Tree,
    at: NodeId,
    depth: usize,
    pending: String,
}

impl Build<'_> {
    fn event(&mut self, event: &Event<'_>, place: usize) -> Result<(), XmlError> {
        match event {
            Event::Start(tag) => self.open(tag, place),
            Event::Empty(tag) => {
                self.open(tag, place)?;
                self.close();
                Ok(())
            }
            Event::End(_) => {
                self.close();
                Ok(())
            }
            Event::Text(text) => {
                self.pending.push_str(&text.xml10_content());
                self.text_outside(place)
            }
            Event::CData(text) => {
                self.pending.push_str(&text.xml10_content());
                self.text_outside(place)
            }
            Event::GeneralRef(reference) => match referenced(reference) {
                Some(c) => {
                    self.pending.push(c);
                    self.text_outside(place)
                }
                None => Err(self.error("xml.entity", place, "含有自定义实体，已拒绝。", "A custom entity is refused.")),
            },
            Event::DocType(_) => Err(self.error(
                "xml.doctype",
                place,
                "含有文档类型声明（DOCTYPE），为安全起见已拒绝。请删去后再试。",
                "A document type (DOCTYPE) is refused for safety. Remove it and try again.",
            )),
            _ => Ok(()),
        }
    }

    fn text_outside(&mut self, place: usize) -> Result<(), XmlError> {
        if self.at != DOCUMENT {
            return Ok(());
        }
        let blank = self.pending.trim().is_empty();
        self.pending.clear();
        if blank { Ok(()) } else { Err(malformed(self.text, place, "text outside the root element")) }
    }

    fn open(&mut self, tag: &BytesStart<'_>, place: usize) -> Result<(), XmlError> {
        self.flush();
        if self.at == DOCUMENT && !self.tree.is_empty() {
            return Err(malformed(self.text, place, "a second root element"));
        }
        if self.depth >= self.limits.depth {
            return Err(self.error("xml.depth", place, "层级过深，已拒绝。", "Nested too deeply."));
        }
        self.at = self.tree.push_element(self.at, tag.name().into_inner());
        self.depth += 1;
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|e| malformed(self.text, place, &e.to_string()))?;
            let value = quick_xml::escape::unescape(&attribute.value).map_err(|_| {
                self.error("xml.entity", place, "含有自定义实体，已拒绝。", "A custom entity is refused.")
            })?;
            self.tree.push_attribute(self.at, attribute.key.into_inner(), &value);
        }
        if self.tree.len() > self.limits.nodes {
            return Err(self.error(
                "xml.nodes",
                place,
                "内容过多，已拒绝。请拆分后再试。",
                "Too many elements; split it.",
            ));
        }
        Ok(())
    }

    fn close(&mut self) {
        if self.tree.is_leaf(self.at) && self.tree.node(self.at).first_child == super::NONE {
            let text = std::mem::take(&mut self.pending);
            self.tree.set_text(self.at, &text);
        } else {
            self.flush();
        }
        self.at = self.tree.parent(self.at);
        self.depth -= 1;
    }

    /// Text before a child element or after the last one becomes a node of its own unless it is only layout.
    fn flush(&mut self) {
        if !self.pending.trim().is_empty() {
            let text = std::mem::take(&mut self.pending);
            self.tree.push_text(self.at, &text);
        }
        self.pending.clear();
    }

    fn finish(self, place: usize) -> Result<Tree, XmlError> {
        if self.depth > 0 || self.tree.is_empty() {
            return Err(XmlError::new(
                "xml.truncated",
                Message::new("内容不完整，可能没有传完。请重新提交。", "The document is cut off. Send it again."),
                self.text,
                place,
            ));
        }
        debug_assert_eq!(self.tree.kind(DOCUMENT), Kind::Document);
        Ok(self.tree.built())
    }

    fn error(&self, code: &'static str, place: usize, zh: &str, en: &str) -> XmlError {
        XmlError::new(code, Message::new(zh, en), self.text, place)
    }
}

fn malformed(text: &str, place: usize, detail: &str) -> XmlError {
    let message = Message::new(format!("XML 格式有误：{detail}"), format!("Not well-formed XML: {detail}"));
    XmlError::new("xml.malformed", message, text, place)
}

fn too_large(limit: usize) -> XmlError {
    let message = Message::new(
        format!("内容超过 {} MB 的上限。", limit >> 20),
        format!("The document is larger than {} MB.", limit >> 20),
    );
    XmlError { code: "xml.too_large", message, line: 1, column: 1 }
}

/// The character that a reference stands for; `None` for a custom entity.
fn referenced(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Some(c);
    }
    Some(match reference.xml10_content().as_ref() {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}
