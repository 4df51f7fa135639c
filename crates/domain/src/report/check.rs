//! Does a template name only what there is? Every unknown name is told with its line and the known one that looks like it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    needs::{Needs, needs},
    parse::{Fault, closest},
    template::{Condition, Node, Pick, Tag, Template, Which},
};

/// What a template may name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Indicators.
    pub indicators: BTreeMap<String, Allowed>,
    /// Parameters of indicators, `pack/name`.
    pub thresholds: BTreeSet<String>,
    /// The report's own parameters.
    pub params: BTreeSet<String>,
}

/// What a template may ask of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowed {
    /// Areas may be ranked by it.
    pub rank: bool,
    /// It makes sense for areas of the report's level.
    pub below: bool,
}

/// Faults of `template` beside those of reading it.
pub fn check(template: &Template, known: &Known) -> Vec<Fault> {
    let mut checker = Checker { known, faults: Vec::new(), findings: BTreeMap::new(), called: BTreeSet::new() };
    checker.names(&template.nodes);
    checker.nodes(&template.nodes, false);
    checker.findings();
    checker.faults
}

struct Checker<'a> {
    known: &'a Known,
    faults: Vec<Fault>,
    /// Findings with their lines.
    findings: BTreeMap<&'a str, u32>,
    /// Findings that advice answers to.
    called: BTreeSet<&'a str>,
}

