//! Forms as they are read: lists, versions and their differences, packages for phones and pages, attachments.

use linli_domain::{Actor, Entity, Permit, RecordId, Subject, Verb};
use linli_store::{
    ReadTx,
    tables::{
        Form, FormState, FormVersion,
        forms::{DRAFT, slot_of},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::lists,
    Compiled, Finding, FormDetail, FormView, Question, Settings, VersionItem, form_of, md5_of, no_version,
    view::{Forms, items, kept, media, name},
};
use crate::{Engine, Problem, sheet::documents};

/// What a check of a file finds.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CheckView {
    /// Whether it can be used.
    pub ok: bool,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Questions.
    pub questions: Vec<Question>,
    /// Languages.
    pub languages: Vec<String>,
    /// XForm.
    pub xform: Option<String>,
}

fn reader(engine: &Engine, actor: &Actor) -> Result<Permit, Problem> {
    engine.permit(actor, Verb::Read, Subject::Forms)
}

/// Forms for one's areas, latest change first.
pub fn list(
    engine: &Engine,
    actor: &Actor,
    state: Option<&str>,
    words: Option<&str>,
) -> Result<Vec<FormView>, Problem> {
    let permit = reader(engine, actor)?;
    let forms = Forms::new(engine, actor);
    let (state, words) = (state.map(str::to_owned), words.map(|words| words.trim().to_lowercase()));
    engine.store.read_blocking(move |tx| {
        let fits = |form: &Form| {
            let in_state = state.as_ref().is_none_or(|state| *state == name(&form.state));
            let text = format!("{}\n{}", form.title, form.form_id).to_lowercase();
            in_state && words.as_ref().is_none_or(|words| text.contains(words.as_str()))
        };
        let found: Vec<Form> = tx.forms(&permit)?.into_iter().filter(fits).collect();
        found.iter().map(|form| forms.view(tx, form)).collect()
    })
}

/// A form.
pub fn get(engine: &Engine, actor: &Actor, id: RecordId) -> Result<FormDetail, Problem> {
    let permit = reader(engine, actor)?;
    let forms = Forms::new(engine, actor);
    engine.store.read_blocking(move |tx| {
        let form = form_of(tx, &permit, id)?;
        forms.detail(tx, &form)
    })
}

/// Versions of a form, latest first.
pub fn versions(engine: &Engine, actor: &Actor, id: RecordId) -> Result<Vec<VersionItem>, Problem> {
    with_form(engine, actor, id, |tx, form| items(&tx.form_versions(form)?))
}

fn with_form<T: Send + 'static>(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    read: impl FnOnce(&mut ReadTx<'_>, &Form) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let permit = reader(engine, actor)?;
    engine.store.read_blocking(move |tx| {
        let form = form_of(tx, &permit, id)?;
        read(tx, &form)
    })
}

/// A version as addresses name it: `draft`, or what the form states.
fn version_of(tx: &mut ReadTx<'_>, form: &Form, version: &str) -> Result<FormVersion, Problem> {
    if version == DRAFT
        && let Some(draft) = tx.form_version(form, DRAFT)?
    {
        return Ok(draft);
    }
    tx.form_version(form, &slot_of(version))?.ok_or_else(|| no_version(version))
}

/// The file a version was made from, and its name.
pub fn source(engine: &Engine, actor: &Actor, id: RecordId, version: &str) -> Result<(Vec<u8>, String), Problem> {
    let version = version.to_owned();
    with_form(engine, actor, id, move |tx, form| {
        let found = version_of(tx, form, &version)?;
        let bytes = tx.form_source(form, &found.slot)?.ok_or_else(|| no_version(&version))?;
        Ok((bytes, found.file_name))
    })
}

/// The XForm of a version.
pub fn xform(engine: &Engine, actor: &Actor, id: RecordId, version: &str) -> Result<FormVersion, Problem> {
    let version = version.to_owned();
    with_form(engine, actor, id, move |tx, form| version_of(tx, form, &version))
}

/// What changed between two versions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// Questions that are new.
    pub added: Vec<Question>,
    /// Questions that are gone.
    pub removed: Vec<Question>,
    /// Questions that changed.
    pub changed: Vec<QuestionChange>,
}

/// What changed about a question.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuestionChange {
    /// Path.
    pub path: String,
    /// Label by language.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub label: std::collections::BTreeMap<String, String>,
    /// What.
    pub what: Vec<PartChange>,
}

/// What changed about a part of a question.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PartChange {
    /// `type`, `label`, `hint`, `required`, `choices`, `element`, `saveto`, `group`.
    pub part: &'static str,
    /// Before.
    #[schema(value_type = Object)]
    pub old: serde_json::Value,
    /// After.
    #[schema(value_type = Object)]
    pub new: serde_json::Value,
}

