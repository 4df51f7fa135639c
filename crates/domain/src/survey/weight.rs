//! Weights that make the respondents look like the people they stand for: raking (iterative proportional fitting).

use super::column::{MISSING, Mass};

/// A margin that is known: how the people are spread over the categories of a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// Category of each respondent, [`MISSING`] where it is not known.
    pub codes: Vec<u16>,
    /// People in each category, as counts or shares.
    pub targets: Vec<f64>,
}

/// How raking is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RakeOptions {
    /// Rounds over all margins, at most.
    pub rounds: u32,
    /// Difference between a weighted and a known share that is as good as none.
    pub tolerance: f64,
    /// Largest weight as a multiple of the mean one, and its inverse the smallest. One person must not speak for a street.
    pub cap: f64,
}

impl Default for RakeOptions {
    fn default() -> Self {
        Self { rounds: 200, tolerance: 1e-6, cap: 5.0 }
    }
}

/// Weights and what they cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Raked {
    /// One for each respondent; their mean is 1, or about 1 where some were cut.
    pub weights: Vec<f64>,
    /// Rounds it took.
    pub rounds: u32,
    /// Whether every known share is met. If not, the weights are not to be used.
    pub converged: bool,
    /// Largest difference that is left between a weighted and a known share.
    pub worst: f64,
    /// Margin and category of people whom no respondent stands for: what is said of all is not said by them.
    pub empty: Vec<(usize, usize)>,
    /// Respondents whose weight was cut to the cap or its inverse.
    pub trimmed: u64,
    /// By how much unequal weights widen every interval (Kish): 1 not at all.
    pub design_effect: f64,
    /// How many equal respondents would tell as much.
    pub effective: f64,
}

/// How often weights are cut and raked again.
const CUTS: u32 = 20;

/// Weights for `n` respondents under which the shares of every margin are those that are known.
pub fn rake(n: usize, margins: &[Margin], options: RakeOptions) -> Raked {
    let (prepared, empty) = prepare(margins);
    if n == 0 {
        return nobody(empty);
    }
    let mut weights = vec![1.0; n];
    let (mut rounds, mut worst, mut met) = (0, f64::INFINITY, false);
    let mut cut = 0;
    for _ in 0..CUTS {
        (met, worst) = fit(&mut weights, &prepared, options, &mut rounds);
        let now = trim(&mut weights, options.cap);
        if now == 0 || !met {
            break;
        }
        cut = now;
    }
    if cut > 0 && met {
        // What the last cut left.
        worst = difference(&weights, &prepared);
        met = worst <= options.tolerance.max(0.005);
    }
    let held = |weight: &&f64| **weight >= options.cap * (1.0 - 1e-6) || **weight <= (1.0 + 1e-6) / options.cap;
    let at_cap = weights.iter().filter(held).count() as u64;
    let mut mass = Mass::default();
    weights.iter().for_each(|weight| mass.add(*weight));
    let effective = mass.effective();
    Raked {
        rounds,
        converged: met,
        worst,
        empty,
        trimmed: at_cap.min(u64::from(cut > 0) * n as u64),
        design_effect: if effective > 0.0 { n as f64 / effective } else { 1.0 },
        effective,
        weights,
    }
}

/// Of no respondent there are no weights.
fn nobody(empty: Vec<(usize, usize)>) -> Raked {
    Raked {
        weights: Vec::new(),
        rounds: 0,
        converged: false,
        worst: f64::INFINITY,
        empty,
        trimmed: 0,
        design_effect: 1.0,
        effective: 0.0,
    }
}

/// A margin whose targets are shares of those it can speak of.
struct Known<'a> {
    codes: &'a [u16],
    shares: Vec<f64>,
}

/// Leaves out the categories nobody of the respondents is in, and names those that people are in.
fn prepare(margins: &[Margin]) -> (Vec<Known<'_>>, Vec<(usize, usize)>) {
    let mut empty = Vec::new();
    let mut all = Vec::with_capacity(margins.len());
    for (number, margin) in margins.iter().enumerate() {
        let mut seen = vec![false; margin.targets.len()];
        margin.codes.iter().filter(|code| **code != MISSING).for_each(|code| seen[*code as usize] = true);
        let mut shares = margin.targets.clone();
        for (category, share) in shares.iter_mut().enumerate() {
            if !seen[category] {
                if *share > 0.0 {
                    empty.push((number, category));
                }
                *share = 0.0;
            }
        }
        let total: f64 = shares.iter().sum();
        if total > 0.0 {
            shares.iter_mut().for_each(|share| *share /= total);
            all.push(Known { codes: &margin.codes, shares });
        }
    }
    (all, empty)
}

/// Weighted sum of each category.
fn sums(weights: &[f64], margin: &Known<'_>) -> Vec<f64> {
    let mut sums = vec![0.0; margin.shares.len()];
    for (weight, code) in weights.iter().zip(margin.codes) {
        if *code != MISSING {
            sums[*code as usize] += weight;
        }
    }
    sums
}

