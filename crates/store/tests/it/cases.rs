//! Cases: kept whole with their event, seen by whoever may, found by whose turn it is.

use linli_domain::{
    AreaPath, RecordId, Subject, Timestamp, Verb,
    flow::{CaseCore, Effects, PartyState, Phase},
};
use linli_store::{
    StoreError, WriteTx,
    tables::{
        Case, CaseBody, CaseBox, CaseQuery, CaseReader, CaseSort, CaseWrite, ClockRow, EventRow, PartyRow, Seek,
        StatBy, StatQuery,
    },
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    support::{World, area, may, on_both},
    tables::tree,
};

const FLOW: &str = "grid/incident";
const COMMUNITY: &str = "23/01/001";

fn id(number: u128) -> RecordId {
    RecordId(Uuid::from_u128(number))
}

fn reader(account: u128, areas: &[&str], seeks: Vec<Seek>) -> CaseReader {
    let permit = may(Verb::Read, Subject::Flow(FLOW.into()), areas);
    // The permit of the tests is account 7's.
    let permits = if areas.is_empty() { Vec::new() } else { vec![permit] };
    CaseReader::new(id(account), &permits, seeks).unwrap()
}

fn system() -> CaseReader {
    CaseReader::system(&may(Verb::Manage, Subject::System, &[])).unwrap()
}

/// A case whose desk, by role over the grid, has something to do until `due`.
fn write(number: u128, path: &str, opener: u128, due: i64) -> CaseWrite {
    let at = Timestamp(1_700_000_000_000_000);
    let due = Timestamp(due);
    let case = Case {
        home: "2301001".into(),
        id: id(number),
        flow: FLOW.into(),
        version: "1".into(),
        number: format!("SJ-2026-{number:06}"),
        area: area(path),
        state: "reported".into(),
        phase: Phase::New,
        core: CaseCore::default(),
        kind: Some("lamp".into()),
        unit: None,
        opened: at,
        moved: at,
        closed: None,
        due: Some(due),
        late: false,
        by: id(opener),
        by_name: "网格员".into(),
        lat: Some(457_500_000),
        lon: Some(1_266_000_000),
        seq: 1,
        body: CaseBody { title: "王芳家门口路灯不亮".into(), ..CaseBody::default() },
    };
    let event = EventRow {
        seq: 1,
        at,
        by: id(opener),
        by_name: "网格员".into(),
        action: "@open".into(),
        from: String::new(),
        to: "reported".into(),
        phase: Phase::New,
        party: None,
        client: Some(Uuid::from_u128(number)),
        effects: Effects::default(),
        body: json!({ "note": "王芳反映" }),
    };
    let desk = PartyRow {
        no: 0,
        name: "desk".into(),
        key: "r:network/grid@2301001G1".into(),
        seek: Seek::of_role("network/grid", &area(path)),
        state: PartyState::Called.name(),
        open: true,
        due: Some(due),
        since: at,
    };
    let clock =
        ClockRow { no: 0, name: "handle".into(), party: None, state: "running", started: at, due, next: Some(due) };
    CaseWrite { case, rated: None, event, parties: vec![desk], clocks: vec![clock] }
}

/// The next event of a case, which closes it.
fn closed(mut write: CaseWrite) -> CaseWrite {
    write.event = EventRow { seq: write.case.seq + 1, action: "close".into(), to: "closed".into(), ..write.event };
    write.event.phase = Phase::Done;
    write.case = Case {
        seq: write.event.seq,
        state: "closed".into(),
        phase: Phase::Done,
        closed: Some(write.event.at),
        due: None,
        ..write.case
    };
    for party in &mut write.parties {
        (party.open, party.state, party.due) = (false, "left", None);
    }
    for clock in &mut write.clocks {
        (clock.state, clock.next) = ("stopped", None);
    }
    write
}

fn put(world: &World, writes: Vec<CaseWrite>) -> Result<(), StoreError> {
    world.store.write_blocking(move |tx| tx.put_cases(&writes))
}

fn ids(cases: &[Case]) -> Vec<u128> {
    cases.iter().map(|case| case.id.0.as_u128()).collect()
}

fn list(tx: &mut WriteTx<'_>, reader: &CaseReader, query: CaseQuery) -> Vec<u128> {
    ids(&tx.cases(reader, &CaseQuery { limit: 50, ..query }).unwrap())
}

