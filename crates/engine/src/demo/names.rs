//! Names of persons by nationality, era and sex, and the misspellings that ledgers have.

use std::collections::BTreeMap;

use linli_domain::check::Sex;

use super::dice::Dice;

const SURNAMES: &str = include_str!("../../data/names/surnames.txt");
const GIVEN: &str = include_str!("../../data/names/given.txt");
const HOMOPHONES: &str = include_str!("../../data/names/homophones.txt");

/// Nationalities of the demo with their codes in GB/T 3304, how many of 10,000 heads belong to them, and the groups of
/// names they draw surnames and given names from (an empty group: as 汉族).
const NATIONS: [(&str, u32, &str, &str); 13] = [
    ("01", 9_385, "han", ""),
    ("11", 345, "manchu", ""),
    ("10", 105, "korean", "korean"),
    ("03", 78, "hui", ""),
    ("02", 42, "mongol", "mongol"),
    ("31", 14, "daur", ""),
    ("43", 10, "xibe", ""),
    ("08", 4, "han", ""),
    ("06", 4, "han", ""),
    ("15", 5, "han", ""),
    ("05", 4, "", "uygur"),
    ("17", 2, "", "kazakh"),
    ("44", 2, "", "russian"),
];

/// The tables of names, read once.
#[derive(Debug)]
pub struct NameBook {
    surnames: BTreeMap<&'static str, Vec<(&'static str, u32)>>,
    given: BTreeMap<(&'static str, &'static str, &'static str), Vec<&'static str>>,
    eras: Vec<(i16, &'static str)>,
    homophones: BTreeMap<char, Vec<char>>,
}

impl Default for NameBook {
    fn default() -> Self {
        Self::new()
    }
}

impl NameBook {
    /// Reads the tables that are part of the program.
    pub fn new() -> Self {
        let mut surnames: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for line in lines(SURNAMES) {
            let mut words = line.split_whitespace();
            let group = words.next().unwrap_or_default();
            while let (Some(surname), Some(weight)) = (words.next(), words.next()) {
                surnames.entry(group).or_default().push((surname, weight.parse().unwrap_or(1)));
            }
        }
        let mut given: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut eras: Vec<(i16, &str)> = Vec::new();
        for line in lines(GIVEN) {
            let mut words = line.split_whitespace();
            let (era, sex, part) =
                (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
            if let Ok(year) = era.parse()
                && !eras.iter().any(|(known, _)| *known == year)
            {
                eras.push((year, era));
            }
            given.entry((era, sex, part)).or_default().extend(words);
        }
        let mut homophones: BTreeMap<char, Vec<char>> = BTreeMap::new();
        for line in lines(HOMOPHONES) {
            for one in line.chars() {
                homophones.entry(one).or_default().extend(line.chars().filter(|other| *other != one));
            }
        }
        Self { surnames, given, eras, homophones }
    }

    /// A nationality's code, by how common it is in Harbin.
    pub fn nation(&self, dice: &mut Dice) -> &'static str {
        dice.weighted(&NATIONS.map(|(code, weight, _, _)| (code, weight)))
    }

    /// A surname; empty for nationalities whose names have none.
    pub fn surname(&self, dice: &mut Dice, nation: &str) -> &'static str {
        let group = NATIONS.iter().find(|entry| entry.0 == nation).map_or("han", |entry| entry.2);
        self.surnames.get(group).map_or("", |table| dice.weighted(table))
    }

    /// A given name that fits the year of birth.
    pub fn given(&self, dice: &mut Dice, nation: &str, sex: Sex, year: i16) -> String {
        let key = if sex == Sex::Male { "m" } else { "f" };
        let group = NATIONS.iter().find(|entry| entry.0 == nation).map_or("", |entry| entry.3);
        let own_share = if group == "mongol" { 450 } else { 1000 };
        if !group.is_empty() && dice.chance(own_share) {
            return self.part(dice, group, key, "whole").to_owned();
        }
        if dice.chance(2) {
            return self.part(dice, "rare", key, "whole").to_owned();
        }
        let era = self.eras.iter().rev().find(|(from, _)| *from <= year).map_or("1900", |(_, era)| *era);
        let one_of_a_thousand = match era {
            "1900" => 70,
            "1946" => 130,
            "1966" => 300,
            "1980" => 380,
            "1993" => 240,
            _ => 70,
        };
        if dice.chance(one_of_a_thousand) {
            return self.part(dice, era, key, "one").to_owned();
        }
        if dice.chance(220) {
            return self.part(dice, era, key, "whole").to_owned();
        }
        let first = self.part(dice, era, key, "first");
        let second = self.part(dice, era, key, "second");
        format!("{first}{second}")
    }

    /// The full name: surname and given name, or given name and father's name with `·` between.
    pub fn full(&self, dice: &mut Dice, nation: &str, surname: &str, sex: Sex, year: i16) -> String {
        let given = self.given(dice, nation, sex, year);
        if !surname.is_empty() {
            // Names such as 巴特尔 and 其其格 stand alone.
            return if nation == "02" && given.chars().count() > 2 { given } else { format!("{surname}{given}") };
        }
        let group = NATIONS.iter().find(|entry| entry.0 == nation).map_or("", |entry| entry.3);
        let key = if sex == Sex::Male { "m" } else { "f" };
        let father = match self.part(dice, group, key, "father") {
            "" => self.part(dice, group, "m", "whole"),
            father => father,
        };
        format!("{given}·{father}")
    }

    /// `name` with one character of its given name written as another that sounds alike; `None` when none is known.
    pub fn misspelt(&self, dice: &mut Dice, name: &str) -> Option<String> {
        let mut chars: Vec<char> = name.chars().collect();
        let places: Vec<usize> = (1..chars.len()).filter(|at| self.homophones.contains_key(&chars[*at])).collect();
        let at = *places.get(dice.below(places.len()))?;
        chars[at] = dice.pick(self.homophones.get(&chars[at])?);
        Some(chars.into_iter().collect())
    }

    fn part(&self, dice: &mut Dice, era: &str, sex: &str, part: &str) -> &'static str {
        self.given.get(&(era, sex, part)).map_or("", |names| dice.pick(names))
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use linli_domain::check::person_name;

    use super::*;

    #[test]
    fn every_name_is_one_the_registers_accept_unchanged() {
        let (book, mut dice) = (NameBook::new(), Dice::new(7));
        for (nation, ..) in NATIONS {
            for year in (1930..2026).step_by(3) {
                for sex in [Sex::Male, Sex::Female] {
                    let surname = book.surname(&mut dice, nation);
                    let name = book.full(&mut dice, nation, surname, sex, year);
                    assert!(name.chars().count() >= 2, "{nation} {year}: {name}");
                    assert_eq!(person_name(&name).map(|read| read.text), Ok(name));
                }
            }
        }
    }

    #[test]
    fn a_misspelt_name_differs_in_one_character() {
        let (book, mut dice) = (NameBook::new(), Dice::new(7));
        let wrong = book.misspelt(&mut dice, "王丽华").unwrap();
        let off = wrong.chars().zip("王丽华".chars()).filter(|(a, b)| a != b).count();
        assert_eq!((off, wrong.chars().count()), (1, 3), "{wrong}");
    }

    #[test]
    fn names_fit_their_era() {
        let (book, mut dice) = (NameBook::new(), Dice::new(7));
        let old: Vec<String> = (0..400).map(|_| book.given(&mut dice, "01", Sex::Female, 1944)).collect();
        assert!(old.iter().any(|name| name == "桂兰") && !old.iter().any(|name| name == "梓涵"));
    }
}
