//! How units answered when they were called: one grouped statement over cases and their parties. By unit, never by person.

use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};

use crate::{ReadTx, StoreError, dialect::Val, sql::filter::push_scope};

/// Which cases, and what counts as an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeagueQuery {
    /// Namespaced flow.
    pub flow: String,
    /// Only at or below this area.
    pub within: Option<AreaPath>,
    /// Opened at this moment or later.
    pub from: Timestamp,
    /// Opened before this moment.
    pub to: Timestamp,
    /// Party of the flow that the units are.
    pub party: String,
    /// Action by which a unit answers.
    pub action: String,
    /// Clock within which it should.
    pub clock: String,
}

/// A unit's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeagueRow {
    /// Unit.
    pub unit: RecordId,
    /// How often it was called.
    pub called: u64,
    /// How often it answered.
    pub answered: u64,
    /// Of these, within the clock.
    pub in_time: u64,
    /// How many of its cases are over, done or not.
    pub over: u64,
    /// Of these, done.
    pub solved: u64,
    /// How many were rated.
    pub rated: u64,
    /// Sum of the ratings.
    pub rating_sum: u64,
}

impl ReadTx<'_> {
    /// How units answered (permit: read, manage or export the flow).
    pub fn league(&mut self, permit: &Permit, query: &LeagueQuery) -> Result<Vec<LeagueRow>, StoreError> {
        let looks = matches!(permit.verb(), Verb::Read | Verb::Manage | Verb::Export);
        if permit.subject() != &Subject::Flow(query.flow.clone()) || !looks {
            let (verb, held) = (permit.verb(), permit.subject().name());
            return Err(StoreError::NotPermitted(format!("{verb:?} {held} where read {} is needed", query.flow)));
        }
        let mut sql = self.sql(
            "SELECT called.unit, count(*), count(called.answered), \
             sum(CASE WHEN called.answered <= called.due THEN 1 ELSE 0 END), \
             sum(CASE WHEN called.phase IN ('done', 'cancelled') THEN 1 ELSE 0 END), \
             sum(CASE WHEN called.phase = 'done' THEN 1 ELSE 0 END), count(called.rated), \
             CAST(coalesce(sum(called.rated), 0) AS BIGINT) FROM (SELECT p.key AS unit, c.phase AS phase, c.rated AS rated, \
             (SELECT min(e.at) FROM linli_case_event e WHERE e.home = p.home AND e.case_id = p.case_id \
             AND e.party = p.no AND e.action = ",
        );
        sql.bind(Val::text(&query.action)).push(
            ") AS answered, (SELECT min(k.due) FROM linli_case_clock k WHERE k.home = p.home AND k.case_id = p.case_id \
             AND (k.party = p.no OR k.party IS NULL) AND k.name = ",
        );
        sql.bind(Val::text(&query.clock)).push(
            ") AS due FROM linli_case c JOIN linli_case_party p ON p.home = c.home AND p.case_id = c.id WHERE c.flow = ",
        );
        sql.bind(Val::text(&query.flow)).push(" AND c.opened >= ").bind(Val::Int(query.from.0));
        sql.push(" AND c.opened < ").bind(Val::Int(query.to.0)).push(" AND p.name = ").bind(Val::text(&query.party));
        sql.push(" AND p.key >= 'u:' AND p.key < 'u;' AND ");
        let scope = query.within.as_ref().map_or_else(|| permit.scope().clone(), |area| permit.scope().within(area));
        push_scope(&mut sql, "c.area", &scope);
        sql.push(") AS called GROUP BY called.unit ORDER BY called.unit");
        let count = |value: i64| u64::try_from(value).unwrap_or_default();
        self.rows(&sql, |row| {
            let key = row.text(0)?;
            let unit = key.strip_prefix("u:").and_then(|id| id.parse().ok());
            Ok(LeagueRow {
                unit: unit.ok_or_else(|| StoreError::Corrupt(format!("the party `{key}`")))?,
                called: count(row.int(1)?),
                answered: count(row.int(2)?),
                in_time: count(row.int(3)?),
                over: count(row.int(4)?),
                solved: count(row.int(5)?),
                rated: count(row.int(6)?),
                rating_sum: count(row.int(7)?),
            })
        })
    }

    /// How many cases of a flow were done since a moment, by the area they hang on (permit: `Schedules`).
    pub fn done_by_area(
        &mut self,
        permit: &Permit,
        flow: &str,
        within: &AreaPath,
        since: Timestamp,
    ) -> Result<Vec<(AreaPath, u64)>, StoreError> {
        crate::tx::permitted_on(permit, &Subject::Schedules, &[Verb::Read, Verb::Edit, Verb::Manage])?;
        let mut sql = self.sql("SELECT area, count(*) FROM linli_case WHERE phase = 'done' AND open = 0 AND flow = ");
        sql.bind(Val::text(flow)).push(" AND closed >= ").bind(Val::Int(since.0)).push(" AND ");
        push_scope(&mut sql, "area", &permit.scope().within(within));
        sql.push(" GROUP BY area ORDER BY area");
        self.rows(&sql, |row| {
            Ok((crate::schema::values::path(&row.text(0)?)?, u64::try_from(row.int(1)?).unwrap_or_default()))
        })
    }
}
