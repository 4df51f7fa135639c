//! Column names: aliases, languages and attributes → one map a row.

use super::aliases::Alias;
use super::finding::Finding;
use super::input::{RawRow, RawSheet};
use super::value::Map;

/// How one sheet's columns are understood.
pub(super) struct Scheme {
    /// Other names of columns.
    pub(super) aliases: &'static [Alias],
    /// Columns with a meaning of their own.
    pub(super) known: &'static [&'static str],
    /// Columns that must be there.
    pub(super) required: &'static [&'static str],
}

/// One column.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// The header as written.
    pub(super) header: String,
    /// `label::English` as `["label", "English"]`, aliases resolved.
    pub(super) path: Vec<String>,
}

/// One row after its columns were resolved.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Counted from 1 as a spreadsheet does.
    pub(super) number: u32,
    pub(super) values: Map,
}

/// A sheet after its columns were resolved.
#[derive(Debug, Clone, Default)]
pub(super) struct Grouped {
    /// By the index of the raw column; `None` where there is no header.
    pub(super) columns: Vec<Option<Column>>,
    pub(super) rows: Vec<Row>,
}

impl Grouped {
    /// The header as written of the first column that means `path`, or `path` itself.
    pub(super) fn header(&self, path: &[&str]) -> String {
        let found = self.columns.iter().flatten().find(|c| c.path.iter().map(String::as_str).eq(path.iter().copied()));
        found.map_or_else(|| path.last().copied().unwrap_or_default().to_owned(), |c| c.header.clone())
    }
}

/// How cells of a sheet are cleaned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cleaning<'a> {
    /// Runs of spaces become one.
    pub(super) collapse: bool,
    /// The key of texts without a language beside those with one.
    pub(super) default_language: &'a str,
}

/// Resolves the columns of a sheet and groups its rows.
pub(super) fn group(sheet: &RawSheet, scheme: &Scheme, cleaning: Cleaning<'_>, findings: &mut Vec<Finding>) -> Grouped {
    let columns = columns(sheet, scheme, findings);
    let has = |name: &str| columns.iter().flatten().any(|c| c.path[0] == name);
    let missing: Vec<_> = scheme.required.iter().filter(|r| !has(r)).map(|r| format!("'{r}'")).collect();
    if !missing.is_empty() && (sheet.name == "survey" || !sheet.rows.is_empty()) {
        let missing = missing.join(", ");
        findings.push(
            Finding::error(
                "header-required",
                &sheet.name,
                format!("缺少必需的列：{missing}。请在第一行加上。"),
                format!("Required columns are missing: {missing}. Add them to the first row."),
            )
            .row(1)
            .column(scheme.required[0]),
        );
    }
    let rows = sheet.rows.iter().map(|raw| row(raw, &columns, cleaning)).collect();
    Grouped { columns, rows }
}

fn columns(sheet: &RawSheet, scheme: &Scheme, findings: &mut Vec<Finding>) -> Vec<Option<Column>> {
    let own = |h: &str| h.starts_with("linli::");
    let doubled = sheet.headers.iter().flatten().any(|h| h.contains("::") && !own(h));
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(sheet.headers.len());
    for header in &sheet.headers {
        let Some(header) = header else {
            columns.push(None);
            continue;
        };
        let (path, as_written) = resolve(header, doubled, scheme);
        let same = columns.iter().flatten().find(|c| c.path == path && c.header != *header);
        if let Some(other) = same
            && !as_written
        {
            let other = &other.header;
            findings.push(
                Finding::error(
                    "header-conflict",
                    &sheet.name,
                    format!("列“{other}”与“{header}”是同一列的两种写法。请删除或改名其中一列。"),
                    format!("'{other}' and '{header}' are names for the same column. Rename or remove one of them."),
                )
                .row(1)
                .column(header.as_str()),
            );
        }
        columns.push(Some(Column { header: header.clone(), path }));
    }
    columns
}

/// What a header means, and whether it is that column's own name.
fn resolve(header: &str, doubled: bool, scheme: &Scheme) -> (Vec<String>, bool) {
    let alias = |name: &str| scheme.aliases.iter().find(|(alias, _)| *alias == name).map(|(_, path)| *path);
    let is_known = |name: &str| scheme.known.contains(&name) && alias(name).is_none();
    if is_known(header) {
        return (vec![header.to_owned()], true);
    }
    let snake = snake_case(header);
    if is_known(&snake) {
        return (vec![snake], false);
    }
    let mut parts = split(header, doubled);
    let first = snake_case(&parts[0]);
    if let Some(path) = alias(&first) {
        let mut full: Vec<String> = path.iter().map(|p| (*p).to_owned()).collect();
        let as_written = full.len() == 1 && full[0] == header;
        full.extend(parts.drain(1..));
        return (full, as_written);
    }
    if scheme.known.contains(&first.as_str()) {
        let as_written = first == header;
        parts[0] = first;
        return (parts, as_written);
    }
    (parts, true)
}

fn split(header: &str, doubled: bool) -> Vec<String> {
    if doubled || header.contains("::") {
        return header.split("::").map(|t| t.trim().to_owned()).collect();
    }
    let mut parts: Vec<String> = Vec::new();
    for part in header.split(':').map(str::trim) {
        match parts.last_mut() {
            // `jr:count` is one name although `:` also separates languages in old forms.
            Some(last) if last == "jr" => *last = format!("jr:{part}"),
            _ => parts.push(part.to_owned()),
        }
    }
    parts
}

fn snake_case(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

fn row(raw: &RawRow, columns: &[Option<Column>], cleaning: Cleaning<'_>) -> Row {
    let mut values = Map::default();
    for (col, text) in &raw.cells {
        let Some(Some(column)) = columns.get(*col) else { continue };
        let text = clean(text, cleaning.collapse);
        match column.path.as_slice() {
            [name] => values.set_text(name, text),
            path => values.merge_at(path, text, cleaning.default_language),
        }
    }
    Row { number: raw.number, values }
}

/// Plain quotes for typographic ones, and one space for several.
fn clean(text: &str, collapse: bool) -> String {
    let text = if collapse { text.trim() } else { text };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' if collapse && out.ends_with(' ') => {}
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{201c}' | '\u{201d}' => out.push('"'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::aliases;
    use super::*;

    fn path(header: &str, doubled: bool) -> String {
        resolve(header, doubled, &aliases::SURVEY).0.join("|")
    }

    #[test]
    fn headers_are_resolved_as_the_field_writes_them() {
        for (header, doubled, want) in [
            ("label", false, "label"),
            ("Label", false, "label"),
            ("label::English (en)", true, "label|English (en)"),
            ("label:English", false, "label|English"),
            ("constraint message", false, "bind|jr:constraintMsg"),
            ("Constraint Message::zh", true, "bind|jr:constraintMsg|zh"),
            ("jr:count", false, "control|jr:count"),
            ("body::kb:flash", true, "control|kb:flash"),
            ("bind:jr:constraintMsg:fr", false, "bind|jr:constraintMsg|fr"),
            ("media::image::zh", true, "media|image|zh"),
            ("repeat_count", false, "control|jr:count"),
            ("My Notes", false, "My Notes"),
            ("save_to", false, "bind|entities:saveto"),
        ] {
            assert_eq!(path(header, doubled), want, "{header}");
        }
    }

    #[test]
    fn typographic_quotes_become_plain_and_spaces_collapse() {
        assert_eq!(clean("  a  ‘b’ “c” ", true), "a 'b' \"c\"");
        assert_eq!(clean("a  b", false), "a  b");
    }
}
