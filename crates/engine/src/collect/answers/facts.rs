//! Answers as typed values, for indicators: what each question outside repeats says, and which were left blank.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use linli_domain::{AreaPath, Subject, Timestamp, Value, Verb, expr::Type, insight::PARAM_SCALE, value::parse_decimal};
use linli_store::{
    ReadTx, StoreError,
    tables::{Form, Submission, SubmissionQuery},
};
use linli_xform::instance::{self, Instance};

use super::{
    super::answer::Detail,
    shape::{Reader, Shape},
};
use crate::{Engine, Problem};

/// An answer.
pub(crate) struct AnswerFacts {
    /// `instanceID`.
    pub instance: String,
    /// Area it belongs to.
    pub path: AreaPath,
    /// What lists call it.
    pub title: String,
    /// Values by question; sensitive ones are left out.
    pub values: BTreeMap<String, Value>,
    /// Questions whose numbers are in units of `10^-`[`PARAM_SCALE`].
    pub decimals: BTreeSet<String>,
    /// Questions that were asked and left blank.
    pub blank: BTreeSet<String>,
}

/// Questions outside repeats of a version: path, name, type.
type Asked = Vec<(String, String, Type)>;

/// Every answer to a form that arrived by `at` in an area and that `wanted` takes. Who asks may count the area's answers:
/// the caller has seen to it.
pub(crate) fn each(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    form: Form,
    area: &AreaPath,
    at: Option<Timestamp>,
    wanted: &mut dyn FnMut(&Submission) -> bool,
    take: &mut dyn FnMut(AnswerFacts),
) -> Result<(), Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Read, Subject::Responses)?;
    let query = SubmissionQuery {
        area: Some(area.clone()),
        to: at.map(|at| Timestamp(at.0.saturating_add(1))),
        ..SubmissionQuery::of(form.id)
    };
    let mut reader = Reader::open(engine, tx, form)?;
    let mut questions: HashMap<String, Arc<Asked>> = HashMap::new();
    let mut broken = None;
    let scanned = tx.scan_submissions(&permit, &query, &mut |one, xml| {
        if !wanted(&one) {
            return Ok(());
        }
        let mut read = || -> Result<(), Problem> {
            let shape = reader.of(&one.version)?;
            let asked = questions.entry(one.version.clone()).or_insert_with(|| Arc::new(asked(&shape))).clone();
            take(facts(&shape, &asked, &one, &xml)?);
            Ok(())
        };
        read().map_err(|problem| {
            broken = Some(problem);
            StoreError::Closed
        })
    });
    match (broken, scanned) {
        (Some(problem), _) => Err(problem),
        (None, scanned) => Ok(scanned?),
    }
}

fn asked(shape: &Shape) -> Asked {
    let questions = shape.model.questions();
    let plain =
        questions.into_iter().filter(|question| question.repeats.is_empty() && shape.mask(&question.path).is_none());
    plain.map(|question| (question.path.clone(), question.name.clone(), linli_pack::question_type(&question))).collect()
}

fn facts(shape: &Shape, asked: &Asked, one: &Submission, xml: &str) -> Result<AnswerFacts, Problem> {
    let instance = Instance::parse(xml.as_bytes()).map_err(Problem::internal)?;
    let tables = instance::rows(&shape.model, &instance);
    let said: HashMap<&str, &str> = tables
        .iter()
        .filter(|table| table.repeat.is_none())
        .flat_map(|table| &table.rows)
        .flat_map(|row| row.values.iter().map(|(path, value)| (path.as_str(), value.as_str())))
        .collect();
    let (mut values, mut blank) = (BTreeMap::new(), BTreeSet::new());
    for (path, name, ty) in asked {
        match said.get(path.as_str()) {
            Some(text) => {
                values.entry(name.clone()).or_insert_with(|| value(text, *ty));
            }
            None if instance.find(path).is_some() => drop(blank.insert(name.clone())),
            None => {}
        }
    }
    values.insert("received_on".into(), Value::Date(one.received.china_date()));
    let decimals = asked.iter().filter(|one| matches!(one.2, Type::Decimal(_))).map(|one| one.1.clone()).collect();
    let detail = Detail::of(one)?;
    let title = if detail.name.trim().is_empty() { one.by_name.clone() } else { detail.name };
    Ok(AnswerFacts { instance: one.instance.clone(), path: one.path.clone(), title, values, decimals, blank })
}

/// What an answer's text says; nothing when it is not of the question's type.
fn value(text: &str, ty: Type) -> Value {
    let text = text.trim();
    let read = match ty {
        Type::Int => text.parse().ok().map(Value::Int),
        Type::Decimal(_) => parse_decimal(text, PARAM_SCALE).map(Value::Int),
        Type::Bool => text.parse().ok().map(Value::Bool),
        Type::Date => text.get(..10).and_then(|day| day.parse().ok()).map(Value::Date),
        Type::Timestamp => {
            text.parse::<jiff::Timestamp>().ok().map(|moment| Value::Time(Timestamp(moment.as_microsecond())))
        }
        Type::Codes => {
            let codes: BTreeSet<String> = text.split_whitespace().map(str::to_owned).collect();
            Some(Value::Codes(codes.into_iter().collect()))
        }
        _ => Some(Value::text(text)),
    };
    read.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answers_text_is_read_by_its_questions_type() {
        assert_eq!(value("2.5", Type::Decimal(PARAM_SCALE)), Value::Int(25_000));
        assert_eq!(value("cash gates cash", Type::Codes), Value::Codes(vec!["cash".into(), "gates".into()]));
        assert_eq!(value("2019-05-01T08:00:00.000+08:00", Type::Date), Value::Date(jiff::civil::date(2019, 5, 1)));
        assert_eq!(value("many", Type::Int), Value::Null);
    }
}
