//! What else in the workbook speaks of rows, and follows when rows are inserted.

use super::Grow;
use super::tokens::{Token, drop_attr, get_attr, rewrite, set_attr, unescape};
use crate::error::BookError;
use crate::formula::Shift;
use crate::model::Range;
use crate::refs::{MAX_ROW, parse_range, range_name};
use crate::xml::escaped;

/// What a growth does to rows; `None` when the template has room enough.
pub(super) fn shift_of(sheet: &str, grow: &Grow) -> Result<Option<Shift>, BookError> {
    let by = grow.rows_needed.saturating_sub(grow.template_rows);
    if by == 0 {
        return Ok(None);
    }
    let end = u64::from(grow.at_row) + u64::from(grow.rows_needed);
    if end > u64::from(MAX_ROW) || grow.sample_row >= MAX_ROW {
        return Err(BookError::TooManyRows { sheet: sheet.to_owned(), limit: MAX_ROW });
    }
    let last = (grow.template_rows > 0).then(|| grow.at_row + grow.template_rows - 1);
    Ok(Some(Shift { sheet: sheet.to_owned(), from: grow.at_row, last, by }))
}

/// A list of ranges as attributes hold it, `A1:B5 D7`.
fn shift_ranges(list: &str, shift: &Shift) -> String {
    let one = |name: &str| parse_range(name).map_or_else(|| name.to_owned(), |r| range_name(&shift.range(&r)));
    list.split_whitespace().map(one).collect::<Vec<_>>().join(" ")
}

/// Whether an element's text is a formula or a list of ranges.
fn is_formula(name: &str) -> bool {
    matches!(name, "f" | "formula" | "formula1" | "formula2" | "definedName")
}

/// Shifts every `ref`, `sqref`, formula and row break of a document, or of the part of one after a worksheet's rows.
pub(super) fn shift_refs(part: &str, xml: &str, shift: &Shift, on: Option<&str>) -> Result<String, BookError> {
    let mut in_row_breaks = false;
    rewrite(part, xml, |token| {
        Ok(match token {
            Token::Start { name: "rowBreaks", .. } => {
                in_row_breaks = true;
                None
            }
            Token::End { name: "rowBreaks", .. } => {
                in_row_breaks = false;
                None
            }
            // A break's number is the row above it, counted from 1: that is the row below it, counted from 0.
            Token::Start { name: "brk", raw, .. } if in_row_breaks => {
                let id = get_attr(raw, "id").and_then(|v| v.parse::<u32>().ok());
                id.map(|id| set_attr(raw, "id", &shift.row(id).to_string()))
            }
            // What belongs to one cell moves with it and never grows.
            Token::Start { name: "comment" | "threadedComment" | "hyperlink", raw, .. } => {
                let range = get_attr(raw, "ref").and_then(|r| parse_range(&r));
                range.map(|r| {
                    let moved = Range { top: shift.row(r.top), bottom: shift.row(r.bottom), ..r };
                    set_attr(raw, "ref", &range_name(&moved))
                })
            }
            Token::Start { raw, .. } => {
                let mut tag: Option<String> = None;
                for name in ["ref", "sqref"] {
                    if let Some(list) = get_attr(raw, name) {
                        let shifted = shift_ranges(&list, shift);
                        if shifted != list {
                            tag = Some(set_attr(tag.as_deref().unwrap_or(raw), name, &shifted));
                        }
                    }
                }
                tag
            }
            Token::Text { parent: "sqref", raw } => Some(escaped(&shift_ranges(&unescape(part, raw)?, shift))),
            Token::Text { parent, raw } if is_formula(parent) => {
                let text = unescape(part, raw)?;
                let shifted = shift.formula(&text, on, None);
                (shifted != text).then(|| escaped(&shifted))
            }
            _ => None,
        })
    })
}

/// Shifts the formulas of a part that speaks of the grown sheet by name: another sheet, or a chart.
pub(super) fn shift_texts(part: &str, xml: &str, shift: &Shift) -> Result<String, BookError> {
    rewrite(part, xml, |token| match token {
        Token::Text { parent, raw } if is_formula(parent) => {
            let text = unescape(part, raw)?;
            let shifted = shift.formula(&text, None, None);
            Ok((shifted != text).then(|| escaped(&shifted)))
        }
        _ => Ok(None),
    })
}

