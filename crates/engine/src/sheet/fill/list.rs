//! List tables: a row for each person, household or dwelling.

use std::collections::BTreeMap;

use linli_domain::RecordId;
use linli_workbook::{CellWrite, Grow, OutValue, Sheet, SheetEdit, TableRegion};

use super::{
    load::Full,
    model::{FillCounts, Gap, GapArea, Preview},
    source::{Made, Source},
};
use crate::sheet::{columns::Target, parts::Slot};

/// Rows shown in a preview.
pub const SHOWN: usize = 20;

/// A column to be filled.
pub struct Column<'c> {
    /// Column of the sheet.
    pub col: u32,
    /// Heading.
    pub label: String,
    /// What it stands for.
    pub target: Target,
    /// Where its values come from.
    pub slots: Vec<Slot<'c>>,
}

/// What a table becomes.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Cells to write.
    pub edit: SheetEdit,
    /// The first rows.
    pub preview: Preview,
    /// What is missing.
    pub gaps: Gaps,
    /// Cells by what became of them.
    pub counts: FillCounts,
}

/// What is missing, by area and column.
#[derive(Debug, Default)]
pub struct Gaps {
    missing: BTreeMap<(GapArea, u32), Vec<RecordId>>,
}

impl Gaps {
    /// One more missing cell.
    pub fn add(&mut self, area: GapArea, col: u32, record: RecordId) {
        self.missing.entry((area, col)).or_default().push(record);
    }

    /// As they are kept.
    pub fn kept(self, entity: &str, columns: &[Column<'_>]) -> Vec<Gap> {
        let gap = |((area, col), records): ((GapArea, u32), Vec<RecordId>)| {
            let column = columns.iter().find(|column| column.col == col)?;
            Some(Gap {
                area,
                entity: entity.to_owned(),
                column: column.label.clone(),
                element: column.target.name(),
                records,
            })
        };
        self.missing.into_iter().filter_map(gap).collect()
    }
}

/// Fills an empty list. `rows` are in their order.
pub fn fill(
    source: &Source<'_, '_>,
    sheet: &Sheet,
    table: &TableRegion,
    columns: &[Column<'_>],
    rows: &[&Full],
) -> Outcome {
    let mut outcome = Outcome::default();
    outcome.edit.sheet.clone_from(&sheet.name);
    outcome.preview = Preview {
        sheet: sheet.name.clone(),
        columns: columns.iter().map(|column| column.label.clone()).collect(),
        total: rows.len(),
        ..Preview::default()
    };
    let first = table.fillable().map_or(table.header_rows.end() + 1, |range| *range.start());
    let offered = table.fillable().map_or(1, |range| range.end() - range.start() + 1);
    let needed = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    if needed > offered {
        outcome.edit.grow =
            Some(Grow { sample_row: first, at_row: first, rows_needed: needed, template_rows: offered });
    }
    outcome.edit.writes.reserve(rows.len() * columns.len());
    for (number, row) in rows.iter().enumerate() {
        let at = first + u32::try_from(number).unwrap_or_default();
        let mut shown = Vec::new();
        for column in columns {
            // A formula of the template's row is copied into each new row by the workbook, and stays.
            let formula = sheet.cell(first, column.col).formula;
            let made = if formula { Made::Left } else { source.cell(&column.target, &column.slots, row, number) };
            if number < SHOWN {
                shown.push(text_of(&made));
            }
            write(source, &mut outcome, column, row, at, made);
        }
        if number < SHOWN {
            outcome.preview.rows.push(shown);
        }
        outcome.counts.rows += 1;
    }
    clear_numbers(sheet, columns, first, offered, needed, &mut outcome.edit);
    outcome
}

/// A template numbers more rows than there are: the numbers of rows that stay empty go.
fn clear_numbers(sheet: &Sheet, columns: &[Column<'_>], first: u32, offered: u32, needed: u32, edit: &mut SheetEdit) {
    let numbered = columns.iter().filter(|column| column.target == Target::Sequence);
    for column in numbered {
        for row in first + needed..first + offered {
            let cell = sheet.cell(row, column.col);
            if !cell.formula && !cell.value.is_blank() {
                edit.writes.push(CellWrite { row, col: column.col, value: OutValue::Empty });
            }
        }
    }
}

/// Takes a made cell into the outcome.
pub fn write(source: &Source<'_, '_>, outcome: &mut Outcome, column: &Column<'_>, row: &Full, at: u32, made: Made) {
    let value = match made {
        Made::Left => return,
        Made::Missing => {
            outcome.counts.missing += 1;
            outcome.gaps.add(gap_area(source, row), column.col, row.record.id);
            return;
        }
        Made::Masked(mask) => {
            outcome.counts.masked += 1;
            OutValue::Text(mask)
        }
        Made::Value(value) => {
            outcome.counts.filled += 1;
            value
        }
    };
    outcome.edit.writes.push(CellWrite { row: at, col: column.col, value });
}

/// The grid a record is in; else the area it hangs on.
fn gap_area(source: &Source<'_, '_>, row: &Full) -> GapArea {
    let area = source
        .places
        .above(&row.record.path, "grid")
        .or_else(|| source.places.at(&row.record.path).and_then(|at| source.places.area(at)));
    match area {
        Some(area) => GapArea { code: area.code.clone(), name: area.name.clone() },
        None => GapArea { code: row.record.home.clone(), name: row.record.home.clone() },
    }
}

/// A made cell as text.
pub fn text_of(made: &Made) -> String {
    match made {
        Made::Left | Made::Missing => String::new(),
        Made::Masked(mask) => mask.clone(),
        Made::Value(value) => out_text(value),
    }
}

/// A value to be written as text.
pub fn out_text(value: &OutValue) -> String {
    match value {
        OutValue::Empty => String::new(),
        OutValue::Text(text) => text.clone(),
        OutValue::Number(number) => linli_workbook::shown_number(*number),
        OutValue::Date { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
    }
}
