//! Range questions: a scale to slide along.

use super::{Cells, Done, Reader};
use crate::xlsform::element::Element;
use crate::xlsform::finding::Finding;
use crate::xlsform::numbers::Decimal;

/// The scale's numbers.
struct Scale {
    start: Decimal,
    end: Decimal,
    step: Decimal,
    tick: Option<Decimal>,
    placeholder: Option<Decimal>,
}

impl Scale {
    fn holds(&self, value: Decimal) -> bool {
        (self.start <= value && value <= self.end) || (self.end <= value && value <= self.start)
    }
}

const TICKS: [&str; 3] = ["tick_interval", "placeholder", "tick_labelset"];

impl Reader<'_> {
    pub(super) fn range(&mut self, mut cells: Cells) -> Result<Element, Finding> {
        self.accept(&cells, &["end", "placeholder", "start", "step", "tick_interval", "tick_labelset"])?;
        self.check_appearance(&cells)?;
        for (key, value) in [("start", "1"), ("end", "10"), ("step", "1")] {
            if cells.parameter(key).is_none() {
                cells.parameters.push((key.to_owned(), value.to_owned()));
            }
        }
        let scale = self.scale(&cells)?;
        self.check_scale(&cells, &scale)?;
        let labels = cells.parameter("tick_labelset").filter(|l| !l.is_empty()).map(str::to_owned);
        if let Some(list) = &labels {
            self.check_labels(&cells, &scale, list)?;
        }
        let parameters = std::mem::take(&mut cells.parameters);
        let mut element = cells.into_question();
        for (key, value) in parameters {
            match key.as_str() {
                "tick_labelset" => {}
                "tick_interval" => element.control.set_text("odk:tick-interval", value),
                "placeholder" => element.control.set_text("odk:placeholder", value),
                key => element.control.set_text(key, value),
            }
        }
        let numbers = [Some(scale.start), Some(scale.end), Some(scale.step), scale.tick, scale.placeholder];
        if numbers.into_iter().flatten().any(|n| !n.is_whole()) {
            element.bind_mut().set_text("type", "decimal");
        }
        element.itemset = labels;
        Ok(element)
    }

    fn check_appearance(&self, cells: &Cells) -> Done {
        let Some(appearance) = cells.appearance.as_deref().filter(|a| !a.is_empty()) else { return Ok(()) };
        let shows_ticks = appearance.contains("vertical") || appearance.contains("no-ticks");
        if !shows_ticks && TICKS.iter().any(|t| cells.parameter(t).is_some()) {
            return Err(self.bad_parameter(
                cells.row,
                "参数 tick_interval、placeholder、tick_labelset 只能与外观 vertical、no-ticks 或默认外观一起用。",
                "The parameters 'tick_interval', 'placeholder', and 'tick_labelset' are only supported for the appearances \
                 'vertical', 'no-ticks', 'vertical no-ticks', and the default (empty) horizontal.",
            ));
        }
        Ok(())
    }

    fn scale(&self, cells: &Cells) -> Result<Scale, Finding> {
        let number = |key: &str| match cells.parameter(key).map(Decimal::parse) {
            None => Ok(None),
            Some(Some(number)) => Ok(Some(number)),
            Some(None) => Err(self.bad_parameter(
                cells.row,
                format!("参数 {key} 必须是数字。"),
                format!("For the 'range' question type, the parameter '{key}' must be a number."),
            )),
        };
        let needed = |key: &str| {
            number(key)?
                .ok_or_else(|| self.bad_parameter(cells.row, format!("缺少参数 {key}。"), format!("Add '{key}'.")))
        };
        Ok(Scale {
            start: needed("start")?,
            end: needed("end")?,
            step: needed("step")?,
            tick: number("tick_interval")?,
            placeholder: number("placeholder")?,
        })
    }

    fn check_scale(&self, cells: &Cells, scale: &Scale) -> Done {
        let bad = |zh: String, en: String| Err(self.bad_parameter(cells.row, zh, en));
        let width = scale.end.minus(scale.start).abs();
        for (key, value) in [("step", Some(scale.step)), ("tick_interval", scale.tick)] {
            let Some(value) = value else { continue };
            if value.is_zero() {
                return bad(
                    format!("参数 {key} 不能是 0。"),
                    format!("For the 'range' question type, the parameter '{key}' must not be '0' (zero)."),
                );
            }
            if value > width {
                return bad(
                    format!("参数 {key} 不能大于 start 与 end 之差。"),
                    format!(
                        "For the 'range' question type, the parameter '{key}' must not be larger than the range (the \
                         difference between 'start' and 'end')."
                    ),
                );
            }
        }
        let offset = scale.placeholder.map(|p| p.minus(scale.start));
        for (key, value) in [("tick_interval", scale.tick), ("placeholder", offset)] {
            if value.is_some_and(|v| !v.is_multiple_of(scale.step)) {
                return bad(
                    format!("参数 {key} 必须是 step 的整数倍。"),
                    format!("For the 'range' question type, the parameter '{key}' must be a multiple of 'step'."),
                );
            }
        }
        if scale.placeholder.is_some_and(|p| !scale.holds(p)) {
            return bad(
                "参数 placeholder 必须在 start 与 end 之间。".to_owned(),
                "The parameter 'placeholder' must be between the 'start' and 'end' values, inclusive.".to_owned(),
            );
        }
        Ok(())
    }

    /// The labels below the ticks: choices named by numbers on the scale.
    fn check_labels(&self, cells: &Cells, scale: &Scale, list: &str) -> Done {
        let bad = |zh: &str, en: &str| Err(self.bad_parameter(cells.row, zh, en));
        if !self.lists.contains(list) {
            return bad(
                "参数 tick_labelset 要写 choices 表里已有的列表名。",
                "The parameter 'tick_labelset' must be a choice list name from the 'list_name' column on the choices sheet.",
            );
        }
        let ends_only = cells.appearance.as_deref().is_some_and(|a| a.contains("no-ticks"));
        let mut values: Vec<Decimal> = Vec::new();
        for choice in self.choices_of(list) {
            let Some(value) = Decimal::parse(&choice.name) else {
                return bad(
                    "tick_labelset 所用列表的选项 name 必须都是数字。",
                    "The parameter 'tick_labelset' choice values must all be numbers.",
                );
            };
            if !scale.holds(value) {
                return bad(
                    "tick_labelset 的选项必须在 start 与 end 之间。",
                    "The parameter 'tick_labelset' choices must be between the 'start' and 'end' values, inclusive.",
                );
            }
            if !value.minus(scale.start).is_multiple_of(scale.tick.unwrap_or(scale.step)) {
                return bad(
                    "tick_labelset 的选项必须落在刻度上：等于 start 加上 tick_interval（或 step）的整数倍。",
                    "The parameter 'tick_labelset' choices' values must be equal to the start of the range plus a multiple \
                     of 'tick_interval' (or of 'step').",
                );
            }
            if !values.contains(&value) {
                values.push(value);
            }
        }
        if ends_only && values.len() > 2 {
            return bad(
                "外观为 no-ticks 时，tick_labelset 的列表只能有 2 个选项。",
                "The parameter 'tick_labelset' choice list must have only 2 items when the 'appearance' is 'no-ticks'.",
            );
        }
        let both_ends = [scale.start, scale.end].iter().all(|e| values.contains(e));
        if ends_only && !(both_ends && values.iter().all(|v| *v == scale.start || *v == scale.end)) {
            return bad(
                "外观为 no-ticks 时，tick_labelset 的选项只能是 start 和 end 的值。",
                "The parameter 'tick_labelset' choice list values may only match the range 'start' and 'end' values when the \
                 'appearance' is 'no-ticks'.",
            );
        }
        Ok(())
    }
}
