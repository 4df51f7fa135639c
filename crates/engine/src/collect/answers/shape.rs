//! A version of a form as answers are read with it: columns, labels, masks. Answers to many versions stand in one list;
//! each is read with its own.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use linli_domain::{
    Catalogue, Field, FieldKind, Lang,
    catalogue::Sensitivity,
    check::{MaskKind, mask},
};
use linli_store::{
    ReadTx,
    tables::{
        Form, FormVersion, Submission,
        forms::{DRAFT, slot_of},
    },
};
use linli_xform::{
    instance::{self, Instance, Table},
    model,
};

use super::super::{
    form::{Compiled, Question, Settings, kept, lang_key},
    lists,
};
use crate::{Engine, Problem};

/// Texts by language.
type Texts = BTreeMap<String, String>;

/// Shorter values are not looked for in other texts.
const TELLING: usize = 4;

/// The versions of a form, each read when the first answer to it comes.
pub(crate) struct Reader {
    pub form: Form,
    settings: Settings,
    versions: Vec<FormVersion>,
    /// Questions that are sensitive in any version, by path.
    masks: Arc<HashMap<String, MaskKind>>,
    read: HashMap<String, Arc<Shape>>,
}

/// A version of a form.
pub(crate) struct Shape {
    pub model: model::Form,
    pub questions: Vec<Question>,
    /// Number of a question by path.
    at: HashMap<String, usize>,
    /// Questions that are sensitive in any version, by path.
    masks: Arc<HashMap<String, MaskKind>>,
}

impl Reader {
    /// Reads the versions of a form.
    pub fn open(engine: &Engine, tx: &mut ReadTx<'_>, form: Form) -> Result<Self, Problem> {
        let versions = tx.form_versions(&form)?;
        let (settings, catalogue) = (kept::<Settings>(&form.settings)?, engine.catalogue());
        let mut masks = HashMap::new();
        for version in &versions {
            for question in settings.applied(&kept::<Compiled>(&version.compiled)?.questions) {
                if let Some(kind) = mask_of(&catalogue, &settings, &question) {
                    masks.insert(question.path, kind);
                }
            }
        }
        Ok(Self { form, settings, versions, masks: Arc::new(masks), read: HashMap::new() })
    }

    /// The version an answer was given to; the published one when that is not known.
    pub fn of(&mut self, version: &str) -> Result<Arc<Shape>, Problem> {
        let wanted = slot_of(version);
        let published = self.form.published.as_deref().map(slot_of);
        let has = |slot: &String| self.versions.iter().any(|one| one.slot == *slot);
        let slot = [Some(wanted), published].into_iter().flatten().find(has).unwrap_or_else(|| DRAFT.to_owned());
        if let Some(shape) = self.read.get(&slot) {
            return Ok(shape.clone());
        }
        let found = self.versions.iter().find(|one| one.slot == slot);
        let version = found.ok_or_else(|| Problem::internal("a form without versions"))?;
        let shape = Arc::new(Shape::read(self.masks.clone(), &self.settings, version)?);
        self.read.insert(slot, shape.clone());
        Ok(shape)
    }

