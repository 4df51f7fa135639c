//! Reading the answers to a form into columns, and keeping them until one changes. What was answered never changes: only
//! answers that are new are read, the others' review is looked up.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, PoisonError},
};

use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};
use linli_store::{
    ReadTx, StoreError,
    tables::{Form, LinkKind, Submission, SubmissionQuery},
};

use super::answers::{Answers, Asked, Head};
use crate::{
    Engine, Problem, ProblemKind,
    collect::answers::shape::{Answer, Reader},
};

/// Forms whose answers are kept.
const FORMS: usize = 8;
/// Most answers read into columns; more are analysed by the area or in the database.
const MOST: usize = 1_000_000;
/// Seconds before the newest answer from which on answers are looked for: several writers end in no order.
const SLACK: i64 = 3_600;

/// Answers as columns, by form, with when each was last asked for.
#[derive(Default)]
pub struct Cache {
    held: Mutex<HashMap<RecordId, (Timestamp, Arc<Answers>)>>,
}

impl Cache {
    fn get(&self, form: RecordId, now: Timestamp) -> Option<Arc<Answers>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, answers) = held.get_mut(&form)?;
        *at = now;
        Some(answers.clone())
    }

    fn put(&self, answers: Arc<Answers>, now: Timestamp) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= FORMS && !held.contains_key(&answers.form) {
            let oldest = held.iter().min_by_key(|(_, (at, _))| *at).map(|(form, _)| *form);
            oldest.and_then(|form| held.remove(&form));
        }
        held.insert(answers.form, (now, answers));
    }
}

/// The answers to a form, all of them: what somebody may see of them is decided by whoever asks. Blocks the thread.
pub fn columns(engine: &Engine, tx: &mut ReadTx<'_>, form: &Form) -> Result<Arc<Answers>, Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Read, Subject::Responses)?;
    let signature = signature(form);
    let stamp = tx.submission_stamp(&permit, form.id)?;
    let held = engine.surveys.get(form.id, engine.now()).filter(|held| held.signature == signature);
    if let Some(held) = held.as_ref().filter(|held| held.stamp == stamp) {
        return Ok(held.clone());
    }
    let mut reader = Reader::open(engine, tx, form.clone())?;
    let mut answers = match held {
        Some(held) => held.copied(),
        None => Answers::new(form.id, &form.title, asked(&mut reader)?, signature),
    };
    read(engine, tx, &permit, &mut reader, &mut answers)?;
    review(tx, &permit, &mut answers)?;
    answers.stamp = stamp;
    let answers = Arc::new(answers);
    engine.surveys.put(answers.clone(), engine.now());
    Ok(answers)
}

/// What the questions follow from.
fn signature(form: &Form) -> String {
    format!("{}\0{}\0{}", form.published.as_deref().unwrap_or_default(), form.updated.0, form.settings)
}

fn asked(reader: &mut Reader) -> Result<Vec<Asked>, Problem> {
    let columns = reader.columns()?;
    Ok(columns
        .into_iter()
        .map(|question| {
            let masked = reader.is_sensitive(&question.path);
            Asked::new(question, masked)
        })
        .collect())
}

