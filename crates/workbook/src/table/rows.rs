//! What each row below a header is.

use super::header::{anchor, spoken};
use super::words::{clean, is_footer, is_sequence, is_total};
use super::{Column, RowKind};
use crate::model::{CellValue, Sheet};

/// The order of the heavenly stems, by which tables number their stub columns.
const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";

/// Whether a row numbers the columns: 1 2 3, (1) (2) (3), 甲 乙 1 2, A B C.
pub(super) fn is_numbering(sheet: &Sheet, row: u32, columns: &[Column]) -> bool {
    let texts: Vec<String> = spoken(sheet, row).iter().map(|(_, v)| clean(&v.shown())).collect();
    if texts.len() < 2 || texts.len() * 2 < columns.len() {
        return false;
    }
    let bare = |t: &String| t.trim_matches(['(', ')', '（', '）', '[', ']', '①', '栏']).to_owned();
    let (mut stems, mut number) = (0, None);
    texts.iter().map(bare).all(|t| {
        if let Ok(n) = t.parse::<u32>() {
            let follows = number.map_or(n <= 2 || n as usize == stems + 1, |last: u32| n == last + 1);
            number = Some(n);
            return follows;
        }
        let stem = STEMS.chars().nth(stems).map(String::from);
        let letter = char::from_u32('A' as u32 + stems as u32).map(String::from);
        stems += 1;
        number.is_none() && (Some(&t) == stem.as_ref() || Some(&t) == letter.as_ref())
    }) && (number.is_some_and(|n| n >= 2) || stems >= 2)
}

/// What a row is, seen by itself.
pub(super) fn kind_of(sheet: &Sheet, row: u32, columns: &[Column]) -> RowKind {
    let values = |c: &&Column| {
        let (r, col) = anchor(sheet, row, c.col);
        (r == row).then(|| &sheet.cell(r, col).value).filter(|v| !v.is_blank())
    };
    let filled: Vec<&Column> = columns.iter().filter(|c| values(c).is_some()).collect();
    let cells = spoken(sheet, row);
    let Some((_, first)) = cells.first() else { return RowKind::Blank };
    if let CellValue::Text(t) = first
        && is_footer(t)
    {
        return RowKind::Footer;
    }
    if cells.iter().take(3).any(|(_, v)| matches!(v, CellValue::Text(t) if is_total(t))) {
        return RowKind::Total;
    }
    let only_sequence = filled.iter().all(|c| is_sequence(&c.label));
    if filled.is_empty() || (only_sequence && columns.len() > 1) {
        // Text beside the columns, or a number waiting for its record.
        return if filled.is_empty() && cells.iter().any(|(_, v)| matches!(v, CellValue::Text(_))) {
            RowKind::Footer
        } else {
            RowKind::Blank
        };
    }
    // One text across the table is a remark, not a record.
    let (left, value) = cells[0];
    let wide = sheet
        .merge_at(row, left)
        .is_some_and(|m| (m.right - m.left + 1) as usize * 2 > columns.len() && m.right - m.left >= 2);
    if cells.len() == 1 && wide && matches!(value, CellValue::Text(_)) {
        return RowKind::Footer;
    }
    RowKind::Data
}
