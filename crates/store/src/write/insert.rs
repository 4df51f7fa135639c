//! New records, one or many.

use std::collections::BTreeMap;

use linli_domain::{Permit, Record, Source, Timestamp, Value, Verb, record::NewRecord};

use super::claim::{Claim, claim_hash};
use crate::{
    StoreError, WriteError, WriteTx,
    crypto::mask::masked,
    dialect::Val,
    schema::{
        EntityPlan,
        values::{clear_text, encode_field},
    },
    tx::permitted,
    write::later::FEW,
};

impl WriteTx<'_> {
    /// Makes a record (verb `Create` or `Import`).
    pub fn insert(&mut self, permit: &Permit, record: &NewRecord, source: &Source) -> Result<Record, WriteError> {
        self.insert_many(permit, std::slice::from_ref(record), source)?;
        let schema = self.schema.clone();
        let plan = schema.plan(&record.entity)?;
        let mut masks = BTreeMap::new();
        let mut values = record.values.clone();
        for field in plan.fields.iter().filter(|field| field.is_sealed()) {
            let name = &field.field.name;
            let clear = values.remove(name).and_then(|value| clear_text(&value, &field.field.kind));
            masks.extend(clear.map(|clear| (name.clone(), masked(&field.field.kind, &clear))));
        }
        values.retain(|_, value| !value.is_null());
        Ok(Record {
            entity: record.entity.clone(),
            id: record.id,
            home: record.home.clone(),
            path: record.path.clone(),
            version: 1,
            since: self.now(),
            created: self.now(),
            by: permit.actor_name().to_owned(),
            source: source.clone(),
            ended: None,
            values,
            masked: masks,
        })
    }

    /// Makes many records of one entity by few statements (verb `Create` or `Import`): all or none.
    pub fn insert_many(&mut self, permit: &Permit, records: &[NewRecord], source: &Source) -> Result<(), WriteError> {
        let Some(first) = records.first() else { return Ok(()) };
        let schema = self.schema.clone();
        let plan = schema.plan(&first.entity)?;
        let mut rows = Vec::with_capacity(records.len());
        for record in records {
            permitted(permit, &record.entity, &[Verb::Create, Verb::Import])?;
            if record.entity != first.entity {
                return Err(StoreError::query("records of two registers in one call").into());
            }
            if !permit.scope().covers(&record.path) {
                return Err(WriteError::OutOfScope);
            }
            rows.push(self.row_of(permit, plan, record, source)?);
        }
        self.claim_new(permit, plan, records, &rows)?;
        for row in &rows {
            self.tally(plan, row, 1)?;
        }
        if self.later.is_on() && rows.len() <= FEW {
            self.later.rows(&first.entity, rows);
            return Ok(());
        }
        let set = [(&plan.insert, rows)];
        if self.insert_now(&set)? < records.len() as u64 {
            return Err(self.existing(plan, records)?);
        }
        Ok(())
    }

    fn row_of(
        &self,
        permit: &Permit,
        plan: &EntityPlan,
        record: &NewRecord,
        source: &Source,
    ) -> Result<Vec<Val>, StoreError> {
        let now = Val::Int(self.now().0);
        let mut row = Vec::with_capacity(plan.columns.len());
        row.push(Val::text(&record.home));
        row.push(Val::Id(record.id.0));
        row.push(Val::text(record.path.as_str()));
        row.push(Val::Int(1));
        row.push(now.clone());
        row.push(now);
        row.extend(author(permit, source));
        row.extend([Val::Null, Val::Null, Val::Null, Val::text("created")]);
        let mut used = 0;
        for field in &plan.fields {
            let value = record.values.get(&field.field.name);
            used += usize::from(value.is_some());
            encode_field(&self.ctx.crypto, plan, field, record.id, value.unwrap_or(&Value::Null), &mut row)?;
        }
        if used < record.values.len() {
            let unknown = record.values.keys().find(|name| plan.field(name).is_err());
            return Err(StoreError::query(format!("{} has no field {unknown:?}", plan.entity.name)));
        }
        Ok(row)
    }

    fn claim_new(
        &mut self,
        permit: &Permit,
        plan: &EntityPlan,
        records: &[NewRecord],
        rows: &[Vec<Val>],
    ) -> Result<(), WriteError> {
        let mut claims = Vec::new();
        for field in plan.fields.iter().filter(|field| field.field.unique) {
            for (record, row) in records.iter().zip(rows) {
                if let Some(hash) = claim_hash(self, field, row)? {
                    claims.push(Claim { hash, field, home: record.home.clone(), id: record.id });
                }
            }
        }
        self.claim(permit, plan, &claims)
    }

    /// Which of these records was there already.
    fn existing(&mut self, plan: &EntityPlan, records: &[NewRecord]) -> Result<WriteError, StoreError> {
        for record in records {
            let mut sql = self.sql(format!("SELECT since FROM {} WHERE home = ", crate::dialect::quoted(&plan.table)));
            sql.bind(Val::text(&record.home)).push(" AND id = ").bind(Val::Id(record.id.0));
            let since = self.first(&sql, |row| row.int(0))?;
            if since.is_some_and(|since| Timestamp(since) != self.now()) {
                return Ok(WriteError::Exists(record.id));
            }
        }
        Ok(WriteError::Exists(records[0].id))
    }
}

/// The columns that say who and from where.
pub(crate) fn author(permit: &Permit, source: &Source) -> [Val; 4] {
    [
        Val::text(permit.actor_name()),
        Val::Id(permit.account().0),
        Val::text(source.kind.name()),
        Val::text(&source.reference),
    ]
}
