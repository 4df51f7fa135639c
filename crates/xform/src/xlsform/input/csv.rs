//! Forms as one CSV: a sheet's name alone in the first column, then its header row and its rows from the second column.

use super::{RawBook, RawRow, RawSheet, check, not_a_form};
use crate::xlsform::finding::Finding;

/// Reads the text of a CSV form.
pub(super) fn read(text: &str) -> Result<RawBook, Finding> {
    if text.chars().take(5_000).filter(|c| *c == ',').count() < 4 {
        return Err(not_a_form());
    }
    let mut sheets: Vec<RawSheet> = Vec::new();
    let mut open: Option<usize> = None;
    let mut headed = false;
    let mut names = Vec::new();
    for (line, fields) in records(text) {
        let mut fields = fields.into_iter();
        let Some(first) = fields.next() else { continue };
        let name = first.trim();
        if !name.is_empty() {
            headed = false;
            open = Some(sheets.iter().position(|s| s.name == name.to_lowercase()).unwrap_or_else(|| {
                names.push(name.to_owned());
                sheets.push(RawSheet { name: name.to_lowercase(), ..RawSheet::default() });
                sheets.len() - 1
            }));
        }
        let cells: Vec<String> = fields.map(|c| c.trim().to_owned()).collect();
        let Some(sheet) = open.and_then(|at| sheets.get_mut(at)) else { continue };
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if headed {
            let cells = (0..).zip(cells).filter(|(_, c)| !c.is_empty()).collect();
            sheet.rows.push(RawRow { number: line, cells });
        } else {
            headed = true;
            sheet.headers = cells.into_iter().map(|h| (!h.is_empty()).then_some(h)).collect();
        }
    }
    let mut book = RawBook { names, ..RawBook::default() };
    for mut sheet in sheets {
        // The reference counts rows from the header of each sheet.
        for (number, row) in (2..).zip(&mut sheet.rows) {
            row.number = number;
        }
        check(&sheet)?;
        book.add(sheet, false);
    }
    Ok(book)
}

/// The same form as text that [`read`] reads.
pub(super) fn write(book: &RawBook) -> String {
    let mut text = String::new();
    for sheet in &book.sheets {
        line(&mut text, &[sheet.name.as_str()]);
        let headers = sheet.headers.iter().map(|header| header.as_deref().unwrap_or_default());
        line(&mut text, &std::iter::once("").chain(headers).collect::<Vec<_>>());
        for row in &sheet.rows {
            let mut cells = vec![""; sheet.headers.len() + 1];
            for (column, cell) in row.cells.iter().filter(|(column, _)| *column < sheet.headers.len()) {
                cells[column + 1] = cell;
            }
            line(&mut text, &cells);
        }
    }
    text
}

fn line(text: &mut String, cells: &[&str]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push('\n');
}

/// Records of RFC 4180 with their line, quotes kept lenient: a quote inside an unquoted field is text.
fn records(text: &str) -> Vec<(u32, Vec<String>)> {
    let mut all = Vec::new();
    let (mut fields, mut field) = (Vec::new(), String::new());
    let (mut quoted, mut fresh) = (false, true);
    let (mut line, mut first_line) = (1, 1);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        line += u32::from(c == '\n');
        match c {
            '"' if quoted => match chars.peek() {
                Some('"') => {
                    chars.next();
                    field.push('"');
                }
                _ => quoted = false,
            },
            c if quoted => field.push(c),
            '"' if fresh => (quoted, fresh) = (true, false),
            ',' => {
                fields.push(std::mem::take(&mut field));
                fresh = true;
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                if !(fields.is_empty() && field.is_empty()) {
                    fields.push(std::mem::take(&mut field));
                    all.push((first_line, std::mem::take(&mut fields)));
                }
                (fresh, first_line) = (true, line);
            }
            c => {
                field.push(c);
                fresh = false;
            }
        }
    }
    if !(fields.is_empty() && field.is_empty()) {
        fields.push(field);
        all.push((first_line, fields));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_begins_with_its_name_and_its_headers() {
        let book =
            read("survey,,\n,type,name,label\n,text,a,\"A, \"\"b\"\"\nc\"\n\n\"settings\"\n,form_id\n,x\n").unwrap();
        let survey = book.sheet("survey").unwrap();
        assert_eq!(survey.headers, [Some("type".to_owned()), Some("name".into()), Some("label".into())]);
        assert_eq!(survey.rows[0].cells[2], (2, "A, \"b\"\nc".to_owned()));
        assert_eq!(survey.rows[0].number, 2);
        assert_eq!(book.sheet("settings").unwrap().rows.len(), 1);
        assert_eq!(book.names, ["survey", "settings"]);
    }

    #[test]
    fn a_text_without_commas_is_no_form() {
        assert_eq!(read("hello").unwrap_err().code, "file-not-a-form");
    }
}
