//! From the sheets to the compiled form: the steps in order, and what comes out.

use std::collections::{HashMap, HashSet};

use super::choices::Lists;
use super::element::{Element, Kind, ROOT, Tree};
use super::entities::{Entities, meta_of};
use super::finding::{Finding, Severity};
use super::headers::{Cleaning, Grouped, group};
use super::input::{RawBook, RawSheet};
use super::rows::{Read, Reader};
use super::settings::Settings;
use super::value::Value;
use super::{Options, Source, aliases, choices, emit, input, refs, settings, spelling, translations};

/// What became of a form.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The form; absent when any finding is an error.
    pub form: Option<CompiledForm>,
    /// Everything wrong or doubtful, in the order of the checks.
    pub findings: Vec<Finding>,
}

/// A form that was compiled.
#[derive(Debug, Clone)]
pub struct CompiledForm {
    /// The XForm.
    pub xml: String,
    /// The form's id.
    pub id: String,
    /// The form's version, empty when it has none.
    pub version: String,
    /// The title that people see.
    pub title: String,
    /// `itemsets.csv` of the external_choices sheet, when a question uses it.
    pub itemsets_csv: Option<String>,
    /// Files the form refers to: images, recordings, CSVs of choices and of `pulldata`.
    pub media: Vec<String>,
    /// The questions in order, for tools that show or check them.
    pub questions: Vec<Question>,
}

/// One question as its row says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The survey sheet's row, counted from 1.
    pub row: u32,
    /// The name.
    pub name: String,
    /// The XPath in the primary instance.
    pub path: String,
    /// The type after aliases, `select one`.
    pub question_type: String,
    /// Language and label; the language of a label without one is the form's default.
    pub labels: Vec<(String, String)>,
    /// The list of choices or the file they come from.
    pub list: Option<String>,
    /// The register's data element it fills, `people/resident/phone`.
    pub data_element: Option<String>,
    /// Why it is asked although the answer is held.
    pub reason: Option<String>,
    /// The entity property it is saved to.
    pub save_to: Option<String>,
    /// The condition under which it must be answered, `true()`.
    pub required: Option<String>,
    /// The condition under which it is shown.
    pub relevant: Option<String>,
    /// Whether it is within a repeat.
    pub in_repeat: bool,
}

/// Compiles one form.
pub(super) fn compile(source: &Source<'_>, options: &Options) -> Compiled {
    let mut findings = Vec::new();
    let form = match input::read(source) {
        Ok(book) => read(&book, source, options, &mut findings),
        Err(finding) => {
            findings.push(finding);
            None
        }
    };
    let failed = findings.iter().any(|f| f.severity == Severity::Error);
    Compiled { form: form.filter(|_| !failed), findings }
}

/// The sheets after their columns were resolved.
struct Sheets<'a> {
    raw: &'a RawBook,
    survey: Grouped,
    choices: Option<Grouped>,
}

fn read(book: &RawBook, source: &Source<'_>, options: &Options, findings: &mut Vec<Finding>) -> Option<CompiledForm> {
    let Some(survey) = book.sheet("survey") else {
        findings.push(no_survey(book));
        return None;
    };
    let mut settings = settings::read(book, input::stem(source.name), options, findings);
    let language = settings.default_language.clone();
    let cleaning = Cleaning { collapse: false, default_language: &language };
    let external = external_lists(book, cleaning, findings);
    let choices = book.sheet("choices").map(|sheet| group(sheet, &aliases::CHOICES, cleaning, findings));
    let duplicates = settings.is_yes("allow_choice_duplicates");
    let mut lists = choices.as_ref().map(|c| choices::read(c, duplicates, findings)).unwrap_or_default();
    let mut entities = match book.sheet("entities").filter(|s| !s.rows.is_empty()) {
        Some(sheet) => Entities::read(&group(sheet, &aliases::ENTITIES, cleaning, findings), findings),
        None => {
            spelling::warn("entities", book, findings);
            Entities::default()
        }
    };
    let survey = group(survey, &aliases::SURVEY, Cleaning { collapse: settings.collapse, ..cleaning }, findings);
    if survey.columns.iter().flatten().all(|c| c.path[0] != "type") {
        return None;
    }
    let used = choices.as_ref().filter(|c| !c.rows.is_empty());
    let translated = translations::check(&survey, used, findings);
    let osm = osm_lists(book, cleaning, findings);
    let reader =
        Reader::new(book, &mut settings, &survey, &mut lists, &external, &osm, &mut entities, translated, findings);
    let read = reader.read();
    let sheets = Sheets { raw: book, survey, choices };
    sheets.check_references(&read.names, findings);
    finish(&sheets, read, &settings, &mut lists, &entities, findings)
}