fn difference(weights: &[f64], margins: &[Known<'_>]) -> f64 {
    let mut worst = 0.0_f64;
    for margin in margins {
        let sums = sums(weights, margin);
        let total: f64 = sums.iter().sum();
        for (sum, share) in sums.iter().zip(&margin.shares) {
            worst = worst.max((sum / total - share).abs());
        }
    }
    worst
}

/// Rakes until all shares are met; whether they are, and what is left.
fn fit(weights: &mut [f64], margins: &[Known<'_>], options: RakeOptions, rounds: &mut u32) -> (bool, f64) {
    let mut worst = difference(weights, margins);
    while worst > options.tolerance && *rounds < options.rounds {
        for margin in margins {
            let sums = sums(weights, margin);
            let total: f64 = sums.iter().sum();
            let factor: Vec<f64> = sums
                .iter()
                .zip(&margin.shares)
                .map(|(sum, share)| if *sum > 0.0 { share * total / sum } else { 1.0 })
                .collect();
            // Whose category is not known keeps the weight: the known ones are spread among themselves.
            for (weight, code) in weights.iter_mut().zip(margin.codes) {
                if *code != MISSING {
                    *weight *= factor[*code as usize];
                }
            }
        }
        *rounds += 1;
        let before = worst;
        worst = difference(weights, margins);
        if !worst.is_finite() || (before - worst).abs() < 1e-15 {
            break;
        }
    }
    level(weights);
    (worst.is_finite() && worst <= options.tolerance, worst)
}

/// Brings the mean to 1.
fn level(weights: &mut [f64]) {
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        let mean = sum / weights.len() as f64;
        weights.iter_mut().for_each(|weight| *weight /= mean);
    }
}

/// Cuts weights to the cap and its inverse; how many were cut.
fn trim(weights: &mut [f64], cap: f64) -> u64 {
    let mut cut = 0;
    for weight in weights.iter_mut() {
        // Those that were cut before and raked back within a hair are not cut again for ever.
        if *weight > cap * (1.0 + 1e-6) || *weight < 1.0 / cap * (1.0 - 1e-6) {
            cut += 1;
            *weight = weight.clamp(1.0 / cap, cap);
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn margin(codes: &[u16], targets: &[f64]) -> Margin {
        Margin { codes: codes.to_vec(), targets: targets.to_vec() }
    }

    #[test]
    fn one_margin_is_met_at_once() {
        let found = rake(4, &[margin(&[0, 0, 0, 1], &[500.0, 500.0])], RakeOptions::default());
        assert!(found.converged, "{found:?}");
        for (weight, known) in found.weights.iter().zip([2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0, 2.0]) {
            assert!((weight - known).abs() < 1e-12, "{found:?}");
        }
        // Kish: n Σw² / (Σw)² = 4 · (3 · 4/9 + 4) / 16
        assert!((found.design_effect - 4.0 / 3.0).abs() < 1e-12 && (found.effective - 3.0).abs() < 1e-12);
    }

    #[test]
    fn whose_category_is_unknown_keeps_a_weight() {
        let found = rake(3, &[margin(&[0, 1, MISSING], &[3.0, 1.0])], RakeOptions::default());
        assert!(found.converged && (found.weights[2] - 1.0).abs() < 1e-12, "{found:?}");
        assert!((found.weights[0] / found.weights[1] - 3.0).abs() < 1e-9);
    }

    #[test]
    fn people_nobody_stands_for_are_named_and_the_rest_is_weighted() {
        let found = rake(3, &[margin(&[0, 0, 1], &[40.0, 40.0, 20.0])], RakeOptions::default());
        assert_eq!(found.empty, [(0, 2)]);
        assert!(found.converged && (found.weights[2] - 1.5).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn margins_that_contradict_each_other_do_not_converge_and_say_so() {
        // The two variables are the same, their targets are not.
        let codes = [0, 0, 1, 1];
        let found = rake(4, &[margin(&codes, &[1.0, 1.0]), margin(&codes, &[3.0, 1.0])], RakeOptions::default());
        assert!(!found.converged && found.worst > 0.1, "{found:?}");
    }

    #[test]
    fn nobody_has_no_weights() {
        let found = rake(0, &[margin(&[], &[1.0, 1.0])], RakeOptions::default());
        assert!(!found.converged && found.weights.is_empty() && found.empty == [(0, 0), (0, 1)]);
    }

    #[test]
    fn one_respondent_cannot_speak_for_a_street() {
        let mut codes = vec![0; 99];
        codes.push(1);
        let found = rake(100, &[margin(&codes, &[50.0, 50.0])], RakeOptions::default());
        assert!(found.weights.iter().all(|weight| *weight <= 5.0 + 1e-9), "{:?}", found.weights[99]);
        assert_eq!(found.trimmed, 1);
        assert!(!found.converged && found.worst > 0.4, "the margin is missed, and that is told: {}", found.worst);
    }

    proptest! {
        #[test]
        fn weights_reproduce_the_margins(
            people in prop::collection::vec((0_u16..2, 0_u16..3), 60..200),
            a in prop::collection::vec(0.5_f64..1.5, 2),
            b in prop::collection::vec(0.5_f64..1.5, 3),
        ) {
            let (ones, others): (Vec<u16>, Vec<u16>) = people.iter().copied().unzip();
            let margins = [margin(&ones, &a), margin(&others, &b)];
            let found = rake(people.len(), &margins, RakeOptions::default());
            // Sixty people or more are in every cell but for bad luck; then nothing is claimed.
            prop_assume!(found.empty.is_empty() && found.trimmed == 0);
            prop_assert!(found.converged, "{} after {}", found.worst, found.rounds);
            for margin in &margins {
                let total: f64 = margin.targets.iter().sum();
                for (category, target) in margin.targets.iter().enumerate() {
                    let held = found.weights.iter().zip(&margin.codes).filter(|(_, code)| **code as usize == category);
                    let share = held.map(|(weight, _)| weight).sum::<f64>() / people.len() as f64;
                    prop_assert!((share - target / total).abs() < 1e-5);
                }
            }
            prop_assert!(found.design_effect >= 1.0 - 1e-12);
            prop_assert!((found.weights.iter().sum::<f64>() - people.len() as f64).abs() < 1e-6);
        }
    }
}
