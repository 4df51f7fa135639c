//! An answer's XML → nodes with labels, shown choices and flags, in the order of the answer.

use std::collections::{BTreeMap, HashMap};

use linli_domain::{Lang, check::mask};
use linli_xform::{
    instance::Instance,
    model,
    tree::{Kind, NodeId},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        answer::Flag,
        form::{ChoiceOf, lang_key},
    },
    shape::{Shape, redacted},
};

/// A group, repeat or question of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Node {
    /// Path with positions of repeats, `/data/member[2]/name`.
    pub path: String,
    /// Name.
    pub name: String,
    /// Label by language.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub label: BTreeMap<String, String>,
    /// Type as XLSForm calls it; empty for groups.
    pub r#type: String,
    /// What it is.
    pub kind: NodeKind,
    /// What was answered; masked when sensitive.
    pub value: Option<String>,
    /// Labels of what was chosen.
    pub shown: Option<String>,
    /// Whether the value is masked here.
    pub masked: bool,
    /// What may be chosen, when that is known without answers or files.
    pub choices: Option<Vec<ChoiceOf>>,
    /// What to look at.
    pub flags: Vec<NodeFlag>,
    /// What is in it.
    #[schema(no_recursion)]
    pub children: Vec<Node>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// Holds others, once.
    Group,
    /// One of several rows.
    Repeat,
    /// A question.
    Question,
}

/// Something to look at about a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NodeFlag {
    /// Stable code.
    pub kind: String,
    /// What is wrong.
    pub message: String,
}

/// Makes the nodes of one answer.
pub(super) struct Nodes<'a> {
    shape: &'a Shape,
    instance: &'a Instance,
    lang: Lang,
    /// Sensitive values of the answer, by path without positions.
    sensitive: Vec<(String, String)>,
    flags: HashMap<&'a str, Vec<&'a Flag>>,
}

impl<'a> Nodes<'a> {
    pub fn new(shape: &'a Shape, instance: &'a Instance, flags: &'a [Flag], lang: Lang) -> Self {
        let tree = &instance.tree;
        let leaves = tree.descendants(tree.root()).filter(|&at| tree.kind(at) == Kind::Element && tree.is_leaf(at));
        let sensitive = leaves
            .filter_map(|at| {
                let path = tree.path(at);
                shape.mask(&path).map(|_| (path, tree.own_text(at).to_owned()))
            })
            .collect();
        let mut by_path: HashMap<&str, Vec<&Flag>> = HashMap::new();
        for flag in flags {
            by_path.entry(flag.path.as_str()).or_default().push(flag);
        }
        Self { shape, instance, lang, sensitive, flags: by_path }
    }

    /// The nodes below the root, and the flags that belong to none of them.
    pub fn make(mut self) -> (Vec<Node>, Vec<(String, NodeFlag)>) {
        let root = self.instance.tree.root();
        let path = format!("/{}", self.instance.tree.name(root));
        let nodes = self.children(root, &path, &path);
        let mut rest: Vec<&Flag> = self.flags.values().flatten().copied().collect();
        rest.sort_by(|a, b| (&a.path, &a.kind).cmp(&(&b.path, &b.kind)));
        let rest = rest.into_iter().map(|flag| (flag.path.clone(), self.flag(flag))).collect();
        (nodes, rest)
    }

    fn children(&mut self, at: NodeId, place: &str, plain: &str) -> Vec<Node> {
        let (shape, tree) = (self.shape, &self.instance.tree);
        let mut nodes = Vec::new();
        for child in tree.children(at) {
            let (name, nth) = (tree.name(child), tree.nth(child));
            let plain = format!("{plain}/{name}");
            let known = shape.model.node(&plain);
            let repeat = known.is_some_and(|node| node.kind == model::NodeKind::Repeat);
            let place = if repeat || nth > 1 { format!("{place}/{name}[{nth}]") } else { format!("{place}/{name}") };
            if name == "meta" {
                continue;
            }
            let group = known.is_some_and(|node| matches!(node.kind, model::NodeKind::Group | model::NodeKind::Repeat));
            if group || (known.is_none() && !tree.is_leaf(child)) {
                let children = self.children(child, &place, &plain);
                nodes.push(self.group(place, name, known, repeat, children));
            } else if let Some(node) = self.question(child, &place, &plain, known.is_some()) {
                nodes.push(node);
            }
        }
        nodes
    }

    fn group(
        &mut self,
        path: String,
        name: &str,
        known: Option<&model::FormNode>,
        repeat: bool,
        children: Vec<Node>,
    ) -> Node {
        let label = known.and_then(|node| node.label.as_ref());
        let texts = label.map(|label| self.shape.model.itext.all(label)).unwrap_or_default();
        Node {
            flags: self.flags_at(&path),
            path,
            name: name.to_owned(),
            label: texts.into_iter().map(|(language, text)| (lang_key(&language), text)).collect(),
            r#type: String::new(),
            kind: if repeat { NodeKind::Repeat } else { NodeKind::Group },
            value: None,
            shown: None,
            masked: false,
            choices: None,
            children,
        }
    }

    /// What the device fills in by itself is left out, unless something is to be looked at.
    fn question(&mut self, at: NodeId, place: &str, plain: &str, known: bool) -> Option<Node> {
        let flags = self.flags_at(place);
        let question = self.shape.question(plain);
        if (known && question.is_none() && flags.is_empty()) || question.is_some_and(|one| one.r#type == "note") {
            return None;
        }
        let text = self.instance.tree.own_text(at);
        let kind = self.shape.mask(plain);
        let value = match kind {
            Some(kind) => mask(kind, text),
            None => self.redacted(text),
        };
        Some(Node {
            path: place.to_owned(),
            name: self.instance.tree.name(at).to_owned(),
            label: question.map(|question| question.label.clone()).unwrap_or_default(),
            r#type: question.map(|question| question.r#type.clone()).unwrap_or_default(),
            kind: NodeKind::Question,
            shown: self.shape.choice_text(plain, text, self.lang).filter(|_| kind.is_none() && !text.is_empty()),
            value: Some(value).filter(|value| !value.is_empty()),
            masked: kind.is_some(),
            choices: question.and_then(|question| question.choices.clone()),
            flags,
            children: Vec::new(),
        })
    }

    fn flags_at(&mut self, path: &str) -> Vec<NodeFlag> {
        let flags = self.flags.remove(path).unwrap_or_default();
        flags.into_iter().map(|flag| self.flag(flag)).collect()
    }

    fn flag(&self, flag: &Flag) -> NodeFlag {
        NodeFlag { kind: flag.kind.clone(), message: self.redacted(flag.message.text(self.lang)) }
    }

    fn redacted(&self, text: &str) -> String {
        redacted(self.shape, self.sensitive.iter().map(|(path, value)| (path.as_str(), value.as_str())), text)
    }
}
