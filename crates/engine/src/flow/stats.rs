//! Figures of cases: by state, class, unit, area or day. Never by person.

use std::collections::BTreeMap;

use linli_domain::{Actor, AreaPath, RecordId};
use linli_store::{
    ReadTx,
    tables::{CaseStat, StatBy, StatQuery},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{list, list::CaseFilter, units, who::Who};
use crate::{Engine, Problem};

/// Figures of which cases.
#[derive(Debug, Clone, Default)]
pub struct StatsFilter {
    /// Which.
    pub cases: CaseFilter,
    /// `state`, `kind`, `unit`, `area` or `day`.
    pub by: Option<String>,
}

/// Figures of a group of cases.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StatItem {
    /// State, class, unit, area or day.
    pub key: String,
    /// The same in words.
    pub label: String,
    /// Opened.
    pub opened: u64,
    /// Of them, over.
    pub closed: u64,
    /// Of them, open and overdue.
    pub overdue: u64,
    /// Of those over, without ever missing a clock.
    pub in_time: u64,
    /// Hours from opening to end, on average, of those over.
    pub mean_hours: Option<f64>,
    /// Rating on average.
    pub rating_mean: Option<f64>,
    /// Rated.
    pub rated: u64,
}

/// Figures of cases.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StatsView {
    /// Groups.
    pub items: Vec<StatItem>,
}

/// Figures of the cases that the actor sees.
pub async fn stats(engine: &Engine, actor: &Actor, filter: StatsFilter) -> Result<StatsView, Problem> {
    let by = match filter.by.as_deref() {
        None | Some("state") => StatBy::State,
        Some("kind") => StatBy::Kind,
        Some("unit") => StatBy::Unit,
        Some("area") => StatBy::Area,
        Some("day") => StatBy::Day,
        Some(_) => {
            return Err(Problem::parameter(
                "by",
                "by 只能是 state、kind、unit、area、day。",
                "by is state, kind, unit, area or day.",
            ));
        }
    };
    let (engine, actor) = (engine.clone(), actor.clone());
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let cases = list::query(&engine, tx, &filter.cases)?;
            let area = cases.area.clone();
            let query = StatQuery { cases, by, now: engine.now() };
            let groups = tx.case_stats(&who.reader, &query)?;
            let mut items = match by {
                StatBy::Area => by_area(&engine, tx, groups, area.as_ref())?,
                StatBy::Unit => by_unit(&engine, tx, groups)?,
                StatBy::State => by_state(&engine, groups, &query.cases.flows),
                StatBy::Kind => by_kind(&engine, groups, &query.cases.flows),
                StatBy::Day => groups.into_iter().map(by_day).collect(),
            };
            items.sort_by(|a, b| a.key.cmp(&b.key));
            Ok(StatsView { items })
        })
        .await
}

/// A group as an answer shows it.
fn item(key: String, label: String, stat: &CaseStat) -> StatItem {
    #[expect(clippy::cast_precision_loss, reason = "a mean for people to read")]
    let mean = |sum: u64, count: u64, unit: f64| {
        (count > 0).then(|| (sum as f64 / count as f64 / unit * 100.0).round() / 100.0)
    };
    StatItem {
        key,
        label,
        opened: stat.opened,
        closed: stat.closed,
        overdue: stat.overdue,
        in_time: stat.in_time,
        mean_hours: mean(stat.seconds, stat.closed, 3_600.0),
        rating_mean: mean(stat.rating, stat.rated, 1.0),
        rated: stat.rated,
    }
}

fn by_state(engine: &Engine, groups: Vec<CaseStat>, flows: &[String]) -> Vec<StatItem> {
    let catalogue = engine.catalogue();
    let label = |name: &str| {
        let asked = catalogue.flows.values().filter(|flow| flows.is_empty() || flows.contains(&flow.name));
        asked
            .into_iter()
            .find_map(|flow| flow.state(name))
            .map_or_else(|| name.to_owned(), |state| state.label.text(engine.lang).to_owned())
    };
    let item = |stat: CaseStat| {
        let key = stat.key.clone().unwrap_or_default();
        item(key.clone(), label(&key), &stat)
    };
    groups.into_iter().map(item).collect()
}

fn by_kind(engine: &Engine, groups: Vec<CaseStat>, flows: &[String]) -> Vec<StatItem> {
    let catalogue = engine.catalogue();
    let lists =
        catalogue.flows.values().filter(|flow| flows.is_empty() || flows.contains(&flow.name)).filter_map(|flow| {
            match &flow.class_field()?.kind {
                linli_domain::FieldKind::Code { list } => catalogue.code_lists.get(list),
                _ => None,
            }
        });
    let lists: Vec<_> = lists.collect();
    let label =
        |code: &str| lists.iter().find_map(|list| list.get(code)).map(|code| code.label.text(engine.lang).to_owned());
    let unknown = || engine.lang.pick("(未分类)", "(no class)").to_owned();
    let item = |stat: CaseStat| {
        let key = stat.key.clone().unwrap_or_default();
        let label = if key.is_empty() { unknown() } else { label(&key).unwrap_or_else(|| key.clone()) };
        item(key, label, &stat)
    };
    groups.into_iter().map(item).collect()
}

fn by_unit(engine: &Engine, tx: &mut ReadTx<'_>, groups: Vec<CaseStat>) -> Result<Vec<StatItem>, Problem> {
    let ids: Vec<RecordId> = groups.iter().filter_map(|stat| stat.unit).collect();
    let names = units::names(engine, tx, &ids)?;
    let none = || engine.lang.pick("(未派单)", "(no unit)").to_owned();
    let item = |stat: CaseStat| {
        let key = stat.unit.map(|unit| unit.to_string()).unwrap_or_default();
        let label = stat.unit.map_or_else(none, |unit| names.get(&unit).cloned().unwrap_or_else(|| unit.to_string()));
        item(key, label, &stat)
    };
    Ok(groups.into_iter().map(item).collect())
}

fn by_day(stat: CaseStat) -> StatItem {
    let days: i64 = stat.key.as_deref().and_then(|days| days.parse().ok()).unwrap_or_default();
    let day = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days));
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    item(day.clone(), day, &stat)
}

/// Figures of the areas directly below the one that was asked for (of the highest ones, when none was).
fn by_area(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    groups: Vec<CaseStat>,
    within: Option<&AreaPath>,
) -> Result<Vec<StatItem>, Problem> {
    let common = |groups: &[CaseStat]| {
        let mut paths = groups.iter().filter_map(|stat| stat.area.as_ref());
        let mut common = paths.next()?.parent()?;
        for path in paths {
            while !common.covers(path) {
                common = common.parent()?;
            }
        }
        Some(common)
    };
    let within = within.cloned().or_else(|| common(&groups));
    let depth = within.as_ref().map_or(0, |area| area.ancestry().len());
    let mut sums: BTreeMap<AreaPath, CaseStat> = BTreeMap::new();
    for stat in groups {
        let Some(area) = stat.area.clone() else { continue };
        let below = area.ancestry().get(depth).cloned().unwrap_or(area);
        let sum = sums.entry(below).or_default();
        sum.opened += stat.opened;
        sum.closed += stat.closed;
        sum.overdue += stat.overdue;
        sum.in_time += stat.in_time;
        sum.seconds += stat.seconds;
        sum.rated += stat.rated;
        sum.rating += stat.rating;
    }
    let mut items = Vec::with_capacity(sums.len());
    for (path, stat) in sums {
        let area = engine.area_ref(tx, &path)?;
        items.push(item(area.code, area.name, &stat));
    }
    Ok(items)
}
