//! Taking a ledger in: the file is kept, its tables are found, their columns matched. Nothing is compared yet.

use std::collections::BTreeMap;

use linli_domain::{Actor, Area, Verb};
use linli_store::tables::{Batch, BatchState, Document};
use linli_workbook::{Book, Limits};

use super::{
    model::{Chosen, Import, Memo},
    written,
};
use crate::{
    Engine, Problem, ProblemKind,
    sheet::{
        columns::Target,
        documents,
        matching::{self, SheetView, TableView, Tables},
        parts::Parts,
    },
};

/// Opens a workbook; what is wrong with it is told with the sheet and cell.
pub fn open_book(bytes: &[u8], name: &str) -> Result<Book, Problem> {
    linli_workbook::open(bytes, name, &Limits::default()).map_err(|error| book_problem(&error))
}

/// A workbook's refusal as a problem.
pub fn book_problem(error: &linli_workbook::BookError) -> Problem {
    use linli_workbook::{BookError, Lang};
    let kind = match error {
        BookError::TooLarge { .. } | BookError::ZipBomb { .. } => ProblemKind::TooLarge,
        BookError::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => ProblemKind::Full,
        BookError::Io(_) => ProblemKind::Internal,
        _ => ProblemKind::Invalid,
    };
    Problem::new(kind, error.code(), error.message(Lang::Zh), error.message(Lang::En))
}

/// The area with a code, within the scope for `verb` on `entity`.
pub fn area_for(engine: &Engine, actor: &Actor, verb: Verb, entity: &str, code: &str) -> Result<Area, Problem> {
    let catalogue = engine.catalogue();
    let permit = engine.permit_entity(actor, verb, crate::entity(&catalogue, entity)?)?;
    let asked = code.to_owned();
    let area = engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.area(&asked)?))?;
    let area = area.ok_or_else(|| Problem::no_area(code))?;
    if permit.scope().covers(&area.path) { Ok(area) } else { Err(Problem::outside_scope(code)) }
}

/// Takes a ledger in for a register and an area.
pub fn stage(
    engine: &Engine,
    actor: &Actor,
    entity: &str,
    area: &str,
    received: documents::Received,
    name: &str,
) -> Result<Import, Problem> {
    let area = area_for(engine, actor, Verb::Import, entity, area)?;
    let bytes = std::fs::read(&received.path).map_err(documents::disk)?;
    let book = open_book(&bytes, name)?;
    drop(bytes);
    let tables = matching::tables(&book);
    let batch = new_batch(engine, actor, entity, &area, &tables, &received.sha256, name)?;
    let document = documents::keep(engine, actor, received, name, "ledger")?;
    let batch = with_document(batch, &document)?;
    save(engine, batch.clone(), Some(document))?;
    super::commands::view(engine, &batch)
}

/// A batch over an opened workbook, not yet kept.
pub fn new_batch(
    engine: &Engine,
    actor: &Actor,
    entity: &str,
    area: &Area,
    tables: &Tables<'_>,
    sha256: &str,
    name: &str,
) -> Result<Batch, Problem> {
    let sheets = look(engine, entity, tables)?;
    let chosen = likeliest(&sheets).map(|(sheet, table)| Chosen {
        sheet: sheet.name.clone(),
        table: table.table,
        mapping: mapping_of(table),
    });
    let titles = sheets.iter().flat_map(|sheet| &sheet.tables).filter_map(|table| table.title.as_deref());
    let memo =
        Memo { written: written::written(titles.chain([name]), engine.now()), chosen, sheets, ..Memo::default() };
    Ok(Batch {
        id: engine.ids.next(),
        entity: entity.to_owned(),
        area: area.path.clone(),
        file_name: documents::plain_name(name),
        file_hash: sha256.to_owned(),
        state: BatchState::Staged,
        counts: serde_json::Value::Null,
        mapping: serde_json::to_value(&memo).map_err(Problem::internal)?,
        progress: 0,
        created: engine.now(),
        by: actor.account,
        by_name: actor.name.clone(),
    })
}

fn with_document(mut batch: Batch, document: &Document) -> Result<Batch, Problem> {
    let mut memo = super::apply::memo(&batch);
    memo.document = Some(document.id);
    batch.mapping = serde_json::to_value(&memo).map_err(Problem::internal)?;
    Ok(batch)
}

/// Keeps a batch, and the file it is made of.
pub fn save(engine: &Engine, batch: Batch, document: Option<Document>) -> Result<(), Problem> {
    engine.store.write_blocking::<_, Problem>(move |tx| {
        if let Some(document) = &document {
            tx.put_document(document)?;
        }
        tx.put_batch(&batch)?;
        Ok(())
    })
}

/// The tables of a workbook and what their columns are taken for.
pub fn look(engine: &Engine, entity: &str, tables: &Tables<'_>) -> Result<Vec<SheetView>, Problem> {
    let catalogue = engine.catalogue();
    let parts = Parts::of(&catalogue, crate::entity(&catalogue, entity)?);
    let candidates = matching::candidates(&catalogue, &parts);
    let prints: Vec<String> = tables
        .iter()
        .flat_map(|(sheet, tables)| tables.iter().flat_map(|table| matching::fingerprints(sheet, table)))
        .collect();
    let name = entity.to_owned();
    let known = engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.matches(&name, &prints)?))?;
    let remembered = matching::remembered(known);
    let none = BTreeMap::new();
    let sheets: Vec<SheetView> = tables
        .iter()
        .map(|(sheet, tables)| SheetView {
            name: sheet.name.clone(),
            tables: tables
                .iter()
                .enumerate()
                .map(|(number, table)| matching::match_table(sheet, number, table, &candidates, &remembered, &none))
                .collect(),
        })
        .collect();
    if sheets.iter().all(|sheet| sheet.tables.is_empty()) {
        return Err(no_table(tables));
    }
    Ok(sheets)
}

/// Nothing in the workbook looks like a table.
pub fn no_table(tables: &Tables<'_>) -> Problem {
    let names: Vec<&str> = tables.iter().map(|(sheet, _)| sheet.name.as_str()).collect();
    let names = names.join("、");
    Problem::new(
        ProblemKind::Invalid,
        "workbook.no_table",
        format!("工作表“{names}”中没有找到带表头的表格。请确认第一行或标题下方是列名。"),
        format!(
            "No table with a header was found on the sheets \"{names}\". Check that the column names stand above the rows."
        ),
    )
}

/// The table that fits best: most confidence over its columns, then most rows.
pub fn likeliest(sheets: &[SheetView]) -> Option<(&SheetView, &TableView)> {
    let weight = |table: &TableView| -> f64 {
        let sure: f64 =
            table.columns.iter().filter_map(|column| column.matched.as_ref()).map(|found| found.confidence).sum();
        if table.rows == 0 { 0.0 } else { sure }
    };
    let all = sheets.iter().flat_map(|sheet| sheet.tables.iter().map(move |table| (sheet, table)));
    all.max_by(|(_, a), (_, b)| weight(a).total_cmp(&weight(b)).then(a.rows.cmp(&b.rows)))
}

/// The mapping that the matcher proposes.
pub fn mapping_of(table: &TableView) -> BTreeMap<String, Option<String>> {
    let element = |column: &matching::ColumnView| {
        let element = column.matched.as_ref().map(|found| found.element.clone());
        (column.column.to_string(), element.filter(|element| *element != Target::Sequence.name()))
    };
    table.columns.iter().map(element).collect()
}
