//! The catalogue of items: what a person may apply for, which materials data verify, what is filled in already.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    Actor, Catalogue, Lang, RecordId, Verb,
    catalogue::Sensitivity,
    service::{Fits, Material, MaterialKind, ServiceItem},
};
use linli_store::ReadTx;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{
    person::{Known, Looking, field_of, shown},
    subject,
};
use crate::{
    Engine, Problem, ProblemKind,
    catalogue::{FieldView, field_view},
    collect::public::count_call,
    flow,
    register::sources_in,
};

/// An item in the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ItemView {
    /// Code, `MZ-03`.
    pub code: String,
    /// Namespaced name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Sort of item, in words.
    pub kind: String,
    /// For whom.
    pub audience: String,
    /// Promised working days.
    pub limit: u32,
    /// Fee in fen.
    pub fee: i64,
    /// What happens instead of a certificate.
    pub instead: Option<String>,
    /// Whether it is for the person asked about.
    #[schema(value_type = Option<String>)]
    pub fits: Option<Fits>,
    /// Labels of what must be known to tell.
    pub missing: Vec<String>,
}

/// Items of the one window.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Items {
    /// By fit, then by code.
    pub items: Vec<ItemView>,
}

/// An item in full, for a person or for nobody.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ItemDetail {
    /// The item.
    #[serde(flatten)]
    pub item: ItemView,
    /// What to know.
    pub guide: Option<String>,
    /// What it rests on.
    pub basis: Vec<String>,
    /// `community` or `street`.
    pub decided_at: String,
    /// Who may apply.
    pub conditions: Vec<ConditionView>,
    /// What is handed in.
    pub materials: Vec<MaterialView>,
    /// What is asked.
    pub fields: Vec<FieldView>,
    /// The form that asks beside the fields, `pack/name`.
    pub form: Option<String>,
    /// What the registers fill in, by field.
    #[schema(value_type = std::collections::HashMap<String, Prefill>)]
    pub prefill: BTreeMap<String, Prefill>,
}

/// A condition, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConditionView {
    /// In words.
    pub text: String,
    /// Whether it holds; null when that cannot be told.
    pub holds: Option<bool>,
    /// Labels of the fields it looks at.
    pub from: Vec<String>,
}

/// A material, with whether it is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MaterialView {
    /// Name within the item.
    pub name: String,
    /// Label.
    pub label: String,
    /// `form`, `paper` or `held`.
    #[schema(value_type = String)]
    pub kind: MaterialKind,
    /// Whether it must be handed in. A verified one never is: no certificate needed.
    pub needed: bool,
    /// Whether an application without it is complete.
    pub optional: bool,
    /// Whether data can verify it: then it is asked for only from those whom the data do not show.
    pub by_data: bool,
    /// Why it is not needed: `verified` by data, or `optional`.
    pub why: Option<String>,
    /// Which data verify it.
    pub source: Option<String>,
    /// The certificate that communities used to be asked for.
    pub certificate: Option<String>,
}

/// A value that is known.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Prefill {
    /// Value; null for a sensitive one, which is known but not sent.
    pub value: Json,
    /// In words; masked when it is sensitive.
    pub shown: String,
    /// Where it came from.
    pub source: String,
    /// Since when, or when somebody last saw that it holds.
    pub at: Option<String>,
}

/// The item called by its code or name.
pub(crate) fn find<'c>(catalogue: &'c Catalogue, code: &str) -> Result<&'c ServiceItem, Problem> {
    let found = catalogue.items.get(code).or_else(|| catalogue.items.values().find(|item| item.code == code));
    found.ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "service.no_item",
            format!("没有编码为“{code}”的服务事项。"),
            format!("There is no service item with the code `{code}`."),
        )
    })
}

fn owned(names: BTreeSet<&str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// Items, of a person when one is asked about: those that fit first.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    text: Option<String>,
    person: Option<RecordId>,
) -> Result<Items, Problem> {
    engine.permit(actor, Verb::Create, subject())?;
    let catalogue = engine.catalogue();
    let known = match person {
        None => None,
        Some(id) => {
            let looking = Looking::of(engine, actor, &catalogue)?;
            Some(engine.store.read::<_, Problem>(move |tx| Known::load(tx, &looking, id)).await?)
        }
    };
    Ok(listed(engine, &catalogue, text.as_deref(), known))
}

