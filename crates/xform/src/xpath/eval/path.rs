//! Paths: steps, predicates, and the context that absolute paths take from repeats.

use super::super::ast::Axis;
use super::super::program::{PathOp, Predicate, Start, StepOp, Test};
use super::super::secondary::WORTH_AN_INDEX;
use super::super::session::Children;
use super::super::value::{NodeRef, NodeSet, Value};
use super::{Eval, Evaluated, Here};
use crate::tree::{DOCUMENT, Kind, NONE, NameId, NodeId, Tree};

/// Children from which looking one up by name is faster than looking through them.
const WIDE: u32 = 24;

impl<'s> Eval<'s, '_> {
    pub(super) fn path(&self, path: &PathOp, here: Here) -> Evaluated<NodeSet> {
        let mut contextual = false;
        let mut set = match &path.start {
            Start::Root => {
                contextual = true;
                NodeSet::one(NodeRef { tree: 0, node: DOCUMENT })
            }
            Start::Context => NodeSet::one(here.node),
            Start::Filter(from, predicates) => {
                let nodes = self.node_set(from, here)?;
                if predicates.is_empty() { nodes } else { self.filtered(nodes.iter().collect(), predicates)? }
            }
        };
        for (at, step) in path.steps.iter().enumerate() {
            contextual = contextual && at + 1 < path.steps.len();
            match self.on_lineage(step, at).filter(|_| contextual) {
                Some(node) => set = NodeSet::one(NodeRef { tree: 0, node }),
                None => {
                    contextual = false;
                    set = self.step(&set, step)?;
                }
            }
        }
        Ok(set.retain(|node| node.tree != 0 || self.live.relevant[node.node as usize]))
    }

    pub(super) fn lineage(&self) -> &[NodeId] {
        self.lineage.get_or_init(|| self.live.tree.lineage(self.current.node))
    }

    /// The ancestor of the question at this depth, if the step names it without conditions.
    fn on_lineage(&self, step: &StepOp, at: usize) -> Option<NodeId> {
        let Test::Name(ix) = step.test else { return None };
        if step.axis != Axis::Child || !step.predicates.is_empty() {
            return None;
        }
        let node = *self.lineage().get(at)?;
        (self.live.tree.node(node).name == self.live.name(ix)).then_some(node)
    }

    pub(super) fn name_in(&self, tree: u32, ix: u32) -> NameId {
        if tree == 0 { self.live.name(ix) } else { self.session.name_in(tree, ix) }
    }

    fn step(&self, from: &NodeSet, step: &StepOp) -> Evaluated<NodeSet> {
        let mut out = NodeSet::default();
        for node in from.iter() {
            if let Some(rows) = self.indexed(node, step)? {
                let rest = self.filtered(rows, &step.predicates[1..])?;
                rest.iter().for_each(|found| out.push(found));
                continue;
            }
            let found = self.found(node, step)?;
            if step.predicates.is_empty() {
                found.into_iter().for_each(|found| out.push(found));
            } else {
                self.filtered(found, &step.predicates)?.iter().for_each(|found| out.push(found));
            }
        }
        let in_order = from.len() <= 1 && !is_reverse(step.axis);
        let disjoint = matches!(step.axis, Axis::Child | Axis::Attribute | Axis::SelfAxis);
        Ok(if in_order || disjoint { out } else { out.ordered() })
    }

    /// The rows of a large table whose column has a given text, without looking through the table.
    fn indexed(&self, node: NodeRef, step: &StepOp) -> Evaluated<Option<Vec<NodeRef>>> {
        let (Some(Predicate::Equals { column, key, .. }), Test::Name(item)) = (step.predicates.first(), step.test)
        else {
            return Ok(None);
        };
        if node.tree == 0 || step.axis != Axis::Child || self.tree(node.tree).node(node.node).children < WORTH_AN_INDEX
        {
            return Ok(None);
        }
        let key = match self.op(key, self.here())? {
            Value::Text(text) => text.to_string(),
            Value::Nodes(nodes) if nodes.len() == 1 => self.to_text(&Value::Nodes(nodes)).into_owned(),
            _ => return Ok(None),
        };
        if key.is_empty() {
            return Ok(None);
        }
        let (item, column) = (self.session.name_in(node.tree, item), self.session.name_in(node.tree, *column));
        let rows = self.session.source(node.tree).rows(node.node, item, column, &key);
        self.spend(rows.len() as u64 + 1)?;
        Ok(Some(rows.into_iter().map(|row| NodeRef { tree: node.tree, node: row }).collect()))
    }

    /// The nodes of a step from one node, those nearest first.
    fn found(&self, from: NodeRef, step: &StepOp) -> Evaluated<Vec<NodeRef>> {
        let tree = self.tree(from.tree);
        let mut out = Vec::new();
        let name = match step.test {
            Test::Name(ix) => self.name_in(from.tree, ix),
            _ => NONE,
        };
        let mut take = |node: NodeId| {
            if passes(tree, node, step.axis, step.test, name) {
                out.push(NodeRef { tree: from.tree, node });
            }
        };
        let mut looked = 0;
        let mut look = |node: NodeId| {
            looked += 1;
            take(node);
        };
        match step.axis {
            Axis::SelfAxis => look(from.node),
            Axis::Parent => some_node(tree.parent(from.node)).into_iter().for_each(&mut look),
            Axis::Child => match (step.test, self.children(from, tree)) {
                (Test::Name(_), Some(by_name)) => {
                    by_name.get(&name).into_iter().flatten().copied().for_each(&mut look);
                }
                (Test::Text, _) if tree.is_leaf(from.node) => look(from.node),
                _ => tree.child_nodes(from.node).for_each(&mut look),
            },
            Axis::Attribute => {
                tree.attributes(from.node).filter(|&at| !tree.declares_namespace(at)).for_each(&mut look);
            }
            Axis::Descendant => tree.descendants(from.node).skip(1).for_each(&mut look),
            Axis::DescendantOrSelf => tree.descendants(from.node).for_each(&mut look),
            Axis::Ancestor => up(tree, from.node).skip(1).for_each(&mut look),
            Axis::AncestorOrSelf => up(tree, from.node).for_each(&mut look),
            Axis::FollowingSibling => after(tree, from.node).for_each(&mut look),
            Axis::PrecedingSibling => before(tree, from.node).for_each(&mut look),
            Axis::Following => up(tree, from.node)
                .flat_map(|at| after(tree, at))
                .flat_map(|at| tree.descendants(at))
                .for_each(&mut look),
            Axis::Preceding => {
                for at in up(tree, from.node).flat_map(|at| before(tree, at)) {
                    let below: Vec<NodeId> = tree.descendants(at).collect();
                    below.into_iter().rev().for_each(&mut look);
                }
            }
        }
        self.spend(looked)?;
        Ok(out)
    }

    /// The children by name, for nodes of the form's instance that have many.
    fn children(&self, from: NodeRef, tree: &Tree) -> Option<Children> {
        if from.tree != 0 || tree.node(from.node).children < WIDE {
            return None;
        }
        let mut wide = self.session.wide.borrow_mut();
        let children = wide.entry(from.node).or_insert_with(|| {
            let mut by_name: std::collections::HashMap<NameId, Vec<NodeId>> = std::collections::HashMap::new();
            for child in tree.children(from.node) {
                by_name.entry(tree.node(child).name).or_default().push(child);
            }
            by_name.into()
        });
        Some(Children::clone(children))
    }

    fn filtered(&self, mut nodes: Vec<NodeRef>, predicates: &[Predicate]) -> Evaluated<NodeSet> {
        for predicate in predicates {
            let size = nodes.len();
            let mut kept = Vec::new();
            for (at, node) in nodes.into_iter().enumerate() {
                if self.holds(predicate, Here { node, among: Some((at + 1, size)) })? {
                    kept.push(node);
                }
            }
            nodes = kept;
        }
        Ok(nodes.into_iter().collect())
    }

    fn holds(&self, predicate: &Predicate, here: Here) -> Evaluated<bool> {
        let position = here.among.map_or(1, |(position, _)| position) as f64;
        match predicate {
            Predicate::Index(n) => Ok(*n == position),
            Predicate::Equals { general: op, .. } | Predicate::General(op) => Ok(match self.op(op, here)? {
                Value::Number(n) => n == position,
                value => self.to_bool(&value),
            }),
        }
    }
}

