//! Answers to look at, and the rule by which some are left out. It is found over the whole campaign, so that it is the same
//! whoever looks.
//!
//! The rule: an answer that somebody accepted counts. Of the others, those that were returned are left out; so are those that
//! repeat another's answers more often than chance explains; so are those given in less than a third of the median time whose
//! scales are all answered alike. Being fast or being even alone is shown and leaves nobody out.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use linli_domain::{
    AreaPath, Timestamp,
    survey::{
        Column,
        quality::{Duplicate, Print, burst, duplicates, speeders, straight_liners},
    },
};
use linli_store::tables::SubmissionState;

use super::{
    answers::{Answers, Kind},
    campaign::Campaign,
};

/// Seconds in which answers through one open link are counted.
pub(super) const WINDOW: i64 = 60;
/// So many in a window are told.
pub(super) const BURST: usize = 30;

/// First moment, last moment and area of the answers that are judged together.
pub(super) type Span = (Timestamp, Timestamp, Option<AreaPath>);

/// Why an answer is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Marks {
    /// Given in less than a third of the median time.
    pub fast: bool,
    /// Every scale answered alike.
    pub straight: bool,
    /// It repeats this row.
    pub repeats: Option<u32>,
    /// The repeated one came through the same device, account or link.
    pub same_channel: bool,
}

/// Why an answer does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum LeftOut {
    Returned,
    Duplicate,
    Careless,
}

/// What was found about the answers of a campaign.
#[derive(Debug, Default)]
pub(super) struct Quality {
    /// Its rows, in the order of arrival; replaced answers are none.
    pub rows: Vec<u32>,
    /// Rows to look at.
    pub marks: HashMap<u32, Marks>,
    /// Seconds below which an answer is fast; `None` when too few durations are known.
    pub limit: Option<f64>,
    /// Links through which very many came at once: link, how many.
    pub bursts: Vec<(linli_domain::RecordId, usize)>,
}

impl Quality {
    /// Why a row does not count; `None` when it does.
    pub fn left_out(&self, answers: &Answers, row: u32) -> Option<LeftOut> {
        let state = answers.heads[row as usize].state;
        let marks = self.marks.get(&row).copied().unwrap_or_default();
        match state {
            SubmissionState::Accepted => None,
            SubmissionState::Returned | SubmissionState::Replaced => Some(LeftOut::Returned),
            SubmissionState::Received if marks.repeats.is_some() => Some(LeftOut::Duplicate),
            SubmissionState::Received if marks.fast && marks.straight => Some(LeftOut::Careless),
            SubmissionState::Received => None,
        }
    }
}

/// What is found about the answers of a campaign; kept with the answers.
pub(super) fn of(answers: &Answers, campaign: &Campaign) -> Arc<Quality> {
    within(answers, (campaign.from(), campaign.until(), Some(campaign.record.path.clone())))
}

/// The same of all answers to a form that no campaign asks with.
pub(super) fn of_all(answers: &Answers) -> Arc<Quality> {
    within(answers, (Timestamp(i64::MIN), Timestamp(i64::MAX), None))
}

fn within(answers: &Answers, key: Span) -> Arc<Quality> {
    let held = answers.quality.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(held) = held {
        return held;
    }
    let inside = |place: &AreaPath| key.2.as_ref().is_none_or(|area| area.covers(place));
    let found = Arc::new(find(answers, key.0, key.1, inside));
    answers.quality.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
    found
}

