//! Reports: what a template says of given facts.

mod faults;
mod sentences;
mod shown;
mod whole;

use jiff::civil::{Date, date};

use crate::{
    document::{Block, Document},
    insight::{Direction, Unit},
    lang::{Label, Lang},
};

use super::{About, Base, Facts, Place, Reading, Report, Target, parse, render};

fn report(body: &str) -> Report {
    Report {
        name: "survey/sample".to_owned(),
        label: Label::new("样例", "Sample"),
        about: Label::default(),
        title: "{place}报告".to_owned(),
        lang: Lang::Zh,
        level: "community".to_owned(),
        compare: None,
        two_days: false,
        params: Vec::new(),
        span: None,
        translates: None,
        body: body.to_owned(),
        first_line: 1,
    }
}

fn about(label: &str, unit: Unit, decimals: u8, direction: Direction) -> About {
    About {
        label: label.to_owned(),
        about: format!("{label}的定义"),
        unit,
        suffix: String::new(),
        decimals,
        direction,
        basis: "register".to_owned(),
        rank: true,
    }
}

fn known(value: f64) -> Reading {
    Reading { value: Some(value), ..Reading::default() }
}

fn unknown(reason: &str) -> Reading {
    Reading { reason: reason.to_owned(), ..Reading::default() }
}

const BASE: Date = date(2016, 12, 31);

/// Coverage 63.9 % against a target of 80, pay that rose, an age that nobody knows, and three communities.
fn facts() -> Facts {
    let mut facts = Facts {
        place: Place { code: "230102".to_owned(), name: "道里区".to_owned() },
        as_of: date(2020, 7, 31),
        ..Facts::default()
    };
    facts.about.insert("party/coverage".to_owned(), about("党组织覆盖率", Unit::Percent, 1, Direction::Up));
    facts.about.insert("workforce/pay".to_owned(), about("平均工资", Unit::Yuan, 0, Direction::Up));
    facts.about.insert("workforce/age".to_owned(), about("平均年龄", Unit::Years, 1, Direction::None));
    facts.about.insert("workforce/load".to_owned(), about("人均户数", Unit::Per, 0, Direction::Down));
    let coverage = Reading {
        value: Some(63.9),
        numerator: Some(23.0),
        denominator: Some(36.0),
        target: Some(Target { value: 80.0, by: Some(date(2020, 12, 31)) }),
        base: Some(Base { date: BASE, value: Some(51.2) }),
        ..Reading::default()
    };
    let pay = Reading { base: Some(Base { date: BASE, value: Some(2000.0) }), ..known(3200.0) };
    facts.readings.insert("party/coverage".to_owned(), coverage);
    facts.readings.insert("workforce/pay".to_owned(), pay);
    facts.readings.insert("workforce/age".to_owned(), unknown("没有登记出生日期。"));
    facts.readings.insert("workforce/load".to_owned(), known(512.0));
    let place = |n: u8, name: &str| Place { code: format!("23010200100{n}"), name: name.to_owned() };
    let below = |value: f64| Reading { target: Some(Target { value: 80.0, by: None }), ..known(value) };
    let communities = vec![
        (place(1, "兆麟社区"), below(92.5)),
        (place(2, "地段社区"), below(40.0)),
        (place(3, "安静社区"), unknown("没有应建单位。")),
        (place(4, "经纬社区"), below(61.0)),
    ];
    facts.by.insert("party/coverage".to_owned(), communities);
    facts
}

/// What the template says, a block a line; headings with `#`.
fn told(body: &str, facts: &Facts) -> String {
    let (template, faults) = parse(body, 1);
    assert_eq!(faults, []);
    words(&render(&report(body), &template, facts))
}

fn words(document: &Document) -> String {
    let line = |block: &Block| match block {
        Block::Heading(heading) => format!("{} {}", "#".repeat(usize::from(heading.level)), heading.text),
        Block::Paragraph { runs } => runs.iter().map(crate::document::Run::words).collect(),
        Block::Table(table) => {
            let row = |row: &crate::document::Row| {
                let cell = |cell: &Vec<crate::document::Run>| cell.iter().map(crate::document::Run::words).collect();
                row.cells.iter().map(cell).collect::<Vec<String>>().join(" | ")
            };
            let heads: Vec<&str> = table.columns.iter().map(|column| column.label.as_str()).collect();
            let rows: Vec<String> = table.rows.iter().map(row).collect();
            format!("[{}]\n{}", heads.join(" | "), rows.join("\n"))
        }
        Block::Chart(chart) => format!("<{}: {}>", chart.caption, chart.categories.join(" ")),
        Block::Contents => "<contents>".to_owned(),
        Block::PageBreak => "<page>".to_owned(),
    };
    document.blocks.iter().map(line).collect::<Vec<_>>().join("\n")
}
