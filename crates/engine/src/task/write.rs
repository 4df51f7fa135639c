//! Drafts of requests.

use linli_domain::{Actor, AreaPath, RecordId, Subject, Verb, task::TaskAction};
use linli_store::{ReadTx, WriteTx, tables::Task};
use serde_json::json;

use super::{
    decide::{refused, stand},
    form,
    model::{Body, FillRef, TaskInput, TaskView},
    population::memo_of,
    view,
};
use crate::{Engine, Idempotency, Problem, collect::held::element};

/// Begins a request.
pub async fn create(
    engine: &Engine,
    actor: &Actor,
    input: TaskInput,
    once: Option<Idempotency>,
) -> Result<TaskView, Problem> {
    let permit = engine.permit(actor, Verb::Create, Subject::Tasks)?;
    let (engine2, actor2, id) = (engine.clone(), actor.clone(), engine.ids.next());
    engine
        .write_once(actor, once, move |tx| {
            let named = input.area.as_ref().map(|area| area.name().to_owned());
            let code = named
                .ok_or_else(|| Problem::parameter("area", "请选择任务区域(area)。", "Choose the area of the task."))?;
            let area = tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?.path;
            if !permit.scope().covers(&area) {
                return Err(Problem::outside_scope(&code));
            }
            let now = tx.now();
            let year = now.china_date().year();
            let mut body = Body { kind: "visit".into(), issuer: actor2.name.clone(), ..Body::default() };
            take(&engine2, tx, &actor2, &area, &input, &mut body)?;
            if body.title.is_empty() {
                return Err(Problem::parameter("title", "请填写任务名称。", "Give the task a title."));
            }
            let task = Task {
                id,
                number: format!("{year}-{:04}", tx.next_task_number(year)?),
                area,
                state: linli_domain::task::TaskState::Draft,
                by: actor2.account,
                by_name: actor2.name.clone(),
                created: now,
                approved: None,
                deadline: input.deadline,
                expires: input.expires,
                assigned: None,
                reminded: None,
                body: serde_json::to_value(&body).map_err(Problem::internal)?,
            };
            save(&engine2, tx, &actor2, &permit, &task, "create")?;
            view::one(&engine2, tx, &actor2, &permit, task)
        })
        .await
}

/// Changes a draft; one that waits for approval becomes a draft again.
pub async fn edit(engine: &Engine, actor: &Actor, id: RecordId, input: TaskInput) -> Result<TaskView, Problem> {
    let permit = engine.permit(actor, Verb::Create, Subject::Tasks)?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write(move |tx| {
            let mut task = super::task(tx, &permit, id)?;
            let state = stand(&engine2, &actor2, &task, TaskAction::Edit).ok_or_else(|| refused(&task))?;
            let mut body = view::body(&task)?;
            if let Some(code) = input.area.as_ref().map(super::NamedRef::name) {
                task.area = tx.area(code)?.ok_or_else(|| Problem::no_area(code))?.path;
                if !permit.scope().covers(&task.area) {
                    return Err(Problem::outside_scope(code));
                }
            }
            take(&engine2, tx, &actor2, &task.area, &input, &mut body)?;
            task.state = state;
            task.deadline = input.deadline.or(task.deadline);
            task.expires = input.expires.or(task.expires);
            body.approval = None;
            task.body = serde_json::to_value(&body).map_err(Problem::internal)?;
            save(&engine2, tx, &actor2, &permit, &task, "edit")?;
            view::one(&engine2, tx, &actor2, &permit, task)
        })
        .await
}

fn save(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    permit: &linli_domain::Permit,
    task: &Task,
    action: &str,
) -> Result<(), Problem> {
    tx.put_task(permit, task)?;
    let detail = json!({ "state": task.state.name() });
    tx.audit(engine.audit_entry(actor, action, "tasks", &task.number, Some(task.area.clone()), detail))?;
    Ok(())
}

/// Takes what was written into a request's body; what is absent stays.
pub fn take(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    area: &AreaPath,
    input: &TaskInput,
    body: &mut Body,
) -> Result<(), Problem> {
    let catalogue = engine.catalogue();
    let set = |slot: &mut String, text: &Option<String>| {
        if let Some(text) = text {
            *slot = linli_domain::check::text(text).unwrap_or_default();
        }
    };
    set(&mut body.title, &input.title);
    set(&mut body.purpose, &input.purpose);
    set(&mut body.issuer, &input.issuer.clone().filter(|issuer| !issuer.trim().is_empty()));
    if let Some(kind) = &input.kind {
        if kind != "form" && kind != "visit" {
            return Err(Problem::parameter("kind", "任务方式只能是 form 或 visit。", "The kind is form or visit."));
        }
        body.kind.clone_from(kind);
    }
    if let Some(fields) = &input.fields {
        if let Some(unknown) = fields.iter().find(|name| element(&catalogue, name).is_none()) {
            return Err(Problem::parameter(
                "fields",
                format!("没有名为“{unknown}”的数据元。"),
                format!("There is no data element called `{unknown}`."),
            ));
        }
        body.fields.clone_from(fields);
    }
    if let Some(basis) = &input.basis {
        set(&mut body.basis_text, &basis.text);
        if let Some(item) = &basis.item {
            body.basis = Some(id_of("basis", item.name())?);
        }
    }
    if let Some(form) = &input.form {
        let id = id_of("form", form.name())?;
        let brief = form::published(engine, tx, id)?;
        let brief = brief
            .ok_or_else(|| Problem::parameter("form", "没有找到已发布的表单。", "There is no such published form."))?;
        body.form = Some(brief.form);
    }
    if let Some(asked) = &input.population {
        if !asked.entity.is_empty() {
            crate::entity(&catalogue, &asked.entity)?;
            body.entity.clone_from(&asked.entity);
        }
        body.population_area = asked.area.as_ref().map(|area| area.name().to_owned());
        body.filters.clone_from(&asked.filters);
        body.fill = match &asked.fill {
            Some(fill) => Some(own_fill(tx, actor, fill.name(), body)?),
            None => None,
        };
    }
    super::population::place(tx, area, body)?;
    Ok(())
}

/// The fill of whoever writes; without named fields, what its gaps lack is asked.
fn own_fill(tx: &mut ReadTx<'_>, actor: &Actor, id: &str, body: &mut Body) -> Result<FillRef, Problem> {
    let memo = memo_of(tx, actor.account, id_of("population", id)?)?
        .ok_or_else(|| Problem::parameter("population", "没有找到这次填表。", "There is no such fill."))?;
    if body.entity.is_empty()
        && let Some(gap) = memo.gaps.first()
    {
        body.entity.clone_from(&gap.entity);
    }
    if body.kind == "visit" && body.fields.is_empty() {
        let lacking = memo.gaps.iter().filter(|gap| gap.entity == body.entity && !gap.element.starts_with('@'));
        for gap in lacking {
            if !body.fields.contains(&gap.element) {
                body.fields.push(gap.element.clone());
            }
        }
    }
    Ok(FillRef { id: id.to_owned(), file_name: memo.file_name })
}

fn id_of(name: &str, text: &str) -> Result<RecordId, Problem> {
    text.parse().map_err(|_| Problem::parameter(name, format!("“{text}”不是编号。"), format!("`{text}` is not an id.")))
}
