//! Reading TOML with places: every key that is asked for is known, every other one is reported.

use std::ops::Range;

use linli_domain::Label;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    names,
    report::Report,
    source::{Source, Spot},
};

/// A TOML file that is well formed.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    source: Source<'a>,
    root: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    /// Reads a file. All its errors of syntax are reported; a file with any is not used.
    pub(crate) fn parse(path: &str, text: &'a str, report: &mut Report) -> Option<Self> {
        let source = Source::new(path, text);
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = source.spot(error.span().map_or(0, |span| span.start));
            let message = error.message();
            report.error("syntax", &at, format!("TOML 写法有误:{message}"), format!("not valid TOML: {message}"));
        }
        errors.is_empty().then_some(Self { source, root })
    }

    /// The file's table.
    pub(crate) fn root(&self) -> Table<'_> {
        Table { source: &self.source, table: self.root.get_ref(), start: 0, asked: Vec::new() }
    }
}

/// A text value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Text<'a> {
    pub(crate) value: &'a str,
    source: &'a Source<'a>,
    span: Range<usize>,
}

impl<'a> Text<'a> {
    /// A word of it, with the word's own place.
    pub(crate) fn part(&self, word: &'a str) -> Self {
        let inner = self.value.find(word).unwrap_or(0);
        let start = self.source.offset_within(&self.span, self.value, inner);
        Self { value: word, source: self.source, span: start..start + word.len() }
    }
}

impl Text<'_> {
    /// Where it begins.
    pub(crate) fn spot(&self) -> Spot {
        self.source.spot(self.span.start)
    }

    /// The place of byte `inner` of the value.
    pub(crate) fn spot_within(&self, inner: usize) -> Spot {
        self.source.spot(self.source.offset_within(&self.span, self.value, inner))
    }
}

/// A value of any type and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) value: &'a DeValue<'a>,
    source: &'a Source<'a>,
    start: usize,
}

impl Item<'_> {
    pub(crate) fn spot(&self) -> Spot {
        self.source.spot(self.start)
    }
}

/// A table being read.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    source: &'a Source<'a>,
    table: &'a DeTable<'a>,
    start: usize,
    asked: Vec<&'static str>,
}

impl<'a> Table<'a> {
    /// Where the table begins.
    pub(crate) fn spot(&self) -> Spot {
        self.source.spot(self.start)
    }

    /// Where the value of `key` begins; the table's place when it is absent.
    pub(crate) fn spot_of(&self, key: &str) -> Spot {
        let start = self.table.get(key).map_or(self.start, |value| value.span().start);
        self.source.spot(start)
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.table.get(key)
    }

