//! `indexed-repeat(target, repeat, index, …)`: the target's path with the given repeats at the given positions.

use super::super::ast::Axis;
use super::super::error::EvalError;
use super::super::program::{Op, Start, Test};
use super::super::value::{NodeRef, NodeSet, Value};
use super::{Eval, Evaluated, Here};
use crate::tree::{DOCUMENT, NameId, NodeId};

impl Eval<'_, '_> {
    pub(super) fn indexed_repeat(&self, args: &[Op], here: Here) -> Evaluated<Value> {
        let target = self.plain_path(&args[0], here)?;
        let mut wanted: Vec<(usize, u32)> = Vec::new();
        for pair in args[1..].chunks_exact(2) {
            let repeat = self.plain_path(&pair[0], here)?;
            if !target.starts_with(&repeat) {
                return Err(EvalError::wrong_type(
                    "indexed-repeat() 的重复组不包含要取的问题",
                    "indexed-repeat(): the repeat does not hold the question",
                ));
            }
            let index = self.to_number(&self.op(&pair[1], here)?);
            // JavaRosa reads what is not a position as the first; it happens while a new repeat is being made.
            wanted.push((repeat.len(), if index >= 1.0 { index as u32 } else { 1 }));
        }
        let nodes = self.walk(&target, &wanted);
        Ok(Value::Nodes(nodes.retain(|node| self.live.relevant[node.node as usize])))
    }

    fn walk(&self, target: &[NameId], wanted: &[(usize, u32)]) -> NodeSet {
        let tree = &self.live.tree;
        let mut at: Vec<NodeId> = vec![DOCUMENT];
        let mut contextual = true;
        for (depth, name) in target.iter().enumerate() {
            let own = self.lineage().get(depth).copied().filter(|&node| contextual && tree.node(node).name == *name);
            let index = wanted.iter().find(|(length, _)| *length == depth + 1).map(|(_, index)| *index);
            at = match (index, own) {
                (Some(index), own) => {
                    contextual = own.is_some_and(|node| tree.nth(node) == index);
                    below(self, &at, *name).into_iter().filter(|&node| tree.nth(node) == index).collect()
                }
                (None, Some(own)) if depth + 1 < target.len() => vec![own],
                _ => {
                    contextual = false;
                    below(self, &at, *name)
                }
            };
        }
        at.into_iter().map(|node| NodeRef { tree: 0, node }).collect()
    }

    /// The names from the root for a path of plain steps.
    fn plain_path(&self, op: &Op, here: Here) -> Evaluated<Vec<NameId>> {
        let refused = || {
            EvalError::wrong_type(
                "indexed-repeat() 只接受问题和重复组的路径",
                "indexed-repeat() takes paths of questions and repeats",
            )
        };
        let Op::Path(path) = op else { return Err(refused()) };
        let names = |node: NodeRef| -> Vec<NameId> {
            self.live.tree.lineage(node.node).iter().map(|&at| self.live.tree.node(at).name).collect()
        };
        let mut out = match &path.start {
            Start::Root => Vec::new(),
            Start::Context if here.node.tree == 0 => names(here.node),
            Start::Filter(Op::Call(super::super::function::Func::Current, _), _) => names(self.current),
            _ => return Err(refused()),
        };
        for step in &path.steps {
            match (step.axis, step.test) {
                (Axis::Child, Test::Name(ix)) => out.push(self.live.name(ix)),
                (Axis::Parent, _) => {
                    out.pop();
                }
                (Axis::SelfAxis, _) => {}
                _ => return Err(refused()),
            }
        }
        Ok(out)
    }
}

fn below(eval: &Eval<'_, '_>, at: &[NodeId], name: NameId) -> Vec<NodeId> {
    let tree = &eval.live.tree;
    at.iter().flat_map(|&node| tree.children(node)).filter(|&node| tree.node(node).name == name).collect()
}
