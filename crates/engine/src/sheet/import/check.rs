//! The dry run: columns are confirmed, every row is compared, nothing is written to the registers.

use std::collections::HashMap;

use linli_domain::{Actor, Catalogue, Permit, RecordId};
use linli_store::tables::{Batch, BatchRow, BatchState, ColumnMatch};
use linli_workbook::{Book, Sheet, TableRegion};

use super::{
    apply::memo,
    build::{self, Task},
    ledger::Mapping,
    model::{Chosen, Import, Memo, UnknownArea},
    plan::{Given, Plan},
    stage::open_book,
    view::{self, Detail},
};
use crate::{
    Engine, Problem, ProblemKind,
    sheet::{
        columns::Target,
        documents,
        matching::{self, Tables},
        parts::Parts,
    },
};

/// Rows kept in one transaction of a dry run.
const AT_ONCE: usize = 5_000;

/// Confirms table and columns and compares; `remember` keeps the choice for the next ledger with these headings.
pub fn set_mapping(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    chosen: Chosen,
    remember: bool,
) -> Result<Import, Problem> {
    let batch = super::commands::batch(engine, actor, id)?;
    if batch.state != BatchState::Staged {
        return Err(super::not_in_state(
            "这次导入已经写入或正在写入，不能再改列对应",
            "columns of an import that was written cannot change",
        ));
    }
    let catalogue = engine.catalogue();
    let parts = Parts::of(&catalogue, crate::entity(&catalogue, &batch.entity)?);
    let mapping = read_mapping(&catalogue, &parts, &chosen)?;
    let book = book_of(engine, &batch)?;
    if remember {
        remember_choice(engine, actor, &batch.entity, &book, &chosen)?;
    }
    let task = task(&batch, actor);
    let given = Given { written: memo(&batch).written, ..Given::default() };
    let given = with_history(engine, &task, &batch, &chosen, given)?;
    let (plan, _) = compare(engine, &catalogue, &task, book, &chosen, &mapping, &given)?;
    let batch = keep(engine, batch, chosen, &plan, &given)?;
    super::commands::view(engine, &batch)
}

/// Reads and compares the chosen table; the workbook is given up in between, its memory is needed.
pub fn compare<'c>(
    engine: &Engine,
    catalogue: &'c Catalogue,
    task: &Task,
    book: Book,
    chosen: &Chosen,
    mapping: &Mapping,
    given: &Given,
) -> Result<(Plan<'c>, Vec<Permit>), Problem> {
    let (sheet, table) = table_of(&book, chosen)?;
    let (ledger, permits) = build::read(engine, catalogue, task, sheet, &table, mapping)?;
    drop(book);
    let plan = build::plan(engine, catalogue, task, ledger, &permits, given)?;
    Ok((plan, permits))
}

/// Whose import it is.
pub fn task(batch: &Batch, actor: &Actor) -> Task {
    Task { batch: batch.id, entity: batch.entity.clone(), area: batch.area.clone(), actor: actor.clone() }
}

/// The chosen table of a workbook.
pub fn table_of<'b>(book: &'b Book, chosen: &Chosen) -> Result<(&'b Sheet, TableRegion), Problem> {
    let sheet = book.sheet(&chosen.sheet).filter(|sheet| !sheet.hidden);
    let found = sheet.and_then(|sheet| {
        let mut tables = linli_workbook::find_tables(sheet);
        (chosen.table < tables.len()).then(|| (sheet, tables.swap_remove(chosen.table)))
    });
    found.ok_or_else(|| no_such_table(chosen))
}

/// The chosen one of tables that were found already.
pub fn chosen_table<'t, 'b>(tables: &'t Tables<'b>, chosen: &Chosen) -> Result<(&'b Sheet, &'t TableRegion), Problem> {
    let on_sheet = tables.iter().find(|(sheet, _)| sheet.name == chosen.sheet);
    let found = on_sheet.and_then(|(sheet, tables)| Some((*sheet, tables.get(chosen.table)?)));
    found.ok_or_else(|| no_such_table(chosen))
}

