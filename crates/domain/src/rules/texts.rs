//! Texts of a ledger's row → values.

use std::collections::BTreeMap;

use crate::{
    catalogue::{Catalogue, Code, CodeList, Entity, Field, FieldKind},
    check::{self, ChoiceBy, ChoiceList, ChoiceOption, Note},
    record::Values,
    value::Value,
};

use super::{FieldError, no_register, unknown_fields};

/// What was read from the texts of a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParsedTexts {
    /// Values that could be read.
    pub values: Values,
    /// Texts that could not.
    pub errors: Vec<FieldError>,
    /// Remarks on what was read: guesses, corrections, dropped parts.
    pub notes: Vec<FieldError>,
}

/// Reads the texts of one row; for many rows keep a [`TextReader`].
pub fn parse_texts(catalogue: &Catalogue, entity: &str, texts: &BTreeMap<String, String>) -> ParsedTexts {
    match catalogue.entities.get(entity) {
        Some(entity) => TextReader::new(catalogue, entity).read(texts),
        None => ParsedTexts { errors: vec![no_register(entity)], ..ParsedTexts::default() },
    }
}

/// Reads dirty texts into values of a register, with its code lists prepared.
#[derive(Debug)]
pub struct TextReader<'c> {
    entity: &'c Entity,
    lists: BTreeMap<&'c str, ChoiceList>,
}

