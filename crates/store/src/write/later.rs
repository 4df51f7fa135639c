//! Writes that wait for the end of their batch.
//!
//! Most pieces of work of a batch make a few rows of the same registers, an audit entry each, and read nothing after that.
//! While a batch runs without savepoints, these are collected and written by few statements: before the next statement, or
//! at the end. When it turns out that one of them was there already, the whole batch runs again, each piece of work behind
//! its own savepoint and writing at once, so that the right one is told.

use std::collections::HashMap;

use linli_domain::Area;

use crate::{
    StoreError,
    dialect::{Conn, Val},
    schema::Schema,
    tally::Changes,
};

/// Rows of one call that may wait; more are written at once.
pub(crate) const FEW: usize = 64;

/// What waits, and what was read that nothing waiting can change.
#[derive(Default)]
pub(crate) struct Later {
    /// Whether writes wait at all.
    on: bool,
    /// Rows by register.
    rows: Vec<(String, Vec<Vec<Val>>)>,
    claims: Vec<Vec<Val>>,
    audits: Vec<Vec<Val>>,
    /// Areas read in this transaction. Nothing that waits is an area; any other write forgets them.
    areas: HashMap<String, Option<Area>>,
    /// For the tallies; written last of all.
    pub(crate) changes: Changes,
}

/// How much waited at a moment.
pub(crate) struct Mark {
    rows: Vec<usize>,
    claims: usize,
    audits: usize,
    changes: usize,
}

impl Later {
    /// For a batch whose writes wait.
    pub(crate) fn waiting() -> Self {
        Self { on: true, ..Self::default() }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.on
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.claims.is_empty() && self.audits.is_empty()
    }

    /// How much waits.
    pub(crate) fn mark(&self) -> Mark {
        let rows = self.rows.iter().map(|(_, rows)| rows.len()).collect();
        Mark { rows, claims: self.claims.len(), audits: self.audits.len(), changes: self.changes.len() }
    }

    /// Forgets what came after a mark. Nothing may have been written since.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.rows.truncate(mark.rows.len());
        self.rows.iter_mut().zip(mark.rows).for_each(|((_, rows), length)| rows.truncate(length));
        self.claims.truncate(mark.claims);
        self.audits.truncate(mark.audits);
        self.changes.truncate(mark.changes);
    }

    pub(crate) fn rows(&mut self, entity: &str, rows: impl IntoIterator<Item = Vec<Val>>) {
        match self.rows.iter_mut().find(|(name, _)| name == entity) {
            Some((_, waiting)) => waiting.extend(rows),
            None => self.rows.push((entity.to_owned(), rows.into_iter().collect())),
        }
    }

    pub(crate) fn claims(&mut self, claims: impl IntoIterator<Item = Vec<Val>>) {
        self.claims.extend(claims);
    }

    pub(crate) fn audit(&mut self, entry: Vec<Val>) {
        self.audits.push(entry);
    }

    /// An area that was read in this transaction.
    pub(crate) fn area(&self, code: &str) -> Option<&Option<Area>> {
        self.areas.get(code)
    }

    pub(crate) fn know_area(&mut self, code: &str, area: &Option<Area>) {
        if self.on {
            self.areas.insert(code.to_owned(), area.clone());
        }
    }

    pub(crate) fn forget_areas(&mut self) {
        self.areas.clear();
    }

    /// Writes what waits. `false`: something was there already.
    pub(crate) fn write(&mut self, conn: &mut Conn, schema: &Schema) -> Result<bool, StoreError> {
        let (claims, audits) = (std::mem::take(&mut self.claims), std::mem::take(&mut self.audits));
        let mut sets = vec![(&schema.claims, claims)];
        for (entity, rows) in std::mem::take(&mut self.rows) {
            sets.push((&schema.plan(&entity)?.insert, rows));
        }
        sets.push((&schema.audits, audits));
        let wanted: usize = sets.iter().map(|(_, rows)| rows.len()).sum();
        Ok(conn.insert_all(&sets)? == wanted as u64)
    }
}
