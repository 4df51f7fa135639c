//! Recurring duties: where they are in force, and the occurrences that were opened, skipped, moved or given another chair.
//! An occurrence that nothing happened to has no row: the rule says when it is.

use jiff::civil::Date;
use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};

use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::{date, path},
    sql::filter::push_scope,
    tx::permitted_on,
};

/// A schedule is in force for the areas of its level below an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleOn {
    /// Namespaced schedule.
    pub schedule: String,
    /// Area.
    pub area: AreaPath,
    /// First day.
    pub since: Date,
    /// Who turned it on.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

/// An occurrence that something happened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Code of its community or owning area.
    pub home: String,
    /// Namespaced schedule.
    pub schedule: String,
    /// Code of the area.
    pub area: String,
    /// Day by the rule; with schedule and area its key.
    pub day: Date,
    /// Path of the area.
    pub path: AreaPath,
    /// `planned` (changed, not opened), `opened`, `skipped`.
    pub state: String,
    /// Day it is held on.
    pub held_on: Date,
    /// Whose turn it is: a record's id or an area's code.
    pub chair: Option<String>,
    /// Their name when it was written.
    pub chair_name: Option<String>,
    /// The case it opened.
    pub case: Option<RecordId>,
    /// Number of the case.
    pub number: Option<String>,
    /// Why it was skipped. Sealed in the database.
    pub reason: Option<String>,
    /// Who did it last.
    pub by_name: String,
    /// When.
    pub at: Timestamp,
}

/// Which occurrences; by schedule, day and area.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OccurrenceQuery {
    /// Only of this schedule.
    pub schedule: Option<String>,
    /// Only at or below this area.
    pub within: Option<AreaPath>,
    /// First day by the rule.
    pub from: Option<Date>,
    /// Last day by the rule.
    pub to: Option<Date>,
}

const COLUMNS: &str =
    "home, schedule, area, day, path, state, held_on, chair, chair_name, record, number, reason, by_name, at";

const SEE: &[Verb] = &[Verb::Read, Verb::Edit, Verb::Manage];

impl ReadTx<'_> {
    /// Where schedules are in force, for the areas of the scope (permit: `Schedules`).
    pub fn schedules_on(&mut self, permit: &Permit) -> Result<Vec<ScheduleOn>, StoreError> {
        permitted_on(permit, &Subject::Schedules, SEE)?;
        let sql = self.sql("SELECT schedule, area, since, by_name, at FROM linli_schedule_on ORDER BY schedule, area");
        let all = self.rows(&sql, |row| {
            Ok(ScheduleOn {
                schedule: row.text(0)?,
                area: path(&row.text(1)?)?,
                since: date(&row.text(2)?)?,
                by_name: row.text(3)?,
                at: Timestamp(row.int(4)?),
            })
        })?;
        // In force from above is in force for one's own areas as well.
        let touches = |on: &ScheduleOn| {
            permit.scope().covers(&on.area)
                || permit.within(&on.area).scope() != &linli_domain::Scope::Areas(Vec::new())
        };
        Ok(all.into_iter().filter(touches).collect())
    }

    /// Occurrences that something happened to, in the scope (permit: `Schedules`).
    pub fn occurrences(&mut self, permit: &Permit, query: &OccurrenceQuery) -> Result<Vec<Occurrence>, StoreError> {
        permitted_on(permit, &Subject::Schedules, SEE)?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_occurrence WHERE "));
        let scope = query.within.as_ref().map_or_else(|| permit.scope().clone(), |area| permit.scope().within(area));
        push_scope(&mut sql, "path", &scope);
        if let Some(schedule) = &query.schedule {
            sql.push(" AND schedule = ").bind(Val::text(schedule));
        }
        if let Some(from) = query.from {
            sql.push(" AND day >= ").bind(Val::text(from.to_string()));
        }
        if let Some(to) = query.to {
            sql.push(" AND day <= ").bind(Val::text(to.to_string()));
        }
        sql.push(" ORDER BY schedule, day, area");
        self.rows(&sql, |row| occurrence(ctx, row))
    }

    /// The occurrence of a schedule in an area on a day, when something happened to it (permit: `Schedules`).
    pub fn occurrence(
        &mut self,
        permit: &Permit,
        schedule: &str,
        area: &str,
        day: Date,
    ) -> Result<Option<Occurrence>, StoreError> {
        permitted_on(permit, &Subject::Schedules, SEE)?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_occurrence WHERE schedule = "));
        sql.bind(Val::text(schedule)).push(" AND day = ").bind(Val::text(day.to_string()));
        sql.push(" AND area = ").bind(Val::text(area)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        self.first(&sql, |row| occurrence(ctx, row))
    }
}

