//! Visits, and since when what a record says is confirmed.

use std::collections::BTreeMap;

use linli_domain::{AreaPath, Permit, RecordId, Timestamp, Verb, task::Outcome};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val, quoted},
    run::Ctx,
    schema::values::path,
    sql::filter::push_scope,
    tx::{LOOK, permitted},
};

/// A visit.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Code of the community of the record.
    pub home: String,
    /// Id, chosen by the phone: the same visit sent twice is one.
    pub id: RecordId,
    /// Area of the record.
    pub path: AreaPath,
    /// Register.
    pub entity: String,
    /// Record that was visited.
    pub record: RecordId,
    /// When, by the phone's clock.
    pub at: Timestamp,
    /// When it came in.
    pub received: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// Who visited.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
    /// Assignment it was made for.
    pub assignment: Option<RecordId>,
    /// SHA-256 of what was sent.
    pub hash: [u8; 32],
    /// What the worker wrote. Sealed in the database.
    pub note: Option<String>,
    /// What was answered; no sensitive values.
    pub answer: Json,
}

/// When somebody last saw that a record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// Code of the community of the record.
    pub home: String,
    /// Register.
    pub entity: String,
    /// Record.
    pub record: RecordId,
    /// Area of the record.
    pub path: AreaPath,
    /// When.
    pub at: Timestamp,
    /// Visit.
    pub visit: RecordId,
    /// What came of it.
    pub outcome: Outcome,
    /// Who visited.
    pub by_name: String,
    /// Fields that were looked at and hold.
    pub fields: Vec<String>,
}

const COLUMNS: &str =
    "home, id, path, entity, record, at, received, outcome, by_id, by_name, assignment, hash, note, answer";

