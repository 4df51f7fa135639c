//! What would happen to every row of a ledger. Pure: made from the ledger, what the registers hold and what people decided.

use std::collections::{BTreeMap, HashMap};

use linli_domain::{Label, RecordId, Timestamp, Value, Values};
use linli_store::tables::RowOutcome;
use serde::{Deserialize, Serialize};

use super::{homes::Home, ledger::Ledger, register::Register};
use crate::sheet::{cell::CellProblem, places::Places};

/// What somebody decided about a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What.
    pub decision: Verdict,
    /// The record meant by `same_as` (or by `take_theirs` for a possible duplicate).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<RecordId>,
}

/// What can be decided about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The row is this known record: fill in what is missing, keep what the register holds about who it is.
    SameAs,
    /// A new record, although it looks like a known one.
    New,
    /// Leave the row out.
    Skip,
    /// The ledger is right: all its values are taken.
    TakeTheirs,
    /// The register is right: only what it does not know is taken.
    KeepOurs,
}

/// A remark on a row: on a cell, on a field, or on the row as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Number of the ledger's column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// Field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Stable code.
    pub code: String,
    /// What is wrong and what to do.
    pub message: Label,
}

impl Finding {
    /// A remark on the row as a whole.
    pub fn row(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { column: None, field: None, code: code.into(), message: Label::new(zh, en) }
    }

    /// A remark on a cell.
    pub fn cell(column: usize, problem: CellProblem) -> Self {
        Self { column: Some(column), field: None, code: problem.code, message: problem.message }
    }
}

/// A field whose value would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Field.
    pub field: String,
    /// What the register holds.
    pub old: Value,
    /// What the ledger says.
    pub new: Value,
    /// Why somebody must choose, if so.
    pub conflict: Option<Label>,
}

/// Somebody the row may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The known record; `None` for another row of the same file.
    pub id: Option<RecordId>,
    /// The other row's number in the sheet (from 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Name.
    pub title: String,
    /// Likeness, 0 to 1.
    pub score: f64,
    /// What speaks for and against.
    pub reasons: Vec<Label>,
}

/// What would be done with a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Action {
    /// Nothing.
    #[default]
    Nothing,
    /// A new record.
    Create,
    /// Changes to a known one.
    Update {
        /// New values.
        changes: Values,
        /// Whether it moves to the row's area.
        moves: bool,
    },
}

/// What a row is and what would be done with it.
#[derive(Debug, Clone, PartialEq)]
pub struct RowPlan {
    /// What it is.
    pub outcome: RowOutcome,
    /// What would be done.
    pub action: Action,
    /// Number of the known record in the register of the row's own entity.
    pub known: Option<usize>,
    /// Id of the known record, or of the one that would be made.
    pub id: RecordId,
    /// Number of the area.
    pub area: usize,
    /// Dwelling, household…: by part, the number in [`Plan::homes`].
    pub homes: Box<[Option<usize>]>,
    /// Remarks, differences, candidates; absent for most rows.
    pub more: Option<Box<More>>,
}

/// What only some rows have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct More {
    /// Remarks; for an error row what must be put right.
    pub findings: Vec<Finding>,
    /// Fields that differ.
    pub differences: Vec<Difference>,
    /// Whom the row may be.
    pub candidates: Vec<Candidate>,
}

/// A ledger compared with what is known.
#[derive(Debug)]
pub struct Plan<'c> {
    /// The ledger.
    pub ledger: Ledger<'c>,
    /// Areas.
    pub places: Places,
    /// Registers by part.
    pub registers: Vec<Register>,
    /// Dwellings and households the rows speak of.
    pub homes: Vec<Home>,
    /// One for each of [`Ledger::rows`].
    pub rows: Vec<RowPlan>,
    /// Names of areas that are not in the tree: (kind, name) → rows.
    pub unknown_areas: BTreeMap<(String, String), usize>,
}

/// What the comparison must be told beside the ledger and the registers.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Decisions by row of the sheet.
    pub decisions: HashMap<u32, Decision>,
    /// Records that rows of the same file became before.
    pub before: HashMap<u32, RecordId>,
    /// The day the ledger itself is from.
    pub written: Option<Timestamp>,
}

/// How many rows have each outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Counts {
    /// Not known yet.
    pub new: usize,
    /// Known, with other values.
    pub changed: usize,
    /// Known, the same.
    pub same: usize,
    /// Known, and someone must choose.
    pub conflict: usize,
    /// Cannot be taken.
    pub error: usize,
    /// Perhaps someone already known.
    pub duplicate: usize,
}

impl Counts {
    /// Counts one more row.
    pub fn add(&mut self, outcome: RowOutcome) {
        match outcome {
            RowOutcome::New => self.new += 1,
            RowOutcome::Changed => self.changed += 1,
            RowOutcome::Same => self.same += 1,
            RowOutcome::Conflict => self.conflict += 1,
            RowOutcome::Error => self.error += 1,
            RowOutcome::Duplicate => self.duplicate += 1,
        }
    }

    /// All rows.
    pub fn total(&self) -> usize {
        self.new + self.changed + self.same + self.conflict + self.error + self.duplicate
    }
}

impl Plan<'_> {
    /// How many rows have each outcome.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            counts.add(row.outcome);
        }
        counts
    }
}
