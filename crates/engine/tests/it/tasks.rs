//! Assignments: exactly one for each record of a population, never outside the request's area, however often the job runs.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    AreaPath, RecordId, Source, Subject, Value, Values, Verb,
    actor::Actor,
    record::{NewRecord, SourceKind},
    task::{AssignmentState, TaskState},
};
use linli_engine::{Engine, collect::held, task};
use linli_store::{
    StoreError,
    tables::{Assignment, AssignmentQuery, Task},
};
use proptest::prelude::*;
use serde_json::json;

use crate::{
    sheet_kit::{ONE, RESIDENT, TWO, actor, street},
    world::World,
};

/// Places a resident may stand on, with their homes.
const PLACES: [(&str, &str); 5] = [
    ("23/01/02/001/001", ONE),
    ("23/01/02/001/001/001", ONE),
    ("23/01/02/001/001/001/002", ONE),
    ("23/01/02/001/001/002", ONE),
    ("23/01/02/001/002", TWO),
];

/// Areas a request may be about.
const AREAS: [&str; 4] = ["23/01/02/001", "23/01/02/001/001", "23/01/02/001/001/001", "23/01/02/001/002"];

fn path(text: &str) -> AreaPath {
    text.parse().unwrap()
}

/// Residents by place; those of an even number live alone.
fn residents(world: &World, places: &[usize]) -> Vec<(RecordId, AreaPath, bool)> {
    let engine = &world.engine;
    let records: Vec<NewRecord> = places
        .iter()
        .enumerate()
        .map(|(number, place)| {
            let (place, home) = PLACES[*place];
            let mut values = Values::from([("name".to_owned(), Value::text(format!("居民{number}")))]);
            if number % 2 == 0 {
                values.insert("care_tags".into(), Value::Codes(vec!["elderly_alone".into()]));
            }
            NewRecord { entity: RESIDENT.into(), id: engine.ids.next(), home: home.into(), path: path(place), values }
        })
        .collect();
    let made = records.iter().map(|one| (one.id, one.path.clone(), one.values.contains_key("care_tags"))).collect();
    let permit = engine.permit(&Engine::operator(), Verb::Create, Subject::Entity(RESIDENT.into())).unwrap();
    let source = Source { kind: SourceKind::Demo, reference: String::new() };
    for part in records.chunks(5_000) {
        let (part, permit, source) = (part.to_vec(), permit.clone(), source.clone());
        engine
            .store
            .write_blocking::<_, StoreError>(move |tx| {
                tx.insert_many(&permit, &part, &source).unwrap();
                Ok(())
            })
            .unwrap();
    }
    made
}

/// An approved request whose assignments are still to be made.
fn approved(world: &World, area: &str) -> RecordId {
    let engine = &world.engine;
    let id = engine.ids.next();
    let task = Task {
        id,
        number: format!("2026-{}", &id.to_string()[30..]),
        area: path(area),
        state: TaskState::Open,
        by: engine.ids.next(),
        by_name: "街道".into(),
        created: engine.now(),
        approved: Some(engine.now()),
        deadline: None,
        expires: None,
        assigned: Some(String::new()),
        reminded: None,
        body: json!({ "title": "核对", "kind": "visit", "entity": RESIDENT, "filters": ["care_tags:elderly_alone"] }),
    };
    let permit = engine.permit(&Engine::operator(), Verb::Manage, Subject::Tasks).unwrap();
    engine
        .store
        .write_blocking::<_, StoreError>(move |tx| {
            tx.put_task(&permit, &task).unwrap();
            Ok(())
        })
        .unwrap();
    id
}

