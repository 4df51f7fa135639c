//! Forms that ask in the place of fields: what is asked for a case, filled with what is known already, and the answer that comes
//! back.

use std::collections::BTreeMap;

use linli_domain::{Actor, AreaPath, Lang, RecordId, Subject, Verb, flow::Flow};
use linli_store::{
    ReadTx, WriteTx,
    tables::{Case, SubmissionFile},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{
    define,
    get::works_on,
    input::{ActInput, OpenInput},
    live::Live,
    model::{FormAnswer, ShownValue},
    no_case,
    who::Who,
};
use crate::{
    Engine, FieldProblem, Problem,
    collect::{
        answers::{self, Node, NodeKind},
        form::{self as forms, Package},
        receive::CaseAnswer,
        values::write,
    },
    register::moment,
    sheet::show::Labels,
    task::{Prefilled, Prefiller},
    visit::{Looking, VisitSource, look},
};

/// A form's finished instance, as it is sent with what is done to a case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilledForm {
    xml: String,
    /// Read and checked, when it is to be kept.
    #[serde(skip)]
    ready: Option<CaseAnswer>,
}

impl PartialEq for FilledForm {
    fn eq(&self, other: &Self) -> bool {
        self.xml == other.xml
    }
}

impl FilledForm {
    /// A finished instance.
    pub fn new(xml: impl Into<String>) -> Self {
        Self { xml: xml.into(), ready: None }
    }

    /// Reads and checks it as an answer to `form` (`pack/name`) for a case in `area`.
    pub(crate) async fn read(
        &mut self,
        engine: &Engine,
        actor: &Actor,
        form: Option<&str>,
        area: &AreaPath,
    ) -> Result<(), Problem> {
        let form = form.ok_or_else(not_asked)?;
        self.ready = Some(CaseAnswer::read(engine, actor, form, area, &self.xml).await?);
        Ok(())
    }

    /// What it says of fields.
    pub(crate) fn values(
        &self,
        engine: &Engine,
        fields: &[linli_domain::Field],
    ) -> Result<BTreeMap<String, Json>, Problem> {
        self.ready.as_ref().ok_or_else(not_asked)?.values(&engine.catalogue(), fields)
    }

    /// Keeps it with the case; answers its instance id.
    pub(super) fn keep(&self, tx: &mut WriteTx<'_>, held: &[SubmissionFile]) -> Result<String, Problem> {
        self.ready.as_ref().ok_or_else(not_asked)?.keep(tx, held)
    }
}

fn not_asked() -> Problem {
    Problem::parameter("answer", "这一步没有要填写的表单。", "No form is asked in this step.")
}

/// What is missing where a form asks and none came.
pub(crate) fn required() -> Problem {
    let message = linli_domain::Label::new("请填写表单后再提交。", "Fill in the form first.");
    Problem::invalid("case.fields", vec![FieldProblem::new("answer", "field.required", message)])
}

/// Files of a case as files of an answer.
pub(super) fn files_of(tx: &mut ReadTx<'_>, case: &Case) -> Result<Vec<SubmissionFile>, Problem> {
    let files = tx.case_files(case)?.into_iter().map(|file| SubmissionFile {
        name: file.name,
        sha256: file.sha256,
        size: file.size,
        kind: file.kind,
        at: file.at,
    });
    Ok(files.collect())
}

/// Reads the answer of an act beside the writer; what is asked by a form is not taken without its answer.
pub(super) async fn read_act(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    action: &str,
    input: &mut ActInput,
) -> Result<(), Problem> {
    let (engine2, actor2, name) = (engine.clone(), actor.clone(), action.to_owned());
    let asked = engine.store.read::<_, Problem>(move |tx| {
        let who = Who::of(&engine2, tx, &actor2)?;
        let case = tx.case(&who.reader, id)?.ok_or_else(no_case)?;
        let live = Live::of(&engine2, tx, case)?;
        Ok((live.flow.action(&name).and_then(|action| action.form.clone()), live.case.area))
    });
    let (form, area) = asked.await?;
    match &mut input.answer {
        Some(answer) => answer.read(engine, actor, form.as_deref(), &area).await,
        None if form.is_some() => Err(required()),
        None => Ok(()),
    }
}

