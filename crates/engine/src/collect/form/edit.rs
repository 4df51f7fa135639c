//! Commands on the draft of a form. They block the thread: files are compiled and written.

use std::{collections::BTreeMap, sync::Arc};

use linli_domain::{Actor, Label, RecordId, Subject, Verb};
use linli_store::{
    WriteTx,
    tables::{Form, FormMedia, FormState, FormVersion, VersionState, forms::DRAFT},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    CheckView, FormDetail, KeptFinding, Outcome, Settings, compile, form_of, is_element, md5_of,
    view::{Forms, kept},
};
use crate::{Engine, FieldProblem, Problem, ProblemKind, sheet::documents};

/// Most files of a form.
const FILES: usize = 500;

/// Compiles a file and tells what is found; nothing is kept.
pub fn check(engine: &Engine, actor: &Actor, name: &str, bytes: &[u8]) -> Result<CheckView, Problem> {
    engine.permit(actor, Verb::Create, Subject::Forms)?;
    let outcome = compile(|element| is_element(&engine.catalogue(), element), name, bytes);
    Ok(CheckView {
        ok: outcome.xml.is_some(),
        findings: outcome.compiled.findings.iter().map(|finding| finding.view(engine.lang)).collect(),
        questions: outcome.compiled.questions,
        languages: outcome.compiled.languages,
        xform: outcome.xml,
    })
}

/// Makes a form with its first draft for an area.
pub fn create(engine: &Engine, actor: &Actor, name: &str, bytes: &[u8], area: &str) -> Result<FormDetail, Problem> {
    let permit = engine.permit(actor, Verb::Create, Subject::Forms)?;
    let outcome = Arc::new(accepted(engine, name, bytes)?);
    let (id, now) = (engine.ids.next(), engine.now());
    let (engine2, actor2) = (engine.clone(), actor.clone());
    let (name, area, source) = (documents::plain_name(name), area.to_owned(), bytes.to_vec());
    engine.store.write_blocking(move |tx| {
        let place = tx.area(&area)?.ok_or_else(|| Problem::no_area(&area))?;
        if !permit.scope().covers(&place.path) {
            return Err(Problem::outside_scope(&area));
        }
        refuse_taken(tx, &outcome.compiled.form_id, None)?;
        let form = Form {
            id,
            form_id: outcome.compiled.form_id.clone(),
            title: outcome.compiled.title.clone(),
            area: place.path.clone(),
            state: FormState::Draft,
            published: None,
            pack: None,
            settings: serde_json::to_value(Settings::default()).map_err(Problem::internal)?,
            created: now,
            updated: now,
            by: actor2.account,
            by_name: actor2.name.clone(),
        };
        tx.put_form(&permit, &form)?;
        put_draft(&engine2, tx, &permit, &actor2, &form, &name, &outcome, &source)?;
        let detail = json!({ "form_id": form.form_id });
        tx.audit(engine2.audit_entry(&actor2, "create", "forms", id.to_string(), Some(place.path), detail))?;
        Forms::new(&engine2, &actor2).detail(tx, &form)
    })
}

/// Puts another file in the place of the draft; links to elements and media are carried over.
pub fn replace_draft(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    name: &str,
    bytes: &[u8],
) -> Result<FormDetail, Problem> {
    let permit = engine.permit(actor, Verb::Edit, Subject::Forms)?;
    let outcome = Arc::new(accepted(engine, name, bytes)?);
    let (engine2, actor2) = (engine.clone(), actor.clone());
    let (name, source) = (documents::plain_name(name), bytes.to_vec());
    engine.store.write_blocking(move |tx| {
        let mut form = form_of(tx, &permit, id)?;
        let compiled = &outcome.compiled;
        if compiled.form_id != form.form_id {
            if form.published.is_some() {
                return Err(other_form(&form.form_id, &compiled.form_id));
            }
            refuse_taken(tx, &compiled.form_id, Some(id))?;
        }
        let settings: Settings = kept(&form.settings)?;
        form.settings = serde_json::to_value(settings.carried(&compiled.questions)).map_err(Problem::internal)?;
        form.updated = engine2.now();
        if form.published.is_none() {
            form.form_id.clone_from(&compiled.form_id);
            form.title.clone_from(&compiled.title);
        }
        tx.put_form(&permit, &form)?;
        carry_media(tx, &permit, &form)?;
        put_draft(&engine2, tx, &permit, &actor2, &form, &name, &outcome, &source)?;
        let detail = json!({ "version": outcome.version });
        let area = Some(form.area.clone());
        tx.audit(engine2.audit_entry(&actor2, "edit", "forms", id.to_string(), area, detail))?;
        Forms::new(&engine2, &actor2).detail(tx, &form)
    })
}

