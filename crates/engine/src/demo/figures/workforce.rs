//! Workers of a community since 2016: those who stayed, left and came; pay, training, drills, plans, benefits.

use jiff::{ToSpan, civil::Date};
use linli_domain::{AreaPath, RecordId, Value, check::Sex};

use super::{
    super::{dice::Dice, names::NameBook, records::FIRST_DAY},
    Community, DISTRICT, History, day, id_of, int, text, values, yuan,
};

const WORKER: &str = "workforce/worker";

/// Households a worker answers for, about: more than the standard allows.
const HOUSEHOLDS_A_WORKER: i64 = 465;

/// Posts in the order they are filled, with pay a month in yuan.
const POSTS: [(&str, i32); 4] = [("secretary", 4_650), ("director", 4_480), ("deputy", 4_150), ("member", 3_880)];
/// Pay of all others.
const CLERK_PAY: i32 = 3_480;

/// Emergency plans: most are older than they should be.
const PLANS: [(&str, &str); 3] = [("epidemic", "突发公共卫生事件"), ("fire", "火灾"), ("snow", "冰雪灾害")];

pub(super) fn plan(community: &Community, names: &NameBook, today: Date, history: &mut History) {
    let mut dice = community.dice.fork("workforce");
    let wanted = (community.households / HOUSEHOLDS_A_WORKER + i64::from(dice.between(-1, 1))).clamp(3, 14);
    let stayed = wanted * 62 / 100;
    let mut workers = Vec::new();
    for number in 0..wanted {
        workers.push(worker((community, names), &mut dice, number, number < stayed, today, history));
    }
    for number in 0..i64::from(dice.between(0, 2)) {
        leaver((community, names), &mut dice, number, history);
    }
    training(community, &mut dice, today, history);
    plans(community, &mut dice, today, history);
    if let Some(first) = workers.first().filter(|_| dice.chance(350)) {
        benefit(community, &mut dice, *first, today, history);
    }
}

/// A worker in post: since before 2016, or come since.
fn worker(
    (community, names): (&Community, &NameBook),
    dice: &mut Dice,
    number: i64,
    stayed: bool,
    today: Date,
    history: &mut History,
) -> RecordId {
    let id = id_of(&format!("worker {} {number}", community.code));
    let (post, pay) = usize::try_from(number)
        .ok()
        .and_then(|at| POSTS.get(at))
        .copied()
        .unwrap_or_else(|| (if dice.chance(500) { "grid_worker" } else { "clerk" }, CLERK_PAY));
    let pay = pay + dice.bell(420);
    let appointed = if stayed {
        day(2007 + dice.between(0, 8), dice.between(1, 12), 1)
    } else {
        // Recruited in the springs since.
        day(2017 + dice.between(0, 8), 4, 1)
    };
    let age = if stayed { 38 + dice.between(0, 20) } else { 27 + dice.between(0, 22) };
    let born = today.saturating_sub(age.years()).saturating_sub(i64::from(dice.between(0, 364)).days());
    let mut record = person(names, dice, born);
    record.extend(values([
        ("education", text(education(dice, stayed))),
        ("identity_kind", text(identity(dice, number))),
        ("post", text(post)),
        ("full_time", Value::Bool(dice.chance(930))),
        ("appointed_on", Value::Date(appointed)),
        ("monthly_pay", yuan(if stayed { pay * 57 / 100 } else { pay })),
        ("insurances", insurances(dice)),
        ("certificate", text(dice.weighted(&[("none", 74), ("assistant", 18), ("social_worker", 8)]))),
    ]));
    let came = if stayed { FIRST_DAY } else { appointed.saturating_add(14.days()) };
    history.add(came, WORKER, id, (&community.code, &community.path), record);
    if stayed {
        history.edit(day(2020, 1, 10), WORKER, id, values([("monthly_pay", yuan(pay * 82 / 100))]));
        history.edit(day(2025, 1, 10), WORKER, id, values([("monthly_pay", yuan(pay))]));
    }
    id
}

/// Somebody who was there in 2016 and left.
fn leaver((community, names): (&Community, &NameBook), dice: &mut Dice, number: i64, history: &mut History) {
    let id = id_of(&format!("former worker {} {number}", community.code));
    let born = day(1958 + dice.between(0, 22), dice.between(1, 12), dice.between(1, 28));
    let mut record = person(names, dice, born);
    record.extend(values([
        ("education", text(education(dice, true))),
        ("identity_kind", text(identity(dice, 4 + number))),
        ("post", text("clerk")),
        ("appointed_on", Value::Date(day(2005 + dice.between(0, 9), 3, 1))),
        ("monthly_pay", yuan(1_900 + dice.between(0, 300))),
    ]));
    history.add(FIRST_DAY, WORKER, id, (&community.code, &community.path), record);
    let reason = dice.pick(&["retired", "resigned", "transferred"]);
    history.end(day(2017 + dice.between(0, 5), 3, 31), WORKER, id, reason);
}

fn person(names: &NameBook, dice: &mut Dice, born: Date) -> linli_domain::Values {
    let sex = if dice.chance(800) { Sex::Female } else { Sex::Male };
    let surname = names.surname(dice, "01");
    let name = names.full(dice, "01", surname, sex, born.year());
    values([("name", text(format!("{name}(演示)"))), ("sex", text(sex.code())), ("birth_date", Value::Date(born))])
}

