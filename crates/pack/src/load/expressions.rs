//! Expressions in packs: rules of records and filters of report tables.

use linli_domain::{
    Catalogue, Entity,
    catalogue::{Check, Sensitivity},
    expr::{self, ExprError, Scope, Type, TypedExpr},
};

use crate::{
    report::Report,
    toml_read::{Table, Text},
};

use super::entity::{Context, known_field};

/// Reads the `[[checks]]` of a register.
pub(super) fn read_checks(
    context: &Context<'_>,
    root: &mut Table<'_>,
    entity: &Entity,
    report: &mut Report,
) -> Vec<Check> {
    let scope = Scope::of_entity(entity, context.catalogue);
    let mut ids: Vec<&str> = Vec::new();
    let mut checks = Vec::new();
    for mut table in root.tables("checks", report) {
        let id = table.must_text("id", report);
        let must = table.must_text("must", report);
        let field = table.text("field", report);
        let message = table.must_label("message", report);
        table.finish(report);
        if let Some(id) = id {
            if ids.contains(&id.value) {
                let message = (format!("规则 `{}` 写了两次", id.value), format!("rule `{}` is given twice", id.value));
                report.error("duplicate", &id.spot(), message.0, message.1);
            }
            ids.push(id.value);
        }
        if let Some(field) = &field {
            known_field(entity, field, field.value, report);
        }
        let must = must.and_then(|must| typed(&must, &scope, report));
        if let (Some(must), Some(message)) = (must, message) {
            checks.push(Check { must, field: field.map(|field| field.value.to_owned()), message });
        }
    }
    checks
}

/// Reads a filter over a register. Encrypted fields and fields that are off cannot be part of it.
pub(crate) fn read(text: &Text<'_>, entity: &Entity, catalogue: &Catalogue, report: &mut Report) -> Option<TypedExpr> {
    let typed = typed(text, &Scope::of_entity(entity, catalogue), report)?;
    askable(&typed, text, entity, report);
    Some(typed)
}

/// Reports encrypted fields and fields that are off.
pub(super) fn askable(typed: &TypedExpr, text: &Text<'_>, entity: &Entity, report: &mut Report) {
    for name in typed.free_fields() {
        let Some(field) = entity.field(name) else { continue };
        let at = text.spot_within(text.value.find(name).unwrap_or(0));
        if field.sensitivity == Sensitivity::Sensitive {
            let message = (
                format!("字段 `{name}` 加密保存,不能用来筛选"),
                format!("the field `{name}` is encrypted and cannot be part of a filter"),
            );
            report.error("sensitive_filter", &at, message.0, message.1);
        } else if field.off_by_default {
            let message = (
                format!("字段 `{name}` 默认关闭,不能用来筛选;请先启用"),
                format!("the field `{name}` is off and cannot be part of a filter; turn it on first"),
            );
            report.error("off_filter", &at, message.0, message.1);
        }
    }
}

/// Reads a condition in a scope; what is wrong with it is reported at its place.
pub(super) fn typed(text: &Text<'_>, scope: &Scope, report: &mut Report) -> Option<TypedExpr> {
    settled(expr::parse_filter(text.value, scope), text, report)
}

/// Reads a number in a scope.
pub(super) fn number(text: &Text<'_>, scope: &Scope, report: &mut Report) -> Option<TypedExpr> {
    let typed = settled(expr::parse(text.value, scope), text, report)?;
    if matches!(typed.ty, Type::Int | Type::Decimal(_)) {
        return Some(typed);
    }
    let message = (
        "这里需要数字：数字字段，或如 years(birth_date)",
        "a number is needed here: a numeric field, or such as years(birth_date)",
    );
    report.error("expr.type", &text.spot(), message.0, message.1);
    None
}

fn settled(read: Result<TypedExpr, Vec<ExprError>>, text: &Text<'_>, report: &mut Report) -> Option<TypedExpr> {
    match read {
        Ok(typed) => Some(typed),
        Err(errors) => {
            for error in errors {
                let at = text.spot_within(offset(text.value, &error));
                report.error(error.code, &at, error.message.zh, error.message.en);
            }
            None
        }
    }
}

/// Byte offset of an error within the expression.
fn offset(source: &str, error: &ExprError) -> usize {
    let before: usize = source.split_inclusive('\n').take(error.line.saturating_sub(1) as usize).map(str::len).sum();
    let line = source.get(before..).unwrap_or_default();
    before + line.chars().take(error.column.saturating_sub(1) as usize).map(char::len_utf8).sum::<usize>()
}
