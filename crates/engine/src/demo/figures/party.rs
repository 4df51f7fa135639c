//! Party organisations of a community and what they should cover.

use jiff::{ToSpan, civil::Date};
use linli_domain::{RecordId, Value, check::Sex};

use super::{
    super::{dice::Dice, names::NameBook, records::FIRST_DAY},
    Community, History, day, id_of, int, text, values,
};

const ORG: &str = "party/party_org";
const TARGET: &str = "party/coverage_target";

/// When many branches were founded.
const FOUNDED: Date = jiff::civil::date(2019, 7, 1);
/// When organisations were regrouped, and some communities' own became more than a branch.
const REGROUPED: Date = jiff::civil::date(2021, 7, 1);

/// Sectors of what should be covered: code, name, how many at most, how many of 1,000 were covered in 2016, and of the
/// others later.
const SECTORS: [(&str, &str, i32, u32, u32); 6] = [
    ("property", "物业服务公司", 2, 180, 260),
    ("private_firm", "商贸公司", 4, 330, 430),
    ("social_org", "服务中心", 1, 300, 400),
    ("institution", "学校", 1, 860, 700),
    ("state_firm", "营业所", 1, 900, 800),
    ("emerging", "配送站", 1, 60, 240),
];

pub(super) fn plan(community: &Community, names: &NameBook, today: Date, history: &mut History) {
    let mut dice = community.dice.fork("party");
    own(community, names, &mut dice, today, history);
    for (sector, name, most, early, late) in SECTORS {
        for number in 1..=dice.between(i32::from(most > 1), most) {
            let what = (sector, format!("{}{name}{}(演示)", community.short, chinese(number)));
            target(community, &mut dice, today, what, (early, late), history);
        }
    }
}

/// The kind of the community's own organisation.
pub(super) fn own_kind(community: &Community) -> &'static str {
    drawn_kind(&mut community.dice.fork("party"))
}

/// The first draw.
fn drawn_kind(dice: &mut Dice) -> &'static str {
    dice.weighted(&[("branch", 42), ("general_branch", 33), ("committee", 25)])
}

fn chinese(number: i32) -> &'static str {
    ["一", "二", "三", "四", "五"].get(usize::try_from(number - 1).unwrap_or(0)).copied().unwrap_or("六")
}

fn named(kind: &str) -> &'static str {
    match kind {
        "branch" => "党支部",
        "general_branch" => "党总支",
        _ => "党委",
    }
}

/// The community's own organisation and those it leads.
fn own(community: &Community, names: &NameBook, dice: &mut Dice, today: Date, history: &mut History) {
    let (at, id) = ((community.code.as_str(), &community.path), id_of(&format!("own {}", community.code)));
    let now = drawn_kind(dice);
    let before = if now != "branch" && dice.chance(150) { "branch" } else { now };
    let sex = if dice.chance(550) { Sex::Female } else { Sex::Male };
    let surname = names.surname(dice, "01");
    let secretary = format!("{}(演示)", names.full(dice, "01", surname, sex, 1976));
    let members = 35 + dice.between(0, 120);
    let founded = day(2001 + dice.between(0, 12), dice.between(1, 12), dice.between(1, 28));
    let elected = day(2015, dice.between(3, 12), 20);
    let record = values([
        ("name", text(format!("{}社区{}", community.short, named(before)))),
        ("org_kind", text(before)),
        ("sphere", text("community")),
        ("state", text("established")),
        ("established_on", Value::Date(founded)),
        ("member_count", int(members)),
        ("secretary", text(secretary)),
        ("elected_on", Value::Date(elected)),
        ("reelection_due", Value::Date(elected.saturating_add(5.years()))),
        ("last_active_on", Value::Date(FIRST_DAY.saturating_sub(i64::from(dice.between(1, 60)).days()))),
    ]);
    history.add(FIRST_DAY, ORG, id, at, record);
    if now != before {
        let name = text(format!("{}社区{}", community.short, named(now)));
        history.edit(REGROUPED, ORG, id, values([("org_kind", text(now)), ("name", name)]));
    }
    // Most were elected anew; some are overdue.
    let active = today.saturating_sub(i64::from(dice.between(55, 120)).days());
    let mut changed =
        values([("member_count", int(members + dice.between(0, 45))), ("last_active_on", Value::Date(active))]);
    if !dice.chance(90) {
        let elected = day(2024, dice.between(1, 12), 15);
        changed.insert("elected_on".into(), Value::Date(elected));
        changed.insert("reelection_due".into(), Value::Date(elected.saturating_add(5.years())));
    }
    history.edit(today.saturating_sub(50.days()), ORG, id, changed);
    for number in 0..dice.between(2, 5) {
        led(community, dice, (id, before, now), number, history);
    }
}

