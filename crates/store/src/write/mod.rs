//! Functions of [`crate::WriteTx`] over records.

mod change;
pub(crate) mod claim;
mod insert;
pub(crate) mod later;
mod reveal;
mod version;

use linli_domain::{Permit, RecordId};

use crate::{
    StoreError, WriteError, WriteTx,
    dialect::{Val, quoted},
    schema::EntityPlan,
    sql::filter::push_scope,
};

/// A current row with all its cells, held until the transaction ends.
pub(crate) struct Current {
    pub(crate) cells: Vec<Val>,
    pub(crate) record: linli_domain::Record,
}

impl WriteTx<'_> {
    /// The current row of a record in scope.
    pub(crate) fn current(&mut self, permit: &Permit, plan: &EntityPlan, id: RecordId) -> Result<Current, WriteError> {
        let mut sql = self.sql(format!("SELECT {} FROM {} WHERE id = ", plan.all, quoted(&plan.table)));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(self.ctx.dialect.for_update());
        let cells = self.first(&sql, |row| cells(row, plan))?.ok_or(WriteError::NotFound)?;
        let record = crate::schema::values::full_record(cells.as_slice(), plan)?;
        Ok(Current { cells, record })
    }

    /// The same at an expected version.
    pub(crate) fn current_at(
        &mut self,
        permit: &Permit,
        plan: &EntityPlan,
        id: RecordId,
        expected: i64,
    ) -> Result<Current, WriteError> {
        let current = self.current(permit, plan, id)?;
        if current.record.version == expected {
            Ok(current)
        } else {
            Err(WriteError::Stale { current: Box::new(current.record) })
        }
    }
}

/// All cells of a row of [`EntityPlan::all`].
pub(crate) fn cells(row: &crate::dialect::Row<'_>, plan: &EntityPlan) -> Result<Vec<Val>, StoreError> {
    plan.columns.iter().enumerate().map(|(at, column)| row.value(at, column.kind)).collect()
}
