//! Cross tables: each cell is how many records its row's head and its column's head both mean.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use linli_domain::{Catalogue, Entity, Field, Record, Value, expr};
use linli_workbook::{CellWrite, OutValue, RowKind, Sheet, SheetEdit, TableRegion, value_at};

use super::{
    axis::{Axis, Term},
    model::{FillCounts, Preview},
    source::age_on,
};
use crate::{
    sheet::{columns, known as names, places::Places},
    views::Text,
};

/// A head of a row or column, understood.
#[derive(Debug, Clone, Default)]
pub struct Head<'c> {
    /// Conditions; all must hold.
    pub terms: Vec<Term<'c>>,
}

/// A cross table, understood: what each of its cells counts.
pub struct Cross<'c> {
    /// What the rows are called: the heading above their heads.
    rows_label: String,
    rows: Vec<(u32, String, Head<'c>)>,
    columns: Vec<(u32, String, Head<'c>)>,
    /// Heads that were not understood.
    pub unknown: Vec<String>,
    /// Registers that are counted.
    pub entities: Vec<String>,
    /// By row and column: the number of the register its cell counts.
    what: Vec<Vec<Option<usize>>>,
    default: String,
}

impl<'c> Cross<'c> {
    /// Reads the heads of a table.
    pub fn read(catalogue: &'c Catalogue, places: &Places, sheet: &Sheet, table: &TableRegion) -> Self {
        let axis = Axis::new(catalogue, places);
        let default = catalogue.entities.values().find(|entity| entity.person.is_some());
        let mut cross = Self {
            rows_label: rows_label(table),
            rows: Vec::new(),
            columns: Vec::new(),
            unknown: Vec::new(),
            entities: Vec::new(),
            what: Vec::new(),
            default: default.map(|entity| entity.name.clone()).unwrap_or_default(),
        };
        let heads: Vec<(u32, &str, &[String])> = table
            .columns
            .iter()
            .filter(|column| !table.stub_cols.contains(&column.col))
            .filter(|column| !columns::SEQUENCE_HEADINGS.contains(&column.label.as_str()))
            .map(|column| (column.col, column.label.as_str(), column.path.as_slice()))
            .collect();
        let fields = siblings(&axis, heads.iter().map(|(_, _, path)| *path));
        for (col, label, path) in &heads {
            let unit = table.columns.iter().find(|column| column.col == *col).and_then(|column| column.unit.as_deref());
            match head(&axis, path, &fields) {
                Some(mut head) => {
                    head.terms.extend(unit.and_then(|unit| by_unit(catalogue, unit)));
                    cross.columns.push((*col, (*label).to_owned(), head));
                }
                None => cross.unknown.push((*label).to_owned()),
            }
        }
        cross.read_rows(&axis, sheet, table);
        cross.count_what();
        cross
    }

    fn read_rows(&mut self, axis: &Axis<'_, 'c>, sheet: &Sheet, table: &TableRegion) {
        let wanted = |kind: RowKind| matches!(kind, RowKind::Data | RowKind::Blank | RowKind::Total);
        let rows: Vec<(u32, Vec<String>)> = table
            .data_rows
            .iter()
            .filter(|row| wanted(row.kind))
            .map(|row| {
                let word = |col: &u32| value_at(sheet, table, row.row, *col).shown();
                (row.row, table.stub_cols.iter().map(word).collect())
            })
            .collect();
        let fields = siblings(axis, rows.iter().map(|(_, path)| path.as_slice()));
        for (row, path) in rows {
            if path.iter().all(|word| word.trim().is_empty()) {
                continue;
            }
            // A column of row numbers beside the stubs says nothing.
            let path: Vec<String> = path.into_iter().filter(|word| word.trim().parse::<f64>().is_err()).collect();
            let words: Vec<&str> = path.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
            let words = words.join("/");
            match head(axis, &path, &fields) {
                Some(head) => self.rows.push((row, words, head)),
                None => self.unknown.push(words),
            }
        }
    }

    /// What each cell counts.
    fn count_what(&mut self) {
        let mut entities: Vec<String> = Vec::new();
        let mut what = Vec::with_capacity(self.rows.len());
        for (_, _, row) in &self.rows {
            let cell = |(_, _, column): &(u32, String, Head<'c>)| {
                let entity = self.counted(row, column)?;
                let at = entities.iter().position(|known| *known == entity).unwrap_or_else(|| {
                    entities.push(entity);
                    entities.len() - 1
                });
                Some(at)
            };
            what.push(self.columns.iter().map(cell).collect());
        }
        self.what = what;
        self.entities = entities;
    }

    /// What a cell counts; `None` when its heads speak of different registers.
    fn counted(&self, row: &Head<'c>, column: &Head<'c>) -> Option<String> {
        let all = || row.terms.iter().chain(&column.terms);
        let bound: BTreeSet<&str> = all().filter_map(|term| bound_to(term, &self.default)).collect();
        let stated = all().find_map(|term| match term {
            Term::Of(entity) => Some(entity.name.as_str()),
            _ => None,
        });
        match (stated, bound.len()) {
            (Some(entity), 0) => Some(entity.to_owned()),
            (Some(entity), 1) if bound.contains(entity) => Some(entity.to_owned()),
            (None, 0) => Some(self.default.clone()),
            (None, 1) => bound.into_iter().next().map(str::to_owned),
            _ => None,
        }
    }

    /// Whether the table could be understood at all.
    pub fn is_understood(&self) -> bool {
        !self.rows.is_empty() && !self.columns.is_empty()
    }

    /// An empty tally for counting.
    pub fn tally(&self) -> Tally {
        Tally { counts: vec![vec![0; self.columns.len()]; self.rows.len()] }
    }

    /// Counts a record.
    pub fn count(&self, tally: &mut Tally, record: &Record, places: &Places, catalogue: &Catalogue, day: Date) {
        let Some(entity) = self.entities.iter().position(|entity| *entity == record.entity) else { return };
        let fits = |head: &Head<'c>| head.terms.iter().all(|term| fits(term, record, places, catalogue, day));
        let columns: Vec<usize> = (0..self.columns.len()).filter(|at| fits(&self.columns[*at].2)).collect();
        if columns.is_empty() {
            return;
        }
        for (at, (_, _, row)) in self.rows.iter().enumerate() {
            if !fits(row) {
                continue;
            }
            for column in &columns {
                if self.what[at][*column] == Some(entity) {
                    tally.counts[at][*column] += 1;
                }
            }
        }
    }

    /// The cells to write: counts go into blank cells only.
    pub fn edit(&self, sheet: &Sheet, tally: &Tally) -> (SheetEdit, Preview, FillCounts) {
        let mut edit = SheetEdit { sheet: sheet.name.clone(), ..SheetEdit::default() };
        let mut counts = FillCounts { unknown_heads: self.unknown.len(), ..FillCounts::default() };
        let mut preview = Preview {
            sheet: sheet.name.clone(),
            columns: std::iter::once(self.rows_label.clone())
                .chain(self.columns.iter().map(|(_, label, _)| label.clone()))
                .collect(),
            total: self.rows.len(),
            ..Preview::default()
        };
        for (at, (row, words, _)) in self.rows.iter().enumerate() {
            let mut line = vec![words.clone()];
            for (number, (col, _, _)) in self.columns.iter().enumerate() {
                let cell = sheet.cell(*row, *col);
                if cell.formula || !cell.value.is_blank() {
                    counts.kept += 1;
                    line.push(cell.value.shown());
                } else if self.what[at][number].is_none() {
                    counts.missing += 1;
                    line.push(String::new());
                } else {
                    let count = tally.counts[at][number];
                    counts.filled += 1;
                    line.push(count.to_string());
                    edit.writes.push(CellWrite { row: *row, col: *col, value: OutValue::Number(f64::from(count)) });
                }
            }
            counts.rows += 1;
            if preview.rows.len() < super::list::SHOWN {
                preview.rows.push(line);
            }
        }
        (edit, preview, counts)
    }

    /// What was not understood, for the person.
    pub fn note(&self) -> Option<Text> {
        if self.unknown.is_empty() {
            return None;
        }
        let heads = self.unknown.iter().take(20).cloned().collect::<Vec<_>>().join("、");
        Some(Text {
            zh: format!("看不懂的表头或行名，其单元格未填：{heads}"),
            en: format!("Heads that were not understood; their cells were left: {heads}"),
        })
    }
}

/// The heading above the heads of the rows; column numbers beside them say nothing.
fn rows_label(table: &TableRegion) -> String {
    let stubs = table.columns.iter().filter(|column| table.stub_cols.contains(&column.col));
    let labels = stubs.map(|column| column.label.trim());
    let said = labels.filter(|label| !label.is_empty() && !columns::SEQUENCE_HEADINGS.contains(label));
    said.collect::<Vec<_>>().join("/")
}

/// Counts by row and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    counts: Vec<Vec<u32>>,
}

