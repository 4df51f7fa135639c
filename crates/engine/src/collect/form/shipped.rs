//! Forms of packs: installed as published forms of the topmost area, so that every worker has them.

use linli_domain::{Actor, Subject, Verb};
use linli_pack::PackFiles;
use linli_store::tables::{Form, FormState, FormVersion, VersionState, forms::DRAFT};

use super::{Settings, compile, is_element, md5_of, publish::publish_in, view::kept};
use crate::{Engine, Problem};

/// Installs the forms of `files` as `actor` (the operator); answers how many were published. A form whose version was
/// published before stays as it is; a newer version takes its place. Blocks the thread.
pub fn install(engine: &Engine, actor: &Actor, files: &PackFiles) -> Result<usize, Problem> {
    let mut published = 0;
    for (pack, path, bytes) in linli_pack::forms(files) {
        let outcome = compile(|element| is_element(&engine.catalogue(), element), &path, bytes);
        let Some(xml) = outcome.xml.clone() else { continue };
        let permit = engine.permit(actor, Verb::Manage, Subject::Forms)?;
        let (engine2, actor2, source, pack) = (engine.clone(), actor.clone(), bytes.to_vec(), pack.to_owned());
        let (id, file_name) = (engine.ids.next(), path.rsplit('/').next().unwrap_or_default().to_owned());
        published += usize::from(engine.store.write_blocking::<_, Problem>(move |tx| {
            let now = engine2.now();
            let held = tx.form_named(&permit, &outcome.compiled.form_id)?;
            let Some(root) = tx.area_children(permit.scope(), None, now.china_date())?.into_iter().next() else {
                return Ok(false);
            };
            let mut form = held.unwrap_or(Form {
                id,
                form_id: outcome.compiled.form_id.clone(),
                title: outcome.compiled.title.clone(),
                area: root.area.path,
                state: FormState::Draft,
                published: None,
                pack: Some(pack.clone()),
                settings: serde_json::to_value(Settings::default()).map_err(Problem::internal)?,
                created: now,
                updated: now,
                by: actor2.account,
                by_name: actor2.name.clone(),
            });
            let known = tx.form_versions(&form)?.iter().any(|version| version.version == outcome.version);
            if known || form.pack.as_deref() != Some(pack.as_str()) {
                return Ok(false);
            }
            let settings: Settings = kept(&form.settings)?;
            form.settings =
                serde_json::to_value(settings.carried(&outcome.compiled.questions)).map_err(Problem::internal)?;
            tx.put_form(&permit, &form)?;
            let version = FormVersion {
                form: form.id,
                slot: DRAFT.to_owned(),
                version: outcome.version.clone(),
                state: VersionState::Draft,
                hash: md5_of(xml.as_bytes()),
                file_name: file_name.clone(),
                xml: xml.clone(),
                compiled: serde_json::to_value(&outcome.compiled).map_err(Problem::internal)?,
                at: now,
                by: actor2.account,
                by_name: actor2.name.clone(),
            };
            tx.put_form_version(&permit, &version, &source)?;
            publish_in(&engine2, tx, &actor2, &permit, form)?;
            Ok(true)
        })?);
    }
    Ok(published)
}
