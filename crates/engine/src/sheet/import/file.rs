//! The whole way in one call, for the command line: match, compare, write the good rows, hand back the bad ones.

use std::path::{Path, PathBuf};

use linli_domain::{Actor, Verb};
use linli_store::tables::{Batch, BatchState};
use serde::Serialize;

use super::{
    apply::{self, Until, memo},
    build, check,
    model::{Applied, Chosen, Progress, UnknownArea},
    plan::{Counts, Given, Plan},
    stage::{self, area_for, open_book},
    view,
};
use crate::{
    Engine, Problem, ProblemKind,
    sheet::{
        documents,
        matching::{self, ColumnView, TableView},
        parts::Parts,
    },
};

/// How to import a file.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Only compare.
    pub dry_run: bool,
    /// Table and columns; the matcher's when absent, refused when it is not certain.
    pub chosen: Option<Chosen>,
    /// Where the workbook with marked errors goes; beside the ledger's name in the data folder when absent.
    pub errors: Option<PathBuf>,
}

/// What an import of a file did.
#[derive(Debug, Clone, Serialize)]
pub struct ImportReport {
    /// The import; `None` after a dry run.
    pub import: Option<String>,
    /// Sheet that was read.
    pub sheet: String,
    /// Rows of the table.
    pub rows: usize,
    /// Rows by outcome.
    pub counts: Counts,
    /// What was written.
    pub applied: Option<Applied>,
    /// Heading → element, for the columns that stand for something.
    pub columns: Vec<(String, String)>,
    /// Headings that stand for nothing.
    pub ignored: Vec<String>,
    /// Area names that the tree does not have.
    pub unknown_areas: Vec<UnknownArea>,
    /// The first rows that could not be taken: row of the sheet and why.
    pub problems: Vec<RowProblem>,
    /// The ledger with its bad cells marked.
    pub errors: Option<PathBuf>,
}

/// Why a row could not be taken.
#[derive(Debug, Clone, Serialize)]
pub struct RowProblem {
    /// Row of the sheet, from 1.
    pub row: u32,
    /// Outcome.
    pub outcome: &'static str,
    /// Heading of the column, when it is about a cell.
    pub column: Option<String>,
    /// What is wrong, in both languages.
    pub message: linli_domain::Label,
}

/// Rows told in the report.
const TOLD: usize = 50;

