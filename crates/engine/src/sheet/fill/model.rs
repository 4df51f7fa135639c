//! A fill as the page sees it, and what is remembered of it.

use std::collections::BTreeMap;

use linli_domain::{AreaPath, RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{area::AreaRef, sheet::matching::ColumnView, views::Text};

/// A template to be filled.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fill {
    /// Id.
    pub id: String,
    /// Name of the template.
    pub file_name: String,
    /// Area it is filled for.
    pub area: AreaRef,
    /// Day it is filled as of; today when absent.
    pub as_of: Option<String>,
    /// `matching` until the columns were confirmed, then `ready`.
    pub state: String,
    /// When it was brought, RFC 3339.
    pub created: String,
    /// Who brought it.
    pub by: String,
    /// Sheets.
    pub sheets: Vec<FillSheet>,
    /// What was confirmed of the tables; empty while `matching`.
    pub chosen: Vec<TableChoice>,
    /// What would be written, once the columns were confirmed: one per table.
    pub preview: Vec<Preview>,
    /// What is missing, by area and column.
    pub gaps: Vec<GapView>,
    /// Cells by what became of them.
    pub counts: Option<FillCounts>,
    /// What the person should know.
    pub notes: Vec<Text>,
}

/// A sheet of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FillSheet {
    /// Name.
    pub name: String,
    /// Tables.
    pub tables: Vec<FillTable>,
}

impl PartialEq for ColumnView {
    fn eq(&self, other: &Self) -> bool {
        self.column == other.column && self.label == other.label
    }
}

/// A table of a template and how it would be filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FillTable {
    /// Number on its sheet, from 0.
    pub table: usize,
    /// Title.
    pub title: Option<String>,
    /// `list` or `cross`.
    pub shape: String,
    /// Register whose records are the rows (or are counted); null when nothing fits.
    pub entity: Option<String>,
    /// Report table by whose filter rows are chosen, or a filter in CEL.
    pub filter: Option<String>,
    /// Columns.
    pub columns: Vec<ColumnView>,
    /// Rows the template offers.
    pub row_count: usize,
    /// Whether rows are there already and only their blanks are filled.
    pub completes: bool,
}

/// How a table is to be filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableChoice {
    /// Sheet.
    pub sheet: String,
    /// Number of the table on the sheet.
    pub table: usize,
    /// Register; a table without one is left as it is.
    pub entity: Option<String>,
    /// Report table or CEL filter.
    #[serde(default)]
    pub filter: Option<String>,
    /// Column of the sheet (from 0, as text) → element, or null for "leave". Not used for cross tables.
    #[serde(default)]
    pub mapping: BTreeMap<String, Option<String>>,
    /// Whether sensitive cells are wanted in clear.
    #[serde(default)]
    pub clear_sensitive: bool,
    /// What for.
    #[serde(default)]
    pub purpose: Option<String>,
}

/// The first rows of a filled table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// Sheet.
    pub sheet: String,
    /// Number of the table.
    pub table: usize,
    /// Headings.
    pub columns: Vec<String>,
    /// The first 20 rows as text.
    pub rows: Vec<Vec<String>>,
    /// All rows.
    pub total: usize,
}

/// Cells that are missing in one column for one area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GapView {
    /// Area.
    pub area: GapArea,
    /// Heading.
    pub column: String,
    /// Element.
    pub element: String,
    /// Cells.
    pub missing: usize,
}

/// An area with gaps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct GapArea {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A gap as it is kept: with the records it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Area.
    pub area: GapArea,
    /// Register.
    pub entity: String,
    /// Heading.
    pub column: String,
    /// Element.
    pub element: String,
    /// Records that lack it.
    pub records: Vec<RecordId>,
}

/// Cells by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FillCounts {
    /// Rows written.
    pub rows: usize,
    /// Cells written.
    pub filled: usize,
    /// Cells written with their sensitive part hidden.
    pub masked: usize,
    /// Cells that nothing is known for.
    pub missing: usize,
    /// Cells that held something and were left.
    pub kept: usize,
    /// Cells that hold something else than the register.
    pub differing: usize,
    /// Rows of the template whose person (household, dwelling) was not found.
    pub not_found: usize,
    /// Heads of a cross table that were not understood.
    pub unknown_heads: usize,
}

impl FillCounts {
    /// Adds another table's.
    pub fn add(&mut self, more: Self) {
        self.rows += more.rows;
        self.filled += more.filled;
        self.masked += more.masked;
        self.missing += more.missing;
        self.kept += more.kept;
        self.differing += more.differing;
        self.not_found += more.not_found;
        self.unknown_heads += more.unknown_heads;
    }
}

/// What is remembered of a fill.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Memo {
    /// Id.
    pub id: RecordId,
    /// Whose.
    pub account: RecordId,
    /// Their name.
    pub by: String,
    /// When it was brought.
    pub created: Timestamp,
    /// Name of the template.
    pub file_name: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Area.
    pub area: AreaPath,
    /// Day it is filled as of.
    pub as_of: Option<jiff::civil::Date>,
    /// Sheets and what was found on them.
    pub sheets: Vec<FillSheet>,
    /// What was chosen.
    pub chosen: Vec<TableChoice>,
    /// Preview of what was chosen.
    pub preview: Vec<Preview>,
    /// What is missing, with the records.
    pub gaps: Vec<Gap>,
    /// Cells by what became of them.
    pub counts: Option<FillCounts>,
    /// What the person should know.
    pub notes: Vec<Text>,
}
