//! Which answers, as addresses write it.

use linli_domain::{Permit, RecordId, Timestamp};
use linli_store::{
    ReadTx,
    tables::{Submission, SubmissionQuery, SubmissionState},
};

use crate::{Problem, area};

/// Which answers to a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseFilter {
    /// Code of an area: only within it.
    pub area: Option<String>,
    /// `received`, `accepted`, `returned`, `replaced`; without it all but replaced ones.
    pub state: Option<String>,
    /// Only those with something to look at.
    pub flagged: bool,
    /// Of this task.
    pub task: Option<RecordId>,
    /// Words of the answer; a sensitive value must be given whole.
    pub q: Option<String>,
    /// Arrived on or after this day or moment.
    pub from: Option<String>,
    /// Arrived on or before this day, or before this moment.
    pub to: Option<String>,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

impl ResponseFilter {
    /// The query that the filter means. Its area must lie in the scope.
    pub(super) fn query(
        &self,
        tx: &mut ReadTx<'_>,
        permit: &Permit,
        form: RecordId,
    ) -> Result<SubmissionQuery, Problem> {
        let area = match self.area.as_deref().filter(|code| !code.is_empty()) {
            Some(code) => Some(area::in_scope(tx, permit.scope(), code)?.path),
            None => None,
        };
        Ok(SubmissionQuery {
            area,
            state: self.state.as_deref().filter(|name| !name.is_empty()).map(state).transpose()?,
            flagged: self.flagged,
            task: self.task,
            from: self.from.as_deref().filter(|text| !text.is_empty()).map(|text| moment("from", text)).transpose()?,
            to: self.to.as_deref().filter(|text| !text.is_empty()).map(|text| moment("to", text)).transpose()?,
            after: self.after.as_deref().map(|text| cursor(text).ok_or_else(Problem::bad_cursor)).transpose()?,
            limit: self.limit,
            ..SubmissionQuery::of(form)
        })
    }

    /// What was typed into the search box, in small letters.
    pub(super) fn words(&self) -> Option<String> {
        self.q.as_deref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty())
    }
}

fn state(name: &str) -> Result<SubmissionState, Problem> {
    match name {
        "received" => Ok(SubmissionState::Received),
        "accepted" => Ok(SubmissionState::Accepted),
        "returned" => Ok(SubmissionState::Returned),
        "replaced" => Ok(SubmissionState::Replaced),
        other => Err(Problem::parameter(
            "state",
            format!("没有“{other}”这种状态。"),
            format!("There is no state `{other}`."),
        )),
    }
}

/// A moment, or a day in China: its beginning for `from`, its end for `to`.
fn moment(name: &str, text: &str) -> Result<Timestamp, Problem> {
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        let last = if name == "from" { day.yesterday().unwrap_or(day) } else { day };
        return Ok(Timestamp(Timestamp::end_of_china_day(last).0.saturating_add(1)));
    }
    text.parse::<jiff::Timestamp>().map(|at| Timestamp(at.as_microsecond())).map_err(|_| {
        Problem::parameter(
            name,
            "请写日期(2026-11-23)或时刻(2026-11-23T08:00:00Z)。",
            "Write a day (2026-11-23) or a moment (2026-11-23T08:00:00Z).",
        )
    })
}

/// The place after an answer in the list.
pub(super) fn cursor_of(answer: &Submission) -> String {
    format!("{}.{}", answer.received.0, answer.id)
}

fn cursor(text: &str) -> Option<(Timestamp, RecordId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp(at.parse().ok()?), id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reaches_from_its_first_moment_to_its_last() {
        let (from, to) = (moment("from", "2026-11-23").unwrap(), moment("to", "2026-11-23").unwrap());
        assert_eq!(from.to_string(), "2026-11-23 00:00:00");
        assert_eq!(to.0 - from.0, 86_400_000_000);
        assert_eq!(moment("from", "2026-11-22T16:00:00Z").unwrap(), from);
        assert!(moment("to", "yesterday").is_err());
    }

    #[test]
    fn a_cursor_that_no_page_gave_out_is_refused() {
        for text in ["", "1", "x.y", "1.2"] {
            assert_eq!(cursor(text), None, "{text}");
        }
    }
}
