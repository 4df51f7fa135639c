//! A ledger's rows as typed values, one slot per mapped column. Reading runs on all cores; a row costs its values only.

use std::{collections::BTreeMap, thread};

use linli_domain::{Catalogue, Entity, Value, Values, rules::TextReader};
use linli_workbook::{CellValue, RowKind, Sheet, TableRegion, means_same_as_above, resolve, value_at};

use crate::sheet::{
    cell::{CellProblem, CellReader},
    columns::Target,
    parts::{Parts, Slot},
};

/// Which column stands for what: sheet column → target; columns that stand for nothing are absent.
pub type Mapping = BTreeMap<u32, Target>;

/// A column that stands for something.
#[derive(Debug, Clone)]
pub struct LedgerColumn<'c> {
    /// Column of the sheet, from 0.
    pub col: u32,
    /// Heading.
    pub label: String,
    /// What it stands for.
    pub target: Target,
    /// Fields it fills, the row's own record first.
    pub slots: Vec<Slot<'c>>,
    /// Register of the first of them.
    pub entity: Option<&'c Entity>,
    /// Whether each row must have its own: a merged area or `同上` is a mistake here (name, identity number).
    pub own: bool,
}

/// A row of a ledger.
#[derive(Debug, Clone, Default)]
pub struct LedgerRow {
    /// Row of the sheet, from 0.
    pub row: u32,
    /// One value per [`Ledger::columns`].
    pub values: Box<[Value]>,
    /// Cells that cannot be taken: (number of the column, why).
    pub problems: Vec<(usize, CellProblem)>,
}

/// All rows of one table.
#[derive(Debug, Clone)]
pub struct Ledger<'c> {
    /// What its rows carry.
    pub parts: Parts<'c>,
    /// Columns that stand for something, left to right.
    pub columns: Vec<LedgerColumn<'c>>,
    /// Rows in the order of the sheet.
    pub rows: Vec<LedgerRow>,
    /// By part: the columns that fill it and the fields they fill, by field.
    fills: Vec<Vec<(usize, &'c str)>>,
}

impl<'c> Ledger<'c> {
    /// Reads a table.
    pub fn read(
        catalogue: &'c Catalogue,
        parts: Parts<'c>,
        sheet: &Sheet,
        table: &TableRegion,
        mapping: &Mapping,
    ) -> Self {
        let columns = columns(&parts, table, mapping);
        let rows: Vec<u32> = table.rows_of(RowKind::Data).collect();
        let workers = thread::available_parallelism().map_or(1, usize::from).min(4);
        let share = rows.len().div_ceil(workers).max(512);
        let read = |rows: &[u32]| read_rows(catalogue, sheet, table, &columns, rows);
        let rows = thread::scope(|scope| {
            let shares: Vec<_> = rows.chunks(share).map(|rows| scope.spawn(move || read(rows))).collect();
            shares.into_iter().flat_map(|share| share.join().unwrap_or_default()).collect()
        });
        let fills = fills(&parts, &columns);
        Self { parts, columns, rows, fills }
    }

    /// The value of a row in the column that stands for `element`.
    pub fn value<'a>(&self, row: &'a LedgerRow, element: &str) -> &'a Value {
        static NULL: Value = Value::Null;
        let at = self.columns.iter().position(|column| matches!(&column.target, Target::Element(of) if of == element));
        at.and_then(|at| row.values.get(at)).unwrap_or(&NULL)
    }

    /// Numbers of the columns that fill a field of `part` called `field`.
    pub fn column_of(&self, part: usize, field: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.slots.iter().any(|slot| slot.part == part && slot.field.name == field))
    }

    /// What a row says of the record that is its part `part`.
    pub fn part_values(&self, row: &LedgerRow, part: usize) -> Values {
        let fills = self.fills.get(part).map(Vec::as_slice).unwrap_or_default();
        fills
            .iter()
            .filter_map(|(column, field)| Some((field, row.values.get(*column).filter(|value| !value.is_null())?)))
            .map(|(field, value)| ((*field).to_owned(), value.clone()))
            .collect()
    }

    /// The name a row goes by: the title field of its own record.
    pub fn title(&self, row: &LedgerRow) -> String {
        let column = self.column_of(0, &self.parts.main().title);
        let value = column.and_then(|at| row.values.get(at)).and_then(Value::as_text);
        value.unwrap_or_default().to_owned()
    }
}

