//! XML in an arena: elements, attributes and text by number, in document order, with interned names.
//!
//! Names match by their local part: forms and clients disagree about prefixes (`meta`, `orx:meta`), and no form uses the
//! same local name twice with different meanings. The raw name is kept, so that writing gives back what was read.

mod error;
mod names;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::borrow::Cow;
use std::collections::HashMap;

pub use error::XmlError;
pub(crate) use names::NameTable;
pub use read::Limits;

/// A node by its number; numbers ascend in document order.
pub type NodeId = u32;
/// A name by its number within one tree.
pub type NameId = u32;

/// No node, no name.
pub const NONE: u32 = u32::MAX;
/// The document itself, parent of the root element.
pub const DOCUMENT: NodeId = 0;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The document.
    Document,
    /// An element.
    Element,
    /// An attribute.
    Attribute,
    /// Text beside elements; a leaf keeps its text itself.
    Text,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub kind: Kind,
    pub name: NameId,
    pub raw: u32,
    pub parent: NodeId,
    pub first_child: NodeId,
    pub last_child: NodeId,
    pub next: NodeId,
    pub previous: NodeId,
    pub first_attribute: NodeId,
    /// Child elements.
    pub children: u32,
    /// Position among siblings of the same name, from 1.
    pub nth: u32,
    text_at: u32,
    text_len: u32,
}

/// One XML document.
#[derive(Debug, Clone)]
pub struct Tree {
    pub(crate) nodes: Vec<Node>,
    text: String,
    names: NameTable,
    raws: NameTable,
    /// While building: for parents of many children, the last position by name.
    wide: HashMap<NodeId, HashMap<NameId, u32>>,
}

