//! Translations: every text in every language, `-` where one is missing.

use std::collections::HashMap;

use super::Emitter;
use super::writer::{Piece, Xml};
use crate::xlsform::element::{Element, Id, ROOT};
use crate::xlsform::finding::Finding;
use crate::xlsform::refs;
use crate::xlsform::value::{Map, Value};

/// Media that a question may have.
const MEDIA: [&str; 4] = ["image", "big-image", "audio", "video"];

/// A text in one form: plain (`long`), `guidance`, or a kind of media.
struct Item<'a> {
    form: &'a str,
    text: &'a str,
    context: Option<Id>,
}

/// The texts of one language, in order of first appearance.
#[derive(Default)]
struct Language<'a> {
    name: &'a str,
    texts: Vec<(String, Vec<Item<'a>>)>,
    at: HashMap<String, usize>,
}

/// All languages in order of first appearance.
#[derive(Default)]
pub(super) struct Itext<'a>(Vec<Language<'a>>);

impl<'a> Language<'a> {
    fn items(&mut self, id: &str) -> &mut Vec<Item<'a>> {
        let at = match self.at.get(id) {
            Some(at) => *at,
            None => {
                self.at.insert(id.to_owned(), self.texts.len());
                self.texts.push((id.to_owned(), Vec::new()));
                self.texts.len() - 1
            }
        };
        &mut self.texts[at].1
    }
}

impl<'a> Itext<'a> {
    fn add(&mut self, language: &'a str, id: &str, form: &'a str, text: &'a str, context: Option<Id>) {
        let at = self.0.iter().position(|l| l.name == language).unwrap_or_else(|| {
            self.0.push(Language { name: language, ..Language::default() });
            self.0.len() - 1
        });
        let items = self.0[at].items(id);
        let item = Item { form, text, context };
        match items.iter_mut().find(|i| i.form == form) {
            Some(old) => *old = item,
            None => items.push(item),
        }
    }

    /// One text, or one for each language.
    fn add_all(&mut self, default: &'a str, id: &str, form: &'a str, value: &'a Value, context: Option<Id>) {
        match value {
            Value::Text(text) => self.add(default, id, form, text, context),
            Value::Map(languages) => {
                for (language, value) in languages.iter() {
                    self.add(language, id, form, value.first_text(), context);
                }
            }
        }
    }

