//! The order of reading: instance, instances, texts, binds, body, then what follows from them.

use std::collections::HashMap;
use std::sync::Arc;

use super::itext::Itext;
use super::{Action, Bind, Finding, Form, FormError, FormNode, InstanceDecl, InstanceSource, NodeIx, NodeKind};
use super::{Severity, Submission};
use crate::message::Message;
use crate::tree::{DOCUMENT, Kind, Limits, NodeId, Tree, local_part};
use crate::xpath::{Names, Secondary};

/// A form being read.
pub(super) struct Reading {
    pub xml: Tree,
    pub nodes: Vec<FormNode>,
    pub by_path: HashMap<String, NodeIx>,
    pub bind_ids: HashMap<String, String>,
    pub names: Names,
    pub findings: Vec<Finding>,
    pub actions: Vec<Action>,
}

pub(super) fn read(xml: &str, limits: Limits) -> Result<Form, FormError> {
    let xml = Tree::parse(xml, limits).map_err(FormError::Xml)?;
    let html = xml.root();
    let head = xml.child(html, "head").ok_or_else(|| missing("h:head"))?;
    let model = xml.child(head, "model").ok_or_else(|| missing("model"))?;
    let primary = xml.child(model, "instance").ok_or_else(|| missing("instance"))?;
    let root = xml.children(primary).next().ok_or_else(|| missing("instance/*"))?;
    let title = xml.child(head, "title").map(|at| xml.value(at).trim().to_owned()).unwrap_or_default();
    let body = xml.child(html, "body");
    let mut reading = Reading {
        nodes: Vec::new(),
        by_path: HashMap::new(),
        bind_ids: HashMap::new(),
        names: Names::default(),
        findings: Vec::new(),
        actions: Vec::new(),
        xml,
    };
    let template = reading.template(root);
    let id = template.attribute(template.root(), "id").unwrap_or("").trim().to_owned();
    if id.is_empty() {
        let message = Message::new("主实例没有表单编号（id）", "the primary instance has no form id");
        reading.find(Severity::Error, "form.no_id", message, "instance");
    }
    let version = template.attribute(template.root(), "version").unwrap_or("").to_owned();
    reading.grow(&template, template.root(), None);
    let instances = reading.instances(model, primary);
    let itext = reading.xml.child(model, "itext").map(|at| Itext::read(&reading.xml, at)).unwrap_or_default();
    reading.bind_elements(model);
    reading.actions_in(model, None);
    if let Some(body) = body {
        reading.body(body);
    }
    let primary_id = reading.xml.attribute(primary, "id").map(str::to_owned);
    let entities_version = reading.xml.attribute(model, "entities-version").map(str::to_owned);
    let submission = reading.submission(model);
    let mut form = Form {
        id,
        version,
        title,
        template,
        nodes: reading.nodes,
        itext,
        instances,
        entities: Vec::new(),
        entities_version,
        actions: reading.actions,
        submission,
        findings: reading.findings,
        order: Vec::new(),
        names: reading.names,
        primary_id,
        by_path: reading.by_path,
    };
    form.find_entities();
    form.find_order();
    form.check_references();
    Ok(form)
}

fn missing(what: &str) -> FormError {
    FormError::NotAForm(Message::new(
        format!("这不是 XForm 表单：缺少 {what}。"),
        format!("This is not an XForm: {what} is missing."),
    ))
}

impl Reading {
    pub(super) fn find(&mut self, severity: Severity, code: &'static str, message: Message, place: &str) {
        self.findings.push(Finding { severity, code, message, place: place.to_owned(), column: None });
    }

    /// The path of a node as our paths are: from the root, without prefixes or blanks.
    pub(super) fn absolute(&self, path: &str) -> String {
        let mut out = String::with_capacity(path.len());
        let path = path.trim();
        if !path.starts_with('/')
            && let Some(root) = self.nodes.first()
        {
            out.push_str(&root.path);
        }
        for part in path.split('/').map(str::trim).filter(|part| !part.is_empty()) {
            out.push('/');
            match part.strip_prefix('@') {
                Some(name) => out.extend(["@", local_part(name)]),
                None => out.push_str(local_part(part)),
            }
        }
        out
    }

    /// The primary instance as a document of its own, with the namespace declarations it stands under.
    fn template(&self, root: NodeId) -> Tree {
        let mut tree = Tree::new();
        tree.copy_below(DOCUMENT, &self.xml, root, &mut |_, _| false);
        let mut out = tree.clone();
        for &above in self.xml.lineage(root).iter().rev().skip(1) {
            for at in self.xml.attributes(above).filter(|&at| self.xml.declares_namespace(at)) {
                let raw = self.xml.raw_name(at);
                let used = raw == "xmlns" || raw.strip_prefix("xmlns:").is_some_and(|prefix| uses(&tree, prefix));
                let known = out.attributes(out.root()).any(|a| out.raw_name(a) == raw);
                if used && !known {
                    out.push_attribute(out.root(), raw, self.xml.own_text(at));
                }
            }
        }
        out.renumbered()
    }

