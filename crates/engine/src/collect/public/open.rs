//! A token → the questionnaire behind it, with its files and what was begun.

use linli_domain::{Permit, Subject, Verb};
use linli_store::{
    ReadTx,
    tables::{Form, FormVersion, Link, LinkToken, forms::slot_of},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    limit::Rate,
    state::{LinkState, closed, full, no_link, refuse_unless_open, state_of},
};
use crate::{
    Engine, Problem, ProblemKind,
    collect::form::{AttachmentRef, Compiled, Package, Question, Settings, encoded, kept, md5_of},
    register::moment,
    sheet::documents,
};

/// Calls of one address: a hall of people may share one.
const ADDRESS: Rate = Rate { burst: 120.0, per_second: 3.0 };
/// What guessing a token costs.
const GUESS: f64 = 10.0;

/// A questionnaire as its link shows it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PublicView {
    /// `open`.
    pub state: LinkState,
    /// Title of the form.
    pub title: String,
    /// What the link is called.
    pub about: String,
    /// Everything needed to ask it.
    pub form: Package,
    /// What was begun.
    pub draft: Option<DraftView>,
    /// Reference of an answer that was given; null while it is open.
    pub reference: Option<String>,
}

/// What was begun.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DraftView {
    /// Instance XML.
    pub instance: String,
    /// When it was last saved.
    pub at: String,
}

/// Takes a call out of the bucket of whoever asks.
pub(crate) fn count_call(engine: &Engine, cost: f64) -> Result<(), Problem> {
    let key = format!("address {}", engine.address.as_deref().unwrap_or("?"));
    engine.limits.take(&key, ADDRESS, cost, engine.now())
}

/// The link behind a token, with its form. Guessing tokens is slow.
pub(super) async fn find(engine: &Engine, token: &str) -> Result<(Form, Link, LinkToken), Problem> {
    count_call(engine, 1.0)?;
    let everywhere = forms(engine)?;
    let wanted = token.to_owned();
    let found = engine
        .store
        .read::<_, Problem>(move |tx| {
            let Some((link, token)) = tx.link_of_token(&wanted)? else { return Ok(None) };
            Ok(tx.form(&everywhere, link.form)?.map(|form| (form, link, token)))
        })
        .await?;
    if found.is_none() {
        count_call(engine, GUESS)?;
    }
    found.ok_or_else(no_link)
}

/// The program's own permit: the token is the permission.
fn forms(engine: &Engine) -> Result<Permit, Problem> {
    engine.permit(&Engine::operator(), Verb::Read, Subject::Forms)
}

/// Refuses a link that takes no answers now.
pub(super) fn refuse_shut(engine: &Engine, form: &Form, link: &Link, token: &LinkToken) -> Result<(), Problem> {
    refuse_unless_open(link, token, engine.now())?;
    match state_of(link, form, engine.now()) {
        LinkState::Open => Ok(()),
        LinkState::Full => Err(full()),
        LinkState::Waiting | LinkState::Closed => Err(closed()),
    }
}

/// The questionnaire behind a token, with what was begun under `resume` (of a one-time link: under the token itself).
pub async fn open(engine: &Engine, token: &str, resume: Option<String>) -> Result<PublicView, Problem> {
    let (form, link, known) = find(engine, token).await?;
    refuse_shut(engine, &form, &link, &known)?;
    let code = super::draft::code_of(&link, token, resume.as_deref());
    let token = token.to_owned();
    engine
        .store
        .read(move |tx| {
            let version = published(tx, &form)?;
            let package = package(tx, &form, version, &token)?;
            let begun = match code {
                Some(code) => tx.link_draft(&code)?.filter(|(of, ..)| *of == link.id),
                None => None,
            };
            Ok(PublicView {
                state: LinkState::Open,
                title: package.title.clone(),
                about: link.title.clone(),
                form: package,
                draft: begun.map(|(_, instance, at)| DraftView { instance, at: moment(at) }),
                reference: None,
            })
        })
        .await
}

fn published(tx: &mut ReadTx<'_>, form: &Form) -> Result<FormVersion, Problem> {
    let version = form.published.as_ref().ok_or_else(closed)?;
    tx.form_version(form, &slot_of(version))?.ok_or_else(closed)
}

/// What a page needs to ask the form: only files that were uploaded for it, never a register, and nothing about what the
/// answers are for inside the house.
fn package(tx: &mut ReadTx<'_>, form: &Form, version: FormVersion, token: &str) -> Result<Package, Problem> {
    let compiled: Compiled = kept(&version.compiled)?;
    let settings: Settings = kept(&form.settings)?;
    let mut files: Vec<(String, String)> =
        tx.form_media(form.id, &version.slot)?.into_iter().map(|file| (file.name, file.md5)).collect();
    if let Some(itemsets) = &compiled.itemsets {
        files.push(("itemsets.csv".into(), md5_of(itemsets.as_bytes())));
    }
    let attachments: Vec<AttachmentRef> = files
        .into_iter()
        .map(|(name, hash)| AttachmentRef {
            url: format!("/api/public/{}/attachments/{}", encoded(token), encoded(&name)),
            name,
            hash,
            kind: "file",
        })
        .collect();
    let mut whole = version.hash.clone();
    attachments.iter().for_each(|one| whole.push_str(&one.hash));
    let bare =
        |question: Question| Question { element: None, element_from: None, saveto: None, reason: None, ..question };
    Ok(Package {
        id: form.id,
        form_id: form.form_id.clone(),
        version: version.version,
        title: compiled.title.clone(),
        hash: md5_of(whole.as_bytes()),
        xform: version.xml,
        languages: compiled.languages,
        questions: settings.applied(&compiled.questions).into_iter().map(bare).collect(),
        attachments,
    })
}

/// A file of a questionnaire.
pub struct PublicFile {
    /// Content.
    pub bytes: Vec<u8>,
    /// MD5.
    pub hash: String,
}

/// A file that was uploaded for the form behind a token.
pub async fn file(engine: &Engine, token: &str, name: String) -> Result<PublicFile, Problem> {
    let (form, link, known) = find(engine, token).await?;
    refuse_shut(engine, &form, &link, &known)?;
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let version = published(tx, &form)?;
            if let Some(kept) = tx.form_media(form.id, &version.slot)?.into_iter().find(|one| one.name == name) {
                return Ok(PublicFile { bytes: documents::bytes(&engine2, &kept.sha256)?, hash: kept.md5 });
            }
            let compiled: Compiled = kept(&version.compiled)?;
            let itemsets = compiled.itemsets.filter(|_| name == "itemsets.csv");
            itemsets.map(|text| PublicFile { hash: md5_of(text.as_bytes()), bytes: text.into_bytes() }).ok_or_else(
                || Problem::new(ProblemKind::NotFound, "form.no_file", "问卷没有这个文件。", "There is no such file."),
            )
        })
        .await
}