fn led(
    community: &Community,
    dice: &mut Dice,
    (parent, before, now): (RecordId, &str, &str),
    number: i32,
    history: &mut History,
) {
    let (sphere, word) = dice.weighted(&[
        (("grid", "网格"), 45),
        (("estate", "小区"), 25),
        (("property", "物业"), 8),
        (("private_firm", "商圈"), 12),
        (("social_org", "志愿者"), 10),
    ]);
    let on = match dice.between(0, 9) {
        0..=4 => FIRST_DAY,
        5..=7 => FOUNDED,
        _ => REGROUPED,
    };
    let by_committee = |kind: &str| Value::Bool(kind == "committee");
    let record = values([
        ("name", text(format!("{}{word}第{}党支部", community.short, chinese(number + 1)))),
        ("org_kind", text("branch")),
        ("sphere", text(sphere)),
        ("parent", Value::Ref(parent)),
        ("led_by_committee", by_committee(if on < REGROUPED { before } else { now })),
        ("state", text("established")),
        ("established_on", Value::Date(on.saturating_sub(i64::from(dice.between(10, 300)).days()))),
        ("member_count", int(5 + dice.between(0, 30))),
    ]);
    let id = id_of(&format!("led {} {number}", community.code));
    history.add(on, ORG, id, (&community.code, &community.path), record);
    if on < REGROUPED && (before == "committee") != (now == "committee") {
        history.edit(REGROUPED, ORG, id, values([("led_by_committee", by_committee(now))]));
    }
}

/// A unit that should have an organisation: covered early, later, or not at all.
fn target(
    community: &Community,
    dice: &mut Dice,
    today: Date,
    (sector, name): (&str, String),
    (early, late): (u32, u32),
    history: &mut History,
) {
    let id = id_of(&format!("target {} {name}", community.code));
    let on = if sector == "emerging" { REGROUPED } else { FIRST_DAY };
    let how = |dice: &mut Dice| dice.weighted(&[("alone", 40), ("jointly", 35), ("by_area", 25)]);
    let first = if dice.chance(early) { how(dice) } else { "none" };
    let should = dice.chance(880);
    let record = values([
        ("name", text(name)),
        ("sector", text(sector)),
        ("should_have", Value::Bool(should)),
        ("coverage", text(first)),
        ("member_count", int(if should { 3 + dice.between(0, 20) } else { dice.between(0, 2) })),
        ("work_covered", Value::Bool(first != "none" && dice.chance(600))),
        ("last_active_on", if first == "none" { Value::Null } else { Value::Date(on.saturating_sub(40.days())) }),
    ]);
    history.add(on, TARGET, id, (&community.code, &community.path), record);
    let mut covered = first != "none";
    if !covered && dice.chance(late) {
        covered = true;
        let changed = values([("coverage", text(how(dice))), ("work_covered", Value::Bool(dice.chance(600)))]);
        history.edit(day(2022, 6, 20), TARGET, id, changed);
    }
    if covered && dice.chance(560) {
        let active = today.saturating_sub(i64::from(dice.between(75, 160)).days());
        history.edit(today.saturating_sub(70.days()), TARGET, id, values([("last_active_on", Value::Date(active))]));
    }
}
