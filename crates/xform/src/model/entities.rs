//! Which entities a submission makes or changes (ODK XForms Entities specification, all versions).

use super::{Form, NodeIx, NodeKind};

/// An `<entity dataset="…">` block of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityDecl {
    /// The entity list.
    pub dataset: String,
    /// The path of the block, such as `/data/member/meta/entity`.
    pub path: String,
    /// The group, repeat or root that the block belongs to.
    pub holder: String,
    /// What is saved.
    pub saves: Vec<SaveTo>,
}

/// A question saved as a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveTo {
    /// The question's path.
    pub path: String,
    /// The property.
    pub property: String,
}

impl Form {
    /// Each `saveto` belongs to the entity whose holder is nearest around it.
    pub(super) fn find_entities(&mut self) {
        let mut found: Vec<EntityDecl> = Vec::new();
        for (ix, node) in self.nodes.iter().enumerate() {
            let Some(holder) = self.entity_holder(ix) else { continue };
            let dataset = self.attribute_default(&node.path, "dataset");
            let (path, holder) = (node.path.clone(), self.nodes[holder].path.clone());
            found.push(EntityDecl { dataset, path, holder, saves: Vec::new() });
        }
        for node in &self.nodes {
            let Some(property) = &node.bind.save_to else { continue };
            let around =
                |decl: &&mut EntityDecl| node.path.strip_prefix(&decl.holder).is_some_and(|rest| rest.starts_with('/'));
            if let Some(decl) = found.iter_mut().filter(around).max_by_key(|decl| decl.holder.len()) {
                decl.saves.push(SaveTo { path: node.path.clone(), property: property.clone() });
            }
        }
        self.entities = found;
    }

    fn entity_holder(&self, ix: NodeIx) -> Option<NodeIx> {
        let node = &self.nodes[ix];
        let meta = node.parent.filter(|&at| node.name == "entity" && self.nodes[at].name == "meta")?;
        self.nodes[meta].parent
    }

    fn attribute_default(&self, path: &str, name: &str) -> String {
        let attribute = self.by_path.get(&format!("{path}/@{name}")).map(|&ix| &self.nodes[ix]);
        attribute.filter(|node| node.kind == NodeKind::Attribute).map(|node| node.default.clone()).unwrap_or_default()
    }
}
