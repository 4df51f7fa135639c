//! Service facilities, the money spent on them, and certificates that were struck.

use jiff::civil::Date;
use linli_domain::{AreaPath, Value};

use super::{super::records::FIRST_DAY, Community, DISTRICT, History, day, id_of, int, text, values, yuan};

const FACILITY: &str = "facility/facility";
const FUND: &str = "facility/fund";
const CERTIFICATE: &str = "duty/certificate_item";

/// The national list of certificates communities do not issue: `code,title,checked_by,instead`.
const NATIONAL: &str = include_str!("../../../data/certificates.csv");

/// When the demo's district struck them.
const STRUCK: Date = jiff::civil::date(2020, 11, 1);

/// Certificates of the district that are still asked for.
const STILL: [(&str, &str); 4] = [
    ("NG-11", "参军政审住址说明"),
    ("NG-12", "养老待遇异地协查说明"),
    ("NG-13", "助学家庭情况说明"),
    ("NG-14", "门牌变更说明"),
];

pub(super) fn plan(community: &Community, history: &mut History) {
    let mut dice = community.dice.fork("places");
    let at = (community.code.as_str(), &community.path);
    let (now, then) = (dice.chance(880), dice.chance(600));
    let (small, large) = (80 + dice.between(0, 190), 320 + dice.between(0, 680));
    let complied = now && then;
    let centre = id_of(&format!("centre {}", community.code));
    let record = values([
        ("name", text(format!("{}社区党群服务中心", community.short))),
        ("kind", text("service_centre")),
        ("area_m2", int(100 * if complied { large } else { small })),
        ("compliant", Value::Bool(complied)),
        ("tenure", text(dice.weighted(&[("own", 35), ("allotted", 25), ("rented", 20), ("lent", 20)]))),
        ("built_on", Value::Date(day(1998 + dice.between(0, 16), dice.between(1, 12), 1))),
        ("accessible", Value::Bool(dice.chance(300))),
    ]);
    history.add(FIRST_DAY, FACILITY, centre, at, record);
    if now && !complied {
        let on = day(2017 + dice.between(0, 2), 10, 20);
        let changed = values([
            ("area_m2", int(100 * large)),
            ("compliant", Value::Bool(true)),
            ("tenure", text(dice.pick(&["own", "allotted"]))),
            ("built_on", Value::Date(on)),
            ("accessible", Value::Bool(true)),
        ]);
        history.edit(on, FACILITY, centre, changed);
    }
    if dice.chance(300) {
        let (kind, name) = dice.pick(&[("elderly", "日间照料室"), ("culture", "文体活动室"), ("children", "儿童之家")]);
        let record = values([
            ("name", text(format!("{}{name}", community.short))),
            ("kind", text(kind)),
            ("area_m2", int(100 * (40 + dice.between(0, 160)))),
            ("built_on", Value::Date(day(2021, dice.between(1, 12), 1))),
        ]);
        history.add(day(2022, 1, 10), FACILITY, id_of(&format!("other {}", community.code)), at, record);
    }
    let mut fund = |on: Date, what: (&str, &str, &str), informatisation: bool, allocated: i32, spent: i32| {
        let (title, came_from, department) = what;
        let record = values([
            ("title", text(title)),
            ("year", int(on.year())),
            ("came_from", text(came_from)),
            ("purpose", text("construction")),
            ("informatisation", Value::Bool(informatisation)),
            ("allocated", yuan(allocated)),
            ("spent", yuan(spent)),
            ("department", text(department)),
        ]);
        history.add(on, FUND, id_of(&format!("fund {} {on} {title}", community.code)), at, record);
    };
    for year in 2016..=2019 {
        let amount = 60_000 + (year - 2016) * 25_000 + dice.between(0, 90) * 1_000;
        let source =
            dice.pick(&[("社区建设补助", "provincial", "省民政厅(演示)"), ("社区建设补助", "city", "市民政局(演示)")]);
        fund(day(year, 12, 5), source, false, amount, amount * dice.between(82, 100) / 100);
    }
    if dice.chance(280) {
        let amount = 15_000 + dice.between(0, 30) * 1_000;
        fund(day(2019, 12, 6), ("社区信息化补助", "city", "市工信局(演示)"), true, amount, amount * 9 / 10);
    }
}

/// The national twenty were asked for until the district struck them; four of its own are still asked for.
pub(super) fn certificates(district: &AreaPath, history: &mut History) {
    let at = (DISTRICT, district);
    let common = |code: &str, title: &str| {
        values([
            ("item_code", text(code)),
            ("title", text(title)),
            ("needed", Value::Bool(true)),
            ("formerly_required", Value::Bool(true)),
            ("basis", text("清理前的惯例(演示)")),
        ])
    };
    let mut reader = csv::Reader::from_reader(NATIONAL.as_bytes());
    for row in reader.records().filter_map(Result::ok) {
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let id = id_of(&format!("certificate {}", cell(0)));
        history.add(FIRST_DAY, CERTIFICATE, id, at, common(cell(0), cell(1)));
        let struck = values([
            ("needed", Value::Bool(false)),
            ("instead", text(cell(3))),
            ("checked_by", text(cell(2))),
            ("basis", text("民发〔2020〕20号")),
            ("abolished_on", Value::Date(STRUCK)),
        ]);
        history.edit(STRUCK, CERTIFICATE, id, struck);
    }
    for (code, title) in STILL {
        history.add(FIRST_DAY, CERTIFICATE, id_of(&format!("certificate {code}")), at, common(code, title));
    }
}
