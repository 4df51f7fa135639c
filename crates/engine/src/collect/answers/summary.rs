//! Every question of a form counted over all answers in one's scope: one pass, bounded memory.

use std::collections::HashMap;

use linli_domain::{Actor, RecordId, Subject, Verb};
use linli_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{answer::Detail, form::form_of},
    filter::ResponseFilter,
    shape::Reader,
    tally::{QuestionSummary, Tally},
};
use crate::{Engine, Problem};

/// Numbers remembered for medians, over all questions.
const ROOM: usize = 1_000_000;
/// Numbers remembered for one question.
const MOST: usize = 50_000;

/// What the answers to a form add up to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Summary {
    /// Answers counted.
    pub responses: u64,
    /// In the order of the form.
    pub questions: Vec<QuestionSummary>,
}

/// Counts the answers to a form. Blocks the thread.
pub fn summary(engine: &Engine, actor: &Actor, form: RecordId, filter: ResponseFilter) -> Result<Summary, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Responses)?;
    let forms = engine.permit(actor, Verb::Read, Subject::Forms)?;
    let engine2 = engine.clone();
    engine.store.read_blocking(move |tx| {
        let found = form_of(tx, &forms, form)?;
        let mut reader = Reader::open(&engine2, tx, found)?;
        let query = filter.query(tx, &permit, form)?;
        let words = filter.words();
        let columns = reader.columns()?;
        let room = (ROOM / columns.len().max(1)).min(MOST);
        let mut tallies = Vec::with_capacity(columns.len());
        for question in columns {
            let masked = reader.is_sensitive(&question.path);
            tallies.push(Tally::new(question, masked, room));
        }
        let at: HashMap<String, usize> =
            tallies.iter().enumerate().map(|(at, tally)| (tally.path().to_owned(), at)).collect();
        let (mut responses, mut broken) = (0, None);
        let scanned = tx.scan_submissions(&permit, &query, &mut |one, xml| {
            let mut count = || -> Result<(), Problem> {
                let answer = reader.answer(&xml, &one.version)?;
                if let Some(words) = &words
                    && !answer.found(&Detail::of(&one)?.name, &one.by_name, words)
                {
                    return Ok(());
                }
                responses += 1;
                for (path, value) in answer.values() {
                    if let Some(&at) = at.get(path) {
                        tallies[at].add(value);
                    }
                }
                Ok(())
            };
            count().map_err(|problem| {
                broken = Some(problem);
                StoreError::Closed
            })
        });
        match (broken, scanned) {
            (Some(problem), _) => Err(problem),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(())) => Ok(Summary { responses, questions: tallies.into_iter().map(Tally::finish).collect() }),
        }
    })
}
