//! Nightly values of every indicator, for time series: of all areas above the community each night, of communities on Mondays
//! and on the first of each month, of every province, city or street that the installation has at its top. After forty days
//! the first of each month is kept. A series asked for between is recomputed from the rows as they were
//! ([`super::spread`]): a community's is not empty between.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use linli_domain::{Actor, Area, Catalogue, Verb, insight::Indicator};
use linli_store::tables::Snapshot;
use serde_json::Value as Json;

use super::{Ask, asked, gauge::Targets, permit};
use crate::{Engine, Problem};

/// Name of the job.
pub const NAME: &str = "insight-snapshot";

/// Kind of area that is kept each week.
const COMMUNITY: &str = "community";

/// Days that every night is kept.
const DAYS: i32 = 40;

/// Takes the night's values and asks for the next night's run.
pub fn run(engine: &Engine, _payload: &Json) -> Result<(), Problem> {
    take(engine)?;
    let today = engine.now().china_date();
    let next = linli_domain::Timestamp::end_of_china_day(today).plus_seconds(30 * 60);
    engine.store.write_blocking(move |tx| {
        tx.enqueue(NAME, &Json::Null, next)?;
        Ok(())
    })
}

/// Takes today's values of every indicator; answers how many. Running twice on a day keeps the later values.
pub fn take(engine: &Engine) -> Result<usize, Problem> {
    let kinds = kinds(&engine.catalogue(), engine.now().china_date());
    keep(engine, None, &kinds)
}

/// Takes the values as they were at the end of a day that is over, of all areas above the community.
pub(crate) fn take_of(engine: &Engine, day: Date) -> Result<usize, Problem> {
    let kinds: Vec<String> = above_community(&engine.catalogue()).collect();
    keep(engine, Some(day), &kinds)
}

fn keep(engine: &Engine, as_of: Option<Date>, kinds: &[String]) -> Result<usize, Problem> {
    let operator = Engine::operator();
    if engine.catalogue().indicators.is_empty() {
        return Ok(0);
    }
    let mut found = Vec::new();
    // An installation without areas has nothing to tell yet.
    for root in roots(engine, &operator)? {
        let ask = Ask { area: Some(root), as_of, ..Ask::default() };
        found.append(&mut of_kinds(engine, &operator, &ask, kinds.to_vec())?);
    }
    let count = found.len();
    let manage = permit(engine, &operator, Verb::Manage)?;
    let before = engine.now().china_date().saturating_sub(DAYS.days());
    for chunk in found.chunks(2_000) {
        let (chunk, manage) = (chunk.to_vec(), manage.clone());
        engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.put_snapshots(&manage, &chunk)?))?;
    }
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.thin_snapshots(&manage, before)?))?;
    Ok(count)
}

/// The kinds of areas whose values are kept on a day.
fn kinds(catalogue: &Catalogue, day: Date) -> Vec<String> {
    let mut found: Vec<String> = above_community(catalogue).collect();
    if day.day() == 1 || day.weekday() == Weekday::Monday {
        found.extend(catalogue.levels.iter().map(|level| level.kind.clone()).filter(|kind| kind == COMMUNITY));
    }
    found
}

fn above_community(catalogue: &Catalogue) -> impl Iterator<Item = String> + '_ {
    catalogue.levels.iter().map(|level| level.kind.clone()).take_while(|kind| kind != COMMUNITY)
}

/// Codes of the topmost areas.
fn roots(engine: &Engine, operator: &Actor) -> Result<Vec<String>, Problem> {
    let (permit, today) = (permit(engine, operator, Verb::Read)?, engine.now().china_date());
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let tops = tx.area_children(permit.scope(), None, today)?;
        Ok(tops.into_iter().map(|node| node.area.code).collect())
    })
}

fn of_kinds(engine: &Engine, actor: &Actor, ask: &Ask, kinds: Vec<String>) -> Result<Vec<Snapshot>, Problem> {
    asked(engine, actor, Verb::Read, ask, move |asked| {
        let (catalogue, when, day) = (asked.catalogue.clone(), asked.when(), asked.day);
        let mut found = Vec::new();
        for kind in kinds {
            let areas: Vec<Area> = asked.tree.of_kind(&kind, &asked.area.path, day).cloned().collect();
            if areas.is_empty() {
                continue;
            }
            let targets = Targets::of(areas);
            let fits = |indicator: &&Indicator| indicator.has_level(&kind);
            for indicator in catalogue.indicators.values().filter(fits) {
                let outcomes = asked.outcomes(indicator, &targets, when)?;
                found.extend(targets.areas.iter().zip(outcomes).map(|(area, outcome)| Snapshot {
                    area: area.code.clone(),
                    indicator: indicator.name.clone(),
                    day,
                    value: outcome.value,
                    numerator: outcome.numerator,
                    denominator: outcome.denominator,
                }));
            }
        }
        Ok(found)
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_lies_above_the_community_is_kept_each_night_and_communities_each_monday_and_first_of_a_month() {
        let packs =
            linli_pack::read_dir(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")).unwrap();
        let catalogue = linli_pack::load(&packs).0;
        let above = ["province", "city", "district", "street"];
        assert_eq!(kinds(&catalogue, date(2026, 11, 24)), above);
        for day in [date(2026, 11, 23), date(2026, 12, 1)] {
            assert_eq!(kinds(&catalogue, day).last().map(String::as_str), Some(COMMUNITY), "{day}");
            assert_eq!(kinds(&catalogue, day).len(), 5, "{day}");
        }
    }
}
