//! One call for a leader's page: where an area stands against each target, what got worse this week, where the blank zones
//! are, its parts, trends, distributions and the departments that ask most. Never persons.

use std::collections::BTreeMap;

use jiff::ToSpan;
use linli_domain::{
    Actor, Area, FieldKind, Verb,
    insight::{Direction, Indicator},
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{
    Ask, Asked, permit,
    reading::{AreaName, Reading},
    spread::Point,
};
use crate::{Engine, Problem, burden, grid};

/// Indicators that the parts of an area are compared by.
const COMPARED: usize = 12;
/// Trends and distributions shown.
const SHOWN: usize = 6;
/// Blank zones shown.
const BLANKS: usize = 40;

/// A leader's page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Cockpit {
    /// Area.
    pub area: AreaName,
    /// Its kind.
    pub level: String,
    /// Kind of the areas below it.
    pub children_level: Option<String>,
    /// Indicators with a target.
    pub standing: Vec<Standing>,
    /// What got worse within a week.
    pub worse: Vec<Worse>,
    /// What is not known of which part.
    pub blank: Vec<Blank>,
    /// The areas below, with the indicators they are compared by.
    pub children: Vec<Child>,
    /// What was kept of the last months.
    pub trends: Vec<Trend>,
    /// Indicators by a field of their register.
    pub distributions: Vec<Distribution>,
    /// Departments by what they asked of this area this year, most first.
    pub departments: Vec<Department>,
    /// GeoJSON FeatureCollection of the areas below: outlines, or the tiles of a schematic map (`schematic` true).
    #[schema(value_type = Object)]
    pub map: Json,
}

/// An indicator with its target.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Standing {
    /// The reading.
    pub reading: Reading,
}

/// An indicator that got worse.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Worse {
    /// The reading.
    pub reading: Reading,
    /// Its value a week ago.
    pub week_ago: f64,
}

/// Something that is not known of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Blank {
    /// Area.
    pub area: AreaName,
    /// Indicator.
    pub id: String,
    /// What is not known.
    pub what: String,
    /// Why.
    pub gap: String,
}

/// A part of the area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Child {
    /// Area.
    pub area: AreaName,
    /// Values by indicator; `null` where there is none.
    #[schema(value_type = std::collections::HashMap<String, Option<f64>>)]
    pub readings: BTreeMap<String, Option<f64>>,
}

/// An indicator over the last months.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Trend {
    /// Indicator.
    pub id: String,
    /// Label.
    pub label: String,
    /// By day.
    pub points: Vec<Point>,
}

/// An indicator's rows by a field.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Distribution {
    /// Indicator.
    pub id: String,
    /// Field.
    pub field: String,
    /// Label of indicator and field.
    pub label: String,
    /// Greatest first.
    pub items: Vec<Share>,
}

/// Rows of a code.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Share {
    /// Code.
    pub code: Option<String>,
    /// Label.
    pub label: String,
    /// Rows.
    pub n: i64,
}

/// A department by what it asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Department {
    /// Its name, which tasks are issued under.
    pub id: String,
    /// Name.
    pub title: String,
    /// Requests.
    pub n: u64,
    /// Questions.
    pub questions: u64,
    /// Of these, held already.
    pub already_held: u64,
    /// Minutes it cost.
    pub minutes: u64,
}

/// The page of an area.
pub async fn cockpit(engine: &Engine, actor: &Actor, ask: Ask) -> Result<Cockpit, Problem> {
    let permit = permit(engine, actor, Verb::Read)?;
    // Whoever may not see tasks gets the page without them.
    let burden = burden::view(engine, actor, None, None, ask.area.clone()).await;
    let asked_most = burden.map(|meter| meter.by_issuer).unwrap_or_default();
    let departments = asked_most.into_iter().take(10).map(|one| Department {
        id: one.issuer.clone(),
        title: one.issuer,
        n: one.row.requests,
        questions: one.row.questions,
        already_held: one.row.already_held,
        minutes: one.row.minutes,
    });
    let departments: Vec<Department> = departments.collect();
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let mut asked = Asked::open(&engine2, &actor, tx, permit, &ask)?;
            Ok(Cockpit { departments, ..asked.cockpit()? })
        })
        .await
}

