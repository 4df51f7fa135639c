//! What people of the demo do together: whistles, requests that something be admitted, joint meetings and what they resolved.
//! Each stands at another stage. Planned here by days before the demo's last; [`Making`] lets them happen in the order of time.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use linli_domain::{Actor, RecordId, Timestamp};
use serde_json::{Value as Json, json};

use super::{
    cases::{Making, act},
    incidents::{By, moment},
    plan::TOUR_COMMUNITY,
    units::id_of,
};
use crate::{
    Engine, Problem,
    flow::{self, ActInput, AssignInput, OpenInput},
    meeting::{self, Attend, Evaluate},
};

/// `back,hour,by,what,area,values,note,units`: whistles and requests that something be admitted. `@3` is the day three days
/// before the demo's last.
const ROWS: &str = include_str!("../../data/gatherings.csv");
/// Meetings that each community held in the last twelve months: some hold too few.
const HELD: [u32; 6] = [4, 4, 3, 3, 2, 1];

type Values = Vec<(String, Json)>;

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// The street.
    Street,
    /// The district.
    District,
    /// The department's account, which asks for something.
    Department,
    /// The community of the case.
    Community,
    /// A unit of `data/units.csv`.
    Unit(String),
}

impl Side {
    fn of(name: &str) -> Self {
        match name {
            "street" => Self::Street,
            "district" => Self::District,
            "department" => Self::Department,
            "community" => Self::Community,
            unit => Self::Unit(unit.to_owned()),
        }
    }
}

/// A case and what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathering {
    /// Flow.
    pub flow: String,
    /// Code of its area.
    pub area: String,
    /// Who opens it.
    pub by: Side,
    /// When.
    pub at: Timestamp,
    /// Fields.
    pub values: Values,
    /// The meeting it comes from, by its place in the list.
    pub of: Option<usize>,
    /// In order.
    pub deeds: Vec<Deed>,
}

/// Something that is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// Action of the flow, or [`ATTEND`], [`EVALUATE`].
    pub action: String,
    /// Who.
    pub by: Side,
    /// Fields.
    pub values: Values,
    /// Why.
    pub note: Option<String>,
    /// Units that are called.
    pub units: Vec<String>,
}

/// Resident units sign in.
const ATTEND: &str = "@attend";
/// Resident units and community evaluate each other.
const EVALUATE: &str = "@evaluate";

/// Days of the demo counted from its last.
#[derive(Clone, Copy)]
struct Days(Date);

impl Days {
    fn day(self, back: i64) -> Date {
        self.0.checked_sub(back.days()).unwrap_or(self.0)
    }

    fn at(self, back: i64, hour: i32) -> Timestamp {
        moment(self.day(back), hour * 60)
    }

    /// What a cell of the file says.
    fn value(self, text: &str) -> Json {
        if let Some(back) = text.strip_prefix('@').and_then(|back| back.parse().ok()) {
            return json!(self.day(back).to_string());
        }
        serde_json::from_str(text).unwrap_or_else(|_| json!(text))
    }

    /// A case that a community opens.
    fn open(self, flow: &str, area: &str, (back, hour): (i64, i32), values: &[(&str, Json)]) -> Gathering {
        let (at, values) = (self.at(back, hour), owned(values));
        Gathering {
            flow: flow.to_owned(),
            area: area.to_owned(),
            by: Side::Community,
            at,
            values,
            of: None,
            deeds: Vec::new(),
        }
    }

    /// Something that the case's community does.
    fn deed(self, (back, hour): (i64, i32), action: &str, values: &[(&str, Json)]) -> Deed {
        let (at, values) = (self.at(back, hour), owned(values));
        Deed { at, action: action.to_owned(), by: Side::Community, values, note: None, units: Vec::new() }
    }
}

