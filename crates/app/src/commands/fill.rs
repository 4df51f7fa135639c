//! `linli fill`.

use std::{fs, path::PathBuf, process::ExitCode};

use linli_domain::Lang;
use linli_engine::{
    Engine,
    sheet::fill::{FillOptions, FillReport, fill_file},
};

use super::{open_existing, refusal};
use crate::{
    options,
    output::{Refusal, Voice},
};

/// What to fill.
pub struct Order {
    /// Code of the area.
    pub area: String,
    /// Template.
    pub template: PathBuf,
    /// Where the filled workbook goes.
    pub out: PathBuf,
    /// Why sensitive cells are written in clear.
    pub purpose: Option<String>,
    /// Mask sensitive cells.
    pub mask: bool,
}

/// Fills a template. A department's table asks for clear values, so they are written unless masking is asked for; which table
/// it was, and why, is in the audit log.
pub fn run(voice: Voice, place: &options::Place, order: &Order) -> Result<ExitCode, Refusal> {
    let engine = open_existing(voice, place)?;
    let file_problem = |file: &PathBuf, cause: std::io::Error| {
        let name = file.display();
        Refusal::new(
            "file.unusable",
            match voice.lang {
                Lang::Zh => format!("无法读写 {name}:{cause}"),
                Lang::En => format!("{name} cannot be read or written: {cause}"),
            },
        )
    };
    let template = fs::read(&order.template).map_err(|cause| file_problem(&order.template, cause))?;
    let name = order.template.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let purpose = order.purpose.clone().unwrap_or_else(|| format!("填报 {name}"));
    let options = FillOptions { clear_sensitive: !order.mask, purpose: Some(purpose), ..FillOptions::default() };
    let filled = fill_file(&engine, &Engine::operator(), &order.area, &name, &template, &options)
        .map_err(|problem| refusal(voice, &problem))?;
    fs::write(&order.out, &filled.bytes).map_err(|cause| file_problem(&order.out, cause))?;
    voice.answer(&describe(voice.lang, &filled.report, order), &filled.report);
    Ok(ExitCode::SUCCESS)
}

fn describe(lang: Lang, report: &FillReport, order: &Order) -> String {
    let mut text = String::new();
    for table in &report.tables {
        let title = table.title.as_deref().unwrap_or(&table.sheet);
        text += &format!("{title} · {} · {}\n", table.shape, table.entity.as_deref().unwrap_or("-"));
        for (heading, element) in &table.columns {
            text += &format!("  {heading} → {element}\n");
        }
        for heading in &table.left {
            text += &format!("  {heading} → {}\n", lang.pick("(留空)", "(left)"));
        }
    }
    for gap in &report.gaps {
        text += &format!("{} {} {}: {}\n", lang.pick("缺", "missing"), gap.area.name, gap.column, gap.missing);
    }
    for note in &report.notes {
        text += &format!("{}\n", lang.pick(&note.zh, &note.en));
    }
    let (rows, filled, missing) = (report.counts.rows, report.counts.filled, report.counts.missing);
    text + &match lang {
        Lang::Zh => format!("填写 {rows} 行 {filled} 格,缺 {missing} 格 → {}", order.out.display()),
        Lang::En => format!("{rows} rows, {filled} cells filled, {missing} missing → {}", order.out.display()),
    }
}
