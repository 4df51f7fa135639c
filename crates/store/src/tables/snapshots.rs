//! Values of indicators as they were, by area and day: what time series are drawn from.

use jiff::civil::Date;
use linli_domain::{Permit, Subject, Verb};

use crate::{ReadTx, StoreError, WriteError, WriteTx, dialect::Val, schema::values::date, tx::permitted_on};

/// The value of an indicator of an area on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Code of the area.
    pub area: String,
    /// Namespaced indicator.
    pub indicator: String,
    /// Day.
    pub day: Date,
    /// Value in the indicator's unit; `None` where there was none.
    pub value: Option<f64>,
    /// What stood above the line.
    pub numerator: Option<f64>,
    /// What stood below it.
    pub denominator: Option<f64>,
}

/// Snapshots are kept in millionths: never as floating point.
const MILLIONTHS: f64 = 1e6;

/// Rows of one statement.
const CHUNK: usize = 100;

impl ReadTx<'_> {
    /// Snapshots of an indicator of an area from a day to a day, by day (permit: `Insight`). The caller has seen that the
    /// area lies in its scope.
    pub fn snapshots(
        &mut self,
        permit: &Permit,
        area: &str,
        indicator: &str,
        (from, to): (Date, Date),
    ) -> Result<Vec<Snapshot>, StoreError> {
        permitted_on(permit, &Subject::Insight, &[Verb::Read, Verb::Export, Verb::Manage])?;
        let mut sql = self.sql("SELECT day, value, num, den FROM linli_snapshot WHERE area = ");
        sql.bind(Val::text(area)).push(" AND indicator = ").bind(Val::text(indicator)).push(" AND day >= ");
        sql.bind(Val::Text(from.to_string())).push(" AND day <= ").bind(Val::Text(to.to_string()));
        sql.push(" ORDER BY day");
        self.rows(&sql, |row| {
            #[expect(clippy::cast_precision_loss, reason = "figures that people read")]
            let number = |at: usize| Ok::<_, StoreError>(row.maybe_int(at)?.map(|units| units as f64 / MILLIONTHS));
            Ok(Snapshot {
                area: area.to_owned(),
                indicator: indicator.to_owned(),
                day: date(&row.text(0)?)?,
                value: number(1)?,
                numerator: number(2)?,
                denominator: number(3)?,
            })
        })
    }
}

impl WriteTx<'_> {
    /// Keeps values of a day (permit: `Insight`, `Manage`); those of a day that is kept already take its place.
    pub fn put_snapshots(&mut self, permit: &Permit, snapshots: &[Snapshot]) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Insight, &[Verb::Manage])?;
        #[expect(clippy::cast_possible_truncation, reason = "kept within the range of the column first")]
        let units = |number: Option<f64>| match number.map(|number| (number * MILLIONTHS).round()) {
            Some(units) if units.abs() < 9e18 => Val::Int(units as i64),
            _ => Val::Null,
        };
        for chunk in snapshots.chunks(CHUNK) {
            let mut sql = self.sql("INSERT INTO linli_snapshot (area, indicator, day, value, num, den) VALUES ");
            for (at, one) in chunk.iter().enumerate() {
                sql.push(if at == 0 { "(" } else { ", (" });
                let cells = [
                    Val::text(&one.area),
                    Val::text(&one.indicator),
                    Val::Text(one.day.to_string()),
                    units(one.value),
                    units(one.numerator),
                    units(one.denominator),
                ];
                sql.bind_all(cells).push(")");
            }
            sql.push(
                " ON CONFLICT (area, indicator, day) DO UPDATE SET value = excluded.value, num = excluded.num, den = excluded.den",
            );
            self.run(&sql)?;
        }
        Ok(())
    }

    /// Forgets the snapshots before a day but those of the first of each month (permit: `Insight`, `Manage`).
    pub fn thin_snapshots(&mut self, permit: &Permit, before: Date) -> Result<u64, WriteError> {
        permitted_on(permit, &Subject::Insight, &[Verb::Manage])?;
        let text = "DELETE FROM linli_snapshot WHERE day < $1 AND substr(day, 9, 2) <> '01'";
        Ok(self.execute(text, &[Val::Text(before.to_string())])?)
    }
}
