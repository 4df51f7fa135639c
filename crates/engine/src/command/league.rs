//! The league of departments (R7): response, solution, satisfaction of the whistles they were called to. By department, never by
//! person; what cannot be said yet, because nothing was closed or rated, is absent and not zero.

use jiff::civil::Date;
use linli_domain::{Actor, RecordId, Subject, Timestamp, Verb, actor};
use linli_store::{
    ReadTx,
    tables::{LeagueQuery, LeagueRow},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Engine, Problem, area, register::title_of};

/// The flow that is looked at.
const FLOW: &str = "command/whistle";

/// Register of the departments.
const UNITS: &str = "network/unit";

/// Days that are looked at when nobody says which.
const DAYS: i64 = 90;

/// Which whistles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeagueFilter {
    /// Code of an area; all of one's own without it.
    pub area: Option<String>,
    /// First day; ninety days ago without it.
    pub from: Option<Date>,
    /// Last day; today without it.
    pub to: Option<Date>,
}

/// A department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeagueUnit {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
}

/// How a department answered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LeagueItem {
    /// Department.
    pub unit: LeagueUnit,
    /// How often it was called.
    pub called: u64,
    /// How often it reported.
    pub accepted: u64,
    /// Of these, in time.
    pub in_time: u64,
    /// Share of calls it reported to in time, 0 to 1.
    pub response_share: f64,
    /// How many of its whistles were resolved and scored.
    pub resolved: u64,
    /// Share of those that are over which were resolved; absent while none is over.
    pub solution_share: Option<f64>,
    /// Mean of the street's scores, 1 to 5; absent while none was scored.
    pub satisfaction: Option<f64>,
    /// Response, solution and satisfaction, a third each, 0 to 100; of those that can be said.
    pub score: f64,
    /// Place; the same score is the same place.
    pub rank: u32,
}

/// Departments, best first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LeagueItems {
    /// Departments.
    pub items: Vec<LeagueItem>,
}

/// How departments answered the whistles of one's areas.
pub fn league(engine: &Engine, actor: &Actor, filter: &LeagueFilter) -> Result<LeagueItems, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Flow(FLOW.to_owned()))?;
    let now = engine.now();
    let last = filter.to.unwrap_or_else(|| now.china_date());
    let to = Timestamp(Timestamp::end_of_china_day(last).0.saturating_add(1));
    let from = filter.from.map_or_else(|| to.plus_seconds(-DAYS * 86_400), day_begins);
    let (handle, code) = (engine.clone(), filter.area.clone());
    engine.store.read_blocking(move |tx| {
        let within = match &code {
            Some(code) => Some(area::in_scope(tx, permit.scope(), code)?.path),
            None => None,
        };
        let query = LeagueQuery {
            flow: FLOW.into(),
            within,
            from,
            to,
            party: "department".into(),
            action: "report".into(),
            clock: "respond".into(),
        };
        let rows = tx.league(&permit, &query)?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let name = name_of(&handle, tx, row.unit)?;
            items.push(item(&row, name));
        }
        Ok(LeagueItems { items: ranked(items) })
    })
}

fn day_begins(day: Date) -> Timestamp {
    let before = day.yesterday().unwrap_or(day);
    Timestamp(Timestamp::end_of_china_day(before).0 + 1)
}

fn name_of(engine: &Engine, tx: &mut ReadTx<'_>, unit: RecordId) -> Result<String, Problem> {
    let catalogue = engine.catalogue();
    let Some(register) = catalogue.entities.get(UNITS) else { return Ok(unit.to_string()) };
    let permit = actor::permit(&Engine::operator(), &catalogue.roles, Verb::Read, Subject::Entity(UNITS.to_owned()))?;
    let record = tx.records(&permit, UNITS, &[unit])?.into_iter().next();
    Ok(record.map_or_else(|| unit.to_string(), |record| title_of(&catalogue, register, &record)))
}

fn item(row: &LeagueRow, name: String) -> LeagueItem {
    let response = share(row.in_time, row.called).unwrap_or_default();
    let solution = share(row.solved, row.over);
    let satisfaction = share(row.rating_sum, row.rated);
    let parts: Vec<f64> =
        [Some(response), solution, satisfaction.map(|mean| (mean - 1.0) / 4.0)].into_iter().flatten().collect();
    let score = parts.iter().sum::<f64>() / parts.len() as f64 * 100.0;
    LeagueItem {
        unit: LeagueUnit { id: row.unit, name },
        called: row.called,
        accepted: row.answered,
        in_time: row.in_time,
        response_share: rounded(response, 1e4),
        resolved: row.solved,
        solution_share: solution.map(|share| rounded(share, 1e4)),
        satisfaction: satisfaction.map(|mean| rounded(mean, 1e2)),
        score: rounded(score, 1e1),
        rank: 0,
    }
}

/// Best first; the same score is the same place, and then by how often they were called.
fn ranked(mut items: Vec<LeagueItem>) -> Vec<LeagueItem> {
    items.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.called.cmp(&a.called)).then(a.unit.id.cmp(&b.unit.id)));
    let mut last: Option<(f64, u32)> = None;
    for (at, item) in (1..).zip(&mut items) {
        let rank = last.filter(|(score, _)| *score == item.score).map_or(at, |(_, rank)| rank);
        item.rank = rank;
        last = Some((item.score, rank));
    }
    items
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn rounded(value: f64, to: f64) -> f64 {
    (value * to).round() / to
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(unit: u64, counts: [u64; 7]) -> LeagueRow {
        let [called, answered, in_time, over, solved, rated, rating_sum] = counts;
        let unit = RecordId(uuid::Uuid::from_u64_pair(0, unit));
        LeagueRow { unit, called, answered, in_time, over, solved, rated, rating_sum }
    }

    #[test]
    fn response_solution_and_satisfaction_count_a_third_each() {
        let whole = item(&row(1, [4, 4, 3, 2, 1, 2, 8]), "甲".into());
        assert_eq!((whole.response_share, whole.solution_share, whole.satisfaction), (0.75, Some(0.5), Some(4.0)));
        assert_eq!(whole.score, 66.7);
        let open = item(&row(2, [2, 1, 1, 0, 0, 0, 0]), "乙".into());
        assert_eq!(
            (open.solution_share, open.satisfaction, open.score),
            (None, None, 50.0),
            "nothing is held against it"
        );
    }

    #[test]
    fn the_same_score_is_the_same_place() {
        let of = |unit, in_time| item(&row(unit, [2, 2, in_time, 0, 0, 0, 0]), String::new());
        let found: Vec<u32> =
            ranked(vec![of(1, 1), of(2, 2), of(3, 1), of(4, 0)]).iter().map(|item| item.rank).collect();
        assert_eq!(found, [1, 2, 2, 4]);
    }
}