fn education(dice: &mut Dice, early: bool) -> &'static str {
    if early {
        dice.weighted(&[("20", 13), ("30", 34), ("40", 25), ("60", 22), ("70", 6)])
    } else {
        dice.weighted(&[("10", 2), ("20", 33), ("30", 43), ("40", 12), ("60", 10)])
    }
}

/// How they came: a mixture that is hard to lead.
fn identity(dice: &mut Dice, number: i64) -> &'static str {
    if number < 2 {
        return dice.weighted(&[("elected", 70), ("assigned", 15), ("in_post", 15)]);
    }
    dice.weighted(&[
        ("recruited", 34),
        ("elected", 20),
        ("temporary", 28),
        ("diverted", 10),
        ("in_post", 5),
        ("assigned", 3),
    ])
}

fn insurances(dice: &mut Dice) -> Value {
    let both: &[&str] = if dice.chance(900) { &["pension", "medical"] } else { &["medical"] };
    let more: &[&str] = if dice.chance(450) { &["unemployment", "injury"] } else { &[] };
    Value::Codes(both.iter().chain(more).map(|code| (*code).to_owned()).collect())
}

/// One community in three was trained for emergencies within the year; most for something.
fn training(community: &Community, dice: &mut Dice, today: Date, history: &mut History) {
    let at = (community.code.as_str(), &community.path);
    let mut held = |kind: &str, title: &str, on: Date, people: i32| {
        let record = values([
            ("title", text(title)),
            ("kind", text(kind)),
            ("held_on", Value::Date(on)),
            ("participants", int(people)),
            ("hours", int(4)),
            ("organiser", text("区委组织部、区民政局(演示)")),
        ]);
        let id = id_of(&format!("training {} {kind}", community.code));
        history.add(on.saturating_add(3.days()), "workforce/training", id, at, record);
    };
    if dice.chance(700) {
        held("service", "群众工作方法培训", day(2025, 5 + dice.between(0, 4), 12), 2 + dice.between(0, 4));
    }
    if dice.chance(340) {
        let on = today.saturating_sub(i64::from(dice.between(60, 300)).days());
        held("emergency", "突发事件应急处置培训", on, 1 + dice.between(0, 3));
    }
    if dice.chance(250) {
        held("digital", "信息系统应用培训", day(2024, 9, 1 + dice.between(0, 26)), 1 + dice.between(0, 2));
    }
}

fn plans(community: &Community, dice: &mut Dice, today: Date, history: &mut History) {
    let at = (community.code.as_str(), &community.path);
    for (scenario, name) in PLANS.into_iter().take(usize::try_from(dice.between(1, 3)).unwrap_or(1)) {
        let id = id_of(&format!("plan {} {scenario}", community.code));
        let issued = day(2013 + dice.between(0, 2), dice.between(1, 12), 10);
        let record = values([
            ("title", text(format!("{}社区{name}应急预案", community.short))),
            ("scenario", text(scenario)),
            ("issued_on", Value::Date(issued)),
        ]);
        history.add(FIRST_DAY, "workforce/emergency_plan", id, at, record);
        if dice.chance(220) {
            let on = today.saturating_sub(i64::from(dice.between(60, 200)).days());
            history.edit(on, "workforce/emergency_plan", id, values([("revised_on", Value::Date(on))]));
        }
        if dice.chance(130) {
            let on = today.saturating_sub(i64::from(dice.between(40, 330)).days());
            let state = dice.weighted(&[("held", 60), ("reviewed", 30), ("plan_revised", 10)]);
            let record = values([
                ("title", text(format!("{}社区{name}演练", community.short))),
                ("scenario", text(scenario)),
                ("plan", Value::Ref(id)),
                ("state", text(state)),
                ("held_on", Value::Date(on)),
                ("participants", int(12 + dice.between(0, 60))),
                ("problems", text("人员集合偏慢,物资存放点不熟悉。")),
            ]);
            let id = id_of(&format!("drill {} {scenario}", community.code));
            history.add(on.saturating_add(2.days()), "workforce/drill", id, at, record);
        }
    }
}

fn benefit(community: &Community, dice: &mut Dice, worker: RecordId, today: Date, history: &mut History) {
    let on = today.saturating_sub(i64::from(dice.between(30, 330)).days());
    let kind = dice.weighted(&[("checkup", 70), ("paid_leave", 22), ("hardship", 8)]);
    let amount = if kind == "paid_leave" { Value::Null } else { yuan(300 + dice.between(0, 700)) };
    let days = if kind == "paid_leave" { int(5) } else { Value::Null };
    let record = values([
        ("worker", Value::Ref(worker)),
        ("kind", text(kind)),
        ("granted_on", Value::Date(on)),
        ("days", days),
        ("amount", amount),
    ]);
    let id = id_of(&format!("benefit {}", community.code));
    history.add(on.saturating_add(1.days()), "workforce/benefit", id, (&community.code, &community.path), record);
}

/// The minimum wage of each year and what it is multiplied by. Synthetic, in the range of such standards.
pub(super) fn policies(district: &AreaPath, history: &mut History) {
    for (year, wage) in [(2016, 1_480), (2018, 1_680), (2021, 1_860), (2024, 2_080)] {
        let record = values([
            ("year", int(year)),
            ("min_wage", yuan(wage)),
            ("multiplier", Value::Int(250)),
            ("basis", text(format!("演示文件第{}号", year - 2_000))),
            ("in_force_from", Value::Date(day(year, 4, 1))),
        ]);
        let on = day(year, 7, 5).max(FIRST_DAY);
        history.add(on, "workforce/wage_policy", id_of(&format!("wage {year}")), (DISTRICT, district), record);
    }
}
