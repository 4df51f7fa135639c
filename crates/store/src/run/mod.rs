//! Threads that own connections: the bounded queue, the group-commit writer, the readers.

pub(crate) mod queue;
pub(crate) mod writer;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use linli_domain::{Clock, Ids};
use queue::Queue;
use writer::Work;

use crate::{
    Database, StoreConfig, StoreError,
    crypto::Crypto,
    dialect::{Conn, Dialect, postgres::Pg, sqlite::Lite},
    migrate,
    schema::Schema,
    tally::{self, Wishes},
};

/// Time between two checkpoints of a SQLite file.
const CHECKPOINT: Duration = Duration::from_millis(500);

/// Time between two looks at what other processes installed in a PostgreSQL database.
const WATCH: Duration = Duration::from_secs(1);

/// Looks after which all processes know a Catalogue: each looks once between two of ours.
const SETTLED: u32 = 3;

/// Looks between two folds of roll-ups.
const FOLD: u32 = 5;

/// What every transaction needs to know.
pub(crate) struct Ctx {
    pub(crate) crypto: Crypto,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) dialect: Dialect,
    pub(crate) wishes: Wishes,
    /// The schema, and the mark of the database it belongs to.
    schema: RwLock<(i64, Arc<Schema>)>,
}

impl Ctx {
    pub(crate) fn new(config: &StoreConfig, dialect: Dialect, schema: Schema) -> Result<Self, StoreError> {
        Ok(Self {
            crypto: Crypto::new(&config.keys)?,
            clock: config.clock.clone(),
            ids: config.ids.clone(),
            dialect,
            wishes: Wishes::default(),
            schema: RwLock::new((i64::MIN, Arc::new(schema))),
        })
    }

    pub(crate) fn schema(&self) -> Arc<Schema> {
        self.schema.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// The schema of the snapshot `conn` reads: during a migration there are two.
    pub(crate) fn schema_in(&self, conn: &mut Conn) -> Result<Arc<Schema>, StoreError> {
        let Some(mark) = conn.schema_mark()? else { return Ok(self.schema()) };
        let (known, schema) = self.schema.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known == mark {
            return Ok(schema);
        }
        let (catalogue, _) = migrate::install::installed(conn)?;
        let found = if *schema.catalogue == catalogue { schema } else { Arc::new(Schema::of(Arc::new(catalogue))?) };
        if mark > known {
            *self.schema.write().unwrap_or_else(PoisonError::into_inner) = (mark, found.clone());
        }
        Ok(found)
    }

    /// Puts what another process installed in force. Must not run on a thread that reads or writes.
    fn follow(&self, conn: &mut Conn) -> Result<(), StoreError> {
        conn.revive()?;
        let Some(mark) = migrate::install::mark(conn)? else { return Ok(()) };
        let newer = |known: i64| mark > known;
        if !newer(self.schema.read().unwrap_or_else(PoisonError::into_inner).0) {
            return Ok(());
        }
        let (catalogue, _) = migrate::install::installed(conn)?;
        let found = Arc::new(Schema::of(Arc::new(catalogue))?);
        let mut held = self.schema.write().unwrap_or_else(PoisonError::into_inner);
        // This process may have migrated meanwhile.
        if newer(held.0) {
            *held = (mark, found);
        }
        Ok(())
    }

    /// Puts a schema in force, with the mark of the database it belongs to.
    pub(crate) fn set_schema(&self, schema: Arc<Schema>, mark: Option<i64>) {
        *self.schema.write().unwrap_or_else(PoisonError::into_inner) = (mark.unwrap_or(i64::MIN), schema);
    }
}

type Reading = dyn FnOnce(&mut Conn, &Ctx) + Send;

/// Something a reader does.
pub(crate) struct ReadWork {
    /// What it does.
    pub(crate) run: Box<Reading>,
    /// Whether it passes over a whole table: read page by page then, because mapped pages would all stay in memory.
    pub(crate) streams: bool,
}

/// The threads of a store and their queues.
pub(crate) struct Threads {
    pub(crate) writes: Arc<Queue<Work>>,
    pub(crate) reads: Arc<Queue<ReadWork>>,
    handles: Vec<JoinHandle<()>>,
    /// Dropped to stop the checkpoints, or the watching.
    running: Option<mpsc::Sender<()>>,
}

/// Opens one more connection.
pub(crate) fn connect(database: &Database, write: bool) -> Result<Conn, StoreError> {
    Ok(match database {
        Database::Sqlite(file) if write => Conn::Sqlite(Lite::writer(file)?),
        Database::Sqlite(file) => Conn::Sqlite(Lite::reader(file)?),
        Database::Postgres(url) => Conn::Postgres(Box::new(Pg::connect(url)?)),
    })
}

/// Runs `f` with a connection of its own on a thread of its own: safe to call from inside a runtime.
pub(crate) fn apart<T: Send>(
    database: &Database,
    write: bool,
    f: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send,
) -> Result<T, StoreError> {
    let joined = std::thread::scope(|scope| scope.spawn(|| f(&mut connect(database, write)?)).join());
    joined.unwrap_or(Err(StoreError::Panicked))
}

impl Threads {
    /// Starts the threads; all connections are open when this returns.
    pub(crate) fn start(config: &StoreConfig, ctx: &Arc<Ctx>) -> Result<Self, StoreError> {
        let writers = if ctx.dialect.is_sqlite() { 1 } else { config.writers.max(1) };
        let readers = config.readers.max(1);
        let writes = Arc::new(Queue::new(config.queue, writers));
        // Each reader takes one piece of work at a time.
        let reads: Arc<Queue<ReadWork>> = Arc::new(Queue::new(config.queue.max(1024), usize::MAX));
        let mut threads = Self { writes: writes.clone(), reads: reads.clone(), handles: Vec::new(), running: None };
        for number in 0..writers {
            let (queue, ctx) = (writes.clone(), ctx.clone());
            threads.spawn(format!("linli-writer-{number}"), &config.database, true, move |conn| {
                while let Some(work) = queue.take(writer::BATCH) {
                    writer::run_batch(conn, &ctx, work);
                }
            })?;
        }
        for number in 0..readers {
            let (queue, ctx) = (reads.clone(), ctx.clone());
            threads.spawn(format!("linli-reader-{number}"), &config.database, false, move |conn| {
                while let Some(work) = queue.take(1) {
                    work.into_iter().for_each(|work| run_read(conn, &ctx, work));
                }
            })?;
        }
        if let Database::Sqlite(file) = &config.database {
            threads.checkpoint_now_and_then(Lite::checkpointer(file)?, ctx.clone())?;
        } else {
            threads.watch(&config.database, ctx)?;
        }
        Ok(threads)
    }

