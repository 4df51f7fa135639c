//! Measures of indicators: counts and sums by place, from roll-ups where they are kept, else by one grouped statement.
//!
//! Whoever may see figures of an area (permit: `Insight`) sees how many rows there are, not the rows: those are listed
//! with the register's own permit and the same [`ListQuery`].

use std::collections::BTreeMap;

use linli_domain::{
    AreaPath, Permit, Scope, Subject, Timestamp, Value, Verb,
    expr::TypedExpr,
    insight::{Roll, RollMeasure},
    record::ListQuery,
};

use super::list::push_rows;
use crate::{
    ReadTx, StoreError,
    dialect::{Dialect, Val, quoted},
    schema::values::{decode, path},
    sql::{Sql, expr, filter::push_scope},
    tally::{DEPTH, delta, roll},
    tx::permitted_on,
};

const SEE: &[Verb] = &[Verb::Read, Verb::Export, Verb::Manage];

/// Rows of a measure that stand on one area, or have one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureRow {
    /// Area they stand on; the root of the question where they are not told apart by it.
    pub path: Option<AreaPath>,
    /// Value of the field asked for.
    pub value: Value,
    /// How many.
    pub n: i64,
    /// Sum of the number over them, in its units.
    pub sum: i64,
}

/// How rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureBy<'a> {
    /// By the area they stand on.
    Area,
    /// By the value of a field; several codes are one value.
    Field(&'a str),
}

