//! Conflicts: two people changed the same record, and somebody should look.

use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::batches::{name_of, named};
use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::path,
    sql::filter::push_scope,
    tx::permitted_on,
};

/// A conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Id.
    pub id: RecordId,
    /// Community of the record.
    pub home: String,
    /// Area of the record.
    pub path: AreaPath,
    /// Register.
    pub entity: String,
    /// Record.
    pub record: RecordId,
    /// How grave it is.
    pub kind: ConflictKind,
    /// Whether somebody decided.
    pub state: ConflictState,
    /// `instanceID` of the answer, when it came with one.
    pub instance: Option<String>,
    /// Form of that answer.
    pub form: Option<RecordId>,
    /// When it arose.
    pub at: Timestamp,
    /// Who sent what could not be applied.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
    /// Fields with base, current and submitted values. Sealed in the database.
    pub detail: Json,
    /// Who decided.
    pub resolved_by: Option<String>,
    /// When.
    pub resolved_at: Option<Timestamp>,
}

/// How grave a conflict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// Different fields were changed: all were applied.
    Soft,
    /// The same field was changed to different values: what is held stays until somebody decides.
    Hard,
}

/// Whether a conflict was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictState {
    /// Waits.
    Open,
    /// Decided.
    Resolved,
}

impl ReadTx<'_> {
    /// Conflicts in the scope (permit: answers), newest first, after `after`.
    pub fn conflicts(
        &mut self,
        permit: &Permit,
        state: Option<ConflictState>,
        after: Option<(Timestamp, RecordId)>,
        limit: u32,
    ) -> Result<Vec<Conflict>, StoreError> {
        let ctx = self.ctx;
        permitted_on(permit, &Subject::Responses, &[Verb::Read, Verb::Edit])?;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_conflict WHERE "));
        push_scope(&mut sql, "path", permit.scope());
        if let Some(state) = state {
            sql.push(" AND state = ").bind(name_of(&state)?);
        }
        if let Some((at, id)) = after {
            sql.push(" AND (at < ").bind(Val::Int(at.0)).push(" OR (at = ").bind(Val::Int(at.0));
            sql.push(" AND id < ").bind(Val::Id(id.0)).push("))");
        }
        sql.push(" ORDER BY at DESC, id DESC LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, |row| conflict(ctx, row))
    }

    /// A conflict in the scope.
    pub fn conflict(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Conflict>, StoreError> {
        let ctx = self.ctx;
        permitted_on(permit, &Subject::Responses, &[Verb::Read, Verb::Edit])?;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_conflict WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        self.first(&sql, |row| conflict(ctx, row))
    }

    /// How many conflicts wait in the scope.
    pub fn open_conflicts(&mut self, permit: &Permit) -> Result<i64, StoreError> {
        permitted_on(permit, &Subject::Responses, &[Verb::Read, Verb::Edit])?;
        let mut sql = self.sql("SELECT count(*) FROM linli_conflict WHERE state = 'open' AND ");
        push_scope(&mut sql, "path", permit.scope());
        Ok(self.first(&sql, |row| row.int(0))?.unwrap_or_default())
    }
}

impl WriteTx<'_> {
    /// Keeps or changes a conflict. The permit (on answers or on the register) must cover the record's area.
    pub fn put_conflict(&mut self, permit: &Permit, conflict: &Conflict) -> Result<(), WriteError> {
        let fits = match permit.subject() {
            Subject::Responses => true,
            Subject::Entity(name) => *name == conflict.entity,
            _ => false,
        };
        if !fits {
            return Err(StoreError::NotPermitted("a conflict is of answers or of its register".into()).into());
        }
        if !permit.scope().covers(&conflict.path) {
            return Err(WriteError::OutOfScope);
        }
        let text = format!(
            "INSERT INTO linli_conflict ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
             $15) ON CONFLICT (home, id) DO UPDATE SET state = excluded.state, detail = excluded.detail, \
             resolved_by = excluded.resolved_by, resolved_at = excluded.resolved_at"
        );
        let params = [
            Val::text(&conflict.home),
            Val::Id(conflict.id.0),
            Val::text(conflict.path.as_str()),
            Val::text(&conflict.entity),
            Val::Id(conflict.record.0),
            name_of(&conflict.kind)?,
            name_of(&conflict.state)?,
            Val::maybe(conflict.instance.clone()),
            conflict.form.map_or(Val::Null, |form| Val::Id(form.0)),
            Val::Int(conflict.at.0),
            Val::Id(conflict.by.0),
            Val::text(&conflict.by_name),
            Val::Bytes(self.ctx.crypto.seal(&place(conflict.id), &conflict.detail.to_string())?),
            Val::maybe(conflict.resolved_by.clone()),
            conflict.resolved_at.map_or(Val::Null, |at| Val::Int(at.0)),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }
}

const COLUMNS: &str = "home, id, path, entity, record, kind, state, instance, form, at, by_id, by_name, detail, \
    resolved_by, resolved_at";

fn place(id: RecordId) -> Vec<u8> {
    format!("linli_conflict\0{id}").into_bytes()
}

fn conflict(ctx: &Ctx, row: &Row<'_>) -> Result<Conflict, StoreError> {
    let id = RecordId(row.id(1)?);
    Ok(Conflict {
        home: row.text(0)?,
        id,
        path: path(&row.text(2)?)?,
        entity: row.text(3)?,
        record: RecordId(row.id(4)?),
        kind: named(&row.text(5)?)?,
        state: named(&row.text(6)?)?,
        instance: row.maybe_text(7)?,
        form: row.maybe_id(8)?.map(RecordId),
        at: Timestamp(row.int(9)?),
        by: RecordId(row.id(10)?),
        by_name: row.text(11)?,
        detail: serde_json::from_str(&ctx.crypto.open(&place(id), &row.bytes(12)?)?)?,
        resolved_by: row.maybe_text(13)?,
        resolved_at: row.maybe_int(14)?.map(Timestamp),
    })
}