impl<'c> TextReader<'c> {
    /// A reader for `entity`.
    pub fn new(catalogue: &'c Catalogue, entity: &'c Entity) -> Self {
        let lists = entity.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::Code { list } | FieldKind::Codes { list } => {
                catalogue.code_lists.get(list).map(|codes| (list.as_str(), choices(codes)))
            }
            _ => None,
        });
        Self { entity, lists: lists.collect() }
    }

    /// Reads a row: texts by field name. Fields the register does not have are errors.
    pub fn read(&self, texts: &BTreeMap<String, String>) -> ParsedTexts {
        let mut parsed = ParsedTexts::default();
        for (name, text) in texts {
            let Some(field) = self.entity.field(name) else {
                parsed.errors.extend(unknown_fields(self.entity, &Values::from([(name.clone(), Value::Null)])));
                continue;
            };
            match self.read_field(field, text) {
                Ok((value, notes)) => {
                    parsed.notes.extend(notes);
                    if !value.is_null() {
                        parsed.values.insert(name.clone(), value);
                    }
                }
                Err(error) => parsed.errors.push(error),
            }
        }
        parsed
    }

    /// Reads one text. Blank marks (`/`, `—`, `不详`), and `无` where it is no code, are [`Value::Null`].
    pub fn read_field(&self, field: &Field, text: &str) -> Result<(Value, Vec<FieldError>), FieldError> {
        let is_prose = matches!(field.kind, FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Address);
        if text.trim().is_empty() || (check::is_blank(text) && !self.is_code(field, text)) {
            return Ok((Value::Null, Vec::new()));
        }
        let says_none = matches!(text.trim(), "无" | "没有") && !is_prose && field.kind != FieldKind::Bool;
        if says_none && !self.is_code(field, text) {
            return Ok((Value::Null, Vec::new()));
        }
        let (value, notes) = self.read_kind(field, text).map_err(|error| FieldError::of(field, &error))?;
        let remark =
            |note: Note| FieldError { field: field.name.clone(), code: note.code(), message: note.label().clone() };
        Ok((value, notes.into_iter().map(remark).collect()))
    }

    fn is_code(&self, field: &Field, text: &str) -> bool {
        let (FieldKind::Code { list } | FieldKind::Codes { list }) = &field.kind else { return false };
        let found = self.lists.get(list.as_str()).and_then(|list| list.find(text).ok());
        found.is_some_and(|choice| choice.by < ChoiceBy::Prefix)
    }

    fn read_kind(&self, field: &Field, text: &str) -> Result<(Value, Vec<Note>), check::CheckError> {
        let plain = |value: Value| (value, Vec::new());
        Ok(match &field.kind {
            FieldKind::Text { .. } | FieldKind::Address => plain(Value::Text(check::text(text)?)),
            FieldKind::LongText => plain(Value::Text(check::long_text(text)?)),
            FieldKind::PersonName => {
                let name = check::person_name(text)?;
                (Value::Text(name.text), name.notes)
            }
            FieldKind::IdentityNumber => {
                let identity = check::identity_number(text)?;
                (Value::Text(identity.number), identity.notes)
            }
            FieldKind::CreditCode => plain(Value::Text(check::credit_code(text)?.code)),
            FieldKind::Phone => {
                let phone = check::phone(text)?;
                (Value::Text(phone.number), phone.notes)
            }
            FieldKind::Date => {
                let date = check::date(text)?;
                (Value::Date(date.date), date.notes)
            }
            FieldKind::Integer { .. } => plain(Value::Int(check::integer(text)?)),
            FieldKind::Decimal { scale, .. } => plain(Value::Int(check::decimal(text, *scale)?)),
            FieldKind::Money => plain(Value::Int(check::money(text)?)),
            FieldKind::Bool => plain(Value::Bool(check::yes_no(text)?)),
            FieldKind::Code { list } => {
                let (code, notes) = self.choose(list, text)?;
                (Value::Text(code), notes)
            }
            FieldKind::Codes { list } => self.choose_several(list, text)?,
            FieldKind::Time | FieldKind::Ref { .. } => {
                let json = serde_json::Value::from(text.trim());
                plain(Value::from_json(&json, &field.kind).ok_or_else(|| unreadable(&field.kind))?)
            }
        })
    }

    fn choose(&self, list: &str, text: &str) -> Result<(String, Vec<Note>), check::CheckError> {
        let choice = match self.lists.get(list) {
            Some(list) => list.find(text)?,
            None => ChoiceList::default().find(text)?,
        };
        let guessed = choice.by >= ChoiceBy::Prefix;
        let note = || {
            let text = text.trim();
            let code = &choice.code;
            let (zh, en) = (format!("“{text}”按代码 {code} 录入"), format!("\"{text}\" was taken as the code {code}"));
            Note::new("code.guessed", zh, en)
        };
        let notes = guessed.then(note).into_iter().collect();
        Ok((choice.code, notes))
    }

    fn choose_several(&self, list: &str, text: &str) -> Result<(Value, Vec<Note>), check::CheckError> {
        let surely = |list: &ChoiceList| list.find(text).is_ok_and(|choice| choice.by < ChoiceBy::Prefix);
        let parts: Vec<&str> = if self.lists.get(list).is_some_and(surely) {
            vec![text]
        } else {
            text.split(['、', ',', ',', ';', ';', '/', '|', '\n', ' ', '+'])
                .filter(|part| !part.trim().is_empty())
                .collect()
        };
        let (mut codes, mut notes) = (Vec::new(), Vec::new());
        for part in parts {
            let (code, said) = self.choose(list, part)?;
            codes.push(code);
            notes.extend(said);
        }
        codes.sort();
        codes.dedup();
        Ok((if codes.is_empty() { Value::Null } else { Value::Codes(codes) }, notes))
    }
}

fn unreadable(kind: &FieldKind) -> check::CheckError {
    let (zh, en) = match kind {
        FieldKind::Time => {
            ("应为时刻,如 2024-05-01T08:00:00+08:00", "write a moment, such as 2024-05-01T08:00:00+08:00")
        }
        _ => ("应为所指记录的编号", "write the id of the record it refers to"),
    };
    check::CheckError::new("field.format", zh, en)
}

fn choices(list: &CodeList) -> ChoiceList {
    let option = |code: &Code| ChoiceOption {
        code: code.code.clone(),
        labels: vec![code.label.zh.clone(), code.label.en.clone()],
        synonyms: code.synonyms.clone(),
    };
    ChoiceList::new(list.codes.iter().map(option).collect())
}
