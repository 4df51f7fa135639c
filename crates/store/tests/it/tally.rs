//! Tallies: counts kept in the transaction that changes them are the counts there are.

use std::time::{Duration, Instant};

use linli_domain::{
    Permit, Value, Values, Verb,
    record::{Condition, Ended, ListQuery, NewRecord},
};
use linli_store::{MigrationClass, StoreError, WriteError};

use crate::support::{RESIDENT, World, area, city, edit, on_residents, sqlite};

fn queries() -> Vec<ListQuery> {
    let text = |code: &str| Value::text(code);
    let sets: [Vec<Condition>; 5] = [
        vec![],
        vec![Condition::In("sex".into(), vec![text("1")])],
        vec![Condition::In("sex".into(), vec![text("2"), Value::Null])],
        vec![Condition::In("sex".into(), vec![text("1")]), Condition::In("kind".into(), vec![text("3"), text("4")])],
        vec![Condition::In("alone".into(), vec![Value::Bool(true)])],
    ];
    let areas = [None, Some("23/01"), Some("23/01/002"), Some("23/01/001/G1/B2/U3")];
    let with = |conditions: &Vec<Condition>, place: Option<&str>| ListQuery {
        conditions: conditions.clone(),
        area: place.map(area),
        ..ListQuery::of(RESIDENT)
    };
    areas.iter().flat_map(|place| sets.iter().map(|set| with(set, *place)).collect::<Vec<_>>()).collect()
}

/// Counts by a query, and by reading all it lists.
fn both(world: &World, permit: &Permit, query: &ListQuery) -> (u64, u64) {
    let (permit, query) = (permit.clone(), query.clone());
    let read = move |tx: &mut linli_store::ReadTx<'_>| {
        let mut listed = 0;
        tx.scan(&permit, &query, &mut |_| {
            listed += 1;
            Ok(())
        })?;
        Ok::<_, StoreError>((tx.count(&permit, &query)?, listed))
    };
    world.store.read_blocking(read).unwrap()
}

fn counts_are_right(world: &World) {
    for scope in [&["23"][..], &["23/01/001", "23/02"], &[]] {
        let permit = on_residents(Verb::Read, scope);
        for query in queries() {
            let (count, listed) = both(world, &permit, &query);
            assert_eq!(count, listed, "{scope:?} {query:?}");
        }
    }
}

/// A connection of our own.
fn beside(world: &World) -> rusqlite::Connection {
    let linli_store::Database::Sqlite(file) = &world.config.database else { panic!("tallies are SQLite's") };
    rusqlite::Connection::open(file).unwrap()
}

/// How many there are of the tallies that answer all of [`queries`].
fn tallies(world: &World) -> i64 {
    let text = "SELECT count(*) FROM linli_tally WHERE fields IN ('kind,sex', 'alone')";
    beside(world).query_row(text, [], |row| row.get(0)).unwrap()
}

