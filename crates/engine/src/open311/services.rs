//! Classes of events as services.

use linli_domain::{Catalogue, Field, FieldKind, Lang, catalogue::CodeList};

use crate::{
    Engine, Problem, ProblemKind,
    grid::{CLASSES, FLOW},
};

/// Fields of an event that GeoReport has parameters of its own for.
pub(super) const OWN: [&str; 6] = ["text", "kind", "address", "origin", "reporter_name", "reporter_phone"];

/// A service: a class of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Code of the class.
    pub service_code: String,
    /// Its name.
    pub service_name: String,
    /// The same with the class above.
    pub description: String,
    /// Whether there is a definition with attributes.
    pub metadata: bool,
    /// `realtime`: a report has its number at once.
    pub kind: &'static str,
    /// Other words for it, with commas.
    pub keywords: String,
    /// Class above.
    pub group: String,
}

/// What a report of a service may say beside GeoReport's own parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Code of the class.
    pub service_code: String,
    /// Attributes.
    pub attributes: Vec<Attribute>,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Whether the client sends it (`true`), or only shows it.
    pub variable: bool,
    /// Name.
    pub code: String,
    /// `string`, `number`, `datetime`, `text`, `singlevaluelist`, `multivaluelist`.
    pub datatype: &'static str,
    /// Whether a report without it is refused.
    pub required: bool,
    /// How to write it.
    pub datatype_description: String,
    /// Place on the page, from 1.
    pub order: u32,
    /// Question.
    pub description: String,
    /// Of a list: key and name.
    pub values: Vec<(String, String)>,
}

fn classes(catalogue: &Catalogue) -> Option<&CodeList> {
    catalogue.code_lists.get(CLASSES)
}

/// Classes that have none below them and may be chosen.
fn leaves(list: &CodeList) -> impl Iterator<Item = &linli_domain::catalogue::Code> {
    let has_below = |code: &str| list.codes.iter().any(|other| other.parent.as_deref() == Some(code));
    list.codes.iter().filter(move |code| !code.retired && !has_below(&code.code))
}

/// All services.
pub fn services(engine: &Engine) -> Vec<Service> {
    let (catalogue, lang) = (engine.catalogue(), engine.lang);
    let Some(list) = classes(&catalogue) else { return Vec::new() };
    let metadata = !asked(&catalogue).is_empty();
    leaves(list)
        .map(|code| {
            let group = code.parent.as_deref().and_then(|parent| list.get(parent));
            let (name, group) =
                (code.label.text(lang), group.map_or(String::new(), |group| group.label.text(lang).to_owned()));
            Service {
                service_code: code.code.clone(),
                service_name: name.to_owned(),
                description: if group.is_empty() { name.to_owned() } else { format!("{group}:{name}") },
                metadata,
                kind: "realtime",
                keywords: code.synonyms.join(","),
                group,
            }
        })
        .collect()
}

/// The name of a service; a refusal when there is none.
pub(super) fn named(catalogue: &Catalogue, code: &str, lang: Lang) -> Result<String, Problem> {
    let found = classes(catalogue).and_then(|list| leaves(list).find(|held| held.code == code));
    found.map(|code| code.label.text(lang).to_owned()).ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "open311.service_code",
            "service_code 指定的服务不存在。",
            "The service_code provided was not found.",
        )
    })
}

/// The definition of a service.
pub fn definition(engine: &Engine, code: &str) -> Result<Definition, Problem> {
    let catalogue = engine.catalogue();
    named(&catalogue, code, engine.lang)?;
    let fields = asked(&catalogue);
    let attributes = (1..).zip(fields).map(|(order, field)| attribute(&catalogue, field, order, engine.lang)).collect();
    Ok(Definition { service_code: code.to_owned(), attributes })
}

/// Fields that whoever reports is asked and that GeoReport has no parameter for.
pub(super) fn asked(catalogue: &Catalogue) -> Vec<&Field> {
    let Some(flow) = catalogue.flows.get(FLOW) else { return Vec::new() };
    let names = flow.opens.fields.iter().filter(|name| !OWN.contains(&name.as_str()));
    names.filter_map(|name| flow.field(name)).collect()
}

fn attribute(catalogue: &Catalogue, field: &Field, order: u32, lang: Lang) -> Attribute {
    let codes = |list: &String| -> Vec<(String, String)> {
        let list = catalogue.code_lists.get(list);
        let codes = list.into_iter().flat_map(|list| list.codes.iter().filter(|code| !code.retired));
        codes.map(|code| (code.code.clone(), code.label.text(lang).to_owned())).collect()
    };
    let (datatype, values) = match &field.kind {
        FieldKind::LongText => ("text", Vec::new()),
        FieldKind::Date | FieldKind::Time => ("datetime", Vec::new()),
        FieldKind::Integer { .. } | FieldKind::Decimal { .. } | FieldKind::Money => ("number", Vec::new()),
        FieldKind::Bool => (
            "singlevaluelist",
            vec![
                ("true".to_owned(), lang.pick("是", "yes").to_owned()),
                ("false".to_owned(), lang.pick("否", "no").to_owned()),
            ],
        ),
        FieldKind::Code { list } => ("singlevaluelist", codes(list)),
        FieldKind::Codes { list } => ("multivaluelist", codes(list)),
        _ => ("string", Vec::new()),
    };
    Attribute {
        variable: true,
        code: field.name.clone(),
        datatype,
        required: field.required,
        datatype_description: field.help.as_ref().map_or(String::new(), |help| help.text(lang).to_owned()),
        order,
        description: field.label.text(lang).to_owned(),
        values,
    }
}
