//! Scoring every candidate for every column.

use std::collections::HashMap;

use crate::check::ChoiceList;

use super::{
    Candidate, ColumnSeen, Match, MatchReason, ValueKind, ValueKindTag,
    label::{Heading, Words, similarity},
    looks::{fit, is_sequence, looks_like},
    words,
};

/// Columns beyond these are not looked at: no ledger has more, hostile sheets do.
const MAX_COLUMNS: usize = 600;
/// Candidates kept per column.
const KEPT: usize = 6;
/// Candidates below this are not worth showing.
const WORTH_SHOWING: f64 = 0.3;
/// Headings less alike than this are not alike.
const ALIKE: f64 = 0.66;
/// Values fit when at least this share does…
const FITS: f64 = 0.8;
/// …and contradict when less than this does.
const CONTRADICTS: f64 = 0.3;
/// What a step away from the row's own register costs.
const STEP: f64 = 0.03;

/// A column with its scored candidates.
pub(super) struct Ranked {
    pub ranked: Vec<Match>,
    pub is_sequence: bool,
    pub looks_like: Vec<(ValueKindTag, f64)>,
}

struct Prepared<'a> {
    candidate: &'a Candidate,
    labels: Vec<Words>,
    synonyms: Vec<Words>,
    codes: Option<ChoiceList>,
    /// Whether values without a heading mean this one of all candidates of its kind: the first and nearest that is about
    /// the person of the row.
    first_of_kind: bool,
}

impl<'a> Prepared<'a> {
    fn of(candidate: &'a Candidate) -> Self {
        let words =
            |texts: &[String]| texts.iter().map(|text| Words::of(text)).filter(|words| !words.is_empty()).collect();
        let codes = match &candidate.kind {
            ValueKind::Code { options } => Some(ChoiceList::new(options.clone())),
            _ => None,
        };
        Self {
            candidate,
            labels: words(&candidate.labels),
            synonyms: words(&candidate.synonyms),
            codes,
            first_of_kind: false,
        }
    }
}

pub(super) fn rank(
    columns: &[ColumnSeen],
    candidates: &[Candidate],
    remembered: &HashMap<String, String>,
) -> Vec<Ranked> {
    let mut prepared: Vec<Prepared<'_>> = candidates.iter().map(Prepared::of).collect();
    mark_first_of_kind(&mut prepared);
    let one = |(at, column): (usize, &ColumnSeen)| {
        if at >= MAX_COLUMNS {
            return Ranked { ranked: Vec::new(), is_sequence: false, looks_like: Vec::new() };
        }
        rank_column(column, &prepared, remembered)
    };
    columns.iter().enumerate().map(one).collect()
}

fn mark_first_of_kind(candidates: &mut [Prepared<'_>]) {
    let mut firsts: HashMap<std::mem::Discriminant<ValueKind>, (u8, usize)> = HashMap::new();
    for (at, prepared) in candidates.iter().enumerate() {
        if prepared.labels.iter().any(|label| label.relation.is_some()) {
            continue;
        }
        let found = (prepared.candidate.distance, at);
        let first = firsts.entry(std::mem::discriminant(&prepared.candidate.kind)).or_insert(found);
        *first = (*first).min(found);
    }
    for (_, at) in firsts.into_values() {
        candidates[at].first_of_kind = true;
    }
}

fn rank_column(column: &ColumnSeen, candidates: &[Prepared<'_>], remembered: &HashMap<String, String>) -> Ranked {
    let heading = Heading::of(column);
    let looks = looks_like(&column.samples);
    let chosen = remembered.get(&column.label).or_else(|| remembered.get(&heading.whole));
    let mut ranked: Vec<Match> = candidates
        .iter()
        .filter_map(|candidate| score(column, &heading, &looks, candidate, chosen))
        .filter(|found| found.confidence >= WORTH_SHOWING)
        .collect();
    ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.key.cmp(&b.key)));
    ranked.truncate(KEPT);
    let counts = is_sequence(&column.samples);
    let numbered = words::SEQUENCE.contains(&heading.own.core.as_str());
    let unknown = ranked.first().is_none_or(|best| best.confidence < super::ACCEPT);
    let all_numbers = looks.iter().any(|(tag, share)| *tag == ValueKindTag::Integer && *share > 0.95);
    let is_sequence = (numbered
        && (counts || column.samples.is_empty() || (all_numbers && heading.own.core.starts_with('序'))))
        || (heading.own.is_empty() && counts && unknown);
    Ranked { ranked, is_sequence, looks_like: looks }
}

fn score(
    column: &ColumnSeen,
    heading: &Heading,
    looks: &[(ValueKindTag, f64)],
    prepared: &Prepared<'_>,
    chosen: Option<&String>,
) -> Option<Match> {
    let candidate = prepared.candidate;
    let by_label = if chosen == Some(&candidate.key) {
        Some((0.99, MatchReason::Remembered))
    } else {
        by_heading(heading, prepared)
    };
    let (mut confidence, mut reasons) = match by_label {
        Some((confidence, reason)) => (confidence, vec![reason]),
        None => {
            let (confidence, reason) = by_values(heading, looks, prepared)?;
            (confidence, vec![reason])
        }
    };
    let by_values_alone = matches!(reasons.first(), Some(MatchReason::ValuesFit(_)));
    let share = fit(&candidate.kind, prepared.codes.as_ref(), &column.samples).filter(|_| !by_values_alone);
    if let Some(share) = share {
        let reason = weigh_values(&mut confidence, share, looks, &candidate.kind, reasons.first());
        reasons.extend(reason);
    }
    if reasons.first() != Some(&MatchReason::Remembered) {
        confidence -= STEP * f64::from(candidate.distance.min(5));
    }
    Some(Match { key: candidate.key.clone(), confidence: confidence.clamp(0.0, 1.0), reasons })
}

