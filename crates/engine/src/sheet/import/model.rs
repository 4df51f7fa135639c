//! An import as the page and the command line see it, and what is kept of it beside the store's own columns.

use std::collections::BTreeMap;

use linli_domain::{RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::Counts;
use crate::{area::AreaRef, sheet::matching::SheetView, views::Text};

/// An import.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Import {
    /// Id.
    pub id: String,
    /// How far it is.
    pub state: ImportState,
    /// Name of the file.
    pub file_name: String,
    /// Register.
    pub entity: String,
    /// Area it is for.
    pub area: AreaRef,
    /// When it was made, RFC 3339.
    pub created: String,
    /// Who made it.
    pub by: String,
    /// Sheets and the tables found on them.
    pub sheets: Vec<SheetView>,
    /// Table and columns that were chosen.
    pub chosen: Option<Chosen>,
    /// Rows by outcome, once compared.
    pub counts: Option<Counts>,
    /// Rows written so far, of how many.
    pub progress: Progress,
    /// Names of areas in the ledger that the tree does not have.
    pub unknown_areas: Vec<UnknownArea>,
    /// What the writing did, once it is done.
    pub result: Option<Applied>,
    /// What the undoing did, once it is done.
    pub undo: Option<Undone>,
    /// Why it failed.
    pub failure: Option<Text>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Columns are to be confirmed.
    Matching,
    /// Compared; nothing is written.
    Checked,
    /// Being written.
    Applying,
    /// Written.
    Applied,
    /// Taken back.
    Undone,
    /// Stopped by an error.
    Failed,
}

/// Table and columns that were chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Chosen {
    /// Sheet.
    pub sheet: String,
    /// Number of the table on the sheet, from 0.
    pub table: usize,
    /// Column of the sheet (from 0, as text) → element, or null for "leave out".
    pub mapping: BTreeMap<String, Option<String>>,
}

/// Rows done, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Done.
    pub done: usize,
    /// All.
    pub total: usize,
}

/// A name of an area in the ledger that the tree does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnknownArea {
    /// Kind: `building`, `grid`…
    pub kind: String,
    /// Name as the ledger writes it.
    pub name: String,
    /// Rows with it.
    pub rows: usize,
}

/// What the writing of an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Applied {
    /// Records made.
    pub created: usize,
    /// Records changed.
    pub changed: usize,
    /// Households and dwellings made beside them.
    pub homes_created: usize,
    /// Households and dwellings filled in.
    pub homes_changed: usize,
    /// Rows left as they are: the same already, skipped, or waiting for a decision or a correction.
    pub left: usize,
}

/// What the undoing of an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Undone {
    /// Records that were made and are ended now.
    pub ended: usize,
    /// Records that are as they were.
    pub restored: usize,
    /// Records that were not touched, and why.
    pub kept: Vec<Kept>,
}

/// A record the undoing did not touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kept {
    /// Register.
    pub entity: String,
    /// Record.
    pub id: String,
    /// Row of the sheet it came from (from 1).
    pub row: u32,
    /// Why.
    pub reason: Text,
}

/// What is remembered of an import in the batch's `mapping` column.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memo {
    /// The uploaded file's row.
    pub document: Option<RecordId>,
    /// Sheets and the tables found on them.
    pub sheets: Vec<SheetView>,
    /// Table and columns that were chosen.
    pub chosen: Option<Chosen>,
    /// The day the ledger itself is from.
    pub written: Option<Timestamp>,
    /// Whether rows were compared.
    pub checked: bool,
    /// Rows of the table.
    pub total: usize,
    /// Names the tree does not have.
    pub unknown_areas: Vec<UnknownArea>,
    /// What the writing did.
    pub result: Applied,
    /// What the undoing did.
    pub undo: Option<Undone>,
    /// Why it failed.
    pub failure: Option<linli_domain::Label>,
}

/// A row of an import.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RowView {
    /// Row of the sheet, from 1 as Excel shows it.
    pub row: u32,
    /// What it is: `new` `changed` `same` `conflict` `error` `duplicate`.
    pub outcome: String,
    /// Name it goes by.
    pub title: String,
    /// The known record it is, or became.
    pub record_id: Option<String>,
    /// Cells.
    pub fields: Vec<RowField>,
    /// Remarks on the row as a whole.
    pub notes: Vec<Text>,
    /// Whom it may be.
    pub candidates: Vec<CandidateView>,
    /// What was decided.
    pub decision: Option<String>,
    /// The record meant by the decision, when it names one.
    pub decision_record_id: Option<String>,
}

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RowField {
    /// Element it stands for.
    pub field: String,
    /// Heading of the column.
    pub column: String,
    /// Name of the cell, `B5`.
    pub cell: String,
    /// What the ledger says (masked when sensitive).
    pub text: String,
    /// What the register holds (masked when sensitive), when it differs.
    pub old: Option<String>,
    /// What it would become (masked when sensitive), when it differs.
    pub new: Option<String>,
    /// Why the cell cannot be taken, or why somebody must choose.
    pub error: Option<Text>,
}

/// Somebody a row may be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CandidateView {
    /// Record; null for another row of the same file.
    pub id: Option<String>,
    /// That row, from 1.
    pub row: Option<u32>,
    /// Name.
    pub title: String,
    /// Likeness, 0 to 1.
    pub score: f64,
    /// What speaks for and against.
    pub reasons: Vec<Text>,
}
