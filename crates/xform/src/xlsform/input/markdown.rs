//! Forms as Markdown tables: the sheet's name in the first cell, its header row and rows below with an empty first cell.

use super::{RawBook, RawRow, RawSheet, check, not_a_form};
use crate::xlsform::finding::Finding;

/// Reads the text of a Markdown form.
pub(super) fn read(text: &str) -> Result<RawBook, Finding> {
    if text.chars().take(5_000).filter(|c| *c == '|').count() < 5 {
        return Err(not_a_form());
    }
    let tables = tables(text);
    let mut book = RawBook { names: tables.iter().map(|(name, _)| name.clone()).collect(), ..RawBook::default() };
    let alone = tables.len() == 1;
    for (name, rows) in tables {
        let sheet = sheet(name, rows)?;
        check(&sheet)?;
        book.add(sheet, alone);
    }
    Ok(book)
}

type Table = (String, Vec<Vec<Option<String>>>);

fn tables(text: &str) -> Vec<Table> {
    let mut found: Vec<Table> = Vec::new();
    for line in text.split('\n') {
        let Some(row) = row_of(line) else { continue };
        let mut cells = cells(row).into_iter();
        let first = cells.next().flatten();
        let rest: Vec<_> = cells.collect();
        if let Some(name) = first {
            found.retain(|(n, _)| *n != name);
            found.push((name, Vec::new()));
        }
        if let Some((_, rows)) = found.last_mut()
            && rest.iter().any(Option::is_some)
        {
            rows.push(rest);
        }
    }
    found
}

/// The part of a line between its first and its last bar, unless it is a comment or a rule.
fn row_of(line: &str) -> Option<&str> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.trim_start().starts_with('#') {
        return None;
    }
    // A comment behind the last bar ends the line.
    let bar = line.rfind('|')?;
    let line = match line[bar..].rfind('#') {
        Some(at) if bar + at + 1 < line.len() => &line[..bar + at],
        _ => line,
    };
    let row = line.trim_start().strip_prefix('|')?;
    let row = &row[..row.rfind('|')?];
    (row.is_empty() || !row.chars().all(|c| matches!(c, '|' | '-'))).then_some(row)
}

/// The cells of a row; `\|` is a bar inside a cell.
fn cells(row: &str) -> Vec<Option<String>> {
    let mut cells = Vec::new();
    let mut start = 0;
    for (at, _) in row.match_indices('|') {
        if !row[..at].ends_with('\\') {
            cells.push(&row[start..at]);
            start = at + 1;
        }
    }
    cells.push(&row[start..]);
    let clean = |c: &str| {
        let c = c.trim();
        (!c.is_empty()).then(|| c.replace("\\|", "|"))
    };
    cells.into_iter().map(clean).collect()
}

fn sheet(name: String, rows: Vec<Vec<Option<String>>>) -> Result<RawSheet, Finding> {
    let mut rows = rows.into_iter();
    let headers = rows.next().unwrap_or_default();
    let mut read = Vec::new();
    for (number, cells) in (2..).zip(rows) {
        let mut row = RawRow { number, cells: Vec::new() };
        for (col, cell) in cells.into_iter().enumerate() {
            let Some(text) = cell else { continue };
            if headers.get(col).is_none_or(Option::is_none) {
                return Err(Finding::error(
                    "header-missing",
                    &name.to_lowercase(),
                    format!("第 {} 列有内容“{text}”但没有列名。请在表头补上列名。", col + 1),
                    format!("Column {} holds '{text}' but has no header. Give the column a header.", col + 1),
                )
                .row(number));
            }
            row.cells.push((col, text));
        }
        read.push(row);
    }
    Ok(RawSheet { name, headers, rows: read })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_with_comments_rules_and_escaped_bars() {
        let book = read(
            "# a comment\n| survey | | |\n| | type | name | label |\n|--|--|--|--|\n| | text | a | A \\| B | # note\n| settings | |\n| | form_id |\n| | f |\n",
        )
        .unwrap();
        let survey = book.sheet("survey").unwrap();
        assert_eq!(survey.rows.len(), 1);
        assert_eq!(survey.rows[0].cells[2].1, "A | B");
        assert_eq!(book.sheet("settings").unwrap().rows[0].cells, [(0, "f".to_owned())]);
    }

    #[test]
    fn a_cell_without_a_header_is_named() {
        let got = read("| survey | | |\n| | type | name |\n| | text | a | extra |\n").unwrap_err();
        assert_eq!((got.code, got.row), ("header-missing", Some(2)));
    }
}