impl ReadTx<'_> {
    /// The visit `id` of an account, however it is answered again.
    pub fn visit(&mut self, by: RecordId, id: RecordId) -> Result<Option<Visit>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_visit WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND by_id = ").bind(Val::Id(by.0));
        self.first(&sql, |row| visit(ctx, row))
    }

    /// The last visit of a record that stands in the scope (permit on its register).
    pub fn last_visit(&mut self, permit: &Permit, entity: &str, record: RecordId) -> Result<Option<Visit>, StoreError> {
        permitted(permit, entity, LOOK)?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_visit WHERE record = "));
        sql.bind(Val::Id(record.0)).push(" AND entity = ").bind(Val::text(entity)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(" ORDER BY at DESC LIMIT 1");
        self.first(&sql, |row| visit(ctx, row))
    }

    /// Since when records of an entity are confirmed.
    pub fn confirmed(
        &mut self,
        permit: &Permit,
        entity: &str,
        records: &[RecordId],
    ) -> Result<BTreeMap<RecordId, Confirmed>, StoreError> {
        permitted(permit, entity, LOOK)?;
        let mut found: BTreeMap<RecordId, Confirmed> = BTreeMap::new();
        for chunk in records.chunks(500) {
            let mut sql = self.sql(
                "SELECT home, record, path, at, visit, outcome, by_name, fields FROM linli_confirmed WHERE record IN (",
            );
            sql.bind_all(chunk.iter().map(|id| Val::Id(id.0))).push(") AND entity = ").bind(Val::text(entity));
            let rows = self.rows(&sql, |row| {
                Ok(Confirmed {
                    home: row.text(0)?,
                    entity: entity.to_owned(),
                    record: RecordId(row.id(1)?),
                    path: path(&row.text(2)?)?,
                    at: Timestamp(row.int(3)?),
                    visit: RecordId(row.id(4)?),
                    outcome: outcome(&row.text(5)?)?,
                    by_name: row.text(6)?,
                    fields: serde_json::from_str(&row.text(7)?)?,
                })
            })?;
            // A record that moved to another home has a row in each; the last one counts.
            for row in rows {
                if found.get(&row.record).is_none_or(|known| known.at <= row.at) {
                    found.insert(row.record, row);
                }
            }
        }
        Ok(found)
    }

    /// How many living records of an entity within an area were confirmed since a moment.
    pub fn confirmed_since(
        &mut self,
        permit: &Permit,
        entity: &str,
        area: &AreaPath,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        permitted(permit, entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let mut sql = self.sql(format!(
            "SELECT count(*) FROM linli_confirmed AS seen JOIN {} AS held \
             ON held.home = seen.home AND held.id = seen.record WHERE seen.entity = ",
            quoted(&plan.table)
        ));
        sql.bind(Val::text(entity)).push(" AND held.ended_on IS NULL AND seen.at >= ").bind(Val::Int(since.0));
        sql.push(" AND ");
        push_scope(&mut sql, "seen.path", &permit.scope().within(area));
        let count = self.first(&sql, |row| row.int(0))?.unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

impl WriteTx<'_> {
    /// Keeps a visit unless it is kept already (permit: `Edit` on its register); answers whether it was new.
    pub fn put_visit(&mut self, permit: &Permit, visit: &Visit) -> Result<bool, WriteError> {
        permitted(permit, &visit.entity, &[Verb::Edit])?;
        if !permit.scope().covers(&visit.path) {
            return Err(WriteError::OutOfScope);
        }
        let note = visit.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        let note = note.map_or(Ok(Val::Null), |note| {
            Ok::<_, StoreError>(Val::Bytes(self.ctx.crypto.seal(&place(visit.id), note)?))
        })?;
        let text = format!(
            "INSERT INTO linli_visit ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT DO NOTHING"
        );
        let params = [
            Val::text(&visit.home),
            Val::Id(visit.id.0),
            Val::text(visit.path.as_str()),
            Val::text(&visit.entity),
            Val::Id(visit.record.0),
            Val::Int(visit.at.0),
            Val::Int(visit.received.0),
            Val::text(visit.outcome.name()),
            Val::Id(visit.by.0),
            Val::text(&visit.by_name),
            visit.assignment.map_or(Val::Null, |id| Val::Id(id.0)),
            Val::Bytes(visit.hash.to_vec()),
            note,
            Val::text(visit.answer.to_string()),
        ];
        Ok(self.execute(&text, &params)? == 1)
    }

    /// Notes that records are confirmed, unless something later is known of them (permit: `Edit` on their register).
    pub fn put_confirmed(&mut self, permit: &Permit, rows: &[Confirmed]) -> Result<(), WriteError> {
        for row in rows {
            permitted(permit, &row.entity, &[Verb::Edit])?;
            if !permit.scope().covers(&row.path) {
                return Err(WriteError::OutOfScope);
            }
            let text = "INSERT INTO linli_confirmed (home, entity, record, path, at, visit, outcome, by_name, fields) \
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (home, entity, record) DO UPDATE SET \
                        path = excluded.path, at = excluded.at, visit = excluded.visit, outcome = excluded.outcome, \
                        by_name = excluded.by_name, fields = excluded.fields WHERE linli_confirmed.at <= excluded.at";
            let params = [
                Val::text(&row.home),
                Val::text(&row.entity),
                Val::Id(row.record.0),
                Val::text(row.path.as_str()),
                Val::Int(row.at.0),
                Val::Id(row.visit.0),
                Val::text(row.outcome.name()),
                Val::text(&row.by_name),
                Val::Text(serde_json::to_string(&row.fields).map_err(StoreError::from)?),
            ];
            self.execute(text, &params)?;
        }
        Ok(())
    }
}

fn place(id: RecordId) -> Vec<u8> {
    format!("linli_visit\0{id}").into_bytes()
}

fn outcome(name: &str) -> Result<Outcome, StoreError> {
    Outcome::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("outcome `{name}`")))
}

fn visit(ctx: &Ctx, row: &Row<'_>) -> Result<Visit, StoreError> {
    let id = RecordId(row.id(1)?);
    let hash = row.bytes(11)?;
    Ok(Visit {
        home: row.text(0)?,
        id,
        path: path(&row.text(2)?)?,
        entity: row.text(3)?,
        record: RecordId(row.id(4)?),
        at: Timestamp(row.int(5)?),
        received: Timestamp(row.int(6)?),
        outcome: outcome(&row.text(7)?)?,
        by: RecordId(row.id(8)?),
        by_name: row.text(9)?,
        assignment: row.maybe_id(10)?.map(RecordId),
        hash: hash.try_into().map_err(|_| StoreError::Corrupt("a visit's hash".into()))?,
        note: row.maybe_bytes(12)?.map(|note| ctx.crypto.open(&place(id), &note)).transpose()?,
        answer: serde_json::from_str(&row.text(13)?)?,
    })
}
