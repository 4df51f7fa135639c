//! PostgreSQL tables as parts of an archive.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::archive::{Reading, Writing};
use crate::{
    StoreError,
    dialect::{Conn, Dialect, Val, citus, quoted, quoted_list},
    migrate::{apply::type_of, install},
    schema::{
        Schema, fixed,
        table::{Column, Table},
    },
};

/// A table's columns as they are, retired ones too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Shape {
    name: String,
    /// Name, type, whether it must have a value.
    columns: Vec<(String, String, bool)>,
    key: Vec<String>,
}

impl Shape {
    fn part(&self) -> String {
        format!("tables/{}", self.name)
    }

    fn columns(&self) -> String {
        quoted_list(&self.columns.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>())
    }

    fn table(&self) -> Table {
        let column = |(name, kind, required): &(String, String, bool)| Column {
            name: name.clone(),
            kind: type_of(kind),
            required: *required,
        };
        Table {
            name: self.name.clone(),
            columns: self.columns.iter().map(column).collect(),
            key: self.key.clone(),
            ..Table::default()
        }
    }
}

/// All tables the program made.
fn known(conn: &mut Conn) -> Result<Vec<Table>, StoreError> {
    let (catalogue, _) = install::installed(conn)?;
    let schema = Schema::of(std::sync::Arc::new(catalogue))?;
    let mut tables = fixed::tables();
    tables.extend(schema.plans().flat_map(crate::schema::EntityPlan::tables));
    Ok(tables)
}

/// Appends every table to the archive.
pub(super) fn write(conn: &mut Conn, archive: &mut Writing) -> Result<(Vec<Shape>, BTreeMap<String, u64>), StoreError> {
    let (mut shapes, mut rows) = (Vec::new(), BTreeMap::new());
    for table in known(conn)? {
        let text = "SELECT column_name::text, data_type::text, (is_nullable = 'NO')::int::bigint \
                    FROM information_schema.columns WHERE table_schema = current_schema() AND CAST(table_name AS TEXT) = $1 \
                    ORDER BY ordinal_position";
        let columns =
            conn.rows(text, &[Val::text(&table.name)], |row| Ok((row.text(0)?, row.text(1)?, row.int(2)? != 0)))?;
        let shape = Shape { name: table.name.clone(), columns, key: table.key.clone() };
        archive.begin(&shape.part())?;
        let text = format!("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)", shape.columns(), quoted(&table.name));
        if let Conn::Postgres(pg) = conn {
            pg.copy_out(&text, &mut |piece| archive.append(piece))?;
        }
        archive.end();
        let count = conn.number(&format!("SELECT count(*) FROM {}", quoted(&table.name)), &[])?;
        rows.insert(table.name, u64::try_from(count).unwrap_or_default());
        shapes.push(shape);
    }
    Ok((shapes, rows))
}

/// Makes every table of an archive in an empty database.
pub(super) fn restore(
    conn: &mut Conn,
    archive: &mut Reading,
    shapes: &[Shape],
    parts: &BTreeMap<String, String>,
) -> Result<(), StoreError> {
    if install::has_table(conn, "linli_meta")? {
        return Err(StoreError::Exists("the target holds an installation".into()));
    }
    conn.begin_write()?;
    let outcome = restore_tables(conn, archive, shapes, parts).and_then(|()| conn.commit());
    if outcome.is_err() {
        conn.rollback();
    }
    outcome
}

fn restore_tables(
    conn: &mut Conn,
    archive: &mut Reading,
    shapes: &[Shape],
    parts: &BTreeMap<String, String>,
) -> Result<(), StoreError> {
    let dialect = conn.dialect();
    for shape in shapes {
        conn.batch(&dialect.create_table(&shape.table()))?;
        // A part is handed out in pieces and `COPY` asks for them: one is collected, the next is sent.
        let mut pieces = std::collections::VecDeque::new();
        archive.read(&shape.part(), parts, &mut |piece| {
            pieces.push_back(piece.to_vec());
            Ok(())
        })?;
        let text = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", quoted(&shape.name), shape.columns());
        if let Conn::Postgres(pg) = conn {
            pg.copy_in(&text, &mut || Ok(pieces.pop_front()))?;
        }
    }
    for table in known(conn)? {
        // A backup of an older program has no rows for the newer tables.
        conn.batch(&dialect.create_table(&table))?;
        if dialect == Dialect::Citus
            && let Some(spread) = citus::spread(&table)
        {
            conn.batch(&spread)?;
        }
        for index in table.indexes.iter().filter(|index| dialect.wants(&table, index)) {
            conn.batch(&dialect.create_index(&table.name, index, false))?;
        }
    }
    Ok(())
}
