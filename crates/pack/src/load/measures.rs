//! Measures of indicators: what is counted, under which filter.

use std::collections::BTreeMap;

use linli_domain::{
    Catalogue, Entity, FieldKind, Label,
    expr::{Scope, Type, TypedExpr},
    flow::{Flow, Phase},
    insight::{Measure, PARAM_SCALE, Param, ParamKind, What},
};

use crate::{
    names,
    report::Report,
    toml_read::{Table, Text},
};

use super::{
    expressions,
    index::{Index, Thing},
    params::plain,
    roles::unknown_level,
};

/// The keys of which a measure has exactly one.
const KINDS: [&str; 11] =
    ["count", "sum", "mean", "distinct", "counted", "areas", "areas_where", "cases", "answers", "indicator", "number"];

/// What the area tree has counts of, with the register of the same.
const COUNTED: [(&str, &str); 2] = [("households", "people/household"), ("residents", "people/resident")];

/// What measures of a pack refer to.
pub(super) struct Context<'a> {
    pub(super) pack: &'a str,
    pub(super) index: &'a Index,
    pub(super) catalogue: &'a Catalogue,
    /// What filters over answers may name, and the id, by form.
    pub(super) answers: &'a BTreeMap<String, (String, Scope)>,
}

impl Context<'_> {
    fn param(&self, name: &str) -> Option<&Param> {
        self.catalogue.params.get(&format!("{}/{name}", self.pack))
    }

    /// The names of the pack's parameters.
    pub(super) fn params(&self) -> impl Iterator<Item = (&str, &Param)> {
        let own = |(full, param)| {
            let (pack, name) = String::as_str(full).split_once('/')?;
            (pack == self.pack).then_some((name, param))
        };
        self.catalogue.params.iter().filter_map(own)
    }

    /// `scope` with the parameters.
    fn with_params(&self, scope: Scope) -> Scope {
        self.params().fold(scope, |scope, (name, param)| match &param.kind {
            _ if scope.get(name).is_some() => scope,
            ParamKind::Choice(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                scope.with_codes(name, Type::Code, &words)
            }
            kind => scope.with(name, kind.ty()),
        })
    }
}

/// Reads a measure; nothing when what it measures cannot be told.
pub(super) fn read(context: &Context<'_>, mut table: Table<'_>, report: &mut Report) -> Option<Measure> {
    let given: Vec<&'static str> = KINDS.into_iter().filter(|kind| table.has(kind)).collect();
    let at = table.text("at", report).and_then(|name| param_of(context, &name, &ParamKind::Date, report));
    let area = table.text("area", report).and_then(|name| param_of(context, &name, &ParamKind::Area, report));
    let filter = table.text("where", report);
    let what = match given.as_slice() {
        [kind] => what(context, kind, &mut table, filter.as_ref(), report),
        found => {
            let list = KINDS.join(" ");
            let message = match found {
                [] => {
                    (format!("没有写度量什么,应有其中之一:{list}"), format!("nothing is measured; give one of {list}"))
                }
                many => {
                    let many = many.join(", ");
                    (format!("只能度量一样东西,写了 {many}"), format!("one thing is measured, but {many} are written"))
                }
            };
            report.error("bad_measure", &table.spot(), message.0, message.1);
            return None;
        }
    };
    table.finish(report);
    let (what, filter) = what?;
    Some(Measure { what, filter, at, area })
}

/// A parameter of a kind, by name.
pub(super) fn param_of(
    context: &Context<'_>,
    name: &Text<'_>,
    kind: &ParamKind,
    report: &mut Report,
) -> Option<String> {
    match context.param(name.value) {
        Some(param) if param.kind == *kind => Some(name.value.to_owned()),
        found => {
            let (zh, en) = if *kind == ParamKind::Date { ("日期", "date") } else { ("区域", "area") };
            let message = match found {
                Some(_) => {
                    (format!("参数 `{}` 不是{zh}", name.value), format!("the parameter `{}` is no {en}", name.value))
                }
                None => (format!("没有参数 `{}`", name.value), format!("there is no parameter `{}`", name.value)),
            };
            let fitting = context.params().filter(|(_, param)| param.kind == *kind).map(|(name, _)| name);
            report.error_with("unknown_param", &name.spot(), message, names::suggest(name.value, fitting));
            None
        }
    }
}

type Read = Option<(What, Option<TypedExpr>)>;

