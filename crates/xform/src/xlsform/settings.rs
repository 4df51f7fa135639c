//! The settings sheet.

use super::aliases::{self, yes_no};
use super::finding::Finding;
use super::headers::{Cleaning, group};
use super::input::RawBook;
use super::lex::is_element_name;
use super::value::{Map, Value};
use super::{Options, spelling};

/// What a form says about itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    /// The first row of the sheet.
    pub(super) values: Map,
    /// Name of the primary instance's root.
    pub(super) root: String,
    pub(super) id: String,
    pub(super) title: String,
    pub(super) default_language: String,
    /// Whether runs of spaces on the survey sheet become one.
    pub(super) collapse: bool,
}

impl Settings {
    /// A setting that is a text with something in it.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.values.text(key).filter(|t| !t.is_empty())
    }

    /// A setting that is `yes`.
    pub(super) fn is_yes(&self, key: &str) -> bool {
        self.text(key).and_then(yes_no) == Some(true)
    }

    /// Groups of attributes, `attribute::x` or `bind::x`.
    pub(super) fn map(&self, key: &str) -> Map {
        match self.values.get(key) {
            Some(Value::Map(map)) => map.clone(),
            _ => Map::default(),
        }
    }

    /// The namespaces a form declares beyond the standard ones: prefix and URI.
    pub(super) fn namespaces(&self) -> Vec<(String, String)> {
        let declared = self.text("namespaces").unwrap_or_default();
        let pair = |part: &str| {
            let mut sides = part.split('=');
            let (prefix, uri) = (sides.next()?, sides.next()?);
            (sides.next().is_none() && !prefix.is_empty()).then(|| (prefix.to_owned(), uri.replace(['"', '\''], "")))
        };
        declared.split_whitespace().filter_map(pair).collect()
    }
}

/// Reads the settings; `stem` is the file's name.
pub(super) fn read(book: &RawBook, stem: Option<&str>, options: &Options, findings: &mut Vec<Finding>) -> Settings {
    let fallback = options.default_language.as_deref().unwrap_or("default");
    let mut values = Map::default();
    match book.sheet("settings").filter(|s| !s.rows.is_empty()) {
        Some(sheet) => {
            let mut sheet = sheet.clone();
            let named = |name: &str| sheet.headers.iter().position(|h| h.as_deref() == Some(name));
            if let (Some(old), Some(_)) = (named("id_string"), named("form_id")) {
                findings.push(both_ids());
                sheet.headers[old] = None;
            }
            let cleaning = Cleaning { collapse: false, default_language: "default" };
            let mut grouped = group(&sheet, &aliases::SETTINGS, cleaning, findings);
            if !grouped.rows.is_empty() {
                values = grouped.rows.swap_remove(0).values;
            }
        }
        None => spelling::warn("settings", book, findings),
    }
    let root = root_name(&values, options, findings);
    let text = |key: &str| values.text(key).map(str::to_owned);
    let id = text("id_string").or_else(|| stem.map(str::to_owned)).unwrap_or_else(|| "data".to_owned());
    Settings {
        root,
        title: text("title").unwrap_or_else(|| id.clone()),
        id,
        default_language: text("default_language").unwrap_or_else(|| fallback.to_owned()),
        collapse: text("clean_text_values").and_then(|t| yes_no(&t)).unwrap_or(true),
        values,
    }
}

fn root_name(values: &Map, options: &Options, findings: &mut Vec<Finding>) -> String {
    if let Some(name) = options.form_name.as_deref().filter(|n| !is_element_name(n)) {
        findings.push(Finding::error(
            "form-name-invalid",
            "",
            format!("form_name“{name}”不能用作名称：请以字母或下划线开头，其后用字母、数字、下划线、连字符或句点。"),
            format!("The form_name '{name}' is invalid. {NAME_RULE}"),
        ));
    }
    if let Some(name) = values.text("name") {
        if !is_element_name(name) {
            findings.push(invalid_name("settings", 2, "name", name));
        }
        return name.to_owned();
    }
    options.form_name.clone().unwrap_or_else(|| "data".to_owned())
}

/// What a name may be.
pub(super) const NAME_RULE: &str = "Names must begin with a letter or underscore. After the first character, names may \
                                    contain letters, digits, underscores, hyphens, or periods.";

/// A cell that should hold a name and does not.
pub(super) fn invalid_name(sheet: &str, row: u32, column: &str, name: &str) -> Finding {
    Finding::error(
        "name-invalid",
        sheet,
        format!(
            "“{name}”不能用作名称：请以字母（含汉字）或下划线开头，其后用字母、数字、下划线、连字符或句点，不留空格。"
        ),
        format!("'{name}' is not a valid name. {NAME_RULE}"),
    )
    .row(row)
    .column(column)
}

fn both_ids() -> Finding {
    Finding::warning(
        "setting-both-ids",
        "settings",
        "settings 表同时有 form_id 和 id_string 两列，已采用 form_id。请删去 id_string。",
        "The settings sheet has both form_id and id_string; form_id was used. Delete id_string.",
    )
    .row(1)
    .column("id_string")
}
