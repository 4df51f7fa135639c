//! The primary instance: the empty submission, with a template for every repeat.

use super::Emitter;
use super::paths::Style;
use super::writer::{Attributes, Xml};
use crate::xlsform::element::{Element, Id, Kind, ROOT};
use crate::xlsform::value::Map;

impl Emitter<'_> {
    /// Writes the root element of the instance.
    pub(super) fn primary(&self, xml: &mut Xml) {
        let root = &self.tree[ROOT];
        let mut attributes = Attributes::default();
        self.own_attributes(&mut attributes, &root.instance, ROOT, "instance");
        self.own_attributes(&mut attributes, &self.settings.map("attribute"), ROOT, "attribute");
        attributes.set("id", self.settings.id.as_str());
        for (setting, attribute) in [
            ("instance_xmlns", "xmlns"),
            ("version", "version"),
            ("prefix", "odk:prefix"),
            ("delimiter", "odk:delimiter"),
        ] {
            if let Some(value) = self.settings.text(setting) {
                attributes.set(attribute, value);
            }
        }
        xml.start(&root.name);
        xml.attrs(&attributes);
        xml.content();
        self.instance_children(xml, ROOT, false);
        xml.end(&root.name);
    }

    fn own_attributes(&self, attributes: &mut Attributes, own: &Map, id: Id, group: &str) {
        for (name, value) in own.iter() {
            let value = self.xpath(value.first_text(), Some(id), Style::default());
            self.set_own(attributes, name, value, &self.tree[id], group);
        }
    }

    /// The nodes of a section's children. `in_instance`: within the first instance of a repeat, where repeats further
    /// down have no template of their own.
    fn instance_children(&self, xml: &mut Xml, id: Id, in_instance: bool) {
        for child in &self.tree[id].children {
            let element = &self.tree[*child];
            match element.kind {
                Kind::External | Kind::Attribute => {}
                _ if element.flat => self.instance_children(xml, *child, in_instance),
                Kind::Repeat if !in_instance => {
                    self.template(xml, *child);
                    self.node(xml, *child, true);
                }
                _ => self.node(xml, *child, in_instance),
            }
        }
    }

    fn node(&self, xml: &mut Xml, id: Id, in_instance: bool) {
        let element = &self.tree[id];
        let mut attributes = Attributes::default();
        self.own_attributes(&mut attributes, &element.instance, id, "instance");
        for child in &element.children {
            let child = &self.tree[*child];
            if child.kind == Kind::Attribute {
                attributes.set(&child.name, child.value.as_str());
            }
        }
        xml.start(&element.name);
        xml.attrs(&attributes);
        xml.content();
        if element.kind == Kind::Question {
            self.default_value(xml, element);
        } else {
            self.instance_children(xml, id, in_instance);
        }
        xml.end(&element.name);
    }

    fn default_value(&self, xml: &mut Xml, element: &Element) {
        if let Some(default) = element.static_default() {
            xml.text(default);
        }
    }

    /// What a new repeat is copied from.
    fn template(&self, xml: &mut Xml, id: Id) {
        let name = &self.tree[id].name;
        xml.start(name);
        xml.attr("jr:template", "");
        xml.content();
        for child in &self.tree[id].children {
            match self.tree[*child].kind {
                Kind::External => {}
                Kind::Repeat => self.template(xml, *child),
                _ => self.node(xml, *child, false),
            }
        }
        xml.end(name);
    }
}
