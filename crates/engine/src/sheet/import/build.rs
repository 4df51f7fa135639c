//! Reads what is known and compares: the whole way from an opened workbook to a [`Plan`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use linli_domain::{
    Actor, AreaPath, Catalogue, Entity, Field, FieldKind, Permit, RecordId, Timestamp, Value, Verb,
    record::{Condition, ListQuery},
};
use linli_store::{UniqueHit, tables::RowOutcome};
use linli_workbook::{Sheet, TableRegion};

use super::{
    accept::{self, Accept},
    compare::{Comparer, Setting},
    homes::Home,
    ids::RowIds,
    ledger::{Ledger, Mapping},
    like::Likeness,
    plan::{Action, Candidate, Given, More, Plan, RowPlan},
    register::{Known, Register},
    repeats,
    settle::Settler,
};
use crate::{
    Engine, Problem,
    sheet::{known as names, parts::Parts, places::Places},
};

/// Whose import, into what, and where.
#[derive(Debug, Clone)]
pub struct Task {
    /// Batch: source of its records' ids.
    pub batch: RecordId,
    /// Register.
    pub entity: String,
    /// Area.
    pub area: AreaPath,
    /// Who imports.
    pub actor: Actor,
}

/// Permits of an import, by part; parts that whoever imports may not write are not carried.
pub fn permits(engine: &Engine, task: &Task, parts: &mut Parts<'_>) -> Result<Vec<Permit>, Problem> {
    let mut permits = vec![engine.permit_entity(&task.actor, Verb::Import, parts.main())?.within(&task.area)];
    for part in 1..parts.list.len() {
        match engine.permit_entity(&task.actor, Verb::Import, parts.list[part].entity) {
            Ok(permit) => permits.push(permit.within(&task.area)),
            Err(_) => break,
        }
    }
    parts.list.truncate(permits.len());
    Ok(permits)
}

/// The area and all below it.
pub fn places(engine: &Engine, catalogue: &Catalogue, area: &AreaPath) -> Result<Places, Problem> {
    let path = area.clone();
    let areas = engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut areas = Vec::new();
        tx.areas_below(&path, &mut |area| {
            areas.push(area);
            Ok(())
        })?;
        Ok(areas)
    })?;
    let today = engine.now().china_date();
    let valid = |area: &linli_domain::Area| area.valid_to.is_none_or(|last| last >= today);
    let mut areas: Vec<_> = areas.into_iter().filter(valid).collect();
    areas.sort_by(|a, b| a.path.cmp(&b.path));
    if areas.first().is_none_or(|first| first.path != *area) {
        return Err(Problem::no_area(area.as_str()));
    }
    Ok(Places::new(areas, &catalogue.levels))
}

/// Reads a table's rows, and what may be written of what they carry.
pub fn read<'c>(
    engine: &Engine,
    catalogue: &'c Catalogue,
    task: &Task,
    sheet: &Sheet,
    table: &TableRegion,
    mapping: &Mapping,
) -> Result<(Ledger<'c>, Vec<Permit>), Problem> {
    let mut parts = Parts::of(catalogue, crate::entity(catalogue, &task.entity)?);
    let permits = permits(engine, task, &mut parts)?;
    Ok((Ledger::read(catalogue, parts, sheet, table, mapping), permits))
}

/// Compares a ledger with the registers.
pub fn plan<'c>(
    engine: &Engine,
    catalogue: &'c Catalogue,
    task: &Task,
    ledger: Ledger<'c>,
    permits: &[Permit],
    given: &Given,
) -> Result<Plan<'c>, Problem> {
    let entity = ledger.parts.main();
    let places = places(engine, catalogue, &task.area)?;
    let mut registers = registers(engine, permits, &ledger, &task.area)?;
    let elsewhere = elsewhere(engine, task, &ledger, &mut registers[0])?;
    let ids = RowIds::of(task.batch);
    let today = engine.now().china_date();
    let relation = names::relation(catalogue, entity);
    let settled = Settler::new(&ledger, &places, &registers, given, ids, relation).all(&catalogue.levels);
    let (mut settings, mut homes) = (settled.settings, settled.homes);
    refuse_homes(&ledger, &mut homes, &mut settings, today);
    let repeated = repeats::repeats(&ledger, &settings);
    let unsure = settings.iter().any(|setting| setting.known.is_none());
    let likeness = if unsure { Likeness::of(entity, &registers[0]) } else { None };
    let mut comparer = Comparer {
        catalogue,
        ledger: &ledger,
        places: &places,
        register: &registers[0],
        given,
        ids,
        today,
        elsewhere: &elsewhere,
        repeated: &repeated,
        likeness: likeness.as_ref(),
        set_at: &HashMap::new(),
    };
    let mut rows = compare_all(&comparer, &settings);
    let set_at = set_at(engine, &permits[0], entity, &registers[0], &rows, given)?;
    if !set_at.is_empty() {
        comparer.set_at = &set_at;
        for at in 0..rows.len() {
            if set_at.contains_key(&rows[at].id) {
                rows[at] = comparer.row(at, &settings[at]);
            }
        }
    }
    once_each(&ledger, &mut rows, given);
    Ok(Plan { ledger, places, registers, homes, rows, unknown_areas: settled.unknown })
}

