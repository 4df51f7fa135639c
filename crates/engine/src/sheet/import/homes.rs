//! Dwellings and households out of the rows of a flat ledger: found when known, made once when not, so that "one
//! household, one file" holds after a list of persons came in.

use std::collections::HashMap;

use linli_domain::{Entity, FieldKind, RecordId, Value, Values};

use super::register::{Known, Register};
use crate::sheet::{
    known as names,
    parts::Parts,
    places::{address_parts, core_name},
};

/// A dwelling or household that rows of the ledger speak of.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    /// Number of the part it is.
    pub part: usize,
    /// Its id: the known record's, or the one it will get.
    pub id: RecordId,
    /// Number in the register of its part when it is known.
    pub known: Option<usize>,
    /// What the ledger says of it.
    pub values: Values,
    /// Row (number within the ledger) that named it first.
    pub first: usize,
    /// Rows that belong to it.
    pub rows: u32,
    /// Number of the area it hangs on.
    pub area: usize,
    /// Whether the head is only the first member, for want of better.
    pub guessed: bool,
}

/// Dwellings and households, known and new, by all they can be recognised by.
#[derive(Debug, Clone, Default)]
pub struct Homes {
    /// All of them; the row's own register (part 0) is not among them.
    pub list: Vec<Home>,
    /// By part: key → number; `None` when several answer to it.
    keys: Vec<HashMap<String, Option<usize>>>,
    /// By part: number of the known record → number.
    known: Vec<Vec<usize>>,
}

impl Homes {
    /// None yet, for rows of so many parts.
    pub fn new(parts: usize) -> Self {
        Self { list: Vec::new(), keys: vec![HashMap::new(); parts], known: vec![Vec::new(); parts] }
    }

    /// Takes in a known record. For part 0 keys lead to the number in its register.
    pub fn know(&mut self, part: usize, known: usize, record: &Known, area: usize, keys: Vec<String>) {
        let number = if part == 0 {
            known
        } else {
            self.list.push(Home {
                part,
                id: record.id,
                known: Some(known),
                values: Values::new(),
                first: usize::MAX,
                rows: 0,
                area,
                guessed: false,
            });
            self.known[part].push(self.list.len() - 1);
            self.list.len() - 1
        };
        for key in keys {
            self.answer(part, number, key);
        }
    }

    /// The one that answers to the first key that is known.
    pub fn find(&self, part: usize, keys: &[String]) -> Option<usize> {
        keys.iter().find_map(|key| self.keys[part].get(key).copied().flatten())
    }

    /// Whether several answer to a key.
    pub fn several(&self, part: usize, key: &str) -> bool {
        self.keys[part].get(key) == Some(&None)
    }

    /// Lets `number` answer to a key; when another does already, neither is recognised by it.
    pub fn answer(&mut self, part: usize, number: usize, key: String) {
        self.keys[part]
            .entry(key)
            .and_modify(|held| {
                if *held != Some(number) {
                    *held = None;
                }
            })
            .or_insert(Some(number));
    }

    /// The home that answers to the keys, else a new one with `id`; either learns what the row says.
    pub fn take(
        &mut self,
        part: usize,
        id: RecordId,
        at: usize,
        said: Values,
        keys: Vec<String>,
        area: usize,
    ) -> usize {
        let home = self.find(part, &keys).unwrap_or_else(|| {
            self.list.push(Home {
                part,
                id,
                known: None,
                values: Values::new(),
                first: at,
                rows: 0,
                area,
                guessed: false,
            });
            self.list.len() - 1
        });
        self.learn(home, at, said, keys);
        home
    }

    /// A known home, which learns what the row says.
    pub fn take_known(&mut self, part: usize, known: usize, at: usize, said: Values, keys: Vec<String>) -> usize {
        let home = self.known[part][known];
        self.learn(home, at, said, keys);
        home
    }

    /// What a row says of a home; what an earlier row said stays. Rows with the same keys will find it.
    fn learn(&mut self, home: usize, at: usize, said: Values, keys: Vec<String>) {
        let one = &mut self.list[home];
        one.first = one.first.min(at);
        if one.guessed && said.contains_key(names::HEAD_NAME) {
            one.guessed = false;
            one.values.remove(names::HEAD_NAME);
        }
        for (field, value) in said {
            if !value.is_null() {
                one.values.entry(field).or_insert(value);
            }
        }
        let part = one.part;
        for key in keys {
            let held = self.keys[part].entry(key).or_insert(Some(home));
            *held = held.or(Some(home));
        }
    }
}

/// What an area says about where a dwelling is.
#[derive(Debug, Clone, Copy)]
pub struct Whereabouts<'a> {
    /// Community.
    pub home: &'a str,
    /// Estate within it, when the tree has one.
    pub estate: Option<&'a str>,
}

