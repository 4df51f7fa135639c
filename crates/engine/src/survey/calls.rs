//! Phone interviews: the call list, one number for one interviewer, what became of each call.
//!
//! A number is leased for [`LEASE`] seconds by one statement of the database, so that two interviewers, of whichever servers,
//! never have the same one. Who did not finish a call gets the same number again.

use linli_domain::{
    Actor, Record, RecordId, Source, Subject, Timestamp, Value, Values, Verb,
    record::{Condition, ListQuery, SourceKind},
    survey::disposition::{Disposition, Outcomes},
};
use linli_store::ReadTx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    INTERVIEW,
    campaign::{self, Level},
};
use crate::{Engine, Problem, ProblemKind, area::AreaRef, register::moment};

/// Seconds a number is somebody's: long enough for an interview.
const LEASE: i64 = 45 * 60;
/// Calls after which nobody tries any more by themselves.
const ATTEMPTS: i64 = 6;
/// Rows told.
const MOST: usize = 2_000;
/// Seconds an appointment may lie ahead.
const AHEAD: i64 = 60 * 86_400;

/// The call list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallList {
    /// Those due first; at most 2,000.
    pub items: Vec<CallItem>,
    /// How many there are.
    pub total: u64,
    /// How many can be called now.
    pub due: u64,
    /// How many are over.
    pub done: u64,
    /// AAPOR groups.
    pub outcomes: OutcomesView,
}

/// Counts and rates of a call list (AAPOR Standard Definitions).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct OutcomesView {
    /// I.
    pub completed: u64,
    /// P.
    pub partial: u64,
    /// R.
    pub refused: u64,
    /// O: reached, to be called again.
    pub other: u64,
    /// UH: tried, nobody reached.
    pub unknown: u64,
    /// UH: not tried yet.
    pub untried: u64,
    /// Not eligible: in no rate.
    pub ineligible: u64,
    /// Response rate 1.
    pub rr1: Option<f64>,
    /// Cooperation rate 1.
    pub coop1: Option<f64>,
    /// Contact rate 1.
    pub con1: Option<f64>,
}

impl OutcomesView {
    pub(super) fn of(outcomes: &Outcomes) -> Self {
        let rates = outcomes.rates();
        Self {
            completed: outcomes.interviews,
            partial: outcomes.partial,
            refused: outcomes.refusals,
            other: outcomes.other,
            unknown: outcomes.unknown,
            untried: outcomes.untried,
            ineligible: outcomes.ineligible,
            rr1: rates.rr1,
            coop1: rates.coop1,
            con1: rates.con1,
        }
    }
}

/// Somebody on the call list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallItem {
    /// Id of the interview.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
    /// Masked number.
    pub phone: String,
    /// Area.
    pub area: AreaRef,
    /// What became of the last call.
    pub disposition: Option<String>,
    /// Calls made.
    pub attempts: i64,
    /// When they were last called.
    pub last_called_at: Option<String>,
    /// When they asked to be called, or may be tried again.
    pub due_at: Option<String>,
    /// `due`, `later`, `calling` (somebody is), `mine` (I am), `done`.
    pub state: &'static str,
    /// Who called last.
    pub interviewer: Option<String>,
}

/// A number to call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NextCall {
    /// The call; null when nobody is due.
    pub call: Option<Call>,
    /// When somebody is due next.
    pub next_due: Option<String>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Call {
    /// Id of the interview.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
    /// Number in clear; reading it is audited.
    pub phone: String,
    /// Area.
    pub area: AreaRef,
    /// Level.
    pub level: String,
    /// Calls made before.
    pub attempts: i64,
    /// What became of the last one.
    pub disposition: Option<String>,
    /// Notes of earlier calls.
    pub notes: Option<String>,
    /// Until when the number is one's own.
    pub until: String,
    /// The form that is the script; null when this level has none.
    #[schema(value_type = Option<String>)]
    pub form: Option<RecordId>,
    /// Its name, as phones and pages know it.
    pub form_id: Option<String>,
}

