//! A workbook in memory, lean enough that 50,000 × 30 cells stay well under 150 MB.

use std::sync::Arc;

use crate::error::BookError;
use crate::limits::Limits;

/// The container the bytes were found to be, whatever the file was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML (ISO/IEC 29500), macro-enabled or not.
    Xlsx,
    /// BIFF8 or older in an OLE compound file.
    Xls,
    /// Delimited text.
    Csv,
    /// An HTML page with a table, usually named `.xls`.
    Html,
}

/// One opened workbook.
#[derive(Debug, Clone)]
pub struct Book {
    /// What the content is.
    pub format: Format,
    /// The sheets in the order of their tabs.
    pub sheets: Vec<Sheet>,
    /// The text encoding for delimited text and HTML (`UTF-8`, `GBK`, `GB18030`, `UTF-16LE`, …).
    pub encoding: Option<String>,
}

impl Book {
    /// The sheet of that name.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|s| s.name == name)
    }
}

/// A rectangle of cells, both ends included, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    /// First row.
    pub top: u32,
    /// First column.
    pub left: u32,
    /// Last row.
    pub bottom: u32,
    /// Last column.
    pub right: u32,
}

impl Range {
    /// Whether the cell lies inside.
    pub fn contains(&self, row: u32, col: u32) -> bool {
        (self.top..=self.bottom).contains(&row) && (self.left..=self.right).contains(&col)
    }
}

/// A time within a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeOfDay {
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
    /// 0–59, rounded.
    pub second: u8,
    /// Milliseconds to add to the rounded second for the stored instant, -500–499.
    pub rest_ms: i16,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum CellValue {
    /// Nothing.
    #[default]
    Empty,
    /// Text as stored, not trimmed; equal texts of one sheet share memory.
    Text(Arc<str>),
    /// A number without a date format.
    Number(f64),
    /// `TRUE` or `FALSE`.
    Bool(bool),
    /// A number whose format is a date. Proleptic Gregorian; `time` is absent at midnight.
    Date {
        /// Year, 1900–9999.
        year: i16,
        /// Month, 1–12.
        month: u8,
        /// Day, 1–31.
        day: u8,
        /// Time of day, when there is one.
        time: Option<TimeOfDay>,
    },
    /// A formula's error, as `#REF!`.
    Error(Arc<str>),
}

impl CellValue {
    /// A text value.
    pub fn text(s: impl Into<Arc<str>>) -> Self {
        Self::Text(s.into())
    }

    /// Whether nothing can be read here: empty, or white space only.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(t) => t.trim().is_empty(),
            _ => false,
        }
    }

    /// What a person would copy from the cell: `13812345678`, `1980-05-03`, `3.5`; the empty string for nothing.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(t) | Self::Error(t) => t.to_string(),
            Self::Number(n) => shown_number(*n),
            Self::Bool(b) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
            Self::Date { year, month, day, time } => match time {
                None => format!("{year:04}-{month:02}-{day:02}"),
                Some(t) => {
                    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", t.hour, t.minute, t.second)
                }
            },
        }
    }

    /// Whether this is a long identity or account number that a spreadsheet has turned into a number and cut after 15
    /// digits: a number of 16 digits or more, or text such as `2.30102E+17` that such a sheet was saved as.
    pub fn digits_lost(&self) -> bool {
        match self {
            Self::Number(n) => n.fract() == 0.0 && n.abs() >= 1e15 && n.abs() < 1e21,
            Self::Text(t) => is_scientific(t.trim()),
            _ => false,
        }
    }
}

/// `d.dddE+dd` with an exponent of 11 or more, as a spreadsheet writes a long number into text.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits_and_point =
        !mantissa.is_empty() && mantissa.chars().all(|c| c.is_ascii_digit() || c == '.') && mantissa.contains('.');
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    digits_and_point && exponent.len() <= 2 && exponent.parse::<u8>().is_ok_and(|e| e >= 11)
}