/// A first draft after publishing begins with the files of the published version.
fn carry_media(tx: &mut WriteTx<'_>, permit: &linli_domain::Permit, form: &Form) -> Result<(), Problem> {
    let Some(version) = form.published.as_ref() else { return Ok(()) };
    if tx.form_version(form, DRAFT)?.is_some() {
        return Ok(());
    }
    for media in tx.form_media(form.id, &linli_store::tables::forms::slot_of(version))? {
        tx.put_form_media(permit, form.id, DRAFT, &media)?;
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "what a draft is made of")]
fn put_draft(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    permit: &linli_domain::Permit,
    actor: &Actor,
    form: &Form,
    name: &str,
    outcome: &Outcome,
    source: &[u8],
) -> Result<(), Problem> {
    let xml = outcome.xml.clone().unwrap_or_default();
    let version = FormVersion {
        form: form.id,
        slot: DRAFT.to_owned(),
        version: outcome.version.clone(),
        state: VersionState::Draft,
        hash: md5_of(xml.as_bytes()),
        file_name: name.to_owned(),
        xml,
        compiled: serde_json::to_value(&outcome.compiled).map_err(Problem::internal)?,
        at: engine.now(),
        by: actor.account,
        by_name: actor.name.clone(),
    };
    tx.put_form_version(permit, &version, source)?;
    engine.forms.forget(form.id);
    Ok(())
}

/// Compiles, or refuses with the findings.
fn accepted(engine: &Engine, name: &str, bytes: &[u8]) -> Result<Outcome, Problem> {
    let outcome = compile(|element| is_element(&engine.catalogue(), element), name, bytes);
    if outcome.xml.is_some() {
        return Ok(outcome);
    }
    Err(invalid(engine, &outcome.compiled.findings))
}

fn invalid(engine: &Engine, findings: &[KeptFinding]) -> Problem {
    let errors = findings.iter().filter(|finding| finding.error).count();
    let shown: Vec<_> = findings.iter().map(|finding| finding.view(engine.lang)).collect();
    Problem::new(
        ProblemKind::Invalid,
        "form.invalid",
        format!("表单有 {errors} 处错误,请按所列的工作表、行、列修改后再上传。"),
        format!("The form has {errors} errors; correct them by sheet, row and column, then upload it again."),
    )
    .with("findings", serde_json::to_value(shown).unwrap_or_default())
}

fn refuse_taken(tx: &mut WriteTx<'_>, form_id: &str, own: Option<RecordId>) -> Result<(), Problem> {
    match tx.form_id_taken(form_id)? {
        Some(holder) if Some(holder) != own => Err(Problem::new(
            ProblemKind::Conflict,
            "form.taken",
            format!("已有表单使用 form_id“{form_id}”。请在 settings 表中另取一个。"),
            format!("Another form has the form_id `{form_id}`. Choose another in the settings sheet."),
        )),
        _ => Ok(()),
    }
}

fn other_form(held: &str, given: &str) -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        "form.other_form",
        format!("这份表单已以 form_id“{held}”发布,不能改为“{given}”。请改回,或另建一份表单。"),
        format!(
            "This form was published as `{held}`; it cannot become `{given}`. Change it back, or make another form."
        ),
    )
}

/// Links of questions to data elements, and reasons for asking again.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LinksInput {
    /// Element by path; `null` unlinks.
    #[schema(value_type = std::collections::HashMap<String, Option<String>>)]
    pub links: BTreeMap<String, Option<String>>,
    /// Reason by path; `null` takes it back.
    #[schema(value_type = std::collections::HashMap<String, Option<String>>)]
    pub reasons: BTreeMap<String, Option<String>>,
    /// Register by the name the form gives its entity list.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub lists: BTreeMap<String, String>,
}

