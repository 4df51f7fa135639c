//! Nightly values of every indicator, for time series: of all areas down to the street each night, of communities on the
//! first of each month. After forty days the first of each month is kept.

use jiff::ToSpan;
use linli_domain::{Actor, Area, Verb, insight::Indicator};
use linli_store::tables::Snapshot;
use serde_json::Value as Json;

use super::{Ask, asked, gauge::Targets, permit};
use crate::{Engine, Problem};

/// Name of the job.
pub const NAME: &str = "insight-snapshot";

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
    let operator = Engine::operator();
    if engine.catalogue().indicators.is_empty() {
        return Ok(0);
    }
    let mut kinds = vec!["province", "city", "district", "street"];
    if engine.now().china_date().day() == 1 {
        kinds.push("community");
    }
    let ask = Ask::default();
    let found = match of_kinds(engine, &operator, &ask, kinds) {
        // An installation without areas has nothing to tell yet.
        Err(problem) if problem.code == "area.not_found" => return Ok(0),
        found => found?,
    };
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

fn of_kinds(engine: &Engine, actor: &Actor, ask: &Ask, kinds: Vec<&'static str>) -> Result<Vec<Snapshot>, Problem> {
    asked(engine, actor, Verb::Read, ask, move |asked| {
        let (catalogue, when, day) = (asked.catalogue.clone(), asked.when(), asked.day);
        let mut found = Vec::new();
        for kind in kinds {
            let areas: Vec<Area> = asked.tree.of_kind(kind, &asked.area.path, day).cloned().collect();
            if areas.is_empty() {
                continue;
            }
            let targets = Targets::of(areas);
            let fits = |indicator: &&Indicator| indicator.has_level(kind);
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
