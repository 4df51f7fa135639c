//! Whole registers as phones take them along: id, version and a few columns of every living record in a scope.

use linli_domain::{Permit, RecordId, Value};

use crate::{
    ReadTx, StoreError,
    dialect::quoted,
    schema::values::decode,
    sql::filter::push_scope,
    tx::{LOOK, permitted},
};

/// Takes a record: id, version, and the values asked for.
pub type EachRecord<'a> = &'a mut dyn FnMut(RecordId, i64, &[Value]) -> Result<(), StoreError>;

impl ReadTx<'_> {
    /// A text that changes whenever a record in the scope is made, changed, ended, reopened or moved. Read from an index of
    /// (area, since): cheap even for a hundred thousand records.
    pub fn roster_stamp(&mut self, permit: &Permit, entity: &str) -> Result<String, StoreError> {
        permitted(permit, entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        // The latest moment alone would miss a record that left, and one that was written earlier but is seen later.
        let mut sql = self.sql(format!(
            "SELECT count(*), max(since), CAST(sum(since % 1000000007) AS BIGINT) FROM {} WHERE ",
            quoted(&plan.table)
        ));
        push_scope(&mut sql, "path", permit.scope());
        let stamp = self.first(&sql, |row| {
            Ok(format!(
                "{:x}-{:x}-{:x}",
                row.int(0)?,
                row.maybe_int(1)?.unwrap_or_default(),
                row.maybe_int(2)?.unwrap_or_default()
            ))
        })?;
        Ok(stamp.unwrap_or_default())
    }

    /// Every living record in the scope with the values of `fields`, in no order, streamed. Sensitive fields are refused:
    /// they are not taken along.
    pub fn roster(
        &mut self,
        permit: &Permit,
        entity: &str,
        fields: &[&str],
        each: EachRecord<'_>,
    ) -> Result<(), StoreError> {
        permitted(permit, entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let mut columns = String::from("id, version");
        let mut kinds = Vec::with_capacity(fields.len());
        for name in fields {
            let field = plan.field(name)?;
            let column = field.open_column();
            let column = column.ok_or_else(|| StoreError::NotPermitted(format!("`{name}` is sensitive")))?;
            columns.push_str(", ");
            columns.push_str(column);
            kinds.push(&field.field.kind);
        }
        let mut sql = self.sql(format!("SELECT {columns} FROM {} WHERE ended_on IS NULL AND ", quoted(&plan.table)));
        push_scope(&mut sql, "path", permit.scope());
        let mut values = Vec::with_capacity(kinds.len());
        self.query(&sql, &mut |row| {
            values.clear();
            for (at, kind) in kinds.iter().enumerate() {
                values.push(decode(row, at + 2, kind)?);
            }
            each(RecordId(row.id(0)?), row.int(1)?, &values)
        })
    }
}
