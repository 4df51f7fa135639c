//! Transactions. What can be asked of and done to records is in `read` and `write`, what can be done to the fixed tables
//! in [`crate::tables`].

use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use linli_domain::{AreaPath, Catalogue, Permit, Subject, Timestamp, Value, Verb, record::ListQuery};

use crate::{
    StoreError,
    dialect::{Conn, Dialect, Each, Row, Val},
    run::Ctx,
    schema::{EntityPlan, Schema, insert::Insert},
    sql::{Sql, filter::Filter},
    tables::audit::Head,
    write::later::Later,
};

/// Sensitive values in clear, by field.
pub type Clear = BTreeMap<String, String>;

/// A row of a cross table: values of the fields asked for, the area at the depth asked for, and the count.
pub type CountRow = (Vec<Value>, Option<AreaPath>, u64);

/// A snapshot to read from.
pub struct ReadTx<'a> {
    pub(crate) conn: &'a mut Conn,
    pub(crate) ctx: &'a Ctx,
    pub(crate) schema: Arc<Schema>,
    now: Timestamp,
    trouble: Option<StoreError>,
    broken: Option<StoreError>,
    wrote: bool,
    /// What is written at the end of the batch, or before the next statement.
    pub(crate) later: Later,
    /// Something that waited could not be written: the batch must run again, each piece by itself.
    collided: bool,
    /// Whether it is a snapshot that nothing is written in.
    pub(crate) is_reading: bool,
}

/// A transaction to write in. Everything of [`ReadTx`] works here too and sees what was written.
pub struct WriteTx<'a> {
    read: ReadTx<'a>,
    pub(crate) head: Option<Head>,
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

/// What is left of a transaction's part in a batch.
pub(crate) struct Finished {
    /// The audit chain's head.
    pub(crate) head: Option<Head>,
    /// What stops the whole batch.
    pub(crate) trouble: Option<StoreError>,
    /// What keeps this piece of work from being kept, even if its closure thinks otherwise.
    pub(crate) broken: Option<StoreError>,
    /// Whether it ran a statement that writes.
    pub(crate) wrote: bool,
    /// What still waits.
    pub(crate) later: Later,
    /// Whether something that waited could not be written.
    pub(crate) collided: bool,
}

/// Verbs that imply looking at a record.
pub(crate) const LOOK: &[Verb] =
    &[Verb::Read, Verb::Edit, Verb::End, Verb::Merge, Verb::Reveal, Verb::Export, Verb::Import];

impl<'a> ReadTx<'a> {
    pub(crate) fn new(conn: &'a mut Conn, ctx: &'a Ctx, schema: Arc<Schema>) -> Self {
        let now = ctx.clock.now();
        let later = Later::default();
        Self {
            conn,
            ctx,
            schema,
            now,
            trouble: None,
            broken: None,
            wrote: false,
            later,
            collided: false,
            is_reading: true,
        }
    }

    /// The moment this transaction carries in what it writes.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The installed Catalogue.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.schema.catalogue.clone()
    }

    /// Remembers what the whole batch must know about, whatever the closure makes of it.
    fn noted<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error @ (StoreError::Conflict | StoreError::Full | StoreError::Io(_) | StoreError::Unavailable(_))) =
            &outcome
        {
            self.trouble.get_or_insert_with(|| error.clone());
        }
        if let (Err(error), false) = (&outcome, self.ctx.dialect.is_sqlite()) {
            // After a failed statement PostgreSQL takes no other until the savepoint.
            self.broken.get_or_insert_with(|| error.clone());
        }
        outcome
    }

    /// Writes what waits, before something else is asked or done.
    pub(crate) fn settle(&mut self) -> Result<(), StoreError> {
        if self.collided {
            return Err(StoreError::Conflict);
        }
        if self.later.is_empty() {
            return Ok(());
        }
        self.wrote = true;
        let outcome = self.later.write(self.conn, &self.schema);
        match self.noted(outcome) {
            Ok(true) => Ok(()),
            _ => {
                self.collided = true;
                Err(StoreError::Conflict)
            }
        }
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Val]) -> Result<u64, StoreError> {
        self.settle()?;
        self.later.forget_areas();
        self.wrote = true;
        let outcome = self.conn.execute(sql, params);
        self.noted(outcome)
    }

    pub(crate) fn run(&mut self, sql: &Sql) -> Result<u64, StoreError> {
        self.execute(&sql.text, &sql.params)
    }

    pub(crate) fn query(&mut self, sql: &Sql, each: Each<'_>) -> Result<(), StoreError> {
        self.settle()?;
        let outcome = self.conn.query(&sql.text, &sql.params, each);
        self.noted(outcome)
    }

    pub(crate) fn rows<T>(
        &mut self,
        sql: &Sql,
        make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.settle()?;
        self.rows_beside(sql, make)
    }

    /// [`Self::rows`] of tables that nothing waits to be written to.
    pub(crate) fn rows_beside<T>(
        &mut self,
        sql: &Sql,
        make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let outcome = self.conn.rows(&sql.text, &sql.params, make);
        self.noted(outcome)
    }

    pub(crate) fn first<T>(
        &mut self,
        sql: &Sql,
        make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, make)?.into_iter().next())
    }

    /// A statement of this database.
    pub(crate) fn sql(&self, text: impl Into<String>) -> Sql {
        Sql::new(self.ctx.dialect, text)
    }

    /// The filter of a list: its permit's scope, narrowed to the list's area.
    pub(crate) fn filter<'q>(&'q self, plan: &'q EntityPlan, permit: &Permit, query: &'q ListQuery) -> Filter<'q> {
        let scope = query.area.as_ref().map_or_else(|| permit.scope().clone(), |area| permit.scope().within(area));
        let today = query.as_of.unwrap_or(self.now).china_date();
        Filter { plan, crypto: &self.ctx.crypto, scope, query, today }
    }
}

