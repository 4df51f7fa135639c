//! Handing a workbook back with its mistakes marked where they are.

mod comments;
mod links;
mod styles;

use std::collections::{BTreeMap, HashSet};

use crate::convert::to_xlsx;
use crate::error::BookError;
use crate::fill::row::{Change, Writer, edit_row};
use crate::fill::sheet::SheetXml;
use crate::fill::{Changes, write_package};
use crate::limits::Limits;
use crate::model::Sheet;
use crate::package::Package;
use crate::refs::{MAX_COL, MAX_ROW, cell_name};
use crate::xlsx::{Outline, SheetEntry, Styles, read_outline, read_rels};
use comments::Messages;
use styles::RedStyles;

/// What is wrong with one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The sheet's name.
    pub sheet: String,
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub col: u32,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// A marked workbook.
#[derive(Debug, Clone)]
pub struct Marked {
    /// The .xlsx.
    pub bytes: Vec<u8>,
    /// The name to offer it under, always ending in `.xlsx` (or `.xlsm`).
    pub file_name: String,
}

/// The same workbook with each marked cell filled light red and a comment saying what is wrong. Existing comments stay.
/// For .csv, .xls and HTML input the result is an .xlsx copy with the marks. Several marks of one cell share a comment.
///
/// # Errors
/// As [`crate::open`] with the default limits, and `workbook.no_such_sheet` or `workbook.bad_edit` for a mark outside.
pub fn mark_errors(original: &[u8], name: &str, marks: &[Mark]) -> Result<Marked, BookError> {
    let limits = Limits::default();
    let converted = to_xlsx(original, name, &limits)?;
    let mut package = Package::open(converted.as_deref().unwrap_or(original), &limits)?;
    let outline = read_outline(&mut package)?;
    let mut changes = Changes::default();
    let styles_part = styles_part(&mut package, &outline, &mut changes)?;
    let red = RedStyles::read(&styles_part, changes.text(&mut package, &styles_part)?)?;
    let mut by_sheet: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
    for mark in marks {
        by_sheet.entry(&mark.sheet).or_default().push(mark);
    }
    for (sheet, marks) in by_sheet {
        let entry = outline.sheets.iter().find(|s| s.name == sheet);
        let entry = entry.ok_or_else(|| BookError::NoSuchSheet { sheet: sheet.to_owned() })?;
        mark_sheet(&mut package, entry, &marks, &red, &mut changes)?;
    }
    let styles = red.finish(&styles_part)?;
    changes.set(&package, &styles_part, styles);
    Ok(Marked { bytes: write_package(package, &changes)?, file_name: marked_name(name) })
}

/// `名单.csv` → `名单（待更正）.xlsx`.
fn marked_name(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let extension = if extension.eq_ignore_ascii_case("xlsm") { "xlsm" } else { "xlsx" };
    format!("{stem}（待更正）.{extension}")
}

/// The styles part, made when the workbook has none.
fn styles_part(package: &mut Package<'_>, outline: &Outline, changes: &mut Changes) -> Result<String, BookError> {
    if let Some(part) = outline.related("styles").filter(|p| package.find(p).is_some()) {
        return Ok(part.to_owned());
    }
    let part = "xl/linli-styles.xml";
    changes.set(package, part, styles::MINIMAL.to_owned());
    links::add_rel(package, &outline.part, "styles", part, changes)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml";
    links::add_override(package, part, kind, changes)?;
    Ok(part.to_owned())
}

/// Marks one sheet: its cells, its comments and their boxes.
fn mark_sheet(
    package: &mut Package<'_>,
    entry: &SheetEntry,
    marks: &[&Mark],
    red: &RedStyles,
    changes: &mut Changes,
) -> Result<(), BookError> {
    let xml = package.read_text(&entry.part)?;
    let sheet = SheetXml::parse(&entry.part, &xml)?;
    let mut merges = Sheet::default();
    merges.set_merges(sheet.merges.clone());
    let mut messages = Messages::new();
    for mark in marks {
        if mark.row >= MAX_ROW || mark.col >= MAX_COL {
            return Err(BookError::BadEdit { sheet: mark.sheet.clone(), row: mark.row, col: mark.col });
        }
        let place = merges.merge_at(mark.row, mark.col).map_or((mark.row, mark.col), |m| (m.top, m.left));
        let message = messages.entry(place).or_default();
        if !message.is_empty() {
            message.push('\n');
        }
        message.push_str(&mark.message);
    }
    let rows = red_rows(entry, &sheet, &messages, red)?;
    let tail = add_notes(package, entry, sheet.tail, &messages, changes)?;
    let marked = sheet.assemble(sheet.head, &rows, &tail);
    changes.set(package, &entry.part, marked);
    Ok(())
}

