//! The street in full: every dwelling, household and resident, out of one seed and one reference day.

use jiff::{ToSpan, civil::Date};
use linli_domain::check::Sex;

use super::{
    care,
    dice::Dice,
    family::{self, Line, Member, Shape},
    former::{self, Former},
    identity::Numbers,
    names::NameBook,
    person::{self, ORIGINS, Person},
    plan::{CodeDigits, LEFT_OUT_ESTATE, Plan},
    troubles::{self, Duplicate},
};

/// A synthetic household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Household {
    /// Household number.
    pub number: String,
    /// Index of the dwelling; some households have none on record.
    pub dwelling: Option<usize>,
    /// Index of the area the record hangs on, among the plan's places.
    pub place: usize,
    /// Who lives together.
    pub shape: Shape,
    /// Code of `household_kind`.
    pub kind: &'static str,
    /// Whether the dwelling is rented.
    pub rents: bool,
    /// Address.
    pub address: String,
    /// Day of moving in.
    pub moved_in: Date,
    /// Code of `aid_kind`.
    pub aid: &'static str,
    /// Since when, how many members, fen a month.
    pub aid_terms: Option<(Date, i64, i64)>,
    /// Codes of `household_tag`, sorted.
    pub tags: Vec<&'static str>,
    /// Indexes of the members among the street's persons, the head first.
    pub members: Vec<usize>,
    /// Whether the registers hold it.
    pub held: bool,
}

/// How a dwelling is used, a code of `occupancy`.
pub type Occupancy = &'static str;

/// The street.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Street {
    /// Areas and dwellings.
    pub plan: Plan,
    /// Occupancy of each dwelling.
    pub occupancy: Vec<Occupancy>,
    /// Households.
    pub households: Vec<Household>,
    /// Residents.
    pub persons: Vec<Person>,
    /// People whose records have ended.
    pub former: Vec<Former>,
    /// The same person twice.
    pub duplicates: Vec<Duplicate>,
}

impl Street {
    /// The street of `seed` as it is on the day `today`. The same arguments give the same street, always.
    pub fn generate(seed: u64, today: Date, digits: CodeDigits) -> Self {
        let dice = Dice::new(seed);
        let plan = Plan::new(&dice, digits);
        let mut maker = Maker {
            street: Self { plan, ..Self::default() },
            names: NameBook::new(),
            numbers: Numbers::default(),
            dice: dice.fork("people"),
            today,
        };
        for dwelling in 0..maker.street.plan.dwellings.len() {
            maker.settle(dwelling);
        }
        maker.without_dwelling();
        let Maker { mut street, names, mut numbers, .. } = maker;
        troubles::add(&mut street, &mut dice.fork("troubles"), &names, &mut numbers, today);
        former::add(&mut street, &mut dice.fork("former"), &names, &mut numbers, today);
        street
    }

    /// Households whose records are loaded.
    pub fn held_households(&self) -> impl Iterator<Item = (usize, &Household)> {
        self.households.iter().enumerate().filter(|(_, household)| household.held)
    }

    /// Residents whose records are loaded.
    pub fn held_persons(&self) -> impl Iterator<Item = (usize, &Person)> {
        self.persons.iter().enumerate().filter(|(_, person)| person.held)
    }
}

struct Maker {
    street: Street,
    names: NameBook,
    numbers: Numbers,
    dice: Dice,
    today: Date,
}

/// What the members of a household have in common.
struct Common {
    household: usize,
    floating: bool,
    registered: bool,
    held: bool,
    address: String,
    moved_in: Date,
    lines: Vec<(Line, &'static str, &'static str)>,
    /// Index among [`ORIGINS`].
    origin: usize,
}

