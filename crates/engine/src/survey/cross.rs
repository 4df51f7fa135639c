//! Two questions against each other.

use linli_domain::{
    Actor, Lang, RecordId,
    survey::cross::{Warning, cross as crossed},
};
use linli_workbook::ColumnKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    campaign::Level,
    export::{Cell, Table},
    select::{Ask, dimension, selected},
    weights::WeightsView,
};
use crate::{Engine, Problem};

/// A cross table.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CrossView {
    /// Level.
    pub level: Level,
    /// What stands at the rows.
    pub row: Side,
    /// What stands at the columns.
    pub column: Side,
    /// Respondents by row and column.
    pub cells: Vec<Vec<u64>>,
    /// Share of each cell in its row, 0…1, weighted when weights are used; null in a row of nobody.
    pub row_shares: Vec<Vec<Option<f64>>>,
    /// Respondents who answered both.
    pub n: u64,
    /// Respondents who left one or both out.
    pub missing: u64,
    /// Whether the two have to do with each other.
    pub test: Option<TestView>,
    /// What to mind.
    pub warnings: Vec<WarningView>,
    /// What weighting did.
    pub weights: Option<WeightsView>,
}

/// One side of a cross table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Side {
    /// Question, or `area`.
    pub name: String,
    /// Label.
    pub label: String,
    /// Codes and labels of its choices.
    pub items: Vec<SideItem>,
}

/// A choice of a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SideItem {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
}

/// Pearson's test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct TestView {
    /// Chi-square.
    pub chi_square: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// Probability of such a table or a stranger one by chance.
    pub p: f64,
    /// Effect: 0 none … 1 one follows from the other.
    pub cramers_v: f64,
    /// Smallest expected count.
    pub least_expected: f64,
}

/// What to mind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WarningView {
    /// `small_expected`, `no_variance`, `nobody`, `several_answers`, `weighted`.
    pub code: &'static str,
    /// In words.
    pub text: String,
}

/// A cross table of two questions, or of a question and `area`. Blocks the thread.
pub fn cross(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    ask: Ask,
    row: String,
    column: String,
) -> Result<CrossView, Problem> {
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking(move |tx| {
        let selected = selected(&engine2, tx, &actor, id, &ask)?;
        let rows = dimension(&engine2, tx, &selected, "row", &row)?;
        let columns = dimension(&engine2, tx, &selected, "column", &column)?;
        let table = crossed(&rows.column, &columns.column, selected.sample());
        let shares = |line: &Vec<f64>| {
            let sum: f64 = line.iter().sum();
            line.iter().map(|cell| (sum > 0.0).then(|| cell / sum)).collect()
        };
        let side = |of: super::select::Dimension| Side {
            name: of.name,
            label: of.label,
            items: of.choices.into_iter().map(|(code, label)| SideItem { code, label }).collect(),
        };
        Ok(CrossView {
            level: selected.level,
            row_shares: table.weighted.iter().map(shares).collect(),
            row: side(rows),
            column: side(columns),
            cells: table.counts,
            n: table.n,
            missing: table.missing,
            test: table.test.map(|test| TestView {
                chi_square: test.chi_square,
                df: test.df,
                p: test.p,
                cramers_v: test.cramers_v,
                least_expected: test.least_expected,
            }),
            warnings: table.warnings.into_iter().map(|one| told(one, engine2.lang)).collect(),
            weights: selected.weighted.map(|weighted| weighted.view),
        })
    })
}

fn told(warning: Warning, lang: Lang) -> WarningView {
    let (code, zh, en) = match warning {
        Warning::SmallExpected => (
            "small_expected",
            "期望频数小于 5 的格子超过五分之一(或有小于 1 的),卡方检验不可靠。请合并选项。",
            "More than a fifth of the expected counts are below 5 (or one is below 1): the test is not to be trusted. Join choices.",
        ),
        Warning::NoVariance => (
            "no_variance",
            "有一道题所有人回答相同,没有可比较的差异。",
            "All gave the same answer to one of the two: there is nothing to compare.",
        ),
        Warning::Nobody => ("nobody", "没有人同时回答这两道题。", "Nobody answered both."),
        Warning::SeveralAnswers => (
            "several_answers",
            "多选题的格子互相重叠,不作卡方检验。",
            "Cells of a question with several answers overlap: there is no chi-square.",
        ),
        Warning::Weighted => (
            "weighted",
            "加权后的检验按有效样本量近似。",
            "With weights the test is an approximation by the effective number.",
        ),
    };
    WarningView { code, text: lang.pick(zh, en).to_owned() }
}

impl CrossView {
    /// The same as a table: counts, then shares of the rows.
    pub fn table(&self, engine: &Engine) -> Table {
        let lang = engine.lang;
        let title = format!("{} × {}", self.row.label, self.column.label);
        let mut head: Vec<(&str, ColumnKind)> = vec![(&self.row.label, ColumnKind::Text)];
        head.extend(self.column.items.iter().map(|item| (item.label.as_str(), ColumnKind::Number)));
        let mut table = Table::new(&title, &head);
        for (item, line) in self.row.items.iter().zip(&self.cells) {
            let counts = line.iter().map(|n| Cell::number(*n as f64));
            table.push(std::iter::once(Cell::text(&item.label)).chain(counts).collect());
        }
        for (item, line) in self.row.items.iter().zip(&self.row_shares) {
            let shares = line.iter().map(|share| Cell::maybe(share.map(|share| (share * 10_000.0).round() / 100.0)));
            let label = format!("{} (%)", item.label);
            table.push(std::iter::once(Cell::text(&label)).chain(shares).collect());
        }
        if let Some(test) = &self.test {
            let p = if test.p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {:.3}", test.p) };
            let line =
                format!("χ² = {:.2}, df = {}, {p}, Cramér's V = {:.3}", test.chi_square, test.df, test.cramers_v);
            table.push(vec![Cell::text(&line)]);
        }
        table.push(vec![Cell::text(&format!("{} {}", lang.pick("有效", "n ="), self.n))]);
        self.warnings.iter().for_each(|one| table.push(vec![Cell::text(&one.text)]));
        table
    }
}
