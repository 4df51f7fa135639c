//! The body: a control for everything that is asked.

use super::Emitter;
use super::binds::write_action;
use super::paths::Style;
use super::writer::{Attributes, Xml};
use crate::xlsform::element::{ActionKind, Element, Event, Id, Kind};
use crate::xlsform::finding::Finding;
use crate::xlsform::value::Value;

impl Emitter<'_> {
    /// The controls of a section's children.
    pub(super) fn controls(&self, xml: &mut Xml, id: Id) {
        for child in &self.tree[id].children {
            match self.tree[*child].kind {
                Kind::Group => self.group(xml, *child),
                Kind::Repeat => self.repeat(xml, *child),
                Kind::Question => self.question(xml, *child),
                _ => {}
            }
        }
    }

    fn group(&self, xml: &mut Xml, id: Id) {
        let element = &self.tree[id];
        if element.bodyless {
            return;
        }
        let mut attributes = self.control_attributes(id);
        if let Some(appearance) = element.control.text("appearance") {
            attributes.set("appearance", appearance);
        }
        if !element.flat {
            attributes.set("ref", element.path.as_str());
        }
        xml.start("group");
        xml.attrs(&attributes);
        xml.content();
        if element.label.is_some() {
            self.label(xml, id);
        }
        self.controls(xml, id);
        xml.end("group");
    }

    fn repeat(&self, xml: &mut Xml, id: Id) {
        let element = &self.tree[id];
        xml.start("group");
        xml.attr("ref", &element.path);
        xml.content();
        self.label(xml, id);
        let mut attributes = self.control_attributes(id);
        attributes.set("nodeset", element.path.as_str());
        xml.start("repeat");
        xml.attrs(&attributes);
        xml.content();
        self.controls(xml, id);
        for below in self.tree.below(id) {
            if matches!(self.tree[below].kind, Kind::Question | Kind::Attribute)
                && self.tree.nearest(below, Kind::Repeat) == Some(id)
            {
                self.actions(xml, below, true);
            }
        }
        xml.end("repeat");
        xml.end("group");
    }

    fn control_attributes(&self, id: Id) -> Attributes {
        let element = &self.tree[id];
        let mut attributes = Attributes::default();
        for (name, value) in element.control.iter().filter(|(name, _)| *name != "tag") {
            let value = self.xpath(value.first_text(), Some(id), Style::default());
            self.set_own(&mut attributes, name, value, element, "body");
        }
        attributes
    }

    fn question(&self, xml: &mut Xml, id: Id) {
        let element = &self.tree[id];
        let set_values = self.set_values.get(element.name.as_str());
        let calculates = element.bind.as_ref().is_some_and(|b| b.contains("calculate")) || !element.triggers.is_empty();
        if element.type_name == "calculate" || (calculates && element.label.is_none() && element.hint.is_none()) {
            for (target, _) in set_values.into_iter().flatten() {
                self.report(invisible_trigger(element, &self.tree[*target]));
            }
            return;
        }
        let Some(tag) = element.tag.filter(|tag| *tag != "action") else { return };
        self.check_texts(element);
        let mut attributes = self.control_attributes(id);
        if tag == "input"
            && let Some(query) = &element.query
        {
            attributes.set("query", self.query(id, query));
        }
        attributes.set("ref", element.path.as_str());
        xml.start(tag);
        xml.attrs(&attributes);
        xml.content();
        self.label(xml, id);
        self.hint(xml, id);
        self.choices(xml, id);
        for tag in &element.tags {
            xml.start("tag");
            xml.attr("key", &tag.name);
            xml.content();
            xml.start("label");
            xml.content();
            if let Some(label) = &tag.label {
                xml.pieces(&self.pieces(label.first_text(), None));
            }
            xml.end("label");
            xml.end("tag");
        }
        for (target, value) in set_values.into_iter().flatten() {
            let value = self.xpath(value, Some(id), Style::default());
            let path = &self.tree[*target].path;
            write_action(xml, ActionKind::SetValue, path, Event::ValueChanged, Some(&value), None);
        }
        for target in self.set_geopoints.get(element.name.as_str()).into_iter().flatten() {
            let path = &self.tree[*target].path;
            write_action(xml, ActionKind::SetGeopoint, path, Event::ValueChanged, None, None);
        }
        xml.end(tag);
    }

    /// The query of a select from the external_choices sheet.
    fn query(&self, id: Id, query: &str) -> String {
        let style = Style { current: true, parent: false };
        match self.tree[id].choice_filter.as_deref().filter(|f| !f.is_empty()) {
            Some(filter) => format!("instance('{query}')/root/item[{}]", self.xpath(filter, Some(id), style)),
            None => format!("instance('{query}')/root/item"),
        }
    }

    fn label(&self, xml: &mut Xml, id: Id) {
        let element = &self.tree[id];
        if element.label_is_itext() {
            return xml.only("label", "ref", &format!("jr:itext('{}:label')", element.path));
        }
        xml.start("label");
        xml.content();
        if let Some(Value::Text(label)) = &element.label {
            xml.pieces(&self.pieces(label, Some(id)));
        }
        xml.end("label");
    }

    fn hint(&self, xml: &mut Xml, id: Id) {
        let element = &self.tree[id];
        match &element.hint {
            None if element.guidance_hint.is_none() => {}
            Some(Value::Text(hint)) if element.guidance_hint.is_none() => {
                xml.start("hint");
                xml.content();
                xml.pieces(&self.pieces(hint, Some(id)));
                xml.end("hint");
            }
            _ => xml.only("hint", "ref", &format!("jr:itext('{}:hint')", element.path)),
        }
    }

    /// What is asked must be said.
    fn check_texts(&self, element: &Element) {
        let wrong = |code, column: &str, zh: String, en: String| {
            self.report(Finding::error(code, "survey", zh, en).row(element.row).column(column));
        };
        let name = &element.name;
        if element.label.is_none() && element.media.is_empty() && element.hint.is_none() {
            wrong(
                "label-missing",
                "label",
                format!("题目“{name}”没有 label 或 hint。请填写 label。"),
                format!("The survey element named '{name}' has no label or hint. Fill in the label."),
            );
        }
        if element.media.contains("big-image") && !element.media.contains("image") {
            wrong(
                "big-image-alone",
                "image",
                format!("题目“{name}”用了 big-image，还要写明 image。"),
                format!("To use big-image, you must also specify an image for the survey element named {name}."),
            );
        }
    }
}

fn invisible_trigger(trigger: &Element, target: &Element) -> Finding {
    Finding::error(
        "trigger-invisible",
        "survey",
        format!("题目“{}”不显示在表单上，不能触发“{}”的计算。请改用填表人可见的题目。", trigger.name, target.name),
        format!(
            "The question ${{{}}} is not user-visible so it can't be used as a calculation trigger for question ${{{}}}.",
            trigger.name, target.name
        ),
    )
    .row(target.row)
    .column("trigger")
}