fn no_such_table(chosen: &Chosen) -> Problem {
    Problem::parameter(
        "sheet",
        format!("工作表“{}”中没有第 {} 个表格。", chosen.sheet, chosen.table + 1),
        format!("There is no table {} on the sheet \"{}\".", chosen.table + 1, chosen.sheet),
    )
}

/// The mapping as targets; unknown elements and two columns for one element are refused with their columns.
pub fn read_mapping(catalogue: &Catalogue, parts: &Parts<'_>, chosen: &Chosen) -> Result<Mapping, Problem> {
    let mut mapping = Mapping::new();
    for (column, element) in &chosen.mapping {
        let Some(element) = element else { continue };
        let number: u32 = column.parse().map_err(|_| {
            Problem::parameter(
                column,
                format!("列号“{column}”不是数字。"),
                format!("The column \"{column}\" is not a number."),
            )
        })?;
        let target = Target::read(element, parts, catalogue).ok_or_else(|| {
            Problem::parameter(
                column,
                format!("没有名为“{element}”的数据元。"),
                format!("There is no data element called \"{element}\"."),
            )
        })?;
        if let Some((other, _)) = mapping.iter().find(|(_, known)| **known == target) {
            return Err(Problem::new(
                ProblemKind::Invalid,
                "import.element_twice",
                format!("第 {} 列和第 {} 列都对应“{element}”，请只留一列。", other + 1, number + 1),
                format!("The columns {} and {} both stand for \"{element}\"; keep one.", other + 1, number + 1),
            ));
        }
        mapping.insert(number, target);
    }
    let main = parts.main();
    let missing: Vec<&linli_domain::Field> = main
        .fields
        .iter()
        .filter(|field| field.required && field.derive.is_none() && !field.off_by_default)
        .filter(|field| !mapping.values().any(|target| *target == Target::Element(main.element(field))))
        .filter(|field| !made_up(main, &field.name, &mapping))
        .collect();
    if missing.is_empty() {
        return Ok(mapping);
    }
    Err(missing_columns(&missing))
}

/// A dwelling's address follows from building and room.
fn made_up(main: &linli_domain::Entity, field: &str, mapping: &Mapping) -> bool {
    use crate::sheet::known;
    field == known::ADDRESS
        && known::is_dwelling(main)
        && main
            .field(known::ROOM)
            .is_some_and(|room| mapping.values().any(|target| *target == Target::Element(main.element(room))))
}

/// Columns that a register needs and the table does not have.
pub fn missing_columns(missing: &[&linli_domain::Field]) -> Problem {
    let zh: Vec<&str> = missing.iter().map(|field| field.label.zh.as_str()).collect();
    let en: Vec<&str> = missing.iter().map(|field| field.label.en.as_str()).collect();
    let (zh, en) = (zh.join("、"), en.join(", "));
    Problem::new(
        ProblemKind::Invalid,
        "import.columns_missing",
        format!("没有找到必需的列：{zh}。请指明哪一列是它，或在台账中补上。"),
        format!("Columns that are needed were not found: {en}. Say which column it is, or add it to the ledger."),
    )
}

/// The workbook of a batch.
pub fn book_of(engine: &Engine, batch: &Batch) -> Result<Book, Problem> {
    open_book(&documents::bytes(engine, &batch.file_hash)?, &batch.file_name)
}

fn remember_choice(engine: &Engine, actor: &Actor, entity: &str, book: &Book, chosen: &Chosen) -> Result<(), Problem> {
    let (sheet, table) = table_of(book, chosen)?;
    let prints = matching::fingerprints(sheet, &table);
    let matches: Vec<ColumnMatch> = table
        .columns
        .iter()
        .zip(prints)
        .filter(|(_, print)| !print.is_empty())
        .filter_map(|(column, fingerprint)| {
            let element = chosen.mapping.get(&column.col.to_string())?.clone();
            Some(ColumnMatch { fingerprint, entity: entity.to_owned(), element, by: actor.account, at: engine.now() })
        })
        .collect();
    engine.store.write_blocking::<_, Problem>(move |tx| {
        for column in &matches {
            tx.put_match(column)?;
        }
        Ok(())
    })
}

