//! Comments as every spreadsheet program shows them: the comments part, and the drawing of their boxes (VML).

use std::collections::BTreeMap;

use crate::error::BookError;
use crate::fill::tokens::{Token, get_attr, rewrite, tokens};
use crate::refs::cell_name;
use crate::xml::{encode_xstring, push_escaped};

/// Comments to add, by place.
pub(super) type Messages = BTreeMap<(u32, u32), String>;

/// Who the comments are from.
const AUTHOR: &str = "Linli";

/// A comments part without comments.
pub(super) const NO_COMMENTS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors></authors><commentList></commentList></comments>"
);

/// A drawing without shapes.
pub(super) const NO_SHAPES: &str = concat!(
    "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" ",
    "xmlns:x=\"urn:schemas-microsoft-com:office:excel\">",
    "<o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"1\"/></o:shapelayout></xml>"
);

const SHAPE_TYPE: &str = concat!(
    "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\">",
    "<v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>"
);

/// Adds the messages to a comments part; where a cell has a comment already, the message follows it.
pub(super) fn add_comments(part: &str, xml: &str, messages: &Messages) -> Result<String, BookError> {
    let (mut authors, mut prefix) = (0, String::new());
    tokens(part, xml, |token, _| {
        match token {
            Token::Start { name: "comments", raw, .. } => {
                let tag = raw.trim_start_matches('<');
                prefix = tag[..tag.find("comments").unwrap_or(0)].to_owned();
            }
            Token::Start { name: "author", .. } => authors += 1,
            _ => {}
        }
        Ok(())
    })?;
    let p = prefix;
    let mut waiting: BTreeMap<String, String> =
        messages.iter().map(|((row, col), message)| (cell_name(*row, *col), message.clone())).collect();
    let run = |message: &str, before: &str| {
        let mut out = format!("<{p}r><{p}t xml:space=\"preserve\">{before}");
        push_escaped(&mut out, &encode_xstring(message));
        out.push_str(&format!("</{p}t></{p}r>"));
        out
    };
    let mut addition: Option<String> = None;
    let with_existing = rewrite(part, xml, |token| {
        Ok(match token {
            Token::Start { name: "comment", raw, .. } => {
                addition = get_attr(raw, "ref").and_then(|r| waiting.remove(&r));
                None
            }
            Token::End { name: "text", raw } => addition.take().map(|m| format!("{}{raw}", run(&m, "\n"))),
            Token::End { name: "authors", raw } => Some(format!("<{p}author>{AUTHOR}</{p}author>{raw}")),
            Token::Start { name: "authors", raw, empty: true } => {
                let open = raw.trim_end_matches("/>");
                Some(format!("{open}><{p}author>{AUTHOR}</{p}author></{p}authors>"))
            }
            _ => None,
        })
    })?;
    let new: String = messages
        .keys()
        .map(|(row, col)| cell_name(*row, *col))
        .filter_map(|name| waiting.remove(&name).map(|m| (name, m)))
        .map(|(name, m)| {
            format!("<{p}comment ref=\"{name}\" authorId=\"{authors}\"><{p}text>{}</{p}text></{p}comment>", run(&m, ""))
        })
        .collect();
    rewrite(part, &with_existing, |token| {
        Ok(match token {
            Token::End { name: "commentList", raw } => Some(format!("{new}{raw}")),
            Token::Start { name: "commentList", raw, empty: true } => {
                Some(format!("{}>{new}</{p}commentList>", raw.trim_end_matches("/>")))
            }
            _ => None,
        })
    })
}

/// The cells that have a comment in a comments part.
pub(super) fn commented(part: &str, xml: &str) -> Result<Vec<String>, BookError> {
    let mut cells = Vec::new();
    tokens(part, xml, |token, _| {
        if let Token::Start { name: "comment", raw, .. } = token {
            cells.extend(get_attr(raw, "ref"));
        }
        Ok(())
    })?;
    Ok(cells)
}

/// Adds a hidden box for each message to a drawing. VML is often not well-formed XML, so it is treated as text.
pub(super) fn add_shapes(
    part: &str,
    vml: &str,
    places: impl Iterator<Item = ((u32, u32), usize)>,
) -> Result<String, BookError> {
    let at = vml.rfind("</xml>").ok_or_else(|| BookError::damaged(part, "no </xml>"))?;
    let numbers = vml.split("_x0000_s").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse::<u32>().ok()
    });
    let mut id = numbers.max().unwrap_or(1024).clamp(1024, u32::MAX / 2);
    let mut out = String::with_capacity(vml.len() + 900);
    out.push_str(&vml[..at]);
    if !vml.contains("id=\"_x0000_t202\"") {
        out.push_str(SHAPE_TYPE);
    }
    for ((row, col), characters) in places {
        id += 1;
        // About eleven characters of Chinese fit on a line of the box.
        let lines = (characters as u32 / 11 + 2).min(16);
        let (right, bottom) = (col + 3, row + lines);
        out.push_str(&format!(
            "<v:shape id=\"_x0000_s{id}\" type=\"#_x0000_t202\" style=\"position:absolute;margin-left:60pt;margin-top:2pt;\
             width:150pt;height:{}pt;z-index:1;visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\">\
             <v:fill color2=\"#ffffe1\"/><v:shadow color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/>\
             <v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox>\
             <x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/>\
             <x:Anchor>{}, 15, {row}, 2, {right}, 31, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>\
             <x:Row>{row}</x:Row><x:Column>{col}</x:Column></x:ClientData></v:shape>",
            lines * 15,
            col + 1,
        ));
    }
    out.push_str(&vml[at..]);
    Ok(out)
}
