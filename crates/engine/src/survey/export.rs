//! Tables as .xlsx: watermarked, audited.

use std::io::Write;

use linli_domain::{Actor, RecordId, Subject, Verb};
use linli_workbook::{ColumnKind, ExportValue, XlsxExport};
use serde_json::json;

use super::CAMPAIGN;
use crate::{Engine, Problem, sheet::import::stage::book_problem};

/// A value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
}

impl Cell {
    /// Words.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// A number.
    pub fn number(number: f64) -> Self {
        Self::Number(number)
    }

    /// A number that may be missing: never a silent 0.
    pub fn maybe(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}

/// A table to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Title.
    pub title: String,
    columns: Vec<(String, ColumnKind)>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table.
    pub fn new(title: &str, columns: &[(&str, ColumnKind)]) -> Self {
        let columns = columns.iter().map(|(label, kind)| ((*label).to_owned(), *kind)).collect();
        Self { title: title.to_owned(), columns, rows: Vec::new() }
    }

    /// Takes a row; missing cells at its end are empty.
    pub fn push(&mut self, mut row: Vec<Cell>) {
        row.resize(self.columns.len(), Cell::Empty);
        self.rows.push(row);
    }

    /// The file's bytes. Whoever exports is named in it and in the audit log. Blocks the thread.
    pub fn xlsx(&self, engine: &Engine, actor: &Actor, campaign: RecordId) -> Result<Vec<u8>, Problem> {
        let permit = engine.permit(actor, Verb::Read, Subject::Entity(CAMPAIGN.into()))?;
        let own = crate::access::home_of(&actor.grants).cloned();
        let told = json!({ "table": self.title, "rows": self.rows.len() });
        let entry = engine.audit_entry(actor, "export", permit.subject().name(), campaign.to_string(), own, told);
        engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.audit(entry.clone())?))?;
        let mark = format!("{} · {} {}", self.title, actor.name, engine.now());
        let columns: Vec<(&str, ColumnKind)> =
            self.columns.iter().map(|(label, kind)| (label.as_str(), *kind)).collect();
        let mut out = Vec::new();
        let mut file = XlsxExport::new(&mut out, &sheet_name(&self.title), &columns, &mark)
            .map_err(|error| book_problem(&error))?;
        for row in &self.rows {
            let values: Vec<ExportValue<'_>> = row
                .iter()
                .map(|cell| match cell {
                    Cell::Empty => ExportValue::Empty,
                    Cell::Text(text) => ExportValue::Text(text),
                    Cell::Number(number) => ExportValue::Number(*number),
                })
                .collect();
            file.push(&values).map_err(|error| book_problem(&error))?;
        }
        file.finish().and_then(|out| Ok(out.flush()?)).map_err(|error| book_problem(&error))?;
        Ok(out)
    }
}

/// A title as a sheet may be called: 31 letters, none of those Excel refuses.
fn sheet_name(title: &str) -> String {
    let plain: String =
        title.chars().map(|sign| if "[]:*?/\\'".contains(sign) { ' ' } else { sign }).take(31).collect();
    if plain.trim().is_empty() { "Sheet".to_owned() } else { plain }
}
