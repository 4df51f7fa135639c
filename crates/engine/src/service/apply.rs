//! An application comes in: at the counter, by proxy at somebody's door, from a resident's phone. What the registers know is
//! taken from them, what data verify is not asked for, and what is lacking is told at once.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Catalogue, Field, FieldKind, RecordId, Value, Verb, actor,
    catalogue::Sensitivity,
    service::{Fits, PERSON, ServiceItem},
};
use linli_store::{ReadTx, WriteTx};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    FLOW,
    applicant::{self, Applicant},
    items,
    person::{Known, shown},
    subject, values,
};
use crate::{
    Engine, FieldProblem, Problem, ProblemKind,
    flow::{self, AssignInput, CaseDetail, CaseLinkInput, OpenInput, Opened},
};

/// An application.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// Code of the item.
    pub item: String,
    /// Who applies.
    pub person: PersonInput,
    /// Code of the desk's area; that of the applicant's community when absent.
    #[serde(default)]
    pub area: Option<String>,
    /// The item's fields.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub values: BTreeMap<String, Json>,
    /// What was handed in, by the material's name: `paper`, or the name of a file that follows.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub materials: BTreeMap<String, String>,
    /// The finished instance (XML) of the item's form, where it has one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub answer: Option<flow::FilledForm>,
    /// Who applies for them.
    #[serde(default)]
    pub by_proxy: Option<ProxyInput>,
    /// `counter`, `phone` or `proxy`.
    pub channel: String,
    /// Taken in although a condition does not hold: the decision will say so.
    #[serde(default)]
    pub despite: bool,
    /// Chosen by the sender: the same again is the same application.
    #[schema(value_type = String)]
    pub client_id: Uuid,
}

/// Who applies: somebody of the register, or somebody who tells who they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PersonInput {
    /// Resident.
    #[schema(value_type = Option<String>)]
    pub id: Option<RecordId>,
    /// Name, of somebody who is not in the register.
    pub name: Option<String>,
    /// Identity number.
    pub identity_number: Option<String>,
    /// Phone.
    pub phone: Option<String>,
}

/// Who applies for somebody.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProxyInput {
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// Code of `service/relation_to_applicant`.
    pub relation: String,
}

/// An application that was taken in.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AppliedView)]
pub struct Applied {
    /// The case.
    #[serde(flatten)]
    pub case: CaseDetail,
    /// Code the applicant asks for it by, beside its number.
    pub code: String,
    /// Labels of materials that are needed and were not handed in.
    pub lacking: Vec<String>,
}

/// A material as an application keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Handed {
    pub name: String,
    pub label: String,
    /// `verified`, `handed_in`, `lacking`, `optional`.
    pub state: String,
    /// Which data, or which file.
    pub source: Option<String>,
}

/// Takes an application in for somebody who may open applications in the area.
pub async fn apply(engine: &Engine, actor: &Actor, mut input: NewApplication) -> Result<Applied, Problem> {
    engine.permit(actor, Verb::Create, subject())?;
    read_answer(engine, actor, &mut input).await?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    let (opened, lacking) = engine.store.write(move |tx| take_in(&engine2, tx, Some(&actor2), &input)).await?;
    let case = flow::get(engine, actor, opened.id).await?;
    Ok(Applied { case, code: opened.code, lacking })
}

/// Reads the answer to the item's form beside the writer; what is asked by a form is not taken in without its answer.
pub(super) async fn read_answer(engine: &Engine, actor: &Actor, input: &mut NewApplication) -> Result<(), Problem> {
    let form = items::find(&engine.catalogue(), &input.item)?.form.clone();
    let Some(answer) = &mut input.answer else {
        return if form.is_some() { Err(flow::form_required()) } else { Ok(()) };
    };
    let code = input.area.as_deref();
    let code =
        code.ok_or_else(|| Problem::parameter("area", "请写明受理的社区。", "Say which community takes it in."))?;
    let area = flow::area_of(engine, code).await?;
    answer.read(engine, actor, form.as_deref(), &area).await
}

