//! Answers without what was answered: enough to count them, and to see whether anything changed since they were last read.

use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};

use super::{batches::named, submissions::SubmissionState};
use crate::{ReadTx, StoreError, dialect::Val, schema::values::path, sql::filter::push_scope, tx::permitted_on};

/// An answer without its content.
#[derive(Debug, Clone, PartialEq)]
pub struct SubmissionHead {
    /// Id, in order of arrival.
    pub id: RecordId,
    /// Area it belongs to.
    pub path: AreaPath,
    /// How far its review is.
    pub state: SubmissionState,
    /// When it arrived.
    pub received: Timestamp,
}

/// Takes an answer without its content.
pub type EachHead<'a> = &'a mut dyn FnMut(SubmissionHead) -> Result<(), StoreError>;

const SEE: &[Verb] = &[Verb::Read, Verb::Export];

impl ReadTx<'_> {
    /// A text that changes whenever an answer to a form arrives, is reviewed or replaced.
    pub fn submission_stamp(&mut self, permit: &Permit, form: RecordId) -> Result<String, StoreError> {
        permitted_on(permit, &Subject::Responses, SEE)?;
        // Two reviews that swap their states leave all counts as they were, but not the sum over moments.
        let mut sql = self.sql(
            "SELECT count(*), max(received), CAST(sum(CASE state WHEN 'received' THEN received % 1000000007 \
             WHEN 'accepted' THEN received % 1000000009 WHEN 'returned' THEN received % 998244353 \
             ELSE received % 1000000021 END) AS BIGINT) FROM linli_submission WHERE form = ",
        );
        sql.bind(Val::Id(form.0)).push(" AND draft = 0 AND ");
        push_scope(&mut sql, "path", permit.scope());
        let stamp = self.first(&sql, |row| {
            let (last, sum) = (row.maybe_int(1)?.unwrap_or_default(), row.maybe_int(2)?.unwrap_or_default());
            Ok(format!("{:x}-{last:x}-{sum:x}", row.int(0)?))
        })?;
        Ok(stamp.unwrap_or_default())
    }

    /// Every answer to a form in the scope, replaced ones too, the oldest first, streamed.
    pub fn submission_heads(&mut self, permit: &Permit, form: RecordId, each: EachHead<'_>) -> Result<(), StoreError> {
        permitted_on(permit, &Subject::Responses, SEE)?;
        let mut sql = self.sql("SELECT id, path, state, received FROM linli_submission WHERE form = ");
        sql.bind(Val::Id(form.0)).push(" AND draft = 0 AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(" ORDER BY received, id");
        self.query(&sql, &mut |row| {
            each(SubmissionHead {
                id: RecordId(row.id(0)?),
                path: path(&row.text(1)?)?,
                state: named(&row.text(2)?)?,
                received: Timestamp(row.int(3)?),
            })
        })
    }
}