/// What became of a call.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutcome {
    /// `completed`, `partial`, `refused`, `no_answer`, `busy`, `call_back`, `wrong_number`, `ineligible`, `deceased`.
    pub disposition: String,
    /// When to call again (RFC 3339); with `call_back` only.
    #[serde(default)]
    pub call_back_at: Option<String>,
    /// What was said beside the questions.
    #[serde(default)]
    pub notes: Option<String>,
    /// `instanceID` of the answer, sent before by `POST /api/collect/submissions`; needed with `completed`.
    #[serde(default)]
    pub response: Option<String>,
}

fn number(record: &Record, field: &str) -> i64 {
    match record.value(field) {
        Value::Int(number) => *number,
        _ => 0,
    }
}

fn time(record: &Record, field: &str) -> Option<Timestamp> {
    match record.value(field) {
        Value::Time(at) => Some(*at),
        _ => None,
    }
}

fn text(record: &Record, field: &str) -> Option<String> {
    record.value(field).as_text().map(str::to_owned)
}

fn disposition(record: &Record) -> Option<Disposition> {
    record.value("disposition").as_text().and_then(Disposition::from_code)
}

/// When somebody may be called: an appointment at its time, else after a while; `None`: never by itself.
fn due(record: &Record) -> Option<Timestamp> {
    let Some(last) = disposition(record) else { return Some(Timestamp(0)) };
    if last == Disposition::CallBack {
        return Some(time(record, "call_back_at").unwrap_or(Timestamp(0)));
    }
    let seconds = last.retry_seconds().filter(|_| number(record, "attempts") < ATTEMPTS)?;
    Some(time(record, "last_called_at").unwrap_or(Timestamp(0)).plus_seconds(seconds))
}

/// Order in which people are called: appointments that are due, then whoever was never called, then second tries.
fn turn(record: &Record) -> (u8, Timestamp, RecordId) {
    let rank = match disposition(record) {
        Some(Disposition::CallBack) => 0,
        None => 1,
        Some(_) => 2,
    };
    (rank, due(record).unwrap_or(Timestamp(i64::MAX)), record.id)
}

/// Interviews of a campaign in the scope of a permit.
pub(super) fn interviews(
    tx: &mut ReadTx<'_>,
    permit: &linli_domain::Permit,
    campaign: RecordId,
) -> Result<Vec<Record>, Problem> {
    let conditions = vec![Condition::In("campaign".into(), vec![Value::Ref(campaign)])];
    let mut found = Vec::new();
    tx.scan(permit, &ListQuery { conditions, ..ListQuery::of(INTERVIEW) }, &mut |record| {
        found.push(record);
        Ok(())
    })?;
    Ok(found)
}

/// The call list of a campaign; with `mine` only what I am calling or called. Blocks the thread.
pub fn calls(engine: &Engine, actor: &Actor, id: RecordId, mine: bool) -> Result<CallList, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Entity(INTERVIEW.into()))?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking(move |tx| {
        campaign::find(&engine2, tx, &actor, id)?;
        let leases: std::collections::HashMap<RecordId, RecordId> = tx.call_leases(&permit)?.into_iter().collect();
        let mut all = interviews(tx, &permit, id)?;
        all.sort_by_key(turn);
        let now = tx.now();
        let mut outcomes = Outcomes::default();
        let mut list =
            CallList { items: Vec::new(), total: all.len() as u64, due: 0, done: 0, outcomes: OutcomesView::default() };
        for record in all {
            outcomes.add(disposition(&record), 1);
            let due = due(&record);
            let state = match (leases.get(&record.id), due) {
                (Some(who), _) if *who == actor.account => "mine",
                (Some(_), _) => "calling",
                (None, None) => "done",
                (None, Some(at)) if at <= now => "due",
                (None, Some(_)) => "later",
            };
            list.due += u64::from(state == "due");
            list.done += u64::from(state == "done");
            let own = state == "mine" || text(&record, "interviewer").as_deref() == Some(actor.name.as_str());
            if list.items.len() < MOST && (own || !mine) {
                list.items.push(CallItem {
                    id: record.id,
                    name: text(&record, "respondent").unwrap_or_default(),
                    phone: record.masked.get("phone").cloned().unwrap_or_default(),
                    area: engine2.area_ref(tx, &record.path)?,
                    disposition: text(&record, "disposition"),
                    attempts: number(&record, "attempts"),
                    last_called_at: time(&record, "last_called_at").map(moment),
                    due_at: due.filter(|at| at.0 > 0).map(moment),
                    state,
                    interviewer: text(&record, "interviewer"),
                });
            }
        }
        list.outcomes = OutcomesView::of(&outcomes);
        Ok(list)
    })
}

