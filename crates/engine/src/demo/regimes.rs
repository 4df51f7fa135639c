//! Registers of the regimes in the demo: resident units, a command zone with its commanders and granted authority, certificates,
//! plaques, the burden ledger; and the schedules that are in force for the street. Offices and people are made up.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use linli_domain::{
    AreaPath, RecordId, Source, Subject, Value, Verb,
    calendar::{Day, DayKind},
    record::{NewRecord, SourceKind},
    rules::parse_texts,
};
use linli_store::tables::ScheduleOn;

use super::{areas, plan::FULL_STREET};
use crate::{Engine, Problem};

/// `entity,area,texts`: texts are `field=value` with `|` between; `@` before a title refers to a record above.
const ROWS: &str = include_str!("../../data/regimes.csv");

/// `from,to,kind,name`: days of 2026 that are not as their weekday says, by the notice of the General Office of the State Council
/// on the holidays of 2026 (国务院办公厅关于2026年部分节假日安排的通知, 2025-11-04), compared line by line.
const HOLIDAYS: &str = include_str!("../../data/holidays.csv");

/// District of the street.
const DISTRICT: &str = "230103000000";

/// Schedules that are in force for the street.
const IN_FORCE: [&str; 3] = ["party/joint_meeting", "party/drill", "party/disclosure"];

/// A record to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    entity: String,
    /// Code of its area.
    area: String,
    texts: BTreeMap<String, String>,
}

fn rows() -> Vec<Row> {
    let communities = areas::communities(&areas::extract());
    let mut reader = csv::Reader::from_reader(ROWS.as_bytes());
    let mut found = Vec::new();
    for record in reader.records().filter_map(Result::ok) {
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let places: Vec<(&str, &str)> = match cell(1) {
            "each" => communities.iter().map(|(code, name)| (code.as_str(), short(name))).collect(),
            "district" => vec![(DISTRICT, "")],
            _ => vec![(FULL_STREET, "")],
        };
        for (code, name) in places {
            let pairs = cell(2).split('|').filter_map(|pair| pair.split_once('='));
            let texts = pairs.map(|(field, text)| (field.to_owned(), text.replace("{community}", name))).collect();
            found.push(Row { entity: cell(0).to_owned(), area: code.to_owned(), texts });
        }
    }
    found
}

/// `焊接` of `焊接社区居委会`.
fn short(name: &str) -> &str {
    name.split("社区").next().unwrap_or(name)
}

/// Id of a record: the same in every demo.
fn id_of(row: &Row) -> RecordId {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(format!("linli demo {} {} {:?}", row.entity, row.area, row.texts));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RecordId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Writes the registers and puts the schedules in force. Packs of a city may lack some: then there are none of those.
pub(super) fn install(engine: &Engine, areas: &BTreeMap<String, AreaPath>, today: Date) -> Result<(), Problem> {
    let mut by_entity: BTreeMap<String, Vec<NewRecord>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let rows = rows();
    for row in rows.iter().filter(|row| engine.catalogue().entities.contains_key(&row.entity)) {
        let path = areas.get(&row.area).cloned().ok_or_else(|| Problem::no_area(&row.area))?;
        if !order.contains(&row.entity) {
            order.push(row.entity.clone());
        }
        let values = values(engine, &rows, row)?;
        let new = NewRecord { entity: row.entity.clone(), id: id_of(row), home: row.area.clone(), path, values };
        by_entity.entry(row.entity.clone()).or_default().push(new);
    }
    let source = Source { kind: SourceKind::Demo, reference: "demo".into() };
    for entity in order {
        let records = by_entity.remove(&entity).unwrap_or_default();
        let (permit, source) =
            (engine.permit(&Engine::operator(), Verb::Create, Subject::Entity(entity))?, source.clone());
        engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.insert_many(&permit, &records, &source)?))?;
    }
    put_holidays(engine)?;
    put_in_force(engine, areas, today)
}

/// The table of 2026 by the State Council's notice. Later ones are imported as a city would.
fn put_holidays(engine: &Engine) -> Result<(), Problem> {
    let days = holidays();
    engine
        .store
        .write_blocking::<_, Problem>(move |tx| Ok(tx.put_holidays(2026, &days, Engine::operator().account)?))?;
    Ok(())
}

