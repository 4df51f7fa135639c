//! Items of the one window: `items/*.toml`.

use linli_domain::{
    Entity, Field, Label,
    catalogue::Sensitivity,
    expr::{Scope, TypedExpr},
    service::{Condition, HOUSEHOLD, HOUSEHOLD_FIELD, Material, MaterialKind, PERSON, ServiceItem},
};

use crate::{
    names,
    report::Report,
    toml_read::{Document, Table, Text},
};

use super::{entity::Context, expressions, field, head::bad_name};

/// Longest promise, in working days.
const MAX_LIMIT: i64 = 60;
/// Code list of the sorts of items; a pack with items has it.
const KINDS: &str = "item_kind";
/// Desks that may decide.
const DESKS: [&str; 2] = ["community", "street"];
const MATERIALS: [&str; 3] = ["form", "paper", "held"];

/// Reads `items/STEM.toml`.
pub(super) fn read(
    context: &Context<'_>,
    stem: &str,
    document: &Document<'_>,
    report: &mut Report,
) -> Option<ServiceItem> {
    let mut root = document.root();
    if !names::well_formed(stem) {
        bad_name(stem, &root.spot(), report);
    }
    let (title, audience) = (root.must_label("title", report), root.must_label("audience", report));
    let code = root.must_text("code", report);
    let kind = root.must_text("kind", report).map(|kind| known_kind(context, &kind, report));
    let decided_at = root.must_text("decided_at", report);
    if let Some(desk) = decided_at.as_ref().filter(|desk| !DESKS.contains(&desk.value)) {
        let message = (format!("没有受理层级 `{}`", desk.value), format!("there is no desk `{}`", desk.value));
        report.error_with("unknown_desk", &desk.spot(), message, names::suggest(desk.value, DESKS));
    }
    let limit: Option<u32> = root.within("limit", 1..=MAX_LIMIT, report);
    if !root.has("limit") {
        let message = ("缺少 `limit`:承诺多少个工作日办结", "`limit` is missing: how many working days are promised?");
        report.error("missing_key", &root.spot(), message.0, message.1);
    }
    let fee: Option<i64> = root.within("fee", 0..=100_000_000, report);
    let basis: Vec<String> = root.texts("basis", report).iter().map(|text| text.value.to_owned()).collect();
    if basis.is_empty() {
        let message = ("缺少 `basis`:事项要写明依据", "`basis` is missing: an item states what it rests on");
        report.error("missing_key", &root.spot(), message.0, message.1);
    }
    let (guide, instead) = (root.label("guide", report), root.label("instead", report));
    let scope = scope(context);
    let conditions = root
        .tables("conditions", report)
        .into_iter()
        .filter_map(|table| read_condition(context, &scope, table, report));
    let conditions: Vec<Condition> = conditions.collect();
    let materials = read_materials(context, &scope, &mut root, report);
    let fields = read_fields(context, &mut root, report);
    let form = root.text("form", report).filter(|text| !text.value.is_empty());
    let form = form.and_then(|form| context.index.resolve(super::index::Thing::Form, context.pack, &form, report));
    root.finish(report);
    let code = code?;
    let name = format!("{}/{stem}", context.pack);
    let twice = context.catalogue.items.values().find(|other| other.code == code.value);
    if let Some(other) = twice {
        let message = (
            format!("事项编码 `{}` 已用于 `{}`", code.value, other.name),
            format!("the code `{}` is that of `{}` already", code.value, other.name),
        );
        report.error("duplicate", &code.spot(), message.0, message.1);
    }
    Some(ServiceItem {
        name,
        code: code.value.to_owned(),
        title: title.unwrap_or_default(),
        kind: kind.unwrap_or_default(),
        audience: audience.unwrap_or_default(),
        guide,
        basis,
        limit: limit.unwrap_or(1),
        fee: fee.unwrap_or(0),
        decided_at: decided_at.map(|desk| desk.value.to_owned()).unwrap_or_default(),
        instead,
        conditions,
        materials,
        fields,
        form,
    })
}

