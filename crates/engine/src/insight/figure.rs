//! Indicators: measures, parameters and other indicators put together, for each of many areas.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

use linli_domain::insight::{Indicator, Measured, Outcome, What, outcome};

use super::{
    Asked,
    facts::must_say,
    gauge::{Targets, When},
    reason::not_at_level,
};
use crate::Problem;

/// Indicators that need others, at most so many steps.
const DEPTH: usize = 16;

impl Asked<'_, '_> {
    /// The outcomes of an indicator for each target.
    pub(super) fn outcomes(
        &mut self,
        indicator: &Indicator,
        targets: &Targets,
        when: When,
    ) -> Result<Vec<Outcome>, Problem> {
        let mut found = self.outcomes_within(indicator, targets, when, 0)?;
        // What it comes to in an area it was not made for may be a number, but says nothing.
        for (outcome, area) in found.iter_mut().zip(&targets.areas).filter(|(_, area)| !indicator.has_level(&area.kind))
        {
            *outcome = Outcome { reason: Some(not_at_level(&self.catalogue, indicator, area)), ..Outcome::default() };
        }
        Ok(found)
    }

    fn outcomes_within(
        &mut self,
        indicator: &Indicator,
        targets: &Targets,
        when: When,
        depth: usize,
    ) -> Result<Vec<Outcome>, Problem> {
        if depth > DEPTH {
            return Err(Problem::internal(format_args!("indicators need each other: {}", indicator.name)));
        }
        let params = self.params_of(indicator);
        let must_say = must_say(indicator, &params);
        let mut others: HashMap<String, Vec<Outcome>> = HashMap::new();
        for name in indicator.needed() {
            if !others.contains_key(name) {
                let other = self.indicator(name)?;
                let found = self.outcomes_within(&other, targets, when, depth + 1)?;
                others.insert(name.to_owned(), found);
            }
        }
        let mut measured: Vec<BTreeMap<String, Measured>> = vec![BTreeMap::new(); targets.areas.len()];
        for (name, measure) in &indicator.measures {
            let found = match &measure.what {
                What::Indicator { name } => of_other(others.get(name), targets.areas.len()),
                _ => self.measured(&params.bind_measure(measure), &params, targets, when, &must_say)?,
            };
            for (by_name, one) in measured.iter_mut().zip(found) {
                by_name.insert(name.clone(), one);
            }
        }
        let at = RefCell::new(0);
        let other = |name: &str| others.get(name).and_then(|found| found.get(*at.borrow())?.value);
        let mut outcomes = Vec::with_capacity(measured.len());
        for (index, measured) in measured.iter().enumerate() {
            at.replace(index);
            outcomes.push(outcome(indicator, &params, measured, &other));
        }
        Ok(outcomes)
    }
}

/// Another indicator's values as a measure's.
fn of_other(found: Option<&Vec<Outcome>>, count: usize) -> Vec<Measured> {
    match found {
        Some(found) => {
            let one = |outcome: &Outcome| Measured { value: outcome.value, n: None, reason: outcome.reason.clone() };
            found.iter().map(one).collect()
        }
        None => vec![Measured::default(); count],
    }
}
