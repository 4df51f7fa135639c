//! Registers.

use std::collections::BTreeMap;

use linli_domain::{
    Catalogue, Entity, Field, FieldKind, Label,
    catalogue::{Derive, FieldGroup, PersonFields, Relation, View},
};

use crate::{
    names,
    report::Report,
    source::Spot,
    toml_read::{Document, Table, Text},
};

use super::{
    expressions,
    field::{self, Draft},
    head::bad_name,
    index::{Index, Thing},
    roles::unknown_level,
};

/// What a register is read against.
pub(super) struct Context<'c> {
    pub(super) pack: &'c str,
    pub(super) index: &'c Index,
    pub(super) catalogue: &'c Catalogue,
}

/// What can be checked only when all registers are read.
#[derive(Debug)]
pub(super) enum Link {
    /// The shared data element of a field.
    Element { entity: String, field: String, at: Spot },
    /// A relation, by position, with the places of `by` and of its columns.
    Relation { entity: String, position: usize, by: Spot, columns: Vec<Spot> },
}

/// Reads `entities/STEM.toml`.
pub(super) fn read(
    context: &Context<'_>,
    stem: &str,
    document: &Document<'_>,
    report: &mut Report,
) -> (Entity, Vec<Link>) {
    let mut root = document.root();
    let name = format!("{}/{stem}", context.pack);
    if !names::well_formed(stem) {
        bad_name(stem, &root.spot(), report);
    }
    let (label, about) = (root.must_label("label", report), root.must_label("about", report));
    let title = root.must_text("title", report);
    let area_kinds = root.texts("area_kinds", report);
    let end_reasons = root.text("end_reasons", report);
    let groups = read_groups(&mut root, report);
    let drafts: Vec<Draft<'_>> =
        root.tables("fields", report).into_iter().filter_map(|table| field::read(context, table, report)).collect();
    if !root.has("fields") {
        report.error(
            "missing_key",
            &root.spot(),
            "登记册没有字段:至少要一个 [[fields]]",
            "a register needs at least one [[fields]]",
        );
    }
    for kind in area_kinds.iter().filter(|kind| !context.index.levels.iter().any(|level| level == kind.value)) {
        unknown_level(kind, context.index, report);
    }
    let mut links: Vec<Link> = Vec::new();
    for draft in &drafts {
        let link = |at: &Spot| Link::Element { entity: name.clone(), field: draft.field.name.clone(), at: at.clone() };
        links.extend(draft.element.as_ref().map(link));
    }
    let fields = check_fields(&drafts, &groups, context, report);
    let mut entity = Entity {
        label: label.unwrap_or_default(),
        about: about.unwrap_or_default(),
        title: title.as_ref().map(|title| title.value.to_owned()).unwrap_or_default(),
        area_kinds: area_kinds.iter().map(|kind| kind.value.to_owned()).collect(),
        groups,
        fields,
        relations: Vec::new(),
        checks: Vec::new(),
        view: View::default(),
        end_reasons: end_reasons.and_then(|list| context.index.resolve(Thing::List, context.pack, &list, report)),
        person: None,
        name,
    };
    if let Some(title) = &title {
        known_field(&entity, title, title.value, report);
    }
    entity.view = read_view(&mut root, &entity, report);
    entity.person = read_person(&mut root, &entity, report);
    read_relations(context, &mut root, &mut entity, &mut links, report);
    entity.checks = expressions::read_checks(context, &mut root, &entity, report);
    root.finish(report);
    (entity, links)
}

fn read_groups(root: &mut Table<'_>, report: &mut Report) -> Vec<FieldGroup> {
    let mut groups: Vec<FieldGroup> = Vec::new();
    for mut table in root.tables("groups", report) {
        let id = table.must_text("id", report);
        let label = table.must_label("label", report).unwrap_or_default();
        table.finish(report);
        let Some(id) = id else { continue };
        if groups.iter().any(|group| group.id == id.value) {
            duplicate("分组", "group", &id, report);
        } else {
            groups.push(FieldGroup { id: id.value.to_owned(), label });
        }
    }
    groups
}

fn duplicate(zh: &str, en: &str, id: &Text<'_>, report: &mut Report) {
    let message = (format!("{zh} `{}` 写了两次", id.value), format!("{en} `{}` is given twice", id.value));
    report.error("duplicate", &id.spot(), message.0, message.1);
}

