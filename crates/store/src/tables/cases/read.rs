//! One case, its history, lists.

use linli_domain::{AreaPath, RecordId, Scope, Timestamp};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{COLUMNS, Case, CaseReader, EventRow, case, phase, place};
use crate::{
    ReadTx, StoreError,
    dialect::Val,
    sql::{
        Sql,
        filter::{push_prefix, push_scope},
    },
};

/// Which of the cases somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Box_ {
    /// All of them.
    #[default]
    All,
    /// Those where it is their turn.
    Todo,
    /// Those they opened.
    Opened,
    /// Those they are, or were, a party of.
    Called,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CaseSort {
    /// Newest first.
    #[default]
    Newest,
    /// What is due first; what has no clock last.
    Due,
}

/// A list of cases; all conditions must hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CaseQuery {
    /// Of which sight.
    pub which: Box_,
    /// Only of these flows; empty for all.
    pub flows: Vec<String>,
    /// Only in these states.
    pub states: Vec<String>,
    /// Only in these phases, by name.
    pub phases: Vec<String>,
    /// Only those that are not over, or only those that are.
    pub open: Option<bool>,
    /// Only within this area.
    pub area: Option<AreaPath>,
    /// Only of this class.
    pub kind: Option<String>,
    /// Only handled by this unit.
    pub unit: Option<RecordId>,
    /// Opened at or after.
    pub from: Option<Timestamp>,
    /// Opened before.
    pub until: Option<Timestamp>,
    /// Due before: what is overdue at a moment.
    pub due_before: Option<Timestamp>,
    /// Within these latitudes and longitudes (10^-7 degrees): south, west, north, east.
    pub within: Option<[i64; 4]>,
    /// Whose number begins like this.
    pub number: Option<String>,
    /// Only this version of the flow.
    pub version: Option<String>,
    /// Order.
    pub sort: CaseSort,
    /// After this one: its due moment (for [`CaseSort::Due`]) and id.
    pub after: Option<(Option<Timestamp>, RecordId)>,
    /// At most so many.
    pub limit: u32,
}

/// Newest cases walked along before the filter is asked.
const WALK: i64 = 4_000;

impl ReadTx<'_> {
    /// The case `id`, when the reader sees it.
    pub fn case(&mut self, reader: &CaseReader, id: RecordId) -> Result<Option<Case>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_case c WHERE c.id = "));
        sql.bind(Val::Id(id.0));
        let ctx = self.ctx;
        // Nothing waits to be written to cases.
        let Some(found) = self.rows_beside(&sql, |row| case(ctx, row))?.pop() else { return Ok(None) };
        // Most are seen by a permit alone; whoever is only a party of it is looked for where parties are kept.
        if reader.covers(&found.flow, &found.area) || found.by == reader.account() {
            return Ok(Some(found));
        }
        let mut sql = self.sql("SELECT 1 FROM linli_case c WHERE c.home = ");
        sql.bind(Val::text(&found.home)).push(" AND c.id = ").bind(Val::Id(id.0)).push(" AND ");
        reader.push_party(&mut sql, false);
        Ok(self.rows_beside(&sql, |_| Ok(()))?.pop().map(|()| found))
    }

    /// The case with a number, when the reader sees it.
    pub fn case_by_number(&mut self, reader: &CaseReader, number: &str) -> Result<Option<Case>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_case c WHERE c.number = "));
        sql.bind(Val::text(number)).push(" AND ");
        reader.push_seen(&mut sql);
        let ctx = self.ctx;
        self.first(&sql, |row| case(ctx, row))
    }

    /// Those of `ids` that the reader sees.
    pub fn cases_by_id(&mut self, reader: &CaseReader, ids: &[RecordId]) -> Result<Vec<Case>, StoreError> {
        let ctx = self.ctx;
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(500) {
            let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_case c WHERE c.id IN ("));
            sql.bind_all(chunk.iter().map(|id| Val::Id(id.0))).push(") AND ");
            reader.push_seen(&mut sql);
            found.extend(self.rows_beside(&sql, |row| case(ctx, row))?);
        }
        Ok(found)
    }

    /// A page of cases.
    pub fn cases(&mut self, reader: &CaseReader, query: &CaseQuery) -> Result<Vec<Case>, StoreError> {
        let limit = query.limit.clamp(1, 5_000);
        let walks = query.sort == CaseSort::Newest && query.which == Box_::All && query.number.is_none();
        if walks {
            let mut sql = self.sql(format!("SELECT {COLUMNS} FROM (SELECT * FROM linli_case WHERE 1 = 1"));
            if let Some((_, id)) = query.after {
                sql.push(" AND id < ").bind(Val::Id(id.0));
            }
            sql.push(&format!(" ORDER BY id DESC LIMIT {WALK}) AS c WHERE "));
            push_query(&mut sql, reader, query);
            sql.push(" ORDER BY c.id DESC LIMIT ").bind(Val::Int(limit.into()));
            let ctx = self.ctx;
            let found = self.rows(&sql, |row| case(ctx, row))?;
            if found.len() >= limit as usize {
                return Ok(found);
            }
        }
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_case c WHERE "));
        push_query(&mut sql, reader, query);
        match query.sort {
            CaseSort::Newest => {
                if let Some((_, id)) = query.after {
                    sql.push(" AND c.id < ").bind(Val::Id(id.0));
                }
                let id = self.ctx.dialect.unindexed_id("c.id");
                sql.push(&format!(" ORDER BY {id} DESC"));
            }
            CaseSort::Due => {
                if let Some((due, id)) = query.after {
                    let due = due.map_or(super::NEVER, |due| due.0);
                    sql.push(" AND (c.due, c.id) > (").bind_all([Val::Int(due), Val::Id(id.0)]).push(")");
                }
                sql.push(" ORDER BY c.due, c.id");
            }
        }
        sql.push(" LIMIT ").bind(Val::Int(limit.into()));
        let ctx = self.ctx;
        self.rows(&sql, |row| case(ctx, row))
    }

    /// How many cases a query finds.
    pub fn count_cases(&mut self, reader: &CaseReader, query: &CaseQuery) -> Result<u64, StoreError> {
        let mut sql = self.sql("SELECT count(*) FROM linli_case c WHERE ");
        push_query(&mut sql, reader, query);
        let count = self.first(&sql, |row| row.int(0))?.unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The history of a case that was read, oldest first, after an event.
    pub fn case_events(&mut self, of: &Case, after: i64) -> Result<Vec<EventRow>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(
            "SELECT seq, at, by_id, by_name, action, from_state, to_state, phase, party, client, effects, body \
             FROM linli_case_event WHERE home = ",
        );
        sql.bind(Val::text(&of.home)).push(" AND case_id = ").bind(Val::Id(of.id.0));
        sql.push(" AND seq > ").bind(Val::Int(after)).push(" ORDER BY seq");
        self.rows_beside(&sql, |row| {
            let seq = row.int(0)?;
            let sealed = row.maybe_bytes(11)?;
            let body = sealed.map(|sealed| ctx.crypto.open(&place(&format!("event\0{seq}"), of.id), &sealed));
            Ok(EventRow {
                seq,
                at: Timestamp(row.int(1)?),
                by: RecordId(row.id(2)?),
                by_name: row.text(3)?,
                action: row.text(4)?,
                from: row.text(5)?,
                to: row.text(6)?,
                phase: phase(&row.text(7)?)?,
                party: row.maybe_int(8)?.and_then(|at| usize::try_from(at).ok()),
                client: row.maybe_id(9)?,
                effects: serde_json::from_str(&row.text(10)?)?,
                body: match body {
                    Some(body) => serde_json::from_str(&body?)?,
                    None => Json::Null,
                },
            })
        })
    }

    /// Whether an event of a case was sent under this id.
    pub fn case_client(&mut self, of: &Case, client: Uuid) -> Result<Option<i64>, StoreError> {
        let mut sql = self.sql("SELECT seq FROM linli_case_event WHERE home = ");
        sql.bind(Val::text(&of.home)).push(" AND case_id = ").bind(Val::Id(of.id.0));
        sql.push(" AND client = ").bind(Val::Id(client));
        self.first(&sql, |row| row.int(0))
    }
}

