//! Finding the tables of a sheet.

use super::header::{columns, could_be_header, header_rows, header_score, spoken};
use super::rows::{is_numbering, kind_of};
use super::words::{clean, is_fact, is_footer, is_list_only, is_number_of_table, is_remark, is_sequence, table_unit};
use super::{Column, DataRow, RowKind, Shape, TableRegion};
use crate::model::{CellValue, Sheet};

/// Header words that make a row a header in the middle of a sheet, where records are full of short texts too.
const SURE: usize = 2;
/// Framed rows without values that are taken for room to fill in.
const MAX_EMPTY_ROWS: u32 = 2_000;

/// The tables of a sheet, top to bottom. A sheet without anything that looks like a header has none.
pub fn find_tables(sheet: &Sheet) -> Vec<TableRegion> {
    let mut tables: Vec<TableRegion> = Vec::new();
    let mut from = 0;
    while let Some(first) = first_header(sheet, from, tables.is_empty()) {
        let (table, next) = table_at(sheet, first, from);
        from = next.max(first + 1);
        tables.push(table);
    }
    tables
}

/// The first header row from `from` on. Before the first table any row of labels will do, but one with the usual words
/// within the next rows is preferred: the lines above a header are sometimes divided into cells as well.
fn first_header(sheet: &Sheet, from: u32, is_first: bool) -> Option<u32> {
    let mut candidates = (from..sheet.rows).filter(|row| could_be_header(sheet, *row));
    if !is_first {
        return candidates.find(|row| header_score(sheet, *row) >= SURE || has_title_above(sheet, *row, from));
    }
    let first = candidates.next()?;
    if header_score(sheet, first) > 0 {
        return Some(first);
    }
    let better = candidates.take_while(|row| *row < first + 4).find(|row| header_score(sheet, *row) >= SURE);
    // A label over several columns has no usual words of its own, but it divides below.
    let divides = header_rows(sheet, first).end() > &first;
    Some(better.filter(|_| !divides).unwrap_or(first))
}

fn lone_text(sheet: &Sheet, row: u32) -> Option<String> {
    match spoken(sheet, row).as_slice() {
        [(_, CellValue::Text(t))] => Some(clean(t)),
        _ => None,
    }
}

fn has_title_above(sheet: &Sheet, row: u32, from: u32) -> bool {
    row > from && lone_text(sheet, row - 1).is_some_and(|t| !is_footer(&t))
}

/// Reads the table whose header begins at `first`; `from` is where the rows above it begin. Returns it with the row where
/// the search goes on.
fn table_at(sheet: &Sheet, first: u32, from: u32) -> (TableRegion, u32) {
    let header = header_rows(sheet, first);
    let body = header.end() + 1;
    let plain = columns(sheet, &header, |_| false);
    let (data_rows, next) = body_rows(sheet, body, &plain, &header);
    let last = data_rows.last().map_or(*header.end(), |r| r.row);
    let is_data: Vec<u32> = data_rows.iter().filter(|r| r.kind == RowKind::Data).map(|r| r.row).take(200).collect();
    let has_data = |col: u32| is_data.iter().any(|row| !sheet.cell(*row, col).value.is_blank());
    let mut columns = columns(sheet, &header, has_data);
    let (title, unit) = lines_above(sheet, from, first);
    let (shape, stub_cols) = shape_of(sheet, &columns, &is_data);
    if let Some(unit) = unit {
        for column in columns.iter_mut().filter(|c| c.unit.is_none() && !is_remark(&c.label)) {
            let has_figures = is_data.iter().any(|r| matches!(sheet.cell(*r, column.col).value, CellValue::Number(_)));
            let counts = if shape == Shape::Cross { !stub_cols.contains(&column.col) } else { has_figures };
            if counts && !is_sequence(&column.label) {
                column.unit = Some(unit.clone());
            }
        }
    }
    let table = TableRegion { header_rows: header, columns, data_rows, title, shape, stub_cols };
    (table, next.max(last + 1))
}

/// The title, and the unit for the whole table, from the lines above the header.
fn lines_above(sheet: &Sheet, from: u32, first: u32) -> (Option<String>, Option<String>) {
    let (mut title, mut unit) = (None, None);
    for row in from..first {
        let texts = spoken(sheet, row).into_iter().filter_map(|(_, v)| match v {
            CellValue::Text(t) => Some(clean(t)),
            _ => None,
        });
        for text in texts {
            unit = table_unit(&text).or(unit);
            if title.is_none() && !is_fact(&text) && !is_number_of_table(&text) && !is_footer(&text) {
                title = Some(text);
            }
        }
    }
    (title, unit)
}

