//! What became of a call.

use linli_domain::{
    Actor, Record, RecordId, Source, Subject, Timestamp, Value, Values, Verb, record::SourceKind,
    survey::disposition::Disposition,
};
use linli_store::ReadTx;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    INTERVIEW,
    calls::{CallItem, due, number, text},
    campaign::{self, Level},
};
use crate::{Engine, Problem, ProblemKind, register::moment};

/// Seconds an appointment may lie ahead.
const AHEAD: i64 = 60 * 86_400;

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
