//! A number for the desk, taken on the way there: whoever holds the ticket's id sees their place, and may give it up.

use linli_domain::{Area, Permit, RecordId, Verb, check};
use linli_store::{Once, ReadTx, tables::Waiting};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{OPENING, local};
use crate::{
    Engine, Problem, ProblemKind,
    collect::public::{Rate, count_call},
    service::{WaitingView, items, queue, subject},
};

/// Numbers of one desk, whoever takes them.
const DESK: Rate = Rate { burst: 120.0, per_second: 0.05 };

/// A number that a resident takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicWaiting {
    /// Code of the community, or of an area within it.
    pub area: String,
    /// Code of the item they come for.
    #[serde(default)]
    pub item: Option<String>,
    /// What they are called by, if they like.
    #[serde(default)]
    pub name: Option<String>,
    /// Chosen by the sender: the same again is the same number.
    #[schema(value_type = String)]
    pub client_id: Uuid,
}

/// Takes the next number of today at the desk of an area.
pub async fn take(engine: &Engine, input: PublicWaiting) -> Result<WaitingView, Problem> {
    count_call(engine, OPENING)?;
    engine.limits.take(&format!("queue {}", input.area), DESK, 1.0, engine.now())?;
    let permit = desk_permit(engine)?;
    let catalogue = engine.catalogue();
    let item = match input.item.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => Some(items::find(&catalogue, code)?.code.clone()),
        None => None,
    };
    let name = input.name.as_deref().and_then(|name| check::text(name).ok());
    let name = name.filter(|name| !name.is_empty()).map(|name| name.chars().take(40).collect::<String>());
    let (engine2, id) = (engine.clone(), engine.ids.next());
    let hash: [u8; 32] = Sha256::digest(serde_json::to_vec(&input).map_err(Problem::internal)?).into();
    let nobody = RecordId(Uuid::nil());
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let key = format!("queue:{}", input.client_id);
            match tx.once(&key, nobody, &hash)? {
                Once::First => {}
                Once::Replay(answer) => {
                    let id = answer["id"].as_str().unwrap_or_default().parse().map_err(Problem::internal)?;
                    return place(&engine2, tx, &permit, id);
                }
                Once::OtherContent => {
                    return Err(Problem::new(
                        ProblemKind::Conflict,
                        "service.other_content",
                        "同一个 client_id 已用于另一次取号,请换一个新的。",
                        "This client_id was used for another number; use a new one.",
                    ));
                }
            }
            let desk = desk(tx, &input.area)?;
            let taken = queue::next(&engine2, tx, &permit, &desk, id, (item.clone(), name.clone()))?;
            tx.remember(&key, nobody, &json!({ "id": id }))?;
            Ok(taken)
        })
        .await
}

/// Where somebody stands in the queue of today.
pub async fn waiting(engine: &Engine, id: RecordId) -> Result<WaitingView, Problem> {
    count_call(engine, 1.0)?;
    let (engine2, permit) = (engine.clone(), desk_permit(engine)?);
    engine.store.read(move |tx| place(&engine2, tx, &permit, id)).await
}

/// Gives a number up.
pub async fn leave(engine: &Engine, id: RecordId) -> Result<WaitingView, Problem> {
    count_call(engine, 1.0)?;
    let (engine2, permit) = (engine.clone(), desk_permit(engine)?);
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let mut one = found(tx, &permit, id)?;
            if matches!(one.state.as_str(), "waiting" | "called") {
                one.state = "skipped".into();
                one.done = Some(tx.now());
                tx.put_waiting(&permit, &one)?;
            }
            place(&engine2, tx, &permit, id)
        })
        .await
}

/// The program's own permit: the ticket is the permission.
fn desk_permit(engine: &Engine) -> Result<Permit, Problem> {
    engine.permit(&Engine::operator(), Verb::Edit, subject())
}

/// The desk of an area is that of its community; a street's own desk is asked by the street's code.
fn desk(tx: &mut ReadTx<'_>, code: &str) -> Result<Area, Problem> {
    let mut area = local(tx, code)?;
    while !["community", "street"].contains(&area.kind.as_str()) {
        let above = area.parent.clone().ok_or_else(|| Problem::no_area(code))?;
        area = tx.area(&above)?.ok_or_else(|| Problem::no_area(code))?;
    }
    Ok(area)
}

fn found(tx: &mut ReadTx<'_>, permit: &Permit, id: RecordId) -> Result<Waiting, Problem> {
    tx.waiting(permit, id)?.ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "service.no_ticket",
            "没有找到这个号,请重新取号。",
            "There is no such number; please take a new one.",
        )
    })
}

fn place(engine: &Engine, tx: &mut ReadTx<'_>, permit: &Permit, id: RecordId) -> Result<WaitingView, Problem> {
    let one = found(tx, permit, id)?;
    let waits = one.state == "waiting";
    let ahead = if waits { queue::ahead(tx, permit, &one)? } else { 0 };
    let mut view = queue::view(engine, &one, ahead);
    // A number of yesterday is not waited for any more.
    if waits && one.day != engine.now().china_date() {
        view.state = "expired".into();
    }
    Ok(view)
}
