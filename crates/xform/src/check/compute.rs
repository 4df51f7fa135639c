//! Relevance and calculations, in the order the form's dependencies give.

use super::{Finding, FindingKind};
use crate::instance::{Instance, completed, mapped, place};
use crate::message::Message;
use crate::model::{DataType, Facet, Form, NodeIx, NodeKind};
use crate::tree::{DOCUMENT, NodeId, Tree};
use crate::xpath::{Eval, EvalError, Live, Outside, Program, Session, Value, format_number};

/// An instance laid beside its form.
pub(super) struct Frame<'a> {
    pub form: &'a Form,
    pub session: Session<'a>,
    pub live: Live,
    pub mapping: Vec<Option<NodeIx>>,
    /// For each node of the form, where it occurs.
    pub places: Vec<Vec<NodeId>>,
    /// Rules that could not be evaluated, each once for a question.
    pub unable: Vec<Finding>,
    told: std::collections::HashSet<(NodeIx, &'static str)>,
}

impl<'a> Frame<'a> {
    pub fn new(form: &'a Form, tree: Tree, outside: &'a dyn Outside) -> Self {
        let mapping = mapped(form, &tree);
        let mut places = vec![Vec::new(); form.nodes.len()];
        for (at, ix) in mapping.iter().enumerate() {
            if let Some(ix) = ix {
                places[*ix].push(at as NodeId);
            }
        }
        let session = Session::new(form.names(), form, outside);
        let live = Live::new(tree, form.names());
        Self { form, session, live, mapping, places, unable: Vec::new(), told: Default::default() }
    }

    /// Computes relevance; with `values` also calculations, writing their results.
    pub fn settle(&mut self, values: bool) {
        for vertex in &self.form.order {
            for at in 0..self.places[vertex.node].len() {
                let node = self.places[vertex.node][at];
                match vertex.facet {
                    Facet::Relevance => self.settle_relevance(vertex.node, node),
                    Facet::Value if values => self.settle_value(vertex.node, node),
                    Facet::Value => {}
                }
            }
        }
        for at in 1..self.live.tree.len() {
            if self.mapping[at].is_none() {
                let parent = self.live.tree.parent(at as NodeId);
                self.live.relevant[at] = self.live.relevant[parent as usize];
            }
        }
    }

    fn settle_relevance(&mut self, ix: NodeIx, node: NodeId) {
        let parent = self.live.tree.parent(node);
        let above = parent == DOCUMENT || self.live.relevant[parent as usize];
        let own = match &self.form.nodes[ix].bind.relevant {
            Some(rule) if above => match Eval::new(&self.session, &self.live, node).boolean(rule) {
                Ok(own) => own,
                Err(e) => {
                    self.tell(ix, node, "relevant", rule, &e);
                    true
                }
            },
            _ => true,
        };
        self.live.relevant[node as usize] = above && own;
    }

    fn settle_value(&mut self, ix: NodeIx, node: NodeId) {
        let Some(rule) = &self.form.nodes[ix].bind.calculate else { return };
        let held = !self.live.tree.own_text(node).is_empty();
        if !self.live.relevant[node as usize] || (rule.is_volatile() && held) {
            return;
        }
        match self.calculated(ix, node, rule) {
            Ok(text) => self.live.tree.set_text(node, &text),
            Err(e) => self.tell(ix, node, "calculate", rule, &e),
        }
    }

    /// The result of a calculation as it is stored.
    pub fn calculated(&self, ix: NodeIx, node: NodeId, rule: &Program) -> Result<String, EvalError> {
        let eval = Eval::new(&self.session, &self.live, node);
        let value = eval.value(rule)?;
        let text = match value {
            Value::Number(n) if n.is_nan() => String::new(),
            Value::Number(n) if self.form.nodes[ix].bind.data_type == DataType::Int => format_number(n.trunc()),
            Value::Number(n) => format_number(n),
            _ => eval.text(rule)?,
        };
        Ok(match (self.form.nodes[ix].bind.data_type, text.split_once('T')) {
            (DataType::Date, Some((date, _))) if date.len() == 10 => date.to_owned(),
            _ => text,
        })
    }

    pub fn tell(&mut self, ix: NodeIx, node: NodeId, rule: &'static str, program: &Program, e: &EvalError) {
        if !self.told.insert((ix, rule)) {
            return;
        }
        let source = &program.source;
        let message = Message::new(
            format!("规则未能核对（{source}）：{}", e.message.zh),
            format!("rule not evaluated ({source}): {}", e.message.en),
        );
        let finding = self.finding(FindingKind::NotEvaluated, ix, node, message);
        self.unable.push(finding);
    }

    pub fn finding(&self, kind: FindingKind, ix: NodeIx, node: NodeId, message: Message) -> Finding {
        let form_node = &self.form.nodes[ix];
        let label = form_node.control.as_ref().and_then(|control| control.label.as_ref()).or(form_node.label.as_ref());
        Finding {
            kind,
            path: place(self.form, &self.live.tree, &self.mapping, node),
            label: label.map_or_else(|| form_node.name.clone(), |label| self.form.itext.plain(label, None)),
            message,
        }
    }
}

/// What is relevant in a submission, by node of its tree.
pub fn relevance(form: &Form, instance: &Instance, outside: &dyn Outside) -> Vec<bool> {
    let mut frame = Frame::new(form, instance.tree.clone(), outside);
    frame.settle(false);
    frame.live.relevant
}

/// The instance with all that its form knows, calculations computed anew and what is not relevant blank; and the rules
/// that could not be evaluated. Values that depend on clock or chance are kept once they are there.
pub fn recompute(form: &Form, instance: &Instance, outside: &dyn Outside) -> (Instance, Vec<Finding>) {
    let mut frame = Frame::new(form, completed(form, &instance.tree), outside);
    frame.settle(true);
    for at in 1..frame.live.tree.len() {
        let value = frame.mapping[at].is_some_and(|ix| form.nodes[ix].kind == NodeKind::Value);
        if value && !frame.live.relevant[at] {
            frame.live.tree.set_text(at as NodeId, "");
        }
    }
    (Instance { tree: frame.live.tree }, frame.unable)
}