/// The rows of a sheet with the marked cells red; all others byte for byte.
fn red_rows(
    entry: &SheetEntry,
    sheet: &SheetXml<'_>,
    messages: &Messages,
    red: &RedStyles,
) -> Result<String, BookError> {
    let styles = Styles::default();
    let writer = Writer {
        part: &entry.part,
        prefix: &sheet.prefix,
        styles: &styles,
        epoch_1904: false,
        column_styles: &sheet.column_styles,
    };
    let restyle = |style: usize| red.red_of(style);
    let mut waiting: BTreeMap<u32, Vec<(u32, Change<'_>)>> = BTreeMap::new();
    for (row, col) in messages.keys() {
        waiting.entry(*row).or_default().push((*col, Change::Restyle(&restyle)));
    }
    let mut rows = String::with_capacity(sheet.rows.iter().map(|(_, xml)| xml.len() + 8).sum());
    let new_row = |row: u32| format!("<{}row r=\"{}\"/>", sheet.prefix, row + 1);
    for (row, xml) in &sheet.rows {
        while let Some(next) = waiting.first_entry().filter(|e| e.key() < row) {
            let (row, changes) = next.remove_entry();
            rows.push_str(&edit_row(&writer, &new_row(row), row, &changes)?.0);
        }
        match waiting.remove(row) {
            Some(changes) => rows.push_str(&edit_row(&writer, xml, *row, &changes)?.0),
            None => rows.push_str(xml),
        }
    }
    for (row, changes) in waiting {
        rows.push_str(&edit_row(&writer, &new_row(row), row, &changes)?.0);
    }
    Ok(rows)
}

/// Adds the comments and their boxes; returns the sheet's tail, which must name the drawing.
fn add_notes(
    package: &mut Package<'_>,
    entry: &SheetEntry,
    tail: &str,
    messages: &Messages,
    changes: &mut Changes,
) -> Result<String, BookError> {
    let rels = read_rels(package, &entry.part)?;
    let part_of = |kind: &str| rels.iter().find(|r| r.kind == kind).map(|r| r.target.clone());
    let own = |folder: &str, extension: &str| {
        let stem = entry.part.rsplit('/').next().unwrap_or("sheet").trim_end_matches(".xml");
        format!("xl/{folder}linli-{stem}.{extension}")
    };
    let (comments, old) = match part_of("comments").filter(|p| package.find(p).is_some()) {
        Some(part) => (part.clone(), changes.text(package, &part)?),
        None => {
            let part = own("comments-", "xml");
            links::add_rel(package, &entry.part, "comments", &part, changes)?;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
            links::add_override(package, &part, kind, changes)?;
            (part, comments::NO_COMMENTS.to_owned())
        }
    };
    let taken: HashSet<String> = comments::commented(&comments, &old)?.into_iter().collect();
    let new = comments::add_comments(&comments, &old, messages)?;
    changes.set(package, &comments, new);
    let boxes = messages.iter().filter(|((row, col), _)| !taken.contains(&cell_name(*row, *col)));
    let boxes = boxes.map(|(place, message)| (*place, message.chars().count()));
    let named = links::legacy_drawing(tail);
    let drawing = rels.iter().find(|r| named.as_deref() == Some(r.id.as_str())).map(|r| r.target.clone());
    if let Some(part) = drawing.filter(|p| package.find(p).is_some()) {
        let vml = comments::add_shapes(&part, &changes.text(package, &part)?, boxes)?;
        changes.set(package, &part, vml);
        return Ok(tail.to_owned());
    }
    let part = own("drawings/", "vml");
    let vml = comments::add_shapes(&part, comments::NO_SHAPES, boxes)?;
    changes.set(package, &part, vml);
    let id = links::add_rel(package, &entry.part, "vmlDrawing", &part, changes)?;
    links::add_default(package, "vml", "application/vnd.openxmlformats-officedocument.vmlDrawing", changes)?;
    links::name_drawing(&entry.part, tail, &id)
}