/// Children from which a parent counts as wide.
const WIDE: u32 = 16;

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree {
    /// A document without an element.
    pub fn new() -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            text: String::new(),
            names: NameTable::default(),
            raws: NameTable::default(),
            wide: HashMap::new(),
        };
        tree.nodes.push(blank(Kind::Document, NONE, NONE, NONE));
        tree
    }

    /// The root element; [`NONE`] in an empty document.
    pub fn root(&self) -> NodeId {
        self.children(DOCUMENT).next().unwrap_or(NONE)
    }

    /// How many nodes there are, the document included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// What `id` is.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// The parent of `id`; [`NONE`] for the document.
    pub fn parent(&self, id: NodeId) -> NodeId {
        self.node(id).parent
    }

    /// The local name of `id`, empty for text and the document.
    pub fn name(&self, id: NodeId) -> &str {
        self.names.get(self.node(id).name)
    }

    /// The name of `id` as written, with its prefix.
    pub fn raw_name(&self, id: NodeId) -> &str {
        self.raws.get(self.node(id).raw)
    }

    /// The namespace of `id` by the declarations around it.
    pub fn namespace(&self, id: NodeId) -> &str {
        let prefix = self.raw_name(id).split_once(':').map_or("", |(prefix, _)| prefix);
        if prefix.is_empty() && self.kind(id) == Kind::Attribute {
            return "";
        }
        let declares = |raw: &str| match prefix {
            "" => raw == "xmlns",
            prefix => raw.strip_prefix("xmlns:") == Some(prefix),
        };
        std::iter::successors(Some(id), |&at| some(self.parent(at)))
            .find_map(|at| self.attributes(at).find(|&a| declares(self.raw_name(a))))
            .map_or("", |a| self.own_text(a))
    }

    /// The number of a local name in this tree, if any node bears it.
    pub fn name_id(&self, name: &str) -> NameId {
        self.names.find(name)
    }

    /// Position of `id` among its siblings of the same name, from 1.
    pub fn nth(&self, id: NodeId) -> u32 {
        self.node(id).nth
    }

    /// The child elements of `id`.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.child_nodes(id).filter(|&child| self.node(child).kind == Kind::Element)
    }

    /// Child elements and texts.
    pub fn child_nodes(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(some(self.node(id).first_child), |&at| some(self.node(at).next))
    }

    /// The attributes of `id`, namespace declarations included.
    pub fn attributes(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(some(self.node(id).first_attribute), |&at| some(self.node(at).next))
    }

    /// The value of the attribute with this local name.
    pub fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.attribute_node(id, name).map(|at| self.own_text(at))
    }

    pub(crate) fn attribute_node(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.attributes(id).find(|&at| self.name(at) == name && !self.declares_namespace(at))
    }

    /// Whether `id` is `xmlns` or `xmlns:…`.
    pub(crate) fn declares_namespace(&self, id: NodeId) -> bool {
        let raw = self.raw_name(id);
        raw == "xmlns" || raw.starts_with("xmlns:")
    }

    /// The first child element with this local name.
    pub fn child(&self, id: NodeId, name: &str) -> Option<NodeId> {
        let wanted = self.name_id(name);
        self.children(id).find(|&child| self.node(child).name == wanted)
    }

    /// Whether `id` has no child element.
    pub fn is_leaf(&self, id: NodeId) -> bool {
        self.node(id).children == 0
    }

    /// The text kept at the node itself.
    pub fn own_text(&self, id: NodeId) -> &str {
        let node = self.node(id);
        &self.text[node.text_at as usize..(node.text_at + node.text_len) as usize]
    }

    /// XPath's string value: the text of the node and all its descendants.
    pub fn value(&self, id: NodeId) -> Cow<'_, str> {
        if self.node(id).first_child == NONE {
            return Cow::Borrowed(self.own_text(id));
        }
        let mut out = String::new();
        for at in self.descendants(id) {
            if self.node(at).kind != Kind::Attribute {
                out.push_str(self.own_text(at));
            }
        }
        Cow::Owned(out)
    }

    /// `id` and everything below it in document order, without attributes.
    pub fn descendants(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(id), move |&at| self.after(at, id))
    }

    fn after(&self, at: NodeId, top: NodeId) -> Option<NodeId> {
        let node = self.node(at);
        if node.first_child != NONE {
            return Some(node.first_child);
        }
        let mut up = at;
        while up != top {
            let node = self.node(up);
            if node.next != NONE {
                return Some(node.next);
            }
            up = node.parent;
        }
        None
    }

    /// The elements from the root element down to `id`.
    pub fn lineage(&self, id: NodeId) -> Vec<NodeId> {
        let mut out: Vec<NodeId> =
            std::iter::successors(Some(id), |&at| some(self.parent(at)).filter(|&up| up != DOCUMENT)).collect();
        out.reverse();
        out
    }

    /// The path of `id` without positions, such as `/data/member/name` or `/data/meta/entity/@id`.
    pub fn path(&self, id: NodeId) -> String {
        let mut out = String::new();
        for at in self.lineage(id) {
            out.push('/');
            if self.kind(at) == Kind::Attribute {
                out.push('@');
            }
            out.push_str(self.name(at));
        }
        out
    }

    /// Replaces the content of a leaf or an attribute.
    pub fn set_text(&mut self, id: NodeId, text: &str) {
        if self.own_text(id) == text {
            return;
        }
        let at = self.text.len() as u32;
        self.text.push_str(text);
        let node = &mut self.nodes[id as usize];
        node.text_at = at;
        node.text_len = text.len() as u32;
    }

    pub(crate) fn push_element(&mut self, parent: NodeId, raw: &str) -> NodeId {
        let (name, raw) = (self.names.intern(local_part(raw)), self.raws.intern(raw));
        let id = self.nodes.len() as NodeId;
        let mut node = blank(Kind::Element, name, raw, parent);
        node.nth = self.next_nth(parent, name);
        self.nodes.push(node);
        self.nodes[parent as usize].children += 1;
        self.link(parent, id);
        id
    }

    /// Repeats follow each other, so the answer is mostly one node away; elsewhere wide parents keep a count by name.
    fn next_nth(&mut self, parent: NodeId, name: NameId) -> u32 {
        let last = self.node(parent).last_child;
        if last == NONE {
            return 1;
        }
        if let Some(counts) = self.wide.get_mut(&parent) {
            let count = counts.entry(name).or_insert(0);
            *count += 1;
            return *count;
        }
        let node = self.node(last);
        if node.kind == Kind::Element && node.name == name {
            return node.nth + 1;
        }
        let mut counts: HashMap<NameId, u32> = HashMap::new();
        for child in self.children(parent) {
            counts.insert(self.node(child).name, self.node(child).nth);
        }
        let nth = counts.get(&name).map_or(1, |nth| nth + 1);
        if self.node(parent).children >= WIDE {
            counts.insert(name, nth);
            self.wide.insert(parent, counts);
        }
        nth
    }

    fn link(&mut self, parent: NodeId, id: NodeId) {
        let last = self.nodes[parent as usize].last_child;
        if last == NONE {
            self.nodes[parent as usize].first_child = id;
        } else {
            self.nodes[last as usize].next = id;
            self.nodes[id as usize].previous = last;
        }
        self.nodes[parent as usize].last_child = id;
    }

    pub(crate) fn push_attribute(&mut self, element: NodeId, raw: &str, value: &str) -> NodeId {
        let (name, raw) = (self.names.intern(local_part(raw)), self.raws.intern(raw));
        let id = self.nodes.len() as NodeId;
        self.nodes.push(blank(Kind::Attribute, name, raw, element));
        let mut last = self.nodes[element as usize].first_attribute;
        if last == NONE {
            self.nodes[element as usize].first_attribute = id;
        } else {
            while self.nodes[last as usize].next != NONE {
                last = self.nodes[last as usize].next;
            }
            self.nodes[last as usize].next = id;
        }
        self.set_text(id, value);
        id
    }

    pub(crate) fn push_text(&mut self, parent: NodeId, text: &str) {
        let id = self.nodes.len() as NodeId;
        self.nodes.push(blank(Kind::Text, NONE, NONE, parent));
        self.link(parent, id);
        self.set_text(id, text);
    }

    /// Copies `from` of another tree below `parent`, leaving out what `skip` names. `parent` must be on the path of the
    /// last node, or [`Tree::renumbered`] must follow, because numbers ascend in document order.
    pub(crate) fn copy_below(
        &mut self,
        parent: NodeId,
        other: &Self,
        from: NodeId,
        skip: &mut dyn FnMut(&Self, NodeId) -> bool,
    ) -> NodeId {
        let id = self.push_element(parent, other.raw_name(from));
        for at in other.attributes(from) {
            if !skip(other, at) {
                self.push_attribute(id, other.raw_name(at), other.own_text(at));
            }
        }
        self.set_text(id, other.own_text(from));
        let children: Vec<NodeId> = other.child_nodes(from).collect();
        for child in children {
            if other.kind(child) == Kind::Text {
                self.push_text(id, other.own_text(child));
            } else if !skip(other, child) {
                self.copy_below(id, other, child, skip);
            }
        }
        id
    }

    /// Forgets what only building needs.
    pub(crate) fn built(mut self) -> Self {
        self.wide = HashMap::new();
        self
    }

    /// The same document with its nodes numbered in document order again and unused text dropped.
    pub(crate) fn renumbered(&self) -> Self {
        let mut tree = Self::new();
        if self.root() != NONE {
            tree.copy_below(DOCUMENT, self, self.root(), &mut |_, _| false);
        }
        tree.built()
    }
}

fn blank(kind: Kind, name: NameId, raw: u32, parent: NodeId) -> Node {
    Node {
        kind,
        name,
        raw,
        parent,
        first_child: NONE,
        last_child: NONE,
        next: NONE,
        previous: NONE,
        first_attribute: NONE,
        children: 0,
        nth: 1,
        text_at: 0,
        text_len: 0,
    }
}

pub(crate) fn some(id: u32) -> Option<u32> {
    (id != NONE).then_some(id)
}

/// The name without its prefix.
pub(crate) fn local_part(raw: &str) -> &str {
    raw.rsplit_once(':').map_or(raw, |(_, local)| local)
}
