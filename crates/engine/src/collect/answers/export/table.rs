//! The lists of an export: one for the answers, one for each repeat.

use std::collections::HashMap;

use linli_domain::Lang;
use linli_workbook::{BookError, ColumnKind, ExportValue};

use super::{Answers, book};
use crate::{
    Problem,
    collect::{
        answer::state_name,
        answers::shape::{Answer, Reader, label_of},
        form::Question,
    },
};

/// A list of an export.
#[derive(Debug, Clone)]
pub(super) struct List {
    /// Path of the repeat; `None` for the answers themselves.
    pub repeat: Option<String>,
    /// Name of its sheet.
    pub name: String,
    /// Questions in it.
    pub questions: Vec<Question>,
    /// Which of them are sensitive.
    masked: Vec<bool>,
}

/// The lists of a form: the answers first, then its repeats in the order of the form.
pub(super) fn lists(reader: &mut Reader, lang: Lang) -> Result<Vec<List>, Problem> {
    let list = |repeat, name| List { repeat, name, questions: Vec::new(), masked: Vec::new() };
    let mut lists = vec![list(None, lang.pick("答卷", "Answers").to_owned())];
    for question in reader.columns()? {
        let around = reader.repeat_of(&question.path, lang)?;
        let masked = reader.is_sensitive(&question.path);
        let path = around.as_ref().map(|(path, _)| path);
        let at = match lists.iter().position(|one| one.repeat.as_ref() == path) {
            Some(at) => at,
            None => {
                let (path, name) = around.unwrap_or_default();
                lists.push(list(Some(path), name));
                lists.len() - 1
            }
        };
        lists[at].questions.push(question);
        lists[at].masked.push(masked);
    }
    Ok(lists)
}

const ANSWER_ZH: [&str; 7] = ["答卷编号", "所属区域", "收到时间", "提交人", "状态", "待核对", "表单版本"];
const ANSWER_EN: [&str; 7] = ["Answer", "Area", "Received", "Sent by", "State", "To look at", "Version"];

impl List {
    /// Labels and kinds of its columns.
    pub fn head(&self, lang: Lang) -> Vec<(&str, ColumnKind)> {
        let own: &[&str] = match (&self.repeat, lang) {
            (None, Lang::Zh) => &ANSWER_ZH,
            (None, Lang::En) => &ANSWER_EN,
            (Some(_), Lang::Zh) => &["答卷编号", "行"],
            (Some(_), Lang::En) => &["Answer", "Row"],
        };
        let kind = |label: &&str| {
            if ANSWER_ZH[5] == *label || ANSWER_EN[5] == *label { ColumnKind::Number } else { ColumnKind::Text }
        };
        let mut head: Vec<(&str, ColumnKind)> = own.iter().map(|label| (*label, kind(label))).collect();
        let asked = self.questions.iter().zip(&self.masked);
        head.extend(asked.map(|(question, masked)| (label_of(question, lang), column_kind(question, *masked))));
        head
    }
}

fn column_kind(question: &Question, masked: bool) -> ColumnKind {
    match question.r#type.as_str() {
        _ if masked => ColumnKind::Text,
        "integer" | "decimal" | "range" => ColumnKind::Number,
        "date" => ColumnKind::Date,
        _ => ColumnKind::Text,
    }
}

/// A value on its way into a file.
enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Date(jiff::civil::Date),
}

impl Cell {
    fn value(&self) -> ExportValue<'_> {
        match self {
            Self::Empty => ExportValue::Empty,
            Self::Text(text) => ExportValue::Text(text),
            Self::Number(number) => ExportValue::Number(*number),
            Self::Date(day) => ExportValue::Date {
                year: day.year(),
                month: u8::try_from(day.month()).unwrap_or(1),
                day: u8::try_from(day.day()).unwrap_or(1),
            },
        }
    }

    fn of(answer: &Answer, question: &Question, value: &str, lang: Lang) -> Self {
        let text = || Self::Text(answer.shape.shown(&question.path, value, lang));
        match (column_kind(question, answer.shape.mask(&question.path).is_some()), value.trim()) {
            (_, "") => Self::Empty,
            (ColumnKind::Number, plain) => plain.parse().map_or_else(|_| text(), Self::Number),
            (ColumnKind::Date, plain) => plain.get(..10).and_then(|day| day.parse().ok()).map_or_else(text, Self::Date),
            (ColumnKind::Text, _) => text(),
        }
    }
}

impl Answers<'_, '_> {
    /// Every row of a list.
    pub fn rows(
        &mut self,
        list: &List,
        push: &mut dyn FnMut(&[ExportValue<'_>]) -> Result<(), BookError>,
    ) -> Result<(), Problem> {
        let (engine, lang) = (self.engine, self.engine.lang);
        self.each(&mut |tx, one, answer| {
            let Some(table) = answer.tables.iter().find(|table| table.repeat == list.repeat) else { return Ok(()) };
            for row in &table.rows {
                let mut cells = vec![Cell::Text(one.instance.clone())];
                if list.repeat.is_some() {
                    let places: Vec<String> = row.positions.iter().map(u32::to_string).collect();
                    cells.push(Cell::Text(places.join(".")));
                } else {
                    cells.push(Cell::Text(engine.area_ref(tx, &one.path)?.name));
                    cells.push(Cell::Text(one.received.to_string()));
                    cells.push(Cell::Text(one.by_name.clone()));
                    cells.push(Cell::Text(state_label(&state_name(one), lang).to_owned()));
                    cells.push(Cell::Number(one.flags as f64));
                    cells.push(Cell::Text(one.version.clone()));
                }
                let held: HashMap<&str, &str> =
                    row.values.iter().map(|(path, value)| (path.as_str(), value.as_str())).collect();
                cells.extend(list.questions.iter().map(|question| {
                    held.get(question.path.as_str())
                        .map_or(Cell::Empty, |value| Cell::of(answer, question, value, lang))
                }));
                let row: Vec<ExportValue<'_>> = cells.iter().map(Cell::value).collect();
                push(&row).map_err(book)?;
            }
            Ok(())
        })
    }
}

fn state_label(state: &str, lang: Lang) -> &str {
    match state {
        "received" => lang.pick("待审核", "Received"),
        "accepted" => lang.pick("已通过", "Accepted"),
        "returned" => lang.pick("已退回", "Returned"),
        "replaced" => lang.pick("已更正", "Replaced"),
        other => other,
    }
}