    fn checkpoint_now_and_then(&mut self, lite: Lite, ctx: Arc<Ctx>) -> Result<(), StoreError> {
        let writes = self.writes.clone();
        let (running, stopped) = mpsc::channel();
        self.running = Some(running);
        let run = move || {
            while stopped.recv_timeout(CHECKPOINT) == Err(mpsc::RecvTimeoutError::Timeout) {
                if let Err(error) = lite.checkpoint() {
                    tracing::warn!(%error, "the log could not be carried over; it is tried again");
                }
                ask_for_tallies(&ctx, &writes);
            }
        };
        self.handles.push(std::thread::Builder::new().name("linli-checkpoint".into()).spawn(run)?);
        Ok(())
    }

    /// Looks every second whether another process migrated the database. SQLite needs none of this: each transaction sees it.
    fn watch(&mut self, database: &Database, ctx: &Arc<Ctx>) -> Result<(), StoreError> {
        let (running, stopped) = mpsc::channel();
        self.running = Some(running);
        let ctx = ctx.clone();
        self.spawn("linli-watch".into(), database, false, move |conn| {
            let (mut mark, mut since) = (None, 0_u32);
            while stopped.recv_timeout(WATCH) == Err(mpsc::RecvTimeoutError::Timeout) {
                if let Err(error) = ctx.follow(conn) {
                    tracing::warn!(%error, "what other processes installed could not be looked up; it is tried again");
                }
                let now = ctx.schema.read().unwrap_or_else(PoisonError::into_inner).0;
                since = if mark == Some(now) { since.saturating_add(1) } else { 0 };
                mark = Some(now);
                // By then every process appends for the roll-ups of this Catalogue.
                if ctx.dialect == Dialect::Postgres && since >= SETTLED {
                    tally::delta::build_wished(conn, &ctx);
                    if since.is_multiple_of(FOLD)
                        && let Err(error) = tally::delta::fold(conn)
                    {
                        tracing::warn!(%error, "roll-ups could not be folded; it is tried again");
                    }
                }
            }
        })
    }

    fn spawn(
        &mut self,
        name: String,
        database: &Database,
        write: bool,
        run: impl FnOnce(&mut Conn) + Send + 'static,
    ) -> Result<(), StoreError> {
        let (opened, wait) = mpsc::channel();
        let database = database.clone();
        let handle = std::thread::Builder::new().name(name).spawn(move || match connect(&database, write) {
            Ok(mut conn) => {
                drop(opened.send(Ok(())));
                run(&mut conn);
            }
            Err(error) => drop(opened.send(Err(error))),
        })?;
        self.handles.push(handle);
        wait.recv().unwrap_or(Err(StoreError::Closed))
    }
}

/// Has the tallies built that counts asked for since.
fn ask_for_tallies(ctx: &Arc<Ctx>, writes: &Queue<Work>) {
    for (entity, fields) in ctx.wishes.take() {
        let ctx = ctx.clone();
        let work = move |conn: &mut Conn| {
            if let Err(error) = tally::build(conn, &ctx, &entity, &fields) {
                tracing::warn!(%error, entity, "a tally could not be built");
            }
        };
        // A queue that is full has better things to do: the next count asks again.
        drop(writes.push(Work::Alone(Box::new(work))));
    }
}

fn run_read(conn: &mut Conn, ctx: &Ctx, work: ReadWork) {
    let mapped = |conn: &mut Conn, mapped| if work.streams { conn.map_file(mapped) } else { Ok(()) };
    // A failure to revive shows up, with its reason, at the first statement.
    if let Err(error) = conn.revive().and_then(|()| mapped(conn, false)).and_then(|()| conn.begin_read()) {
        tracing::warn!(%error, "a reader could not begin");
    }
    if catch_unwind(AssertUnwindSafe(|| (work.run)(conn, ctx))).is_err() {
        tracing::error!("a read panicked");
    }
    conn.rollback();
    if let Err(error) = mapped(conn, true) {
        tracing::warn!(%error, "a reader goes on without mapping the file");
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        self.running = None;
        let me = std::thread::current().id();
        for handle in self.handles.drain(..) {
            // The last handle may go inside a closure that one of these threads runs.
            if handle.thread().id() != me && handle.join().is_err() {
                tracing::error!("a store thread panicked");
            }
        }
    }
}
