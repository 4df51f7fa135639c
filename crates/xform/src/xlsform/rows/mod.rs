//! The survey sheet, row by row → the tree of elements.

mod audit;
mod begin_end;
mod cells;
mod geo;
mod media;
mod names;
mod parameters;
mod question;
mod range;
mod select;

use std::collections::{HashMap, HashSet};

use super::aliases;
use super::choices::{Choice, Lists};
use super::element::{Element, Id, Kind, ROOT, Tree};
use super::entities::Entities;
use super::finding::Finding;
use super::headers::{Grouped, Row};
use super::input::RawBook;
use super::settings::Settings;
use super::value::{Map, Value};
pub(super) use cells::Cells;
use cells::Frame;

/// Where a group of selects in a table stands.
enum TableList {
    None,
    /// The group has begun, its first select decides the list.
    Begun,
    Of(String),
}

/// Everything the rows are read into.
pub(super) struct Reader<'a> {
    pub(super) book: &'a RawBook,
    pub(super) settings: &'a mut Settings,
    pub(super) survey: &'a Grouped,
    pub(super) lists: &'a mut Lists,
    /// Lists of the external_choices sheet.
    pub(super) external: &'a HashSet<String>,
    pub(super) osm: &'a Lists,
    pub(super) entities: &'a mut Entities,
    pub(super) translated: bool,
    pub(super) findings: &'a mut Vec<Finding>,
    tree: Tree,
    stack: Vec<Frame>,
    table_list: TableList,
    meta: Vec<Element>,
    questions: HashSet<String>,
    names: HashMap<String, u32>,
    triggers: Vec<(String, u32)>,
    geo: Vec<(String, u32)>,
    secondary: HashSet<String>,
    repeats: HashSet<String>,
    or_other: bool,
}

/// What the rows became.
pub(super) struct Read {
    pub(super) tree: Tree,
    /// Elements that go into the meta block.
    pub(super) meta: Vec<Element>,
    /// How often each name stands on the survey sheet.
    pub(super) names: HashMap<String, u32>,
}

/// Whether a select's list is a file, `villages.csv`.
pub(super) fn is_choice_file_name(list: &str) -> bool {
    select::is_choice_file(select::split_file(list).1)
}

/// A list's name without a file's extension, and the extension with its dot.
pub(super) fn split_file(list: &str) -> (&str, &str) {
    select::split_file(list)
}

/// What a row has been found to be.
type Done = Result<(), Finding>;

impl<'a> Reader<'a> {
    #[expect(clippy::too_many_arguments, reason = "the parts of one workbook, named where it is called")]
    pub(super) fn new(
        book: &'a RawBook,
        settings: &'a mut Settings,
        survey: &'a Grouped,
        lists: &'a mut Lists,
        external: &'a HashSet<String>,
        osm: &'a Lists,
        entities: &'a mut Entities,
        translated: bool,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        let mut root = Element::new(Kind::Survey, "survey", &settings.root, 0);
        root.instance = settings.map("instance");
        Self {
            book,
            settings,
            survey,
            lists,
            external,
            osm,
            entities,
            translated,
            findings,
            tree: Tree::new(root),
            stack: vec![Frame::new(ROOT, "", 0)],
            table_list: TableList::None,
            meta: Vec::new(),
            questions: HashSet::new(),
            names: HashMap::new(),
            triggers: Vec::new(),
            geo: Vec::new(),
            secondary: HashSet::new(),
            repeats: HashSet::new(),
            or_other: false,
        }
    }

    /// Reads all rows, then checks what only the whole sheet shows.
    pub(super) fn read(mut self) -> Read {
        for row in &self.survey.rows {
            if let Err(finding) = self.row(row.clone()) {
                self.findings.push(finding);
            }
        }
        self.after();
        Read { tree: self.tree, meta: self.meta, names: self.names }
    }

