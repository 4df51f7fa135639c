//! Boards and figures of cases, each one grouped statement.

use linli_domain::{AreaPath, RecordId, Timestamp};

use super::{
    CaseReader,
    read::{CaseQuery, push_query},
};
use crate::{
    ReadTx, StoreError,
    dialect::{Row, Val},
    schema::values::path,
};

/// What figures are told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatBy {
    /// Flow and state.
    State,
    /// Class.
    Kind,
    /// Unit.
    Unit,
    /// Area the case hangs on.
    Area,
    /// Day it was opened on.
    Day,
}

/// Figures of which cases.
#[derive(Debug, Clone, PartialEq)]
pub struct StatQuery {
    /// Which.
    pub cases: CaseQuery,
    /// By what.
    pub by: StatBy,
    /// What is due before this moment and open is overdue.
    pub now: Timestamp,
}

/// Figures of a group of cases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseStat {
    /// State, class or day (as days since 1970 in China); `None` where there is none.
    pub key: Option<String>,
    /// Unit, for figures by unit.
    pub unit: Option<RecordId>,
    /// Area, for figures by area.
    pub area: Option<AreaPath>,
    /// Opened.
    pub opened: u64,
    /// Of them, over.
    pub closed: u64,
    /// Of them, open with a clock that is missed.
    pub overdue: u64,
    /// Of those over, without ever missing a clock.
    pub in_time: u64,
    /// Seconds from opening to end of those over, in all.
    pub seconds: u64,
    /// Rated.
    pub rated: u64,
    /// Sum of the ratings.
    pub rating: u64,
}

/// Microseconds of a day, and how far China's clock is ahead.
const DAY: i64 = 86_400_000_000;
const AHEAD: i64 = 28_800_000_000;

impl ReadTx<'_> {
    /// Figures of cases.
    pub fn case_stats(&mut self, reader: &CaseReader, query: &StatQuery) -> Result<Vec<CaseStat>, StoreError> {
        let by = match query.by {
            StatBy::State => "c.state".to_owned(),
            StatBy::Kind => "c.kind".to_owned(),
            StatBy::Unit => "c.unit".to_owned(),
            StatBy::Area => "c.area".to_owned(),
            StatBy::Day => format!("((c.opened + {AHEAD}) / {DAY})"),
        };
        let mut sql = self.sql(format!("SELECT {by}, count(*), "));
        let sum = |what: &str| format!("CAST(coalesce(sum({what}), 0) AS BIGINT)");
        sql.push(&sum("1 - c.open")).push(", CAST(coalesce(sum(CASE WHEN c.open = 1 AND c.due < ");
        sql.bind(Val::Int(query.now.0)).push(" THEN 1 ELSE 0 END), 0) AS BIGINT), ");
        sql.push(&sum("CASE WHEN c.open = 0 AND c.late = 0 THEN 1 ELSE 0 END")).push(", ");
        sql.push(&sum("CASE WHEN c.open = 0 THEN (c.closed - c.opened) / 1000000 ELSE 0 END")).push(", ");
        sql.push("count(c.rated), ").push(&sum("c.rated")).push(" FROM linli_case c WHERE ");
        push_query(&mut sql, reader, &query.cases);
        sql.push(&format!(" GROUP BY {by}"));
        self.rows(&sql, |row| stat(row, query.by))
    }
}

fn stat(row: &Row<'_>, by: StatBy) -> Result<CaseStat, StoreError> {
    let count = |at: usize| Ok::<_, StoreError>(u64::try_from(row.int(at)?).unwrap_or_default());
    let mut stat = CaseStat {
        opened: count(1)?,
        closed: count(2)?,
        overdue: count(3)?,
        in_time: count(4)?,
        seconds: count(5)?,
        rated: count(6)?,
        rating: count(7)?,
        ..CaseStat::default()
    };
    match by {
        StatBy::State | StatBy::Kind => stat.key = row.maybe_text(0)?,
        StatBy::Unit => stat.unit = row.maybe_id(0)?.map(RecordId),
        StatBy::Area => stat.area = row.maybe_text(0)?.map(|area| path(&area)).transpose()?,
        StatBy::Day => stat.key = row.maybe_int(0)?.map(|day| day.to_string()),
    }
    Ok(stat)
}
