//! [`Program`] → [`Value`], at one node of one instance.

mod coerce;
mod dates;
mod functions;
mod numbers;
mod path;
mod repeats;
mod text;

use std::borrow::Cow;
use std::cell::OnceCell;

use super::ast::BinaryOp;
use super::error::EvalError;
use super::program::{Op, Program};
use super::session::{Live, Session};
use super::value::{NodeRef, NodeSet, Value};
use crate::tree::{NodeId, Tree};

/// An evaluation at one node.
pub struct Eval<'s, 'a> {
    pub(super) session: &'s Session<'a>,
    pub(super) live: &'s Live,
    /// The node whose expression this is; what `current()` gives.
    pub(super) current: NodeRef,
    lineage: OnceCell<Vec<NodeId>>,
}

/// The node at hand; inside a predicate also its position and how many there are.
#[derive(Clone, Copy)]
pub(super) struct Here {
    node: NodeRef,
    among: Option<(usize, usize)>,
}

type Evaluated<T> = Result<T, EvalError>;

impl<'s, 'a> Eval<'s, 'a> {
    /// An evaluation at `node` of the form's own instance.
    pub fn new(session: &'s Session<'a>, live: &'s Live, node: NodeId) -> Self {
        Self { session, live, current: NodeRef { tree: 0, node }, lineage: OnceCell::new() }
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// When it cannot be evaluated: not supported, an instance that is not there, a wrong type, too many steps.
    pub fn value(&self, program: &Program) -> Evaluated<Value> {
        self.op(&program.op, self.here())
    }

    /// The value as a truth value.
    ///
    /// # Errors
    /// As [`Eval::value`].
    pub fn boolean(&self, program: &Program) -> Evaluated<bool> {
        self.value(program).map(|value| self.to_bool(&value))
    }

    /// The value as text.
    ///
    /// # Errors
    /// As [`Eval::value`].
    pub fn text(&self, program: &Program) -> Evaluated<String> {
        self.value(program).map(|value| self.to_text(&value).into_owned())
    }

    /// The value as a number.
    ///
    /// # Errors
    /// As [`Eval::value`].
    pub fn number(&self, program: &Program) -> Evaluated<f64> {
        self.value(program).map(|value| self.to_number(&value))
    }

    /// The nodes that a path finds.
    ///
    /// # Errors
    /// As [`Eval::value`], and when the value is not nodes.
    pub fn nodes(&self, program: &Program) -> Evaluated<NodeSet> {
        match self.value(program)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(EvalError::wrong_type("这里需要一组节点", "nodes are needed here")),
        }
    }

    /// The value of an expression with another node at hand, such as a row of a choice list.
    ///
    /// # Errors
    /// As [`Eval::value`].
    pub fn text_at(&self, program: &Program, node: NodeRef) -> Evaluated<String> {
        let value = self.op(&program.op, Here { node, among: None })?;
        Ok(self.to_text(&value).into_owned())
    }

    fn here(&self) -> Here {
        Here { node: self.current, among: None }
    }

    /// The language of labels.
    pub fn language(&self) -> Option<&'s str> {
        self.session.outside.language()
    }

    pub(super) fn tree(&self, number: u32) -> &'s Tree {
        if number == 0 { &self.live.tree } else { &self.session.source(number).tree }
    }

    /// The text of a node.
    pub fn text_of(&self, node: NodeRef) -> Cow<'s, str> {
        self.tree(node.tree).value(node.node)
    }

    fn spend(&self, steps: u64) -> Evaluated<()> {
        let left = self.session.fuel.get();
        if left < steps {
            self.session.fuel.set(0);
            return Err(EvalError::budget());
        }
        self.session.fuel.set(left - steps);
        Ok(())
    }

    fn op(&self, op: &Op, here: Here) -> Evaluated<Value> {
        self.spend(1)?;
        Ok(match op {
            Op::Number(n) => Value::Number(*n),
            Op::Text(text) => Value::Text(text.clone()),
            Op::Or(list) => Value::Bool(self.any(list, here)?),
            Op::And(list) => Value::Bool(self.all(list, here)?),
            Op::Binary(op, left, right) => {
                let (left, right) = (self.op(left, here)?, self.op(right, here)?);
                self.binary(*op, &left, &right)
            }
            Op::Negate(inner) => Value::Number(-self.to_number(&self.op(inner, here)?)),
            Op::Union(left, right) => {
                let (left, right) = (self.node_set(left, here)?, self.node_set(right, here)?);
                Value::Nodes(left.iter().chain(right.iter()).collect::<NodeSet>().ordered())
            }
            Op::Call(func, args) => self.call(*func, args, here)?,
            Op::Regex(text, pattern) => {
                let text = self.op(text, here)?;
                Value::Bool(pattern.matches(&self.to_text(&text))?)
            }
            Op::Path(path) => Value::Nodes(self.path(path, here)?),
        })
    }

    fn any(&self, list: &[Op], here: Here) -> Evaluated<bool> {
        for part in list {
            if self.to_bool(&self.op(part, here)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn all(&self, list: &[Op], here: Here) -> Evaluated<bool> {
        for part in list {
            if !self.to_bool(&self.op(part, here)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn binary(&self, op: BinaryOp, left: &Value, right: &Value) -> Value {
        let numbers = |f: fn(f64, f64) -> f64| Value::Number(f(self.to_number(left), self.to_number(right)));
        match op {
            BinaryOp::Equal => Value::Bool(self.equal(left, right)),
            BinaryOp::NotEqual => Value::Bool(self.unequal(left, right)),
            BinaryOp::Less => Value::Bool(self.related(left, right, |a, b| a < b)),
            BinaryOp::LessEqual => Value::Bool(self.related(left, right, |a, b| a <= b)),
            BinaryOp::Greater => Value::Bool(self.related(left, right, |a, b| a > b)),
            BinaryOp::GreaterEqual => Value::Bool(self.related(left, right, |a, b| a >= b)),
            BinaryOp::Plus => numbers(|a, b| a + b),
            BinaryOp::Minus => numbers(|a, b| a - b),
            BinaryOp::Times => numbers(|a, b| a * b),
            BinaryOp::Div => numbers(|a, b| a / b),
            BinaryOp::Mod => numbers(|a, b| a % b),
        }
    }

    fn node_set(&self, op: &Op, here: Here) -> Evaluated<NodeSet> {
        match self.op(op, here)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(EvalError::wrong_type("这里需要一组节点", "nodes are needed here")),
        }
    }
}
