//! A template that names its rows already (somebody gave names and identity numbers): each is looked up, and only blank
//! cells are filled.

use std::collections::HashMap;

use linli_domain::{RecordId, check};
use linli_workbook::{CellValue, Sheet, TableRegion, value_at};

use super::{
    list::{self, Column, Outcome},
    load::Full,
    source::{Made, Source},
};
use crate::sheet::known as names;

/// What rows are found by.
#[derive(Default)]
struct Index<'f> {
    ids: HashMap<RecordId, &'f Full>,
    names: HashMap<String, Vec<&'f Full>>,
}

/// Which columns name a row: the unique value and the name.
struct Naming {
    unique: Vec<(u32, String)>,
    title: Option<u32>,
    /// Other columns whose value tells namesakes apart: (column, index among the columns).
    telling: Vec<usize>,
}

/// Whether the rows that a template offers are named already.
pub fn names_rows(sheet: &Sheet, table: &TableRegion, title: Option<u32>, unique: &[u32]) -> bool {
    let Some(range) = table.fillable() else { return false };
    let filled = |row: u32, col: u32| !value_at(sheet, table, row, col).is_blank();
    range.into_iter().any(|row| title.is_some_and(|col| filled(row, col)) || unique.iter().any(|col| filled(row, *col)))
}

/// Fills the blanks of rows that are named.
pub fn fill(
    source: &Source<'_, '_>,
    sheet: &Sheet,
    table: &TableRegion,
    columns: &[Column<'_>],
    rows: &[&Full],
    held: &HashMap<String, RecordId>,
) -> Outcome {
    let naming = naming(source, columns);
    let index = index(source, rows);
    let mut outcome = Outcome::default();
    outcome.edit.sheet.clone_from(&sheet.name);
    outcome.preview.sheet.clone_from(&sheet.name);
    outcome.preview.columns = columns.iter().map(|column| column.label.clone()).collect();
    let Some(range) = table.fillable() else { return outcome };
    let mut number = 0;
    for at in range {
        let text = |col: u32| shown(value_at(sheet, table, at, col));
        if columns.iter().all(|column| text(column.col).is_empty() || column.target.name().starts_with("@seq")) {
            continue;
        }
        let found = find(source, &index, &naming, columns, held, &text);
        let mut line = Vec::new();
        for column in columns {
            let there = text(column.col);
            let made = match found {
                Some(row) => source.cell(&column.target, &column.slots, row, number),
                None => Made::Left,
            };
            if there.is_empty() && !sheet.cell(at, column.col).formula {
                line.push(list::text_of(&made));
                if let Some(row) = found {
                    list::write(source, &mut outcome, column, row, at, made);
                }
            } else {
                outcome.counts.kept += 1;
                outcome.counts.differing += usize::from(differs(&there, &made));
                line.push(there);
            }
        }
        outcome.counts.not_found += usize::from(found.is_none());
        outcome.counts.rows += 1;
        if outcome.preview.rows.len() < list::SHOWN {
            outcome.preview.rows.push(line);
        }
        number += 1;
    }
    outcome.preview.total = outcome.counts.rows;
    outcome
}

/// The field of the row's own register that a column stands for.
fn own<'f>(column: &Column<'f>) -> Option<&'f linli_domain::Field> {
    column.slots.iter().find(|slot| slot.part == 0).map(|slot| slot.field)
}

fn naming(source: &Source<'_, '_>, columns: &[Column<'_>]) -> Naming {
    let main = source.parts.main();
    let unique = columns
        .iter()
        .filter_map(|column| own(column).filter(|field| field.unique).map(|field| (column.col, field.name.clone())))
        .collect();
    let title = columns.iter().find(|column| own(column).is_some_and(|field| field.name == main.title));
    let tells = |column: &Column<'_>| {
        own(column).is_some_and(|field| {
            let person = main.person.as_ref();
            let of = person.map(|person| [&person.birth, &person.sex, &person.phone]);
            let bearing = of.is_some_and(|of| of.into_iter().flatten().any(|name| *name == field.name));
            bearing || [names::ADDRESS, names::BUILDING, names::UNIT, names::ROOM].contains(&field.name.as_str())
        })
    };
    Naming {
        unique,
        title: title.map(|column| column.col),
        telling: (0..columns.len()).filter(|at| tells(&columns[*at])).collect(),
    }
}

