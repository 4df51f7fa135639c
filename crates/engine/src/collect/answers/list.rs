//! A page of answers as rows.

use std::collections::BTreeMap;

use linli_domain::{Actor, Lang, RecordId, Subject, Verb};
use linli_store::{ReadTx, tables::Submission};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        answer::{Detail, state_name},
        form::form_of,
    },
    filter::{ResponseFilter, cursor_of},
    shape::{Answer, Reader, title},
};
use crate::{Engine, Problem, area::AreaRef, register::moment};

/// Answers looked through for one page of a search, at most.
const LOOKED: usize = 2_000;
/// Answers read at once while searching.
const BATCH: u32 = 200;
/// Letters of a value in a list.
const SHOWN: usize = 300;

/// A question in the head of the list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Column {
    /// Path.
    pub path: String,
    /// Label by language.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub label: BTreeMap<String, String>,
    /// Type as XLSForm calls it.
    pub r#type: String,
}

/// A task, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskRef {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Title.
    pub title: String,
}

/// An answer in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ResponseRow {
    /// `instanceID`.
    pub instance_id: String,
    /// Name the form gives it, or its first answer.
    pub title: String,
    /// Area it belongs to.
    pub area: Option<AreaRef>,
    /// When it arrived.
    pub received: String,
    /// Who sent it.
    pub by: String,
    /// Device it was sent from.
    pub device: Option<String>,
    /// Version of the form.
    pub version: String,
    /// `received`, `accepted`, `returned`, `replaced`.
    pub state: String,
    /// How many things are to be looked at.
    pub flags: i64,
    /// Task it answers.
    pub task: Option<TaskRef>,
    /// Texts by path: labels of what was chosen, sensitive values masked, repeats with `; ` between.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub values: BTreeMap<String, String>,
}

/// A page of answers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ResponsePage {
    /// Questions, in the order of the form.
    pub columns: Vec<Column>,
    /// Newest first.
    pub items: Vec<ResponseRow>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// Answers to a form in one's scope, newest first. Blocks the thread.
pub fn list(engine: &Engine, actor: &Actor, form: RecordId, filter: ResponseFilter) -> Result<ResponsePage, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Responses)?;
    let forms = engine.permit(actor, Verb::Read, Subject::Forms)?;
    let engine2 = engine.clone();
    engine.store.read_blocking(move |tx| {
        let found = form_of(tx, &forms, form)?;
        let mut reader = Reader::open(&engine2, tx, found)?;
        let columns = reader.columns()?.into_iter();
        let columns = columns.map(|one| Column { path: one.path, label: one.label, r#type: one.r#type }).collect();
        let (words, limit) = (filter.words(), filter.limit as usize);
        let mut query = filter.query(tx, &permit, form)?;
        query.limit = if words.is_some() { BATCH } else { filter.limit + 1 };
        let (mut items, mut looked, mut last) = (Vec::new(), 0, None);
        loop {
            let page = tx.submissions(&permit, &query)?;
            let ended = page.len() < query.limit as usize;
            for one in page {
                if items.len() == limit || looked >= LOOKED {
                    return Ok(ResponsePage { columns, items, next: last });
                }
                looked += 1;
                (last, query.after) = (Some(cursor_of(&one)), Some((one.received, one.id)));
                let xml = tx.submission_xml(&one)?;
                let answer = reader.answer(&xml, &one.version)?;
                let detail = Detail::of(&one)?;
                let fits = |words: &String| answer.found(&detail.name, &one.by_name, words);
                if words.as_ref().is_none_or(fits) {
                    items.push(row(&engine2, tx, &one, &detail, &answer)?);
                }
            }
            if ended {
                return Ok(ResponsePage { columns, items, next: None });
            }
        }
    })
}

/// An answer as a row.
pub(super) fn row(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    one: &Submission,
    detail: &Detail,
    answer: &Answer,
) -> Result<ResponseRow, Problem> {
    Ok(ResponseRow {
        instance_id: one.instance.clone(),
        title: title(&detail.name, answer, one, engine.lang),
        area: Some(engine.area_ref(tx, &one.path)?),
        received: moment(one.received),
        by: one.by_name.clone(),
        device: one.device.clone(),
        version: one.version.clone(),
        state: state_name(one),
        flags: one.flags,
        task: one.task.map(|id| task(engine, tx, id)).transpose()?,
        values: values(answer, engine.lang),
    })
}

/// The request it was given for. Whoever sees the answer may know it, wherever it was written.
fn task(engine: &Engine, tx: &mut ReadTx<'_>, id: RecordId) -> Result<TaskRef, Problem> {
    let everywhere = engine.permit(&Engine::operator(), Verb::Read, Subject::Tasks)?;
    let found = tx.task(&everywhere, id)?;
    let title = found.as_ref().map(crate::task::title_of).transpose()?.unwrap_or_default();
    Ok(TaskRef { id, title })
}

fn values(answer: &Answer, lang: Lang) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for (path, value) in answer.values() {
        let asked = answer.shape.question(path).is_some_and(|question| question.r#type != "calculate");
        if !asked {
            continue;
        }
        let text = answer.shape.shown(path, value, lang);
        let held = values.entry(path.to_owned()).or_default();
        if !held.is_empty() {
            held.push_str("; ");
        }
        held.push_str(&text);
        if let Some((end, _)) = held.char_indices().nth(SHOWN) {
            held.truncate(end);
            held.push('…');
        }
    }
    values
}
