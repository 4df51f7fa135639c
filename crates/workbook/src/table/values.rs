//! Reading a value out of a table where a merge or a ditto mark means "as above".

use super::TableRegion;
use super::header::anchor;
use crate::model::{CellValue, Sheet};

/// Whether a text stands for the value above it: 同上, 〃, ″, " and their kin.
pub fn means_same_as_above(text: &str) -> bool {
    const MARKS: &str = "〃″\"”“＂'";
    let mut core = text.chars().filter(|c| !c.is_whitespace() && !"（）()-—".contains(*c));
    match core.next() {
        Some('同') => core.next() == Some('上') && core.next().is_none(),
        Some('\'') => core.next().is_some_and(|c| MARKS.contains(c)) && core.all(|c| MARKS.contains(c)),
        Some(c) if MARKS.contains(c) => core.all(|c| MARKS.contains(c)),
        _ => false,
    }
}

/// The value of a place, inside a merged area the area's value.
pub(super) fn merged(sheet: &Sheet, row: u32, col: u32) -> &CellValue {
    let own = &sheet.cell(row, col).value;
    if own.is_blank() {
        let (row, col) = anchor(sheet, row, col);
        return &sheet.cell(row, col).value;
    }
    own
}

/// The value of a cell of a table: inside a merged area the area's value, as far as the area lies below the header.
pub fn value_at<'a>(sheet: &'a Sheet, region: &TableRegion, row: u32, col: u32) -> &'a CellValue {
    let (top, _) = anchor(sheet, row, col);
    if top <= *region.header_rows.end() { &sheet.cell(row, col).value } else { merged(sheet, row, col) }
}

/// As [`value_at`], and a ditto mark gives the value above it. A mark with nothing above is returned as it is.
pub fn resolve<'a>(sheet: &'a Sheet, region: &TableRegion, row: u32, col: u32) -> &'a CellValue {
    let own = value_at(sheet, region, row, col);
    let is_ditto = |v: &CellValue| matches!(v, CellValue::Text(t) if means_same_as_above(t));
    if !is_ditto(own) {
        return own;
    }
    let above = (region.header_rows.end() + 1..row).rev().map(|r| value_at(sheet, region, r, col));
    above.into_iter().find(|v| !v.is_blank() && !is_ditto(v)).unwrap_or(own)
}
