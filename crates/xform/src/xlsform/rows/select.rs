//! Selects and ranks: from lists, files, other questions or the external_choices sheet.

use super::{Cells, Done, Reader, TableList};
use crate::xlsform::aliases::{self, SELECTS};
use crate::xlsform::element::Element;
use crate::xlsform::finding::Finding;
use crate::xlsform::{lex, numbers, refs, spelling};

/// A select's type cell, `select_one villages or_other`.
pub(super) struct Select {
    command: &'static str,
    type_name: &'static str,
    list: String,
    or_other: bool,
}

/// Extensions of files that choices are read from.
const EXTENSIONS: [&str; 3] = [".xml", ".csv", ".geojson"];

/// Reads a select's type.
pub(super) fn parse(question_type: &str) -> Option<Select> {
    SELECTS.iter().find_map(|(command, type_name)| {
        let rest = question_type.strip_prefix(command)?.strip_prefix(' ')?;
        let (list, other) = match rest.find(char::is_whitespace) {
            Some(at) => (&rest[..at], &rest[at..]),
            None => (rest, ""),
        };
        let or_other = matches!(other, " or specify other" | " or_other" | " or other");
        let whole = !list.is_empty() && (or_other || other.is_empty());
        whole.then(|| Select { command, type_name, list: list.to_owned(), or_other })
    })
}

/// A file's name and its extension with the dot, as far as choices can be read from it.
pub(super) fn split_file(name: &str) -> (&str, &str) {
    let file = name.rsplit('/').next().unwrap_or(name);
    match file.trim_start_matches('.').rfind('.') {
        Some(at) => {
            let at = name.len() - file.trim_start_matches('.').len() + at;
            name.split_at(at)
        }
        None => (name, ""),
    }
}

/// Whether an extension is one of a file with choices.
pub(super) fn is_choice_file(extension: &str) -> bool {
    EXTENSIONS.contains(&extension)
}

