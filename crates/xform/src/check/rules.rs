//! The rules of every node, one after another.

use std::collections::{HashMap, HashSet};

use super::compute::Frame;
use super::types::{fits, misfit};
use super::{FileName, Finding, FindingKind, MOST, Report};
use crate::instance::{Instance, completed};
use crate::message::Message;
use crate::model::{Bind, Choices, ControlKind, DataType, Form, Itemset, Label, NodeIx, NodeKind};
use crate::tree::{Kind, NodeId};
use crate::xpath::{Eval, EvalError, Outside, parse_moment};

/// Checks a submission against its form: form and version, unknown questions, types, choices, required, constraints,
/// relevance, and calculations that do not depend on clock or chance. Bounded in time; never panics.
pub fn check(form: &Form, instance: &Instance, outside: &dyn Outside) -> Report {
    let mut frame = Frame::new(form, completed(form, &instance.tree), outside);
    let mut checks = Checks { report: Report::default(), lists: HashMap::new() };
    checks.identity(form, instance);
    if frame.mapping.get(frame.live.tree.root() as usize).copied().flatten().is_some() {
        frame.settle(false);
        for at in 1..frame.live.tree.len() as NodeId {
            checks.node(&mut frame, at);
        }
    }
    let unable = std::mem::take(&mut frame.unable);
    unable.into_iter().for_each(|finding| checks.add(finding));
    checks.report
}

struct Checks {
    report: Report,
    /// Values of lists that do not depend on answers, by question.
    lists: HashMap<NodeIx, HashSet<String>>,
}

impl Checks {
    fn add(&mut self, finding: Finding) {
        if self.report.findings.len() < MOST {
            self.report.findings.push(finding);
        } else {
            self.report.truncated = true;
        }
    }

    fn identity(&mut self, form: &Form, instance: &Instance) {
        let mut add = |kind, zh: String, en: String| {
            let message = Message::new(zh, en);
            self.add(Finding { kind, path: String::new(), label: form.title.clone(), message });
        };
        let root = instance.tree.name(instance.tree.root());
        let own = form.nodes.first().map_or("", |node| &node.name);
        if instance.form_id() != form.id || root != own {
            let (found, wanted) = (instance.form_id(), &form.id);
            add(
                FindingKind::WrongForm,
                format!("这份数据属于表单“{found}”（{root}），不是“{wanted}”（{own}）"),
                format!("this is a submission of \"{found}\" ({root}), not of \"{wanted}\" ({own})"),
            );
        } else if instance.version() != form.version {
            let (found, wanted) = (instance.version(), &form.version);
            add(
                FindingKind::WrongVersion,
                format!("这份数据按版本“{found}”填写，表单版本是“{wanted}”"),
                format!("filled in with version \"{found}\"; the form is at \"{wanted}\""),
            );
        }
    }

    fn node(&mut self, frame: &mut Frame<'_>, at: NodeId) {
        let tree = &frame.live.tree;
        let Some(ix) = frame.mapping[at as usize] else { return self.unknown(frame, at) };
        let node = &frame.form.nodes[ix];
        if !matches!(node.kind, NodeKind::Value | NodeKind::Attribute) || !tree.is_leaf(at) {
            return;
        }
        let text = tree.own_text(at).to_owned();
        if !frame.live.relevant[at as usize] {
            if !text.is_empty() && node.kind == NodeKind::Value {
                let message =
                    Message::new("这一题按条件不应填写，却有内容", "there is an answer though it is not asked");
                self.add(frame.finding(FindingKind::NotRelevant, ix, at, message));
            }
            return;
        }
        if text.is_empty() {
            self.required(frame, ix, at);
        } else {
            self.answered(frame, ix, at, &text);
        }
        self.calculation(frame, ix, at, &text);
    }

    fn unknown(&mut self, frame: &Frame<'_>, at: NodeId) {
        let tree = &frame.live.tree;
        let known_above = frame.mapping[tree.parent(at) as usize].is_some();
        if tree.kind(at) != Kind::Element || !known_above || known_to_clients(frame, at) {
            return;
        }
        let path = crate::instance::place(frame.form, tree, &frame.mapping, at);
        let label = tree.name(at).to_owned();
        let message = Message::new("表单没有这一题", "the form has no such question");
        self.add(Finding { kind: FindingKind::UnknownNode, path, label, message });
    }

    fn required(&mut self, frame: &mut Frame<'_>, ix: NodeIx, at: NodeId) {
        let node = &frame.form.nodes[ix];
        let Some(rule) = node.bind.required.as_ref().filter(|_| node.control.is_some()) else { return };
        match Eval::new(&frame.session, &frame.live, at).boolean(rule) {
            Ok(true) => {
                let own = own_words(frame.form, node.bind.required_message.as_ref());
                let message = Message::new(format!("必填，但没有填写{own}"), format!("required, but blank{own}"));
                self.add(frame.finding(FindingKind::RequiredMissing, ix, at, message));
            }
            Ok(false) => {}
            Err(e) => frame.tell(ix, at, "required", rule, &e),
        }
    }

