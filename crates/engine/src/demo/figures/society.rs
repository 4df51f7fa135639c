//! Community organisations, and services bought from them.

use jiff::{ToSpan, civil::Date};
use linli_domain::Value;

use super::{
    super::{dice::Dice, records::FIRST_DAY},
    Community, History, day, id_of, int, text, values, yuan,
};

/// Kinds with names.
const KINDS: [(&str, &str); 6] = [
    ("volunteer", "志愿服务队"),
    ("culture", "合唱队"),
    ("mutual_aid", "邻里互助会"),
    ("charity", "爱心超市"),
    ("rights", "调解工作室"),
    ("service", "便民服务队"),
];

/// How many active ones a community has now.
pub(super) fn now(community: &Community) -> i32 {
    drawn_number(&mut community.dice.fork("society"))
}

/// The first draw.
fn drawn_number(dice: &mut Dice) -> i32 {
    dice.weighted(&[(0, 8), (1, 14), (2, 19), (3, 18), (4, 13), (5, 9), (6, 7), (8, 6), (11, 6)])
}

pub(super) fn plan(community: &Community, today: Date, history: &mut History) {
    let mut dice = community.dice.fork("society");
    let at = (community.code.as_str(), &community.path);
    let wanted = drawn_number(&mut dice);
    let early = wanted * 55 / 100;
    let mut first = None;
    for number in 0..wanted {
        let (kind, name) = KINDS[usize::try_from(number).unwrap_or(0) % KINDS.len()];
        let nth = number / i32::try_from(KINDS.len()).unwrap_or(1);
        let name = if nth == 0 { name.to_owned() } else { format!("第二{name}") };
        let on = if number < early { FIRST_DAY } else { day(2018 + dice.between(0, 7), dice.between(1, 12), 8) };
        let founded = on.saturating_sub(i64::from(dice.between(5, 400)).days());
        let state = dice.weighted(&[("filed", 72), ("registered", 20), ("graduated", 8)]);
        let record = values([
            ("name", text(format!("{}{name}(演示)", community.short))),
            ("kind", text(kind)),
            ("state", text(state)),
            ("established_on", Value::Date(founded)),
            ("members", int(8 + dice.between(0, 60))),
        ]);
        let id = id_of(&format!("organisation {} {number}", community.code));
        history.add(on, "society/social_org", id, at, record);
        first = first.or(Some(id));
    }
    if dice.chance(220) {
        let record = values([
            ("name", text(format!("{}居民议事小组(演示)", community.short))),
            ("kind", text("mutual_aid")),
            ("state", text(dice.pick(&["idea", "incubating"]))),
            ("members", int(5 + dice.between(0, 8))),
        ]);
        let on = today.saturating_sub(i64::from(dice.between(60, 300)).days());
        history.add(on, "society/social_org", id_of(&format!("idea {}", community.code)), at, record);
    }
    if let Some(provider) = first.filter(|_| dice.chance(170)) {
        let record = values([
            ("title", text(dice.pick(&["居家养老服务", "青少年课后陪伴", "矛盾调解服务"]))),
            ("provider", Value::Ref(provider)),
            ("state", text(dice.weighted(&[("delivering", 60), ("accepted", 40)]))),
            ("amount", yuan(20_000 + dice.between(0, 60) * 1_000)),
            ("contracted_on", Value::Date(day(2026, 3, 15))),
            ("ends_on", Value::Date(day(2027, 3, 14))),
        ]);
        history.add(day(2026, 3, 20), "society/procurement", id_of(&format!("bought {}", community.code)), at, record);
    }
}
