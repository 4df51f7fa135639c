//! What filling did, in one answer.

use linli_workbook::Shape;

use super::{
    model::{FillCounts, FillSheet, FillTable, Gap, GapView},
    produce::Produced,
};
use crate::{
    Problem, ProblemKind,
    sheet::{documents, matching},
    views::Text,
};

/// What filling did.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct FillReport {
    /// Tables and what they were taken for.
    pub tables: Vec<TableReport>,
    /// Cells by what became of them.
    pub counts: FillCounts,
    /// What is missing.
    pub gaps: Vec<GapView>,
    /// What to tell.
    pub notes: Vec<Text>,
}

/// A table and what it was taken for.
#[derive(Debug, Clone, serde::Serialize)]
pub struct TableReport {
    /// Sheet.
    pub sheet: String,
    /// Title.
    pub title: Option<String>,
    /// `list` or `cross`.
    pub shape: String,
    /// Register.
    pub entity: Option<String>,
    /// Filter.
    pub filter: Option<String>,
    /// Heading → element.
    pub columns: Vec<(String, String)>,
    /// Headings that stand for nothing.
    pub left: Vec<String>,
}

/// The report of what was produced.
pub(super) fn report(sheets: &[FillSheet], produced: &Produced) -> FillReport {
    let table = |(sheet, table): (&FillSheet, &FillTable)| {
        let mut columns = Vec::new();
        let mut left = Vec::new();
        for column in &table.columns {
            match &column.matched {
                Some(found) => columns.push((column.label.clone(), found.element.clone())),
                None => left.push(column.label.clone()),
            }
        }
        let cross = table.shape == matching::shape_name(Shape::Cross);
        TableReport {
            sheet: sheet.name.clone(),
            title: table.title.clone(),
            shape: table.shape.clone(),
            entity: table.entity.clone(),
            filter: table.filter.clone(),
            columns,
            left: if cross { Vec::new() } else { left },
        }
    };
    FillReport {
        tables: sheets.iter().flat_map(|sheet| sheet.tables.iter().map(move |one| (sheet, one))).map(table).collect(),
        counts: produced.counts,
        gaps: gap_views(&produced.gaps),
        notes: produced.notes.clone(),
    }
}

/// Gaps without their records.
pub(super) fn gap_views(gaps: &[Gap]) -> Vec<GapView> {
    let view = |gap: &Gap| GapView {
        area: gap.area.clone(),
        column: gap.column.clone(),
        element: gap.element.clone(),
        missing: gap.records.len(),
    };
    gaps.iter().map(view).collect()
}

/// A workbook's note in both languages.
pub(super) fn book_note(note: &linli_workbook::Note) -> Text {
    use linli_workbook::Lang;
    Text { zh: note.message(Lang::Zh), en: note.message(Lang::En) }
}

/// `模板.xls` → `模板（已填）.xlsx`.
pub(super) fn filled_name(name: &str) -> String {
    let plain = documents::plain_name(name);
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((&plain, "xlsx"));
    let ending = if ending.eq_ignore_ascii_case("xlsm") { "xlsm" } else { "xlsx" };
    format!("{stem}（已填）.{ending}")
}

/// Refusal of a template that asks for nothing that is known.
pub(super) fn nothing_to_fill(sheets: &[FillSheet]) -> Problem {
    let heads: Vec<&str> = sheets
        .iter()
        .flat_map(|sheet| &sheet.tables)
        .flat_map(|table| &table.columns)
        .map(|column| column.label.as_str())
        .collect();
    let heads = heads.into_iter().take(20).collect::<Vec<_>>().join("、");
    Problem::new(
        ProblemKind::Invalid,
        "fill.nothing_matches",
        format!("模板的列都对不上登记册中的数据项：{heads}。请在网页的填表向导中指明。"),
        format!("No column of the template matches the registers: {heads}. Choose in the fill wizard of the page."),
    )
}
