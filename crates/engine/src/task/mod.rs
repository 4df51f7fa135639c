//! Collection tasks: nothing is asked without a basis in a responsibility list, a purpose, a deadline, an end, and the
//! approval of somebody else; each record of the population gets one assignment, where it stands.
//!
//! | file | what for |
//! |---|---|
//! | `model` | a request as it is written and as answers show it |
//! | `view` | requests with their counts |
//! | `write`, `preview` | drafts; what a draft would cost |
//! | `basis` | items of responsibility lists that license a request in an area |
//! | `population` | a filter over a register, or the gaps of a filled template |
//! | `decide` | submit, approve, reject, close, remind |
//! | `assign`, `clock` | jobs: assignments in chunks; reminders and the end of licences |
//! | `look` | boxes, one request |
//! | `assignments`, `progress` | assignments and how far they are |
//! | `complete`, `complaint` | what assignments come to; "this request has no licence" |
//! | `result` | the answers back in the template the request came from |
//! | `today`, `pack` | what a phone needs for the day, and offline |
//! | `form` | the form of a request |

mod assign;
mod assignments;
mod basis;
pub mod clock;
mod complaint;
mod complete;
mod decide;
mod form;
mod look;
mod model;
mod pack;
mod population;
mod preview;
mod progress;
mod result;
mod today;
mod view;
mod write;

pub use assign::{JOB as ASSIGN, run as assign_job};
pub use assignments::{AssignmentFilter, AssignmentPage, AssignmentView, TaskOfAssignment, list as assignments};
pub(crate) use assignments::{assignment_of, fields_asked_at, fields_of};
pub use basis::{BasisItem, BasisItems, list as bases};
pub use complaint::{AnswerComplaint, ComplaintItems, ComplaintView, NoLicence, answer, complain, list as complaints};
pub use complete::{OutcomeInput, complete_in, outcome};
pub(crate) use decide::complete as complete_licence;
pub use decide::{DecisionNote, approve, close, reject, remind, submit};
pub(crate) use form::Prefiller;
pub use look::{Box_ as TaskBox, TaskPage, get, list};
pub(crate) use model::Body;
pub use model::{
    ApprovalView, BasisInput, BasisView, FillRef, NamedRef, Population, PopulationInput, TaskCounts, TaskForm,
    TaskInput, TaskView,
};
pub use pack::{PackItem, PackPage, Prefilled, pack};
pub(crate) use population::memo_of;
pub use preview::{PreviewArea, PreviewHeld, TaskPreview, preview};
pub use progress::{ProgressItem, ProgressItems, progress};
pub use result::{TaskResult, result};
pub use today::{Today, TodayForm, TodayTask, Worker, today};
pub(crate) use view::title_of;
pub(crate) use view::{bodies, todo};
pub use write::{create, edit};

use linli_domain::{Actor, AreaPath, Permit, RecordId, Subject, Verb, actor};
use linli_store::{ReadTx, tables::Task};

use crate::{Engine, Problem, ProblemKind};

/// The program's own permit on tasks, for what a request does beyond its actor's reach once it is approved.
fn own_permit(engine: &Engine, verb: Verb, area: &AreaPath) -> Result<Permit, Problem> {
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, verb, Subject::Tasks)?;
    Ok(permit.within(area))
}

/// Any permit of `actor` on tasks, to look at them.
fn looking(engine: &Engine, actor: &Actor) -> Result<Permit, Problem> {
    engine.permit(actor, Verb::Read, Subject::Tasks)
}

/// The request `id`, which `actor` may look at.
fn task(tx: &mut ReadTx<'_>, permit: &Permit, id: RecordId) -> Result<Task, Problem> {
    let task = tx.task(permit, id)?.filter(|task| view::is_seen(task, permit));
    task.ok_or_else(no_task)
}

fn no_task() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "task.not_found",
        "没有找到这项任务,或它不在您的范围内。",
        "There is no such task, or it is outside your scope.",
    )
}

fn no_assignment() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "assignment.not_found",
        "没有找到这项分派,或它不在您的范围内。",
        "There is no such assignment, or it is outside your scope.",
    )
}
