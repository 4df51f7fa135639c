//! The form of a request, as far as requests need it: its questions with the data elements they fill, and what it can be
//! filled with beforehand.

use std::collections::BTreeMap;

use linli_domain::{Actor, RecordId, Subject, Verb, actor};
use linli_store::{
    ReadTx,
    tables::{Form, FormState, FormVersion, forms::slot_of},
};
use linli_xform::{
    check, instance,
    model::{self, Choices, ControlKind, InstanceSource},
    xpath::{Moment, World},
};
use serde_json::Value as Json;

use super::{
    model::{Body, TaskForm},
    pack::Prefilled,
    today::TodayForm,
};
use crate::{
    Engine, Problem,
    collect::{
        form::{Question, Settings, is_asked},
        lists,
    },
    visit::{VisitSource, VisitView},
};

/// A question with the data element it fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormQuestion {
    /// Path in the form, `/data/phone`.
    pub path: String,
    /// Data element.
    pub element: Option<String>,
}

/// A form with its questions.
#[derive(Debug, Clone, PartialEq)]
pub struct FormBrief {
    /// Id, title and published version.
    pub form: TaskForm,
    /// Questions.
    pub questions: Vec<FormQuestion>,
}

/// The published form `id`; `None` when there is none.
pub fn published(engine: &Engine, tx: &mut ReadTx<'_>, id: RecordId) -> Result<Option<FormBrief>, Problem> {
    // Whoever works on a request sees its form, wherever it was made.
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Read, Subject::Forms)?;
    let Some(form) = tx.form(&permit, id)? else { return Ok(None) };
    Ok(version(tx, &form)?.map(|version| brief(&form, &version)))
}

fn version(tx: &mut ReadTx<'_>, form: &Form) -> Result<Option<FormVersion>, Problem> {
    let Some(version) = form.published.as_deref().filter(|_| form.state == FormState::Open) else { return Ok(None) };
    Ok(tx.form_version(form, &slot_of(version))?)
}

fn brief(form: &Form, version: &FormVersion) -> FormBrief {
    let questions = version.compiled.get("questions").cloned().unwrap_or(Json::Null);
    let questions: Vec<Question> = serde_json::from_value(questions).unwrap_or_default();
    let settings: Settings = serde_json::from_value(form.settings.clone()).unwrap_or_default();
    let asked = settings.applied(&questions).into_iter().filter(is_asked);
    let questions = asked.map(|question| FormQuestion { path: question.path, element: question.element }).collect();
    FormBrief {
        form: TaskForm { id: form.id.to_string(), title: form.title.clone(), version: version.version.clone() },
        questions,
    }
}

/// Forms that `actor` may answer.
pub fn open(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor) -> Result<Vec<TodayForm>, Problem> {
    let roles = &engine.catalogue().roles;
    let (Ok(permit), Ok(_)) = (
        actor::permit(actor, roles, Verb::Read, Subject::Forms),
        actor::permit(actor, roles, Verb::Create, Subject::Responses),
    ) else {
        return Ok(Vec::new());
    };
    let mut forms = Vec::new();
    for form in tx.forms(&permit)? {
        let Some(version) = version(tx, &form)? else { continue };
        let brief = brief(&form, &version);
        forms.push(TodayForm {
            id: brief.form.id,
            form_id: form.form_id,
            title: form.title,
            version: version.version,
            hash: version.hash,
            questions: u32::try_from(brief.questions.len()).unwrap_or(u32::MAX),
        });
    }
    Ok(forms)
}

/// Fills the form of a request from registers.
pub struct Prefiller {
    questions: Vec<FormQuestion>,
    /// Register by the name the form gives its entity list.
    lists: BTreeMap<String, String>,
    /// The form as its rules are; `None` when it cannot be read.
    model: Option<model::Form>,
}

