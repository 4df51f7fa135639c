//! Cases and answers as rows in memory: what they say is sealed in the database, so filters run over them here.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use jiff::civil::Date;
use linli_domain::{
    AreaPath, Subject, Timestamp, Value, Verb,
    expr::{self, Expr, TypedExpr},
    insight::{Indicator, Params, What},
};
use linli_store::tables::{CaseQuery, CaseReader, Submission, SubmissionState};

use super::Asked;
use crate::{
    Engine, Problem,
    collect::answers::facts,
    survey::{self, Verdict},
};

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
    /// Answers that the survey's rule leaves out, by why.
    pub(super) left: LeftOut,
    /// Cases whose state on the day asked for is not known any more.
    pub(super) moved: u64,
}

/// Answers that do not count, by why.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    pub(super) returned: u64,
    pub(super) duplicate: u64,
    pub(super) careless: u64,
    pub(super) outside: u64,
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

    /// The answers to a form in the area asked for that count by the survey's rule.
    pub(super) fn answers(&mut self, form_id: &str, at: Option<Timestamp>) -> Result<Rc<Source>, Problem> {
        let key = (format!("form {form_id}"), at);
        if let Some(known) = self.facts.known.get(&key) {
            return Ok(known.clone());
        }
        let source = Rc::new(self.read_answers(form_id, at)?);
        self.facts.known.insert(key, source.clone());
        Ok(source)
    }

    fn read_answers(&mut self, form_id: &str, at: Option<Timestamp>) -> Result<Source, Problem> {
        let engine = self.engine.clone();
        let forms = engine.permit(&Engine::operator(), Verb::Read, Subject::Forms)?;
        let Some(form) = self.tx.form_named(&forms, form_id)? else { return Ok(Source::default()) };
        let rule = survey::counted(&engine, self.tx, &form)?;
        let (mut left, mut found) = (LeftOut::default(), Vec::new());
        let mut wanted = |one: &Submission| {
            match rule.verdict(one.id) {
                Verdict::Counts => return true,
                // Its later version is judged by itself.
                Verdict::Returned | Verdict::Outside if one.state == SubmissionState::Replaced => {}
                Verdict::Returned => left.returned += 1,
                Verdict::Duplicate => left.duplicate += 1,
                Verdict::Careless => left.careless += 1,
                Verdict::Outside => left.outside += 1,
            }
            false
        };
        facts::each(&engine, self.tx, form, &self.area.path, at, &mut wanted, &mut |answer| {
            found.push(Fact {
                path: answer.path,
                id: answer.instance,
                title: answer.title,
                values: answer.values,
                decimals: answer.decimals,
                blank: answer.blank,
            });
        })?;
        Ok(Source { facts: found, left, moved: 0 })
    }

    /// Notes which answers were left out, and why.
    pub(super) fn note_left_out(&mut self, left: &LeftOut) {
        let notes = [
            (left.returned, "份答卷被退回，未计入", "answers were returned and are left out"),
            (left.duplicate, "份重复提交的答卷未计入", "answers that repeat another are left out"),
            (
                left.careless,
                "份答得过快且量表全选同一项的答卷未计入",
                "answers both too fast and all alike are left out",
            ),
            (
                left.outside,
                "份答卷不在任何一次调研的日期或区域内，未计入",
                "answers lie outside the days or the area of every survey and are left out",
            ),
        ];
        for (count, zh, en) in notes.into_iter().filter(|(count, _, _)| *count > 0) {
            self.note(format!("{count} {zh}"), format!("{count} {en}"));
        }
    }
}

/// What an answer must say to count for an indicator.
#[derive(Debug, Default)]
pub(super) struct MustSay {
    questions: BTreeSet<String>,
    filter: Option<TypedExpr>,
}

impl MustSay {
    /// Whether an answer left blank what decides: the filter of the numerator is then neither true nor false.
    pub(super) fn leaves_out(&self, fact: &Fact, day: Date) -> bool {
        let field = |name: &str| fact.values.get(name).cloned().unwrap_or_default();
        let open = || self.filter.as_ref().is_some_and(|filter| expr::holds(filter, &field, day).is_none());
        !fact.blank.is_disjoint(&self.questions) && open()
    }
}

/// What an answer must say to count for an indicator: enough of the questions its numerator asks about to tell whether it is
/// in or not. What may be ticked or not (several choices) and what is asked by `has` may be blank.
pub(super) fn must_say(indicator: &Indicator, params: &Params) -> MustSay {
    let of_answers = |what: &What| match what {
        What::Answers { .. } => true,
        What::AreasWhere { inner, .. } => matches!(inner.what, What::Answers { .. }),
        _ => false,
    };
    let numerator = indicator.measures.get("numerator").filter(|measure| of_answers(&measure.what));
    let bound = numerator.map(|measure| params.bind_measure(measure));
    let filter = bound.and_then(|measure| match measure.what {
        What::AreasWhere { inner, .. } => inner.filter,
        _ => measure.filter,
    });
    MustSay { questions: filter.as_ref().map(asked_plainly).unwrap_or_default(), filter }
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
