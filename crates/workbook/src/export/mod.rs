//! Lists written row after row in bounded memory, however many rows there are.

mod csv_out;
mod xlsx_out;

pub use csv_out::{CsvExport, neutralise};
pub use xlsx_out::XlsxExport;

/// What a column holds; decides its format and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, in the text format, so that long digit strings stay as they are.
    Text,
    /// Numbers.
    Number,
    /// Dates, shown as `yyyy-mm-dd`.
    Date,
}

/// One value of an exported row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ExportValue<'a> {
    /// Nothing.
    Empty,
    /// Text.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A date.
    Date {
        /// Year, 1900–9999.
        year: i16,
        /// Month, 1–12.
        month: u8,
        /// Day, 1–31.
        day: u8,
    },
}