/// The best a heading says for a candidate.
fn by_heading(heading: &Heading, candidate: &Prepared<'_>) -> Option<(f64, MatchReason)> {
    if heading.own.is_empty() {
        return None;
    }
    if candidate.labels.iter().any(|label| same(heading, label)) {
        return Some((0.95, MatchReason::ExactLabel));
    }
    if candidate.synonyms.iter().any(|synonym| same(heading, synonym)) {
        return Some((0.92, MatchReason::Synonym));
    }
    let common = |label: &Words| {
        label.relation == heading.relation
            && words::COMMON.iter().any(|line| {
                line.contains(&heading.whole.as_str())
                    && (line.contains(&label.core.as_str()) || line.contains(&label.full.as_str()))
            })
    };
    if candidate.labels.iter().any(common) {
        return Some((0.88, MatchReason::CommonSynonym));
    }
    let all = candidate.labels.iter().chain(&candidate.synonyms);
    let best = all.map(|words| alike(heading, words)).fold(0.0, f64::max);
    (best >= ALIKE).then_some((0.1 + 0.75 * best, MatchReason::SimilarLabel(best)))
}

/// Equal, with whom it is about. A note in brackets may be there or not.
fn same(heading: &Heading, words: &Words) -> bool {
    let own = &heading.own;
    if own.relation == heading.relation && own.full == words.full {
        return true;
    }
    // 姓名 below 户主 is 户主姓名.
    words.relation == heading.relation && (heading.whole == words.core || heading.whole == words.full)
}

/// How alike a heading and a text are, if they are about the same person.
fn alike(heading: &Heading, words: &Words) -> f64 {
    if heading.relation != words.relation {
        return 0.0;
    }
    let (a, b) = (heading.whole.as_str(), words.core.as_str());
    let (bare_a, bare_b) = (without_idle(a), without_idle(b));
    if bare_a == bare_b {
        return 1.0;
    }
    if heading.own.alternatives().contains(&b) || words.alternatives().contains(&a) {
        return 0.95;
    }
    let found = similarity(a, b).max(similarity(bare_a, bare_b));
    // Of two characters, one more is half a new meaning: 低保 is not 低保金.
    let short = a.chars().count().min(b.chars().count()) <= 2;
    if short { found.min(ALIKE) } else { found }
}

fn without_idle(text: &str) -> &str {
    let rest = words::IDLE_PREFIXES
        .iter()
        .filter_map(|prefix| text.strip_prefix(prefix))
        .find(|rest| rest.chars().count() >= 2);
    rest.unwrap_or(text)
}

/// Values stand in for a heading that says nothing, for kinds that cannot be mistaken.
fn by_values(heading: &Heading, looks: &[(ValueKindTag, f64)], candidate: &Prepared<'_>) -> Option<(f64, MatchReason)> {
    if heading.relation.is_some() || !candidate.first_of_kind {
        return None;
    }
    let (tag, ceiling) = match candidate.candidate.kind {
        ValueKind::IdentityNumber => (ValueKindTag::IdentityNumber, 0.75),
        ValueKind::CreditCode => (ValueKindTag::CreditCode, 0.75),
        ValueKind::Phone => (ValueKindTag::Phone, 0.7),
        ValueKind::PersonName => (ValueKindTag::PersonName, 0.65),
        ValueKind::Date => (ValueKindTag::Date, 0.4),
        ValueKind::Address => (ValueKindTag::Address, 0.45),
        _ => return None,
    };
    let (first, share) = looks.first()?;
    if *first != tag || *share < FITS {
        return None;
    }
    // A heading nobody knows still means something: values over it only suggest.
    let confidence = if heading.own.is_empty() { ceiling * share } else { ceiling * share * 0.7 };
    Some((confidence, MatchReason::ValuesFit(*share)))
}

/// Values raise or lower what the heading said.
fn weigh_values(
    confidence: &mut f64,
    share: f64,
    looks: &[(ValueKindTag, f64)],
    kind: &ValueKind,
    heading: Option<&MatchReason>,
) -> Option<MatchReason> {
    if share >= FITS {
        let similar = matches!(heading, Some(MatchReason::SimilarLabel(_)));
        if similar && is_telling(kind) {
            *confidence += (1.0 - *confidence) * 0.2;
        }
        return Some(MatchReason::ValuesFit(share));
    }
    if share >= CONTRADICTS {
        return None;
    }
    let other = looks.first().map_or(ValueKindTag::Text, |(tag, _)| *tag);
    *confidence *= match (heading, kind) {
        // Somebody chose it knowing better; the warning stays.
        (Some(MatchReason::Remembered), _) => 0.7,
        // Other words for the same entries are common.
        (_, ValueKind::Code { .. } | ValueKind::YesNo) => 0.75,
        _ => 0.45,
    };
    Some(MatchReason::ValuesContradict(share, other))
}

fn is_telling(kind: &ValueKind) -> bool {
    matches!(
        kind,
        ValueKind::IdentityNumber | ValueKind::CreditCode | ValueKind::Phone | ValueKind::Date | ValueKind::Code { .. }
    )
}
