//! Editing XML in place: what is not edited is copied byte for byte.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::error::BookError;
use crate::xml::{escaped, xml_error};

/// A piece of a document, with its own bytes.
pub(crate) enum Token<'a> {
    /// A start tag, or an element's only tag when `empty`.
    Start { name: &'a str, raw: &'a str, empty: bool },
    /// An end tag.
    End { name: &'a str, raw: &'a str },
    /// Text and references between two tags, of the element `parent`.
    Text { parent: &'a str, raw: &'a str },
    /// A declaration, comment or processing instruction.
    Other(&'a str),
}

impl<'a> Token<'a> {
    /// The bytes of the piece.
    pub(crate) fn raw(&self) -> &'a str {
        match self {
            Self::Start { raw, .. } | Self::End { raw, .. } | Self::Text { raw, .. } | Self::Other(raw) => raw,
        }
    }
}

/// A tag's name without its prefix.
pub(crate) fn local(raw: &str) -> &str {
    let name = raw.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(name.len());
    name[..end].rsplit(':').next().unwrap_or_default()
}

/// Hands every piece of `xml` in order to `visit`, with its place.
pub(crate) fn tokens<'a>(
    part: &str,
    xml: &'a str,
    mut visit: impl FnMut(Token<'a>, Range<usize>) -> Result<(), BookError>,
) -> Result<(), BookError> {
    let mut reader = Reader::from_str(xml);
    let (mut at, mut text_from) = (0_usize, 0_usize);
    let mut open: Vec<&str> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|e| xml_error(part, e))?;
        let end = reader.buffer_position() as usize;
        let raw = xml.get(at..end).ok_or_else(|| BookError::damaged(part, "cut inside a character"))?;
        let is_text = matches!(event, Event::Text(_) | Event::GeneralRef(_) | Event::CData(_));
        if !is_text && text_from < at {
            let parent = open.last().copied().unwrap_or_default();
            visit(Token::Text { parent, raw: &xml[text_from..at] }, text_from..at)?;
        }
        match event {
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err(BookError::Truncated),
            Event::DocType(_) => return Err(BookError::HostileXml { part: part.to_owned() }),
            Event::Start(_) => {
                let name = local(raw);
                open.push(name);
                visit(Token::Start { name, raw, empty: false }, at..end)?;
            }
            Event::Empty(_) => visit(Token::Start { name: local(raw), raw, empty: true }, at..end)?,
            Event::End(_) => {
                open.pop();
                visit(Token::End { name: local(raw), raw }, at..end)?;
            }
            _ if is_text => {}
            _ => visit(Token::Other(raw), at..end)?,
        }
        at = end;
        if !is_text {
            text_from = end;
        }
    }
}

/// Copies `xml`, replacing the pieces for which `edit` gives something else.
pub(crate) fn rewrite(
    part: &str,
    xml: &str,
    mut edit: impl FnMut(&Token<'_>) -> Result<Option<String>, BookError>,
) -> Result<String, BookError> {
    let mut out = String::with_capacity(xml.len() + 256);
    tokens(part, xml, |token, _| {
        match edit(&token)? {
            Some(new) => out.push_str(&new),
            None => out.push_str(token.raw()),
        }
        Ok(())
    })?;
    Ok(out)
}

/// Where the value of an attribute (by its full name) lies inside a tag.
fn attr_span(raw: &str, name: &str) -> Option<Range<usize>> {
    let bytes = raw.as_bytes();
    let mut at = raw.find(|c: char| c.is_ascii_whitespace())?;
    loop {
        at += raw.get(at..)?.find(|c: char| !c.is_ascii_whitespace())?;
        let equals = at + raw[at..].find('=')?;
        let key = raw[at..equals].trim_end();
        let open = equals + 1 + raw[equals + 1..].find(['"', '\''])?;
        let quote = char::from(bytes[open]);
        let close = open + 1 + raw[open + 1..].find(quote)?;
        if key == name {
            return Some(open + 1..close);
        }
        at = close + 1;
    }
}

/// The unescaped value of an attribute.
pub(crate) fn get_attr(raw: &str, name: &str) -> Option<String> {
    let value = &raw[attr_span(raw, name)?];
    Some(quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), |v| v.into_owned()))
}

/// The tag with an attribute set, added at its end when it has none of that name.
pub(crate) fn set_attr(raw: &str, name: &str, value: &str) -> String {
    let value = escaped(value);
    match attr_span(raw, name) {
        Some(span) => format!("{}{value}{}", &raw[..span.start], &raw[span.end..]),
        None => {
            let end = raw.trim_end_matches('>').trim_end_matches('/').trim_end().len();
            format!("{} {name}=\"{value}\"{}", &raw[..end], raw[end..].trim_start())
        }
    }
}

/// The tag without an attribute.
pub(crate) fn drop_attr(raw: &str, name: &str) -> String {
    match attr_span(raw, name) {
        Some(span) => {
            let head = raw[..span.start].rsplit_once(name).map_or(raw, |(head, _)| head).trim_end();
            format!("{head}{}", &raw[span.end + 1..])
        }
        None => raw.to_owned(),
    }
}

/// The text of a text piece, references resolved; custom entities are refused.
pub(crate) fn unescape(part: &str, raw: &str) -> Result<String, BookError> {
    if let Some(inner) = raw.strip_prefix("<![CDATA[").and_then(|r| r.strip_suffix("]]>")) {
        return Ok(inner.to_owned());
    }
    let text = quick_xml::escape::unescape(raw).map_err(|_| BookError::HostileXml { part: part.to_owned() })?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_set_and_dropped_without_touching_the_others() {
        let tag = "<c r=\"B5\" s='3' t = \"s\"/>";
        assert_eq!(get_attr(tag, "t").as_deref(), Some("s"));
        assert_eq!(set_attr(tag, "s", "7"), "<c r=\"B5\" s='7' t = \"s\"/>");
        assert_eq!(set_attr("<a b=\"1\" />", "c", "<"), "<a b=\"1\" c=\"&lt;\"/>");
        assert_eq!(set_attr("<a>", "c", "1"), "<a c=\"1\">");
        assert_eq!(drop_attr(tag, "s"), "<c r=\"B5\" t = \"s\"/>");
        assert_eq!(get_attr("<a b='x&amp;y'>", "b").as_deref(), Some("x&y"));
        assert_eq!(get_attr("<a", "b"), None);
    }

    #[test]
    fn what_is_not_edited_is_copied_byte_for_byte() {
        let xml = "<?xml version=\"1.0\"?>\r\n<!-- c --><a  x = '1' >t &amp; u<b/><![CDATA[<x>]]></a >";
        assert_eq!(rewrite("p", xml, |_| Ok(None)).unwrap(), xml);
    }
}