fn what(
    context: &Context<'_>,
    kind: &'static str,
    table: &mut Table<'_>,
    filter: Option<&Text<'_>>,
    report: &mut Report,
) -> Read {
    match kind {
        "count" => {
            let entity = register(context, &table.must_text(kind, report)?, report)?;
            let filter = over_records(context, entity, filter, report)?;
            Some((What::Count { entity: entity.name.clone() }, filter))
        }
        "sum" => sum(context, &table.must_text(kind, report)?, filter, report),
        "mean" => {
            let (of, entity) = (table.must_text(kind, report)?, table.must_text("of", report)?);
            let entity = register(context, &entity, report)?;
            let scope = scope_of(context, entity, &of, report)?;
            let of_typed = expressions::number(&of, &scope, report)?;
            expressions::askable(&of_typed, &of, entity, report);
            let filter = over_records(context, entity, filter, report)?;
            Some((What::Mean { entity: entity.name.clone(), of: of_typed }, filter))
        }
        "distinct" => {
            let (level, entity) = (level(context, kind, table, report), table.must_text("of", report)?);
            let entity = register(context, &entity, report)?;
            let filter = over_records(context, entity, filter, report)?;
            Some((What::Distinct { level: level?, entity: entity.name.clone() }, filter))
        }
        "counted" => {
            no_filter(filter, report);
            let text = table.must_text(kind, report)?;
            let Some((_, entity)) = COUNTED.iter().find(|(word, _)| *word == text.value) else {
                let message =
                    (format!("`counted` 不能是 `{}`", text.value), format!("`counted` cannot be `{}`", text.value));
                let known = COUNTED.map(|(word, _)| word);
                report.error_with("unknown_word", &text.spot(), message, names::suggest(text.value, known));
                return None;
            };
            Some((What::Counted { entity: (*entity).to_owned() }, None))
        }
        "areas" => {
            no_filter(filter, report);
            Some((What::Areas { level: level(context, kind, table, report)? }, None))
        }
        "areas_where" => {
            no_filter(filter, report);
            areas_where(context, table, report)
        }
        "cases" => {
            let flow = context.index.resolve(Thing::Flow, context.pack, &table.must_text(kind, report)?, report)?;
            let filter = match (filter, context.catalogue.flows.get(&flow)) {
                (Some(text), Some(flow)) => {
                    Some(parse(context, case_scope(flow, context.catalogue), &flow.name, text, report)?)
                }
                _ => None,
            };
            Some((What::Cases { flow }, filter))
        }
        "answers" => {
            let form = context.index.resolve(Thing::Form, context.pack, &table.must_text(kind, report)?, report)?;
            // A form that does not compile has findings of its own.
            let (id, scope) = context.answers.get(&form)?;
            let filter = match filter {
                Some(text) => Some(parse(context, scope.clone(), &form, text, report)?),
                None => None,
            };
            Some((What::Answers { form, id: id.clone() }, filter))
        }
        "indicator" => {
            no_filter(filter, report);
            let name = table.must_text(kind, report)?;
            Some((What::Indicator { name: names::namespaced(context.pack, name.value) }, None))
        }
        _ => {
            no_filter(filter, report);
            let item = table.item("number")?;
            let number = plain(&item).and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite());
            if number.is_none() {
                report.error("wrong_type", &item.spot(), "`number` 应为数字", "`number` must be a number");
            }
            Some((What::Number { value: number? }, None))
        }
    }
}

fn register<'c>(context: &Context<'c>, text: &Text<'_>, report: &mut Report) -> Option<&'c Entity> {
    let name = context.index.resolve(Thing::Entity, context.pack, text, report)?;
    context.catalogue.entities.get(&name)
}

/// Fields of a register with the parameters.
fn scope_of(context: &Context<'_>, entity: &Entity, text: &Text<'_>, report: &mut Report) -> Option<Scope> {
    let scope = Scope::of_entity(entity, context.catalogue);
    unambiguous(context, &scope, &entity.name, text, report).then(|| context.with_params(scope))
}

/// A parameter named as a field would leave open what is meant where it is used.
fn unambiguous(context: &Context<'_>, scope: &Scope, of: &str, text: &Text<'_>, report: &mut Report) -> bool {
    let words =
        |name: &str| text.value.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == name);
    let Some((name, _)) = context.params().find(|(name, _)| scope.get(name).is_some() && words(name)) else {
        return true;
    };
    let message = (
        format!("`{name}` 既是参数又是 `{of}` 的字段,请给参数换个名称"),
        format!("`{name}` is both a parameter and a field of `{of}`; call the parameter something else"),
    );
    report.error("ambiguous_name", &text.spot(), message.0, message.1);
    false
}

