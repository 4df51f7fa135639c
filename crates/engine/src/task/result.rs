//! The answers of a request: back in the template it came from, or as a list of the population and what was asked.

use linli_domain::{Actor, RecordId, Verb, task::AssignmentState};
use linli_store::tables::{Assignment, AssignmentQuery};
use linli_workbook::{ColumnKind, ExportValue, XlsxExport};
use serde_json::json;

use super::{looking, model::Body, view};
use crate::{
    Engine, Problem,
    collect::held::element,
    register::title_of,
    sheet::{fill, import::stage::book_problem, show::Labels},
};

/// A workbook.
#[derive(Debug)]
pub struct TaskResult {
    /// Name to offer it under.
    pub file_name: String,
    /// The workbook.
    pub bytes: Vec<u8>,
}

/// What is known now, for the population of a request. Blocks the thread.
pub fn result(engine: &Engine, actor: &Actor, id: RecordId) -> Result<TaskResult, Problem> {
    let permit = looking(engine, actor)?;
    let (task, body) = engine.store.read_blocking::<_, Problem>(move |tx| {
        let task = super::task(tx, &permit, id)?;
        let body = view::body(&task)?;
        Ok((task, body))
    })?;
    if let Some(template) = body.fill.as_ref().and_then(|fill| fill.id.parse::<RecordId>().ok()) {
        let filled = fill::file_of(engine, actor, task.by, template)?;
        return Ok(TaskResult { file_name: filled.file_name, bytes: filled.bytes });
    }
    let file_name = format!("{}_{}.xlsx", task.number, linli_domain::check::text(&body.title).unwrap_or_default());
    let bytes = list(engine, actor, id, &task.number, &body)?;
    Ok(TaskResult { file_name, bytes })
}

/// A row for each record of the population: its name, how far it is, and the asked fields, sensitive ones masked.
fn list(engine: &Engine, actor: &Actor, id: RecordId, number: &str, body: &Body) -> Result<Vec<u8>, Problem> {
    let catalogue = engine.catalogue();
    let register = crate::entity(&catalogue, &body.entity)?;
    let records_permit = engine.permit_entity(actor, Verb::Export, register)?;
    let tasks_permit = looking(engine, actor)?;
    let own: Vec<String> = body
        .fields
        .iter()
        .filter_map(|name| element(&catalogue, name))
        .filter(|(entity, _)| entity.name == register.name)
        .map(|(_, field)| field.name.clone())
        .collect();
    let lang = engine.lang;
    let mut heads: Vec<(String, ColumnKind)> =
        [("名称", "Name"), ("区域", "Area"), ("状态", "State"), ("完成时间", "Done")]
            .iter()
            .map(|(zh, en)| (lang.pick(zh, en).to_owned(), ColumnKind::Text))
            .collect();
    for name in &own {
        let label = register.field(name).map(|field| field.label.text(lang).to_owned());
        heads.push((label.unwrap_or_else(|| name.clone()), ColumnKind::Text));
    }
    let heads: Vec<(&str, ColumnKind)> = heads.iter().map(|(label, kind)| (label.as_str(), *kind)).collect();
    let watermark = match lang {
        linli_domain::Lang::Zh => {
            format!("{} · {} 于 {} 导出 · 含个人信息，仅限工作使用", body.title, actor.name, engine.now())
        }
        linli_domain::Lang::En => {
            format!("{} · exported by {} at {} · personal data, for work only", body.title, actor.name, engine.now())
        }
    };
    let entry = engine.audit_entry(actor, "export", "tasks", number, None, json!({ "columns": own }));
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.audit(entry.clone())?))?;
    let mut sheet = XlsxExport::new(Vec::new(), lang.pick("采集结果", "Answers"), &heads, &watermark)
        .map_err(|error| book_problem(&error))?;
    let mut after = None;
    loop {
        let (handle, name, from) = (engine.clone(), body.entity.clone(), after.take());
        let (tasks, records) = (tasks_permit.clone(), records_permit.clone());
        let (found, rows) = engine.store.read_blocking::<_, Problem>(move |tx| {
            let query = AssignmentQuery { tasks: vec![id], after: from, limit: 1_000, ..AssignmentQuery::default() };
            let found = tx.assignments(&tasks, &query)?;
            let ids: Vec<RecordId> = found.iter().map(|one| one.record).collect();
            let mut rows = Vec::with_capacity(found.len());
            for record in tx.records(&records, &name, &ids)? {
                let area = handle.area_ref(tx, &record.path)?.full_name;
                rows.push((record, area));
            }
            Ok((found, rows))
        })?;
        let labels = Labels::of(&catalogue);
        for (record, area) in &rows {
            let one = found.iter().find(|one| one.record == record.id);
            let mut cells = vec![title_of(&catalogue, register, record), area.clone()];
            cells.push(one.map_or(String::new(), |one| state(one, lang).to_owned()));
            cells.push(one.and_then(|one| one.done).map(|at| at.to_string()).unwrap_or_default());
            for name in &own {
                let Some(field) = register.field(name) else { continue };
                cells.push(match record.masked.get(name) {
                    Some(mask) => mask.clone(),
                    None => fill::list::out_text(&labels.cell(field, record.value(name), lang)),
                });
            }
            let cells: Vec<ExportValue<'_>> = cells.iter().map(|text| ExportValue::Text(text)).collect();
            sheet.push(&cells).map_err(|error| book_problem(&error))?;
        }
        match found.last() {
            Some(last) if found.len() == 1_000 => after = Some((last.path.clone(), last.id)),
            _ => break,
        }
    }
    sheet.finish().map_err(|error| book_problem(&error))
}

fn state(one: &Assignment, lang: linli_domain::Lang) -> &'static str {
    use linli_domain::task::Outcome as O;
    match (one.state, one.outcome) {
        (AssignmentState::Open, _) => lang.pick("未完成", "Open"),
        (AssignmentState::Unreachable, _) => lang.pick("未见到人", "Not reached"),
        (AssignmentState::Complaint, _) => lang.pick("反映无依据", "No licence?"),
        (AssignmentState::Done, Some(O::NoChange)) => lang.pick("无变化", "No change"),
        (AssignmentState::Done, Some(O::Moved)) => lang.pick("已搬离", "Moved away"),
        (AssignmentState::Done, _) => lang.pick("已更新", "Changed"),
    }
}
