//! One answer: what was said, its history, its entities, its files.

use linli_domain::{Actor, Permit, RecordId, Subject, Verb};
use linli_store::{
    ReadTx,
    tables::{Submission, SubmissionFile},
};
use linli_xform::instance::Instance;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        answer::{AnswerEntity, Detail, entity_view},
        form::{encoded, no_form},
    },
    list::{ResponseRow, row},
    no_answer,
    shape::Reader,
    tree::{Node, NodeFlag, Nodes},
};
use crate::{Engine, Problem, ProblemKind, register::moment, sheet::documents};

/// Corrections of one answer that its history goes back, and forth.
const CHAIN: usize = 100;

/// A form, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormName {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Title.
    pub title: String,
}

/// Something that happened to an answer or to one it takes the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryItem {
    /// `instanceID` it happened to.
    pub instance_id: String,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// `received`, `edited`, `accepted`, `returned`.
    pub change: String,
    /// What they wrote.
    pub note: String,
}

/// A file of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswerFileView {
    /// Name, as the answer writes it.
    pub name: String,
    /// Whether it has arrived.
    pub present: bool,
    /// Bytes.
    pub size: Option<i64>,
    /// Media type as it was sent.
    pub r#type: Option<String>,
    /// Address.
    pub url: Option<String>,
}

/// A flag of no answer in particular.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OtherFlag {
    /// Path, or empty for the answer as a whole.
    pub path: String,
    /// Stable code.
    pub kind: String,
    /// What is wrong.
    pub message: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ResponseDetail {
    /// As in a list.
    #[serde(flatten)]
    pub row: ResponseRow,
    /// What was answered, in the order of the form.
    pub answers: Vec<Node>,
    /// Flags that belong to none of the answers.
    pub other_flags: Vec<OtherFlag>,
    /// Oldest first, over all corrections.
    pub history: Vec<HistoryItem>,
    /// What became of its entities.
    pub entities: Vec<AnswerEntity>,
    /// Its files.
    pub files: Vec<AnswerFileView>,
    /// What a reviewer wrote last.
    pub note: String,
    /// Form.
    pub form: FormName,
    /// The answer it takes the place of.
    pub replaces: Option<String>,
    /// The answer that took its place.
    pub replaced_by: Option<String>,
}

/// An answer in one's scope. Blocks the thread.
pub fn get(engine: &Engine, actor: &Actor, instance: &str) -> Result<ResponseDetail, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Responses)?;
    let (engine2, instance) = (engine.clone(), instance.to_owned());
    engine.store.read_blocking(move |tx| {
        let found = tx.submission(&permit, &instance, false)?.ok_or_else(no_answer)?;
        view(&engine2, tx, &permit, &found)
    })
}

/// An answer that came with what was done to a case, for whoever sees the case.
pub(crate) fn of_case(engine: &Engine, tx: &mut ReadTx<'_>, instance: &str) -> Result<Option<ResponseDetail>, Problem> {
    let everywhere = engine.permit(&Engine::operator(), Verb::Read, Subject::Responses)?;
    match tx.submission(&everywhere, instance, false)? {
        Some(found) => Ok(Some(view(engine, tx, &everywhere, &found)?)),
        None => Ok(None),
    }
}

/// An answer that was read with `permit`, in full.
pub(super) fn view(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    found: &Submission,
) -> Result<ResponseDetail, Problem> {
    // Whoever sees the answer may know what was asked, wherever the form was made.
    let everywhere = engine.permit(&Engine::operator(), Verb::Read, Subject::Forms)?;
    let form = tx.form(&everywhere, found.form)?.ok_or_else(no_form)?;
    let name = FormName { id: form.id, title: form.title.clone() };
    let mut reader = Reader::open(engine, tx, form)?;
    let xml = tx.submission_xml(found)?;
    let answer = reader.answer(&xml, &found.version)?;
    let detail = Detail::of(found)?;
    let instance = Instance::parse(xml.as_bytes()).map_err(Problem::internal)?;
    let (answers, others) = Nodes::new(&answer.shape, &instance, &detail.flags, engine.lang).make();
    let other = |(path, flag): (String, NodeFlag)| OtherFlag { path, kind: flag.kind, message: flag.message };
    Ok(ResponseDetail {
        row: row(engine, tx, found, &detail, &answer)?,
        answers,
        other_flags: others.into_iter().map(other).collect(),
        history: history(tx, permit, found)?,
        entities: detail.entities.iter().map(|outcome| entity_view(engine, outcome)).collect(),
        files: files(tx, found, &detail)?,
        note: detail.note.clone(),
        form: name,
        replaces: found.replaces.clone(),
        replaced_by: found.replaced_by.clone(),
    })
}

