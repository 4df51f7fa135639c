//! Roll-ups of indicators: for each measure that the packs declare, how many living rows pass its filter and the sum of
//! its number, for every area from the root down to the community. A figure of an area is one row; a table of areas is one
//! range. They are kept like tallies, in the transaction that writes the rows, and built when they are first asked for.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use linli_domain::{
    Value, expr,
    insight::{Roll, RollMeasure},
};

use super::{DEPTH, delta};
use crate::{
    Fault, StoreError,
    dialect::{Conn, Dialect, Val},
    run::Ctx,
    schema::{EntityPlan, Schema, values::decode},
    sql::{Sql, expr as compile},
};

/// How a wish for roll-ups is written among wishes for tallies: no field is called so.
pub(crate) const WISH: &str = "@roll-ups";

/// Roll-ups that are kept, as of this transaction.
pub(crate) fn kept(conn: &mut Conn) -> Result<HashSet<String>, StoreError> {
    let ids = conn.rows("SELECT id FROM linli_rolled", &[], |row| row.text(0))?;
    Ok(ids.into_iter().collect())
}

/// What a living row adds: itself, and its number. Nothing when the filter leaves it out.
pub(crate) fn contribution(roll: &Roll, plan: &EntityPlan, cells: &[Val]) -> Option<(i64, i64)> {
    let field = |name: &str| match plan.field(name) {
        // Expressions can only ask whether a sealed field is known.
        Ok(field) if field.is_sealed() => {
            if cells[field.first + 1].is_null() {
                Value::Null
            } else {
                Value::Bool(true)
            }
        }
        Ok(field) => decode(cells, field.first, &field.field.kind).unwrap_or_default(),
        Err(_) => Value::Null,
    };
    // No roll-up depends on the day.
    let day = jiff::civil::Date::constant(2000, 1, 1);
    let measure = &roll.measure;
    if let Some(filter) = &measure.filter
        && expr::holds(filter, &field, day) != Some(true)
    {
        return None;
    }
    match measure.add.as_ref().map(|add| expr::eval(add, &field, day)) {
        Some(Value::Int(number)) => Some((1, number)),
        Some(_) if measure.known_only => None,
        _ => Some((1, 0)),
    }
}

/// Sums by roll-up and path.
pub(crate) type Sums = BTreeMap<(String, String), (i64, i64)>;

/// Adds to a path and all above it.
pub(crate) fn up(sums: &mut Sums, id: &str, path: &str, n: i64, sum: i64) {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    for end in ends.take(DEPTH) {
        let entry = sums.entry((id.to_owned(), path[..end].to_owned())).or_default();
        entry.0 += n;
        entry.1 = entry.1.saturating_add(sum);
    }
}

/// Adds sums to the roll-ups that are still kept.
pub(crate) fn write(conn: &mut Conn, sums: Sums) -> Result<(), StoreError> {
    if sums.is_empty() {
        return Ok(());
    }
    let kept = kept(conn)?;
    let text = "INSERT INTO linli_rollup (id, depth, path, n, s) VALUES ($1, $2, $3, $4, $5) \
                ON CONFLICT (id, depth, path) DO UPDATE SET n = linli_rollup.n + excluded.n, s = linli_rollup.s + excluded.s";
    for ((id, path), (n, sum)) in sums.into_iter().filter(|((id, _), by)| *by != (0, 0) && kept.contains(id)) {
        let depth = depth(&path);
        conn.execute(text, &[Val::Text(id), Val::Int(depth), Val::Text(path), Val::Int(n), Val::Int(sum)])?;
    }
    Ok(())
}

/// How many segments a path has.
pub(crate) fn depth(path: &str) -> i64 {
    i64::try_from(path.split('/').count()).unwrap_or_default()
}

/// Builds the roll-ups of a register that are not kept yet, and forgets those that no indicator needs any more.
pub(crate) fn build(conn: &mut Conn, ctx: &Ctx, entity: &str) -> Result<(), StoreError> {
    let schema = ctx.schema_in(conn)?;
    let plan = schema.plan(entity)?;
    let kept = kept(conn)?;
    let wanted = schema.rolls(entity);
    let own = conn.rows("SELECT id FROM linli_rolled WHERE entity = $1", &[Val::text(entity)], |row| row.text(0))?;
    for stale in own.iter().filter(|id| wanted.iter().all(|roll| roll.id != **id)) {
        conn.execute("DELETE FROM linli_rollup WHERE id = $1", &[Val::text(stale)])?;
        conn.execute("DELETE FROM linli_rolled WHERE id = $1", &[Val::text(stale)])?;
    }
    let missing: Vec<&Roll> = wanted.iter().filter(|roll| !kept.contains(&roll.id)).collect();
    for roll in &missing {
        if ctx.dialect == Dialect::Postgres {
            delta::forget(conn, &roll.id)?;
        }
        conn.execute(
            "INSERT INTO linli_rolled (id, entity) VALUES ($1, $2)",
            &[Val::text(&roll.id), Val::text(entity)],
        )?;
    }
    let sums = count(conn, ctx, plan, &missing)?;
    write(conn, sums)
}

