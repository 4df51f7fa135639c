//! Cases and answers as rows in memory: what they say is sealed in the database, so filters run over them here.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use linli_domain::{
    AreaPath, Subject, Timestamp, Value, Verb,
    expr::{Expr, TypedExpr},
    insight::{Indicator, What},
};
use linli_store::tables::{CaseQuery, CaseReader};

use super::Asked;
use crate::{Engine, Problem, collect::answers::facts};

/// Most cases of a flow that are looked at for one figure.
const MOST_CASES: u32 = 5_000;

/// A case or an answer.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// Area it belongs to.
    pub(super) path: AreaPath,
    /// Id of the case, `instanceID` of the answer.
    pub(super) id: String,
    /// What lists call it.
    pub(super) title: String,
    /// Values by name.
    pub(super) values: BTreeMap<String, Value>,
    /// Questions whose numbers are in units of `10^-`[`linli_domain::insight::PARAM_SCALE`].
    pub(super) decimals: BTreeSet<String>,
    /// Questions that were asked and left blank.
    pub(super) blank: BTreeSet<String>,
}

/// The facts of a source.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) facts: Vec<Fact>,
    /// Answers left out because they are flagged as repeats of a ballot.
    pub(super) repeated: u64,
    /// Cases whose state on the day asked for is not known any more.
    pub(super) moved: u64,
}

/// What was read for a question already, by flow or form and the moment it was read as of.
#[derive(Default)]
pub(super) struct Facts {
    known: BTreeMap<(String, Option<Timestamp>), Rc<Source>>,
}

impl Asked<'_, '_> {
    /// The cases of a flow in the area asked for.
    pub(super) fn cases(&mut self, flow: &str, at: Option<Timestamp>) -> Result<Rc<Source>, Problem> {
        let key = (flow.to_owned(), at);
        if let Some(known) = self.facts.known.get(&key) {
            return Ok(known.clone());
        }
        let source = Rc::new(self.read_cases(flow, at)?);
        self.facts.known.insert(key, source.clone());
        Ok(source)
    }

    fn read_cases(&mut self, flow: &str, at: Option<Timestamp>) -> Result<Source, Problem> {
        let now = self.engine.now();
        // Counting needs `insight` over the area; the cases themselves are listed with the reader's own permit.
        let system = self.engine.permit(&Engine::operator(), Verb::Manage, Subject::System)?;
        let reader = CaseReader::system(&system)?;
        let catalogue = self.catalogue.clone();
        let fields = catalogue.flows.get(flow).map(|flow| flow.fields.as_slice()).unwrap_or_default();
        let mut query = CaseQuery {
            flows: vec![flow.to_owned()],
            area: Some(self.area.path.clone()),
            until: at.map(|at| Timestamp(at.0.saturating_add(1))),
            limit: MOST_CASES,
            ..CaseQuery::default()
        };
        let mut source = Source::default();
        loop {
            let page = self.tx.cases(&reader, &query)?;
            let full = page.len() >= MOST_CASES as usize;
            query.after = page.last().map(|last| (None, last.id));
            for case in page {
                let then = |moment: Option<Timestamp>| moment.filter(|moment| at.is_none_or(|at| *moment <= at));
                let known = at.is_none_or(|at| case.moved <= at);
                source.moved += u64::from(!known);
                // Of one that is over: whether it was in time. Of one that is not: whether it is, on the day asked for.
                let overdue = match case.closed {
                    Some(_) => case.late,
                    None => case.due.is_some_and(|due| due < at.unwrap_or(now)),
                };
                let mut values: BTreeMap<String, Value> = BTreeMap::new();
                for field in fields {
                    let value = case.body.values.get(&field.name).and_then(|json| Value::from_json(json, &field.kind));
                    values.insert(field.name.clone(), value.unwrap_or_default());
                }
                let day =
                    |moment: Option<Timestamp>| moment.map_or(Value::Null, |moment| Value::Date(moment.china_date()));
                let told = |value: Value| if known { value } else { Value::Null };
                values.insert("state".into(), told(Value::text(&case.state)));
                values.insert("phase".into(), told(Value::text(case.phase.name())));
                values.insert("overdue".into(), told(Value::Bool(overdue)));
                values.insert("opened_on".into(), day(Some(case.opened)));
                values.insert("closed_on".into(), day(then(case.closed)));
                source.facts.push(Fact {
                    path: case.area.clone(),
                    id: case.id.to_string(),
                    title: format!("{} {}", case.number, case.body.title),
                    values,
                    decimals: BTreeSet::new(),
                    blank: BTreeSet::new(),
                });
            }
            if !full {
                return Ok(source);
            }
        }
    }

    /// The valid answers to a form in the area asked for.
    pub(super) fn answers(&mut self, form_id: &str, at: Option<Timestamp>) -> Result<Rc<Source>, Problem> {
        let key = (format!("form {form_id}"), at);
        if let Some(known) = self.facts.known.get(&key) {
            return Ok(known.clone());
        }
        let mut source = Source::default();
        let engine = self.engine.clone();
        facts::each(&engine, self.tx, form_id, &self.area.path, at, &mut |answer| {
            if answer.repeated {
                source.repeated += 1;
                return;
            }
            source.facts.push(Fact {
                path: answer.path,
                id: answer.instance,
                title: answer.title,
                values: answer.values,
                decimals: answer.decimals,
                blank: answer.blank,
            });
        })?;
        let source = Rc::new(source);
        self.facts.known.insert(key, source.clone());
        Ok(source)
    }
}

/// The questions that an answer must not have left blank to count for an indicator: those its numerator asks about. What
/// may be ticked or not (several choices) and what is asked by `has` may be blank.
pub(super) fn must_say(indicator: &Indicator) -> BTreeSet<String> {
    let of_answers = |what: &What| match what {
        What::Answers { .. } => true,
        What::AreasWhere { inner, .. } => matches!(inner.what, What::Answers { .. }),
        _ => false,
    };
    let numerator = indicator.measures.get("numerator").filter(|measure| of_answers(&measure.what));
    let filter = numerator.and_then(|measure| measure.filter.as_ref());
    filter.map(asked_plainly).unwrap_or_default()
}

fn asked_plainly(typed: &TypedExpr) -> BTreeSet<String> {
    let (mut found, mut waiting) = (BTreeSet::new(), vec![&typed.expr]);
    while let Some(expr) = waiting.pop() {
        match expr {
            Expr::Field(name) => drop(found.insert(name.clone())),
            Expr::IsNull(_) | Expr::Count(_) => {}
            Expr::Holds { code, .. } => waiting.push(code),
            other => waiting.extend(other.children()),
        }
    }
    found
}