    fn answered(&mut self, frame: &mut Frame<'_>, ix: NodeIx, at: NodeId, text: &str) {
        let node = &frame.form.nodes[ix];
        let kind = node.control.as_ref().map(|control| control.kind);
        let data_type = if kind == Some(ControlKind::Upload) { DataType::Binary } else { node.bind.data_type };
        if !fits(data_type, text) {
            self.add(frame.finding(FindingKind::WrongType, ix, at, misfit(data_type, text)));
        } else if data_type == DataType::Binary {
            let path = crate::instance::place(frame.form, &frame.live.tree, &frame.mapping, at);
            self.report.files.push(FileName { path, name: text.to_owned() });
        }
        self.choices(frame, ix, at, text);
        self.constraint(frame, ix, at, &node.bind);
    }

    fn constraint(&mut self, frame: &mut Frame<'_>, ix: NodeIx, at: NodeId, bind: &Bind) {
        let Some(rule) = &bind.constraint else { return };
        match Eval::new(&frame.session, &frame.live, at).boolean(rule) {
            Ok(true) => {}
            Ok(false) => {
                let own = own_words(frame.form, bind.constraint_message.as_ref());
                let message = Message::new(format!("不符合要求{own}"), format!("breaks its constraint{own}"));
                self.add(frame.finding(FindingKind::ConstraintBroken, ix, at, message));
            }
            Err(e) => frame.tell(ix, at, "constraint", rule, &e),
        }
    }

    fn choices(&mut self, frame: &mut Frame<'_>, ix: NodeIx, at: NodeId, text: &str) {
        let Some(control) = &frame.form.nodes[ix].control else { return };
        let values: Vec<&str> = match control.kind {
            ControlKind::SelectMultiple | ControlKind::Rank => text.split_whitespace().collect(),
            _ => vec![text],
        };
        let strange: Vec<&str> = match &control.choices {
            Choices::None => return,
            Choices::Inline(list) => {
                values.into_iter().filter(|value| list.iter().all(|choice| choice.value != *value)).collect()
            }
            Choices::Itemset(itemset) => match self.not_in(frame, ix, at, itemset, &values) {
                Ok(strange) => strange,
                Err(e) => return frame.tell(ix, at, "itemset", &itemset.rows, &e),
            },
        };
        if !strange.is_empty() {
            let shown = strange.join("、");
            let message = Message::new(format!("“{shown}”不在选项中"), format!("\"{shown}\" is none of the choices"));
            self.add(frame.finding(FindingKind::NotAChoice, ix, at, message));
        }
    }

    /// The values that the list does not hold: first by the whole list, which is read once, then by its filter.
    fn not_in<'v>(
        &mut self,
        frame: &Frame<'_>,
        ix: NodeIx,
        at: NodeId,
        itemset: &Itemset,
        values: &[&'v str],
    ) -> Result<Vec<&'v str>, EvalError> {
        let eval = Eval::new(&frame.session, &frame.live, at);
        let fixed =
            itemset.all.as_ref().or_else(|| itemset.rows.source.starts_with("instance(").then_some(&itemset.rows));
        if let Some(all) = fixed {
            if !self.lists.contains_key(&ix) {
                self.lists.insert(ix, values_of(&eval, all, itemset)?);
            }
            let list = &self.lists[&ix];
            let strange: Vec<&str> = values.iter().copied().filter(|value| !list.contains(*value)).collect();
            if !strange.is_empty() || itemset.all.is_none() {
                return Ok(strange);
            }
        }
        let list = values_of(&eval, &itemset.rows, itemset)?;
        Ok(values.iter().copied().filter(|value| !list.contains(*value)).collect())
    }

    fn calculation(&mut self, frame: &mut Frame<'_>, ix: NodeIx, at: NodeId, text: &str) {
        let Some(rule) = frame.form.nodes[ix].bind.calculate.as_ref().filter(|rule| !rule.is_volatile()) else {
            return;
        };
        match frame.calculated(ix, at, rule) {
            Ok(computed) if agrees(text, &computed, frame.session.outside().zone()) => {}
            Ok(computed) => {
                let message = Message::new(
                    format!("计算结果应为“{computed}”，提交的是“{text}”"),
                    format!("the calculation gives \"{computed}\"; \"{text}\" was sent"),
                );
                self.add(frame.finding(FindingKind::CalculationDiffers, ix, at, message));
            }
            Err(e) => frame.tell(ix, at, "calculate", rule, &e),
        }
    }
}

/// Clients add these to `meta` on their own.
fn known_to_clients(frame: &Frame<'_>, at: NodeId) -> bool {
    let tree = &frame.live.tree;
    tree.name(at) == "meta" || tree.name(tree.parent(at)) == "meta"
}

fn values_of(
    eval: &Eval<'_, '_>,
    rows: &crate::xpath::Program,
    itemset: &Itemset,
) -> Result<HashSet<String>, EvalError> {
    eval.nodes(rows)?.iter().map(|row| eval.text_at(&itemset.value, row)).collect()
}

/// The form's own message, in its default language.
fn own_words(form: &Form, label: Option<&Label>) -> String {
    label.map(|label| format!("：{}", form.itext.plain(label, None))).unwrap_or_default()
}

/// Equal as text, as numbers (clients round differently), or as moments.
fn agrees(sent: &str, computed: &str, zone: i64) -> bool {
    if sent == computed {
        return true;
    }
    if let (Ok(a), Ok(b)) = (sent.parse::<f64>(), computed.parse::<f64>()) {
        return (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
    }
    match (parse_moment(sent, zone), parse_moment(computed, zone)) {
        (Some((a, _)), Some((b, _))) => a == b,
        _ => false,
    }
}
