//! The choices sheet: lists of choices, their translations and what is wrong with them.

use super::finding::Finding;
use super::headers::{Grouped, Row};
use super::lex::is_element_name;
use super::refs;
use super::value::{Map, Value};

/// One choice.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) label: Option<Value>,
    pub(super) media: Map,
    /// Columns of the form's own, for choice filters.
    pub(super) extra: Vec<(String, String)>,
    pub(super) sms_option: Option<String>,
    /// The sheet's row, 0 for what the compiler adds.
    pub(super) row: u32,
}

/// One list.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    pub(super) name: String,
    pub(super) choices: Vec<Choice>,
    /// Whether labels stand in the itext: translated, with media or with references.
    pub(super) itext: bool,
    /// Whether a question searches it, so that its choices stand in the body.
    pub(super) searched: bool,
    /// Whether the old setting `add_none_option` has been done for it.
    pub(super) none_added: bool,
}

/// All lists in order of appearance.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists {
    lists: Vec<List>,
    at: std::collections::HashMap<String, usize>,
}

impl Lists {
    pub(super) fn get(&self, name: &str) -> Option<&List> {
        self.at.get(name).map(|at| &self.lists[*at])
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut List> {
        self.at.get(name).map(|at| &mut self.lists[*at])
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.at.contains_key(name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &List> {
        self.lists.iter()
    }

    fn entry(&mut self, name: String) -> &mut List {
        let next = self.lists.len();
        let at = *self.at.entry(name).or_insert_with_key(|name| {
            self.lists.push(List { name: name.clone(), ..List::default() });
            next
        });
        &mut self.lists[at]
    }

    /// Decides which lists need the itext, once nothing more is added.
    pub(super) fn settle(&mut self) {
        for list in &mut self.lists {
            list.itext = list.choices.iter().any(|c| {
                !c.media.is_empty()
                    || match &c.label {
                        Some(Value::Map(_)) => true,
                        Some(Value::Text(text)) => refs::has(text),
                        None => false,
                    }
            });
        }
    }

    /// Adds the choice `other` for questions of the kind "or other", in every language that the list has.
    pub(super) fn add_other(&mut self, name: &str) {
        let Some(list) = self.get_mut(name) else { return };
        if list.choices.iter().any(|c| c.name == "other") {
            return;
        }
        let mut languages = Map::default();
        for choice in &list.choices {
            if let Some(Value::Map(label)) = &choice.label {
                label.iter().for_each(|(language, _)| languages.set_text(language, "Other"));
            }
        }
        let label = if languages.is_empty() { Value::Text("Other".to_owned()) } else { Value::Map(languages) };
        list.choices.push(Choice { name: "other".to_owned(), label: Some(label), ..Choice::default() });
    }
}

/// Reads the lists and checks them.
pub(super) fn read(sheet: &Grouped, allow_duplicates: bool, findings: &mut Vec<Finding>) -> Lists {
    let dropped = bad_headers(sheet, findings);
    let mut lists = Lists::default();
    let (name_column, label_column) = (sheet.header(&["name"]), sheet.header(&["label"]));
    for row in &sheet.rows {
        let mut values = row.values.clone();
        let Some(list_name) = values.take_text("list name") else { continue };
        let list = lists.entry(list_name);
        let Some(choice) = choice(row, values, &dropped, &name_column, findings) else { continue };
        if choice.label.is_none() {
            findings.push(no_label(row.number, &label_column));
        }
        list.choices.push(choice);
    }
    if !allow_duplicates {
        for list in lists.iter() {
            let mut seen = std::collections::HashSet::new();
            for choice in list.choices.iter().filter(|c| !seen.insert(c.name.as_str())) {
                findings.push(duplicate(list, choice, &name_column));
            }
        }
    }
    lists
}

fn choice(
    row: &Row,
    mut values: Map,
    dropped: &[String],
    name_column: &str,
    findings: &mut Vec<Finding>,
) -> Option<Choice> {
    let Some(name) = values.take_text("name") else {
        findings.push(
            Finding::error(
                "choice-name-missing",
                "choices",
                "选项没有 name。请为每个选项填写 name。",
                "Choices must have a name. Fill in the name of this choice.",
            )
            .row(row.number)
            .column(name_column),
        );
        return None;
    };
    let label = values.remove("label").filter(|v| !v.is_empty());
    let media = values.take_map("media").unwrap_or_default();
    let sms_option = values.take_text("sms_option");
    let mut extra = Vec::new();
    for (key, value) in values.iter() {
        if dropped.iter().any(|d| d == key) {
            continue;
        }
        match value {
            Value::Text(text) => extra.push((key.to_owned(), text.clone())),
            Value::Map(_) => findings.push(
                Finding::error(
                    "choice-column-nested",
                    "choices",
                    format!("choices 表的列“{key}::…”不能再分语言或属性。请改成单独的列名，例如“{key}”。"),
                    format!(
                        "The choices column '{key}::…' cannot have parts. Use one plain column name such as '{key}'."
                    ),
                )
                .row(row.number)
                .column(key),
            ),
        }
    }
    Some(Choice { name, label, media, extra, sms_option, row: row.number })
}

/// Columns that cannot become elements; they are left out with a warning, because forms use them for notes.
fn bad_headers(sheet: &Grouped, findings: &mut Vec<Finding>) -> Vec<String> {
    let mut dropped = Vec::new();
    for column in sheet.columns.iter().flatten() {
        let name = &column.path[0];
        if name == "list name" || dropped.contains(name) || is_element_name(name) {
            continue;
        }
        dropped.push(name.clone());
        findings.push(
            Finding::warning(
                "choice-header-invalid",
                "choices",
                format!("choices 表的列名“{name}”不能用作名称（不能为空或含空格），这一列已忽略。请改名，例如用下划线代替空格。"),
                format!(
                    "The choices column '{name}' was left out: column headers must not be empty and must not contain spaces. \
                     Rename it, for example with underscores."
                ),
            )
            .row(1)
            .column(column.header.as_str()),
        );
    }
    dropped
}

fn no_label(row: u32, column: &str) -> Finding {
    Finding::warning(
        "choice-label-missing",
        "choices",
        "选项没有 label，填表的人将看不到文字。请填写 label。",
        "Choices should have a label; without one nothing is shown. Fill in the label.",
    )
    .row(row)
    .column(column)
}

fn duplicate(list: &List, choice: &Choice, column: &str) -> Finding {
    let (list, name) = (&list.name, &choice.name);
    Finding::error(
        "choice-duplicate",
        "choices",
        format!(
            "列表“{list}”里的选项“{name}”重复。请改名；若确需重复，在 settings 表写 allow_choice_duplicates = yes。"
        ),
        format!(
            "The choice '{name}' is already in the list '{list}'. Choice names must be unique for each choice list. \
             Rename it, or set allow_choice_duplicates to yes in the settings if this is intentional."
        ),
    )
    .row(choice.row)
    .column(column)
}