/// What `version` changes against `from`.
pub fn diff(engine: &Engine, actor: &Actor, id: RecordId, version: &str, from: &str) -> Result<Difference, Problem> {
    let (version, from) = (version.to_owned(), from.to_owned());
    with_form(engine, actor, id, move |tx, form| {
        let of = |version: &FormVersion| Ok::<_, Problem>(kept::<Compiled>(&version.compiled)?.questions);
        let (new, old) = (of(&version_of(tx, form, &version)?)?, of(&version_of(tx, form, &from)?)?);
        Ok(difference(&old, &new))
    })
}

fn difference(old: &[Question], new: &[Question]) -> Difference {
    let without = |these: &[Question], those: &[Question]| -> Vec<Question> {
        these.iter().filter(|one| those.iter().all(|other| other.path != one.path)).cloned().collect()
    };
    let changed = new.iter().filter_map(|question| {
        let before = old.iter().find(|before| before.path == question.path)?;
        let what = parts(before, question);
        let (path, label) = (question.path.clone(), question.label.clone());
        (!what.is_empty()).then_some(QuestionChange { path, label, what })
    });
    Difference { added: without(new, old), removed: without(old, new), changed: changed.collect() }
}

fn parts(old: &Question, new: &Question) -> Vec<PartChange> {
    let json = |value: &dyn erased::Json| value.json();
    let pairs: [(&'static str, &dyn erased::Json, &dyn erased::Json); 8] = [
        ("type", &old.r#type, &new.r#type),
        ("label", &old.label, &new.label),
        ("hint", &old.hint, &new.hint),
        ("required", &old.required, &new.required),
        ("choices", &old.choices, &new.choices),
        ("element", &old.element, &new.element),
        ("saveto", &old.saveto, &new.saveto),
        ("group", &old.groups, &new.groups),
    ];
    let compared = pairs.into_iter().map(|(part, old, new)| PartChange { part, old: json(old), new: json(new) });
    compared.filter(|change| change.old != change.new).collect()
}

/// Anything that can be shown as JSON, whatever its type.
mod erased {
    /// Shown as JSON.
    pub trait Json {
        /// The JSON.
        fn json(&self) -> serde_json::Value;
    }

    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> serde_json::Value {
            serde_json::to_value(self).unwrap_or_default()
        }
    }
}

/// Everything a phone or page needs to ask a form.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Package {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Id phones know it by.
    pub form_id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// Hash of the form and of all its attachments.
    pub hash: String,
    /// XForm.
    pub xform: String,
    /// Languages.
    pub languages: Vec<String>,
    /// Questions.
    pub questions: Vec<Question>,
    /// Files and lists it needs.
    pub attachments: Vec<AttachmentRef>,
}

/// A file or list a form needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttachmentRef {
    /// Name.
    pub name: String,
    /// Address of the page's API.
    pub url: String,
    /// MD5; of an entity list a hash that changes with it.
    pub hash: String,
    /// `file` or `entity_list`.
    pub kind: &'static str,
}

/// What a phone or page needs to ask a version.
pub fn package(engine: &Engine, actor: &Actor, id: RecordId, version: &str) -> Result<Package, Problem> {
    let (engine2, actor2, version) = (engine.clone(), actor.clone(), version.to_owned());
    with_form(engine, actor, id, move |tx, form| {
        let found = version_of(tx, form, &version)?;
        let attachments = attachments(&engine2, tx, &actor2, form, &found)?;
        packed(form, found, attachments)
    })
}

/// What a page needs to ask the published version of a form that something else asks by; its files and lists only for somebody
/// who may read forms.
pub(crate) fn package_in(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: Option<&Actor>,
    form: &Form,
) -> Result<Package, Problem> {
    let published = form.published.as_deref().filter(|_| form.state == FormState::Open).ok_or_else(super::no_form)?;
    let found = version_of(tx, form, published)?;
    let attachments = match actor.filter(|actor| reader(engine, actor).is_ok()) {
        Some(actor) => attachments(engine, tx, actor, form, &found)?,
        None => Vec::new(),
    };
    packed(form, found, attachments)
}

fn packed(form: &Form, found: FormVersion, attachments: Vec<AttachmentRef>) -> Result<Package, Problem> {
    let compiled: Compiled = kept(&found.compiled)?;
    let settings: Settings = kept(&form.settings)?;
    let mut whole = found.hash.clone();
    attachments.iter().for_each(|one| whole.push_str(&one.hash));
    Ok(Package {
        id: form.id,
        form_id: form.form_id.clone(),
        version: found.version,
        title: compiled.title,
        hash: md5_of(whole.as_bytes()),
        xform: found.xml,
        languages: compiled.languages,
        questions: settings.applied(&compiled.questions),
        attachments,
    })
}

