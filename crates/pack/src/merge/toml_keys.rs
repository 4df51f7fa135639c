//! TOML merged key by key, on the city's text, so that its comments and order stay.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, Value};

use super::{Conflict, Side, Three};

/// The merged text; `None` when one of the three is not TOML.
pub(super) fn merge(
    path: &str,
    base: &str,
    shipped: &str,
    city: &str,
    conflicts: &mut Vec<Conflict>,
) -> Option<String> {
    let base: DocumentMut = base.parse().ok()?;
    let shipped: DocumentMut = shipped.parse().ok()?;
    let mut merged: DocumentMut = city.parse().ok()?;
    let mut merger = Merger { path, conflicts };
    merger.tables("", base.as_table(), shipped.as_table(), merged.as_table_mut());
    Some(merged.to_string())
}

struct Merger<'m> {
    path: &'m str,
    conflicts: &'m mut Vec<Conflict>,
}

impl Merger<'_> {
    fn tables(&mut self, prefix: &str, base: &dyn TableLike, shipped: &dyn TableLike, city: &mut dyn TableLike) {
        let mut keys: Vec<String> = city.iter().map(|(key, _)| key.to_owned()).collect();
        let others = shipped.iter().chain(base.iter()).map(|(key, _)| key.to_owned());
        for key in others {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        for key in keys {
            let place = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            self.key(&place, &key, base.get(&key), shipped.get(&key), city);
        }
    }

    fn key(&mut self, place: &str, key: &str, base: Option<&Item>, shipped: Option<&Item>, city: &mut dyn TableLike) {
        let meaning =
            Three { base: base.map(meaning), shipped: shipped.map(meaning), city: city.get(key).map(meaning) };
        match meaning.side() {
            Side::City => {}
            Side::Shipped => match shipped {
                Some(item) => {
                    let mut item = item.clone();
                    forget_position(&mut item);
                    match city.get_mut(key) {
                        Some(held) => *held = item,
                        None => {
                            city.insert(key, item);
                        }
                    }
                }
                None => {
                    city.remove(key);
                }
            },
            Side::Neither => {
                let inside = match (shipped, city.get_mut(key)) {
                    (Some(shipped), Some(city)) => self.inside(place, base, shipped, city),
                    _ => false,
                };
                if !inside {
                    let shown = |meaning: Option<Json>| meaning.map(|meaning| shown(&meaning));
                    self.conflicts.push(Conflict {
                        file: self.path.to_owned(),
                        key: place.to_owned(),
                        base: shown(meaning.base),
                        shipped: shown(meaning.shipped),
                        city: shown(meaning.city),
                    });
                }
            }
        }
    }

    /// Merges inside a value that both sides changed; whether it has an inside.
    fn inside(&mut self, place: &str, base: Option<&Item>, shipped: &Item, city: &mut Item) -> bool {
        let nothing = Table::new();
        if let (Some(shipped), true) = (shipped.as_table_like(), city.is_table_like()) {
            let base = base.and_then(Item::as_table_like).unwrap_or(&nothing);
            if let Some(city) = city.as_table_like_mut() {
                self.tables(place, base, shipped, city);
            }
            return true;
        }
        if let (Some(shipped), Some(mine)) = (elements(shipped), elements(city)) {
            let base = base.and_then(elements).unwrap_or_default();
            let merged = self.elements(place, &base, &shipped, mine);
            put_elements(city, merged);
            return true;
        }
        if let (Some(shipped), Some(mine)) = (texts(shipped), texts(city)) {
            let base = base.and_then(texts).unwrap_or_default();
            put_texts(city, &base, &shipped, &mine);
            return true;
        }
        false
    }

    /// Array of tables by identity: the city's order, with new ones of the shipped behind the one they follow there.
    fn elements(&mut self, place: &str, base: &[Element], shipped: &[Element], mut city: Vec<Element>) -> Vec<Element> {
        let find = |side: &[Element], id: &str| side.iter().position(|element| element.id == id);
        let removed: Vec<String> =
            base.iter().filter(|old| find(shipped, &old.id).is_none()).map(|old| old.id.clone()).collect();
        for old in removed {
            let Some(at) = find(&city, &old) else { continue };
            let was = find(base, &old).and_then(|at| base.get(at));
            if was.is_some_and(|was| was.same(&city[at])) {
                city.remove(at);
            } else {
                self.element_conflict(place, &old, was, None, Some(&city[at]));
            }
        }
        let mut previous: Option<String> = None;
        for new in shipped {
            let was = find(base, &new.id).and_then(|at| base.get(at));
            match (find(&city, &new.id), was) {
                (Some(at), _) => {
                    let nothing = Table::new();
                    let place = format!("{place}.{}", new.id);
                    self.tables(&place, was.map_or(&nothing, |was| &was.table), &new.table, &mut city[at].table);
                }
                (None, Some(was)) if was.same(new) => {}
                (None, Some(was)) => self.element_conflict(place, &new.id, Some(was), Some(new), None),
                (None, None) => {
                    let after = previous.as_deref().and_then(|previous| find(&city, previous));
                    let mut table = new.table.clone();
                    table.set_position(None);
                    city.insert(after.map_or(city.len(), |at| at + 1), Element { id: new.id.clone(), table });
                }
            }
            previous = Some(new.id.clone());
        }
        city
    }

    fn element_conflict(
        &mut self,
        place: &str,
        id: &str,
        base: Option<&Element>,
        shipped: Option<&Element>,
        city: Option<&Element>,
    ) {
        let text = |element: Option<&Element>| element.map(|element| element.table.to_string().trim().to_owned());
        self.conflicts.push(Conflict {
            file: self.path.to_owned(),
            key: format!("{place}.{id}"),
            base: text(base),
            shipped: text(shipped),
            city: text(city),
        });
    }
}

