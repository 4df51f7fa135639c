//! Every difference between SQLite, PostgreSQL and Citus, and nothing else.
//!
//! Statements are written once, as text that all three understand: `$n` parameters in the order of their first use (what
//! [`crate::sql::Sql`] builds is numbered as each dialect needs it), `ON CONFLICT`, `IS NOT DISTINCT FROM`,
//! byte-ordered text, whole numbers of 64 bits. What cannot be said the same way is a method of [`Dialect`].

pub(crate) mod citus;
mod conn;
pub(crate) mod postgres;
mod row;
pub(crate) mod sqlite;
mod tls;

pub(crate) use conn::Conn;
pub(crate) use row::{Each, Row, Val};

use crate::schema::table::{Column, ColumnType, Index, Spread, Table};

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
    Citus,
}

impl Dialect {
    pub(crate) fn is_sqlite(self) -> bool {
        self == Self::Sqlite
    }

    /// Most parameters a statement may have.
    pub(crate) fn max_params(self) -> usize {
        if self.is_sqlite() { 32_000 } else { 60_000 }
    }

    fn column_type(self, kind: ColumnType) -> &'static str {
        match (self, kind) {
            (Self::Sqlite, ColumnType::Int) => "INTEGER",
            (Self::Sqlite, ColumnType::Text) => "TEXT",
            (Self::Sqlite, ColumnType::Bytes | ColumnType::Id) => "BLOB",
            (_, ColumnType::Int) => "BIGINT",
            (_, ColumnType::Text) => "TEXT COLLATE \"C\"",
            (_, ColumnType::Bytes) => "BYTEA",
            (_, ColumnType::Id) => "UUID",
        }
    }

    fn column(self, column: &Column) -> String {
        let required = if column.required { " NOT NULL" } else { "" };
        format!("{} {}{required}", quoted(&column.name), self.column_type(column.kind))
    }

    /// `CREATE TABLE`.
    pub(crate) fn create_table(self, table: &Table) -> String {
        let mut columns: Vec<String> = table.columns.iter().map(|column| self.column(column)).collect();
        columns.push(format!("PRIMARY KEY ({})", quoted_list(&self.key(table))));
        let tail = match (self, table.clustered) {
            (Self::Sqlite, true) => " STRICT, WITHOUT ROWID",
            (Self::Sqlite, false) => " STRICT",
            _ => "",
        };
        format!("CREATE TABLE IF NOT EXISTS {} (\n  {}\n){tail}", quoted(&table.name), columns.join(",\n  "))
    }

    /// The key, in the order it is stored. Only a distributed table needs its home first; where nothing is distributed the
    /// id comes first, because ids are made in order and new rows then go to the end of the key.
    fn key(self, table: &Table) -> Vec<String> {
        let mut key = table.key.clone();
        if self.is_sqlite() && table.spread == Spread::By("home") {
            key.rotate_left(1);
        }
        if let (true, Some(at)) = (self.is_sqlite(), key.iter().position(|column| column == "version")) {
            // (id, version, home)
            key[1..=at].rotate_right(1);
        }
        key
    }

    /// Whether a table needs an index that its key does not already serve.
    pub(crate) fn wants(self, table: &Table, index: &Index) -> bool {
        !self.is_sqlite() || index.unique || !self.key(table).starts_with(&index.columns)
    }

    /// `ALTER TABLE … ADD COLUMN`: never reads or writes a row.
    pub(crate) fn add_column(self, table: &str, column: &Column) -> String {
        let open = Column { required: false, ..column.clone() };
        format!("ALTER TABLE {} ADD COLUMN {}", quoted(table), self.column(&open))
    }

    /// `CREATE INDEX`, on PostgreSQL without blocking writers when `live`.
    pub(crate) fn create_index(self, table: &str, index: &Index, live: bool) -> String {
        let live = if live && self != Self::Sqlite { "CONCURRENTLY " } else { "" };
        let unique = if index.unique { "UNIQUE " } else { "" };
        let nulls = if self.is_sqlite() { "" } else { " NULLS FIRST" };
        let columns: Vec<String> = index.columns.iter().map(|column| format!("{}{nulls}", quoted(column))).collect();
        format!(
            "CREATE {unique}INDEX {live}IF NOT EXISTS {} ON {} ({}){}",
            quoted(&index.name),
            quoted(table),
            columns.join(", "),
            if index.only.is_empty() { String::new() } else { format!(" WHERE {}", index.only) }
        )
    }

    /// `DROP INDEX`.
    pub(crate) fn drop_index(self, index: &str, live: bool) -> String {
        let live = if live && self != Self::Sqlite { "CONCURRENTLY " } else { "" };
        format!("DROP INDEX {live}IF EXISTS {}", quoted(index))
    }

    /// Whether `column` contains the text of `param`, byte for byte.
    pub(crate) fn contains(self, column: &str, param: &str) -> String {
        let function = if self.is_sqlite() { "instr" } else { "strpos" };
        format!("{function}({column}, {param}) > 0")
    }

    /// A table with the index it must be read by; only SQLite, which keeps no statistics, needs to be told.
    pub(crate) fn by_index(self, table: &str, index: &str) -> String {
        if self.is_sqlite() { format!("{} INDEXED BY {}", quoted(table), quoted(index)) } else { quoted(table) }
    }

    /// An `id` to sort by that no index offers in order, so that the filter decides how the table is read.
    pub(crate) fn unindexed_id(self, id: &str) -> String {
        if self.is_sqlite() { format!("+{id}") } else { format!("CAST({id} AS TEXT) COLLATE \"C\"") }
    }

    /// What to append to a row's `SELECT` so that nobody else changes it before this transaction ends.
    pub(crate) fn for_update(self) -> &'static str {
        if self.is_sqlite() { "" } else { " FOR UPDATE" }
    }

    /// The same, leaving out rows that someone else holds.
    pub(crate) fn for_update_skip_locked(self) -> &'static str {
        if self.is_sqlite() { "" } else { " FOR UPDATE SKIP LOCKED" }
    }

    /// A text parameter, compared by bytes.
    pub(crate) fn text(self, param: &str) -> String {
        if self.is_sqlite() { param.to_owned() } else { format!("CAST({param} AS TEXT) COLLATE \"C\"") }
    }

    /// A number made wide enough to be calculated with.
    pub(crate) fn wide(self, value: &str) -> String {
        if self.is_sqlite() { value.to_owned() } else { format!("CAST({value} AS NUMERIC)") }
    }

    /// Division that truncates toward zero and is null by zero.
    pub(crate) fn divide(self, left: &str, right: &str) -> String {
        if self.is_sqlite() {
            format!("({left} / NULLIF({right}, 0))")
        } else {
            format!("div({left}, NULLIF({right}, 0))")
        }
    }

    /// One step of a calculation, null when it leaves 64 bits.
    pub(crate) fn checked(self, number: String) -> String {
        if self.is_sqlite() {
            // What does not fit becomes a REAL and stays one; `whole` sees it.
            return number;
        }
        format!(
            "(SELECT CASE WHEN step BETWEEN -9223372036854775808 AND 9223372036854775807 THEN step END \
             FROM (SELECT {number} AS step) AS calculation)"
        )
    }

    /// A calculated number as 64 bits, null when a step did not fit.
    pub(crate) fn whole(self, number: &str) -> String {
        if self.is_sqlite() {
            format!("(CASE typeof({number}) WHEN 'integer' THEN {number} END)")
        } else {
            format!("CAST({number} AS BIGINT)")
        }
    }

    /// A day so many days later, null when that is more than `most`.
    pub(crate) fn add_days(self, date: &str, days: &str, most: i64) -> String {
        let sum = if self.is_sqlite() {
            format!("date({date}, {days} || ' days')")
        } else {
            format!("to_char(CAST({date} AS DATE) + CAST({days} AS INTEGER), 'YYYY-MM-DD') COLLATE \"C\"")
        };
        format!("(CASE WHEN {days} BETWEEN -{most} AND {most} THEN {sum} END)")
    }

    /// Days from one day to another.
    pub(crate) fn days_between(self, later: &str, earlier: &str) -> String {
        if self.is_sqlite() {
            format!("CAST(julianday({later}) - julianday({earlier}) AS INTEGER)")
        } else {
            format!("CAST(CAST({later} AS DATE) - CAST({earlier} AS DATE) AS BIGINT)")
        }
    }
}

/// An identifier in quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Identifiers in quotes, with commas.
pub(crate) fn quoted_list<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| quoted(name.as_ref())).collect::<Vec<_>>().join(", ")
}
