//! Appointments at a desk: a seat of a slot of a day is given once.

use jiff::civil::Date;
use linli_domain::{AreaPath, Permit, RecordId, Timestamp, Verb};

use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::{date, path},
    sql::filter::push_scope,
    tx::permitted_on,
};

use super::service_flow;

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Home of the desk's area.
    pub home: String,
    /// Id: the one its asker chose, so that asking twice counts once.
    pub id: RecordId,
    /// Desk.
    pub path: AreaPath,
    /// Day.
    pub day: Date,
    /// When the slot begins, `09:30`.
    pub slot: String,
    /// Seat of the slot, from 0; none once it is cancelled.
    pub seat: Option<i64>,
    /// Item they come for.
    pub item: Option<String>,
    /// Name. Sealed in the database.
    pub name: Option<String>,
    /// Phone. Sealed in the database.
    pub phone: Option<String>,
    /// Code the asker cancels by.
    pub code: String,
    /// `booked`, `cancelled`, `arrived`, `missed`.
    pub state: String,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub by_name: String,
}

const COLUMNS: &str = "home, id, path, day, slot, seat, item, name, phone, code, state, at, by_name";
const VERBS: &[Verb] = &[Verb::Read, Verb::Create, Verb::Edit, Verb::Manage];

impl ReadTx<'_> {
    /// Appointments between two days in the scope (permit: `service/application`), by day and slot.
    pub fn appointments(&mut self, permit: &Permit, from: Date, to: Date) -> Result<Vec<Appointment>, StoreError> {
        permitted_on(permit, &service_flow(), VERBS)?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_appointment WHERE day >= "));
        sql.bind(Val::text(from.to_string())).push(" AND day <= ").bind(Val::text(to.to_string())).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(" ORDER BY day, slot, seat LIMIT 5000");
        self.rows(&sql, |row| appointment(ctx, row))
    }

    /// Seats taken of a desk between two days: day, slot, how many. No names: also for people without an account.
    pub fn seats_taken(&mut self, home: &str, from: Date, to: Date) -> Result<Vec<(Date, String, i64)>, StoreError> {
        let mut sql = self.sql("SELECT day, slot, count(*) FROM linli_appointment WHERE home = ");
        sql.bind(Val::text(home)).push(" AND seat IS NOT NULL AND day >= ").bind(Val::text(from.to_string()));
        sql.push(" AND day <= ").bind(Val::text(to.to_string())).push(" GROUP BY day, slot");
        self.rows(&sql, |row| Ok((date(&row.text(0)?)?, row.text(1)?, row.int(2)?)))
    }

    /// One appointment, whoever asks: the caller has its id and checks its code, or its scope.
    pub fn appointment(&mut self, id: RecordId) -> Result<Option<Appointment>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_appointment WHERE id = "));
        sql.bind(Val::Id(id.0));
        self.first(&sql, |row| appointment(ctx, row))
    }
}

impl WriteTx<'_> {
    /// Gives `one` the first free of `seats` seats of its slot; answers whether there was one (permit: `service/application`).
    pub fn book(&mut self, permit: &Permit, one: &mut Appointment, seats: i64) -> Result<bool, WriteError> {
        permitted_on(permit, &service_flow(), &[Verb::Create, Verb::Edit, Verb::Manage])?;
        if !permit.scope().covers(&one.path) {
            return Err(WriteError::OutOfScope);
        }
        let seal = |part: &str, text: &Option<String>| -> Result<Val, StoreError> {
            let sealed = text.as_deref().map(|text| self.ctx.crypto.seal(&place(part, one.id), text)).transpose()?;
            Ok(sealed.map_or(Val::Null, Val::Bytes))
        };
        let (name, phone) = (seal("name", &one.name)?, seal("phone", &one.phone)?);
        let text = format!(
            "INSERT INTO linli_appointment ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT DO NOTHING"
        );
        for seat in 0..seats {
            let params = [
                Val::text(&one.home),
                Val::Id(one.id.0),
                Val::text(one.path.as_str()),
                Val::text(one.day.to_string()),
                Val::text(&one.slot),
                Val::Int(seat),
                Val::maybe(one.item.clone()),
                name.clone(),
                phone.clone(),
                Val::text(&one.code),
                Val::text(&one.state),
                Val::Int(one.at.0),
                Val::text(&one.by_name),
            ];
            if self.execute(&text, &params)? == 1 {
                one.seat = Some(seat);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Notes what became of an appointment; a cancelled one gives its seat back (permit: `service/application`).
    pub fn settle_appointment(&mut self, permit: &Permit, one: &Appointment, state: &str) -> Result<(), WriteError> {
        permitted_on(permit, &service_flow(), &[Verb::Create, Verb::Edit, Verb::Manage])?;
        if !permit.scope().covers(&one.path) {
            return Err(WriteError::OutOfScope);
        }
        let text = if state == "cancelled" {
            "UPDATE linli_appointment SET state = $1, seat = NULL WHERE home = $2 AND id = $3"
        } else {
            "UPDATE linli_appointment SET state = $1 WHERE home = $2 AND id = $3"
        };
        self.execute(text, &[Val::text(state), Val::text(&one.home), Val::Id(one.id.0)])?;
        Ok(())
    }
}

fn place(part: &str, id: RecordId) -> Vec<u8> {
    format!("linli_appointment\0{part}\0{id}").into_bytes()
}

fn appointment(ctx: &Ctx, row: &Row<'_>) -> Result<Appointment, StoreError> {
    let id = RecordId(row.id(1)?);
    let open =
        |part: &str, at: usize| row.maybe_bytes(at)?.map(|text| ctx.crypto.open(&place(part, id), &text)).transpose();
    Ok(Appointment {
        home: row.text(0)?,
        id,
        path: path(&row.text(2)?)?,
        day: date(&row.text(3)?)?,
        slot: row.text(4)?,
        seat: row.maybe_int(5)?,
        item: row.maybe_text(6)?,
        name: open("name", 7)?,
        phone: open("phone", 8)?,
        code: row.text(9)?,
        state: row.text(10)?,
        at: Timestamp(row.int(11)?),
        by_name: row.text(12)?,
    })
}