/// Imports a ledger from the machine's own disk. Blocks the thread.
pub fn import_file(
    engine: &Engine,
    actor: &Actor,
    entity: &str,
    area: &str,
    path: &Path,
    options: &ImportOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport, Problem> {
    let area = area_for(engine, actor, Verb::Import, entity, area)?;
    let bytes = documents::read_local(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let book = open_book(&bytes, &name)?;
    let received = documents::receive(engine, &bytes)?;
    drop(bytes);
    if !options.dry_run {
        super::commands::resume_all(engine, Some(&received.sha256))?;
    }
    let tables = matching::tables(&book);
    let batch = stage::new_batch(engine, actor, entity, &area, &tables, &received.sha256, &name)?;
    let kept = memo(&batch);
    let (_, table) = stage::likeliest(&kept.sheets).ok_or_else(|| stage::no_table(&tables))?;
    let chosen = match &options.chosen {
        Some(chosen) => chosen.clone(),
        None => certain(table, kept.chosen.clone().unwrap_or_default())?,
    };
    let catalogue = engine.catalogue();
    let parts = Parts::of(&catalogue, crate::entity(&catalogue, entity)?);
    let mapping = check::read_mapping(&catalogue, &parts, &chosen)?;
    let task = check::task(&batch, actor);
    let given = Given { written: kept.written, ..Given::default() };
    let given = check::with_history(engine, &task, &batch, &chosen, given)?;
    let (sheet, region) = check::chosen_table(&tables, &chosen)?;
    let (ledger, permits) = build::read(engine, &catalogue, &task, sheet, region, &mapping)?;
    // The rows are read: the workbook's memory is needed.
    drop(tables);
    drop(book);
    let mut plan = build::plan(engine, &catalogue, &task, ledger, &permits, &given)?;
    let mut report = report(&plan, &chosen, table);
    if options.dry_run {
        return Ok(report);
    }
    let document = documents::keep(engine, actor, received, &name, "ledger")?;
    let batch = applying(batch, &chosen, &plan, document.id)?;
    stage::save(engine, batch.clone(), Some(document))?;
    report.applied = Some(apply::apply(engine, &task, &permits, &mut plan, &given, Until::default(), progress)?);
    report.import = Some(batch.id.to_string());
    drop(plan);
    let Counts { error, conflict, duplicate, .. } = report.counts;
    if error + conflict + duplicate > 0 {
        report.errors = hand_back(engine, &batch, path, options)?;
    }
    Ok(report)
}

fn applying(
    mut batch: Batch,
    chosen: &Chosen,
    plan: &Plan<'_>,
    document: linli_domain::RecordId,
) -> Result<Batch, Problem> {
    let mut kept = memo(&batch);
    kept.document = Some(document);
    kept.chosen = Some(chosen.clone());
    kept.checked = true;
    kept.total = plan.rows.len();
    kept.unknown_areas = check::unknown_areas(plan);
    batch.mapping = serde_json::to_value(&kept).map_err(Problem::internal)?;
    batch.counts = serde_json::to_value(plan.counts()).map_err(Problem::internal)?;
    batch.state = BatchState::Applying;
    Ok(batch)
}

/// The matcher's choice, when it is certain enough to go without a person: no column may be one thing or another, and most
/// columns must stand for something.
fn certain(table: &TableView, chosen: Chosen) -> Result<Chosen, Problem> {
    let doubtful: Vec<&ColumnView> = table.columns.iter().filter(|column| !column.alternatives.is_empty()).collect();
    let told = |column: &ColumnView| {
        let of: Vec<String> = column.alternatives.iter().take(3).map(|one| one.element.clone()).collect();
        format!("{}（{}）", column.label, of.join(" / "))
    };
    let known = table.columns.iter().filter(|column| column.matched.is_some()).count();
    let enough = known * 2 >= table.columns.len();
    if doubtful.is_empty() && enough {
        return Ok(chosen);
    }
    let columns: Vec<String> = if doubtful.is_empty() {
        table.columns.iter().filter(|column| column.matched.is_none()).map(|column| column.label.clone()).collect()
    } else {
        doubtful.into_iter().map(told).collect()
    };
    let listed = columns.join("、");
    Err(Problem::new(
        ProblemKind::Invalid,
        "import.columns_uncertain",
        format!("以下列无法确定对应的数据项：{listed}。请在网页的导入向导中指明，系统会记住。"),
        format!("These columns cannot be matched with certainty: {listed}. Choose in the import wizard of the page; it will be remembered."),
    )
    .with("columns", serde_json::json!(columns)))
}

fn report(plan: &Plan<'_>, chosen: &Chosen, table: &TableView) -> ImportReport {
    let ledger = &plan.ledger;
    let columns = ledger.columns.iter().map(|column| (column.label.clone(), column.target.name())).collect();
    let used = |column: &&ColumnView| ledger.columns.iter().any(|known| known.col == column.column);
    let ignored = table.columns.iter().filter(|column| !used(column)).map(|column| column.label.clone());
    let mut problems = Vec::new();
    for (row, planned) in ledger.rows.iter().zip(&plan.rows) {
        let Some(more) = planned.more.as_ref().filter(|_| problems.len() < TOLD) else { continue };
        for finding in &more.findings {
            problems.push(RowProblem {
                row: row.row + 1,
                outcome: view::outcome_name(planned.outcome),
                column: finding.column.and_then(|at| ledger.columns.get(at)).map(|column| column.label.clone()),
                message: finding.message.clone(),
            });
        }
    }
    ImportReport {
        import: None,
        sheet: chosen.sheet.clone(),
        rows: ledger.rows.len(),
        counts: plan.counts(),
        applied: None,
        columns,
        ignored: ignored.collect(),
        unknown_areas: check::unknown_areas(plan),
        problems,
        errors: None,
    }
}

/// Writes the marked workbook when there is something to mark.
fn hand_back(engine: &Engine, batch: &Batch, path: &Path, options: &ImportOptions) -> Result<Option<PathBuf>, Problem> {
    let bytes = documents::read_local(path)?;
    let marked = match super::errors::marked(engine, batch, &bytes) {
        Ok(marked) => marked,
        Err(problem) if problem.code == "import.no_errors" => return Ok(None),
        Err(problem) => return Err(problem),
    };
    let place = match &options.errors {
        Some(place) => place.clone(),
        None => {
            let folder = engine.data.join("errors");
            std::fs::create_dir_all(&folder).map_err(documents::disk)?;
            folder.join(format!("{}-{}", batch.id, marked.file_name))
        }
    };
    std::fs::write(&place, &marked.bytes).map_err(documents::disk)?;
    Ok(Some(place))
}
