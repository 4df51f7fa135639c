//! Forms and answers as ODK Collect speaks of them (OpenRosa form discovery, manifest and submission; ODK entity lists).

use std::fmt::Write;

use linli_domain::{RecordId, Subject, Verb};
use linli_store::{
    ReadTx,
    tables::{
        Form, FormState, FormVersion,
        forms::{DRAFT, slot_of},
    },
};

use super::{
    form::{self, Attachment, Compiled, Settings},
    lists,
    phone::PhoneUser,
};
use crate::{Engine, Problem};

/// How an empty version stands in addresses.
const NO_VERSION: &str = "_";

/// Text as XML content.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// The envelope clients look for before they count an answer as sent.
pub fn envelope(message: &str) -> String {
    format!(
        "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"><message nature=\"\">{}</message></OpenRosaResponse>",
        escaped(message)
    )
}

/// Address of a version below `root`, `https://…/openrosa/TOKEN`.
fn place(root: &str, form: &Form, version: &FormVersion) -> String {
    let shown = if version.version.is_empty() { NO_VERSION } else { &version.version };
    format!("{root}/forms/{}/{}", form::encoded(&form.form_id), form::encoded(shown))
}

/// Versions handed out to a phone: published ones of open forms, or the draft its token is for.
fn offered(engine: &Engine, tx: &mut ReadTx<'_>, user: &PhoneUser) -> Result<Vec<(Form, FormVersion)>, Problem> {
    let Some(id) = user.draft_of else { return form::handed_out(engine, tx, &user.actor) };
    let permit = engine.permit(&user.actor, Verb::Read, Subject::Forms)?;
    let form = form::form_of(tx, &permit, id)?;
    Ok(tx.form_version(&form, DRAFT)?.map(|version| (form, version)).into_iter().collect())
}

/// `formList`; `only` one form when the phone asks for it.
pub async fn form_list(engine: &Engine, user: &PhoneUser, root: &str, only: Option<String>) -> Result<String, Problem> {
    let (engine2, user, root) = (engine.clone(), user.clone(), root.to_owned());
    engine
        .store
        .read(move |tx| {
            let mut xml = String::from("<xforms xmlns=\"http://openrosa.org/xforms/xformsList\">");
            for (form, version) in offered(&engine2, tx, &user)? {
                if only.as_ref().is_some_and(|only| *only != form.form_id) {
                    continue;
                }
                let at = place(&root, &form, &version);
                let title = escaped(&form.title);
                let (id, shown) = (escaped(&form.form_id), escaped(&version.version));
                let compiled: Compiled = form::kept(&version.compiled)?;
                let _ = write!(
                    xml,
                    "<xform><formID>{id}</formID><name>{title}</name><version>{shown}</version>\
                     <hash>md5:{}</hash><downloadUrl>{at}/form.xml</downloadUrl>",
                    version.hash
                );
                if !compiled.files.is_empty() {
                    let _ = write!(xml, "<manifestUrl>{at}/manifest</manifestUrl>");
                }
                xml.push_str("</xform>");
            }
            xml.push_str("</xforms>");
            Ok(xml)
        })
        .await
}

/// The version a phone asks for by address: a published one that still takes answers, or the draft of its token.
fn asked(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    user: &PhoneUser,
    form_id: &str,
    version: &str,
) -> Result<(Form, FormVersion), Problem> {
    let permit = engine.permit(&user.actor, Verb::Read, Subject::Forms)?;
    let form = tx.form_named(&permit, form_id)?.ok_or_else(form::no_form)?;
    let version = if version == NO_VERSION { "" } else { version };
    let slot = match user.draft_of {
        Some(draft_of) if draft_of != form.id => return Err(form::no_form()),
        Some(_) => DRAFT.to_owned(),
        None if form.state == FormState::Closed => return Err(form::no_form()),
        None => slot_of(version),
    };
    let found = tx.form_version(&form, &slot)?.ok_or_else(form::no_form)?;
    Ok((form, found))
}

