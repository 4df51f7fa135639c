//! Which figures must be fetched before a report can be written.

use std::collections::{BTreeMap, BTreeSet};

use super::template::{ChartSpec, Condition, Node, Operand, Pick, Shows, TableSpec, Tag, Template};

/// What a template asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Indicators of the area.
    pub readings: BTreeSet<String>,
    /// Indicators of the areas below.
    pub by: BTreeSet<String>,
    /// Distributions: indicator and field.
    pub spreads: BTreeSet<(String, String)>,
    /// Values over so many months.
    pub series: BTreeMap<String, u8>,
    /// Parameters of indicators.
    pub thresholds: BTreeSet<String>,
    /// All indicators that there are, to say what changed.
    pub all: bool,
}

/// What `template` asks for.
pub fn needs(template: &Template) -> Needs {
    let mut needs = Needs::default();
    needs.nodes(&template.nodes, false);
    needs
}

impl Needs {
    fn nodes(&mut self, nodes: &[Node], each: bool) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Tag { tag, .. } => self.tag(tag, each),
                Node::If { arms, otherwise, .. } => {
                    for (when, body) in arms {
                        self.condition(when, each);
                        self.nodes(body, each);
                    }
                    self.nodes(otherwise, each);
                }
                Node::Each { pick, body, .. } => {
                    self.pick(pick, each);
                    self.nodes(body, true);
                }
                Node::Finding { when, body, .. } => {
                    self.condition(when, each);
                    self.nodes(body, each);
                }
                Node::Advice { body, .. } | Node::Note { body } => self.nodes(body, each),
            }
        }
    }

    fn id(&mut self, id: &str, each: bool) {
        self.readings.insert(id.to_owned());
        if each {
            self.by.insert(id.to_owned());
        }
    }

    fn pick(&mut self, pick: &Pick, each: bool) {
        if !pick.id.is_empty() {
            self.id(&pick.id, true);
        }
        self.operand(&pick.than, each);
    }

    fn operand(&mut self, than: &Operand, each: bool) {
        match than {
            Operand::Target | Operand::Number(_) => {}
            Operand::Threshold(name) => {
                self.thresholds.insert(name.clone());
            }
            Operand::Figure(id) => self.id(id, each),
        }
    }

    fn condition(&mut self, condition: &Condition, each: bool) {
        match condition {
            Condition::Known(id) | Condition::Changed { id, .. } => self.id(id, each),
            Condition::Compare { id, than, .. } => {
                self.id(id, each);
                self.operand(than, each);
            }
            Condition::Some(pick) => self.pick(pick, each),
            Condition::AnyChanged(_) => self.all = true,
            Condition::Against | Condition::Finding(_) => {}
            Condition::Not(inner) => self.condition(inner, each),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.condition(left, each);
                self.condition(right, each);
            }
        }
    }

    fn tag(&mut self, tag: &Tag, each: bool) {
        match tag {
            Tag::Figure { id, .. } | Tag::Trend { id, .. } => self.id(id, each),
            Tag::Names { pick, .. } | Tag::Count(pick) => self.pick(pick, each),
            Tag::CountChanged(_) | Tag::Changes(_) => self.all = true,
            Tag::Responses(ids) => ids.iter().for_each(|id| self.id(id, false)),
            Tag::Table(TableSpec { by_area, ids, .. }) => ids.iter().for_each(|id| self.id(id, *by_area)),
            Tag::Chart(ChartSpec { shows, ids, .. }) => {
                for id in ids {
                    self.id(id, *shows == Shows::Areas);
                    match shows {
                        Shows::Spread(field) => {
                            self.spreads.insert((id.clone(), field.clone()));
                        }
                        Shows::Months(months) => {
                            let held = self.series.entry(id.clone()).or_default();
                            *held = (*held).max(*months);
                        }
                        Shows::Areas | Shows::Figures | Shows::Base => {}
                    }
                }
            }
            Tag::CountFindings
            | Tag::Param(_)
            | Tag::Name
            | Tag::Place
            | Tag::AsOf
            | Tag::Against
            | Tag::Definitions
            | Tag::Contents
            | Tag::PageBreak => {}
        }
    }
}