impl<'a> Checker<'a> {
    /// Collects the names of findings, which advice may name from anywhere.
    fn names(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            match node {
                Node::Finding { name, body, line, .. } => {
                    if let Some(first) = self.findings.insert(name, *line) {
                        let message = (
                            format!("发现 `{name}` 写了两次，第一次在第 {first} 行"),
                            format!("the finding `{name}` is given twice, first on line {first}"),
                        );
                        self.faults.push(Fault::error("report.duplicate", (*line, 0), message.0, message.1));
                    }
                    self.names(body);
                }
                Node::If { arms, otherwise, .. } => {
                    arms.iter().for_each(|(_, body)| self.names(body));
                    self.names(otherwise);
                }
                Node::Each { body, .. } | Node::Advice { body, .. } | Node::Note { body } => self.names(body),
                Node::Text(_) | Node::Tag { .. } => {}
            }
        }
    }

    fn nodes(&mut self, nodes: &'a [Node], each: bool) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Tag { tag, line } => self.tag(node, tag, *line, each),
                Node::If { arms, otherwise, line } => {
                    for (when, body) in arms {
                        self.condition(when, *line);
                        self.nodes(body, each);
                    }
                    self.nodes(otherwise, each);
                }
                Node::Each { pick, body, line, .. } => {
                    self.pick(pick, *line);
                    self.nodes(body, true);
                }
                Node::Finding { when, body, line, .. } => {
                    self.condition(when, *line);
                    self.nodes(body, each);
                }
                Node::Advice { on, body, line } => {
                    for name in on {
                        self.finding(name, *line);
                        self.called.insert(name);
                    }
                    self.nodes(body, each);
                }
                Node::Note { body } => self.nodes(body, each),
            }
        }
    }

    fn tag(&mut self, node: &Node, tag: &Tag, line: u32, each: bool) {
        let asked = needs(&Template { nodes: vec![node.clone()] });
        self.asked(&asked, line);
        match tag {
            Tag::Names { pick, .. } | Tag::Count(pick) => self.rank(pick, line),
            Tag::Param(name) if !self.known.params.contains(name) => {
                let known: Vec<&str> = self.known.params.iter().map(String::as_str).collect();
                self.unknown("report.unknown_param", ("参数", "parameter"), name, &known, line);
            }
            Tag::Name if !each => {
                let message =
                    ("`name` 只能写在 `#each` 里面".to_owned(), "`name` stands only within `#each`".to_owned());
                let fault = Fault::error("report.name", (line, 0), message.0, message.1);
                self.faults.push(fault.with("`{{place}}`", "`{{place}}`"));
            }
            _ => {}
        }
    }

    fn asked(&mut self, asked: &Needs, line: u32) {
        for id in asked.readings.iter().filter(|id| !self.known.indicators.contains_key(*id)) {
            let known: Vec<&str> = self.known.indicators.keys().map(String::as_str).collect();
            self.unknown("report.unknown_figure", ("指标", "indicator"), id, &known, line);
        }
        for id in asked.by.iter().filter(|id| self.known.indicators.get(*id).is_some_and(|one| !one.below)) {
            let message = (
                format!("指标 `{id}` 不适用于报告列举的层级"),
                format!("`{id}` makes no sense for the level of areas that the report names"),
            );
            self.faults.push(Fault::error("report.no_level", (line, 0), message.0, message.1));
        }
        for name in asked.thresholds.iter().filter(|name| !self.known.thresholds.contains(*name)) {
            let known: Vec<&str> = self.known.thresholds.iter().map(String::as_str).collect();
            self.unknown("report.unknown_threshold", ("指标参数", "parameter of indicators"), name, &known, line);
        }
    }

    fn pick(&mut self, pick: &Pick, line: u32) {
        let tag = Node::Tag { tag: Tag::Count(pick.clone()), line };
        self.asked(&needs(&Template { nodes: vec![tag] }), line);
        self.rank(pick, line);
    }

    fn rank(&mut self, pick: &Pick, line: u32) {
        if pick.which != Which::All && self.known.indicators.get(&pick.id).is_some_and(|one| !one.rank) {
            let id = &pick.id;
            let message = (
                format!("指标 `{id}` 声明不排名（rank = false），不能挑出高低"),
                format!("areas are not ranked by `{id}` (rank = false): it cannot choose any"),
            );
            self.faults.push(Fault::error("report.no_rank", (line, 0), message.0, message.1));
        }
    }

    fn condition(&mut self, condition: &'a Condition, line: u32) {
        match condition {
            Condition::Finding(name) => self.finding(name, line),
            Condition::Some(pick) => self.pick(pick, line),
            Condition::Not(inner) => self.condition(inner, line),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.condition(left, line);
                self.condition(right, line);
            }
            other => {
                let when = other.clone();
                let node = Node::If { arms: vec![(when, Vec::new())], otherwise: Vec::new(), line };
                self.asked(&needs(&Template { nodes: vec![node] }), line);
            }
        }
    }

    fn finding(&mut self, name: &str, line: u32) {
        if !self.findings.contains_key(name) {
            let known: Vec<&str> = self.findings.keys().copied().collect();
            self.unknown("report.unknown_finding", ("发现", "finding"), name, &known, line);
        }
    }

    /// A finding that no advice answers to is worth a look, unless the report gives none at all.
    fn findings(&mut self) {
        if self.called.is_empty() {
            return;
        }
        for (name, line) in self.findings.iter().filter(|(name, _)| !self.called.contains(*name)) {
            let message =
                (format!("发现 `{name}` 没有对应的建议"), format!("no advice answers to the finding `{name}`"));
            let mut fault = Fault::error("report.no_advice", (*line, 0), message.0, message.1);
            fault.severity = crate::diagnostic::Severity::Warning;
            let help = format!("`{{{{#advice {name}}}}} … {{{{/advice}}}}`");
            self.faults.push(fault.with(help.clone(), help));
        }
    }

    fn unknown(&mut self, code: &'static str, (zh, en): (&str, &str), found: &str, known: &[&str], line: u32) {
        let fault = Fault::error(code, (line, 0), format!("没有{zh} `{found}`"), format!("there is no {en} `{found}`"));
        self.faults.push(match closest(found, known.iter().copied()) {
            Some(close) => fault.with(format!("`{close}`"), format!("`{close}`")),
            None => fault,
        });
    }
}
