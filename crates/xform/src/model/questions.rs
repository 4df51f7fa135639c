//! The questions of a form as a list: for codebooks, exports, prefill and checks of what is already known.

use std::collections::BTreeMap;

use super::{Choices, ControlKind, DataType, Form, InstanceSource, NodeIx, NodeKind};
use crate::tree::Tree;

/// A question, or a value that is calculated or filled by the device.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its number in [`Form::nodes`].
    pub ix: NodeIx,
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// How it is asked; `None` for what is not asked.
    pub control: Option<ControlKind>,
    /// Labels by language.
    pub labels: BTreeMap<String, String>,
    /// Hints by language.
    pub hints: BTreeMap<String, String>,
    /// Choices that are known without answers or files.
    pub choices: Vec<ChoiceInfo>,
    /// Paths of the groups around it, outermost first, repeats included.
    pub groups: Vec<String>,
    /// Paths of the repeats around it.
    pub repeats: Vec<String>,
    /// The entity property it is saved to.
    pub save_to: Option<String>,
    /// The data element it asks for.
    pub element: Option<String>,
    /// Why it may be asked though it is known.
    pub reason: Option<String>,
    /// Whether a calculation fills it.
    pub calculated: bool,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceInfo {
    /// What is stored.
    pub value: String,
    /// Labels by language.
    pub labels: BTreeMap<String, String>,
}

impl Form {
    /// Every value of the form in order, the `meta` block left out.
    pub fn questions(&self) -> Vec<Question> {
        let values = self.nodes.iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Value);
        values.filter(|(ix, _)| !self.is_meta(*ix)).map(|(ix, _)| self.question(ix)).collect()
    }

    /// Whether a node is part of a `meta` block.
    pub fn is_meta(&self, ix: NodeIx) -> bool {
        std::iter::successors(Some(ix), |&at| self.nodes[at].parent).any(|at| self.nodes[at].name == "meta")
    }

    fn question(&self, ix: NodeIx) -> Question {
        let node = &self.nodes[ix];
        let control = node.control.as_ref();
        let all = |label: Option<&super::Label>| label.map(|label| self.itext.all(label)).unwrap_or_default();
        let around = self.around(ix);
        let paths = |only_repeats: bool| {
            around
                .iter()
                .map(|&at| &self.nodes[at])
                .filter(|node| !only_repeats || node.kind == NodeKind::Repeat)
                .map(|node| node.path.clone())
                .collect()
        };
        Question {
            ix,
            path: node.path.clone(),
            name: node.name.clone(),
            data_type: node.bind.data_type,
            control: control.map(|control| control.kind),
            labels: all(control.and_then(|control| control.label.as_ref())),
            hints: all(control.and_then(|control| control.hint.as_ref())),
            choices: control.map(|control| self.known_choices(&control.choices)).unwrap_or_default(),
            groups: paths(false),
            repeats: paths(true),
            save_to: node.bind.save_to.clone(),
            element: node.bind.element.clone(),
            reason: node.bind.reason.clone(),
            calculated: node.bind.calculate.is_some(),
        }
    }

    fn known_choices(&self, choices: &Choices) -> Vec<ChoiceInfo> {
        match choices {
            Choices::None => Vec::new(),
            Choices::Inline(list) => list
                .iter()
                .map(|choice| ChoiceInfo {
                    value: choice.value.clone(),
                    labels: choice.label.as_ref().map(|label| self.itext.all(label)).unwrap_or_default(),
                })
                .collect(),
            Choices::Itemset(itemset) => {
                let id = itemset.rows.instances().first();
                let found = id.and_then(|id| self.instances.iter().find(|one| *one.id == **id));
                match found.map(|one| &one.source) {
                    Some(InstanceSource::Inline(instance)) => {
                        let label = itemset.label.as_ref().map_or("label", |label| &*label.source);
                        self.rows(&instance.tree, itemset.value.source.trim(), label.trim())
                    }
                    _ => Vec::new(),
                }
            }
        }
    }

    fn rows(&self, tree: &Tree, value: &str, label: &str) -> Vec<ChoiceInfo> {
        let mut out: Vec<ChoiceInfo> = Vec::new();
        if tree.is_empty() {
            return out;
        }
        let by_itext = label.strip_prefix("jr:itext(").and_then(|rest| rest.strip_suffix(')'));
        for row in tree.children(tree.root()) {
            let cell = |name: &str| tree.child(row, name).map(|at| tree.value(at).into_owned());
            let Some(value) = cell(value).filter(|value| out.iter().all(|known| known.value != *value)) else {
                continue;
            };
            let labels = match by_itext {
                Some(column) => cell(column.trim()).map(|id| self.itext.all(&super::Label::Itext(id))),
                None => cell(label).map(|text| BTreeMap::from([(String::new(), text)])),
            };
            out.push(ChoiceInfo { value, labels: labels.unwrap_or_default() });
        }
        out
    }
}
