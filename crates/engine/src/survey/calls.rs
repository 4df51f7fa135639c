//! Phone interviews: the call list, one number for one interviewer, what became of each call.
//!
//! A number is leased for [`LEASE`] seconds by one statement of the database, so that two interviewers, of whichever servers,
//! never have the same one. Who did not finish a call gets the same number again.

use linli_domain::{
    Actor, Record, RecordId, Subject, Timestamp, Value, Verb,
    record::{Condition, ListQuery},
    survey::disposition::{Disposition, Outcomes},
};
use linli_store::ReadTx;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    INTERVIEW,
    campaign::{self, Level},
};
use crate::{Engine, Problem, area::AreaRef, register::moment};

/// Seconds a number is somebody's: long enough for an interview.
const LEASE: i64 = 45 * 60;
/// Calls after which nobody tries any more by themselves.
const ATTEMPTS: i64 = 6;
/// Rows told.
const MOST: usize = 2_000;

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

pub(super) fn number(record: &Record, field: &str) -> i64 {
    match record.value(field) {
        Value::Int(number) => *number,
        _ => 0,
    }
}

pub(super) fn time(record: &Record, field: &str) -> Option<Timestamp> {
    match record.value(field) {
        Value::Time(at) => Some(*at),
        _ => None,
    }
}

pub(super) fn text(record: &Record, field: &str) -> Option<String> {
    record.value(field).as_text().map(str::to_owned)
}

fn disposition(record: &Record) -> Option<Disposition> {
    record.value("disposition").as_text().and_then(Disposition::from_code)
}

/// When somebody may be called: an appointment at its time, else after a while; `None`: never by itself.
pub(super) fn due(record: &Record) -> Option<Timestamp> {
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
