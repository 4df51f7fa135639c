//! The collection tasks of the demo: visits to elderly people who live alone (under way), the gaps of a department's roll
//! (under way), one that waits for approval, and a complaint. All of it goes through the same code as a city's own.

use std::fs;

use jiff::{ToSpan, civil::Date};
use linli_domain::{
    Actor, RecordId, Source, Subject, Value, Values, Verb,
    record::SourceKind,
    task::{AssignmentState, Outcome, TaskState},
};
use linli_store::tables::{Assignment, AssignmentQuery, Complaint, Completion, Confirmed, Task, Visit};
use serde_json::json;

use super::{
    accounts::Worker,
    clock::DemoClock,
    dice::Dice,
    duty,
    identity::SYNTHETIC_MOBILE,
    plan::{FULL_STREET, TOUR_COMMUNITY},
    records::RESIDENT,
    samples,
};
use crate::{
    Engine, Problem,
    register::moment,
    sheet::{documents, fill},
    task::{self, ApprovalView, Body, FillRef, complete_licence},
};

/// A request of the demo as it is written.
struct Draft {
    title: &'static str,
    login: &'static str,
    issuer: &'static str,
    area: &'static str,
    basis: &'static str,
    purpose: &'static str,
    filters: &'static [&'static str],
    fields: &'static [&'static str],
}

const ALONE: Draft = Draft {
    title: "独居老人冬季探访与紧急联系人核对",
    login: "street",
    issuer: "街道社会事务办公室",
    area: FULL_STREET,
    basis: "JD-SH-01",
    purpose: "入冬前确认独居老人紧急联系人能联系上,安排定期探访。",
    filters: &["care_tags:elderly_alone"],
    fields: &[
        "people/resident/contact_name",
        "people/resident/contact_relation",
        "people/resident/contact_phone",
        "people/resident/address",
    ],
};

const ROLL: Draft = Draft {
    title: "老年人花名册缺项补充",
    login: "community",
    issuer: "焊接社区居民委员会",
    area: TOUR_COMMUNITY,
    basis: "SQ-ZZ-02",
    purpose: "区民政局下发的老年人花名册只缺少数几项,只问缺的,不重复采集。",
    filters: &[],
    fields: &[],
};

const VETERANS: Draft = Draft {
    title: "退役军人联系电话核对",
    login: "department",
    issuer: "区退役军人事务局",
    area: FULL_STREET,
    basis: "QX-TY-01",
    purpose: "年底走访慰问前核对联系电话。",
    filters: &["care_tags:veteran"],
    fields: &["people/resident/phone"],
};

/// Makes the tasks. Packs of a city may lack what they cite: then there are none.
pub(super) fn install(
    engine: &Engine,
    clock: &DemoClock,
    workers: &[Worker],
    seed: u64,
    today: Date,
) -> Result<(), Problem> {
    let catalogue = engine.catalogue();
    if [duty::REGISTER, RESIDENT].iter().any(|name| !catalogue.entities.contains_key(*name)) {
        return Ok(());
    }
    let day = |back: i64| today.saturating_sub(back.days());
    clock.set(day(6), 9);
    let alone = request(engine, &ALONE, None, today)?;
    approve(engine, &alone, "district")?;
    clock.set(day(5), 9);
    if let Some(fill) = roll(engine)? {
        let roll = request(engine, &ROLL, Some(fill), today)?;
        approve(engine, &roll, "street")?;
        visits(engine, clock, workers, roll, &Dice::new(seed).fork("roll"), (today, 260))?;
    }
    visits(engine, clock, workers, alone, &Dice::new(seed).fork("alone"), (today, 620))?;
    clock.set(day(1), 16);
    complain(engine, workers, alone)?;
    request(engine, &VETERANS, None, today)?;
    clock.set(today, 7);
    Ok(())
}

fn actor(engine: &Engine, login: &str) -> Result<Actor, Problem> {
    let login = login.to_owned();
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let account = tx.account_by_login(&login)?.ok_or_else(Problem::no_account)?;
        let grants = tx.grants_of(account.id)?;
        Ok(Actor { account: account.id, name: account.name, grants, operator: false })
    })
}