/// A number as the cell shows it in a wide enough column: whole numbers in full, others to the 15 significant digits that
/// a spreadsheet keeps, never with an exponent.
pub fn shown_number(n: f64) -> String {
    if !n.is_finite() {
        return String::new();
    }
    if n.fract() == 0.0 && n.abs() < 1e15 {
        return format!("{n:.0}").replace("-0", if n == 0.0 { "0" } else { "-0" });
    }
    // Rounding through 15 significant digits turns 0.30000000000000004 back into 0.3.
    format!("{n:.14e}").parse::<f64>().map_or_else(|_| format!("{n}"), |r| format!("{r}"))
}

/// A cell: its value, and whether a formula made it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// The value, for a formula the one stored when the file was last saved.
    pub value: CellValue,
    /// Whether the cell holds a formula.
    pub formula: bool,
}

/// Merged areas from this many rows on are kept apart, so that the others are found by their first row.
const TALL: u32 = 64;

/// The cell of every place that holds nothing.
static NOTHING: Cell = Cell { value: CellValue::Empty, formula: false };

/// One sheet. `rows` and `cols` reach to the last value: rows that are only coloured do not count.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The name on the tab.
    pub name: String,
    /// Hidden, or "very hidden".
    pub hidden: bool,
    /// Rows up to the last one with a value.
    pub rows: u32,
    /// Columns up to the last one with a value.
    pub cols: u32,
    /// Merged areas.
    pub merges: Vec<Range>,
    /// Column widths in characters where the file states them: (first column, last column, width).
    pub widths: Vec<(u32, u32, f64)>,
    grid: Vec<RowCells>,
    /// Rows with bordered cells that hold nothing, as runs of (first, last).
    framed: Vec<(u32, u32)>,
    /// Indexes of the merges of [`TALL`] rows and more.
    tall: Vec<u32>,
}

#[derive(Debug, Clone, Default)]
struct RowCells {
    first: u32,
    cells: Box<[Cell]>,
}

impl Sheet {
    /// An empty sheet.
    pub(crate) fn named(name: &str, hidden: bool) -> Self {
        Self { name: name.to_owned(), hidden, ..Self::default() }
    }

    /// The cell at a place counted from 0; a place outside the sheet is an empty cell.
    pub fn cell(&self, row: u32, col: u32) -> &Cell {
        let found = self.grid.get(row as usize).and_then(|r| {
            let at = col.checked_sub(r.first)?;
            r.cells.get(at as usize)
        });
        found.unwrap_or(&NOTHING)
    }

    /// The cells of a row that hold something, with their columns.
    pub fn row(&self, row: u32) -> impl Iterator<Item = (u32, &Cell)> {
        let row = self.grid.get(row as usize);
        row.into_iter()
            .flat_map(|r| (r.first..).zip(r.cells.iter()).filter(|(_, c)| c.value != CellValue::Empty || c.formula))
    }

    /// The merged area that covers a cell.
    pub fn merge_at(&self, row: u32, col: u32) -> Option<&Range> {
        let from = self.merges.partition_point(|m| m.top + TALL <= row);
        let short = self.merges[from..].iter().take_while(|m| m.top <= row);
        let tall = self.tall.iter().filter_map(|i| self.merges.get(*i as usize));
        short.chain(tall).find(|m| m.contains(row, col))
    }

    /// Takes over the merged areas, sorted so that [`Sheet::merge_at`] need not look at all of them.
    pub(crate) fn set_merges(&mut self, mut merges: Vec<Range>) {
        merges.sort_by_key(|m| (m.top, m.left));
        let is_tall = |(i, m): (u32, &Range)| (m.bottom - m.top >= TALL).then_some(i);
        self.tall = (0..).zip(&merges).filter_map(is_tall).collect();
        self.merges = merges;
    }

    /// A sheet made of values, row by row, for tests and for formats that have nothing else.
    pub fn from_rows(name: &str, rows: impl IntoIterator<Item = Vec<CellValue>>) -> Self {
        let mut sheet = Self::named(name, false);
        for (row, values) in (0..).zip(rows) {
            let cell = |value| Cell { value, formula: false };
            sheet.put_row(row, &mut (0..).zip(values.into_iter().map(cell)).collect());
        }
        sheet
    }

