//! Readings: an indicator of an area with its target, base date, and what it was a week ago.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use linli_domain::{
    Actor, Area, Label, Lang, Verb,
    insight::{Direction, Indicator, Measure, Outcome, Unit, What},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Ask, Asked, asked, gauge::Targets, tree::Tree};
use crate::{Engine, Problem};

/// An area, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AreaName {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
}

impl AreaName {
    pub(super) fn of(area: &Area) -> Self {
        Self { code: area.code.clone(), name: area.name.clone(), kind: area.kind.clone() }
    }
}

/// Readings of an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Readings {
    /// The day they are of.
    #[schema(value_type = String)]
    pub as_of: Date,
    /// The area they are of.
    pub area: AreaName,
    /// In the order of the packs' groups and figures.
    pub items: Vec<Reading>,
}

/// An indicator's value for an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Reading {
    /// Namespaced name.
    pub id: String,
    /// Label.
    pub label: String,
    /// The definition in one sentence.
    pub about: String,
    /// `count`, `percent`, `points`, `yuan`, `wan_yuan`, `years`, `per`.
    #[schema(value_type = String)]
    pub unit: Unit,
    /// Words after the number.
    pub suffix: Option<String>,
    /// Places shown.
    pub decimals: u8,
    /// `up`, `down`, `none`: which way is good.
    #[schema(value_type = String)]
    pub direction: Direction,
    /// Group.
    pub group: String,
    /// Figures of the survey report it answers.
    pub figures: Vec<u8>,
    /// Value in its unit; `null` with a reason.
    pub value: Option<f64>,
    /// Why there is none.
    pub reason: Option<String>,
    /// What stands above the line.
    pub numerator: Option<f64>,
    /// What stands below it.
    pub denominator: Option<f64>,
    /// What is to be reached.
    pub target: Option<TargetView>,
    /// What it was on the base date.
    pub base: Option<BaseView>,
    /// Difference to a week ago.
    pub change_week: Option<f64>,
    /// The same from another basis.
    pub also: Option<String>,
    /// `register`, `answers`, `cases`, `areas`, `indicator`, `mixed`.
    pub basis: String,
    /// Parameters its pack's indicators share, as they hold here.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub params: BTreeMap<String, String>,
    /// `rollup` or `rows`.
    pub fresh: String,
    /// Whether areas may be ranked by it.
    pub rank: bool,
    /// What should be known beside the value: what was left out, what changed.
    pub notes: Vec<String>,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TargetView {
    /// The value to be reached; `null` where it cannot be told.
    pub value: Option<f64>,
    /// Until when.
    #[schema(value_type = Option<String>)]
    pub by: Option<Date>,
    /// Whether it is.
    pub met: Option<bool>,
}

/// The value on the base date.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BaseView {
    /// Day.
    #[schema(value_type = String)]
    pub date: Date,
    /// Value then.
    pub value: Option<f64>,
    /// Difference since, in the indicator's unit (percentage points for shares).
    pub change: Option<f64>,
    /// Why there is no value.
    pub reason: Option<String>,
}

/// A reading with its definition.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReadingDetail {
    /// The reading.
    #[serde(flatten)]
    pub reading: Reading,
    /// What it is made of.
    pub definition: Definition,
}

/// What an indicator is made of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Definition {
    /// The formula over its parts.
    pub value: String,
    /// Its parts: `numerator`, `denominator` and others.
    #[schema(value_type = std::collections::HashMap<String, Part>)]
    pub parts: BTreeMap<String, Part>,
}

/// A part of an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Part {
    /// In words.
    pub text: String,
    /// Its filter as the pack writes it.
    pub r#where: Option<String>,
    /// Whether it opens to rows.
    pub opens: bool,
}

/// Readings of an area, of a group of indicators or of all that make sense there. Blocks the thread.
pub fn read(engine: &Engine, actor: &Actor, ask: &Ask, group: Option<String>) -> Result<Readings, Problem> {
    asked(engine, actor, Verb::Read, ask, move |asked| {
        let wanted = |indicator: &&Indicator| group.as_ref().is_none_or(|group| *group == indicator.group);
        let kind = asked.area.kind.clone();
        let catalogue = asked.catalogue.clone();
        let mut indicators: Vec<&Indicator> =
            catalogue.indicators.values().filter(|one| one.has_level(&kind)).filter(wanted).collect();
        indicators.sort_by_key(|one| (one.figures.first().copied().unwrap_or(u8::MAX), one.name.clone()));
        let mut items = Vec::with_capacity(indicators.len());
        for indicator in indicators {
            items.push(asked.reading(indicator)?);
        }
        Ok(Readings { as_of: asked.day, area: AreaName::of(&asked.area), items })
    })
}

