//! Roles, and what packs add to the roles of others.

use std::collections::BTreeMap;

use linli_domain::{
    Subject, Verb,
    catalogue::{Allow, Role, SubjectPattern},
};

use crate::{
    files::PackFiles,
    names,
    report::Report,
    source::Spot,
    toml_read::{Document, Table, Text},
};

use super::{head::bad_name, index::Index};

/// Subjects that are neither registers nor flows.
const BUILT_IN: [&str; 11] =
    ["accounts", "areas", "audit", "forms", "responses", "tasks", "notices", "schedules", "insight", "packs", "system"];

const VERBS: [(&str, Verb); 9] = [
    ("read", Verb::Read),
    ("create", Verb::Create),
    ("edit", Verb::Edit),
    ("end", Verb::End),
    ("merge", Verb::Merge),
    ("reveal", Verb::Reveal),
    ("export", Verb::Export),
    ("import", Verb::Import),
    ("manage", Verb::Manage),
];

/// Reads every `roles.toml`: first all `[[roles]]`, then all `[[grants]]`.
pub(super) fn read_all(files: &PackFiles, index: &Index, report: &mut Report) -> BTreeMap<String, Role> {
    let (mut roles, mut appointments) = (BTreeMap::new(), Vec::new());
    let paths: Vec<(&String, String)> = index.order.iter().map(|pack| (pack, format!("{pack}/roles.toml"))).collect();
    let documents: Vec<(&String, Document<'_>)> = paths
        .iter()
        .filter_map(|(pack, path)| Some((*pack, Document::parse(path, files.get(path)?, report)?)))
        .collect();
    for (pack, document) in &documents {
        let mut root = document.root();
        for table in root.tables("roles", report) {
            read_role(pack, table, index, &mut roles, &mut appointments, report);
        }
        root.has("grants");
        root.finish(report);
    }
    for (pack, document) in &documents {
        for table in document.root().tables("grants", report) {
            read_grant(pack, table, index, &mut roles, report);
        }
    }
    check_appointments(&appointments, &mut roles, index, report);
    roles
}

/// A role in the `appoints` of another, and where it is written.
struct Appointment {
    by: String,
    role: String,
    spot: Spot,
}

/// What a role appoints must exist, must not stand above it, and the role must manage accounts at all. Looked at when every
/// `[[grants]]` is read, since one may give that.
fn check_appointments(
    appointments: &[Appointment],
    roles: &mut BTreeMap<String, Role>,
    index: &Index,
    report: &mut Report,
) {
    let rank = |role: &Role| index.levels.iter().position(|kind| *kind == role.level);
    for Appointment { by, role, spot } in appointments {
        let Some(appoints) = roles.get(by) else { continue };
        let Some(appointed) = roles.get(role) else {
            let message = (format!("没有角色 `{role}`"), format!("there is no role `{role}`"));
            report.error_with("unknown_role", spot, message, names::suggest(role, roles.keys().map(String::as_str)));
            continue;
        };
        let manages = appoints
            .allow
            .iter()
            .any(|allow| allow.on.matches(&Subject::Accounts) && allow.verbs.contains(&Verb::Manage));
        if !manages {
            report.error(
                "appoints_without_manage",
                spot,
                format!("角色 `{by}` 不能管理账号(accounts 的 manage),`appoints` 不会起作用"),
                format!("the role `{by}` does not manage accounts, so `appoints` has no effect"),
            );
        } else if rank(appointed) < rank(appoints) {
            report.error(
                "appoints_above",
                spot,
                format!("角色 `{by}` 不能任命层级比自己高的 `{role}`"),
                format!("the role `{by}` cannot appoint `{role}`, which stands above it"),
            );
        } else if let Some(appoints) = roles.get_mut(by) {
            appoints.appoints.push(role.clone());
        }
    }
}

fn read_role(
    pack: &str,
    mut table: Table<'_>,
    index: &Index,
    roles: &mut BTreeMap<String, Role>,
    appointments: &mut Vec<Appointment>,
    report: &mut Report,
) {
    let name = table.must_text("name", report);
    let label = table.must_label("label", report).unwrap_or_default();
    let level = table.must_text("level", report);
    if let Some(level) = level.as_ref().filter(|level| !index.levels.iter().any(|kind| kind == level.value)) {
        unknown_level(level, index, report);
    }
    let allow = table.tables("allow", report).into_iter().filter_map(|allow| read_allow(pack, allow, index, report));
    let allow: Vec<Allow> = allow.collect();
    let appoints = table.texts("appoints", report);
    table.finish(report);
    let Some(name) = name else { return };
    if !names::well_formed(name.value) {
        bad_name(name.value, &name.spot(), report);
    }
    let full = format!("{pack}/{}", name.value);
    if roles.contains_key(&full) {
        let message = (format!("角色 `{}` 写了两次", name.value), format!("role `{}` is given twice", name.value));
        report.error("duplicate", &name.spot(), message.0, message.1);
        return;
    }
    let level = level.map(|level| level.value.to_owned()).unwrap_or_default();
    appointments.extend(appoints.iter().map(|role| Appointment {
        by: full.clone(),
        role: names::namespaced(pack, role.value),
        spot: role.spot(),
    }));
    roles.insert(full.clone(), Role { name: full, label, level, allow, appoints: Vec::new() });
}

/// Reports a kind of area that is not among the levels.
pub(super) fn unknown_level(level: &Text<'_>, index: &Index, report: &mut Report) {
    let message = (format!("没有层级 `{}`", level.value), format!("there is no level `{}`", level.value));
    let known = index.levels.iter().map(String::as_str);
    report.error_with("unknown_level", &level.spot(), message, names::suggest(level.value, known));
}

fn read_grant(
    pack: &str,
    mut table: Table<'_>,
    index: &Index,
    roles: &mut BTreeMap<String, Role>,
    report: &mut Report,
) {
    let role = table.must_text("role", report);
    let allow = read_allow_of(pack, &mut table, index, report);
    table.finish(report);
    let (Some(role), Some(allow)) = (role, allow) else { return };
    let name = names::namespaced(pack, role.value);
    match roles.get_mut(&name) {
        Some(role) => role.allow.push(allow),
        None => {
            let message = (format!("没有角色 `{}`", role.value), format!("there is no role `{}`", role.value));
            report.error_with(
                "unknown_role",
                &role.spot(),
                message,
                names::suggest(&name, roles.keys().map(String::as_str)),
            );
        }
    }
}

fn read_allow(pack: &str, mut table: Table<'_>, index: &Index, report: &mut Report) -> Option<Allow> {
    let allow = read_allow_of(pack, &mut table, index, report);
    table.finish(report);
    allow
}

fn read_allow_of(pack: &str, table: &mut Table<'_>, index: &Index, report: &mut Report) -> Option<Allow> {
    let on = table.must_text("on", report);
    if !table.has("verbs") {
        let message = ("缺少 `verbs`", "`verbs` is missing");
        report.error("missing_key", &table.spot(), message.0, message.1);
    }
    let words = table.texts("verbs", report);
    let mut verbs = Vec::new();
    for word in &words {
        match VERBS.iter().find(|(name, _)| *name == word.value) {
            Some((_, verb)) => verbs.push(*verb),
            None => {
                let message = (format!("没有动作 `{}`", word.value), format!("there is no verb `{}`", word.value));
                report.error_with(
                    "unknown_verb",
                    &word.spot(),
                    message,
                    names::suggest(word.value, VERBS.map(|verb| verb.0)),
                );
            }
        }
    }
    let on = on?;
    Some(Allow { on: SubjectPattern(subject(pack, &on, index, report)?), verbs })
}

/// The full name of a subject, `pack/*`, `*`, or a built-in subject.
fn subject(pack: &str, on: &Text<'_>, index: &Index, report: &mut Report) -> Option<String> {
    if on.value == "*" || BUILT_IN.contains(&on.value) {
        return Some(on.value.to_owned());
    }
    if let Some(whole) = on.value.strip_suffix("/*") {
        if index.order.iter().any(|known| known == whole) {
            return Some(on.value.to_owned());
        }
    } else {
        let name = names::namespaced(pack, on.value);
        if index.entities.contains(&name) || index.flows.contains(&name) {
            return Some(name);
        }
    }
    let patterns: Vec<String> = index.order.iter().map(|pack| format!("{pack}/*")).collect();
    let known = patterns.iter().chain(&index.entities).chain(&index.flows).map(String::as_str).chain(BUILT_IN);
    let message = (
        format!("没有登记册、流程或内置对象 `{}`", on.value),
        format!("`{}` is neither a register, a flow nor a built-in subject", on.value),
    );
    report.error_with("unknown_subject", &on.spot(), message, names::suggest(on.value, known));
    None
}
