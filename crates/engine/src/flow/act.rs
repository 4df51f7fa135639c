//! Everything that is done to a case.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, RecordId,
    flow::{self, Act, ActionKind, Event, Standing},
};
use linli_store::{WriteTx, tables::CaseReader};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    calendar, form, get,
    input::{ActInput, AssignInput, CommentInput, MergeInput, OpenInput},
    live::Live,
    model::CaseDetail,
    no_case,
    open::{audit, key_of, note, open_in, place, read_values},
    refuse, view,
    who::Who,
};
use crate::{Engine, Problem, ProblemKind, register::moment};

/// Takes an action. Made on an older version it is refused with what happened meanwhile, unless that was only said, attached
/// or a clock's; the same `client_id` again is answered with the case as it is.
pub async fn act(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    action: String,
    mut input: ActInput,
) -> Result<CaseDetail, Problem> {
    form::read_act(engine, actor, id, &action, &mut input).await?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    let done = engine
        .store
        .write(move |tx| {
            let who = Who::of(&engine2, tx, &actor2)?;
            act_in(&engine2, tx, &who, id, &action, &input)
        })
        .await;
    match done {
        Err(stale) if stale.code == STALE => {
            let current = get(engine, actor, id).await?;
            Err(stale.with("current", serde_json::to_value(current).map_err(Problem::internal)?))
        }
        Err(problem) => Err(problem),
        Ok(_) => get(engine, actor, id).await,
    }
}

const STALE: &str = "case.stale";

/// [`act`] in a transaction of the caller.
pub fn act_in(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    who: &Who,
    id: RecordId,
    action: &str,
    input: &ActInput,
) -> Result<Live, Problem> {
    let live = seen(engine, tx, &who.reader, id)?;
    if input.version != live.case.seq
        && let Some(answered) = meanwhile(tx, &live, input)?
    {
        return Ok(answered);
    }
    let standing = who.standing(engine, tx, &live.flow, &live.case, &live.state)?;
    run(engine, tx, &who.actor, live, &standing, action, input)
}

/// Takes an action as somebody who stands so to the case: residents by number and code, the program itself.
pub(crate) fn run(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    live: Live,
    standing: &Standing,
    action: &str,
    input: &ActInput,
) -> Result<Live, Problem> {
    let mut act = read(engine, tx, &live, action, input)?;
    if let Some(answer) = &input.answer {
        let held = form::files_of(tx, &live.case)?;
        act.answer = Some(answer.keep(tx, &held)?);
    }
    take(engine, tx, actor, live, standing, &act, Some(input.client_id))
}

/// Decides an act and keeps what it comes to.
pub(super) fn take(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    live: Live,
    standing: &Standing,
    act: &Act,
    client: Option<Uuid>,
) -> Result<Live, Problem> {
    let calendar = calendar::of(engine, tx)?;
    let flow = std::sync::Arc::clone(&live.flow);
    let event = flow::decide(&flow, &live.state, act, standing, &calendar, tx.now())
        .map_err(|refusal| refuse::problem(&flow, refusal))?;
    let (after, write) = live.step(engine, tx, &flow, &event, client)?;
    tx.put_cases(&[write])?;
    if let Some(score) = event.effects.rated {
        tx.put_case_rating(&after.case, score, actor.account, act.note.as_deref())?;
        call_back(engine, tx, &after, score)?;
    }
    // Who rated how is nobody's business, the log's neither.
    let rated = event.effects.rated.is_some() && confidential(&after);
    let (who, detail) = if rated {
        (Actor { account: RecordId(Uuid::nil()), name: view::confidential_name().zh, ..actor.clone() }, Json::Null)
    } else {
        (actor.clone(), json!({ "from": event.from, "to": event.to, "seq": event.seq }))
    };
    audit(engine, tx, &who, &after.case, &event.action, detail)?;
    after.tell(tx, &event, &live.state)?;
    Ok(after)
}

