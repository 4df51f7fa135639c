//! Which accounts act for a unit.

use linli_domain::RecordId;

use crate::{ReadTx, StoreError, WriteTx, dialect::Val};

impl ReadTx<'_> {
    /// Units that an account acts for.
    pub fn units_of(&mut self, account: RecordId) -> Result<Vec<RecordId>, StoreError> {
        let mut sql = self.sql("SELECT DISTINCT unit FROM linli_member WHERE account = ");
        sql.bind(Val::Id(account.0)).push(" ORDER BY unit");
        // Nothing waits to be written there.
        self.rows_beside(&sql, |row| Ok(RecordId(row.id(0)?)))
    }

    /// Accounts that act for a unit.
    pub fn members_of(&mut self, unit: RecordId) -> Result<Vec<RecordId>, StoreError> {
        let mut sql = self.sql("SELECT account FROM linli_member WHERE unit = ");
        sql.bind(Val::Id(unit.0)).push(" ORDER BY account");
        self.rows(&sql, |row| Ok(RecordId(row.id(0)?)))
    }
}

impl WriteTx<'_> {
    /// Says which accounts act for a unit, instead of those who did. The caller checked that it may be said.
    pub fn put_members(&mut self, home: &str, unit: RecordId, accounts: &[RecordId]) -> Result<(), StoreError> {
        self.execute("DELETE FROM linli_member WHERE unit = $1", &[Val::Id(unit.0)])?;
        for account in accounts {
            let text = "INSERT INTO linli_member (home, unit, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            self.execute(text, &[Val::text(home), Val::Id(unit.0), Val::Id(account.0)])?;
        }
        Ok(())
    }
}
