//! Units that handle cases in the demo, and the offices people go to.

use std::collections::BTreeMap;

use linli_domain::{
    AreaPath, RecordId, Source, Subject, Value, Values, Verb,
    record::{NewRecord, SourceKind},
};
use sha2::{Digest, Sha256};

use super::{cases::Before, identity::SYNTHETIC_MOBILE, plan::FULL_STREET};
use crate::{Engine, Problem, grid};

/// `key,unit_code,unit_kind,name,phone,duties`.
const UNITS: &str = include_str!("../../data/units.csv");
/// Register of desks.
pub(super) const OFFICES: &str = "service/office";
/// The unit that the department's account acts for.
const DEPARTMENT: &str = "urban";

/// The same id in every demo.
pub(super) fn id_of(what: &str) -> RecordId {
    let hash = Sha256::digest(format!("linli demo {what}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RecordId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

fn put(engine: &Engine, entity: &str, records: Vec<NewRecord>) -> Result<(), Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Create, Subject::Entity(entity.to_owned()))?;
    let source = Source { kind: SourceKind::Demo, reference: "demo".into() };
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.insert_many(&permit, &records, &source)?))
}

fn texts<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Values {
    pairs.into_iter().map(|(name, text)| (name.to_owned(), Value::Text(text))).collect()
}

/// Units by key; the department's account acts for one of them.
pub(super) fn make_units(
    engine: &Engine,
    paths: &BTreeMap<String, AreaPath>,
) -> Result<BTreeMap<String, Unit>, Problem> {
    let path = paths.get(FULL_STREET).cloned().ok_or_else(|| Problem::no_area(FULL_STREET))?;
    let (mut units, mut records) = (BTreeMap::new(), Vec::new());
    for line in UNITS.lines().skip(1) {
        let Ok([key, code, kind, name, phone, duties]) = <[&str; 6]>::try_from(line.split(',').collect::<Vec<_>>())
        else {
            continue;
        };
        let id = id_of(&format!("unit {key}"));
        let phone = format!("{SYNTHETIC_MOBILE}{phone:0>6}");
        let pairs = [("unit_code", code), ("unit_kind", kind), ("name", name), ("phone", &phone), ("duties", duties)];
        let values = texts(pairs.map(|(field, text)| (field, text.replace('|', "、"))));
        let (home, entity) = (FULL_STREET.to_owned(), grid::UNITS.to_owned());
        records.push(NewRecord { entity, id, home, path: path.clone(), values });
        units.insert(key.to_owned(), Unit { id, name: name.to_owned() });
    }
    put(engine, grid::UNITS, records)?;
    if let Some(unit) = units.get(DEPARTMENT) {
        let id = unit.id;
        engine.store.write_blocking::<_, Problem>(move |tx| {
            let account = tx.account_by_login("department")?.ok_or_else(Problem::no_account)?;
            Ok(tx.put_members(FULL_STREET, id, &[account.id])?)
        })?;
    }
    Ok(units)
}

/// A unit.
pub(super) struct Unit {
    pub id: RecordId,
    pub name: String,
}

/// One office for the street and one for each of its communities. Names of roads are real, house numbers invented.
pub(super) fn make_offices(engine: &Engine, before: &Before<'_>) -> Result<(), Problem> {
    let mut records = Vec::new();
    let mut office = |code: &str, name: String, address: String, number: usize| {
        let Some(path) = before.paths.get(code).cloned() else { return };
        let values = texts([
            ("name", name),
            ("address", address),
            ("phone", format!("{SYNTHETIC_MOBILE}{:06}", 200 + number)),
            ("hours", "周一至周五 8:30–11:30,13:30–16:30".to_owned()),
        ]);
        let (entity, home) = (OFFICES.to_owned(), code.to_owned());
        records.push(NewRecord { entity, id: id_of(&format!("office {code}")), home, path, values });
    };
    office(FULL_STREET, "七政街道便民服务中心".into(), "哈尔滨市南岗区七政街(演示)".into(), 0);
    let communities = super::areas::communities(&super::areas::extract());
    for (number, (code, name)) in (1..).zip(communities) {
        let road = before.street.plan.estates.iter().find(|estate| estate.community == code).map_or("", |one| one.road);
        let short = name.trim_end_matches("居委会");
        office(&code, format!("{short}便民服务站"), format!("哈尔滨市南岗区{road}(演示)"), number);
    }
    put(engine, OFFICES, records)
}
