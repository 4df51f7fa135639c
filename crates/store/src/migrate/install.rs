//! The fixed tables and the installed Catalogue.

use std::collections::BTreeSet;

use linli_domain::Catalogue;

use crate::{
    StoreConfig, StoreError,
    crypto::Crypto,
    dialect::{Conn, Dialect, Val, citus},
    schema::fixed,
    tables::audit::CHAINS,
    tally,
};

/// Makes the fixed tables when they are absent, checks version and keys, and reads the installed Catalogue.
pub(crate) fn open(conn: &mut Conn, config: &StoreConfig) -> Result<Catalogue, StoreError> {
    let crypto = Crypto::new(&config.keys)?;
    let dialect = conn.dialect();
    conn.begin_write()?;
    if !dialect.is_sqlite() {
        // Two processes may open an empty database at once.
        conn.execute("SELECT pg_advisory_xact_lock(4711200201)", &[])?;
    }
    let outcome = make_tables(conn, dialect).and_then(|()| check(conn, &crypto));
    match outcome {
        Ok(()) => conn.commit()?,
        Err(error) => {
            conn.rollback();
            return Err(error);
        }
    }
    Ok(installed(conn)?.0)
}

/// Makes the fixed tables that are absent: all of them in an empty database, the newer ones in an older one.
fn make_tables(conn: &mut Conn, dialect: Dialect) -> Result<(), StoreError> {
    match dialect {
        Dialect::Sqlite => conn.batch(tally::TABLES)?,
        Dialect::Postgres => conn.batch(tally::delta::TABLES)?,
        Dialect::Citus => {}
    }
    let fresh = !has_table(conn, "linli_meta")?;
    if !fresh && made_by(conn)? == Some(fixed::VERSION) {
        return Ok(());
    }
    for table in fixed::tables() {
        if !fresh && has_table(conn, &table.name)? {
            continue;
        }
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
    if !fresh {
        return Ok(());
    }
    let chains = if dialect.is_sqlite() { 1 } else { CHAINS };
    for chain in 1..=chains {
        let head = [Val::Int(chain), Val::Bytes(vec![0; 32])];
        conn.execute("INSERT INTO linli_audit_head (chain, seq, hash) VALUES ($1, 0, $2)", &head)?;
    }
    Ok(())
}

/// Version of the fixed tables in a database. A newer one than this program's is refused before anything is made.
fn made_by(conn: &mut Conn) -> Result<Option<i64>, StoreError> {
    let text = "SELECT value FROM linli_meta WHERE key = 'version'";
    let found = conn.first(text, &[], |row| row.text(0))?.and_then(|version| version.parse().ok());
    match found {
        Some(newer) if newer > fixed::VERSION => Err(StoreError::Schema(format!(
            "the database has version {newer}, this program {}; use the newer program",
            fixed::VERSION
        ))),
        found => Ok(found),
    }
}

/// Whether a table is there.
pub(crate) fn has_table(conn: &mut Conn, name: &str) -> Result<bool, StoreError> {
    let text = if conn.dialect().is_sqlite() {
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
    } else {
        "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND CAST(tablename AS TEXT) = $1"
    };
    Ok(conn.number(text, &[Val::text(name)])? > 0)
}

/// Names of the indexes that are there and whole.
pub(crate) fn indexes(conn: &mut Conn) -> Result<BTreeSet<String>, StoreError> {
    let text = if conn.dialect().is_sqlite() {
        "SELECT name FROM sqlite_master WHERE type = 'index'"
    } else {
        "SELECT CAST(relname AS TEXT) FROM pg_class JOIN pg_index ON pg_index.indexrelid = pg_class.oid \
         WHERE indisvalid AND relnamespace = CAST(current_schema() AS regnamespace)"
    };
    Ok(conn.rows(text, &[], |row| row.text(0))?.into_iter().collect())
}

/// What keys and version a database was made with.
fn check(conn: &mut Conn, crypto: &Crypto) -> Result<(), StoreError> {
    let proof = hex::encode(crypto.link(&[b"linli keys"]));
    for (key, value) in [("version", fixed::VERSION.to_string()), ("keys", proof)] {
        let read = "SELECT value FROM linli_meta WHERE key = $1";
        match conn.first(read, &[Val::text(key)], |row| row.text(0))? {
            None => {
                let text = "INSERT INTO linli_meta (key, value) VALUES ($1, $2)";
                conn.execute(text, &[Val::text(key), Val::Text(value)])?;
            }
            Some(found) if found == value => {}
            Some(_) if key == "keys" => return Err(StoreError::WrongKeys),
            Some(_) => {
                let text = "UPDATE linli_meta SET value = $1 WHERE key = $2";
                conn.execute(text, &[Val::Text(value), Val::text(key)])?;
            }
        }
    }
    Ok(())
}

/// The installed Catalogue and what is retired.
pub(crate) fn installed(conn: &mut Conn) -> Result<(Catalogue, Vec<String>), StoreError> {
    let text = "SELECT body, retired FROM linli_catalogue WHERE id = 1";
    match conn.first(text, &[], |row| Ok((row.text(0)?, row.text(1)?)))? {
        None => Ok((Catalogue::default(), Vec::new())),
        Some((body, retired)) => Ok((serde_json::from_str(&body)?, serde_json::from_str(&retired)?)),
    }
}

/// What changes whenever a Catalogue is installed, by whatever process; it only grows.
pub(crate) fn mark(conn: &mut Conn) -> Result<Option<i64>, StoreError> {
    if conn.dialect().is_sqlite() {
        return conn.schema_mark();
    }
    conn.first("SELECT at FROM linli_catalogue WHERE id = 1", &[], |row| row.int(0))
}

/// Keeps the installed Catalogue.
pub(crate) fn install(conn: &mut Conn, catalogue: &Catalogue, retired: &[String], at: i64) -> Result<(), StoreError> {
    let text = "INSERT INTO linli_catalogue (id, body, retired, at) VALUES (1, $1, $2, $3) \
                ON CONFLICT (id) DO UPDATE SET body = excluded.body, retired = excluded.retired, at = CASE \
                WHEN excluded.at > linli_catalogue.at THEN excluded.at ELSE linli_catalogue.at + 1 END";
    let body = Val::Text(serde_json::to_string(catalogue)?);
    conn.execute(text, &[body, Val::Text(serde_json::to_string(retired)?), Val::Int(at)])?;
    if conn.dialect().is_sqlite() {
        // SQLite's mark moves with the tables only; other processes must notice new roles and labels as well.
        conn.batch("CREATE TABLE linli_mark (at INTEGER); DROP TABLE linli_mark")?;
    }
    Ok(())
}
