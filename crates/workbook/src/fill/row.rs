//! One row of a worksheet's XML: moving it, copying it as a sample, writing cells into it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::OutValue;
use super::tokens::{Token, drop_attr, get_attr, rewrite, set_attr, tokens, unescape};
use crate::dates::{NumberStyle, date_to_serial};
use crate::error::BookError;
use crate::formula::{Shift, translate};
use crate::model::Range;
use crate::refs::{cell_name, parse_cell, parse_range, range_name};
use crate::xlsx::Styles;
use crate::xml::{encode_xstring, escaped, push_escaped};

/// What writing a cell needs to know of the workbook and the sheet.
pub(crate) struct Writer<'a> {
    pub(crate) part: &'a str,
    /// `x:` where the part's elements carry a prefix, otherwise empty.
    pub(crate) prefix: &'a str,
    pub(crate) styles: &'a Styles,
    pub(crate) epoch_1904: bool,
    /// Default style of columns: (first, last, style).
    pub(crate) column_styles: &'a [(u32, u32, String)],
}

/// One existing cell of a row.
pub(super) struct CellSpan<'a> {
    pub(super) col: u32,
    pub(super) raw: &'a str,
    pub(super) style: Option<String>,
}

/// A change of one cell.
pub(crate) enum Change<'a> {
    /// A new value under the cell's own style.
    Value(&'a OutValue),
    /// Another style for the same value, made from the one the cell has now.
    Restyle(&'a dyn Fn(usize) -> usize),
}

/// A shared formula: where it was written and how it reads there.
pub(crate) type SharedFormulas = HashMap<String, (u32, u32, String)>;

/// The shared formulas of a sheet, by their number.
pub(crate) fn shared_formulas(part: &str, xml: &str) -> Result<SharedFormulas, BookError> {
    let mut found = SharedFormulas::new();
    if !xml.contains("shared") {
        return Ok(found);
    }
    let (mut cell, mut number) = (None, None);
    tokens(part, xml, |token, _| {
        match token {
            Token::Start { name: "c", raw, .. } => cell = get_attr(raw, "r").and_then(|r| parse_cell(&r)),
            Token::Start { name: "f", raw, empty: false } => {
                number = get_attr(raw, "si").filter(|_| get_attr(raw, "t").as_deref() == Some("shared"));
            }
            Token::Text { parent: "f", raw } => {
                if let (Some((row, col)), Some(si)) = (cell, number.take()) {
                    found.insert(si, (row, col, unescape(part, raw)?));
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

/// A formula's tag without what ties it to others, and the formula that a follower of a shared formula stands for.
fn unshare(raw: &str, empty: bool, at: (u32, u32), shared: &SharedFormulas, prefix: &str) -> Option<String> {
    if get_attr(raw, "t").as_deref() != Some("shared") {
        return None;
    }
    let bare = drop_attr(&drop_attr(&drop_attr(raw, "t"), "ref"), "si");
    if !empty {
        return Some(bare);
    }
    let (row, col, master) = shared.get(&get_attr(raw, "si")?)?;
    let rows = i64::from(at.0) - i64::from(*row);
    let text = translate(master, rows, i64::from(at.1) - i64::from(*col));
    Some(format!("<{prefix}f>{}</{prefix}f>", escaped(&text)))
}

/// Moves a row to `new_row`, shifting its formulas; stored results of formulas that are numbers are dropped, because they
/// are out of date and some readers do not recalculate.
pub(crate) fn move_row(
    writer: &Writer<'_>,
    xml: &str,
    (row, new_row): (u32, u32),
    shift: Option<(&Shift, &str)>,
    shared: &SharedFormulas,
) -> Result<String, BookError> {
    let (mut col, mut kept_type, mut formula, mut in_value) = (0, false, false, false);
    rewrite(writer.part, xml, |token| {
        Ok(match token {
            Token::Start { name: "row", raw, .. } => Some(set_attr(raw, "r", &(new_row + 1).to_string())),
            Token::Start { name: "c", raw, .. } => {
                col = get_attr(raw, "r").and_then(|r| parse_cell(&r)).map_or(0, |(_, col)| col);
                kept_type = get_attr(raw, "t").is_some_and(|t| t != "n");
                (formula, in_value) = (false, false);
                (new_row != row && get_attr(raw, "r").is_some()).then(|| set_attr(raw, "r", &cell_name(new_row, col)))
            }
            Token::Start { name: "f", raw, empty } => {
                formula = true;
                let own = unshare(raw, *empty, (row, col), shared, writer.prefix);
                match (own, shift, get_attr(raw, "ref").and_then(|r| parse_range(&r))) {
                    (Some(own), Some((shift, on)), _) if *empty => Some(shift_element(writer, &own, shift, on, row)?),
                    (Some(own), ..) => Some(own),
                    (None, Some((shift, _)), Some(range)) => {
                        Some(set_attr(raw, "ref", &range_name(&shift.range(&range))))
                    }
                    _ => None,
                }
            }
            Token::Text { parent: "f", raw } => match shift {
                Some((shift, on)) => {
                    let text = unescape(writer.part, raw)?;
                    match shift.formula(&text, Some(on), Some(row)) {
                        Cow::Borrowed(_) => None,
                        Cow::Owned(new) => Some(escaped(&new)),
                    }
                }
                None => None,
            },
            Token::Start { name: "v", empty, .. } if formula && !kept_type => {
                in_value = !empty;
                Some(String::new())
            }
            Token::Text { parent: "v", .. } if in_value => Some(String::new()),
            Token::End { name: "v", .. } if in_value => {
                in_value = false;
                Some(String::new())
            }
            _ => None,
        })
    })
}

/// Shifts the text of a formula element that was just made.
fn shift_element(writer: &Writer<'_>, element: &str, shift: &Shift, on: &str, row: u32) -> Result<String, BookError> {
    rewrite(writer.part, element, |token| match token {
        Token::Text { raw, .. } => {
            let text = unescape(writer.part, raw)?;
            Ok(Some(escaped(&shift.formula(&text, Some(on), Some(row)))))
        }
        _ => Ok(None),
    })
}

/// The cells of a row, and the bytes before and after them.
fn split_row<'a>(part: &str, xml: &'a str) -> Result<(&'a str, Vec<CellSpan<'a>>, &'a str), BookError> {
    let (mut cells, mut next_col, mut from, mut depth) = (Vec::new(), 0, 0, 0_u32);
    let (mut head_end, mut cells_end) = (xml.len(), None);
    let mut current: Option<(u32, Option<String>)> = None;
    tokens(part, xml, |token, span| {
        match token {
            Token::Start { name: "row", .. } => head_end = span.end,
            Token::Start { name: "c", raw, empty } if depth == 0 => {
                let named = get_attr(raw, "r").and_then(|r| parse_cell(&r)).map(|(_, col)| col);
                let col = named.unwrap_or(next_col);
                next_col = col + 1;
                let style = get_attr(raw, "s");
                if empty {
                    cells.push(CellSpan { col, raw, style });
                    cells_end = Some(span.end);
                } else {
                    (current, from, depth) = (Some((col, style)), span.start, 1);
                }
            }
            Token::End { name: "c", .. } => {
                if let Some((col, style)) = current.take() {
                    cells.push(CellSpan { col, raw: &xml[from..span.end], style });
                    cells_end = Some(span.end);
                }
                depth = 0;
            }
            _ => {}
        }
        Ok(())
    })?;
    cells.sort_by_key(|c| c.col);
    Ok((&xml[..head_end], cells, &xml[cells_end.unwrap_or(head_end)..]))
}

/// Writes changes, ordered by column, into a row. Cells without a change are copied byte for byte. Returns the row and the
/// columns whose formula was replaced.
pub(crate) fn edit_row(
    writer: &Writer<'_>,
    xml: &str,
    row: u32,
    changes: &[(u32, Change<'_>)],
) -> Result<(String, Vec<u32>), BookError> {
    let (head, cells, tail) = split_row(writer.part, xml)?;
    let mut out = String::with_capacity(xml.len() + changes.len() * 48);
    let head = drop_attr(head, "spans");
    let row_style =
        get_attr(&head, "s").filter(|_| get_attr(&head, "customFormat").is_some_and(|v| v == "1" || v == "true"));
    match head.strip_suffix("/>") {
        Some(open) => out.push_str(&format!("{}>", open.trim_end())),
        None => out.push_str(&head),
    }
    let mut replaced = Vec::new();
    let mut changes = changes.iter().peekable();
    for cell in &cells {
        while let Some((col, change)) = changes.next_if(|(col, _)| *col < cell.col) {
            push_change(&mut out, writer, (row, *col), None, row_style.as_deref(), change);
        }
        match changes.next_if(|(col, _)| *col == cell.col) {
            Some((col, change)) => {
                if matches!(change, Change::Value(_)) && cell.raw.contains(&format!("<{}f", writer.prefix)) {
                    replaced.push(*col);
                }
                push_change(&mut out, writer, (row, *col), Some(cell), None, change);
            }
            None => out.push_str(cell.raw),
        }
    }
    for (col, change) in changes {
        push_change(&mut out, writer, (row, *col), None, row_style.as_deref(), change);
    }
    if tail.is_empty() {
        out.push_str(&format!("</{}row>", writer.prefix));
    } else {
        out.push_str(tail);
    }
    Ok((out, replaced))
}

pub(super) fn push_change(
    out: &mut String,
    writer: &Writer<'_>,
    (row, col): (u32, u32),
    cell: Option<&CellSpan<'_>>,
    row_style: Option<&str>,
    change: &Change<'_>,
) {
    let column_style =
        || writer.column_styles.iter().find(|(from, to, _)| (*from..=*to).contains(&col)).map(|(.., s)| s.as_str());
    let style = match cell {
        Some(cell) => cell.style.as_deref(),
        None => row_style.or_else(column_style),
    };
    let restyled = |new: &dyn Fn(usize) -> usize| new(style.and_then(|s| s.parse().ok()).unwrap_or(0)).to_string();
    match (change, cell) {
        (Change::Restyle(new), Some(cell)) => {
            let end = cell.raw.find('>').map_or(cell.raw.len(), |at| at + 1);
            out.push_str(&set_attr(&cell.raw[..end], "s", &restyled(new)));
            out.push_str(&cell.raw[end..]);
        }
        (Change::Restyle(new), None) => {
            out.push_str(&format!("<{}c r=\"{}\" s=\"{}\"/>", writer.prefix, cell_name(row, col), restyled(new)));
        }
        (Change::Value(value), _) => push_value(out, writer, (row, col), style, value),
    }
}

/// Adds a cell with a value.
fn push_value(out: &mut String, writer: &Writer<'_>, (row, col): (u32, u32), style: Option<&str>, value: &OutValue) {
    let p = writer.prefix;
    out.push('<');
    out.push_str(p);
    out.push_str("c r=\"");
    crate::refs::push_col(out, col);
    out.push_str(&(row + 1).to_string());
    out.push('"');
    if let Some(style) = style {
        out.push_str(" s=\"");
        push_escaped(out, style);
        out.push('"');
    }
    // No format! here: this is the inner loop of a fill.
    let tags = |out: &mut String, pieces: &[&str]| pieces.iter().for_each(|piece| out.push_str(piece));
    let number = |out: &mut String, n: f64| {
        tags(out, &["><", p, "v>", &n.to_string(), "</", p, "v></", p, "c>"]);
    };
    let text = |out: &mut String, text: &str| {
        tags(out, &[" t=\"inlineStr\"><", p, "is><", p, "t xml:space=\"preserve\">"]);
        push_escaped(out, &encode_xstring(text));
        tags(out, &["</", p, "t></", p, "is></", p, "c>"]);
    };
    match value {
        OutValue::Empty => out.push_str("/>"),
        OutValue::Text(t) if t.is_empty() => out.push_str("/>"),
        OutValue::Text(t) => text(out, t),
        OutValue::Number(n) if n.is_finite() => number(out, *n),
        OutValue::Number(_) => out.push_str("/>"),
        OutValue::Date { year, month, day } => {
            let is_date = style.and_then(|s| s.parse().ok()).is_some_and(|s| writer.styles.of(s) == NumberStyle::Date);
            match date_to_serial(*year, *month, *day, writer.epoch_1904).filter(|_| is_date) {
                Some(serial) => number(out, serial),
                None => text(out, &format!("{year:04}-{month:02}-{day:02}")),
            }
        }
    }
}

/// The one-row merges of a row, moved to another.
pub(crate) fn merges_like(merges: &[Range], sample: u32, to: u32) -> impl Iterator<Item = Range> {
    let flat = merges.iter().filter(move |m| m.top == sample && m.bottom == sample);
    flat.map(move |m| Range { top: to, bottom: to, ..*m })
}