/// Files and lists of a version that are there, with their hashes.
pub(in crate::collect) fn attachments(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    form: &Form,
    version: &FormVersion,
) -> Result<Vec<AttachmentRef>, Problem> {
    let catalogue = engine.catalogue();
    let compiled: Compiled = kept(&version.compiled)?;
    let settings: Settings = kept(&form.settings)?;
    let slot = if version.slot == DRAFT { DRAFT } else { &version.version };
    let mut refs = Vec::new();
    for file in media(engine, tx, form, version, &compiled, &settings)? {
        if !file.present || file.kind == "last_saved" {
            continue;
        }
        let entity = file.entity.as_ref().and_then(|name| catalogue.entities.get(name));
        let hash = match (entity, &file.hash) {
            (Some(entity), _) => lists::hash(engine, tx, actor, entity)?,
            (None, Some(hash)) => hash.clone(),
            (None, None) => md5_of(compiled.itemsets.as_deref().unwrap_or_default().as_bytes()),
        };
        let url = format!("/api/forms/{}/versions/{}/attachments/{}", form.id, encoded(slot), encoded(&file.name));
        refs.push(AttachmentRef { name: file.name, url, hash, kind: file.kind });
    }
    Ok(refs)
}

/// A path segment of an address (RFC 3986).
pub(in crate::collect) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The content of an attachment.
#[derive(Debug, Clone, PartialEq)]
pub enum Attachment {
    /// A file.
    File {
        /// Its bytes.
        bytes: Vec<u8>,
        /// Its MD5.
        hash: String,
    },
    /// An entity list, written with [`lists::write`] while it is read.
    List {
        /// Register.
        entity: Box<Entity>,
        /// Hash that changes with it.
        hash: String,
    },
}

/// An attachment of a version.
pub fn attachment(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    version: &str,
    file: &str,
) -> Result<Attachment, Problem> {
    let (engine2, actor2, version, file) = (engine.clone(), actor.clone(), version.to_owned(), file.to_owned());
    with_form(engine, actor, id, move |tx, form| {
        let found = version_of(tx, form, &version)?;
        attachment_of(&engine2, tx, &actor2, form, &found, &file)
    })
}

/// An attachment of a version that was read already.
pub(in crate::collect) fn attachment_of(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    form: &Form,
    version: &FormVersion,
    file: &str,
) -> Result<Attachment, Problem> {
    if let Some(kept) = tx.form_media(form.id, &version.slot)?.into_iter().find(|one| one.name == file) {
        return Ok(Attachment::File { bytes: documents::bytes(engine, &kept.sha256)?, hash: kept.md5 });
    }
    let compiled: Compiled = kept(&version.compiled)?;
    let settings: Settings = kept(&form.settings)?;
    let asked = compiled.files.iter().any(|name| name == file);
    let catalogue = engine.catalogue();
    if asked && let Some(entity) = lists::entity_of_file(&catalogue, &settings.lists, file) {
        let hash = lists::hash(engine, tx, actor, entity)?;
        return Ok(Attachment::List { entity: Box::new(entity.clone()), hash });
    }
    match compiled.itemsets.filter(|_| file == "itemsets.csv") {
        Some(text) => Ok(Attachment::File { hash: md5_of(text.as_bytes()), bytes: text.into_bytes() }),
        None => Err(Problem::new(
            crate::ProblemKind::NotFound,
            "form.no_file",
            format!("这个版本没有文件“{file}”。"),
            format!("This version has no file `{file}`."),
        )),
    }
}

/// Forms handed out to phones of `actor`: open ones, each with its published version.
pub fn handed_out(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor) -> Result<Vec<(Form, FormVersion)>, Problem> {
    let permit = reader(engine, actor)?;
    let mut forms = Vec::new();
    for form in tx.forms(&permit)? {
        let Some(version) = form.published.as_ref().filter(|_| form.state == FormState::Open) else { continue };
        if let Some(version) = tx.form_version(&form, &slot_of(version))? {
            forms.push((form, version));
        }
    }
    Ok(forms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_what_is_new_what_is_gone_and_what_changed() {
        let question =
            |path: &str, kind: &str| Question { path: path.into(), r#type: kind.into(), ..Question::default() };
        let old = [question("/data/a", "text"), question("/data/b", "text")];
        let new = [question("/data/b", "integer"), question("/data/c", "text")];
        let found = difference(&old, &new);
        assert_eq!((found.added[0].path.as_str(), found.removed[0].path.as_str()), ("/data/c", "/data/a"));
        assert_eq!((found.changed.len(), found.changed[0].what[0].part), (1, "type"));
        assert_eq!(difference(&new, &new).changed, []);
    }

    #[test]
    fn a_name_in_an_address_is_one_segment() {
        assert_eq!(encoded("图 1/a.png"), "%E5%9B%BE%201%2Fa.png");
    }
}
