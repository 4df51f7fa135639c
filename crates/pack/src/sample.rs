//! The packs' own tests: `tests/*.toml`. A pack whose tests fail is not installed.
//!
//! ```toml
//! today = "2026-01-01"
//!
//! [[records]]
//! name = "sex and birth date follow from the identity number"
//! entity = "resident"
//! texts = { name = "张三", identity_number = "11010519491231002x" }   # dirty, as in a ledger; or `values`, typed
//! expect = { sex = "2", birth_date = "1949-12-31" }                   # accepted with these; or:
//! # refuse = { field = "identity_number", message = "校验" }
//!
//! [[headings]]
//! entity = "resident"                                                 # or table = "elderly"
//! matches = { "身份证号码" = "identity_number" }
//!
//! [[filters]]
//! table = "elderly"
//! keep = [{ birth_date = "1950-01-01" }]
//! drop = [{ birth_date = "2000-01-01" }]
//!
//! [[indicators]]                                  # over the records above that are accepted, see `figures`
//! name = "elderly_share"
//! value = 50
//! ```

mod figures;
mod headings;
mod values;

use jiff::civil::Date;
use linli_domain::{
    Catalogue, Diagnostic, Entity, Severity, Value, Values,
    catalogue::ReportTable,
    expr,
    rules::{self, FieldError},
};

use crate::{
    files::PackFiles,
    names,
    report::Report,
    source::Spot,
    toml_read::{Document, Table, Text},
};

pub use headings::heading_field;

/// Runs the tests of all packs on a Catalogue that [`crate::load`] found no error in. No error among the answers: passed.
pub fn run_tests(catalogue: &Catalogue, files: &PackFiles) -> Vec<Diagnostic> {
    let mut report = Report::default();
    for pack in &catalogue.packs {
        for (_, path, text) in files.within(&pack.id, "tests", "toml") {
            if let Some(document) = Document::parse(path, text, &mut report) {
                let run = Run { pack: &pack.id, catalogue, today: Date::constant(2026, 1, 1) };
                run.file(&document, &mut report);
            }
        }
    }
    report.into_sorted()
}

/// Whether findings forbid installing.
pub fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

struct Run<'c> {
    pack: &'c str,
    catalogue: &'c Catalogue,
    today: Date,
}

impl<'c> Run<'c> {
    fn file(mut self, document: &Document<'_>, report: &mut Report) {
        let mut root = document.root();
        if let Some(today) = root.item("today") {
            match values::text_of(today.value).and_then(|text| text.parse().ok()) {
                Some(day) => self.today = day,
                None => report.error(
                    "wrong_type",
                    &today.spot(),
                    "`today` 应为日期,如 2026-01-01",
                    "`today` must be a day, such as 2026-01-01",
                ),
            }
        }
        let mut rows = figures::Rows::default();
        for table in root.tables("records", report) {
            rows.records.extend(self.record(table, report));
        }
        figures::check(&self, &mut root, rows, report);
        for table in root.tables("headings", report) {
            self.headings(table, report);
        }
        for table in root.tables("filters", report) {
            self.filter(table, report);
        }
        root.finish(report);
    }

