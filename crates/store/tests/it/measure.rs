//! Figures: a measure counts exactly the rows that its filter lists, and a roll-up is what the rows say.

use std::time::{Duration, Instant};

use linli_domain::{
    Catalogue, Label, Permit, Subject, Timestamp, Value, Values, Verb,
    expr::{Scope, parse, parse_filter},
    insight::{Direction, Formula, Indicator, Measure, Roll, RollMeasure, Unit, What},
    record::{Ended, ListQuery, NewRecord},
};
use linli_store::{Fault, MeasureBy, ReadTx, Store, StoreError, WriteError, WriteTx};

use proptest::{prelude::*, test_runner::TestRunner};

use crate::support::{RESIDENT, World, area, city, edit, may, on_both, on_residents, world};

fn figures(areas: &[&str]) -> Permit {
    may(Verb::Read, Subject::Insight, areas)
}

fn measure(what: What, filter: &str) -> Measure {
    let catalogue = city();
    let scope = Scope::of_entity(&catalogue.entities[RESIDENT], &catalogue);
    let filter = (!filter.is_empty()).then(|| parse_filter(filter, &scope).unwrap());
    Measure { what, filter, at: None, area: None }
}

fn count(filter: &str) -> Measure {
    measure(What::Count { entity: RESIDENT.into() }, filter)
}

fn mean(of: &str, filter: &str) -> Measure {
    let catalogue = city();
    let scope = Scope::of_entity(&catalogue.entities[RESIDENT], &catalogue);
    measure(What::Mean { entity: RESIDENT.into(), of: parse(of, &scope).unwrap() }, filter)
}

fn sum(field: &str, scale: u8, filter: &str) -> Measure {
    measure(What::Sum { entity: RESIDENT.into(), field: field.into(), scale }, filter)
}

fn measures() -> Vec<Measure> {
    vec![
        count(""),
        count("sex == '1'"),
        count("has(floor) && floor >= 3 || '20' in tags"),
        sum("pension", 2, "alone"),
        mean("floor", "sex != '2'"),
        mean("floor * 2 + size(tags)", ""),
    ]
}

/// A city whose indicators need these measures.
fn with_indicators() -> Catalogue {
    let mut catalogue = city();
    for (at, one) in measures().into_iter().enumerate() {
        let name = format!("people/figure_{at}");
        let indicator = Indicator {
            name: name.clone(),
            label: Label::default(),
            about: Label::default(),
            figures: Vec::new(),
            group: "people".into(),
            unit: Unit::Count,
            suffix: None,
            decimals: 0,
            direction: Direction::None,
            target: None,
            value: Formula::Name("numerator".into()),
            value_text: "numerator".into(),
            needs: 1,
            levels: Vec::new(),
            measures: [("numerator".to_owned(), one)].into(),
            base: None,
            also: None,
            rank: true,
        };
        catalogue.indicators.insert(name, indicator);
    }
    catalogue
}

fn person(world: &World, number: usize) -> NewRecord {
    let path = format!("23/0{}/00{}/G{}/B{}", 1 + number % 2, 1 + number % 3, number / 2 % 2, number % 4);
    let mut record = world.resident(&path, "张三");
    let mut put = |name: &str, value: Value| drop(record.values.insert(name.into(), value));
    if !number.is_multiple_of(5) {
        put("sex", Value::text((1 + number % 2).to_string()));
    }
    if !number.is_multiple_of(3) {
        put("floor", Value::Int((number % 7) as i64));
    }
    put("alone", Value::Bool(number.is_multiple_of(4)));
    put("pension", Value::Int(100 * number as i64));
    if number.is_multiple_of(6) {
        put("tags", Value::Codes(vec!["20".into(), "21".into()]));
    }
    record
}