/// Entities, the meta block and the XForm itself, once nothing is wrong on the sheets.
fn finish(
    sheets: &Sheets<'_>,
    read: Read,
    settings: &Settings,
    lists: &mut Lists,
    entities: &Entities,
    findings: &mut Vec<Finding>,
) -> Option<CompiledForm> {
    let Read { mut tree, meta, .. } = read;
    if findings.iter().any(|f| f.severity == Severity::Error) {
        return None;
    }
    let version = match entities.apply(&mut tree) {
        Ok(version) => version,
        Err(wrong) => {
            findings.extend(wrong);
            return None;
        }
    };
    if !meta.is_empty() {
        let block = meta_of(&mut tree, ROOT);
        for element in meta {
            tree.add(block, element);
        }
    }
    tree.set_paths();
    lists.settle();
    let own = sheets.survey.columns.iter().flatten().any(|c| c.path[0] == "linli");
    let emitted = emit::emit(&tree, lists, settings, version, own);
    findings.extend(emitted.findings);
    let is_external = |id: &usize| tree[*id].type_name == "select one external";
    let itemsets = tree.below(ROOT).iter().any(is_external).then(|| sheets.raw.sheet("external_choices"));
    Some(CompiledForm {
        xml: emitted.xml,
        id: settings.id.clone(),
        version: settings.text("version").unwrap_or_default().to_owned(),
        title: settings.title.clone(),
        itemsets_csv: itemsets.flatten().map(csv),
        media: emitted.media,
        questions: questions(&tree, settings),
    })
}

fn no_survey(book: &RawBook) -> Finding {
    let (zh, en) = spelling::hint("survey", book).unwrap_or_default();
    Finding::error(
        "survey-missing",
        "survey",
        format!("表单没有名为“survey”的表。{zh}"),
        format!("You must have a sheet named 'survey'. {en}"),
    )
}

fn external_lists(book: &RawBook, cleaning: Cleaning<'_>, findings: &mut Vec<Finding>) -> HashSet<String> {
    let Some(sheet) = book.sheet("external_choices") else { return HashSet::new() };
    let rows = group(sheet, &aliases::LISTS, cleaning, findings).rows;
    rows.into_iter().filter_map(|mut r| r.values.take_text("list name")).collect()
}

fn osm_lists(book: &RawBook, cleaning: Cleaning<'_>, findings: &mut Vec<Finding>) -> Lists {
    let Some(sheet) = book.sheet("osm") else { return Lists::default() };
    let sheet = group(sheet, &aliases::LISTS, cleaning, findings);
    // Tags need no labels and may repeat, so only errors count.
    let mut found = Vec::new();
    let lists = choices::read(&sheet, true, &mut found);
    findings.extend(found.into_iter().filter(|f| f.severity == Severity::Error).map(|mut f| {
        "osm".clone_into(&mut f.sheet);
        f
    }));
    lists
}

