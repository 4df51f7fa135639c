//! Workbooks as offices really have them, in and out. Pure: bytes in, bytes out; no clock, no network, no database.
//!
//! | module | what it does |
//! |---|---|
//! | [`open`] | `.xlsx`, `.xls`, `.csv` or an HTML table under a workbook's name → [`Book`] |
//! | [`find_tables`] | where the tables of a sheet are: titles, merged headers, units, data, totals, footers |
//! | [`fill`] | writes cells into a department's template and leaves everything else byte for byte |
//! | [`mark_errors`] | the same workbook with bad cells red and a comment saying what is wrong |
//! | [`XlsxExport`], [`CsvExport`] | row after row to a file in bounded memory |
//!
//! Rows and columns are counted from 0 everywhere in this crate; [`cell_name`] turns them into `B5`.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod cfb;
mod convert;
mod dates;
mod delimited;
mod error;
mod export;
mod fill;
mod formula;
mod html;
mod limits;
mod marks;
mod model;
mod open;
mod package;
mod refs;
mod table;
mod xls;
mod xlsx;
mod xml;

pub use dates::{date_from_serial, date_to_serial};
pub use error::{BookError, Disguise, Lang, Note};
pub use export::{ColumnKind, CsvExport, ExportValue, XlsxExport, neutralise};
pub use fill::{CellWrite, Filled, Grow, OutValue, SheetEdit, fill};
pub use limits::Limits;
pub use marks::{Mark, Marked, mark_errors};
pub use model::{Book, Cell, CellValue, Format, Range, Sheet, TimeOfDay, shown_number};
pub use open::open;
pub use refs::cell_name;
pub use table::{Column, DataRow, RowKind, Shape, TableRegion, find_tables, means_same_as_above, resolve, value_at};
