//! Tables of a report.

use crate::document::{Block, Column, Row, Run, Table, Target};

use super::{
    facts::{About, Place, Reading},
    render::Writer,
    template::{Changed, Operand, Pick, TableSpec, Which},
    words,
};

/// What stands where a value is not known.
const DASH: &str = "—";

fn cell(text: impl Into<String>) -> Vec<Run> {
    vec![Run::text(text)]
}

/// A value that leads to its rows; a dash when it is not known.
fn value_cell(writer: &Writer<'_>, id: &str, area: Option<&Place>, reading: Option<&Reading>) -> Vec<Run> {
    let about = writer.facts.about.get(id);
    match (about, reading.and_then(|reading| reading.value)) {
        (Some(about), Some(value)) => vec![writer.link(id, area, words::digits(value, about.decimals))],
        _ => cell(DASH),
    }
}

/// A label with the unit of its column.
fn head(writer: &Writer<'_>, id: &str) -> String {
    let Some(about) = writer.facts.about.get(id) else { return id.to_owned() };
    let unit = words::unit(about, writer.report.lang);
    match (unit.trim(), writer.report.lang) {
        ("", _) => about.label.clone(),
        (unit, crate::lang::Lang::Zh) => format!("{}（{unit}）", about.label),
        (unit, crate::lang::Lang::En) => format!("{} ({unit})", about.label),
    }
}

/// The line below a table, with what a dash means where there is one.
fn source(writer: &Writer<'_>, ids: &[String], rows: &[Row]) -> String {
    let lang = writer.report.lang;
    let mut source = words::source(writer.facts, ids, lang);
    let dashes = rows.iter().flat_map(|row| &row.cells).any(|cell| cell.iter().any(|run| run.words() == DASH));
    if dashes {
        source.push_str(lang.pick("；“—”表示暂无数据", "; “—”: no data"));
    }
    source
}

/// A table of indicators: areas below each other, or the area's own readings.
pub(super) fn table(writer: &mut Writer<'_>, spec: &TableSpec) -> Block {
    spec.ids.iter().for_each(|id| writer.uses(id));
    let (columns, rows) = if spec.by_area { by_area(writer, spec) } else { own(writer, spec) };
    let source = Some(source(writer, &spec.ids, &rows));
    Block::Table(Table { caption: Some(spec.caption.clone()), columns, rows, source })
}

fn by_area(writer: &Writer<'_>, spec: &TableSpec) -> (Vec<Column>, Vec<Row>) {
    let (facts, lang) = (writer.facts, writer.report.lang);
    let mut columns = vec![Column::words(lang.pick("名称", "Area"), 3)];
    columns.extend(spec.ids.iter().map(|id| Column::numbers(head(writer, id), 2)));
    let first = spec.ids.first().map(String::as_str).unwrap_or_default();
    let places: Vec<&Place> = match spec.limit {
        // So many of the worst, by what the first column's good direction says.
        Some(limit) => {
            let down = facts.about.get(first).is_some_and(|about| about.direction == crate::insight::Direction::Down);
            let which = if down { Which::Highest } else { Which::Lowest };
            let pick = Pick { which, id: first.to_owned(), than: Operand::Target, limit: Some(limit) };
            writer.view(None).pick(&pick).into_iter().map(|(place, _)| place).collect()
        }
        None => facts.by.get(first).into_iter().flatten().map(|(place, _)| place).collect(),
    };
    let row = |place: &Place, whole: bool| {
        let value = |id: &String| {
            let below = facts.by.get(id).and_then(|all| all.iter().find(|(other, _)| other.code == place.code));
            let reading = if whole { facts.readings.get(id) } else { below.map(|(_, reading)| reading) };
            value_cell(writer, id, Some(place), reading)
        };
        let name = if whole { Run::Strong { text: place.name.clone() } } else { Run::text(&place.name) };
        Row { anchor: None, cells: std::iter::once(vec![name]).chain(spec.ids.iter().map(value)).collect() }
    };
    let rows = places.into_iter().map(|place| row(place, false)).chain([row(&facts.place, true)]).collect();
    (columns, rows)
}

