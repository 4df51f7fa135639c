//! Texts of a form by language, and labels that hold values of answers.

use std::collections::{BTreeMap, HashMap};

use crate::tree::{Kind, NodeId, Tree};

/// A label: either a reference to [`Itext`] or written in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// `jr:itext('…')`
    Itext(String),
    /// Text and values.
    Inline(Vec<Part>),
}

/// A piece of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// `<output value="…"/>`: the value of an expression.
    Output(String),
}

/// `<itext>`: texts by id, then by language.
#[derive(Debug, Default)]
pub struct Itext {
    /// The languages in the order of the form.
    pub languages: Vec<String>,
    /// The number of the default language.
    pub default: usize,
    texts: HashMap<String, Vec<Entry>>,
}

#[derive(Debug)]
struct Entry {
    language: usize,
    /// `image`, `audio`, `guidance`, `short`, …; `None` for the text itself.
    form: Option<String>,
    parts: Vec<Part>,
}

impl Itext {
    pub(super) fn read(tree: &Tree, itext: NodeId) -> Self {
        let mut out = Self::default();
        for translation in tree.children(itext).filter(|&at| tree.name(at) == "translation") {
            let language = out.languages.len();
            out.languages.push(tree.attribute(translation, "lang").unwrap_or("").to_owned());
            if tree.attribute(translation, "default").is_some_and(|d| d != "false()" && d != "false") {
                out.default = language;
            }
            for text in tree.children(translation).filter(|&at| tree.name(at) == "text") {
                let Some(id) = tree.attribute(text, "id") else { continue };
                let entries = out.texts.entry(id.to_owned()).or_default();
                for value in tree.children(text).filter(|&at| tree.name(at) == "value") {
                    let form = tree.attribute(value, "form").map(str::to_owned);
                    entries.push(Entry { language, form, parts: parts(tree, value) });
                }
            }
        }
        out
    }

    /// Whether there is a text with this id in any language.
    pub fn contains(&self, id: &str) -> bool {
        self.texts.contains_key(id)
    }

    /// The text in a language (the default one when `None` or unknown); values of answers shown as `${name}`.
    pub fn text(&self, id: &str, language: Option<&str>) -> Option<String> {
        self.form(id, None, language)
    }

    /// A special form of a text, such as `guidance` or `image`.
    pub fn form(&self, id: &str, form: Option<&str>, language: Option<&str>) -> Option<String> {
        let wanted = language.and_then(|wanted| self.find(wanted)).unwrap_or(self.default);
        let entries = self.texts.get(id)?;
        let fits = |entry: &&Entry| entry.form.as_deref() == form || (form.is_none() && is_plain(entry));
        let of = |language: usize| entries.iter().find(|entry| entry.language == language && fits(entry));
        let entry = of(wanted).or_else(|| of(self.default)).or_else(|| entries.iter().find(fits))?;
        Some(plain(&entry.parts))
    }

    /// The number of a language by its name as the form has it, or by its code (`中文 (zh)` answers to `zh`).
    fn find(&self, wanted: &str) -> Option<usize> {
        let code = format!("({wanted})");
        self.languages
            .iter()
            .position(|one| one == wanted)
            .or_else(|| self.languages.iter().position(|one| one.ends_with(&code)))
    }

    /// A label in a language.
    pub fn plain(&self, label: &Label, language: Option<&str>) -> String {
        match label {
            Label::Inline(parts) => plain(parts),
            Label::Itext(id) => self.text(id, language).unwrap_or_else(|| id.clone()),
        }
    }

    /// A label in all languages; a form without languages has one text under the empty name.
    pub fn all(&self, label: &Label) -> BTreeMap<String, String> {
        match label {
            Label::Inline(parts) => BTreeMap::from([(String::new(), plain(parts))]),
            Label::Itext(id) => self
                .languages
                .iter()
                .filter_map(|language| Some((language.clone(), self.text(id, Some(language))?)))
                .collect(),
        }
    }
}

fn is_plain(entry: &Entry) -> bool {
    matches!(entry.form.as_deref(), None | Some("long" | "short"))
}

fn plain(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Output(expression) => {
                let name = expression.trim().rsplit('/').next().unwrap_or("").trim();
                let simple = !name.is_empty() && !name.contains(['(', ')', '[', ' ', '\'', '"']);
                out.push_str(&if simple { format!("${{{name}}}") } else { "…".to_owned() });
            }
        }
    }
    out.trim().to_owned()
}

/// The text and outputs inside an element.
pub(super) fn parts(tree: &Tree, id: NodeId) -> Vec<Part> {
    let mut out = Vec::new();
    if !tree.own_text(id).is_empty() {
        out.push(Part::Text(tree.own_text(id).to_owned()));
    }
    for child in tree.child_nodes(id) {
        match tree.kind(child) {
            Kind::Text => out.push(Part::Text(tree.own_text(child).to_owned())),
            _ if tree.name(child) == "output" => {
                let value = tree.attribute(child, "value").or_else(|| tree.attribute(child, "ref")).unwrap_or("");
                out.push(Part::Output(value.to_owned()));
            }
            _ => out.push(Part::Text(tree.value(child).into_owned())),
        }
    }
    out
}

/// A label element or message: by `ref="jr:itext('…')"` or its content.
pub(super) fn label(tree: &Tree, id: NodeId) -> Option<Label> {
    if let Some(reference) = tree.attribute(id, "ref").and_then(itext_id) {
        return Some(Label::Itext(reference));
    }
    let parts = parts(tree, id);
    (!parts.is_empty()).then_some(Label::Inline(parts))
}

/// The id in `jr:itext('id')`; `None` for anything else.
pub(super) fn itext_id(reference: &str) -> Option<String> {
    let inner = reference.trim().strip_prefix("jr:itext(")?.trim_end().strip_suffix(')')?.trim();
    let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    Some(inner.strip_prefix(quote)?.strip_suffix(quote)?.to_owned())
}