/// What happened to an answer and to those before and after it, oldest first.
fn history(tx: &mut ReadTx<'_>, permit: &Permit, of: &Submission) -> Result<Vec<HistoryItem>, Problem> {
    let mut chain = vec![of.clone()];
    while let Some(old) = chain[0].replaces.clone().filter(|_| chain.len() < CHAIN) {
        let Some(before) = tx.submission(permit, &old, false)?.filter(|before| before.form == of.form) else { break };
        chain.insert(0, before);
    }
    let back = chain.len();
    while let Some(new) = chain.last().and_then(|last| last.replaced_by.clone()).filter(|_| chain.len() < back + CHAIN)
    {
        let Some(after) = tx.submission(permit, &new, false)? else { break };
        chain.push(after);
    }
    let mut items = Vec::new();
    for one in &chain {
        let detail = Detail::of(one)?;
        let corrected = detail.reviews.iter().any(|review| review.change == "edited");
        if !corrected {
            let change = if one.replaces.is_some() { "edited" } else { "received" };
            items.push(HistoryItem {
                instance_id: one.instance.clone(),
                at: moment(one.received),
                by: one.by_name.clone(),
                change: change.to_owned(),
                note: String::new(),
            });
        }
        items.extend(detail.reviews.into_iter().map(|review| HistoryItem {
            instance_id: one.instance.clone(),
            at: review.at,
            by: review.by,
            change: review.change,
            note: review.note,
        }));
    }
    Ok(items)
}

fn files(tx: &mut ReadTx<'_>, of: &Submission, detail: &Detail) -> Result<Vec<AnswerFileView>, Problem> {
    let arrived = tx.submission_files(&of.home, of.id)?;
    let url = |name: &str| format!("/api/responses/{}/files/{}", encoded(&of.instance), encoded(name));
    let here = |file: &SubmissionFile| AnswerFileView {
        name: file.name.clone(),
        present: true,
        size: Some(file.size),
        r#type: Some(file.kind.clone()),
        url: Some(url(&file.name)),
    };
    let mut files: Vec<AnswerFileView> = arrived.iter().map(here).collect();
    for name in detail.files.iter().filter(|name| arrived.iter().all(|file| file.name != **name)) {
        files.push(AnswerFileView { name: name.clone(), present: false, size: None, r#type: None, url: None });
    }
    Ok(files)
}

/// The bytes of a file of an answer.
pub struct AnswerFile {
    /// Name.
    pub name: String,
    /// Media type as it was sent; not to be believed.
    pub kind: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// A file of an answer in one's scope. Blocks the thread.
pub fn file(engine: &Engine, actor: &Actor, instance: &str, name: &str) -> Result<AnswerFile, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Responses)?;
    let (instance, wanted) = (instance.to_owned(), name.to_owned());
    let found = engine.store.read_blocking::<_, Problem>(move |tx| {
        let answer = tx.submission(&permit, &instance, false)?.ok_or_else(no_answer)?;
        let files = tx.submission_files(&answer.home, answer.id)?;
        files.into_iter().find(|file| file.name == wanted).ok_or_else(no_file)
    })?;
    let bytes = documents::bytes(engine, &found.sha256)?;
    Ok(AnswerFile { name: found.name, kind: found.kind, bytes })
}

fn no_file() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "response.no_file",
        "这份答卷没有这个文件,或文件尚未到达。",
        "This answer has no such file, or it has not arrived yet.",
    )
}