/// The roll that a department sent, taken in and filled by the community.
fn roll(engine: &Engine) -> Result<Option<FillRef>, Problem> {
    let author = actor(engine, ROLL.login)?;
    let bytes = fs::read(engine.data.join("samples").join(samples::ROLL)).map_err(documents::disk)?;
    let received = documents::receive(engine, &bytes)?;
    let staged = fill::stage(engine, &author, ROLL.area, None, received, samples::ROLL)?;
    let id: RecordId = staged.id.parse().map_err(Problem::internal)?;
    let ready = fill::set_mapping(engine, &author, id, fill::choices(&staged.sheets))?;
    let lacks = ready.gaps.iter().any(|gap| gap.missing > 0);
    Ok(lacks.then_some(FillRef { id: staged.id, file_name: staged.file_name }))
}

/// Writes a request and sends it for approval.
fn request(engine: &Engine, draft: &Draft, fill: Option<FillRef>, today: Date) -> Result<RecordId, Problem> {
    let author = actor(engine, draft.login)?;
    let permit = engine.permit(&author, Verb::Create, Subject::Tasks)?;
    let handle = engine.clone();
    let mut body = Body {
        title: draft.title.into(),
        kind: "visit".into(),
        fields: draft.fields.iter().map(|name| (*name).to_owned()).collect(),
        issuer: draft.issuer.into(),
        basis: Some(duty::id_of(draft.basis)),
        purpose: draft.purpose.into(),
        entity: RESIDENT.into(),
        filters: draft.filters.iter().map(|filter| (*filter).to_owned()).collect(),
        fill,
        ..Body::default()
    };
    let (id, area) = (engine.ids.next(), draft.area);
    engine.store.write_blocking::<_, Problem>(move |tx| {
        let now = tx.now();
        if let Some(fill) = &body.fill
            && body.fields.is_empty()
        {
            let memo = task::memo_of(tx, author.account, fill.id.parse().map_err(Problem::internal)?)?;
            for gap in memo.into_iter().flat_map(|memo| memo.gaps) {
                if gap.entity == RESIDENT && !gap.element.starts_with('@') && !body.fields.contains(&gap.element) {
                    body.fields.push(gap.element);
                }
            }
        }
        let number = tx.next_task_number(now.china_date().year())?;
        let mut task = Task {
            id,
            number: format!("{}-{number:04}", now.china_date().year()),
            area: tx.area(area)?.ok_or_else(|| Problem::no_area(area))?.path,
            state: TaskState::Submitted,
            by: author.account,
            by_name: author.name.clone(),
            created: now,
            approved: None,
            deadline: Some(today.saturating_add(30.days())),
            expires: Some(today.saturating_add(180.days())),
            assigned: None,
            reminded: None,
            body: json!({}),
        };
        complete_licence(&handle, tx, &author, &task, &mut body)?;
        task.body = serde_json::to_value(&body).map_err(Problem::internal)?;
        Ok(tx.put_task(&permit, &task)?)
    })?;
    Ok(id)
}

/// Approves a request and makes its assignments.
fn approve(engine: &Engine, id: &RecordId, login: &str) -> Result<(), Problem> {
    let manager = actor(engine, login)?;
    let permit = engine.permit(&manager, Verb::Manage, Subject::Tasks)?;
    let id = *id;
    engine.store.write_blocking::<_, Problem>(move |tx| {
        let mut task = tx.task(&permit, id)?.ok_or_else(Problem::no_record)?;
        let mut body: Body = serde_json::from_value(task.body).map_err(Problem::internal)?;
        let note = Some("依据充分,请尽量一次入户办完。".to_owned());
        body.approval = Some(ApprovalView { by: manager.name.clone(), at: moment(tx.now()), note });
        body.decided_by = Some(manager.account);
        (task.state, task.approved, task.assigned) = (TaskState::Open, Some(tx.now()), Some(String::new()));
        task.body = serde_json::to_value(&body).map_err(Problem::internal)?;
        Ok(tx.put_task(&permit, &task)?)
    })?;
    task::assign_job(engine, &json!({ "task": id }))
}

/// So many of a thousand assignments are done by the grid's workers on the days before `today`.
fn visits(
    engine: &Engine,
    clock: &DemoClock,
    workers: &[Worker],
    id: RecordId,
    dice: &Dice,
    (today, done): (Date, u32),
) -> Result<(), Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Read, Subject::Tasks)?;
    let asked = AssignmentQuery { tasks: vec![id], limit: 5_000, ..AssignmentQuery::default() };
    let found = engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.assignments(&permit, &asked)?))?;
    let mut days: [Vec<(Assignment, Outcome, i64, String)>; 4] = Default::default();
    for one in found {
        let mut dice = dice.fork(&one.record.to_string());
        if !dice.chance(done) {
            continue;
        }
        let outcome = match dice.below(100) {
            0..=11 => Outcome::Absent,
            12..=17 => Outcome::Changed,
            _ => Outcome::NoChange,
        };
        let phone = format!("{SYNTHETIC_MOBILE}{:06}", dice.below(1_000_000));
        let seconds = 40 + i64::from(dice.between(0, 160));
        days[dice.below(4)].push((one, outcome, seconds, phone));
    }
    for (back, work) in (1..=4).rev().zip(days) {
        clock.set(today.saturating_sub(back.days()), 10);
        for (one, outcome, seconds, phone) in work {
            let near = |worker: &&Worker| worker.actor.grants.iter().any(|grant| grant.area.covers(&one.path));
            let Some(worker) = workers.iter().rev().find(near) else { continue };
            visit(engine, &worker.actor, one, outcome, seconds, phone)?;
        }
    }
    Ok(())
}

