//! No read and no write ever touches a row outside the permit's scope.

use std::collections::BTreeSet;

use linli_domain::{
    AreaPath, Permit, RecordId, Value, Values, Verb,
    record::{Ended, ListQuery, NewRecord},
};
use linli_store::{ReadTx, StoreError, WriteError};
use proptest::{prelude::*, test_runner::TestRunner};

use crate::support::{RESIDENT, World, area, edit, on_both, on_residents};

/// Paths of three to five segments out of two letters: neighbours, namesakes and prefixes of each other all occur.
fn paths() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[12]{1,2}(/[12]{1,2}){2,4}", 1..12)
}

fn grants() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[12]{1,2}(/[12]{1,2}){0,3}", 1..4)
}

fn fill(world: &World, paths: &[String]) -> Vec<NewRecord> {
    let records: Vec<NewRecord> =
        paths.iter().enumerate().map(|(number, path)| world.resident(path, &format!("王{number}"))).collect();
    let (permit, copy) = (on_residents(Verb::Create, &[]), records.clone());
    world.store.write_blocking::<_, WriteError>(move |tx| tx.insert_many(&permit, &copy, &edit())).unwrap();
    records
}

fn ids_of(tx: &mut ReadTx<'_>, permit: &Permit, query: &ListQuery) -> Result<BTreeSet<RecordId>, StoreError> {
    let mut ids = BTreeSet::new();
    let mut query = ListQuery { limit: 3, ..query.clone() };
    loop {
        let page = tx.list(permit, &query)?;
        ids.extend(page.records.iter().map(|record| record.id));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(ids),
        }
    }
}

fn every_read_stays_inside(world: &World, records: &[NewRecord], permit: &Permit, query: &ListQuery) {
    let inside =
        |path: &AreaPath| permit.scope().covers(path) && query.area.as_ref().is_none_or(|area| area.covers(path));
    let mine = |record: &&NewRecord| records.iter().any(|other| other.id == record.id);
    let expected: BTreeSet<RecordId> =
        records.iter().filter(mine).filter(|record| inside(&record.path)).map(|record| record.id).collect();
    let all: BTreeSet<RecordId> = records.iter().map(|record| record.id).collect();
    let (permit, query, records) = (permit.clone(), query.clone(), records.to_vec());
    world
        .store
        .read_blocking::<_, StoreError>(move |tx| {
            let listed: BTreeSet<_> = ids_of(tx, &permit, &query)?.intersection(&all).copied().collect();
            assert_eq!(listed, expected, "list {permit:?}");
            let mut scanned = BTreeSet::new();
            tx.scan(&permit, &query, &mut |record| {
                scanned.insert(record.id);
                Ok(())
            })?;
            assert_eq!(scanned.intersection(&all).count(), expected.len(), "scan");
            assert_eq!(tx.count(&permit, &query)?, scanned.len() as u64, "count");
            let facets: u64 = tx.facets(&permit, &query, "sex")?.iter().map(|(_, count)| count).sum();
            assert_eq!(facets, scanned.len() as u64, "facets");
            for (_, place, _) in tx.count_by(&permit, &query, &["sex"], Some(9))? {
                assert!(permit.scope().covers(&place.unwrap()), "cross table");
            }
            if query.area.is_none() {
                for record in &records {
                    let visible = expected.contains(&record.id);
                    assert_eq!(tx.record(&permit, RESIDENT, record.id)?.is_some(), visible);
                    assert_eq!(!tx.history(&permit, RESIDENT, record.id)?.is_empty(), visible);
                    assert_eq!(!tx.field_sources(&permit, RESIDENT, record.id)?.is_empty(), visible);
                    assert_eq!(tx.records(&permit, RESIDENT, &[record.id])?.len(), usize::from(visible));
                    let then = tx.record_as_of(&permit, RESIDENT, record.id, tx.now())?;
                    assert_eq!(then.is_some(), visible);
                }
            }
            Ok(())
        })
        .unwrap();
}

fn every_write_stays_inside(world: &World, records: &[NewRecord], areas: &[&str]) {
    for record in records {
        let (id, visible) = (record.id, on_residents(Verb::Edit, areas).scope().covers(&record.path));
        let (change, end, import) =
            (on_residents(Verb::Edit, areas), on_residents(Verb::End, areas), on_residents(Verb::Import, areas));
        let changes = Values::from([("sex".to_owned(), Value::text("1"))]);
        let changed = world.store.write_blocking(move |tx| tx.update(&change, RESIDENT, id, 1, &changes, &edit()));
        let ended = Ended { on: "2024-01-01".parse().unwrap(), reason: "moved".into(), merged_into: None };
        let done = world.store.write_blocking(move |tx| tx.end(&end, RESIDENT, id, 2, &ended, &edit()));
        let undone = world.store.write_blocking(move |tx| tx.unwind_to(&import, RESIDENT, id, 1, &edit()));
        for outcome in [changed, done, undone] {
            assert_eq!(outcome.is_ok(), visible, "{outcome:?}");
            assert!(visible || outcome == Err(WriteError::NotFound));
        }
        let copy = NewRecord { id: world.id(), ..record.clone() };
        let create = on_residents(Verb::Create, areas);
        let made = world.store.write_blocking(move |tx| tx.insert(&create, &copy, &edit()));
        assert!(made.is_ok() == visible && (visible || made == Err(WriteError::OutOfScope)), "{made:?}");
    }
}

#[test]
fn no_read_or_write_reaches_outside_the_scope() {
    on_both(|world| {
        let mut runner = TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() });
        let case = (paths(), grants(), prop::option::of("[12]{1,2}(/[12]{1,2}){0,2}"), any::<bool>());
        runner
            .run(&case, |(paths, grants, within, sorted)| {
                let records = fill(world, &paths);
                let areas: Vec<&str> = grants.iter().map(String::as_str).collect();
                let permit = on_residents(Verb::Read, &areas);
                let mut query = ListQuery::of(RESIDENT);
                query.area = within.as_deref().map(area);
                if sorted {
                    query.sort = vec![("name".into(), false), ("floor".into(), true)];
                }
                every_read_stays_inside(world, &records, &permit, &query);
                query.as_of = Some(world.clock.peek());
                every_read_stays_inside(world, &records, &permit, &query);
                every_write_stays_inside(world, &records, &areas);
                Ok(())
            })
            .unwrap();
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}