fn columns<'c>(parts: &Parts<'c>, table: &TableRegion, mapping: &Mapping) -> Vec<LedgerColumn<'c>> {
    let person = parts.main().person.as_ref();
    let own = |slot: &Slot<'_>| {
        slot.part == 0 && (slot.field.unique || person.is_some_and(|person| person.name == slot.field.name))
    };
    let column = |of: &linli_workbook::Column| {
        let target = mapping.get(&of.col)?.clone();
        let slots = match &target {
            Target::Element(element) => parts.slots(element),
            Target::Area(_) => Vec::new(),
            _ => return None,
        };
        let entity = slots.first().map(|slot| parts.list[slot.part].entity);
        if entity.is_none() && !matches!(target, Target::Area(_)) {
            return None;
        }
        Some(LedgerColumn { col: of.col, label: of.label.clone(), own: slots.iter().any(own), target, slots, entity })
    };
    table.columns.iter().filter_map(column).collect()
}

/// In the order of the fields: maps are built fastest so. Of two columns for one field the first counts.
fn fills<'c>(parts: &Parts<'c>, columns: &[LedgerColumn<'c>]) -> Vec<Vec<(usize, &'c str)>> {
    let of = |part: usize| {
        let mut fills: Vec<(usize, &'c str)> = columns
            .iter()
            .enumerate()
            .flat_map(|(at, column)| column.slots.iter().map(move |slot| (at, slot)))
            .filter(|(_, slot)| slot.part == part)
            .map(|(at, slot)| (at, slot.field.name.as_str()))
            .collect();
        fills.sort_by_key(|(at, field)| (*field, *at));
        fills.dedup_by_key(|(_, field)| *field);
        fills
    };
    (0..parts.list.len()).map(of).collect()
}

fn read_rows(
    catalogue: &Catalogue,
    sheet: &Sheet,
    table: &TableRegion,
    columns: &[LedgerColumn<'_>],
    rows: &[u32],
) -> Vec<LedgerRow> {
    let entities = columns.iter().filter_map(|column| column.entity);
    let texts: BTreeMap<&str, TextReader<'_>> =
        entities.map(|entity| (entity.name.as_str(), TextReader::new(catalogue, entity))).collect();
    let mut readers: Vec<CellReader<'_>> = Vec::with_capacity(columns.len());
    for column in columns {
        let reader = column.entity.and_then(|entity| texts.get(entity.name.as_str()));
        readers.push(CellReader::new(catalogue, reader.zip(column.slots.first().map(|slot| slot.field))));
    }
    let mut read = Vec::with_capacity(rows.len());
    // What stood above, for dittos: a long run of them is read in one pass.
    let mut above: Vec<Option<&CellValue>> = vec![None; columns.len()];
    for row in rows {
        let mut values = Vec::with_capacity(columns.len());
        let mut problems = Vec::new();
        for (at, (column, reader)) in columns.iter().zip(&mut readers).enumerate() {
            match read_cell(sheet, table, column, reader, *row, &mut above[at]) {
                Ok(value) => values.push(value),
                Err(problem) => {
                    values.push(Value::Null);
                    problems.push((at, problem));
                }
            }
        }
        read.push(LedgerRow { row: *row, values: values.into_boxed_slice(), problems });
    }
    read
}

fn read_cell<'s>(
    sheet: &'s Sheet,
    table: &TableRegion,
    column: &LedgerColumn<'_>,
    reader: &mut CellReader<'_>,
    row: u32,
    above: &mut Option<&'s CellValue>,
) -> Result<Value, CellProblem> {
    let plain = sheet.merges.is_empty();
    let merged = || sheet.merge_at(row, column.col).is_some_and(|merge| merge.top < row && merge.bottom >= row);
    if column.own && !plain && merged() {
        return Err(CellProblem::new(
            "cell.merged",
            format!("“{}”与上一行合并在一起，每人应单独一行。请取消合并后补全", column.label),
            format!("\"{}\" is merged with the row above; undo the merge and give each person a row", column.label),
        ));
    }
    let cell = if plain { &sheet.cell(row, column.col).value } else { value_at(sheet, table, row, column.col) };
    let ditto = matches!(cell, CellValue::Text(text) if means_same_as_above(text));
    if !ditto {
        if !cell.is_blank() {
            *above = Some(cell);
        }
        return reader.read(cell);
    }
    if column.own {
        return Err(CellProblem::new(
            "cell.same_as_above",
            format!("“{}”不能写“同上”，请填写本人的", column.label),
            format!("\"{}\" cannot be \"same as above\"; write the person's own", column.label),
        ));
    }
    let meant = above.unwrap_or_else(|| resolve(sheet, table, row, column.col));
    *above = Some(meant);
    reader.read(meant)
}
