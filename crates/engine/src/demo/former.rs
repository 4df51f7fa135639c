//! People who were here and are no more: spouses who died, tenants who moved away. Their records have ended.

use jiff::{ToSpan, civil::Date};
use linli_domain::check::Sex;

use super::{
    dice::Dice,
    identity::Numbers,
    names::NameBook,
    person::{self, ORIGINS, Person},
    records::FIRST_DAY,
    street::Street,
};

/// Someone whose record has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// The person as last known.
    pub person: Person,
    /// Index of the widowed spouse among the street's persons.
    pub survivor: Option<usize>,
    /// Day the record ended.
    pub ended: Date,
    /// Code of `person_end_reason`.
    pub reason: &'static str,
}

/// How many spouses died since the records began.
const DIED: usize = 170;
/// How many tenants moved away.
const MOVED: usize = 150;

/// Adds the former residents to a finished street.
pub fn add(street: &mut Street, dice: &mut Dice, names: &NameBook, numbers: &mut Numbers, today: Date) {
    let widowed: Vec<usize> = street
        .held_persons()
        .filter(|(_, person)| person.marriage == "30" && person.relation == "02" && person.age(today) >= 64)
        .filter(|(_, person)| person.moved_in < FIRST_DAY)
        .map(|(index, _)| index)
        .collect();
    let mut chosen = widowed;
    dice.shuffle(&mut chosen);
    for survivor in chosen.into_iter().take(DIED) {
        let spouse = spouse(street, survivor, dice, names, numbers, today);
        street.former.extend(spouse);
    }
    let rented: Vec<usize> =
        (0..street.occupancy.len()).filter(|at| street.occupancy.get(*at) == Some(&"rented")).collect();
    for _ in 0..MOVED {
        let tenant = tenant(street, dice.pick(&rented), dice, names, numbers, today);
        street.former.extend(tenant);
    }
}

/// A day since the records began, a year after it at the earliest.
fn some_day(dice: &mut Dice, today: Date) -> Date {
    let first = FIRST_DAY.saturating_add(1.year());
    let days = (today - first).get_days();
    first.saturating_add(dice.between(0, days - 20).days())
}

fn spouse(
    street: &Street,
    survivor: usize,
    dice: &mut Dice,
    names: &NameBook,
    numbers: &mut Numbers,
    today: Date,
) -> Option<Former> {
    let of = street.persons.get(survivor)?;
    let sex = if of.sex == Sex::Male { Sex::Female } else { Sex::Male };
    let apart = if sex == Sex::Male { 3 } else { -2 };
    let birth = of.birth.saturating_sub((apart + dice.bell(3)).years()).saturating_sub(dice.between(0, 300).days());
    let surname = names.surname(dice, of.nation);
    let name = names.full(dice, of.nation, surname, sex, birth.year());
    let identity = numbers.identity(dice, &["230103", "230104"], birth, sex);
    let mut person = of.clone();
    person.relation = if sex == Sex::Male { "11" } else { "12" };
    person.phone = if dice.chance(700) { numbers.mobile(dice) } else { String::new() };
    (person.political, person.party_joined, person.contact, person.disability) = ("13", None, None, None);
    (person.marriage, person.employment, person.care) = ("20", "retired", Vec::new());
    person.moved_in = person.moved_in.max(birth);
    Some(Former {
        person: Person { name, identity, sex, birth, ..person },
        survivor: Some(survivor),
        ended: some_day(dice, today),
        reason: "died",
    })
}

fn tenant(
    street: &Street,
    dwelling: usize,
    dice: &mut Dice,
    names: &NameBook,
    numbers: &mut Numbers,
    today: Date,
) -> Option<Former> {
    let home = street.plan.dwellings.get(dwelling)?;
    let sex = if dice.chance(540) { Sex::Male } else { Sex::Female };
    let age = dice.between(24, 55);
    let birth = today.saturating_sub(age.years()).saturating_sub(dice.between(0, 364).days());
    let (origin, region, _) = ORIGINS.get(dice.between(8, 19).unsigned_abs() as usize).copied()?;
    let ended = some_day(dice, today);
    let moved_in = ended.saturating_sub(dice.between(200, 330).days());
    let education = person::education(dice, age);
    let (occupation, employer) = person::work(dice, "self_employed", education);
    let surname = names.surname(dice, "01");
    let person = Person {
        household: None,
        place: home.unit,
        name: names.full(dice, "01", surname, sex, birth.year()),
        identity: numbers.identity(dice, &[region], birth, sex),
        sex,
        birth,
        nation: "01",
        relation: "",
        marriage: if age < 30 { "10" } else { "20" },
        phone: numbers.mobile(dice),
        residence: "floating",
        address: home.address.clone(),
        registered_residence: origin.to_owned(),
        native_place: origin,
        origin,
        stay_reason: "work",
        moved_in,
        education,
        political: "13",
        party_joined: None,
        employment: "self_employed",
        occupation,
        employer,
        pension: "none",
        medical: "resident",
        care: Vec::new(),
        disability: None,
        contact: None,
        held: true,
    };
    Some(Former { person, survivor: None, ended, reason: "moved_out" })
}
