//! `<h:body>`: groups, repeats, questions and their choices.

use super::itext::label;
use super::read::Reading;
use super::{Choice, Choices, Control, ControlKind, Itemset, NodeKind, Severity};
use crate::message::Message;
use crate::tree::NodeId;

impl Reading {
    pub(super) fn body(&mut self, parent: NodeId) {
        let children: Vec<NodeId> = self.xml.children(parent).collect();
        for child in children {
            match self.xml.name(child) {
                "group" => self.group(child),
                "repeat" => self.repeat(child),
                name => {
                    if let Some(kind) = control_kind(name) {
                        self.control(child, kind);
                    }
                }
            }
        }
    }

    fn target(&self, id: NodeId) -> Option<String> {
        let written = self.xml.attribute(id, "ref").or_else(|| self.xml.attribute(id, "nodeset"));
        if let Some(path) = written {
            return Some(self.absolute(path));
        }
        // Old forms name the bind instead of the path.
        let bind = self.xml.attribute(id, "bind")?;
        self.bind_ids.get(bind).cloned()
    }

    fn group(&mut self, id: NodeId) {
        let text = self.xml.child(id, "label").and_then(|at| label(&self.xml, at));
        let path = self.target(id).or_else(|| {
            // A group without a reference around a repeat carries the repeat's label.
            let repeat = self.xml.child(id, "repeat")?;
            self.target(repeat)
        });
        if let Some(&ix) = path.and_then(|path| self.by_path.get(&path)) {
            self.nodes[ix].label = text;
        }
        self.body(id);
    }

    fn repeat(&mut self, id: NodeId) {
        let path = self.target(id).unwrap_or_default();
        match self.by_path.get(&path).copied() {
            Some(ix) => {
                self.nodes[ix].kind = NodeKind::Repeat;
                if let Some(count) = self.xml.attribute(id, "count").map(str::to_owned) {
                    self.nodes[ix].count = self.program(&count, &path, "count");
                }
            }
            None => self.unknown(&path),
        }
        self.actions_in(id, Some(&path));
        self.body(id);
    }

    fn unknown(&mut self, path: &str) {
        let message =
            Message::new(format!("表单正文指向不存在的字段 {path}"), format!("the body names an unknown field {path}"));
        self.find(Severity::Error, "form.unknown_node", message, path);
    }

    fn control(&mut self, id: NodeId, kind: ControlKind) {
        let path = self.target(id).unwrap_or_default();
        let Some(&ix) = self.by_path.get(&path) else { return self.unknown(&path) };
        let own = |name: &str| self.xml.child(id, name).and_then(|at| label(&self.xml, at));
        let get = |name: &str| self.xml.attribute(id, name).unwrap_or("").to_owned();
        let number = |name: &str| self.xml.attribute(id, name).and_then(|text| text.trim().parse::<f64>().ok());
        let range = match (kind, number("start"), number("end"), number("step")) {
            (ControlKind::Range, Some(start), Some(end), step) => Some((start, end, step.unwrap_or(1.0))),
            _ => None,
        };
        let (text, hint) = (own("label"), own("hint"));
        let (appearance, media_type) = (get("appearance"), get("mediatype"));
        let choices = self.choices(id, &path, kind);
        self.nodes[ix].control = Some(Control { kind, label: text, hint, appearance, media_type, choices, range });
        self.actions_in(id, Some(&path));
    }

    fn choices(&mut self, id: NodeId, path: &str, kind: ControlKind) -> Choices {
        let select = matches!(kind, ControlKind::SelectOne | ControlKind::SelectMultiple | ControlKind::Rank);
        if !select {
            return Choices::None;
        }
        if let Some(itemset) = self.xml.child(id, "itemset") {
            return self.itemset(itemset, path).map_or(Choices::None, |itemset| Choices::Itemset(Box::new(itemset)));
        }
        let mut list = Vec::new();
        for item in self.xml.children(id).filter(|&at| self.xml.name(at) == "item") {
            let value = self.xml.child(item, "value").map(|at| self.xml.value(at).trim().to_owned());
            let label = self.xml.child(item, "label").and_then(|at| label(&self.xml, at));
            list.push(Choice { value: value.unwrap_or_default(), label });
        }
        Choices::Inline(list)
    }

    fn itemset(&mut self, id: NodeId, path: &str) -> Option<Itemset> {
        let nodeset = self.xml.attribute(id, "nodeset")?.to_owned();
        let reference = |name: &str| {
            let at = self.xml.child(id, name)?;
            self.xml.attribute(at, "ref").map(str::to_owned)
        };
        let (value, label) = (reference("value").unwrap_or_else(|| "name".into()), reference("label"));
        Some(Itemset {
            rows: self.program(&nodeset, path, "itemset")?,
            all: unfiltered(&nodeset).and_then(|all| self.program(&all, path, "itemset")),
            value: self.program(&value, path, "itemset value")?,
            label: label.and_then(|label| self.program(&label, path, "itemset label")),
        })
    }
}

/// `instance('x')/root/item[…]` without its condition.
fn unfiltered(nodeset: &str) -> Option<String> {
    let before = nodeset.split_once('[')?.0.trim();
    let path = before.strip_prefix("randomize(").unwrap_or(before).trim();
    path.starts_with("instance(").then(|| path.to_owned())
}

fn control_kind(name: &str) -> Option<ControlKind> {
    Some(match name {
        "input" | "secret" => ControlKind::Input,
        "select1" => ControlKind::SelectOne,
        "select" => ControlKind::SelectMultiple,
        "rank" => ControlKind::Rank,
        "upload" => ControlKind::Upload,
        "range" => ControlKind::Range,
        "trigger" => ControlKind::Trigger,
        _ => return None,
    })
}
