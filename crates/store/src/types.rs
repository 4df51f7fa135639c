//! Answers of the store.

use std::path::PathBuf;

use linli_domain::{Area, Label, RecordId, Timestamp};
use serde::{Deserialize, Serialize};

/// Whether a unique value is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UniqueHit {
    /// No living record holds it.
    Free,
    /// This record, within the scope, holds it.
    Here(RecordId),
    /// A record outside the scope holds it; more is not said.
    Elsewhere,
}

/// What became of an idempotency key.
#[derive(Debug, Clone, PartialEq)]
pub enum Once {
    /// Not seen before: go on, then [`crate::WriteTx::remember`] the answer.
    First,
    /// The same request was answered before: this was the answer.
    Replay(serde_json::Value),
    /// The key was used for another request.
    OtherContent,
}

/// An area in the tree's view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaNode {
    /// The area.
    pub area: Area,
    /// Whether it has children valid on that day.
    pub has_children: bool,
}

/// How much a migration step changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MigrationClass {
    /// New tables, columns, indexes; nothing that is there changes.
    Additive,
    /// Existing rows are rewritten; nothing is lost.
    Rewrite,
    /// Something is lost.
    Destructive,
}

/// One step of a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrationStep {
    /// How much it changes.
    pub class: MigrationClass,
    /// Statement, or a comment that says what the program does row by row.
    pub sql: String,
    /// Table.
    pub table: String,
    /// Rows read or written.
    pub rows: u64,
    /// Why.
    pub why: Label,
}

/// What a migration would do, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MigrationPlan {
    /// Steps in order.
    pub steps: Vec<MigrationStep>,
}

impl MigrationPlan {
    /// The gravest class of its steps; `None` when there is nothing to do in the database.
    pub fn class(&self) -> Option<MigrationClass> {
        self.steps.iter().map(|step| step.class).max()
    }
}

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupInfo {
    /// The archive.
    pub file: PathBuf,
    /// When the snapshot was taken.
    pub at: Timestamp,
    /// Bytes of the archive.
    pub bytes: u64,
    /// Rows by table.
    pub rows: std::collections::BTreeMap<String, u64>,
    /// Whether the keys are inside.
    pub with_keys: bool,
}

/// One thing [`crate::Store::verify`] found wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// The first broken link of an audit chain.
    AuditChain {
        /// Chain.
        chain: i64,
        /// Entry.
        seq: i64,
        /// When the entry says it was written.
        at: Timestamp,
        /// What does not fit.
        why: String,
    },
    /// A living record's unique value is not claimed, or claimed by another, or a claim has no record.
    Claim {
        /// Entity.
        entity: String,
        /// Field.
        field: String,
        /// Record.
        id: RecordId,
        /// What does not fit.
        why: String,
    },
    /// The versions of a record leave a gap or overlap.
    History {
        /// Entity.
        entity: String,
        /// Record.
        id: RecordId,
        /// Version where it breaks.
        version: i64,
    },
    /// Records stand on an area that does not exist, or whose home is another.
    Home {
        /// Entity.
        entity: String,
        /// Home of the records.
        home: String,
        /// Path of the records.
        path: String,
        /// How many.
        rows: u64,
    },
    /// A roll-up of an indicator is not what the rows say.
    Rollup {
        /// Entity.
        entity: String,
        /// Its filter.
        filter: String,
        /// Path of the area.
        path: String,
        /// Rows it holds.
        held: i64,
        /// Rows there are.
        counted: i64,
    },
    /// A case is not what its history adds up to.
    Case {
        /// Its number.
        number: String,
    },
}

/// What [`crate::Store::verify`] looked at and found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VerifyReport {
    /// Audit entries checked.
    pub audit_entries: u64,
    /// Records checked.
    pub records: u64,
    /// Roll-ups of indicators recomputed from rows, by area.
    #[serde(default)]
    pub rollups: u64,
    /// Cases replayed from their history.
    #[serde(default)]
    pub cases: u64,
    /// What is wrong; empty when all is well.
    pub faults: Vec<Fault>,
}