impl Reader<'_> {
    pub(super) fn select(&mut self, mut cells: Cells, select: Select) -> Done {
        let row = cells.row;
        let (base, extension) = split_file(&select.list);
        self.check_list(&cells, &select, base, extension)?;
        if select.type_name == "select all that apply" && !is_choice_file(extension) {
            self.check_spaces(&select.list)?;
        }
        let filter = cells.values.text("choice_filter").filter(|f| !f.is_empty()).map(str::to_owned);
        if select.or_other {
            self.or_other = true;
            self.check_or_other(row, filter.is_some(), &select.list)?;
            self.lists.add_other(&select.list);
        }
        self.select_parameters(&cells, &select)?;
        select.type_name.clone_into(&mut cells.type_name);
        let (name, type_name) = (cells.name.clone(), select.type_name);
        let randomized = cells.parameter("randomize") == Some("true");
        let mut element = cells.into_question();
        element.itemset = Some(select.list.clone());
        let has_choices = self.lists.contains(&select.list);
        if filter.is_some() {
            if type_name == "select one external" {
                element.query = Some(select.list.clone());
            } else if has_choices {
                element.list_name = Some(select.list.clone());
            }
        } else if !(randomized || is_choice_file(extension) || refs::has(&select.list)) {
            element.list_name = Some(select.list.clone());
        }
        self.table_list(row, &select, filter.is_some(), &mut element)?;
        self.finish(element)?;
        if select.or_other {
            let relevant = format!("selected(../{name}, 'other')");
            let mut other = Element::generated("text", &format!("{name}_other"), &[("relevant", &relevant)]);
            other.label = Some(crate::xlsform::value::Value::Text("Specify other.".to_owned()));
            self.add(other);
        }
        Ok(())
    }

    /// The list must be somewhere.
    fn check_list(&mut self, cells: &Cells, select: &Select, base: &str, extension: &str) -> Done {
        let (row, list) = (cells.row, &select.list);
        if select.type_name == "select one external" {
            if !cells.values.contains("choice_filter") {
                self.warn(
                    "external-without-filter",
                    row,
                    &["choice_filter"],
                    "select_one_external 只用于有 choice_filter 的选择题。",
                    "select one external is only meant for filtered selects.",
                );
            }
            return self.check_external(row, list);
        }
        self.secondary.insert(base.to_owned());
        if aliases::is_from_file(select.command) && !(is_choice_file(extension) && !has_two_extensions(list)) {
            return Err(self.wrong(
                "file-extension",
                row,
                &["type"],
                format!("“{list}”不是选项文件：文件名要以 .csv、.xml 或 .geojson 结尾。"),
                format!(
                    "File name for '{} {list}' should end with one of the supported file extensions: '.csv', '.xml', \
                     '.geojson'.",
                    select.command
                ),
            ));
        }
        if self.lists.contains(list) || is_choice_file(extension) {
            return Ok(());
        }
        // The reference accepts answers of other questions for single selects only; for multiple ones it breaks down.
        if refs::has(list) && select.type_name != "select all that apply" {
            return Ok(());
        }
        Err(self.unknown_list(row, list))
    }

    fn unknown_list(&self, row: u32, list: &str) -> Finding {
        if !self.lists.is_empty() {
            return self.wrong(
                "list-unknown",
                row,
                &["type"],
                format!("choices 表里没有列表“{list}”。请补上选项，或改正列表名。"),
                format!("List name not in choices sheet: {list}. Add its choices or correct the name."),
            );
        }
        let (zh, en) = spelling::hint("choices", self.book).unwrap_or_default();
        self.wrong(
            "choices-missing",
            row,
            &["type"],
            format!("表单没有 choices 表。{zh}请添加，至少有 list_name、name、label 三列。"),
            format!(
                "There should be a choices sheet in this xlsform. {en} Please ensure that the choices sheet has the \
                 mandatory columns 'list_name', 'name', and 'label'."
            ),
        )
    }

    fn check_external(&self, row: u32, list: &str) -> Done {
        if self.external.contains(list) {
            return Ok(());
        }
        if self.external.is_empty() {
            let (zh, en) = spelling::hint("external_choices", self.book).unwrap_or_default();
            return Err(self.wrong(
                "external-choices-missing",
                row,
                &["type"],
                format!("表单没有 external_choices 表。{zh}请添加，至少有 list_name 和 name 两列。"),
                format!(
                    "There should be an external_choices sheet in this xlsform. {en} Please ensure that the \
                     external_choices sheet has columns 'list name', and 'name'."
                ),
            ));
        }
        Err(self.wrong(
            "list-unknown",
            row,
            &["type"],
            format!("external_choices 表里没有列表“{list}”。"),
            format!("List name not in external choices sheet: {list}"),
        ))
    }

    /// Answers of multiple selects are joined by spaces, so names cannot have them.
    fn check_spaces(&self, list: &str) -> Done {
        match self.choices_of(list).iter().find(|c| c.name.contains(' ')) {
            None => Ok(()),
            Some(choice) => Err(Finding::error(
                "choice-name-spaces",
                "choices",
                format!("列表“{list}”用于多选，选项名“{}”不能含空格。请用下划线代替。", choice.name),
                format!(
                    "Choice names with spaces cannot be added to multiple choice selects. See [{}] in [{list}].",
                    choice.name
                ),
            )
            .row(choice.row)
            .column("name")),
        }
    }

    fn check_or_other(&self, row: u32, filtered: bool, list: &str) -> Done {
        if filtered {
            return Err(self.wrong(
                "or-other-filtered",
                row,
                &["choice_filter"],
                "带 or_other 的选择题不能用 choice_filter。请在选项里自行添加“其他”。",
                "Choice filter not supported with or_other. Add an 'other' choice and a text question instead.",
            ));
        }
        if self.choices_of(list).is_empty() {
            return Err(self.wrong(
                "or-other-without-choices",
                row,
                &["type"],
                "带 or_other 的选择题需要 choices 表里的选项。",
                "Please specify choices for this 'or other' question.",
            ));
        }
        Ok(())
    }

    fn select_parameters(&self, cells: &Cells, select: &Select) -> Done {
        if matches!(select.command, "select_one_from_file" | "select_multiple_from_file") {
            self.accept(cells, &["label", "randomize", "seed", "value"])?;
            for key in ["value", "label"] {
                if cells.parameter(key).is_some_and(|v| !lex::is_element_name(v)) {
                    return Err(self.bad_parameter(
                        cells.row,
                        format!("参数 {key} 要写文件里的列名：以字母或下划线开头，不留空格。"),
                        format!("The '{key}' parameter must name a column. {}", crate::xlsform::settings::NAME_RULE),
                    ));
                }
            }
        } else {
            self.accept(cells, &["randomize", "seed"])?;
        }
        self.one_of(cells, "randomize", &["true", "false"])?;
        let Some(seed) = cells.parameter("seed") else { return Ok(()) };
        if cells.parameter("randomize").is_none() {
            return Err(self.bad_parameter(
                cells.row,
                "使用 seed 时要同时写 randomize=true。",
                "Parameters must include randomize=true to use a seed.",
            ));
        }
        if refs::is_one(seed).is_none() && !numbers::is_float(seed) {
            return Err(self.bad_parameter(
                cells.row,
                "seed 要写数字，或引用一道题，例如 ${number}。",
                "seed value must be a number or a reference to another field.",
            ));
        }
        Ok(())
    }

    /// In a table of selects the first brings a row of headings, and all show no labels of their own.
    fn table_list(&mut self, row: u32, select: &Select, filtered: bool, element: &mut Element) -> Done {
        let list = &select.list;
        match &self.table_list {
            TableList::None => return Ok(()),
            TableList::Of(first) if first == list => {}
            TableList::Of(first) => {
                return Err(self.wrong(
                    "table-list-mixed",
                    row,
                    &["type"],
                    format!("table-list 分组里的选择题要用同一个列表：前面是“{first}”，这里是“{list}”。"),
                    format!("Badly formatted table list, list names don't match: {first} vs. {list}"),
                ));
            }
            TableList::Begun => {
                self.table_list = TableList::Of(list.clone());
                if filtered {
                    return Err(self.wrong(
                        "table-list-filtered",
                        row,
                        &["choice_filter"],
                        "table-list 分组里的选择题不能用 choice_filter。",
                        "Choice filter not supported for table-list appearance.",
                    ));
                }
                let name = format!("reserved_name_for_field_list_labels_{row}");
                let mut header = Element::generated(select.type_name, &name, &[]);
                header.control.set_text("appearance", "label");
                header.itemset = Some(list.clone());
                header.space_for_label();
                self.add(header);
            }
        }
        element.control.set_text("appearance", "list-nolabel");
        Ok(())
    }
}

