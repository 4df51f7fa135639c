//! Photos, recordings and long texts.

use super::{Cells, Reader};
use crate::xlsform::element::{Action, ActionKind, Element, Event};
use crate::xlsform::finding::Finding;
use crate::xlsform::numbers;

/// Where images of a form are.
const IMAGES: &str = "jr://images/";

impl Reader<'_> {
    pub(super) fn text(&mut self, cells: Cells) -> Result<Element, Finding> {
        self.accept(&cells, &["rows"])?;
        let rows = cells.parameter("rows").map(str::to_owned);
        if rows.as_deref().is_some_and(|r| numbers::whole(r).is_none()) {
            return Err(self.bad_parameter(
                cells.row,
                "参数 rows 要写成整数，例如 rows=5。",
                "Parameter rows must have an integer value.",
            ));
        }
        let mut element = cells.into_question();
        if let Some(rows) = rows {
            element.control.set_text("rows", rows);
        }
        Ok(element)
    }

    pub(super) fn photo(&mut self, cells: Cells) -> Result<Element, Finding> {
        self.accept(&cells, &["app", "max-pixels"])?;
        let pixels = cells.parameter("max-pixels").map(str::to_owned);
        match &pixels {
            Some(pixels) if numbers::whole(pixels).is_none() => {
                return Err(self.bad_parameter(
                    cells.row,
                    "参数 max-pixels 要写成整数，例如 max-pixels=1024。",
                    "Parameter max-pixels must have an integer value.",
                ));
            }
            Some(_) => {}
            None => self.warn(
                "photo-unlimited",
                cells.row,
                &["parameters"],
                "照片没有限制大小。用 max-pixels 参数（如 max-pixels=1024）可加快提交并节省空间。",
                "Use the max-pixels parameter to speed up submission sending and save storage space.",
            ),
        }
        let app = cells.parameter("app").map(str::to_owned);
        let takes_app = cells.appearance.as_deref().is_none_or(|a| a == "annotate");
        if let Some(app) = app.as_deref().filter(|_| takes_app)
            && !is_package(app)
        {
            return Err(self.bad_parameter(
                cells.row,
                format!("参数 app 的“{app}”不是 Android 包名。应由句点分隔，例如 com.example.camera。"),
                format!(
                    "Parameter 'app' has an invalid Android package name: '{app}'. Write segments of letters, numbers and \
                     underscores that begin with a letter, separated by '.', e.g. com.example.camera."
                ),
            ));
        }
        let mut element = cells.into_question();
        element.default = element
            .default
            .filter(|d| !d.is_empty())
            .map(|d| if d.contains(IMAGES) { d } else { format!("{IMAGES}{d}") });
        if let Some(pixels) = pixels {
            element.bind_mut().set_text("orx:max-pixels", pixels);
        }
        if let Some(app) = app.filter(|_| takes_app) {
            element.control.set_text("intent", app);
        }
        Ok(element)
    }

    pub(super) fn audio(&mut self, cells: Cells) -> Result<Element, Finding> {
        self.accept(&cells, &["quality"])?;
        self.one_of(&cells, "quality", &["voice-only", "low", "normal", "external"])?;
        let quality = cells.parameter("quality").map(str::to_owned);
        let mut element = cells.into_question();
        if let Some(quality) = quality {
            element.bind_mut().set_text("odk:quality", quality);
        }
        Ok(element)
    }

    pub(super) fn background_audio(&mut self, cells: Cells) -> Result<Element, Finding> {
        self.accept(&cells, &["quality"])?;
        self.one_of(&cells, "quality", &["voice-only", "low", "normal"])?;
        let mut action = Action::new(ActionKind::RecordAudio, Event::Load);
        action.quality = cells.parameter("quality").map(str::to_owned);
        let mut element = cells.into_question();
        element.actions.push(action);
        Ok(element)
    }
}

/// Whether a text is the name of an Android package.
fn is_package(name: &str) -> bool {
    let segment = |s: &str| {
        s.starts_with(|c: char| c.is_ascii_alphabetic()) && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    name.contains('.') && name.split('.').all(segment)
}

#[cfg(test)]
mod tests {
    use super::is_package;

    #[test]
    fn a_package_has_segments_that_begin_with_letters() {
        assert!(is_package("com.example.camera_2"));
        for bad in ["", "camera", "com.", ".com", "com..x", "com._x", "com.1x", "com.x-y"] {
            assert!(!is_package(bad), "{bad}");
        }
    }
}
