//! Figures of numbers and of scales.

use super::column::{Column, Mass, Sample};

/// Figures of numbers; of weighted ones where there are weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Respondents.
    pub n: u64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation of the sample (n − 1); of one respondent there is none.
    pub sd: Option<f64>,
    /// Median; between two middle ones their mean.
    pub median: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
    /// Share of the two best points of a scale of four points or more.
    pub top_two: Option<f64>,
}

/// Figures of a question: of its numbers, or of its choices by what each is worth (`None`: worth nothing, as 「说不清」).
/// `None` where nobody answered, or words are no numbers.
pub fn figures(column: &Column, points: &[Option<f64>], sample: Sample<'_>) -> Option<Figures> {
    let mut values: Vec<(f64, f64)> = match column {
        Column::Number(numbers) => {
            sample.each().map(|(row, weight)| (numbers[row], weight)).filter(|(x, _)| x.is_finite()).collect()
        }
        Column::One { .. } => {
            let worth = |row: usize| column.chosen(row).first().and_then(|code| *points.get(*code as usize)?);
            sample.each().filter_map(|(row, weight)| Some((worth(row)?, weight))).collect()
        }
        Column::Many { .. } | Column::Text(_) => return None,
    };
    // Sorted, so that sums do not depend on the order of the respondents either.
    values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let found = of_sorted(&values, sample.weights.is_some())?;
    let best = two_best(points).filter(|_| matches!(column, Column::One { .. }));
    let top_two = best.map(|least| {
        let total: f64 = values.iter().map(|(_, weight)| weight).sum();
        values.iter().filter(|(x, _)| *x >= least).map(|(_, weight)| weight).sum::<f64>() / total
    });
    Some(Figures { top_two, ..found })
}

fn of_sorted(values: &[(f64, f64)], weighted: bool) -> Option<Figures> {
    let (first, last) = (values.first()?, values.last()?);
    let mut mass = Mass::default();
    values.iter().for_each(|(_, weight)| mass.add(*weight));
    if mass.sum <= 0.0 {
        return None;
    }
    let mean = values.iter().map(|(x, weight)| x * weight).sum::<f64>() / mass.sum;
    let spread: f64 = values.iter().map(|(x, weight)| weight * (x - mean) * (x - mean)).sum();
    // Reliability weights: for equal ones this is n − 1.
    let degrees = mass.sum - mass.squares / mass.sum;
    let sd = (values.len() > 1 && degrees > 0.0).then(|| (spread / degrees).sqrt());
    let median = if weighted { weighted_median(values, mass.sum) } else { plain_median(values) };
    Some(Figures { n: values.len() as u64, mean, sd, median, min: first.0, max: last.0, top_two: None })
}

fn plain_median(values: &[(f64, f64)]) -> f64 {
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle].0 } else { f64::midpoint(values[middle - 1].0, values[middle].0) }
}

fn weighted_median(values: &[(f64, f64)], total: f64) -> f64 {
    let (mut sum, half) = (0.0, total / 2.0);
    for (at, (x, weight)) in values.iter().enumerate() {
        sum += weight;
        if (sum - half).abs() <= total * 1e-12 {
            return values.get(at + 1).map_or(*x, |next| f64::midpoint(*x, next.0));
        }
        if sum > half {
            return *x;
        }
    }
    values[values.len() - 1].0
}

/// The second best point of a scale with four points or more.
fn two_best(points: &[Option<f64>]) -> Option<f64> {
    let mut worth: Vec<f64> = points.iter().flatten().copied().collect();
    worth.sort_by(f64::total_cmp);
    worth.dedup();
    (worth.len() >= 4).then(|| worth[worth.len() - 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::MISSING;

    const FIVE: [Option<f64>; 6] = [Some(1.0), Some(2.0), Some(3.0), Some(4.0), Some(5.0), None];

    fn scale(codes: &[u16]) -> Option<Figures> {
        let rows: Vec<u32> = (0..codes.len() as u32).collect();
        figures(&Column::One { codes: codes.to_vec(), choices: 6 }, &FIVE, Sample::of(&rows))
    }

    #[test]
    fn a_scale_has_mean_spread_median_and_the_two_best() {
        // R: x <- c(5,4,4,2); mean(x); sd(x); median(x)
        let found = scale(&[4, 3, 3, 1, 5, MISSING]).unwrap();
        assert_eq!((found.n, found.mean, found.median), (4, 3.75, 4.0), "what is worth nothing is left out");
        assert!((found.sd.unwrap() - 1.258_305_739_211_792).abs() < 1e-12);
        assert_eq!(found.top_two, Some(0.75));
    }

    #[test]
    fn one_respondent_has_no_spread_and_all_alike_have_none_of_it() {
        assert_eq!(scale(&[2]).unwrap().sd, None);
        assert_eq!(scale(&[2, 2, 2]).unwrap().sd, Some(0.0));
        assert_eq!(scale(&[5, MISSING]), None, "nobody said anything");
    }

    #[test]
    fn numbers_are_figures_too_without_those_that_are_none() {
        let column = Column::Number(vec![10.0, f64::NAN, 30.0, 20.0]);
        let found = figures(&column, &[], Sample::of(&[0, 1, 2, 3])).unwrap();
        assert_eq!((found.n, found.mean, found.median, found.min, found.max), (3, 20.0, 20.0, 10.0, 30.0));
        assert_eq!((found.sd, found.top_two), (Some(10.0), None));
    }

    #[test]
    fn a_weight_of_two_is_two_respondents_for_mean_and_median() {
        let column = Column::Number(vec![1.0, 2.0, 9.0]);
        let heavy = figures(&column, &[], Sample { rows: &[0, 1, 2], weights: Some(&[2.0, 1.0, 1.0]) }).unwrap();
        let thrice = Column::Number(vec![1.0, 1.0, 2.0, 9.0]);
        let plain = figures(&thrice, &[], Sample::of(&[0, 1, 2, 3])).unwrap();
        assert_eq!((heavy.mean, heavy.median), (plain.mean, plain.median));
    }
}
