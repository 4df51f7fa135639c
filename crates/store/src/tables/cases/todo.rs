//! Whose turn it is, sorted by clock.

use std::collections::HashMap;

use linli_domain::{RecordId, Timestamp};
use uuid::Uuid;

use super::{COLUMNS, Case, CaseReader, NEVER, WIDTH, case, reader::push_seek};
use crate::{ReadTx, StoreError, dialect::Val, sql::Sql};

/// How much waits for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TodoCounts {
    /// Cases.
    pub all: u64,
    /// Of them, overdue.
    pub overdue: u64,
    /// Of them, due before a moment (the end of today), overdue or not.
    pub today: u64,
}

impl ReadTx<'_> {
    /// Cases in which it is the reader's turn, what is due first; each with the moment its part is due.
    pub fn case_todo(
        &mut self,
        reader: &CaseReader,
        after: Option<(Option<Timestamp>, RecordId)>,
        limit: u32,
    ) -> Result<Vec<(Option<Timestamp>, Case)>, StoreError> {
        if reader.seeks().is_empty() {
            return Ok(Vec::new());
        }
        let limit = limit.clamp(1, 1_000);
        // Each of one's parts along its own index; only the first of each can be among the first of all.
        let mut sql = self.sql(format!("SELECT {COLUMNS}, t.due FROM (SELECT home, case_id, min(due) AS due FROM ("));
        for (at, seek) in reader.seeks().iter().enumerate() {
            sql.push(if at > 0 { " UNION ALL " } else { "" });
            sql.push("SELECT home, case_id, due FROM (SELECT p.home, p.case_id, p.due FROM linli_case_party p WHERE ");
            push_seek(&mut sql, seek);
            sql.push(" AND p.open = 1");
            push_after(&mut sql, after);
            sql.push(" ORDER BY p.due, p.case_id LIMIT ").bind(Val::Int(i64::from(limit) + 1));
            sql.push(&format!(") AS s{at}"));
        }
        sql.push(") AS u GROUP BY home, case_id ORDER BY due, case_id LIMIT ").bind(Val::Int(limit.into()));
        sql.push(") AS t JOIN linli_case c ON c.home = t.home AND c.id = t.case_id ORDER BY t.due, c.id");
        let ctx = self.ctx;
        self.rows(&sql, |row| {
            let due = row.int(WIDTH)?;
            Ok(((due != NEVER).then_some(Timestamp(due)), case(ctx, row)?))
        })
    }

    /// How much waits for the reader at `now`; today ends at `end`.
    pub fn case_todo_counts(
        &mut self,
        reader: &CaseReader,
        now: Timestamp,
        end: Timestamp,
    ) -> Result<TodoCounts, StoreError> {
        if reader.seeks().is_empty() {
            return Ok(TodoCounts::default());
        }
        // SQLite groups through a tree of its own, which takes three times as long as looking at the rows here.
        if self.ctx.dialect.is_sqlite() { self.looked_at(reader, now, end) } else { self.grouped(reader, now, end) }
    }

    fn looked_at(&mut self, reader: &CaseReader, now: Timestamp, end: Timestamp) -> Result<TodoCounts, StoreError> {
        let mut sql = self.sql("");
        push_parts(&mut sql, reader);
        let mut due_of: HashMap<Uuid, i64> = HashMap::new();
        self.rows(&sql, |row| {
            let due = row.int(1)?;
            due_of.entry(row.id(0)?).and_modify(|known| *known = due.min(*known)).or_insert(due);
            Ok(())
        })?;
        let until = |moment: i64| due_of.values().filter(|due| **due < moment).count() as u64;
        Ok(TodoCounts { all: due_of.len() as u64, overdue: until(now.0), today: until(end.0 + 1) })
    }

    fn grouped(&mut self, reader: &CaseReader, now: Timestamp, end: Timestamp) -> Result<TodoCounts, StoreError> {
        let mut sql = self.sql("SELECT count(*), CAST(coalesce(sum(CASE WHEN due < ");
        sql.bind(Val::Int(now.0)).push(" THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN due <= ");
        sql.bind(Val::Int(end.0)).push(" THEN 1 ELSE 0 END), 0) AS BIGINT) FROM (");
        sql.push("SELECT case_id, min(due) AS due FROM (");
        push_parts(&mut sql, reader);
        sql.push(") AS u GROUP BY case_id) AS t");
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        let found = self.first(&sql, |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))?;
        let (all, overdue, today) = found.unwrap_or_default();
        Ok(TodoCounts { all: count(all), overdue: count(overdue), today: count(today) })
    }

    /// How many cases wait for each of some units.
    pub fn open_by_unit(&mut self, units: &[RecordId]) -> Result<Vec<(RecordId, u64)>, StoreError> {
        let mut found = Vec::with_capacity(units.len());
        for chunk in units.chunks(200) {
            let mut sql = self.sql("SELECT seek, count(*) FROM linli_case_party WHERE open = 1 AND seek IN (");
            sql.bind_all(chunk.iter().map(|unit| Val::Text(format!("u:{unit}")))).push(") GROUP BY seek");
            for (seek, count) in self.rows(&sql, |row| Ok((row.text(0)?, row.int(1)?)))? {
                if let Some(unit) = seek.strip_prefix("u:").and_then(|unit| unit.parse().ok()) {
                    found.push((unit, u64::try_from(count).unwrap_or_default()));
                }
            }
        }
        Ok(found)
    }
}

/// The open parts of a reader: the case, and when it is due.
fn push_parts(sql: &mut Sql, reader: &CaseReader) {
    for (at, seek) in reader.seeks().iter().enumerate() {
        sql.push(if at > 0 { " UNION ALL " } else { "" });
        sql.push("SELECT p.case_id, p.due FROM linli_case_party p WHERE ");
        push_seek(sql, seek);
        sql.push(" AND p.open = 1");
    }
}

fn push_after(sql: &mut Sql, after: Option<(Option<Timestamp>, RecordId)>) {
    if let Some((due, id)) = after {
        let due = due.map_or(NEVER, |due| due.0);
        sql.push(" AND (p.due, p.case_id) > (").bind_all([Val::Int(due), Val::Id(id.0)]).push(")");
    }
}
