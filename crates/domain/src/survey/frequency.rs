//! How often each choice was made, with the interval the true share lies in.

use super::column::{Column, Mass, Sample};

/// Standard normal quantile of a two-sided 95 % interval.
pub const Z95: f64 = 1.959_963_984_540_054;

/// Counts of a question's choices.
#[derive(Debug, Clone, PartialEq)]
pub struct Frequencies {
    /// Respondents who answered.
    pub n: u64,
    /// Respondents who did not.
    pub missing: u64,
    /// Number of equal respondents that would tell as much; `n` without weights.
    pub effective: f64,
    /// By number of the choice.
    pub items: Vec<Frequency>,
}

/// How often a choice was made.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Frequency {
    /// Respondents, each counted once.
    pub n: u64,
    /// Share of those who answered, weighted, 0…1. Of several answers the shares add up to more than 1. Absent where nobody
    /// answered.
    pub share: Option<f64>,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Counts the choices of a question.
pub fn frequencies(column: &Column, sample: Sample<'_>) -> Frequencies {
    let mut counts = vec![(0_u64, 0.0_f64); column.choices()];
    let (mut n, mut missing, mut mass) = (0, 0, Mass::default());
    for (row, weight) in sample.each() {
        if !column.is_answered(row) {
            missing += 1;
            continue;
        }
        n += 1;
        mass.add(weight);
        for &code in column.chosen(row) {
            let (count, weighted) = &mut counts[code as usize];
            *count += 1;
            *weighted += weight;
        }
    }
    let effective = mass.effective();
    let item = |(n, weighted): (u64, f64)| {
        let share = (mass.sum > 0.0).then(|| (weighted / mass.sum).clamp(0.0, 1.0));
        let ends = share.map(|share| wilson(share, effective));
        Frequency { n, share, low: ends.map(|(low, _)| low), high: ends.map(|(_, high)| high) }
    };
    Frequencies { n, missing, effective, items: counts.into_iter().map(item).collect() }
}

/// The Wilson score interval (95 %) of a share among `n` respondents. With weights `n` is the effective number.
pub fn wilson(share: f64, n: f64) -> (f64, f64) {
    if n <= 0.0 {
        return (0.0, 1.0);
    }
    let z2 = Z95 * Z95 / n;
    let middle = share + z2 / 2.0;
    let reach = (Z95 * (share * (1.0 - share) / n + z2 / (4.0 * n)).sqrt()).abs();
    let end = |x: f64| (x / (1.0 + z2)).clamp(0.0, 1.0);
    // Rounding must not leave the share outside its own interval.
    (end(middle - reach).min(share), end(middle + reach).max(share))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::survey::MISSING;

    fn rows(n: usize) -> Vec<u32> {
        (0..n as u32).collect()
    }

    #[test]
    fn the_interval_is_wilsons() {
        // scipy.stats.binomtest(k, n).proportion_ci(method='wilson')
        for (k, n, low, high) in [
            (7.0, 20.0, 0.181_191_824_101_082_1, 0.567_145_723_314_763_7),
            (0.0, 10.0, 0.0, 0.277_532_799_862_889_26),
            (10.0, 10.0, 0.722_467_200_137_110_9, 1.0),
            (500.0, 1_000.0, 0.469_069_600_368_104_2, 0.530_930_399_631_895_8),
        ] {
            let found = wilson(k / n, n);
            assert!((found.0 - low).abs() < 1e-12 && (found.1 - high).abs() < 1e-12, "{k}/{n}: {found:?}");
        }
    }

    #[test]
    fn shares_are_of_those_who_answered_and_of_nobody_there_is_none() {
        let column = Column::One { codes: vec![0, 0, 1, MISSING], choices: 3 };
        let found = frequencies(&column, Sample::of(&rows(4)));
        assert_eq!((found.n, found.missing), (3, 1));
        assert_eq!(found.items.iter().map(|one| one.n).collect::<Vec<_>>(), [2, 1, 0]);
        assert_eq!(found.items[0].share, Some(2.0 / 3.0));
        assert_eq!(found.items[2].share, Some(0.0), "nobody of those asked chose it: that is known");
        let nobody = frequencies(&column, Sample::of(&[3]));
        assert_eq!((nobody.n, nobody.missing, nobody.items[0].share), (0, 1, None));
    }

    #[test]
    fn one_respondent_is_told_with_the_width_one_respondent_has() {
        let column = Column::One { codes: vec![1], choices: 2 };
        let one = frequencies(&column, Sample::of(&[0])).items[1];
        assert_eq!((one.n, one.share, one.high), (1, Some(1.0), Some(1.0)));
        assert!((one.low.unwrap() - 0.206_549).abs() < 1e-5, "{one:?}");
    }

    #[test]
    fn of_several_answers_each_is_a_share_of_the_respondents() {
        let column = Column::Many { starts: vec![0, 2, 3, 3], codes: vec![0, 1, 1], choices: 2 };
        let found = frequencies(&column, Sample::of(&rows(3)));
        assert_eq!((found.n, found.missing), (2, 1));
        assert_eq!((found.items[0].share, found.items[1].share), (Some(0.5), Some(1.0)));
    }

    #[test]
    fn weights_move_shares_and_widen_intervals() {
        let column = Column::One { codes: vec![0, 1], choices: 2 };
        let found = frequencies(&column, Sample { rows: &[0, 1], weights: Some(&[3.0, 1.0]) });
        assert_eq!((found.items[0].share, found.items[0].n), (Some(0.75), 1));
        assert_eq!(found.effective, 1.6);
    }

    proptest! {
        #[test]
        fn the_order_of_the_respondents_does_not_matter(codes in prop::collection::vec(0_u16..4, 1..60)) {
            let column = Column::One { codes: codes.clone(), choices: 4 };
            let forwards = rows(codes.len());
            let backwards: Vec<u32> = forwards.iter().rev().copied().collect();
            prop_assert_eq!(frequencies(&column, Sample::of(&forwards)), frequencies(&column, Sample::of(&backwards)));
        }

        #[test]
        fn a_share_lies_in_its_interval(k in 0_u32..500, more in 0_u32..500) {
            let n = f64::from(k + more + 1);
            let share = f64::from(k) / n;
            let (low, high) = wilson(share, n);
            prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
        }
    }
}
