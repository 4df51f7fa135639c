//! A year's statistical codes into the tree: `code,parent,level,name`, plain or gzipped, in any order.
//!
//! `read` reads rows, `resolve` decides (pure) which area each row is and what is odd about it, `compare` finds what
//! differs from the tree that is there, and this file writes that in chunks. Loading the same file again changes nothing;
//! an interrupted load is finished by loading again. A later year's file (with its date) closes and renames, never deletes.

mod compare;
mod read;
mod resolve;

use std::io::Read;

use jiff::civil::Date;
use linli_domain::{Actor, AreaPath, Label, Permit, Subject, Verb};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{Engine, Problem, events, views::Text};
use compare::{Changes, Known};

/// How to load.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions {
    /// Day from which the file holds. With it, areas below the file's roots that it no longer has are closed.
    pub as_of: Option<Date>,
}

/// How far a load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done: `read`, `compare` or `write`.
    pub phase: &'static str,
    /// Rows done.
    pub done: u64,
    /// Rows in all; 0 when not known yet.
    pub total: u64,
}

/// What a load did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AreaImportReport {
    /// Rows in the file.
    pub rows: u64,
    /// Areas they make.
    pub areas: u64,
    /// New ones.
    pub new: u64,
    /// Renamed ones.
    pub renamed: u64,
    /// Hung below another parent.
    pub moved: u64,
    /// Closed because the file no longer has them.
    pub closed: u64,
    /// Closed before, in the file again.
    pub reopened: u64,
    /// As they were.
    pub same: u64,
    /// Rows folded into another area.
    pub folded: u64,
    /// Areas that hang below a level further up than the next.
    pub skipped_level: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// Areas whose name and digits disagree on what they are (counted only; the digits decide).
    pub name_mismatches: u64,
    /// Each odd row with what was done; at most 10,000.
    pub notes: Vec<AreaNote>,
}

/// An odd row and what was done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AreaNote {
    /// Line in the file, from 1; 0 when it is about an area that the file lacks.
    pub line: u64,
    /// Code.
    pub code: String,
    /// Sort of oddity.
    pub kind: NoteKind,
    /// What was done.
    #[schema(value_type = Text)]
    pub message: Label,
}

/// Sorts of oddity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// A code stands twice: the row was folded into its parent, or into the first row with the code.
    Folded,
    /// The level skips: the area hangs directly below a level further up.
    SkippedLevel,
    /// Not twelve digits.
    BadCode,
    /// Not 1 to 5, or not below the parent's.
    BadLevel,
    /// The parent is neither in the file nor in the tree.
    UnknownParent,
    /// The parents go round in a circle.
    Cycle,
    /// The line cannot be read.
    Unreadable,
    /// Closed before, valid again.
    Reopened,
}

const MOST_NOTES: usize = 10_000;
const CHUNK: usize = 20_000;

impl AreaImportReport {
    fn note(&mut self, line: u64, code: &str, kind: NoteKind, zh: impl Into<String>, en: impl Into<String>) {
        match kind {
            NoteKind::Folded => self.folded += 1,
            NoteKind::SkippedLevel => self.skipped_level += 1,
            NoteKind::Reopened => self.reopened += 1,
            _ => self.refused += 1,
        }
        if self.notes.len() < MOST_NOTES {
            self.notes.push(AreaNote { line, code: code.to_owned(), kind, message: Label::new(zh, en) });
        }
    }
}

/// Loads a file of statistical codes. Blocks the thread.
pub fn import(
    engine: &Engine,
    actor: &Actor,
    reader: impl Read,
    options: &ImportOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<AreaImportReport, Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Areas)?;
    let mut report = AreaImportReport::default();
    let rows = read::rows(reader, &mut report, progress)?;
    let known = compare::known(engine, progress)?;
    let areas = resolve::resolve(&rows, &known, &mut report);
    let changes = compare::changes(engine, &areas, &known, options, &mut report)?;
    refuse_outside(&permit, &changes)?;
    write(engine, &permit, &changes, progress)?;
    finish(engine, actor, &report, options)?;
    Ok(report)
}

/// A tree is loaded by somebody who manages all of it that the file touches.
fn refuse_outside(permit: &Permit, changes: &Changes) -> Result<(), Problem> {
    let outside = |path: &&AreaPath| !permit.scope().covers(path);
    match changes.paths().find(outside) {
        Some(path) => Err(Problem::outside_scope(path.as_str())),
        None => Ok(()),
    }
}

fn write(
    engine: &Engine,
    permit: &Permit,
    changes: &Changes,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Problem> {
    let total = changes.len() as u64;
    let mut done = 0;
    let mut tell = |more: usize| {
        done += more as u64;
        progress(Progress { phase: "write", done, total });
    };
    for chunk in changes.put.chunks(CHUNK) {
        let (chunk, permit) = (chunk.to_vec(), permit.clone());
        let count = chunk.len();
        engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.put_areas(&permit, &chunk)?))?;
        tell(count);
    }
    for chunk in changes.rename.chunks(CHUNK) {
        let (chunk, permit) = (chunk.to_vec(), permit.clone());
        let count = chunk.len();
        engine.store.write_blocking::<_, Problem>(move |tx| {
            for change in &chunk {
                tx.rename_area(&permit, &change.code, &change.name, &super::initials(&change.name), change.from)?;
            }
            Ok(())
        })?;
        tell(count);
    }
    for (code, parent) in &changes.relocate {
        let (code, parent, permit) = (code.clone(), parent.clone(), permit.clone());
        engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.move_area(&permit, &code, &parent).map(drop)?))?;
        tell(1);
    }
    for chunk in changes.close.chunks(CHUNK) {
        let (chunk, permit) = (chunk.to_vec(), permit.clone());
        let count = chunk.len();
        engine.store.write_blocking::<_, Problem>(move |tx| {
            for change in &chunk {
                tx.close_area(&permit, &change.code, change.last_day)?;
            }
            Ok(())
        })?;
        tell(count);
    }
    Ok(())
}

fn finish(engine: &Engine, actor: &Actor, report: &AreaImportReport, options: &ImportOptions) -> Result<(), Problem> {
    let detail = json!({
        "rows": report.rows, "new": report.new, "renamed": report.renamed, "moved": report.moved,
        "closed": report.closed, "refused": report.refused, "as_of": options.as_of.map(|day| day.to_string()),
    });
    let entry = engine.audit_entry(actor, "import", "areas", "statistical codes", None, detail.clone());
    engine.store.write_blocking::<_, Problem>(move |tx| {
        tx.audit(entry.clone())?;
        Ok(events::emit(tx, "area.imported", &detail)?)
    })?;
    engine.area_names.clear();
    engine.sessions.forget_all();
    Ok(())
}

/// Areas that the tree holds, by code.
type Tree = std::collections::HashMap<Box<str>, Known>;