impl ReadTx<'_> {
    /// The measure over the rows of a list (its `filter` among them) as it is now or was at `as_of`.
    pub fn measure(
        &mut self,
        permit: &Permit,
        query: &ListQuery,
        measure: &RollMeasure,
        by: MeasureBy<'_>,
    ) -> Result<Vec<MeasureRow>, StoreError> {
        permitted_on(permit, &Subject::Insight, SEE)?;
        let schema = self.schema.clone();
        let plan = schema.plan(&query.entity)?;
        let query = ListQuery { filter: measure.filter.clone(), ..query.clone() };
        let (column, kind) = match by {
            MeasureBy::Area => ("path", None),
            MeasureBy::Field(name) => {
                let field = plan.field(name)?;
                let column = field.open_column();
                let column = column
                    .ok_or_else(|| StoreError::query(format!("`{name}` is sensitive: it cannot be counted by")))?;
                (column, Some(field.field.kind.clone()))
            }
        };
        let filter = self.filter(plan, permit, &query);
        let mut sql = self.sql(format!("SELECT {column}, count(*), "));
        let number = |sql: &mut Sql, add: &TypedExpr| expr::number(sql, plan, add, filter.today);
        match &measure.add {
            Some(add) => {
                let add = number(&mut sql, add)?;
                sql.push(&format!("CAST(coalesce(sum({add}), 0) AS BIGINT)"));
            }
            None => {
                sql.push("CAST(0 AS BIGINT)");
            }
        }
        sql.push(" FROM ");
        push_rows(&mut sql, plan, &query, None);
        sql.push(" WHERE ");
        filter.push(&mut sql)?;
        if let Some(add) = measure.add.as_ref().filter(|_| measure.known_only) {
            let today = query.as_of.unwrap_or(self.now()).china_date();
            let known = expr::number(&mut sql, plan, add, today)?;
            sql.push(&format!(" AND {known} IS NOT NULL"));
        }
        sql.push(&format!(" GROUP BY {column}"));
        self.rows(&sql, |row| {
            let (place, value) = match &kind {
                None => (Some(path(&row.text(0)?)?), Value::Null),
                Some(kind) => (None, decode(row, 0, kind)?),
            };
            Ok(MeasureRow { path: place, value, n: row.int(1)?, sum: row.int(2)? })
        })
    }

    /// Several measures over the living rows of a register within the permit, by area, in one pass over them: how
    /// roll-ups are built and verified. The answers stand in the order of `measures`.
    pub fn measures(
        &mut self,
        permit: &Permit,
        entity: &str,
        measures: &[&RollMeasure],
    ) -> Result<Vec<Vec<MeasureRow>>, StoreError> {
        permitted_on(permit, &Subject::Insight, SEE)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let mut sql = self.sql("SELECT path");
        roll::push_measures(&mut sql, plan, measures, self.now().china_date())?;
        sql.push(&format!(" FROM {} WHERE ended_on IS NULL AND ", quoted(&plan.table)));
        push_scope(&mut sql, "path", permit.scope());
        sql.push(" GROUP BY path");
        let mut found = vec![Vec::new(); measures.len()];
        self.rows(&sql, |row| {
            let place = path(&row.text(0)?)?;
            for (at, found) in found.iter_mut().enumerate() {
                let (n, sum) = (row.int(1 + 2 * at)?, row.int(2 + 2 * at)?);
                if n != 0 {
                    found.push(MeasureRow { path: Some(place.clone()), value: Value::Null, n, sum });
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The figures of roll-ups for the areas at `depth` path segments at or below `area`, by roll-up; a roll-up that is not
    /// kept is absent (and built soon). Only as of now, and down to the community.
    pub fn rolled(
        &mut self,
        permit: &Permit,
        rolls: &[&Roll],
        area: &AreaPath,
        depth: usize,
    ) -> Result<BTreeMap<String, Vec<MeasureRow>>, StoreError> {
        permitted_on(permit, &Subject::Insight, SEE)?;
        let whole = permit.scope().covers(area);
        if !self.is_reading || !delta::is_kept(self.ctx.dialect) || !whole || depth > DEPTH || rolls.is_empty() {
            return Ok(BTreeMap::new());
        }
        let kept = roll::kept(self.conn)?;
        for missing in rolls.iter().filter(|roll| !kept.contains(&roll.id)) {
            self.ctx.wishes.ask_rolls(&missing.entity);
        }
        let mut found: BTreeMap<String, Vec<MeasureRow>> =
            rolls.iter().filter(|roll| kept.contains(&roll.id)).map(|roll| (roll.id.clone(), Vec::new())).collect();
        if found.is_empty() {
            return Ok(found);
        }
        let mut sql = self.sql("SELECT id, path, n, s FROM linli_rollup WHERE id IN (");
        sql.bind_all(found.keys().map(Val::text)).push(") AND depth = ");
        sql.bind(Val::Int(i64::try_from(depth).unwrap_or_default())).push(" AND ");
        push_scope(&mut sql, "path", &Scope::Areas(vec![area.clone()]));
        let rows = self.rows(&sql, |row| {
            let place = Some(path(&row.text(1)?)?);
            Ok((row.text(0)?, MeasureRow { path: place, value: Value::Null, n: row.int(2)?, sum: row.int(3)? }))
        })?;
        for (id, row) in rows {
            found.entry(id).or_default().push(row);
        }
        if self.ctx.dialect == Dialect::Postgres {
            let ids: Vec<String> = found.keys().cloned().collect();
            for (id, row) in self.unfolded(&ids, area, depth)? {
                let rows = found.entry(id).or_default();
                match rows.iter_mut().find(|known| known.path == row.path) {
                    Some(known) => (known.n, known.sum) = (known.n + row.n, known.sum + row.sum),
                    None => rows.push(row),
                }
            }
        }
        Ok(found)
    }

    /// What was appended to roll-ups at `depth` and is not folded yet: rows to be added to theirs.
    fn unfolded(
        &mut self,
        ids: &[String],
        area: &AreaPath,
        depth: usize,
    ) -> Result<Vec<(String, MeasureRow)>, StoreError> {
        let mut sql = self.sql("SELECT id, path, CAST(sum(n) AS BIGINT), CAST(sum(s) AS BIGINT) FROM linli_roll_delta");
        sql.push(" WHERE id IN (").bind_all(ids.iter().map(Val::text)).push(") AND ");
        push_scope(&mut sql, "path", &Scope::Areas(vec![area.clone()]));
        sql.push(" GROUP BY id, path");
        let rows = self.rows(&sql, |row| Ok((row.text(0)?, path(&row.text(1)?)?, row.int(2)?, row.int(3)?)))?;
        let at = |place: &AreaPath| place.ancestry().into_iter().find(|one| one.as_str().split('/').count() == depth);
        let row = |(id, place, n, sum): (String, AreaPath, i64, i64)| {
            Some((id, MeasureRow { path: Some(at(&place)?), value: Value::Null, n, sum }))
        };
        Ok(rows.into_iter().filter_map(row).collect())
    }

    /// When the first record of a register came to an area; `None` when none ever did.
    pub fn first_record(
        &mut self,
        permit: &Permit,
        entity: &str,
        area: &AreaPath,
    ) -> Result<Option<Timestamp>, StoreError> {
        permitted_on(permit, &Subject::Insight, SEE)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let mut sql = self.sql(format!("SELECT min(created) FROM {} WHERE ", quoted(&plan.table)));
        push_scope(&mut sql, "path", &permit.scope().within(area));
        Ok(self.first(&sql, |row| row.maybe_int(0))?.flatten().map(Timestamp))
    }

    /// The roll-ups of a register that are not kept yet are built soon, beside the checkpoints.
    pub fn wish_rolls(&mut self) {
        let schema = self.schema.clone();
        for plan in schema.plans().filter(|plan| !schema.rolls(&plan.entity.name).is_empty()) {
            self.ctx.wishes.ask_rolls(&plan.entity.name);
        }
    }
}
