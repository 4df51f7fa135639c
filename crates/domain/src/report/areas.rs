//! Areas chosen by an indicator. An area without a value is never among them: nobody is last for want of data.

use super::{
    facts::{Place, Reading},
    judge::View,
    template::{Comparison, Pick, Which},
};

/// The areas that `pick` chooses, in the order in which they are told: the worst first.
pub(super) fn pick<'a>(view: &View<'a>, pick: &Pick) -> Vec<(&'a Place, Option<&'a Reading>)> {
    let limit = pick.limit.unwrap_or(usize::MAX);
    if pick.which == Which::All {
        let all = view.facts.by.values().next().into_iter().flatten();
        return all.map(|(place, _)| (place, None)).take(limit).collect();
    }
    let known = view.facts.by.get(&pick.id).into_iter().flatten();
    let mut known: Vec<(f64, &Place, &Reading)> =
        known.filter_map(|(place, reading)| Some((reading.value?, place, reading))).collect();
    let how = match pick.which {
        Which::Below => Some(Comparison::Below),
        Which::Above => Some(Comparison::Above),
        Which::Behind => Some(Comparison::Behind),
        _ => None,
    };
    if let Some(how) = how {
        known.retain(|(_, _, reading)| view.compare(&pick.id, reading, how, &pick.than) == Some(true));
    }
    let down = view.facts.about.get(&pick.id).is_some_and(|about| about.direction == crate::insight::Direction::Down);
    let greatest_first = matches!(pick.which, Which::Highest | Which::Above) || (pick.which == Which::Behind && down);
    known.sort_by(|(left, one, _), (right, other, _)| {
        let order = left.total_cmp(right);
        let order = if greatest_first { order.reverse() } else { order };
        order.then_with(|| one.code.cmp(&other.code))
    });
    known.into_iter().take(limit).map(|(_, place, reading)| (place, Some(reading))).collect()
}