/// The register a condition is about.
fn bound_to<'a>(term: &'a Term<'_>, persons: &'a str) -> Option<&'a str> {
    match term {
        Term::Codes { entity, .. } | Term::Flag { entity, .. } => Some(&entity.name),
        Term::Known(table) => Some(&table.entity),
        Term::Age { .. } => Some(persons),
        Term::All | Term::Of(_) | Term::Area(_) => None,
    }
}

/// `户` and `人` in the unit of a head.
fn by_unit<'c>(catalogue: &'c Catalogue, unit: &str) -> Option<Term<'c>> {
    let is: fn(&Entity) -> bool = match unit.trim() {
        "户" => names::is_household,
        "人" => |entity| entity.person.is_some(),
        "套" | "间" => names::is_dwelling,
        _ => return None,
    };
    catalogue.entities.values().find(|entity| is(entity)).map(Term::Of)
}

/// Which field most of the last words of sibling heads are codes of, by the heads above them: `男` and `女` are the sex.
type Siblings<'c> = BTreeMap<Vec<String>, &'c Field>;

fn siblings<'c, 'p>(axis: &Axis<'_, 'c>, paths: impl Iterator<Item = &'p [String]>) -> Siblings<'c> {
    let mut votes: BTreeMap<Vec<String>, Vec<(&'c Field, usize)>> = BTreeMap::new();
    for path in paths {
        let Some((last, above)) = path.split_last() else { continue };
        let held = votes.entry(above.to_vec()).or_default();
        for term in axis.read(last, None) {
            let Term::Codes { field, .. } = term else { continue };
            match held.iter_mut().find(|(known, _)| std::ptr::eq(*known, field)) {
                Some((_, count)) => *count += 1,
                None => held.push((field, 1)),
            }
        }
    }
    let winner = |(above, held): (Vec<String>, Vec<(&'c Field, usize)>)| {
        // Of two with as many votes the one read first is likelier.
        let best = held.iter().enumerate().max_by_key(|(at, (_, count))| (*count, usize::MAX - at))?;
        Some((above, best.1.0))
    };
    votes.into_iter().filter_map(winner).collect()
}

/// Reads the words of one head from the outermost inwards; `None` when a word is not understood.
fn head<'c>(axis: &Axis<'_, 'c>, path: &[String], siblings: &Siblings<'c>) -> Option<Head<'c>> {
    let mut head = Head::default();
    let mut within: Option<&'c Field> = None;
    for (at, word) in path.iter().enumerate() {
        if word.trim().is_empty() {
            continue;
        }
        let last = at + 1 == path.len();
        let hint = if last { within.or_else(|| siblings.get(&path[..at]).copied()) } else { within };
        let mut terms = axis.read(word, within);
        if let Some(hint) = hint {
            // Of several meanings the one that the neighbours share.
            terms.sort_by_key(|term| !matches!(term, Term::Codes { field, .. } if std::ptr::eq(*field, hint)));
        }
        // What is exact beats a code: an age band, a total, an area's own name.
        let exact = terms.iter().position(|term| matches!(term, Term::All | Term::Of(_) | Term::Age { .. }));
        let read = match exact {
            Some(exact) => Some(terms.swap_remove(exact)),
            None => terms.into_iter().next().or_else(|| axis.read(word, None).into_iter().next()),
        };
        match read {
            Some(Term::All) => {}
            Some(term) => head.terms.push(term),
            None if !last && axis.introduces(word) => within = axis.field(word).map(|(_, field)| field).or(within),
            None => return None,
        }
    }
    Some(head)
}

fn fits(term: &Term<'_>, record: &Record, places: &Places, catalogue: &Catalogue, day: Date) -> bool {
    match term {
        Term::All => true,
        Term::Of(_) => true,
        Term::Area(at) => places.area(*at).is_some_and(|area| area.path.covers(&record.path)),
        Term::Codes { entity, field, codes } => {
            entity.name == record.entity
                && match record.value(&field.name) {
                    Value::Text(code) => codes.contains(code),
                    Value::Codes(held) => held.iter().any(|code| codes.contains(code)),
                    _ => false,
                }
        }
        Term::Flag { entity, field, yes } => {
            entity.name == record.entity && *record.value(&field.name) == Value::Bool(*yes)
        }
        Term::Age { low, high } => {
            let birth = catalogue.entities.get(&record.entity).and_then(columns::birth_field);
            let Some(Value::Date(birth)) = birth.map(|field| record.value(field)) else { return false };
            age_on(*birth, day).is_some_and(|age| {
                let age = i64::from(age);
                low.is_none_or(|low| age >= low) && high.is_none_or(|high| age <= high)
            })
        }
        Term::Known(table) => {
            table.entity == record.entity
                && table
                    .filter
                    .as_ref()
                    .is_none_or(|filter| expr::holds(filter, &|field| record.value(field).clone(), day) == Some(true))
        }
    }
}
