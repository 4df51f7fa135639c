//! Transactions: what can be asked of and done to records. Every function takes a permit: its verb and subject must fit,
//! and its scope is part of the SQL.

use std::{
    collections::BTreeMap,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use linli_domain::{
    AreaPath, Permit, Record, RecordId, Source, Timestamp, Value, Values,
    catalogue::Relation,
    record::{Ended, ListQuery, NewRecord, Page, Version},
};

use crate::{StoreError, UniqueHit, WriteError};

/// Sensitive values in clear, by field.
pub type Clear = BTreeMap<String, String>;

/// A row of a cross table: values of the fields asked for, the area at the depth asked for, and the count.
pub type CountRow = (Vec<Value>, Option<AreaPath>, u64);

/// A snapshot to read from.
pub struct ReadTx<'a> {
    pub(crate) marker: PhantomData<&'a mut ()>,
}

/// A transaction to write in. Everything of [`ReadTx`] works here too and sees what was written.
pub struct WriteTx<'a> {
    pub(crate) read: ReadTx<'a>,
}

impl<'a> Deref for WriteTx<'a> {
    type Target = ReadTx<'a>;

    fn deref(&self) -> &ReadTx<'a> {
        &self.read
    }
}

impl DerefMut for WriteTx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.read
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// The moment this transaction carries in what it writes.
    pub fn now(&self) -> Timestamp {
        unimplemented!()
    }

    /// The installed Catalogue.
    pub fn catalogue(&self) -> std::sync::Arc<linli_domain::Catalogue> {
        unimplemented!()
    }

    /// The record, or `None` when it is absent or outside the scope.
    pub fn record(&mut self, permit: &Permit, entity: &str, id: RecordId) -> Result<Option<Record>, StoreError> {
        unimplemented!()
    }

    /// The record as it was at a moment.
    pub fn record_as_of(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        at: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        unimplemented!()
    }

    /// The records with these ids that lie in the scope, in the order of `ids`, by one statement.
    pub fn records(&mut self, permit: &Permit, entity: &str, ids: &[RecordId]) -> Result<Vec<Record>, StoreError> {
        unimplemented!()
    }

    /// A page of a list.
    pub fn list(&mut self, permit: &Permit, query: &ListQuery) -> Result<Page, StoreError> {
        unimplemented!()
    }

    /// How many records a list has, over all pages.
    pub fn count(&mut self, permit: &Permit, query: &ListQuery) -> Result<u64, StoreError> {
        unimplemented!()
    }

    /// How many records of a list have each value of `field`, greatest first.
    pub fn facets(&mut self, permit: &Permit, query: &ListQuery, field: &str) -> Result<Vec<(Value, u64)>, StoreError> {
        unimplemented!()
    }

    /// A cross table: counts by the values of `fields` and by the area at `area_depth` path segments.
    pub fn count_by(
        &mut self,
        permit: &Permit,
        query: &ListQuery,
        fields: &[&str],
        area_depth: Option<usize>,
    ) -> Result<Vec<CountRow>, StoreError> {
        unimplemented!()
    }

    /// Every record of a list (its limit and cursor do not count), streamed.
    pub fn scan(
        &mut self,
        permit: &Permit,
        query: &ListQuery,
        each: &mut dyn FnMut(Record) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// [`Self::scan`] with the sensitive values in clear, for record linkage (`Import`) and unmasked exports (`Reveal`).
    /// The caller audits.
    pub fn scan_plain(
        &mut self,
        permit: &Permit,
        query: &ListQuery,
        each: &mut dyn FnMut(Record, Clear) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Who holds `clear` in a `unique` field.
    pub fn find_by_unique(
        &mut self,
        permit: &Permit,
        entity: &str,
        field: &str,
        clear: &str,
    ) -> Result<UniqueHit, StoreError> {
        unimplemented!()
    }

    /// Who holds each of these values in a `unique` field, in the order of `clear`, by few statements.
    pub fn find_many_by_unique(
        &mut self,
        permit: &Permit,
        entity: &str,
        field: &str,
        clear: &[&str],
    ) -> Result<Vec<UniqueHit>, StoreError> {
        unimplemented!()
    }

    /// All versions, newest first. Empty when the record is absent or outside the scope.
    pub fn history(&mut self, permit: &Permit, entity: &str, id: RecordId) -> Result<Vec<Version>, StoreError> {
        unimplemented!()
    }

    /// For each known field: where its value came from, since when, and by whom.
    pub fn field_sources(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
    ) -> Result<BTreeMap<String, (Source, Timestamp, String)>, StoreError> {
        unimplemented!()
    }

    /// Living records whose reference field of `relation` names `of`. The permit's subject is the relation's entity.
    pub fn related(
        &mut self,
        permit: &Permit,
        relation: &Relation,
        of: &Record,
        limit: u32,
    ) -> Result<Vec<Record>, StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Makes a record (verb `Create` or `Import`).
    pub fn insert(&mut self, permit: &Permit, record: &NewRecord, source: &Source) -> Result<Record, WriteError> {
        unimplemented!()
    }

    /// Makes many records of one entity by few statements (verb `Create` or `Import`).
    pub fn insert_many(&mut self, permit: &Permit, records: &[NewRecord], source: &Source) -> Result<(), WriteError> {
        unimplemented!()
    }

    /// Changes fields (verb `Edit`, `Import` or `Merge`); [`Value::Null`] clears one. Without a change the record stays at
    /// its version.
    pub fn update(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        expected_version: i64,
        changes: &Values,
        source: &Source,
    ) -> Result<Record, WriteError> {
        unimplemented!()
    }

    /// Hangs a record on another area (verb `Edit` or `Import`); both areas must be in scope. Its past moves with it.
    #[expect(clippy::too_many_arguments, reason = "a move is from (entity, id, version) to (home, path)")]
    pub fn relocate(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        expected_version: i64,
        home: &str,
        path: &AreaPath,
        source: &Source,
    ) -> Result<Record, WriteError> {
        unimplemented!()
    }

    /// Ends a record (verb `End`, `Merge` or `Import`): it leaves the lists and frees its unique values.
    pub fn end(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        expected_version: i64,
        ended: &Ended,
        source: &Source,
    ) -> Result<Record, WriteError> {
        unimplemented!()
    }

    /// Makes an ended record live again (verb `End` or `Import`).
    pub fn reopen(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        expected_version: i64,
        source: &Source,
    ) -> Result<Record, WriteError> {
        unimplemented!()
    }

    /// Makes a new version equal to an older one (verb `Import` or `Edit`), for the undoing of an import.
    pub fn unwind_to(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        to_version: i64,
        source: &Source,
    ) -> Result<Record, WriteError> {
        unimplemented!()
    }

    /// A sensitive value in clear (verb `Reveal`); the audit entry is part of the same transaction. Empty text when unknown.
    pub fn reveal(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        field: &str,
        purpose: &str,
    ) -> Result<String, WriteError> {
        unimplemented!()
    }
}
