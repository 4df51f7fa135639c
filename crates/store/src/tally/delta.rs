//! Roll-ups of PostgreSQL, which has several writers. A shared row of sums would make them wait for one another; so a
//! transaction only appends what it changes (`linli_roll_delta`), a figure is what was folded plus what was not yet, and
//! what was appended is folded into the sums now and then.
//!
//! Writers append for every roll-up their Catalogue declares, kept or not. A build counts the rows of one snapshot and drops
//! what that snapshot shows to have been appended: what commits later is in neither and is added when it shows. So nobody
//! waits for a build. Builds and folds wait for each other, in all processes, by a lock that no reader or writer takes.
//!
//! On Citus rows are counted: no one snapshot spans its nodes, so a build could not tell what it has counted.

use std::{collections::BTreeMap, sync::LazyLock};

use super::roll::{self, Sums};
use crate::{
    StoreError,
    dialect::{Conn, Dialect, Val},
    run::Ctx,
    schema::insert::Insert,
};

/// The tables, made when they are absent. `linli_roll_delta` has no key: two transactions may append the same.
pub(crate) const TABLES: &str = "\
    CREATE TABLE IF NOT EXISTS linli_rolled (id TEXT COLLATE \"C\" PRIMARY KEY, entity TEXT COLLATE \"C\" NOT NULL);
    CREATE TABLE IF NOT EXISTS linli_rollup (id TEXT COLLATE \"C\" NOT NULL, depth BIGINT NOT NULL,
        path TEXT COLLATE \"C\" NOT NULL, n BIGINT NOT NULL, s BIGINT NOT NULL, PRIMARY KEY (id, depth, path));
    CREATE TABLE IF NOT EXISTS linli_roll_delta (id TEXT COLLATE \"C\" NOT NULL, path TEXT COLLATE \"C\" NOT NULL,
        n BIGINT NOT NULL, s BIGINT NOT NULL);
    CREATE INDEX IF NOT EXISTS linli_roll_delta_at ON linli_roll_delta (id, path);";

/// Keeps builds and folds apart. Reading and appending go on.
const APART: &str = "LOCK TABLE linli_rolled IN SHARE ROW EXCLUSIVE MODE";

/// Rows folded by one transaction.
const FOLDED: usize = 20_000;

static APPEND: LazyLock<Insert> = LazyLock::new(|| Insert::new("linli_roll_delta", "id, path, n, s", 4, 256));

/// Whether roll-ups are kept.
pub(crate) fn is_kept(dialect: Dialect) -> bool {
    dialect != Dialect::Citus
}

/// Appends what a batch changes, by roll-up and community.
pub(crate) fn append(conn: &mut Conn, made: Vec<(String, String, i64, i64)>) -> Result<(), StoreError> {
    let mut sums: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for (id, path, n, sum) in made {
        let entry = sums.entry((id, path)).or_default();
        *entry = (entry.0 + n, entry.1.saturating_add(sum));
    }
    let row = |((id, path), (n, sum))| vec![Val::Text(id), Val::Text(path), Val::Int(n), Val::Int(sum)];
    let rows: Vec<Vec<Val>> = sums.into_iter().filter(|(_, by)| *by != (0, 0)).map(row).collect();
    if !rows.is_empty() {
        conn.insert_all(&[(&*APPEND, rows)])?;
    }
    Ok(())
}

/// Begins a build: one snapshot, taken once no other build or fold is under way.
pub(crate) fn begin_build(conn: &mut Conn) -> Result<(), StoreError> {
    conn.begin_write()?;
    conn.batch(&format!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; {APART}"))
}

/// Drops what was appended and is in the rows that this snapshot shows.
pub(crate) fn forget(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    conn.execute("DELETE FROM linli_roll_delta WHERE id = $1", &[Val::text(id)])?;
    Ok(())
}

/// Drops all roll-ups, because rows move at once; whoever builds them waits for this transaction to end.
pub(crate) fn drop_all(conn: &mut Conn) -> Result<(), StoreError> {
    conn.batch(&format!("{APART}; DELETE FROM linli_rollup; DELETE FROM linli_rolled"))
}

/// What was appended and not folded yet, added to `sums` of every area above it.
pub(crate) fn unfolded(conn: &mut Conn, id: &str, sums: &mut Sums) -> Result<(), StoreError> {
    let text = "SELECT path, CAST(sum(n) AS BIGINT), CAST(sum(s) AS BIGINT) FROM linli_roll_delta WHERE id = $1 \
                GROUP BY path";
    conn.query(text, &[Val::text(id)], &mut |row| {
        roll::up(sums, id, &row.text(0)?, row.int(1)?, row.int(2)?);
        Ok(())
    })
}

/// Folds what was appended into the sums; what belongs to no roll-up that is kept is dropped, a later build counts it.
pub(crate) fn fold(conn: &mut Conn) -> Result<(), StoreError> {
    loop {
        let outcome = fold_some(conn);
        if outcome.is_err() {
            conn.rollback();
        }
        if outcome? < FOLDED {
            return Ok(());
        }
    }
}

fn fold_some(conn: &mut Conn) -> Result<usize, StoreError> {
    if conn.number("SELECT count(*) FROM (SELECT 1 FROM linli_roll_delta LIMIT 1) AS waiting", &[])? == 0 {
        return Ok(0);
    }
    conn.begin_write()?;
    conn.batch(APART)?;
    let text = format!(
        "DELETE FROM linli_roll_delta WHERE ctid = ANY (ARRAY(SELECT ctid FROM linli_roll_delta LIMIT {FOLDED})) \
         RETURNING id, path, n, s"
    );
    let (mut sums, mut count) = (Sums::new(), 0);
    conn.query(&text, &[], &mut |row| {
        count += 1;
        roll::up(&mut sums, &row.text(0)?, &row.text(1)?, row.int(2)?, row.int(3)?);
        Ok(())
    })?;
    roll::write(conn, sums)?;
    conn.commit()?;
    Ok(count)
}

/// Builds the roll-ups that were asked for, on the thread that looks after the database.
pub(crate) fn build_wished(conn: &mut Conn, ctx: &Ctx) {
    for (entity, fields) in ctx.wishes.take() {
        if let Err(error) = super::build(conn, ctx, &entity, &fields) {
            tracing::warn!(%error, entity, "roll-ups could not be built");
        }
    }
}
