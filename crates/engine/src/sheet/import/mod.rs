//! An office's ledger comes in.
//!
//! stage → match columns → compare (dry run) → decide → apply → undo, each step a command that can be repeated. Nothing is
//! written to the registers before `apply`, and what `apply` wrote can be taken back.
//!
//! | module | what for |
//! |---|---|
//! | [`stage`], [`check`], [`rows`], [`commands`], [`file`] | the commands |
//! | [`ledger`], [`cols`], [`settle`], [`homes`], [`repeats`] | rows as values; their places, households, dwellings; repeats |
//! | [`register`], [`like`] | what is known, and whom a row may be |
//! | [`compare`], [`accept`], [`plan`], [`build`] | what each row is and what would be done |
//! | [`chunks`], [`apply`], [`undo`], [`ids`] | writing and taking back |
//! | [`view`], [`model`], [`errors`] | what is kept and shown, and the ledger with its errors marked |
//!
//! When is a difference a conflict? When the field tells who somebody is (name, identity number, birth date, sex), or when
//! the register learned its value after the day the ledger is from (in its title or name). A blank cell never erases, and
//! codes of a list are added, not taken away.

pub mod accept;
pub mod apply;
pub mod build;
pub mod check;
pub mod chunks;
pub mod cols;
pub mod commands;
pub mod compare;
pub mod errors;
pub mod file;
pub mod homes;
pub mod ids;
pub mod ledger;
pub mod like;
pub mod model;
pub mod plan;
pub mod register;
pub mod repeats;
pub mod rows;
pub mod settle;
pub mod stage;
pub mod undo;
pub mod view;
pub mod written;

pub use check::set_mapping;
pub use commands::{JOB, apply_job, get, list, resume_all, start, undo};
pub use errors::error_workbook;
pub use file::{ImportOptions, ImportReport, import_file};
pub use model::{Import, ImportState};
pub use rows::{decide, rows};
pub use stage::stage;

use crate::{Problem, ProblemKind};

/// No such import within reach.
pub(crate) fn no_import() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "import.not_found",
        "没有找到这次导入，或它不在您的管理范围内。",
        "There is no such import, or it is outside your scope.",
    )
}

/// The import is not in the state for this.
pub(crate) fn not_in_state(zh: &str, en: &str) -> Problem {
    Problem::new(ProblemKind::Conflict, "import.wrong_state", format!("{zh}。"), format!("{en}."))
}

/// Another process writes the same import.
pub(crate) fn overtaken() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "import.overtaken",
        "另一个进程正在写入这次导入，或它已被撤销。",
        "Another process is writing this import, or it was taken back.",
    )
}
