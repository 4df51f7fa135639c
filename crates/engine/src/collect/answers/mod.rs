//! Answers as people work with them: lists, one answer as a tree, review, correction, summary, files out.
//!
//! Sensitive elements are masked everywhere here; what is sealed is opened page by page, never kept.
//!
//! | file | what for |
//! |---|---|
//! | `filter` | which answers, as addresses write it |
//! | `shape` | a version of a form as answers are read with it: columns, labels, masks |
//! | `list` | a page of answers as rows |
//! | `detail` | one answer: tree, history, entities, files |
//! | `tree` | an answer's XML → nodes with labels and flags |
//! | `review` | accept or return |
//! | `correct` | answers changed by a reviewer: a new instance in the place of the old |
//! | `summary`, `tally` | every question counted in one pass |
//! | `facts` | answers as typed values, for indicators |
//! | `export` | .xlsx, .csv, GeoJSON and files, streamed |

mod correct;
mod detail;
mod export;
pub(crate) mod facts;
mod filter;
mod list;
mod review;
pub(crate) mod shape;
mod summary;
mod tally;
mod tree;

pub use correct::{Correction, correct};
pub(crate) use detail::of_case;
pub use detail::{AnswerFile, AnswerFileView, FormName, HistoryItem, OtherFlag, ResponseDetail, file, get};
pub use export::{AnswerExport, AnswerFormat, begin as begin_export};
pub use filter::ResponseFilter;
pub use list::{Column, ResponsePage, ResponseRow, TaskRef, list};
pub use review::{ReviewInput, Verdict, review};
pub use summary::{Summary, summary};
pub use tally::{Bin, ChoiceCount, Numbers, QuestionSummary};
pub use tree::{Node, NodeFlag, NodeKind};

use crate::{Problem, ProblemKind};

/// No such answer in the scope of whoever asks.
fn no_answer() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "response.not_found",
        "没有找到这份答卷,或它不在您的管理范围内。",
        "There is no such answer, or it is outside your scope.",
    )
}