/// All rows, on all cores.
fn compare_all(comparer: &Comparer<'_, '_>, settings: &[Setting]) -> Vec<RowPlan> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let share = settings.len().div_ceil(workers).max(512);
    std::thread::scope(|scope| {
        let shares: Vec<_> = settings
            .chunks(share)
            .enumerate()
            .map(|(number, settings)| {
                scope.spawn(move || {
                    let rows = (number * share..).zip(settings);
                    rows.map(|(at, setting)| comparer.row(at, setting)).collect::<Vec<_>>()
                })
            })
            .collect();
        shares.into_iter().flat_map(|share| share.join().unwrap_or_default()).collect()
    })
}

/// What the registers hold in the area, by part: only the fields a comparison needs.
fn registers(
    engine: &Engine,
    permits: &[Permit],
    ledger: &Ledger<'_>,
    area: &AreaPath,
) -> Result<Vec<Register>, Problem> {
    let wanted: Vec<(String, Vec<String>, Permit)> = ledger
        .parts
        .list
        .iter()
        .enumerate()
        .zip(permits)
        .map(|((part, of), permit)| (of.entity.name.clone(), needed(ledger, part, of.entity), permit.clone()))
        .collect();
    let (area, catalogue) = (area.clone(), engine.catalogue());
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut registers = Vec::with_capacity(wanted.len());
        for (name, fields, permit) in &wanted {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let entity = crate::entity(&catalogue, name)?;
            registers.push(Register::load(tx, permit, entity, &area, &fields)?);
        }
        Ok(registers)
    })
}

/// Fields of a part that a comparison looks at.
fn needed(ledger: &Ledger<'_>, part: usize, entity: &Entity) -> Vec<String> {
    let mut fields = BTreeSet::from([entity.title.clone()]);
    let slots = ledger.columns.iter().flat_map(|column| &column.slots);
    fields.extend(slots.filter(|slot| slot.part == part).map(|slot| slot.field.name.clone()));
    let structural = entity
        .fields
        .iter()
        .filter(|field| field.required || field.unique || matches!(field.kind, FieldKind::Ref { .. }));
    fields.extend(structural.map(|field| field.name.clone()));
    if let Some(person) = &entity.person {
        let of = [&person.identity, &person.birth, &person.sex, &person.phone, &person.household];
        fields.extend(of.into_iter().flatten().cloned());
    }
    let known = [names::BUILDING, names::UNIT, names::ROOM, names::ADDRESS, names::HOUSEHOLD_NUMBER, names::HEAD_NAME];
    fields.extend(known.iter().filter(|name| entity.field(name).is_some()).map(|name| (*name).to_owned()));
    fields.into_iter().collect()
}

/// Unique values that are held outside the area: those within reach join the register, of the others only that they exist.
fn elsewhere(
    engine: &Engine,
    task: &Task,
    ledger: &Ledger<'_>,
    register: &mut Register,
) -> Result<HashSet<(String, String)>, Problem> {
    let entity = ledger.parts.main();
    let permit = engine.permit_entity(&task.actor, Verb::Import, entity)?;
    let mut beyond = HashSet::new();
    let loaded = needed(ledger, 0, entity);
    for field in entity.fields.iter().filter(|field| field.unique) {
        let Some(column) = ledger.column_of(0, &field.name) else { continue };
        let said = ledger.rows.iter().filter_map(|row| row.values[column].as_text());
        let asked: BTreeSet<&str> = said.filter(|text| register.holder(&field.name, text).is_none()).collect();
        let asked: Vec<String> = asked.into_iter().map(str::to_owned).collect();
        if asked.is_empty() {
            continue;
        }
        let (name, field_name, asking) = (entity.name.clone(), field.name.clone(), permit.clone());
        let (hits, asked) = engine.store.read_blocking::<_, Problem>(move |tx| {
            let values: Vec<&str> = asked.iter().map(String::as_str).collect();
            let hits = tx.find_many_by_unique(&asking, &name, &field_name, &values)?;
            Ok((hits, asked))
        })?;
        let mut within = Vec::new();
        for (hit, value) in hits.into_iter().zip(asked) {
            match hit {
                UniqueHit::Free => {}
                UniqueHit::Here(_) => within.push(value),
                UniqueHit::Elsewhere => {
                    beyond.insert((field.name.clone(), value));
                }
            }
        }
        join(engine, &permit, field, within, &loaded, register)?;
    }
    Ok(beyond)
}

