//! Counts: of a list, by a field, and cross tables.

use std::collections::BTreeMap;

use linli_domain::{FieldKind, Permit, Scope, Value, record::ListQuery};

use super::list::push_rows;
use crate::{
    ReadTx, StoreError,
    schema::{
        EntityPlan, FieldPlan,
        values::{decode, path},
    },
    sql::{Sql, filter::Filter},
    tx::{CountRow, LOOK, permitted},
};

impl ReadTx<'_> {
    /// How many records a list has, over all pages.
    pub fn count(&mut self, permit: &Permit, query: &ListQuery) -> Result<u64, StoreError> {
        permitted(permit, &query.entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(&query.entity)?;
        if let Some(count) = self.tallied(plan, permit, query)? {
            return Ok(count);
        }
        let mut count = 0;
        for scope in self.parts(plan, permit, query) {
            let sql = self.counting(permit, query, plan, scope, "count(*)")?;
            count += self.first(&sql, |row| row.int(0))?.unwrap_or_default();
        }
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// How many records of a list have each value of `field`, greatest first. A record with several codes counts for each.
    pub fn facets(&mut self, permit: &Permit, query: &ListQuery, field: &str) -> Result<Vec<(Value, u64)>, StoreError> {
        let rows = self.count_by(permit, query, &[field], None)?;
        let mut counts: BTreeMap<Value, u64> = BTreeMap::new();
        for (mut values, _, count) in rows {
            match values.pop().unwrap_or_default() {
                Value::Codes(codes) => {
                    codes.into_iter().for_each(|code| *counts.entry(Value::Text(code)).or_default() += count);
                }
                value => *counts.entry(value).or_default() += count,
            }
        }
        let mut facets: Vec<(Value, u64)> = counts.into_iter().collect();
        facets.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(facets)
    }

    /// A cross table: counts by the values of `fields` and by the area at `area_depth` path segments (records that hang
    /// higher count for their own area).
    pub fn count_by(
        &mut self,
        permit: &Permit,
        query: &ListQuery,
        fields: &[&str],
        area_depth: Option<usize>,
    ) -> Result<Vec<CountRow>, StoreError> {
        permitted(permit, &query.entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(&query.entity)?;
        let mut columns: Vec<&str> = Vec::new();
        let mut kinds: Vec<&FieldKind> = Vec::new();
        for name in fields {
            let field = plan.field(name)?;
            columns.push(countable(field)?);
            kinds.push(&field.field.kind);
        }
        if area_depth.is_some() {
            columns.push("path");
        }
        if columns.is_empty() {
            return Ok(vec![(Vec::new(), None, self.count(permit, query)?)]);
        }
        let columns = columns.join(", ");
        let mut counts: BTreeMap<(Vec<Value>, Option<String>), u64> = BTreeMap::new();
        for scope in self.parts(plan, permit, query) {
            let mut sql = self.counting(permit, query, plan, scope, &format!("{columns}, count(*)"))?;
            sql.push(" GROUP BY ").push(&columns);
            self.query(&sql, &mut |row| {
                let mut values = Vec::with_capacity(kinds.len());
                for (at, kind) in kinds.iter().enumerate() {
                    values.push(decode(row, at, kind)?);
                }
                let area = match area_depth {
                    Some(depth) => Some(upto(&row.text(kinds.len())?, depth)),
                    None => None,
                };
                let count = row.int(kinds.len() + usize::from(area_depth.is_some()))?;
                *counts.entry((values, area)).or_default() += u64::try_from(count).unwrap_or_default();
                Ok(())
            })?;
        }
        let made = counts
            .into_iter()
            .map(|((values, area), count)| Ok((values, area.map(|text| path(&text)).transpose()?, count)));
        made.collect()
    }

    /// A scope of a few areas, each by itself: its rows are one range of the covering index.
    fn parts(&self, plan: &EntityPlan, permit: &Permit, query: &ListQuery) -> Vec<Scope> {
        match self.filter(plan, permit, query).scope {
            Scope::Areas(areas) if (2..=32).contains(&areas.len()) => {
                areas.into_iter().map(|area| Scope::Areas(vec![area])).collect()
            }
            scope => vec![scope],
        }
    }

    fn counting(
        &mut self,
        permit: &Permit,
        query: &ListQuery,
        plan: &EntityPlan,
        scope: Scope,
        what: &str,
    ) -> Result<Sql, StoreError> {
        let nowhere = matches!(&scope, Scope::Areas(areas) if areas.is_empty());
        let tagged = self.filter(plan, permit, query).is_tagged();
        let bounded = !nowhere && (tagged || !matches!(scope, Scope::Everywhere)) && query.as_of.is_none();
        let covered = bounded && (!self.filter(plan, permit, query).is_pointed() || self.is_small(plan, &scope)?);
        let filter = Filter { scope, ..self.filter(plan, permit, query) };
        let mut sql = self.sql(format!("SELECT {what} FROM "));
        push_rows(&mut sql, plan, query, covered.then_some(filter.facet()));
        sql.push(" WHERE ");
        filter.push(&mut sql)?;
        Ok(sql)
    }
}

fn countable(field: &FieldPlan) -> Result<&str, StoreError> {
    let name = &field.field.name;
    field.open_column().ok_or_else(|| StoreError::query(format!("`{name}` is sensitive: it cannot be counted by")))
}

/// The first `depth` segments of a path.
fn upto(path: &str, depth: usize) -> String {
    let end = path.match_indices('/').nth(depth.max(1) - 1).map_or(path.len(), |(at, _)| at);
    path[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_at_the_depth_asked_for() {
        assert_eq!(upto("23/01/02/001", 2), "23/01");
        assert_eq!(upto("23", 5), "23");
    }
}
