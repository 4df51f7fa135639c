//! Among whom a chair goes round.

use linli_domain::{
    Area, Subject, Value, Verb, actor,
    record::ListQuery,
    schedule::{Member, Rotation, Schedule},
};
use linli_store::ReadTx;

use crate::{Engine, Problem, register::title_of};

/// Most members of one rotation.
const MOST: u32 = 500;

/// Those who can take a turn in an area, in the order of their first turns.
pub(super) fn of(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    schedule: &Schedule,
    area: &Area,
) -> Result<Vec<Member>, Problem> {
    match &schedule.rotate {
        None => Ok(Vec::new()),
        Some(Rotation::Members { entity, willing }) => records(engine, tx, entity, willing.as_deref(), area),
        Some(Rotation::Areas { kind }) => {
            let mut members = Vec::new();
            tx.areas_below(&area.path, &mut |below| {
                if below.kind == *kind && below.valid_to.is_none() {
                    members.push(Member { key: below.code, name: below.name });
                }
                Ok(())
            })?;
            members.sort_by(|a, b| a.key.cmp(&b.key));
            Ok(members)
        }
    }
}

fn records(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    entity: &str,
    willing: Option<&str>,
    area: &Area,
) -> Result<Vec<Member>, Problem> {
    let catalogue = engine.catalogue();
    let Some(register) = catalogue.entities.get(entity) else { return Ok(Vec::new()) };
    let subject = Subject::Entity(entity.to_owned());
    let permit = actor::permit(&Engine::operator(), &catalogue.roles, Verb::Read, subject)?;
    let query = ListQuery { area: Some(area.path.clone()), limit: MOST, ..ListQuery::of(entity) };
    let mut found = tx.list(&permit, &query)?.records;
    // Records are numbered in the order they were made: a newcomer waits behind those who were there.
    found.sort_by_key(|record| record.id);
    let takes = |record: &&linli_domain::Record| {
        willing.is_none_or(|field| record.values.get(field) != Some(&Value::Bool(false)))
    };
    let member = |record: &linli_domain::Record| Member {
        key: record.id.to_string(),
        name: title_of(&catalogue, register, record),
    };
    Ok(found.iter().filter(takes).map(member).collect())
}