/// What a field's neighbours say about it: repeated names, groups, sources of derived fields, repeated synonyms.
fn check_fields(drafts: &[Draft<'_>], groups: &[FieldGroup], context: &Context<'_>, report: &mut Report) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    for draft in drafts {
        let field = &draft.field;
        if fields.iter().any(|other| other.name == field.name) {
            let message = (format!("字段 `{}` 写了两次", field.name), format!("field `{}` is given twice", field.name));
            report.error("duplicate", &draft.name, message.0, message.1);
            continue;
        }
        check_companions(drafts, draft, report);
        if let Some(group) = draft.group.as_ref().filter(|group| !groups.iter().any(|known| known.id == group.value)) {
            let message = (format!("没有分组 `{}`", group.value), format!("there is no group `{}`", group.value));
            let known = groups.iter().map(|group| group.id.as_str());
            report.error_with("unknown_group", &group.spot(), message, names::suggest(group.value, known));
        }
        check_derive(drafts, draft, context, report);
        for word in std::iter::once(&field.label.zh).chain(&field.synonyms).filter(|word| !word.is_empty()) {
            if let Some(other) = words.insert(word, &field.name).filter(|other| *other != field.name) {
                let message = (
                    format!("列名“{word}”同时指 `{other}` 和 `{}`,导入时无法判断", field.name),
                    format!(
                        "the heading \"{word}\" means both `{other}` and `{}`: an import could not tell",
                        field.name
                    ),
                );
                report.error("synonym_twice", &draft.name, message.0, message.1);
            }
        }
        fields.push(field.clone());
    }
    fields
}

/// The store makes columns beside some fields; another field must not have their names.
fn check_companions(drafts: &[Draft<'_>], draft: &Draft<'_>, report: &mut Report) {
    for ending in names::COMPANIONS {
        let Some(base) = draft.field.name.strip_suffix(ending) else { continue };
        if drafts.iter().any(|other| other.field.name == base) {
            let name = &draft.field.name;
            let message = (
                format!("字段不能叫 `{name}`:数据库为 `{base}` 另建同名的列"),
                format!("a field cannot be called `{name}`: the database makes a column of that name beside `{base}`"),
            );
            let other = format!("`{base}_{}`", ending.trim_start_matches('_').repeat(2));
            report.error_with("reserved_name", &draft.name, message, Some(Label::new(other.clone(), other)));
        }
    }
}

fn check_derive(drafts: &[Draft<'_>], draft: &Draft<'_>, context: &Context<'_>, report: &mut Report) {
    let (Some(derive), Some(at)) = (&draft.field.derive, &draft.derive) else { return };
    let (from, fits, expected) = match derive {
        Derive::BirthDate(from) => (from, draft.field.kind == FieldKind::Date, ("date", "date")),
        Derive::Sex(from) => {
            let list = match &draft.field.kind {
                FieldKind::Code { list } => context.catalogue.code_lists.get(list),
                _ => None,
            };
            let fits = list.is_some_and(|list| list.get("1").is_some() && list.get("2").is_some());
            (from, fits, ("code(代码表含 1 男、2 女,GB/T 2261.1)", "code, with a list that has 1 and 2 (GB/T 2261.1)"))
        }
    };
    if !fits {
        let name = &draft.field.name;
        let message = (
            format!("`{name}` 的类型与推算规则不符,应为 {}", expected.0),
            format!("the kind of `{name}` does not fit what it is derived by: {} is expected", expected.1),
        );
        report.error("derive_kind", at, message.0, message.1);
    }
    match drafts.iter().find(|other| other.field.name == *from) {
        Some(source) if source.field.kind == FieldKind::IdentityNumber => {}
        Some(_) => {
            let message = (format!("`{from}` 不是身份证号字段"), format!("`{from}` is not an identity number"));
            let numbers = drafts.iter().filter(|other| other.field.kind == FieldKind::IdentityNumber);
            let help = names::suggest(from, numbers.map(|other| other.field.name.as_str()));
            report.error_with("derive_kind", at, message, help);
        }
        None => {
            let message = (format!("没有字段 `{from}`"), format!("there is no field `{from}`"));
            let help = names::suggest(from, drafts.iter().map(|other| other.field.name.as_str()));
            report.error_with("unknown_field", at, message, help);
        }
    }
}

/// The field called `name`; reported at `text` when there is none.
pub(super) fn known_field<'e>(
    entity: &'e Entity,
    text: &Text<'_>,
    name: &str,
    report: &mut Report,
) -> Option<&'e Field> {
    let found = entity.field(name);
    if found.is_none() {
        unknown_field(entity, name, &text.spot(), report);
    }
    found
}

