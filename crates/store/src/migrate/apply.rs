//! Running a migration.

use std::sync::Arc;

use linli_domain::{Catalogue, Field, FieldKind, RecordId, Value, catalogue::Sensitivity, value::parse_decimal};
use serde_json::Value as Json;

use super::{Action, Migration, Step, install, plan, steps::kept_as};
use crate::{
    MigrationClass, MigrationPlan, StoreError,
    dialect::{Conn, Dialect, Val, quoted, quoted_list},
    run::Ctx,
    schema::{
        EntityPlan, FieldPlan, Schema, field_columns,
        table::{Column, ColumnType},
        values::{clear_text, decode, encode_field, hash_kind},
    },
    sql::insert_text,
    tally,
};

/// Rows rewritten at a time.
const ROWS: i64 = 1_000;

/// Installs `wanted`. All but PostgreSQL's index builds runs in one transaction, so that a migration that was cut off left
/// nothing. Those builds come last, by themselves, and block nobody; one that was cut off is part of the next plan.
pub(crate) fn migrate(
    conn: &mut Conn,
    ctx: &Ctx,
    wanted: Catalogue,
    allow: MigrationClass,
) -> Result<(MigrationPlan, Arc<Schema>), StoreError> {
    let mut migration = plan(conn, &wanted)?;
    let asked = |step: &&Step| !matches!(step.action, Action::Drop(_)) && step.class > allow;
    if let Some(step) = migration.steps.iter().find(asked) {
        return Err(StoreError::MigrationClass(step.class));
    }
    let alone = conn.dialect() != Dialect::Sqlite;
    let outcome = conn.begin_write().and_then(|()| {
        if alone {
            conn.execute("SET LOCAL lock_timeout = '10s'", &[])?;
        }
        run_steps(conn, ctx, &mut migration, allow, alone)?;
        match conn.dialect() {
            Dialect::Sqlite => tally::drop_all(conn)?,
            Dialect::Postgres => tally::delta::drop_all(conn)?,
            Dialect::Citus => {}
        }
        install::install(conn, &migration.schema.catalogue, &migration.retired, ctx.clock.now().0)?;
        conn.commit()
    });
    if let Err(error) = outcome {
        conn.rollback();
        return Err(error);
    }
    if alone {
        for step in migration.steps.iter().filter(|step| matches!(step.action, Action::Alone)) {
            conn.batch(&step.sql)?;
        }
    } else if migration.steps.iter().any(|step| matches!(step.action, Action::Convert { .. })) {
        // Old pages of what was rewritten leave the log as well.
        conn.rows("PRAGMA wal_checkpoint(TRUNCATE)", &[], |_| Ok(()))?;
        conn.batch("PRAGMA secure_delete = OFF")?;
    }
    Ok((migration.plan(), migration.schema))
}

fn run_steps(
    conn: &mut Conn,
    ctx: &Ctx,
    migration: &mut Migration,
    allow: MigrationClass,
    alone: bool,
) -> Result<(), StoreError> {
    let schema = migration.schema.clone();
    let mut retired = std::mem::take(&mut migration.retired);
    for step in &migration.steps {
        match &step.action {
            Action::Sql => conn.batch(&step.sql)?,
            // PostgreSQL builds indexes concurrently, which no transaction may contain.
            Action::Alone if alone => {}
            Action::Alone => conn.batch(&step.sql)?,
            Action::Nothing => {}
            Action::Drop(_) if allow == MigrationClass::Destructive => conn.batch(&step.sql)?,
            Action::Drop(name) => retired.push(name.clone()),
            Action::Claim(field) => claim(conn, ctx, schema.plan(&step.entity)?, field)?,
            Action::Unclaim(field) => {
                let text = "DELETE FROM linli_claim WHERE entity = $1 AND field = $2";
                conn.execute(text, &[Val::text(&step.entity), Val::text(field)])?;
            }
            Action::Convert { was, field } => convert(conn, ctx, schema.plan(&step.entity)?, was, field)?,
            Action::Fit(field) => fit(conn, schema.plan(&step.entity)?, field)?,
        }
    }
    migration.retired = retired;
    Ok(())
}

