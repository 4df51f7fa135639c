//! Edits, moves, ends and their undoing.

use linli_domain::{
    AreaPath, Permit, Record, RecordId, Source, Values, Verb,
    record::{Change, Ended},
};

use super::version::Author;
use crate::{
    WriteError, WriteTx,
    dialect::Val,
    schema::{
        FieldPlan,
        values::{encode_field, meta},
    },
    tx::permitted,
};

impl WriteTx<'_> {
    /// Changes fields (verb `Edit`, `Import` or `Merge`); [`linli_domain::Value::Null`] clears one. Without a change the
    /// record stays at its version.
    pub fn update(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        expected_version: i64,
        changes: &Values,
        source: &Source,
    ) -> Result<Record, WriteError> {
        permitted(permit, entity, &[Verb::Edit, Verb::Import, Verb::Merge])?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let current = self.current_at(permit, plan, id, expected_version)?;
        if current.record.ended.is_some() {
            return Err(WriteError::Ended);
        }
        let mut cells = Vec::new();
        for (name, value) in changes {
            let field = plan.field(name)?;
            let mut encoded = Vec::with_capacity(field.width());
            encode_field(&self.ctx.crypto, plan, field, id, value, &mut encoded)?;
            if differs(field, &current.cells, &encoded) {
                cells.extend(encoded.into_iter().enumerate().map(|(offset, cell)| (field.first + offset, cell)));
            }
        }
        if cells.is_empty() {
            return Ok(current.record);
        }
        self.new_version(plan, current, cells, &Author { permit, source, change: Change::Edited })
    }

    /// Hangs a record on another area (verb `Edit` or `Import`); both areas must be in scope. Its past moves with it to the
    /// new home, and still says where it stood then. What is to be done about it goes to whoever works there.
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
        permitted(permit, entity, &[Verb::Edit, Verb::Import])?;
        if !permit.scope().covers(path) {
            return Err(WriteError::OutOfScope);
        }
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let current = self.current_at(permit, plan, id, expected_version)?;
        if current.record.path == *path && current.record.home == home {
            return Ok(current.record);
        }
        let cells = vec![(meta("home"), Val::text(home)), (meta("path"), Val::text(path.as_str()))];
        let moved = self.new_version(plan, current, cells, &Author { permit, source, change: Change::Moved })?;
        self.take_assignments_along(&moved)?;
        Ok(moved)
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
        permitted(permit, entity, &[Verb::End, Verb::Merge, Verb::Import])?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let current = self.current_at(permit, plan, id, expected_version)?;
        if current.record.ended.is_some() {
            return Err(WriteError::Ended);
        }
        let cells = vec![
            (meta("ended_on"), Val::text(ended.on.to_string())),
            (meta("ended_reason"), Val::text(&ended.reason)),
            (meta("merged_into"), ended.merged_into.map_or(Val::Null, |into| Val::Id(into.0))),
        ];
        self.new_version(plan, current, cells, &Author { permit, source, change: Change::Ended })
    }

    /// Makes an ended record live again (verb `End`, `Edit` or `Import`). Its unique values may be taken by now.
    pub fn reopen(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        expected_version: i64,
        source: &Source,
    ) -> Result<Record, WriteError> {
        permitted(permit, entity, &[Verb::End, Verb::Edit, Verb::Import])?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let current = self.current_at(permit, plan, id, expected_version)?;
        if current.record.ended.is_none() {
            return Err(WriteError::Ended);
        }
        let cells = ["ended_on", "ended_reason", "merged_into"].map(|name| (meta(name), Val::Null)).to_vec();
        self.new_version(plan, current, cells, &Author { permit, source, change: Change::Reopened })
    }

    /// Makes a new version whose fields and end are those of an older one (verb `Import` or `Edit`), for the undoing of an
    /// import. The record stays where it stands.
    pub fn unwind_to(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        to_version: i64,
        source: &Source,
    ) -> Result<Record, WriteError> {
        permitted(permit, entity, &[Verb::Import, Verb::Edit])?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let current = self.current(permit, plan, id)?;
        let older = self.version_cells(plan, &current, to_version)?;
        let state = meta("ended_on")..=meta("merged_into");
        let restored = |at: usize| state.contains(&at) || at > meta("change");
        let cells: Vec<(usize, Val)> =
            older.into_iter().enumerate().filter(|(at, cell)| restored(*at) && current.cells[*at] != *cell).collect();
        if cells.is_empty() {
            return Ok(current.record);
        }
        let lived = current.record.ended.is_none();
        let ends = cells.iter().any(|(at, _)| *at == meta("ended_on"));
        let change = match (ends, lived) {
            (true, true) => Change::Ended,
            (true, false) => Change::Reopened,
            (false, _) => Change::Edited,
        };
        self.new_version(plan, current, cells, &Author { permit, source, change })
    }
}

/// Whether a field's cells say something new. Sealing the same value in the same place gives the same bytes.
fn differs(field: &FieldPlan, cells: &[Val], encoded: &[Val]) -> bool {
    cells[field.first..field.first + field.width()] != *encoded
}
