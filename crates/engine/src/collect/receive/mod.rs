//! An answer arrives: it is read and checked beside the writer, then kept once, and its entities are applied to the
//! registers, in one transaction before the sender is told.
//!
//! An answer is never refused for what is in it: what breaks its form's rules, what may not be changed by its sender, what
//! two people changed at once is flagged, and the answer is kept whole. Refused are only what cannot be read, forms that
//! do not exist or are closed, and another content under an id that was used.
//!
//! | file | what for |
//! |---|---|
//! | `prepare` | XML → checked answer and planned changes, without the writer |
//! | `keep` | the transaction |
//! | `origin` | how an answer comes: from its sender, as a correction, through a public link, with a case |
//! | `case` | an answer kept in the transaction that moves its case |
//! | `entity` | planned changes → records |
//! | `change` | one record changed: merged field by field, clashes queued |
//! | `sound` | what of a change is sound: rules, unique values, references, area |
//! | `branch` | which version an offline update is based on |
//! | `held` | updates that wait for the one before them |
//! | `overdue` | the job for updates that waited too long |

mod branch;
mod case;
mod change;
mod entity;
mod held;
mod keep;
mod origin;
mod overdue;
mod prepare;
mod sound;

pub(crate) use case::CaseAnswer;
pub use keep::receive;
pub(in crate::collect) use keep::receive_as;
pub(in crate::collect) use origin::{LinkUse, Origin};
pub use overdue::{JOB as OVERDUE_JOB, run as overdue_job};

use linli_domain::RecordId;

use crate::sheet::documents::Received;

/// What was sent.
pub struct Incoming {
    /// `xml_submission_file`.
    pub xml: Vec<u8>,
    /// Other files by name, with their media type; already on the disk.
    pub files: Vec<IncomingFile>,
    /// Device it was sent from.
    pub device: Option<String>,
    /// Assignment it answers.
    pub assignment: Option<RecordId>,
    /// Whether it is a test of the draft of its form.
    pub draft: bool,
}

/// A file of an answer.
pub struct IncomingFile {
    /// Name.
    pub name: String,
    /// Media type as it was sent.
    pub kind: String,
    /// Where it lies.
    pub received: Received,
}

/// Most bytes of the XML of an answer.
pub const XML_BYTES: usize = 8 << 20;
/// Most files of one post.
pub const FILES: usize = 200;
