//! Indicators × areas, and the rows behind a figure, as workbooks.

use linli_domain::{
    Actor, Lang, Verb,
    insight::{Indicator, Unit},
};
use linli_store::tables::NewAudit;
use linli_workbook::{ColumnKind, ExportValue, XlsxExport};
use serde_json::{Value as Json, json};

use super::{
    Ask, Asked, asked,
    rows::{Column, RowItem},
};
use crate::{Engine, Problem, sheet::import::stage::book_problem};

/// Indicators of one workbook.
const MOST: usize = 200;

/// Which table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableAsk {
    /// Kind of area of the rows; the next one below the area without it.
    pub level: Option<String>,
    /// Indicators; all that make sense without them.
    pub ids: Vec<String>,
}

/// A workbook with a row an area and a column an indicator, the whole area first. Blocks the thread.
pub fn table_workbook(engine: &Engine, actor: &Actor, ask: &Ask, table: &TableAsk) -> Result<Vec<u8>, Problem> {
    let table = table.clone();
    let watermark = watermark(engine, actor);
    audit(engine, actor, "indicators", ask, json!({ "ids": table.ids, "level": table.level }))?;
    asked(engine, actor, Verb::Export, ask, move |asked| {
        let level = match &table.level {
            Some(level) => level.clone(),
            None => asked.tree.next_kind(&asked.area, asked.day).unwrap_or_else(|| asked.area.kind.clone()),
        };
        let indicators = chosen(asked, &table.ids)?;
        let lang = asked.engine.lang;
        let mut columns = vec![
            (lang.pick("代码", "Code").to_owned(), ColumnKind::Text),
            (lang.pick("区域", "Area").to_owned(), ColumnKind::Text),
        ];
        columns.extend(indicators.iter().map(|one| (heading(one, lang), ColumnKind::Number)));
        let mut lines = vec![vec![asked.area.code.clone(), asked.area.name.clone()]];
        let mut cells: Vec<Vec<Option<f64>>> = vec![Vec::new()];
        for (at, indicator) in indicators.iter().enumerate() {
            let whole = asked.reading(indicator)?.value;
            cells[0].push(shown(whole, indicator));
            for (row, item) in asked.by_level(indicator, &level)?.items.into_iter().enumerate() {
                if at == 0 {
                    let area = item.area.map(|area| vec![area.code, area.name]).unwrap_or_default();
                    lines.push(area);
                    cells.push(Vec::new());
                }
                if let Some(line) = cells.get_mut(row + 1) {
                    line.push(shown(item.value, indicator));
                }
            }
        }
        let title = format!("{} {}", lang.pick("指标", "Indicators"), asked.day);
        let named: Vec<(&str, ColumnKind)> = columns.iter().map(|(label, kind)| (label.as_str(), *kind)).collect();
        write(
            &title,
            &named,
            &watermark,
            lines.iter().zip(&cells).map(|(names, values)| {
                let texts = names.iter().map(|name| ExportValue::Text(name));
                texts.chain(values.iter().map(|value| value.map_or(ExportValue::Empty, ExportValue::Number))).collect()
            }),
        )
    })
}

/// The rows behind a figure.
pub(super) fn of_rows(
    asked: &Asked<'_, '_>,
    indicator: &Indicator,
    columns: &[Column],
    items: &[RowItem],
    watermark: &str,
) -> Result<Vec<u8>, Problem> {
    let lang = asked.engine.lang;
    let mut heads = vec![(lang.pick("名称", "Name"), ColumnKind::Text), (lang.pick("区域", "Area"), ColumnKind::Text)];
    heads.extend(columns.iter().map(|column| (column.label.as_str(), ColumnKind::Text)));
    let texts: Vec<Vec<String>> = items
        .iter()
        .map(|item| {
            let mut line = vec![item.title.clone(), item.area.name.clone()];
            line.extend(columns.iter().map(|column| text(item.values.get(&column.name), &column.kind, lang)));
            line
        })
        .collect();
    let title = indicator.label.text(lang);
    write(title, &heads, watermark, texts.iter().map(|line| line.iter().map(|text| ExportValue::Text(text)).collect()))
}

fn write<'v>(
    title: &str,
    columns: &[(&str, ColumnKind)],
    watermark: &str,
    rows: impl Iterator<Item = Vec<ExportValue<'v>>>,
) -> Result<Vec<u8>, Problem> {
    let mut file = XlsxExport::new(Vec::new(), title, columns, watermark).map_err(|error| book_problem(&error))?;
    for row in rows {
        file.push(&row).map_err(|error| book_problem(&error))?;
    }
    file.finish().map_err(|error| book_problem(&error))
}

fn text(value: Option<&Json>, kind: &str, lang: Lang) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Bool(flag)) => if *flag { lang.pick("是", "yes") } else { lang.pick("否", "no") }.to_owned(),
        Some(Json::Number(number)) if kind == "money" => {
            number.as_i64().map_or_else(String::new, |fen| linli_domain::value::decimal_text(fen, 2))
        }
        Some(other) => other.to_string(),
    }
}

/// The value as the page shows it.
fn shown(value: Option<f64>, indicator: &Indicator) -> Option<f64> {
    let power = 10f64.powi(i32::from(indicator.decimals));
    value.map(|value| (value * power).round() / power)
}

fn heading(indicator: &Indicator, lang: Lang) -> String {
    let unit = match indicator.unit {
        Unit::Percent => "%",
        Unit::Points => lang.pick("百分点", "points"),
        Unit::Yuan => lang.pick("元", "yuan"),
        Unit::WanYuan => lang.pick("万元", "10,000 yuan"),
        Unit::Years => lang.pick("岁", "years"),
        Unit::Count | Unit::Per => "",
    };
    let unit = indicator.suffix.as_ref().map_or(unit, |suffix| suffix.text(lang));
    let label = indicator.label.text(lang);
    if unit.is_empty() { label.to_owned() } else { format!("{label}（{unit}）") }
}

fn chosen(asked: &Asked<'_, '_>, ids: &[String]) -> Result<Vec<Indicator>, Problem> {
    if ids.len() > MOST {
        let (zh, en) = (format!("一次最多 {MOST} 个指标。"), format!("At most {MOST} indicators at once."));
        return Err(Problem::parameter("ids", zh, en));
    }
    if ids.is_empty() {
        let kind = &asked.area.kind;
        return Ok(asked.catalogue.indicators.values().filter(|one| one.has_level(kind)).take(MOST).cloned().collect());
    }
    ids.iter().map(|id| asked.indicator(id)).collect()
}

/// Who took it out, and when.
pub(super) fn watermark(engine: &Engine, actor: &Actor) -> String {
    let now = engine.now();
    match engine.lang {
        Lang::Zh => format!("{} 于 {now} 导出", actor.name),
        Lang::En => format!("exported by {} at {now}", actor.name),
    }
}

/// Notes an export before anything leaves.
pub(super) fn audit(engine: &Engine, actor: &Actor, what: &str, ask: &Ask, detail: Json) -> Result<(), Problem> {
    super::permit(engine, actor, Verb::Export)?;
    let entry = engine.audit_entry(actor, "export", what, "xlsx", None, detail);
    let code = ask.area.clone();
    engine.store.write_blocking(move |tx| {
        let area = match &code {
            Some(code) => tx.area(code)?.map(|area| area.path),
            None => None,
        };
        tx.audit(NewAudit { area, ..entry.clone() })?;
        Ok(())
    })
}