fn index<'f>(source: &Source<'_, '_>, rows: &[&'f Full]) -> Index<'f> {
    let mut index = Index::default();
    let title = &source.parts.main().title;
    for row in rows {
        index.ids.insert(row.record.id, row);
        if let Some(name) = row.record.value(title).as_text() {
            index.names.entry(name.to_owned()).or_default().push(row);
        }
    }
    index
}

/// Unique values that the rows of a template give, in normal form, by field: to be looked up at once.
pub fn asked(sheet: &Sheet, table: &TableRegion, columns: &[Column<'_>]) -> Vec<(String, Vec<String>)> {
    let unique = columns.iter().filter_map(|column| {
        let field = column.slots.iter().find(|slot| slot.part == 0 && slot.field.unique)?.field;
        Some((column.col, field.name.clone()))
    });
    let rows: Vec<u32> = table.fillable().into_iter().flatten().collect();
    unique
        .map(|(col, field)| {
            let given = rows.iter().map(|row| shown(value_at(sheet, table, *row, col)));
            (field, given.filter(|text| !text.is_empty()).map(|text| normal(&text)).collect())
        })
        .collect()
}

/// A unique value as the register writes it.
fn normal(given: &str) -> String {
    check::identity_number(given).map_or_else(|_| given.to_owned(), |identity| identity.number)
}

/// The record a row of the template names: by unique value; else the only one of that name that nothing in the row
/// contradicts.
fn find<'f>(
    source: &Source<'_, '_>,
    index: &Index<'f>,
    naming: &Naming,
    columns: &[Column<'_>],
    held: &HashMap<String, RecordId>,
    text: &dyn Fn(u32) -> String,
) -> Option<&'f Full> {
    for (col, _) in &naming.unique {
        if let Some(row) = held.get(&normal(&text(*col))).and_then(|id| index.ids.get(id)) {
            return Some(row);
        }
    }
    let name = check::person_name(&text(naming.title?)).ok()?.text;
    let namesakes = index.names.get(&name)?;
    let fits = |row: &&&Full| {
        naming.telling.iter().all(|at| {
            let column = &columns[*at];
            let given = text(column.col);
            given.is_empty() || !differs(&given, &source.cell(&column.target, &column.slots, row, 0))
        })
    };
    let mut fitting = namesakes.iter().filter(fits);
    let first = fitting.next()?;
    // Where the template gave a number that is nobody's, a namesake is somebody else unless nothing else is known of both.
    let numbered = naming.unique.iter().any(|(col, _)| !text(*col).is_empty());
    let unnumbered = naming
        .unique
        .iter()
        .all(|(_, field)| !first.record.masked.contains_key(field) && !first.clear.contains_key(field));
    (fitting.next().is_none() && (!numbered || unnumbered)).then_some(*first)
}

fn shown(value: &CellValue) -> String {
    if value.is_blank() { String::new() } else { value.shown().trim().to_owned() }
}

/// Whether a cell holds something else than the register, written another way aside.
fn differs(held: &str, made: &Made) -> bool {
    let Made::Value(value) = made else { return false };
    let known = list::out_text(value);
    let compact = |text: &str| crate::sheet::import::homes::compact(text);
    if compact(held) == compact(&known) || compact(&known).contains(&compact(held)) {
        return false;
    }
    match (check::date(held), known.parse::<jiff::civil::Date>()) {
        (Ok(read), Ok(day)) => {
            let given = read.date;
            !(given == day
                || (given.year() == day.year()
                    && given.day() == 1
                    && (given.month() == day.month() || given.month() == 1)))
        }
        _ => true,
    }
}