fn is_reverse(axis: Axis) -> bool {
    matches!(axis, Axis::Ancestor | Axis::AncestorOrSelf | Axis::PrecedingSibling | Axis::Preceding)
}

fn passes(tree: &Tree, node: NodeId, axis: Axis, test: Test, name: NameId) -> bool {
    let at = tree.node(node);
    let principal = if axis == Axis::Attribute { Kind::Attribute } else { Kind::Element };
    match test {
        Test::Name(_) => at.kind == principal && at.name == name && name != NONE,
        Test::Any => at.kind == principal,
        Test::Node => true,
        // A leaf keeps its text itself and stands for its text node, whose string value is the same.
        Test::Text => at.kind == Kind::Text || (at.first_child == NONE && !tree.own_text(node).is_empty()),
        Test::Nothing => false,
    }
}

fn some_node(id: NodeId) -> Option<NodeId> {
    (id != NONE).then_some(id)
}

fn up(tree: &Tree, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    std::iter::successors(Some(node), |&at| some_node(tree.parent(at)))
}

fn after(tree: &Tree, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let first = if tree.kind(node) == Kind::Attribute { NONE } else { tree.node(node).next };
    std::iter::successors(some_node(first), |&at| some_node(tree.node(at).next))
}

fn before(tree: &Tree, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    std::iter::successors(some_node(tree.node(node).previous), |&at| some_node(tree.node(at).previous))
}
