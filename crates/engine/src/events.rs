//! The one literal table of what follows from what: event → jobs. A command emits its event in its own transaction with
//! [`emit`]; the jobs of that event are put into the queue by the same transaction, so that no side effect is lost and
//! none happens for a command that failed.

use linli_store::{StoreError, WriteTx};
use serde_json::Value as Json;

use crate::notify;

/// Every event and the jobs that follow from it.
pub const TABLE: &[(&str, &[&str])] = &[
    // the tree
    ("area.imported", &[]),
    // cases; the payload names case, flow, number, seq, and `to`: the parties it concerns
    ("case.opened", &[]),
    ("case.moved", &[]),
    ("clock.reminder", &[]),
    ("clock.overdue", &[]),
    // ledgers
    ("import.applied", &[]),
    ("import.undone", &[]),
    // collection tasks
    ("task.submitted", &[]),
    ("task.decided", &[]),
    ("task.reminded", &[]),
    // the cloud survey
    ("survey.invited", &[]),
];

/// Events whose history is kept elsewhere: what is done to a case stands in the case's own.
const KEPT: &str = "case.";

/// The jobs that follow from `event`; none for an event that is not in the table.
pub fn jobs_of(event: &str) -> &'static [&'static str] {
    TABLE.iter().find(|(name, _)| *name == event).map_or(&[], |(_, jobs)| jobs)
}

/// Keeps an event, asks for its jobs and lets the notices hear of it, in the transaction that causes it.
pub fn emit(tx: &mut WriteTx<'_>, event: &str, payload: &Json) -> Result<(), StoreError> {
    debug_assert!(TABLE.iter().any(|(name, _)| *name == event), "`{event}` is not in the table of events");
    if !event.starts_with(KEPT) {
        tx.emit(event, payload)?;
    }
    if notify::HEARD.contains(&event) {
        tx.hear(event, payload)?;
    }
    let now = tx.now();
    for job in jobs_of(event) {
        tx.enqueue(job, payload, now)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_stands_once_in_the_table_and_every_job_has_a_runner() {
        for (at, (event, jobs)) in TABLE.iter().enumerate() {
            assert!(TABLE[at + 1..].iter().all(|(other, _)| other != event), "{event} stands twice");
            for job in *jobs {
                assert!(crate::jobs::RUNNERS.iter().any(|(name, _)| name == job), "{job} has no runner");
            }
        }
    }
}