/// `None` when the filter is wrong, `Some(None)` when there is none.
fn over_records(
    context: &Context<'_>,
    entity: &Entity,
    filter: Option<&Text<'_>>,
    report: &mut Report,
) -> Option<Option<TypedExpr>> {
    let Some(text) = filter else { return Some(None) };
    let scope = scope_of(context, entity, text, report)?;
    let typed = expressions::typed(text, &scope, report)?;
    expressions::askable(&typed, text, entity, report);
    Some(Some(typed))
}

fn parse(context: &Context<'_>, scope: Scope, of: &str, text: &Text<'_>, report: &mut Report) -> Option<TypedExpr> {
    let sound = unambiguous(context, &scope, of, text, report);
    expressions::typed(text, &context.with_params(scope), report).filter(|_| sound)
}

fn sum(context: &Context<'_>, text: &Text<'_>, filter: Option<&Text<'_>>, report: &mut Report) -> Read {
    let Some((entity, field)) = text.value.split_once('.') else {
        let message = ("`sum` 写成“登记册.字段”", "`sum` is written `register.field`");
        report.error("bad_measure", &text.spot(), message.0, message.1);
        return None;
    };
    let entity = register(context, &text.part(entity), report)?;
    let Some(found) = entity.field(field) else {
        let message = (
            format!("登记册 `{}` 没有字段 `{field}`", entity.name),
            format!("the register `{}` has no field `{field}`", entity.name),
        );
        let known = entity.fields.iter().map(|field| field.name.as_str());
        report.error_with("unknown_field", &text.part(field).spot(), message, names::suggest(field, known));
        return None;
    };
    let scale = match found.kind {
        FieldKind::Integer { .. } => 0,
        FieldKind::Decimal { scale, .. } => scale,
        FieldKind::Money => 2,
        _ => {
            let message =
                (format!("`{field}` 不是数字,不能相加"), format!("`{field}` is no number and cannot be added up"));
            report.error("bad_measure", &text.spot(), message.0, message.1);
            return None;
        }
    };
    let filter = over_records(context, entity, filter, report)?;
    Some((What::Sum { entity: entity.name.clone(), field: field.to_owned(), scale }, filter))
}

fn areas_where(context: &Context<'_>, table: &mut Table<'_>, report: &mut Report) -> Read {
    let level = level(context, "areas_where", table, report);
    let having = table.must_text("having", report);
    let Some(inner) = table.table("measure", report) else {
        let help = "measure = { count = \"…\" }";
        let message = ("缺少 `measure`:每个区域度量什么", "`measure` is missing: what is measured in each area");
        report.error_with("missing_key", &table.spot(), message, Some(Label::new(help, help)));
        return None;
    };
    let at = inner.spot();
    let inner = read(context, inner, report)?;
    if !matches!(inner.what.basis(), "register" | "cases" | "answers") || matches!(inner.what, What::AreasWhere { .. })
    {
        let message =
            ("这里的度量应为登记册、案件或问卷", "the measure in each area is over a register, cases or answers");
        report.error("bad_measure", &at, message.0, message.1);
        return None;
    }
    let scope = context.with_params(Scope::new().with("n", Type::Decimal(PARAM_SCALE)));
    let having = expressions::typed(&having?, &scope, report)?;
    Some((What::AreasWhere { level: level?, inner: Box::new(inner), having }, None))
}

fn level(context: &Context<'_>, key: &'static str, table: &mut Table<'_>, report: &mut Report) -> Option<String> {
    let text = table.must_text(key, report)?;
    if context.index.levels.iter().any(|level| level == text.value) {
        return Some(text.value.to_owned());
    }
    unknown_level(&text, context.index, report);
    None
}

fn no_filter(filter: Option<&Text<'_>>, report: &mut Report) {
    if let Some(filter) = filter {
        let message = ("这种度量没有 `where`", "this measure takes no `where`");
        report.error("unknown_key", &filter.spot(), message.0, message.1);
    }
}

/// What a filter over the cases of a flow may name: its fields, and what every case has.
pub(super) fn case_scope(flow: &Flow, catalogue: &Catalogue) -> Scope {
    let states: Vec<&str> = flow.states.iter().map(|state| state.name.as_str()).collect();
    let phases = Phase::ALL.map(Phase::name);
    Scope::of_fields(&flow.fields, catalogue)
        .with_codes("state", Type::Code, &states)
        .with_codes("phase", Type::Code, &phases)
        .with("opened_on", Type::Date)
        .with("closed_on", Type::Date)
        .with("overdue", Type::Bool)
}
