//! The definitions that cases run on: a case finishes on the version it was opened by, also when the pack has another.

use linli_domain::flow::Flow;

use crate::{ReadTx, StoreError, WriteTx, dialect::Val};

/// A version of a flow that was in force.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowVersion {
    /// Namespaced flow.
    pub flow: String,
    /// Version.
    pub version: String,
    /// Digest of what it says.
    pub hash: String,
}

impl ReadTx<'_> {
    /// A version of a flow.
    pub fn flow_version(&mut self, flow: &str, version: &str) -> Result<Option<Flow>, StoreError> {
        let mut sql = self.sql("SELECT body FROM linli_flow_version WHERE flow = ");
        sql.bind(Val::text(flow)).push(" AND version = ").bind(Val::text(version));
        let body = self.first(&sql, |row| row.text(0))?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// All versions that were in force.
    pub fn flow_versions(&mut self) -> Result<Vec<FlowVersion>, StoreError> {
        let sql = self.sql("SELECT flow, version, hash FROM linli_flow_version ORDER BY flow, at, version");
        self.rows(&sql, |row| Ok(FlowVersion { flow: row.text(0)?, version: row.text(1)?, hash: row.text(2)? }))
    }

    /// How many cases of a flow stand in which state of which version.
    pub fn case_versions(&mut self, flow: &str) -> Result<Vec<(String, String, u64)>, StoreError> {
        let mut sql = self.sql("SELECT version, state, count(*) FROM linli_case WHERE open = 1 AND flow = ");
        sql.bind(Val::text(flow)).push(" GROUP BY version, state ORDER BY version, state");
        self.rows(&sql, |row| Ok((row.text(0)?, row.text(1)?, u64::try_from(row.int(2)?).unwrap_or_default())))
    }
}

impl WriteTx<'_> {
    /// Keeps a version of a flow. One that is there stays unless `replace`.
    pub fn put_flow_version(&mut self, flow: &Flow, hash: &str, replace: bool) -> Result<(), StoreError> {
        let on = if replace {
            "(flow, version) DO UPDATE SET hash = excluded.hash, body = excluded.body"
        } else {
            "DO NOTHING"
        };
        let text = format!(
            "INSERT INTO linli_flow_version (flow, version, hash, body, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT {on}"
        );
        let params = [
            Val::text(&flow.name),
            Val::text(&flow.version),
            Val::text(hash),
            Val::Text(serde_json::to_string(flow)?),
            Val::Int(self.now().0),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }
}
