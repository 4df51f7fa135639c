//! Tables found on the sheets of a workbook, and what each of their columns is taken for.

use std::collections::{BTreeMap, HashMap};

use linli_domain::{
    Catalogue, FieldKind, Lang,
    catalogue::CodeList,
    check::{self, ChoiceOption, MaskKind},
    sheet_match::{self, Candidate, ColumnSeen, Outcome, ValueKind},
};
use linli_store::tables::ColumnMatch;
use linli_workbook::{Book, Column, RowKind, Shape, Sheet, TableRegion, find_tables, value_at};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{columns, known as names, parts::Parts};

/// A sheet and the tables found on it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SheetView {
    /// Name on the tab.
    pub name: String,
    /// Tables, top to bottom.
    pub tables: Vec<TableView>,
}

/// A table and its columns.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TableView {
    /// Number on its sheet, from 0.
    pub table: usize,
    /// Title above it.
    pub title: Option<String>,
    /// First and last row of the header, from 1 as Excel shows them.
    pub header_rows: [u32; 2],
    /// Rows with data.
    pub rows: usize,
    /// `list` or `cross`.
    pub shape: String,
    /// Columns, left to right.
    pub columns: Vec<ColumnView>,
}

/// A column and what it is taken for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ColumnView {
    /// Column of the sheet, from 0.
    pub column: u32,
    /// Heading.
    pub label: String,
    /// Unit in the heading.
    pub unit: Option<String>,
    /// Some of its values.
    pub samples: Vec<String>,
    /// What it is taken for; null when nothing fits well enough.
    #[serde(rename = "match")]
    pub matched: Option<MatchView>,
    /// What it may be, when that is not certain.
    pub alternatives: Vec<Alternative>,
}

/// What a column is taken for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MatchView {
    /// Element.
    pub element: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Why, in both languages.
    pub reasons: Vec<crate::views::Text>,
    /// What else it may be.
    pub alternatives: Vec<Alternative>,
}

/// Something else a column may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Alternative {
    /// Element.
    pub element: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// Values looked at per column.
const SAMPLES: usize = 200;
/// Rows looked at per column.
const LOOKED_AT: usize = 2_000;
/// Values shown per column.
const SHOWN: usize = 3;

/// What people chose before for these headings: heading → element, `None` for "leave out".
pub type Remembered = HashMap<String, Option<String>>;

/// Sheets and the tables found on each.
pub type Tables<'b> = [(&'b Sheet, Vec<TableRegion>)];

/// Tables of the visible sheets.
pub fn tables(book: &Book) -> Vec<(&Sheet, Vec<TableRegion>)> {
    book.sheets
        .iter()
        .filter(|sheet| !sheet.hidden && sheet.rows > 0)
        .map(|sheet| (sheet, find_tables(sheet)))
        .collect()
}

/// A column as the matcher sees it.
pub fn seen(sheet: &Sheet, table: &TableRegion, column: &Column) -> ColumnSeen {
    let mut samples = Vec::new();
    let (mut filled, mut total) = (0, 0);
    for row in table.rows_of(RowKind::Data).take(LOOKED_AT) {
        total += 1;
        let value = value_at(sheet, table, row, column.col);
        if value.is_blank() {
            continue;
        }
        filled += 1;
        if samples.len() < SAMPLES {
            samples.push(value.shown());
        }
    }
    let mut path = column.path.clone();
    let label = path.pop().unwrap_or_default();
    ColumnSeen { label, path, unit: column.unit.clone(), samples, filled, total }
}

/// Under what the choices for a table's columns are remembered, in the order of its columns.
pub fn fingerprints(sheet: &Sheet, table: &TableRegion) -> Vec<String> {
    table.columns.iter().map(|column| sheet_match::remember_key(&seen(sheet, table, column))).collect()
}

/// What was remembered, by heading.
pub fn remembered(matches: Vec<ColumnMatch>) -> Remembered {
    matches.into_iter().map(|known| (known.fingerprint, known.element)).collect()
}

/// Matches the columns of a table. `headings` are those a report table uses for elements.
pub fn match_table(
    sheet: &Sheet,
    number: usize,
    table: &TableRegion,
    candidates: &[Candidate],
    remembered: &Remembered,
    headings: &BTreeMap<String, String>,
) -> TableView {
    let seen: Vec<ColumnSeen> = table.columns.iter().map(|column| seen(sheet, table, column)).collect();
    let keys: Vec<String> = seen.iter().map(sheet_match::remember_key).collect();
    let mut known: HashMap<String, String> = headings
        .iter()
        .map(|(heading, element)| (sheet_match::remember_key(&ColumnSeen::new(heading.as_str(), &[])), element.clone()))
        .collect();
    known.extend(remembered.iter().filter_map(|(key, element)| Some((key.clone(), element.clone()?))));
    let matches = sheet_match::match_columns(&seen, candidates, &known);
    let columns = table
        .columns
        .iter()
        .zip(seen)
        .zip(keys.iter().zip(matches))
        .map(|((column, seen), (key, found))| {
            let left_out = matches!(remembered.get(key), Some(None));
            column_view(column, seen, found, left_out)
        })
        .collect();
    TableView {
        table: number,
        title: table.title.clone(),
        header_rows: [table.header_rows.start() + 1, table.header_rows.end() + 1],
        rows: table.rows_of(RowKind::Data).count(),
        shape: shape_name(table.shape).to_owned(),
        columns,
    }
}

