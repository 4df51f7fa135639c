//! The part of the styles that decides what a number is.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::Outline;
use crate::dates::{NumberStyle, builtin_style, code_style};
use crate::error::BookError;
use crate::package::Package;
use crate::xml::{attr, walk};

/// The number style of each cell format (`cellXfs`), by index.
#[derive(Debug, Default)]
pub(crate) struct Styles {
    formats: Vec<NumberStyle>,
    bordered: Vec<bool>,
}

impl Styles {
    /// The style of a cell whose `s` attribute is `index`.
    pub(crate) fn of(&self, index: usize) -> NumberStyle {
        self.formats.get(index).copied().unwrap_or_default()
    }

    /// Whether cells of that style have a border.
    pub(crate) fn is_bordered(&self, index: usize) -> bool {
        self.bordered.get(index).copied().unwrap_or(false)
    }
}

/// Reads the styles part; a workbook without one has plain numbers only.
pub(crate) fn read_styles(package: &mut Package<'_>, outline: &Outline) -> Result<Styles, BookError> {
    let Some(part) = outline.related("styles").filter(|p| package.find(p).is_some()) else {
        return Ok(Styles::default());
    };
    let part = part.to_owned();
    let mut codes: HashMap<u32, NumberStyle> = HashMap::new();
    let mut formats = Vec::new();
    let (mut in_cell_formats, mut in_border) = (false, false);
    let mut borders: Vec<bool> = Vec::new();
    let mut bordered = Vec::new();
    package.stream(&part, |input| {
        walk(&part, input, |event, empty| {
            match event {
                Event::Start(tag) => match tag.local_name().into_inner() {
                    "numFmt" => {
                        let id = attr(tag, "numFmtId").and_then(|v| v.parse().ok());
                        if let (Some(id), Some(code)) = (id, attr(tag, "formatCode")) {
                            codes.insert(id, code_style(&code));
                        }
                    }
                    "border" => {
                        borders.push(false);
                        in_border = !empty;
                    }
                    "left" | "right" | "top" | "bottom" | "start" | "end" if in_border => {
                        if attr(tag, "style").is_some_and(|s| s != "none")
                            && let Some(last) = borders.last_mut()
                        {
                            *last = true;
                        }
                    }
                    "cellXfs" => in_cell_formats = !empty,
                    "xf" if in_cell_formats => {
                        let id: u32 = attr(tag, "numFmtId").and_then(|v| v.parse().ok()).unwrap_or(0);
                        let border = attr(tag, "borderId").and_then(|v| v.parse::<usize>().ok()).unwrap_or(0);
                        bordered.push(borders.get(border).copied().unwrap_or(false));
                        formats.push(codes.get(&id).copied().unwrap_or_else(|| builtin_style(id)));
                    }
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().into_inner() {
                    "cellXfs" => in_cell_formats = false,
                    "border" => in_border = false,
                    _ => {}
                },
                _ => {}
            }
            Ok(())
        })
    })?;
    Ok(Styles { formats, bordered })
}
