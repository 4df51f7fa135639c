//! One element to one column.

use super::{ACCEPT, ColumnMatch, Match, MatchReason, Outcome, rank::Ranked};

/// Confidences closer than this are equal.
const TIE: f64 = 0.02;

/// Surest first: each column takes its best element that is still free. Equal claims are not decided but reported.
pub(super) fn assign(columns: Vec<Ranked>) -> Vec<ColumnMatch> {
    let mut outcomes: Vec<Option<Outcome>> =
        columns.iter().map(|column| column.is_sequence.then_some(Outcome::Sequence)).collect();
    let mut claims: Vec<(usize, &Match)> = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| !column.is_sequence)
        .flat_map(|(at, column)| column.ranked.iter().map(move |found| (at, found)))
        .filter(|(_, found)| found.confidence >= ACCEPT)
        .collect();
    claims.sort_by(|a, b| b.1.confidence.total_cmp(&a.1.confidence).then(a.0.cmp(&b.0)));
    let mut taken: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let mut disputed: std::collections::HashSet<&str> = std::collections::HashSet::new();
    for (at, claim) in &claims {
        if outcomes[*at].is_some() || taken.contains_key(claim.key.as_str()) || disputed.contains(claim.key.as_str()) {
            continue;
        }
        let is_free = |key: &str| !taken.contains_key(key) && !disputed.contains(key);
        let equals: Vec<String> = columns[*at]
            .ranked
            .iter()
            .filter(|other| other.confidence > claim.confidence - TIE && is_free(&other.key))
            .map(|other| other.key.clone())
            .collect();
        if equals.len() > 1 {
            outcomes[*at] = Some(Outcome::Ambiguous { keys: equals });
            continue;
        }
        let rivals: Vec<usize> = claims
            .iter()
            .filter(|(other, rival)| {
                other != at
                    && rival.key == claim.key
                    && outcomes[*other].is_none()
                    && rival.confidence > claim.confidence - TIE
            })
            .map(|(other, _)| *other)
            .collect();
        if rivals.is_empty() {
            taken.insert(&claim.key, *at);
            outcomes[*at] = Some(Outcome::Matched { key: claim.key.clone(), confidence: claim.confidence });
            continue;
        }
        disputed.insert(&claim.key);
        let mut all = rivals;
        all.push(*at);
        for column in &all {
            let with = sorted(all.iter().copied().filter(|other| other != column));
            outcomes[*column] = Some(Outcome::Conflict { key: claim.key.clone(), with });
        }
    }
    // Whoever came too late for its best element says so.
    for (at, claim) in &claims {
        if outcomes[*at].is_none() {
            let holder = taken.get(claim.key.as_str()).copied();
            outcomes[*at] = Some(Outcome::Conflict { key: claim.key.clone(), with: holder.into_iter().collect() });
        }
    }
    let outcomes: Vec<Outcome> = outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Unmatched)).collect();
    columns.into_iter().zip(outcomes).enumerate().map(|(at, (column, outcome))| finish(at, column, outcome)).collect()
}

fn sorted(columns: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut columns: Vec<usize> = columns.collect();
    columns.sort_unstable();
    columns
}

fn finish(column: usize, ranked: Ranked, outcome: Outcome) -> ColumnMatch {
    let of_outcome = match &outcome {
        Outcome::Matched { key, .. } => ranked.ranked.iter().find(|found| &found.key == key),
        _ => ranked.ranked.first(),
    };
    // The best candidate's contradiction, or that of one whose heading is right but whose values turned it down.
    let contradiction = |found: &Match| {
        found.reasons.iter().find(|reason| matches!(reason, MatchReason::ValuesContradict(..))).cloned()
    };
    let by_name = |found: &&Match| {
        matches!(
            found.reasons.first(),
            Some(MatchReason::ExactLabel | MatchReason::Synonym | MatchReason::CommonSynonym | MatchReason::Remembered)
        )
    };
    let warning = match outcome {
        Outcome::Sequence => None,
        Outcome::Matched { .. } => of_outcome.and_then(contradiction),
        _ => of_outcome.and_then(contradiction).or_else(|| ranked.ranked.iter().find(by_name).and_then(contradiction)),
    };
    ColumnMatch { column, outcome, ranked: ranked.ranked, looks_like: ranked.looks_like, warning }
}
