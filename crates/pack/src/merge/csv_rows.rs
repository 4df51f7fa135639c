//! Code lists merged row by code.

use std::collections::BTreeMap;

use super::{Conflict, Side, Three};

/// A code list as rows.
struct List {
    /// Comment lines at the top.
    comments: String,
    columns: Vec<String>,
    /// Cells by column, in order of rows.
    rows: Vec<(String, Cells)>,
}

/// Cells by column; empty ones are left out.
type Cells = BTreeMap<String, String>;

/// The merged text; `None` when one of the three cannot be read as a code list.
pub(super) fn merge(
    path: &str,
    base: &str,
    shipped: &str,
    city: &str,
    conflicts: &mut Vec<Conflict>,
) -> Option<String> {
    let (base, shipped, city) = (read(base)?, read(shipped)?, read(city)?);
    let mut columns = city.columns.clone();
    columns.extend(shipped.columns.iter().filter(|column| !city.columns.contains(column)).cloned());
    let mut conflict = |key: &str, texts: Three<String>| {
        conflicts.push(Conflict {
            file: path.to_owned(),
            key: key.to_owned(),
            base: texts.base,
            shipped: texts.shipped,
            city: texts.city,
        });
    };
    let comments = Three { base: Some(&base.comments), shipped: Some(&shipped.comments), city: Some(&city.comments) };
    let head = match comments.side() {
        Side::City => &city.comments,
        Side::Shipped => &shipped.comments,
        Side::Neither => {
            let owned = |text: Option<&String>| text.cloned();
            let texts =
                Three { base: owned(comments.base), shipped: owned(comments.shipped), city: owned(comments.city) };
            conflict("#", texts);
            &city.comments
        }
    };
    let mut rows: Vec<(&str, &Cells)> = Vec::new();
    for (code, cells) in &city.rows {
        let sides = Three { base: base.get(code), shipped: shipped.get(code), city: Some(cells) };
        match sides.side() {
            Side::City => rows.push((code, cells)),
            Side::Shipped => rows.extend(sides.shipped.map(|cells| (code.as_str(), cells))),
            Side::Neither => {
                conflict(code, shown(sides, &columns));
                rows.push((code, cells));
            }
        }
    }
    let mut previous: Option<&str> = None;
    for (code, cells) in &shipped.rows {
        let sides = Three { base: base.get(code), shipped: Some(cells), city: city.get(code) };
        if sides.city.is_none() {
            match sides.base {
                None => {
                    let after = previous.and_then(|previous| rows.iter().position(|(code, _)| *code == previous));
                    rows.insert(after.map_or(rows.len(), |at| at + 1), (code, cells));
                }
                Some(old) if old != cells => conflict(code, shown(sides, &columns)),
                Some(_) => {}
            }
        }
        previous = Some(code);
    }
    write(head, &columns, &rows)
}

impl List {
    fn get(&self, code: &str) -> Option<&Cells> {
        self.rows.iter().find(|(known, _)| known == code).map(|(_, cells)| cells)
    }
}

fn read(text: &str) -> Option<List> {
    let comments: String = text.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect();
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let mut rows: Vec<(String, Cells)> = Vec::new();
    for row in reader.records() {
        let row = row.ok()?;
        let pairs = columns.iter().zip(&row).filter(|(_, cell)| !cell.is_empty());
        let cells: Cells = pairs.map(|(column, cell)| (column.clone(), cell.to_owned())).collect();
        let code = cells.get("code")?.clone();
        if rows.iter().any(|(known, _)| *known == code) {
            return None;
        }
        rows.push((code, cells));
    }
    Some(List { comments, columns, rows })
}

fn line(cells: &Cells, columns: &[String]) -> Option<String> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| cells.get(column).map_or("", String::as_str))).ok()?;
    String::from_utf8(writer.into_inner().ok()?).ok()
}

fn shown(sides: Three<&Cells>, columns: &[String]) -> Three<String> {
    let text = |cells: Option<&Cells>| Some(line(cells?, columns)?.trim_end().to_owned());
    Three { base: text(sides.base), shipped: text(sides.shipped), city: text(sides.city) }
}

fn write(head: &str, columns: &[String], rows: &[(&str, &Cells)]) -> Option<String> {
    let mut text = head.to_owned();
    text.push_str(&columns.join(","));
    text.push('\n');
    for (_, cells) in rows {
        text.push_str(&line(cells, columns)?);
    }
    Some(text)
}