/// The sort of an item, which stands in the pack's own list.
fn known_kind(context: &Context<'_>, kind: &Text<'_>, report: &mut Report) -> String {
    let list = format!("{}/{KINDS}", context.pack);
    match context.catalogue.code_lists.get(&list) {
        None => {
            let message = (format!("缺少代码表 `{list}`"), format!("the code list `{list}` is missing"));
            report.error("unknown_list", &kind.spot(), message.0, message.1);
        }
        Some(kinds) if kinds.get(kind.value).is_none() => {
            let message =
                (format!("没有事项类型 `{}`", kind.value), format!("there is no kind of item `{}`", kind.value));
            let known = kinds.codes.iter().map(|code| code.code.as_str());
            report.error_with("unknown_kind", &kind.spot(), message, names::suggest(kind.value, known));
        }
        Some(_) => {}
    }
    kind.value.to_owned()
}

/// What conditions may name: fields of the person, and of the household as `household.NAME`.
fn scope(context: &Context<'_>) -> Scope {
    let entities = &context.catalogue.entities;
    let person = entities.get(PERSON).map_or_else(Scope::new, |person| Scope::of_entity(person, context.catalogue));
    let Some(household) = entities.get(HOUSEHOLD) else { return person };
    let of_household = Scope::of_entity(household, context.catalogue);
    household.fields.iter().fold(person, |scope, field| {
        let name = format!("{HOUSEHOLD_FIELD}.{}", field.name);
        match of_household.get(&field.name) {
            Some(known) => match &known.codes {
                Some(codes) => {
                    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
                    scope.with_codes(name, known.ty, &codes)
                }
                None => scope.with(name, known.ty),
            },
            None => scope,
        }
    })
}

/// The field that an expression names, and its register.
fn named<'c>(context: &'c Context<'_>, name: &str) -> Option<(&'c Entity, &'c Field)> {
    let prefix = format!("{HOUSEHOLD_FIELD}.");
    let (entity, field) = name.strip_prefix(prefix.as_str()).map_or((PERSON, name), |field| (HOUSEHOLD, field));
    let entity = context.catalogue.entities.get(entity)?;
    Some((entity, entity.field(field)?))
}

fn read_expression(context: &Context<'_>, scope: &Scope, text: &Text<'_>, report: &mut Report) -> Option<TypedExpr> {
    let typed = expressions::typed(text, scope, report)?;
    for name in typed.free_fields() {
        if named(context, name).is_some_and(|(_, field)| field.off_by_default) {
            let at = text.spot_within(text.value.find(name).unwrap_or(0));
            let message = (
                format!("字段 `{name}` 默认关闭,不能作为条件;请先启用"),
                format!("the field `{name}` is off and cannot be part of a condition; turn it on first"),
            );
            report.error("off_filter", &at, message.0, message.1);
        }
    }
    Some(typed)
}

fn read_condition(
    context: &Context<'_>,
    scope: &Scope,
    mut table: Table<'_>,
    report: &mut Report,
) -> Option<Condition> {
    let (text, when) = (table.must_label("text", report), table.must_text("when", report));
    table.finish(report);
    let when = read_expression(context, scope, &when?, report)?;
    Some(Condition { text: text?, when })
}

