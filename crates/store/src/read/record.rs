//! Single records, and records by id.

use std::collections::HashMap;

use linli_domain::{Permit, Record, RecordId, Timestamp, catalogue::Relation};

use crate::{
    ReadTx, StoreError,
    dialect::{Val, quoted},
    schema::values::record,
    sql::filter::push_scope,
    tx::{LOOK, permitted},
};

impl ReadTx<'_> {
    /// The record, or `None` when it is absent or outside the scope.
    pub fn record(&mut self, permit: &Permit, entity: &str, id: RecordId) -> Result<Option<Record>, StoreError> {
        permitted(permit, entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let mut sql = self.sql(format!("SELECT {} FROM {} WHERE id = ", plan.select, quoted(&plan.table)));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        self.first(&sql, |row| record(row, plan))
    }

    /// The record as it was at a moment; `None` when it was not there, or stood outside the scope then.
    pub fn record_as_of(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        at: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        permitted(permit, entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let (select, table, past) = (&plan.select, quoted(&plan.table), quoted(&plan.past));
        let mut sql = self.sql(format!("SELECT {select} FROM {table} WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND since <= ").bind(Val::Int(at.0)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(&format!(" UNION ALL SELECT {select} FROM {past} WHERE id = ")).bind(Val::Id(id.0));
        sql.push(" AND since <= ").bind(Val::Int(at.0)).push(" AND until > ").bind(Val::Int(at.0)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        self.first(&sql, |row| record(row, plan))
    }

    /// A version of a record, current or past; `None` when it is not known, or stood outside the scope then.
    pub fn record_version(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        version: i64,
    ) -> Result<Option<Record>, StoreError> {
        permitted(permit, entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let (select, table, past) = (&plan.select, quoted(&plan.table), quoted(&plan.past));
        let mut sql = self.sql(format!("SELECT {select} FROM {table} WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND version = ").bind(Val::Int(version)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(&format!(" UNION ALL SELECT {select} FROM {past} WHERE id = ")).bind(Val::Id(id.0));
        sql.push(" AND version = ").bind(Val::Int(version)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        self.first(&sql, |row| record(row, plan))
    }

    /// The records with these ids that lie in the scope, in the order of `ids`, by one statement for each 1,024.
    pub fn records(&mut self, permit: &Permit, entity: &str, ids: &[RecordId]) -> Result<Vec<Record>, StoreError> {
        permitted(permit, entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let mut found: HashMap<RecordId, Record> = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(1024) {
            let mut sql = self.sql(format!("SELECT {} FROM {} WHERE id IN (", plan.select, quoted(&plan.table)));
            // Padded to a power of two, so that few statements serve all lengths.
            let padded =
                chunk.iter().chain(std::iter::repeat_n(&chunk[0], chunk.len().next_power_of_two() - chunk.len()));
            sql.bind_all(padded.map(|id| Val::Id(id.0))).push(") AND ");
            push_scope(&mut sql, "path", permit.scope());
            for record in self.rows(&sql, |row| record(row, plan))? {
                found.insert(record.id, record);
            }
        }
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// Living records whose reference field of `relation` names `of`. The permit's subject is the relation's entity.
    pub fn related(
        &mut self,
        permit: &Permit,
        relation: &Relation,
        of: &Record,
        limit: u32,
    ) -> Result<Vec<Record>, StoreError> {
        permitted(permit, &relation.entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(&relation.entity)?;
        let column = plan.field(&relation.by)?.open_column().unwrap_or_default();
        let mut sql = self.sql(format!("SELECT {} FROM {} WHERE {column} = ", plan.select, quoted(&plan.table)));
        sql.bind(Val::Id(of.id.0)).push(" AND ended_on IS NULL AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(" ORDER BY ").push(&self.ctx.dialect.unindexed_id("id")).push(" LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, |row| record(row, plan))
    }
}
