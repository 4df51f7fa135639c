//! The demo's registers and answers by themselves.

use std::{collections::BTreeMap, path::Path};

use linli_domain::{Catalogue, record::NewRecord, rules::validate_record};

use super::{history::Change, *};
use crate::demo::REFERENCE_DAY;

fn catalogue() -> Catalogue {
    let packs = linli_pack::read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")).unwrap();
    linli_pack::load(&packs).0
}

fn paths() -> BTreeMap<String, AreaPath> {
    let extract = areas::extract();
    let rows = extract.lines().skip(1).filter_map(|line| line.split(',').next());
    let path = |code: &str| {
        let parts: Vec<&str> = [&code[..2], &code[2..4], &code[4..6], &code[6..9], &code[9..12]]
            .into_iter()
            .take_while(|part| part.chars().any(|c| c != '0'))
            .collect();
        parts.join("/").parse().unwrap()
    };
    rows.map(|code| (code.to_owned(), path(code))).collect()
}

fn history() -> History {
    let paths = paths();
    let world = World::new(&paths, 2301, REFERENCE_DAY);
    let mut history = History::default();
    let names = NameBook::new();
    for community in &world.communities {
        party::plan(community, &names, REFERENCE_DAY, &mut history);
        workforce::plan(community, &names, REFERENCE_DAY, &mut history);
        places::plan(community, &mut history);
        society::plan(community, REFERENCE_DAY, &mut history);
    }
    let district = world.path(DISTRICT).unwrap();
    places::certificates(&district, &mut history);
    workforce::policies(&district, &mut history);
    survey::plan(&world, &mut history).unwrap();
    history
}

/// Every state of every record passes the rules of its register on the day it is written.
#[test]
fn every_record_and_every_change_passes_its_registers_rules() {
    let (catalogue, history) = (catalogue(), history());
    let mut there: BTreeMap<RecordId, NewRecord> = BTreeMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (day, changes) in &history.days {
        let check = |record: &NewRecord| {
            let (_, errors) = validate_record(&catalogue, &record.entity, &record.values, *day);
            assert!(errors.is_empty(), "{day} {record:?}: {errors:?}");
        };
        for change in changes {
            match change {
                Change::New(record) => {
                    check(record);
                    *counts.entry(record.entity.clone()).or_default() += 1;
                    let twice = there.insert(record.id, record.clone());
                    assert!(twice.is_none(), "one id for two records: {record:?} {twice:?}");
                }
                Change::Edit(entity, id, values) => {
                    let record = there.get_mut(id).unwrap_or_else(|| panic!("{entity} {values:?} before it came in"));
                    record.values.extend(values.clone());
                    check(record);
                }
                Change::End(entity, id, _) => assert!(there.contains_key(id), "{entity} ended before it came in"),
            }
        }
    }
    println!("{counts:?}");
    assert!(history.days.keys().next_back().is_some_and(|last| *last < REFERENCE_DAY));
    for entity in
        ["party/party_org", "party/coverage_target", "workforce/worker", "facility/fund", "society/social_org"]
    {
        assert!(counts.get(entity).is_some_and(|count| *count > 500), "{entity}: {counts:?}");
    }
}

#[test]
fn two_cities_of_one_seed_are_the_same() {
    assert_eq!(format!("{:?}", history().days), format!("{:?}", history().days));
}
