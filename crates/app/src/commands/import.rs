//! `linli import`.

use std::{path::PathBuf, process::ExitCode};

use linli_domain::Lang;
use linli_engine::{
    Engine,
    sheet::import::{ImportOptions, ImportReport, import_file},
};

use super::{open_existing, refusal};
use crate::{
    options,
    output::{Refusal, Voice},
    progress::Progress,
};

/// What to import, and how.
pub struct Ledger {
    /// Register: `resident` or `people/resident`.
    pub entity: String,
    /// Code of the area.
    pub area: String,
    /// Workbook.
    pub file: PathBuf,
    /// Only compare.
    pub dry_run: bool,
    /// Where the workbook with marked errors goes.
    pub errors: Option<PathBuf>,
}

/// Imports the good rows; the others come back marked in the same workbook.
pub fn run(voice: Voice, place: &options::Place, ledger: &Ledger) -> Result<ExitCode, Refusal> {
    let engine = open_existing(voice, place)?;
    let entity = full_name(&engine, &ledger.entity);
    let bar = Progress::new(voice.lang.pick("导入", "Importing"));
    let options = ImportOptions { dry_run: ledger.dry_run, chosen: None, errors: ledger.errors.clone() };
    let done = import_file(&engine, &Engine::operator(), &entity, &ledger.area, &ledger.file, &options, &mut |step| {
        bar.at(step.done as u64, step.total as u64);
    });
    bar.finish();
    let report = done.map_err(|problem| refusal(voice, &problem))?;
    voice.answer(&describe(voice.lang, &report, ledger.dry_run), &report);
    Ok(ExitCode::SUCCESS)
}

/// `resident` is the one register of that name.
fn full_name(engine: &Engine, name: &str) -> String {
    let catalogue = engine.catalogue();
    let suffix = format!("/{name}");
    let mut named = catalogue.entities.keys().filter(|entity| entity.ends_with(&suffix));
    match (named.next(), named.next()) {
        (Some(only), None) => only.clone(),
        _ => name.to_owned(),
    }
}

fn describe(lang: Lang, report: &ImportReport, dry_run: bool) -> String {
    let mut text = String::new();
    for (heading, element) in &report.columns {
        text += &format!("  {heading} → {element}\n");
    }
    for heading in &report.ignored {
        text += &format!("  {heading} → {}\n", lang.pick("(不导入)", "(not imported)"));
    }
    for problem in &report.problems {
        let (row, column) = (problem.row, problem.column.as_deref().unwrap_or(""));
        text += &format!("{} {row} {column}: {}\n", lang.pick("第", "row"), problem.message.text(lang));
    }
    for unknown in &report.unknown_areas {
        text += &format!("{} {unknown:?}\n", lang.pick("区划中没有:", "not in the area tree:"));
    }
    if let Some(file) = &report.errors {
        text += &format!("{} {}\n", lang.pick("有误的单元格已标出:", "Rejected cells are marked in"), file.display());
    }
    let counts = serde_json::to_value(report.counts).unwrap_or_default();
    let verb = match dry_run {
        true => lang.pick("试导入", "dry run"),
        false => lang.pick("已导入", "imported"),
    };
    text + &format!("{verb} {} {}: {counts}", report.rows, lang.pick("行", "rows"))
}
