//! What must hold of the street's records and their changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use linli_domain::{AreaPath, RecordId, Value};

use super::{
    edits::edits,
    plan::CodeDigits,
    records::{DWELLING, FIRST_DAY, HOUSEHOLD, Homes, Loads, RESIDENT, Register, loads},
    street::Street,
};

const TODAY: Date = date(2026, 11, 1);

fn loaded() -> (Street, Loads, super::edits::Edits) {
    let street = Street::generate(2301, TODAY, CodeDigits::default());
    let edits = edits(&street, 2301, TODAY);
    let path: AreaPath = "23/01".parse().unwrap();
    let homes: Homes = street.plan.places.iter().map(|place| (place.community.clone(), path.clone())).collect();
    let loads = loads(&street, &homes, 2301, TODAY, &edits.before);
    (street, loads, edits)
}

#[test]
fn what_a_record_refers_to_came_in_before_it() {
    let (street, loads, _) = loaded();
    let mut seen: BTreeSet<RecordId> = BTreeSet::new();
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for (_, batch) in &loads.batches {
        for record in batch {
            for value in record.values.values() {
                if let Value::Ref(id) = value {
                    assert!(seen.contains(id), "{record:?}");
                }
            }
            assert!(seen.insert(record.id), "an id twice");
            *count.entry(record.entity.clone()).or_default() += 1;
        }
    }
    assert_eq!(count[DWELLING], street.plan.dwellings.len());
    assert_eq!(count[HOUSEHOLD], street.held_households().count());
    assert_eq!(count[RESIDENT], street.held_persons().count() + street.former.len());
    assert!(loads.batches.is_sorted_by_key(|(day, _)| *day));
    assert!(loads.batches.iter().all(|(day, _)| (FIRST_DAY..=TODAY).contains(day)));
}

#[test]
fn every_edit_changes_a_held_record_after_it_came_in() {
    let (street, loads, edits) = loaded();
    assert!(edits.list.len() > 1_500, "{}", edits.list.len());
    let days: BTreeMap<RecordId, Date> =
        loads.batches.iter().flat_map(|(day, batch)| batch.iter().map(|record| (record.id, *day))).collect();
    for edit in &edits.list {
        let (id, place) = match edit.register {
            Register::Household => (loads.households[edit.index], street.households[edit.index].place),
            _ => (loads.persons[edit.index], street.persons[edit.index].place),
        };
        assert!(days[&id] < edit.day && edit.day < TODAY && place < street.plan.places.len());
        let before = &edits.before[&(edit.register, edit.index)];
        assert!(edit.changes.iter().all(|(field, new)| before.get(field) != Some(new)), "{edit:?}");
    }
    for (index, former) in street.former.iter().enumerate() {
        assert!(days[&loads.former[index]] < former.ended && former.ended < TODAY, "{former:?}");
    }
}

#[test]
fn the_population_of_2016_was_smaller() {
    let (street, loads, _) = loaded();
    let residents = |until: Date| -> usize {
        let batches = loads.batches.iter().filter(|(day, _)| *day <= until);
        batches.flat_map(|(_, batch)| batch).filter(|record| record.entity == RESIDENT).count()
    };
    let (then, now) = (residents(date(2016, 12, 31)), residents(TODAY));
    assert!(then > 5_000 && then < now - 2_000, "{then} of {now}");
    assert!(now > street.households.len());
}
