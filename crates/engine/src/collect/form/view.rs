//! Forms as answers of the API show them.

use linli_domain::{Actor, Permit, RecordId, Subject, Verb, actor};
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
    compile::is_element,
    model::{Compiled, Finding, Question, Settings},
};
use crate::{Engine, Problem, area::AreaRef, register::moment};

/// A form in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FormView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Id phones know it by.
    pub form_id: String,
    /// Title.
    pub title: String,
    /// `draft`, `open`, `closing`, `closed`.
    pub state: String,
    /// Area it is for.
    pub area: AreaRef,
    /// Published version.
    pub version: Option<String>,
    /// Version being worked on.
    pub draft_version: Option<String>,
    /// Answers within one's scope.
    pub responses: i64,
    /// Of these, not looked at yet.
    pub to_review: i64,
    /// When the newest arrived.
    pub last_response: Option<String>,
    /// Questions.
    pub questions: usize,
    /// Questions that fill a data element some register holds.
    pub already_held: usize,
    /// Registers it reads or writes.
    pub entity_lists: Vec<String>,
    /// Public links.
    pub links: i64,
    /// When it was made.
    pub created: String,
    /// By whom.
    pub by: String,
    /// Pack it was shipped by.
    pub pack: Option<String>,
}

/// A form with its draft and its published version.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FormDetail {
    /// The form.
    #[serde(flatten)]
    pub form: FormView,
    /// Version being worked on.
    pub draft: Option<Version>,
    /// Version in force.
    pub published: Option<Version>,
}

/// A version of a form.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Version {
    /// Version.
    pub version: String,
    /// `draft`, `published`, `retired`.
    pub state: String,
    /// MD5 of the XForm.
    pub hash: String,
    /// When it was uploaded or published.
    pub at: String,
    /// By whom.
    pub by: String,
    /// Name of the file.
    pub file_name: String,
    /// Questions with what the studio chose.
    pub questions: Vec<Question>,
    /// What the compiler found.
    pub findings: Vec<Finding>,
    /// Files it needs.
    pub media: Vec<Media>,
    /// Languages.
    pub languages: Vec<String>,
    /// Default language.
    pub default_language: String,
}

/// A file a version needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Media {
    /// Name.
    pub name: String,
    /// `file`, `entity_list`, `last_saved`.
    pub kind: &'static str,
    /// Register behind an entity list.
    pub entity: Option<String>,
    /// Whether it is there.
    pub present: bool,
    /// Bytes of a file.
    pub size: Option<i64>,
    /// MD5 of a file.
    pub hash: Option<String>,
}

/// A serde name as text.
pub(super) fn name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Reads what is kept as JSON.
pub(in crate::collect) fn kept<T: serde::de::DeserializeOwned>(json: &serde_json::Value) -> Result<T, Problem> {
    serde_json::from_value(json.clone()).map_err(Problem::internal)
}

/// Makes views for one actor.
pub struct Forms {
    engine: Engine,
    answers: Option<Permit>,
}

impl Forms {
    /// For `actor`.
    pub fn new(engine: &Engine, actor: &Actor) -> Self {
        let roles = &engine.catalogue().roles;
        Self { engine: engine.clone(), answers: actor::permitted(actor, roles, Verb::Read, Subject::Responses) }
    }

    /// A form in a list.
    pub fn view(&self, tx: &mut ReadTx<'_>, form: &Form) -> Result<FormView, Problem> {
        let versions = self.versions(tx, form)?;
        self.view_with(tx, form, versions.0.as_ref(), versions.1.as_ref())
    }

    fn versions(
        &self,
        tx: &mut ReadTx<'_>,
        form: &Form,
    ) -> Result<(Option<FormVersion>, Option<FormVersion>), Problem> {
        let draft = tx.form_version(form, DRAFT)?;
        let published = match &form.published {
            Some(version) => tx.form_version(form, &slot_of(version))?,
            None => None,
        };
        Ok((draft, published))
    }

    fn view_with(
        &self,
        tx: &mut ReadTx<'_>,
        form: &Form,
        draft: Option<&FormVersion>,
        published: Option<&FormVersion>,
    ) -> Result<FormView, Problem> {
        let (counts, last) = match &self.answers {
            Some(permit) => (tx.submission_counts(permit, form.id)?, tx.last_submission(permit, form.id)?),
            None => Default::default(),
        };
        let catalogue = self.engine.catalogue();
        let settings: Settings = kept(&form.settings)?;
        let compiled: Compiled = match published.or(draft) {
            Some(version) => kept(&version.compiled)?,
            None => Compiled::default(),
        };
        let questions = settings.applied(&compiled.questions);
        let held =
            |question: &&Question| question.element.as_ref().is_some_and(|element| is_element(&catalogue, element));
        let mut entity_lists: Vec<String> = compiled
            .datasets
            .iter()
            .filter_map(|list| lists::entity_of(&catalogue, &settings.lists, list))
            .chain(compiled.files.iter().filter_map(|file| lists::entity_of_file(&catalogue, &settings.lists, file)))
            .map(|entity| entity.name.clone())
            .collect();
        entity_lists.sort();
        entity_lists.dedup();
        Ok(FormView {
            id: form.id,
            form_id: form.form_id.clone(),
            title: form.title.clone(),
            state: name(&form.state),
            area: self.engine.area_ref(tx, &form.area)?,
            version: form.published.clone(),
            draft_version: draft.map(|draft| draft.version.clone()),
            responses: counts.responses,
            to_review: counts.to_review,
            last_response: last.map(moment),
            questions: questions.iter().filter(|question| is_asked(question)).count(),
            already_held: questions.iter().filter(held).count(),
            entity_lists,
            links: tx.link_count(form.id)?,
            created: moment(form.created),
            by: form.by_name.clone(),
            pack: form.pack.clone(),
        })
    }

