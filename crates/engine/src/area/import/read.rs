//! Rows of the file, as they stand.

use std::io::{BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use linli_domain::check;

use super::{AreaImportReport, NoteKind, Progress};
use crate::{Problem, ProblemKind};

/// A row that can be read: a code of twelve digits and a level of 1 to 5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line in the file.
    pub line: u64,
    /// Code.
    pub code: Box<str>,
    /// Code of the parent, if it has one.
    pub parent: Option<Box<str>>,
    /// Level, 1–5.
    pub level: u8,
    /// Name.
    pub name: Box<str>,
}

/// Rows, plain or gzipped. Lines that cannot be read are noted and left out.
pub fn rows(
    reader: impl Read,
    report: &mut AreaImportReport,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Row>, Problem> {
    let mut reader = BufReader::new(reader);
    let head = std::io::BufRead::fill_buf(&mut reader).map_err(|error| unreadable(&error))?;
    if head.starts_with(&[0x1f, 0x8b]) {
        parse(MultiGzDecoder::new(reader), report, progress)
    } else {
        parse(reader, report, progress)
    }
}

fn parse(
    reader: impl Read,
    report: &mut AreaImportReport,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Row>, Problem> {
    let mut csv = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(reader);
    let header = csv.byte_headers().map_err(|error| not_csv(&error))?;
    let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let place = |name: &str| names.iter().position(|found| found.trim_start_matches('\u{feff}') == name);
    let places = [place("code"), place("parent"), place("level"), place("name")];
    let [Some(code), Some(parent), Some(level), Some(name)] = places else { return Err(wrong_header(&names)) };
    let (mut rows, mut record) = (Vec::new(), csv::ByteRecord::new());
    loop {
        let line = csv.position().line();
        match csv.read_byte_record(&mut record) {
            Ok(false) => return Ok(rows),
            Ok(true) => {}
            Err(error) if error.is_io_error() => return Err(not_csv(&error)),
            Err(_) => {
                report.note(
                    line,
                    "",
                    NoteKind::Unreadable,
                    "这一行无法读取,已跳过。",
                    "The line cannot be read; left out.",
                );
                continue;
            }
        }
        report.rows += 1;
        let text = |at: usize| std::str::from_utf8(record.get(at).unwrap_or_default()).ok();
        let (Some(code), Some(parent), Some(level), Some(name)) = (text(code), text(parent), text(level), text(name))
        else {
            report.note(line, "", NoteKind::Unreadable, "不是 UTF-8 文字,已跳过。", "Not UTF-8 text; left out.");
            continue;
        };
        if let Some(row) = row(line, code, parent, level, name, report) {
            rows.push(row);
        }
        if report.rows.is_multiple_of(20_000) {
            progress(Progress { phase: "read", done: report.rows, total: 0 });
        }
    }
}

fn row(line: u64, code: &str, parent: &str, level: &str, name: &str, report: &mut AreaImportReport) -> Option<Row> {
    if !is_code(code) {
        report.note(
            line,
            code,
            NoteKind::BadCode,
            "代码不是 12 位数字,已跳过。",
            "The code is not twelve digits; left out.",
        );
        return None;
    }
    let Some(level) = level.parse::<u8>().ok().filter(|level| (1..=5).contains(level)) else {
        let (zh, en) = ("层级不是 1–5,已跳过。", "The level is not 1 to 5; left out.");
        report.note(line, code, NoteKind::BadLevel, zh, en);
        return None;
    };
    let name = check::text(name).unwrap_or_default();
    if name.is_empty() || name.chars().count() > 100 {
        let (zh, en) = ("没有名称或名称过长,已跳过。", "No name, or too long a name; left out.");
        report.note(line, code, NoteKind::Unreadable, zh, en);
        return None;
    }
    let parent = (!parent.is_empty()).then(|| Box::from(parent));
    Some(Row { line, code: code.into(), parent, level, name: name.into() })
}

fn is_code(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn unreadable(error: &std::io::Error) -> Problem {
    Problem::malformed(format!("文件无法读取:{error}"), format!("The file cannot be read: {error}"))
}

fn not_csv(error: &csv::Error) -> Problem {
    Problem::malformed(format!("文件不是完整的 CSV 或 gzip:{error}"), format!("Not a whole CSV or gzip file: {error}"))
}

fn wrong_header(found: &[String]) -> Problem {
    let found = found.join(",").chars().take(200).collect::<String>();
    Problem::new(
        ProblemKind::Invalid,
        "area.import.header",
        format!("第一行应为 code,parent,level,name,实际是:{found}"),
        format!("The first line should be code,parent,level,name, but is: {found}"),
    )
}
