//! What waits for somebody: ledgers with rows to decide on, templates with gaps, people who may be known twice, values
//! that are missing.

use linli_domain::{Actor, AreaPath, Lang, Subject, Value, Verb, record::Condition};
use linli_store::{
    ReadTx,
    tables::{Batch, BatchState},
};

use super::{
    Recent, Todo,
    burden::BurdenView,
    people::{Held, People},
};
use crate::{Engine, Problem, register::moment, sheet::fill::Fill};

/// Above so many people the whole area is not searched for people known twice with every look at the page.
const SEARCHED: u64 = 50_000;

fn batches(tx: &mut ReadTx<'_>, people: &People, area: &AreaPath) -> Result<Vec<Batch>, Problem> {
    let mut all = Vec::new();
    for permit in &people.imports {
        all.extend(tx.batches(&permit.within(area), 20)?);
    }
    all.sort_by_key(|batch| std::cmp::Reverse(batch.created));
    Ok(all)
}

fn counted(batch: &Batch, outcome: &str) -> u64 {
    batch.counts.get(outcome).and_then(serde_json::Value::as_u64).unwrap_or(0)
}

/// Ledgers that were read and wait: with how many rows to decide on.
pub fn imports(engine: &Engine, tx: &mut ReadTx<'_>, people: &People, area: &AreaPath) -> Result<Vec<Todo>, Problem> {
    let waiting = batches(tx, people, area)?.into_iter().filter(|batch| batch.state == BatchState::Staged);
    let todo = waiting.map(|batch| {
        let open = counted(&batch, "conflict") + counted(&batch, "duplicate");
        let title = match engine.lang {
            Lang::Zh if open > 0 => format!("台账“{}”有 {open} 行待确认", batch.file_name),
            Lang::Zh => format!("台账“{}”已核对,待导入", batch.file_name),
            Lang::En if open > 0 => format!("{open} rows of {} wait for a decision", batch.file_name),
            Lang::En => format!("{} is checked and waits to be applied", batch.file_name),
        };
        Todo {
            kind: "import".into(),
            title,
            link: Some(format!("/imports/{}", batch.id)),
            count: open.max(1),
            at: Some(moment(batch.created)),
        }
    });
    Ok(todo.collect())
}

/// Ledgers that were brought in lately.
pub fn recent(engine: &Engine, tx: &mut ReadTx<'_>, people: &People, area: &AreaPath) -> Result<Vec<Recent>, Problem> {
    let mut recent = Vec::new();
    for batch in batches(tx, people, area)?.into_iter().filter(|batch| batch.state != BatchState::Staged).take(8) {
        let (new, changed) = (counted(&batch, "new"), counted(&batch, "changed"));
        let state = match (batch.state, engine.lang) {
            (BatchState::Applied, Lang::Zh) => format!("已导入:新增 {new},更新 {changed}"),
            (BatchState::Applied, Lang::En) => format!("applied: {new} new, {changed} changed"),
            (BatchState::Undone, Lang::Zh) => "已撤销".into(),
            (BatchState::Undone, Lang::En) => "undone".into(),
            (BatchState::Failed, Lang::Zh) => "导入失败".into(),
            (BatchState::Failed, Lang::En) => "failed".into(),
            (_, Lang::Zh) => "正在导入".into(),
            (_, Lang::En) => "being applied".into(),
        };
        recent.push(Recent {
            kind: "import".into(),
            title: batch.file_name,
            link: Some(format!("/imports/{}", batch.id)),
            at: Some(moment(batch.created)),
            note: Some(format!("{} · {state}", batch.by_name)),
        });
    }
    Ok(recent)
}

