//! One person as items look at them: the resident's file and that of the household.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    Actor, Catalogue, Entity, Field, FieldKind, Permit, Record, RecordId, Value, Verb,
    catalogue::Sensitivity,
    service::{HOUSEHOLD, HOUSEHOLD_FIELD, PERSON},
};
use linli_store::{ReadTx, WriteTx};

use crate::{Engine, Problem, entity};

/// What stands for a sensitive value that is there and that nobody needs to see.
const THERE: &str = "•";

/// A person and their household, with the sensitive values that were shown for a stated purpose.
pub(crate) struct Known {
    /// The resident.
    pub person: Record,
    /// Their household, when it is known and may be read.
    pub household: Option<Record>,
    clear: BTreeMap<String, String>,
    compared: BTreeSet<String>,
}

/// Permits to look at people.
pub(crate) struct Looking {
    /// Of residents.
    pub people: Permit,
    households: Option<Permit>,
    reveal: BTreeMap<&'static str, Permit>,
}

impl Looking {
    /// What `actor` may look at.
    pub(crate) fn of(engine: &Engine, actor: &Actor, catalogue: &Catalogue) -> Result<Self, Problem> {
        let people = engine.permit_entity(actor, Verb::Read, entity(catalogue, PERSON)?)?;
        let household = catalogue.entities.get(HOUSEHOLD);
        let households = household.and_then(|register| engine.permit_entity(actor, Verb::Read, register).ok());
        let reveal = [PERSON, HOUSEHOLD].into_iter().filter_map(|name| {
            let register = catalogue.entities.get(name)?;
            Some((name, engine.permit_entity(actor, Verb::Reveal, register).ok()?))
        });
        Ok(Self { people, households, reveal: reveal.collect() })
    }
}

/// The register and field that an expression's or an element's name means.
fn split(name: &str) -> (&'static str, &str) {
    let household = name.strip_prefix(HOUSEHOLD_FIELD).and_then(|rest| rest.strip_prefix('.'));
    household.map_or((PERSON, name), |field| (HOUSEHOLD, field))
}

/// A field of the person or the household, as expressions name it.
pub(crate) fn field_of<'c>(catalogue: &'c Catalogue, name: &str) -> Option<(&'c Entity, &'c Field)> {
    let (register, field) = split(name);
    let register = catalogue.entities.get(register)?;
    Some((register, register.field(field)?))
}

impl Known {
    /// The living person `id` with their household; a refusal when absent or out of reach.
    pub(crate) fn load(tx: &mut ReadTx<'_>, looking: &Looking, id: RecordId) -> Result<Self, Problem> {
        let person = tx.record(&looking.people, PERSON, id)?.filter(|person| person.ended.is_none());
        let person = person.ok_or_else(Problem::no_record)?;
        let household = match (&looking.households, person.value(HOUSEHOLD_FIELD)) {
            (Some(permit), Value::Ref(id)) => tx.record(permit, HOUSEHOLD, *id)?,
            _ => None,
        };
        Ok(Self { person, household, clear: BTreeMap::new(), compared: BTreeSet::new() })
    }

    /// Shows the sensitive values that an item compares, each for the purpose of that item and noted in the audit log.
    /// Where the person who asks may not see them they stay unknown.
    pub(crate) fn show(
        &mut self,
        tx: &mut WriteTx<'_>,
        looking: &Looking,
        compared: &BTreeSet<String>,
        (purpose, address): (&str, Option<&str>),
    ) -> Result<(), Problem> {
        let catalogue = tx.catalogue();
        for name in compared {
            let Some((register, field)) = field_of(&catalogue, name) else { continue };
            let record = if register.name == PERSON { Some(&self.person) } else { self.household.as_ref() };
            let Some(record) = record.filter(|record| record.masked.contains_key(&field.name)) else { continue };
            let Some(permit) = looking.reveal.get(register.name.as_str()) else { continue };
            if !permit.scope().covers(&record.path) {
                continue;
            }
            let value = tx.reveal(permit, &register.name, record.id, &field.name, purpose, address)?;
            self.clear.insert(name.clone(), value);
        }
        Ok(())
    }

    /// Says which fields are compared with something: a sensitive one that was not shown then counts as unknown.
    pub(crate) fn comparing(&mut self, compared: BTreeSet<String>) {
        self.compared = compared;
    }

    /// The value of a field as expressions name it.
    pub(crate) fn value(&self, catalogue: &Catalogue, name: &str) -> Value {
        let Some((register, field)) = field_of(catalogue, name) else { return Value::Null };
        let record = if register.name == PERSON { Some(&self.person) } else { self.household.as_ref() };
        let Some(record) = record else { return Value::Null };
        if field.sensitivity != Sensitivity::Sensitive {
            return record.value(&field.name).clone();
        }
        match self.clear.get(name) {
            Some(clear) if clear.is_empty() => Value::Null,
            Some(clear) => Value::text(clear.clone()),
            None if self.compared.contains(name) || !record.masked.contains_key(&field.name) => Value::Null,
            None => Value::text(THERE),
        }
    }

    /// The record and field behind a data element `people/resident/phone`.
    pub(crate) fn element<'k, 'c>(
        &'k self,
        catalogue: &'c Catalogue,
        element: &str,
    ) -> Option<(&'k Record, &'c Entity, &'c Field)> {
        let (register, field) = element.rsplit_once('/')?;
        let record = match register {
            PERSON => &self.person,
            HOUSEHOLD => self.household.as_ref()?,
            _ => return None,
        };
        let register = catalogue.entities.get(register)?;
        Some((record, register, register.field(field)?))
    }
}

/// A value in words for people: labels of codes, yes and no.
pub(crate) fn shown(catalogue: &Catalogue, kind: &FieldKind, value: &Value, lang: linli_domain::Lang) -> String {
    let label = |list: &String, code: &String| {
        let known = catalogue.code_lists.get(list).and_then(|list| list.get(code));
        known.map_or_else(|| code.clone(), |code| code.label.text(lang).to_owned())
    };
    match (value, kind) {
        (Value::Null, _) => String::new(),
        (Value::Text(code), FieldKind::Code { list }) => label(list, code),
        (Value::Codes(codes), FieldKind::Codes { list }) => {
            codes.iter().map(|code| label(list, code)).collect::<Vec<_>>().join(lang.pick("、", ", "))
        }
        (Value::Bool(flag), _) => if *flag { lang.pick("是", "yes") } else { lang.pick("否", "no") }.to_owned(),
        (Value::Int(fen), FieldKind::Money) => linli_domain::value::decimal_text(*fen, 2),
        (value, kind) => match value.to_json(kind) {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        },
    }
}
