//! Settings of the installation.

use serde_json::Value as Json;

use crate::{ReadTx, StoreError, WriteTx, dialect::Val, sql::filter::push_prefix};

impl ReadTx<'_> {
    /// A setting.
    pub fn setting(&mut self, key: &str) -> Result<Option<Json>, StoreError> {
        let mut sql = self.sql("SELECT value FROM linli_setting WHERE key = ");
        sql.bind(Val::text(key));
        let text = self.first(&sql, |row| row.text(0))?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// All settings whose key begins with `prefix`.
    pub fn settings(&mut self, prefix: &str) -> Result<Vec<(String, Json)>, StoreError> {
        let mut sql = self.sql("SELECT key, value FROM linli_setting WHERE ");
        push_prefix(&mut sql, "key", prefix);
        sql.push(" ORDER BY key");
        self.rows(&sql, |row| Ok((row.text(0)?, serde_json::from_str(&row.text(1)?)?)))
    }
}

impl WriteTx<'_> {
    /// Keeps a setting.
    pub fn put_setting(&mut self, key: &str, value: &Json) -> Result<(), StoreError> {
        let text = "INSERT INTO linli_setting (key, value) VALUES ($1, $2) \
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.execute(text, &[Val::text(key), Val::text(value.to_string())])?;
        Ok(())
    }

    /// Forgets a setting.
    pub fn drop_setting(&mut self, key: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM linli_setting WHERE key = $1", &[Val::text(key)])?;
        Ok(())
    }
}
