//! The street as records: which were typed in when, and what was changed since.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use linli_domain::{AreaPath, RecordId, Value, Values, record::NewRecord};
use uuid::Builder;

use super::{
    dice::Dice,
    person::Person,
    street::{Household, Street},
};

/// First day records were typed in. What happened before came in as it was then.
pub const FIRST_DAY: Date = date(2016, 6, 30);

/// Names of the registers.
pub const DWELLING: &str = "people/dwelling";
/// See [`DWELLING`].
pub const HOUSEHOLD: &str = "people/household";
/// See [`DWELLING`].
pub const RESIDENT: &str = "people/resident";

/// Records with the day they came in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loads {
    /// Batches, oldest first; a household comes no later than its members, a dwelling no later than its household.
    pub batches: Vec<(Date, Vec<NewRecord>)>,
    /// Id of each dwelling, by its index.
    pub dwellings: Vec<RecordId>,
    /// Id of each household, by its index.
    pub households: Vec<RecordId>,
    /// Id of each person, by its index.
    pub persons: Vec<RecordId>,
    /// Id of each former resident, by its index.
    pub former: Vec<RecordId>,
}

/// The days ledgers were typed in: every half year from [`FIRST_DAY`] to the last one before `today`.
fn load_days(today: Date) -> Vec<Date> {
    let mut days = vec![FIRST_DAY];
    for year in FIRST_DAY.year()..=today.year() {
        days.extend([Date::new(year, 6, 30), Date::new(year, 12, 20)].into_iter().flatten());
    }
    days.sort_unstable();
    days.dedup();
    days.retain(|day| *day >= FIRST_DAY && *day < today);
    days
}

/// The first of `days` on which something that began on `from` could be typed in.
fn load_day(days: &[Date], from: Date, today: Date) -> Date {
    days.iter().copied().find(|day| *day >= from).unwrap_or(today)
}

/// Where the places of the plan are in the tree: home and path, by index.
pub type Homes = Vec<(String, AreaPath)>;

/// The held records of `street`. `before` are values that records had when they came in, where an edit changed them since.
pub fn loads(
    street: &Street,
    homes: &Homes,
    seed: u64,
    today: Date,
    before: &BTreeMap<(Register, usize), Values>,
) -> Loads {
    let days = load_days(today);
    let mut ids = IdMaker { dice: Dice::new(seed).fork("ids"), count: 0 };
    let mut loads = Loads::default();
    let mut batches: BTreeMap<(Date, u8), Vec<NewRecord>> = BTreeMap::new();
    let mut add = |day: Date, register: Register, index: usize, id: RecordId, place: usize, mut values: Values| {
        let Some((home, path)) = homes.get(place).cloned() else { return };
        if let Some(former) = before.get(&(register, index)) {
            values.extend(former.clone());
        }
        values.retain(|_, value| !value.is_null());
        let record = NewRecord { entity: register.entity().to_owned(), id, home, path, values };
        batches.entry((day, register as u8)).or_default().push(record);
    };
    let living: BTreeMap<usize, &Household> =
        street.households.iter().filter_map(|household| Some((household.dwelling?, household))).collect();
    for (index, dwelling) in street.plan.dwellings.iter().enumerate() {
        let id = ids.next(FIRST_DAY);
        loads.dwellings.push(id);
        add(
            FIRST_DAY,
            Register::Dwelling,
            index,
            id,
            dwelling.unit,
            dwelling_values(street, index, living.get(&index).copied()),
        );
    }
    for (index, household) in street.households.iter().enumerate() {
        let day = load_day(&days, household.moved_in, today);
        let id = ids.next(day);
        loads.households.push(id);
        if household.held {
            add(
                day,
                Register::Household,
                index,
                id,
                household.place,
                household_values(street, household, &loads.dwellings),
            );
        }
    }
    for (index, person) in street.persons.iter().enumerate() {
        let household = person.household.and_then(|at| street.households.get(at));
        let from = household.map_or(person.moved_in, |household| household.moved_in.max(person.moved_in));
        let day = load_day(&days, from, today);
        let id = ids.next(day);
        loads.persons.push(id);
        if person.held {
            add(day, Register::Resident, index, id, person.place, person_values(street, person, &loads.households));
        }
    }
    for (index, former) in street.former.iter().enumerate() {
        let household = former.person.household.and_then(|at| street.households.get(at));
        let from = household.map_or(former.person.moved_in, |household| household.moved_in.max(former.person.moved_in));
        let day = load_day(&days, from, today);
        let id = ids.next(day);
        loads.former.push(id);
        let values = person_values(street, &former.person, &loads.households);
        add(day, Register::Resident, usize::MAX - index, id, former.person.place, values);
    }
    loads.batches = batches.into_iter().map(|((day, _), records)| (day, records)).collect();
    loads
}

