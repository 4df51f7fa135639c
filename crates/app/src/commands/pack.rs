//! `linli pack check`.

use std::process::ExitCode;

use linli_domain::Severity;
use linli_engine::install;

use super::shipped;
use crate::{
    options::PackCommand,
    output::{Refusal, Voice},
};

/// Checks packs and prints every finding.
pub fn run(voice: Voice, command: &PackCommand) -> Result<ExitCode, Refusal> {
    let PackCommand::Check { dir } = command;
    let files = match dir {
        Some(folder) => {
            linli_pack::read_dir(folder).map_err(|error| Refusal::new("pack.unreadable", error.to_string()))?
        }
        None => shipped::packs(),
    };
    let (catalogue, diagnostics) = install::check_packs(&files);
    let count = |severity| diagnostics.iter().filter(|found| found.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut text: String = diagnostics.iter().map(|found| found.render(voice.lang) + "\n").collect();
    let (packs, entities) = (catalogue.packs.len(), catalogue.entities.len());
    text += &match voice.lang {
        linli_domain::Lang::Zh => {
            format!("{packs} 个业务包,{entities} 个登记簿:{errors} 个错误,{warnings} 个提醒")
        }
        linli_domain::Lang::En => {
            format!("{packs} packs, {entities} registers: {errors} errors, {warnings} warnings")
        }
    };
    voice.answer(&text, &serde_json::json!({ "errors": errors, "warnings": warnings, "diagnostics": diagnostics }));
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
