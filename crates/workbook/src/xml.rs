//! Reading XML without its dangers: a document type or a custom entity is refused, never expanded.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::error::BookError;
use crate::package::read_error;

/// What an XML error means for the workbook.
pub(crate) fn xml_error(part: &str, e: quick_xml::Error) -> BookError {
    match e {
        quick_xml::Error::Io(e) => read_error(part, &e),
        quick_xml::Error::Syntax(_) => BookError::Truncated,
        e => BookError::damaged(part, e),
    }
}

/// The character that a reference stands for; `None` for a custom entity.
fn referenced(r: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = r.resolve_char_ref() {
        return Some(c);
    }
    let name = r.xml10_content();
    Some(match name.as_ref() {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// An attribute by its local name, unescaped.
pub(crate) fn attr<'a>(tag: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    tag.attributes().with_checks(false).flatten().find(|a| a.key.local_name().into_inner() == name).map(|a| {
        match a.value {
            Cow::Borrowed(v) => unescaped(v),
            Cow::Owned(v) => Cow::Owned(unescaped(&v).into_owned()),
        }
    })
}

fn unescaped(raw: &str) -> Cow<'_, str> {
    quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw))
}

/// A boolean attribute (`1`, `true`, `on`).
pub(crate) fn flag(tag: &BytesStart<'_>, name: &str) -> bool {
    attr(tag, name).is_some_and(|v| matches!(v.as_ref(), "1" | "true" | "on"))
}

/// Adds a text event's characters to `out`; `false` for an event that is not text.
pub(crate) fn push_text(part: &str, event: &Event<'_>, out: &mut String) -> Result<bool, BookError> {
    match event {
        Event::Text(t) => out.push_str(&t.xml10_content()),
        Event::CData(t) => out.push_str(&t.xml10_content()),
        Event::GeneralRef(r) => {
            out.push(referenced(r).ok_or_else(|| BookError::HostileXml { part: part.to_owned() })?);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Walks through a part, handing every event to `visit`, with an empty element as its start (`true`: there is no end).
pub(crate) fn walk(
    part: &str,
    input: &mut dyn BufRead,
    mut visit: impl FnMut(&Event<'_>, bool) -> Result<(), BookError>,
) -> Result<(), BookError> {
    let mut reader = Reader::from_reader(input);
    let mut buf = Vec::with_capacity(1024);
    let mut depth: i64 = 0;
    loop {
        buf.clear();
        match reader.read_event_into(&mut buf).map_err(|e| xml_error(part, e))? {
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => return Err(BookError::Truncated),
            Event::DocType(_) => return Err(BookError::HostileXml { part: part.to_owned() }),
            Event::Empty(tag) => visit(&Event::Start(tag), true)?,
            event => {
                depth += match &event {
                    Event::Start(_) => 1,
                    Event::End(_) => -1,
                    _ => 0,
                };
                visit(&event, false)?;
            }
        }
    }
}

/// Text made safe for element content and attribute values; characters that XML 1.0 cannot hold are dropped.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    // Nearly all text needs nothing; 0xEF begins the characters U+F000 to U+FFFF, two of which are forbidden.
    if !text.bytes().any(|b| b < 0x20 || matches!(b, b'&' | b'<' | b'>' | b'"' | 0xEF)) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c => out.push(c),
        }
    }
}

/// As [`push_escaped`], returning the text.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

/// `_x000D_` and its kin, by which a workbook stores characters that XML cannot (ECMA-376 Part 1, 22.9.2.19).
pub(crate) fn decode_xstring(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match code.and_then(|h| u32::from_str_radix(h, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The reverse of [`decode_xstring`] for the one case that matters when writing: text that would be decoded.
pub(crate) fn encode_xstring(text: &str) -> Cow<'_, str> {
    match decode_xstring(text) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(decoded) if decoded == text => Cow::Borrowed(text),
        Cow::Owned(_) => Cow::Owned(text.replace("_x", "_x005F_x")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stored_by_their_code_come_back() {
        assert_eq!(decode_xstring("a_x000D_b"), "a\rb");
        assert_eq!(decode_xstring("_x_x005F_x000D_"), "_x_x000D_");
        assert_eq!(decode_xstring("_x00"), "_x00");
        assert_eq!(decode_xstring("_x中文字符_"), "_x中文字符_");
        assert_eq!(decode_xstring(&encode_xstring("_x000D_")), "_x000D_");
    }

    #[test]
    fn a_document_type_or_a_custom_entity_is_refused() {
        for hostile in ["<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a>&x;</a>"] {
            let mut seen = String::new();
            let got = walk("p", &mut hostile.as_bytes(), |e, _| push_text("p", e, &mut seen).map(|_| ()));
            assert_eq!(got.map_err(|e| e.code()), Err("workbook.hostile_xml"));
        }
    }

    #[test]
    fn a_document_cut_off_is_told() {
        for cut in ["<a><b>", "<a><b", "<a>text"] {
            let got = walk("p", &mut cut.as_bytes(), |_, _| Ok(()));
            assert_eq!(got.map_err(|e| e.code()), Err("workbook.truncated"), "{cut}");
        }
    }
}
