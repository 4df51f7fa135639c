//! The audit question: what a client logs while somebody fills the form.

use super::{Cells, Done, Reader};
use crate::xlsform::element::Element;
use crate::xlsform::finding::Finding;
use crate::xlsform::{numbers, types};

const LOCATION: [&str; 3] = ["location-max-age", "location-min-interval", "location-priority"];

impl Reader<'_> {
    /// Makes the audit element of the meta block.
    pub(super) fn audit(&mut self, mut cells: Cells) -> Result<Element, Finding> {
        if cells.values.text("name").is_some_and(|n| !n.is_empty() && n != "audit") {
            return Err(self.wrong(
                "audit-name",
                cells.row,
                &["name"],
                "audit 题的 name 只能是“audit”，请留空。",
                "Audits must always be named 'audit.' The name column should be left blank.",
            ));
        }
        "audit".clone_into(&mut cells.name);
        let choices = ["identify-user", "track-changes", "track-changes-reasons"];
        let mut accepted = [&choices[..], &LOCATION[..]].concat();
        accepted.sort_unstable();
        self.accept(&cells, &accepted)?;
        for key in ["track-changes", "identify-user"] {
            self.one_of(&cells, key, &["true", "false"])?;
        }
        self.one_of(&cells, "track-changes-reasons", &["on-form-edit"])?;
        self.location(&cells)?;
        let parameters = std::mem::take(&mut cells.parameters);
        let mut element = cells.into_question();
        for (key, value) in parameters {
            element.bind_mut().set_text(&format!("odk:{key}"), value);
        }
        if let Some(info) = types::lookup("audit") {
            element.apply_type(&info);
        }
        Ok(element)
    }

    /// Refuses a parameter that is there and is none of the values.
    pub(super) fn one_of(&self, cells: &Cells, key: &str, values: &[&str]) -> Done {
        match cells.parameter(key) {
            Some(value) if !values.contains(&value) => {
                let list = values.join(", ");
                Err(self.bad_parameter(
                    cells.row,
                    format!("参数 {key} 不能是“{value}”，只能是：{list}。"),
                    format!("{key} must be set to one of: {list}. '{value}' is an invalid value."),
                ))
            }
            _ => Ok(()),
        }
    }

    /// Location is logged with all three of its parameters or not at all.
    fn location(&self, cells: &Cells) -> Done {
        let [age, interval, _] = LOCATION.map(|key| cells.parameter(key));
        if LOCATION.iter().all(|key| cells.parameter(key).is_none()) {
            return Ok(());
        }
        if LOCATION.iter().any(|key| cells.parameter(key).is_none()) {
            return Err(self.bad_parameter(
                cells.row,
                "记录位置需要同时写 location-priority、location-min-interval 和 location-max-age。",
                "To include location information in the audit, 'location-priority', 'location-min-interval', and \
                 'location-max-age' are required parameters.",
            ));
        }
        self.one_of(cells, "location-priority", &["no-power", "low-power", "balanced", "high-accuracy"])?;
        let seconds = |text: Option<&str>| text.and_then(numbers::whole).filter(|n| *n >= 0);
        let (Some(age), Some(interval)) = (seconds(age), seconds(interval)) else {
            return Err(self.bad_parameter(
                cells.row,
                "location-min-interval 和 location-max-age 要写成不小于 0 的整数（秒）。",
                "Parameters location-min-interval and location-max-age must have an integer value greater than or equal \
                 to zero.",
            ));
        };
        if age < interval {
            return Err(self.bad_parameter(
                cells.row,
                "location-max-age 不能小于 location-min-interval。",
                "Parameter location-max-age must be greater than or equal to location-min-interval.",
            ));
        }
        Ok(())
    }
}
