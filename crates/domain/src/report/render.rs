//! Template and facts → document.

use std::collections::BTreeMap;

use crate::document::{Block, Document, Run, Target};

use super::{
    Report, charts,
    facts::{About, Facts, Place, Reading},
    flow::{self, Piece},
    judge::{self, View},
    tables,
    template::{Node, Part, Pick, Since, Tag, Template},
    words,
};

/// Writes the report.
pub fn render(report: &Report, template: &Template, facts: &Facts) -> Document {
    let findings = judge::findings(template, facts);
    let mut writer = Writer::new(report, facts, &findings);
    writer.nodes(&template.nodes, None);
    let blocks = flow::blocks(&writer.text, &writer.pieces, report.lang);
    Document {
        lang: report.lang,
        title: words::filled(&report.title, facts, report.lang),
        subtitle: Some(subtitle(report, facts)),
        blocks,
    }
}

fn subtitle(report: &Report, facts: &Facts) -> String {
    let now = words::day(facts.as_of, report.lang);
    let days = match facts.against {
        Some(then) if report.two_days => {
            format!("{}{}{now}", words::day(then, report.lang), report.lang.pick("至", " to "))
        }
        _ => format!("{}{now}", report.lang.pick("截至", "as of ")),
    };
    format!("{}{}　{days}{}", report.lang.pick("（", "("), facts.place.name, report.lang.pick("）", ")"))
}

pub(super) struct Writer<'a> {
    pub(super) report: &'a Report,
    pub(super) facts: &'a Facts,
    findings: &'a BTreeMap<String, bool>,
    text: String,
    pieces: Vec<Piece>,
    /// Indicators that were told, in order, for the definitions.
    pub(super) used: Vec<String>,
}

impl<'a> Writer<'a> {
    fn new(report: &'a Report, facts: &'a Facts, findings: &'a BTreeMap<String, bool>) -> Self {
        Self { report, facts, findings, text: String::new(), pieces: Vec::new(), used: Vec::new() }
    }