impl<'a> WriteTx<'a> {
    pub(crate) fn new(conn: &'a mut Conn, ctx: &'a Ctx, schema: Arc<Schema>, head: Option<Head>, later: Later) -> Self {
        Self { read: ReadTx { later, is_reading: false, ..ReadTx::new(conn, ctx, schema) }, head }
    }

    /// Notes for the tallies that a row with these cells came (1) or went (-1).
    pub(crate) fn tally(&mut self, plan: &EntityPlan, cells: &[Val], by: i64) -> Result<(), StoreError> {
        let ReadTx { conn, later, schema, .. } = &mut self.read;
        later.changes.note(conn, plan, schema.rolls(&plan.entity.name), cells, by)
    }

    /// Drops the tallies, because many rows are about to move at once. They come back when they are asked for.
    pub(crate) fn drop_tallies(&mut self) -> Result<(), StoreError> {
        if self.ctx.dialect.is_sqlite() {
            self.execute("DELETE FROM linli_tally_row", &[])?;
            self.execute("DELETE FROM linli_tally", &[])?;
            self.execute("DELETE FROM linli_rollup", &[])?;
            self.execute("DELETE FROM linli_rolled", &[])?;
        }
        if self.ctx.dialect == Dialect::Postgres {
            crate::tally::delta::drop_all(self.conn)?;
        }
        Ok(())
    }

    /// Inserts rows at once; answers how many were new.
    pub(crate) fn insert_now(&mut self, sets: &[(&Insert, Vec<Vec<Val>>)]) -> Result<u64, StoreError> {
        self.settle()?;
        self.wrote = true;
        let outcome = self.conn.insert_all(sets);
        self.noted(outcome)
    }

    /// Runs statements in one round trip where there is one, beside what waits to be written to other tables; answers how
    /// many rows they touched in all.
    pub(crate) fn write_beside(&mut self, statements: &[(&str, Vec<Val>)]) -> Result<u64, StoreError> {
        if self.collided {
            return Err(StoreError::Conflict);
        }
        self.wrote = true;
        let outcome = self.conn.execute_all(statements);
        self.noted(outcome)
    }

    /// Somebody else changed what this was decided upon: the batch runs again, and sees it.
    pub(crate) fn meets_another(&mut self) -> StoreError {
        let met: Result<(), StoreError> = Err(StoreError::Conflict);
        self.noted(met).err().unwrap_or(StoreError::Conflict)
    }

    /// What the batch must know about.
    pub(crate) fn finish(self) -> Finished {
        let ReadTx { trouble, broken, wrote, later, collided, .. } = self.read;
        Finished { head: self.head, trouble, broken, wrote, later, collided }
    }
}

/// Refuses a permit for another register, or for another verb.
pub(crate) fn permitted(permit: &Permit, entity: &str, verbs: &[Verb]) -> Result<(), StoreError> {
    let fits = matches!(permit.subject(), Subject::Entity(name) if name == entity);
    if fits && verbs.contains(&permit.verb()) { Ok(()) } else { Err(wrong(permit, entity, verbs)) }
}

/// The same for a built-in subject.
pub(crate) fn permitted_on(permit: &Permit, subject: &Subject, verbs: &[Verb]) -> Result<(), StoreError> {
    let fits = permit.subject() == subject && verbs.contains(&permit.verb());
    if fits { Ok(()) } else { Err(wrong(permit, subject.name(), verbs)) }
}

fn wrong(permit: &Permit, subject: &str, verbs: &[Verb]) -> StoreError {
    let (verb, held) = (permit.verb(), permit.subject().name());
    StoreError::NotPermitted(format!("{verb:?} {held} where one of {verbs:?} {subject} is needed"))
}