fn owned(values: &[(&str, Json)]) -> Values {
    values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// All of them. Nothing happens after eight in the morning of `today`. `communities`: codes in their order.
pub fn gatherings(communities: &[String], today: Date) -> Vec<Gathering> {
    let days = Days(today);
    let mut all = written(days);
    for (community, held) in communities.iter().zip(HELD) {
        for turn in 0..i64::from(held) {
            meeting(days, community, 25 + turn * 91, turn, &mut all);
        }
    }
    all.push(coming(days));
    let now = moment(today, 8 * 60);
    for one in &mut all {
        one.deeds.retain(|deed| deed.at < now);
    }
    all
}

/// Whistles and admissions as they stand in the file.
fn written(days: Days) -> Vec<Gathering> {
    let mut reader = csv::Reader::from_reader(ROWS.as_bytes());
    let mut all: Vec<Gathering> = Vec::new();
    for record in reader.records().filter_map(Result::ok) {
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let (Ok(back), Ok(hour)) = (cell(0).parse(), cell(1).parse()) else { continue };
        let (at, by, what) = (days.at(back, hour), Side::of(&cell(2)), cell(3));
        let texts = cell(5);
        let pairs = texts.split('|').filter_map(|pair| pair.split_once('='));
        let values: Values = pairs.map(|(name, text)| (name.to_owned(), days.value(text))).collect();
        match (what.strip_prefix("open "), all.last_mut()) {
            (Some(flow), _) => {
                let flow = flow.to_owned();
                all.push(Gathering { flow, area: cell(4), by, at, values, of: None, deeds: Vec::new() });
            }
            (None, Some(last)) => {
                let note = Some(cell(6)).filter(|note| !note.is_empty());
                let units = cell(7).split_whitespace().map(str::to_owned).collect();
                last.deeds.push(Deed { at, action: what, by, values, note, units });
            }
            (None, None) => {}
        }
    }
    all
}

const AGENDA: [&str; 4] = [
    "冬季除雪分工\n独居老人送餐",
    "物业费收缴协调\n小学门前高峰疏导",
    "反诈宣讲进小区\n志愿服务积分",
    "楼道堆物清理\n社区义诊安排",
];

/// A meeting `back` days ago, and the cases it resolved. The latest ones are not over yet.
fn meeting(days: Days, community: &str, back: i64, turn: i64, all: &mut Vec<Gathering>) {
    let agenda = AGENDA[usize::try_from(turn).unwrap_or_default() % AGENDA.len()];
    let (first, second) = agenda.split_once('\n').unwrap_or((agenda, agenda));
    let opening =
        [("held_on", json!(days.day(back).to_string())), ("venue", json!("社区二楼会议室")), ("agenda", json!(agenda))];
    let minutes = json!("会议由轮值主席主持，逐项讨论议题，形成两项议定事项。");
    let number = all.len();
    let mut one = days.open(meeting::MEETING, community, (back + 14, 9), &opening);
    one.deeds = vec![
        days.deed((back, 14), "convene", &[("agenda", json!(agenda))]),
        days.deed((back, 14), ATTEND, &[]),
        days.deed((back - 1, 10), "write_minutes", &[("minutes", minutes)]),
        days.deed((back - 2, 9), "resolve", &[("resolutions", json!(format!("落实：{first}\n落实：{second}")))]),
        days.deed((back - 3, 9), "track", &[]),
    ];
    if turn > 0 {
        one.deeds.push(days.deed((back - 50, 9), EVALUATE, &[]));
        one.deeds.push(days.deed((back - 50, 10), "evaluate", &[("follow_up", json!("两项议定事项均已落实"))]));
    }
    all.push(one);
    for (what, unit) in [(first, "property"), (second, "sanitation")] {
        let wanted = json!(days.day(back - 30).to_string());
        let values = [("what", json!(format!("落实：{what}"))), ("wanted_by", wanted)];
        let mut one = days.open(meeting::RESOLUTION, community, (back - 2, 10), &values);
        one.of = Some(number);
        let handing = days.deed((back - 3, 10), "hand_over", &[]);
        one.deeds.push(Deed { units: vec![unit.to_owned()], ..handing });
        if turn > 0 || unit == "property" {
            let report = days.deed((back - 15, 10), "report", &[("result", json!("已按议定内容落实"))]);
            one.deeds.push(Deed { by: Side::Unit(unit.to_owned()), ..report });
            one.deeds.push(days.deed((back - 16, 10), "confirm", &[]));
        }
        all.push(one);
    }
}

/// The meeting that is to come.
fn coming(days: Days) -> Gathering {
    let values = [
        ("held_on", json!(days.day(-6).to_string())),
        ("venue", json!("社区二楼会议室")),
        ("chair", json!("焊接小学(演示)")),
        ("agenda", json!("春节前安全检查分工\n困难家庭走访\n小区停车秩序")),
    ];
    days.open(meeting::MEETING, TOUR_COMMUNITY, (5, 9), &values)
}

/// Ids and numbers of what was opened, by place in the list.
#[derive(Default)]
pub(super) struct Met(BTreeMap<usize, (RecordId, String)>);

impl Making<'_> {
    fn side(&self, by: &Side, area: &str) -> Result<(Actor, Vec<RecordId>), Problem> {
        match by {
            Side::Street => self.who(By::Street, ("", area), None),
            Side::Community => self.who(By::Community, ("", area), None),
            Side::Unit(key) => self.who(By::Unit, ("", area), Some(key)),
            Side::District => Ok((signed_in(self.engine, "district")?, Vec::new())),
            Side::Department => Ok((signed_in(self.engine, "department")?, Vec::new())),
        }
    }

    /// Opens one.
    pub(super) fn gather(&mut self, number: usize, one: &Gathering) -> Result<(), Problem> {
        let (actor, _) = self.side(&one.by, &one.area)?;
        let mut values: BTreeMap<String, Json> = one.values.iter().cloned().collect();
        if let Some((_, meeting)) = one.of.and_then(|at| self.met.0.get(&at)) {
            values.insert("meeting".into(), json!(meeting));
        }
        let input = OpenInput {
            answer: None,
            flow: one.flow.clone(),
            area: one.area.clone(),
            title: None,
            values,
            place: None,
            links: Vec::new(),
            client_id: id_of(&format!("gathering {number}")).0,
            on_behalf: None,
            channel: None,
            note: None,
            assign: Vec::new(),
        };
        let engine = self.engine.clone();
        let opened = self
            .engine
            .store
            .write_blocking::<_, Problem>(move |tx| flow::open_in(&engine, tx, &actor, &input, Json::Null))?;
        self.met.0.insert(number, (opened.id, opened.number));
        Ok(())
    }

    /// Does what comes next.
    pub(super) fn deed(&self, number: usize, one: &Gathering, deed: &Deed) -> Result<(), Problem> {
        let Some((id, _)) = self.met.0.get(&number).cloned() else { return Ok(()) };
        let (actor, units) = self.side(&deed.by, &one.area)?;
        match deed.action.as_str() {
            ATTEND => return attend(self.engine, &actor, id),
            EVALUATE => return evaluate(self.engine, &actor, id),
            _ => {}
        }
        let called = deed.units.iter().filter_map(|key| self.unit(key));
        let input = ActInput {
            version: 0,
            values: deed.values.iter().cloned().collect(),
            note: deed.note.clone(),
            assign: called.map(|unit| AssignInput { unit: Some(unit), ..AssignInput::default() }).collect(),
            place: None,
            answer: None,
            files: Vec::new(),
            client_id: id_of(&format!("deed {number} {} {:?} {}", deed.action, deed.by, deed.at.0)).0,
        };
        let (engine, action) = (self.engine.clone(), deed.action.clone());
        self.engine.store.write_blocking::<_, Problem>(move |tx| {
            act(&engine, tx, id, &action, By::Street, (&actor, &units), input.clone())
        })
    }
}

