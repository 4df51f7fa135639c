//! A tally is built by the writer, in one transaction, from the covering index.

use std::collections::HashMap;

use super::{Key, MOST, add, all, delta, is_coded, mark, place, roll};
use crate::{
    StoreError,
    dialect::{Conn, Dialect, Val},
    run::Ctx,
};

/// A tally of more rows would not be faster than counting.
const MOST_ROWS: usize = 50_000;

/// Builds a tally of `fields`, unless there is one. What cannot be built is not asked for again.
pub(crate) fn build(conn: &mut Conn, ctx: &Ctx, entity: &str, fields: &[String]) -> Result<(), StoreError> {
    let is_roll = matches!(fields, [wish] if wish == roll::WISH);
    if is_roll && ctx.dialect == Dialect::Postgres {
        delta::begin_build(conn)?;
    } else {
        conn.begin_write()?;
    }
    let made = match fields {
        _ if is_roll => roll::build(conn, ctx, entity).map(|()| true),
        _ => fill(conn, ctx, entity, fields),
    };
    let built = made.and_then(|built| conn.commit().map(|()| built));
    match built {
        Ok(true) => Ok(()),
        other => {
            conn.rollback();
            ctx.wishes.refuse(entity, fields);
            other.map(|_| ())
        }
    }
}

/// `false`: it would have too many rows.
fn fill(conn: &mut Conn, ctx: &Ctx, entity: &str, fields: &[String]) -> Result<bool, StoreError> {
    let tallies = all(conn)?;
    if tallies.iter().any(|tally| tally.entity == entity && tally.fields == fields) {
        return Ok(true);
    }
    let schema = ctx.schema_in(conn)?;
    let plan = schema.plan(entity)?;
    let fields = fields.iter().map(|name| plan.field(name)).collect::<Result<Vec<_>, _>>()?;
    if !fields.iter().all(|field| is_coded(field)) {
        return Ok(false);
    }
    let mut columns = String::from("path");
    for field in &fields {
        columns.push_str(", ");
        columns.push_str(field.column_names()[0]);
    }
    let table = ctx.dialect.by_index(&plan.table, &plan.facet);
    let text = format!("SELECT {columns} FROM {table} WHERE ended_on IS NULL");
    let mut counts: HashMap<Key, i64> = HashMap::new();
    conn.query(&text, &[], &mut |row| {
        let mut key: Key = (place(&row.text(0)?).to_owned(), Default::default());
        for (at, field) in fields.iter().enumerate() {
            key.1[at] = mark(&row.value(at + 1, plan.columns[field.first].kind)?);
        }
        if counts.len() <= MOST_ROWS {
            *counts.entry(key).or_default() += 1;
        }
        Ok(())
    })?;
    if counts.len() > MOST_ROWS {
        return Ok(false);
    }
    let own = || tallies.iter().filter(|tally| tally.entity == entity);
    if own().count() >= MOST
        && let Some(stale) = ctx.wishes.stalest(own())
    {
        conn.execute("DELETE FROM linli_tally_row WHERE tally = $1", &[Val::Int(stale)])?;
        conn.execute("DELETE FROM linli_tally WHERE id = $1", &[Val::Int(stale)])?;
    }
    let id = tallies.iter().map(|tally| tally.id).max().unwrap_or_default() + 1;
    let names = fields.iter().map(|field| field.field.name.as_str()).collect::<Vec<_>>().join(",");
    let row = [Val::Int(id), Val::text(entity), Val::Text(names)];
    conn.execute("INSERT INTO linli_tally (id, entity, fields) VALUES ($1, $2, $3)", &row)?;
    for (key, count) in counts {
        add(conn, id, key, count)?;
    }
    Ok(true)
}
