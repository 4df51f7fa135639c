//! States and parties, and who may act.

use linli_domain::flow::{By, Flow, Party, PartyKind, Phase, State, check::About};

use crate::{
    names,
    report::Report,
    toml_read::{Table, Text},
};

use super::{
    super::{head::bad_name, roles::unknown_level},
    Reading, Sort,
};

/// A part's name, unless it is not one or stands there twice.
pub(super) fn name<'a>(
    known: &[String],
    table: &mut Table<'a>,
    (zh, en): (&str, &str),
    report: &mut Report,
) -> Option<Text<'a>> {
    let name = table.must_text("name", report)?;
    if !names::well_formed(name.value) {
        bad_name(name.value, &name.spot(), report);
    } else if known.iter().any(|other| other == name.value) {
        let message = (format!("{zh} `{}` 写了两次", name.value), format!("{en} `{}` is given twice", name.value));
        report.error("duplicate", &name.spot(), message.0, message.1);
        return None;
    }
    Some(name)
}

/// One word of several under `key`; reported when it is none of them.
pub(super) fn word<T: Copy>(
    table: &mut Table<'_>,
    key: &'static str,
    words: &[(&str, T)],
    report: &mut Report,
) -> Option<T> {
    let text = table.text(key, report)?;
    let found = words.iter().find(|(word, _)| *word == text.value);
    if found.is_none() {
        let message = (format!("`{key}` 不能写 `{}`", text.value), format!("`{key}` cannot be `{}`", text.value));
        let known = words.iter().map(|(word, _)| *word);
        report.error_with(&format!("unknown_{key}"), &text.spot(), message, names::suggest(text.value, known));
    }
    found.map(|(_, value)| *value)
}

/// Reads `[[parties]]`.
pub(super) fn parties(reading: &mut Reading<'_>, root: &mut Table<'_>, flow: &mut Flow, report: &mut Report) {
    let mut known: Vec<String> = Vec::new();
    for mut table in root.tables("parties", report) {
        let Some(name) = name(&known, &mut table, ("参与方", "party"), report) else { continue };
        if By::WORDS.contains(&name.value) {
            let message = (
                format!("参与方不能叫 `{}`:这个词另有所指", name.value),
                format!("a party cannot be called `{}`: the word has a meaning of its own", name.value),
            );
            report.error("reserved_name", &name.spot(), message.0, message.1);
        }
        known.push(name.value.to_owned());
        let label = table.must_label("label", report).unwrap_or_default();
        let kind = party_kind(reading, &mut table, report);
        let many = table.flag("many", report);
        table.finish(report);
        flow.parties.push(Party { name: name.value.to_owned(), label, kind: kind.unwrap_or(PartyKind::Unit), many });
    }
    reading.names.insert(Sort::Party, known);
}

fn party_kind(reading: &Reading<'_>, table: &mut Table<'_>, report: &mut Report) -> Option<PartyKind> {
    const KINDS: [(&str, u8); 5] = [("role", 0), ("unit", 1), ("account", 2), ("opener", 3), ("subject_person", 4)];
    if !table.has("kind") {
        table.must_text("kind", report);
    }
    Some(match word(table, "kind", &KINDS, report)? {
        0 => {
            let role = table.must_text("role", report);
            let at = table.text("at", report);
            if let Some(at) = &at
                && at.value != "case"
                && !reading.context.index.levels.iter().any(|level| level == at.value)
            {
                unknown_level(at, reading.context.index, report);
            }
            let role = role.and_then(|role| self::role(reading, &role, report)).unwrap_or_default();
            PartyKind::Role { role, at: at.map_or("case", |at| at.value).to_owned() }
        }
        1 => PartyKind::Unit,
        2 => PartyKind::Account,
        3 => PartyKind::Opener,
        _ => PartyKind::SubjectPerson,
    })
}

/// The full name of a role; reported when there is none.
pub(super) fn role(reading: &Reading<'_>, text: &Text<'_>, report: &mut Report) -> Option<String> {
    let (context, roles) = (reading.context, &reading.context.catalogue.roles);
    let full = names::namespaced(context.pack, text.value);
    if roles.contains_key(&full) {
        return Some(full);
    }
    let message = (format!("没有角色 `{}`", text.value), format!("there is no role `{}`", text.value));
    let help = names::suggest(text.value, roles.keys().map(String::as_str));
    report.error_with("unknown_role", &text.spot(), message, help);
    None
}

/// Reads `[[states]]`.
pub(super) fn states(reading: &mut Reading<'_>, root: &mut Table<'_>, flow: &mut Flow, report: &mut Report) {
    let phases = Phase::ALL.map(|phase| (phase.name(), phase));
    let mut known: Vec<String> = Vec::new();
    for mut table in root.tables("states", report) {
        let Some(name) = name(&known, &mut table, ("环节", "state"), report) else { continue };
        known.push(name.value.to_owned());
        reading.spots.insert(About::State(name.value.to_owned()), name.spot());
        let label = table.must_label("label", report).unwrap_or_default();
        if !table.has("phase") {
            table.must_text("phase", report);
        }
        let phase = word(&mut table, "phase", &phases, report).unwrap_or_default();
        let owner = table.text("owner", report).filter(|owner| !owner.value.is_empty());
        let owner = owner.and_then(|owner| reading.known(Sort::Party, &owner, report));
        table.finish(report);
        flow.states.push(State { name: name.value.to_owned(), label, phase, owner });
    }
    if flow.states.is_empty() {
        report.error("missing_key", &root.spot(), "流程没有环节:至少要一个 [[states]]", "a flow needs [[states]]");
    }
    reading.names.insert(Sort::State, known);
}

/// Who may act, under `by`.
pub(super) fn by(reading: &Reading<'_>, table: &mut Table<'_>, report: &mut Report) -> Vec<By> {
    if !table.has("by") {
        report.error("missing_key", &table.spot(), "缺少 `by`:谁来做", "`by` is missing: who may do it");
    }
    let words = table.texts("by", report);
    let known = words.iter().filter_map(|word| reading.known_or(Sort::Party, word, &By::WORDS, report));
    known.map(By::from).collect()
}
