//! One to-do list over everything, by clock; and what is due in a calendar.

use jiff::civil::Date;
use linli_domain::{Actor, AreaPath, Lang, RecordId, Timestamp, calendar::DayKind};
use linli_store::{
    ReadTx,
    tables::{Case, CaseBox, CaseQuery, CaseSort},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{define::definition, list, who::Who};
use crate::{Engine, Problem, register::moment, task};

/// Something that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TodoItem {
    /// `case`, `task`, `approval`, `complaint`.
    pub kind: String,
    /// Id of the case; the link of others.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Number and state of a case.
    pub subtitle: String,
    /// Where it is done.
    pub link: String,
    /// When it is due.
    pub due: Option<String>,
    /// Whether that is over.
    pub overdue: bool,
    /// Since when it waits.
    pub at: Option<String>,
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct TodoTotals {
    /// All of it.
    pub all: u64,
    /// Of it, overdue.
    pub overdue: u64,
    /// Of it, due by the end of today (overdue or not).
    pub today: u64,
}

/// A page of what waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TodoPage {
    /// What is due first.
    pub items: Vec<TodoItem>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// How much waits in all.
    pub counts: TodoTotals,
}

/// What waits for the actor, what is due first; what has no clock stands last. Tasks and approvals come with the first page.
pub async fn todo(engine: &Engine, actor: &Actor, after: Option<String>, limit: u32) -> Result<TodoPage, Problem> {
    let (engine, actor) = (engine.clone(), actor.clone());
    let after = after.as_deref().map(list::cursor).transpose()?;
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let limit = limit.clamp(1, 200);
            let mut found = tx.case_todo(&who.reader, after, limit + 1)?;
            let more = found.len() > limit as usize;
            found.truncate(limit as usize);
            let next = found.last().filter(|_| more).map(|(due, case)| list::cursor_text(*due, case.id));
            let mut items = Vec::with_capacity(found.len());
            for (due, case) in found {
                items.push(item(&engine, tx, due, &case)?);
            }
            let (now, end) = (engine.now(), Timestamp::end_of_china_day(engine.now().china_date()));
            let counts = tx.case_todo_counts(&who.reader, now, end)?;
            let mut totals = TodoTotals { all: counts.all, overdue: counts.overdue, today: counts.today };
            let others = others(&engine, tx, &actor)?;
            totals.all += others.len() as u64;
            if after.is_none() {
                items.extend(others);
            }
            Ok(TodoPage { items, next, counts: totals })
        })
        .await
}

fn item(engine: &Engine, tx: &mut ReadTx<'_>, due: Option<Timestamp>, case: &Case) -> Result<TodoItem, Problem> {
    let flow = definition(engine, tx, &case.flow, &case.version)?;
    let state = flow.state(&case.state).map(|state| state.label.text(engine.lang)).unwrap_or_default();
    Ok(TodoItem {
        kind: "case".into(),
        id: case.id.to_string(),
        title: case.body.title.clone(),
        subtitle: format!("{} · {} · {state}", flow.title.text(engine.lang), case.number),
        link: format!("/cases/{}", case.id),
        due: due.map(moment),
        overdue: due.is_some_and(|due| due < engine.now()),
        at: Some(moment(case.moved)),
    })
}

/// Requests to approve, assignments that are open, complaints to answer.
fn others(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor) -> Result<Vec<TodoItem>, Problem> {
    let mut areas: Vec<AreaPath> = actor.grants.iter().map(|grant| grant.area.clone()).collect();
    areas.sort();
    areas.dedup();
    let top: Vec<AreaPath> =
        areas.iter().filter(|area| !areas.iter().any(|other| other != *area && other.covers(area))).cloned().collect();
    let mut items: Vec<TodoItem> = Vec::new();
    for area in &top {
        for one in task::todo(engine, tx, actor, area)? {
            let link = one.link.unwrap_or_default();
            if !items.iter().any(|item| item.link == link && item.kind == one.kind) {
                items.push(TodoItem {
                    id: link.clone(),
                    kind: one.kind,
                    title: one.title,
                    subtitle: String::new(),
                    link,
                    due: None,
                    overdue: false,
                    at: one.at,
                });
            }
        }
    }
    Ok(items)
}

/// Something on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalendarItem {
    /// Day.
    #[schema(value_type = String)]
    pub day: Date,
    /// `due`, `schedule`, `holiday` or `workday`.
    pub kind: String,
    /// What.
    pub title: String,
    /// Where it is looked at.
    pub link: Option<String>,
}

/// What stands in a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalendarItems {
    /// By day.
    pub items: Vec<CalendarItem>,
}

/// Most days of a calendar, and most cases on them.
const DAYS: i32 = 400;
const MOST: u32 = 1_000;

/// What is due for the actor from one day to another, and which days are not as their weekday says.
pub async fn calendar(engine: &Engine, actor: &Actor, from: Date, to: Date) -> Result<CalendarItems, Problem> {
    let length = to.since(from).map_or(-1, |span| span.get_days());
    if !(0..=DAYS).contains(&length) {
        return Err(Problem::parameter(
            "to",
            format!("请选择不超过 {DAYS} 天的一段时间。"),
            format!("Choose at most {DAYS} days, from earlier to later."),
        ));
    }
    let (engine, actor) = (engine.clone(), actor.clone());
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let query = CaseQuery {
                which: CaseBox::Todo,
                open: Some(true),
                due_before: Some(Timestamp(Timestamp::end_of_china_day(to).0 + 1)),
                sort: CaseSort::Due,
                limit: MOST,
                ..CaseQuery::default()
            };
            let mut items = Vec::new();
            for case in tx.cases(&who.reader, &query)? {
                let Some(day) = case.due.map(Timestamp::china_date).filter(|day| *day >= from) else { continue };
                let title = format!("{} {}", case.number, case.body.title);
                items.push(CalendarItem { day, kind: "due".into(), title, link: Some(link(case.id)) });
            }
            for (_, days) in tx.holidays()? {
                for day in days.into_iter().filter(|day| (from..=to).contains(&day.date)) {
                    items.push(holiday(engine.lang, day.date, day.kind, day.name));
                }
            }
            items.sort_by(|a, b| (a.day, &a.kind).cmp(&(b.day, &b.kind)));
            Ok(CalendarItems { items })
        })
        .await
}

fn link(id: RecordId) -> String {
    format!("/cases/{id}")
}

fn holiday(lang: Lang, day: Date, kind: DayKind, name: String) -> CalendarItem {
    let (kind, plain) = match kind {
        DayKind::Holiday => ("holiday", lang.pick("休息日", "day off")),
        DayKind::Workday => ("workday", lang.pick("调休上班", "worked instead")),
    };
    let title = if name.is_empty() { plain.to_owned() } else { name };
    CalendarItem { day, kind: kind.into(), title, link: None }
}