/// Links questions of the draft (or, without one, of the published version) to data elements.
pub fn set_links(engine: &Engine, actor: &Actor, id: RecordId, input: LinksInput) -> Result<FormDetail, Problem> {
    let permit = engine.permit(actor, Verb::Edit, Subject::Forms)?;
    let catalogue = engine.catalogue();
    let unknown = input.links.iter().filter_map(|(path, element)| {
        let element = element.as_ref().filter(|element| !is_element(&catalogue, element))?;
        let message = Label::new(format!("没有数据元“{element}”。"), format!("There is no data element `{element}`."));
        Some(FieldProblem::new(path, "element.unknown", message))
    });
    let lists = input.lists.values().filter(|name| !catalogue.entities.contains_key(*name)).map(|name| {
        let message = Label::new(format!("没有登记册“{name}”。"), format!("There is no register `{name}`."));
        FieldProblem::new("lists", "entity.unknown", message)
    });
    let wrong: Vec<FieldProblem> = unknown.chain(lists).collect();
    if !wrong.is_empty() {
        return Err(Problem::invalid("form.links", wrong));
    }
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine.store.write_blocking(move |tx| {
        let mut form = form_of(tx, &permit, id)?;
        let mut settings: Settings = kept(&form.settings)?;
        settings.links.extend(input.links.clone());
        settings.reasons.extend(input.reasons.clone());
        settings.lists.extend(input.lists.clone());
        form.settings = serde_json::to_value(settings).map_err(Problem::internal)?;
        form.updated = engine2.now();
        tx.put_form(&permit, &form)?;
        engine2.forms.forget(id);
        Forms::new(&engine2, &actor2).detail(tx, &form)
    })
}

/// Adds files to the draft.
pub fn put_media(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    files: Vec<(String, documents::Received)>,
) -> Result<FormDetail, Problem> {
    let permit = engine.permit(actor, Verb::Edit, Subject::Forms)?;
    let mut media = Vec::new();
    for (name, received) in files {
        let document = documents::keep(engine, actor, received, &name, "form")?;
        let md5 = md5_of(&documents::bytes(engine, &document.sha256)?);
        media.push(FormMedia {
            name: document.name,
            sha256: document.sha256,
            md5,
            size: document.size,
            at: document.at,
        });
    }
    change_draft(engine, actor, id, permit, move |tx, permit, form| {
        if tx.form_media(form.id, DRAFT)?.len() + media.len() > FILES {
            let what = Label::new("表单附件数量", "The number of files of a form");
            return Err(Problem::too_large(&what, &FILES.to_string()));
        }
        for one in &media {
            tx.put_form_media(permit, form.id, DRAFT, one)?;
        }
        Ok(())
    })
}

/// Takes a file off the draft.
pub fn drop_media(engine: &Engine, actor: &Actor, id: RecordId, name: &str) -> Result<FormDetail, Problem> {
    let permit = engine.permit(actor, Verb::Edit, Subject::Forms)?;
    let name = name.to_owned();
    change_draft(engine, actor, id, permit, move |tx, permit, form| {
        if tx.drop_form_media(permit, form.id, DRAFT, &name)? {
            return Ok(());
        }
        let (zh, en) = (format!("草稿没有文件“{name}”。"), format!("The draft has no file `{name}`."));
        Err(Problem::new(ProblemKind::NotFound, "form.no_file", zh, en))
    })
}

fn change_draft(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    permit: linli_domain::Permit,
    mut change: impl FnMut(&mut WriteTx<'_>, &linli_domain::Permit, &Form) -> Result<(), Problem> + Send + 'static,
) -> Result<FormDetail, Problem> {
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine.store.write_blocking(move |tx| {
        let form = form_of(tx, &permit, id)?;
        if !permit.scope().covers(&form.area) {
            return Err(Problem::outside_scope(form.area.as_str()));
        }
        if tx.form_version(&form, DRAFT)?.is_none() {
            return Err(no_draft());
        }
        change(tx, &permit, &form)?;
        engine2.forms.forget(id);
        Forms::new(&engine2, &actor2).detail(tx, &form)
    })
}

/// There is no draft to work on.
pub(super) fn no_draft() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "form.no_draft",
        "这份表单没有草稿。请先上传新的表单文件。",
        "This form has no draft. Upload a file first.",
    )
}
