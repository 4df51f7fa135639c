//! A small pack of flows, units, and what tests do with cases.

use linli_engine::{Config, Problem, flow};
use linli_store::tables::CaseQuery;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::world::{Person, STREET, World, ZHAOLIN};

pub const CASES: &str = "/api/cases";
pub const INCIDENT: &str = "works/incident";
pub const DAY: i64 = 86_400;

/// Files of the pack.
pub fn pack() -> Vec<(&'static str, String)> {
    vec![
        ("works/pack.toml", include_str!("flow_pack/pack.toml").to_owned()),
        ("works/roles.toml", include_str!("flow_pack/roles.toml").to_owned()),
        ("works/codes/kind.csv", include_str!("flow_pack/kind.csv").to_owned()),
        ("works/flows/incident.toml", include_str!("flow_pack/incident.toml").to_owned()),
        ("works/flows/alarm.toml", include_str!("flow_pack/alarm.toml").to_owned()),
        ("works/flows/call_back.toml", include_str!("flow_pack/call_back.toml").to_owned()),
    ]
}

/// A city with the pack.
pub async fn world() -> World {
    world_with(Config::default()).await
}

/// A city with the pack and a configuration.
pub async fn world_with(config: Config) -> World {
    World::with_packs(config, pack()).await
}

/// A number nobody used, made of a text.
pub fn client(text: &str) -> String {
    Uuid::from_u128(text.bytes().fold(7_u128, |sum, byte| sum.wrapping_mul(131).wrapping_add(byte.into()))).to_string()
}

/// What opens an incident.
pub fn incident(name: &str, more: Json) -> Json {
    let mut input = json!({
        "flow": INCIDENT, "area": ZHAOLIN, "client_id": client(name),
        "values": { "kind": "lamp", "text": name },
        "place": { "text": "兆麟街 1 号" },
    });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

impl Person {
    /// Opens an incident.
    pub async fn opens(&self, name: &str, more: Json) -> Json {
        self.post(CASES, incident(name, more)).expect(201).await
    }

    /// A call that takes an action on a case as it was seen.
    pub fn act(&self, case: &Json, action: &str, more: Json) -> Self {
        self.act_as(case, action, &client(&format!("{}{action}{more}", case["version"])), more)
    }

    /// The same under a client id.
    pub fn act_as(&self, case: &Json, action: &str, client: &str, more: Json) -> Self {
        let mut input = json!({ "version": case["version"], "client_id": client });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        self.post(&of(case, &format!("/actions/{action}")), input)
    }

    /// The case as they see it now.
    pub async fn sees(&self, case: &Json) -> Json {
        self.get(&of(case, "")).expect(200).await
    }

    /// A unit of the street, for which an account acts.
    pub async fn makes_unit(&self, name: &str, login: &str) -> String {
        let values = json!({ "name": name, "unit_kind": "department" });
        let made =
            self.post("/api/records/network/unit", json!({ "area": STREET, "values": values })).expect(201).await;
        let id = made["id"].as_str().unwrap().to_owned();
        let found = self.get(&format!("/api/accounts?q={login}")).expect(200).await;
        let account = found["items"][0]["id"].clone();
        assert!(account.is_string(), "no account {login}");
        self.put(&format!("/api/units/{id}/members"), json!({ "accounts": [account] })).expect(200).await;
        id
    }
}

/// Address of a case, or of a part of it.
pub fn of(case: &Json, part: &str) -> String {
    format!("{CASES}/{}{part}", case["id"].as_str().unwrap())
}

/// Names of the actions that are offered.
pub fn offered(case: &Json) -> Vec<&str> {
    case["actions"].as_array().unwrap().iter().map(|action| action["name"].as_str().unwrap()).collect()
}

/// Every case is the sum of its history as it is kept.
pub async fn replay_all(world: &World) {
    let engine = world.engine.clone();
    let checked = world.engine.store.read::<_, Problem>(move |tx| {
        let query = CaseQuery { limit: 1_000, ..CaseQuery::default() };
        let cases = tx.cases(&flow::system_reader(&engine)?, &query)?;
        for case in &cases {
            let live = flow::Live::of(&engine, tx, case.clone())?;
            assert!(flow::replays(&engine, tx, &live)?, "{} is not what its history says", case.number);
        }
        Ok(cases.len())
    });
    assert!(checked.await.unwrap() > 0);
}

/// An account of the street's department and its unit: (unit, who).
pub async fn handler(world: &World, login: &str) -> (String, Person) {
    world.account(login, "network/department", STREET).await;
    let city = world.signed_in("city").await;
    let unit = city.makes_unit(&format!("{login}中队"), login).await;
    (unit, world.signed_in(login).await)
}

/// An incident that has been handed to units.
pub async fn dispatched(world: &World, name: &str, units: &[&str], more: Json) -> Json {
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    let case = community.opens(name, more).await;
    let case = community.act(&case, "verify", json!({})).expect(200).await;
    let units: Vec<Json> = units.iter().map(|unit| json!({ "unit": unit })).collect();
    street.act(&case, "dispatch", json!({ "assign": units })).expect(200).await
}