fn own(writer: &Writer<'_>, spec: &TableSpec) -> (Vec<Column>, Vec<Row>) {
    let (facts, lang) = (writer.facts, writer.report.lang);
    let readings: Vec<Option<&Reading>> = spec.ids.iter().map(|id| facts.readings.get(id)).collect();
    let base = readings.iter().flatten().any(|reading| reading.base.is_some());
    let target = readings.iter().flatten().any(|reading| reading.target.is_some());
    let mut columns =
        vec![Column::words(lang.pick("指标", "Indicator"), 4), Column::numbers(lang.pick("现状", "Now"), 2)];
    if base {
        columns.push(Column::numbers(lang.pick("基期", "Base"), 2));
        columns.push(Column::numbers(lang.pick("变化", "Change"), 2));
    }
    if target {
        columns.push(Column::numbers(lang.pick("目标", "Target"), 2));
    }
    let rows = spec.ids.iter().zip(readings).map(|(id, reading)| {
        let digits = |value: Option<f64>| {
            let about = facts.about.get(id);
            cell(value.zip(about).map_or(DASH.to_owned(), |(value, about)| words::digits(value, about.decimals)))
        };
        let then = reading.and_then(|reading| reading.base.as_ref()?.value);
        let now = reading.and_then(|reading| reading.value);
        let mut cells = vec![cell(head(writer, id)), value_cell(writer, id, None, reading)];
        if base {
            let moved = now.zip(then).zip(facts.about.get(id));
            cells.push(digits(then));
            cells.push(cell(moved.map_or(DASH.to_owned(), |((now, then), about)| signed(about, now, then))));
        }
        if target {
            cells.push(digits(reading.and_then(|reading| Some(reading.target.as_ref()?.value))));
        }
        Row { anchor: None, cells }
    });
    (columns, rows.collect())
}

/// A difference with its sign.
fn signed(about: &About, now: f64, then: f64) -> String {
    let text = words::digits(now - then, about.decimals);
    if now > then && words::differ(about, now, then) { format!("+{text}") } else { text }
}

/// Indicators that changed so since the earlier day; nothing when there are none.
pub(super) fn changes(writer: &mut Writer<'_>, how: Changed) -> Option<Block> {
    let (facts, lang) = (writer.facts, writer.report.lang);
    let against = facts.against?;
    let ids: Vec<String> = writer.view(None).all_changed(how).into_iter().cloned().collect();
    if ids.is_empty() {
        return None;
    }
    ids.iter().for_each(|id| writer.uses(id));
    let columns = vec![
        Column::words(lang.pick("指标", "Indicator"), 4),
        Column::numbers(words::day(against, lang), 2),
        Column::numbers(words::day(facts.as_of, lang), 2),
        Column::words(if how == Changed::Unknown { lang.pick("原因", "Why") } else { lang.pick("变化", "Change") }, 3),
    ];
    let rows: Vec<Row> = ids.iter().map(|id| change_row(writer, id, how)).collect();
    let source = Some(source(writer, &ids, &rows));
    let caption = match how {
        Changed::Better => lang.pick("好转的指标", "Indicators that became better"),
        Changed::Worse => lang.pick("变差的指标", "Indicators that became worse"),
        Changed::Moved => lang.pick("有变化的其他指标", "Other indicators that changed"),
        Changed::Same => lang.pick("没有变化的指标", "Indicators that did not change"),
        Changed::Unknown => lang.pick("无法比较的指标", "Indicators that cannot be compared"),
    };
    Some(Block::Table(Table { caption: Some(caption.to_owned()), columns, rows, source }))
}

fn change_row(writer: &Writer<'_>, id: &str, how: Changed) -> Row {
    let (facts, lang) = (writer.facts, writer.report.lang);
    let (before, now) = (facts.before.get(id), facts.readings.get(id));
    let about = facts.about.get(id);
    let then = before.and_then(|reading| reading.value);
    let last = match (how, about, then, now.and_then(|reading| reading.value)) {
        (Changed::Unknown, ..) => {
            let without =
                |reading: Option<&&Reading>| reading.filter(|one| one.value.is_none()).map(|one| one.reason.clone());
            let reason = without(now.as_ref()).or_else(|| without(before.as_ref())).unwrap_or_default();
            if reason.is_empty() { lang.pick("暂无数据", "no data").to_owned() } else { reason }
        }
        (_, Some(about), Some(then), Some(now)) => {
            let by = words::difference(about, now - then, lang);
            match now - then {
                _ if !words::differ(about, now, then) => lang.pick("持平", "unchanged").to_owned(),
                moved if moved > 0.0 => format!("{}{by}", lang.pick("上升", "up by ")),
                _ => format!("{}{by}", lang.pick("下降", "down by ")),
            }
        }
        _ => DASH.to_owned(),
    };
    let old = match (about, then) {
        (Some(about), Some(then)) => cell(words::digits(then, about.decimals)),
        _ => cell(DASH),
    };
    Row { anchor: None, cells: vec![cell(head(writer, id)), old, value_cell(writer, id, None, now), cell(last)] }
}