impl Sheets<'_> {
    /// Checks every `${…}` of the workbook against the names on the survey sheet.
    fn check_references(&self, names: &HashMap<String, u32>, findings: &mut Vec<Finding>) {
        let all = |_: usize| true;
        for name in ["settings", "entities"] {
            let Some(sheet) = self.raw.sheet(name) else { continue };
            let skip = |col: usize| {
                let header = sheet.headers.get(col).and_then(Option::as_deref);
                name == "entities" && matches!(header, Some("list name" | "list_name" | "repeat"))
            };
            check_sheet(sheet, |col| all(col) && !skip(col), names, findings);
        }
        if let Some(sheet) = self.raw.sheet("survey") {
            let column = |col: usize| self.survey.columns.get(col).and_then(Option::as_ref);
            let skip = |col| column(col).is_none_or(|c| matches!(c.path[0].as_str(), "type" | "name" | "trigger"));
            check_sheet(sheet, |col| !skip(col), names, findings);
        }
        if let (Some(sheet), Some(choices)) = (self.raw.sheet("choices"), &self.choices) {
            let label =
                |col: usize| choices.columns.get(col).and_then(Option::as_ref).is_some_and(|c| c.path[0] == "label");
            check_sheet(sheet, label, names, findings);
        }
    }
}

fn check_sheet(
    sheet: &RawSheet,
    checked: impl Fn(usize) -> bool,
    names: &HashMap<String, u32>,
    findings: &mut Vec<Finding>,
) {
    for row in &sheet.rows {
        for (col, text) in row.cells.iter().filter(|(col, text)| refs::may_have(text) && checked(*col)) {
            let Some(Some(header)) = sheet.headers.get(*col) else { continue };
            for reference in refs::parse(text) {
                let finding = match reference {
                    Err(refs::Malformed) => refs::malformed(&sheet.name, row.number, header),
                    Ok(reference) => match names.get(reference.name) {
                        Some(1) => continue,
                        Some(_) => refs::ambiguous(&sheet.name, row.number, header, reference.name),
                        None => refs::unknown(&sheet.name, row.number, header, reference.name),
                    },
                };
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
    }
}

/// The external_choices sheet as `itemsets.csv`, every field quoted.
fn csv(sheet: &RawSheet) -> String {
    let columns: Vec<usize> = (0..sheet.headers.len()).filter(|c| sheet.headers[*c].is_some()).collect();
    let mut out = String::new();
    let mut line = |fields: &mut dyn Iterator<Item = &str>| {
        for (at, field) in fields.enumerate() {
            out.push_str(if at == 0 { "\"" } else { ",\"" });
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        }
        out.push_str("\r\n");
    };
    line(&mut columns.iter().filter_map(|c| sheet.headers[*c].as_deref()));
    for row in &sheet.rows {
        let cell = |c: &usize| row.cells.iter().find(|(col, _)| col == c).map_or("", |(_, text)| text.as_str());
        line(&mut columns.iter().map(cell));
    }
    out
}

fn questions(tree: &Tree, settings: &Settings) -> Vec<Question> {
    let ids = tree.below(ROOT);
    let asked = ids.into_iter().filter(|id| tree[*id].kind == Kind::Question && tree[*id].row > 0);
    asked
        .map(|id| {
            let element = &tree[id];
            let text = |key: &str| element.bind_text(key).map(str::to_owned);
            Question {
                row: element.row,
                name: element.name.clone(),
                path: element.path.clone(),
                question_type: element.type_name.clone(),
                labels: labels(element, settings),
                list: element.itemset.clone(),
                data_element: element.data_element.clone(),
                reason: element.reason.clone(),
                save_to: text("entities:saveto"),
                required: text("required").map(|r| aliases::bind_value(&r).map_or(r, str::to_owned)),
                relevant: text("relevant"),
                in_repeat: tree.nearest(id, Kind::Repeat).is_some(),
            }
        })
        .collect()
}

fn labels(element: &Element, settings: &Settings) -> Vec<(String, String)> {
    match &element.label {
        None => Vec::new(),
        Some(Value::Text(label)) => vec![(settings.default_language.clone(), label.clone())],
        Some(Value::Map(labels)) => labels.iter().map(|(l, t)| (l.to_owned(), t.first_text().to_owned())).collect(),
    }
}
