//! Every question of a level, counted.

use linli_domain::{
    Actor, RecordId,
    survey::{frequency::frequencies, scale::figures},
};
use linli_workbook::ColumnKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answers::Kind,
    campaign::Level,
    export::{Cell, Table},
    response::{self, ResponseView},
    select::{Ask, Selected, label, selected},
    weights::WeightsView,
};
use crate::{Engine, Problem, area::AreaRef};

/// What the answers of a level say.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Analysis {
    /// Level.
    pub level: Level,
    /// Title of its form.
    pub form: String,
    /// Area.
    pub area: AreaRef,
    /// Issued, received, valid, complete.
    pub response: ResponseView,
    /// What weighting did, when it was asked for.
    pub weights: Option<WeightsView>,
    /// The rule by which answers are left out.
    pub rule: String,
    /// In the order of the form.
    pub questions: Vec<QuestionView>,
}

/// A question with what was answered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuestionView {
    /// Name.
    pub name: String,
    /// Label.
    pub label: String,
    /// `one`, `many`, `scale`, `number`, `text`, `other`, `masked`.
    pub kind: &'static str,
    /// Groups around it, outermost first.
    pub groups: Vec<String>,
    /// Who answered.
    pub n: u64,
    /// Who did not.
    pub missing: u64,
    /// How many equal respondents would tell as much.
    pub effective_n: f64,
    /// Choices in the order of the form.
    pub items: Vec<ItemView>,
    /// Mean of a number or scale.
    pub mean: Option<f64>,
    /// Standard deviation; none of a single answer.
    pub sd: Option<f64>,
    /// Median.
    pub median: Option<f64>,
    /// Smallest.
    pub min: Option<f64>,
    /// Largest.
    pub max: Option<f64>,
    /// Share of the two best points.
    pub top_two: Option<f64>,
    /// Why there are no figures.
    pub reason: Option<String>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ItemView {
    /// What is stored.
    pub code: String,
    /// What it is called.
    pub label: String,
    /// Respondents.
    pub n: u64,
    /// Share of those who answered, 0…1, weighted when weights are used; of several answers shares add up to more than 1.
    pub share: Option<f64>,
    /// Lower end of its 95 % interval (Wilson).
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Every question of a level. Blocks the thread.
pub fn analysis(engine: &Engine, actor: &Actor, id: RecordId, ask: Ask) -> Result<Analysis, Problem> {
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking(move |tx| {
        let selected = selected(&engine2, tx, &actor, id, &ask)?;
        Ok(Analysis {
            level: selected.level,
            form: selected.answers.title.clone(),
            area: engine2.area_ref(tx, &selected.area)?,
            response: response::of(&engine2, &selected),
            weights: selected.weighted.as_ref().map(|weighted| weighted.view.clone()),
            rule: rule(&engine2).to_owned(),
            questions: (0..selected.answers.asked.len()).map(|at| question(&engine2, &selected, at)).collect(),
        })
    })
}

/// The rule by which answers are left out, in words.
pub(super) fn rule(engine: &Engine) -> &'static str {
    engine.lang.pick(
        "人工采纳的答卷一律计入;退回的不计;与另一份答卷相同、且相同次数超出偶然的(概率小于千分之一),只计第一份;用时不足中位数三分之一且量表题全部同一选项的不计。仅用时短或仅选项雷同的只作提示。",
        "Answers somebody accepted count. Returned ones do not; nor do those that repeat another more often than chance explains (less than one in a thousand), of which the first counts; nor those that took less than a third of the median time and have every scale alike. Being fast or even alone is only pointed out.",
    )
}

fn question(engine: &Engine, selected: &Selected, at: usize) -> QuestionView {
    let (asked, lang) = (&selected.answers.asked[at], engine.lang);
    let sample = selected.sample();
    let counted = frequencies(&asked.column, sample);
    let figures = match asked.kind {
        Kind::Number | Kind::Scale => figures(&asked.column, &asked.points, sample),
        _ => None,
    };
    let items = asked.choices(lang).into_iter().zip(counted.items).map(|((code, label), item)| ItemView {
        code,
        label,
        n: item.n,
        share: item.share,
        low: item.low,
        high: item.high,
    });
    let reason = match asked.kind {
        _ if counted.n == 0 => Some(lang.pick("没有人回答这道题。", "Nobody answered this question.")),
        Kind::Masked => Some(lang.pick("敏感内容,只统计份数。", "Sensitive: only how many answered is told.")),
        _ => None,
    };
    QuestionView {
        name: asked.question.name.clone(),
        label: label(asked, lang),
        kind: asked.kind.name(),
        groups: asked.question.groups.clone(),
        n: counted.n,
        missing: counted.missing,
        effective_n: counted.effective,
        items: items.collect(),
        mean: figures.map(|one| one.mean),
        sd: figures.and_then(|one| one.sd),
        median: figures.map(|one| one.median),
        min: figures.map(|one| one.min),
        max: figures.map(|one| one.max),
        top_two: figures.and_then(|one| one.top_two),
        reason: reason.map(str::to_owned),
    }
}

impl Analysis {
    /// The same as a table.
    pub fn table(&self, engine: &Engine) -> Table {
        let lang = engine.lang;
        let mut table = Table::new(
            &format!("{} · {}", self.form, lang.pick("频数", "Frequencies")),
            &[
                (lang.pick("题目", "Question"), ColumnKind::Text),
                (lang.pick("选项", "Choice"), ColumnKind::Text),
                (lang.pick("人数", "n"), ColumnKind::Number),
                (lang.pick("占比(%)", "Share (%)"), ColumnKind::Number),
                (lang.pick("95%下限(%)", "95 % low (%)"), ColumnKind::Number),
                (lang.pick("95%上限(%)", "95 % high (%)"), ColumnKind::Number),
                (lang.pick("作答", "Answered"), ColumnKind::Number),
                (lang.pick("未答", "Missing"), ColumnKind::Number),
                (lang.pick("均值", "Mean"), ColumnKind::Number),
                (lang.pick("标准差", "SD"), ColumnKind::Number),
                (lang.pick("中位数", "Median"), ColumnKind::Number),
            ],
        );
        let percent = |share: Option<f64>| Cell::maybe(share.map(|share| (share * 10_000.0).round() / 100.0));
        for one in &self.questions {
            table.push(vec![
                Cell::text(&one.label),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::number(one.n as f64),
                Cell::number(one.missing as f64),
                Cell::maybe(one.mean),
                Cell::maybe(one.sd),
                Cell::maybe(one.median),
            ]);
            for item in &one.items {
                table.push(vec![
                    Cell::text(&one.label),
                    Cell::text(&item.label),
                    Cell::number(item.n as f64),
                    percent(item.share),
                    percent(item.low),
                    percent(item.high),
                ]);
            }
        }
        table
    }
}