#[test]
fn a_case_is_read_back_whole_with_its_history() {
    on_both(|world| {
        let first = write(1, COMMUNITY, 9, 50);
        put(world, vec![first.clone()]).unwrap();
        put(world, vec![closed(first.clone())]).unwrap();
        let (case, events) = world
            .store
            .read_blocking::<_, StoreError>(|tx| {
                let case = tx.case(&system(), id(1))?.unwrap();
                let events = tx.case_events(&case, 0)?;
                assert_eq!(tx.case_client(&case, Uuid::from_u128(1))?, Some(1));
                Ok((case, events))
            })
            .unwrap();
        assert_eq!(case, closed(first.clone()).case);
        assert_eq!(events[0], first.event);
        assert_eq!(events[1].action, "close");
        assert_eq!(events.len(), 2);
    });
}

#[test]
fn what_another_moved_on_meanwhile_is_not_overwritten() {
    on_both(|world| {
        let first = write(1, COMMUNITY, 9, 50);
        put(world, vec![first.clone()]).unwrap();
        put(world, vec![closed(first.clone())]).unwrap();
        assert_eq!(put(world, vec![closed(first)]), Err(StoreError::Conflict));
        let seen = world.store.read_blocking::<_, StoreError>(|tx| tx.case(&system(), id(1))).unwrap().unwrap();
        assert_eq!(seen.seq, 2);
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}

#[test]
fn nobody_sees_a_case_but_by_flow_and_area_by_opening_it_or_as_a_party() {
    on_both(|world| {
        put(world, vec![write(1, COMMUNITY, 9, 50), write(2, "23/01/002", 8, 60)]).unwrap();
        world
            .store
            .write_blocking::<_, StoreError>(|tx| {
                let mut sees = |reader: CaseReader| {
                    let one = [id(1), id(2)].map(|id| tx.case(&reader, id).unwrap().is_some());
                    let numbers = ["SJ-2026-000001", "SJ-2026-000002"];
                    assert_eq!(one, numbers.map(|number| tx.case_by_number(&reader, number).unwrap().is_some()));
                    assert_eq!(
                        tx.cases_by_id(&reader, &[id(1), id(2)]).unwrap().len(),
                        one.iter().filter(|s| **s).count()
                    );
                    let mut listed = list(tx, &reader, CaseQuery::default());
                    listed.sort_unstable();
                    assert_eq!(listed.len() as u64, tx.count_cases(&reader, &CaseQuery::default()).unwrap());
                    assert_eq!(listed, (1..=2).filter(|n| one[*n as usize - 1]).collect::<Vec<u128>>());
                    listed
                };
                assert_eq!(sees(reader(7, &["23/01"], vec![])), [1, 2]);
                assert_eq!(sees(reader(7, &[COMMUNITY], vec![])), [1]);
                assert_eq!(sees(reader(9, &[], vec![])), [1], "opened");
                assert_eq!(sees(reader(5, &[], vec![])), []);
                let grid = |path: &str| vec![Seek::Role("network/grid".into(), area(path))];
                assert_eq!(sees(reader(5, &[], grid("23/01"))), [1, 2], "a role above reaches down");
                assert_eq!(sees(reader(5, &[], grid("23/01/001"))), [1]);
                assert_eq!(sees(reader(5, &[], grid("23/01/001/G1"))), [], "and not up");
                let other = vec![Seek::Role("network/street".into(), area("23"))];
                assert_eq!(sees(reader(5, &[], other)), []);
                assert_eq!(sees(system()), [1, 2]);
                Ok(())
            })
            .unwrap();
    });
    let wrong = may(Verb::Read, Subject::Entity("people/resident".into()), &["23"]);
    assert!(matches!(CaseReader::new(id(7), &[wrong], vec![]), Err(StoreError::NotPermitted(_))));
    let narrow = may(Verb::Manage, Subject::System, &["23"]);
    assert!(matches!(CaseReader::system(&narrow), Err(StoreError::NotPermitted(_))));
}

#[test]
fn the_to_do_is_sorted_by_clock_pages_without_gaps_and_counts_what_it_lists() {
    on_both(|world| {
        // Numbers out of the order of their clocks; one in five is over.
        let case = |number: u128| write(number, COMMUNITY, 9, 1_000 + i64::try_from(number * 7_919 % 101).unwrap());
        put(world, (1..=60).map(case).collect()).unwrap();
        put(world, (1..=60).filter(|number| number % 5 == 0).map(|number| closed(case(number))).collect()).unwrap();
        world
            .store
            .write_blocking::<_, StoreError>(|tx| {
                let grid = vec![Seek::Role("network/grid".into(), area("23/01")), Seek::Key("a:nobody".into())];
                let reader = reader(5, &[], grid);
                let mut expected: Vec<(i64, u128)> = (1..=60_u128)
                    .filter(|number| number % 5 != 0)
                    .map(|number| (1_000 + i64::try_from(number * 7_919 % 101).unwrap(), number))
                    .collect();
                expected.sort_unstable();
                let (mut found, mut after) = (Vec::new(), None);
                loop {
                    let page = tx.case_todo(&reader, after, 7)?;
                    let Some((due, last)) = page.last() else { break };
                    after = Some((*due, last.id));
                    found.extend(page.iter().map(|(due, case)| (due.unwrap().0, case.id.0.as_u128())));
                }
                assert_eq!(found, expected);
                let counts = tx.case_todo_counts(&reader, Timestamp(1_050), Timestamp(1_060))?;
                let until = |end: i64| expected.iter().filter(|(due, _)| *due <= end).count() as u64;
                assert_eq!((counts.all, counts.overdue, counts.today), (48, until(1_049), until(1_060)));
                let due =
                    CaseQuery { sort: CaseSort::Due, open: Some(true), which: CaseBox::Todo, ..CaseQuery::default() };
                assert_eq!(list(tx, &reader, due), expected.iter().map(|(_, number)| *number).collect::<Vec<_>>());
                let stats = StatQuery { cases: CaseQuery::default(), by: StatBy::State, now: Timestamp(1_050) };
                let stats = tx.case_stats(&system(), &stats)?;
                let told: Vec<(&str, u64, u64)> =
                    stats.iter().map(|stat| (stat.key.as_deref().unwrap(), stat.opened, stat.overdue)).collect();
                assert!(
                    told.contains(&("closed", 12, 0)) && told.contains(&("reported", 48, until(1_049))),
                    "{told:?}"
                );
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn due_clocks_are_taken_in_order_and_only_when_they_are_due() {
    on_both(|world| {
        put(world, vec![write(1, COMMUNITY, 9, 300), write(2, COMMUNITY, 9, 100), write(3, COMMUNITY, 9, 200)])
            .unwrap();
        world
            .store
            .write_blocking::<_, StoreError>(|tx| {
                assert_eq!(tx.next_clock()?, Some(Timestamp(100)));
                assert_eq!(tx.take_due_cases(Timestamp(99), 10)?, []);
                assert_eq!(tx.take_due_cases(Timestamp(250), 10)?, [id(2), id(3)]);
                assert_eq!(tx.take_due_cases(Timestamp(250), 1)?, [id(2)]);
                Ok(())
            })
            .unwrap();
        put(world, vec![closed(write(2, COMMUNITY, 9, 100))]).unwrap();
        let next = world.store.read_blocking::<_, StoreError>(|tx| tx.next_clock()).unwrap();
        assert_eq!(next, Some(Timestamp(200)), "a stopped clock does nothing");
    });
}

#[test]
fn a_case_moves_with_its_area_and_is_found_there_by_its_parties() {
    on_both(|world| {
        let permit = tree(world);
        put(world, vec![write(1, "23/01/001/G1/B1", 9, 50)]).unwrap();
        world
            .store
            .write_blocking::<_, linli_store::WriteError>(move |tx| tx.move_area(&permit, "2301001G1", "2301002"))
            .unwrap();
        world
            .store
            .read_blocking::<_, StoreError>(|tx| {
                let found = |tx: &mut linli_store::ReadTx<'_>, path: &str| {
                    let reader = reader(5, &[], vec![Seek::Role("network/grid".into(), area(path))]);
                    tx.case_todo(&reader, None, 10).unwrap().len()
                };
                assert_eq!((found(tx, "23/01/001"), found(tx, "23/01/002/G1")), (0, 1));
                let moved: AreaPath = tx.case(&system(), id(1))?.unwrap().area;
                assert_eq!(moved.as_str(), "23/01/002/G1/B1");
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn what_a_case_says_of_people_lies_sealed_in_the_database() {
    let world = crate::support::sqlite();
    put(&world, vec![write(1, COMMUNITY, 9, 50)]).unwrap();
    let linli_store::Database::Sqlite(file) = &world.config.database else { panic!("a file") };
    let mut bytes = std::fs::read(file).unwrap();
    bytes.extend(std::fs::read(file.with_extension("db-wal")).unwrap_or_default());
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("SJ-2026-000001") && !holds("王芳"));
}
