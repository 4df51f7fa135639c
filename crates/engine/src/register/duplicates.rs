//! Who might be the same person: found by few selective queries, scored by `domain::linkage`, offered for a decision.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    Actor, Entity, Label, Permit, Record, RecordId, Value, Values, Verb,
    catalogue::PersonFields,
    check::{self, MaskKind, Sex},
    linkage::{Decision, PersonKey, compare, decide},
    record::{Condition, ListQuery},
};
use linli_store::ReadTx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{RecordView, Viewer};
use crate::{Engine, Problem, ProblemKind, entity};

/// At most so many are offered.
const OFFERED: usize = 10;
/// At most so many are looked at for each way of being alike.
const LOOKED_AT: u32 = 100;

/// Somebody who may be the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    /// The record.
    pub record: RecordView,
    /// Between 0 and 1.
    pub score: f64,
    /// What speaks for and against.
    pub reasons: Vec<String>,
}

/// People who may be the same.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Candidates {
    /// Likeliest first.
    pub items: Vec<Candidate>,
}

/// People in one's scope who may be the same as this one.
pub async fn duplicates(engine: &Engine, actor: &Actor, name: &str, id: RecordId) -> Result<Candidates, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let person = register.person.clone().ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "record.no_people",
            format!("“{}”不是人员登记簿,没有查重。", register.label.zh),
            format!("{} is not a register of people.", register.label.en),
        )
    })?;
    let permit = engine.permit_entity(actor, Verb::Read, register)?;
    let viewer = Viewer::new(engine, actor, register);
    let name = name.to_owned();
    let items = engine
        .store
        .read::<_, Problem>(move |tx| {
            let record = tx.record(&permit, &name, id)?.ok_or_else(Problem::no_record)?;
            let wanted = Description::of(&person, &record.values, &record.masked);
            find(tx, &permit, entity(&catalogue, &name)?, &viewer, &person, &wanted, None, Some(id))
        })
        .await?;
    Ok(Candidates { items })
}

/// People in one's scope who may be the same as somebody about to be made.
pub(super) async fn of_new(
    engine: &Engine,
    actor: &Actor,
    register: &Entity,
    values: &Values,
) -> Result<Vec<Candidate>, Problem> {
    let Some(person) = register.person.clone() else { return Ok(Vec::new()) };
    // Whoever may not read the register is not shown who is in it.
    let Ok(permit) = engine.permit_entity(actor, Verb::Read, register) else { return Ok(Vec::new()) };
    let viewer = Viewer::new(engine, actor, register);
    let masked = masks(&person, values);
    let wanted = Description::of(&person, values, &masked);
    let phone = person.phone.as_ref().and_then(|field| values.get(field)?.as_text().map(str::to_owned));
    let (catalogue, name) = (engine.catalogue(), register.name.clone());
    engine
        .store
        .read(move |tx| find(tx, &permit, entity(&catalogue, &name)?, &viewer, &person, &wanted, phone, None))
        .await
}

/// What is known of a person without seeing sensitive values in clear: those are compared by their masks.
struct Description {
    key: PersonKey,
    identity: Option<String>,
}

impl Description {
    fn of(person: &PersonFields, values: &Values, masked: &BTreeMap<String, String>) -> Self {
        let text = |field: &str| values.get(field).and_then(Value::as_text);
        let mut key = PersonKey::new(text(&person.name).unwrap_or_default());
        if let Some(Value::Date(birth)) = person.birth.as_deref().and_then(|field| values.get(field)) {
            key = key.with_birth(*birth);
        }
        match person.sex.as_deref().and_then(text) {
            Some("1") => key = key.with_sex(Sex::Male),
            Some("2") => key = key.with_sex(Sex::Female),
            _ => {}
        }
        if let Some(phone) = person.phone.as_ref().and_then(|field| masked.get(field)) {
            key = key.with_phone(phone.clone());
        }
        if let Some(Value::Ref(household)) = person.household.as_deref().and_then(|field| values.get(field)) {
            key = key.with_household(household.to_string());
        }
        let identity = person.identity.as_ref().and_then(|field| masked.get(field)).cloned();
        Self { key, identity }
    }

    /// Both numbers are known and their visible characters differ in more than a slip.
    fn contradicts(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (&self.identity, &other.identity) else { return false };
        a.chars().count() != b.chars().count() || a.chars().zip(b.chars()).filter(|(a, b)| a != b).count() > 1
    }
}

fn masks(person: &PersonFields, values: &Values) -> BTreeMap<String, String> {
    let masked = |field: &Option<String>, kind| {
        let field = field.as_ref()?;
        let text = values.get(field)?.as_text()?;
        Some((field.clone(), check::mask(kind, text)))
    };
    [masked(&person.phone, MaskKind::Phone), masked(&person.identity, MaskKind::Identity)]
        .into_iter()
        .flatten()
        .collect()
}

#[expect(clippy::too_many_arguments, reason = "one search, asked for by two commands")]
fn find(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    register: &Entity,
    viewer: &Viewer,
    person: &PersonFields,
    wanted: &Description,
    phone: Option<String>,
    but: Option<RecordId>,
) -> Result<Vec<Candidate>, Problem> {
    let mut found: Vec<(f64, Vec<Label>, Record)> = Vec::new();
    let mut seen: BTreeSet<RecordId> = but.into_iter().collect();
    for query in queries(register, person, wanted, phone) {
        for record in tx.list(permit, &query)?.records {
            if !seen.insert(record.id) {
                continue;
            }
            let other = Description::of(person, &record.values, &record.masked);
            if wanted.contradicts(&other) {
                continue;
            }
            let score = compare(&wanted.key, &other.key);
            if decide(&score) != Decision::Different {
                let reasons = score.reasons.iter().map(|reason| reason.message.clone()).collect();
                found.push((score.probability, reasons, record));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(OFFERED);
    let (records, told): (Vec<Record>, Vec<(f64, Vec<Label>)>) =
        found.into_iter().map(|(score, reasons, record)| (record, (score, reasons))).unzip();
    let views = viewer.views(tx, register, records)?;
    let lang = viewer.lang();
    let candidate = |(record, (score, reasons)): (RecordView, (f64, Vec<Label>))| Candidate {
        record,
        score,
        reasons: reasons.iter().map(|reason| reason.text(lang).to_owned()).collect(),
    };
    Ok(views.into_iter().zip(told).map(candidate).collect())
}

/// Same name, same initials (a homophone, a rare character), same phone.
fn queries(register: &Entity, person: &PersonFields, wanted: &Description, phone: Option<String>) -> Vec<ListQuery> {
    let base = ListQuery { limit: LOOKED_AT, ..ListQuery::of(&register.name) };
    let mut queries = Vec::new();
    let name = wanted.key.name.as_str();
    if !name.is_empty() {
        let same = Condition::In(person.name.clone(), vec![Value::text(name)]);
        queries.push(ListQuery { conditions: vec![same], ..base.clone() });
        let initials = check::pinyin_initials(name);
        let born = wanted
            .key
            .birth
            .zip(person.birth.as_ref())
            .map(|(birth, field)| Condition::In(field.clone(), vec![Value::Date(birth)]));
        if let (true, Some(born)) = (initials.is_ascii() && !initials.is_empty(), born) {
            queries.push(ListQuery { search: Some(initials), conditions: vec![born], ..base.clone() });
        }
    }
    if let (Some(phone), Some(field)) = (phone, &person.phone) {
        queries.push(ListQuery { conditions: vec![Condition::Exact(field.clone(), phone)], ..base });
    }
    queries
}