/// One indicator of an area with its definition. Blocks the thread.
pub fn detail(engine: &Engine, actor: &Actor, ask: &Ask, name: &str) -> Result<ReadingDetail, Problem> {
    let name = name.to_owned();
    asked(engine, actor, Verb::Read, ask, move |asked| {
        let indicator = asked.indicator(&name)?;
        let definition = definition(asked, &indicator);
        Ok(ReadingDetail { reading: asked.reading(&indicator)?, definition })
    })
}

impl Asked<'_, '_> {
    /// The reading of the area asked for.
    pub(super) fn reading(&mut self, indicator: &Indicator) -> Result<Reading, Problem> {
        (self.rolled, self.notes) = (true, Vec::new());
        let targets = Targets::of(vec![self.area.clone()]);
        let when = self.when();
        let outcome = self.outcomes(indicator, &targets, when)?.pop().unwrap_or_default();
        let rolled = self.rolled;
        let base = self.base(indicator, &targets, &outcome)?;
        let target = self.target(indicator, &targets, &outcome)?;
        let change_week = self.change_since(indicator, &outcome, 7)?;
        Ok(self.view(indicator, outcome, target, base, change_week, rolled))
    }

    fn target(
        &mut self,
        indicator: &Indicator,
        targets: &Targets,
        outcome: &Outcome,
    ) -> Result<Option<TargetView>, Problem> {
        let Some(target) = &indicator.target else { return Ok(None) };
        let params = self.params_of(indicator);
        let mut others = BTreeMap::new();
        for name in target.value.names().into_iter().filter(|name| name.contains('/')) {
            let (other, when) = (self.indicator(name)?, self.when());
            others.insert(name.to_owned(), self.outcomes(&other, targets, when)?.pop().and_then(|one| one.value));
        }
        let known = |name: &str| match others.get(name) {
            Some(value) => value.map(linli_domain::insight::formula::Term::Number),
            None => params.term(name),
        };
        let value = target.value.value(&known);
        let met = outcome.value.zip(value).and_then(|(value, target)| indicator.direction.reached(value, target));
        Ok(Some(TargetView { value, by: target.by, met }))
    }

    /// The value on the base date, and what came or went among the areas since.
    fn base(&mut self, indicator: &Indicator, targets: &Targets, now: &Outcome) -> Result<Option<BaseView>, Problem> {
        let Some(name) = &indicator.base else { return Ok(None) };
        let Some(date) = self.params_of(indicator).date(name) else { return Ok(None) };
        let when = self.when_of(date);
        let then = self.outcomes(indicator, targets, when)?.pop().unwrap_or_default();
        if let Some(text) = changed(&self.tree, date) {
            self.note(text.zh, text.en);
        }
        let change = now.value.zip(then.value).map(|(now, then)| now - then);
        let lang = self.engine.lang;
        let reason = then.reason.map(|reason| reason.message.text(lang).to_owned());
        Ok(Some(BaseView { date, value: then.value, change, reason }))
    }

    /// The difference to what was kept so many days ago, or up to three days before that.
    pub(super) fn change_since(
        &mut self,
        indicator: &Indicator,
        now: &Outcome,
        days: i32,
    ) -> Result<Option<f64>, Problem> {
        let Some(value) = now.value else { return Ok(None) };
        let then = self.day.saturating_sub(days.days());
        let span = (then.saturating_sub(3.days()), then);
        let code = self.area.code.clone();
        let kept = self.tx.snapshots(&self.permit, &code, &indicator.name, span)?;
        // What is kept is rounded: only what can be seen has changed.
        let power = 10_f64.powi(i32::from(indicator.decimals));
        let shown = |value: f64| (value * power).round();
        Ok(kept.last().and_then(|one| one.value).map(|then| (shown(value) - shown(then)) / power))
    }