impl Maker {
    /// Decides who lives in a dwelling.
    fn settle(&mut self, dwelling: usize) {
        let Some(home) = self.street.plan.dwellings.get(dwelling) else { return };
        let (unit, address, estate) = (home.unit, home.address.clone(), home.estate);
        let Some(estate) = self.street.plan.estates.get(estate).cloned() else { return };
        if self.dice.chance(100) {
            self.street.occupancy.push("vacant");
            return;
        }
        let rents = self.dice.chance(172);
        let floating = rents && self.dice.chance(860);
        let shape = family::shape(&mut self.dice, estate.elders, floating);
        let occupancy = match rents {
            true => "rented",
            false => self.dice.weighted(&[("owner", 96), ("lent", 4)]),
        };
        self.street.occupancy.push(occupancy);
        let held = estate.name != LEFT_OUT_ESTATE || self.dice.chance(140);
        let first_year = i16::try_from(estate.built).unwrap_or(2000).max(if rents { 2019 } else { 1979 });
        self.household(Some(dwelling), unit, address, shape, (rents, floating), held, first_year);
    }

    /// Households that nobody has tied to a dwelling: they hang on the grid, with a vague address.
    fn without_dwelling(&mut self) {
        let grids: Vec<(usize, String)> = self
            .street
            .plan
            .places
            .iter()
            .enumerate()
            .filter(|(_, place)| place.kind == "grid")
            .filter_map(|(at, _)| {
                let estate = self.street.plan.above(at, "estate")?;
                let about = self.street.plan.estates.iter().find(|about| about.name == estate.name)?;
                (about.name != LEFT_OUT_ESTATE).then(|| (at, format!("{}{}", about.road, about.name)))
            })
            .collect();
        for count in 0..136 {
            let Some((place, address)) = grids.get(count % grids.len().max(1)).cloned() else { return };
            let floating = self.dice.chance(400);
            let shape = family::shape(&mut self.dice, 350, floating);
            self.household(None, place, address, shape, (floating, floating), true, 2012);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "everything a household is drawn from")]
    fn household(
        &mut self,
        dwelling: Option<usize>,
        place: usize,
        address: String,
        shape: Shape,
        (rents, floating): (bool, bool),
        held: bool,
        first_year: i16,
    ) {
        let index = self.street.households.len();
        let members = family::members(&mut self.dice, shape, self.today);
        let moved_in = self.moved_in(first_year);
        let nation = self.names.nation(&mut self.dice);
        let registered = !floating && !rents && self.dice.chance(760);
        let origin_weights: Vec<(usize, u32)> =
            ORIGINS.iter().enumerate().skip(if floating { 7 } else { 0 }).map(|(at, origin)| (at, origin.2)).collect();
        let common = Common {
            household: index,
            floating,
            registered,
            held,
            address: address.clone(),
            moved_in,
            lines: self.lines(nation),
            origin: self.dice.weighted(&origin_weights),
        };
        let first = self.street.persons.len();
        for member in &members {
            let person = self.person(member, &common, place);
            self.street.persons.push(person);
        }
        let household = Household {
            number: format!("QZ{:06}", index + 1),
            dwelling,
            place,
            shape,
            kind: if floating { "floating" } else { "family" },
            rents,
            address,
            moved_in,
            aid: "none",
            aid_terms: None,
            tags: Vec::new(),
            members: (first..first + members.len()).collect(),
            held,
        };
        self.street.households.push(household);
        care::assess(&mut self.street, index, &mut self.dice, &self.names, &mut self.numbers, self.today);
    }

    /// Surname and nationality of each line of the family.
    fn lines(&mut self, nation: &'static str) -> Vec<(Line, &'static str, &'static str)> {
        let mut lines = vec![(Line::Head, self.names.surname(&mut self.dice, nation), nation)];
        for line in [Line::Spouse, Line::ChildSpouse] {
            let same = nation != "01" && self.dice.chance(550);
            let own = if same { nation } else { self.names.nation(&mut self.dice) };
            lines.push((line, self.names.surname(&mut self.dice, own), own));
        }
        lines
    }

    fn moved_in(&mut self, first_year: i16) -> Date {
        let years = i32::from(self.today.year() - first_year).max(0);
        let days = self.dice.between(20, (years * 365).max(400));
        self.today.saturating_sub(days.days())
    }

