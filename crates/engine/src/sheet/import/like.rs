//! Persons already known that a row may be: found by blocking keys in memory, scored by the linkage rules.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use linli_domain::{
    Entity, RecordId, Value, Values,
    catalogue::PersonFields,
    check::Sex,
    linkage::{self, PersonKey},
};

use super::{plan::Candidate, register::Register};

/// Most candidates offered for a row.
const OFFERED: usize = 5;

/// Known persons by what they can be recognised by.
pub struct Likeness {
    fields: PersonFields,
    persons: Vec<Person>,
    blocks: HashMap<u64, Vec<u32>>,
}

struct Person {
    known: usize,
    id: RecordId,
    key: PersonKey,
}

/// Whom a row may be.
#[derive(Debug, Default)]
pub struct Like {
    /// Number in the register of the person it surely is.
    pub sure: Option<usize>,
    /// Others it may be, likeliest first.
    pub possible: Vec<Candidate>,
}

impl Likeness {
    /// An index of a register; `None` when it does not hold persons or is empty.
    pub fn of(entity: &Entity, register: &Register) -> Option<Self> {
        let fields = entity.person.clone()?;
        if register.records.is_empty() {
            return None;
        }
        let mut likeness = Self { fields, persons: Vec::new(), blocks: HashMap::new() };
        for (known, record) in register.records.iter().enumerate() {
            let Some(key) = likeness.key(&record.values, None) else { continue };
            let number = u32::try_from(likeness.persons.len()).unwrap_or(u32::MAX);
            for block in linkage::blocking_keys(&key) {
                likeness.blocks.entry(hashed(&block)).or_default().push(number);
            }
            likeness.persons.push(Person { known, id: record.id, key });
        }
        Some(likeness)
    }

    /// Whom a row may be. `written` is the identity number as the ledger has it when it is not a valid one.
    pub fn like(&self, values: &Values, written: Option<&str>) -> Like {
        let Some(key) = self.key(values, written) else { return Like::default() };
        let mut near: Vec<u32> = linkage::blocking_keys(&key)
            .iter()
            .filter_map(|block| self.blocks.get(&hashed(block)))
            .flatten()
            .copied()
            .collect();
        near.sort_unstable();
        near.dedup();
        let mut like = Like::default();
        for number in near {
            let person = &self.persons[number as usize];
            let score = linkage::compare(&key, &person.key);
            match linkage::decide(&score) {
                linkage::Decision::Same => like.sure = Some(person.known),
                linkage::Decision::Likely => like.possible.push(Candidate {
                    id: Some(person.id),
                    row: None,
                    title: person.key.name.clone(),
                    score: (score.probability * 1000.0).round() / 1000.0,
                    reasons: score.reasons.into_iter().map(|reason| reason.message).collect(),
                }),
                linkage::Decision::Different => {}
            }
        }
        like.possible.sort_by(|a, b| b.score.total_cmp(&a.score));
        like.possible.truncate(OFFERED);
        like
    }

    fn key(&self, values: &Values, written: Option<&str>) -> Option<PersonKey> {
        let text = |field: &Option<String>| field.as_ref().and_then(|field| values.get(field)?.as_text());
        let mut key = PersonKey::new(values.get(&self.fields.name)?.as_text()?);
        if let Some(number) = text(&self.fields.identity).or(written) {
            key = key.with_identity(number);
        }
        if let Some(Value::Date(birth)) = self.fields.birth.as_ref().and_then(|field| values.get(field)) {
            key = key.with_birth(*birth);
        }
        let sex = [Sex::Male, Sex::Female].into_iter().find(|sex| text(&self.fields.sex) == Some(sex.code()));
        if let Some(sex) = sex {
            key = key.with_sex(sex);
        }
        if let Some(phone) = text(&self.fields.phone) {
            key = key.with_phone(phone);
        }
        if let Some(Value::Ref(id)) = self.fields.household.as_ref().and_then(|field| values.get(field)) {
            key = key.with_household(id.to_string());
        }
        Some(key)
    }
}

fn hashed(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
