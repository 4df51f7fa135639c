//! A new, empty submission with what ODK clients fill in when a form is first opened.

use super::{Instance, mapped};
use crate::check::recompute;
use crate::model::{Form, FormNode};
use crate::tree::{DOCUMENT, NodeId, Tree};
use crate::xpath::{Eval, Live, Outside, Session};

/// The instance that a form begins with: its template without templates of repeats, `jr:preload`s, actions of
/// `odk-instance-first-load`, then calculations.
pub fn blank(form: &Form, outside: &dyn Outside) -> Instance {
    let mut tree = Tree::new();
    if form.template.root() != crate::tree::NONE {
        tree.copy_below(DOCUMENT, &form.template, form.template.root(), &mut is_template);
    }
    let mut live = Live::new(tree.built(), form.names());
    let mapping = mapped(form, &live.tree);
    for (at, ix) in mapping.iter().enumerate() {
        if let Some(value) = ix.and_then(|ix| preloaded(&form.nodes[ix], outside)) {
            live.tree.set_text(at as NodeId, &value);
        }
    }
    first_load(form, &mut live, &mapping, outside);
    recompute(form, &Instance { tree: live.tree }, outside).0
}

/// A template of a repeat, and the mark of it, are left out.
fn is_template(tree: &Tree, id: NodeId) -> bool {
    tree.raw_name(id).ends_with(":template") || tree.attribute_node(id, "template").is_some()
}

fn preloaded(node: &FormNode, outside: &dyn Outside) -> Option<String> {
    let zone = outside.zone();
    let (kind, parameter) = node.bind.preload.as_ref()?;
    match (kind.as_str(), parameter.as_str()) {
        ("uid", _) => Some(format!("uuid:{}", outside.uuid())),
        ("timestamp", "start") => Some(outside.now().date_time(zone)),
        ("date", "today") => Some(outside.now().date(zone)),
        ("property", name) => outside.property(name),
        _ => None,
    }
}

fn first_load(form: &Form, live: &mut Live, mapping: &[Option<usize>], outside: &dyn Outside) {
    let session = Session::new(form.names(), form, outside);
    let at_first_load = |event: &String| event == "odk-instance-first-load" || event == "xforms-ready";
    for action in
        form.actions.iter().filter(|action| action.name == "setvalue" && action.events.iter().any(at_first_load))
    {
        let Some(target) = form.index(&action.target) else { continue };
        let places: Vec<NodeId> =
            (0..mapping.len()).filter(|&at| mapping[at] == Some(target)).map(|at| at as NodeId).collect();
        for at in places {
            // What cannot be evaluated here stays blank; the check of the submission tells.
            let value = action.value.as_ref().and_then(|value| Eval::new(&session, live, at).text(value).ok());
            live.tree.set_text(at, &value.unwrap_or_default());
        }
    }
}
