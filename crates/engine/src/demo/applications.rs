//! The applications of the demo: who applied for what in the last ninety days, and how far it has come. Only people for whom
//! the item is meant apply. Planned here; `cases` lets them happen.

use jiff::{ToSpan, civil::Date};
use linli_domain::Timestamp;

use super::{
    dice::Dice,
    incidents::{By, Step, later, moment, rate},
    person::Person,
    street::Street,
};

/// How many.
pub const COUNT: usize = 120;

/// An application.
#[derive(Debug, Clone, PartialEq)]
pub struct Application {
    /// Index of the person in the street.
    pub person: usize,
    /// Code of the item.
    pub item: &'static str,
    /// What is asked beside what the registers fill in: field and JSON text.
    pub values: Vec<(&'static str, serde_json::Value)>,
    /// Code of `service/channel`.
    pub channel: &'static str,
    /// When.
    pub at: Timestamp,
    /// What became of it, in order.
    pub steps: Vec<Step>,
}

/// An item: its code, who applies, whether the community decides.
struct Wish {
    item: &'static str,
    weight: u32,
    here: bool,
    fits: fn(&Person, i16) -> bool,
}

fn tagged(person: &Person, tag: &str) -> bool {
    person.care.contains(&tag)
}

const WISHES: &[Wish] = &[
    Wish { item: "MZ-01", weight: 8, here: false, fits: |one, age| age >= 18 && tagged(one, "serious_illness") },
    Wish { item: "MZ-02", weight: 8, here: false, fits: |one, age| age >= 18 && tagged(one, "low_income") },
    Wish { item: "MZ-03", weight: 16, here: false, fits: |one, age| age >= 80 && one.residence == "registered" },
    Wish { item: "MZ-04", weight: 14, here: true, fits: |_, age| (60..70).contains(&age) },
    Wish { item: "CL-01", weight: 10, here: false, fits: |one, _| one.disability.is_some() },
    Wish { item: "SQ-01", weight: 14, here: true, fits: |one, age| age >= 18 && one.residence == "floating" },
    Wish { item: "SQ-02", weight: 6, here: true, fits: |one, age| age >= 30 && one.relation != "02" },
    Wish {
        item: "ZJ-01",
        weight: 8,
        here: false,
        fits: |one, age| (22..50).contains(&age) && one.residence == "floating",
    },
    Wish {
        item: "WJ-01",
        weight: 8,
        here: true,
        fits: |one, age| (24..38).contains(&age) && one.marriage.starts_with('2'),
    },
    Wish {
        item: "RS-01",
        weight: 8,
        here: false,
        fits: |one, age| (40..60).contains(&age) && one.employment == "self_employed",
    },
    Wish { item: "TY-01", weight: 6, here: false, fits: |one, _| tagged(one, "veteran") },
    Wish { item: "SQ-03", weight: 8, here: true, fits: |_, age| (18..65).contains(&age) },
    Wish { item: "SQ-04", weight: 6, here: true, fits: |_, age| (50..75).contains(&age) },
];

/// Years of age on a day.
fn age(person: &Person, today: Date) -> i16 {
    let before = (today.month(), today.day()) < (person.birth.month(), person.birth.day());
    today.year() - person.birth.year() - i16::from(before)
}

/// All applications, the earliest first. Nothing happens after `today`, eight in the morning.
pub fn applications(street: &Street, seed: u64, today: Date) -> Vec<Application> {
    let dice = Dice::new(seed).fork("applications");
    let weights: Vec<(usize, u32)> = WISHES.iter().enumerate().map(|(at, wish)| (at, wish.weight)).collect();
    let held: Vec<(usize, &Person)> = street.held_persons().collect();
    let now = moment(today, 8 * 60);
    let mut taken: Vec<usize> = Vec::new();
    let mut all = Vec::new();
    for number in 0..COUNT {
        let mut dice = dice.fork(&number.to_string());
        let wish = &WISHES[dice.weighted(&weights)];
        let suits = |(at, person): &&(usize, &Person)| !taken.contains(at) && (wish.fits)(person, age(person, today));
        let from = dice.below(held.len());
        let Some((person, who)) = held[from..].iter().chain(&held[..from]).find(suits) else { continue };
        taken.push(*person);
        // One in five of the last days.
        let back = if dice.chance(200) { dice.between(1, 6) } else { dice.between(1, 90) };
        let Ok(day) = today.checked_sub(i64::from(back).days()) else { continue };
        let at = moment(day, dice.between(9 * 60, 17 * 60));
        let channel = if age(who, today) >= 75 {
            "proxy"
        } else {
            dice.weighted(&[("counter", 60), ("phone", 25), ("proxy", 15)])
        };
        let steps = steps(wish, at, now, &mut dice);
        all.push(Application {
            person: *person,
            item: wish.item,
            values: values(wish.item, day, &mut dice),
            channel,
            at,
            steps,
        });
    }
    all.sort_by_key(|one| one.at);
    all
}

/// What applicants say themselves.
fn values(item: &str, day: Date, dice: &mut Dice) -> Vec<(&'static str, serde_json::Value)> {
    use serde_json::json;
    let soon = |days: i64| day.checked_add(days.days()).unwrap_or(day).to_string();
    match item {
        "MZ-01" => {
            vec![("members", json!(dice.between(1, 4))), ("month_income", json!(80_000 + dice.between(0, 90_000)))]
        }
        "MZ-02" => vec![("cause", json!("突发重病住院，自付费用较高"))],
        "MZ-03" => vec![("bank_account", json!(format!("62170000{:011}", dice.below(99_999_999))))],
        "CL-01" => vec![("allowance", json!(dice.pick(&["living", "care", "both"])))],
        "SQ-01" => vec![("asked_by", json!("某某学校")), ("used_for", json!("子女入学报名"))],
        "SQ-02" => vec![("other_person", json!("张三")), ("asked_by", json!("某某银行"))],
        "ZJ-01" => vec![("members", json!(dice.between(1, 4)))],
        "WJ-01" => vec![("child_order", json!(dice.between(1, 2))), ("due", json!(soon(120)))],
        "RS-01" => vec![("work", json!("家政服务")), ("months", json!(12))],
        "SQ-03" => vec![("spare_time", json!("周末上午"))],
        "SQ-04" => vec![("day", json!(soon(5))), ("part", json!("afternoon")), ("use", json!("合唱队排练"))],
        _ => Vec::new(),
    }
}

/// What becomes of an application until `now`.
fn steps(wish: &Wish, begun: Timestamp, now: Timestamp, dice: &mut Dice) -> Vec<Step> {
    let step = |at, action, by| Step { at, action, by, values: Vec::new(), note: None, rating: None };
    let text = |name, value: &str| (name, value.to_owned());
    let day = 24 * 60;
    let mut at = later(begun, dice.between(5, 300));
    let mut all = Vec::new();
    if dice.chance(40) {
        all.push(Step {
            note: Some("不属于本社区受理范围，请到户籍地街道办理"), ..step(at, "decline", By::Community)
        });
        all.retain(|step| step.at < now);
        return all;
    }
    all.push(step(at, "accept", By::Community));
    if dice.chance(150) {
        at = later(at, dice.between(30, 400));
        let lacks = text("supplement_list", "请补充诊断材料复印件和银行卡复印件，其他材料已核验");
        all.push(Step { values: vec![lacks], ..step(at, "ask_supplement", By::Community) });
        at = later(at, dice.between(day, 6 * day));
        all.push(step(at, "supplied", By::Community));
    }
    let decision = if dice.chance(920) { "granted" } else { "refused" };
    let decided = vec![text("decision", decision), text("decision_text", "经核验，符合规定")];
    let decided = if decision == "granted" {
        decided
    } else {
        vec![text("decision", decision), text("decision_text", "经核对，不符合申请条件")]
    };
    if wish.here {
        at = later(at, dice.between(10, 240));
        all.push(Step { values: decided, ..step(at, "decide_here", By::Community) });
    } else {
        at = later(at, dice.between(60, 2 * day));
        all.push(Step {
            values: vec![text("opinion", "材料齐全，拟同意")], ..step(at, "review", By::Community)
        });
        // Two in a hundred wait far too long.
        let slow = if dice.chance(60) { 8 } else { 1 };
        at = later(at, dice.between(day, 7 * day) * slow);
        all.push(Step { values: decided, ..step(at, "decide", By::Street) });
    }
    at = later(at, dice.between(20, 2 * day));
    let delivery = dice.pick(&["counter", "message", "home", "account"]);
    all.push(Step { values: vec![text("delivery", delivery)], ..step(at, "deliver", By::Community) });
    if dice.chance(650) {
        at = later(at, dice.between(30, 4 * day));
        all.push(rate(at, dice));
    }
    all.retain(|step| step.at < now);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;
    use crate::demo::plan::CodeDigits;

    #[test]
    fn people_apply_for_what_is_meant_for_them_and_each_stage_is_there() {
        let today = date(2026, 11, 1);
        let street = Street::generate(2301, today, CodeDigits::default());
        let all = applications(&street, 2301, today);
        assert!(all.len() > COUNT * 9 / 10, "{}", all.len());
        let people: BTreeSet<usize> = all.iter().map(|one| one.person).collect();
        assert_eq!(people.len(), all.len(), "nobody applies twice");
        assert!(all.iter().filter(|one| one.item == "MZ-03").all(|one| age(&street.persons[one.person], today) >= 80));
        let items: BTreeSet<&str> = all.iter().map(|one| one.item).collect();
        assert!(items.len() >= 12, "{items:?}");
        let last: BTreeSet<&str> = all.iter().map(|one| one.steps.last().map_or("open", |step| step.action)).collect();
        for stage in ["ask_supplement", "review", "decline", "deliver", "rate"] {
            assert!(last.contains(stage), "{stage}: {last:?}");
        }
    }
}