/// Items for anybody.
pub fn public_items(engine: &Engine, text: Option<&str>) -> Result<Items, Problem> {
    count_call(engine, 1.0)?;
    let catalogue = engine.catalogue();
    Ok(listed(engine, &catalogue, text, None))
}

/// Items whose title, code or audience has `text`.
pub(crate) fn listed(engine: &Engine, catalogue: &Catalogue, text: Option<&str>, mut known: Option<Known>) -> Items {
    let (lang, today) = (engine.lang, engine.now().china_date());
    let text = text.map(|text| text.trim().to_lowercase()).unwrap_or_default();
    let has = |item: &ServiceItem| {
        let texts = [&item.code, &item.title.zh, &item.title.en, &item.audience.zh];
        text.is_empty() || texts.iter().any(|one| one.to_lowercase().contains(&text))
    };
    let mut items: Vec<ItemView> = Vec::new();
    for item in catalogue.items.values().filter(|item| has(item)) {
        let mut view = view(catalogue, item, lang);
        if let Some(known) = &mut known {
            known.comparing(owned(item.compares()));
            let judged = item.judge(&|name| known.value(catalogue, name), today);
            view.fits = Some(judged.fits);
            view.missing = labels(catalogue, judged.missing.iter().map(String::as_str), lang);
        }
        items.push(view);
    }
    let rank = |fits: Option<Fits>| match fits {
        Some(Fits::Yes) | None => 0,
        Some(Fits::Unknown) => 1,
        Some(Fits::No) => 2,
    };
    items.sort_by(|a, b| rank(a.fits).cmp(&rank(b.fits)).then_with(|| a.code.cmp(&b.code)));
    Items { items }
}

/// An item in full. For a person the sensitive values it compares are looked at under the item's purpose, and audited.
pub async fn get(engine: &Engine, actor: &Actor, code: &str, person: Option<RecordId>) -> Result<ItemDetail, Problem> {
    engine.permit(actor, Verb::Create, subject())?;
    let catalogue = engine.catalogue();
    let item = find(&catalogue, code)?.clone();
    let Some(id) = person else { return Ok(bare(engine, &catalogue, &item)) };
    let looking = Looking::of(engine, actor, &catalogue)?;
    let engine2 = engine.clone();
    let address = engine.address().map(str::to_owned);
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let mut known = Known::load(tx, &looking, id)?;
            let compared = owned(item.compares());
            known.show(tx, &looking, &compared, (&purpose(&item), address.as_deref()))?;
            known.comparing(compared);
            detail(&engine2, tx, &catalogue, &item, &known, &looking)
        })
        .await
}

/// What the audit log says a sensitive value was looked at for.
pub(crate) fn purpose(item: &ServiceItem) -> String {
    format!("{} {}:核验申请条件和材料", item.code, item.title.zh)
}

/// An item for nobody in particular.
pub(crate) fn bare(engine: &Engine, catalogue: &Catalogue, item: &ServiceItem) -> ItemDetail {
    let lang = engine.lang;
    let condition = |one: &linli_domain::service::Condition| ConditionView {
        text: one.text.text(lang).to_owned(),
        holds: None,
        from: labels(catalogue, one.when.free_fields(), lang),
    };
    ItemDetail {
        item: view(catalogue, item, lang),
        guide: item.guide.as_ref().map(|guide| guide.text(lang).to_owned()),
        basis: item.basis.clone(),
        decided_at: item.decided_at.clone(),
        conditions: item.conditions.iter().map(condition).collect(),
        materials: item.materials.iter().map(|one| material(catalogue, one, false, lang)).collect(),
        fields: item.fields.iter().map(|field| field_view(field, field.element.clone().unwrap_or_default())).collect(),
        form: item.form.clone(),
        prefill: BTreeMap::new(),
    }
}

/// The form of an item, filled with what the register holds of a person. Without an `actor` it is for anybody, and nothing is
/// filled in.
pub async fn form(
    engine: &Engine,
    actor: Option<&Actor>,
    code: &str,
    person: Option<RecordId>,
) -> Result<flow::AskedForm, Problem> {
    match actor {
        Some(actor) => drop(engine.permit(actor, Verb::Create, subject())?),
        None => count_call(engine, 1.0)?,
    }
    let form = find(&engine.catalogue(), code)?.form.clone().ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "service.no_form",
            "这个事项没有要填写的表单。",
            "This item asks by no form.",
        )
    })?;
    let about = person.map(|id| (linli_domain::service::PERSON.to_owned(), id));
    flow::asked_form(engine, actor, &form, about).await
}