    /// A form with its versions.
    pub fn detail(&self, tx: &mut ReadTx<'_>, form: &Form) -> Result<FormDetail, Problem> {
        let (draft, published) = self.versions(tx, form)?;
        let view = self.view_with(tx, form, draft.as_ref(), published.as_ref())?;
        let show = |tx: &mut ReadTx<'_>, version: Option<&FormVersion>| {
            version.map(|version| self.version(tx, form, version)).transpose()
        };
        Ok(FormDetail { form: view, draft: show(tx, draft.as_ref())?, published: show(tx, published.as_ref())? })
    }

    /// A version.
    pub fn version(&self, tx: &mut ReadTx<'_>, form: &Form, version: &FormVersion) -> Result<Version, Problem> {
        let compiled: Compiled = kept(&version.compiled)?;
        let settings: Settings = kept(&form.settings)?;
        let media = media(&self.engine, tx, form, version, &compiled, &settings)?;
        Ok(Version {
            version: version.version.clone(),
            state: name(&version.state),
            hash: version.hash.clone(),
            at: moment(version.at),
            by: version.by_name.clone(),
            file_name: version.file_name.clone(),
            questions: settings.applied(&compiled.questions),
            findings: compiled.findings.iter().map(|finding| finding.view(self.engine.lang)).collect(),
            media,
            languages: compiled.languages,
            default_language: compiled.default_language,
        })
    }
}

/// Whether somebody is asked: notes and calculations are not.
pub fn is_asked(question: &Question) -> bool {
    !matches!(question.r#type.as_str(), "note" | "calculate")
}

/// The files a version needs, and which are there.
pub(super) fn media(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    form: &Form,
    version: &FormVersion,
    compiled: &Compiled,
    settings: &Settings,
) -> Result<Vec<Media>, Problem> {
    let catalogue = engine.catalogue();
    let kept = tx.form_media(form.id, &version.slot)?;
    let mut media = Vec::new();
    for file in &compiled.files {
        let found = kept.iter().find(|one| one.name == *file);
        let entity = lists::entity_of_file(&catalogue, &settings.lists, file).filter(|_| found.is_none());
        let made = file == "itemsets.csv" && compiled.itemsets.is_some();
        media.push(Media {
            name: file.clone(),
            kind: if entity.is_some() { "entity_list" } else { "file" },
            present: found.is_some() || entity.is_some() || made,
            entity: entity.map(|entity| entity.name.clone()),
            size: found.map(|one| one.size),
            hash: found.map(|one| one.md5.clone()),
        });
    }
    // Files that were uploaded and are not asked for stay visible, so that they can be taken off.
    for one in kept.iter().filter(|one| !compiled.files.contains(&one.name)) {
        let (size, hash) = (Some(one.size), Some(one.md5.clone()));
        media.push(Media { name: one.name.clone(), kind: "file", entity: None, present: true, size, hash });
    }
    if compiled.last_saved {
        let name = "last-saved".to_owned();
        media.push(Media { name, kind: "last_saved", entity: None, present: true, size: None, hash: None });
    }
    Ok(media)
}

/// A version in a list of versions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VersionItem {
    /// Version.
    pub version: String,
    /// `draft`, `published`, `retired`.
    pub state: String,
    /// When.
    pub at: String,
    /// By whom.
    pub by: String,
    /// MD5 of the XForm.
    pub hash: String,
    /// Questions.
    pub questions: usize,
}

/// Versions of a form, latest first.
pub(super) fn items(versions: &[FormVersion]) -> Result<Vec<VersionItem>, Problem> {
    let item = |version: &FormVersion| {
        let compiled: Compiled = kept(&version.compiled)?;
        Ok(VersionItem {
            version: version.version.clone(),
            state: name(&version.state),
            at: moment(version.at),
            by: version.by_name.clone(),
            hash: version.hash.clone(),
            questions: compiled.questions.iter().filter(|question| is_asked(question)).count(),
        })
    };
    versions.iter().map(item).collect()
}

/// Whether phones may still send answers.
pub fn takes_answers(state: FormState) -> bool {
    matches!(state, FormState::Open | FormState::Closing)
}
