//! A new version: the row as it was goes to the past, and the row becomes what it is now.

use linli_domain::{Permit, Record, Source, record::Change};

use super::{Current, insert::author};
use crate::{
    StoreError, WriteError, WriteTx,
    dialect::{Val, quoted},
    schema::{
        EntityPlan,
        values::{change_name, full_record, meta},
    },
    sql::insert_text,
};

/// Who makes the version, from where, and what happened.
pub(crate) struct Author<'a> {
    pub(crate) permit: &'a Permit,
    pub(crate) source: &'a Source,
    pub(crate) change: Change,
}

impl WriteTx<'_> {
    /// Replaces cells of a current row, `(position, cell)`, as a new version.
    pub(crate) fn new_version(
        &mut self,
        plan: &EntityPlan,
        current: Current,
        cells: Vec<(usize, Val)>,
        by: &Author<'_>,
    ) -> Result<Record, WriteError> {
        let mut new = current.cells.clone();
        for (at, cell) in cells {
            new[at] = cell;
        }
        // The clock may stand still or go back; versions of a record never do.
        let since = self.now().0.max(current.record.since.0 + 1);
        new[meta("version")] = Val::Int(current.record.version + 1);
        new[meta("since")] = Val::Int(since);
        for (offset, cell) in author(by.permit, by.source).into_iter().enumerate() {
            new[meta("by_name") + offset] = cell;
        }
        new[meta("change")] = Val::text(change_name(by.change));
        self.reclaim(by.permit, plan, &current.cells, &new)?;
        self.tally(plan, &current.cells, -1)?;
        self.tally(plan, &new, 1)?;
        if current.cells[0] == new[0] {
            self.keep_past(plan, &current, since)?;
            self.replace(plan, &current, &new)?;
        } else {
            self.rehome(plan, current, &new, since)?;
        }
        Ok(full_record(new.as_slice(), plan)?)
    }

    /// Copies the current row to the past.
    fn keep_past(&mut self, plan: &EntityPlan, current: &Current, until: i64) -> Result<(), StoreError> {
        let mut sql =
            self.sql(format!("INSERT INTO {} ({}, until) SELECT {}, CAST(", quoted(&plan.past), plan.all, plan.all));
        sql.bind(Val::Int(until)).push(&format!(" AS BIGINT) FROM {} WHERE home = ", quoted(&plan.table)));
        sql.bind(Val::text(&current.record.home)).push(" AND id = ").bind(Val::Id(current.record.id.0));
        self.run(&sql)?;
        Ok(())
    }

    /// Writes the cells that differ.
    fn replace(&mut self, plan: &EntityPlan, current: &Current, new: &[Val]) -> Result<(), StoreError> {
        let mut sql = self.sql(format!("UPDATE {} SET ", quoted(&plan.table)));
        let mut first = true;
        for ((column, old), cell) in plan.columns.iter().zip(&current.cells).zip(new) {
            if old != cell {
                sql.push(if first { "" } else { ", " }).push(&quoted(&column.name)).push(" = ").bind(cell.clone());
                first = false;
            }
        }
        sql.push(" WHERE home = ").bind(Val::text(&current.record.home));
        sql.push(" AND id = ").bind(Val::Id(current.record.id.0));
        sql.push(" AND version = ").bind(Val::Int(current.record.version));
        if self.run(&sql)? == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Moves a record to another home: key columns are never updated, rows are made anew and the old ones removed.
    fn rehome(&mut self, plan: &EntityPlan, current: Current, new: &[Val], until: i64) -> Result<(), StoreError> {
        let id = Val::Id(current.record.id.0);
        let (old_home, new_home) = (current.cells[0].clone(), new[0].clone());
        let past = quoted(&plan.past);
        let rest: Vec<String> = plan.columns.iter().skip(1).map(|column| quoted(&column.name)).collect();
        let rest = rest.join(", ");
        let mut sql = self.sql(format!("INSERT INTO {past} (home, {rest}, until) SELECT CAST("));
        sql.bind(new_home).push(&format!(" AS TEXT), {rest}, until FROM {past} WHERE home = ")).bind(old_home.clone());
        sql.push(" AND id = ").bind(id.clone());
        self.run(&sql)?;
        for table in [&past, &quoted(&plan.table)] {
            let mut sql = self.sql(format!("DELETE FROM {table} WHERE home = "));
            sql.bind(old_home.clone()).push(" AND id = ").bind(id.clone());
            self.run(&sql)?;
        }
        let mut before = current.cells;
        before[0] = new[0].clone();
        before.push(Val::Int(until));
        let width = before.len();
        self.execute(&insert_text(&plan.past, &format!("{}, until", plan.all), width, 1), &before)?;
        self.execute(&insert_text(&plan.table, &plan.all, width - 1, 1), new)?;
        Ok(())
    }

    /// The cells of a version, current or past.
    pub(crate) fn version_cells(
        &mut self,
        plan: &EntityPlan,
        current: &Current,
        version: i64,
    ) -> Result<Vec<Val>, WriteError> {
        if current.record.version == version {
            return Ok(current.cells.clone());
        }
        let mut sql = self.sql(format!("SELECT {} FROM {} WHERE home = ", plan.all, quoted(&plan.past)));
        sql.bind(Val::text(&current.record.home)).push(" AND id = ").bind(Val::Id(current.record.id.0));
        sql.push(" AND version = ").bind(Val::Int(version));
        let cells = self.first(&sql, |row| super::cells(row, plan))?;
        cells.ok_or(WriteError::NotFound)
    }
}
