//! Where the tables of a sheet are: titles, merged headers, units, data, totals, footers, lists and cross tables.

mod header;
mod regions;
mod rows;
mod values;
mod words;

use std::ops::RangeInclusive;

pub use regions::find_tables;
pub use values::{means_same_as_above, resolve, value_at};

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The sheet's column, from 0.
    pub col: u32,
    /// The headers above it from the outermost inwards, as `["联系方式", "电话"]`, without units.
    pub path: Vec<String>,
    /// The path in one line, `联系方式/电话`; without line breaks or inner spaces of spread-out Chinese (`姓  名` is `姓名`).
    pub label: String,
    /// The unit that the header, or a line `单位：万元` above the table, states.
    pub unit: Option<String>,
}

/// What a row below the header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A record, or a row of figures.
    Data,
    /// Nothing in it but, perhaps, a sequence number: room to fill in.
    Blank,
    /// 合计, 小计, 总计, 共计.
    Total,
    /// 填表人, 审核, 注: what follows a table without being part of it.
    Footer,
    /// The numbering of columns under a header: 1 2 3 or 甲 乙 丙.
    Numbering,
}

/// A row below the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataRow {
    /// The sheet's row, from 0.
    pub row: u32,
    /// What it is.
    pub kind: RowKind,
}

/// How a table is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A row for each person, household, thing.
    List,
    /// Row stubs (areas, categories) × column categories, with figures in the cells.
    Cross,
}

/// One table on a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRegion {
    /// The header's rows.
    pub header_rows: RangeInclusive<u32>,
    /// The columns, left to right.
    pub columns: Vec<Column>,
    /// Every row below the header down to the table's end, footers included.
    pub data_rows: Vec<DataRow>,
    /// The title line above.
    pub title: Option<String>,
    /// List or cross table.
    pub shape: Shape,
    /// For a cross table the sheet's columns that name the rows; empty for a list.
    pub stub_cols: Vec<u32>,
}

impl TableRegion {
    /// The column of that label.
    pub fn column(&self, label: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.label == label)
    }

    /// The rows of one kind.
    pub fn rows_of(&self, kind: RowKind) -> impl Iterator<Item = u32> {
        self.data_rows.iter().filter(move |r| r.kind == kind).map(|r| r.row)
    }

    /// The rows a list may be written into: from the first row under the header that is data or blank, as many as follow
    /// without a total or footer between. `None` for a template without such a row.
    pub fn fillable(&self) -> Option<RangeInclusive<u32>> {
        let open = |r: &&DataRow| matches!(r.kind, RowKind::Data | RowKind::Blank);
        let mut rows = self.data_rows.iter().skip_while(|r| !open(r)).take_while(open);
        let first = rows.next()?.row;
        Some(first..=rows.last().map_or(first, |r| r.row))
    }
}