fn write(world: &World, mut work: impl FnMut(&mut WriteTx<'_>) -> Result<(), WriteError> + Send + 'static) {
    world.store.write_blocking(move |tx| work(tx)).unwrap();
}

fn people(world: &World, count: usize) -> Vec<NewRecord> {
    let people: Vec<NewRecord> = (0..count).map(|number| person(world, number)).collect();
    let copy = people.clone();
    write(world, move |tx| tx.insert_many(&on_residents(Verb::Create, &[]), &copy, &edit()));
    people
}

/// What a measure finds at and below a place, and what its filter lists there.
fn both(world: &World, measure: &Measure, place: &str, as_of: Option<Timestamp>) -> ((i64, i64), (i64, i64)) {
    both_within(world, &[], measure, place, as_of)
}

/// The same of somebody who may see some areas only.
fn both_within(
    world: &World,
    scope: &[&str],
    measure: &Measure,
    place: &str,
    as_of: Option<Timestamp>,
) -> ((i64, i64), (i64, i64)) {
    let (counts, reads) = (figures(scope), on_residents(Verb::Read, scope));
    let (kept, place) = (RollMeasure::of(measure).unwrap(), area(place));
    let add = kept.add.clone();
    world
        .store
        .read_blocking::<_, StoreError>(move |tx: &mut ReadTx<'_>| {
            let query = ListQuery { area: Some(place), as_of, ..ListQuery::of(RESIDENT) };
            let found = tx.measure(&counts, &query, &kept, MeasureBy::Area)?;
            let found = found.iter().fold((0, 0), |sum, row| (sum.0 + row.n, sum.1 + row.sum));
            let query = ListQuery { filter: kept.filter.clone(), ..query };
            let (mut listed, today) = ((0, 0), tx.now().china_date());
            tx.scan(&reads, &query, &mut |record| {
                let number =
                    add.as_ref().map(|add| linli_domain::expr::eval(add, &|name| record.value(name).clone(), today));
                match number {
                    Some(Value::Int(number)) => listed = (listed.0 + 1, listed.1 + number),
                    Some(_) if kept.known_only => {}
                    _ => listed.0 += 1,
                }
                Ok(())
            })?;
            Ok((found, listed))
        })
        .unwrap()
}

/// A filter as packs write them, of any depth.
fn filters() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        (1..4_u8).prop_map(|code| format!("sex == '{code}'")),
        (1..4_u8).prop_map(|code| format!("sex != '{code}'")),
        (0..7_u8).prop_map(|floor| format!("floor >= {floor}")),
        (0..7_u8).prop_map(|floor| format!("floor * 2 - 3 < {floor}")),
        (0..120_u8).prop_map(|yuan| format!("pension > {yuan}.5")),
        Just("has(floor)".to_owned()),
        Just("has(sex) && sex in ['1', '9']".to_owned()),
        Just("alone".to_owned()),
        Just("'20' in tags".to_owned()),
        Just("size(tags) > 1".to_owned()),
    ];
    atom.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left}) && ({right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left}) || ({right})")),
            inner.prop_map(|one| format!("!({one})")),
        ]
    })
}

#[test]
fn a_figure_of_any_filter_counts_exactly_the_rows_it_lists_in_any_scope_on_any_day() {
    const SCOPES: [&[&str]; 4] = [&[], &["23/01"], &["23/01/002", "23/02/001"], &["23/02/003/G1"]];
    on_both(|world| {
        let people = people(world, 90);
        let before = world.clock.peek();
        world.clock.advance(60);
        let changed = Values::from([("sex".to_owned(), Value::Null), ("floor".to_owned(), Value::Int(5))]);
        let ids: Vec<_> = people.iter().map(|record| record.id).collect();
        write(world, move |tx| {
            for id in &ids[0..25] {
                tx.update(&on_residents(Verb::Edit, &[]), RESIDENT, *id, 1, &changed, &edit())?;
            }
            for id in &ids[10..20] {
                let to = area("23/02/001/G9");
                tx.relocate(&on_residents(Verb::Edit, &[]), RESIDENT, *id, 2, "2302001", &to, &edit())?;
            }
            let ended = Ended { on: jiff::civil::date(2023, 11, 20), reason: "01".into(), merged_into: None };
            for id in &ids[40..50] {
                tx.end(&on_residents(Verb::End, &[]), RESIDENT, *id, 1, &ended, &edit())?;
            }
            Ok(())
        });
        let config = ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() };
        let asked = (filters(), 0..3_usize, 0..PLACES.len(), 0..SCOPES.len(), any::<bool>());
        let outcome = TestRunner::new(config).run(&asked, |(filter, kind, place, scope, then)| {
            let one = match kind {
                0 => count(&filter),
                1 => sum("pension", 2, &filter),
                _ => mean("floor", &filter),
            };
            let as_of = then.then_some(before);
            let (found, listed) = both_within(world, SCOPES[scope], &one, PLACES[place], as_of);
            prop_assert_eq!(found, listed, "{} {} in {:?}", world.name, filter, SCOPES[scope]);
            Ok(())
        });
        outcome.unwrap();
    });
}