fn find(answers: &Answers, from: Timestamp, until: Timestamp, within: impl Fn(&AreaPath) -> bool) -> Quality {
    let places: Vec<bool> = answers.places.iter().map(within).collect();
    let mut rows: Vec<u32> = (0..answers.heads.len() as u32)
        .filter(|row| {
            let head = &answers.heads[*row as usize];
            head.state != SubmissionState::Replaced
                && places[head.place as usize]
                && head.received >= from
                && head.received <= until
        })
        .collect();
    rows.sort_by_key(|row| (answers.heads[*row as usize].received, answers.heads[*row as usize].id));
    let mut marks: HashMap<u32, Marks> = HashMap::new();
    let heads: Vec<_> = rows.iter().map(|row| &answers.heads[*row as usize]).collect();
    let fast = speeders(&heads.iter().map(|head| head.seconds).collect::<Vec<_>>());
    let limit = fast.as_ref().map(|(limit, _)| *limit);
    for at in fast.into_iter().flat_map(|(_, fast)| fast) {
        marks.entry(rows[at]).or_default().fast = true;
    }
    let blocks: Vec<Vec<&Column>> =
        answers.blocks().iter().map(|block| block.iter().map(|at| &answers.asked[*at].column).collect()).collect();
    for at in straight_liners(&blocks, &rows) {
        marks.entry(rows[at]).or_default().straight = true;
    }
    let chances = chances(answers, &rows);
    let print = |(head, ln_chance): (&&super::answers::Head, f64)| Print {
        answers: head.print,
        channel: head.channel,
        ln_chance,
    };
    let prints: Vec<Print> = heads.iter().zip(chances).map(print).collect();
    for Duplicate { at, first, same_channel } in duplicates(&prints) {
        let mark = marks.entry(rows[at]).or_default();
        (mark.repeats, mark.same_channel) = (Some(rows[first]), same_channel);
    }
    let mut by_link: HashMap<linli_domain::RecordId, Vec<i64>> = HashMap::new();
    for head in &heads {
        if let Some(link) = head.open_link {
            by_link.entry(link).or_default().push(head.received.0);
        }
    }
    let mut bursts: Vec<_> = by_link
        .into_iter()
        .map(|(link, times)| (link, burst(&times, WINDOW * 1_000_000)))
        .filter(|(_, most)| *most >= BURST)
        .collect();
    bursts.sort();
    Quality { rows, marks, limit, bursts }
}

/// The logarithm of the chance of each row's answers, by the shares of what it says. Scales that stand together go together in
/// people's minds as well: of a block only the rarest answer counts.
fn chances(answers: &Answers, rows: &[u32]) -> Vec<f64> {
    let mut chances = vec![0.0; rows.len()];
    let n = rows.len().max(1) as f64;
    let mut in_block: HashMap<usize, usize> = HashMap::new();
    let blocks = answers.blocks();
    for (number, block) in blocks.iter().enumerate() {
        in_block.extend(block.iter().map(|at| (*at, number)));
    }
    let mut rarest = vec![vec![0.0_f64; rows.len()]; blocks.len()];
    for (number, asked) in answers.asked.iter().enumerate() {
        if matches!(asked.kind, Kind::Other | Kind::Masked) {
            continue;
        }
        let said: Vec<u64> = rows.iter().map(|row| value(&asked.column, *row as usize)).collect();
        let mut counts: HashMap<u64, u32> = HashMap::new();
        said.iter().for_each(|said| *counts.entry(*said).or_default() += 1);
        for (at, said) in said.iter().enumerate() {
            let ln = (f64::from(counts[said]) / n).ln();
            match in_block.get(&number) {
                Some(block) => rarest[*block][at] = rarest[*block][at].min(ln),
                None => chances[at] += ln,
            }
        }
    }
    for block in rarest {
        chances.iter_mut().zip(block).for_each(|(chance, ln)| *chance += ln);
    }
    chances
}

/// What a row says to a question, as a number.
fn value(column: &Column, row: usize) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hash = DefaultHasher::new();
    match column {
        Column::One { codes, .. } => return u64::from(codes[row]),
        Column::Many { .. } => column.chosen(row).hash(&mut hash),
        Column::Number(numbers) => numbers[row].to_bits().hash(&mut hash),
        Column::Text(texts) => texts[row].hash(&mut hash),
    }
    hash.finish()
}