/// Definitions of every figure that was told: value, how it was computed, what it means, where it comes from.
pub(super) fn definitions(writer: &Writer<'_>) -> Option<Block> {
    let (facts, lang) = (writer.facts, writer.report.lang);
    let known: Vec<(&String, &About)> = writer.used.iter().filter_map(|id| Some((id, facts.about.get(id)?))).collect();
    if known.is_empty() {
        return None;
    }
    let columns = vec![
        Column::words(lang.pick("指标", "Indicator"), 6),
        Column::numbers(lang.pick("数值", "Value"), 4),
        Column::words(lang.pick("计算", "Computation"), 5),
        Column::words(lang.pick("口径", "Definition"), 9),
        Column::words(lang.pick("来源", "Source"), 4),
    ];
    let row = |(id, about): (&String, &About)| {
        let reading = facts.readings.get(id);
        let value = reading.and_then(|reading| reading.value);
        let shown = match value {
            Some(value) => words::value(about, value, lang),
            None => lang.pick("暂无数据", "no data").to_owned(),
        };
        let shown = match &facts.pages {
            Some(pages) => {
                let url = format!("{pages}/{id}?area={}&as_of={}", facts.place.code, facts.as_of);
                Run::Link { text: shown, to: Target::Url { url } }
            }
            None => Run::text(shown),
        };
        Row {
            anchor: Some(words::anchor(id)),
            cells: vec![
                cell(&about.label),
                vec![shown],
                cell(computation(reading)),
                cell(&about.about),
                cell(words::basis(&about.basis, lang)),
            ],
        }
    };
    let rows = known.into_iter().map(row).collect();
    let caption = Some(lang.pick("指标口径、计算与来源", "Definitions, computation and sources").to_owned());
    Some(Block::Table(Table { caption, columns, rows, source: None }))
}

/// Numerator ÷ denominator, or why there is no value.
fn computation(reading: Option<&Reading>) -> String {
    let Some(reading) = reading else { return DASH.to_owned() };
    match (reading.value, reading.numerator, reading.denominator) {
        (None, ..) if !reading.reason.is_empty() => reading.reason.clone(),
        (_, Some(over), Some(under)) => format!("{} ÷ {}", words::plain(over), words::plain(under)),
        (_, Some(over), None) => words::plain(over),
        _ => DASH.to_owned(),
    }
}

/// Shares with what they are shares of: questionnaires given out, valid ones, and their rate.
pub(super) fn responses(writer: &mut Writer<'_>, ids: &[String]) -> Block {
    ids.iter().for_each(|id| writer.uses(id));
    let (facts, lang) = (writer.facts, writer.report.lang);
    let columns = vec![
        Column::words(lang.pick("问卷", "Questionnaire"), 4),
        Column::numbers(lang.pick("发放（份）", "Issued"), 2),
        Column::numbers(lang.pick("有效（份）", "Valid"), 2),
        Column::numbers(lang.pick("有效回收率（%）", "Rate (%)"), 3),
    ];
    let row = |id: &String| {
        let reading = facts.readings.get(id);
        let plain = |value: Option<f64>| cell(value.map_or(DASH.to_owned(), words::plain));
        // More answers than were given out come from an open link: a rate would mislead.
        let (over, under) = (reading.and_then(|one| one.numerator), reading.and_then(|one| one.denominator));
        let sound = over.zip(under).is_none_or(|(over, under)| over <= under);
        let rate = value_cell(writer, id, None, reading.filter(|_| sound));
        let label = facts.about.get(id).map_or(id.as_str(), |about| about.label.as_str());
        Row { anchor: None, cells: vec![cell(label), plain(under), plain(over), rate] }
    };
    let rows: Vec<Row> = ids.iter().map(row).collect();
    let caption = Some(lang.pick("问卷发放与回收", "Questionnaires issued and returned").to_owned());
    let source = Some(source(writer, ids, &rows));
    Block::Table(Table { caption, columns, rows, source })
}