/// Most roll-ups that are counted in one pass: each takes two columns.
const AT_ONCE: usize = 100;

/// Roll-ups as the rows of their register say them: however many they are, the rows are looked at once.
fn count(conn: &mut Conn, ctx: &Ctx, plan: &EntityPlan, rolls: &[&Roll]) -> Result<Sums, StoreError> {
    let mut sums = Sums::new();
    for some in rolls.chunks(AT_ONCE) {
        let measures: Vec<&RollMeasure> = some.iter().map(|roll| &roll.measure).collect();
        let mut sql = Sql::new(ctx.dialect, "SELECT path");
        push_measures(&mut sql, plan, &measures, ctx.clock.now().china_date())?;
        sql.push(&format!(" FROM {} WHERE ended_on IS NULL GROUP BY path", crate::dialect::quoted(&plan.table)));
        conn.query(&sql.text, &sql.params, &mut |row| {
            let path = row.text(0)?;
            for (at, roll) in some.iter().enumerate() {
                let (n, sum) = (row.int(1 + 2 * at)?, row.int(2 + 2 * at)?);
                if n != 0 {
                    up(&mut sums, &roll.id, &path, n, sum);
                }
            }
            Ok(())
        })?;
    }
    Ok(sums)
}

/// Appends for each measure how many rows count, and the sum of its number over them: two columns each, of grouped rows.
pub(crate) fn push_measures(
    sql: &mut Sql,
    plan: &EntityPlan,
    measures: &[&RollMeasure],
    today: Date,
) -> Result<(), StoreError> {
    for measure in measures {
        sql.push(", count(CASE WHEN ");
        push_counts(sql, plan, measure, today)?;
        sql.push(" THEN 1 END)");
        let Some(add) = &measure.add else {
            sql.push(", CAST(0 AS BIGINT)");
            continue;
        };
        sql.push(", CAST(coalesce(sum(CASE WHEN ");
        push_counts(sql, plan, measure, today)?;
        let add = compile::number(sql, plan, add, today)?;
        sql.push(&format!(" THEN {add} END), 0) AS BIGINT)"));
    }
    Ok(())
}

/// Appends the condition under which a row counts.
fn push_counts(sql: &mut Sql, plan: &EntityPlan, measure: &RollMeasure, today: Date) -> Result<(), StoreError> {
    match &measure.filter {
        Some(filter) => compile::condition(sql, plan, filter, today)?,
        None => drop(sql.push("1 = 1")),
    }
    if let Some(add) = measure.add.as_ref().filter(|_| measure.known_only) {
        let known = compile::number(sql, plan, add, today)?;
        sql.push(&format!(" AND {known} IS NOT NULL"));
    }
    Ok(())
}

/// Recomputes every roll-up that is kept, and names the first areas where the rows say something else.
pub(crate) fn verify(
    conn: &mut Conn,
    ctx: &Ctx,
    schema: &Schema,
    most: usize,
) -> Result<(u64, Vec<Fault>), StoreError> {
    let (mut checked, mut faults) = (0, Vec::new());
    let there = kept(conn)?;
    for plan in schema.plans() {
        let rolls: Vec<&Roll> =
            schema.rolls(&plan.entity.name).iter().filter(|roll| there.contains(&roll.id)).collect();
        let mut said = count(conn, ctx, plan, &rolls)?;
        for roll in &rolls {
            let rows =
                conn.rows("SELECT path, n, s FROM linli_rollup WHERE id = $1", &[Val::text(&roll.id)], |row| {
                    Ok((row.text(0)?, (row.int(1)?, row.int(2)?)))
                })?;
            let mut held: BTreeMap<(String, String), (i64, i64)> =
                rows.into_iter().map(|(path, held)| ((roll.id.clone(), path), held)).collect();
            if ctx.dialect == Dialect::Postgres {
                delta::unfolded(conn, &roll.id, &mut held)?;
            }
            for ((_, path), held) in held {
                checked += 1;
                let counted = said.remove(&(roll.id.clone(), path.clone())).unwrap_or_default();
                if counted != held {
                    faults.push(fault(plan, roll, path, held, counted));
                }
            }
        }
        let of = |id: &String| rolls.iter().find(|roll| roll.id == *id);
        let missing = said.into_iter().filter(|(_, counted)| *counted != (0, 0));
        faults.extend(missing.filter_map(|((id, path), counted)| Some(fault(plan, of(&id)?, path, (0, 0), counted))));
    }
    faults.truncate(most);
    Ok((checked, faults))
}

fn fault(plan: &EntityPlan, roll: &Roll, path: String, held: (i64, i64), counted: (i64, i64)) -> Fault {
    let filter = roll.measure.filter.as_ref().map_or_else(String::new, |filter| filter.source.clone());
    Fault::Rollup { entity: plan.entity.name.clone(), filter, path, held: held.0, counted: counted.0 }
}