fn read_materials(context: &Context<'_>, scope: &Scope, root: &mut Table<'_>, report: &mut Report) -> Vec<Material> {
    let mut materials: Vec<Material> = Vec::new();
    for mut table in root.tables("materials", report) {
        let (name, label) = (table.must_text("name", report), table.must_label("label", report));
        let kind = table.must_text("kind", report);
        let verify = table.text("verify", report);
        let (optional, certificate) = (table.flag("optional", report), table.text("certificate", report));
        let at = table.spot();
        table.finish(report);
        let kind = kind.and_then(|kind| read_kind(&kind, report));
        let verified = verify.as_ref().and_then(|text| read_expression(context, scope, text, report));
        if kind == Some(MaterialKind::Held) && verify.is_none() {
            let message = (
                "登记册里有的材料(held)要写 `verify`:凭哪些数据认定",
                "a material that is held needs `verify`: which data show it?",
            );
            report.error("held_unverified", &at, message.0, message.1);
        }
        let (Some(name), Some(label), Some(kind)) = (name, label, kind) else { continue };
        if !names::well_formed(name.value) {
            bad_name(name.value, &name.spot(), report);
        }
        if materials.iter().any(|other| other.name == name.value) {
            let message =
                (format!("材料 `{}` 写了两次", name.value), format!("the material `{}` is given twice", name.value));
            report.error("duplicate", &name.spot(), message.0, message.1);
            continue;
        }
        let certificate = certificate.map(|text| text.value.to_owned());
        materials.push(Material { name: name.value.to_owned(), label, kind, verify: verified, optional, certificate });
    }
    materials
}

fn read_kind(kind: &Text<'_>, report: &mut Report) -> Option<MaterialKind> {
    match kind.value {
        "form" => Some(MaterialKind::Form),
        "paper" => Some(MaterialKind::Paper),
        "held" => Some(MaterialKind::Held),
        other => {
            let message = (format!("没有材料类型 `{other}`"), format!("there is no kind of material `{other}`"));
            let all = MATERIALS.join(", ");
            let help = names::suggest(other, MATERIALS).or_else(|| Some(Label::new(all.clone(), all)));
            report.error_with("unknown_kind", &kind.spot(), message, help);
            None
        }
    }
}

fn read_fields(context: &Context<'_>, root: &mut Table<'_>, report: &mut Report) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for table in root.tables("fields", report) {
        let Some(draft) = field::read(context, table, report) else { continue };
        if fields.iter().any(|other| other.name == draft.field.name) {
            let name = &draft.field.name;
            let message = (format!("字段 `{name}` 写了两次"), format!("the field `{name}` is given twice"));
            report.error("duplicate", &draft.name, message.0, message.1);
            continue;
        }
        if let (Some(element), Some(at)) = (&draft.field.element, &draft.element) {
            check_element(context, &draft.field, element, at, report);
        }
        fields.push(draft.field);
    }
    fields
}

/// A field that is filled in must be of the kind of what fills it, and no less private.
fn check_element(context: &Context<'_>, field: &Field, element: &str, at: &crate::source::Spot, report: &mut Report) {
    let registers = [PERSON, HOUSEHOLD].map(|name| context.catalogue.entities.get(name));
    let known = registers
        .into_iter()
        .flatten()
        .flat_map(|entity| entity.fields.iter().map(move |field| (format!("{}/{}", entity.name, field.name), field)));
    let known: Vec<(String, &Field)> = known.collect();
    let Some((_, held)) = known.iter().find(|(name, _)| name == element) else {
        let message = (
            format!("居民和户的登记册没有数据元 `{element}`"),
            format!("neither residents nor households have a data element `{element}`"),
        );
        let all = known.iter().map(|(name, _)| name.as_str());
        report.error_with("unknown_element", at, message, names::suggest(element, all));
        return;
    };
    if std::mem::discriminant(&held.kind) != std::mem::discriminant(&field.kind) {
        let message = (
            format!("`{}` 与 `{element}` 的类型不同,不能自动填写", field.name),
            format!("`{}` is of another kind than `{element}` and cannot be filled in from it", field.name),
        );
        report.error("element_kind", at, message.0, message.1);
    }
    if held.sensitivity == Sensitivity::Sensitive && field.sensitivity != Sensitivity::Sensitive {
        let message = (
            format!("`{element}` 是敏感字段,`{}` 也要写成敏感", field.name),
            format!("`{element}` is sensitive, so `{}` must be as well", field.name),
        );
        report.error("element_open", at, message.0, message.1);
    }
}
