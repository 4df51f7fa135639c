//! Conversions and comparisons.

use std::borrow::Cow;

use super::super::number::{format_number, parse_number};
use super::super::time::local_days;
use super::super::value::{NodeRef, NodeSet, Value};
use super::Eval;

/// How far apart equal numbers may be.
const NEAR: f64 = 1e-12;

fn same(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() < NEAR
}

impl<'s> Eval<'s, '_> {
    pub(super) fn to_text<'v>(&self, value: &'v Value) -> Cow<'v, str>
    where
        's: 'v,
    {
        match value {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Nodes(nodes) => self.first_text(nodes),
            Value::Bool(b) => Cow::Borrowed(if *b { "true" } else { "false" }),
            Value::Number(n) => Cow::Owned(format_number(*n)),
        }
    }

    fn first_text(&self, nodes: &NodeSet) -> Cow<'s, str> {
        nodes.first().map_or(Cow::Borrowed(""), |node| self.text_of(node))
    }

    pub(super) fn text_to_number(&self, text: &str) -> f64 {
        let n = parse_number(text);
        if n.is_nan() { local_days(text, self.session.outside.zone()).unwrap_or(f64::NAN) } else { n }
    }

    pub(super) fn to_number(&self, value: &Value) -> f64 {
        match value {
            Value::Number(n) => *n,
            Value::Bool(b) => f64::from(u8::from(*b)),
            Value::Text(text) => self.text_to_number(text),
            Value::Nodes(nodes) => self.text_to_number(&self.first_text(nodes)),
        }
    }

    pub(super) fn node_number(&self, node: NodeRef) -> f64 {
        self.text_to_number(&self.text_of(node))
    }

    /// Text is true unless empty, so "0" and "false" are true; nodes are true when one has content.
    pub(super) fn to_bool(&self, value: &Value) -> bool {
        match value {
            Value::Bool(b) => *b,
            Value::Number(n) => n.abs() > NEAR && !n.is_nan(),
            Value::Text(text) => !text.is_empty(),
            Value::Nodes(nodes) => nodes.iter().any(|node| self.has_content(node)),
        }
    }

    pub(super) fn has_content(&self, node: NodeRef) -> bool {
        let tree = self.tree(node.tree);
        !tree.is_leaf(node.node) || !tree.own_text(node.node).is_empty()
    }

    pub(super) fn equal(&self, left: &Value, right: &Value) -> bool {
        match (left, right) {
            (Value::Bool(a), b) | (b, Value::Bool(a)) => *a == self.to_bool(b),
            (Value::Number(a), b) | (b, Value::Number(a)) => self.any_number(b, |b| same(*a, b)),
            (Value::Nodes(a), Value::Nodes(b)) => self.any_text(b, |b| self.any_text(a, |a| a == b)),
            (Value::Nodes(nodes), Value::Text(text)) | (Value::Text(text), Value::Nodes(nodes)) => {
                self.any_text(nodes, |node| node == &**text)
            }
            (Value::Text(a), Value::Text(b)) => a == b,
        }
    }

    pub(super) fn unequal(&self, left: &Value, right: &Value) -> bool {
        match (left, right) {
            (Value::Bool(a), b) | (b, Value::Bool(a)) => *a != self.to_bool(b),
            (Value::Number(a), b) | (b, Value::Number(a)) => self.any_number(b, |b| !same(*a, b)),
            (Value::Nodes(a), Value::Nodes(b)) => self.any_text(b, |b| self.any_text(a, |a| a != b)),
            (Value::Nodes(nodes), Value::Text(text)) | (Value::Text(text), Value::Nodes(nodes)) => {
                self.any_text(nodes, |node| node != &**text)
            }
            (Value::Text(a), Value::Text(b)) => a != b,
        }
    }

    pub(super) fn related(&self, left: &Value, right: &Value, holds: fn(f64, f64) -> bool) -> bool {
        self.any_number(left, |a| self.any_number(right, |b| holds(a, b)))
    }

    fn any_number(&self, value: &Value, test: impl Fn(f64) -> bool) -> bool {
        match value {
            Value::Nodes(nodes) if nodes.len() > 1 => nodes.iter().any(|node| test(self.node_number(node))),
            value => test(self.to_number(value)),
        }
    }

    /// No node counts as one empty text.
    fn any_text(&self, nodes: &NodeSet, test: impl Fn(&str) -> bool) -> bool {
        if nodes.is_empty() { test("") } else { nodes.iter().any(|node| test(&self.text_of(node))) }
    }
}