/// Reads the answers that are not held yet.
fn read(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    reader: &mut Reader,
    answers: &mut Answers,
) -> Result<(), Problem> {
    let known: HashSet<RecordId> = answers.heads.iter().map(|head| head.id).collect();
    let newest = answers.heads.iter().map(|head| head.received).max();
    let query = SubmissionQuery { from: newest.map(|at| at.plus_seconds(-SLACK)), ..SubmissionQuery::of(answers.form) };
    let open = open_links(engine, tx, answers.form)?;
    let at: HashMap<String, usize> =
        answers.asked.iter().enumerate().map(|(at, asked)| (asked.question.path.clone(), at)).collect();
    let mut places: HashMap<AreaPath, u32> = (0..).zip(&answers.places).map(|(at, path)| (path.clone(), at)).collect();
    let mut said: Vec<Vec<String>> = vec![Vec::new(); answers.asked.len()];
    let mut broken = None;
    let scanned = tx.scan_submissions(permit, &query, &mut |one, xml| {
        if known.contains(&one.id) {
            return Ok(());
        }
        if answers.len() >= MOST {
            broken = Some(too_many());
            return Err(StoreError::Closed);
        }
        let answer = match reader.answer(&xml, &one.version) {
            Ok(answer) => answer,
            Err(problem) => {
                broken = Some(problem);
                return Err(StoreError::Closed);
            }
        };
        said.iter_mut().for_each(Vec::clear);
        for (path, value) in answer.values() {
            if let Some(&at) = at.get(path) {
                said[at].push(value.to_owned());
            }
        }
        let next = places.len() as u32;
        let place = *places.entry(one.path.clone()).or_insert(next);
        if place == next {
            answers.places.push(one.path.clone());
        }
        let head = head(one, &answer, place, &open);
        answers.push(head, &said);
        Ok(())
    });
    match (broken, scanned) {
        (Some(problem), _) => Err(problem),
        (None, outcome) => Ok(outcome?),
    }
}

/// Links of the form through which many may answer.
fn open_links(engine: &Engine, tx: &mut ReadTx<'_>, form: RecordId) -> Result<HashSet<RecordId>, Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Read, Subject::Forms)?;
    let links = tx.links(&permit, form)?;
    Ok(links.into_iter().filter(|link| link.kind == LinkKind::Open).map(|link| link.id).collect())
}

fn head(one: Submission, answer: &Answer, place: u32, open: &HashSet<RecordId>) -> Head {
    let link = one.source.as_deref().and_then(|source| source.strip_prefix("link:")?.parse::<RecordId>().ok());
    let open_link = link.filter(|link| open.contains(link));
    let mut channel = DefaultHasher::new();
    let known = match (&one.device, open_link) {
        (Some(device), _) => Some(("device", device.clone())),
        (None, Some(link)) => Some(("link", link.to_string())),
        // A one-time link gives one answer, and says nothing of who gave the others.
        (None, None) if link.is_some() || one.by.0.is_nil() => None,
        (None, None) => Some(("account", one.by.to_string())),
    };
    known.hash(&mut channel);
    Head {
        id: one.id,
        instance: one.instance,
        place,
        received: one.received,
        state: one.state,
        channel: if known.is_some() { channel.finish().max(1) } else { 0 },
        open_link,
        print: 0,
        seconds: seconds(answer),
    }
}

/// Seconds from `start` to `end`, as the device notes them.
fn seconds(answer: &Answer) -> Option<f64> {
    let moment = |names: &[&str]| {
        let mut found =
            answer.values().filter(|(path, _)| names.contains(&path.rsplit('/').next().unwrap_or_default()));
        let at: jiff::Timestamp = found.next()?.1.trim().parse().ok()?;
        Some(at.as_millisecond())
    };
    let (start, end) = (moment(&["start", "started", "started_at"])?, moment(&["end", "ended", "ended_at"])?);
    (end >= start).then(|| (end - start) as f64 / 1_000.0)
}

/// Looks up how far the review of each answer is, and where it lies now.
fn review(tx: &mut ReadTx<'_>, permit: &Permit, answers: &mut Answers) -> Result<(), Problem> {
    let at: HashMap<RecordId, usize> = answers.heads.iter().enumerate().map(|(at, head)| (head.id, at)).collect();
    let heads = &mut answers.heads;
    tx.submission_heads(permit, answers.form, &mut |one| {
        if let Some(&at) = at.get(&one.id) {
            heads[at].state = one.state;
        }
        Ok(())
    })?;
    Ok(())
}

fn too_many() -> Problem {
    Problem::new(
        ProblemKind::TooLarge,
        "survey.too_many",
        format!("答卷超过 {MOST} 份,无法一次分析。请按区域分设调研。"),
        format!("There are more than {MOST} answers, too many to analyse at once. Divide the survey by area."),
    )
}
