//! A case with its event, parties and clocks, by few statements.

use linli_domain::{AreaPath, RecordId, Timestamp};
use serde_json::Value as Json;

use super::{Case, EventRow, NEVER, Seek, place};
use crate::{StoreError, WriteTx, dialect::Val, schema::values::path, sql::insert_text};

/// A party, to be found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRow {
    /// Position.
    pub no: usize,
    /// Name in the flow.
    pub name: String,
    /// Who, as the history says it.
    pub key: String,
    /// Who, as it is looked for: [`Seek`].
    pub seek: String,
    /// How far it is, by name.
    pub state: &'static str,
    /// Whether it has something to do now.
    pub open: bool,
    /// When that is due.
    pub due: Option<Timestamp>,
    /// Since when it is so.
    pub since: Timestamp,
}

/// A clock, to be found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRow {
    /// Position.
    pub no: usize,
    /// Name in the flow.
    pub name: String,
    /// Whose, where each of many has its own.
    pub party: Option<usize>,
    /// How it stands, by name.
    pub state: &'static str,
    /// When it was started.
    pub started: Timestamp,
    /// When it is due.
    pub due: Timestamp,
    /// When something happens next.
    pub next: Option<Timestamp>,
}

/// What an event makes of a case: all of it, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseWrite {
    /// The case afterwards.
    pub case: Case,
    /// Rating of the present handling.
    pub rated: Option<u8>,
    /// What happened.
    pub event: EventRow,
    /// Parties that changed.
    pub parties: Vec<PartyRow>,
    /// Clocks that changed.
    pub clocks: Vec<ClockRow>,
}

const CASE: &str = "home, id, flow, version, number, area, state, phase, open, kind, unit, opened, moved, closed, due, \
    late, by_id, by_name, lat, lon, rated, seq, core, body";
const UPDATE: &str = "UPDATE linli_case SET version = $1, state = $2, phase = $3, open = $4, kind = $5, unit = $6, \
    moved = $7, closed = $8, due = $9, late = $10, lat = $11, lon = $12, rated = $13, seq = $14, core = $15, body = $16 \
    WHERE home = $17 AND id = $18 AND seq = $19";
const EVENT: &str = "INSERT INTO linli_case_event (home, case_id, seq, at, by_id, by_name, action, from_state, to_state, \
    phase, party, client, effects, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
    ON CONFLICT DO NOTHING";
const PARTY: &str = "INSERT INTO linli_case_party (home, case_id, no, name, key, seek, state, open, due, since) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (home, case_id, no) DO UPDATE SET \
    state = excluded.state, open = excluded.open, due = excluded.due, since = excluded.since";
const CLOCK: &str = "INSERT INTO linli_case_clock (home, case_id, no, name, party, state, started, due, next) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (home, case_id, no) DO UPDATE SET \
    state = excluded.state, due = excluded.due, next = excluded.next";

