//! Tallies: counts of living records by community and a few coded fields, kept in the transaction that changes them.
//!
//! A count over a million rows reads a million entries of an index. Offices ask for the same few combinations again and
//! again, so the first such count asks for a tally of its fields; it is built beside the checkpoints, and from then on
//! every write adds its difference to a handful of small rows. Only SQLite has tallies: it is one writer that sees every
//! change. Roll-ups are kept on PostgreSQL as well ([`delta`]).

mod ask;
mod build;
pub(crate) mod delta;
pub(crate) mod roll;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use linli_domain::{FieldKind, insight::Roll};

use crate::{
    StoreError,
    dialect::{Conn, Val},
    schema::{EntityPlan, FieldPlan, Storage, values::meta},
};

pub(crate) use build::build;

/// Path segments a tally tells apart: down to the community.
pub(crate) const DEPTH: usize = 5;
/// Most fields of a tally.
pub(crate) const FIELDS: usize = 4;
/// Most tallies of a register; each costs every write a little.
const MOST: usize = 8;
/// A scope of fewer rows is counted by reading them.
const LARGE: i64 = 50_000;

/// The tables, made when they are absent.
pub(crate) const TABLES: &str =
    "CREATE TABLE IF NOT EXISTS linli_tally (id INTEGER PRIMARY KEY, entity TEXT NOT NULL, fields TEXT NOT NULL) STRICT;
     CREATE TABLE IF NOT EXISTS linli_tally_row (tally INTEGER NOT NULL, path TEXT NOT NULL, v1 TEXT NOT NULL,
         v2 TEXT NOT NULL, v3 TEXT NOT NULL, v4 TEXT NOT NULL, n INTEGER NOT NULL,
         PRIMARY KEY (tally, path, v1, v2, v3, v4)) STRICT, WITHOUT ROWID;
     CREATE TABLE IF NOT EXISTS linli_rolled (id TEXT PRIMARY KEY, entity TEXT NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE IF NOT EXISTS linli_rollup (id TEXT NOT NULL, depth INTEGER NOT NULL, path TEXT NOT NULL,
         n INTEGER NOT NULL, s INTEGER NOT NULL, PRIMARY KEY (id, depth, path)) STRICT, WITHOUT ROWID;";

/// A tally: its register and the fields it tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) id: i64,
    pub(crate) entity: String,
    pub(crate) fields: Vec<String>,
}

/// What a row is counted under: the community's path, and a value for each field.
pub(crate) type Key = (String, [String; FIELDS]);

/// All tallies, as of this transaction.
pub(crate) fn all(conn: &mut Conn) -> Result<Arc<Vec<Tally>>, StoreError> {
    let tallies = conn.rows("SELECT id, entity, fields FROM linli_tally ORDER BY id", &[], |row| {
        let fields = row.text(2)?.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Ok(Tally { id: row.int(0)?, entity: row.text(1)?, fields })
    })?;
    Ok(Arc::new(tallies))
}

/// Drops all tallies and roll-ups, because rows are about to change by other ways than writes.
pub(crate) fn drop_all(conn: &mut Conn) -> Result<(), StoreError> {
    conn.batch(
        "DELETE FROM linli_tally_row; DELETE FROM linli_tally; DELETE FROM linli_rollup; DELETE FROM linli_rolled",
    )
}

/// Whether a field can be told apart: one code or a flag.
fn is_coded(field: &FieldPlan) -> bool {
    matches!(field.field.kind, FieldKind::Code { .. } | FieldKind::Bool)
        && matches!(field.storage, Storage::Open { .. })
}

/// A cell as a tally writes it; nothing known is the empty text.
fn mark(cell: &Val) -> String {
    match cell {
        Val::Text(text) => format!("={text}"),
        Val::Int(number) => format!("={number}"),
        _ => String::new(),
    }
}

/// The beginning of a path that a tally tells apart.
fn place(path: &str) -> &str {
    path.match_indices('/').nth(DEPTH - 1).map_or(path, |(at, _)| &path[..at])
}

/// A difference.
enum Made {
    /// Of a tally.
    Tally(i64, Key, i64),
    /// Of a roll-up: its id, the path of the row, rows, sum.
    Roll(String, String, i64, i64),
}

/// Differences that a batch makes.
#[derive(Default)]
pub(crate) struct Changes {
    known: Option<Arc<Vec<Tally>>>,
    rolled: Option<Arc<HashSet<String>>>,
    made: Vec<Made>,
}

