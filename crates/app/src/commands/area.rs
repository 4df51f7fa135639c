//! `linli area import`, `linli area outlines`.

use std::{fs::File, path::Path, process::ExitCode};

use linli_domain::Lang;
use linli_engine::{
    Engine,
    area::{AreaImportReport, ImportOptions, import},
    grid::{OutlineReport, import_outlines},
};

use super::{open, refusal};
use crate::{
    options::{AreaCommand, Place},
    output::{Refusal, Voice},
    progress::Progress,
};

/// Dirty rows shown on a terminal; `--json` has them all.
const SHOWN: usize = 40;

/// Does one of the commands.
pub fn run(voice: Voice, command: AreaCommand) -> Result<ExitCode, Refusal> {
    match command {
        AreaCommand::Import { place, file, from } => load(voice, &place, &file, &ImportOptions { as_of: from }),
        AreaCommand::Outlines { place, file } => outlines(voice, &place, &file),
    }
}

fn opened(voice: Voice, file: &Path) -> Result<File, Refusal> {
    File::open(file).map_err(|cause| {
        let name = file.display();
        Refusal::new(
            "file.unreadable",
            match voice.lang {
                Lang::Zh => format!("无法打开 {name}:{cause}"),
                Lang::En => format!("{name} cannot be opened: {cause}"),
            },
        )
    })
}

/// Loads outlines and says which features were not kept.
fn outlines(voice: Voice, place: &Place, file: &Path) -> Result<ExitCode, Refusal> {
    let engine = open(voice, place)?;
    let reader = opened(voice, file)?;
    let report = import_outlines(&engine, &Engine::operator(), reader).map_err(|problem| refusal(voice, &problem))?;
    voice.answer(&describe_outlines(voice.lang, &report), &report);
    Ok(ExitCode::SUCCESS)
}

fn describe_outlines(lang: Lang, report: &OutlineReport) -> String {
    let mut text = String::new();
    for note in report.notes.iter().take(SHOWN) {
        let code = note.code.as_deref().unwrap_or("?");
        text += &format!("{} {} {code}: {}\n", lang.pick("要素", "feature"), note.feature, note.message.text(lang));
    }
    let OutlineReport { features, kept, .. } = report;
    text += &match lang {
        Lang::Zh => format!("{features} 个要素,保存轮廓 {kept} 个"),
        Lang::En => format!("{features} features, {kept} outlines kept"),
    };
    text
}

/// Loads areas and says what was done with each dirty row.
fn load(voice: Voice, place: &Place, file: &Path, options: &ImportOptions) -> Result<ExitCode, Refusal> {
    let engine = open(voice, place)?;
    let reader = opened(voice, file)?;
    let bar = Progress::new(voice.lang.pick("导入区划", "Importing areas"));
    let done = import(&engine, &Engine::operator(), reader, options, &mut |step| {
        bar.at(step.done, step.total);
    });
    bar.finish();
    let report = done.map_err(|problem| refusal(voice, &problem))?;
    voice.answer(&describe(voice.lang, &report), &report);
    Ok(ExitCode::SUCCESS)
}

fn describe(lang: Lang, report: &AreaImportReport) -> String {
    let mut text = String::new();
    for note in report.notes.iter().take(SHOWN) {
        text += &format!("{} {} {}: {}\n", lang.pick("行", "line"), note.line, note.code, note.message.text(lang));
    }
    if report.notes.len() > SHOWN {
        let more = report.notes.len() - SHOWN;
        text += &match lang {
            Lang::Zh => format!("……另有 {more} 行,见 --json\n"),
            Lang::En => format!("… and {more} more, see --json\n"),
        };
    }
    let AreaImportReport { rows, areas, new, renamed, moved, closed, .. } = report;
    text += &match lang {
        Lang::Zh => {
            format!("{rows} 行,{areas} 个区划:新增 {new},改名 {renamed},划转 {moved},关闭 {closed},其余未变")
        }
        Lang::En => {
            format!(
                "{rows} rows, {areas} areas: {new} new, {renamed} renamed, {moved} moved, {closed} closed, the rest unchanged"
            )
        }
    };
    text
}