fn confidential(live: &Live) -> bool {
    live.flow.evaluation.as_ref().is_none_or(|evaluation| evaluation.confidential)
}

/// The case, when the reader sees it.
pub(super) fn seen(engine: &Engine, tx: &mut WriteTx<'_>, reader: &CaseReader, id: RecordId) -> Result<Live, Problem> {
    let case = tx.case(reader, id)?.ok_or_else(no_case)?;
    Live::of(engine, tx, case)
}

/// What happened since the version that was looked at: the case itself when this very act did, nothing when it was harmless.
fn meanwhile(tx: &mut WriteTx<'_>, live: &Live, input: &ActInput) -> Result<Option<Live>, Problem> {
    let events = tx.case_events(&live.case, input.version.max(0))?;
    if events.iter().any(|event| event.client == Some(input.client_id)) {
        return Ok(Some(live.clone()));
    }
    let harmless = |action: &str| {
        let kind = live.flow.action(action).map(|action| action.kind);
        [Event::COMMENT, Event::FILES, Event::CLOCK].contains(&action) || kind == Some(ActionKind::Comment)
    };
    let moved = events.iter().rev().find(|event| !harmless(&event.action));
    match moved {
        None if input.version <= live.case.seq => Ok(None),
        None => Err(Problem::parameter("version", "案件没有这个版本。", "The case has no such version.")),
        Some(event) => {
            let label = view::action_label(&live.flow, &event.action);
            let (by, at) = (&event.by_name, moment(event.at));
            Err(Problem::new(
                ProblemKind::Stale,
                STALE,
                format!("{by} 已在您之前办理(“{}”)。请查看最新情况后再办理。", label.zh),
                format!("{by} did something before you (\"{}\"). Look at the case as it is now.", label.en),
            )
            .with("by", json!(by))
            .with("at", json!(at))
            .with("action", json!({ "name": event.action, "label": label })))
        }
    }
}

fn read(engine: &Engine, tx: &mut WriteTx<'_>, live: &Live, action: &str, input: &ActInput) -> Result<Act, Problem> {
    let known = live.flow.action(action);
    let rates = known.map_or(action == "rate", |action| action.kind == ActionKind::Rate);
    let mut values = match &input.answer {
        Some(answer) => answer.values(engine, &live.flow.fields)?,
        None => BTreeMap::new(),
    };
    values.extend(input.values.clone());
    let (mut rating, mut said) = (None, input.note.clone());
    if rates {
        rating = values.remove("score").and_then(|score| score.as_u64()).and_then(|score| u8::try_from(score).ok());
        let comment = values.remove("comment").and_then(|comment| comment.as_str().map(str::to_owned));
        said = comment.or(said);
    }
    let asked = known.map(asked).unwrap_or_default();
    // An XLSForm that asks instead may fill every field.
    let all = known.is_some_and(|action| action.form.is_some());
    let every: Vec<String> = live.flow.fields.iter().map(|field| field.name.clone()).collect();
    let values = read_values(engine, &live.flow, if all { &every } else { &asked }, &values)?;
    let mut assign = Vec::with_capacity(input.assign.len());
    for one in &input.assign {
        assign.push(key_of(engine, tx, one)?);
    }
    let files = if input.files.is_empty() { Vec::new() } else { files_of(tx, live, &input.files)? };
    Ok(Act {
        action: action.to_owned(),
        values,
        note: note(said.as_deref())?,
        place: input.place.as_ref().map(place).transpose()?,
        files,
        assign,
        answer: None,
        merge_into: None,
        rating,
    })
}

/// Fields an action asks, with those it only requires.
fn asked(action: &flow::Action) -> Vec<String> {
    action.fields.iter().chain(&action.required).cloned().collect()
}

