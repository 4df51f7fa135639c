//! What hangs on a case: links to records, files, ratings.

use linli_domain::{RecordId, Timestamp};

use super::{Case, place};
use crate::{ReadTx, StoreError, WriteTx, dialect::Val, sql::Sql};

/// A record that a case is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLink {
    /// Namespaced register.
    pub entity: String,
    /// Record.
    pub record: RecordId,
    /// Since when.
    pub at: Timestamp,
    /// Who linked it.
    pub by: RecordId,
}

/// A file of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Name.
    pub name: String,
    /// SHA-256 of the bytes, in hexadecimal: where the engine keeps them.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// Media type as it was sent.
    pub kind: String,
    /// When it arrived.
    pub at: Timestamp,
    /// Who sent it.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
}

fn push_of(sql: &mut Sql, of: &Case) {
    sql.push(" WHERE home = ").bind(Val::text(&of.home)).push(" AND case_id = ").bind(Val::Id(of.id.0));
}

impl ReadTx<'_> {
    /// Records that a case is about.
    pub fn case_links(&mut self, of: &Case) -> Result<Vec<CaseLink>, StoreError> {
        let mut sql = self.sql("SELECT entity, record, at, by_id FROM linli_case_link");
        push_of(&mut sql, of);
        sql.push(" ORDER BY at, record");
        self.rows(&sql, |row| {
            let (record, by) = (RecordId(row.id(1)?), RecordId(row.id(3)?));
            Ok(CaseLink { entity: row.text(0)?, record, at: Timestamp(row.int(2)?), by })
        })
    }

    /// Ids of the cases about a record, newest first.
    pub fn cases_about(&mut self, record: RecordId, limit: u32) -> Result<Vec<RecordId>, StoreError> {
        let mut sql = self.sql("SELECT case_id FROM linli_case_link WHERE record = ");
        sql.bind(Val::Id(record.0)).push(" ORDER BY case_id DESC LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, |row| Ok(RecordId(row.id(0)?)))
    }

    /// Files of a case, in the order they came.
    pub fn case_files(&mut self, of: &Case) -> Result<Vec<CaseFile>, StoreError> {
        let mut sql = self.sql("SELECT name, sha256, size, kind, at, by_id, by_name FROM linli_case_file");
        push_of(&mut sql, of);
        sql.push(" ORDER BY at, name");
        self.rows(&sql, |row| {
            Ok(CaseFile {
                name: row.text(0)?,
                sha256: row.text(1)?,
                size: row.int(2)?,
                kind: row.text(3)?,
                at: Timestamp(row.int(4)?),
                by: RecordId(row.id(5)?),
                by_name: row.text(6)?,
            })
        })
    }
}

impl WriteTx<'_> {
    /// Links a record to a case; twice is once.
    pub fn put_case_link(&mut self, of: &Case, link: &CaseLink) -> Result<(), StoreError> {
        let text = "INSERT INTO linli_case_link (home, case_id, entity, record, at, by_id) \
                    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        let params = [
            Val::text(&of.home),
            Val::Id(of.id.0),
            Val::text(&link.entity),
            Val::Id(link.record.0),
            Val::Int(link.at.0),
            Val::Id(link.by.0),
        ];
        self.execute(text, &params)?;
        Ok(())
    }

    /// Unlinks a record; answers whether it was linked.
    pub fn drop_case_link(&mut self, of: &Case, entity: &str, record: RecordId) -> Result<bool, StoreError> {
        let text = "DELETE FROM linli_case_link WHERE home = $1 AND case_id = $2 AND entity = $3 AND record = $4";
        let params = [Val::text(&of.home), Val::Id(of.id.0), Val::text(entity), Val::Id(record.0)];
        Ok(self.execute(text, &params)? > 0)
    }

    /// Keeps a file of a case; the same name again replaces it.
    pub fn put_case_file(&mut self, of: &Case, file: &CaseFile) -> Result<(), StoreError> {
        let text = "INSERT INTO linli_case_file (home, case_id, name, sha256, size, kind, at, by_id, by_name) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (home, case_id, name) DO UPDATE SET \
                    sha256 = excluded.sha256, size = excluded.size, kind = excluded.kind, at = excluded.at, \
                    by_id = excluded.by_id, by_name = excluded.by_name";
        let params = [
            Val::text(&of.home),
            Val::Id(of.id.0),
            Val::text(&file.name),
            Val::text(&file.sha256),
            Val::Int(file.size),
            Val::text(&file.kind),
            Val::Int(file.at.0),
            Val::Id(file.by.0),
            Val::text(&file.by_name),
        ];
        self.execute(text, &params)?;
        Ok(())
    }

    /// Keeps a rating, told apart by the event it came with. What was said with it is sealed.
    pub fn put_case_rating(
        &mut self,
        of: &Case,
        score: u8,
        by: RecordId,
        comment: Option<&str>,
    ) -> Result<(), StoreError> {
        let place = place(&format!("rating\0{}", of.seq), of.id);
        let comment = comment.map(|comment| self.ctx.crypto.seal(&place, comment)).transpose()?;
        let text = "INSERT INTO linli_case_rating (home, case_id, seq, score, at, by_id, comment) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let params = [
            Val::text(&of.home),
            Val::Id(of.id.0),
            Val::Int(of.seq),
            Val::Int(score.into()),
            Val::Int(self.now().0),
            Val::Id(by.0),
            comment.map_or(Val::Null, Val::Bytes),
        ];
        self.execute(text, &params)?;
        Ok(())
    }
}

impl ReadTx<'_> {
    /// Score and words of every rating of a case, oldest first; never who rated.
    pub fn case_ratings(&mut self, of: &Case) -> Result<Vec<(Timestamp, u8, Option<String>)>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql("SELECT seq, at, score, comment FROM linli_case_rating");
        push_of(&mut sql, of);
        sql.push(" ORDER BY seq");
        self.rows(&sql, |row| {
            let place = place(&format!("rating\0{}", row.int(0)?), of.id);
            let comment = row.maybe_bytes(3)?.map(|comment| ctx.crypto.open(&place, &comment)).transpose()?;
            Ok((Timestamp(row.int(1)?), u8::try_from(row.int(2)?).unwrap_or_default(), comment))
        })
    }
}
