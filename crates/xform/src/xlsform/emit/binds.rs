//! Binds and the actions of the model.

use super::Emitter;
use super::itext::message_is_itext;
use super::paths::Style;
use super::writer::{Attributes, Xml};
use crate::xlsform::aliases;
use crate::xlsform::element::{Action, ActionKind, Element, Event, Id};
use crate::xlsform::value::Value;

/// Attributes where `yes` means `true()`.
const LOGICAL: [&str; 5] = ["readonly", "required", "relevant", "constraint", "calculate"];

impl Emitter<'_> {
    pub(super) fn bind(&self, xml: &mut Xml, id: Id) {
        let element = &self.tree[id];
        let Some(bind) = element.bind.as_ref().filter(|_| !element.flat) else { return self.own_bind(xml, element) };
        let mut attributes = Attributes::default();
        attributes.set("nodeset", element.path.as_str());
        for (key, value) in bind.iter() {
            if key == "calculate" && !element.triggers.is_empty() {
                // The expression goes into the action of what triggers it.
                continue;
            }
            let value = self.bind_value(id, key, value);
            self.set_own(&mut attributes, key, value, element, "bind");
        }
        own(&mut attributes, element);
        xml.start("bind");
        xml.attrs(&attributes);
        xml.empty();
    }

    /// A bind that is there for the product's own attributes only.
    fn own_bind(&self, xml: &mut Xml, element: &Element) {
        if element.data_element.is_none() && element.reason.is_none() || element.flat {
            return;
        }
        let mut attributes = Attributes::default();
        attributes.set("nodeset", element.path.as_str());
        own(&mut attributes, element);
        xml.start("bind");
        xml.attrs(&attributes);
        xml.empty();
    }

    fn bind_value(&self, id: Id, key: &str, value: &Value) -> String {
        let element = &self.tree[id];
        if LOGICAL.contains(&key)
            && let Some(logical) = value.as_text().and_then(aliases::bind_value)
        {
            return logical.to_owned();
        }
        let is_message = matches!(key, "jr:constraintMsg" | "jr:requiredMsg" | "jr:noAppErrorString");
        if is_message && message_is_itext(key, value) {
            return format!("jr:itext('{}:{key}')", element.path);
        }
        self.xpath(value.first_text(), Some(id), Style::default())
    }

    /// The actions of an element: those of the model, or those of the repeat it is in.
    pub(super) fn actions(&self, xml: &mut Xml, id: Id, in_repeat: bool) {
        let element = &self.tree[id];
        for action in element.actions.iter().filter(|a| (a.event == Event::NewRepeat) == in_repeat) {
            self.action(xml, id, action);
        }
    }

    fn action(&self, xml: &mut Xml, id: Id, action: &Action) {
        let element = &self.tree[id];
        let default = element.default.as_deref().filter(|d| !d.is_empty());
        let value = match default {
            Some(default) if element.default_is_dynamic || element.static_default().is_none() => {
                Some(self.xpath(default, Some(id), Style::default()))
            }
            Some(default) => Some(default.to_owned()),
            None => action.value.clone(),
        };
        write_action(xml, action.kind, &element.path, action.event, value.as_deref(), action.quality.as_deref());
    }
}

fn own(attributes: &mut Attributes, element: &Element) {
    for (name, value) in [("linli:element", &element.data_element), ("linli:reason", &element.reason)] {
        if let Some(value) = value {
            attributes.set(name, value.as_str());
        }
    }
}

/// Writes one action.
pub(super) fn write_action(
    xml: &mut Xml,
    kind: ActionKind,
    path: &str,
    event: Event,
    value: Option<&str>,
    quality: Option<&str>,
) {
    xml.start(match kind {
        ActionKind::SetValue => "setvalue",
        ActionKind::SetGeopoint => "odk:setgeopoint",
        ActionKind::RecordAudio => "odk:recordaudio",
    });
    xml.attr("ref", path);
    xml.attr("event", event.name());
    if let Some(value) = value.filter(|v| kind == ActionKind::SetValue && !v.is_empty()) {
        xml.attr("value", value);
    }
    if let Some(quality) = quality {
        xml.attr("odk:quality", quality);
    }
    xml.empty();
}