impl WriteTx<'_> {
    /// Puts a schedule in force for an area and those below it (permit: `Schedules`, `Manage`).
    pub fn put_schedule_on(&mut self, permit: &Permit, one: &ScheduleOn) -> Result<(), WriteError> {
        covered(permit, &[Verb::Manage], &one.area)?;
        let text = "INSERT INTO linli_schedule_on (schedule, area, since, by_name, at) VALUES ($1, $2, $3, $4, $5) \
                    ON CONFLICT DO NOTHING";
        let params = [
            Val::text(&one.schedule),
            Val::text(one.area.as_str()),
            Val::text(one.since.to_string()),
            Val::text(&one.by_name),
            Val::Int(one.at.0),
        ];
        self.execute(text, &params)?;
        Ok(())
    }

    /// Takes a schedule out of force for an area; answers whether it was (permit: `Schedules`, `Manage`).
    pub fn drop_schedule_on(&mut self, permit: &Permit, schedule: &str, area: &AreaPath) -> Result<bool, WriteError> {
        covered(permit, &[Verb::Manage], area)?;
        let text = "DELETE FROM linli_schedule_on WHERE schedule = $1 AND area = $2";
        Ok(self.execute(text, &[Val::text(schedule), Val::text(area.as_str())])? > 0)
    }

    /// Takes an occurrence for opening: makes its row, or marks the planned one as opened. Answers whether it was this
    /// transaction that did, so that it opens once whoever tries (permit: `Schedules`).
    pub fn open_occurrence(&mut self, permit: &Permit, one: &Occurrence) -> Result<bool, WriteError> {
        covered(permit, &[Verb::Edit, Verb::Manage], &one.path)?;
        let conflict = "ON CONFLICT (home, schedule, area, day) DO UPDATE SET state = excluded.state, \
             by_name = excluded.by_name, at = excluded.at WHERE linli_occurrence.state = 'planned'";
        Ok(self.write_occurrence(one, conflict)? > 0)
    }

    /// Keeps or changes an occurrence (permit: `Schedules`).
    pub fn put_occurrence(&mut self, permit: &Permit, one: &Occurrence) -> Result<(), WriteError> {
        covered(permit, &[Verb::Edit, Verb::Manage], &one.path)?;
        let update = "ON CONFLICT (home, schedule, area, day) DO UPDATE SET state = excluded.state, \
             held_on = excluded.held_on, chair = excluded.chair, chair_name = excluded.chair_name, \
             record = excluded.record, number = excluded.number, reason = excluded.reason, by_name = excluded.by_name, \
             at = excluded.at";
        self.write_occurrence(one, update)?;
        Ok(())
    }

    fn write_occurrence(&mut self, one: &Occurrence, conflict: &str) -> Result<u64, StoreError> {
        let seal = |text: &str| self.ctx.crypto.seal(&place(one), text);
        let reason = one.reason.as_deref().map(seal).transpose()?.map_or(Val::Null, Val::Bytes);
        let text = format!(
            "INSERT INTO linli_occurrence ({COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) {conflict}"
        );
        let params = [
            Val::text(&one.home),
            Val::text(&one.schedule),
            Val::text(&one.area),
            Val::text(one.day.to_string()),
            Val::text(one.path.as_str()),
            Val::text(&one.state),
            Val::text(one.held_on.to_string()),
            Val::maybe(one.chair.clone()),
            Val::maybe(one.chair_name.clone()),
            one.case.map_or(Val::Null, |id| Val::Id(id.0)),
            Val::maybe(one.number.clone()),
            reason,
            Val::text(&one.by_name),
            Val::Int(one.at.0),
        ];
        self.execute(&text, &params)
    }
}

fn covered(permit: &Permit, verbs: &[Verb], area: &AreaPath) -> Result<(), WriteError> {
    permitted_on(permit, &Subject::Schedules, verbs)?;
    if permit.scope().covers(area) { Ok(()) } else { Err(WriteError::OutOfScope) }
}

fn place(one: &Occurrence) -> Vec<u8> {
    format!("linli_occurrence\0{}\0{}\0{}", one.schedule, one.area, one.day).into_bytes()
}

fn occurrence(ctx: &Ctx, row: &Row<'_>) -> Result<Occurrence, StoreError> {
    let mut one = Occurrence {
        home: row.text(0)?,
        schedule: row.text(1)?,
        area: row.text(2)?,
        day: date(&row.text(3)?)?,
        path: path(&row.text(4)?)?,
        state: row.text(5)?,
        held_on: date(&row.text(6)?)?,
        chair: row.maybe_text(7)?,
        chair_name: row.maybe_text(8)?,
        case: row.maybe_id(9)?.map(RecordId),
        number: row.maybe_text(10)?,
        reason: None,
        by_name: row.text(12)?,
        at: Timestamp(row.int(13)?),
    };
    one.reason = row.maybe_bytes(11)?.map(|sealed| ctx.crypto.open(&place(&one), &sealed)).transpose()?;
    Ok(one)
}