/// The registers of the demo, in the order they are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Register {
    /// Dwellings.
    Dwelling,
    /// Households.
    Household,
    /// Residents.
    Resident,
}

impl Register {
    /// Its entity.
    pub fn entity(self) -> &'static str {
        match self {
            Self::Dwelling => DWELLING,
            Self::Household => HOUSEHOLD,
            Self::Resident => RESIDENT,
        }
    }
}

/// UUIDv7 whose random part comes from the seed.
struct IdMaker {
    dice: Dice,
    count: u16,
}

impl IdMaker {
    fn next(&mut self, day: Date) -> RecordId {
        let midnight = linli_domain::Timestamp::end_of_china_day(day).0 / 1_000 - 86_399_999;
        self.count = self.count.wrapping_add(1);
        let millis = u64::try_from(midnight).unwrap_or(0) + 8 * 3_600_000 + u64::from(self.count);
        let random = self.dice.draw().to_be_bytes();
        let more = self.dice.draw().to_be_bytes();
        let mut bytes = [0_u8; 10];
        bytes[..8].copy_from_slice(&random);
        bytes[8..].copy_from_slice(&more[..2]);
        RecordId(Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }
}

fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::text(text) }
}

fn codes(codes: &[&str]) -> Value {
    if codes.is_empty() { Value::Null } else { Value::Codes(codes.iter().map(|code| (*code).to_owned()).collect()) }
}

