//! History: old → new per field, and any moment as it was.

use linli_domain::{
    Record, RecordId, Timestamp, Value, Values, Verb,
    record::{Change, Ended, ListQuery},
};
use linli_store::{StoreError, WriteError};
use proptest::{prelude::*, test_runner::TestRunner};

use crate::support::{RESIDENT, World, edit, on_both, on_residents};

#[test]
fn an_update_shows_old_and_new_and_masks_what_is_sensitive() {
    on_both(|world| {
        let mut record = world.resident("23/01/001", "张三");
        record.values.insert("phone".into(), Value::text("13812345678"));
        let (create, change) = (on_residents(Verb::Create, &[]), on_residents(Verb::Edit, &[]));
        let id = record.id;
        world.store.write_blocking(move |tx| tx.insert(&create, &record, &edit())).unwrap();
        world.clock.advance(60);
        let changes =
            Values::from([("phone".to_owned(), Value::text("13912345678")), ("name".to_owned(), Value::text("张珊"))]);
        world.store.write_blocking(move |tx| tx.update(&change, RESIDENT, id, 1, &changes, &edit())).unwrap();
        let read = on_residents(Verb::Read, &[]);
        let (history, sources) = world
            .store
            .read_blocking::<_, StoreError>(move |tx| {
                Ok((tx.history(&read, RESIDENT, id)?, tx.field_sources(&read, RESIDENT, id)?))
            })
            .unwrap();
        assert_eq!(history.len(), 2);
        assert_eq!((history[0].change, history[1].change), (Change::Edited, Change::Created));
        assert_eq!(history[1].until, history[0].since);
        assert_eq!(history[0].until, Timestamp::FOREVER);
        let changed: Vec<_> = history[0]
            .fields
            .iter()
            .map(|change| (change.field.as_str(), change.old.as_text().unwrap(), change.new.as_text().unwrap()))
            .collect();
        assert_eq!(changed, [("name", "张三", "张珊"), ("phone", "138****5678", "139****5678")]);
        assert_eq!(sources["phone"].1, history[0].since);
    });
}

/// What can happen to a record.
#[derive(Debug, Clone)]
enum Step {
    Edit(Option<i64>, Option<String>),
    Move(u8),
    End,
    Reopen,
    Unwind,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (prop::option::of(-3_i64..3), prop::option::of("[甲乙丙]{1,2}")).prop_map(|(a, b)| Step::Edit(a, b)),
        1 => (1_u8..4).prop_map(Step::Move),
        1 => Just(Step::End),
        1 => Just(Step::Reopen),
        1 => Just(Step::Unwind),
    ];
    prop::collection::vec(step, 1..12)
}

fn apply(world: &World, id: RecordId, version: i64, step: &Step) -> Result<Record, WriteError> {
    let permit = on_residents(Verb::Import, &[]);
    match step.clone() {
        Step::Edit(floor, note) => {
            let changes = Values::from([
                ("floor".to_owned(), floor.map_or(Value::Null, Value::Int)),
                ("note".to_owned(), note.map_or(Value::Null, Value::Text)),
            ]);
            world.store.write_blocking(move |tx| tx.update(&permit, RESIDENT, id, version, &changes, &edit()))
        }
        Step::Move(number) => world.store.write_blocking(move |tx| {
            let path = format!("23/01/00{number}").parse().unwrap();
            tx.relocate(&permit, RESIDENT, id, version, &format!("230100{number}"), &path, &edit())
        }),
        Step::End => world.store.write_blocking(move |tx| {
            let ended = Ended { on: "2024-05-05".parse().unwrap(), reason: "moved".into(), merged_into: None };
            tx.end(&permit, RESIDENT, id, version, &ended, &edit())
        }),
        Step::Reopen => world.store.write_blocking(move |tx| tx.reopen(&permit, RESIDENT, id, version, &edit())),
        Step::Unwind => {
            world.store.write_blocking(move |tx| tx.unwind_to(&permit, RESIDENT, id, version.max(2) - 1, &edit()))
        }
    }
}

#[test]
fn any_moment_reads_as_the_replay_of_what_happened_until_then() {
    on_both(|world| {
        let config = ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() };
        TestRunner::new(config)
            .run(&steps(), |steps| {
                let record = world.resident("23/01/001", "丁");
                let (id, create) = (record.id, on_residents(Verb::Create, &[]));
                let mut now = world.store.write_blocking(move |tx| tx.insert(&create, &record, &edit())).unwrap();
                let mut states = vec![(world.clock.peek(), now.clone())];
                for step in &steps {
                    world.clock.advance(1);
                    match apply(world, id, now.version, step) {
                        Ok(next) => now = next,
                        Err(WriteError::Ended) => {}
                        Err(error) => panic!("{error}"),
                    }
                    states.push((world.clock.peek(), now.clone()));
                }
                let read = on_residents(Verb::Read, &[]);
                let checked = world.store.read_blocking::<_, StoreError>(move |tx| {
                    for (at, expected) in &states {
                        // The home is where a record is kept now, with all its past.
                        let expected = &Record { home: now.home.clone(), ..expected.clone() };
                        let then = tx.record_as_of(&read, RESIDENT, id, *at)?;
                        assert_eq!(then.as_ref(), Some(expected));
                        let mut query = ListQuery::of(RESIDENT);
                        (query.as_of, query.limit) = (Some(*at), 1000);
                        let listed = tx.list(&read, &query)?.records.into_iter().find(|record| record.id == id);
                        assert_eq!(listed.as_ref(), Some(expected).filter(|record| record.ended.is_none()));
                    }
                    assert_eq!(tx.record_as_of(&read, RESIDENT, id, Timestamp(0))?, None);
                    Ok(())
                });
                checked.unwrap();
                Ok(())
            })
            .unwrap();
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}
