//! Recurring duties: `schedules.toml` of each pack.

use std::collections::BTreeMap;

use linli_domain::{
    Catalogue, FieldKind, Label,
    schedule::{Recurrence, Rotation, Schedule},
};

use crate::{
    files::PackFiles,
    names,
    report::Report,
    toml_read::{Document, Table, Text},
};

use super::{
    head::bad_name,
    index::{Index, Thing},
};

/// Places that titles and values may hold.
const PLACES: [&str; 7] = ["area", "day", "year", "quarter", "month", "chair", "chair_id"];

/// What a schedule refers to beside its own file.
struct Context<'a> {
    pack: &'a str,
    index: &'a Index,
    catalogue: &'a Catalogue,
}

/// Reads every `schedules.toml`.
pub(super) fn read_all(
    files: &PackFiles,
    index: &Index,
    catalogue: &Catalogue,
    report: &mut Report,
) -> BTreeMap<String, Schedule> {
    let mut schedules = BTreeMap::new();
    for pack in &index.order {
        let path = format!("{pack}/schedules.toml");
        let Some(document) = files.get(&path).and_then(|text| Document::parse(&path, text, report)) else { continue };
        let context = Context { pack, index, catalogue };
        let mut root = document.root();
        for table in root.tables("schedules", report) {
            read(&context, table, &mut schedules, report);
        }
        root.finish(report);
    }
    schedules
}

fn read(context: &Context<'_>, mut table: Table<'_>, schedules: &mut BTreeMap<String, Schedule>, report: &mut Report) {
    let name = table.must_text("name", report);
    let label = table.must_label("label", report).unwrap_or_default();
    let about = table.must_label("about", report).unwrap_or_default();
    let rule = read_rule(&mut table, report);
    let flow = table.must_text("flow", report);
    let flow = flow.and_then(|flow| context.index.resolve(Thing::Flow, context.pack, &flow, report));
    let area_kind = table.must_text("area_kind", report).and_then(|kind| known_kind(context, &kind, report));
    let title = table.must_label("title", report).unwrap_or_default();
    for text in [&title.zh, &title.en] {
        known_places(text, &table.spot_of("title"), report);
    }
    let values = table.table("values", report).map(|mut inner| inner.all_texts(report)).unwrap_or_default();
    for (_, value) in &values {
        known_places(value.value, &value.spot(), report);
    }
    if let Some(flow) = &flow {
        check_values(context, flow, &values, report);
    }
    let rotate = table.text("rotate", report);
    let willing = table.text("willing", report);
    let rotate = rotate.and_then(|rotate| read_rotation(context, &rotate, willing.as_ref(), report));
    let lead_days = table.within("lead_days", 0..=366, report).unwrap_or(0);
    let warn_at_most = table.within("warn_at_most", 0..=366, report);
    table.finish(report);
    let Some(name) = name else { return };
    if !names::well_formed(name.value) {
        bad_name(name.value, &name.spot(), report);
    }
    let full = format!("{}/{}", context.pack, name.value);
    if schedules.contains_key(&full) {
        let message = (format!("日程 `{full}` 写了两次"), format!("the schedule `{full}` is given twice"));
        report.error("duplicate", &name.spot(), message.0, message.1);
        return;
    }
    let (Some(rule), Some(flow), Some(area_kind)) = (rule, flow, area_kind) else { return };
    let values = values.into_iter().map(|(key, value)| (key.value.to_owned(), value.value.to_owned())).collect();
    let made = Schedule {
        name: full.clone(),
        label,
        about,
        rule,
        flow,
        area_kind,
        title,
        values,
        rotate,
        lead_days,
        warn_at_most,
    };
    schedules.insert(full, made);
}