/// Takes an application in; without an `actor` it comes from a resident's phone.
pub(crate) fn take_in(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: Option<&Actor>,
    input: &NewApplication,
) -> Result<(Opened, Vec<String>), Problem> {
    let catalogue = engine.catalogue();
    let item = items::find(&catalogue, &input.item)?;
    known_code(&catalogue, "channel", "service/channel", &input.channel)?;
    let applicant = applicant::find(engine, tx, &catalogue, item, actor, input)?;
    let judged = applicant
        .known
        .as_ref()
        .map(|(known, _)| item.judge(&|name| known.value(&catalogue, name), engine.now().china_date()));
    if judged.as_ref().is_some_and(|judged| judged.fits == Fits::No) && !input.despite && actor.is_some() {
        return Err(does_not_fit(item, &judged.map(|judged| judged.conditions).unwrap_or_default()));
    }
    let verified = judged.map(|judged| judged.verified).unwrap_or_else(|| vec![false; item.materials.len()]);
    let handed = materials(engine, &catalogue, item, &verified, &input.materials)?;
    let held = held(&catalogue, item, applicant.known.as_ref().map(|(known, _)| known));
    let mut said = match &input.answer {
        Some(answer) => answer.values(engine, &item.fields)?,
        None => BTreeMap::new(),
    };
    said.extend(input.values.clone());
    let read = values::read(&catalogue, item, &said, &|name| held.contains_key(name))
        .map_err(|wrong| Problem::invalid("service.invalid", wrong))?;
    let details = details(&catalogue, item, &read, &held);
    let open = open_input(engine, tx, item, &applicant, actor, input, &handed, details)?;
    let kept = json!({ "item": item.code, "materials": handed, "values": json_of(&read) });
    // Nobody of the office is the opener: only the applicant withdraws and rates.
    let name = actor.map_or_else(|| engine.lang.pick("居民", "Resident").to_owned(), |actor| actor.name.clone());
    let operator = Actor { name, ..Engine::operator() };
    let opened = flow::open_in(engine, tx, &operator, &open, json!({ "service": kept }))?;
    if let Some(actor) = actor {
        let detail = json!({ "item": item.code, "channel": input.channel });
        let area = tx.area(&open.area)?.map(|area| area.path);
        tx.audit(engine.audit_entry(actor, "apply", FLOW, opened.number.clone(), area, detail))?;
    }
    let lacking = handed.into_iter().filter(|one| one.state == "lacking").map(|one| one.label).collect();
    Ok((opened, lacking))
}

fn does_not_fit(item: &ServiceItem, conditions: &[Option<bool>]) -> Problem {
    let failed: Vec<&linli_domain::service::Condition> = item
        .conditions
        .iter()
        .zip(conditions)
        .filter(|(_, holds)| **holds == Some(false))
        .map(|(one, _)| one)
        .collect();
    let join = |pick: fn(&linli_domain::Label) -> &String| {
        failed.iter().map(|one| pick(&one.text).as_str()).collect::<Vec<_>>().join(";")
    };
    let (zh, en) = (join(|label| &label.zh), join(|label| &label.en));
    Problem::new(
        ProblemKind::Invalid,
        "service.conditions",
        format!("登记信息显示不符合条件:{zh}。登记有误请先更正;仍要申请的请注明(despite)。"),
        format!("By the register a condition does not hold: {en}. Correct the register, or apply despite it."),
    )
    .with("conditions", json!({ "zh": zh, "en": en }))
}

/// What was handed in, what data verify, what is lacking.
fn materials(
    engine: &Engine,
    catalogue: &Catalogue,
    item: &ServiceItem,
    verified: &[bool],
    sent: &BTreeMap<String, String>,
) -> Result<Vec<Handed>, Problem> {
    let unknown = sent.keys().find(|name| item.materials.iter().all(|one| one.name != **name));
    if let Some(name) = unknown {
        return Err(Problem::parameter(
            "materials",
            format!("事项没有材料“{name}”。"),
            format!("The item has no material `{name}`."),
        ));
    }
    let lang = engine.lang;
    let handed = item.materials.iter().zip(verified).map(|(one, verified)| {
        let view = items::material(catalogue, one, *verified, lang);
        let (state, source) = match sent.get(&one.name) {
            _ if *verified => ("verified", view.source),
            Some(source) => ("handed_in", Some(source.chars().take(200).collect())),
            None if one.optional => ("optional", None),
            None => ("lacking", None),
        };
        Handed { name: one.name.clone(), label: one.label.zh.clone(), state: state.into(), source }
    });
    Ok(handed.collect())
}

/// What the register fills in: the field and its text, masked when it is sensitive.
fn held(catalogue: &Catalogue, item: &ServiceItem, known: Option<&Known>) -> BTreeMap<String, String> {
    let Some(known) = known else { return BTreeMap::new() };
    let of = |field: &Field| {
        let (record, _, held) = known.element(catalogue, field.element.as_deref()?)?;
        let text = match held.sensitivity {
            Sensitivity::Sensitive => record.masked.get(&held.name)?.clone(),
            _ => match record.value(&held.name) {
                Value::Null => return None,
                value => shown(catalogue, &held.kind, value, linli_domain::Lang::Zh),
            },
        };
        Some((field.name.clone(), text))
    };
    item.fields.iter().filter_map(of).collect()
}

fn json_of(read: &[(Field, Value)]) -> BTreeMap<String, Json> {
    let open = read.iter().filter(|(field, _)| field.sensitivity != Sensitivity::Sensitive);
    open.map(|(field, value)| (field.name.clone(), value.to_json(&field.kind))).collect()
}

