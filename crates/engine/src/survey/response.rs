//! How many were asked, answered, and count.

use serde::Serialize;
use utoipa::ToSchema;

use super::{answers::Kind, quality::LeftOut, select::Selected};
use crate::Engine;

/// Share of the usual questions that a complete answer has at least (AAPOR: 80 %).
const COMPLETE: f64 = 0.8;

/// Response of a level.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct ResponseView {
    /// How many were asked; null when nobody noted it, or not for this area.
    pub issued: Option<i64>,
    /// Answers that arrived.
    pub received: u64,
    /// Of these, those that count.
    pub valid: u64,
    /// Of the valid ones, those with at least 80 % of the questions that at least half of all answered.
    pub complete: u64,
    /// Left out because they were returned.
    pub returned: u64,
    /// Left out because they repeat another's answers.
    pub duplicates: u64,
    /// Left out because they are both too fast and all alike.
    pub careless: u64,
    /// Valid ÷ issued.
    pub response_rate: Option<f64>,
    /// Complete ÷ valid.
    pub completion_rate: Option<f64>,
    /// Why a rate is missing.
    pub reason: Option<String>,
}

/// The response of what was selected.
pub(super) fn of(engine: &Engine, selected: &Selected) -> ResponseView {
    let issued = selected.campaign.issued(selected.level).filter(|_| selected.whole);
    let mut view = ResponseView {
        issued,
        received: selected.received.len() as u64,
        valid: selected.rows.len() as u64,
        complete: complete(selected),
        ..ResponseView::default()
    };
    for row in &selected.received {
        match selected.left_out(*row) {
            Some(LeftOut::Returned) => view.returned += 1,
            Some(LeftOut::Duplicate) => view.duplicates += 1,
            Some(LeftOut::Careless) => view.careless += 1,
            None => {}
        }
    }
    view.response_rate = issued.filter(|issued| *issued > 0).map(|issued| view.valid as f64 / issued as f64);
    view.completion_rate = (view.valid > 0).then(|| view.complete as f64 / view.valid as f64);
    let lang = engine.lang;
    let reason = match (issued, selected.whole) {
        (None, false) => Some(lang.pick(
            "发放数按整个调研记录,没有分区域的回收率。",
            "How many were asked is noted for the whole survey; there is no rate for a part of it.",
        )),
        (None, true) => Some(lang.pick(
            "没有登记发放数,不能计算回收率。请在调研记录中填写发放数。",
            "How many were asked is not noted, so there is no response rate. Write it into the survey's record.",
        )),
        _ => None,
    };
    view.reason = reason.map(str::to_owned);
    view
}

fn complete(selected: &Selected) -> u64 {
    let asked = || selected.answers.asked.iter().filter(|asked| !matches!(asked.kind, Kind::Other));
    let answered = |row: &u32, column: &linli_domain::survey::Column| column.is_answered(*row as usize);
    let usual: Vec<_> = asked()
        .filter(|asked| {
            selected.rows.iter().filter(|row| answered(row, &asked.column)).count() * 2 >= selected.rows.len()
        })
        .collect();
    let least = (usual.len() as f64 * COMPLETE).ceil() as usize;
    let whole = |row: &&u32| usual.iter().filter(|asked| answered(row, &asked.column)).count() >= least.max(1);
    selected.rows.iter().filter(whole).count() as u64
}
