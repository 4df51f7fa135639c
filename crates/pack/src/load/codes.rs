//! Code lists.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    Label,
    catalogue::{Code, CodeList},
};

use crate::{names, report::Report, source::Spot};

use super::head::bad_name;

const COLUMNS: [&str; 6] = ["code", "zh", "en", "synonyms", "parent", "retired"];

/// Reads a code list. It begins with `# standard: …` and, if its label is not its name, `# label: 中文 | English`.
pub(super) fn read(pack: &str, stem: &str, path: &str, text: &str, report: &mut Report) -> CodeList {
    if !names::well_formed(stem) {
        bad_name(stem, &Spot::whole(path), report);
    }
    let standard = comment(text, "standard").map(str::to_owned).unwrap_or_else(|| {
        let help = Label::new(
            "`# standard: GB/T …`;本市自定的写 `# standard: local`",
            "`# standard: GB/T …`, or `# standard: local` for the city's own",
        );
        let message = ("第一行要写代码表的标准", "the first line must name the list's standard");
        report.error_with("no_standard", &Spot::line(path, 1), message, Some(help));
        String::new()
    });
    let label = match comment(text, "label").and_then(|label| label.split_once('|')) {
        Some((zh, en)) => Label::new(zh.trim(), en.trim()),
        None => Label::new(stem, stem),
    };
    let mut list = CodeList { name: format!("{pack}/{stem}"), label, standard, codes: Vec::new() };
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let Some(columns) = columns(&mut reader, path, report) else { return list };
    let mut lines = BTreeMap::new();
    for row in reader.records() {
        match row {
            Ok(row) => read_row(&row, &columns, path, &mut list, &mut lines, report),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let at = Spot::line(path, u32::try_from(line).unwrap_or(0));
                report.error("csv", &at, format!("CSV 写法有误:{error}"), format!("not valid CSV: {error}"));
            }
        }
    }
    check_words(&list, &lines, path, report);
    check_parents(&list, &lines, path, report);
    list
}

fn comment<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let prefix = format!("{key}:");
    text.lines()
        .take_while(|line| line.starts_with('#'))
        .find_map(|line| line.trim_start_matches('#').trim().strip_prefix(prefix.as_str()))
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// Where each of [`COLUMNS`] stands.
type Columns = [Option<usize>; COLUMNS.len()];

fn columns(reader: &mut csv::Reader<&[u8]>, path: &str, report: &mut Report) -> Option<Columns> {
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            let message = (format!("CSV 写法有误:{error}"), format!("not valid CSV: {error}"));
            report.error("csv", &Spot::line(path, 1), message.0, message.1);
            return None;
        }
    };
    let line = header.position().map_or(1, csv::Position::line);
    let at = Spot::line(path, u32::try_from(line).unwrap_or(1));
    for name in &header {
        if !COLUMNS.contains(&name) {
            let message = (format!("不认识的列 `{name}`"), format!("unknown column `{name}`"));
            report.error_with("unknown_column", &at, message, names::suggest(name, COLUMNS));
        }
    }
    for needed in ["code", "zh", "en"] {
        if !header.iter().any(|name| name == needed) {
            let help = COLUMNS.join(",");
            let message = (format!("缺少列 `{needed}`"), format!("column `{needed}` is missing"));
            report.error_with("missing_column", &at, message, Some(Label::new(help.clone(), help)));
        }
    }
    Some(COLUMNS.map(|column| header.iter().position(|name| name == column)))
}

fn read_row(
    row: &csv::StringRecord,
    columns: &Columns,
    path: &str,
    list: &mut CodeList,
    lines: &mut BTreeMap<String, u32>,
    report: &mut Report,
) {
    let cell = |column: usize| columns[column].and_then(|at| row.get(at)).unwrap_or_default();
    let line = u32::try_from(row.position().map_or(0, csv::Position::line)).unwrap_or(0);
    let at = Spot::line(path, line);
    let code = cell(0);
    for (column, value) in [("code", code), ("zh", cell(1)), ("en", cell(2))] {
        if value.is_empty() {
            let message = (format!("列 `{column}` 是空的"), format!("column `{column}` is empty"));
            report.error("empty_cell", &at, message.0, message.1);
        }
    }
    if code.len() > 40 || code.contains(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))) {
        let message = (format!("代码 `{code}` 写法不对"), format!("`{code}` is not a code"));
        let help = Label::new(
            "字母、数字、下划线、短横线或点,最多 40 个字符",
            "letters, digits, underscores, dashes or dots, at most 40 characters",
        );
        report.error_with("bad_code", &at, message, Some(help));
    }
    if let Some(first) = lines.get(code) {
        let message =
            (format!("代码 `{code}` 在第 {first} 行已有"), format!("code `{code}` is already on line {first}"));
        report.error("code_duplicate", &at, message.0, message.1);
        return;
    }
    let retired = match cell(5) {
        "" | "0" | "false" | "no" | "否" => false,
        "1" | "true" | "yes" | "是" => true,
        other => {
            let message = (format!("retired 写的是 `{other}`"), format!("`retired` is `{other}`"));
            report.error_with("bad_flag", &at, message, Some(Label::new("`1` 或留空", "`1` or nothing")));
            false
        }
    };
    lines.insert(code.to_owned(), line);
    list.codes.push(Code {
        code: code.to_owned(),
        label: Label::new(cell(1), cell(2)),
        synonyms: cell(3).split('|').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect(),
        parent: (!cell(4).is_empty()).then(|| cell(4).to_owned()),
        retired,
    });
}

/// One word must not mean two codes.
fn check_words(list: &CodeList, lines: &BTreeMap<String, u32>, path: &str, report: &mut Report) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for code in &list.codes {
        for word in std::iter::once(&code.label.zh).chain(&code.synonyms).filter(|word| !word.is_empty()) {
            match owners.insert(word, &code.code) {
                Some(other) if other != code.code => {
                    let at = Spot::line(path, lines.get(&code.code).copied().unwrap_or(0));
                    let message = (
                        format!("“{word}”同时指代码 `{other}` 和 `{}`,导入时无法判断", code.code),
                        format!("\"{word}\" means both `{other}` and `{}`: an import could not tell", code.code),
                    );
                    report.error("code_word_twice", &at, message.0, message.1);
                }
                _ => {}
            }
        }
    }
}

fn check_parents(list: &CodeList, lines: &BTreeMap<String, u32>, path: &str, report: &mut Report) {
    for code in &list.codes {
        let Some(parent) = &code.parent else { continue };
        let at = Spot::line(path, lines.get(&code.code).copied().unwrap_or(0));
        if list.get(parent).is_none() {
            let message =
                (format!("上级代码 `{parent}` 不在表中"), format!("the parent `{parent}` is not in the list"));
            let known = list.codes.iter().map(|code| code.code.as_str());
            report.error_with("code_parent", &at, message, names::suggest(parent, known));
            continue;
        }
        let mut seen = BTreeSet::new();
        let mut next = Some(code);
        while let Some(current) = next {
            if !seen.insert(&current.code) {
                let message = (
                    format!("代码 `{}` 的上级形成循环", code.code),
                    format!("the parents of `{}` form a circle", code.code),
                );
                report.error("code_parent", &at, message.0, message.1);
                break;
            }
            next = current.parent.as_deref().and_then(|parent| list.get(parent));
        }
    }
}
