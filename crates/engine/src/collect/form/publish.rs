//! Publishing: a draft becomes the version that new answers are given to; the one before it is still answered by phones
//! that have it.

use linli_domain::{Actor, Label, RecordId, Subject, Verb};
use linli_store::{
    WriteTx,
    tables::{
        Form, FormState, FormVersion, VersionState,
        forms::{DRAFT, slot_of},
    },
};
use serde_json::json;

use super::{
    Compiled, FormDetail, Settings,
    edit::no_draft,
    form_of,
    view::{Forms, kept, media},
};
use crate::{Engine, FieldProblem, Problem, ProblemKind, collect::held::refuse_asked_twice};

/// Publishes the draft. Blocks the thread.
pub fn publish(engine: &Engine, actor: &Actor, id: RecordId) -> Result<FormDetail, Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Forms)?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine.store.write_blocking(move |tx| {
        let form = form_of(tx, &permit, id)?;
        if !permit.scope().covers(&form.area) {
            return Err(Problem::outside_scope(form.area.as_str()));
        }
        let form = publish_in(&engine2, tx, &actor2, &permit, form)?;
        Forms::new(&engine2, &actor2).detail(tx, &form)
    })
}

/// Publishes the draft of `form` within a transaction.
pub(super) fn publish_in(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    permit: &linli_domain::Permit,
    mut form: Form,
) -> Result<Form, Problem> {
    let draft = tx.form_version(&form, DRAFT)?.ok_or_else(no_draft)?;
    let compiled: Compiled = kept(&draft.compiled)?;
    let settings: Settings = kept(&form.settings)?;
    if tx.form_version(&form, &slot_of(&draft.version))?.is_some() {
        return Err(version_used(&draft.version));
    }
    refuse_missing(engine, tx, &form, &draft, &compiled, &settings)?;
    // Forms of packs are installed before anybody could state a reason.
    if !actor.operator {
        refuse_asked_twice(engine, tx, &form.area, &settings.applied(&compiled.questions))?;
    }
    let source = tx.form_source(&form, DRAFT)?.unwrap_or_default();
    if let Some(before) = &form.published
        && let Some(old) = tx.form_version(&form, &slot_of(before))?
    {
        tx.set_form_version(permit, form.id, &old.slot, VersionState::Retired, &old.compiled)?;
    }
    let slot = slot_of(&draft.version);
    let files = tx.form_media(form.id, DRAFT)?;
    let version = FormVersion {
        slot: slot.clone(),
        state: VersionState::Published,
        at: engine.now(),
        by: actor.account,
        by_name: actor.name.clone(),
        ..draft
    };
    tx.put_form_version(permit, &version, &source)?;
    for file in &files {
        tx.put_form_media(permit, form.id, &slot, file)?;
    }
    tx.drop_form_draft(permit, form.id)?;
    form.published = Some(version.version.clone());
    form.title.clone_from(&compiled.title);
    form.updated = engine.now();
    if form.state == FormState::Draft {
        form.state = FormState::Open;
    }
    tx.put_form(permit, &form)?;
    let detail = json!({ "form_id": form.form_id, "version": version.version, "questions": compiled.questions.len() });
    tx.audit(engine.audit_entry(actor, "publish", "forms", form.id.to_string(), Some(form.area.clone()), detail))?;
    engine.forms.forget(form.id);
    Ok(form)
}

fn version_used(version: &str) -> Problem {
    let shown = if version.is_empty() { "(空)" } else { version };
    Problem::new(
        ProblemKind::Conflict,
        "form.version_used",
        format!("版本“{shown}”已经发布过。请在 settings 表中改一个新的 version 再上传。"),
        format!(
            "The version `{version}` was published before. Give a new version in the settings sheet and upload again."
        ),
    )
}

fn refuse_missing(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    form: &Form,
    draft: &FormVersion,
    compiled: &Compiled,
    settings: &Settings,
) -> Result<(), Problem> {
    let files = media(engine, tx, form, draft, compiled, settings)?;
    let missing: Vec<FieldProblem> = files
        .iter()
        .filter(|file| !file.present)
        .map(|file| {
            let message = Label::new(
                format!("缺少文件“{}”,请上传。", file.name),
                format!("The file `{}` is missing; upload it.", file.name),
            );
            FieldProblem::new(&file.name, "missing", message)
        })
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(Problem::invalid("form.media_missing", missing)) }
}

/// Opens or closes a published form. Blocks the thread.
pub fn set_state(engine: &Engine, actor: &Actor, id: RecordId, state: FormState) -> Result<FormDetail, Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Forms)?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine.store.write_blocking(move |tx| {
        let mut form = form_of(tx, &permit, id)?;
        if form.published.is_none() || state == FormState::Draft {
            return Err(Problem::new(
                ProblemKind::Conflict,
                "form.not_published",
                "表单还没有发布,不能开放或关闭。请先发布。",
                "The form is not published, so it can be neither opened nor closed. Publish it first.",
            ));
        }
        form.state = state;
        form.updated = engine2.now();
        tx.put_form(&permit, &form)?;
        let detail = json!({ "state": state });
        let area = Some(form.area.clone());
        tx.audit(engine2.audit_entry(&actor2, "state", "forms", id.to_string(), area, detail))?;
        engine2.forms.forget(id);
        Forms::new(&engine2, &actor2).detail(tx, &form)
    })
}