    /// Whether a row has bordered cells without values: room that a template offers to be filled in.
    pub fn is_framed(&self, row: u32) -> bool {
        let at = self.framed.partition_point(|(_, last)| *last < row);
        self.framed.get(at).is_some_and(|(first, _)| *first <= row)
    }

    /// Remembers a framed row; rows come in order.
    pub(crate) fn frame(&mut self, row: u32) {
        match self.framed.last_mut() {
            Some((_, last)) if *last + 1 >= row => *last = (*last).max(row),
            _ => self.framed.push((row, row)),
        }
    }

    /// Cell slots held, the measure of [`crate::Limits::max_cells`].
    pub fn slots(&self) -> u64 {
        self.grid.iter().map(|r| r.cells.len() as u64).sum()
    }

    /// As [`Sheet::put_row`], refusing what goes beyond the limits; `slots` counts over all sheets.
    pub(crate) fn put_row_within(
        &mut self,
        row: u32,
        cells: &mut Vec<(u32, Cell)>,
        limits: &Limits,
        slots: &mut u64,
    ) -> Result<(), BookError> {
        cells.retain(|(_, c)| c.value != CellValue::Empty || c.formula);
        let Some(last) = cells.iter().map(|(col, _)| *col).max() else { return Ok(()) };
        if row >= limits.max_rows {
            return Err(BookError::TooManyRows { sheet: self.name.clone(), limit: limits.max_rows });
        }
        if last >= limits.max_cols {
            return Err(BookError::TooManyColumns { sheet: self.name.clone(), limit: limits.max_cols });
        }
        *slots += self.put_row(row, cells);
        if *slots > limits.max_cells {
            return Err(BookError::TooManyCells { limit: limits.max_cells });
        }
        Ok(())
    }

    /// Stores one row; cells need not be in order, and the last of two for one column wins. Returns the slots used.
    pub(crate) fn put_row(&mut self, row: u32, cells: &mut Vec<(u32, Cell)>) -> u64 {
        cells.retain(|(_, c)| c.value != CellValue::Empty || c.formula);
        if cells.is_empty() {
            return 0;
        }
        cells.sort_by_key(|(col, _)| *col);
        let first = cells[0].0;
        let last = cells[cells.len() - 1].0;
        let mut slots = vec![Cell::default(); (last - first) as usize + 1];
        for (col, cell) in cells.drain(..) {
            slots[(col - first) as usize] = cell;
        }
        let at = row as usize;
        let mut used = slots.len() as u64;
        if self.grid.len() <= at {
            used += (at - self.grid.len()) as u64;
            self.grid.resize_with(at + 1, RowCells::default);
        }
        self.grid[at] = RowCells { first, cells: slots.into_boxed_slice() };
        self.rows = self.rows.max(row + 1);
        self.cols = self.cols.max(last + 1);
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_as_a_person_reads_them() {
        for (n, shown) in [
            (13_812_345_678.0, "13812345678"),
            (0.1 + 0.2, "0.3"),
            (3.50, "3.5"),
            (-12.0, "-12"),
            (-0.0, "0"),
            (2.301_021_980_010_11e17, "230102198001011000"),
            (1e-7, "0.0000001"),
            (f64::NAN, ""),
        ] {
            assert_eq!(shown_number(n), shown);
        }
    }

    #[test]
    fn an_identity_number_damaged_by_the_spreadsheet_is_recognised() {
        assert!(CellValue::Number(2.30102e17).digits_lost());
        assert!(CellValue::text("2.30102E+17").digits_lost());
        assert!(!CellValue::text("230102198001011234").digits_lost());
        assert!(!CellValue::Number(13_812_345_678.0).digits_lost());
        assert!(!CellValue::text("E+17").digits_lost());
        assert!(!CellValue::text("1.5E+3").digits_lost());
    }

    #[test]
    fn a_cell_is_small() {
        assert!(size_of::<Cell>() <= 32, "{}", size_of::<Cell>());
    }
}
