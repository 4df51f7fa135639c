//! Entity blocks of a submission (ODK XForms Entities specification 2022.1 to 2025.1).

use std::collections::BTreeMap;

use super::{Instance, mapped, place};
use crate::model::{EntityDecl, Form, NodeIx};
use crate::tree::NodeId;

/// What a submission says about one entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityChange {
    /// The entity list.
    pub dataset: String,
    /// The entity's id, as written (with or without `uuid:`).
    pub id: String,
    /// It is to be made.
    pub create: bool,
    /// It is to be changed. With `create` too, both are tried and one fails.
    pub update: bool,
    /// The version that the client had.
    pub base_version: Option<i64>,
    /// The last version from the server that the client had.
    pub trunk_version: Option<i64>,
    /// The client's offline branch.
    pub branch_id: Option<String>,
    /// Its label; `None` when the block has none.
    pub label: Option<String>,
    /// New values by property; a property whose question is not relevant or not in the submission is left alone.
    pub values: BTreeMap<String, String>,
    /// Where the block stands, with positions.
    pub path: String,
}

/// The entity changes of a submission, in the order of the document. Blocks that neither create nor update are left out.
///
/// `relevant` tells by node what is relevant ([`crate::check::relevance`]); without it everything is.
pub fn entity_changes(form: &Form, instance: &Instance, relevant: Option<&[bool]>) -> Vec<EntityChange> {
    let tree = &instance.tree;
    let mapping = mapped(form, tree);
    let is_relevant = |at: NodeId| relevant.is_none_or(|all| all.get(at as usize).copied().unwrap_or(true));
    let mut out = Vec::new();
    for (at, ix) in mapping.iter().enumerate() {
        let at = at as NodeId;
        let Some(ix) = ix.filter(|_| is_relevant(at)) else { continue };
        let Some(decl) = form.entities.iter().find(|decl| decl.path == form.nodes[ix].path) else { continue };
        let get = |name: &str| tree.attribute(at, name).map(str::trim).unwrap_or("");
        let (create, update) = (is_true(get("create")), is_true(get("update")));
        if !create && !update {
            continue;
        }
        let text = |name: &str| Some(get(name).to_owned()).filter(|text| !text.is_empty());
        let dataset = text("dataset").unwrap_or_else(|| decl.dataset.clone());
        let holder = tree.parent(tree.parent(at));
        out.push(EntityChange {
            dataset,
            id: get("id").to_owned(),
            create,
            update,
            base_version: get("baseVersion").parse().ok(),
            trunk_version: get("trunkVersion").parse().ok(),
            branch_id: text("branchId"),
            label: tree.child(at, "label").map(|label| tree.value(label).into_owned()),
            values: values(instance, decl, holder, &mapping, form, &is_relevant),
            path: place(form, tree, &mapping, at),
        });
    }
    out
}

/// Only `1` and `true` count as true.
fn is_true(text: &str) -> bool {
    matches!(text, "1" | "true")
}

fn values(
    instance: &Instance,
    decl: &EntityDecl,
    holder: NodeId,
    mapping: &[Option<NodeIx>],
    form: &Form,
    is_relevant: &dyn Fn(NodeId) -> bool,
) -> BTreeMap<String, String> {
    let tree = &instance.tree;
    let mut out = BTreeMap::new();
    for at in tree.descendants(holder).filter(|&at| tree.is_leaf(at) && is_relevant(at)) {
        let Some(ix) = mapping[at as usize] else { continue };
        if let Some(save) = decl.saves.iter().find(|save| save.path == form.nodes[ix].path) {
            out.entry(save.property.clone()).or_insert_with(|| tree.own_text(at).to_owned());
        }
    }
    out
}