impl Prefiller {
    /// For the form of a request; `None` for a visit.
    pub fn of(engine: &Engine, tx: &mut ReadTx<'_>, body: &Body) -> Result<Option<Self>, Problem> {
        let Some(id) = body.form.as_ref().filter(|_| body.kind == "form").and_then(|form| form.id.parse().ok()) else {
            return Ok(None);
        };
        let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Read, Subject::Forms)?;
        match tx.form(&permit, id)? {
            Some(form) => Self::of_form(tx, &form),
            None => Ok(None),
        }
    }

    /// For a form as it is published; `None` when it is not.
    pub fn of_form(tx: &mut ReadTx<'_>, form: &Form) -> Result<Option<Self>, Problem> {
        let Some(version) = version(tx, form)? else { return Ok(None) };
        let model = model::Form::parse(&version.xml).ok();
        let lists = serde_json::from_value::<Settings>(form.settings.clone()).unwrap_or_default().lists;
        Ok(Some(Self { questions: brief(form, &version).questions, lists, model }))
    }

    /// Data elements that its questions fill.
    pub fn elements(&self) -> Vec<String> {
        self.questions.iter().filter_map(|question| question.element.clone()).collect()
    }

    /// Names and paths of its questions outside repeats.
    pub fn leaves(&self) -> impl Iterator<Item = (&str, &str)> {
        let nodes = self.model.iter().flat_map(|model| {
            let outside = move |(ix, _): &(usize, &model::FormNode)| model.repeat_around(*ix).is_none();
            model.nodes.iter().enumerate().filter(outside).map(|(_, node)| node)
        });
        let questions = nodes.filter(|node| node.control.is_some());
        questions.map(|node| (node.path.rsplit('/').next().unwrap_or_default(), node.path.as_str()))
    }

    /// What the questions can be filled with out of a record. Sensitive values are not sent to phones beforehand.
    pub fn fill(
        &self,
        engine: &Engine,
        visit: &VisitView,
        assignment: RecordId,
    ) -> Result<(BTreeMap<String, Prefilled>, Option<String>), Problem> {
        let catalogue = engine.catalogue();
        let mut filled = BTreeMap::new();
        for question in &self.questions {
            let Some((entity, field)) =
                question.element.as_deref().and_then(|name| crate::collect::held::element(&catalogue, name))
            else {
                continue;
            };
            if entity.name != visit.record.entity {
                continue;
            }
            let Some(json) = visit.record.values.get(&field.name) else { continue };
            let value = match json {
                Json::String(text) => text.clone(),
                Json::Array(items) => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" "),
                other => other.to_string(),
            };
            let origin = visit.sources.get(&visit.record.id).and_then(|sources| sources.get(&field.name));
            let source = origin.cloned().unwrap_or_else(|| VisitSource {
                kind: visit.record.source.kind.clone(),
                label: String::new(),
                at: visit.record.since.clone(),
                by: visit.record.by.clone(),
            });
            let shown = shown(&catalogue, field, &value, engine.lang);
            filled.insert(question.path.clone(), Prefilled { value, shown, source });
        }
        if let Some(path) = self.question_of_record(&catalogue, &visit.record.entity) {
            let known = Prefilled {
                value: visit.record.id.to_string(),
                shown: visit.record.title.clone(),
                source: VisitSource {
                    kind: "task".into(),
                    label: engine.lang.pick("本次任务", "this request").into(),
                    at: visit.record.since.clone(),
                    by: visit.record.by.clone(),
                },
            };
            filled.insert(path, known);
        }
        let instance = self.model.as_ref().map(|model| begun(engine, model, &filled, assignment));
        Ok((filled, instance))
    }

    /// The question by which a form that writes to a register chooses whose record it is about: nobody looks for the
    /// person at whose door they stand.
    fn question_of_record(&self, catalogue: &linli_domain::Catalogue, register: &str) -> Option<String> {
        let model = self.model.as_ref()?;
        let is_it = |found: Option<&linli_domain::Entity>| found.is_some_and(|entity| entity.name == register);
        if !model.entities.iter().any(|one| is_it(lists::entity_of(catalogue, &self.lists, &one.dataset))) {
            return None;
        }
        let chooses = |node: &model::FormNode| {
            let control = node.control.as_ref().filter(|control| control.kind == ControlKind::SelectOne)?;
            let Choices::Itemset(itemset) = &control.choices else { return None };
            let id = itemset.rows.source.trim().strip_prefix("instance('")?.split('\'').next()?;
            match &model.instances.iter().find(|one| one.id == id)?.source {
                InstanceSource::File(file) => lists::entity_of_file(catalogue, &self.lists, file),
                _ => None,
            }
        };
        let outside = |ix: &usize| model.repeat_around(*ix).is_none();
        let found = (0..model.nodes.len()).filter(outside).find(|&ix| is_it(chooses(&model.nodes[ix])))?;
        Some(model.nodes[found].path.clone())
    }
}

/// The form with what is known filled in, its calculations made anew. Its instance id follows from the assignment.
fn begun(engine: &Engine, form: &model::Form, filled: &BTreeMap<String, Prefilled>, assignment: RecordId) -> String {
    let seed = assignment.0.as_u64_pair();
    let outside = World::new(Moment(engine.now().0 / 1_000), seed.0 ^ seed.1);
    let mut begun = instance::blank(form, &outside);
    for (path, known) in filled {
        begun.set(path, &known.value);
    }
    check::recompute(form, &begun, &outside).0.to_xml()
}

/// A value as people read it: codes by their labels.
fn shown(
    catalogue: &linli_domain::Catalogue,
    field: &linli_domain::Field,
    value: &str,
    lang: linli_domain::Lang,
) -> String {
    use linli_domain::FieldKind as K;
    let list = match &field.kind {
        K::Code { list } | K::Codes { list } => catalogue.code_lists.get(list),
        _ => None,
    };
    let Some(list) = list else { return value.to_owned() };
    let labels = value.split(' ').map(|code| list.get(code).map_or(code, |known| known.label.text(lang)));
    labels.collect::<Vec<_>>().join("、")
}