fn assignments(world: &World, task: RecordId) -> Vec<Assignment> {
    let permit = world.engine.permit(&Engine::operator(), Verb::Read, Subject::Tasks).unwrap();
    let mut all: Vec<Assignment> = Vec::new();
    loop {
        let after = all.last().map(|one| (one.path.clone(), one.id));
        let query = AssignmentQuery { tasks: vec![task], after, limit: 5_000, ..AssignmentQuery::default() };
        let permit = permit.clone();
        let page =
            world.engine.store.read_blocking::<_, StoreError>(move |tx| tx.assignments(&permit, &query)).unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn every_record_of_the_population_gets_exactly_one_within_the_area(
        places in prop::collection::vec(0..PLACES.len(), 0..40), area in 0..AREAS.len(), more in 0..PLACES.len()
    ) {
        let world = street();
        let people = residents(&world, &places);
        let area = AREAS[area];
        let id = approved(&world, area);
        let payload = json!({ "task": id });
        // Two processes take the same job.
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| task::assign_job(&world.engine, &payload).unwrap());
            }
        });
        let first = assignments(&world, id);
        // Who comes later, and a job that is run again, change nothing.
        residents(&world, &[more, more]);
        task::assign_job(&world.engine, &payload).unwrap();
        let made = assignments(&world, id);
        prop_assert_eq!(&first, &made);
        prop_assert!(made.iter().all(|one| path(area).covers(&one.path) && one.state == AssignmentState::Open));
        let wanted: BTreeMap<RecordId, AreaPath> = people
            .into_iter()
            .filter(|(_, place, alone)| *alone && path(area).covers(place))
            .map(|(id, place, _)| (id, place))
            .collect();
        let found: BTreeMap<RecordId, AreaPath> = made.iter().map(|one| (one.record, one.path.clone())).collect();
        prop_assert_eq!(made.len(), found.len());
        prop_assert_eq!(found, wanted);
    }
}

#[test]
fn twenty_thousand_assignments_are_a_matter_of_seconds() {
    let world = street();
    let places: Vec<usize> = (0..40_000).map(|number| number % PLACES.len()).collect();
    residents(&world, &places);
    let id = approved(&world, "23/01/02/001");
    let begun = std::time::Instant::now();
    task::assign_job(&world.engine, &json!({ "task": id })).unwrap();
    let took = begun.elapsed();
    println!("20,000 assignments in {took:?}");
    let made = assignments(&world, id);
    assert_eq!(made.iter().map(|one| one.record).collect::<BTreeSet<_>>().len(), 20_000);
    assert!(took < std::time::Duration::from_secs(60), "{took:?}");
}

#[test]
fn what_is_held_is_counted_by_the_areas_below_within_ones_own_scope() {
    let world = street();
    residents(&world, &[0, 1, 2, 3, 4, 4]);
    let elements: Vec<String> =
        ["people/resident/care_tags", "people/resident/name", "people/resident/phone", "people/resident/nothing"]
            .map(str::to_owned)
            .to_vec();
    let held_by = |who: &Actor| {
        let (engine, who, elements) = (world.engine.clone(), who.clone(), elements.clone());
        let store = engine.store.clone();
        store
            .read_blocking::<_, linli_engine::Problem>(move |tx| {
                held::held(&engine, tx, &who, &path("23/01/02/001"), &elements, None)
            })
            .unwrap()
    };
    let all = held_by(&actor(&world, "network/street", "23/01/02/001"));
    let told: Vec<(&str, u64, u64)> =
        all.iter().map(|one| (one.element.rsplit('/').next().unwrap(), one.known, one.records)).collect();
    assert_eq!(told, [("care_tags", 3, 6), ("name", 6, 6), ("phone", 0, 6)]);
    let parts: Vec<(&str, u64, u64)> =
        all[0].by_area.iter().map(|one| (one.area.code.as_str(), one.known, one.records)).collect();
    assert_eq!(parts, [(ONE, 2, 4), (TWO, 1, 2)]);
    let one = held_by(&actor(&world, "network/community", "23/01/02/001/001"));
    assert_eq!((one[1].known, one[1].records), (4, 4), "nothing of the neighbours is counted");
    let engine = &world.engine;
    assert!(
        held::needs_reason(engine, 8, 10) && !held::needs_reason(engine, 79, 100) && !held::needs_reason(engine, 0, 0)
    );
}
