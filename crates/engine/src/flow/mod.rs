//! Cases: whatever is asked of someone has an owner, a clock, a basis, a trace and an evaluation. What an act comes to,
//! [`linli_domain::flow`] decides; here it is kept with its audit entry in one transaction, and shown to whoever may see it.
//!
//! | file | what for |
//! |---|---|
//! | `model`, `input` | cases as answers show them; what is sent |
//! | `define`, `calendar`, `cache` | the flow a case runs on, working time, what was seen a moment ago |
//! | `who` | who somebody is: reader of cases, party of one |
//! | `live` | a case between the store and the decisions; what an event makes of its rows |
//! | `refuse` | refusals as problems |
//! | `open`, `act` | begin a case; everything done to it |
//! | `get`, `view`, `history` | one case as a page |
//! | `list`, `board`, `stats` | many |
//! | `todo` | whose turn it is, sorted by clock; what is due in a calendar |
//! | `files`, `links` | what hangs on a case |
//! | `form` | forms that ask in the place of fields |
//! | `candidates`, `units` | who can be chosen; which accounts act for a unit |
//! | `clock` | reminders, overdue, escalation: fired once, by whichever process comes first |
//! | `flows` | flows as the page draws them |
//! | `migrate` | moving cases to another version of their flow |
//! | `holidays` | public-holiday tables |

mod act;
mod board;
mod cache;
mod calendar;
mod candidates;
pub mod clock;
mod define;
mod files;
mod flows;
mod form;
mod get;
mod history;
mod holidays;
mod input;
mod links;
mod list;
mod live;
mod migrate;
mod model;
mod open;
mod refuse;
mod stats;
mod todo;
mod units;
mod view;
mod who;

pub(crate) use act::run;
pub use act::{act, act_in, comment, merge};
pub use board::{BoardColumn, BoardView, board};
pub use cache::Cache;
pub(crate) use calendar::of as working_time;
pub use candidates::{Candidates, CandidatesView, candidates};
pub(crate) use define::changed_without_version;
pub use files::{FileBytes, IncomingCaseFile, add_files, file};
pub use flows::{FlowItem, FlowItems, FlowView, flow, flows};
pub(crate) use form::area_of;
pub(crate) use form::required as form_required;
pub use form::{AskedForm, FilledForm, asked_form, case_form, opening_form};
pub use get::{by_code, by_number, get};
pub use holidays::{HolidayInput, HolidayView, holidays, put_holidays};
pub use input::{ActInput, AssignInput, CaseLinkInput, CommentInput, MergeInput, OpenInput, PlaceInput};
pub use links::{LinkInput, link, unlink};
pub(crate) use list::views;
pub use list::{CaseFilter, list};
pub use live::{Live, replays, verify};
pub use migrate::{MigrateInput, MigrationPlanView, migrate, plan};
pub use model::{CaseDetail, CasePage, CaseView};
pub use open::{Opened, open, open_in};
pub use stats::{StatsFilter, StatsView, stats};
pub use todo::{CalendarItem, CalendarItems, TodoItem, TodoPage, calendar, todo};
pub use units::{MembersInput, MembersView, members, put_members};
pub use who::{Who, reader, system_reader};

use crate::{Problem, ProblemKind};

/// Register of units.
pub const UNIT: &str = "network/unit";

/// No such case among those that whoever asks may see.
pub(crate) fn no_case() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "case.not_found",
        "没有找到这个案件,或您无权查看。",
        "There is no such case, or you may not see it.",
    )
}

/// No such flow.
pub(crate) fn no_flow(name: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "flow.not_found",
        format!("没有名为“{name}”的流程。"),
        format!("There is no flow called `{name}`."),
    )
}
