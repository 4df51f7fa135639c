//! Care tags, assistance and contacts of a household, computed from who really lives in it.

use jiff::{ToSpan, civil::Date};
use linli_domain::check::Sex;

use super::{dice::Dice, family::Shape, identity::Numbers, names::NameBook, person::Person, street::Street};

/// Assesses household `index`: tags of its members, its aid and tags, and someone to call for those who live alone.
pub fn assess(
    street: &mut Street,
    index: usize,
    dice: &mut Dice,
    names: &NameBook,
    numbers: &mut Numbers,
    today: Date,
) {
    let Street { households, persons, .. } = street;
    let Some(household) = households.get_mut(index) else { return };
    let members = household.members.clone();
    let living: Vec<i32> = members
        .iter()
        .filter_map(|at| persons.get(*at))
        .filter(|member| lives_here(member))
        .map(|member| member.age(today))
        .collect();
    let settled = household.kind == "family";
    household.aid = if settled { aid(dice, household.shape) } else { "none" };
    if household.aid != "none" {
        let since = today.saturating_sub(dice.between(60, 2_600).days());
        let count = i64::try_from(members.len()).unwrap_or(1);
        household.aid_terms = Some((since, count, count * i64::from(dice.between(480, 820)) * 100));
    }
    let single = matches!(household.shape, Shape::SingleParent | Shape::SingleParentThree);
    let lost_child = living.len() <= 2 && living.iter().all(|age| (55..=85).contains(age)) && dice.chance(5);
    for at in &members {
        let Some(member) = persons.get_mut(*at) else { continue };
        let age = member.age(today);
        let mut tags = own_tags(dice, member, age);
        match household.aid {
            "minimum_allowance" => tags.push("low_income"),
            "margin" => tags.push("low_income_margin"),
            "extreme_poverty" => tags.push("extreme_poverty"),
            _ => {}
        }
        if lives_here(member) {
            if living == [age] && age >= 60 {
                tags.push("elderly_alone");
            } else if living.len() > 1 && living.iter().all(|age| *age >= 60) {
                tags.push("empty_nest");
            }
        }
        if lost_child {
            tags.push("family_planning_loss");
        }
        if member.residence == "floating" && age < 16 {
            tags.push("migrant_child");
        }
        if household.shape == Shape::ElderAndGrandchild && age < 16 {
            tags.push("left_behind_child");
        }
        tags.sort_unstable();
        tags.dedup();
        member.care = tags;
    }
    let minor = living.iter().any(|age| *age < 18);
    let head = members.first().and_then(|at| persons.get_mut(*at));
    if let Some(head) = head {
        if single && minor {
            head.care.push("single_parent");
            head.care.sort_unstable();
        }
        let alone = head.care.iter().any(|tag| matches!(*tag, "elderly_alone" | "empty_nest"));
        if alone && dice.chance(830) {
            head.contact = Some(child_outside(dice, names, numbers, head, today));
        }
    }
    let tagged: Vec<&Person> = members.iter().filter_map(|at| persons.get(*at)).collect();
    household.tags = household_tags(&tagged, &living, single && minor);
}

/// Whether someone is not only registered here.
pub fn lives_here(person: &Person) -> bool {
    person.residence != "registered_away"
}

fn aid(dice: &mut Dice, shape: Shape) -> &'static str {
    let poor = match shape {
        Shape::ElderAlone | Shape::SingleParent | Shape::ElderAndGrandchild => 50,
        Shape::AdultAlone | Shape::ElderAndChild => 34,
        _ => 12,
    };
    if dice.chance(poor) {
        "minimum_allowance"
    } else if dice.chance(7) {
        "margin"
    } else if shape == Shape::ElderAlone && dice.chance(6) {
        "extreme_poverty"
    } else {
        "none"
    }
}

fn own_tags(dice: &mut Dice, member: &Person, age: i32) -> Vec<&'static str> {
    let mut tags = Vec::new();
    if age >= 80 {
        tags.push("advanced_age");
    }
    if age >= 75 && dice.chance(60) {
        tags.push("disabled_elderly");
    }
    if member.disability.is_some() {
        tags.push("disability");
    }
    if member.sex == Sex::Male && age >= 24 && dice.chance(if age >= 55 { 45 } else { 18 }) {
        tags.push("veteran");
    }
    if age >= 30 && dice.chance(4) {
        tags.push("serious_illness");
    }
    if member.employment == "unemployed" && age >= 40 && dice.chance(120) {
        tags.push("unemployed_hardship");
    }
    tags
}

fn household_tags(members: &[&Person], living: &[i32], single: bool) -> Vec<&'static str> {
    let any = |tag: &str| members.iter().any(|member| member.care.contains(&tag));
    let mut tags = Vec::new();
    if any("veteran") {
        tags.push("honour_family");
    }
    if members.iter().any(|member| matches!(member.political, "01" | "02")) {
        tags.push("member_household");
    }
    if any("disability") {
        tags.push("disability_family");
    }
    if any("family_planning_loss") {
        tags.push("only_child_lost");
    }
    if single {
        tags.push("single_parent");
    }
    if !living.is_empty() && living.iter().all(|age| *age >= 60) {
        tags.push("elderly_only");
    }
    tags.sort_unstable();
    tags
}

/// A son or daughter who lives elsewhere: name, relation, phone.
fn child_outside(
    dice: &mut Dice,
    names: &NameBook,
    numbers: &mut Numbers,
    of: &Person,
    today: Date,
) -> (String, &'static str, String) {
    let sex = if dice.chance(480) { Sex::Male } else { Sex::Female };
    let year = (of.birth.year() + 27).min(today.year() - 20);
    // A mother's child has another surname than she has.
    let surname: String = if of.sex == Sex::Male && !of.name.contains('·') {
        of.name.chars().take(1).collect()
    } else {
        names.surname(dice, "01").to_owned()
    };
    let name = names.full(dice, "01", &surname, sex, year);
    (name, if sex == Sex::Male { "儿子" } else { "女儿" }, numbers.mobile(dice))
}
