//! `<bind>`s: the rules of the nodes.

use super::itext::{Label, Part, itext_id};
use super::read::Reading;
use super::{Bind, DataType, NodeKind, Severity};
use crate::message::Message;
use crate::tree::NodeId;
use crate::xpath::{Program, compile};

/// The namespace of our own attributes.
const LINLI: &str = "urn:linli:forms";

impl Reading {
    pub(super) fn bind(&mut self, id: NodeId) {
        let Some(nodeset) = self.xml.attribute(id, "nodeset").or_else(|| self.xml.attribute(id, "ref")) else {
            let message = Message::new("有一条 bind 没有 nodeset", "a bind has no nodeset");
            return self.find(Severity::Error, "form.bind_without_nodeset", message, "bind");
        };
        let path = self.absolute(nodeset);
        let Some(ix) = self.node_at(&path) else {
            let message = Message::new(
                format!("bind 指向不存在的字段 {path}"),
                format!("a bind names a field that is not in the instance: {path}"),
            );
            return self.find(Severity::Error, "form.unknown_node", message, &path);
        };
        let bind = self.read_bind(id, &path);
        if !self.nodes[ix].bind.type_name.is_empty() || self.nodes[ix].bind.calculate.is_some() {
            let message =
                Message::new("同一字段有两条 bind，以后一条为准", "two binds for one field; the later one counts");
            self.find(Severity::Warning, "form.duplicate_bind", message, &path);
        }
        self.nodes[ix].bind = bind;
    }

    fn read_bind(&mut self, id: NodeId, path: &str) -> Bind {
        let get = |name: &str| self.xml.attribute(id, name).map(str::to_owned);
        let ours = |name: &str| {
            self.xml
                .attributes(id)
                .find(|&at| self.xml.name(at) == name && self.xml.namespace(at) == LINLI)
                .map(|at| self.xml.own_text(at).to_owned())
        };
        let type_name = get("type").unwrap_or_default();
        let preload = get("preload").map(|kind| (kind, get("preloadParams").unwrap_or_default()));
        let (save_to, element, reason) = (get("saveto"), ours("element"), ours("reason"));
        let (constraint_message, required_message) = (get("constraintMsg"), get("requiredMsg"));
        let mut program = |name: &str| {
            let source = self.xml.attribute(id, name)?.to_owned();
            self.program(&source, path, name)
        };
        Bind {
            relevant: program("relevant"),
            required: program("required"),
            readonly: program("readonly"),
            constraint: program("constraint"),
            calculate: program("calculate"),
            data_type: data_type(&type_name),
            type_name,
            constraint_message: constraint_message.map(|text| message(&text)),
            required_message: required_message.map(|text| message(&text)),
            preload,
            save_to,
            element,
            reason,
        }
    }

    /// Compiles an expression; what is wrong with it becomes a finding.
    pub(super) fn program(&mut self, source: &str, path: &str, facet: &str) -> Option<Program> {
        if source.trim().is_empty() {
            return None;
        }
        match compile(source, &mut self.names) {
            Ok(program) => Some(program),
            Err(e) => {
                let place = format!("{path} {facet}");
                self.find(Severity::Error, e.code, e.message, &place);
                if let Some(last) = self.findings.last_mut() {
                    last.column = Some(e.column);
                }
                None
            }
        }
    }

    /// The node with this path, made now for an attribute that the template leaves out.
    fn node_at(&mut self, path: &str) -> Option<usize> {
        if let Some(&ix) = self.by_path.get(path) {
            return Some(ix);
        }
        let (parent, name) = path.rsplit_once("/@")?;
        let parent = *self.by_path.get(parent)?;
        Some(self.push_node(path.to_owned(), name.to_owned(), Some(parent), NodeKind::Attribute, String::new()))
    }
}

fn message(text: &str) -> Label {
    itext_id(text).map_or_else(|| Label::Inline(vec![Part::Text(text.to_owned())]), Label::Itext)
}

pub(super) fn data_type(name: &str) -> DataType {
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    match local {
        "int" | "integer" | "long" => DataType::Int,
        "decimal" | "double" | "float" => DataType::Decimal,
        "boolean" => DataType::Boolean,
        "date" => DataType::Date,
        "time" => DataType::Time,
        "dateTime" | "datetime" => DataType::DateTime,
        "geopoint" => DataType::Geopoint,
        "geotrace" => DataType::Geotrace,
        "geoshape" => DataType::Geoshape,
        "binary" | "base64Binary" => DataType::Binary,
        "barcode" => DataType::Barcode,
        "intent" => DataType::Intent,
        _ => DataType::Text,
    }
}