/// Claims every living record's value of a field that became unique.
fn claim(conn: &mut Conn, ctx: &Ctx, plan: &EntityPlan, name: &str) -> Result<(), StoreError> {
    let field = plan.field(name)?;
    let columns = field.column_names();
    let column = if field.is_sealed() { columns[1] } else { columns[0] };
    let mut last = (String::new(), uuid::Uuid::nil());
    let mut doubles = 0;
    loop {
        let text = format!(
            "SELECT home, id, {column} FROM {} WHERE (home, id) > ($1, $2) AND ended_on IS NULL AND {column} IS NOT NULL \
             ORDER BY home, id LIMIT {ROWS}",
            quoted(&plan.table)
        );
        let rows = conn.rows(&text, &[Val::text(&last.0), Val::Id(last.1)], |row| {
            let hash = if field.is_sealed() {
                row.bytes(2)?
            } else {
                let kind = &field.field.kind;
                let clear = clear_text(&decode(row, 2, kind)?, kind).unwrap_or_default();
                ctx.crypto.lookup(hash_kind(kind), &clear)
            };
            Ok((row.text(0)?, row.id(1)?, hash))
        })?;
        let Some(end) = rows.last() else { break };
        last = (end.0.clone(), end.1);
        let mut params = Vec::with_capacity(rows.len() * 5);
        for (home, id, hash) in &rows {
            params.extend([Val::Bytes(hash.clone()), Val::text(&plan.entity.name), Val::text(name)]);
            params.extend([Val::text(home), Val::Id(*id)]);
        }
        let text = insert_text("linli_claim", "hash, entity, field, home, id", 5, rows.len());
        let made = conn.execute(&format!("{text} ON CONFLICT DO NOTHING"), &params)?;
        doubles += rows.len() as u64 - made;
    }
    if doubles == 0 {
        return Ok(());
    }
    Err(StoreError::InTheWay(format!("{} `{name}`: {doubles} records share a value with another", plan.entity.name)))
}

/// Refuses a narrower type when values do not fit it.
fn fit(conn: &mut Conn, plan: &EntityPlan, name: &str) -> Result<(), StoreError> {
    let field = plan.field(name)?;
    let Some(column) = field.open_column() else { return Ok(()) };
    let wrong = match &field.field.kind {
        FieldKind::Text { max } => format!("length({column}) > {max}"),
        FieldKind::Integer { min, max } => {
            format!("{column} < {} OR {column} > {}", min.unwrap_or(i64::MIN + 1), max.unwrap_or(i64::MAX))
        }
        _ => return Ok(()),
    };
    let rows = conn.number(&format!("SELECT count(*) FROM {} WHERE {wrong}", quoted(&plan.table)), &[])?;
    if rows == 0 {
        return Ok(());
    }
    Err(StoreError::InTheWay(format!("{} `{name}`: {rows} records do not fit the new type", plan.entity.name)))
}

/// Carries the values of a field over to the columns it is kept in now.
fn convert(conn: &mut Conn, ctx: &Ctx, plan: &EntityPlan, was: &Field, name: &str) -> Result<(), StoreError> {
    if conn.dialect().is_sqlite() {
        // What was open and is now sealed must not stay behind in free pages.
        conn.batch("PRAGMA secure_delete = ON")?;
    }
    let field = plan.field(name)?;
    let new = field_columns(&field.field);
    let old: Vec<Column> =
        field_columns(was).into_iter().map(|column| Column { name: kept_as(&column, &new), ..column }).collect();
    let mut bad = 0;
    for (table, key) in [(&plan.table, "home, id, version"), (&plan.past, "home, id, version")] {
        let mut last = (String::new(), uuid::Uuid::nil(), 0);
        loop {
            let select = quoted_list(&old.iter().map(|column| column.name.as_str()).collect::<Vec<_>>());
            let text = format!(
                "SELECT {key}, {select} FROM {} WHERE ({key}) > ($1, $2, $3) ORDER BY {key} LIMIT {ROWS}",
                quoted(table)
            );
            let params = [Val::text(&last.0), Val::Id(last.1), Val::Int(last.2)];
            let rows = conn.rows(&text, &params, |row| {
                let cells: Vec<Val> = old
                    .iter()
                    .enumerate()
                    .map(|(at, column)| row.value(at + 3, column.kind))
                    .collect::<Result<_, _>>()?;
                Ok(((row.text(0)?, row.id(1)?, row.int(2)?), cells))
            })?;
            let Some(end) = rows.last() else { break };
            last = end.0.clone();
            for (key, cells) in rows {
                let id = RecordId(key.1);
                match carried(ctx, plan, was, field, id, &cells)? {
                    Some(value) => write_cells(conn, ctx, plan, field, table, &key, &value)?,
                    None => bad += 1,
                }
            }
        }
    }
    if bad == 0 {
        return Ok(());
    }
    Err(StoreError::InTheWay(format!("{} `{name}`: {bad} values cannot be carried over", plan.entity.name)))
}