    fn person(&mut self, member: &Member, common: &Common, place: usize) -> Person {
        let dice = &mut self.dice;
        let (sex, birth) = (member.sex, member.birth);
        let age = family::age_on(birth, self.today);
        let known = common.lines.iter().find(|(line, ..)| *line == member.line).copied();
        let (_, surname, nation) = known.unwrap_or_else(|| (Line::Own, self.names.surname(dice, "01"), "01"));
        let name = self.names.full(dice, nation, surname, sex, birth.year());
        let spouse = matches!(member.line, Line::Spouse | Line::Own | Line::ChildSpouse);
        let from = if spouse && dice.chance(600) { dice.below(ORIGINS.len()) } else { common.origin };
        let born_here = !common.floating && birth.year() > 1984 && dice.chance(800);
        let (origin, region, _) = ORIGINS.get(if born_here { 0 } else { from }).copied().unwrap_or(ORIGINS[0]);
        let identity = self.numbers.identity(dice, &[region], birth, sex);
        let education = person::education(dice, age);
        let employment = person::employment(dice, sex, age);
        let (occupation, employer) = person::work(dice, employment, education);
        let political = person::political(dice, age, employment, education);
        let (pension, medical) = person::insurance(dice, age, employment);
        let party_joined = (political == "01").then(|| party_day(dice, birth, self.today));
        let phone_known = match age {
            16.. => dice.chance(820),
            12.. => dice.chance(350),
            _ => false,
        };
        let phone = if phone_known { self.numbers.mobile(dice) } else { String::new() };
        let residence = residence(dice, common, age);
        let registered_residence = match residence {
            "registered" | "registered_away" => common.address.clone(),
            "floating" => origin.to_owned(),
            _ => format!(
                "{origin}{}号",
                dice.pick(&["建设街12", "新华路45", "胜利街8", "和平街30", "文化路19", "团结街66"])
            ),
        };
        Person {
            household: Some(common.household),
            place,
            name,
            identity,
            sex,
            birth,
            nation,
            relation: member.relation,
            marriage: member.marriage,
            phone,
            residence,
            address: common.address.clone(),
            registered_residence,
            native_place: origin,
            origin: if residence == "floating" { origin } else { "" },
            stay_reason: if residence == "floating" { stay_reason(dice, age) } else { "" },
            moved_in: common.moved_in.max(birth),
            education,
            political,
            party_joined,
            employment,
            occupation,
            employer,
            pension,
            medical,
            care: Vec::new(),
            disability: person::disability(dice, age),
            contact: None,
            held: common.held,
        }
    }
}

fn party_day(dice: &mut Dice, birth: Date, today: Date) -> Date {
    let joined = birth.saturating_add(dice.between(19, 38).years()).saturating_add(dice.between(0, 360).days());
    // The party's own day is a favourite one.
    let joined = if dice.chance(400) { Date::new(joined.year(), 7, 1).unwrap_or(joined) } else { joined };
    joined.min(today.saturating_sub(40.days()))
}

fn residence(dice: &mut Dice, common: &Common, age: i32) -> &'static str {
    match (common.floating, common.registered) {
        (true, _) => "floating",
        (false, true) if (18..36).contains(&age) && dice.chance(90) => "registered_away",
        (false, true) => "registered",
        (false, false) => "permanent",
    }
}

fn stay_reason(dice: &mut Dice, age: i32) -> &'static str {
    match age {
        ..18 => dice.weighted(&[("study", 55), ("family", 45)]),
        18..60 => dice.weighted(&[("work", 62), ("business", 18), ("study", 8), ("family", 8), ("medical", 4)]),
        _ => dice.weighted(&[("child_care", 58), ("elder_care", 20), ("family", 14), ("medical", 8)]),
    }
}

/// `先生` or `女士` would be guesses; ledgers write the sex.
pub fn sex_word(sex: Sex) -> &'static str {
    if sex == Sex::Male { "男" } else { "女" }
}
