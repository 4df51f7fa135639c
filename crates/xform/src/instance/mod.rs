//! A submission: its XML → [`Instance`], which can be read, changed, written, laid out in rows, and asked which entities
//! it makes or changes.

mod blank;
mod entity;
mod map;
mod rows;
#[cfg(test)]
mod tests;

pub use blank::blank;
pub use entity::{EntityChange, entity_changes};
pub(crate) use map::{completed, mapped, place};
pub use rows::{Row, Table, rows};

use crate::model::{Form, FormNode};
use crate::tree::{DOCUMENT, Kind, Limits, NodeId, Tree, XmlError, local_part};

/// A submission or draft.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Its content.
    pub tree: Tree,
}

impl Instance {
    /// Reads a submission's XML with the usual limits.
    ///
    /// # Errors
    /// What [`Tree::parse_bytes`] refuses.
    pub fn parse(xml: &[u8]) -> Result<Self, XmlError> {
        Self::parse_within(xml, Limits::default())
    }

    /// As [`Instance::parse`], with other limits.
    ///
    /// # Errors
    /// What [`Tree::parse_bytes`] refuses.
    pub fn parse_within(xml: &[u8], limits: Limits) -> Result<Self, XmlError> {
        Ok(Self { tree: Tree::parse_bytes(xml, limits)? })
    }

    /// The form it says it belongs to; empty when it says nothing.
    pub fn form_id(&self) -> &str {
        self.root_attribute("id")
    }

    /// The form's version; empty when none is given.
    pub fn version(&self) -> &str {
        self.root_attribute("version")
    }

    fn root_attribute(&self, name: &str) -> &str {
        self.tree.attribute(self.tree.root(), name).unwrap_or("").trim()
    }

    /// A value of the `meta` block by its name without prefix; `None` when missing or empty.
    pub fn meta(&self, name: &str) -> Option<&str> {
        let meta = self.tree.child(self.tree.root(), "meta")?;
        let text = self.tree.own_text(self.tree.child(meta, name)?).trim();
        (!text.is_empty()).then_some(text)
    }

    /// `uuid:…`; also where old clients put it, on the root element.
    pub fn instance_id(&self) -> Option<&str> {
        self.meta("instanceID").or_else(|| self.tree.attribute(self.tree.root(), "instanceID"))
    }

    /// The submission's own name.
    pub fn instance_name(&self) -> Option<&str> {
        self.meta("instanceName")
    }

    /// The instanceID of the submission that this one replaces.
    pub fn deprecated_id(&self) -> Option<&str> {
        self.meta("deprecatedID")
    }

    /// When filling in began.
    pub fn time_start(&self) -> Option<&str> {
        self.meta("timeStart")
    }

    /// When it ended.
    pub fn time_end(&self) -> Option<&str> {
        self.meta("timeEnd")
    }

    /// The node at a path such as `/data/member[2]/name`; a step without position means the first.
    pub fn find(&self, path: &str) -> Option<NodeId> {
        let mut at = DOCUMENT;
        for step in path.strip_prefix('/')?.split('/') {
            if let Some(name) = step.strip_prefix('@') {
                at = self.tree.attribute_node(at, local_part(name))?;
                continue;
            }
            let (name, nth) = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
                Some((name, nth)) => (name, nth.parse().ok()?),
                None => (step, 1),
            };
            let name = self.tree.name_id(local_part(name));
            at = self.tree.children(at).find(|&child| {
                let node = self.tree.node(child);
                node.name == name && node.nth == nth
            })?;
        }
        Some(at)
    }

    /// The value at a path.
    pub fn value(&self, path: &str) -> Option<&str> {
        self.find(path).map(|at| self.tree.own_text(at))
    }

    /// Changes the value at a path; `false` when there is no such leaf.
    pub fn set(&mut self, path: &str, value: &str) -> bool {
        let found = self.find(path).filter(|&at| self.tree.is_leaf(at));
        if let Some(at) = found {
            self.tree.set_text(at, value);
        }
        found.is_some()
    }

    /// Makes this the successor of itself: the present instanceID becomes `deprecatedID`, `new_id` the instanceID.
    pub fn revise(&mut self, new_id: &str) {
        let old = self.instance_id().unwrap_or("").to_owned();
        self.set_meta("instanceID", new_id);
        if !old.is_empty() {
            self.set_meta("deprecatedID", &old);
        }
    }

    /// Sets a value of the `meta` block, making what is missing, in the namespace the block has.
    pub fn set_meta(&mut self, name: &str, value: &str) {
        let root = self.tree.root();
        let meta = self.tree.child(root, "meta").unwrap_or_else(|| self.tree.push_element(root, "meta"));
        let at = match self.tree.child(meta, name) {
            Some(at) => at,
            None => {
                let prefix = self.tree.raw_name(meta).split_once(':').map(|(prefix, _)| format!("{prefix}:{name}"));
                self.tree.push_element(meta, prefix.as_deref().unwrap_or(name))
            }
        };
        self.tree.set_text(at, value);
        self.tree = self.tree.renumbered();
    }

    /// Fills questions by what they ask for (their data element or entity property) before a person sees the form.
    /// Returns how many were filled. Inside repeats only rows that exist are filled.
    pub fn prefill(&mut self, form: &Form, mut known: impl FnMut(&FormNode) -> Option<String>) -> usize {
        let mapping = mapped(form, &self.tree);
        let mut filled = 0;
        for (at, ix) in mapping.iter().enumerate() {
            let Some(node) = ix.map(|ix| &form.nodes[ix]) else { continue };
            if node.bind.element.is_none() && node.bind.save_to.is_none() {
                continue;
            }
            if let Some(value) = known(node) {
                self.tree.set_text(at as NodeId, &value);
                filled += 1;
            }
        }
        filled
    }

    /// The submission as XML.
    pub fn to_xml(&self) -> String {
        self.tree.to_xml()
    }

    /// How many values it holds.
    pub fn leaves(&self) -> usize {
        self.tree
            .descendants(DOCUMENT)
            .filter(|&at| self.tree.kind(at) == Kind::Element && self.tree.is_leaf(at))
            .count()
    }
}
