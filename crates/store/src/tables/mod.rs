//! The fixed tables: areas, accounts, sessions, audit, jobs, import batches, documents, settings, forms, answers, tokens of
//! phones, conflicts, public links, collection tasks, cases of flows. One file per table;
//! phones, conflicts, public links, collection tasks, notices, recurring duties. One file per table;
//! their functions are methods of [`crate::ReadTx`] and [`crate::WriteTx`].

pub mod accounts;
pub mod appointments;
pub mod areas;
pub mod assignments;
pub mod audit;
pub mod batches;
pub mod branches;
pub mod call_leases;
pub mod cases;
pub mod channels;
pub mod complaints;
pub mod conflicts;
pub mod documents;
pub mod flow_versions;
pub mod forms;
pub mod holidays;
pub mod jobs;
pub mod league;
pub mod links;
pub mod matches;
pub mod members;
pub mod notices;
pub mod occurrences;
pub mod once;
pub mod outbox;
pub mod outlines;
pub mod queue;
pub mod sessions;
pub mod settings;
pub mod snapshots;
pub mod submission_files;
pub mod submission_heads;
pub mod submissions;
pub mod tasks;
pub mod tokens;
pub mod visits;

pub use accounts::Account;
pub use appointments::Appointment;
pub use assignments::{Assignment, AssignmentQuery, Completion, Progress};
pub use audit::{AuditEntry, AuditQuery, NewAudit};
pub use batches::{Batch, BatchRow, BatchState, RowOutcome};
pub use branches::HeldUpdate;
pub use cases::{
    Box_ as CaseBox, Case, CaseBody, CaseFile, CaseLink, CaseQuery, CaseReader, CaseSort, CaseStat, CaseWrite,
    ClockRow, EventRow, PartyRow, Seek, StatBy, StatQuery, TodoCounts,
};
pub use channels::Channel;
pub use complaints::Complaint;
pub use conflicts::{Conflict, ConflictKind, ConflictState};
pub use documents::Document;
pub use flow_versions::FlowVersion;
pub use forms::{Form, FormMedia, FormState, FormVersion, VersionState};
pub use jobs::{Event, Job};
pub use league::{LeagueQuery, LeagueRow};
pub use links::{Link, LinkKind, LinkToken};
pub use matches::ColumnMatch;
pub use notices::{Heard, Notice};
pub use occurrences::{Occurrence, OccurrenceQuery, ScheduleOn};
pub use outbox::{OutboxQuery, Outgoing, OutgoingState};
pub use outlines::Outline;
pub use queue::Waiting;
pub use sessions::Session;
pub use snapshots::Snapshot;
pub use submission_files::SubmissionFile;
pub use submission_heads::SubmissionHead;
pub use submissions::{KnownInstance, Submission, SubmissionCounts, SubmissionQuery, SubmissionState};
pub use tasks::{Task, TaskQuery};
pub use tokens::{PhoneToken, TokenKind};
pub use visits::{Confirmed, Visit};

/// What the desk's tables are ruled by: the flow of applications.
fn service_flow() -> linli_domain::Subject {
    linli_domain::Subject::Flow("service/application".into())
}
