//! `linli form compile`.

use std::{cell::LazyCell, fs, process::ExitCode};

use linli_domain::Lang;
use linli_engine::{
    collect::form::{self, Finding},
    sheet::documents,
};

use super::{refusal, shipped};
use crate::{
    options::FormCommand,
    output::{Refusal, Voice},
};

/// The file cannot be read, or the result cannot be written.
const UNUSABLE: u8 = 2;

/// Compiles an XLSForm: the XForm to a file or to standard output, findings to standard error.
pub fn run(voice: Voice, command: &FormCommand) -> Result<ExitCode, Refusal> {
    let FormCommand::Compile { file, out } = command;
    let bytes = match documents::read_local(file) {
        Ok(bytes) => bytes,
        Err(problem) => {
            voice.refuse(&refusal(voice, &problem));
            return Ok(ExitCode::from(UNUSABLE));
        }
    };
    // Packs are read only when the form names a data element.
    let catalogue = LazyCell::new(|| linli_pack::load(&shipped::packs()).0);
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let outcome = form::compile(|element| form::is_element(&catalogue, element), &name, &bytes);
    let findings: Vec<Finding> = outcome.compiled.findings.iter().map(|finding| finding.view(voice.lang)).collect();
    for finding in &findings {
        eprintln!("{}", line(&name, finding, voice.lang));
    }
    if let (Some(out), Some(xml)) = (out, &outcome.xml)
        && let Err(cause) = fs::write(out, xml)
    {
        voice.refuse(&Refusal::new("file.unwritable", format!("{}: {cause}", out.display())));
        return Ok(ExitCode::from(UNUSABLE));
    }
    let shown = outcome.xml.as_ref().filter(|_| out.is_none());
    if !voice.json && shown.is_none() {
        return Ok(exit(outcome.xml.is_some()));
    }
    let data = serde_json::json!({
        "ok": outcome.xml.is_some(),
        "form_id": outcome.compiled.form_id,
        "version": outcome.version,
        "title": outcome.compiled.title,
        "questions": outcome.compiled.questions,
        "findings": findings,
        "xform": shown,
    });
    voice.answer(shown.map_or("", String::as_str), &data);
    Ok(exit(outcome.xml.is_some()))
}

fn exit(compiled: bool) -> ExitCode {
    if compiled { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// `form.xlsx: survey 第 5 行 type 列: 错误[code]: …`
fn line(file: &str, finding: &Finding, lang: Lang) -> String {
    let mut place = format!("{file}: {}", finding.sheet);
    if let Some(row) = finding.row {
        place.push_str(&match lang {
            Lang::Zh => format!(" 第 {row} 行"),
            Lang::En => format!(" row {row}"),
        });
    }
    if let Some(column) = &finding.column {
        place.push_str(&match lang {
            Lang::Zh => format!(" {column} 列"),
            Lang::En => format!(" column {column}"),
        });
    }
    let kind = match finding.severity {
        "error" => lang.pick("错误", "error"),
        _ => lang.pick("提醒", "warning"),
    };
    format!("{place}: {kind}[{}]: {}", finding.code, finding.message)
}
