//! Charts of a report. A chart without a single value is a sentence instead.

use crate::{
    document::{Block, Chart, ChartKind, Run, Series},
    insight::{Direction, Unit},
};

use super::{
    facts::{About, Place, Reading},
    render::Writer,
    template::{ChartSpec, Shows},
    words,
};

/// Most areas on one page; more make the names unreadable.
const MOST_AREAS: usize = 24;

/// The chart, or the sentence that says why there is none.
pub(super) fn chart(writer: &mut Writer<'_>, spec: &ChartSpec) -> Block {
    spec.ids.iter().for_each(|id| writer.uses(id));
    let (facts, lang) = (writer.facts, writer.report.lang);
    let first = spec.ids.first().and_then(|id| facts.about.get(id));
    let drawn = match &spec.shows {
        Shows::Areas => areas(writer, spec),
        Shows::Figures => figures(writer, spec, false),
        Shows::Base => figures(writer, spec, true),
        Shows::Spread(field) => spread(writer, spec, field),
        Shows::Months(_) => months(writer, spec),
    };
    let (Some(about), Some(mut drawn)) = (first, drawn) else { return sentence(writer, spec) };
    if drawn.series.iter().all(|series| series.values.iter().all(Option::is_none)) {
        return sentence(writer, spec);
    }
    drawn.caption.clone_from(&spec.caption);
    drawn.kind = spec.kind.unwrap_or(drawn.kind);
    if !matches!(spec.shows, Shows::Spread(_)) {
        drawn.unit = words::unit(about, lang);
        drawn.decimals = about.decimals;
    }
    drawn.source = Some(words::source(facts, &spec.ids, lang));
    Block::Chart(drawn)
}

fn empty(kind: ChartKind) -> Chart {
    Chart {
        caption: String::new(),
        kind,
        categories: Vec::new(),
        series: Vec::new(),
        unit: String::new(),
        decimals: 0,
        target: None,
        source: None,
    }
}

fn sentence(writer: &Writer<'_>, spec: &ChartSpec) -> Block {
    let lang = writer.report.lang;
    let reason = spec.ids.iter().filter_map(|id| writer.facts.readings.get(id)).find(|one| !one.reason.is_empty());
    let why = reason.map(|reading| reading.reason.trim_end_matches(['。', '.'])).unwrap_or_default();
    let text = match (lang, why.is_empty()) {
        (crate::lang::Lang::Zh, true) => format!("“{}”暂无可以绘图的数据。", spec.caption),
        (crate::lang::Lang::Zh, false) => format!("“{}”暂无可以绘图的数据（{why}）。", spec.caption),
        (crate::lang::Lang::En, true) => format!("There are no data to draw “{}”.", spec.caption),
        (crate::lang::Lang::En, false) => format!("There are no data to draw “{}” ({why}).", spec.caption),
    };
    Block::Paragraph { runs: vec![Run::text(text)] }
}

/// Areas beside each other, the worst first, those without a value last.
fn areas(writer: &Writer<'_>, spec: &ChartSpec) -> Option<Chart> {
    let facts = writer.facts;
    let first = spec.ids.first()?;
    let about = facts.about.get(first)?;
    let mut order: Vec<(&Place, &Reading)> = facts.by.get(first)?.iter().map(|(place, one)| (place, one)).collect();
    let down = about.direction == Direction::Down;
    order.sort_by(|(one, left), (other, right)| {
        let values = match (left.value, right.value) {
            (Some(left), Some(right)) if down => right.total_cmp(&left),
            (Some(left), Some(right)) => left.total_cmp(&right),
            (left, right) => right.is_some().cmp(&left.is_some()),
        };
        values.then_with(|| one.code.cmp(&other.code))
    });
    order.truncate(spec.limit.unwrap_or(MOST_AREAS).min(MOST_AREAS));
    let mut chart = empty(ChartKind::Bar);
    chart.categories = order.iter().map(|(place, _)| place.name.clone()).collect();
    for id in &spec.ids {
        let all = facts.by.get(id);
        let value = |place: &Place| all?.iter().find(|(other, _)| other.code == place.code)?.1.value;
        let values = order.iter().map(|(place, _)| value(place)).collect();
        chart.series.push(Series { name: label(writer, id), values });
    }
    let target = facts.readings.get(first).and_then(|reading| reading.target.as_ref());
    if spec.ids.len() == 1 {
        let word = writer.report.lang.pick("目标值", "Target");
        chart.target = target.map(|target| (word.to_owned(), target.value));
    }
    Some(chart)
}

fn label(writer: &Writer<'_>, id: &str) -> String {
    writer.facts.about.get(id).map_or_else(|| id.to_owned(), |about| about.label.clone())
}

/// Indicators of one unit beside each other, now, and on the base day where it is asked for.
fn figures(writer: &Writer<'_>, spec: &ChartSpec, base: bool) -> Option<Chart> {
    let (facts, lang) = (writer.facts, writer.report.lang);
    let unit = |about: &About| (about.unit, about.suffix.clone());
    let wanted: Option<(Unit, String)> = spec.ids.iter().find_map(|id| facts.about.get(id)).map(unit);
    let ids: Vec<&String> = spec.ids.iter().filter(|id| facts.about.get(*id).map(unit) == wanted).collect();
    let mut chart = empty(if ids.len() > 5 { ChartKind::Bar } else { ChartKind::Column });
    chart.categories = ids.iter().map(|id| label(writer, id)).collect();
    let reading = |id: &String| facts.readings.get(id);
    if base {
        let date = ids.iter().find_map(|id| Some(reading(id)?.base.as_ref()?.date))?;
        let values = ids.iter().map(|id| reading(id)?.base.as_ref()?.value).collect();
        chart.series.push(Series { name: words::day(date, lang), values });
    }
    let values = ids.iter().map(|id| reading(id)?.value).collect();
    chart.series.push(Series { name: words::day(facts.as_of, lang), values });
    Some(chart)
}

fn spread(writer: &Writer<'_>, spec: &ChartSpec, field: &str) -> Option<Chart> {
    let id = spec.ids.first()?;
    let slices = writer.facts.spreads.get(&(id.clone(), field.to_owned()))?;
    let mut chart = empty(if slices.len() > 7 { ChartKind::Bar } else { ChartKind::Ring });
    chart.categories = slices.iter().map(|slice| slice.label.clone()).collect();
    chart.series = vec![Series { name: label(writer, id), values: slices.iter().map(|slice| Some(slice.n)).collect() }];
    if chart.categories.is_empty() { None } else { Some(chart) }
}

fn months(writer: &Writer<'_>, spec: &ChartSpec) -> Option<Chart> {
    let mut chart = empty(ChartKind::Line);
    for id in &spec.ids {
        let points = writer.facts.series.get(id)?;
        chart.categories = points.iter().map(|(date, _)| date.strftime("%Y-%m").to_string()).collect();
        chart.series.push(Series { name: label(writer, id), values: points.iter().map(|(_, value)| *value).collect() });
    }
    Some(chart)
}
