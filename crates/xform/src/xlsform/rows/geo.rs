//! Points, lines and shapes.

use super::{Cells, Done, Reader};
use crate::xlsform::element::{Action, ActionKind, Element, Event};
use crate::xlsform::finding::Finding;
use crate::xlsform::{numbers, refs};

impl Reader<'_> {
    pub(super) fn geo(&mut self, cells: Cells) -> Result<Element, Finding> {
        let point = cells.type_name == "geopoint";
        let accepted: &[&str] = if point {
            &["allow-mock-accuracy", "capture-accuracy", "reference-geometry", "warning-accuracy"]
        } else {
            &["allow-mock-accuracy", "incremental", "reference-geometry"]
        };
        self.accept(&cells, accepted)?;
        let mut control = Vec::new();
        let accuracy =
            [("capture-accuracy", "accuracyThreshold"), ("warning-accuracy", "unacceptableAccuracyThreshold")];
        for (key, attribute) in accuracy {
            let Some(value) = cells.parameter(key) else { continue };
            if !numbers::is_float(value) {
                return Err(self.bad_parameter(
                    cells.row,
                    format!("参数 {key} 要写成数字（米），例如 {key}=5。"),
                    format!("The '{key}' parameter must have a numeric value."),
                ));
            }
            control.push((attribute, value.to_owned()));
        }
        if let Some(value) = cells.parameter("incremental") {
            if crate::xlsform::aliases::yes_no(value) != Some(true) {
                return Err(self.bad_parameter(
                    cells.row,
                    "参数 incremental 只能写 true，或者不写。",
                    "For geoshape and geotrace questions, the 'incremental' parameter may either be 'true' or not included.",
                ));
            }
            control.push(("incremental", "true".to_owned()));
        }
        self.one_of(&cells, "allow-mock-accuracy", &["true", "false"])?;
        let mock = cells.parameter("allow-mock-accuracy").map(str::to_owned);
        let reference = cells.parameter("reference-geometry").map(str::to_owned);
        if let Some(reference) = &reference {
            self.geo.push((reference.clone(), cells.row));
        }
        let mut element = cells.into_question();
        for (key, value) in control {
            element.control.set_text(key, value);
        }
        if let Some(mock) = mock {
            element.bind_mut().set_text("odk:allow-mock-accuracy", mock);
        }
        element.itemset = reference;
        Ok(element)
    }

    /// A point taken when the form is opened.
    pub(super) fn start_geopoint(cells: Cells) -> Element {
        let mut element = cells.into_question();
        element.actions.push(Action::new(ActionKind::SetGeopoint, Event::FirstLoad));
        element
    }

    /// A point taken when another question changes.
    pub(super) fn background_geopoint(&mut self, cells: Cells) -> Result<Element, Finding> {
        if cells.triggers.is_empty() {
            return Err(self.wrong(
                "trigger-missing",
                cells.row,
                &["trigger"],
                "background-geopoint 题必须在 trigger 列写明由哪道题触发，例如 ${phone}。",
                "For 'background-geopoint' questions, the 'trigger' column must not be empty.",
            ));
        }
        if cells.values.map("bind").is_some_and(|b| b.contains("calculate")) {
            return Err(self.wrong(
                "calculation-not-allowed",
                cells.row,
                &["bind", "calculate"],
                "background-geopoint 题的 calculation 列必须留空。",
                "For 'background-geopoint' questions, the 'calculation' column must be empty.",
            ));
        }
        Ok(cells.into_question())
    }

    /// A reference geometry must lead to choices, a file, an entity list or a repeat.
    pub(super) fn check_geo_reference(&self, target: &str, row: u32) -> Done {
        let repeat = refs::is_one(target).is_some_and(|r| self.repeats.contains(r.name));
        if repeat || self.secondary.contains(target) || self.lists.contains(target) || self.entities.declares(target) {
            return Ok(());
        }
        Err(self.bad_parameter(
            row,
            format!("参数 reference-geometry 的“{target}”找不到：应是选项列表、实体列表、附件文件名（不含扩展名），或 ${{循环组}}。"),
            "The 'reference-geometry' parameter must either match a secondary instance name (a choices list_name, an \
             entities list_name, or the base name of an attached file), or be a reference variable containing the name of \
             a repeat.",
        ))
    }
}