/// Reports a name that no field has.
pub(super) fn unknown_field(entity: &Entity, name: &str, at: &Spot, report: &mut Report) {
    let message = (
        format!("登记册 `{}` 没有字段 `{name}`", entity.name),
        format!("the register `{}` has no field `{name}`", entity.name),
    );
    let known = entity.fields.iter().map(|field| field.name.as_str());
    report.error_with("unknown_field", at, message, names::suggest(name, known));
}

fn read_view(root: &mut Table<'_>, entity: &Entity, report: &mut Report) -> View {
    let Some(mut table) = root.table("view", report) else {
        // Without a view: the title and the first fields that are not long.
        let short = |field: &&Field| !matches!(field.kind, FieldKind::LongText) && !field.off_by_default;
        let columns = entity.fields.iter().filter(short).take(6).map(|field| field.name.clone()).collect();
        return View { columns, sort: Vec::new() };
    };
    let (columns, sort) = (table.texts("columns", report), table.texts("sort", report));
    table.finish(report);
    for column in &columns {
        known_field(entity, column, column.value, report);
    }
    for column in &sort {
        let name = column.value.strip_prefix('-').unwrap_or(column.value);
        known_field(entity, column, name, report);
    }
    let owned = |texts: Vec<Text<'_>>| texts.iter().map(|text| text.value.to_owned()).collect();
    View { columns: owned(columns), sort: owned(sort) }
}

fn read_person(root: &mut Table<'_>, entity: &Entity, report: &mut Report) -> Option<PersonFields> {
    let mut table = root.table("person", report)?;
    let mut part = |key: &'static str, kind: fn(&FieldKind) -> bool, report: &mut Report| {
        let text = table.text(key, report)?;
        let field = known_field(entity, &text, text.value, report)?;
        if !kind(&field.kind) {
            let message = (
                format!("`{}` 的类型不适合作 person.{key}", text.value),
                format!("the kind of `{}` does not fit person.{key}", text.value),
            );
            report.error("person_kind", &text.spot(), message.0, message.1);
        }
        Some(text.value.to_owned())
    };
    let name = part("name", |kind| matches!(kind, FieldKind::PersonName), report);
    let person = PersonFields {
        identity: part("identity", |kind| matches!(kind, FieldKind::IdentityNumber), report),
        birth: part("birth", |kind| matches!(kind, FieldKind::Date), report),
        sex: part("sex", |kind| matches!(kind, FieldKind::Code { .. }), report),
        phone: part("phone", |kind| matches!(kind, FieldKind::Phone), report),
        household: part("household", |kind| matches!(kind, FieldKind::Ref { .. }), report),
        name: name.clone().unwrap_or_default(),
    };
    if !table.has("name") {
        report.error("missing_key", &table.spot(), "person 缺少 `name`", "`name` is missing in `person`");
    }
    table.finish(report);
    name.map(|_| person)
}

fn read_relations(
    context: &Context<'_>,
    root: &mut Table<'_>,
    entity: &mut Entity,
    links: &mut Vec<Link>,
    report: &mut Report,
) {
    for mut table in root.tables("relations", report) {
        let id = table.must_text("id", report);
        let label = table.must_label("label", report).unwrap_or_default();
        let other = table.must_text("entity", report);
        let by = table.must_text("by", report);
        let columns = table.texts("columns", report);
        table.finish(report);
        let other = other.and_then(|other| context.index.resolve(Thing::Entity, context.pack, &other, report));
        let (Some(id), Some(other), Some(by)) = (id, other, by) else { continue };
        if entity.relations.iter().any(|relation| relation.id == id.value) {
            duplicate("关系", "relation", &id, report);
            continue;
        }
        let spots = columns.iter().map(Text::spot).collect();
        links.push(Link::Relation {
            entity: entity.name.clone(),
            position: entity.relations.len(),
            by: by.spot(),
            columns: spots,
        });
        entity.relations.push(Relation {
            id: id.value.to_owned(),
            label,
            entity: other,
            by: by.value.to_owned(),
            columns: columns.iter().map(|column| column.value.to_owned()).collect(),
        });
    }
}
