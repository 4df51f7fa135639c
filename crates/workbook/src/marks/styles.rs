//! Light red versions of the styles that marked cells have.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::error::BookError;
use crate::fill::tokens::{Token, get_attr, set_attr, tokens};

/// The fill of a marked cell, as ARGB.
pub(super) const LIGHT_RED: &str = "FFFFC7CE";

/// A styles part for a workbook that has none.
pub(super) const MINIMAL: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">",
    "<fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>",
    "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>",
    "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>",
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>",
    "<cellXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/></cellXfs>",
    "</styleSheet>"
);

/// Hands out, for a style, the number of its red version, and remembers what to add to the styles part.
pub(super) struct RedStyles {
    xml: String,
    fills: usize,
    formats: Vec<String>,
    prefix: String,
    red: RefCell<BTreeMap<usize, usize>>,
}

impl RedStyles {
    /// Reads the styles part.
    pub(super) fn read(part: &str, xml: String) -> Result<Self, BookError> {
        let (mut fills, mut formats, mut prefix) = (0, Vec::new(), String::new());
        let (mut in_fills, mut in_formats, mut from) = (false, false, None);
        tokens(part, &xml, |token, span| {
            match token {
                Token::Start { name: "styleSheet", raw, .. } => {
                    let tag = raw.trim_start_matches('<');
                    prefix = tag[..tag.find("styleSheet").unwrap_or(0)].to_owned();
                }
                Token::Start { name: "fills", empty, .. } => in_fills = !empty,
                Token::End { name: "fills", .. } => in_fills = false,
                Token::Start { name: "fill", .. } if in_fills => fills += 1,
                Token::Start { name: "cellXfs", empty, .. } => in_formats = !empty,
                Token::End { name: "cellXfs", .. } => in_formats = false,
                Token::Start { name: "xf", raw, empty } if in_formats => match empty {
                    true => formats.push(raw.to_owned()),
                    false => from = Some(span.start),
                },
                Token::End { name: "xf", .. } => {
                    if let Some(from) = from.take() {
                        formats.push(xml[from..span.end].to_owned());
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        if fills == 0 || formats.is_empty() {
            return Err(BookError::damaged(part, "no fills or cell formats"));
        }
        Ok(Self { xml, fills, formats, prefix, red: RefCell::new(BTreeMap::new()) })
    }

    /// The red version of a style.
    pub(super) fn red_of(&self, style: usize) -> usize {
        let style = if style < self.formats.len() { style } else { 0 };
        let mut red = self.red.borrow_mut();
        let next = self.formats.len() + red.len();
        *red.entry(style).or_insert(next)
    }

    /// The styles part with everything that was handed out.
    pub(super) fn finish(&self, part: &str) -> Result<String, BookError> {
        let red = self.red.borrow();
        let mut wanted: Vec<(usize, usize)> = red.iter().map(|(style, new)| (*new, *style)).collect();
        wanted.sort_unstable();
        let p = &self.prefix;
        let fill = format!(
            "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor rgb=\"{LIGHT_RED}\"/><{p}bgColor indexed=\"64\"/></{p}patternFill></{p}fill>"
        );
        let formats: String = wanted
            .iter()
            .filter_map(|(_, style)| self.formats.get(*style))
            .map(|xf| {
                let end = xf.find('>').map_or(xf.len(), |at| at + 1);
                let tag = set_attr(&set_attr(&xf[..end], "fillId", &self.fills.to_string()), "applyFill", "1");
                format!("{tag}{}", &xf[end..])
            })
            .collect();
        crate::fill::tokens::rewrite(part, &self.xml, |token| {
            let recount = |raw: &str, n: usize| get_attr(raw, "count").map(|_| set_attr(raw, "count", &n.to_string()));
            Ok(match token {
                Token::Start { name: "fills", raw, .. } => recount(raw, self.fills + 1),
                Token::End { name: "fills", raw } => Some(format!("{fill}{raw}")),
                Token::Start { name: "cellXfs", raw, .. } => recount(raw, self.formats.len() + wanted.len()),
                Token::End { name: "cellXfs", raw } => Some(format!("{formats}{raw}")),
                _ => None,
            })
        })
    }
}