impl Changes {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.made.len()
    }

    /// Forgets those after the first `length`.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.made.truncate(length);
    }

    /// Notes that a row with these cells came (`by` 1) or went (-1). Ended rows are not counted.
    pub(crate) fn note(
        &mut self,
        conn: &mut Conn,
        plan: &EntityPlan,
        rolls: &[Roll],
        cells: &[Val],
        by: i64,
    ) -> Result<(), StoreError> {
        if !cells[meta("ended_on")].is_null() || !delta::is_kept(conn.dialect()) {
            return Ok(());
        }
        if !conn.dialect().is_sqlite() {
            self.note_rolls(plan, rolls.iter(), cells, by);
            return Ok(());
        }
        let known = match &self.known {
            Some(known) => known.clone(),
            None => self.known.insert(all(conn)?).clone(),
        };
        let Val::Text(path) = &cells[meta("path")] else { return Ok(()) };
        for tally in known.iter().filter(|tally| tally.entity == plan.entity.name) {
            let mut values: [String; FIELDS] = Default::default();
            for (value, name) in values.iter_mut().zip(&tally.fields) {
                *value = mark(&cells[plan.field(name)?.first]);
            }
            self.made.push(Made::Tally(tally.id, (place(path).to_owned(), values), by));
        }
        if rolls.is_empty() {
            return Ok(());
        }
        let kept = match &self.rolled {
            Some(kept) => kept.clone(),
            None => self.rolled.insert(Arc::new(roll::kept(conn)?)).clone(),
        };
        self.note_rolls(plan, rolls.iter().filter(|one| kept.contains(&one.id)), cells, by);
        Ok(())
    }

    fn note_rolls<'r>(&mut self, plan: &EntityPlan, rolls: impl Iterator<Item = &'r Roll>, cells: &[Val], by: i64) {
        let Val::Text(path) = &cells[meta("path")] else { return };
        for one in rolls {
            if let Some((n, sum)) = roll::contribution(one, plan, cells) {
                self.made.push(Made::Roll(one.id.clone(), place(path).to_owned(), n * by, sum.saturating_mul(by)));
            }
        }
    }

    /// Adds them to the tallies that are still there.
    pub(crate) fn write(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        if self.made.is_empty() {
            return Ok(());
        }
        if !conn.dialect().is_sqlite() {
            let rolls = self.made.drain(..).filter_map(|made| match made {
                Made::Tally(..) => None,
                Made::Roll(id, path, n, sum) => Some((id, path, n, sum)),
            });
            return delta::append(conn, rolls.collect());
        }
        let mut sums: BTreeMap<(i64, Key), i64> = BTreeMap::new();
        let mut rolled: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
        for made in self.made.drain(..) {
            match made {
                Made::Tally(tally, key, by) => *sums.entry((tally, key)).or_default() += by,
                Made::Roll(id, path, n, sum) => roll::up(&mut rolled, &id, &path, n, sum),
            }
        }
        if !sums.is_empty() {
            let there: HashSet<i64> = all(conn)?.iter().map(|tally| tally.id).collect();
            for ((tally, key), by) in sums.into_iter().filter(|((tally, _), by)| *by != 0 && there.contains(tally)) {
                add(conn, tally, key, by)?;
            }
        }
        roll::write(conn, rolled)
    }
}

fn add(conn: &mut Conn, tally: i64, (path, values): Key, by: i64) -> Result<(), StoreError> {
    let text = "INSERT INTO linli_tally_row (tally, path, v1, v2, v3, v4, n) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                ON CONFLICT (tally, path, v1, v2, v3, v4) DO UPDATE SET n = n + excluded.n";
    let mut params = vec![Val::Int(tally), Val::Text(path)];
    params.extend(values.map(Val::Text));
    params.push(Val::Int(by));
    conn.execute(text, &params)?;
    Ok(())
}

/// Tallies that counts asked for and what is known about them. A guess that is lost costs one slow count.
pub(crate) struct Wishes {
    inner: Mutex<Inner>,
}

struct Inner {
    large: i64,
    asked: Vec<(String, Vec<String>)>,
    /// Combinations of too many values, or of fields that are gone.
    refused: HashSet<(String, Vec<String>)>,
    /// When each was last of use, counted in uses.
    used: HashMap<i64, u64>,
    uses: u64,
}

impl Default for Wishes {
    fn default() -> Self {
        let inner = Inner { large: LARGE, asked: Vec::new(), refused: HashSet::new(), used: HashMap::new(), uses: 0 };
        Self { inner: Mutex::new(inner) }
    }
}

impl Wishes {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows of a scope from which on a tally is worth its while.
    pub(crate) fn large(&self) -> i64 {
        self.lock().large
    }

    pub(crate) fn set_large(&self, rows: i64) {
        self.lock().large = rows;
    }

    /// Asks for the roll-ups of a register.
    pub(crate) fn ask_rolls(&self, entity: &str) {
        self.ask(entity, vec![roll::WISH.to_owned()]);
    }

    fn ask(&self, entity: &str, fields: Vec<String>) {
        let mut inner = self.lock();
        let wish = (entity.to_owned(), fields);
        if inner.asked.len() < MOST && !inner.refused.contains(&wish) && !inner.asked.contains(&wish) {
            inner.asked.push(wish);
        }
    }

    fn use_of(&self, tally: i64) {
        let mut inner = self.lock();
        inner.uses += 1;
        let now = inner.uses;
        inner.used.insert(tally, now);
    }

    fn refuse(&self, entity: &str, fields: &[String]) {
        self.lock().refused.insert((entity.to_owned(), fields.to_vec()));
    }

    /// The one that was of use longest ago.
    fn stalest<'t>(&self, tallies: impl Iterator<Item = &'t Tally>) -> Option<i64> {
        let inner = self.lock();
        tallies.map(|tally| tally.id).min_by_key(|id| inner.used.get(id).copied().unwrap_or_default())
    }

    /// What was asked for since.
    pub(crate) fn take(&self) -> Vec<(String, Vec<String>)> {
        std::mem::take(&mut self.lock().asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_apart_down_to_the_community() {
        assert_eq!(place("23/01/02/001/003/001/B2"), "23/01/02/001/003");
        assert_eq!(place("23/01"), "23/01");
    }

    #[test]
    fn nothing_known_is_no_code() {
        assert_eq!(mark(&Val::Null), "");
        assert_eq!(mark(&Val::text("")), "=");
        assert_eq!(mark(&Val::Int(1)), "=1");
    }
}
