//! The fixed tables: areas, accounts, sessions, audit, jobs, import batches, documents, settings,
//! collection tasks. One file per table;
//! their functions are methods of [`crate::ReadTx`] and [`crate::WriteTx`].

pub mod accounts;
pub mod areas;
pub mod assignments;
pub mod audit;
pub mod batches;
pub mod complaints;
pub mod documents;
pub mod jobs;
pub mod matches;
pub mod once;
pub mod sessions;
pub mod settings;
pub mod tasks;
pub mod visits;

pub use accounts::Account;
pub use assignments::{Assignment, AssignmentQuery, Completion, Progress};
pub use audit::{AuditEntry, AuditQuery, NewAudit};
pub use batches::{Batch, BatchRow, BatchState, RowOutcome};
pub use complaints::Complaint;
pub use documents::Document;
pub use jobs::{Event, Job};
pub use matches::ColumnMatch;
pub use sessions::Session;
pub use tasks::{Task, TaskQuery};
pub use visits::{Confirmed, Visit};