/// What the rows of the same file became before, if it was applied with the same table and is not undone.
pub fn with_history(
    engine: &Engine,
    task: &Task,
    batch: &Batch,
    chosen: &Chosen,
    mut given: Given,
) -> Result<Given, Problem> {
    let catalogue = engine.catalogue();
    let entity = crate::entity(&catalogue, &task.entity)?;
    let permit = engine.permit_entity(&task.actor, linli_domain::Verb::Import, entity)?;
    let (hash, chosen, id, area) = (batch.file_hash.clone(), chosen.clone(), batch.id, batch.area.clone());
    given.before = engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut before = HashMap::new();
        let same = |batch: &Batch| {
            let held = memo(batch).chosen;
            held.is_some_and(|held| held.sheet == chosen.sheet && held.table == chosen.table)
        };
        let earlier = tx.batches(&permit, super::commands::LOOKED_AT)?.into_iter().find(|batch| {
            let applied = batch.file_hash == hash && batch.state == BatchState::Applied;
            applied && batch.id != id && batch.area == area && same(batch)
        });
        let Some(earlier) = earlier else { return Ok(before) };
        tx.batch_rows(earlier.id, None, 0, u32::MAX, &mut |row| {
            if let (Some(record), Ok(number)) = (row.record, u32::try_from(row.row_no - 1)) {
                before.insert(number, record);
            }
            Ok(())
        })?;
        Ok(before)
    })?;
    Ok(given)
}

/// Keeps the outcome of a dry run.
fn keep(engine: &Engine, mut batch: Batch, chosen: Chosen, plan: &Plan<'_>, given: &Given) -> Result<Batch, Problem> {
    let mut kept: Memo = memo(&batch);
    kept.chosen = Some(chosen);
    kept.checked = true;
    kept.total = plan.rows.len();
    kept.failure = None;
    kept.unknown_areas = unknown_areas(plan);
    batch.mapping = serde_json::to_value(&kept).map_err(Problem::internal)?;
    batch.counts = serde_json::to_value(plan.counts()).map_err(Problem::internal)?;
    let rows: Vec<BatchRow> = (0..plan.rows.len()).map(|at| kept_row(plan, at, given)).collect();
    let id = batch.id;
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.drop_batch_rows(id)?))?;
    for some in rows.chunks(AT_ONCE) {
        let some = some.to_vec();
        engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.put_batch_rows(id, &some)?))?;
    }
    let saved = batch.clone();
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.put_batch(&saved)?))?;
    Ok(batch)
}

/// A planned row as a dry run keeps it.
pub fn kept_row(plan: &Plan<'_>, at: usize, given: &Given) -> BatchRow {
    let row = &plan.rows[at];
    let number = plan.ledger.rows[at].row;
    let known = row.known.map(|known| &plan.registers[0].records[known]);
    BatchRow {
        row_no: i64::from(number) + 1,
        outcome: row.outcome,
        record: known.map(|known| known.id),
        version_before: known.map(|known| known.version),
        detail: view::detail(plan, at, given.decisions.get(&number)),
    }
}

/// Area names the tree does not have, most rows first.
pub fn unknown_areas(plan: &Plan<'_>) -> Vec<UnknownArea> {
    let mut unknown: Vec<UnknownArea> = plan
        .unknown_areas
        .iter()
        .map(|((kind, name), rows)| UnknownArea { kind: kind.clone(), name: name.clone(), rows: *rows })
        .collect();
    unknown.sort_by(|a, b| b.rows.cmp(&a.rows).then(a.name.cmp(&b.name)));
    unknown.truncate(200);
    unknown
}

/// The decisions kept with the rows of a batch.
pub fn decisions(engine: &Engine, batch: RecordId) -> Result<Given, Problem> {
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut given = Given::default();
        tx.batch_rows(batch, None, 0, u32::MAX, &mut |row| {
            if row.detail.get("decision").is_some()
                && let (Some(decision), Ok(number)) =
                    (Detail::read(&row.detail).decision, u32::try_from(row.row_no - 1))
            {
                given.decisions.insert(number, decision);
            }
            Ok(())
        })?;
        Ok(given)
    })
}
