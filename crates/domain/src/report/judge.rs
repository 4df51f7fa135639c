//! Does a condition hold? What is not known makes it neither true nor false.

use std::collections::BTreeMap;

use crate::insight::Direction;

use super::{
    areas,
    facts::{Facts, Place, Reading},
    template::{Changed, Comparison, Condition, Movement, Node, Operand, Pick, Since, Template},
    words::differ,
};

/// Facts as they are asked for: of the area, or within `each` of one below it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) facts: &'a Facts,
    /// The area within `each`.
    pub(super) area: Option<&'a Place>,
    /// Which findings hold.
    pub(super) findings: &'a BTreeMap<String, bool>,
}

impl<'a> View<'a> {
    /// The reading of an indicator.
    pub(super) fn reading(&self, id: &str) -> Option<&'a Reading> {
        match self.area {
            None => self.facts.readings.get(id),
            Some(area) => {
                self.facts.by.get(id)?.iter().find(|(place, _)| place.code == area.code).map(|(_, reading)| reading)
            }
        }
    }

    /// Its value.
    pub(super) fn value(&self, id: &str) -> Option<f64> {
        self.reading(id)?.value
    }

    /// Its value then; there is none for the areas below.
    pub(super) fn then(&self, id: &str, since: Since) -> Option<f64> {
        match since {
            Since::Base => self.reading(id)?.base.as_ref()?.value,
            Since::Against if self.area.is_none() => self.facts.before.get(id)?.value,
            Since::Against => None,
        }
    }

    fn direction(&self, id: &str) -> Direction {
        self.facts.about.get(id).map_or(Direction::None, |about| about.direction)
    }

    /// What an operand comes to for a reading.
    pub(super) fn operand(&self, than: &Operand, reading: &Reading) -> Option<f64> {
        match than {
            Operand::Target => reading.target.as_ref().map(|target| target.value),
            Operand::Number(number) => Some(*number),
            Operand::Threshold(name) => self.facts.thresholds.get(name).copied(),
            Operand::Figure(id) => self.value(id),
        }
    }

    /// How a reading stands to an operand.
    pub(super) fn compare(&self, id: &str, reading: &Reading, how: Comparison, than: &Operand) -> Option<bool> {
        let (value, than) = (reading.value?, self.operand(than, reading)?);
        match how {
            Comparison::Below => Some(value < than),
            Comparison::Above => Some(value > than),
            Comparison::Reached => self.direction(id).reached(value, than),
            Comparison::Behind => self.direction(id).reached(value, than).map(|reached| !reached),
        }
    }

    /// How an indicator changed since the earlier day.
    pub(super) fn changed(&self, id: &str) -> Changed {
        let now = self.facts.readings.get(id).and_then(|reading| reading.value);
        let then = self.facts.before.get(id).and_then(|reading| reading.value);
        let (Some(now), Some(then), Some(about)) = (now, then, self.facts.about.get(id)) else {
            return Changed::Unknown;
        };
        match about.direction {
            _ if !differ(about, now, then) => Changed::Same,
            Direction::None => Changed::Moved,
            Direction::Up if now > then => Changed::Better,
            Direction::Down if now < then => Changed::Better,
            _ => Changed::Worse,
        }
    }

    /// Indicators that changed so, in order of name.
    pub(super) fn all_changed(&self, how: Changed) -> Vec<&'a String> {
        self.facts.about.keys().filter(|id| self.changed(id) == how).collect()
    }

    /// The areas that a pick chooses.
    pub(super) fn pick(&self, pick: &Pick) -> Vec<(&'a Place, Option<&'a Reading>)> {
        areas::pick(self, pick)
    }

    /// Whether a condition holds.
    pub(super) fn holds(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Known(id) => Some(self.value(id).is_some()),
            Condition::Compare { id, how, than } => self.compare(id, self.reading(id)?, *how, than),
            Condition::Changed { id, how, since } => self.movement(id, *how, *since),
            Condition::Some(pick) => Some(!self.pick(pick).is_empty()),
            Condition::AnyChanged(how) => Some(!self.all_changed(*how).is_empty()),
            Condition::Against => Some(self.facts.against.is_some()),
            Condition::Finding(name) => self.findings.get(name).copied(),
            Condition::Not(inner) => self.holds(inner).map(|holds| !holds),
            Condition::And(left, right) => match (self.holds(left), self.holds(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Or(left, right) => match (self.holds(left), self.holds(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }

    fn movement(&self, id: &str, how: Movement, since: Since) -> Option<bool> {
        let (now, then) = (self.value(id)?, self.then(id, since)?);
        let (rose, fell) = match self.facts.about.get(id) {
            Some(about) if !differ(about, now, then) => (false, false),
            _ => (now > then, now < then),
        };
        match (how, self.direction(id)) {
            (Movement::Rose, _) | (Movement::Better, Direction::Up) | (Movement::Worse, Direction::Down) => Some(rose),
            (Movement::Fell, _) | (Movement::Better, Direction::Down) | (Movement::Worse, Direction::Up) => Some(fell),
            (Movement::Better | Movement::Worse, Direction::None) => None,
        }
    }
}

/// Which findings of a template hold. A finding inside a part that is not written does not hold.
pub(super) fn findings(template: &Template, facts: &Facts) -> BTreeMap<String, bool> {
    let mut found = BTreeMap::new();
    // A finding may name those before it.
    judge(&template.nodes, facts, &mut found);
    found
}

fn judge(nodes: &[Node], facts: &Facts, found: &mut BTreeMap<String, bool>) {
    for node in nodes {
        match node {
            Node::Finding { name, when, body, .. } => {
                let holds = View { facts, area: None, findings: found }.holds(when) == Some(true);
                found.insert(name.clone(), holds);
                if holds {
                    judge(body, facts, found);
                }
            }
            Node::If { arms, otherwise, .. } => {
                let view = View { facts, area: None, findings: found };
                let arm = arms.iter().find(|(when, _)| view.holds(when) == Some(true)).map(|(_, body)| body);
                judge(arm.unwrap_or(otherwise), facts, found);
            }
            _ => {}
        }
    }
}
