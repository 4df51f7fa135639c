//! [`Tree`] → text.

use super::{Kind, NodeId, Tree};

impl Tree {
    /// The document as XML, without layout of its own.
    pub fn to_xml(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        if self.root() != super::NONE {
            self.write(self.root(), &mut out);
        }
        out
    }

    /// One element and what is in it as XML.
    pub fn fragment(&self, id: NodeId) -> String {
        let mut out = String::new();
        self.write(id, &mut out);
        out
    }

    fn write(&self, id: NodeId, out: &mut String) {
        if self.kind(id) == Kind::Text {
            escape_into(out, self.own_text(id));
            return;
        }
        out.push('<');
        out.push_str(self.raw_name(id));
        for at in self.attributes(id) {
            out.push(' ');
            out.push_str(self.raw_name(at));
            out.push_str("=\"");
            escape_into(out, self.own_text(at));
            out.push('"');
        }
        if self.node(id).first_child == super::NONE && self.own_text(id).is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        escape_into(out, self.own_text(id));
        for child in self.child_nodes(id) {
            self.write(child, out);
        }
        out.push_str("</");
        out.push_str(self.raw_name(id));
        out.push('>');
    }
}

/// Text made safe for element content and attribute values; characters that XML 1.0 cannot hold are dropped.
fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c => out.push(c),
        }
    }
}