fn values<const N: usize>(fields: [(&str, Value); N]) -> Values {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn dwelling_values(street: &Street, index: usize, household: Option<&Household>) -> Values {
    let Some(dwelling) = street.plan.dwellings.get(index) else { return Values::new() };
    let estate = street.plan.estates.get(dwelling.estate);
    let occupancy = street.occupancy.get(index).copied().unwrap_or("vacant");
    let owner = household.filter(|household| !household.rents && household.held);
    let owner = owner.and_then(|household| household.members.first()).and_then(|at| street.persons.get(*at));
    values([
        ("address", text(&dwelling.address)),
        ("building_no", text(&dwelling.building_no)),
        ("unit_no", text(&dwelling.unit_no)),
        ("room_no", text(&dwelling.room_no)),
        ("floor", Value::Int(dwelling.floor)),
        ("area_m2", Value::Int(dwelling.area_m2)),
        ("rooms", Value::Int(dwelling.rooms)),
        ("built_year", estate.map_or(Value::Null, |estate| Value::Int(estate.built))),
        ("use", Value::text("residence")),
        ("has_lift", estate.map_or(Value::Null, |estate| Value::Bool(estate.lift))),
        ("safety_grade", estate.map_or(Value::Null, |estate| Value::text(if estate.built < 1984 { "B" } else { "A" }))),
        ("tenure", estate.map_or(Value::Null, |estate| text(estate.tenure))),
        ("occupancy", text(occupancy)),
        ("owner_name", owner.map_or(Value::Null, |owner| text(&owner.name))),
        ("owner_phone", owner.map_or(Value::Null, |owner| text(&owner.phone))),
    ])
}

fn household_values(street: &Street, household: &Household, dwellings: &[RecordId]) -> Values {
    let head = household.members.first().and_then(|at| street.persons.get(*at));
    let dwelling = household.dwelling.and_then(|at| street.plan.dwellings.get(at));
    let phone =
        household.members.iter().filter_map(|at| street.persons.get(*at)).find(|member| !member.phone.is_empty());
    let (since, members, month) = household.aid_terms.map_or((Value::Null, Value::Null, Value::Null), |terms| {
        (Value::Date(terms.0), Value::Int(terms.1), Value::Int(terms.2))
    });
    let part = |of: fn(&super::plan::Dwelling) -> &String| dwelling.map_or(Value::Null, |dwelling| text(of(dwelling)));
    values([
        ("head_name", head.map_or(Value::Null, |head| text(&head.name))),
        ("household_number", text(&household.number)),
        ("household_kind", text(household.kind)),
        ("member_count", Value::Int(i64::try_from(household.members.len()).unwrap_or(0))),
        ("contact_phone", phone.map_or(Value::Null, |member| text(&member.phone))),
        ("dwelling", household.dwelling.and_then(|at| dwellings.get(at)).map_or(Value::Null, |id| Value::Ref(*id))),
        ("address", text(&household.address)),
        ("building_no", part(|dwelling| &dwelling.building_no)),
        ("unit_no", part(|dwelling| &dwelling.unit_no)),
        ("room_no", part(|dwelling| &dwelling.room_no)),
        ("registered_address", head.map_or(Value::Null, |head| text(&head.registered_residence))),
        ("moved_in", Value::Date(household.moved_in)),
        ("aid_kind", text(household.aid)),
        ("aid_since", since),
        ("aid_members", members),
        ("aid_month", month),
        ("household_tags", codes(&household.tags)),
    ])
}

fn person_values(street: &Street, person: &Person, households: &[RecordId]) -> Values {
    let household = person.household.and_then(|at| street.households.get(at));
    let head = household.and_then(|household| household.members.first()).and_then(|at| street.persons.get(*at));
    let dwelling = household.and_then(|household| household.dwelling).and_then(|at| street.plan.dwellings.get(at));
    let part = |of: fn(&super::plan::Dwelling) -> &String| dwelling.map_or(Value::Null, |dwelling| text(of(dwelling)));
    let contact = person.contact.as_ref();
    let mut fields = values([
        ("name", text(&person.name)),
        ("identity_number", text(&person.identity)),
        ("sex", text(person.sex.code())),
        ("birth_date", Value::Date(person.birth)),
        ("ethnicity", text(person.nation)),
        ("phone", text(&person.phone)),
        ("document_kind", if person.identity.is_empty() { Value::Null } else { Value::text("111") }),
        ("household", person.household.and_then(|at| households.get(at)).map_or(Value::Null, |id| Value::Ref(*id))),
        ("relation_to_head", text(person.relation)),
        ("head_name", head.map_or(Value::Null, |head| text(&head.name))),
        ("household_number", household.map_or(Value::Null, |household| text(&household.number))),
        ("residence_kind", text(person.residence)),
        ("address", text(&person.address)),
        ("building_no", part(|dwelling| &dwelling.building_no)),
        ("unit_no", part(|dwelling| &dwelling.unit_no)),
        ("room_no", part(|dwelling| &dwelling.room_no)),
        ("registered_residence", text(&person.registered_residence)),
        ("native_place", text(person.native_place)),
        ("moved_in", Value::Date(person.moved_in)),
        ("origin", text(person.origin)),
        ("stay_reason", text(person.stay_reason)),
    ]);
    fields.extend(values([
        ("marriage", text(person.marriage)),
        ("education", text(person.education)),
        ("political_status", text(person.political)),
        ("party_joined", person.party_joined.map_or(Value::Null, Value::Date)),
        ("employment", text(person.employment)),
        ("occupation", text(person.occupation)),
        ("employer", text(person.employer)),
        ("pension_insurance", text(person.pension)),
        ("medical_insurance", text(person.medical)),
        ("care_tags", codes(&person.care)),
        ("contact_name", contact.map_or(Value::Null, |(name, ..)| text(name))),
        ("contact_relation", contact.map_or(Value::Null, |(_, relation, _)| text(relation))),
        ("contact_phone", contact.map_or(Value::Null, |(.., phone)| text(phone))),
        ("disability_kind", person.disability.map_or(Value::Null, |(kind, _)| text(kind))),
        ("disability_level", person.disability.map_or(Value::Null, |(_, level)| text(level))),
    ]));
    fields
}
