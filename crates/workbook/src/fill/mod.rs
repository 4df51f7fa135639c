//! Filling a department's template: only what is edited changes.

pub(crate) mod grow;
mod parts;
pub(crate) mod row;
mod sample;
pub(crate) mod sheet;
pub(crate) mod tokens;

pub(crate) use parts::{Changes, write_package};

use crate::convert::to_xlsx;
use crate::error::{BookError, Note};
use crate::formula::Shift;
use crate::limits::Limits;
use crate::package::Package;
use crate::xlsx::{Outline, SheetEntry, read_outline, read_rels, read_styles};
use parts::recalculate;

/// A value to write.
#[derive(Debug, Clone, PartialEq)]
pub enum OutValue {
    /// Text; always stored as text, so an identity number keeps all its digits.
    Text(String),
    /// A number.
    Number(f64),
    /// A date: a serial number where the template's cell has a date format, otherwise the text `yyyy-mm-dd`.
    Date {
        /// Year, 1900–9999.
        year: i16,
        /// Month, 1–12.
        month: u8,
        /// Day, 1–31.
        day: u8,
    },
    /// Clears the cell, keeping its style.
    Empty,
}

/// One cell to write, counted from 0 in the sheet as it is *after* growing.
#[derive(Debug, Clone, PartialEq)]
pub struct CellWrite {
    /// Row.
    pub row: u32,
    /// Column.
    pub col: u32,
    /// What to write.
    pub value: OutValue,
}

/// Makes room for a list longer than the template foresaw. The template offers `template_rows` rows from `at_row`; when
/// `rows_needed` is more, the difference is inserted after the last of them, each new row a copy of `sample_row`'s height,
/// styles, formulas and one-row merges. What lies below moves down, and references, totals included, follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grow {
    /// The row whose looks are copied.
    pub sample_row: u32,
    /// First row of the list.
    pub at_row: u32,
    /// Rows the list will have.
    pub rows_needed: u32,
    /// Rows the template offers.
    pub template_rows: u32,
}

/// The edits of one sheet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SheetEdit {
    /// The sheet's name.
    pub sheet: String,
    /// Cells to write; the last of two for one cell wins.
    pub writes: Vec<CellWrite>,
    /// Rows to insert first.
    pub grow: Option<Grow>,
}

/// A filled template.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The workbook, always .xlsx (or .xlsm when the template was).
    pub bytes: Vec<u8>,
    /// What the person should know about it.
    pub notes: Vec<Note>,
}

/// Writes `edits` into a copy of `template`, whose file name `name` names the sheet of a delimited text.
///
/// Zip parts that no edit touches are copied without being unpacked; in a touched sheet every row that is not edited is
/// copied byte for byte. Cells keep the template's style. The program that opens the result recalculates it.
///
/// # Errors
/// As [`crate::open`], and `workbook.no_such_sheet` or `workbook.bad_edit` for an edit outside the workbook.
pub fn fill(template: &[u8], name: &str, edits: &[SheetEdit], limits: &Limits) -> Result<Filled, BookError> {
    let mut notes = Vec::new();
    let converted = to_xlsx(template, name, limits)?;
    if converted.is_some() {
        notes.push(Note::ConvertedToXlsx);
    }
    let mut package = Package::open(converted.as_deref().unwrap_or(template), limits)?;
    let outline = read_outline(&mut package)?;
    let styles = read_styles(&mut package, &outline)?;
    let mut changes = Changes::default();
    for edit in edits {
        let entry = outline.sheets.iter().find(|s| s.name == edit.sheet);
        let entry = entry.ok_or_else(|| BookError::NoSuchSheet { sheet: edit.sheet.clone() })?;
        let shift = match &edit.grow {
            Some(grow) => grow::shift_of(&edit.sheet, grow)?,
            None => None,
        };
        let around = sheet::Surroundings { part: &entry.part, styles: &styles, epoch_1904: outline.epoch_1904 };
        let xml = changes.text(&mut package, &entry.part)?;
        let xml = sheet::edit_sheet(&around, &xml, edit, shift.as_ref(), &mut notes)?;
        changes.set(&package, &entry.part, xml);
        if let Some(shift) = shift {
            follow(&mut package, &outline, entry, &shift, &mut changes)?;
        }
    }
    if !edits.is_empty() {
        let chain = outline.related("calcChain").map(str::to_owned);
        recalculate(&mut package, &outline.part, chain.as_deref(), &mut changes)?;
    }
    Ok(Filled { bytes: write_package(package, &changes)?, notes })
}

/// Lets everything outside the sheet's own part follow its inserted rows: defined names, other sheets' formulas, drawings,
/// comments, tables and charts.
fn follow(
    package: &mut Package<'_>,
    outline: &Outline,
    entry: &SheetEntry,
    shift: &Shift,
    changes: &mut Changes,
) -> Result<(), BookError> {
    let mut apply = |package: &mut Package<'_>, part: &str, edit: &dyn Fn(&str) -> Result<String, BookError>| {
        if package.find(part).is_none() {
            return Ok(());
        }
        let old = changes.text(package, part)?;
        let new = edit(&old)?;
        if new != old {
            changes.set(package, part, new);
        }
        Ok::<(), BookError>(())
    };
    apply(package, &outline.part, &|xml| grow::shift_refs(&outline.part, xml, shift, None))?;
    for rel in read_rels(package, &entry.part)? {
        let part = rel.target.as_str();
        match rel.kind.as_str() {
            "drawing" => apply(package, part, &|xml| grow::shift_drawing(part, xml, shift))?,
            "vmlDrawing" => apply(package, part, &|xml| grow::shift_vml(part, xml, shift))?,
            "comments" | "threadedComment" | "table" => {
                apply(package, part, &|xml| grow::shift_refs(part, xml, shift, Some(&entry.name)))?;
            }
            _ => {}
        }
    }
    // Sheet names stand escaped in the XML; a name with nothing to escape is looked for first, as the cheap case.
    let others = outline.sheets.iter().filter(|s| s.part != entry.part).map(|s| s.part.clone());
    let charts = package.names().filter(|n| n.starts_with("xl/charts/chart")).map(str::to_owned);
    let readers: Vec<String> = others.chain(charts).collect();
    let needle = crate::xml::escaped(&entry.name);
    for part in readers {
        apply(package, &part, &|xml| {
            if !xml.contains(&needle) { Ok(xml.to_owned()) } else { grow::shift_texts(&part, xml, shift) }
        })?;
    }
    Ok(())
}