fn holidays() -> Vec<Day> {
    let mut reader = csv::Reader::from_reader(HOLIDAYS.as_bytes());
    let mut days = Vec::new();
    for record in reader.records().filter_map(Result::ok) {
        let [from, to] = [0, 1].map(|at| record.get(at).and_then(|day| day.parse::<Date>().ok()));
        let (Some(from), Some(to)) = (from, to) else { continue };
        let kind = if record.get(2) == Some("workday") { DayKind::Workday } else { DayKind::Holiday };
        let name = record.get(3).unwrap_or_default();
        let span = from.series(1.day()).take_while(|day| *day <= to);
        days.extend(span.map(|date| Day { date, kind, name: name.to_owned() }));
    }
    days
}

fn values(engine: &Engine, rows: &[Row], row: &Row) -> Result<linli_domain::Values, Problem> {
    let (refs, texts): (BTreeMap<_, _>, BTreeMap<_, _>) =
        row.texts.clone().into_iter().partition(|(_, text)| text.starts_with('@'));
    let parsed = parse_texts(&engine.catalogue(), &row.entity, &texts);
    if let Some(error) = parsed.errors.first() {
        return Err(Problem::internal(format_args!("demo data of {}: {error:?}", row.entity)));
    }
    let mut values = parsed.values;
    for (field, title) in refs {
        let named = rows.iter().find(|one| one.texts.get("name").map(String::as_str) == title.strip_prefix('@'));
        values.insert(field, named.map_or(Value::Null, |one| Value::Ref(id_of(one))));
    }
    Ok(values)
}

fn put_in_force(engine: &Engine, areas: &BTreeMap<String, AreaPath>, today: Date) -> Result<(), Problem> {
    let area = areas.get(FULL_STREET).cloned().ok_or_else(|| Problem::no_area(FULL_STREET))?;
    let permit = engine.permit(&Engine::operator(), Verb::Manage, Subject::Schedules)?;
    let known = engine.catalogue();
    engine.store.write_blocking::<_, Problem>(move |tx| {
        for schedule in IN_FORCE.iter().filter(|name| known.schedules.contains_key(**name)) {
            let one = ScheduleOn {
                schedule: (*schedule).to_owned(),
                area: area.clone(),
                since: today,
                by_name: "七政街道 街道工作人员".into(),
                at: tx.now(),
            };
            tx.put_schedule_on(&permit, &one)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use linli_domain::rules::validate_record;

    use super::*;

    #[test]
    fn worked_days_of_the_holiday_table_are_weekends_and_no_day_comes_twice() {
        use jiff::civil::Weekday::{Saturday, Sunday};
        let mut days = holidays();
        assert_eq!(days.len(), 39);
        for day in days.iter().filter(|day| day.kind == DayKind::Workday) {
            assert!([Saturday, Sunday].contains(&day.date.weekday()), "{}", day.date);
        }
        days.dedup_by_key(|day| day.date);
        assert_eq!(days.len(), 39);
    }

    #[test]
    fn every_row_is_a_sound_record_and_refers_to_what_is_there() {
        let packs = linli_pack::read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")).unwrap();
        let (catalogue, _) = linli_pack::load(&packs);
        let rows = rows();
        let lines = ROWS.lines().skip(1);
        let each = areas::communities(&areas::extract()).len();
        let wanted: usize = lines.map(|line| if line.contains(",each,") { each } else { 1 }).sum();
        assert_eq!(rows.len(), wanted, "no line is lost");
        let mut ids: Vec<RecordId> = rows.iter().map(id_of).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), rows.len());
        for row in &rows {
            let (refs, texts): (BTreeMap<_, _>, BTreeMap<_, _>) =
                row.texts.clone().into_iter().partition(|(_, text)| text.starts_with('@'));
            let parsed = parse_texts(&catalogue, &row.entity, &texts);
            assert!(parsed.errors.is_empty(), "{row:?}: {:?}", parsed.errors);
            let mut values = parsed.values;
            for (field, title) in refs {
                let there =
                    rows.iter().find(|one| one.texts.get("name").map(String::as_str) == title.strip_prefix('@'));
                values.insert(field, Value::Ref(id_of(there.unwrap())));
            }
            let (_, errors) = validate_record(&catalogue, &row.entity, &values, "2026-11-01".parse().unwrap());
            assert!(errors.is_empty(), "{row:?}: {errors:?}");
        }
    }
}
