//! What a template's table wants: which register, which of its records, what each column.

use std::collections::BTreeMap;

use linli_domain::{Catalogue, Entity, catalogue::ReportTable};
use linli_workbook::{RowKind, Shape, Sheet, TableRegion};

use super::{axis::tidy, complete, model::FillTable};
use crate::sheet::{
    columns::Target,
    matching::{self, Remembered, TableView},
    parts::Parts,
};

/// The report table whose words stand in the title, the sheet's name or the file's name; the longest word wins.
pub fn report_table<'c>(catalogue: &'c Catalogue, texts: &[&str]) -> Option<&'c ReportTable> {
    for text in texts {
        let text = tidy(text);
        let hits = catalogue.tables.values().flat_map(|table| {
            let words = table.title_words.iter().chain([&table.title.zh]);
            words.filter(|word| text.contains(&tidy(word))).map(move |word| (word.chars().count(), table))
        });
        if let Some((_, table)) = hits.max_by_key(|(length, table)| (*length, std::cmp::Reverse(table.name.clone()))) {
            return Some(table);
        }
    }
    None
}

/// What a list table wants. `remembered` answers what was chosen before for a register's headings.
pub fn list_table(
    catalogue: &Catalogue,
    sheet: &Sheet,
    number: usize,
    table: &TableRegion,
    file_name: &str,
    remembered: &dyn Fn(&str) -> Remembered,
) -> FillTable {
    let title = table.title.as_deref().unwrap_or_default();
    let report = report_table(catalogue, &[title, &sheet.name, file_name]);
    let tried: Vec<&Entity> = match report {
        Some(report) => catalogue.entities.get(&report.entity).into_iter().collect(),
        None => {
            let mut all: Vec<&Entity> = catalogue.entities.values().collect();
            // Of registers that fit equally the one of persons is meant.
            all.sort_by_key(|entity| entity.person.is_none());
            all
        }
    };
    let none = BTreeMap::new();
    let headings = report.map_or(&none, |report| &report.columns);
    let mut best: Option<(f64, &Entity, TableView)> = None;
    for entity in tried {
        let parts = Parts::of(catalogue, entity);
        let candidates = matching::candidates(catalogue, &parts);
        let view = matching::match_table(sheet, number, table, &candidates, &remembered(&entity.name), headings);
        let weight = weight(&view, &parts);
        if best.as_ref().is_none_or(|(held, _, _)| weight > *held + 1e-9) {
            best = Some((weight, entity, view));
        }
    }
    let (entity, view) = match best {
        Some((weight, entity, view)) if weight > 0.0 => (Some(entity), view),
        Some((_, _, view)) => (None, view),
        None => (None, matching::match_table(sheet, number, table, &[], &Remembered::new(), &none)),
    };
    FillTable {
        table: number,
        title: table.title.clone(),
        shape: matching::shape_name(Shape::List).to_owned(),
        entity: entity.map(|entity| entity.name.clone()),
        filter: report.filter(|report| report.filter.is_some()).map(|report| report.name.clone()),
        row_count: table.fillable().map_or(0, |range| (range.end() - range.start() + 1) as usize),
        completes: entity.is_some_and(|entity| names_rows(catalogue, entity, sheet, table, &view)),
        columns: view.columns,
    }
}

/// How well a table fits a register: its own fields count in full, those of records it refers to less.
fn weight(view: &TableView, parts: &Parts<'_>) -> f64 {
    let own = |element: &str| parts.slots(element).first().is_some_and(|slot| slot.part == 0);
    view.columns
        .iter()
        .filter_map(|column| column.matched.as_ref())
        .map(|found| match found.element.as_str() {
            element if element.starts_with('@') => 0.0,
            element if own(element) => found.confidence,
            _ => found.confidence * 0.5,
        })
        .sum()
}

/// Whether the template's rows are named already.
fn names_rows(catalogue: &Catalogue, entity: &Entity, sheet: &Sheet, table: &TableRegion, view: &TableView) -> bool {
    let parts = Parts::of(catalogue, entity);
    let mut title = None;
    let mut unique = Vec::new();
    for column in &view.columns {
        let Some(found) = &column.matched else { continue };
        let Some(Target::Element(element)) = Target::read(&found.element, &parts, catalogue) else { continue };
        for slot in parts.slots(&element).iter().filter(|slot| slot.part == 0) {
            if slot.field.name == entity.title {
                title = Some(column.column);
            }
            if slot.field.unique {
                unique.push(column.column);
            }
        }
    }
    complete::names_rows(sheet, table, title, &unique)
}

/// A cross table as it is shown.
pub fn cross_table(sheet: &Sheet, number: usize, table: &TableRegion, entity: Option<String>) -> FillTable {
    let view = matching::match_table(sheet, number, table, &[], &Remembered::new(), &BTreeMap::new());
    FillTable {
        table: number,
        title: table.title.clone(),
        shape: matching::shape_name(Shape::Cross).to_owned(),
        entity,
        filter: None,
        row_count: table.data_rows.iter().filter(|row| row.kind != RowKind::Footer).count(),
        completes: false,
        columns: view.columns,
    }
}