/// An account of the demo as it acts.
pub(super) fn signed_in(engine: &Engine, login: &'static str) -> Result<Actor, Problem> {
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let account = tx.account_by_login(login)?.ok_or_else(Problem::no_account)?;
        let grants = tx.grants_of(account.id)?;
        Ok(Actor { account: account.id, name: account.name, grants, operator: false })
    })
}

/// The first four resident units come.
fn attend(engine: &Engine, actor: &Actor, id: RecordId) -> Result<(), Problem> {
    const PEOPLE: [&str; 4] = ["赵文静", "钱立新", "孙国华", "李春梅"];
    let units = meeting::get(engine, actor, id)?.units;
    for (unit, name) in units.iter().zip(PEOPLE) {
        let input = Attend { token: None, unit: Some(unit.id), name: Some(name.to_owned()) };
        meeting::attend(engine, actor, id, &input)?;
    }
    Ok(())
}

/// Two of them and the community say what they think of each other.
fn evaluate(engine: &Engine, actor: &Actor, id: RecordId) -> Result<(), Problem> {
    let units = meeting::get(engine, actor, id)?.units;
    for (unit, score) in units.iter().take(2).zip([5, 4]) {
        for direction in ["unit_rates_community", "community_rates_unit"] {
            let input = Evaluate { unit: unit.id, direction: direction.into(), score, opinion: None };
            meeting::evaluate(engine, actor, id, &input)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_planned_is_in_order_over_before_the_last_morning_and_names_real_flows_and_units() {
        let today = date(2026, 11, 22);
        let communities = ["1", "2", "3", "4", "5", "6"].map(str::to_owned);
        let all = gatherings(&communities, today);
        let units = include_str!("../../data/units.csv");
        for one in &all {
            let mut before = one.at;
            for deed in &one.deeds {
                assert!(deed.at >= before && deed.at < moment(today, 8 * 60), "{one:?}");
                before = deed.at;
                for unit in &deed.units {
                    assert!(units.contains(&format!("\n{unit},")), "{unit}");
                }
            }
        }
        let flows: BTreeSet<&str> = all.iter().map(|one| one.flow.as_str()).collect();
        let wanted = ["command/whistle", "duty/affair_request", "party/joint_meeting", "party/resolution"];
        assert_eq!(flows.into_iter().collect::<Vec<_>>(), wanted);
        let rows = ROWS.lines().count() - 1;
        let kept = |one: &&Gathering| one.flow.starts_with("command/") || one.flow.starts_with("duty/");
        assert_eq!(all.iter().filter(kept).map(|one| 1 + one.deeds.len()).sum::<usize>(), rows, "no line is lost");
    }
}
