//! Clocks.

use linli_domain::{
    Label,
    calendar::{Limit, Unit},
    flow::{By, ClockLimit, ClockRule, Escalation, Flow, check::About},
};

use crate::{
    report::Report,
    toml_read::{Table, Text},
};

use super::{super::expressions, Reading, Sort, parts::name};

/// Reads `[[clocks]]`.
pub(super) fn read(reading: &mut Reading<'_>, root: &mut Table<'_>, flow: &mut Flow, report: &mut Report) {
    let mut known: Vec<String> = Vec::new();
    for mut table in root.tables("clocks", report) {
        let Some(name) = name(&known, &mut table, ("时限", "clock"), report) else { continue };
        known.push(name.value.to_owned());
        reading.spots.insert(About::Clock(name.value.to_owned()), name.spot());
        let clock = clock(reading, flow, name.value, &mut table, report);
        table.finish(report);
        flow.clocks.push(clock);
    }
}

fn clock(reading: &Reading<'_>, flow: &Flow, name: &str, table: &mut Table<'_>, report: &mut Report) -> ClockRule {
    let label = table.must_label("label", report).unwrap_or_default();
    if !table.has("starts") {
        report.error(
            "missing_key",
            &table.spot(),
            "缺少 `starts`:进入哪些环节时起算",
            "`starts` is missing: in which states",
        );
    }
    let mut states = |key, report: &mut Report| reading.all_known(Sort::State, &table.texts(key, report), report);
    let (starts, stops, pauses) = (states("starts", report), states("stops", report), states("pauses", report));
    let written = table.must_text("limit", report);
    let limit = written.and_then(|text| self::limit(&text, report));
    let mut limits = Vec::new();
    for mut special in table.tables("limits", report) {
        let (when, limit) = (special.must_text("when", report), special.must_text("limit", report));
        special.finish(report);
        let when = when.and_then(|when| expressions::typed(&when, &reading.scope, report));
        let limit = limit.and_then(|limit| self::limit(&limit, report));
        limits.extend(when.zip(limit).map(|(when, limit)| ClockLimit { when, limit }));
    }
    let party = table.text("party", report).filter(|party| !party.value.is_empty());
    let party = party.and_then(|party| reading.known(Sort::Party, &party, report));
    let remind = table.texts("remind", report).iter().filter_map(|text| self::limit(text, report)).collect();
    let escalate = escalations(reading, flow, table, report);
    ClockRule {
        name: name.to_owned(),
        label,
        starts,
        stops,
        pauses,
        limit: limit.unwrap_or(Limit { amount: 1, unit: Unit::Days }),
        limits,
        party,
        remind,
        escalate,
    }
}

fn escalations(reading: &Reading<'_>, flow: &Flow, table: &mut Table<'_>, report: &mut Report) -> Vec<Escalation> {
    let mut found = Vec::new();
    for mut step in table.tables("escalate", report) {
        let after = step.text("after", report);
        let (action, to) = (step.text("action", report), step.text("to", report));
        if action.is_none() && to.is_none() {
            let message = (
                "要写 action(系统做什么)或 to(告诉谁)",
                "write `action` (what the program does) or `to` (who is told)",
            );
            report.error("missing_key", &step.spot(), message.0, message.1);
        }
        step.finish(report);
        let after = match after {
            Some(after) => limit(&after, report),
            None => Some(Limit { amount: 0, unit: Unit::Hours }),
        };
        let action = action.and_then(|text| {
            let name = reading.known(Sort::Action, &text, report)?;
            let system = flow.action(&name).is_some_and(|action| action.by.contains(&By::System));
            if !system {
                let message = (
                    format!("操作 `{name}` 的 by 没有写 system,系统不能做"),
                    format!("`by` of the action `{name}` does not name system, so the program cannot take it"),
                );
                report.error("not_by_system", &text.spot(), message.0, message.1);
            }
            Some(name)
        });
        let told = |text: &Text<'_>, report: &mut Report| {
            reading.known_or(Sort::Party, text, &["manager", "superior", "opener"], report).map(By::from)
        };
        let to = to.and_then(|to| told(&to, report));
        found.extend(after.map(|after| Escalation { after, action, to }));
    }
    found
}

fn limit(text: &Text<'_>, report: &mut Report) -> Option<Limit> {
    let read = text.value.parse().ok();
    if read.is_none() {
        let message = (format!("`{}` 不是时限", text.value), format!("`{}` is not a time limit", text.value));
        let words = "`30 minutes`, `4 hours`, `3 days`, `4 working hours`, `5 working days`";
        report.error_with(
            "bad_limit",
            &text.spot(),
            message,
            Some(Label::new(format!("{words} 之一"), format!("one of {words}"))),
        );
    }
    read
}
