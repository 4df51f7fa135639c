//! Background work. Jobs are rows that a transaction asked for ([`crate::events`]); several processes may share one
//! database, each takes what is due. Tests call [`run_due`] directly.

mod housekeeping;

use linli_domain::Timestamp;
use linli_store::tables::Job;
use serde_json::Value as Json;

use crate::{Engine, Problem, collect, flow, grid, insight, install, schedule, sheet, task};

/// Does one sort of job. Runs on a thread that may block; must be safe to run twice.
pub type Runner = fn(&Engine, &Json) -> Result<(), Problem>;

/// Every sort of job and what does it.
pub const RUNNERS: &[(&str, Runner)] = &[
    ("housekeeping", housekeeping::run),
    (sheet::import::JOB, sheet::import::apply_job),
    (collect::receive::OVERDUE_JOB, collect::receive::overdue_job),
    (task::ASSIGN, task::assign_job),
    (task::clock::NAME, task::clock::run),
    (schedule::open::NAME, schedule::open::run),
    (grid::learn::JOB, grid::learn::run),
    (insight::snapshot::NAME, insight::snapshot::run),
];

/// Jobs that ask for themselves again.
const RECURRING: [&str; 6] = [
    housekeeping::NAME,
    collect::receive::OVERDUE_JOB,
    task::clock::NAME,
    schedule::open::NAME,
    grid::learn::JOB,
    insight::snapshot::NAME,
];

/// How often a job is tried before it is given up.
const ATTEMPTS: i64 = 8;

/// Seconds after which another process may take over a job.
const LEASE_SECONDS: i64 = 30 * 60;

/// Does everything that is due and answers how many clocks fired and jobs were done. Clocks are no jobs: nobody leases them, so
/// that no server waits for one that was killed. Blocks the thread.
pub fn run_due(engine: &Engine) -> Result<usize, Problem> {
    let mut done = flow::clock::fire_due(engine)?;
    while let Some(job) = engine.store.write_blocking::<_, Problem>(|tx| Ok(tx.take_job(LEASE_SECONDS)?))? {
        run_one(engine, job)?;
        done += 1;
    }
    Ok(done)
}

/// Asks for the recurring work unless it is asked for already, and goes on with imports that a process left behind when it
/// died (their jobs are leased to the dead for a while). Called when a server starts.
pub fn ensure_recurring(engine: &Engine) -> Result<(), Problem> {
    sheet::import::resume_all(engine, None)?;
    task::clock::resume(engine)?;
    if let Err(problem) = install::install_forms(engine) {
        tracing::warn!(%problem, "forms of packs could not be published");
    }
    let waiting = engine.store.read_blocking::<_, Problem>(|tx| Ok(tx.jobs(1_000)?))?;
    for name in RECURRING {
        if !waiting.iter().any(|job| job.job == name) {
            let now = engine.now();
            engine.store.write_blocking::<_, Problem>(move |tx| {
                tx.enqueue(name, &Json::Null, now)?;
                Ok(())
            })?;
        }
    }
    Ok(())
}

fn run_one(engine: &Engine, job: Job) -> Result<(), Problem> {
    let runner = RUNNERS.iter().find(|(name, _)| *name == job.job).map(|(_, runner)| runner);
    let outcome = match runner {
        Some(runner) => runner(engine, &job.payload),
        None => Err(Problem::internal(format_args!("no runner for the job `{}`", job.job))),
    };
    match outcome {
        Ok(()) => engine.store.write_blocking(move |tx| Ok(tx.finish_job(job.id)?)),
        Err(problem) => {
            tracing::warn!(job = %job.job, id = %job.id, attempts = job.attempts, %problem, "a job failed");
            let retry = retry_at(engine.now(), job.attempts);
            let reason = problem.to_string();
            engine.store.write_blocking(move |tx| Ok(tx.fail_job(job.id, &reason, retry)?))
        }
    }
}

/// Later and later: 5 s, 10 s, 20 s … ; `None` when it was tried often enough.
fn retry_at(now: Timestamp, attempts: i64) -> Option<Timestamp> {
    (attempts < ATTEMPTS).then(|| now.plus_seconds(5 << attempts.clamp(0, ATTEMPTS)))
}
