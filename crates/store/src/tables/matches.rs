//! Column matches that people confirmed, remembered for the next ledger.

use linli_domain::{RecordId, Timestamp};

use crate::{ReadTx, StoreError, WriteTx, dialect::Val};

/// What a heading was matched to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMatch {
    /// Fingerprint of the heading's path.
    pub fingerprint: String,
    /// Register or report table it was matched for.
    pub entity: String,
    /// Data element; `None` when the column was left out on purpose.
    pub element: Option<String>,
    /// Who said so.
    pub by: RecordId,
    /// When.
    pub at: Timestamp,
}

impl ReadTx<'_> {
    /// Remembered matches of these headings.
    pub fn matches(&mut self, entity: &str, fingerprints: &[String]) -> Result<Vec<ColumnMatch>, StoreError> {
        if fingerprints.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = self.sql("SELECT fingerprint, element, by_id, at FROM linli_match WHERE entity = ");
        sql.bind(Val::text(entity)).push(" AND fingerprint IN (");
        sql.bind_all(fingerprints.iter().map(Val::text)).push(")");
        self.rows(&sql, |row| {
            Ok(ColumnMatch {
                fingerprint: row.text(0)?,
                entity: entity.to_owned(),
                element: row.maybe_text(1)?,
                by: RecordId(row.id(2)?),
                at: Timestamp(row.int(3)?),
            })
        })
    }
}

impl WriteTx<'_> {
    /// Remembers a match; the last word counts.
    pub fn put_match(&mut self, column: &ColumnMatch) -> Result<(), StoreError> {
        let text = "INSERT INTO linli_match (entity, fingerprint, element, by_id, at) VALUES ($1, $2, $3, $4, $5) \
                    ON CONFLICT (entity, fingerprint) DO UPDATE SET element = excluded.element, \
                    by_id = excluded.by_id, at = excluded.at";
        let params = [
            Val::text(&column.entity),
            Val::text(&column.fingerprint),
            Val::maybe(column.element.clone()),
            Val::Id(column.by.0),
            Val::Int(column.at.0),
        ];
        self.execute(text, &params)?;
        Ok(())
    }
}