fn write_cells(
    conn: &mut Conn,
    ctx: &Ctx,
    plan: &EntityPlan,
    field: &FieldPlan,
    table: &str,
    key: &(String, uuid::Uuid, i64),
    value: &Value,
) -> Result<(), StoreError> {
    let mut params = Vec::with_capacity(6);
    encode_field(&ctx.crypto, plan, field, RecordId(key.1), value, &mut params)?;
    let sets: Vec<String> =
        field.column_names().iter().enumerate().map(|(at, column)| format!("{column} = ${}", at + 1)).collect();
    let width = params.len();
    params.extend([Val::text(&key.0), Val::Id(key.1), Val::Int(key.2)]);
    let text = format!(
        "UPDATE {} SET {} WHERE home = ${} AND id = ${} AND version = ${}",
        quoted(table),
        sets.join(", "),
        width + 1,
        width + 2,
        width + 3
    );
    conn.execute(&text, &params)?;
    Ok(())
}

/// The value of old cells as a value of the field's new type; `None` when it cannot be one.
fn carried(
    ctx: &Ctx,
    plan: &EntityPlan,
    was: &Field,
    field: &FieldPlan,
    id: RecordId,
    cells: &[Val],
) -> Result<Option<Value>, StoreError> {
    let clear = if was.sensitivity == Sensitivity::Sensitive {
        match cells.first() {
            Some(Val::Bytes(sealed)) => Some(ctx.crypto.open(&plan.place(&was.name, id), sealed)?),
            _ => None,
        }
    } else {
        clear_text(&decode(cells, 0, &was.kind)?, &was.kind)
    };
    let Some(clear) = clear else { return Ok(Some(Value::Null)) };
    let clear = match (&was.kind, &field.field.kind) {
        (FieldKind::Money, FieldKind::Money) => clear,
        // Money is kept in fen and read as yuan.
        (FieldKind::Money, _) => linli_domain::value::decimal_text(clear.parse().unwrap_or_default(), 2),
        _ => clear,
    };
    let kind = &field.field.kind;
    let json = match kind {
        FieldKind::Integer { .. } => clear.parse::<i64>().map_or(Json::Null, Json::from),
        FieldKind::Money if !matches!(was.kind, FieldKind::Money) => {
            parse_decimal(&clear, 2).map_or(Json::Null, Json::from)
        }
        FieldKind::Money => clear.parse::<i64>().map_or(Json::Null, Json::from),
        FieldKind::Bool => clear.parse::<bool>().map_or(Json::Null, Json::from),
        FieldKind::Codes { .. } => clear.split('|').collect::<Vec<_>>().into(),
        FieldKind::Time => return Ok(clear.parse().ok().map(|moment| Value::Time(linli_domain::Timestamp(moment)))),
        _ => Json::String(clear),
    };
    Ok(Value::from_json(&json, kind).filter(|value| !value.is_null()))
}

/// Type of a column as the archive of a backup names it.
pub(crate) fn type_of(name: &str) -> ColumnType {
    match name {
        "bigint" => ColumnType::Int,
        "bytea" => ColumnType::Bytes,
        "uuid" => ColumnType::Id,
        _ => ColumnType::Text,
    }
}