/// [`read_act`] for a case that is to be opened.
pub(super) async fn read_opening(engine: &Engine, actor: &Actor, input: &mut OpenInput) -> Result<(), Problem> {
    let form = define::current(engine, &input.flow)?.opens.form.clone();
    match &mut input.answer {
        Some(answer) => {
            let area = area_of(engine, &input.area).await?;
            answer.read(engine, actor, form.as_deref(), &area).await
        }
        None if form.is_some() => Err(required()),
        None => Ok(()),
    }
}

/// Path of the area with a code.
pub(crate) async fn area_of(engine: &Engine, code: &str) -> Result<AreaPath, Problem> {
    let code = code.to_owned();
    engine.store.read(move |tx| Ok(tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?.path)).await
}

/// A form to be filled in: what is asked, and what is known already.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AskedForm {
    /// The form.
    pub form: Package,
    /// What its questions can be filled with, by their paths.
    #[schema(value_type = std::collections::HashMap<String, Prefilled>)]
    pub prefill: BTreeMap<String, Prefilled>,
}

/// The form that an action of a case asks by, filled with what the case says and what the registers hold of the people it is
/// about.
pub async fn case_form(engine: &Engine, actor: &Actor, id: RecordId, action: String) -> Result<AskedForm, Problem> {
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .read::<_, Problem>(move |tx| {
            let who = Who::of(&engine2, tx, &actor2)?;
            let case = tx.case(&who.reader, id)?.ok_or_else(no_case)?;
            let live = Live::of(&engine2, tx, case)?;
            let form = live.flow.action(&action).and_then(|action| action.form.clone()).ok_or_else(not_asked)?;
            let (package, prefiller) = package(&engine2, tx, Some(&actor2), &form)?;
            let mut prefill = BTreeMap::new();
            for link in tx.case_links(&live.case)? {
                prefill.extend(of_record(&engine2, tx, &actor2, &prefiller, &link.entity, link.record)?);
            }
            let standing = who.standing(&engine2, tx, &live.flow, &live.case, &live.state)?;
            prefill.extend(of_case(&engine2, &live, &prefiller, works_on(&live, &standing)));
            Ok(AskedForm { form: package, prefill })
        })
        .await
}

/// The form by which a flow's cases are opened, or an item is applied for, filled with what the register holds of `about`.
/// Without an `actor` nothing is filled in.
pub async fn asked_form(
    engine: &Engine,
    actor: Option<&Actor>,
    form: &str,
    about: Option<(String, RecordId)>,
) -> Result<AskedForm, Problem> {
    let (engine2, actor, form) = (engine.clone(), actor.cloned(), form.to_owned());
    engine
        .store
        .read::<_, Problem>(move |tx| {
            let (form, prefiller) = package(&engine2, tx, actor.as_ref(), &form)?;
            let prefill = match (&actor, about) {
                (Some(actor), Some((entity, id))) => of_record(&engine2, tx, actor, &prefiller, &entity, id)?,
                _ => BTreeMap::new(),
            };
            Ok(AskedForm { form, prefill })
        })
        .await
}

/// The form that opens cases of a flow.
pub async fn opening_form(
    engine: &Engine,
    actor: &Actor,
    flow: &str,
    about: Option<(String, RecordId)>,
) -> Result<AskedForm, Problem> {
    engine.permit(actor, Verb::Create, Subject::Flow(flow.to_owned()))?;
    let form = define::current(engine, flow)?.opens.form.clone().ok_or_else(not_asked)?;
    asked_form(engine, Some(actor), &form, about).await
}

/// What a page needs to ask the form `pack/name`. Lists and files come along for those who may read forms; a form for
/// residents has none.
fn package(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: Option<&Actor>,
    name: &str,
) -> Result<(Package, Prefiller), Problem> {
    let everywhere = engine.permit(&Engine::operator(), Verb::Read, Subject::Forms)?;
    let (pack, stem) = name.split_once('/').unwrap_or((name, name));
    let form = tx.form_named(&everywhere, stem)?.filter(|form| form.pack.as_deref() == Some(pack));
    let form = form.ok_or_else(forms::no_form)?;
    let package = forms::package_in(engine, tx, actor, &form)?;
    let prefiller = Prefiller::of_form(tx, &form)?.ok_or_else(forms::no_form)?;
    Ok((package, prefiller))
}