    /// Questions of all versions with their masks, those of the published one first. A draft counts only as long as
    /// nothing is published.
    pub fn columns(&mut self) -> Result<Vec<Question>, Problem> {
        let published = self.form.published.clone();
        let mut versions: Vec<String> = published.iter().cloned().collect();
        versions.extend(self.versions.iter().filter(|one| one.slot != DRAFT).map(|one| one.version.clone()));
        if versions.is_empty() {
            versions.push(DRAFT.to_owned());
        }
        let mut columns: Vec<Question> = Vec::new();
        for version in versions {
            for question in &self.of(&version)?.questions {
                let asked = !matches!(question.r#type.as_str(), "note" | "calculate");
                if asked && columns.iter().all(|known| known.path != question.path) {
                    columns.push(question.clone());
                }
            }
        }
        Ok(columns)
    }

    /// Whether a question is sensitive in any version.
    pub fn is_sensitive(&self, path: &str) -> bool {
        self.masks.contains_key(path)
    }

    /// The repeat around a question, in whichever version has the question, and the repeat's name in `lang`.
    pub fn repeat_of(&mut self, path: &str, lang: Lang) -> Result<Option<(String, String)>, Problem> {
        let published = self.form.published.clone();
        let versions: Vec<String> =
            published.into_iter().chain(self.versions.iter().map(|one| one.version.clone())).collect();
        for version in versions {
            let shape = self.of(&version)?;
            let Some(ix) = shape.model.index(path) else { continue };
            let around = shape.model.repeat_around(ix).map(|ix| &shape.model.nodes[ix]);
            return Ok(around.map(|node| {
                let texts = node.label.as_ref().map(|label| shape.model.itext.all(label)).unwrap_or_default();
                let texts: Texts = texts.into_iter().map(|(language, text)| (lang_key(&language), text)).collect();
                let label = text_in(&texts, lang);
                (node.path.clone(), if label.trim().is_empty() { node.name.clone() } else { label.to_owned() })
            }));
        }
        Ok(None)
    }

    /// An answer with its values.
    pub fn answer(&mut self, xml: &str, version: &str) -> Result<Answer, Problem> {
        let shape = self.of(version)?;
        let tables = Instance::parse(xml.as_bytes()).map(|instance| instance::rows(&shape.model, &instance));
        Ok(Answer { shape, tables: tables.unwrap_or_default() })
    }
}

impl Shape {
    fn read(
        masks: Arc<HashMap<String, MaskKind>>,
        settings: &Settings,
        version: &FormVersion,
    ) -> Result<Self, Problem> {
        let compiled: Compiled = kept(&version.compiled)?;
        let model = model::Form::parse(&version.xml).map_err(Problem::internal)?;
        let questions = settings.applied(&compiled.questions);
        let at = questions.iter().enumerate().map(|(at, question)| (question.path.clone(), at)).collect();
        Ok(Self { model, questions, at, masks })
    }

    pub fn question(&self, path: &str) -> Option<&Question> {
        self.at.get(path).map(|at| &self.questions[*at])
    }

    /// How a sensitive question is masked; `None` for one that is not.
    pub fn mask(&self, path: &str) -> Option<MaskKind> {
        self.masks.get(path).copied()
    }

    /// What a value says: masked, or by the labels of its choices.
    pub fn shown(&self, path: &str, value: &str, lang: Lang) -> String {
        if let Some(kind) = self.mask(path) {
            return mask(kind, value);
        }
        self.choice_text(path, value, lang).unwrap_or_else(|| value.to_owned())
    }

    /// The labels of what was chosen; `None` where nothing is chosen from.
    pub fn choice_text(&self, path: &str, value: &str, lang: Lang) -> Option<String> {
        let question = self.question(path)?;
        let choices = question.choices.as_ref()?;
        let label = |value: &str| {
            let found = choices.iter().find(|choice| choice.value == value);
            found.map_or(value, |choice| text_in(&choice.label, lang)).to_owned()
        };
        Some(match question.r#type.as_str() {
            "select_multiple" | "rank" => {
                value.split_whitespace().map(label).collect::<Vec<_>>().join(lang.pick("、", ", "))
            }
            _ => label(value),
        })
    }
}

/// An answer's values, one table for itself and one for each repeat.
pub(crate) struct Answer {
    pub shape: Arc<Shape>,
    pub tables: Vec<Table>,
}

