//! Group commit: one durable commit for everything that waits, and no piece of work harms another.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::Ctx;
use crate::{StoreError, WriteTx, dialect::Conn, tables::audit, write::later::Later};

/// Most pieces of work in a batch.
pub(crate) const BATCH: usize = 512;
/// How often a piece of work is tried again after a conflict.
const TRIES: usize = 8;

/// A piece of work for a writer.
pub(crate) enum Work {
    /// Shares a batch with others.
    Shared(Box<dyn WriteJob>),
    /// Has the connection to itself (migration).
    Alone(Box<dyn FnOnce(&mut Conn) + Send>),
}

/// A closure with the place its answer goes to.
pub(crate) trait WriteJob: Send {
    /// Runs the closure; whether its changes are to be kept.
    fn run(&mut self, tx: &mut WriteTx<'_>) -> bool;
    /// Answers: with the closure's own result, or with the failure of the commit.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// A closure, its result once it ran, and who waits for it.
pub(crate) struct Job<F, T, E> {
    pub(crate) closure: F,
    pub(crate) result: Option<Result<T, E>>,
    pub(crate) reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> WriteJob for Job<F, T, E>
where
    F: FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut WriteTx<'_>) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| (self.closure)(tx)));
        let result = result.unwrap_or_else(|_| Err(E::from(StoreError::Panicked)));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(E::from(StoreError::Closed)),
            (Err(error), _) => Err(E::from(error)),
        };
        // Nobody waits any more when the request was dropped; its work is done all the same.
        drop(self.reply.send(result));
    }
}

/// Does the work of one batch and answers each piece.
pub(crate) fn run_batch(conn: &mut Conn, ctx: &Ctx, work: Vec<Work>) {
    let mut jobs = Vec::with_capacity(work.len());
    for piece in work {
        match piece {
            Work::Shared(job) => jobs.push(job),
            Work::Alone(alone) => {
                run_shared(conn, ctx, std::mem::take(&mut jobs));
                alone(conn);
            }
        }
    }
    run_shared(conn, ctx, jobs);
}

fn run_shared(conn: &mut Conn, ctx: &Ctx, mut jobs: Vec<Box<dyn WriteJob>>) {
    if jobs.is_empty() {
        return;
    }
    if let Err(error) = conn.revive() {
        jobs.into_iter().for_each(|job| job.answer(Err(error.clone())));
        return;
    }
    match attempt(conn, ctx, &mut jobs) {
        Ok(kept) => answer_all(jobs, kept),
        // One of them may have been too big or in another's way; alone, the others get through.
        Err(StoreError::Conflict) => jobs.into_iter().for_each(|job| run_single(conn, ctx, job)),
        Err(StoreError::Full) if jobs.len() > 1 => jobs.into_iter().for_each(|job| run_single(conn, ctx, job)),
        Err(error) => jobs.into_iter().for_each(|job| job.answer(Err(error.clone()))),
    }
}

/// What became of each piece of work of a committed batch.
type Kept = Vec<Result<(), StoreError>>;

fn answer_all(jobs: Vec<Box<dyn WriteJob>>, kept: Kept) {
    jobs.into_iter().zip(kept).for_each(|(job, kept)| job.answer(kept));
}

fn run_single(conn: &mut Conn, ctx: &Ctx, job: Box<dyn WriteJob>) {
    let mut jobs = vec![job];
    let mut outcome = Err(StoreError::Conflict);
    for _ in 0..TRIES {
        outcome = attempt(conn, ctx, &mut jobs);
        if outcome != Err(StoreError::Conflict) {
            break;
        }
    }
    match outcome {
        Ok(kept) => answer_all(jobs, kept),
        Err(error) => jobs.into_iter().for_each(|job| job.answer(Err(error.clone()))),
    }
}

