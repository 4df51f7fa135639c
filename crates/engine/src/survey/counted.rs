//! Which answers to a form count: the one rule of the survey's pages, of indicators and of the rows behind them.
//!
//! An answer counts when a campaign that asks with its form received it between its days in its area and [`quality`] leaves
//! it in. Answers to a form that no campaign asks with are judged by the same quality rule, all of them together. How an
//! answer is judged is what is known today, also for a figure of an earlier day.

use std::{collections::HashMap, sync::Arc};

use linli_domain::{RecordId, record::ListQuery};
use linli_store::{ReadTx, tables::Form};

use super::{
    CAMPAIGN,
    answers::Answers,
    campaign::{self, Campaign, Level},
    load,
    quality::{self, LeftOut, Quality},
};
use crate::{Engine, Problem};

/// Whether an answer counts, or why it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It counts.
    Counts,
    /// It was returned, or replaced by a later one.
    Returned,
    /// It repeats another's answers.
    Duplicate,
    /// It is both too fast and all alike.
    Careless,
    /// It came before or after the days of every campaign that asks with its form, or from outside their areas.
    Outside,
}

/// The answers to a form as they are judged.
pub(crate) struct Counted {
    answers: Arc<Answers>,
    rows: HashMap<RecordId, u32>,
    /// What was found about each campaign's answers; about all of them where no campaign asks with the form.
    quality: Vec<Arc<Quality>>,
    /// Rows of each campaign, sorted.
    inside: Vec<Vec<u32>>,
}

impl Counted {
    /// How an answer is judged. In two campaigns at once, it counts when it counts in one.
    pub(crate) fn verdict(&self, answer: RecordId) -> Verdict {
        let Some(row) = self.rows.get(&answer).copied() else { return Verdict::Outside };
        let mut found = Verdict::Outside;
        for (quality, _) in self.quality.iter().zip(&self.inside).filter(|(_, rows)| rows.binary_search(&row).is_ok()) {
            found = match quality.left_out(&self.answers, row) {
                None => return Verdict::Counts,
                Some(LeftOut::Returned) => Verdict::Returned,
                Some(LeftOut::Duplicate) => Verdict::Duplicate,
                Some(LeftOut::Careless) => Verdict::Careless,
            };
        }
        found
    }
}

/// How the answers to a form are judged. Blocks the thread.
pub(crate) fn counted(engine: &Engine, tx: &mut ReadTx<'_>, form: &Form) -> Result<Counted, Problem> {
    let answers = load::columns(engine, tx, form)?;
    let campaigns = asking_with(engine, tx, form)?;
    let mut quality: Vec<Arc<Quality>> = campaigns.iter().map(|one| quality::of(&answers, one)).collect();
    if quality.is_empty() {
        quality.push(quality::of_all(&answers));
    }
    let sorted = |one: &Arc<Quality>| {
        let mut rows = one.rows.clone();
        rows.sort_unstable();
        rows
    };
    let inside = quality.iter().map(sorted).collect();
    let rows = (0..).zip(&answers.heads).map(|(row, head)| (head.id, row)).collect();
    Ok(Counted { rows, quality, inside, answers })
}

/// The campaigns that ask with a form.
fn asking_with(engine: &Engine, tx: &mut ReadTx<'_>, form: &Form) -> Result<Vec<Campaign>, Problem> {
    // A city may have no survey at all.
    if !tx.catalogue().entities.contains_key(CAMPAIGN) {
        return Ok(Vec::new());
    }
    let mut records = Vec::new();
    tx.scan(&campaign::everywhere(engine)?, &ListQuery::of(CAMPAIGN), &mut |record| {
        records.push(record);
        Ok(())
    })?;
    let mut found = Vec::new();
    for record in records {
        let one = Campaign::of(record)?;
        // A campaign may name a form that is not there (yet).
        let asks = |level: &Level| one.form(engine, tx, *level).is_ok_and(|own| own.id == form.id);
        if Level::ALL.iter().any(asks) {
            found.push(one);
        }
    }
    Ok(found)
}