const PLACES: [&str; 4] = ["23", "23/01", "23/01/002", "23/01/002/G0/B0"];

#[test]
fn a_figure_counts_exactly_the_rows_it_lists() {
    on_both(|world| {
        let people = people(world, 120);
        let before = world.clock.peek();
        world.clock.advance(60);
        let changed = Values::from([("sex".to_owned(), Value::text("2")), ("floor".to_owned(), Value::Int(9))]);
        let ids: Vec<_> = people.iter().map(|record| record.id).collect();
        write(world, move |tx| {
            for id in &ids[0..30] {
                tx.update(&on_residents(Verb::Edit, &[]), RESIDENT, *id, 1, &changed, &edit())?;
            }
            let ended = Ended { on: jiff::civil::date(2023, 11, 20), reason: "01".into(), merged_into: None };
            for id in &ids[30..40] {
                tx.end(&on_residents(Verb::End, &[]), RESIDENT, *id, 1, &ended, &edit())?;
            }
            Ok(())
        });
        for one in measures() {
            for place in PLACES {
                for as_of in [None, Some(before)] {
                    let (found, listed) = both(world, &one, place, as_of);
                    assert_eq!(found, listed, "{} {place} {as_of:?} {one:?}", world.name);
                }
            }
        }
        let (now, _) = both(world, &count(""), "23", None);
        let (then, _) = both(world, &count(""), "23", Some(before));
        assert_eq!((now.0, then.0), (110, 120));
    });
}

#[test]
fn many_measures_in_one_pass_find_what_each_finds_alone_within_the_same_areas() {
    on_both(|world| {
        people(world, 120);
        let kept: Vec<RollMeasure> = measures().iter().map(|one| RollMeasure::of(one).unwrap()).collect();
        let places: [&'static [&'static str]; 3] = [&[], &["23/01"], &["23/01/002", "23/02"]];
        for place in places {
            let kept = kept.clone();
            let found = world.store.read_blocking::<_, StoreError>(move |tx| {
                let permit = figures(place);
                let mut alone = Vec::new();
                for one in &kept {
                    alone.push(tx.measure(&permit, &ListQuery::of(RESIDENT), one, MeasureBy::Area)?);
                }
                let together = tx.measures(&permit, RESIDENT, &kept.iter().collect::<Vec<_>>())?;
                Ok((alone, together))
            });
            let (mut alone, mut together) = found.unwrap();
            assert!(!alone[0].is_empty(), "{place:?}");
            alone.iter_mut().chain(&mut together).for_each(|rows| rows.sort_by(|a, b| a.path.cmp(&b.path)));
            assert_eq!(together, alone, "{} {place:?}", world.name);
        }
    });
}

#[test]
fn figures_can_be_told_by_the_codes_of_a_field() {
    on_both(|world| {
        people(world, 60);
        let found = world.store.read_blocking::<_, StoreError>(|tx| {
            let kept = RollMeasure::of(&count("")).unwrap();
            tx.measure(&figures(&["23/01"]), &ListQuery::of(RESIDENT), &kept, MeasureBy::Field("sex"))
        });
        let mut found: Vec<(Value, i64)> = found.unwrap().into_iter().map(|row| (row.value, row.n)).collect();
        found.sort();
        // 23/01 holds the 30 even numbers; of them 6 are multiples of 5 (no sex), the others are 1.
        assert_eq!(found, [(Value::Null, 6), (Value::text("1"), 24)]);
    });
}

#[test]
fn figures_need_a_permit_on_figures_and_stay_within_it() {
    on_both(|world| {
        people(world, 12);
        let kept = RollMeasure::of(&count("")).unwrap();
        let ask = |permit: Permit| {
            let kept = kept.clone();
            let found = world.store.read_blocking::<_, StoreError>(move |tx| {
                tx.measure(&permit, &ListQuery::of(RESIDENT), &kept, MeasureBy::Area)
            });
            found.map(|rows| rows.iter().map(|row| row.n).sum::<i64>())
        };
        assert_eq!(ask(figures(&["23/02"])), Ok(6));
        assert!(matches!(ask(on_residents(Verb::Read, &[])), Err(StoreError::NotPermitted(_))));
    });
}

/// A connection of our own.
fn beside(world: &World) -> rusqlite::Connection {
    let linli_store::Database::Sqlite(file) = &world.config.database else { panic!("roll-ups are SQLite's") };
    rusqlite::Connection::open(file).unwrap()
}