/// Appends the conditions of a list but its cursor.
pub(super) fn push_query(sql: &mut Sql, reader: &CaseReader, query: &CaseQuery) {
    match query.which {
        Box_::All => reader.push_seen(sql),
        Box_::Todo => reader.push_party(sql, true),
        Box_::Called => reader.push_party(sql, false),
        Box_::Opened => drop(sql.push("c.by_id = ").bind(Val::Id(reader.account().0))),
    }
    let texts = [("c.flow", &query.flows), ("c.state", &query.states), ("c.phase", &query.phases)];
    for (column, wanted) in texts {
        if !wanted.is_empty() {
            sql.push(&format!(" AND {column} IN (")).bind_all(wanted.iter().map(Val::text)).push(")");
        }
    }
    if let Some(open) = query.open {
        sql.push(" AND c.open = ").bind(Val::Int(open.into()));
    }
    if let Some(area) = &query.area {
        sql.push(" AND ");
        push_scope(sql, "c.area", &Scope::Areas(vec![area.clone()]));
    }
    if let Some(kind) = &query.kind {
        sql.push(" AND c.kind = ").bind(Val::text(kind));
    }
    if let Some(unit) = query.unit {
        sql.push(" AND c.unit = ").bind(Val::Id(unit.0));
    }
    if let Some(from) = query.from {
        sql.push(" AND c.opened >= ").bind(Val::Int(from.0));
    }
    if let Some(until) = query.until {
        sql.push(" AND c.opened < ").bind(Val::Int(until.0));
    }
    if let Some(moment) = query.due_before {
        sql.push(" AND c.due < ").bind(Val::Int(moment.0));
    }
    if let Some([south, west, north, east]) = query.within {
        sql.push(" AND c.lat >= ").bind(Val::Int(south)).push(" AND c.lat <= ").bind(Val::Int(north));
        sql.push(" AND c.lon >= ").bind(Val::Int(west)).push(" AND c.lon <= ").bind(Val::Int(east));
    }
    if let Some(number) = &query.number {
        sql.push(" AND ");
        push_prefix(sql, "c.number", number);
    }
    if let Some(version) = &query.version {
        sql.push(" AND c.version = ").bind(Val::text(version));
    }
}