/// Gives one number to this interviewer alone. Blocks the thread.
pub fn next_call(engine: &Engine, actor: &Actor, id: RecordId) -> Result<NextCall, Problem> {
    let edit = engine.permit(actor, Verb::Edit, Subject::Entity(INTERVIEW.into()))?;
    let reveal = engine.permit(actor, Verb::Reveal, Subject::Entity(INTERVIEW.into()))?;
    let (engine2, actor, address) = (engine.clone(), actor.clone(), engine.address().map(str::to_owned));
    engine.store.write_blocking(move |tx| {
        let campaign = campaign::find(&engine2, tx, &actor, id)?;
        let mut all = interviews(tx, &edit, id)?;
        let now = tx.now();
        all.retain(|record| due(record).is_some());
        all.sort_by_key(turn);
        // A call that was begun and not finished comes first.
        let leases: std::collections::HashMap<RecordId, RecordId> = tx.call_leases(&edit)?.into_iter().collect();
        let (begun, free): (Vec<Record>, Vec<Record>) = all
            .into_iter()
            .filter(|record| leases.get(&record.id).is_none_or(|who| *who == actor.account))
            .partition(|record| leases.contains_key(&record.id));
        let later = free.iter().filter_map(due).filter(|at| *at > now).min();
        for record in begun.into_iter().chain(free.into_iter().filter(|record| due(record).is_some_and(|at| at <= now)))
        {
            if !tx.lease_call(&edit, &record.home, record.id, actor.account, LEASE)? {
                continue;
            }
            let purpose = format!("电话访谈:{}", campaign.name);
            let phone = tx.reveal(&reveal, INTERVIEW, record.id, "phone", &purpose, address.as_deref())?;
            let level = text(&record, "level").unwrap_or_default();
            let form = Level::of(&level).ok().and_then(|level| campaign.form(&engine2, tx, level).ok());
            let call = Call {
                id: record.id,
                name: text(&record, "respondent").unwrap_or_default(),
                phone,
                area: engine2.area_ref(tx, &record.path)?,
                level,
                attempts: number(&record, "attempts"),
                disposition: text(&record, "disposition"),
                notes: text(&record, "notes"),
                until: moment(now.plus_seconds(LEASE)),
                form: form.as_ref().map(|form| form.id),
                form_id: form.map(|form| form.form_id),
            };
            return Ok(NextCall { call: Some(call), next_due: None });
        }
        Ok(NextCall { call: None, next_due: later.map(moment) })
    })
}