fn files_of(tx: &mut WriteTx<'_>, live: &Live, names: &[String]) -> Result<Vec<String>, Problem> {
    let held = tx.case_files(&live.case)?;
    match names.iter().find(|name| !held.iter().any(|file| file.name == **name)) {
        Some(missing) => Err(Problem::parameter(
            "files",
            format!("附件“{missing}”还没有上传。"),
            format!("The file \"{missing}\" has not been uploaded."),
        )),
        None => Ok(names.to_vec()),
    }
}

/// A bad rating opens a call-back, in the same transaction.
fn call_back(engine: &Engine, tx: &mut WriteTx<'_>, rated: &Live, score: u8) -> Result<(), Problem> {
    let Some(evaluation) = rated.flow.evaluation.as_ref().filter(|evaluation| score <= evaluation.bad) else {
        return Ok(());
    };
    let Some(flow) = evaluation.call_back.clone() else { return Ok(()) };
    let code = rated.state.core.places.get("case").cloned().unwrap_or_default();
    let input = OpenInput {
        answer: None,
        flow,
        area: code,
        title: Some(format!("回访 {}", rated.case.number)),
        values: BTreeMap::new(),
        place: None,
        links: Vec::new(),
        client_id: client_of(&format!("call-back {} {}", rated.case.id, rated.case.seq)),
        on_behalf: None,
        channel: None,
        note: None,
        assign: Vec::<AssignInput>::new(),
    };
    let extra = json!({ "call_back_of": rated.case.id, "number": rated.case.number });
    open_in(engine, tx, &Engine::operator(), &input, extra)?;
    Ok(())
}

/// A client id that follows from what is done, so that it is done once.
pub(crate) fn client_of(text: &str) -> Uuid {
    let hash = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Says something to a case.
pub async fn comment(engine: &Engine, actor: &Actor, id: RecordId, input: CommentInput) -> Result<CaseDetail, Problem> {
    let act = Act { action: Event::COMMENT.into(), note: note(Some(&input.text))?, ..Act::default() };
    apart(engine, actor, id, act, Some(input.client_id)).await
}

/// Makes a case part of another of the same flow that the actor sees.
pub async fn merge(engine: &Engine, actor: &Actor, id: RecordId, input: MergeInput) -> Result<CaseDetail, Problem> {
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let who = Who::of(&engine2, tx, &actor2)?;
            let live = seen(&engine2, tx, &who.reader, id)?;
            let into = seen(&engine2, tx, &who.reader, input.into)?;
            if into.case.id == id || into.case.flow != live.case.flow || into.case.core.merged_into.is_some() {
                return Err(Problem::parameter(
                    "into",
                    "只能并入同一流程的另一个案件,且它本身没有被并入其他案件。",
                    "A case is merged into another of its flow that is not part of a third.",
                ));
            }
            let standing = who.standing(&engine2, tx, &live.flow, &live.case, &live.state)?;
            let own = live.flow.actions.iter().find(|action| action.kind == ActionKind::Merge);
            let act = Act {
                action: own.map_or(Event::MERGE, |action| action.name.as_str()).to_owned(),
                note: note(input.note.as_deref())?,
                merge_into: Some(input.into),
                ..Act::default()
            };
            take(&engine2, tx, &actor2, live, &standing, &act, None)?;
            Ok(())
        })
        .await?;
    get(engine, actor, id).await
}

/// An act that does not depend on what else happened. The same client id again counts once.
pub(super) async fn apart(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    act: Act,
    client: Option<Uuid>,
) -> Result<CaseDetail, Problem> {
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let who = Who::of(&engine2, tx, &actor2)?;
            let live = seen(&engine2, tx, &who.reader, id)?;
            if let Some(client) = client
                && tx.case_client(&live.case, client)?.is_some()
            {
                return Ok(());
            }
            let standing = who.standing(&engine2, tx, &live.flow, &live.case, &live.state)?;
            take(&engine2, tx, &actor2, live, &standing, &act, client)?;
            Ok(())
        })
        .await?;
    get(engine, actor, id).await
}
