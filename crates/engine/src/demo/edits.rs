//! What changed since the records were typed in, so that histories are not empty: new phones, retirements, widowhood,
//! contacts learned at a visit, eightieth birthdays, assistance granted. The street is as it is after the edits; the
//! records come in with the values before them.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use linli_domain::{Value, Values, check::Sex, record::SourceKind};

use super::{
    dice::Dice,
    person::Person,
    records::{FIRST_DAY, Register},
    street::Street,
};

/// A change of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Day it was made.
    pub day: Date,
    /// Register.
    pub register: Register,
    /// Index of the household or person.
    pub index: usize,
    /// New values.
    pub changes: Values,
    /// How it came.
    pub kind: SourceKind,
}

/// Edits in order of their days, and the values before them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edits {
    /// Edits, oldest first.
    pub list: Vec<Edit>,
    /// Values the edited records came in with.
    pub before: BTreeMap<(Register, usize), Values>,
}

/// Beginning of phone numbers that were given up: as unassigned as [`super::identity::SYNTHETIC_MOBILE`].
const FORMER_MOBILE: &str = "15401";

/// Days in a year on which a sweep wrote down what it found: edits are gathered on them.
const SWEEPS: [(i8, i8); 3] = [(3, 15), (8, 20), (10, 25)];

/// Draws the edits of `street`.
pub fn edits(street: &Street, seed: u64, today: Date) -> Edits {
    let mut maker = Maker { dice: Dice::new(seed).fork("edits"), today, edits: Edits::default() };
    for former in &street.former {
        if let Some(survivor) = former.survivor {
            maker.edit(Register::Resident, survivor, former.ended, SourceKind::Form, [("marriage", "20", "30")]);
        }
    }
    for (index, person) in street.held_persons() {
        if person.moved_in < FIRST_DAY && person.household.is_some() {
            maker.person(index, person);
        }
    }
    for (index, household) in street.held_households() {
        if let Some((since, members, month)) = household.aid_terms
            && household.moved_in < FIRST_DAY
            && since > FIRST_DAY.saturating_add(6.months())
        {
            let now = [
                ("aid_kind", Value::text("none"), Value::text(household.aid)),
                ("aid_since", Value::Null, Value::Date(since)),
                ("aid_members", Value::Null, Value::Int(members)),
                ("aid_month", Value::Null, Value::Int(month)),
            ];
            maker.change(Register::Household, index, since, SourceKind::Edit, now);
        }
    }
    let mut edits = maker.edits;
    edits.list.sort_by_key(|edit| (edit.day, edit.register, edit.index));
    edits
}

struct Maker {
    dice: Dice,
    today: Date,
    edits: Edits,
}

impl Maker {
    fn person(&mut self, index: usize, person: &Person) {
        let age = person.age(self.today);
        let retires = if person.sex == Sex::Male { 60 } else { 55 };
        let retired = age - retires;
        if person.employment == "retired" && (1..=8).contains(&retired) && self.dice.chance(350) {
            let day = self.today.saturating_sub(retired.years());
            self.edit(Register::Resident, index, day, SourceKind::Form, [("employment", "employed", "retired")]);
        }
        if !person.phone.is_empty() && self.dice.chance(60) {
            let former = format!("{FORMER_MOBILE}{:06}", self.dice.below(1_000_000));
            let kind = if self.dice.chance(700) { SourceKind::Form } else { SourceKind::Edit };
            let day = self.some_day();
            self.edit(Register::Resident, index, day, kind, [("phone", former.as_str(), person.phone.as_str())]);
        }
        if let Some((name, relation, phone)) = &person.contact
            && self.dice.chance(300)
        {
            let learned =
                [("contact_name", "", name.as_str()), ("contact_relation", "", relation), ("contact_phone", "", phone)];
            let day = self.some_day();
            self.edit(Register::Resident, index, day, SourceKind::Form, learned);
        }
        if person.care.contains(&"advanced_age") && (80..=88).contains(&age) && self.dice.chance(600) {
            let birthday = person.birth.saturating_add(80.years());
            let younger: Vec<String> =
                person.care.iter().filter(|tag| **tag != "advanced_age").map(|tag| (*tag).to_owned()).collect();
            let before = if younger.is_empty() { Value::Null } else { Value::Codes(younger) };
            let now = Value::Codes(person.care.iter().map(|tag| (*tag).to_owned()).collect());
            self.change(Register::Resident, index, birthday, SourceKind::Import, [("care_tags", before, now)]);
        }
    }

    fn some_day(&mut self) -> Date {
        let first = FIRST_DAY.saturating_add(8.months());
        let days = (self.today - first).get_days();
        first.saturating_add(self.dice.between(0, days).days())
    }

    fn edit<const N: usize>(
        &mut self,
        register: Register,
        index: usize,
        day: Date,
        kind: SourceKind,
        fields: [(&str, &str, &str); N],
    ) {
        let value = |text: &str| if text.is_empty() { Value::Null } else { Value::text(text) };
        self.change(register, index, day, kind, fields.map(|(field, old, new)| (field, value(old), value(new))));
    }

    fn change<const N: usize>(
        &mut self,
        register: Register,
        index: usize,
        day: Date,
        kind: SourceKind,
        fields: [(&str, Value, Value); N],
    ) {
        let Some(day) = sweep(day, self.today) else { return };
        let before = self.edits.before.entry((register, index)).or_default();
        let mut changes = Values::new();
        for (field, old, new) in fields {
            before.insert(field.to_owned(), old);
            changes.insert(field.to_owned(), new);
        }
        self.edits.list.push(Edit { day, register, index, changes, kind });
    }
}

/// The first day on or after `day` on which what had happened was written down, if that has been.
pub fn sweep(day: Date, today: Date) -> Option<Date> {
    let from = day.max(FIRST_DAY.saturating_add(6.months()));
    let mut days = (from.year()..=from.year() + 1)
        .flat_map(|year| SWEEPS.into_iter().filter_map(move |(month, day)| Date::new(year, month, day).ok()));
    days.find(|sweep| *sweep >= from && *sweep < today)
}
