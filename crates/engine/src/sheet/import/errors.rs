//! The ledger handed back with its bad cells marked.

use linli_domain::{Actor, RecordId};
use linli_store::tables::{Batch, RowOutcome};
use linli_workbook::{Mark, Marked};

use super::{apply::memo, check, model::Chosen, stage::book_problem, view::Detail};
use crate::{Engine, Problem, ProblemKind, sheet::documents};

/// Most marks in one workbook.
const MOST: usize = 20_000;

/// The workbook of an import with the cells of error rows marked (and conflicts and possible duplicates told).
pub fn error_workbook(engine: &Engine, actor: &Actor, id: RecordId) -> Result<Marked, Problem> {
    let batch = super::commands::batch(engine, actor, id)?;
    let bytes = documents::bytes(engine, &batch.file_hash)?;
    marked(engine, &batch, &bytes)
}

/// As [`error_workbook`], for a batch and bytes at hand.
pub fn marked(engine: &Engine, batch: &Batch, bytes: &[u8]) -> Result<Marked, Problem> {
    let chosen = memo(batch).chosen.unwrap_or_default();
    let book = super::stage::open_book(bytes, &batch.file_name)?;
    let marks = marks(engine, batch, &chosen, &book)?;
    if marks.is_empty() {
        return Err(Problem::new(
            ProblemKind::NotFound,
            "import.no_errors",
            "这次导入没有需要更正的单元格。",
            "This import has no cells to correct.",
        ));
    }
    linli_workbook::mark_errors(bytes, &batch.file_name, &marks).map_err(|error| book_problem(&error))
}

fn marks(engine: &Engine, batch: &Batch, chosen: &Chosen, book: &linli_workbook::Book) -> Result<Vec<Mark>, Problem> {
    let (_, table) = check::table_of(book, chosen)?;
    // The ledger's columns are the table's columns that stand for something, in order.
    let mapped: Vec<u32> = table
        .columns
        .iter()
        .map(|column| column.col)
        .filter(|col| {
            let element = chosen.mapping.get(&col.to_string()).and_then(Option::as_deref);
            element.is_some_and(|element| !matches!(element, "@sequence" | "@age"))
        })
        .collect();
    let first = table.columns.first().map_or(0, |column| column.col);
    let (id, sheet) = (batch.id, chosen.sheet.clone());
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut marks = Vec::new();
        for outcome in [RowOutcome::Error, RowOutcome::Conflict, RowOutcome::Duplicate] {
            tx.batch_rows(id, Some(outcome), 0, u32::MAX, &mut |row| {
                let number = u32::try_from(row.row_no - 1).unwrap_or_default();
                let detail = Detail::read(&row.detail);
                let mut mark = |col: u32, message: String| {
                    if marks.len() < MOST {
                        marks.push(Mark { sheet: sheet.clone(), row: number, col, message });
                    }
                };
                for finding in &detail.findings {
                    let col = finding.column.and_then(|column| mapped.get(column)).copied().unwrap_or(first);
                    mark(col, finding.message.zh.clone());
                }
                if let Some(candidate) = detail.candidates.first() {
                    let whom = match candidate.row {
                        Some(row) => format!("第 {row} 行“{}”", candidate.title),
                        None => format!("已登记的“{}”", candidate.title),
                    };
                    mark(first, format!("可能与{whom}重复，请核对后在导入页面选择"));
                }
                for difference in detail.differences.iter().filter(|difference| difference.conflict.is_some()) {
                    mark(first, format!("与登记册不一致（登记为“{}”），请核对后在导入页面选择", difference.old));
                }
                Ok(())
            })?;
        }
        Ok(marks)
    })
}