    /// Whether `key` is written.
    pub(crate) fn has(&mut self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// The value of `key`, whatever its type.
    pub(crate) fn item(&mut self, key: &'static str) -> Option<Item<'a>> {
        self.get(key).map(|value| Item { value: value.get_ref(), source: self.source, start: value.span().start })
    }

    /// Text under `key`.
    pub(crate) fn text(&mut self, key: &'static str, report: &mut Report) -> Option<Text<'a>> {
        let value = self.get(key)?;
        self.as_text(key, value, report)
    }

    /// Text under `key`, which must be there.
    pub(crate) fn must_text(&mut self, key: &'static str, report: &mut Report) -> Option<Text<'a>> {
        if !self.has(key) {
            self.missing(key, "\"…\"", report);
            return None;
        }
        self.text(key, report)
    }

    /// Texts under `key`; none when it is absent.
    pub(crate) fn texts(&mut self, key: &'static str, report: &mut Report) -> Vec<Text<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.as_text(key, item, report)).collect(),
            other => {
                self.wrong_type(key, value.span().start, other, ("文本数组", "an array of texts"), report);
                Vec::new()
            }
        }
    }

    /// Both texts of a label under `key`.
    pub(crate) fn label(&mut self, key: &'static str, report: &mut Report) -> Option<Label> {
        let value = self.get(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(key, value.span().start, value.get_ref(), LABEL_TYPE, report);
            return None;
        };
        let mut inner = Table { source: self.source, table, start: value.span().start, asked: Vec::new() };
        let (zh, en) = (inner.must_text("zh", report), inner.must_text("en", report));
        inner.finish(report);
        let (zh, en) = (zh?, en?);
        for (language, text) in [("zh", &zh), ("en", &en)] {
            if text.value.trim().is_empty() {
                let message = (format!("`{key}` 的 {language} 文字是空的"), format!("`{key}` has no {language} text"));
                report.error("missing_key", &text.spot(), message.0, message.1);
            }
        }
        Some(Label::new(zh.value, en.value))
    }

    /// Both texts of a label under `key`, which must be there.
    pub(crate) fn must_label(&mut self, key: &'static str, report: &mut Report) -> Option<Label> {
        if !self.has(key) {
            self.missing(key, LABEL_TYPE.1, report);
            return None;
        }
        self.label(key, report)
    }

    /// Yes or no under `key`; no when it is absent.
    pub(crate) fn flag(&mut self, key: &'static str, report: &mut Report) -> bool {
        let Some(value) = self.get(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            let expected = (" true 或 false", "true or false");
            self.wrong_type(key, value.span().start, value.get_ref(), expected, report);
            false
        })
    }

    /// A whole number under `key`.
    pub(crate) fn integer(&mut self, key: &'static str, report: &mut Report) -> Option<i64> {
        let value = self.get(key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|number| i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok());
        if number.is_none() {
            self.wrong_type(key, value.span().start, value.get_ref(), ("整数", "a whole number"), report);
        }
        number
    }

    /// A whole number within `range` under `key`.
    pub(crate) fn within<T: TryFrom<i64>>(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<i64>,
        report: &mut Report,
    ) -> Option<T> {
        let number = self.integer(key, report)?;
        if !range.contains(&number) {
            let (from, to) = (range.start(), range.end());
            let message = (format!("`{key}` 应在 {from} 到 {to} 之间"), format!("`{key}` must be from {from} to {to}"));
            report.error("bad_range", &self.spot_of(key), message.0, message.1);
            return None;
        }
        T::try_from(number).ok()
    }

    /// A table under `key`.
    pub(crate) fn table(&mut self, key: &'static str, report: &mut Report) -> Option<Table<'a>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(self.inner(table, value.span().start)),
            other => {
                self.wrong_type(key, value.span().start, other, ("表", "a table"), report);
                None
            }
        }
    }

    /// Tables under `key`, written `[[key]]` or as an array of inline tables.
    pub(crate) fn tables(&mut self, key: &'static str, report: &mut Report) -> Vec<Table<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            let expected =
                (format!("表数组,每项以 [[{key}]] 开头"), format!("an array of tables: [[{key}]] before each"));
            self.wrong_type(key, value.span().start, value.get_ref(), (&expected.0, &expected.1), report);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(self.inner(table, item.span().start)),
                other => self.wrong_type(key, item.span().start, other, ("表", "a table"), report),
            }
        }
        tables
    }

    /// All keys with text values: for tables whose keys are free.
    pub(crate) fn all_texts(&mut self, report: &mut Report) -> Vec<(Text<'a>, Text<'a>)> {
        let mut found = Vec::new();
        for (key, value) in self.table {
            let name = Text { value: key.get_ref(), source: self.source, span: key.span() };
            found.extend(self.as_text(name.value, value, report).map(|value| (name, value)));
        }
        found.sort_by_key(|(key, _)| key.span.start);
        found
    }

    /// All keys with tables: for tables whose keys are free.
    pub(crate) fn all_tables(&mut self, report: &mut Report) -> Vec<(Text<'a>, Table<'a>)> {
        let mut found = Vec::new();
        for (key, value) in self.table {
            let name: &std::borrow::Cow<'a, str> = key.get_ref();
            let name = Text { value: name, source: self.source, span: key.span() };
            match value.get_ref() {
                DeValue::Table(table) => found.push((name, self.inner(table, value.span().start))),
                other => self.wrong_type(key.get_ref(), value.span().start, other, ("表", "a table"), report),
            }
        }
        found.sort_by_key(|(key, _)| key.span.start);
        found
    }

    /// All keys with values of any type.
    pub(crate) fn all_items(&self) -> Vec<(Text<'a>, Item<'a>)> {
        let pair = |(key, value): (&'a Spanned<_>, &'a Spanned<DeValue<'a>>)| {
            let name: &std::borrow::Cow<'a, str> = key.get_ref();
            let key = Text { value: name, source: self.source, span: key.span() };
            (key, Item { value: value.get_ref(), source: self.source, start: value.span().start })
        };
        self.table.iter().map(pair).collect()
    }

    /// Reports keys that nobody asked for.
    pub(crate) fn finish(self, report: &mut Report) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !self.asked.contains(&name) {
                let at = self.source.spot(key.span().start);
                let message = (format!("不认识的键 `{name}`"), format!("unknown key `{name}`"));
                report.error_with("unknown_key", &at, message, names::suggest(name, self.asked.iter().copied()));
            }
        }
    }

    fn inner(&self, table: &'a DeTable<'a>, start: usize) -> Table<'a> {
        Table { source: self.source, table, start, asked: Vec::new() }
    }

    fn as_text(&self, key: &str, value: &'a Spanned<DeValue<'a>>, report: &mut Report) -> Option<Text<'a>> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(key, value.span().start, value.get_ref(), ("文本(加引号)", "text in quotes"), report);
        }
        text.map(|text| Text { value: text, source: self.source, span: value.span() })
    }

    fn missing(&self, key: &str, example: &str, report: &mut Report) {
        let message = (format!("缺少 `{key}`"), format!("`{key}` is missing"));
        let help = format!("`{key} = {example}`");
        report.error_with("missing_key", &self.spot(), message, Some(Label::new(help.clone(), help)));
    }

    fn wrong_type(&self, key: &str, start: usize, found: &DeValue<'_>, (zh, en): (&str, &str), report: &mut Report) {
        let (found_zh, found_en) = type_name(found);
        let message =
            (format!("`{key}` 应为{zh},写的是{found_zh}"), format!("`{key}` must be {en}, but {found_en} is written"));
        report.error("wrong_type", &self.source.spot(start), message.0, message.1);
    }
}

const LABEL_TYPE: (&str, &str) = ("双语标签,如 { zh = \"…\", en = \"…\" }", "{ zh = \"…\", en = \"…\" }");

fn type_name(value: &DeValue<'_>) -> (&'static str, &'static str) {
    match value {
        DeValue::String(_) => ("文本", "a text"),
        DeValue::Integer(_) => ("整数", "a whole number"),
        DeValue::Float(_) => ("小数", "a decimal number"),
        DeValue::Boolean(_) => ("true/false", "true or false"),
        DeValue::Datetime(_) => ("日期", "a date"),
        DeValue::Array(_) => ("数组", "an array"),
        DeValue::Table(_) => ("表", "a table"),
    }
}
