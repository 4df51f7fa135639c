//! The grid events of the demo: what three hundred reports of the last ninety days say, and how far each has come. The same
//! for a seed and a day. Only planned here; `cases` lets them happen through the same code as a city's own.

use jiff::{ToSpan, civil::Date};
use linli_domain::Timestamp;

use super::{dice::Dice, plan::Plan};

/// `class,unit,weight,problem,result`.
const PROBLEMS: &str = include_str!("../../data/incidents.csv");

/// How many.
pub const COUNT: usize = 300;
/// How many days back they begin.
pub const DAYS: i64 = 90;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Code of the grid.
    pub grid: String,
    /// Code of its community.
    pub community: String,
    /// Class.
    pub class: &'static str,
    /// Key of the unit that handles it, as in `data/units.csv`.
    pub unit: &'static str,
    /// What was said.
    pub text: String,
    /// Where, in words.
    pub address: String,
    /// Where, in units of 10^-7 degrees north and east.
    pub place: (i64, i64),
    /// Code of `grid/incident_source`.
    pub origin: &'static str,
    /// When.
    pub at: Timestamp,
    /// What became of it, in order.
    pub steps: Vec<Step>,
}

/// Something done to an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Action of the flow.
    pub action: &'static str,
    /// Who.
    pub by: By,
    /// Fields.
    pub values: Vec<(&'static str, String)>,
    /// What they said.
    pub note: Option<&'static str>,
    /// Rating, 1 to 5.
    pub rating: Option<u8>,
}

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The grid's worker.
    Grid,
    /// Whoever answers for the community.
    Community,
    /// The street.
    Street,
    /// The unit that was called.
    Unit,
    /// Whoever reported or applied.
    Opener,
}

struct Problem {
    class: &'static str,
    unit: &'static str,
    weight: u32,
    text: &'static str,
    result: &'static str,
}

fn problems() -> Vec<Problem> {
    let read = |line: &'static str| {
        let [class, unit, weight, text, result] = line.split(',').collect::<Vec<_>>().try_into().ok()?;
        Some(Problem { class, unit, weight: weight.parse().ok()?, text, result })
    };
    PROBLEMS.lines().skip(1).filter_map(read).collect()
}

const OPENINGS: &[&str] =
    &["", "你好，", "反映一下，", "想问问，", "麻烦看看，", "社区吗？", "又来反映，", "紧急，", "我是住户，"];
const CLOSINGS: &[&str] = &[
    "",
    "",
    "请尽快处理。",
    "希望有人管管。",
    "谢谢。",
    "已经好几天了。",
    "打过电话没人来。",
    "麻烦派人看看。",
    "邻居们都有意见。",
];
const REMARKS: [(u8, &[&str]); 5] = [
    (5, &["处理得很快", "网格员很负责", ""]),
    (4, &["解决了", "", "还可以"]),
    (3, &["处理了但是慢", ""]),
    (2, &["拖了好几天", "只处理了一半"]),
    (1, &["根本没有解决", "说处理了其实没人来"]),
];

/// A moment `minutes` after another; at night it waits for the morning.
pub(super) fn later(at: Timestamp, minutes: i32) -> Timestamp {
    let moved = at.plus_seconds(i64::from(minutes) * 60);
    let midnight = Timestamp::end_of_china_day(moved.china_date()).0 + 1 - 86_400_000_000;
    let hour = (moved.0 - midnight) / 3_600_000_000;
    let (open, close) = (8, 20);
    if hour < open {
        Timestamp(midnight + open * 3_600_000_000 + moved.0 % 1_800_000_000)
    } else if hour >= close {
        Timestamp(midnight + (24 + open) * 3_600_000_000 + moved.0 % 1_800_000_000)
    } else {
        moved
    }
}

/// A moment of a day in China.
pub(super) fn moment(day: Date, minutes: i32) -> Timestamp {
    Timestamp(Timestamp::end_of_china_day(day).0 + 1 - 86_400_000_000 + i64::from(minutes) * 60_000_000)
}

/// All events, the earliest first. Nothing happens after `today`, eight in the morning.
pub fn incidents(plan: &Plan, seed: u64, today: Date) -> Vec<Incident> {
    let (dice, problems) = (Dice::new(seed).fork("incidents"), problems());
    let weights: Vec<(usize, u32)> = problems.iter().enumerate().map(|(at, one)| (at, one.weight)).collect();
    let buildings: Vec<usize> = (0..plan.places.len()).filter(|at| plan.places[*at].kind == "building").collect();
    let now = moment(today, 8 * 60);
    let mut all: Vec<Incident> = (0..COUNT)
        .filter_map(|number| {
            let mut dice = dice.fork(&number.to_string());
            let problem = &problems[dice.weighted(&weights)];
            let building = *buildings.get(dice.below(buildings.len()))?;
            // More of the last weeks than of the first, and one in six of the last days.
            let back = if dice.chance(170) { dice.below(4) } else { dice.below(90).min(dice.below(130)) };
            let back = i64::try_from(back).unwrap_or(0);
            let day = today.checked_sub((back + 1).days()).ok()?;
            let at = moment(day, dice.between(7 * 60, 19 * 60));
            let mut one = incident(plan, building, problem, at, &mut dice)?;
            one.steps = steps(&one, problem, now, &mut dice);
            if is_open(&one) {
                settle(&mut one, plan, building, &problems, today, &mut dice);
            }
            Some(one)
        })
        .collect();
    all.sort_by_key(|one| one.at);
    all
}