impl Answer {
    /// Every value with its path, repeats included.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        let rows = self.tables.iter().flat_map(|table| &table.rows);
        rows.flat_map(|row| row.values.iter().map(|(path, value)| (path.as_str(), value.as_str())))
    }

    /// `text` without the answer's sensitive values, which names and messages may repeat.
    pub fn redacted(&self, text: &str) -> String {
        redacted(&self.shape, self.values(), text)
    }

    /// Whether `words` (small letters) are in the answer's name, its sender's, or what was answered.
    pub fn found(&self, name: &str, by: &str, words: &str) -> bool {
        self.redacted(name).to_lowercase().contains(words) || by.to_lowercase().contains(words) || self.has(words)
    }

    /// Whether `words` are in what was answered; a sensitive value only as a whole.
    fn has(&self, words: &str) -> bool {
        self.values().any(|(path, value)| match self.shape.mask(path) {
            Some(_) => value.trim().to_lowercase() == *words,
            None => [Lang::Zh, Lang::En]
                .iter()
                .any(|lang| self.shape.shown(path, value, *lang).to_lowercase().contains(words)),
        })
    }
}

/// `text` with the sensitive ones of `values` masked.
pub(super) fn redacted<'a>(shape: &Shape, values: impl Iterator<Item = (&'a str, &'a str)>, text: &str) -> String {
    let mut out = text.to_owned();
    for (path, value) in values {
        let Some(kind) = shape.mask(path) else { continue };
        let value = value.trim();
        if value.chars().count() >= TELLING && out.contains(value) {
            out = out.replace(value, &mask(kind, value));
        }
    }
    out
}

/// The name an answer is listed under: the one its form gives it, else its first answer, else its id.
pub(super) fn title(name: &str, answer: &Answer, of: &Submission, lang: Lang) -> String {
    let name = answer.redacted(name);
    if !name.trim().is_empty() {
        return name;
    }
    let first = answer.values().find(|(path, _)| answer.shape.question(path).is_some());
    first.map_or_else(|| of.instance.clone(), |(path, value)| answer.shape.shown(path, value, lang))
}

/// A text in the reader's language, else in the form's own.
pub(crate) fn text_in(texts: &Texts, lang: Lang) -> &str {
    let wanted = lang.pick("zh", "en");
    let found =
        texts.get(wanted).or_else(|| texts.iter().find(|(key, _)| key.starts_with(wanted)).map(|(_, text)| text));
    found.or_else(|| texts.get("default")).or_else(|| texts.values().next()).map_or("", String::as_str)
}

/// A question's label in the reader's language, its name when it has none.
pub(crate) fn label_of(question: &Question, lang: Lang) -> &str {
    let label = text_in(&question.label, lang);
    if label.trim().is_empty() { &question.name } else { label }
}

fn mask_of(catalogue: &Catalogue, settings: &Settings, question: &Question) -> Option<MaskKind> {
    let element = question.element.as_ref().and_then(|element| element.rsplit_once('/'));
    let asked = element.and_then(|(entity, field)| catalogue.entities.get(entity)?.field(field));
    let saved = question
        .saveto
        .as_ref()
        .and_then(|saveto| lists::entity_of(catalogue, &settings.lists, &saveto.list)?.field(&saveto.property));
    let sensitive = |field: &&Field| field.sensitivity == Sensitivity::Sensitive;
    [asked, saved].into_iter().flatten().find(sensitive).map(mask_kind)
}

fn mask_kind(field: &Field) -> MaskKind {
    match field.kind {
        FieldKind::IdentityNumber | FieldKind::CreditCode => MaskKind::Identity,
        FieldKind::Phone => MaskKind::Phone,
        FieldKind::Address => MaskKind::Address,
        _ => MaskKind::Hidden,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_in_the_readers_language_or_in_the_forms_own() {
        let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect::<Texts>();
        let both = texts(&[("en", "Name"), ("zh-CN", "姓名")]);
        assert_eq!((text_in(&both, Lang::Zh), text_in(&both, Lang::En)), ("姓名", "Name"));
        assert_eq!(text_in(&texts(&[("default", "名")]), Lang::En), "名");
        assert_eq!(text_in(&Texts::new(), Lang::En), "");
    }
}