    fn view(
        &self,
        indicator: &Indicator,
        outcome: Outcome,
        target: Option<TargetView>,
        base: Option<BaseView>,
        change_week: Option<f64>,
        rolled: bool,
    ) -> Reading {
        let lang = self.engine.lang;
        let text = |label: &Label| label.text(lang).to_owned();
        Reading {
            id: indicator.name.clone(),
            label: text(&indicator.label),
            about: text(&indicator.about),
            unit: indicator.unit,
            suffix: indicator.suffix.as_ref().map(text),
            decimals: indicator.decimals,
            direction: indicator.direction,
            group: indicator.group.clone(),
            figures: indicator.figures.clone(),
            value: outcome.value,
            reason: outcome.reason.map(|reason| text(&reason.message)),
            numerator: outcome.numerator,
            denominator: outcome.denominator,
            target,
            base,
            change_week,
            also: indicator.also.clone(),
            basis: indicator.basis().to_owned(),
            params: self.params_of(indicator).texts(),
            fresh: if rolled && self.at.is_none() { "rollup" } else { "rows" }.to_owned(),
            rank: indicator.rank,
            notes: self.notes.iter().map(text).collect(),
        }
    }
}

/// What came or went among the areas since a day: parts of then and now need not be the same places.
fn changed(tree: &Tree, since: Date) -> Option<Label> {
    let areas = tree.changed_since(since);
    let first: Vec<&str> = areas.iter().take(5).map(|area| area.name.as_str()).collect();
    if first.is_empty() {
        return None;
    }
    let (count, zh, en) = (areas.len(), first.join("、"), first.join(", "));
    Some(Label::new(
        format!("{since} 之后有 {count} 个下级区域新设、拆分或撤销（{zh}），两期的下级区域不完全对应"),
        format!("since {since}, {count} areas below were made, split or closed ({en}): the parts of both days differ"),
    ))
}

fn definition(asked: &Asked<'_, '_>, indicator: &Indicator) -> Definition {
    let part = |measure: &Measure| Part {
        text: words(asked, measure),
        r#where: measure.filter.as_ref().map(|filter| filter.source.clone()),
        opens: !matches!(measure.what, What::Number { .. } | What::Indicator { .. }),
    };
    let parts = indicator.measures.iter().map(|(name, measure)| (name.clone(), part(measure))).collect();
    Definition { value: indicator.value_text.clone(), parts }
}

/// A measure in words.
fn words(asked: &Asked<'_, '_>, measure: &Measure) -> String {
    let (lang, catalogue) = (asked.engine.lang, &asked.catalogue);
    let register = |name: &str| catalogue.entities.get(name).map_or(name, |entity| entity.label.text(lang)).to_owned();
    let level = |kind: &str| {
        let found = catalogue.levels.iter().find(|level| level.kind == kind);
        found.map_or(kind, |level| level.label.text(lang)).to_owned()
    };
    let said = |zh: String, en: String| if lang == Lang::Zh { zh } else { en };
    match &measure.what {
        What::Count { entity } => {
            said(format!("{}的记录数", register(entity)), format!("records of {}", register(entity)))
        }
        What::Sum { entity, field, .. } => {
            let label = catalogue.entities.get(entity).and_then(|entity| entity.field(field));
            let label = label.map_or(field.as_str(), |field| field.label.text(lang));
            said(format!("{}的{label}合计", register(entity)), format!("sum of {label} over {}", register(entity)))
        }
        What::Mean { entity, of } => said(
            format!("{}的平均值（{}）", register(entity), of.source),
            format!("mean of {} over {}", of.source, register(entity)),
        ),
        What::Distinct { level: kind, entity } => said(
            format!("有{}的{}数", register(entity), level(kind)),
            format!("areas ({}) that have {}", level(kind), register(entity)),
        ),
        What::Counted { entity } => said(
            format!("{}数（社区没有登记的，用区划表中的统计数）", register(entity)),
            format!("{}, or as counted where a community holds none", register(entity)),
        ),
        What::Areas { level: kind } => said(format!("{}数", level(kind)), format!("areas: {}", level(kind))),
        What::AreasWhere { level: kind, inner, having } => said(
            format!("满足 {} 的{}数，其中 n 为{}", having.source, level(kind), words(asked, inner)),
            format!("areas ({}) where {}, n being {}", level(kind), having.source, words(asked, inner)),
        ),
        What::Cases { flow } => {
            let title = catalogue.flows.get(flow).map_or(flow.as_str(), |flow| flow.title.text(lang));
            said(format!("{title}的件数"), format!("cases of {title}"))
        }
        What::Answers { form, .. } => said(format!("问卷 {form} 的有效答卷数"), format!("valid answers to {form}")),
        What::Indicator { name } => {
            catalogue.indicators.get(name).map_or(name.as_str(), |one| one.label.text(lang)).to_owned()
        }
        What::Number { value } => value.to_string(),
    }
}