/// An item for a person.
pub(crate) fn detail(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    catalogue: &Catalogue,
    item: &ServiceItem,
    known: &Known,
    looking: &Looking,
) -> Result<ItemDetail, Problem> {
    let lang = engine.lang;
    let judged = item.judge(&|name| known.value(catalogue, name), engine.now().china_date());
    let mut view = bare(engine, catalogue, item);
    view.item.fits = Some(judged.fits);
    view.item.missing = labels(catalogue, judged.missing.iter().map(String::as_str), lang);
    for (condition, holds) in view.conditions.iter_mut().zip(&judged.conditions) {
        condition.holds = *holds;
    }
    let verified = item.materials.iter().zip(&judged.verified);
    view.materials = verified.map(|(one, verified)| material(catalogue, one, *verified, lang)).collect();
    view.prefill = prefill(tx, catalogue, item, known, looking, lang)?;
    Ok(view)
}

fn view(catalogue: &Catalogue, item: &ServiceItem, lang: Lang) -> ItemView {
    let pack = item.name.split('/').next().unwrap_or_default();
    let kinds = catalogue.code_lists.get(&format!("{pack}/item_kind"));
    let kind = kinds.and_then(|list| list.get(&item.kind)).map(|code| code.label.text(lang).to_owned());
    ItemView {
        code: item.code.clone(),
        name: item.name.clone(),
        title: item.title.text(lang).to_owned(),
        kind: kind.unwrap_or_else(|| item.kind.clone()),
        audience: item.audience.text(lang).to_owned(),
        limit: item.limit,
        fee: item.fee,
        instead: item.instead.as_ref().map(|text| text.text(lang).to_owned()),
        fits: None,
        missing: Vec::new(),
    }
}

/// A material with whether it is needed.
pub(crate) fn material(catalogue: &Catalogue, one: &Material, verified: bool, lang: Lang) -> MaterialView {
    let source = one.verify.as_ref().filter(|_| verified);
    MaterialView {
        name: one.name.clone(),
        label: one.label.text(lang).to_owned(),
        kind: one.kind,
        needed: !verified && !one.optional,
        optional: one.optional,
        by_data: one.verify.is_some(),
        why: if verified { Some("verified".into()) } else { one.optional.then(|| "optional".into()) },
        source: source.map(|verify| labels(catalogue, verify.free_fields(), lang).join(lang.pick("、", ", "))),
        certificate: one.certificate.clone(),
    }
}

/// Labels of fields as expressions name them.
fn labels<'n>(catalogue: &Catalogue, names: impl IntoIterator<Item = &'n str>, lang: Lang) -> Vec<String> {
    let label = |name: &str| {
        field_of(catalogue, name).map_or_else(|| name.to_owned(), |(_, field)| field.label.text(lang).to_owned())
    };
    names.into_iter().map(label).collect()
}

/// What the registers fill in. A sensitive value is known but not sent.
fn prefill(
    tx: &mut ReadTx<'_>,
    catalogue: &Catalogue,
    item: &ServiceItem,
    known: &Known,
    looking: &Looking,
    lang: Lang,
) -> Result<BTreeMap<String, Prefill>, Problem> {
    let mut filled = BTreeMap::new();
    let own = sources_in(tx, &looking.people, &known.person.entity, known.person.id, lang)?;
    for field in &item.fields {
        let Some(element) = &field.element else { continue };
        let Some((record, register, held)) = known.element(catalogue, element) else { continue };
        let (value, shown) = match held.sensitivity {
            Sensitivity::Sensitive => match record.masked.get(&held.name) {
                Some(masked) => (Json::Null, masked.clone()),
                None => continue,
            },
            _ => match record.value(&held.name) {
                value if value.is_null() => continue,
                value => (value.to_json(&held.kind), shown(catalogue, &held.kind, value, lang)),
            },
        };
        let source = own.get(&held.name).filter(|_| record.id == known.person.id);
        let label = source.map_or_else(|| register.label.text(lang).to_owned(), |one| one.source.label.clone());
        let at = source.map(|one| one.confirmed.as_ref().map_or(&one.at, |seen| &seen.at).clone());
        filled.insert(field.name.clone(), Prefill { value, shown, source: label, at });
    }
    Ok(filled)
}
