//! Fields of registers.

use linli_domain::{
    Field, FieldKind, Label,
    catalogue::{Derive, Sensitivity},
};

use crate::{
    names,
    report::Report,
    source::Spot,
    toml_read::{Table, Text},
};

use super::{entity::Context, head::bad_name, index::Thing};

/// Kinds of field as packs write them.
const KINDS: [&str; 17] = [
    "text",
    "long_text",
    "person_name",
    "identity_number",
    "credit_code",
    "phone",
    "address",
    "date",
    "time",
    "integer",
    "decimal",
    "money",
    "bool",
    "code",
    "codes",
    "ref",
    "number",
];

/// Longest text a `text` field may allow.
const MAX_TEXT: i64 = 4000;

/// A field with the places that later checks need.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) field: Field,
    pub(super) name: Spot,
    pub(super) group: Option<Text<'a>>,
    pub(super) derive: Option<Spot>,
    pub(super) element: Option<Spot>,
}

/// Reads one `[[fields]]`.
pub(super) fn read<'a>(context: &Context<'_>, mut table: Table<'a>, report: &mut Report) -> Option<Draft<'a>> {
    let name = table.must_text("name", report);
    let label = table.must_label("label", report);
    let kind = read_kind(context, &mut table, report);
    let group = table.text("group", report);
    let derive = table.has("derive").then(|| table.spot_of("derive"));
    let element = table.text("element", report);
    let field = Field {
        name: name.as_ref().map(|name| name.value.to_owned()).unwrap_or_default(),
        label: label.unwrap_or_default(),
        help: table.label("help", report),
        group: group.as_ref().map(|group| group.value.to_owned()),
        kind: kind.clone().unwrap_or(FieldKind::LongText),
        element: element.as_ref().map(|element| names::namespaced_element(context.pack, element.value)),
        required: table.flag("required", report),
        unique: table.flag("unique", report),
        sensitivity: read_sensitivity(&mut table, report),
        purpose: table.label("purpose", report),
        retention_days: table.within("retention_days", 0..=36_500, report),
        filter: table.flag("filter", report),
        search: table.flag("search", report),
        off_by_default: table.flag("off_by_default", report),
        derive: read_derive(&mut table, report),
        synonyms: table.texts("synonyms", report).iter().map(|text| text.value.to_owned()).collect(),
    };
    let (name, at) = (name?, table.spot());
    check_name(&name, report);
    // When the kind could not be read, what follows from it is not known to be wrong.
    if kind.is_some() {
        check_privacy(&field, &table, &at, report);
        check_uses(&field, &table, report);
        table.finish(report);
    }
    Some(Draft { field, name: name.spot(), group, derive, element: element.map(|element| element.spot()) })
}

fn check_name(name: &Text<'_>, report: &mut Report) {
    if !names::well_formed(name.value) {
        bad_name(name.value, &name.spot(), report);
    } else if names::reserved(name.value) {
        let message = (
            format!("字段不能叫 `{}`:这个名称另有用处", name.value),
            format!("a field cannot be called `{}`: that name has another use", name.value),
        );
        let other = format!("`{}_of_record`", name.value);
        report.error_with("reserved_name", &name.spot(), message, Some(Label::new(other.clone(), other)));
    }
}

fn read_kind(context: &Context<'_>, table: &mut Table<'_>, report: &mut Report) -> Option<FieldKind> {
    let kind = table.must_text("kind", report)?;
    Some(match kind.value {
        "text" => FieldKind::Text { max: table.within("max", 1..=MAX_TEXT, report).unwrap_or(200) },
        "long_text" => FieldKind::LongText,
        "person_name" => FieldKind::PersonName,
        "identity_number" => FieldKind::IdentityNumber,
        "credit_code" => FieldKind::CreditCode,
        "phone" => FieldKind::Phone,
        "address" => FieldKind::Address,
        "date" => FieldKind::Date,
        "time" => FieldKind::Time,
        "integer" => {
            let (min, max) = (table.integer("min", report), table.integer("max", report));
            if min.zip(max).is_some_and(|(min, max)| min > max) {
                report.error("bad_range", &table.spot_of("min"), "min 大于 max", "min is greater than max");
            }
            FieldKind::Integer { min, max }
        }
        "decimal" => FieldKind::Decimal {
            scale: table.within("scale", 0..=6, report).unwrap_or(2),
            unit: table.text("unit", report).map(|unit| unit.value.to_owned()),
        },
        "money" => FieldKind::Money,
        "bool" => FieldKind::Bool,
        "code" => FieldKind::Code { list: refer(context, table, "list", Thing::List, report)? },
        "codes" => FieldKind::Codes { list: refer(context, table, "list", Thing::List, report)? },
        "ref" => FieldKind::Ref { entity: refer(context, table, "entity", Thing::Entity, report)? },
        other => {
            let message = (format!("没有类型 `{other}`"), format!("there is no kind `{other}`"));
            let help = if other == "number" {
                Some(Label::new(
                    "整数写 `integer`,小数写 `decimal`",
                    "`integer` for whole numbers, `decimal` for others",
                ))
            } else {
                names::suggest(other, KINDS[..16].iter().copied()).or_else(|| {
                    let all = KINDS[..16].join(", ");
                    Some(Label::new(all.clone(), all))
                })
            };
            report.error_with("unknown_kind", &kind.spot(), message, help);
            return None;
        }
    })
}