    fn entity(&self, text: &Text<'_>, report: &mut Report) -> Option<&'c Entity> {
        let name = names::namespaced(self.pack, text.value);
        let found = self.catalogue.entities.get(&name);
        if found.is_none() {
            let message = (format!("没有登记册 `{}`", text.value), format!("there is no register `{}`", text.value));
            let known = self.catalogue.entities.keys().map(String::as_str);
            report.error_with("unknown_entity", &text.spot(), message, names::suggest(&name, known));
        }
        found
    }

    fn table(&self, text: &Text<'_>, report: &mut Report) -> Option<&'c ReportTable> {
        let name = names::namespaced(self.pack, text.value);
        let found = self.catalogue.tables.get(&name);
        if found.is_none() {
            let message = (format!("没有报表 `{}`", text.value), format!("there is no report table `{}`", text.value));
            let known = self.catalogue.tables.keys().map(String::as_str);
            report.error_with("unknown_table", &text.spot(), message, names::suggest(&name, known));
        }
        found
    }

    /// Checks a record; an accepted one is a row of the indicators.
    fn record(&self, mut table: Table<'_>, report: &mut Report) -> Option<figures::Row> {
        let name = table.must_text("name", report).map(|name| name.value.to_owned()).unwrap_or_default();
        let entity = table.must_text("entity", report).and_then(|entity| self.entity(&entity, report));
        let (texts, values) = (table.table("texts", report), table.table("values", report));
        let (expect, refuse) = (table.table("expect", report), table.table("refuse", report));
        let stands = figures::Stands::read(&mut table, report);
        let at = table.spot();
        table.finish(report);
        let entity = entity?;
        let mut errors = Vec::new();
        let mut given = Values::new();
        if let Some(mut texts) = texts {
            let pairs =
                texts.all_texts(report).into_iter().map(|(key, text)| (key.value.to_owned(), text.value.to_owned()));
            let parsed = rules::parse_texts(self.catalogue, &entity.name, &pairs.collect());
            given.extend(parsed.values);
            errors.extend(parsed.errors);
        }
        if let Some(values) = values {
            given.extend(values::read(entity, &values, report));
        }
        let (normal, broken) = rules::validate_record(self.catalogue, &entity.name, &given, self.today);
        errors.extend(broken);
        match refuse {
            Some(refuse) => {
                refused(&name, refuse, &errors, &at, report);
                None
            }
            None => {
                accepted(&name, entity, expect, &normal, &errors, &at, report);
                errors.is_empty().then(|| figures::Row { of: entity.name.clone(), stands, values: normal })
            }
        }
    }

    fn headings(&self, mut table: Table<'_>, report: &mut Report) {
        let report_table = table.text("table", report).map(|name| self.table(&name, report));
        let entity = match &report_table {
            Some(found) => found.and_then(|found| self.catalogue.entities.get(&found.entity)),
            None => table.must_text("entity", report).and_then(|name| self.entity(&name, report)),
        };
        let matches = table.table("matches", report).map(|mut matches| matches.all_texts(report)).unwrap_or_default();
        table.finish(report);
        let Some(entity) = entity else { return };
        for (heading, field) in matches {
            let found = heading_field(entity, report_table.flatten(), heading.value);
            if found != Some(field.value) {
                let found = found.unwrap_or("—");
                let message = (
                    format!("测试未通过:列名“{}”应对应 `{}`,实际是 `{found}`", heading.value, field.value),
                    format!("test failed: \"{}\" should be `{}` but is `{found}`", heading.value, field.value),
                );
                report.error("test_heading", &heading.spot(), message.0, message.1);
            }
        }
    }

    fn filter(&self, mut table: Table<'_>, report: &mut Report) {
        let name = table.must_text("table", report);
        let (keep, drop) = (table.tables("keep", report), table.tables("drop", report));
        table.finish(report);
        let Some(found) = name.and_then(|name| self.table(&name, report)) else { return };
        let Some(entity) = self.catalogue.entities.get(&found.entity) else { return };
        for (rows, wanted) in [(keep, true), (drop, false)] {
            for row in rows {
                let values = values::read(entity, &row, report);
                let field = |name: &str| values.get(name).cloned().unwrap_or_default();
                let kept =
                    found.filter.as_ref().is_none_or(|filter| expr::holds(filter, &field, self.today) == Some(true));
                if kept != wanted {
                    let (zh, en) =
                        if wanted { ("应留下", "should be kept") } else { ("应去掉", "should be dropped") };
                    let message = (format!("测试未通过:这一行{zh}"), format!("test failed: this row {en}"));
                    report.error("test_filter", &row.spot(), message.0, message.1);
                }
            }
        }
    }
}

fn refused(name: &str, mut refuse: Table<'_>, errors: &[FieldError], at: &Spot, report: &mut Report) {
    let field = refuse.text("field", report).map(|field| field.value);
    let message = refuse.text("message", report).map(|message| message.value);
    let code = refuse.text("code", report).map(|code| code.value);
    refuse.finish(report);
    let fits = |error: &FieldError| {
        field.is_none_or(|field| field == error.field)
            && code.is_none_or(|code| code == error.code)
            && message.is_none_or(|part| error.message.zh.contains(part) || error.message.en.contains(part))
    };
    if !errors.iter().any(fits) {
        let (zh, en) = told(errors);
        report.error(
            "test_refuse",
            at,
            format!("测试“{name}”未通过:应按所写的理由拒绝,实际{zh}"),
            format!("test \"{name}\" failed: it should be refused for the reason given, but {en}"),
        );
    }
}

fn accepted(
    name: &str,
    entity: &Entity,
    expect: Option<Table<'_>>,
    normal: &Values,
    errors: &[FieldError],
    at: &Spot,
    report: &mut Report,
) {
    if !errors.is_empty() {
        let (zh, en) = told(errors);
        let message = (
            format!("测试“{name}”未通过:应接受,实际{zh}"),
            format!("test \"{name}\" failed: it should be accepted, but {en}"),
        );
        report.error("test_accept", at, message.0, message.1);
        return;
    }
    let Some(expect) = expect else { return };
    for (field, wanted) in values::read(entity, &expect, report) {
        let found = normal.get(&field).unwrap_or(&Value::Null);
        if *found != wanted {
            let kind = entity.field(&field).map(|field| &field.kind);
            let shown = |value: &Value| kind.map_or_else(String::new, |kind| value.to_json(kind).to_string());
            let (wanted, found) = (shown(&wanted), shown(found));
            let message = (
                format!("测试“{name}”未通过:`{field}` 应为 {wanted},实际 {found}"),
                format!("test \"{name}\" failed: `{field}` should be {wanted} but is {found}"),
            );
            report.error("test_expect", &expect.spot_of(&field), message.0, message.1);
        }
    }
}

/// What the errors say, in both languages.
fn told(errors: &[FieldError]) -> (String, String) {
    if errors.is_empty() {
        return ("被接受".to_owned(), "it was accepted".to_owned());
    }
    let list = |pick: fn(&FieldError) -> &String| {
        let each = errors.iter().map(|error| format!("{} [{}] {}", error.field, error.code, pick(error)));
        each.collect::<Vec<_>>().join("; ")
    };
    (
        format!("被拒绝:{}", list(|error| &error.message.zh)),
        format!("it was refused: {}", list(|error| &error.message.en)),
    )
}
