//! Which columns of a ledger tell where a row belongs and whose it is, looked up once.

use linli_domain::{Field, Value};

use super::ledger::{Ledger, LedgerRow};
use crate::sheet::{columns::Target, known as names};

/// Numbers of the telling columns.
#[derive(Debug, Clone, Default)]
pub struct Cols {
    /// Names of areas: (column, kind).
    pub areas: Vec<(usize, String)>,
    /// Building.
    pub building: Option<usize>,
    /// Unit.
    pub unit: Option<usize>,
    /// Room.
    pub room: Option<usize>,
    /// Written address.
    pub address: Option<usize>,
    /// Name of the row's own record.
    pub title: Option<usize>,
    /// Number of the household.
    pub number: Option<usize>,
    /// Name of the head.
    pub head: Option<usize>,
    /// Relation to the head.
    pub relation: Option<usize>,
    /// Unique values of the row's own record: (column, field).
    pub unique: Vec<(usize, String)>,
    /// By part: whether the ledger says more of it than where it is and whose.
    pub more: Vec<bool>,
}

impl Cols {
    /// The telling columns of a ledger; `relation` is the field for the relation to the head.
    pub fn of(ledger: &Ledger<'_>, relation: Option<&Field>) -> Self {
        let any = |name: &str| {
            ledger.columns.iter().position(|column| column.slots.iter().any(|slot| slot.field.name == name))
        };
        let main = ledger.parts.main();
        let unique = main.fields.iter().filter(|field| field.unique);
        let areas = ledger.columns.iter().enumerate().filter_map(|(at, column)| match &column.target {
            Target::Area(kind) => Some((at, kind.clone())),
            _ => None,
        });
        let telling =
            [names::BUILDING, names::UNIT, names::ROOM, names::ADDRESS, names::HOUSEHOLD_NUMBER, names::HEAD_NAME];
        let says_more = |part: usize| {
            let slots = ledger.columns.iter().flat_map(|column| &column.slots);
            slots.filter(|slot| slot.part == part).any(|slot| !telling.contains(&slot.field.name.as_str()))
        };
        Self {
            areas: areas.collect(),
            building: any(names::BUILDING),
            unit: any(names::UNIT),
            room: any(names::ROOM),
            address: ledger.column_of(0, names::ADDRESS).or_else(|| any(names::ADDRESS)),
            title: ledger.column_of(0, &main.title),
            number: any(names::HOUSEHOLD_NUMBER),
            head: any(names::HEAD_NAME),
            relation: relation.and_then(|field| ledger.column_of(0, &field.name)),
            unique: unique.filter_map(|field| Some((ledger.column_of(0, &field.name)?, field.name.clone()))).collect(),
            more: (0..ledger.parts.list.len()).map(says_more).collect(),
        }
    }
}

/// The text of a row in a column; `None` when there is neither.
pub fn text(row: &LedgerRow, column: Option<usize>) -> Option<&str> {
    row.values.get(column?).and_then(Value::as_text)
}

/// Appends pieces to a key, each behind a mark that no text contains.
pub fn join_key(key: &mut String, pieces: &[Option<&str>]) {
    for piece in pieces {
        key.push('\u{1f}');
        key.push_str(piece.unwrap_or_default());
    }
}