/// `list` or `cross`.
pub fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::List => "list",
        Shape::Cross => "cross",
    }
}

fn column_view(column: &Column, seen: ColumnSeen, found: sheet_match::ColumnMatch, left_out: bool) -> ColumnView {
    let alternative =
        |one: &sheet_match::Match| Alternative { element: one.key.clone(), confidence: rounded(one.confidence) };
    let others = |but: &str| found.ranked.iter().filter(|one| one.key != but).take(4).map(alternative).collect();
    let matched = match &found.outcome {
        _ if left_out => None,
        Outcome::Matched { key, confidence } => {
            let reasons = found.ranked.iter().find(|one| one.key == *key).map(|one| one.reasons.as_slice());
            Some(MatchView {
                element: key.clone(),
                confidence: rounded(*confidence),
                reasons: reasons.unwrap_or_default().iter().map(text).chain(found.warning.iter().map(text)).collect(),
                alternatives: others(key),
            })
        }
        Outcome::Sequence => Some(MatchView {
            element: columns::Target::Sequence.name(),
            confidence: 0.9,
            reasons: Vec::new(),
            alternatives: Vec::new(),
        }),
        Outcome::Ambiguous { .. } | Outcome::Conflict { .. } | Outcome::Unmatched => None,
    };
    let uncertain = match &found.outcome {
        Outcome::Ambiguous { .. } | Outcome::Conflict { .. } if !left_out => others(""),
        _ => Vec::new(),
    };
    ColumnView {
        column: column.col,
        label: column.label.clone(),
        unit: column.unit.clone(),
        samples: seen.samples.iter().take(SHOWN).map(|sample| harmless(sample)).collect(),
        matched,
        alternatives: uncertain,
    }
}

/// A sample as it is shown and kept: numbers that may be somebody's (seven digits and more) are masked.
fn harmless(sample: &str) -> String {
    match sample.chars().filter(char::is_ascii_digit).count() {
        0..=6 => sample.to_owned(),
        7..=13 if check::date(sample).is_ok() => sample.to_owned(),
        7..=13 => check::mask(MaskKind::Phone, sample),
        _ => check::mask(MaskKind::Identity, sample),
    }
}

fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}

fn text(reason: &sheet_match::MatchReason) -> crate::views::Text {
    crate::views::Text { zh: reason.message(Lang::Zh), en: reason.message(Lang::En) }
}

/// Everything a column of a sheet whose rows have these parts may be.
pub fn candidates(catalogue: &Catalogue, parts: &Parts<'_>) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = parts
        .offered()
        .into_iter()
        .map(|(slot, element)| Candidate {
            key: element,
            labels: vec![slot.field.label.zh.clone(), slot.field.label.en.clone()],
            synonyms: slot.field.synonyms.clone(),
            kind: value_kind(catalogue, &slot.field.kind),
            distance: distance(parts, slot.part),
        })
        .collect();
    let has = |field: &str| parts.list.iter().any(|part| part.entity.field(field).is_some());
    for level in &catalogue.levels {
        let told = match level.kind.as_str() {
            "building" => has(names::BUILDING),
            "unit" => has(names::UNIT),
            _ => false,
        };
        if !told {
            all.push(Candidate {
                key: columns::Target::Area(level.kind.clone()).name(),
                labels: vec![level.label.zh.clone(), level.label.en.clone()],
                synonyms: columns::area_headings(&level.kind, &level.label.zh),
                kind: ValueKind::Text,
                distance: 1,
            });
        }
    }
    if columns::birth_field(parts.main()).is_some() {
        all.push(Candidate {
            key: columns::Target::Age.name(),
            labels: vec!["年龄".into(), "Age".into()],
            synonyms: columns::AGE_HEADINGS.iter().map(|word| (*word).to_owned()).collect(),
            kind: ValueKind::Integer,
            distance: 0,
        });
    }
    all
}

fn distance(parts: &Parts<'_>, part: usize) -> u8 {
    let mut steps = 0;
    let mut here = part;
    while let Some((above, _)) = parts.list[here].by {
        here = above;
        steps += 1;
    }
    steps
}

fn value_kind(catalogue: &Catalogue, kind: &FieldKind) -> ValueKind {
    match kind {
        FieldKind::PersonName => ValueKind::PersonName,
        FieldKind::IdentityNumber => ValueKind::IdentityNumber,
        FieldKind::CreditCode => ValueKind::CreditCode,
        FieldKind::Phone => ValueKind::Phone,
        FieldKind::Address => ValueKind::Address,
        FieldKind::Date | FieldKind::Time => ValueKind::Date,
        FieldKind::Integer { .. } => ValueKind::Integer,
        FieldKind::Decimal { .. } => ValueKind::Decimal,
        FieldKind::Money => ValueKind::Money,
        FieldKind::Bool => ValueKind::YesNo,
        FieldKind::Code { list } | FieldKind::Codes { list } => {
            ValueKind::Code { options: catalogue.code_lists.get(list).map(options).unwrap_or_default() }
        }
        FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Ref { .. } => ValueKind::Text,
    }
}

fn options(list: &CodeList) -> Vec<ChoiceOption> {
    let option = |code: &linli_domain::catalogue::Code| ChoiceOption {
        code: code.code.clone(),
        labels: vec![code.label.zh.clone(), code.label.en.clone()],
        synonyms: code.synonyms.clone(),
    };
    list.codes.iter().map(option).collect()
}