/// Classes that may take three working days or longer, as the flow's clocks have it.
const LONG: &[&str] = &["0105", "0106", "0110", "0111", "0202", "0204", "0304", "0502", "0601", "0602", "0607", "0699"];

fn is_open(one: &Incident) -> bool {
    let last = one.steps.last().map(|step| step.action);
    !matches!(last, Some("close" | "reject" | "rate"))
}

/// An office that works: of what is open most is within its time whatever hour the demo is looked at, some of it nearly due,
/// and the rest late. What is late stays as it came.
fn settle(one: &mut Incident, plan: &Plan, building: usize, problems: &[Problem], today: Date, dice: &mut Dice) {
    let Some(back) = dice.weighted(&[(Some(1_i64), 50), (Some(2), 25), (None, 25)]) else { return };
    let long: Vec<&Problem> = problems.iter().filter(|problem| LONG.contains(&problem.class)).collect();
    let Some(problem) = long.get(dice.below(long.len().max(1))).copied() else { return };
    let Ok(day) = today.checked_sub(back.days()) else { return };
    let at = moment(day, dice.between(8 * 60, 10 * 60));
    let Some(fresh) = incident(plan, building, problem, at, dice) else { return };
    let step = |at, action, by| Step { at, action, by, values: Vec::new(), note: None, rating: None };
    let verified = vec![("kind", problem.class.to_owned()), ("site_note", "现场情况属实".to_owned())];
    let demand = vec![("demand", "请按时限处置并反馈结果".to_owned())];
    let at = [at.plus_seconds(1_500), at.plus_seconds(3_000), at.plus_seconds(4_200)];
    let steps = vec![
        Step { values: verified, ..step(at[0], "verify", By::Grid) },
        Step { values: demand, ..step(at[1], "file", By::Community) },
        step(at[2], "dispatch", By::Street),
    ];
    *one = Incident { steps, ..fresh };
}

fn incident(plan: &Plan, building: usize, problem: &Problem, at: Timestamp, dice: &mut Dice) -> Option<Incident> {
    let (place, grid, estate) =
        (plan.places.get(building)?, plan.above(building, "grid")?, plan.above(building, "estate")?);
    let unit = dice.between(1, 4);
    let address = format!("{}{}{unit}单元", estate.name, place.name);
    let named = match dice.below(4) {
        0 => format!("{}{}", estate.name, place.name),
        1 => format!("{}{unit}单元", place.name),
        2 => estate.name.clone(),
        _ => String::new(),
    };
    let (opening, closing) = (dice.pick(OPENINGS), dice.pick(CLOSINGS));
    let text = format!("{opening}{named}{}。{closing}", problem.text);
    // Around the street's middle; the estates' own places are invented.
    let spread = |dice: &mut Dice, code: &str, salt: &str| {
        i64::from(Dice::new(0).fork(code).fork(salt).between(-60_000, 60_000)) + i64::from(dice.between(-4_000, 4_000))
    };
    let place_at =
        (457_560_000 + spread(dice, &place.code, "north"), 1_266_620_000 + spread(dice, &place.code, "east"));
    Some(Incident {
        grid: grid.code.clone(),
        community: grid.community.clone(),
        class: problem.class,
        unit: problem.unit,
        text,
        address,
        place: place_at,
        origin: dice.weighted(&[("worker", 55), ("resident", 30), ("hotline", 15)]),
        at,
        steps: Vec::new(),
    })
}

