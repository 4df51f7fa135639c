//! Public-holiday tables, one a year.

use linli_domain::{RecordId, calendar::Day};

use crate::{ReadTx, StoreError, WriteTx, dialect::Val};

impl ReadTx<'_> {
    /// Every table: its year and days.
    pub fn holidays(&mut self) -> Result<Vec<(i16, Vec<Day>)>, StoreError> {
        let sql = self.sql("SELECT year, days FROM linli_holiday ORDER BY year");
        self.rows(&sql, |row| {
            let year = i16::try_from(row.int(0)?).map_err(|_| StoreError::Corrupt("a year".into()))?;
            Ok((year, serde_json::from_str(&row.text(1)?)?))
        })
    }
}

impl WriteTx<'_> {
    /// Keeps the table of a year, instead of the one that was there.
    pub fn put_holidays(&mut self, year: i16, days: &[Day], by: RecordId) -> Result<(), StoreError> {
        let text = "INSERT INTO linli_holiday (year, days, at, by_id) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (year) DO UPDATE SET days = excluded.days, at = excluded.at, by_id = excluded.by_id";
        let params =
            [Val::Int(year.into()), Val::Text(serde_json::to_string(days)?), Val::Int(self.now().0), Val::Id(by.0)];
        self.execute(text, &params)?;
        Ok(())
    }
}
