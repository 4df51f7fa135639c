//! The responsibility lists of the demo: forty items of the district's departments, the street's offices and its
//! communities. The laws are real, the lists are synthetic.

use std::collections::BTreeMap;

use linli_domain::{
    AreaPath, RecordId, Source, Subject, Value, Values, Verb,
    record::{NewRecord, SourceKind},
};

use super::plan::FULL_STREET;
use crate::{Engine, Problem};

/// Register of the items.
pub const REGISTER: &str = "duty/duty_list_item";

/// `level,code,list_kind,part,owner,basis,from,title,collects`.
const LIST: &str = include_str!("../../data/duty_list.csv");

/// District whose departments the lists name.
const DISTRICT: &str = "230103000000";

/// An item of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Code of the area whose list it stands in. The communities' items stand in the list their street made for them.
    pub area: &'static str,
    /// Values of the record.
    pub values: Values,
}

/// All items.
pub fn items() -> Vec<Item> {
    let mut reader = csv::Reader::from_reader(LIST.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    let item = |row: csv::StringRecord| {
        let mut cells = row.iter().map(str::to_owned);
        let level = cells.next()?;
        let names = ["item_code", "list_kind", "part", "owner", "basis", "effective_from", "title", "collects"];
        let mut values: Values = names
            .iter()
            .zip(cells)
            .map(|(name, text)| {
                let value = match (*name, text.parse()) {
                    ("effective_from", Ok(day)) => Value::Date(day),
                    _ => Value::Text(text),
                };
                ((*name).to_owned(), value)
            })
            .collect();
        let area = if level == "district" { DISTRICT } else { FULL_STREET };
        values.insert("item_level".into(), Value::Text(level));
        Some(Item { area, values })
    };
    rows.filter_map(item).collect()
}

/// Id of the item with a code: the same in every demo.
pub fn id_of(code: &str) -> RecordId {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(format!("linli demo duty {code}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RecordId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Writes the lists. Packs of a city may lack the register: then there are none.
pub(super) fn install(engine: &Engine, areas: &BTreeMap<String, AreaPath>) -> Result<(), Problem> {
    if !engine.catalogue().entities.contains_key(REGISTER) {
        return Ok(());
    }
    let mut records = Vec::new();
    for Item { area, values } in items() {
        let path = areas.get(area).cloned().ok_or_else(|| Problem::no_area(area))?;
        let code = values.get("item_code").and_then(Value::as_text).unwrap_or_default();
        let id = id_of(code);
        records.push(NewRecord { entity: REGISTER.into(), id, home: area.to_owned(), path, values });
    }
    let permit = engine.permit(&Engine::operator(), Verb::Create, Subject::Entity(REGISTER.into()))?;
    let source = Source { kind: SourceKind::Demo, reference: "demo".into() };
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.insert_many(&permit, &records, &source)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_forty_items_each_with_a_basis_and_its_own_id() {
        let items = items();
        assert_eq!(items.len(), 40);
        let known = |item: &Item, name: &str| item.values.get(name).is_some_and(|value| !value.is_null());
        assert!(
            items.iter().all(|item| ["basis", "owner", "title", "effective_from"].iter().all(|name| known(item, name)))
        );
        let mut ids: Vec<RecordId> =
            items.iter().filter_map(|item| item.values["item_code"].as_text().map(id_of)).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 40);
    }
}
