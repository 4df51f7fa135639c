//! Actions.

use linli_domain::flow::{Action, ActionKind, Ask, Flow, Joint, check::About};

use crate::{report::Report, toml_read::Table};

use super::{
    super::expressions,
    Reading, Sort, form,
    parts::{by, name, word},
};

const ASKS: [(&str, Ask); 3] = [("no", Ask::No), ("optional", Ask::Optional), ("required", Ask::Required)];

/// Reads `[[actions]]`.
pub(super) fn read(reading: &mut Reading<'_>, root: &mut Table<'_>, flow: &mut Flow, report: &mut Report) {
    let mut known: Vec<String> = Vec::new();
    for mut table in root.tables("actions", report) {
        let Some(name) = name(&known, &mut table, ("操作", "action"), report) else { continue };
        known.push(name.value.to_owned());
        reading.spots.insert(About::Action(name.value.to_owned()), name.spot());
        let action = action(reading, name.value, &mut table, report);
        table.finish(report);
        flow.actions.push(action);
    }
    reading.names.insert(Sort::Action, known);
}

fn action(reading: &Reading<'_>, name: &str, table: &mut Table<'_>, report: &mut Report) -> Action {
    let kinds = ActionKind::ALL.map(|kind| (kind.name(), kind));
    let label = table.must_label("label", report).unwrap_or_default();
    if !table.has("kind") {
        table.must_text("kind", report);
    }
    let kind = word(table, "kind", &kinds, report).unwrap_or(ActionKind::Step);
    if !table.has("from") {
        report.error(
            "missing_key",
            &table.spot(),
            "缺少 `from`:在哪些环节可做",
            "`from` is missing: from which states",
        );
    }
    let from = table.texts("from", report);
    let from = from.iter().filter_map(|from| reading.known_or(Sort::State, from, &["*"], report)).collect();
    let to = table.text("to", report).filter(|to| !to.value.is_empty());
    let to = to.and_then(|to| reading.known(Sort::State, &to, report));
    let by = by(reading, table, report);
    let fields = reading.all_known(Sort::Field, &table.texts("fields", report), report);
    let required = reading.all_known(Sort::Field, &table.texts("required", report), report);
    let assign = table.text("assign", report).filter(|assign| !assign.value.is_empty());
    let assign = assign.and_then(|assign| reading.known(Sort::Party, &assign, report));
    let guard = table.text("guard", report).filter(|guard| !guard.value.is_empty());
    let guard = guard.and_then(|guard| expressions::typed(&guard, &reading.scope, report));
    Action {
        name: name.to_owned(),
        label,
        kind,
        from,
        to,
        by,
        fields,
        required,
        form: form(reading, table, report),
        assign,
        guard,
        guard_message: table.label("guard_message", report),
        joint: word(table, "joint", &[("all", Joint::All), ("any", Joint::Any)], report),
        once: table.flag("once", report),
        confirm: table.label("confirm", report),
        reason: table.flag("reason", report),
        place: word(table, "place", &ASKS, report).unwrap_or_default(),
        files: word(table, "files", &ASKS, report).unwrap_or_default(),
    }
}
