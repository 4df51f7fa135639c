//! What must hold of every generated street.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use linli_domain::check::{identity_number, person_name, phone};
use sha2::{Digest, Sha256};

use super::{
    care::lives_here,
    identity::{SYNTHETIC_MOBILE, is_synthetic_identity},
    plan::CodeDigits,
    street::Street,
    troubles::{DUPLICATES, Twist},
};

const TODAY: Date = date(2026, 11, 1);

fn street(seed: u64) -> Street {
    Street::generate(seed, TODAY, CodeDigits::default())
}

fn share(part: usize, whole: usize) -> usize {
    part * 1000 / whole.max(1)
}

#[test]
fn the_same_seed_gives_the_same_people() {
    let hash =
        |street: &Street| hex::encode(&Sha256::digest(format!("{:?}{:?}", street.persons, street.households))[..8]);
    assert_eq!(hash(&street(2301)), "60c6159ba3704fa3");
    assert_ne!(hash(&street(1)), hash(&street(2)));
}

#[test]
fn the_street_has_the_size_and_ages_of_a_real_one() {
    let street = street(2301);
    let held: Vec<_> = street.held_persons().map(|(_, person)| person).collect();
    let households = street.held_households().count();
    assert!(held.len() >= 20_000, "{}", held.len());
    assert!((8_500..=9_500).contains(&households), "{households}");
    let count = |test: &dyn Fn(i32) -> bool| held.iter().filter(|person| test(person.age(TODAY))).count();
    let elders = share(count(&|age| age >= 60), held.len());
    let children = share(count(&|age| age < 15), held.len());
    assert!((250..=350).contains(&elders), "{elders}");
    assert!((60..=130).contains(&children), "{children}");
    let floating = share(held.iter().filter(|person| person.residence == "floating").count(), held.len());
    assert!((100..=140).contains(&floating), "{floating}");
    let han = share(held.iter().filter(|person| person.nation == "01").count(), held.len());
    assert!((930..=955).contains(&han), "{han}");
    let grown: Vec<_> = held.iter().filter(|person| person.age(TODAY) >= 16).collect();
    let unreachable = share(grown.iter().filter(|person| person.phone.is_empty()).count(), grown.len());
    assert!((165..=195).contains(&unreachable), "{unreachable}");
    let men = share(
        held.iter().filter(|person| person.identity.get(16..17).is_some_and(|d| "13579".contains(d))).count(),
        held.len(),
    );
    assert!((455..=510).contains(&men), "{men}");
}

#[test]
fn a_grid_worker_has_about_five_hundred_households_and_grids_are_unequal() {
    let street = street(2301);
    let mut by_grid: BTreeMap<String, usize> = BTreeMap::new();
    for household in &street.households {
        let grid = street.plan.above(household.place, "grid").unwrap();
        *by_grid.entry(grid.code.clone()).or_default() += 1;
    }
    let mean = street.households.len() / by_grid.len();
    assert!((470..=530).contains(&mean), "{mean}");
    assert!(by_grid.values().max().unwrap() > &(3 * by_grid.values().min().unwrap()), "{by_grid:?}");
}

#[test]
fn every_person_passes_the_checks_of_the_registers() {
    let street = street(2301);
    let mut identities = BTreeSet::new();
    for person in &street.persons {
        assert_eq!(person_name(&person.name).unwrap().text, person.name);
        if !person.identity.is_empty() {
            let read = identity_number(&person.identity).unwrap();
            assert_eq!((read.birth, read.sex), (person.birth, person.sex));
            assert!(is_synthetic_identity(&person.identity));
            assert!(identities.insert(person.identity.clone()), "{} twice", person.identity);
        }
        if !person.phone.is_empty() {
            assert!(phone(&person.phone).is_ok() && person.phone.starts_with(SYNTHETIC_MOBILE));
        }
        assert!(person.moved_in >= person.birth && person.moved_in <= TODAY && person.birth < TODAY);
        assert!(person.party_joined.is_none_or(|day| day > person.birth && day <= TODAY));
    }
}

#[test]
fn every_household_has_one_head_and_counts_add_up() {
    for seed in [2301, 7] {
        let street = street(seed);
        let mut members = 0;
        for (index, household) in street.households.iter().enumerate() {
            let heads = household.members.iter().filter(|at| street.persons[**at].relation == "02").count();
            assert_eq!((heads, street.persons[household.members[0]].relation), (1, "02"));
            for at in &household.members {
                let person = &street.persons[*at];
                assert_eq!(
                    (person.household, person.held, person.place),
                    (Some(index), household.held, household.place)
                );
            }
            members += household.members.len();
            let living: Vec<_> =
                household.members.iter().map(|at| &street.persons[*at]).filter(|person| lives_here(person)).collect();
            for person in &living {
                let alone = living.len() == 1 && person.age(TODAY) >= 60;
                assert_eq!(person.care.contains(&"elderly_alone"), alone);
            }
        }
        assert_eq!(members + street.duplicates.len(), street.persons.len());
        let lived_in = street.occupancy.iter().filter(|use_| **use_ != "vacant").count();
        let with_dwelling = street.households.iter().filter(|household| household.dwelling.is_some()).count();
        assert_eq!((lived_in, street.occupancy.len()), (with_dwelling, street.plan.dwellings.len()));
    }
}

#[test]
fn people_registered_twice_are_in_another_community_and_a_little_different() {
    let street = street(2301);
    assert_eq!(street.duplicates.len(), DUPLICATES);
    for duplicate in &street.duplicates {
        let (of, copy) = (&street.persons[duplicate.of], &street.persons[duplicate.copy]);
        assert_ne!(street.plan.places[of.place].community, street.plan.places[copy.place].community);
        assert_eq!((of.birth, of.sex), (copy.birth, copy.sex));
        let off = of.name.chars().zip(copy.name.chars()).filter(|(a, b)| a != b).count();
        match duplicate.twist {
            Twist::WrongDigit => {
                let digits = of.identity.bytes().zip(copy.identity.bytes()).take(17).filter(|(a, b)| a != b).count();
                assert_eq!((off, digits), (0, 1));
            }
            Twist::Homophone => assert_eq!((off, copy.identity.as_str(), &copy.phone), (1, "", &of.phone)),
            Twist::HomophoneNewPhone => assert!(off == 1 && copy.phone != of.phone),
        }
    }
}