fn refer(
    context: &Context<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    thing: Thing,
    report: &mut Report,
) -> Option<String> {
    let text = table.must_text(key, report)?;
    // An unknown name is kept, so that what depends on the field's kind is not reported as well.
    let known = context.index.resolve(thing, context.pack, &text, report);
    Some(known.unwrap_or_else(|| names::namespaced(context.pack, text.value)))
}

fn read_sensitivity(table: &mut Table<'_>, report: &mut Report) -> Sensitivity {
    const NAMES: [&str; 3] = ["open", "personal", "sensitive"];
    match table.text("sensitivity", report) {
        None => Sensitivity::Open,
        Some(text) => match text.value {
            "open" => Sensitivity::Open,
            "personal" => Sensitivity::Personal,
            "sensitive" => Sensitivity::Sensitive,
            other => {
                let message = (format!("没有敏感级别 `{other}`"), format!("there is no sensitivity `{other}`"));
                report.error_with("unknown_sensitivity", &text.spot(), message, names::suggest(other, NAMES));
                // Not known to be open: treated as the strictest until it is put right.
                Sensitivity::Sensitive
            }
        },
    }
}

fn read_derive(table: &mut Table<'_>, report: &mut Report) -> Option<Derive> {
    const RULES: [&str; 2] = ["birth_date", "sex"];
    let mut inner = table.table("derive", report)?;
    let (rule, from) = (inner.must_text("rule", report), inner.must_text("from", report));
    inner.finish(report);
    let (rule, from) = (rule?, from?.value.to_owned());
    match rule.value {
        "birth_date" => Some(Derive::BirthDate(from)),
        "sex" => Some(Derive::Sex(from)),
        other => {
            let message = (format!("没有推算规则 `{other}`"), format!("there is no rule `{other}` to derive by"));
            report.error_with("unknown_rule", &rule.spot(), message, names::suggest(other, RULES));
            None
        }
    }
}

/// What a sensitive field must state, and cannot do.
fn check_privacy(field: &Field, table: &Table<'_>, at: &Spot, report: &mut Report) {
    if field.sensitivity != Sensitivity::Sensitive {
        return;
    }
    if field.purpose.is_none() || field.retention_days.is_none() {
        let message = (
            format!("敏感字段 `{}` 要写明用途和保存期限", field.name),
            format!("the sensitive field `{}` must state its purpose and retention", field.name),
        );
        let example = "purpose = { zh = \"…\", en = \"…\" }, retention_days = 365";
        report.error_with("sensitive_unstated", at, message, Some(Label::new(example, example)));
    }
    if !field.kind.is_text() {
        let message = (
            format!("字段 `{}` 的类型不能设为敏感(加密保存的只能是文本和单选代码)", field.name),
            format!(
                "a field of the kind of `{}` cannot be sensitive: only texts and single codes are encrypted",
                field.name
            ),
        );
        let help = Label::new(
            "`sensitivity = \"personal\"`,或改用 text / code",
            "`sensitivity = \"personal\"`, or kind text or code",
        );
        report.error_with("sensitive_kind", &table.spot_of("sensitivity"), message, Some(help));
    }
    if field.filter {
        let message = (
            format!("敏感字段 `{}` 加密保存,不能筛选", field.name),
            format!("the sensitive field `{}` is encrypted and cannot be filtered by", field.name),
        );
        let help = Label::new(
            "去掉 `filter`;按准确值查找用 `search = true`",
            "no `filter`; `search = true` finds by exact value",
        );
        report.error_with("sensitive_filter", &table.spot_of("filter"), message, Some(help));
    }
}

/// Flags that do not fit the kind, or each other.
fn check_uses(field: &Field, table: &Table<'_>, report: &mut Report) {
    let name = &field.name;
    let free_text = field.kind.is_text() && !matches!(field.kind, FieldKind::Code { .. } | FieldKind::LongText);
    if field.unique && !free_text {
        let message =
            (format!("`{name}` 的类型不能 unique"), format!("a field of the kind of `{name}` cannot be unique"));
        report.error("unique_kind", &table.spot_of("unique"), message.0, message.1);
    }
    if field.search && !free_text {
        let message = (
            format!("`{name}` 的类型不能 search;代码和日期用 filter"),
            format!("a field of the kind of `{name}` cannot be searched; codes and dates take `filter`"),
        );
        report.error("search_kind", &table.spot_of("search"), message.0, message.1);
    }
    if field.filter && matches!(field.kind, FieldKind::LongText) {
        let message = (format!("长文本 `{name}` 不能筛选"), format!("the long text `{name}` cannot be filtered by"));
        report.error("filter_kind", &table.spot_of("filter"), message.0, message.1);
    }
    if field.required && field.off_by_default {
        let message =
            (format!("`{name}` 默认关闭,不能同时必填"), format!("`{name}` is off by default and cannot be required"));
        report.error("off_required", &table.spot_of("required"), message.0, message.1);
    }
    if field.derive.is_some() && field.required {
        let message = (
            format!("`{name}` 由其他字段推算,不能必填(没有身份证号的人就无法登记)"),
            format!("`{name}` is derived and cannot be required: people without the source could not be registered"),
        );
        report.error("derive_required", &table.spot_of("required"), message.0, message.1);
    }
}