/// The XForm of a version.
pub async fn form_xml(engine: &Engine, user: &PhoneUser, form_id: &str, version: &str) -> Result<String, Problem> {
    let (engine2, user) = (engine.clone(), user.clone());
    let (form_id, version) = (form_id.to_owned(), version.to_owned());
    engine.store.read(move |tx| Ok(asked(&engine2, tx, &user, &form_id, &version)?.1.xml)).await
}

/// The manifest of a version: files and entity lists with their hashes.
pub async fn manifest(
    engine: &Engine,
    user: &PhoneUser,
    root: &str,
    form_id: &str,
    version: &str,
) -> Result<String, Problem> {
    let (engine2, user, root) = (engine.clone(), user.clone(), root.to_owned());
    let (form_id, version) = (form_id.to_owned(), version.to_owned());
    engine
        .store
        .read(move |tx| {
            let (form, version) = asked(&engine2, tx, &user, &form_id, &version)?;
            let at = place(&root, &form, &version);
            let mut xml = String::from("<manifest xmlns=\"http://openrosa.org/xforms/xformsManifest\">");
            for file in form::attachments(&engine2, tx, &user.actor, &form, &version)? {
                let list = file.kind == "entity_list";
                let _ = write!(
                    xml,
                    "<mediaFile{}><filename>{}</filename><hash>md5:{}</hash><downloadUrl>{at}/attachments/{}</downloadUrl>",
                    if list { " type=\"entityList\"" } else { "" },
                    escaped(&file.name),
                    file.hash,
                    form::encoded(&file.name)
                );
                if list {
                    let _ = write!(xml, "<integrityUrl>{at}/integrity</integrityUrl>");
                }
                xml.push_str("</mediaFile>");
            }
            xml.push_str("</manifest>");
            Ok(xml)
        })
        .await
}

/// A file or entity list of a version. Blocks the thread.
pub fn attachment(
    engine: &Engine,
    user: &PhoneUser,
    form_id: &str,
    version: &str,
    name: &str,
) -> Result<Attachment, Problem> {
    let (engine2, user) = (engine.clone(), user.clone());
    let (form_id, version, name) = (form_id.to_owned(), version.to_owned(), name.to_owned());
    engine.store.read_blocking(move |tx| {
        let (form, version) = asked(&engine2, tx, &user, &form_id, &version)?;
        form::attachment_of(&engine2, tx, &user.actor, &form, &version, &name)
    })
}

/// Most ids a phone may ask about at once.
const IDS: usize = 2_000;

/// Which of the entities a phone holds are gone: ended, or out of its worker's reach now.
pub async fn integrity(
    engine: &Engine,
    user: &PhoneUser,
    form_id: &str,
    version: &str,
    ids: &str,
) -> Result<String, Problem> {
    let ids: Vec<RecordId> = ids.split(',').filter_map(|id| id.trim().parse().ok()).take(IDS).collect();
    let (engine2, user2) = (engine.clone(), user.clone());
    let (form_id, version) = (form_id.to_owned(), version.to_owned());
    let entities = engine
        .store
        .read::<_, Problem>(move |tx| {
            let (form, version) = asked(&engine2, tx, &user2, &form_id, &version)?;
            let compiled: Compiled = form::kept(&version.compiled)?;
            let settings: Settings = form::kept(&form.settings)?;
            let catalogue = engine2.catalogue();
            let lists = compiled.files.iter();
            Ok(lists
                .filter_map(|file| lists::entity_of_file(&catalogue, &settings.lists, file).cloned())
                .collect::<Vec<_>>())
        })
        .await?;
    let mut gone: std::collections::BTreeMap<RecordId, bool> = ids.iter().map(|id| (*id, true)).collect();
    for entity in &entities {
        for (id, deleted) in lists::deleted(engine, &user.actor, entity, ids.clone()).await? {
            if !deleted {
                gone.insert(id, false);
            }
        }
    }
    let mut xml = String::from("<data><entities>");
    for (id, deleted) in gone {
        let _ = write!(xml, "<entity id=\"{id}\"><deleted>{deleted}</deleted></entity>");
    }
    xml.push_str("</entities></data>");
    Ok(xml)
}