    pub(super) fn view(&self, area: Option<&'a Place>) -> View<'a> {
        View { facts: self.facts, area, findings: self.findings }
    }

    fn nodes(&mut self, nodes: &'a [Node], area: Option<&'a Place>) {
        for node in nodes {
            self.node(node, area);
        }
    }

    fn node(&mut self, node: &'a Node, area: Option<&'a Place>) {
        let view = self.view(area);
        match node {
            Node::Text(text) => self.text.push_str(&flow::unmarked(text)),
            Node::Tag { tag, .. } => self.tag(tag, area),
            Node::If { arms, otherwise, .. } => {
                let arm = arms.iter().find(|(when, _)| view.holds(when) == Some(true)).map(|(_, body)| body);
                self.nodes(arm.unwrap_or(otherwise), area);
            }
            Node::Each { pick, separator, body, .. } => {
                let picked = view.pick(pick);
                if picked.is_empty() {
                    self.piece(Piece::Nothing);
                }
                for (order, (place, _)) in picked.into_iter().enumerate() {
                    if order > 0 {
                        self.text.push_str(separator);
                    }
                    self.nodes(body, Some(place));
                }
            }
            Node::Finding { name, body, .. } => {
                if self.findings.get(name) == Some(&true) {
                    self.nodes(body, area);
                }
            }
            Node::Advice { on, body, .. } => {
                if on.iter().any(|name| self.findings.get(name) == Some(&true)) {
                    self.nodes(body, area);
                }
            }
            Node::Note { body } => {
                let text = std::mem::take(&mut self.text);
                self.nodes(body, area);
                let note = std::mem::replace(&mut self.text, text);
                let text = flow::plain(&note, &self.pieces, self.report.lang);
                self.piece(Piece::Run { run: Run::Note { text }, says: String::new() });
            }
        }
    }

    fn piece(&mut self, piece: Piece) {
        self.text.push_str(&flow::mark(self.pieces.len()));
        self.pieces.push(piece);
    }

    fn block(&mut self, block: Block) {
        self.piece(Piece::Block(Box::new(block)));
    }

    pub(super) fn uses(&mut self, id: &str) {
        if !self.used.iter().any(|used| used == id) {
            self.used.push(id.to_owned());
        }
    }

    fn tag(&mut self, tag: &'a Tag, area: Option<&'a Place>) {
        let lang = self.report.lang;
        match tag {
            Tag::Figure { id, part, bare } => self.figure(id, *part, *bare, area),
            Tag::Trend { id, since } => self.trend(id, *since, area),
            Tag::Names { pick, values } => self.names(pick, *values, area),
            Tag::Count(pick) => self.count(pick, area),
            Tag::CountChanged(how) => {
                let n = self.view(None).all_changed(*how).len();
                self.piece(Piece::words(n.to_string()));
            }
            Tag::CountFindings => {
                let n = self.findings.values().filter(|holds| **holds).count();
                self.piece(Piece::words(n.to_string()));
            }
            Tag::Param(name) => {
                let value = self.facts.params.get(name).cloned().unwrap_or_default();
                self.piece(Piece::words(value));
            }
            Tag::Name => self.piece(Piece::words(&area.unwrap_or(&self.facts.place).name)),
            Tag::Place => self.piece(Piece::words(&self.facts.place.name)),
            Tag::AsOf => self.piece(Piece::words(words::day(self.facts.as_of, lang))),
            Tag::Against => {
                let piece = self.facts.against.map_or(Piece::Nothing, |date| Piece::words(words::day(date, lang)));
                self.piece(piece);
            }
            Tag::Table(spec) => {
                let block = tables::table(self, spec);
                self.block(block);
            }
            Tag::Chart(spec) => {
                let block = charts::chart(self, spec);
                self.block(block);
            }
            Tag::Changes(how) => {
                let block = tables::changes(self, *how);
                block.into_iter().for_each(|block| self.block(block));
            }
            Tag::Definitions => {
                let block = tables::definitions(self);
                block.into_iter().for_each(|block| self.block(block));
            }
            Tag::Responses(ids) => {
                let block = tables::responses(self, ids);
                self.block(block);
            }
            Tag::Contents => self.block(Block::Contents),
            Tag::PageBreak => self.block(Block::PageBreak),
        }
    }

    /// A run that leads to the figure's definition and, in a page, to its rows.
    pub(super) fn link(&self, id: &str, area: Option<&Place>, text: String) -> Run {
        let area = area.unwrap_or(&self.facts.place).code.clone();
        Run::Link { text, to: Target::Figure { anchor: words::anchor(id), indicator: id.to_owned(), area } }
    }

    fn figure(&mut self, id: &str, part: Part, bare: bool, area: Option<&'a Place>) {
        self.uses(id);
        let view = self.view(area);
        let Some(about) = self.facts.about.get(id) else {
            let (label, reason) =
                (id.to_owned(), self.report.lang.pick("没有这个指标", "there is no such indicator").to_owned());
            self.piece(Piece::Missing { label, reason });
            return;
        };
        let reading = view.reading(id);
        let text = reading.and_then(|reading| self.part(&view, id, about, reading, part, bare));
        match text {
            Some(text) => {
                let says = if part == Part::Value { about.label.clone() } else { String::new() };
                let run = self.link(id, area, text);
                self.piece(Piece::Run { run, says });
            }
            None => {
                let reason = reading.map(|reading| reading.reason.clone()).unwrap_or_default();
                let label = self.label(about, part, reading);
                self.piece(Piece::Missing { label, reason });
            }
        }
    }

    /// What a missing part is called. When the value is known and only its comparison is not, that is said.
    fn label(&self, about: &About, part: Part, reading: Option<&Reading>) -> String {
        let lang = self.report.lang;
        let known = reading.is_some_and(|reading| reading.value.is_some());
        let more = match part {
            Part::Base | Part::Change if known => lang.pick("的基期数", " on the base day"),
            Part::Before | Part::Moved if known => lang.pick("的上期数", " on the earlier day"),
            Part::Target | Part::Gap if known => lang.pick("的目标值", ", its target"),
            _ => "",
        };
        format!("{}{more}", about.label)
    }

    fn part(
        &self,
        view: &View<'_>,
        id: &str,
        about: &About,
        reading: &Reading,
        part: Part,
        bare: bool,
    ) -> Option<String> {
        let lang = self.report.lang;
        let target = reading.target.as_ref().map(|target| target.value);
        let apart = |then: Option<f64>| Some(reading.value? - then?);
        let whole =
            |value: f64| if bare { words::digits(value, about.decimals) } else { words::value(about, value, lang) };
        let gap = |gap: f64| {
            if bare { words::digits(gap.abs(), about.decimals) } else { words::difference(about, gap, lang) }
        };
        match part {
            Part::Value => reading.value.map(whole),
            Part::Numerator => reading.numerator.map(words::plain),
            Part::Denominator => reading.denominator.map(words::plain),
            Part::Target => target.map(whole),
            Part::Gap => apart(target).map(gap),
            Part::Base => view.then(id, Since::Base).map(whole),
            Part::Change => apart(view.then(id, Since::Base)).map(gap),
            Part::Before => view.then(id, Since::Against).map(whole),
            Part::Moved => apart(view.then(id, Since::Against)).map(gap),
        }
    }

    fn trend(&mut self, id: &str, since: Since, area: Option<&'a Place>) {
        self.uses(id);
        let (view, lang) = (self.view(area), self.report.lang);
        let Some(about) = self.facts.about.get(id) else {
            self.piece(Piece::Nothing);
            return;
        };
        let (now, then) = (view.value(id), view.then(id, since));
        let piece = match (now, then) {
            (Some(now), Some(then)) => {
                let by = words::difference(about, now - then, lang);
                let text = match now - then {
                    _ if !words::differ(about, now, then) => lang.pick("持平", "unchanged").to_owned(),
                    moved if moved > 0.0 => format!("{}{by}", lang.pick("上升", "up by ")),
                    _ => format!("{}{by}", lang.pick("下降", "down by ")),
                };
                Piece::Run { run: self.link(id, area, text), says: String::new() }
            }
            _ => {
                let part = if since == Since::Base { Part::Base } else { Part::Before };
                let reading = view.reading(id);
                let reason = reading.map(|reading| reading.reason.clone()).unwrap_or_default();
                Piece::Missing { label: self.label(about, part, reading), reason }
            }
        };
        self.piece(piece);
    }

    fn names(&mut self, pick: &Pick, values: bool, area: Option<&'a Place>) {
        self.uses(&pick.id);
        let lang = self.report.lang;
        let picked = self.view(area).pick(pick);
        if picked.is_empty() {
            self.piece(Piece::Nothing);
        }
        for (order, (place, reading)) in picked.into_iter().enumerate() {
            if order > 0 {
                self.piece(Piece::words(lang.pick("、", ", ")));
            }
            self.piece(Piece::words(&place.name));
            let about = self.facts.about.get(&pick.id);
            if let (true, Some(about), Some(value)) = (values, about, reading.and_then(|reading| reading.value)) {
                let run = self.link(&pick.id, Some(place), words::value(about, value, lang));
                self.piece(Piece::words(lang.pick("（", " (")));
                self.piece(Piece::Run { run, says: String::new() });
                self.piece(Piece::words(lang.pick("）", ")")));
            }
        }
    }

    /// How many areas; nothing is said where no area below has a value, as "0 of none" would sound like good news.
    fn count(&mut self, pick: &Pick, area: Option<&'a Place>) {
        let known = self.facts.by.get(&pick.id).is_some_and(|all| all.iter().any(|(_, one)| one.value.is_some()));
        let n = self.view(area).pick(pick).len();
        let said = known || pick.id.is_empty();
        self.piece(if said { Piece::words(n.to_string()) } else { Piece::Nothing });
    }
}
