//! Files of answers: their names and where the engine keeps their bytes.

use linli_domain::{RecordId, Timestamp};

use crate::{ReadTx, StoreError, WriteTx, dialect::Val};

/// A file of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionFile {
    /// Name, as the answer writes it.
    pub name: String,
    /// SHA-256 of the bytes, in hexadecimal: where the engine keeps them.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// Media type as it was sent.
    pub kind: String,
    /// When it arrived.
    pub at: Timestamp,
}

impl ReadTx<'_> {
    /// Files of an answer that have arrived, by name.
    pub fn submission_files(&mut self, home: &str, id: RecordId) -> Result<Vec<SubmissionFile>, StoreError> {
        let mut sql = self.sql("SELECT name, sha256, size, kind, at FROM linli_submission_file WHERE home = ");
        sql.bind(Val::text(home)).push(" AND submission = ").bind(Val::Id(id.0)).push(" ORDER BY name");
        self.rows(&sql, |row| {
            Ok(SubmissionFile {
                name: row.text(0)?,
                sha256: row.text(1)?,
                size: row.int(2)?,
                kind: row.text(3)?,
                at: Timestamp(row.int(4)?),
            })
        })
    }
}

impl WriteTx<'_> {
    /// Keeps a file of an answer; the same name again replaces it.
    pub fn put_submission_file(&mut self, home: &str, id: RecordId, file: &SubmissionFile) -> Result<(), StoreError> {
        let text = "INSERT INTO linli_submission_file (home, submission, name, sha256, size, kind, at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (home, submission, name) DO UPDATE SET \
                    sha256 = excluded.sha256, size = excluded.size, kind = excluded.kind, at = excluded.at";
        let params = [
            Val::text(home),
            Val::Id(id.0),
            Val::text(&file.name),
            Val::text(&file.sha256),
            Val::Int(file.size),
            Val::text(&file.kind),
            Val::Int(file.at.0),
        ];
        self.execute(text, &params)?;
        Ok(())
    }
}
