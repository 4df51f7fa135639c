//! A ledger's rows as typed values, one slot per mapped column. Reading runs on all cores; a row costs its values only.

use std::{collections::BTreeMap, thread};

use linli_domain::{Catalogue, Entity, Value, Values, check, rules::TextReader};
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
        Self { parts, columns, rows }
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
        let mut values = Values::new();
        for (column, value) in self.columns.iter().zip(&row.values) {
            if value.is_null() {
                continue;
            }
            for slot in column.slots.iter().filter(|slot| slot.part == part) {
                values.insert(slot.field.name.clone(), value.clone());
            }
        }
        values
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
    for row in rows {
        let mut values = Vec::with_capacity(columns.len());
        let mut problems = Vec::new();
        for (at, (column, reader)) in columns.iter().zip(&mut readers).enumerate() {
            match read_cell(sheet, table, column, reader, *row) {
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

fn read_cell(
    sheet: &Sheet,
    table: &TableRegion,
    column: &LedgerColumn<'_>,
    reader: &mut CellReader<'_>,
    row: u32,
) -> Result<Value, CellProblem> {
    if !column.own {
        return reader.read(resolve(sheet, table, row, column.col));
    }
    if sheet.merge_at(row, column.col).is_some_and(|merge| merge.top < row && merge.bottom >= row) {
        return Err(CellProblem::new(
            "cell.merged",
            format!("“{}”与上一行合并在一起，每人应单独一行。请取消合并后补全", column.label),
            format!("\"{}\" is merged with the row above; undo the merge and give each person a row", column.label),
        ));
    }
    let cell = value_at(sheet, table, row, column.col);
    if let CellValue::Text(text) = cell
        && !check::is_blank(text)
        && means_same_as_above(text)
    {
        return Err(CellProblem::new(
            "cell.same_as_above",
            format!("“{}”不能写“同上”，请填写本人的", column.label),
            format!("\"{}\" cannot be \"same as above\"; write the person's own", column.label),
        ));
    }
    reader.read(cell)
}
