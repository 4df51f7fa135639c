//! Where the value of a column comes from, for each row.

use std::collections::HashMap;

use jiff::civil::Date;
use linli_domain::{FieldKind, Lang, RecordId, Value, catalogue::Sensitivity};
use linli_workbook::OutValue;

use super::load::{Full, Loaded};
use crate::sheet::{
    columns::{self, Target},
    import::register::typed,
    known as names,
    parts::{Parts, Slot},
    places::Places,
    show::Labels,
};

/// Everything the cells of a table are made from.
pub struct Source<'a, 'c> {
    /// What a row carries.
    pub parts: &'a Parts<'c>,
    /// Records.
    pub loaded: &'a Loaded,
    /// Areas.
    pub places: &'a Places,
    /// Labels of codes.
    pub labels: &'a Labels<'c>,
    /// The day of the table.
    pub day: Date,
    /// Members of each household, for registers of households.
    pub members: &'a HashMap<RecordId, u64>,
}

/// A cell as it would be written.
#[derive(Debug, Clone, PartialEq)]
pub enum Made {
    /// This.
    Value(OutValue),
    /// Known, but shown with its sensitive part hidden.
    Masked(String),
    /// Not known: a gap.
    Missing,
    /// Not asked of the registers.
    Left,
}

impl<'c> Source<'_, 'c> {
    /// Fields a column's value may come from, the nearest first; an address also from the household and the dwelling.
    pub fn slots(&self, target: &Target) -> Vec<Slot<'c>> {
        let Target::Element(element) = target else { return Vec::new() };
        let mut slots = self.parts.slots(element);
        let address = slots.first().is_some_and(|slot| slot.field.name == names::ADDRESS);
        if address {
            for (part, of) in self.parts.list.iter().enumerate() {
                let known = slots.iter().any(|slot| slot.part == part);
                if let Some(field) = of.entity.field(names::ADDRESS).filter(|_| !known) {
                    slots.push(Slot { part, field });
                }
            }
        }
        slots
    }

    /// The cell of a row (number `number`, from 0) for a column.
    pub fn cell(&self, target: &Target, slots: &[Slot<'c>], row: &Full, number: usize) -> Made {
        match target {
            Target::Sequence => Made::Value(
                u32::try_from(number + 1).map_or(OutValue::Empty, |number| OutValue::Number(f64::from(number))),
            ),
            Target::Age => match self.age(row) {
                Some(age) => Made::Value(OutValue::Number(f64::from(age))),
                None => Made::Missing,
            },
            Target::Area(kind) => match self.places.above(&row.record.path, kind) {
                Some(area) => Made::Value(OutValue::Text(area.name.clone())),
                None => Made::Missing,
            },
            Target::Element(_) => self.element(slots, row),
        }
    }

    fn element(&self, slots: &[Slot<'c>], row: &Full) -> Made {
        for slot in slots {
            let Some(full) = self.loaded.part(self.parts, row, slot.part) else { continue };
            if slot.field.sensitivity == Sensitivity::Sensitive {
                if let Some(clear) = full.clear.get(&slot.field.name).filter(|clear| !clear.is_empty()) {
                    let value = typed(&slot.field.kind, clear);
                    return Made::Value(self.labels.cell(slot.field, &value, Lang::Zh));
                }
                if let Some(mask) = full.record.masked.get(&slot.field.name) {
                    return Made::Masked(mask.clone());
                }
                continue;
            }
            let value = full.record.value(&slot.field.name);
            if !value.is_null() {
                return Made::Value(self.labels.cell(slot.field, value, Lang::Zh));
            }
        }
        self.derived(slots, row)
    }

    /// Building and unit out of the area tree, members of a household counted.
    fn derived(&self, slots: &[Slot<'c>], row: &Full) -> Made {
        let named = |name: &str| slots.iter().any(|slot| slot.field.name == name);
        let kind = if named(names::BUILDING) {
            "building"
        } else if named(names::UNIT) {
            "unit"
        } else {
            if named(names::MEMBER_COUNT)
                && let Some(members) = self.members.get(&row.record.id)
            {
                return Made::Value(OutValue::Number(u32::try_from(*members).map_or(0.0, f64::from)));
            }
            // A remark that nobody made is not missing, nor a tag that nobody has.
            let optional = |kind: &FieldKind| matches!(kind, FieldKind::LongText | FieldKind::Codes { .. });
            return if slots.iter().any(|slot| optional(&slot.field.kind)) { Made::Left } else { Made::Missing };
        };
        match self.places.above(&row.record.path, kind) {
            Some(area) => Made::Value(OutValue::Text(area.name.clone())),
            None => Made::Missing,
        }
    }

    fn age(&self, row: &Full) -> Option<i16> {
        let field = columns::birth_field(self.parts.main())?;
        let Value::Date(birth) = row.record.value(field) else { return None };
        age_on(*birth, self.day)
    }

    /// The order of rows: building, unit, room, household, relation to the head, name.
    pub fn order(&self, row: &Full, relation: Option<&str>) -> Vec<String> {
        let text = |field: &str| {
            (0..self.parts.list.len()).find_map(|part| {
                let full = self.loaded.part(self.parts, row, part)?;
                full.record.value(field).as_text().map(str::to_owned)
            })
        };
        let mut key: Vec<String> = [names::BUILDING, names::UNIT, names::ROOM]
            .iter()
            .map(|field| natural(&text(field).unwrap_or_default()))
            .collect();
        key.insert(0, row.record.path.to_string().split('/').map(natural).collect::<Vec<_>>().join("/"));
        if key[1..].iter().all(String::is_empty) {
            key.push(natural(&text(names::ADDRESS).unwrap_or_default()));
        } else {
            // The area says less than building, unit and room.
            key[0] = self.places.above(&row.record.path, "community").map(|area| area.code.clone()).unwrap_or_default();
        }
        let household = self.parts.list.iter().skip(1).find(|part| names::is_household(part.entity));
        if let Some((_, field)) = household.and_then(|part| part.by)
            && let Value::Ref(id) = row.record.value(&field.name)
        {
            key.push(id.to_string());
        }
        key.push(relation.and_then(|field| row.record.value(field).as_text()).unwrap_or("99").to_owned());
        key.push(text(&self.parts.main().title).unwrap_or_default());
        key.push(row.record.id.to_string());
        key
    }
}

/// Age in whole years on a day; `None` before birth.
pub fn age_on(birth: Date, day: Date) -> Option<i16> {
    let years = day.year() - birth.year();
    let before = (day.month(), day.day()) < (birth.month(), birth.day());
    let age = years - i16::from(before);
    (age >= 0).then_some(age)
}

/// A text whose numbers sort as numbers: `10` after `9`.
pub fn natural(text: &str) -> String {
    let mut key = String::with_capacity(text.len() + 8);
    let mut digits = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        pad(&mut key, &mut digits);
        key.push(c);
    }
    pad(&mut key, &mut digits);
    key
}

fn pad(key: &mut String, digits: &mut String) {
    if !digits.is_empty() {
        key.push_str(&format!("{digits:0>9}"));
        digits.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts_sort_as_numbers() {
        let mut rooms = ["10栋", "9栋", "A2", "A10", "101", "1001"];
        rooms.sort_by_key(|text| natural(text));
        assert_eq!(rooms, ["9栋", "10栋", "101", "1001", "A2", "A10"]);
    }

    #[test]
    fn an_age_counts_birthdays() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(age_on(day("1966-06-30"), day("2026-06-30")), Some(60));
        assert_eq!(age_on(day("1966-07-01"), day("2026-06-30")), Some(59));
        assert_eq!(age_on(day("2027-01-01"), day("2026-06-30")), None);
    }
}
