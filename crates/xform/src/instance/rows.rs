//! A submission as rows: one for itself, and one table for each repeat.

use super::{Instance, mapped};
use crate::model::{Form, NodeIx, NodeKind};
use crate::tree::{Kind, NodeId};

/// The rows of one repeat, or the one row of the submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The repeat's path; `None` for the submission itself.
    pub repeat: Option<String>,
    /// Its rows in order.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Positions of the repeats around it, outermost first, its own last; empty for the submission.
    pub positions: Vec<u32>,
    /// Values by path, in the order of the form; blank ones are left out.
    pub values: Vec<(String, String)>,
}

/// The values of a submission. Tables come in the order of the form, those without rows too.
pub fn rows(form: &Form, instance: &Instance) -> Vec<Table> {
    let tree = &instance.tree;
    let mapping = mapped(form, tree);
    let mut repeats: Vec<Option<NodeIx>> = vec![None];
    repeats.extend((0..form.nodes.len()).filter(|&ix| form.nodes[ix].kind == NodeKind::Repeat).map(Some));
    let mut tables: Vec<Table> = repeats
        .iter()
        .map(|repeat| Table { repeat: repeat.map(|ix| form.nodes[ix].path.clone()), rows: Vec::new() })
        .collect();
    // For each node, the table and row that its values belong to.
    let mut home: Vec<(usize, usize)> = vec![(0, 0); tree.len()];
    tables[0].rows.push(Row { positions: Vec::new(), values: Vec::new() });
    for at in 1..tree.len() as NodeId {
        let node = tree.node(at);
        let above = home[node.parent as usize];
        home[at as usize] = above;
        let Some(ix) = mapping[at as usize].filter(|_| node.kind == Kind::Element) else { continue };
        if let Some(table) = repeats.iter().position(|one| *one == Some(ix)) {
            let mut positions = tables[above.0].rows[above.1].positions.clone();
            positions.push(node.nth);
            tables[table].rows.push(Row { positions, values: Vec::new() });
            home[at as usize] = (table, tables[table].rows.len() - 1);
        } else if tree.is_leaf(at) && !tree.own_text(at).is_empty() {
            let value = (form.nodes[ix].path.clone(), tree.own_text(at).to_owned());
            tables[above.0].rows[above.1].values.push(value);
        }
    }
    tables
}
