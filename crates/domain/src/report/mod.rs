//! Written reports (调研报告): a template in a pack and the figures of an area on a day become a document. Pure: the figures
//! are fetched by `engine::report`, the file is written by the crate `document`.
//!
//! A template is Markdown with tags in double braces. What a reader must be able to trust is kept here: a figure that is
//! not known never becomes 0 or a hole in a sentence (the sentence says that it is not known, and why); a heading with
//! nothing under it is left out; a recommendation appears only when a finding calls for it.
//!
//! | module | what for |
//! |---|---|
//! | [`facts`] | what a report is written from |
//! | [`template`] | the parsed template: nodes, tags, conditions |
//! | [`parse`] | text → template, with every fault at its place |
//! | [`check`] | does the template name only what there is? |
//! | [`needs`] | which figures must be fetched |
//! | [`render`] | template and facts → document |

mod areas;
mod charts;
pub mod check;
pub mod facts;
mod flow;
mod judge;
mod lex;
pub mod needs;
pub mod parse;
pub mod render;
mod tables;
pub mod template;
#[cfg(test)]
mod tests;
mod words;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::lang::{Label, Lang};

pub use check::{Allowed, Known, check};
pub use facts::{About, Base, Facts, Place, Reading, Slice, Target};
pub use needs::{Needs, needs};
pub use parse::{Fault, parse};
pub use render::render;
pub use template::Template;

/// Level of a report that names the areas one level below its own, whichever that is.
pub const BELOW: &str = "below";

/// A report as a pack declares it: `reports/NAME.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Namespaced name, `survey/survey`.
    pub name: String,
    /// Label in lists.
    pub label: Label,
    /// What it is for, one sentence.
    pub about: Label,
    /// Title of the document; `{place}`, `{as_of}` and `{a parameter}` are filled in.
    pub title: String,
    /// Language that it is written in.
    pub lang: Lang,
    /// Level of the areas that it names and ranks, `community`; [`BELOW`]: the one below its own.
    pub level: String,
    /// The report of which this is a translation (name within the pack): written in its place for who reads this language.
    #[serde(default)]
    pub translates: Option<String>,
    /// The report that is written when two days are compared (name within the pack).
    pub compare: Option<String>,
    /// Whether it compares two days and makes no sense with one.
    pub two_days: bool,
    /// Words that a reader may set (name of the city, month of the survey).
    pub params: Vec<ReportParam>,
    /// How far back it looks when two days are compared and only one is given.
    pub span: Option<Span>,
    /// The template.
    pub body: String,
    /// Line of the file at which the template begins, from 1.
    pub first_line: u32,
}

/// Words of a report that a reader may set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportParam {
    /// Name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// What stands there when nobody sets it; `{place}`, `{as_of}`, `{year}` and `{month}` are filled in.
    pub value: String,
}

/// How far back a report looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Span {
    /// All of them with their names in packs.
    pub const ALL: [(&'static str, Self); 3] = [("week", Self::Week), ("month", Self::Month), ("year", Self::Year)];

    /// The day from which it looks to `day`; a month that is shorter gives its last day.
    pub fn before(self, day: Date) -> Option<Date> {
        let span = match self {
            Self::Week => jiff::Span::new().weeks(1),
            Self::Month => jiff::Span::new().months(1),
            Self::Year => jiff::Span::new().years(1),
        };
        day.checked_sub(span).ok()
    }
}