type Known = BTreeMap<String, Prefilled>;

/// What the register holds of a record that the actor may read; sensitive values stay where they are.
fn of_record(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    prefiller: &Prefiller,
    entity: &str,
    id: RecordId,
) -> Result<Known, Problem> {
    let Ok(looking) = Looking::of(engine, actor, entity) else { return Ok(Known::new()) };
    let elements = prefiller.elements();
    let Some(visit) = look(engine, tx, &looking, id, Some(&elements))? else { return Ok(Known::new()) };
    Ok(prefiller.fill(engine, &visit, id)?.0)
}

/// What the case says: questions that bear the name of a field.
fn of_case(engine: &Engine, live: &Live, prefiller: &Prefiller, clear: bool) -> Known {
    let catalogue = engine.catalogue();
    let labels = Labels::of(&catalogue);
    let source = VisitSource {
        kind: "case".into(),
        label: live.case.number.clone(),
        at: moment(live.case.moved),
        by: live.case.by_name.clone(),
    };
    let known = prefiller.leaves().filter_map(|(name, path)| {
        let field = live.flow.field(name)?;
        let value = live.state.values.get(name).filter(|value| !value.is_null())?;
        if field.sensitivity == linli_domain::catalogue::Sensitivity::Sensitive && !clear {
            return None;
        }
        let shown = labels.text(field, value, engine.lang);
        Some((path.to_owned(), Prefilled { value: write(&field.kind, value), shown, source: source.clone() }))
    });
    known.collect()
}

/// What was answered with an event, as its history shows it.
pub(super) fn shown(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    flow: &Flow,
    instance: &str,
    lang: Lang,
) -> Result<Option<FormAnswer>, Problem> {
    let Some(answer) = answers::of_case(engine, tx, instance)? else { return Ok(None) };
    let mut lines = Vec::new();
    flatten(&answer.answers, "", lang, &|name| flow.field(name).is_some(), &mut lines);
    let mut flags: Vec<String> = answer.other_flags.iter().map(|flag| flag.message.clone()).collect();
    flags_of(&answer.answers, lang, &mut flags);
    Ok(Some(FormAnswer { instance_id: instance.to_owned(), title: answer.form.title, lines, flags }))
}

fn label_of(node: &Node, lang: Lang) -> String {
    let wanted = lang.pick("zh", "en");
    let label = node.label.get(wanted).or_else(|| node.label.get("default")).or_else(|| node.label.values().next());
    label.filter(|label| !label.is_empty()).cloned().unwrap_or_else(|| node.name.clone())
}

/// Questions that were answered, each under the group it stands in; those that filled a field of the case are shown as that.
fn flatten(nodes: &[Node], above: &str, lang: Lang, told: &dyn Fn(&str) -> bool, lines: &mut Vec<ShownValue>) {
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    for node in nodes {
        let label = label_of(node, lang);
        if node.kind == NodeKind::Question {
            let Some(text) = node.shown.as_ref().or(node.value.as_ref()).filter(|_| !told(&node.name)) else {
                continue;
            };
            let label = if above.is_empty() { label } else { format!("{above} · {label}") };
            lines.push(ShownValue { label, shown: text.clone() });
            continue;
        }
        let row = rows.entry(node.name.as_str()).or_default();
        *row += 1;
        let label = if node.kind == NodeKind::Repeat { format!("{label} {row}") } else { label };
        flatten(&node.children, &label, lang, told, lines);
    }
}

fn flags_of(nodes: &[Node], lang: Lang, flags: &mut Vec<String>) {
    for node in nodes {
        flags.extend(node.flags.iter().map(|flag| format!("{}:{}", label_of(node, lang), flag.message)));
        flags_of(&node.children, lang, flags);
    }
}
