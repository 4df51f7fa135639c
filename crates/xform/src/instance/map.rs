//! Which node of an instance is which node of its form, and an instance with everything its form knows.

use std::collections::HashMap;

use crate::model::{Form, NodeIx, NodeKind};
use crate::tree::{DOCUMENT, Kind, NameId, NodeId, Tree};

/// For each node of the tree, the form's node with the same path.
pub(crate) fn mapped(form: &Form, tree: &Tree) -> Vec<Option<NodeIx>> {
    let mut out: Vec<Option<NodeIx>> = vec![None; tree.len()];
    let mut known: HashMap<(Option<NodeIx>, NameId, Kind), Option<NodeIx>> = HashMap::new();
    for at in 1..tree.len() as NodeId {
        let node = tree.node(at);
        if node.kind == Kind::Text || tree.declares_namespace(at) {
            continue;
        }
        let parent = out[node.parent as usize];
        if parent.is_none() && node.parent != DOCUMENT {
            continue;
        }
        let found = *known.entry((parent, node.name, node.kind)).or_insert_with(|| {
            let above = parent.map_or("", |ix| &form.nodes[ix].path);
            let mark = if node.kind == Kind::Attribute { "@" } else { "" };
            form.index(&format!("{above}/{mark}{}", tree.name(at)))
        });
        out[at as usize] = found;
    }
    out
}

/// The path of a node with the positions of the repeats around it: `/data/member[2]/name`.
pub(crate) fn place(form: &Form, tree: &Tree, mapping: &[Option<NodeIx>], id: NodeId) -> String {
    let mut out = String::new();
    for at in tree.lineage(id) {
        out.push('/');
        if tree.kind(at) == Kind::Attribute {
            out.push('@');
        }
        out.push_str(tree.name(at));
        let repeat =
            mapping.get(at as usize).copied().flatten().is_some_and(|ix| form.nodes[ix].kind == NodeKind::Repeat);
        if repeat || tree.nth(at) > 1 {
            out.push_str(&format!("[{}]", tree.nth(at)));
        }
    }
    out
}

/// The instance with every node of the form that it leaves out (clients drop what is not relevant), blank, in the order
/// of the form. Repeats are not added. Nodes that the form does not know follow the others.
pub(crate) fn completed(form: &Form, tree: &Tree) -> Tree {
    let mut children: Vec<Vec<NodeIx>> = vec![Vec::new(); form.nodes.len()];
    for (ix, node) in form.nodes.iter().enumerate() {
        if let Some(parent) = node.parent {
            children[parent].push(ix);
        }
    }
    let mut work = Complete { form, tree, mapping: mapped(form, tree), children, out: Tree::new() };
    if work.mapping.get(tree.root() as usize).copied().flatten().is_none() {
        return tree.clone();
    }
    work.element(DOCUMENT, tree.root());
    work.out.built()
}

struct Complete<'a> {
    form: &'a Form,
    tree: &'a Tree,
    mapping: Vec<Option<NodeIx>>,
    children: Vec<Vec<NodeIx>>,
    out: Tree,
}

impl Complete<'_> {
    fn element(&mut self, parent: NodeId, id: NodeId) {
        let Some(ix) = self.mapping[id as usize] else {
            self.out.copy_below(parent, self.tree, id, &mut |_, _| false);
            return;
        };
        let made = self.out.push_element(parent, self.tree.raw_name(id));
        for at in self.tree.attributes(id) {
            self.out.push_attribute(made, self.tree.raw_name(at), self.tree.own_text(at));
        }
        self.missing_attributes(made, id, ix);
        self.out.set_text(made, self.tree.own_text(id));
        let mut by_form: HashMap<NodeIx, Vec<NodeId>> = HashMap::new();
        let mut unknown = Vec::new();
        for child in self.tree.child_nodes(id) {
            match self.mapping[child as usize] {
                Some(ix) => by_form.entry(ix).or_default().push(child),
                None => unknown.push(child),
            }
        }
        for child in self.children[ix].clone() {
            match by_form.remove(&child) {
                Some(found) => found.into_iter().for_each(|at| self.element(made, at)),
                None => self.blank(made, child),
            }
        }
        for at in unknown {
            if self.tree.kind(at) == Kind::Text {
                self.out.push_text(made, self.tree.own_text(at));
            } else {
                self.element(made, at);
            }
        }
    }

    fn missing_attributes(&mut self, made: NodeId, id: NodeId, ix: NodeIx) {
        for child in self.children[ix].clone() {
            let node = &self.form.nodes[child];
            if node.kind == NodeKind::Attribute && self.tree.attribute_node(id, &node.name).is_none() {
                self.out.push_attribute(made, &node.name, "");
            }
        }
    }

    fn blank(&mut self, parent: NodeId, ix: NodeIx) {
        let node = &self.form.nodes[ix];
        // An entity block that a client left out must not appear as if it had been sent.
        if matches!(node.kind, NodeKind::Repeat | NodeKind::Attribute) || node.name == "entity" {
            return;
        }
        let made = self.out.push_element(parent, &node.name);
        for child in self.children[ix].clone() {
            self.blank(made, child);
        }
    }
}