/// Whether a file's name has more than one extension, `a.b.csv`.
fn has_two_extensions(list: &str) -> bool {
    let file = list.rsplit('/').next().unwrap_or(list);
    file.trim_start_matches('.').matches('.').count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selects_are_read_with_list_and_other() {
        for (text, type_name, list, or_other) in [
            ("select_one yn", "select one", "yn", false),
            ("select one from yn or specify other", "select one", "yn", true),
            ("select_multiple_from_file a.csv", "select all that apply", "a.csv", false),
            ("select one from file a.xml", "select one", "a.xml", false),
            ("rank x or_other", "rank", "x", true),
            ("select_one ${q}", "select one", "${q}", false),
        ] {
            let got = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((got.type_name, got.list.as_str(), got.or_other), (type_name, list, or_other), "{text}");
        }
        assert!(parse("select_one").is_none() && parse("select_one a b").is_none() && parse("select_one  a").is_none());
    }

    #[test]
    fn a_file_is_split_at_its_last_point() {
        assert_eq!(split_file("a.b.csv"), ("a.b", ".csv"));
        assert_eq!(split_file("${a}"), ("${a}", ""));
        assert_eq!(split_file(".csv"), (".csv", ""));
        assert_eq!(split_file("x/y.xml"), ("x/y", ".xml"));
    }
}