fn visit(
    engine: &Engine,
    worker: &Actor,
    one: Assignment,
    outcome: Outcome,
    seconds: i64,
    phone: String,
) -> Result<(), Problem> {
    let tasks = engine.permit(worker, Verb::Read, Subject::Tasks)?;
    let people = engine.permit(worker, Verb::Edit, Subject::Entity(RESIDENT.into()))?;
    let (worker, id) = (worker.clone(), engine.ids.next());
    engine.store.write_blocking::<_, Problem>(move |tx| {
        let Some(record) = tx.record(&people, RESIDENT, one.record)?.filter(|record| record.ended.is_none()) else {
            return Ok(());
        };
        let at = tx.now();
        if outcome == Outcome::Changed {
            let changes = Values::from([("contact_phone".to_owned(), Value::text(&phone))]);
            let source = Source { kind: SourceKind::Visit, reference: id.to_string() };
            tx.update(&people, RESIDENT, record.id, record.version, &changes, &source)?;
        }
        let visit = Visit {
            home: record.home.clone(),
            id,
            path: record.path.clone(),
            entity: RESIDENT.into(),
            record: record.id,
            at,
            received: at,
            outcome,
            by: worker.account,
            by_name: worker.name.clone(),
            assignment: Some(one.id),
            hash: [0; 32],
            note: None,
            answer: json!({ "visit_id": id, "results": [] }),
        };
        tx.put_visit(&people, &visit)?;
        if outcome.confirms() {
            let seen = Confirmed {
                home: record.home,
                entity: RESIDENT.into(),
                record: record.id,
                path: record.path,
                at,
                visit: id,
                outcome,
                by_name: worker.name.clone(),
                fields: ["contact_name", "contact_relation", "contact_phone", "address"].map(str::to_owned).to_vec(),
            };
            tx.put_confirmed(&people, &[seen])?;
        }
        let done = Completion {
            state: outcome.state(),
            outcome: Some(outcome),
            at,
            by: worker.account,
            by_name: worker.name.clone(),
            instance: None,
            seconds: Some(seconds),
            note: None,
        };
        tx.complete_assignment(tasks.scope(), one.id, &done)?;
        Ok(())
    })
}

/// A worker of the tour's community says that a request has no licence.
fn complain(engine: &Engine, workers: &[Worker], id: RecordId) -> Result<(), Problem> {
    let Some(worker) = workers.iter().rev().find(|worker| worker.community == TOUR_COMMUNITY) else { return Ok(()) };
    let permit = engine.permit(&worker.actor, Verb::Read, Subject::Tasks)?;
    let (account, complaint) = (worker.actor.account, engine.ids.next());
    engine.store.write_blocking::<_, Problem>(move |tx| {
        let asked = AssignmentQuery {
            tasks: vec![id],
            states: vec![AssignmentState::Open],
            limit: 1,
            ..AssignmentQuery::default()
        };
        let Some(one) = tx.assignments(&permit, &asked)?.pop() else { return Ok(()) };
        let kept = Complaint {
            id: complaint,
            task: id,
            assignment: one.id,
            area: one.path.clone(),
            issuer: ALONE.issuer.into(),
            note: "上个月刚为“高龄津贴”核对过同样的联系人,为什么又要再问一遍?".into(),
            at: tx.now(),
            by: account,
            state: "open".into(),
            answer: None,
            answered_by: None,
            answered: None,
        };
        tx.put_complaint(&permit, &kept)?;
        let done = Completion {
            state: AssignmentState::Complaint,
            outcome: None,
            at: tx.now(),
            by: account,
            by_name: String::new(),
            instance: None,
            seconds: None,
            note: None,
        };
        tx.complete_assignment(permit.scope(), one.id, &done)?;
        Ok(())
    })
}