    /// An error in a column of the survey sheet.
    fn wrong(
        &self,
        code: &'static str,
        row: u32,
        path: &[&str],
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Finding {
        Finding::error(code, "survey", zh, en).row(row).column(self.survey.header(path))
    }

    /// An error in the parameters of a row.
    fn bad_parameter(&self, row: u32, zh: impl Into<String>, en: impl Into<String>) -> Finding {
        self.wrong("parameter-invalid", row, &["parameters"], zh, en)
    }

    fn warn(&mut self, code: &'static str, row: u32, path: &[&str], zh: impl Into<String>, en: impl Into<String>) {
        let column = self.survey.header(path);
        self.findings.push(Finding::warning(code, "survey", zh, en).row(row).column(column));
    }

    fn frame(&mut self) -> &mut Frame {
        // The survey's own frame is never popped.
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }

    fn row(&mut self, row: Row) -> Done {
        let Row { number, mut values } = row;
        if let Some(disabled) = values.remove("disabled") {
            self.warn(
                "column-disabled",
                number,
                &["disabled"],
                "“disabled”列不在现行标准内，建议改用 relevant。",
                "The 'disabled' column is not part of the current spec. Use relevant instead.",
            );
            if disabled.as_text().and_then(aliases::yes_no) == Some(true) {
                return Ok(());
            }
        }
        if values.is_empty() {
            return Ok(());
        }
        let Some(written) = values.take_text("type").filter(|t| !t.is_empty()) else {
            return self.no_type(number, &values);
        };
        let question_type = aliases::question_type(&written).to_owned();
        self.plain_groups(number, &values)?;
        let end = begin_end::parse_end(&question_type);
        let begin = begin_end::parse_begin(&question_type);
        let Some(mut cells) = self.common(number, &question_type, values, begin.is_some(), end.is_some())? else {
            return Ok(());
        };
        let path: Vec<Id> = self.stack.iter().map(|f| f.id).collect();
        self.entities.reference(&mut cells, path, self.survey, begin.is_some() || end.is_some())?;
        if let Some(control) = end {
            return self.end(cells, control);
        }
        if let Some(begin) = begin {
            return self.begin(cells, begin);
        }
        self.question(cells)
    }

    fn no_type(&mut self, number: u32, values: &Map) -> Done {
        if values.contains("name") || values.contains("label") {
            return Err(self.wrong(
                "type-missing",
                number,
                &["type"],
                "这一行有名称或题干，但没有题型。请填写 type，例如 text。",
                "Question with no type. Fill in the type, for example text.",
            ));
        }
        self.warn(
            "row-skipped",
            number,
            &["type"],
            "这一行没有 type、name 和 label，已跳过。",
            "Row without name, text, or label is being skipped.",
        );
        Ok(())
    }

    /// Columns that are groups of attributes must be written as `bind::…`, not as one plain column.
    fn plain_groups(&self, number: u32, values: &Map) -> Done {
        for group in ["bind", "control", "instance", "media", "linli"] {
            if let Some(Value::Text(_)) = values.get(group) {
                return Err(self.wrong(
                    "column-incomplete",
                    number,
                    &[group],
                    format!("“{group}”列要写成“{group}::属性名”，例如“bind::relevant”。"),
                    format!("The column '{group}' must name an attribute, for example 'bind::relevant'."),
                ));
            }
        }
        Ok(())
    }

    /// Triggers, dynamic defaults, parameters, settings, names: what every row can have. `None` when the row is done.
    fn common(
        &mut self,
        number: u32,
        question_type: &str,
        mut values: Map,
        begins: bool,
        ends: bool,
    ) -> Result<Option<Cells>, Finding> {
        // The name counts as seen even when the row is wrong, so that one mistake is reported once.
        if !ends && let Some(name) = values.text("name") {
            self.questions.insert(name.to_owned());
        }
        let parameters = parameters::parse(values.text("parameters").unwrap_or_default()).ok_or_else(|| {
            self.wrong(
                "parameter-malformed",
                number,
                &["parameters"],
                "参数应写成“键=值”，多个用空格隔开，例如 start=1 end=10。",
                "Parameters must be in the form of 'key1=value1 key2=value2'.",
            )
        });
        let mut cells = Cells { row: number, type_name: question_type.to_owned(), ..Cells::default() };
        cells.appearance = values.text_in("control", "appearance").map(str::to_owned);
        let triggers = self.triggers(number, &mut values);
        cells.dynamic_default(&values, self.stack.iter().any(|f| f.control == "repeat"));
        if question_type == "audit" {
            cells.values = values;
            cells.parameters = parameters?;
            let audit = self.audit(cells)?;
            self.meta.push(audit);
            return Ok(None);
        }
        let calculates = values.text_in("bind", "calculate").is_some_and(|c| !c.is_empty());
        let calculation = (question_type == "calculate" && !calculates && !cells.default_is_dynamic).then(|| {
            self.wrong(
                "calculation-missing",
                number,
                &["bind", "calculate"],
                "calculate 题没有算式。请填写 calculation。",
                "Missing calculation. Fill in the calculation column.",
            )
        });
        if matches!(question_type, "subscriberid" | "simserial") {
            self.warn(
                "type-outdated",
                number,
                &["type"],
                format!("“{question_type}”在大多数设备上已不再可用，仅 Android 11 以前的旧版 Collect 支持。"),
                format!(
                    "{question_type} is no longer supported on most devices, only by old Collect before Android 11."
                ),
            );
        }
        if let Some(setting) = aliases::setting(question_type) {
            let value = values.text("name").unwrap_or("None").to_owned();
            match setting {
                "title" => self.settings.title = value,
                "id_string" => self.settings.id = value,
                other => self.settings.values.set_text(other, value),
            }
            return Ok(None);
        }
        if !ends {
            cells.name = self.name(number, question_type, &mut values, begins)?;
        }
        cells.values = values;
        cells.parameters = parameters?;
        cells.triggers = triggers?;
        calculation.map_or(Ok(Some(cells)), Err)
    }

    /// The choices that a list holds, none for a list that does not exist.
    fn choices_of(&self, list: &str) -> &[Choice] {
        self.lists.get(list).map_or(&[], |l| &l.choices)
    }

    /// Adds an element where the rows stand now.
    fn add(&mut self, element: Element) -> Id {
        let parent = self.frame().id;
        self.tree.add(parent, element)
    }
}