/// The rows below a header to the end of the table, and the row where the next table may begin.
fn body_rows(
    sheet: &Sheet,
    body: u32,
    columns: &[Column],
    header: &std::ops::RangeInclusive<u32>,
) -> (Vec<DataRow>, u32) {
    let labels = |row: u32| spoken(sheet, row).iter().map(|(_, v)| clean(&v.shown())).collect::<Vec<_>>();
    let head = labels(*header.start());
    let is_head = |row: u32| {
        let cells = spoken(sheet, row);
        let is_text = matches!(cells.first(), Some((_, CellValue::Text(t))) if head.first() == Some(&clean(t)));
        is_text && cells.len() == head.len() && labels(row) == head
    };
    let mut rows: Vec<DataRow> = Vec::new();
    let mut row = body;
    while row < sheet.rows {
        let before = rows.last().map(|r| r.kind);
        let is_numbers = (before.is_none() || before == Some(RowKind::Numbering)) && is_numbering(sheet, row, columns);
        let kind = if is_numbers { RowKind::Numbering } else { kind_of(sheet, row, columns) };
        let after_break = matches!(before, Some(RowKind::Footer | RowKind::Total))
            || (row > body && spoken(sheet, row - 1).is_empty());
        let begins_anew = row > body && (is_head(row) || new_table(sheet, row, after_break));
        if begins_anew && !is_numbers {
            break;
        }
        // Past the signatures everything is below the table.
        let kind = if before == Some(RowKind::Footer) && kind != RowKind::Total { RowKind::Footer } else { kind };
        rows.push(DataRow { row, kind });
        row += 1;
    }
    let next = row;
    // Empty lines before a new table, or at the end, belong to nobody unless the template frames them.
    while rows.last().is_some_and(|r| spoken(sheet, r.row).is_empty() && !sheet.is_framed(r.row)) {
        rows.pop();
    }
    if next == sheet.rows
        && rows.last().is_none_or(|r| matches!(r.kind, RowKind::Data | RowKind::Blank | RowKind::Numbering))
    {
        let from = rows.last().map_or(body, |r| r.row + 1);
        let empty = (from..from.saturating_add(MAX_EMPTY_ROWS)).take_while(|row| sheet.is_framed(*row));
        rows.extend(empty.map(|row| DataRow { row, kind: RowKind::Blank }));
    }
    (rows, next)
}

/// Whether a further table begins at a row: with its header after a break, or with a title that a header follows.
fn new_table(sheet: &Sheet, row: u32, after_break: bool) -> bool {
    let is_header = |row: u32| could_be_header(sheet, row) && header_score(sheet, row) >= SURE;
    if after_break && is_header(row) {
        return header_score(sheet, row) * 2 >= spoken(sheet, row).len();
    }
    let title = lone_text(sheet, row).is_some_and(|t| !is_footer(&t) && t.chars().count() >= 4);
    title && (row + 1..row + 4).take_while(|r| *r < sheet.rows).any(is_header) && {
        let between = (row + 1..sheet.rows).find(|r| is_header(*r)).unwrap_or(row);
        (row + 1..between)
            .all(|r| lone_text(sheet, r).is_some() || spoken(sheet, r).iter().any(|(_, v)| is_fact(&v.shown())))
    }
}

/// List or cross table, and for the latter the columns that name its rows.
fn shape_of(sheet: &Sheet, columns: &[Column], data: &[u32]) -> (Shape, Vec<u32>) {
    let list = (Shape::List, Vec::new());
    if data.is_empty() || columns.iter().any(|c| is_list_only(c.path.last().unwrap_or(&c.label))) {
        return list;
    }
    let is_text = |v: &CellValue| matches!(v, CellValue::Text(t) if !matches!(t.trim(), "" | "-" | "—" | "/" | "\\" | "——" | "无"));
    let texts = |c: &Column| data.iter().filter(|r| is_text(&sheet.cell(**r, c.col).value)).count();
    let mut rest = columns.iter().skip_while(|c| is_sequence(&c.label)).peekable();
    let mut stubs = Vec::new();
    while let Some(column) = rest.next_if(|c| stubs.len() < 3 && texts(c) > 0 && !is_remark(&c.label)) {
        stubs.push(column.col);
    }
    let figures: Vec<&Column> = rest.filter(|c| !is_remark(&c.label)).collect();
    let plain = |v: &CellValue| match v {
        CellValue::Number(n) => n.abs() < 1e9,
        CellValue::Date { .. } => false,
        v => !is_text(v),
    };
    let only_figures = figures.iter().all(|c| data.iter().all(|r| plain(&sheet.cell(*r, c.col).value)));
    // The first stub names every row, except where it is merged over several.
    let named = stubs.iter().any(|col| data.iter().all(|r| !super::values::merged(sheet, *r, *col).is_blank()));
    if stubs.is_empty() || figures.is_empty() || !only_figures || !named { list } else { (Shape::Cross, stubs) }
}
