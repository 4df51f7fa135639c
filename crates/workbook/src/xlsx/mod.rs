//! Reading Office Open XML workbooks (ISO/IEC 29500-1) in one pass over each part.

mod sheet;
mod strings;
mod styles;

use std::collections::HashMap;

use quick_xml::events::Event;

use crate::error::{BookError, Disguise};
use crate::limits::Limits;
use crate::model::{Book, Format, Sheet};
use crate::package::Package;
use crate::xml::{attr, flag, walk};

pub(crate) use styles::{Styles, read_styles};

/// One relationship of a part.
#[derive(Debug, Clone)]
pub(crate) struct Rel {
    pub(crate) id: String,
    /// The last segment of the type, `worksheet`, the same in the transitional and the strict form.
    pub(crate) kind: String,
    /// The part it leads to, resolved from the root.
    pub(crate) target: String,
}

/// A worksheet as the workbook part lists it.
#[derive(Debug, Clone)]
pub(crate) struct SheetEntry {
    pub(crate) name: String,
    pub(crate) hidden: bool,
    /// The worksheet's part.
    pub(crate) part: String,
}

/// The workbook part and what it leads to.
#[derive(Debug, Clone)]
pub(crate) struct Outline {
    pub(crate) part: String,
    pub(crate) sheets: Vec<SheetEntry>,
    pub(crate) rels: Vec<Rel>,
    pub(crate) epoch_1904: bool,
}

impl Outline {
    /// The part of a relationship kind.
    pub(crate) fn related(&self, kind: &str) -> Option<&str> {
        self.rels.iter().find(|r| r.kind == kind).map(|r| r.target.as_str())
    }
}

/// The part that holds another part's relationships.
pub(crate) fn rels_part(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/_rels/{file}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// A target as seen from a part, resolved from the root, without a leading slash.
fn resolve_target(part: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = part.split('/').collect();
    path.pop();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

/// The relationships of a part; none when it has no relationships part.
pub(crate) fn read_rels(package: &mut Package<'_>, part: &str) -> Result<Vec<Rel>, BookError> {
    let rels = rels_part(part);
    if package.find(&rels).is_none() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    package.stream(&rels, |input| {
        walk(&rels, input, |event, _| {
            if let Event::Start(tag) = event
                && tag.local_name().into_inner() == "Relationship"
                && attr(tag, "TargetMode").is_none_or(|m| m != "External")
                && let (Some(id), Some(kind), Some(target)) = (attr(tag, "Id"), attr(tag, "Type"), attr(tag, "Target"))
            {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.push(Rel { id: id.into_owned(), kind, target: resolve_target(part, &target) });
            }
            Ok(())
        })
    })?;
    Ok(found)
}

/// Reads the workbook part.
pub(crate) fn read_outline(package: &mut Package<'_>) -> Result<Outline, BookError> {
    let root = read_rels(package, "")?;
    let named = root.into_iter().find(|r| r.kind == "officeDocument").map(|r| r.target);
    let part = named.unwrap_or_else(|| "xl/workbook.xml".to_owned());
    if package.find(&part).is_none() || !part.ends_with(".xml") || package.find("word/document.xml").is_some() {
        return Err(BookError::NotAWorkbook { found: Disguise::Zip });
    }
    let rels = read_rels(package, &part)?;
    let targets: HashMap<&str, &Rel> = rels.iter().map(|r| (r.id.as_str(), r)).collect();
    let mut sheets = Vec::new();
    let mut epoch_1904 = false;
    let mut is_workbook = false;
    package.stream(&part, |input| {
        walk(&part, input, |event, _| {
            let Event::Start(tag) = event else { return Ok(()) };
            match tag.local_name().into_inner() {
                "workbook" => is_workbook = true,
                "workbookPr" => epoch_1904 = flag(tag, "date1904"),
                "sheet" => {
                    // Two attributes may be called `id`; the relationship's is the prefixed one.
                    let id = tag
                        .attributes()
                        .with_checks(false)
                        .flatten()
                        .find(|a| a.key.prefix().is_some() && a.key.local_name().into_inner() == "id");
                    let rel = id.and_then(|a| targets.get(a.value.as_ref()).copied());
                    if let Some(rel) = rel.filter(|r| r.kind == "worksheet") {
                        let name = attr(tag, "name").unwrap_or_default().into_owned();
                        let hidden = attr(tag, "state").is_some_and(|s| s != "visible");
                        sheets.push(SheetEntry { name, hidden, part: rel.target.clone() });
                    }
                }
                _ => {}
            }
            Ok(())
        })
    })?;
    if !is_workbook {
        return Err(BookError::NotAWorkbook { found: Disguise::Zip });
    }
    Ok(Outline { part, sheets, rels, epoch_1904 })
}

/// Opens an .xlsx.
pub(crate) fn open_xlsx(bytes: &[u8], limits: &Limits) -> Result<Book, BookError> {
    let mut package = Package::open(bytes, limits)?;
    let outline = read_outline(&mut package)?;
    let styles = read_styles(&mut package, &outline)?;
    let shared = strings::read_shared(&mut package, &outline)?;
    let ctx = sheet::Context { shared: &shared, styles: &styles, epoch_1904: outline.epoch_1904, limits };
    let mut slots = 0;
    let mut sheets = Vec::with_capacity(outline.sheets.len());
    for entry in &outline.sheets {
        let mut sheet = Sheet::named(&entry.name, entry.hidden);
        package.stream(&entry.part, |input| sheet::read_sheet(input, &entry.part, &ctx, &mut sheet, &mut slots))?;
        sheets.push(sheet);
    }
    Ok(Book { format: Format::Xlsx, sheets, encoding: None })
}