/// What follows the rows of the sheet that grows: merges, validations, conditional formats, filters, breaks, links.
pub(super) fn shift_tail(
    part: &str,
    tail: &str,
    shift: &Shift,
    on: &str,
    merges: &[Range],
) -> Result<String, BookError> {
    // The tail is closed by tags that the head opened; a wrapper of the same names makes it a document of its own.
    let (wrapped, cut) = wrap_tail(tail);
    let mut in_merges = false;
    let merged = rewrite(part, &wrapped, |token| {
        Ok(match token {
            Token::Start { name: "mergeCells", raw, empty: false } => {
                in_merges = true;
                let tag = raw.trim_start_matches('<');
                let prefix = &tag[..tag.find("mergeCells").unwrap_or(0)];
                let cell = |m: &Range| format!("<{prefix}mergeCell ref=\"{}\"/>", range_name(m));
                let cells: String = merges.iter().map(cell).collect();
                // The count is optional and would have to be right.
                Some(format!("{}{cells}", drop_attr(raw, "count")))
            }
            Token::End { name: "mergeCells", .. } => {
                in_merges = false;
                None
            }
            _ if in_merges => Some(String::new()),
            _ => None,
        })
    })?;
    // Merges were moved already, by their own rule: they are set aside while all else is shifted.
    let (before, cells, after) = match (merged.find("mergeCell ref="), merged.rfind("mergeCell ref=")) {
        (Some(first), Some(last)) => {
            let from = merged[..first].rfind('<').unwrap_or(first);
            let to = merged[last..].find("/>").map_or(merged.len(), |at| last + at + 2);
            (&merged[..from], &merged[from..to], &merged[to..])
        }
        _ => (merged.as_str(), "", ""),
    };
    const ASIDE: &str = "<?linli-merges?>";
    let joined = format!("{before}{ASIDE}{after}");
    let shifted = shift_refs(part, &joined, shift, Some(on))?.replacen(ASIDE, cells, 1);
    Ok(shifted[cut..].to_owned())
}

/// The tail with start tags for the end tags that nothing in it opens, and the length of what was added.
pub(crate) fn wrap_tail(tail: &str) -> (String, usize) {
    let names = tail.rsplit("</").map(|piece| piece.trim_end().trim_end_matches('>')).filter(|n| !n.is_empty());
    let root = names.clone().next().unwrap_or("worksheet").trim().to_owned();
    let data = tail.trim_start().strip_prefix("</").and_then(|t| t.split('>').next()).map(str::trim);
    let data = data.filter(|d| d.ends_with("sheetData"));
    let opened = match data {
        Some(data) => format!("<{root}><{data}>"),
        None => format!("<{root}>"),
    };
    let length = opened.len();
    (opened + tail, length)
}

/// Moves the anchors of pictures, charts and shapes (`xdr:row`).
pub(super) fn shift_drawing(part: &str, xml: &str, shift: &Shift) -> Result<String, BookError> {
    rewrite(part, xml, |token| {
        Ok(match token {
            Token::Text { parent: "row", raw } => raw.trim().parse().ok().map(|row| shift.row(row).to_string()),
            _ => None,
        })
    })
}

/// Moves the boxes of comments: `x:Row`, and in `x:Anchor` the third and seventh number.
pub(super) fn shift_vml(part: &str, xml: &str, shift: &Shift) -> Result<String, BookError> {
    rewrite(part, xml, |token| {
        Ok(match token {
            Token::Text { parent: "Row", raw } => raw.trim().parse().ok().map(|row| shift.row(row).to_string()),
            Token::Text { parent: "Anchor", raw } => {
                let mut numbers: Vec<String> = raw.split(',').map(|n| n.trim().to_owned()).collect();
                for at in [2, 6] {
                    if let Some(number) = numbers.get_mut(at)
                        && let Ok(row) = number.parse()
                    {
                        *number = shift.row(row).to_string();
                    }
                }
                Some(numbers.join(", "))
            }
            _ => None,
        })
    })
}