/// The particulars in words: what was said, and what the register knows.
fn details(
    catalogue: &Catalogue,
    item: &ServiceItem,
    read: &[(Field, Value)],
    held: &BTreeMap<String, String>,
) -> String {
    let line = |field: &Field| {
        let said = read.iter().find(|(of, _)| of.name == field.name);
        let text = match (said, held.get(&field.name)) {
            (Some((of, value)), _) => shown(catalogue, &of.kind, value, linli_domain::Lang::Zh),
            (None, Some(known)) => format!("{known}(已登记)"),
            (None, None) => return None,
        };
        Some(format!("{}:{text}", field.label.zh))
    };
    item.fields.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

#[expect(clippy::too_many_arguments, reason = "every part of the case is one of them")]
fn open_input(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    item: &ServiceItem,
    applicant: &Applicant,
    actor: Option<&Actor>,
    input: &NewApplication,
    handed: &[Handed],
    details: String,
) -> Result<OpenInput, Problem> {
    let area = input
        .area
        .clone()
        .or_else(|| applicant.home.clone())
        .ok_or_else(|| Problem::parameter("area", "请写明受理的社区。", "Say which community takes it in."))?;
    if let Some(actor) = actor {
        let place = tx.area(&area)?.ok_or_else(|| Problem::no_area(&area))?;
        let permit = actor::permit(actor, &engine.catalogue().roles, Verb::Create, subject())?;
        // A grid worker applies for people of the grid at the community's desk.
        let near = permit.scope().covers(&place.path) || permit.within(&place.path).scope() != &nowhere();
        if !near {
            return Err(Problem::no_area(&area));
        }
    }
    let mut texts = vec![
        ("item", item.code.clone()),
        ("item_title", item.title.zh.clone()),
        ("applicant_name", applicant.name.clone()),
        ("channel", input.channel.clone()),
        ("materials", summary(handed)),
        ("details", details),
        ("decided_at", item.decided_at.clone()),
    ];
    texts.extend(applicant.identity.clone().map(|identity| ("identity_number", identity)));
    texts.extend(applicant.phone.clone().map(|phone| ("phone", phone)));
    if let Some(proxy) = &input.by_proxy {
        known_code(&engine.catalogue(), "by_proxy.relation", "service/relation_to_applicant", &proxy.relation)?;
        texts.push(("proxy_name", proxy.name.clone()));
        texts.push(("proxy_phone", values::normal_text("by_proxy.phone", &FieldKind::Phone, &proxy.phone)?));
        texts.push(("proxy_relation", proxy.relation.clone()));
    }
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
    let mut values: BTreeMap<String, Json> = texts.map(|(name, text)| (name.to_owned(), json!(text))).collect();
    values.insert("limit_days".into(), json!(item.limit));
    let person = applicant.known.as_ref().map(|(_, id)| CaseLinkInput { entity: PERSON.into(), id: *id });
    // Whoever applies for somebody at their door keeps seeing how far it is.
    let helper = actor.filter(|actor| !actor.operator && input.channel == "proxy");
    let assign = helper.map(|actor| AssignInput {
        party: Some("proxy".into()),
        account: Some(actor.account),
        ..AssignInput::default()
    });
    Ok(OpenInput {
        flow: FLOW.into(),
        area,
        title: None,
        values,
        place: None,
        links: Vec::new(),
        client_id: input.client_id,
        on_behalf: person,
        channel: Some(if actor.is_some() { "worker" } else { "resident" }.into()),
        note: None,
        answer: input.answer.clone(),
        assign: assign.into_iter().collect(),
    })
}

fn nowhere() -> linli_domain::Scope {
    linli_domain::Scope::Areas(Vec::new())
}

/// What the counter calls a material that was handed over on paper.
const PAPER: &str = "paper";

/// The materials in words.
fn summary(handed: &[Handed]) -> String {
    let word = |state: &str| match state {
        "verified" => "数据已核验,免提交",
        "handed_in" => "已提交",
        "lacking" => "缺",
        _ => "可不交",
    };
    let line = |one: &Handed| {
        let source = one
            .source
            .as_deref()
            .filter(|source| *source != PAPER)
            .map(|source| format!("({source})"))
            .unwrap_or_default();
        format!("{}:{}{source}", one.label, word(&one.state))
    };
    handed.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn known_code(catalogue: &Catalogue, name: &str, list: &str, code: &str) -> Result<(), Problem> {
    let known = catalogue.code_lists.get(list).is_some_and(|list| list.get(code).is_some_and(|code| !code.retired));
    if known {
        return Ok(());
    }
    let message = linli_domain::Label::new(format!("没有代码“{code}”。"), format!("There is no code `{code}`."));
    Err(Problem::invalid("service.invalid", vec![FieldProblem::new(name, "field.code", message)]))
}
