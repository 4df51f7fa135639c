//! The records a template is filled from: the row's own, and the households and dwellings they refer to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use linli_domain::{AreaPath, Permit, Record, RecordId, Timestamp, Value, expr::TypedExpr, record::ListQuery};
use linli_store::{ReadTx, StoreError, tx::Clear};

use crate::sheet::parts::Parts;

/// A record with the sensitive values the filler may show.
#[derive(Debug, Clone, PartialEq)]
pub struct Full {
    /// The record.
    pub record: Record,
    /// Sensitive values in clear, when that was permitted.
    pub clear: Clear,
}

/// Which records fill a table.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Area.
    pub area: AreaPath,
    /// Which of them.
    pub filter: Option<TypedExpr>,
    /// As of when; now when absent.
    pub as_of: Option<Timestamp>,
    /// Whether sensitive values are read in clear: the permits must have the verb `Reveal`.
    pub clear: bool,
    /// Parts that are looked at beside the row's own.
    pub parts: BTreeSet<usize>,
}

/// The records of a table.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The rows' own records.
    pub main: Vec<Full>,
    /// Those they refer to, by part and id.
    pub related: BTreeMap<usize, HashMap<RecordId, Full>>,
}

/// Ids asked for in one statement.
const AT_ONCE: usize = 500;

impl Loaded {
    /// Reads the records; `permits` are by part.
    pub fn read(
        tx: &mut ReadTx<'_>,
        permits: &[Permit],
        names: &[String],
        refs: &[Option<(usize, String)>],
        wanted: &Wanted,
    ) -> Result<Self, StoreError> {
        let mut loaded = Self::default();
        let query = ListQuery {
            area: Some(wanted.area.clone()),
            filter: wanted.filter.clone(),
            as_of: wanted.as_of,
            ..ListQuery::of(&names[0])
        };
        all(tx, &permits[0], &query, wanted.clear, &mut |full| loaded.main.push(full))?;
        for part in 1..permits.len() {
            let Some(Some((from, field))) = refs.get(part) else { continue };
            if !wanted.parts.iter().any(|wanted| leads(refs, *wanted, part)) {
                continue;
            }
            let ids: BTreeSet<RecordId> = match from {
                0 => loaded.main.iter().filter_map(|full| reference(&full.record, field)).collect(),
                from => {
                    let above = loaded.related.get(from).into_iter().flat_map(HashMap::values);
                    above.filter_map(|full| reference(&full.record, field)).collect()
                }
            };
            let found = related(tx, &permits[part], &names[part], &ids, wanted)?;
            loaded.related.insert(part, found);
        }
        Ok(loaded)
    }

    /// The record of a part that row `row` leads to.
    pub fn part<'a>(&'a self, parts: &Parts<'_>, row: &'a Full, part: usize) -> Option<&'a Full> {
        let Some((from, field)) = parts.list.get(part)?.by else { return Some(row) };
        let above = self.part(parts, row, from)?;
        self.related.get(&part)?.get(&reference(&above.record, &field.name)?)
    }
}

/// Whether the way to `wanted` leads over `part`.
fn leads(refs: &[Option<(usize, String)>], wanted: usize, part: usize) -> bool {
    let mut here = wanted;
    loop {
        if here == part {
            return true;
        }
        match refs.get(here) {
            Some(Some((above, _))) => here = *above,
            _ => return false,
        }
    }
}

fn reference(record: &Record, field: &str) -> Option<RecordId> {
    match record.value(field) {
        Value::Ref(id) => Some(*id),
        _ => None,
    }
}

fn all(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    query: &ListQuery,
    clear: bool,
    each: &mut dyn FnMut(Full),
) -> Result<(), StoreError> {
    if clear {
        return tx.scan_plain(permit, query, &mut |record, clear| {
            each(Full { record, clear });
            Ok(())
        });
    }
    tx.scan(permit, query, &mut |record| {
        each(Full { record, clear: Clear::new() });
        Ok(())
    })
}

/// Records by id. What must be read in clear, or as of a day, is read with its whole area.
fn related(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    name: &str,
    ids: &BTreeSet<RecordId>,
    wanted: &Wanted,
) -> Result<HashMap<RecordId, Full>, StoreError> {
    let mut found = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    if wanted.clear || wanted.as_of.is_some() {
        let query = ListQuery { area: Some(wanted.area.clone()), as_of: wanted.as_of, ..ListQuery::of(name) };
        all(tx, permit, &query, wanted.clear, &mut |full| {
            if ids.contains(&full.record.id) {
                found.insert(full.record.id, full);
            }
        })?;
        return Ok(found);
    }
    let ids: Vec<RecordId> = ids.iter().copied().collect();
    for some in ids.chunks(AT_ONCE) {
        for record in tx.records(permit, name, some)? {
            found.insert(record.id, Full { record, clear: Clear::new() });
        }
    }
    Ok(found)
}