/// The roll-up of a measure at a place.
fn rolled(world: &World, measure: &Measure, place: &str) -> Option<(i64, i64)> {
    let (roll, place) = (Roll::of(measure).unwrap(), area(place));
    let depth = place.as_str().split('/').count();
    let found = world.store.read_blocking::<_, StoreError>(move |tx| tx.rolled(&figures(&[]), &[&roll], &place, depth));
    let rows = found.unwrap().into_values().next()?;
    Some(rows.iter().fold((0, 0), |sum, row| (sum.0 + row.n, sum.1 + row.sum)))
}

fn until_all_are_built(world: &World) {
    let started = Instant::now();
    while measures().iter().any(|one| rolled(world, one, "23").is_none()) {
        assert!(started.elapsed() < Duration::from_secs(60), "roll-ups were not built");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn roll_ups_say_what_the_rows_say(world: &World) {
    for one in measures() {
        for place in &PLACES[..3] {
            let (counted, _) = both(world, &one, place, None);
            assert_eq!(rolled(world, &one, place), Some(counted), "{place} {one:?}");
        }
    }
    let faults = world.store.verify().unwrap().faults;
    assert!(!faults.iter().any(|fault| matches!(fault, Fault::Rollup { .. })), "{faults:?}");
}

/// Runs a scenario on each kind of database with indicators.
fn on_each(scenario: impl Fn(&World)) {
    scenario(&world("sqlite", None, with_indicators()));
    match crate::support::postgres_server() {
        Some(_) => scenario(&world("postgres", Some(crate::support::new_postgres()), with_indicators())),
        None => eprintln!("LINLI_TEST_POSTGRES is not set: this ran on SQLite only"),
    }
}

#[test]
fn a_roll_up_says_what_reading_all_rows_would_after_every_kind_of_write() {
    on_each(a_city_is_written_to);
}

fn a_city_is_written_to(world: &World) {
    let people = people(world, 150);
    until_all_are_built(world);
    roll_ups_say_what_the_rows_say(world);
    let ids: Vec<_> = people.iter().map(|record| record.id).collect();
    let changed = Values::from([("sex".to_owned(), Value::Null), ("pension".to_owned(), Value::Int(5))]);
    write(world, move |tx| {
        for id in &ids[0..40] {
            tx.update(&on_residents(Verb::Edit, &[]), RESIDENT, *id, 1, &changed, &edit())?;
        }
        for id in &ids[30..60] {
            let version = tx.record(&on_residents(Verb::Edit, &[]), RESIDENT, *id)?.map_or(0, |record| record.version);
            let to = area("23/02/001/G9");
            tx.relocate(&on_residents(Verb::Edit, &[]), RESIDENT, *id, version, "2302001", &to, &edit())?;
        }
        let ended = Ended { on: jiff::civil::date(2023, 11, 20), reason: "01".into(), merged_into: None };
        for id in &ids[70..90] {
            tx.end(&on_residents(Verb::End, &[]), RESIDENT, *id, 1, &ended, &edit())?;
        }
        Ok(())
    });
    roll_ups_say_what_the_rows_say(world);
    // What fails is not counted.
    let more = person(world, 7);
    let failed = world.store.write_blocking::<(), WriteError>(move |tx| {
        tx.insert(&on_residents(Verb::Create, &[]), &more, &edit())?;
        Err(WriteError::OutOfScope)
    });
    assert_eq!(failed, Err(WriteError::OutOfScope));
    roll_ups_say_what_the_rows_say(world);
}

#[test]
fn a_tampered_roll_up_is_named() {
    let world = world("sqlite", None, with_indicators());
    people(&world, 30);
    until_all_are_built(&world);
    let id = Roll::of(&count("sex == '1'")).unwrap().id;
    let text = "UPDATE linli_rollup SET n = n + 1 WHERE id = ?1 AND path = '23/01/001'";
    assert_eq!(beside(&world).execute(text, [&id]).unwrap(), 1);
    let report = world.store.verify().unwrap();
    assert!(report.rollups > 0);
    match report.faults.as_slice() {
        [Fault::Rollup { entity, filter, path, held, counted }] => {
            assert_eq!((entity.as_str(), filter.as_str(), path.as_str()), (RESIDENT, "sex == '1'", "23/01/001"));
            assert_eq!(held - counted, 1);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_moved_area_takes_its_figures_along() {
    on_each(|world| {
        let permit = crate::tables::tree(world);
        people(world, 40);
        until_all_are_built(world);
        world.store.write_blocking::<_, WriteError>(move |tx| tx.move_area(&permit, "2301001G1", "2301002")).unwrap();
        until_all_are_built(world);
        roll_ups_say_what_the_rows_say(world);
    });
}

/// What the roll-up and the rows say in one snapshot; nothing while it is not built.
fn at_one_moment(store: &Store, measure: &Measure, place: &str) -> Option<((i64, i64), (i64, i64))> {
    let (roll, kept, place) = (Roll::of(measure)?, RollMeasure::of(measure)?, area(place));
    let depth = place.as_str().split('/').count();
    let sum = |rows: &[linli_store::MeasureRow]| rows.iter().fold((0, 0), |sum, row| (sum.0 + row.n, sum.1 + row.sum));
    let found = store.read_blocking::<_, StoreError>(move |tx| {
        let rolled = tx.rolled(&figures(&[]), &[&roll], &place, depth)?;
        let query = ListQuery { area: Some(place), ..ListQuery::of(RESIDENT) };
        Ok((rolled.into_values().next(), tx.measure(&figures(&[]), &query, &kept, MeasureBy::Area)?))
    });
    let (rolled, counted) = found.unwrap();
    Some((sum(&rolled?), sum(&counted)))
}

/// Tells writers to stop when it goes.
struct Stop<'a>(&'a std::sync::atomic::AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

#[test]
fn roll_ups_agree_with_the_rows_at_every_moment_while_several_processes_write_build_and_fold() {
    on_each(|world| {
        let others: Vec<Store> = match world.name {
            "postgres" => vec![Store::open(world.config.clone()).unwrap()],
            _ => Vec::new(),
        };
        people(world, 60);
        let stores: Vec<&Store> = std::iter::once(&world.store).chain(&others).collect();
        let over = std::sync::atomic::AtomicBool::new(false);
        let moments = std::thread::scope(|scope| {
            for (number, store) in stores.iter().cycle().take(4).enumerate() {
                let over = &over;
                scope.spawn(move || {
                    let mut round = number;
                    while !over.load(std::sync::atomic::Ordering::Relaxed) {
                        let one = person(world, round);
                        let (id, changed) =
                            (one.id, Values::from([("floor".to_owned(), Value::Int(round as i64 % 9))]));
                        let outcome = store.write_blocking::<(), WriteError>(move |tx| {
                            tx.insert(&on_residents(Verb::Create, &[]), &one, &edit())?;
                            tx.update(&on_residents(Verb::Edit, &[]), RESIDENT, id, 1, &changed, &edit())?;
                            if round % 3 == 0 {
                                let to = area("23/02/001/G9");
                                tx.relocate(&on_residents(Verb::Edit, &[]), RESIDENT, id, 2, "2302001", &to, &edit())?;
                            }
                            // What fails is not counted.
                            if round % 7 == 0 { Err(WriteError::OutOfScope) } else { Ok(()) }
                        });
                        assert!(outcome == Ok(()) || outcome == Err(WriteError::OutOfScope), "{outcome:?}");
                        round += 4;
                        // A city does not write without pause, and the test reads all rows again and again.
                        std::thread::sleep(Duration::from_millis(25));
                    }
                });
            }
            // Writers stop also when a comparison panics.
            let stop = Stop(&over);
            let (started, mut moments) = (Instant::now(), 0);
            let mut wrong = None;
            while wrong.is_none() && started.elapsed() < Duration::from_secs(60) && moments < 120 {
                for (one, place) in measures().iter().zip(PLACES[..3].iter().cycle()) {
                    for store in &stores {
                        match at_one_moment(store, one, place) {
                            None => std::thread::sleep(Duration::from_millis(20)),
                            Some((rolled, counted)) if rolled == counted => moments += 1,
                            Some(both) => wrong = Some((both, place.to_string(), one.clone())),
                        }
                    }
                }
                world.store.fold_rolls().unwrap();
            }
            drop(stop);
            assert_eq!(wrong, None, "{}", world.name);
            moments
        });
        assert!(moments >= 120, "{}: compared {moments} times only", world.name);
        roll_ups_say_what_the_rows_say(world);
        world.store.fold_rolls().unwrap();
        roll_ups_say_what_the_rows_say(world);
    });
}
