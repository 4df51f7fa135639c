//! The handle to an open store.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::executor::block_on;
use linli_domain::Catalogue;
use tokio::sync::oneshot;

use crate::{
    BackupInfo, Database, Keys, MigrationClass, MigrationPlan, ReadTx, StoreConfig, StoreError, VerifyReport, WriteTx,
    backup, migrate,
    run::{
        self, Ctx, ReadWork, Threads,
        writer::{Job, Work},
    },
    schema::Schema,
    verify,
};

/// An open store. Cheap to clone; the last clone to go stops its threads.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    threads: Threads,
    ctx: Arc<Ctx>,
    config: StoreConfig,
}

impl Store {
    /// Opens a store and makes its fixed tables when they are absent.
    pub fn open(config: StoreConfig) -> Result<Self, StoreError> {
        let (dialect, catalogue) = run::apart(&config.database, true, |conn| {
            let catalogue = migrate::install::open(conn, &config)?;
            Ok((conn.dialect(), catalogue))
        })?;
        let ctx = Arc::new(Ctx::new(&config, dialect, Schema::of(Arc::new(catalogue))?)?);
        let threads = Threads::start(&config, &ctx)?;
        Ok(Self { inner: Arc::new(Inner { threads, ctx, config }) })
    }

    /// The installed Catalogue; empty when none was installed.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.inner.ctx.schema().catalogue.clone()
    }

    /// Reads the Catalogue again at once. What another process installs in the same database is noticed without this: on SQLite
    /// by the next transaction, on PostgreSQL within a second.
    pub fn refresh(&self) -> Result<Arc<Catalogue>, StoreError> {
        let (catalogue, mark) = run::apart(self.database(), false, |conn| {
            conn.begin_read()?;
            // The mark first: what is installed between the two is read again.
            let mark = migrate::install::mark(conn)?;
            Ok((migrate::install::installed(conn)?.0, mark))
        })?;
        self.inner.ctx.set_schema(Arc::new(Schema::of(Arc::new(catalogue))?), mark);
        Ok(self.catalogue())
    }

    /// What it takes to install `wanted`.
    pub fn plan(&self, wanted: &Catalogue) -> Result<MigrationPlan, StoreError> {
        run::apart(self.database(), false, |conn| Ok(migrate::plan(conn, wanted)?.plan()))
    }

    /// Installs `wanted` when no step is graver than `allow`: columns and tables that are no longer wanted are only dropped
    /// when `allow` is [`MigrationClass::Destructive`], and kept as retired otherwise. Readers go on; the new Catalogue is
    /// in force when this returns.
    pub fn migrate(&self, wanted: Catalogue, allow: MigrationClass) -> Result<MigrationPlan, StoreError> {
        let ctx = self.inner.ctx.clone();
        let run = move |conn: &mut crate::dialect::Conn| {
            let (plan, schema) = migrate::apply::migrate(conn, &ctx, wanted, allow)?;
            ctx.set_schema(schema, migrate::install::mark(conn)?);
            Ok(plan)
        };
        if self.inner.ctx.dialect.is_sqlite() {
            let (reply, answer) = std::sync::mpsc::channel();
            let alone = Work::Alone(Box::new(move |conn| drop(reply.send(run(conn)))));
            self.inner.threads.writes.push(alone)?;
            answer.recv().unwrap_or(Err(StoreError::Panicked))
        } else {
            run::apart(self.database(), true, run)
        }
    }

    /// Runs `f` in a transaction and answers once it is durable. Writes that wait are committed together, each behind its
    /// own savepoint; `f` may run again after a conflict, so it must not have effects of its own.
    pub async fn write<T, E>(&self, f: impl FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.queue_write(f)?.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }

    /// [`Self::write`] for the command line and jobs: blocks the thread.
    pub fn write_blocking<T, E>(&self, f: impl FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        block_on(self.queue_write(f)?).unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }

    fn queue_write<T, E>(
        &self,
        closure: impl FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, E>>, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Job { closure, result: None, reply };
        self.inner.threads.writes.push(Work::Shared(Box::new(job)))?;
        Ok(answer)
    }

    /// Runs `f` on a snapshot.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.queue_read(false, f)?.await.unwrap_or_else(|_| Err(E::from(StoreError::Panicked)))
    }

    /// [`Self::read`] for the command line and jobs: blocks the thread.
    pub fn read_blocking<T, E>(&self, f: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        block_on(self.queue_read(false, f)?).unwrap_or_else(|_| Err(E::from(StoreError::Panicked)))
    }

    /// [`Self::read_blocking`] for work that passes over whole tables (exports): it takes little memory, whatever their
    /// size, and is a little slower.
    pub fn stream_blocking<T, E>(
        &self,
        f: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        block_on(self.queue_read(true, f)?).unwrap_or_else(|_| Err(E::from(StoreError::Panicked)))
    }

    fn queue_read<T, E>(
        &self,
        streams: bool,
        f: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, E>>, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let run = Box::new(move |conn: &mut crate::dialect::Conn, ctx: &Ctx| {
            let outcome = match ctx.schema_in(conn) {
                Ok(schema) => f(&mut ReadTx::new(conn, ctx, schema)),
                Err(error) => Err(E::from(error)),
            };
            drop(reply.send(outcome));
        });
        self.inner.threads.reads.push(ReadWork { run, streams })?;
        Ok(answer)
    }

    /// Writes a consistent copy into one file while reading and writing go on.
    pub fn backup(&self, to: &Path, include_keys: bool) -> Result<BackupInfo, StoreError> {
        self.backup_with_files(to, include_keys, &[])
    }

    /// [`Self::backup`] with files of the installation, each under a name relative to the data folder.
    pub fn backup_with_files(
        &self,
        to: &Path,
        include_keys: bool,
        files: &[(String, PathBuf)],
    ) -> Result<BackupInfo, StoreError> {
        let keys = include_keys.then_some(&self.inner.config.keys);
        let at = self.inner.ctx.clock.now();
        run::apart(self.database(), false, |conn| backup::write(conn, &self.inner.config, keys, at, to, files))
    }

    /// Writes the files of a backup below `folder`; answers how many.
    pub fn extract_files(file: &Path, folder: &Path) -> Result<usize, StoreError> {
        backup::extract_files(file, folder)
    }

    /// Restores a backup into an empty target.
    pub fn restore(file: &Path, into: StoreConfig) -> Result<BackupInfo, StoreError> {
        backup::restore(file, into)
    }

    /// The keys inside a backup that was made with them.
    pub fn keys_in_backup(file: &Path) -> Result<Option<Keys>, StoreError> {
        backup::keys(file)
    }

    /// Checks everything that must hold: audit chains, unique claims, continuity of history, homes.
    pub fn verify(&self) -> Result<VerifyReport, StoreError> {
        let (ctx, schema) = (&self.inner.ctx, self.inner.ctx.schema());
        run::apart(self.database(), false, |conn| {
            conn.begin_read()?;
            verify::verify(conn, ctx, &schema)
        })
    }

    /// Whether reads and writes get through.
    pub fn health(&self) -> Result<(), StoreError> {
        self.read_blocking(|tx| tx.setting("health").map(|_| ()))?;
        self.write_blocking(|tx| tx.setting("health").map(|_| ()))
    }

    /// Lets a SQLite file grow no further than so many pages: the tests' full disk.
    #[doc(hidden)]
    pub fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        let (reply, answer) = std::sync::mpsc::channel();
        let limit = move |conn: &mut crate::dialect::Conn| {
            let text = format!("PRAGMA max_page_count = {pages}");
            drop(reply.send(conn.rows(&text, &[], |_| Ok(())).map(|_| ())));
        };
        self.inner.threads.writes.push(Work::Alone(Box::new(limit)))?;
        answer.recv().unwrap_or(Err(StoreError::Panicked))
    }

    /// Counts of scopes with so many rows ask for a tally: the tests' small cities.
    #[doc(hidden)]
    pub fn tally_above(&self, rows: i64) {
        self.inner.ctx.wishes.set_large(rows);
    }

    /// Folds what was appended to roll-ups now: the tests' patience.
    #[doc(hidden)]
    pub fn fold_rolls(&self) -> Result<(), StoreError> {
        match self.inner.ctx.dialect {
            crate::dialect::Dialect::Postgres => run::apart(self.database(), true, crate::tally::delta::fold),
            _ => Ok(()),
        }
    }

    fn database(&self) -> &Database {
        &self.inner.config.database
    }
}
