//! Outlines of areas as somebody drew them: GeoJSON geometries.

use linli_domain::{Permit, Subject, Verb};

use crate::{ReadTx, StoreError, WriteError, WriteTx, dialect::Val, tx::permitted_on};

/// The outline of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Code of the area.
    pub code: String,
    /// GeoJSON geometry (RFC 7946), a Polygon or MultiPolygon, as text.
    pub body: String,
    /// West, south, east, north of it in units of 10^-7 degrees.
    pub bounds: [i64; 4],
}

const COLUMNS: &str = "code, body, west, south, east, north";

fn outline(row: &crate::dialect::Row<'_>) -> Result<Outline, StoreError> {
    Ok(Outline { code: row.text(0)?, body: row.text(1)?, bounds: [row.int(2)?, row.int(3)?, row.int(4)?, row.int(5)?] })
}

impl ReadTx<'_> {
    /// Outlines of these areas; those nobody drew are left out.
    pub fn outlines(&mut self, codes: &[&str]) -> Result<Vec<Outline>, StoreError> {
        let mut found = Vec::new();
        for chunk in codes.chunks(1024) {
            let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_outline WHERE code IN ("));
            sql.bind_all(chunk.iter().map(|code| Val::text(*code))).push(") ORDER BY code");
            found.extend(self.rows(&sql, outline)?);
        }
        Ok(found)
    }

    /// Outlines whose bounds hold a point, given in units of 10^-7 degrees.
    pub fn outlines_around(&mut self, lat: i64, lon: i64) -> Result<Vec<Outline>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_outline WHERE west <= "));
        sql.bind(Val::Int(lon)).push(" AND east >= ").bind(Val::Int(lon));
        sql.push(" AND south <= ").bind(Val::Int(lat)).push(" AND north >= ").bind(Val::Int(lat));
        sql.push(" ORDER BY code");
        self.rows(&sql, outline)
    }
}

impl WriteTx<'_> {
    /// Keeps outlines (permit: `Areas`, `Manage` or `Import`). The caller has looked that the areas lie in its scope.
    pub fn put_outlines(&mut self, permit: &Permit, outlines: &[Outline]) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Areas, &[Verb::Manage, Verb::Import])?;
        let now = self.now();
        for one in outlines {
            let area = self.area(&one.code)?.ok_or(WriteError::NotFound)?;
            if !permit.scope().covers(&area.path) {
                return Err(WriteError::OutOfScope);
            }
            let [west, south, east, north] = one.bounds;
            let text = format!(
                "INSERT INTO linli_outline ({COLUMNS}, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (code) DO \
                 UPDATE SET body = excluded.body, west = excluded.west, south = excluded.south, \
                 east = excluded.east, north = excluded.north, at = excluded.at"
            );
            let params = [
                Val::text(&one.code),
                Val::text(&one.body),
                Val::Int(west),
                Val::Int(south),
                Val::Int(east),
                Val::Int(north),
                Val::Int(now.0),
            ];
            self.execute(&text, &params)?;
        }
        Ok(())
    }
}