fn until_all_are_built(world: &World) {
    let started = Instant::now();
    while tallies(world) < 2 {
        assert!(started.elapsed() < Duration::from_secs(60), "{} tallies", tallies(world));
        counts_are_right(world);
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn person(world: &World, number: usize) -> NewRecord {
    let path =
        format!("23/0{}/00{}/G{}/B{}/U{}", 1 + number % 2, 1 + number % 3, number / 2 % 2, number % 4, number % 5);
    let mut record = world.resident(&path, "张三");
    let mut put = |name: &str, value: Value| drop(record.values.insert(name.into(), value));
    if !number.is_multiple_of(5) {
        put("sex", Value::text((1 + number % 2).to_string()));
    }
    put("kind", Value::text((1 + number % 4).to_string()));
    put("alone", Value::Bool(number.is_multiple_of(3)));
    record
}

fn write(
    world: &World,
    mut work: impl FnMut(&mut linli_store::WriteTx<'_>) -> Result<(), WriteError> + Send + 'static,
) {
    world.store.write_blocking(move |tx| work(tx)).unwrap();
}

#[test]
fn a_tally_says_what_reading_all_rows_would_after_every_kind_of_write() {
    let world = sqlite();
    world.store.tally_above(10);
    let people: Vec<NewRecord> = (0..200).map(|number| person(&world, number)).collect();
    let copy = people.clone();
    write(&world, move |tx| tx.insert_many(&on_residents(Verb::Create, &[]), &copy, &edit()));
    until_all_are_built(&world);
    counts_are_right(&world);

    let changed = Values::from([("sex".to_owned(), Value::text("2")), ("kind".to_owned(), Value::Null)]);
    let ids: Vec<_> = people.iter().map(|record| record.id).collect();
    let own = ids.clone();
    write(&world, move |tx| {
        let may = on_residents(Verb::Edit, &[]);
        for id in &own[0..40] {
            tx.update(&may, RESIDENT, *id, 1, &changed, &edit())?;
        }
        for id in &own[30..60] {
            let version = tx.record(&may, RESIDENT, *id)?.map_or(0, |record| record.version);
            tx.relocate(&may, RESIDENT, *id, version, "2302001", &area("23/02/001/G9"), &edit())?;
        }
        Ok(())
    });
    counts_are_right(&world);
    let own = ids.clone();
    write(&world, move |tx| {
        let may = on_residents(Verb::End, &[]);
        let ended = Ended { on: jiff::civil::date(2026, 1, 2), reason: "01".into(), merged_into: None };
        for id in &own[50..120] {
            let version = tx.record(&may, RESIDENT, *id)?.map_or(0, |record| record.version);
            tx.end(&may, RESIDENT, *id, version, &ended, &edit())?;
        }
        for id in &own[50..80] {
            let version = tx.record(&may, RESIDENT, *id)?.map_or(0, |record| record.version);
            tx.reopen(&may, RESIDENT, *id, version, &edit())?;
        }
        Ok(())
    });
    counts_are_right(&world);
    // What fails is not counted.
    let more = person(&world, 7);
    let failed = world.store.write_blocking::<(), WriteError>(move |tx| {
        tx.insert(&on_residents(Verb::Create, &[]), &more, &edit())?;
        Err(WriteError::OutOfScope)
    });
    assert_eq!(failed, Err(WriteError::OutOfScope));
    counts_are_right(&world);
}

#[test]
fn a_transaction_counts_what_it_wrote_itself() {
    let world = sqlite();
    world.store.tally_above(1);
    let people: Vec<NewRecord> = (0..20).map(|number| person(&world, number)).collect();
    write(&world, move |tx| tx.insert_many(&on_residents(Verb::Create, &[]), &people, &edit()));
    until_all_are_built(&world);
    let one_more = person(&world, 3);
    let counted = world.store.write_blocking::<_, WriteError>(move |tx| {
        tx.insert(&on_residents(Verb::Create, &[]), &one_more, &edit())?;
        Ok(tx.count(&on_residents(Verb::Read, &[]), &ListQuery::of(RESIDENT))?)
    });
    assert_eq!(counted, Ok(21));
}

#[test]
fn a_count_of_a_large_scope_is_answered_by_its_tally() {
    let world = sqlite();
    world.store.tally_above(1);
    let people: Vec<NewRecord> = (0..20).map(|number| person(&world, number)).collect();
    write(&world, move |tx| tx.insert_many(&on_residents(Verb::Create, &[]), &people, &edit()));
    until_all_are_built(&world);
    beside(&world).execute("UPDATE linli_tally_row SET n = n + 1000", []).unwrap();
    let (count, listed) = both(&world, &on_residents(Verb::Read, &["23"]), &ListQuery::of(RESIDENT));
    assert_eq!(listed, 20);
    assert!(count > 1000, "{count}");
}

#[test]
fn a_moved_area_is_counted_where_it_stands_now() {
    let world = sqlite();
    world.store.tally_above(1);
    let permit = crate::tables::tree(&world);
    let people: Vec<NewRecord> = (0..40).map(|number| person(&world, number)).collect();
    write(&world, move |tx| tx.insert_many(&on_residents(Verb::Create, &[]), &people, &edit()));
    until_all_are_built(&world);
    let one_more = person(&world, 6);
    let moved = world.store.write_blocking::<_, WriteError>(move |tx| {
        tx.insert(&on_residents(Verb::Create, &[]), &one_more, &edit())?;
        tx.move_area(&permit, "2301001G1", "2301002")
    });
    let moved = moved.unwrap();
    assert!(moved > 2, "{moved}");
    counts_are_right(&world);
    until_all_are_built(&world);
    counts_are_right(&world);
}

#[test]
fn a_migration_starts_the_tallies_anew() {
    let world = sqlite();
    world.store.tally_above(1);
    let people: Vec<NewRecord> = (0..20).map(|number| person(&world, number)).collect();
    write(&world, move |tx| tx.insert_many(&on_residents(Verb::Create, &[]), &people, &edit()));
    until_all_are_built(&world);
    let mut wanted = city();
    let resident = wanted.entities.get_mut(RESIDENT).unwrap();
    resident.fields.retain(|field| field.name != "kind");
    world.store.migrate(wanted, MigrationClass::Destructive).unwrap();
    assert_eq!(tallies(&world), 0);
}