/// What becomes of an event until `now`.
fn steps(one: &Incident, problem: &Problem, now: Timestamp, dice: &mut Dice) -> Vec<Step> {
    let step = |at, action, by| Step { at, action, by, values: Vec::new(), note: None, rating: None };
    let class = || ("kind", one.class.to_owned());
    // Six in a hundred wait for days until somebody looks.
    let wait = if dice.chance(60) { 40 } else { 1 };
    let mut at = later(one.at, dice.between(15, 200) * wait);
    let mut all = Vec::new();
    if dice.chance(70) {
        let values = vec![class(), ("result", problem.result.to_owned())];
        all.push(Step { values, ..step(at, "handle_on_site", By::Grid) });
        at = later(at, dice.between(60, 600));
        all.push(step(at, "close", By::Community));
    } else if dice.chance(60) {
        let reason = dice.pick(&["not_found", "done", "outside", "repeated"]);
        let values = vec![("reject_reason", reason.to_owned())];
        all.push(Step { values, note: Some("现场核实后不予立案"), ..step(at, "reject", By::Grid) });
    } else {
        all.push(Step {
            values: vec![class(), ("site_note", "现场情况属实".into())], ..step(at, "verify", By::Grid)
        });
        at = later(at, dice.between(10, 150));
        all.push(Step {
            values: vec![("demand", "请按时限处置并反馈结果".into())], ..step(at, "file", By::Community)
        });
        at = later(at, dice.between(5, 120));
        all.push(step(at, "dispatch", By::Street));
        // Four in a hundred are handed back first, one in ten takes far too long.
        if dice.chance(40) {
            at = later(at, dice.between(60, 300));
            all.push(Step { note: Some("不属于本单位职责，请改派"), ..step(at, "return", By::Unit) });
            at = later(at, dice.between(30, 200));
            all.push(step(at, "dispatch", By::Street));
        }
        let slow = if dice.chance(110) { 12 } else { 1 };
        at = later(at, dice.between(60, 900) * slow);
        all.push(Step { values: vec![("result", problem.result.into())], ..step(at, "handle", By::Unit) });
        at = later(at, dice.between(60, 700));
        let solved = [("checked_ok", "true".to_owned()), ("site_note", "问题已消除".to_owned())].to_vec();
        if dice.chance(60) {
            all.push(Step { note: Some("现场仍未解决，请继续处置"), ..step(at, "rework", By::Grid) });
            at = later(at, dice.between(30, 200));
            all.push(step(at, "dispatch", By::Street));
            at = later(at, dice.between(120, 1_500));
            all.push(Step { values: vec![("result", problem.result.into())], ..step(at, "handle", By::Unit) });
            at = later(at, dice.between(60, 700));
        }
        all.push(Step { values: solved, ..step(at, "check", By::Grid) });
        at = later(at, dice.between(30, 500));
        all.push(step(at, "close", By::Community));
    }
    if all.last().is_some_and(|last| last.action == "close") && one.origin != "worker" && dice.chance(600) {
        at = later(at, dice.between(60, 3_000));
        all.push(rate(at, dice));
    }
    all.retain(|step| step.at < now);
    all
}

/// A rating: mostly good.
pub(super) fn rate(at: Timestamp, dice: &mut Dice) -> Step {
    let score = dice.weighted(&[(5_u8, 55), (4, 25), (3, 11), (2, 6), (1, 3)]);
    let words = REMARKS.iter().find(|(of, _)| *of == score).map_or("", |(_, words)| dice.pick(words));
    let note = Some(words).filter(|words| !words.is_empty());
    Step { at, action: "rate", by: By::Opener, values: Vec::new(), note, rating: Some(score) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;
    use crate::demo::plan::CodeDigits;

    fn all() -> Vec<Incident> {
        incidents(&Plan::new(&Dice::new(2301), CodeDigits::default()), 2301, date(2026, 11, 1))
    }

    #[test]
    fn a_seed_gives_the_same_events_and_none_happens_in_the_future() {
        let events = all();
        assert_eq!((events.len(), &events), (COUNT, &all()));
        let now = moment(date(2026, 11, 1), 8 * 60);
        for one in &events {
            let mut before = one.at;
            for step in &one.steps {
                assert!(step.at > before && step.at < now, "{one:?}");
                before = step.at;
            }
        }
    }

    #[test]
    fn events_stand_in_every_stage_and_texts_differ() {
        let events = all();
        let last: BTreeSet<&str> =
            events.iter().map(|one| one.steps.last().map_or("open", |step| step.action)).collect();
        for stage in ["open", "dispatch", "handle", "close", "reject", "rate"] {
            assert!(last.contains(stage), "{stage}: {last:?}");
        }
        let open = events
            .iter()
            .filter(|one| one.steps.last().is_none_or(|step| !["close", "reject", "rate"].contains(&step.action)));
        assert!((20..80).contains(&open.count()), "enough to be done");
        let texts: BTreeSet<&str> = events.iter().map(|one| one.text.as_str()).collect();
        assert!(texts.len() > COUNT * 9 / 10, "{}", texts.len());
        assert!(events.iter().all(|one| !one.unit.is_empty() && one.class.len() == 4));
    }

    #[test]
    fn nobody_works_at_night() {
        let evening = moment(date(2026, 10, 1), 19 * 60);
        assert_eq!(later(evening, 90).china_date(), date(2026, 10, 2));
        assert_eq!(later(evening, 30).china_date(), date(2026, 10, 1));
    }
}
