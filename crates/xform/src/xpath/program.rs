//! A checked expression, ready to run many times.

use std::sync::Arc;

use super::ast::{Axis, BinaryOp};
use super::function::Func;
use super::pattern::Pattern;
use crate::tree::NameTable;

/// Names that expressions mention, interned once for a form.
#[derive(Debug, Clone, Default)]
pub struct Names(pub(crate) NameTable);

/// A name by its number in [`Names`].
pub(super) type NameIx = u32;

/// A compiled expression. Names are numbers of the [`Names`] it was compiled with.
#[derive(Debug, Clone)]
pub struct Program {
    pub(super) op: Op,
    /// The text it was made from.
    pub source: Arc<str>,
    pub(super) facts: Facts,
}

impl Program {
    /// Whether the value depends on the clock, chance or earlier values (`now`, `today`, `random`, `uuid`, `once`, …), so
    /// that computing it again need not give the same.
    pub fn is_volatile(&self) -> bool {
        self.facts.volatile
    }

    /// The paths it reads, in a form for dependency graphs.
    pub(crate) fn paths(&self) -> &[PathRef] {
        &self.facts.paths
    }

    /// The ids given to `instance()` and `pulldata()` as literals.
    pub fn instances(&self) -> &[Arc<str>] {
        &self.facts.instances
    }

    /// The text it always is, when it is a literal.
    pub fn literal(&self) -> Option<&str> {
        match &self.op {
            Op::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value it always has, for `true()` and `false()`.
    pub fn constant(&self) -> Option<bool> {
        match &self.op {
            Op::Call(Func::True, _) => Some(true),
            Op::Call(Func::False, _) => Some(false),
            _ => None,
        }
    }
}

/// What is known about an expression without running it.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub volatile: bool,
    pub paths: Vec<PathRef>,
    pub instances: Vec<Arc<str>>,
}

/// A path that an expression reads, as steps from the root or from the question it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathRef {
    /// From the root; otherwise from the question.
    pub absolute: bool,
    /// Where it goes.
    pub moves: Vec<Move>,
}

/// A step of a [`PathRef`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Move {
    Up,
    Down(String),
    Attribute(String),
    /// Any element below, at whatever depth.
    Anything,
}

#[derive(Debug, Clone)]
pub(super) enum Op {
    Number(f64),
    Text(Arc<str>),
    Or(Box<[Op]>),
    And(Box<[Op]>),
    Binary(BinaryOp, Box<Op>, Box<Op>),
    Negate(Box<Op>),
    Union(Box<Op>, Box<Op>),
    Call(Func, Box<[Op]>),
    /// `regex` with a literal pattern.
    Regex(Box<Op>, Arc<Pattern>),
    Path(Box<PathOp>),
}

#[derive(Debug, Clone)]
pub(super) struct PathOp {
    pub start: Start,
    pub steps: Box<[StepOp]>,
}

#[derive(Debug, Clone)]
pub(super) enum Start {
    Root,
    Context,
    Filter(Op, Box<[Predicate]>),
}

#[derive(Debug, Clone)]
pub(super) struct StepOp {
    pub axis: Axis,
    pub test: Test,
    pub predicates: Box<[Predicate]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Name(NameIx),
    Any,
    Node,
    Text,
    Nothing,
}

#[derive(Debug, Clone)]
pub(super) enum Predicate {
    /// `[3]`
    Index(f64),
    /// `[name = x]`, where `x` does not depend on the node at hand, so that an index can answer.
    Equals {
        column: NameIx,
        key: Op,
        general: Op,
    },
    General(Op),
}
