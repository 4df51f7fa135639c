//! Cases in tests: who somebody is, and what they do to a case, through the engine.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use linli_domain::{Actor, RecordId};
use linli_engine::{
    Problem,
    flow::{self, ActInput, AssignInput, CaseDetail, OpenInput, PlaceInput},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::world::World;

static FRESH: AtomicU64 = AtomicU64::new(1);

/// An id that is another each time.
pub fn fresh() -> Uuid {
    Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x9000_0000_0000_0000 | FRESH.fetch_add(1, Ordering::SeqCst))
}

/// The account with a login, as the engine knows it.
pub async fn actor(world: &World, login: &str) -> Actor {
    let login = login.to_owned();
    let found = world.engine.store.read::<_, Problem>(move |tx| {
        let account = tx.account_by_login(&login)?.unwrap();
        let grants = tx.grants_of(account.id)?;
        Ok(Actor { account: account.id, name: account.name, grants, operator: false })
    });
    found.await.unwrap()
}

fn map(values: Json) -> BTreeMap<String, Json> {
    values.as_object().unwrap().clone().into_iter().collect()
}

/// Opens a grid event.
pub async fn report(world: &World, login: &str, area: &str, values: Json, place: Option<(f64, f64)>) -> CaseDetail {
    let input = OpenInput {
        answer: None,
        flow: "grid/incident".into(),
        area: area.into(),
        title: None,
        values: map(values),
        place: place.map(|(lat, lon)| PlaceInput { lat: Some(lat), lon: Some(lon), text: String::new() }),
        links: Vec::new(),
        client_id: fresh(),
        on_behalf: None,
        channel: None,
        note: None,
        assign: Vec::new(),
    };
    flow::open(&world.engine, &actor(world, login).await, input).await.unwrap()
}

/// Takes an action on a case as it is now.
pub async fn act(world: &World, login: &str, id: RecordId, action: &str, values: Json) -> Result<CaseDetail, Problem> {
    act_for(world, login, id, action, values, None).await
}

/// [`act`] that calls a unit.
pub async fn act_for(
    world: &World,
    login: &str,
    id: RecordId,
    action: &str,
    values: Json,
    unit: Option<RecordId>,
) -> Result<CaseDetail, Problem> {
    let who = actor(world, login).await;
    let version = flow::get(&world.engine, &who, id).await?.version;
    let input = ActInput {
        version,
        values: map(values),
        note: Some("说明".into()),
        assign: unit.map(|unit| AssignInput { unit: Some(unit), ..AssignInput::default() }).into_iter().collect(),
        place: None,
        answer: None,
        files: Vec::new(),
        client_id: fresh(),
    };
    flow::act(&world.engine, &who, id, action.into(), input).await
}

/// The case as somebody sees it, as JSON.
pub async fn seen(world: &World, login: &str, id: RecordId) -> Result<Json, Problem> {
    let who = actor(world, login).await;
    flow::get(&world.engine, &who, id).await.map(|case| serde_json::to_value(case).unwrap())
}

/// A unit of the street.
pub async fn unit(world: &World, name: &str, duties: &str) -> RecordId {
    let street = world.signed_in("street").await;
    let values = json!({ "name": name, "unit_kind": "department", "duties": duties });
    let body = json!({ "area": crate::world::STREET, "values": values });
    let made = street.post("/api/records/network/unit", body).expect(201).await;
    made["id"].as_str().unwrap().parse().unwrap()
}