/// Notes what became of a call and gives the number back. Blocks the thread.
pub fn outcome(
    engine: &Engine,
    actor: &Actor,
    campaign: RecordId,
    interview: RecordId,
    input: CallOutcome,
) -> Result<CallItem, Problem> {
    let edit = engine.permit(actor, Verb::Edit, Subject::Entity(INTERVIEW.into()))?;
    let reached = checked(engine, &input)?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.write_blocking(move |tx| {
        let of = campaign::find(&engine2, tx, &actor, campaign)?;
        let record = tx.record(&edit, INTERVIEW, interview)?.ok_or_else(Problem::no_record)?;
        if *record.value("campaign") != Value::Ref(campaign) {
            return Err(Problem::no_record());
        }
        let lease = tx.call_lease(&edit, &record.home, record.id)?;
        if lease.is_none_or(|(who, _)| who != actor.account) {
            return Err(not_yours());
        }
        if let Some(instance) = &input.response {
            refuse_foreign(&engine2, tx, &of, &record, instance)?;
        }
        let now = tx.now();
        let mut changes = Values::from([
            ("disposition".to_owned(), Value::text(reached.disposition.code())),
            ("attempts".to_owned(), Value::Int((number(&record, "attempts") + 1).min(100))),
            ("last_called_at".to_owned(), Value::Time(now)),
            ("call_back_at".to_owned(), reached.call_back_at.map_or(Value::Null, Value::Time)),
            ("interviewer".to_owned(), Value::text(&actor.name)),
        ]);
        if let Some(notes) = input.notes.as_deref().map(str::trim).filter(|notes| !notes.is_empty()) {
            changes.insert("notes".into(), Value::text(notes.chars().take(4_000).collect::<String>()));
        }
        if let Some(instance) = &input.response {
            changes.insert("response".into(), Value::text(instance));
        }
        let source = Source { kind: SourceKind::Edit, reference: String::new() };
        let record = tx.update(&edit, INTERVIEW, record.id, record.version, &changes, &source)?;
        tx.release_call(&edit, &record.home, record.id)?;
        let told = json!({ "disposition": reached.disposition.code(), "attempts": number(&record, "attempts") });
        let area = Some(record.path.clone());
        tx.audit(engine2.audit_entry(&actor, "call", INTERVIEW, record.id.to_string(), area, told))?;
        let due = due(&record);
        Ok(CallItem {
            id: record.id,
            name: text(&record, "respondent").unwrap_or_default(),
            phone: record.masked.get("phone").cloned().unwrap_or_default(),
            area: engine2.area_ref(tx, &record.path)?,
            disposition: text(&record, "disposition"),
            attempts: number(&record, "attempts"),
            last_called_at: Some(moment(now)),
            due_at: due.filter(|at| at.0 > 0).map(moment),
            state: if due.is_none() { "done" } else { "later" },
            interviewer: text(&record, "interviewer"),
        })
    })
}

struct Reached {
    disposition: Disposition,
    call_back_at: Option<Timestamp>,
}

fn checked(engine: &Engine, input: &CallOutcome) -> Result<Reached, Problem> {
    let disposition = Disposition::from_code(&input.disposition).ok_or_else(|| {
        Problem::parameter(
            "disposition",
            format!("没有“{}”这种访谈结果。", input.disposition),
            format!("There is no disposition `{}`.", input.disposition),
        )
    })?;
    if disposition == Disposition::Completed && input.response.as_deref().is_none_or(|text| text.trim().is_empty()) {
        return Err(Problem::parameter(
            "response",
            "完成访谈须先提交答卷。",
            "A completed interview needs its answer to be sent first.",
        ));
    }
    let wrong = |zh: &str, en: &str| Err(Problem::parameter("call_back_at", zh, en));
    let now = engine.now();
    let at = input.call_back_at.as_deref().map(|text| text.parse::<jiff::Timestamp>());
    match (disposition, at) {
        (Disposition::CallBack, Some(Ok(at))) => {
            let at = Timestamp(at.as_microsecond());
            if at <= now || at > now.plus_seconds(AHEAD) {
                return wrong("回拨时间须在今后 60 天之内。", "The time to call back lies within the next 60 days.");
            }
            Ok(Reached { disposition, call_back_at: Some(at) })
        }
        (Disposition::CallBack, _) => wrong(
            "请写明回拨时间,例如 2026-11-23T18:30:00+08:00。",
            "Say when to call back, such as 2026-11-23T18:30:00+08:00.",
        ),
        (_, Some(_)) => wrong("只有约定回拨才有回拨时间。", "Only a call-back has a time to call back."),
        (_, None) => Ok(Reached { disposition, call_back_at: None }),
    }
}

/// An answer that does not exist, or is one to another form.
fn refuse_foreign(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    campaign: &campaign::Campaign,
    record: &Record,
    instance: &str,
) -> Result<(), Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Read, Subject::Responses)?;
    let level = Level::of(record.value("level").as_text().unwrap_or_default())?;
    let form = campaign.form(engine, tx, level)?;
    let found = tx.submission(&permit, instance, false)?;
    if found.is_some_and(|answer| answer.form == form.id) {
        return Ok(());
    }
    Err(Problem::parameter(
        "response",
        "没有找到这份答卷,或它不是本次调研的问卷。请先提交答卷。",
        "There is no such answer to this survey's form. Send the answer first.",
    ))
}

fn not_yours() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "survey.not_yours",
        "这个号码不在您手上:可能超时后已转给其他访谈员。请取下一个号码。",
        "This number is not with you; it may have gone to somebody else after its time. Take the next one.",
    )
}
