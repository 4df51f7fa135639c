//! Written reports: the templates of the packs with the figures of an area on a day, as files.
//!
//! A report is written with its reader's permission on figures: what they may not see is not in it. The figures are those of
//! `insight`, so that every number of a report is the number of its page.
//!
//! | file | what for |
//! |---|---|
//! | `gather` | the figures that a template asks for |
//! | `write` | report, area and days → document → file |

mod gather;
mod write;

use linli_domain::{Actor, Subject, Verb};
use serde::Serialize;
use utoipa::ToSchema;

pub use write::{Format, ReportAsk, WrittenReport, write};

use crate::{Engine, Problem};

/// A report that can be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportView {
    /// Namespaced name, `survey/survey`.
    pub id: String,
    /// Label.
    pub label: String,
    /// What it is for.
    pub about: String,
    /// Language that it is written in for whoever asks.
    pub lang: String,
    /// Whether it compares two days.
    pub two_days: bool,
    /// The report that is written when two days are given.
    pub compare: Option<String>,
    /// Words that a reader may set.
    pub params: Vec<ReportParamView>,
}

/// Words of a report that a reader may set, with `p.NAME=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportParamView {
    /// Name.
    pub name: String,
    /// Label.
    pub label: String,
    /// What stands there when nobody sets it; `{place}`, `{as_of}`, `{year}` and `{month}` are filled in.
    pub value: String,
}

/// Reports that can be written, in order of name.
pub fn list(engine: &Engine, actor: &Actor) -> Result<Vec<ReportView>, Problem> {
    engine.permit(actor, Verb::Read, Subject::Insight)?;
    let catalogue = engine.catalogue();
    let view = |original: &linli_domain::report::Report| {
        let report = write::translated(&catalogue.reports, original, engine.lang);
        ReportView {
            id: original.name.clone(),
            label: report.label.text(engine.lang).to_owned(),
            about: report.about.text(engine.lang).to_owned(),
            lang: report.lang.pick("zh-CN", "en").to_owned(),
            two_days: report.two_days,
            compare: original.compare.as_ref().map(|name| write::sibling(original, name)),
            params: report
                .params
                .iter()
                .map(|param| ReportParamView {
                    name: param.name.clone(),
                    label: param.label.text(engine.lang).to_owned(),
                    value: param.value.clone(),
                })
                .collect(),
        }
    };
    Ok(catalogue.reports.values().filter(|report| report.translates.is_none()).map(view).collect())
}
