//! Uploaded and made files; the bytes are kept by the engine.

use linli_domain::{RecordId, Timestamp};

use crate::{
    ReadTx, StoreError, WriteTx,
    dialect::{Row, Val},
};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Id.
    pub id: RecordId,
    /// Name.
    pub name: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// What it is: `ledger`, `template`, `filled`, `errors`.
    pub kind: String,
    /// Who brought or made it.
    pub by: RecordId,
    /// When.
    pub at: Timestamp,
}

impl ReadTx<'_> {
    /// The document `id`.
    pub fn document(&mut self, id: RecordId) -> Result<Option<Document>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_document WHERE id = "));
        sql.bind(Val::Id(id.0));
        self.first(&sql, document)
    }

    /// Documents of an account, newest first.
    pub fn documents_by(&mut self, account: RecordId, limit: u32) -> Result<Vec<Document>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_document WHERE by_id = "));
        sql.bind(Val::Id(account.0)).push(" ORDER BY at DESC, id DESC LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, document)
    }
}

impl WriteTx<'_> {
    /// Keeps a document.
    pub fn put_document(&mut self, document: &Document) -> Result<(), StoreError> {
        let text = format!(
            "INSERT INTO linli_document ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET \
             name = excluded.name, sha256 = excluded.sha256, size = excluded.size, kind = excluded.kind"
        );
        let params = [
            Val::Id(document.id.0),
            Val::text(&document.name),
            Val::text(&document.sha256),
            Val::Int(document.size),
            Val::text(&document.kind),
            Val::Id(document.by.0),
            Val::Int(document.at.0),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Forgets a document.
    pub fn drop_document(&mut self, id: RecordId) -> Result<(), StoreError> {
        self.execute("DELETE FROM linli_document WHERE id = $1", &[Val::Id(id.0)])?;
        Ok(())
    }
}

const COLUMNS: &str = "id, name, sha256, size, kind, by_id, at";

fn document(row: &Row<'_>) -> Result<Document, StoreError> {
    Ok(Document {
        id: RecordId(row.id(0)?),
        name: row.text(1)?,
        sha256: row.text(2)?,
        size: row.int(3)?,
        kind: row.text(4)?,
        by: RecordId(row.id(5)?),
        at: Timestamp(row.int(6)?),
    })
}
