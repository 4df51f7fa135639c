//! The header of a table: which rows it has, and what each column is called.

use std::ops::RangeInclusive;

use super::Column;
use super::words::{clean, header_words, is_fact, is_footer, is_number_of_table, is_total, split_unit};
use crate::model::{CellValue, Sheet};

/// Rows a header may have.
const MAX_HEADER_ROWS: u32 = 4;
/// Characters of the longest label.
const MAX_LABEL: usize = 60;

/// The first cell of the merged area around a place, or the place itself.
pub(super) fn anchor(sheet: &Sheet, row: u32, col: u32) -> (u32, u32) {
    sheet.merge_at(row, col).map_or((row, col), |m| (m.top, m.left))
}

/// The text at a place, taken from its merged area, cleaned; empty where there is none.
pub(super) fn text_at(sheet: &Sheet, row: u32, col: u32) -> String {
    let (row, col) = anchor(sheet, row, col);
    match &sheet.cell(row, col).value {
        CellValue::Text(t) => clean(t),
        CellValue::Number(_) | CellValue::Date { .. } => sheet.cell(row, col).value.shown(),
        _ => String::new(),
    }
}

/// The cells of a row that say something, each merged area once.
pub(super) fn spoken(sheet: &Sheet, row: u32) -> Vec<(u32, &CellValue)> {
    sheet.row(row).filter(|(_, c)| !c.value.is_blank()).map(|(col, c)| (col, &c.value)).collect()
}

/// Whether a value could name a column: short text, or a year.
fn is_label(value: &CellValue) -> bool {
    match value {
        CellValue::Text(t) => {
            let text = clean(t);
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let length = text.chars().count();
            length <= MAX_LABEL && digits < 7 && (digits < length || length == 4)
        }
        CellValue::Number(n) => n.fract() == 0.0 && (1990.0..2100.0).contains(n),
        _ => false,
    }
}

/// Whether a row could be a header's first: two labels or more and nothing else, not facts about the table, no total.
pub(super) fn could_be_header(sheet: &Sheet, row: u32) -> bool {
    let cells = spoken(sheet, row);
    let texts: Vec<String> = cells.iter().map(|(_, v)| clean(&v.shown())).collect();
    let Some(first) = texts.first() else { return false };
    let labels = cells.iter().filter(|(_, v)| is_label(v)).count();
    let lone_column = sheet.cols == 1 && labels == 1 && header_words(std::iter::once(first.as_str())) > 0;
    let facts = texts.iter().filter(|t| is_fact(t)).count();
    (labels >= 2 || lone_column)
        && labels == cells.len()
        && facts * 2 < texts.len().max(2)
        && !is_footer(first)
        && !is_fact(first)
        && !is_total(first)
        && !texts.iter().all(|t| is_number_of_table(t))
}

/// How surely a row is a header: the number of its labels that headers are made of.
pub(super) fn header_score(sheet: &Sheet, row: u32) -> usize {
    let texts: Vec<String> = spoken(sheet, row).iter().map(|(_, v)| clean(&v.shown())).collect();
    header_words(texts.iter().map(String::as_str))
}

/// The rows of the header that begins at `first`.
pub(super) fn header_rows(sheet: &Sheet, first: u32) -> RangeInclusive<u32> {
    let mut last = first;
    while last - first + 1 < MAX_HEADER_ROWS && last + 1 < sheet.rows {
        let by_merge = spoken(sheet, last).iter().any(|(col, _)| {
            sheet.merge_at(last, *col).is_some_and(|m| m.bottom > last && m.bottom - first < MAX_HEADER_ROWS)
        });
        if !(by_merge || has_labels_below(sheet, first, last)) {
            break;
        }
        last += 1;
    }
    first..=last
}

/// Whether the row under `last` divides its labels: labels under a label that spans several columns, or labels only where
/// the header so far has gaps.
fn has_labels_below(sheet: &Sheet, first: u32, last: u32) -> bool {
    let below = spoken(sheet, last + 1);
    if below.is_empty() || !below.iter().all(|(_, v)| is_label(v)) || is_total(&clean(&below[0].1.shown())) {
        return false;
    }
    let under_span = |col: u32| {
        sheet
            .merge_at(last, col)
            .is_some_and(|m| m.bottom == last && m.right > m.left && !is_whole_width(sheet, m.left, m.right))
    };
    if below.iter().any(|(col, _)| under_span(*col)) {
        // A record under a header with a wide last column also has a value there, but it begins at the left.
        let outside = below.iter().filter(|(col, _)| !under_span(*col) && !text_at(sheet, last, *col).is_empty());
        let inside = below.iter().filter(|(col, _)| under_span(*col)).count();
        let divided =
            below.windows(2).any(|w| under_span(w[0].0) && anchor(sheet, last, w[0].0) == anchor(sheet, last, w[1].0));
        return divided && outside.count() <= inside;
    }
    let is_gap = |col: u32| (first..=last).all(|row| text_at(sheet, row, col).is_empty());
    let gaps = below.iter().filter(|(col, _)| is_gap(*col)).count();
    let left = spoken(sheet, last).first().map_or(0, |(col, _)| *col);
    gaps > 0 && below.len() >= 2 && below[0].0 > left
}

fn is_whole_width(sheet: &Sheet, left: u32, right: u32) -> bool {
    left == 0 && right + 1 >= sheet.cols && sheet.cols > 3
}

/// The columns under a header. `has_data` tells whether a column holds values of its own below.
pub(super) fn columns(sheet: &Sheet, rows: &RangeInclusive<u32>, has_data: impl Fn(u32) -> bool) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut last_leaf = None;
    for col in 0..sheet.cols {
        let (path, unit, leaf) = path_of(sheet, rows, col);
        if path.is_empty() && unit.is_none() {
            continue;
        }
        // A label over two columns names one column, unless the second has values of its own.
        if leaf.is_some() && leaf == last_leaf && !has_data(col) {
            continue;
        }
        last_leaf = leaf;
        columns.push(Column { col, label: path.join("/"), path, unit });
    }
    columns
}

/// The labels above a column from the outermost inwards, its unit, and the place of the innermost label.
fn path_of(sheet: &Sheet, rows: &RangeInclusive<u32>, col: u32) -> (Vec<String>, Option<String>, Option<(u32, u32)>) {
    let (mut path, mut unit, mut leaf) = (Vec::new(), None, None);
    for row in rows.clone() {
        let mut at = anchor(sheet, row, col);
        let mut text = text_at(sheet, row, col);
        if text.is_empty()
            && row < *rows.end()
            && !text_at(sheet, row + 1, col).is_empty()
            && sheet.merge_at(row, col).is_none()
        {
            // An outer label that was written over its first column only, without a merge.
            if let Some(left) = (0..col).rev().find(|c| !text_at(sheet, row, *c).is_empty())
                && !text_at(sheet, row + 1, left).is_empty()
                && anchor(sheet, row + 1, left) != anchor(sheet, row, left)
            {
                at = anchor(sheet, row, left);
                text = text_at(sheet, row, left);
            }
        }
        if text.is_empty() || leaf == Some(at) {
            continue;
        }
        leaf = Some(at);
        let (name, stated) = split_unit(&text);
        unit = stated.or(unit);
        if !name.is_empty() && path.last() != Some(&name) {
            path.push(name);
        }
    }
    (path, unit, leaf)
}