impl Asked<'_, '_> {
    fn cockpit(&mut self) -> Result<Cockpit, Problem> {
        let (area, catalogue) = (AreaName::of(&self.area), self.catalogue.clone());
        let children_level = self.tree.next_kind(&self.area, self.day);
        let kind = self.area.kind.clone();
        let mut indicators: Vec<&Indicator> =
            catalogue.indicators.values().filter(|one| one.has_level(&kind)).collect();
        indicators.sort_by_key(|one| (one.target.is_none(), one.figures.first().copied().unwrap_or(u8::MAX)));
        let (mut standing, mut worse) = (Vec::new(), Vec::new());
        for indicator in &indicators {
            let reading = self.reading(indicator)?;
            if let (Some(change), Some(value)) = (reading.change_week, reading.value)
                && got_worse(indicator.direction, change)
            {
                worse.push(Worse { reading: reading.clone(), week_ago: value - change });
            }
            if indicator.target.is_some() {
                standing.push(Standing { reading });
            }
        }
        let compared: Vec<&Indicator> = indicators
            .iter()
            .copied()
            .filter(|one| one.rank && children_level.as_deref().is_some_and(|level| one.has_level(level)))
            .take(COMPARED)
            .collect();
        let (children, blank) = match &children_level {
            Some(level) => self.children(&compared, level)?,
            None => (Vec::new(), Vec::new()),
        };
        let areas: Vec<Area> = match &children_level {
            Some(level) => self.tree.of_kind(level, &self.area.path, self.day).cloned().collect(),
            None => Vec::new(),
        };
        Ok(Cockpit {
            area,
            level: kind,
            children_level,
            standing,
            worse,
            blank,
            children,
            trends: self.trends(&indicators)?,
            distributions: self.distributions(&indicators)?,
            departments: Vec::new(),
            map: grid::areas_collection(self.tx, areas)?,
        })
    }

    fn children(&mut self, compared: &[&Indicator], level: &str) -> Result<(Vec<Child>, Vec<Blank>), Problem> {
        let lang = self.engine.lang;
        let mut children: Vec<Child> = Vec::new();
        let mut blank = Vec::new();
        for indicator in compared {
            for (at, item) in self.by_level(indicator, level)?.items.into_iter().enumerate() {
                let Some(area) = item.area else { continue };
                if children.len() <= at {
                    children.push(Child { area: area.clone(), readings: BTreeMap::new() });
                }
                children[at].readings.insert(indicator.name.clone(), item.value);
                if let Some(gap) = item.reason.filter(|_| blank.len() < BLANKS) {
                    let what = indicator.label.text(lang).to_owned();
                    blank.push(Blank { area, id: indicator.name.clone(), what, gap });
                }
            }
        }
        Ok((children, blank))
    }

    /// What was kept of the last year, of the first indicators that have it; those that moved come first.
    fn trends(&mut self, indicators: &[&Indicator]) -> Result<Vec<Trend>, Problem> {
        let (lang, code) = (self.engine.lang, self.area.code.clone());
        let span = (self.day.saturating_sub(1.year()), self.day);
        let mut trends = Vec::new();
        for indicator in indicators {
            let kept = self.tx.snapshots(&self.permit, &code, &indicator.name, span)?;
            if kept.iter().filter(|one| one.value.is_some()).count() < 2 {
                continue;
            }
            let point = |one: linli_store::tables::Snapshot| Point {
                on: one.day,
                value: one.value,
                numerator: one.numerator,
                denominator: one.denominator,
            };
            let label = indicator.label.text(lang).to_owned();
            trends.push(Trend { id: indicator.name.clone(), label, points: kept.into_iter().map(point).collect() });
        }
        let moved = |trend: &Trend| {
            let mut told = trend.points.iter().filter_map(|point| point.value);
            let first = told.next();
            told.any(|value| Some(value) != first)
        };
        trends.sort_by_key(|trend| !moved(trend));
        trends.truncate(SHOWN);
        Ok(trends)
    }

    /// Each register once, by its first coded field that lists are filtered by.
    fn distributions(&mut self, indicators: &[&Indicator]) -> Result<Vec<Distribution>, Problem> {
        let (lang, catalogue) = (self.engine.lang, self.catalogue.clone());
        let (mut seen, mut found) = (Vec::new(), Vec::new());
        for indicator in indicators {
            let Some(register) = indicator.measures.get("numerator").and_then(|measure| measure.what.entity()) else {
                continue;
            };
            let Some(entity) = catalogue.entities.get(register).filter(|_| !seen.contains(&register)) else { continue };
            let coded = entity.fields.iter().find(|field| field.filter && matches!(field.kind, FieldKind::Code { .. }));
            let Some(field) = coded.filter(|field| field.sensitivity == linli_domain::catalogue::Sensitivity::Open)
            else {
                continue;
            };
            seen.push(register);
            let items = self.by(indicator, &field.name)?;
            if items.is_empty() {
                continue;
            }
            let label = format!("{} · {}", entity.label.text(lang), field.label.text(lang));
            found.push(Distribution { id: indicator.name.clone(), field: field.name.clone(), label, items });
            if found.len() == SHOWN {
                break;
            }
        }
        Ok(found)
    }

    fn by(&mut self, indicator: &Indicator, field: &str) -> Result<Vec<Share>, Problem> {
        let share = |item: super::ByArea| Share {
            code: item.code,
            label: item.label.unwrap_or_default(),
            n: item.n.unwrap_or_default(),
        };
        Ok(self.by_field(indicator, field)?.items.into_iter().map(share).collect())
    }
}

fn got_worse(direction: Direction, change: f64) -> bool {
    match direction {
        Direction::Up => change < -1e-9,
        Direction::Down => change > 1e-9,
        Direction::None => false,
    }
}