impl WriteTx<'_> {
    /// Keeps what events make of cases. A case that somebody else moved on meanwhile is a [`StoreError::Conflict`]: the store
    /// runs the work again, which then sees what the other wrote. Cases come from [`crate::ReadTx::case`] and its like, or are
    /// new: then their event is the first.
    pub fn put_cases(&mut self, writes: &[CaseWrite]) -> Result<(), StoreError> {
        let insert = insert_text("linli_case", CASE, 24, 1);
        let mut statements: Vec<(&str, Vec<Val>)> = Vec::with_capacity(writes.len() * 4);
        for write in writes {
            if write.event.seq == 1 {
                statements.push((&insert, self.case_cells(write)?));
            } else {
                statements.push((UPDATE, self.changed_cells(write)?));
            }
            statements.push((EVENT, self.event_cells(&write.case, &write.event)?));
            statements.extend(write.parties.iter().map(|party| (PARTY, party_cells(&write.case, party))));
            statements.extend(write.clocks.iter().map(|clock| (CLOCK, clock_cells(&write.case, clock))));
        }
        let wanted = statements.len() as u64;
        if self.write_beside(&statements)? == wanted { Ok(()) } else { Err(self.meets_another()) }
    }

    fn case_cells(&self, write: &CaseWrite) -> Result<Vec<Val>, StoreError> {
        let case = &write.case;
        let [version, state, phase, open, kind, unit, moved, closed, due, late, lat, lon, rated, seq, core, body] =
            self.open_cells(write)?;
        Ok(vec![
            Val::text(&case.home),
            Val::Id(case.id.0),
            Val::text(&case.flow),
            version,
            Val::text(&case.number),
            Val::text(case.area.as_str()),
            state,
            phase,
            open,
            kind,
            unit,
            Val::Int(case.opened.0),
            moved,
            closed,
            due,
            late,
            Val::Id(case.by.0),
            Val::text(&case.by_name),
            lat,
            lon,
            rated,
            seq,
            core,
            body,
        ])
    }

    fn changed_cells(&self, write: &CaseWrite) -> Result<Vec<Val>, StoreError> {
        let mut cells = Vec::from(self.open_cells(write)?);
        let case = &write.case;
        cells.extend([Val::text(&case.home), Val::Id(case.id.0), Val::Int(write.event.seq - 1)]);
        Ok(cells)
    }

    /// Cells of a case that events change.
    fn open_cells(&self, write: &CaseWrite) -> Result<[Val; 16], StoreError> {
        let case = &write.case;
        let number = |number: Option<i64>| number.map_or(Val::Null, Val::Int);
        let body = serde_json::to_string(&case.body)?;
        Ok([
            Val::text(&case.version),
            Val::text(&case.state),
            Val::text(case.phase.name()),
            Val::Int(i64::from(!case.is_over())),
            Val::maybe(case.kind.clone()),
            case.unit.map_or(Val::Null, |unit| Val::Id(unit.0)),
            Val::Int(case.moved.0),
            number(case.closed.map(|at| at.0)),
            Val::Int(case.due.map_or(NEVER, |due| due.0)),
            Val::Int(i64::from(case.late)),
            number(case.lat),
            number(case.lon),
            number(write.rated.map(i64::from)),
            Val::Int(case.seq),
            Val::Text(serde_json::to_string(&case.core)?),
            Val::Bytes(self.ctx.crypto.seal(&place("body", case.id), &body)?),
        ])
    }

    fn event_cells(&self, case: &Case, event: &EventRow) -> Result<Vec<Val>, StoreError> {
        let body = match &event.body {
            Json::Null => Val::Null,
            body => {
                let place = place(&format!("event\0{}", event.seq), case.id);
                Val::Bytes(self.ctx.crypto.seal(&place, &body.to_string())?)
            }
        };
        Ok(vec![
            Val::text(&case.home),
            Val::Id(case.id.0),
            Val::Int(event.seq),
            Val::Int(event.at.0),
            Val::Id(event.by.0),
            Val::text(&event.by_name),
            Val::text(&event.action),
            Val::text(&event.from),
            Val::text(&event.to),
            Val::text(event.phase.name()),
            event.party.map_or(Val::Null, position),
            event.client.map_or(Val::Null, Val::Id),
            Val::Text(serde_json::to_string(&event.effects)?),
            body,
        ])
    }

    /// The next number of a series, from 1. Numbers are not used twice.
    pub fn next_case_number(&mut self, series: &str) -> Result<i64, StoreError> {
        let text = "INSERT INTO linli_case_number (series, next) VALUES ($1, 1) \
                    ON CONFLICT (series) DO UPDATE SET next = linli_case_number.next + 1";
        self.write_beside(&[(text, vec![Val::text(series)])])?;
        let mut sql = self.sql("SELECT next FROM linli_case_number WHERE series = ");
        sql.bind(Val::text(series));
        let next = self.rows_beside(&sql, |row| row.int(0))?.pop();
        next.ok_or_else(|| StoreError::Corrupt("a number that was just made".into()))
    }

    /// Cases of which a clock does something at or before `now`, held until this transaction ends: nobody else gets the same.
    pub fn take_due_cases(&mut self, now: Timestamp, limit: u32) -> Result<Vec<RecordId>, StoreError> {
        let mut sql = self.sql("SELECT case_id FROM linli_case_clock WHERE next <= ");
        sql.bind(Val::Int(now.0)).push(" ORDER BY next, case_id LIMIT ").bind(Val::Int(limit.into()));
        sql.push(self.ctx.dialect.for_update_skip_locked());
        let mut ids = self.rows(&sql, |row| Ok(RecordId(row.id(0)?)))?;
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    /// Lets parties be found at the new place of a moved area.
    pub(crate) fn shift_seeks(&mut self, from: &AreaPath, to: &AreaPath) -> Result<(), StoreError> {
        let mut sql = self.sql("SELECT DISTINCT seek FROM linli_case_party WHERE seek >= 'r:' AND seek < 'r;'");
        sql.push("");
        for seek in self.rows(&sql, |row| row.text(0))? {
            let Some((role, area)) = seek.strip_prefix("r:").and_then(|rest| rest.rsplit_once('@')) else { continue };
            let Some(moved) = path(area)?.rebased(from, to) else { continue };
            let text = "UPDATE linli_case_party SET seek = $1 WHERE seek = $2";
            self.execute(text, &[Val::Text(Seek::of_role(role, &moved)), Val::text(&seek)])?;
        }
        Ok(())
    }
}

impl crate::ReadTx<'_> {
    /// When the next clock of any case does something.
    pub fn next_clock(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let sql = self.sql("SELECT min(next) FROM linli_case_clock WHERE next > -1");
        Ok(self.first(&sql, |row| row.maybe_int(0))?.flatten().map(Timestamp))
    }
}

fn position(at: usize) -> Val {
    Val::Int(i64::try_from(at).unwrap_or(i64::MAX))
}

fn party_cells(case: &Case, party: &PartyRow) -> Vec<Val> {
    vec![
        Val::text(&case.home),
        Val::Id(case.id.0),
        position(party.no),
        Val::text(&party.name),
        Val::text(&party.key),
        Val::text(&party.seek),
        Val::text(party.state),
        Val::Int(party.open.into()),
        Val::Int(party.due.map_or(NEVER, |due| due.0)),
        Val::Int(party.since.0),
    ]
}

fn clock_cells(case: &Case, clock: &ClockRow) -> Vec<Val> {
    vec![
        Val::text(&case.home),
        Val::Id(case.id.0),
        position(clock.no),
        Val::text(&clock.name),
        clock.party.map_or(Val::Null, position),
        Val::text(clock.state),
        Val::Int(clock.started.0),
        Val::Int(clock.due.0),
        clock.next.map_or(Val::Null, |next| Val::Int(next.0)),
    ]
}
