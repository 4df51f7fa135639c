//! Who is calling which number: a number is with one interviewer at a time, however many servers they ask.

use linli_domain::{Permit, RecordId, Subject, Timestamp, Verb};

use crate::{ReadTx, StoreError, WriteTx, dialect::Val, tx::permitted_on};

/// The register of interviews.
const INTERVIEW: &str = "survey/interview";

fn allowed(permit: &Permit) -> Result<(), StoreError> {
    permitted_on(permit, &Subject::Entity(INTERVIEW.into()), &[Verb::Read, Verb::Edit])
}

impl ReadTx<'_> {
    /// Interviews that somebody is calling now: which, and who (permit: `survey/interview`).
    pub fn call_leases(&mut self, permit: &Permit) -> Result<Vec<(RecordId, RecordId)>, StoreError> {
        allowed(permit)?;
        let mut sql = self.sql("SELECT id, account FROM linli_call_lease WHERE until > ");
        sql.bind(Val::Int(self.now().0)).push(" ORDER BY id");
        self.rows(&sql, |row| Ok((RecordId(row.id(0)?), RecordId(row.id(1)?))))
    }

    /// Who had the number of an interview last, and until when (permit: `survey/interview`).
    pub fn call_lease(
        &mut self,
        permit: &Permit,
        home: &str,
        id: RecordId,
    ) -> Result<Option<(RecordId, Timestamp)>, StoreError> {
        allowed(permit)?;
        let mut sql = self.sql("SELECT account, until FROM linli_call_lease WHERE home = ");
        sql.bind(Val::text(home)).push(" AND id = ").bind(Val::Id(id.0));
        self.first(&sql, |row| Ok((RecordId(row.id(0)?), Timestamp(row.int(1)?))))
    }
}

impl WriteTx<'_> {
    /// Gives the number of an interview to an account for `seconds`; answers whether it was free (or theirs already). Two who
    /// ask at the same moment, of whichever servers, do not both get it: one statement decides (permit: `survey/interview`,
    /// `Edit`).
    pub fn lease_call(
        &mut self,
        permit: &Permit,
        home: &str,
        id: RecordId,
        account: RecordId,
        seconds: i64,
    ) -> Result<bool, StoreError> {
        allowed(permit)?;
        let now = self.now();
        let text = "INSERT INTO linli_call_lease (home, id, account, until) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (home, id) DO UPDATE SET account = excluded.account, until = excluded.until \
                    WHERE linli_call_lease.until <= $5 OR linli_call_lease.account = excluded.account";
        let params = [
            Val::text(home),
            Val::Id(id.0),
            Val::Id(account.0),
            Val::Int(now.plus_seconds(seconds).0),
            Val::Int(now.0),
        ];
        Ok(self.execute(text, &params)? == 1)
    }

    /// Gives a number back (permit: `survey/interview`, `Edit`).
    pub fn release_call(&mut self, permit: &Permit, home: &str, id: RecordId) -> Result<(), StoreError> {
        allowed(permit)?;
        self.execute("DELETE FROM linli_call_lease WHERE home = $1 AND id = $2", &[Val::text(home), Val::Id(id.0)])?;
        Ok(())
    }
}
