//! A cell into a value of a field. Every refusal says what to write instead.

use std::collections::HashMap;

use jiff::civil::Date;
use linli_domain::{
    Catalogue, Field, FieldKind, Label, Value, check,
    rules::{self, FieldError, TextReader},
};
use linli_workbook::CellValue;

/// Why a cell cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// Stable code, `identity.damaged_by_excel`.
    pub code: String,
    /// What is wrong and what to write instead.
    pub message: Label,
    /// The cell's text.
    pub text: String,
}

impl CellProblem {
    /// A problem from its parts.
    pub fn new(code: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code: code.into(), message: Label::new(zh, en), text: String::new() }
    }
}

impl From<FieldError> for CellProblem {
    fn from(error: FieldError) -> Self {
        Self { code: error.code.to_owned(), message: error.message, text: String::new() }
    }
}

/// A reader of the cells of one column. Texts that repeat (codes, names of buildings) are read once.
#[derive(Debug)]
pub struct CellReader<'r> {
    catalogue: &'r Catalogue,
    field: Option<(&'r TextReader<'r>, &'r Field)>,
    seen: HashMap<String, Result<Value, CellProblem>>,
}

/// Distinct texts of a code column that are remembered.
const REMEMBERED: usize = 4_096;

impl<'r> CellReader<'r> {
    /// A reader for a field's cells, or for plain names when there is no field.
    pub fn new(catalogue: &'r Catalogue, field: Option<(&'r TextReader<'r>, &'r Field)>) -> Self {
        Self { catalogue, field, seen: HashMap::new() }
    }

    /// Reads a cell. A blank one is [`Value::Null`].
    pub fn read(&mut self, cell: &CellValue) -> Result<Value, CellProblem> {
        self.read_value(cell).map_err(|problem| CellProblem { text: cell.shown(), ..problem })
    }

    fn read_value(&mut self, cell: &CellValue) -> Result<Value, CellProblem> {
        let kind = self.field.map(|(_, field)| &field.kind);
        match (cell, kind) {
            (CellValue::Empty, _) => Ok(Value::Null),
            (CellValue::Error(text), _) => Err(CellProblem::new(
                "cell.formula_error",
                format!("公式出错（{text}），请改为具体内容"),
                format!("the formula gives {text}; write the value itself"),
            )),
            (CellValue::Date { year, month, day, .. }, Some(FieldKind::Date)) => {
                let (month, day) = (i8::try_from(*month).unwrap_or(0), i8::try_from(*day).unwrap_or(0));
                Date::new(*year, month, day).map(Value::Date).map_err(|_| {
                    CellProblem::new(
                        "date.impossible",
                        "没有这一天，请写成 1980-05-03",
                        "no such day; write 1980-05-03",
                    )
                })
            }
            (CellValue::Bool(flag), Some(FieldKind::Bool)) => Ok(Value::Bool(*flag)),
            (_, Some(kind)) if cell.digits_lost() && keeps_digits(kind) => Err(digits_lost(kind)),
            (CellValue::Text(text), _) => self.read_text(text),
            _ => self.read_text(&cell.shown()),
        }
    }

    /// Reads a text.
    pub fn read_text(&mut self, text: &str) -> Result<Value, CellProblem> {
        let Some((reader, field)) = self.field else {
            let clean = check::text(text).unwrap_or_default();
            return Ok(if check::is_blank(&clean) { Value::Null } else { Value::Text(clean) });
        };
        if !repeats(&field.kind) {
            return self.finished(field, read_field(reader, field, text)?);
        }
        if let Some(known) = self.seen.get(text) {
            return known.clone();
        }
        let read = read_field(reader, field, text).and_then(|value| self.finished(field, value));
        if self.seen.len() < REMEMBERED {
            self.seen.insert(text.to_owned(), read.clone());
        }
        read
    }

    /// What reading alone does not look at: lengths, ranges, retired codes.
    fn finished(&self, field: &Field, value: Value) -> Result<Value, CellProblem> {
        let fine = match (&field.kind, &value) {
            (FieldKind::Text { max }, Value::Text(text)) => text.len() <= *max as usize,
            (FieldKind::Address | FieldKind::LongText, Value::Text(text)) => text.len() <= 300,
            (FieldKind::Date, Value::Date(day)) => (1800..=2200).contains(&day.year()),
            (FieldKind::Integer { .. } | FieldKind::Code { .. } | FieldKind::Codes { .. }, _) => false,
            (FieldKind::Text { .. } | FieldKind::Address | FieldKind::LongText | FieldKind::Date, _) => value.is_null(),
            _ => true,
        };
        if fine { Ok(value) } else { Ok(rules::normal_value(self.catalogue, field, &value)?) }
    }
}

/// Kinds whose texts come again and again.
fn repeats(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Code { .. }
            | FieldKind::Codes { .. }
            | FieldKind::Bool
            | FieldKind::Text { .. }
            | FieldKind::Address
    )
}

/// One text; of several phones in a cell the first is taken.
fn read_field(reader: &TextReader<'_>, field: &Field, text: &str) -> Result<Value, CellProblem> {
    match reader.read_field(field, text) {
        Ok((value, _)) => Ok(value),
        Err(error) => {
            let several = matches!(field.kind, FieldKind::Phone).then(|| check::phones(text).ok()).flatten();
            match several.and_then(|phones| phones.into_iter().next()) {
                Some(phone) => Ok(Value::Text(phone.number)),
                None => Err(error.into()),
            }
        }
    }
}

/// Kinds whose long digit strings Excel ruins when it takes them for numbers.
fn keeps_digits(kind: &FieldKind) -> bool {
    kind.is_text() && !matches!(kind, FieldKind::Code { .. })
}

fn digits_lost(kind: &FieldKind) -> CellProblem {
    let code = match kind {
        FieldKind::IdentityNumber => "identity.damaged_by_excel",
        _ => "cell.digits_lost",
    };
    CellProblem::new(
        code,
        "号码被 Excel 当作数字，末尾几位已丢失。请把该列设为“文本”格式后重新录入完整号码",
        "Excel took the number for a quantity and lost its last digits; format the column as text and type it again",
    )
}