/// One's own templates that were filled with gaps left, in the area or below it.
pub fn fills(engine: &Engine, area: &AreaPath, fills: &[Fill]) -> Vec<Todo> {
    let within = |fill: &&Fill| fill.area.path.parse::<AreaPath>().is_ok_and(|path| area.covers(&path));
    let todo = fills.iter().filter(within).filter_map(|fill| {
        let missing: u64 = fill.gaps.iter().map(|gap| gap.missing as u64).sum();
        (missing > 0).then(|| Todo {
            kind: "fill".into(),
            title: match engine.lang {
                Lang::Zh => format!("表格“{}”还缺 {missing} 项", fill.file_name),
                Lang::En => format!("{} lacks {missing} values", fill.file_name),
            },
            link: Some(format!("/fills/{}", fill.id)),
            count: missing,
            at: Some(fill.created.clone()),
        })
    });
    todo.collect()
}

/// Too many households a worker. It leads to the accounts only those who may open them.
pub fn burden(engine: &Engine, actor: &Actor, burden: Option<&BurdenView>) -> Option<Todo> {
    let burden = burden?;
    let each = burden.households_per_worker.filter(|each| *each > u64::from(burden.overburdened))?;
    let title = match engine.lang {
        Lang::Zh => format!("社区工作者人均 {each} 户,超过 {} 户,还缺 {} 人", burden.overburdened, burden.gap),
        Lang::En => {
            format!("{each} households a worker, above {}: {} workers missing", burden.overburdened, burden.gap)
        }
    };
    let link = engine.permit(actor, Verb::Read, Subject::Accounts).is_ok().then(|| "/accounts".into());
    Some(Todo { kind: "burden".into(), title, link, count: burden.gap, at: None })
}

/// People who have the same name and birth date: at most five pairs are named.
pub fn duplicates(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    people: &People,
    area: &AreaPath,
    held: Held,
) -> Result<Vec<Todo>, Problem> {
    let Some((register, person)) = people.person() else { return Ok(Vec::new()) };
    let Some(birth) = person.birth.as_deref().filter(|_| held.residents.unwrap_or(0) <= SEARCHED) else {
        return Ok(Vec::new());
    };
    let code = engine.area_ref(tx, area)?.code;
    let rows = register.count_by(tx, area, &[&person.name, birth], None)?;
    let twice = rows.into_iter().filter_map(|(values, _, count)| match values.as_slice() {
        [Value::Text(name), Value::Date(birth)] if count > 1 => Some((name.clone(), *birth, count)),
        _ => None,
    });
    let mut twice: Vec<_> = twice.collect();
    twice.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    let todo = twice.into_iter().take(5).map(|(name, born, count)| {
        let more = format!("&filter={}:{name}&filter={birth}:{born}", person.name);
        Todo {
            kind: "duplicate".into(),
            title: match engine.lang {
                Lang::Zh => format!("{name}({born} 出生)可能重复登记"),
                Lang::En => format!("{name} (born {born}) may be registered twice"),
            },
            link: Some(register.link(&code, &more)),
            count,
            at: None,
        }
    });
    Ok(todo.collect())
}

/// Data elements that describe a person and are not known of some.
pub fn gaps(engine: &Engine, tx: &mut ReadTx<'_>, people: &People, area: &AreaPath) -> Result<Vec<Todo>, Problem> {
    let Some((register, person)) = people.person() else { return Ok(Vec::new()) };
    let code = engine.area_ref(tx, area)?.code;
    let described = [&person.identity, &person.birth, &person.sex, &person.phone, &person.household];
    let mut gaps = Vec::new();
    for name in described.into_iter().flatten() {
        let Some(field) = register.entity.field(name) else { continue };
        let mut query = register.within(area);
        query.conditions = vec![Condition::Known(name.clone(), false)];
        let missing = tx.count(&register.permit, &query)?;
        if missing > 0 {
            let label = field.label.text(engine.lang);
            gaps.push(Todo {
                kind: "gap".into(),
                title: match engine.lang {
                    Lang::Zh => format!("{missing} 名居民缺少“{label}”"),
                    Lang::En => format!("{missing} residents lack \"{label}\""),
                },
                link: Some(register.link(&code, &format!("&filter={name}:!"))),
                count: missing,
                at: None,
            });
        }
    }
    Ok(gaps)
}
