//! The report's troubles, put in on purpose: people registered twice under a slightly wrong name or number, and addresses
//! nobody brought up to date. (Missing phones, households without a dwelling and grids of unequal size come from
//! [`super::street`] and [`super::plan`].)

use jiff::{ToSpan, civil::Date};

use super::{
    dice::Dice,
    identity::{Numbers, with_checksum},
    names::NameBook,
    street::Street,
};

/// How a second record of a person differs from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Twist {
    /// The name sounds alike and the identity number is missing.
    Homophone,
    /// One digit of the identity number is another, and the number is still valid.
    WrongDigit,
    /// The name sounds alike, the number is missing, the phone is another.
    HomophoneNewPhone,
}

/// Two records of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// Index of the right record among the street's persons.
    pub of: usize,
    /// Index of the second one, in another community.
    pub copy: usize,
    /// How it differs.
    pub twist: Twist,
}

/// How many people are registered twice.
pub const DUPLICATES: usize = 42;

/// One person of so many has an address that is out of date.
const STALE_ONE_OF: usize = 26;

/// Adds the troubles to a finished street.
pub fn add(street: &mut Street, dice: &mut Dice, names: &NameBook, numbers: &mut Numbers, today: Date) {
    stale_addresses(street, dice);
    let mut tries = 0;
    while street.duplicates.len() < DUPLICATES && tries < 20_000 {
        tries += 1;
        duplicate(street, dice, names, numbers, today);
    }
}

/// People who moved within the district and still have their former address on record.
fn stale_addresses(street: &mut Street, dice: &mut Dice) {
    let addresses: Vec<String> = street.plan.dwellings.iter().map(|dwelling| dwelling.address.clone()).collect();
    for person in &mut street.persons {
        if person.held && dice.below(STALE_ONE_OF) == 0 {
            let former = addresses.get(dice.below(addresses.len())).cloned().unwrap_or_default();
            person.address = if dice.chance(500) { former } else { former.replace("七政街道", "") };
        }
    }
}

fn duplicate(street: &mut Street, dice: &mut Dice, names: &NameBook, numbers: &mut Numbers, today: Date) {
    let of = dice.below(street.persons.len());
    let Some(original) = street.persons.get(of) else { return };
    let usable =
        original.held && original.age(today) >= 25 && !original.phone.is_empty() && original.household.is_some();
    if !usable || street.duplicates.iter().any(|known| known.of == of) {
        return;
    }
    let mut copy = original.clone();
    let twist = dice.weighted(&[
        (Some(Twist::Homophone), 4),
        (Some(Twist::WrongDigit), 4),
        (Some(Twist::HomophoneNewPhone), 2),
    ]);
    let Some(twist) = twist else { return };
    match twist {
        Twist::Homophone | Twist::HomophoneNewPhone => {
            let Some(name) = names.misspelt(dice, &copy.name) else { return };
            copy.name = name;
            copy.identity = String::new();
            if twist == Twist::HomophoneNewPhone {
                copy.phone = numbers.mobile(dice);
            }
        }
        Twist::WrongDigit => {
            let Some(number) = wrong_digit(&copy.identity, street, dice) else { return };
            copy.identity = number;
        }
    }
    let Some(home) = street.plan.places.get(original.place).map(|place| place.community.clone()) else { return };
    let elsewhere: Vec<usize> = (0..street.plan.places.len())
        .filter(|at| street.plan.places.get(*at).is_some_and(|place| place.kind == "grid" && place.community != home))
        .collect();
    copy.place = dice.pick(&elsewhere);
    copy.household = None;
    copy.relation = "";
    copy.care = Vec::new();
    copy.contact = None;
    copy.residence = "permanent";
    copy.origin = "";
    copy.stay_reason = "";
    copy.moved_in = today.saturating_sub(dice.between(100, 1_500).days());
    let estate = street.plan.above(copy.place, "estate").map(|estate| estate.name.clone()).unwrap_or_default();
    copy.address = format!("{estate}(租住)");
    street.persons.push(copy);
    street.duplicates.push(Duplicate { of, copy: street.persons.len() - 1, twist });
}

/// The number with its order code two off (the sex stays), and the check character that then belongs to it.
fn wrong_digit(number: &str, street: &Street, dice: &mut Dice) -> Option<String> {
    let (head, order) = (number.get(..14)?, number.get(14..17)?.parse::<u16>().ok()?);
    let moved = 990 + (order - 990 + 2 * u16::try_from(dice.between(1, 4)).ok()?) % 10;
    let wrong = with_checksum(&format!("{head}{moved}"));
    (!street.persons.iter().any(|person| person.identity == wrong)).then_some(wrong)
}
