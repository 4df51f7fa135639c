//! What an expression yields.

use std::sync::Arc;

use super::number::format_number;
use crate::tree::NodeId;

/// A node of one of the trees of a session; tree 0 is the form's own instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeRef {
    /// Which tree.
    pub tree: u32,
    /// Which node of it.
    pub node: NodeId,
}

/// Nodes in document order, each once. One node, the usual case, takes no allocation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeSet {
    first: Option<NodeRef>,
    rest: Vec<NodeRef>,
}

impl NodeSet {
    /// One node.
    pub fn one(node: NodeRef) -> Self {
        Self { first: Some(node), rest: Vec::new() }
    }

    /// The first node.
    pub fn first(&self) -> Option<NodeRef> {
        self.first
    }

    /// How many.
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = NodeRef> + '_ {
        self.first.into_iter().chain(self.rest.iter().copied())
    }

    pub(super) fn push(&mut self, node: NodeRef) {
        if self.first.is_none() {
            self.first = Some(node);
        } else {
            self.rest.push(node);
        }
    }

    /// Brings nodes that were collected from several places into order.
    pub(super) fn ordered(self) -> Self {
        if self.rest.is_empty() {
            return self;
        }
        let mut all: Vec<NodeRef> = self.iter().collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().collect()
    }

    pub(super) fn retain(self, mut keep: impl FnMut(NodeRef) -> bool) -> Self {
        if self.iter().all(&mut keep) {
            return self;
        }
        self.iter().filter(|node| keep(*node)).collect()
    }
}

impl FromIterator<NodeRef> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeRef>>(nodes: I) -> Self {
        let mut nodes = nodes.into_iter();
        Self { first: nodes.next(), rest: nodes.collect() }
    }
}

/// The four kinds of value of XPath 1.0; dates are text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Arc<str>),
    /// Nodes.
    Nodes(NodeSet),
}

impl Value {
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Arc::from(text.as_ref()))
    }

    /// The value as text when no tree is needed for it.
    pub(super) fn plain_text(&self) -> Option<String> {
        match self {
            Self::Bool(b) => Some(b.to_string()),
            Self::Number(n) => Some(format_number(*n)),
            Self::Text(text) => Some(text.to_string()),
            Self::Nodes(_) => None,
        }
    }
}