/// Keys of a dwelling, the surest first. With a room, the written address alone says nothing: neighbours share it.
pub fn dwelling_keys(values: &Values, at: Whereabouts<'_>) -> Vec<String> {
    let address = text(values, names::ADDRESS);
    let written = address.map(address_parts).unwrap_or_default();
    let core = |field: &str, kind: &str, written: Option<String>| {
        text(values, field).map(|text| core_name(kind, text)).or_else(|| written.map(|text| core_name(kind, &text)))
    };
    let building = core(names::BUILDING, "building", written.building).unwrap_or_default();
    let unit = core(names::UNIT, "unit", written.unit).unwrap_or_default();
    let room = core(names::ROOM, "room", written.room);
    let Some(room) = room.as_deref().map(|room| room.trim_end_matches(['室', '号', '户', '房'])) else {
        return address.map(|address| format!("a/{}/{}", at.home, compact(address))).into_iter().collect();
    };
    let mut keys = Vec::new();
    if let Some(estate) = at.estate {
        keys.push(format!("r/{estate}/{building}/{unit}/{room}"));
    }
    if !building.is_empty() {
        keys.push(format!("r/{}/{building}/{unit}/{room}", at.home));
    } else if let Some(address) = address {
        keys.push(format!("a/{}/{}/{room}", at.home, compact(address)));
    }
    keys
}

/// Keys of a household, the surest first. `dwelling` is the one it lives in.
pub fn household_keys(values: &Values, dwelling: Option<RecordId>, at: Whereabouts<'_>) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(number) = text(values, names::HOUSEHOLD_NUMBER) {
        keys.push(format!("n/{}/{number}", at.home));
    }
    let Some(head) = text(values, names::HEAD_NAME) else { return keys };
    if let Some(dwelling) = dwelling {
        keys.push(format!("d/{dwelling}/{head}"));
    } else if let Some(address) = text(values, names::ADDRESS) {
        keys.push(format!("h/{}/{}/{head}", at.home, compact(address)));
    }
    keys
}

/// Keys of known households by head alone, for ledgers that give no address.
pub fn head_key(head: &str, home: &str) -> String {
    format!("o/{home}/{head}")
}

/// Key of a dwelling for the one household that lives in it.
pub fn sole_key(dwelling: RecordId) -> String {
    format!("s/{dwelling}")
}

/// A text without spaces, in lower case and half width: for comparing addresses.
pub fn compact(text: &str) -> String {
    linli_domain::check::fold_width(text).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase()
}

fn text<'a>(values: &'a Values, field: &str) -> Option<&'a str> {
    values.get(field).and_then(Value::as_text).filter(|text| !text.trim().is_empty())
}

/// The reference a part's record holds to the part after it: the household's dwelling.
pub fn reference(parts: &Parts<'_>, from: usize, to: usize) -> Option<String> {
    let (parent, field) = parts.list.get(to)?.by?;
    (parent == from).then(|| field.name.clone())
}

/// What is needed to make a dwelling or household when the ledger leaves it unsaid: the address out of building, unit and
/// room; the head out of the first member.
pub fn complete(entity: &Entity, values: &mut Values, row_address: Option<&str>, first_member: Option<&str>) {
    let has_address = entity.field(names::ADDRESS).is_some_and(|field| matches!(field.kind, FieldKind::Address));
    if has_address && text(values, names::ADDRESS).is_none() {
        let written = row_address.map(str::to_owned).or_else(|| composed(values));
        if let Some(address) = written {
            values.insert(names::ADDRESS.into(), Value::Text(address));
        }
    }
    if names::is_household(entity)
        && text(values, names::HEAD_NAME).is_none()
        && let Some(name) = first_member
    {
        values.insert(names::HEAD_NAME.into(), Value::text(name));
    }
}

/// `3号楼2单元501室` out of `3`, `2`, `501`; `None` without a room or building.
fn composed(values: &Values) -> Option<String> {
    let piece = |field: &str, suffix: &str| {
        text(values, field).map(|text| {
            let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if plain { format!("{text}{suffix}") } else { text.to_owned() }
        })
    };
    let building = piece(names::BUILDING, "号楼")?;
    let unit = piece(names::UNIT, "单元").unwrap_or_default();
    let room = piece(names::ROOM, "室").unwrap_or_default();
    Some(format!("{building}{unit}{room}"))
}

/// Keys of every known record of a dwelling or household part.
pub fn index_known(
    part: usize,
    parts: &Parts<'_>,
    register: &Register,
    whereabouts: impl Fn(&Known) -> (String, Option<String>),
) -> Vec<(usize, Vec<String>)> {
    let entity = parts.list[part].entity;
    let dwelling_field = (0..parts.list.len())
        .filter(|to| names::is_dwelling(parts.list[*to].entity))
        .find_map(|to| reference(parts, part, to));
    let keys = |known: &Known| {
        let (home, estate) = whereabouts(known);
        let at = Whereabouts { home: &home, estate: estate.as_deref() };
        if names::is_dwelling(entity) {
            return dwelling_keys(&known.values, at);
        }
        let dwelling = dwelling_field.as_deref().and_then(|field| match known.value(field) {
            Value::Ref(id) => Some(*id),
            _ => None,
        });
        let mut keys = household_keys(&known.values, dwelling, at);
        keys.extend(dwelling.map(sole_key));
        keys.extend(known.text(names::HEAD_NAME).map(|head| head_key(head, &home)));
        keys
    };
    register.records.iter().enumerate().map(|(at, known)| (at, keys(known))).collect()
}