/// A table of an array, with what tells it from its neighbours.
struct Element {
    id: String,
    table: Table,
}

impl Element {
    fn same(&self, other: &Self) -> bool {
        table_meaning(&self.table) == table_meaning(&other.table)
    }
}

/// Tables of an array of tables, if each has an identity of its own.
fn elements(item: &Item) -> Option<Vec<Element>> {
    let tables: Vec<Table> = match item {
        Item::ArrayOfTables(tables) => tables.iter().cloned().collect(),
        Item::Value(Value::Array(items)) if !items.is_empty() => items
            .iter()
            .map(|item| item.as_inline_table().map(|table| table.clone().into_table()))
            .collect::<Option<_>>()?,
        _ => return None,
    };
    let mut found: BTreeMap<String, ()> = BTreeMap::new();
    let mut elements = Vec::new();
    for table in tables {
        let id = identity(&table)?;
        if found.insert(id.clone(), ()).is_some() {
            return None;
        }
        elements.push(Element { id, table });
    }
    Some(elements)
}

/// What tells a table of an array from the others: `id`, `name`, `role` with `on`, `on`, `kind`, `table`.
fn identity(table: &Table) -> Option<String> {
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    if let (Some(role), Some(on)) = (text("role"), text("on")) {
        return Some(format!("{role} {on}"));
    }
    ["id", "name", "on", "kind", "table"].into_iter().find_map(text).map(str::to_owned)
}

fn put_elements(item: &mut Item, elements: Vec<Element>) {
    let tables = elements.into_iter().map(|element| element.table);
    match item {
        Item::Value(Value::Array(items)) => {
            let mut array = Array::new();
            for table in tables {
                let mut value = Value::from(table.into_inline_table());
                value.decor_mut().set_prefix("\n    ");
                array.push_formatted(value);
            }
            array.set_trailing("\n");
            array.set_trailing_comma(true);
            *items = array;
        }
        other => *other = Item::ArrayOfTables(tables.collect::<ArrayOfTables>()),
    }
}

fn texts(item: &Item) -> Option<Vec<String>> {
    item.as_array()?.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

/// Texts as a set: the city's without what the shipped took out, and with what it added.
fn put_texts(item: &mut Item, base: &[String], shipped: &[String], city: &[String]) {
    let Some(array) = item.as_array_mut() else { return };
    array.retain(|value| {
        value.as_str().is_none_or(|text| shipped.iter().any(|s| s == text) || !base.iter().any(|b| b == text))
    });
    for added in shipped.iter().filter(|text| !base.contains(text) && !city.contains(text)) {
        array.push(added.as_str());
    }
}

/// Tables from another file take the place where they are put, not the one they had.
fn forget_position(item: &mut Item) {
    match item {
        Item::Table(table) => {
            table.set_position(None);
            table.iter_mut().for_each(|(_, item)| forget_position(item));
        }
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(|table| table.set_position(None)),
        _ => {}
    }
}

/// A value without its spelling.
fn meaning(item: &Item) -> Json {
    match item {
        Item::None => Json::Null,
        Item::Value(value) => value_meaning(value),
        Item::Table(table) => table_meaning(table),
        Item::ArrayOfTables(tables) => tables.iter().map(table_meaning).collect(),
    }
}

fn table_meaning(table: &Table) -> Json {
    Json::Object(table.iter().map(|(key, item)| (key.to_owned(), meaning(item))).collect())
}

fn value_meaning(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::from(text.value().as_str()),
        Value::Integer(number) => Json::from(*number.value()),
        Value::Float(number) => Json::from(*number.value()),
        Value::Boolean(flag) => Json::from(*flag.value()),
        Value::Datetime(day) => Json::from(day.value().to_string()),
        Value::Array(items) => items.iter().map(value_meaning).collect(),
        Value::InlineTable(table) => {
            Json::Object(table.iter().map(|(key, value)| (key.to_owned(), value_meaning(value))).collect())
        }
    }
}

fn shown(meaning: &Json) -> String {
    meaning.as_str().map_or_else(|| meaning.to_string(), str::to_owned)
}
