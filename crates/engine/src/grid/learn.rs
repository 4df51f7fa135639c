//! Models of streets: which class a text is, which unit handles it, learned from closed cases. A job learns anew once a day, where cases
//! were closed since.
//!
//! A model holds counts of characters and pairs of characters that stood in two texts at least, digits made alike: no sentence,
//! no name that was written once, no number can be read out of it.

use std::collections::BTreeMap;

use linli_domain::{
    AreaPath, Timestamp,
    flow::Phase,
    suggest::{Accuracy, Model},
};
use linli_store::{
    ReadTx,
    tables::{Case, CaseQuery},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::FLOW;
use crate::{Engine, Problem, flow};

/// The job.
pub const JOB: &str = "grid.learn";
/// Hours between two lessons.
const HOURS: i64 = 24;
/// Closed cases that are learned from, the newest.
const MOST: u32 = 2_000;
/// Fewer cases than this teach nothing: words of the class list are used instead.
const LEAST: u32 = 30;
/// Fewer classes than this are no choice.
const CLASSES: usize = 2;

/// What was learned of a street.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// Text → class.
    pub kinds: Model,
    /// Text → unit.
    pub units: Model,
    /// How often the class is right for a text that was left out.
    pub accuracy: Accuracy,
    /// How often the unit is.
    pub unit_accuracy: Option<Accuracy>,
    /// Cases that were over then: while there are as many, there is nothing to learn.
    pub over: u64,
    /// When.
    pub at: Timestamp,
}

/// Under which setting a street's model is kept.
pub(super) fn key(street: &str) -> String {
    format!("grid/model/{street}")
}

/// A closed case as a lesson.
struct Lesson {
    text: String,
    kind: String,
    unit: Option<String>,
}

fn lesson(case: &Case) -> Option<Lesson> {
    let text = case.body.values.get("text").and_then(Json::as_str)?.to_owned();
    // What was withdrawn or not filed says nothing of its class.
    let taught = case.phase == Phase::Done && case.core.merged_into.is_none();
    let (kind, unit) = (case.kind.clone()?, case.unit.map(|unit| unit.to_string()));
    taught.then_some(Lesson { text, kind, unit })
}

/// Learns from lessons; nothing when there are too few.
fn learn(lessons: &[Lesson], over: u64, at: Timestamp) -> Option<Learned> {
    let pairs = || lessons.iter().map(|one| (one.text.as_str(), one.kind.as_str()));
    let mut kinds = Model::learn(pairs());
    if kinds.texts() < LEAST || kinds.classes() < CLASSES {
        return None;
    }
    let accuracy = kinds.leave_one_out(pairs());
    let of_units = || lessons.iter().filter_map(|one| Some((one.text.as_str(), one.unit.as_deref()?)));
    let mut units = Model::learn(of_units());
    let enough = units.texts() >= LEAST && units.classes() >= CLASSES;
    let unit_accuracy = enough.then(|| units.leave_one_out(of_units()));
    let units = if enough { units.slim() } else { Model::default() };
    Some(Learned { kinds: kinds.slim(), units, accuracy, unit_accuracy, over, at })
}

/// Learns every street's model anew, and asks for the next lesson.
pub fn run(engine: &Engine, _: &Json) -> Result<(), Problem> {
    if engine.catalogue().flows.contains_key(FLOW) {
        for (code, path) in engine.store.read_blocking::<_, Problem>(streets)? {
            teach(engine, &code, &path)?;
        }
    }
    let next = engine.now().plus_seconds(HOURS * 3_600);
    engine.store.write_blocking(move |tx| {
        tx.enqueue(JOB, &Json::Null, next)?;
        Ok(())
    })
}

fn streets(tx: &mut ReadTx<'_>) -> Result<BTreeMap<String, AreaPath>, Problem> {
    let mut streets = BTreeMap::new();
    tx.areas_all(&mut |area| {
        if area.kind == "street" {
            streets.insert(area.code, area.path);
        }
        Ok(())
    })?;
    Ok(streets)
}

/// Learns one street's model, unless no case was closed since; answers how often it is right.
pub fn teach(engine: &Engine, street: &str, path: &AreaPath) -> Result<Option<Accuracy>, Problem> {
    let reader = flow::system_reader(engine)?;
    let query = CaseQuery {
        flows: vec![FLOW.into()],
        open: Some(false),
        area: Some(path.clone()),
        limit: MOST,
        ..CaseQuery::default()
    };
    let kept = key(street);
    let (over, held, cases) = engine.store.read_blocking::<_, Problem>(move |tx| {
        let over = tx.count_cases(&reader, &query)?;
        let held = tx.setting(&kept)?.and_then(|held| serde_json::from_value::<Learned>(held).ok());
        let same = held.as_ref().is_some_and(|held| held.over == over);
        let cases = if same { Vec::new() } else { tx.cases(&reader, &query)? };
        Ok((over, held.filter(|_| same), cases))
    })?;
    if let Some(held) = held {
        return Ok(Some(held.accuracy));
    }
    let lessons: Vec<Lesson> = cases.iter().filter_map(lesson).collect();
    let Some(learned) = learn(&lessons, over, engine.now()) else { return Ok(None) };
    let (key, body) = (key(street), serde_json::to_value(&learned).map_err(Problem::internal)?);
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.put_setting(&key, &body)?))?;
    Ok(Some(learned.accuracy))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lessons(count: usize) -> Vec<Lesson> {
        let texts =
            [("门口垃圾堆满", "0102", "环卫"), ("家里暖气不热", "0603", "供热"), ("楼下乱停车", "0505", "交警")];
        (0..count)
            .map(|at| {
                let (text, kind, unit) = texts[at % 3];
                Lesson { text: format!("{}号楼{text}", at % 7), kind: kind.into(), unit: Some(unit.into()) }
            })
            .collect()
    }

    #[test]
    fn few_cases_teach_nothing_and_many_teach_with_a_stated_accuracy() {
        assert!(learn(&lessons(29), 0, Timestamp(0)).is_none());
        let learned = learn(&lessons(60), 0, Timestamp(0)).unwrap();
        assert_eq!((learned.accuracy.texts, learned.accuracy.first), (60, 1.0));
        assert_eq!(learned.units.guess("暖气太凉了")[0].class, "供热");
        let one_class: Vec<Lesson> = lessons(90).into_iter().filter(|one| one.kind == "0603").collect();
        assert!(learn(&one_class, 0, Timestamp(0)).is_none(), "one class is no choice");
    }

    #[test]
    fn nothing_that_stood_in_one_text_only_can_be_read_out_of_a_model() {
        let mut all = lessons(60);
        all.push(Lesson { text: "欧阳锋电话13812345678".into(), kind: "0699".into(), unit: None });
        let kept = serde_json::to_string(&learn(&all, 0, Timestamp(0)).unwrap()).unwrap();
        for part in ["欧阳", "阳锋", "锋", "1381", "5678"] {
            assert!(!kept.contains(part), "{part}");
        }
    }
}
