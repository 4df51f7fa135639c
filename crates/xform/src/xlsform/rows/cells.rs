//! One row while it becomes an element, and the container it stands in.

use std::collections::HashSet;

use crate::xlsform::element::{Action, ActionKind, Element, Event, Id, Kind};
use crate::xlsform::lex;
use crate::xlsform::value::Map;

/// An open container.
pub(super) struct Frame {
    pub(super) id: Id,
    /// `group`, `repeat`, `loop`; empty for the survey.
    pub(super) control: &'static str,
    pub(super) row: u32,
    pub(super) names: HashSet<String>,
    pub(super) names_lower: HashSet<String>,
    /// The list whose choices a loop repeats over.
    pub(super) looped: Option<String>,
}

impl Frame {
    pub(super) fn new(id: Id, control: &'static str, row: u32) -> Self {
        let (names, names_lower) = (HashSet::new(), HashSet::new());
        Self { id, control, row, names, names_lower, looped: None }
    }
}

/// A row while it becomes an element.
#[derive(Default)]
pub(in crate::xlsform) struct Cells {
    pub(in crate::xlsform) row: u32,
    pub(super) type_name: String,
    pub(in crate::xlsform) name: String,
    pub(in crate::xlsform) values: Map,
    pub(super) appearance: Option<String>,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) triggers: Vec<String>,
    pub(super) default_is_dynamic: bool,
    pub(super) actions: Vec<Action>,
}

impl Cells {
    pub(super) fn dynamic_default(&mut self, values: &Map, in_repeat: bool) {
        let Some(default) = values.text("default") else { return };
        if lex::is_dynamic(default, &self.type_name) {
            self.default_is_dynamic = true;
            self.actions.push(Action::new(ActionKind::SetValue, Event::FirstLoad));
            if in_repeat {
                self.actions.push(Action::new(ActionKind::SetValue, Event::NewRepeat));
            }
        }
    }

    pub(super) fn parameter(&self, key: &str) -> Option<&str> {
        self.parameters.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// Makes the question's element, without what its type brings.
    pub(super) fn into_question(mut self) -> Element {
        let values = std::mem::take(&mut self.values);
        let mut element = Element::from_row(Kind::Question, &self.type_name, &self.name, self.row, values);
        element.default_is_dynamic = self.default_is_dynamic;
        element.actions = self.actions;
        element.triggers = self.triggers;
        element.parameters = self.parameters;
        element
    }
}