fn read_rule(table: &mut Table<'_>, report: &mut Report) -> Option<Recurrence> {
    let rule = table.must_text("rrule", report);
    let first = table.must_text("starts", report);
    let (rule, first) = (rule?, first?);
    let Ok(day) = first.value.parse() else {
        let message = ("`starts` 应为日期,如 2026-01-01", "`starts` must be a day, as 2026-01-01");
        report.error("bad_date", &first.spot(), message.0, message.1);
        return None;
    };
    match Recurrence::new(rule.value, day) {
        Ok(rule) => Some(rule),
        Err(message) => {
            let example = "rrule = \"FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH\"";
            let help = Some(Label::new(example, example));
            report.error_with("bad_rrule", &rule.spot(), (message.zh, message.en), help);
            None
        }
    }
}

/// What a schedule gives its cases must be fields of their flow, and codes must be those of their lists.
fn check_values(context: &Context<'_>, flow: &str, values: &[(Text<'_>, Text<'_>)], report: &mut Report) {
    let Some(flow) = context.catalogue.flows.get(flow) else { return };
    for (name, value) in values {
        let Some(field) = flow.field(name.value) else {
            let message = (
                format!("流程 `{}` 没有字段 `{}`", flow.name, name.value),
                format!("the flow `{}` has no field `{}`", flow.name, name.value),
            );
            let known = flow.fields.iter().map(|field| field.name.as_str());
            report.error_with("unknown_field", &name.spot(), message, names::suggest(name.value, known));
            continue;
        };
        let FieldKind::Code { list } = &field.kind else { continue };
        let Some(list) = context.catalogue.code_lists.get(list) else { continue };
        if list.get(value.value).is_none() {
            let message = (
                format!("代码表 `{}` 没有 `{}`", list.name, value.value),
                format!("the code list `{}` has no `{}`", list.name, value.value),
            );
            let known = list.codes.iter().map(|code| code.code.as_str());
            report.error_with("unknown_code", &value.spot(), message, names::suggest(value.value, known));
        }
    }
}

fn known_kind(context: &Context<'_>, kind: &Text<'_>, report: &mut Report) -> Option<String> {
    if context.index.levels.iter().any(|level| level == kind.value) {
        return Some(kind.value.to_owned());
    }
    let message = (format!("没有层级 `{}`", kind.value), format!("there is no level `{}`", kind.value));
    let help = names::suggest(kind.value, context.index.levels.iter().map(String::as_str));
    report.error_with("unknown_level", &kind.spot(), message, help);
    None
}

fn read_rotation(
    context: &Context<'_>,
    text: &Text<'_>,
    willing: Option<&Text<'_>>,
    report: &mut Report,
) -> Option<Rotation> {
    match text.value.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["members", "of", entity] => {
            let entity = context.index.resolve(Thing::Entity, context.pack, &text.part(entity), report)?;
            if let Some(willing) = willing {
                let field = context.catalogue.entities.get(&entity).and_then(|entity| entity.field(willing.value));
                if !field.is_some_and(|field| field.kind == FieldKind::Bool) {
                    let message = (
                        format!("`{entity}` 没有是否类字段 `{}`", willing.value),
                        format!("`{entity}` has no yes-or-no field `{}`", willing.value),
                    );
                    report.error("unknown_field", &willing.spot(), message.0, message.1);
                }
            }
            Some(Rotation::Members { entity, willing: willing.map(|field| field.value.to_owned()) })
        }
        ["areas", kind] => Some(Rotation::Areas { kind: known_kind(context, &text.part(kind), report)? }),
        _ => {
            let message = (
                "`rotate` 写成“members of 登记册”或“areas 层级”",
                "`rotate` is written `members of REGISTER` or `areas LEVEL`",
            );
            report.error("bad_rotation", &text.spot(), message.0, message.1);
            None
        }
    }
}

fn known_places(text: &str, at: &crate::source::Spot, report: &mut Report) {
    for piece in text.split('{').skip(1) {
        let name = piece.split('}').next().unwrap_or_default();
        if !PLACES.contains(&name) {
            let message = (format!("不认识的占位符 `{{{name}}}`"), format!("unknown place `{{{name}}}`"));
            report.error_with("unknown_place", at, message, names::suggest(name, PLACES));
        }
    }
}