/// Records of other areas within reach that the ledger's unique values name, in clear as those of the area are.
fn join(
    engine: &Engine,
    permit: &Permit,
    field: &Field,
    within: Vec<String>,
    loaded: &[String],
    register: &mut Register,
) -> Result<(), Problem> {
    if within.is_empty() {
        return Ok(());
    }
    let catalogue = engine.catalogue();
    let name = permit.subject().name().to_owned();
    let (asked, known, of) = (permit.clone(), catalogue.clone(), name.clone());
    let (field, loaded) = (field.name.clone(), loaded.to_vec());
    let found = engine.store.read_blocking::<_, Problem>(move |tx| {
        let entity = crate::entity(&known, &of)?;
        let fields: Vec<&str> = loaded.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        for value in within {
            let mut query = ListQuery::of(&of);
            query.conditions.push(Condition::Exact(field.clone(), value));
            tx.scan_plain(&asked, &query, &mut |record, clear| {
                found.push(Known::of(entity, record, &clear, &fields));
                Ok(())
            })?;
        }
        Ok(found)
    })?;
    let entity = crate::entity(&catalogue, &name)?;
    for known in found {
        register.add(entity, known);
    }
    Ok(())
}

/// Homes that the rules refuse are not made, and nobody refers to them.
fn refuse_homes(ledger: &Ledger<'_>, homes: &mut [Home], settings: &mut [Setting], today: jiff::civil::Date) {
    let mut refused = HashSet::new();
    for (number, home) in homes.iter_mut().enumerate().filter(|(_, home)| home.known.is_none()) {
        let entity = ledger.parts.list[home.part].entity;
        for _ in 0..2 {
            match accept::accept(entity, home.values.clone(), today) {
                Accept::Good(normal) => {
                    home.values = normal;
                    break;
                }
                Accept::Bad(findings) => {
                    let before = home.values.len();
                    home.values
                        .retain(|field, _| !findings.iter().any(|finding| finding.field.as_ref() == Some(field)));
                    if home.values.len() == before {
                        refused.insert(number);
                        break;
                    }
                }
            }
        }
    }
    if refused.is_empty() {
        return;
    }
    let gone: HashSet<RecordId> = refused.iter().map(|number| homes[*number].id).collect();
    for setting in settings {
        setting.refs.retain(|(_, id)| !gone.contains(id));
        for home in &mut setting.homes {
            *home = home.filter(|number| !refused.contains(number));
        }
    }
    for home in homes.iter_mut() {
        home.values.retain(|_, value| !matches!(value, Value::Ref(id) if gone.contains(id)));
    }
}

/// When the fields changed of records that are newer than the ledger and would change.
fn set_at(
    engine: &Engine,
    permit: &Permit,
    entity: &Entity,
    register: &Register,
    rows: &[RowPlan],
    given: &Given,
) -> Result<HashMap<RecordId, BTreeMap<String, Timestamp>>, Problem> {
    let Some(written) = given.written else { return Ok(HashMap::new()) };
    let newer = |row: &&RowPlan| {
        let differs = row.more.as_ref().is_some_and(|more| more.differences.iter().any(|one| !one.old.is_null()));
        differs && row.known.is_some_and(|known| register.records[known].since > written)
    };
    let ids: Vec<RecordId> = rows.iter().filter(newer).map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (permit, name) = (permit.clone(), entity.name.clone());
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut found = HashMap::new();
        for id in ids {
            let sources = tx.field_sources(&permit, &name, id)?;
            found.insert(id, sources.into_iter().map(|(field, (_, at, _))| (field, at)).collect());
        }
        Ok(found)
    })
}

/// A known record is one row's; a later row that is the same record repeats the earlier one.
fn once_each(ledger: &Ledger<'_>, rows: &mut [RowPlan], given: &Given) {
    let mut taken: HashMap<RecordId, usize> = HashMap::new();
    for (at, plan) in rows.iter_mut().enumerate() {
        if plan.known.is_none() || given.decisions.contains_key(&ledger.rows[at].row) {
            continue;
        }
        let earlier = *taken.entry(plan.id).or_insert(at);
        if earlier == at {
            continue;
        }
        let row = &ledger.rows[earlier];
        let what = linli_domain::Label::new("与前面一行是同一条记录", "the same record as an earlier row");
        let candidate = Candidate {
            id: Some(plan.id),
            row: Some(row.row + 1),
            title: ledger.title(row),
            score: 1.0,
            reasons: vec![what],
        };
        plan.outcome = RowOutcome::Duplicate;
        plan.action = Action::Nothing;
        plan.more = Some(Box::new(More { candidates: vec![candidate], ..More::default() }));
    }
}