/// One transaction. An error means that nothing of it was kept.
///
/// A savepoint costs a copy of every page a piece of work touches, and nearly all work succeeds: so the batch first runs
/// without, and what can wait is written for all of them together ([`crate::write::later`]). Only when one fails that had
/// written already, all run again, each behind its own savepoint.
fn attempt(conn: &mut Conn, ctx: &Ctx, jobs: &mut [Box<dyn WriteJob>]) -> Result<Kept, StoreError> {
    for guarded in [false, true] {
        conn.begin_write()?;
        let outcome = run_jobs(conn, ctx, jobs, guarded).and_then(|(kept, head)| match head {
            Some(head) => audit::commit(conn, head).map(|()| (kept, true)).map_err(Stop::Failed),
            None => Ok((kept, false)),
        });
        match outcome {
            Ok((kept, true)) => return Ok(kept),
            Ok((kept, false)) => {
                conn.rollback();
                return Ok(kept);
            }
            Err(Stop::Unguarded) if !guarded => conn.rollback(),
            Err(stop) => {
                conn.rollback();
                return Err(match stop {
                    Stop::Failed(error) => error,
                    Stop::Unguarded => StoreError::Conflict,
                });
            }
        }
    }
    Err(StoreError::Conflict)
}

/// Why the jobs of a transaction did not all get through.
enum Stop {
    /// The transaction is of no use any more.
    Failed(StoreError),
    /// A piece of work failed after it had written, and there was no savepoint to go back to.
    Unguarded,
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// The head of the batch's chain, when there is something to commit.
type ToCommit = Option<Option<audit::Head>>;

/// Runs the jobs one after the other. With `guarded`, each behind its own savepoint.
fn run_jobs(
    conn: &mut Conn,
    ctx: &Ctx,
    jobs: &mut [Box<dyn WriteJob>],
    guarded: bool,
) -> Result<(Kept, ToCommit), Stop> {
    let alone = jobs.len() == 1;
    let schema = ctx.schema_in(conn)?;
    let mut head = None;
    // A piece of work that is alone is told at once what is wrong.
    let mut later = if guarded || alone { Later::default() } else { Later::waiting() };
    let (mut kept, mut any) = (Vec::with_capacity(jobs.len()), false);
    for job in jobs.iter_mut() {
        if guarded {
            conn.command("SAVEPOINT piece")?;
        }
        let head_before = head.clone();
        let before = later.mark();
        let mut tx = WriteTx::new(conn, ctx, schema.clone(), head.take(), later);
        let wanted = job.run(&mut tx);
        let finished = tx.finish();
        later = finished.later;
        if let Some(trouble) = finished.trouble {
            return Err(Stop::Failed(trouble));
        }
        if conn.lost_transaction() {
            return Err(Stop::Failed(StoreError::Full));
        }
        if finished.collided {
            return Err(Stop::Unguarded);
        }
        let failed = finished.broken.is_some();
        let keep = wanted && !failed;
        // A closure that failed gives its own reason; one that overlooked a failed statement is told.
        kept.push(if wanted { finished.broken.map_or(Ok(()), Err) } else { Ok(()) });
        if keep {
            any = true;
            head = finished.head;
        } else {
            head = head_before;
            if !guarded && !alone && (finished.wrote || failed) {
                return Err(Stop::Unguarded);
            }
            later.back_to(before);
        }
        if guarded {
            if !keep {
                conn.command("ROLLBACK TO SAVEPOINT piece")?;
            }
            conn.command("RELEASE SAVEPOINT piece")?;
        }
    }
    if !later.is_empty() && !later.write(conn, &schema).map_err(|error| stop_of(conn, error))? {
        return Err(Stop::Unguarded);
    }
    later.changes.write(conn)?;
    Ok((kept, any.then_some(head)))
}

/// What becomes of a batch whose waiting rows could not be written: only some failures are nobody's own.
fn stop_of(conn: &Conn, error: StoreError) -> Stop {
    match error {
        _ if conn.lost_transaction() => Stop::Failed(StoreError::Full),
        StoreError::Conflict | StoreError::Full | StoreError::Io(_) | StoreError::Unavailable(_) => Stop::Failed(error),
        _ => Stop::Unguarded,
    }
}
