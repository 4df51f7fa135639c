//! Versions read for answers, kept for a moment: a thousand phones send the answers of the same few forms.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use linli_domain::{AreaPath, RecordId, Scope, Subject, Timestamp, Verb};
use linli_store::tables::{
    Form, FormVersion,
    forms::{DRAFT, slot_of},
};
use linli_xform::{
    model,
    tree::Limits,
    xpath::{Moment, Secondary, World},
};

use super::{Settings, no_form, view::kept};
use crate::{Engine, Problem, sheet::documents};

/// Seconds a form is believed without asking again: how late another process notices that it was closed.
const SECONDS: i64 = 2;
/// Most forms kept.
const MOST: usize = 1_000;
/// Most versions kept of a form.
const VERSIONS: usize = 32;

/// Forms seen a moment ago, by the id phones know.
#[derive(Default)]
pub struct FormCache {
    seen: Mutex<HashMap<String, Seen>>,
}

struct Seen {
    at: Timestamp,
    form: Arc<Form>,
    versions: HashMap<String, Arc<LoadedForm>>,
}

/// A version ready to check answers with.
pub struct LoadedForm {
    /// The version as it is kept.
    pub version: FormVersion,
    /// Its questions and rules.
    pub model: model::Form,
    /// What the studio chose.
    pub settings: Settings,
    /// Tables of its files, by the instance's id.
    instances: HashMap<String, Arc<Secondary>>,
}

impl LoadedForm {
    /// What lies outside the form when its rules are evaluated.
    pub fn world(&self, now: Timestamp) -> World {
        let mut world = World::new(Moment(now.0 / 1_000), now.0.unsigned_abs());
        world.instances.clone_from(&self.instances);
        world
    }
}

impl FormCache {
    fn get(&self, form_id: &str, slot: &str, now: Timestamp) -> Option<(Arc<Form>, Arc<LoadedForm>)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let found = seen.get(form_id).filter(|seen| now >= seen.at && now < seen.at.plus_seconds(SECONDS))?;
        Some((found.form.clone(), found.versions.get(slot)?.clone()))
    }

    /// A version that was read before and has not changed since.
    fn reusable(&self, form_id: &str, slot: &str, fresh: &Form, hash: &str) -> Option<Arc<LoadedForm>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let found = seen.get(form_id).filter(|seen| *seen.form == *fresh)?;
        found.versions.get(slot).filter(|loaded| loaded.version.hash == hash).cloned()
    }

    fn put(&self, form: Arc<Form>, slot: &str, loaded: Arc<LoadedForm>, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            seen.clear();
        }
        let entry = seen.entry(form.form_id.clone()).or_insert_with(|| Seen {
            at: now,
            form: form.clone(),
            versions: HashMap::new(),
        });
        // Answers may name any version: those that do not exist must not fill the memory.
        if *entry.form != *form || entry.versions.len() >= VERSIONS {
            entry.versions.clear();
        }
        (entry.at, entry.form) = (now, form);
        entry.versions.insert(slot.to_owned(), loaded);
    }

    /// Forgets a form that changed.
    pub fn forget(&self, form: RecordId) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, seen| seen.form.id != form);
    }
}

/// Whether a form for `area` concerns somebody with `scope`: it is for an area of theirs, or for one above.
pub(in crate::collect) fn concerns(scope: &Scope, area: &AreaPath) -> bool {
    scope.covers(area) || matches!(scope, Scope::Areas(areas) if areas.iter().any(|mine| area.covers(mine)))
}

/// The form `form_id` as somebody with `scope` sees it, with the version an answer was given to (the published one when
/// that version is not known), or with its draft.
pub async fn load(
    engine: &Engine,
    scope: &Scope,
    form_id: &str,
    version: &str,
    draft: bool,
) -> Result<(Arc<Form>, Arc<LoadedForm>), Problem> {
    let slot = if draft { DRAFT.to_owned() } else { slot_of(version) };
    let found = match engine.forms.get(form_id, &slot, engine.now()) {
        Some(found) => found,
        None => read(engine, form_id, slot).await?,
    };
    if concerns(scope, &found.0.area) { Ok(found) } else { Err(no_form()) }
}

async fn read(engine: &Engine, form_id: &str, slot: String) -> Result<(Arc<Form>, Arc<LoadedForm>), Problem> {
    // Whom the form concerns is decided by whoever asked for it.
    let everywhere = engine.permit(&Engine::operator(), Verb::Read, Subject::Forms)?;
    let (engine2, form_id) = (engine.clone(), form_id.to_owned());
    engine
        .store
        .read(move |tx| {
            let form = tx.form_named(&everywhere, &form_id)?.ok_or_else(no_form)?;
            let version = match (tx.form_version(&form, &slot)?, &form.published) {
                (Some(found), _) => found,
                (None, Some(published)) if slot != DRAFT => {
                    tx.form_version(&form, &slot_of(published))?.ok_or_else(no_form)?
                }
                _ => return Err(no_form()),
            };
            if let Some(loaded) = engine2.forms.reusable(&form_id, &slot, &form, &version.hash) {
                let form = Arc::new(form);
                engine2.forms.put(form.clone(), &slot, loaded.clone(), engine2.now());
                return Ok((form, loaded));
            }
            let model = model::Form::parse(&version.xml).map_err(Problem::internal)?;
            let settings: Settings = kept(&form.settings)?;
            let files = tx.form_media(form.id, &version.slot)?;
            let mut instances = HashMap::new();
            for (id, file) in model.files() {
                let Some(media) = files.iter().find(|one| one.name == file) else { continue };
                let text = String::from_utf8_lossy(&documents::bytes(&engine2, &media.sha256)?).into_owned();
                let table = if file.ends_with(".csv") {
                    Secondary::from_csv(&text, Limits::default())
                } else {
                    Secondary::from_xml(&text, Limits::default())
                };
                // A table that cannot be read leaves its rules unevaluated; the answer is taken all the same.
                if let Ok(table) = table {
                    instances.insert(id.to_owned(), Arc::new(table));
                }
            }
            let loaded = Arc::new(LoadedForm { version, model, settings, instances });
            let form = Arc::new(form);
            engine2.forms.put(form.clone(), &slot, loaded.clone(), engine2.now());
            Ok((form, loaded))
        })
        .await
}