    /// Gives every language every text in every form that another has.
    fn fill(&mut self) {
        if self.0.len() < 2 {
            return;
        }
        let mut all: Vec<(String, Vec<&'a str>)> = Vec::new();
        let mut at: HashMap<String, usize> = HashMap::new();
        for (id, items) in self.0.iter().flat_map(|l| &l.texts) {
            let slot = *at.entry(id.clone()).or_insert_with(|| {
                all.push((id.clone(), Vec::new()));
                all.len() - 1
            });
            for item in items {
                if !all[slot].1.contains(&item.form) {
                    all[slot].1.push(item.form);
                }
            }
        }
        for language in &mut self.0 {
            for (id, forms) in &all {
                let items = language.items(id);
                for form in forms {
                    if !items.iter().any(|i| i.form == *form) {
                        items.push(Item { form, text: "-", context: None });
                    }
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn languages(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|l| l.name)
    }

    /// Names of the media files it refers to.
    pub(super) fn files(&self) -> impl Iterator<Item = &'a str> {
        let items = self.0.iter().flat_map(|l| &l.texts).flat_map(|(_, items)| items);
        items.filter(|i| !matches!(i.form, "long" | "guidance") && i.text != "-").map(|i| i.text)
    }
}

impl<'a> Emitter<'a> {
    /// Collects all texts that need the itext: choices first, then questions, then media.
    pub(super) fn collect_itext(&self) -> Itext<'a> {
        let mut itext = Itext::default();
        let default = self.settings.default_language.as_str();
        for list in self.lists.iter().filter(|l| l.itext) {
            for (at, choice) in list.choices.iter().enumerate() {
                let id = format!("{}-{at}", list.name);
                if let Some(label) = &choice.label {
                    itext.add_all(default, &id, "long", label, None);
                }
                for (media, value) in choice.media.iter() {
                    itext.add_all(default, &id, media, value, None);
                }
            }
        }
        for id in self.tree.below(ROOT) {
            let element = &self.tree[id];
            if element.is_nameable() {
                element_texts(&mut itext, default, id, element);
            }
        }
        for id in self.tree.below(ROOT) {
            let element = &self.tree[id];
            if element.is_nameable() && !element.media.is_empty() {
                self.element_media(&mut itext, default, id);
            }
        }
        itext.fill();
        itext
    }

    fn element_media(&self, itext: &mut Itext<'a>, default: &'a str, id: Id) {
        let element = &self.tree[id];
        let text_id = format!("{}:label", element.path);
        let media: &Map = element.media.map("default").unwrap_or(&element.media);
        for (kind, value) in media.iter() {
            if !MEDIA.contains(&kind) {
                self.report(
                    Finding::error(
                        "media-unknown",
                        "survey",
                        format!("不支持媒体类型“{kind}”，可用：image、big-image、audio、video。"),
                        format!("Media type: {kind} not supported; use image, big-image, audio or video."),
                    )
                    .row(element.row)
                    .column(format!("media::{kind}")),
                );
            }
            itext.add_all(default, &text_id, kind, value, None);
        }
    }

    /// Writes the translations.
    pub(super) fn write_itext(&self, xml: &mut Xml, itext: &Itext<'_>) {
        if itext.is_empty() {
            return;
        }
        xml.start("itext");
        xml.content();
        for language in &itext.0 {
            xml.start("translation");
            xml.attr("lang", language.name);
            if language.name == self.settings.default_language {
                xml.attr("default", "true()");
            }
            xml.content();
            for (id, items) in &language.texts {
                xml.start("text");
                xml.attr("id", id);
                xml.content();
                let is_hint = id.split_once(':').is_some_and(|(_, kind)| kind == "hint");
                for item in items {
                    self.write_item(xml, item, is_hint);
                }
                xml.end("text");
            }
            xml.end("translation");
        }
        xml.end("itext");
    }

    fn write_item(&self, xml: &mut Xml, item: &Item<'_>, is_hint: bool) {
        let mut pieces =
            if item.text == "-" { vec![Piece::Text("-".to_owned())] } else { self.pieces(item.text, item.context) };
        let plain = item.form == "long" || (is_hint && item.form != "guidance");
        if !plain && !is_hint {
            if item.text == "-" {
                // A language without this media simply has none.
                return;
            }
            let folder = if matches!(item.form, "image" | "big-image") { "images" } else { item.form };
            let prefix = format!("jr://{folder}/");
            match pieces.first_mut() {
                Some(Piece::Text(text)) => text.insert_str(0, &prefix),
                _ => pieces.insert(0, Piece::Text(prefix)),
            }
        }
        xml.start("value");
        if !plain {
            xml.attr("form", item.form);
        }
        xml.content();
        xml.pieces(&pieces);
        xml.end("value");
    }
}

/// The texts of one element: messages, label, hints.
fn element_texts<'a>(itext: &mut Itext<'a>, default: &'a str, id: Id, element: &'a Element) {
    let path = &element.path;
    for message in ["jr:constraintMsg", "jr:requiredMsg", "jr:noAppErrorString"] {
        let Some(value) = element.bind.as_ref().and_then(|b| b.get(message)) else { continue };
        if message_is_itext(message, value) {
            itext.add_all(default, &format!("{path}:{message}"), "long", value, Some(id));
        }
    }
    if let Some(label) = element.label.as_ref().filter(|_| element.label_is_itext()) {
        itext.add_all(default, &format!("{path}:label"), "long", label, Some(id));
    }
    let guidance = element.guidance_hint.as_ref();
    if let Some(hint) = element.hint.as_ref().filter(|h| guidance.is_some() || matches!(h, Value::Map(_))) {
        itext.add_all(default, &format!("{path}:hint"), "long", hint, Some(id));
    }
    if let Some(guidance) = guidance {
        itext.add_all(default, &format!("{path}:hint"), "guidance", guidance, Some(id));
    }
}

/// Whether a message stands in the itext: when it is translated, or shows values.
pub(super) fn message_is_itext(message: &str, value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::Text(text) => message != "jr:noAppErrorString" && refs::has(text),
    }
}