    /// One node for each path of the template, however often it occurs there.
    fn grow(&mut self, tree: &Tree, id: NodeId, parent: Option<NodeIx>) {
        let path = tree.path(id);
        let ix = match self.by_path.get(&path) {
            Some(&ix) => ix,
            None => {
                let kind = if tree.is_leaf(id) { NodeKind::Value } else { NodeKind::Group };
                let default = if tree.is_leaf(id) { tree.own_text(id).to_owned() } else { String::new() };
                self.push_node(path.clone(), tree.name(id).to_owned(), parent, kind, default)
            }
        };
        if tree.name(id) == "entity" {
            for at in tree.attributes(id).filter(|&at| !tree.declares_namespace(at)) {
                let path = format!("{path}/@{}", tree.name(at));
                if !self.by_path.contains_key(&path) {
                    let (name, value) = (tree.name(at).to_owned(), tree.own_text(at).to_owned());
                    self.push_node(path, name, Some(ix), NodeKind::Attribute, value);
                }
            }
        }
        let children: Vec<NodeId> = tree.children(id).collect();
        for child in children {
            self.grow(tree, child, Some(ix));
        }
    }

    pub(super) fn push_node(
        &mut self,
        path: String,
        name: String,
        parent: Option<NodeIx>,
        kind: NodeKind,
        default: String,
    ) -> NodeIx {
        let ix = self.nodes.len();
        self.by_path.insert(path.clone(), ix);
        let bind = Bind::default();
        self.nodes.push(FormNode { path, name, parent, kind, bind, control: None, label: None, default, count: None });
        ix
    }

    fn instances(&mut self, model: NodeId, primary: NodeId) -> Vec<InstanceDecl> {
        let all: Vec<NodeId> = self.xml.children(model).filter(|&at| self.xml.name(at) == "instance").collect();
        let mut out: Vec<InstanceDecl> = Vec::new();
        for at in all.into_iter().filter(|&at| at != primary) {
            let id = self.xml.attribute(at, "id").unwrap_or("").to_owned();
            if id.is_empty() || out.iter().any(|one| one.id == id) {
                let message = Message::new(
                    format!("数据表没有编号或编号重复：“{id}”"),
                    format!("an instance without an id, or with one used before: \"{id}\""),
                );
                self.find(Severity::Error, "form.instance_id", message, "instance");
                continue;
            }
            let source = match self.xml.attribute(at, "src").map(str::trim) {
                Some("jr://instance/last-saved") => InstanceSource::LastSaved,
                Some(src) => file_name(src).map_or_else(|| InstanceSource::Other(src.to_owned()), InstanceSource::File),
                None => {
                    let mut tree = Tree::new();
                    if let Some(root) = self.xml.children(at).next() {
                        tree.copy_below(DOCUMENT, &self.xml, root, &mut |_, _| false);
                    }
                    InstanceSource::Inline(Arc::new(Secondary::new(tree.built())))
                }
            };
            out.push(InstanceDecl { id, source });
        }
        out
    }

    fn bind_elements(&mut self, model: NodeId) {
        let binds: Vec<NodeId> = self.xml.children(model).filter(|&at| self.xml.name(at) == "bind").collect();
        for bind in binds {
            if let (Some(id), Some(path)) = (self.xml.attribute(bind, "id"), self.xml.attribute(bind, "nodeset")) {
                let (id, path) = (id.to_owned(), self.absolute(path));
                self.bind_ids.insert(id, path);
            }
            self.bind(bind);
        }
    }

    /// `setvalue` and other actions directly below an element.
    pub(super) fn actions_in(&mut self, parent: NodeId, trigger: Option<&str>) {
        let actions: Vec<NodeId> =
            self.xml.children(parent).filter(|&at| self.xml.attribute(at, "event").is_some()).collect();
        for at in actions {
            let name = self.xml.name(at).to_owned();
            let events = self.xml.attribute(at, "event").unwrap_or("").split_whitespace().map(str::to_owned).collect();
            let target = self.xml.attribute(at, "ref").map(|path| self.absolute(path)).unwrap_or_default();
            if !self.by_path.contains_key(&target) {
                let message = Message::new(
                    format!("{name} 指向不存在的字段 {target}"),
                    format!("{name} names an unknown field {target}"),
                );
                self.find(Severity::Error, "form.unknown_node", message, &target);
            }
            let source = self.xml.attribute(at, "value").map(str::to_owned).or_else(|| {
                let text = self.xml.value(at).trim().to_owned();
                (!text.is_empty()).then(|| quoted(&text))
            });
            let value = source.and_then(|source| self.program(&source, &target, &name));
            self.actions.push(Action { name, events, target, trigger: trigger.map(str::to_owned), value });
        }
    }

    fn submission(&self, model: NodeId) -> Submission {
        let Some(at) = self.xml.child(model, "submission") else { return Submission::default() };
        let get = |name: &str| self.xml.attribute(at, name).filter(|v| !v.is_empty()).map(str::to_owned);
        let flag = |name: &str| get(name).map(|v| v.eq_ignore_ascii_case("true"));
        Submission {
            action: get("action"),
            auto_send: flag("auto-send"),
            auto_delete: flag("auto-delete"),
            public_key: get("base64RsaPublicKey"),
        }
    }
}

fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{}\"", text.replace('"', "”")) } else { format!("'{text}'") }
}

fn uses(tree: &Tree, prefix: &str) -> bool {
    let has = |id: NodeId| tree.raw_name(id).strip_prefix(prefix).is_some_and(|rest| rest.starts_with(':'));
    tree.descendants(DOCUMENT).any(|id| tree.kind(id) == Kind::Element && (has(id) || tree.attributes(id).any(has)))
}

/// The file's name in `jr://file-csv/people.csv` and its kin.
fn file_name(src: &str) -> Option<String> {
    let rest = src.strip_prefix("jr://")?;
    let (kind, name) = rest.split_once('/')?;
    matches!(kind, "file" | "file-csv").then(|| name.to_owned())
}
