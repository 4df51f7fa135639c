//! Lets the demo's events and applications happen, in the order of time and through the same code as a city's own: units and
//! offices first, then every report, step and rating at its moment, with the clocks that were missed in between.

use std::collections::BTreeMap;

use jiff::civil::Date;
use linli_domain::{
    Actor, AreaPath, RecordId, Source, Subject, Timestamp, Value, Values, Verb,
    flow::Standing,
    record::{NewRecord, SourceKind},
};
use linli_store::WriteTx;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    accounts::Worker,
    applications::{Application, applications},
    clock::DemoClock,
    identity::SYNTHETIC_MOBILE,
    incidents::{By, Incident, Step, incidents},
    plan::FULL_STREET,
    records::Loads,
    street::Street,
};
use crate::{
    Engine, Problem,
    flow::{self, ActInput, AssignInput, OpenInput, PlaceInput, Who},
    grid,
    service::{self, NewApplication, PersonInput, ProxyInput},
};

/// `key,unit_code,unit_kind,name,phone,duties`.
const UNITS: &str = include_str!("../../data/units.csv");
/// Register of desks.
const OFFICES: &str = "service/office";
/// The unit that the department's account acts for.
const DEPARTMENT: &str = "urban";

/// What the demo has made before its cases.
pub(super) struct Before<'a> {
    pub street: &'a Street,
    pub loads: &'a Loads,
    pub workers: &'a [Worker],
    pub paths: &'a BTreeMap<String, AreaPath>,
}

/// Makes units, offices, events and applications. Packs of a city may lack their flows: then there are none.
pub(super) fn install(
    engine: &Engine,
    clock: &DemoClock,
    before: &Before<'_>,
    seed: u64,
    today: Date,
) -> Result<(), Problem> {
    let catalogue = engine.catalogue();
    let flows = [grid::FLOW, service::FLOW].iter().all(|name| catalogue.flows.contains_key(*name));
    if !flows || [grid::UNITS, OFFICES].iter().any(|name| !catalogue.entities.contains_key(*name)) {
        return Ok(());
    }
    let units = make_units(engine, before.paths)?;
    make_offices(engine, before)?;
    let events = incidents(&before.street.plan, seed, today);
    let wishes = applications(before.street, seed, today);
    Making::new(engine, clock, before, units)?.run(&events, &wishes)?;
    clock.set(today, 7);
    flow::clock::fire_due(engine)?;
    if let Some(street) = before.paths.get(FULL_STREET) {
        grid::learn::teach(engine, FULL_STREET, street)?;
    }
    Ok(())
}

/// The same id in every demo.
fn id_of(what: &str) -> RecordId {
    let hash = Sha256::digest(format!("linli demo {what}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RecordId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

fn put(engine: &Engine, entity: &str, records: Vec<NewRecord>) -> Result<(), Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Create, Subject::Entity(entity.to_owned()))?;
    let source = Source { kind: SourceKind::Demo, reference: "demo".into() };
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.insert_many(&permit, &records, &source)?))
}

fn texts<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Values {
    pairs.into_iter().map(|(name, text)| (name.to_owned(), Value::Text(text))).collect()
}

/// Units by key; the department's account acts for one of them.
fn make_units(engine: &Engine, paths: &BTreeMap<String, AreaPath>) -> Result<BTreeMap<String, Unit>, Problem> {
    let path = paths.get(FULL_STREET).cloned().ok_or_else(|| Problem::no_area(FULL_STREET))?;
    let (mut units, mut records) = (BTreeMap::new(), Vec::new());
    for line in UNITS.lines().skip(1) {
        let Ok([key, code, kind, name, phone, duties]) = <[&str; 6]>::try_from(line.split(',').collect::<Vec<_>>())
        else {
            continue;
        };
        let id = id_of(&format!("unit {key}"));
        let phone = format!("{SYNTHETIC_MOBILE}{phone:0>6}");
        let pairs = [("unit_code", code), ("unit_kind", kind), ("name", name), ("phone", &phone), ("duties", duties)];
        let values = texts(pairs.map(|(field, text)| (field, text.replace('|', "、"))));
        let (home, entity) = (FULL_STREET.to_owned(), grid::UNITS.to_owned());
        records.push(NewRecord { entity, id, home, path: path.clone(), values });
        units.insert(key.to_owned(), Unit { id, name: name.to_owned() });
    }
    put(engine, grid::UNITS, records)?;
    if let Some(unit) = units.get(DEPARTMENT) {
        let id = unit.id;
        engine.store.write_blocking::<_, Problem>(move |tx| {
            let account = tx.account_by_login("department")?.ok_or_else(Problem::no_account)?;
            Ok(tx.put_members(FULL_STREET, id, &[account.id])?)
        })?;
    }
    Ok(units)
}

/// A unit.
struct Unit {
    id: RecordId,
    name: String,
}

/// One office for the street and one for each of its communities. Names of roads are real, house numbers invented.
fn make_offices(engine: &Engine, before: &Before<'_>) -> Result<(), Problem> {
    let mut records = Vec::new();
    let mut office = |code: &str, name: String, address: String, number: usize| {
        let Some(path) = before.paths.get(code).cloned() else { return };
        let values = texts([
            ("name", name),
            ("address", address),
            ("phone", format!("{SYNTHETIC_MOBILE}{:06}", 200 + number)),
            ("hours", "周一至周五 8:30–11:30,13:30–16:30".to_owned()),
        ]);
        let (entity, home) = (OFFICES.to_owned(), code.to_owned());
        records.push(NewRecord { entity, id: id_of(&format!("office {code}")), home, path, values });
    };
    office(FULL_STREET, "七政街道便民服务中心".into(), "哈尔滨市南岗区七政街(演示)".into(), 0);
    let communities = super::areas::communities(&super::areas::extract());
    for (number, (code, name)) in (1..).zip(communities) {
        let road = before.street.plan.estates.iter().find(|estate| estate.community == code).map_or("", |one| one.road);
        let short = name.trim_end_matches("居委会");
        office(&code, format!("{short}便民服务站"), format!("哈尔滨市南岗区{road}(演示)"), number);
    }
    put(engine, OFFICES, records)
}

/// Something that happens at a moment.
enum Happening<'a> {
    Report(usize, &'a Incident),
    Apply(usize, &'a Application),
    EventStep(usize, &'a Incident, &'a Step),
    WishStep(usize, &'a Application, &'a Step),
}

struct Making<'a> {
    engine: &'a Engine,
    clock: &'a DemoClock,
    before: &'a Before<'a>,
    units: BTreeMap<String, Unit>,
    street: Actor,
    /// Ids of events and of applications, by their number.
    made: [BTreeMap<usize, RecordId>; 2],
}

impl<'a> Making<'a> {
    fn new(
        engine: &'a Engine,
        clock: &'a DemoClock,
        before: &'a Before<'a>,
        units: BTreeMap<String, Unit>,
    ) -> Result<Self, Problem> {
        let street = engine.store.read_blocking::<_, Problem>(|tx| {
            let account = tx.account_by_login("street")?.ok_or_else(Problem::no_account)?;
            let grants = tx.grants_of(account.id)?;
            Ok(Actor { account: account.id, name: account.name, grants, operator: false })
        })?;
        Ok(Self { engine, clock, before, units, street, made: Default::default() })
    }

    /// Everything in the order of time; clocks that were missed are noticed once a day.
    fn run(&mut self, events: &[Incident], wishes: &[Application]) -> Result<(), Problem> {
        let mut all: Vec<(Timestamp, Happening<'_>)> = Vec::new();
        for (number, one) in events.iter().enumerate() {
            all.push((one.at, Happening::Report(number, one)));
            all.extend(one.steps.iter().map(|step| (step.at, Happening::EventStep(number, one, step))));
        }
        for (number, one) in wishes.iter().enumerate() {
            all.push((one.at, Happening::Apply(number, one)));
            all.extend(one.steps.iter().map(|step| (step.at, Happening::WishStep(number, one, step))));
        }
        all.sort_by_key(|(at, _)| *at);
        let mut day = None;
        for (at, what) in all {
            self.clock.to(at);
            if day.replace(at.china_date()) != Some(at.china_date()) {
                flow::clock::fire_due(self.engine)?;
            }
            match what {
                Happening::Report(number, one) => self.report(number, one)?,
                Happening::Apply(number, one) => self.apply(number, one)?,
                Happening::EventStep(number, one, step) => {
                    let place = (one.grid.as_str(), one.community.as_str());
                    self.step((0, number), place, Some(one.unit), step)?;
                }
                Happening::WishStep(number, one, step) => {
                    let (grid, community) = self.place_of(one);
                    self.step((1, number), (&grid, &community), None, step)?;
                }
            }
        }
        Ok(())
    }

    fn place_of(&self, one: &Application) -> (String, String) {
        let place = self.before.street.persons.get(one.person).map_or(0, |person| person.place);
        let grid = self.before.street.plan.above(place, "grid");
        grid.map(|grid| (grid.code.clone(), grid.community.clone())).unwrap_or_default()
    }

    fn worker(&self, grid: &str, community: Option<&str>) -> Result<Actor, Problem> {
        let found = self.before.workers.iter().find(|worker| match community {
            Some(community) => worker.community == community,
            None => worker.grid == grid,
        });
        found.map(|worker| worker.actor.clone()).ok_or_else(|| Problem::no_area(grid))
    }

    fn resident() -> Actor {
        Actor { name: "居民".into(), ..Engine::operator() }
    }

    fn report(&mut self, number: usize, one: &Incident) -> Result<(), Problem> {
        let actor = match one.origin {
            "worker" => self.worker(&one.grid, None)?,
            "hotline" => self.street.clone(),
            _ => Self::resident(),
        };
        let (lat, lon) = one.place;
        let values = BTreeMap::from([
            ("text".to_owned(), json!(one.text)),
            ("kind".to_owned(), json!(one.class)),
            ("address".to_owned(), json!(one.address)),
            ("origin".to_owned(), json!(one.origin)),
        ]);
        let input = OpenInput {
            flow: grid::FLOW.into(),
            area: one.grid.clone(),
            title: None,
            values,
            place: Some(PlaceInput {
                lat: Some(lat as f64 / 1e7),
                lon: Some(lon as f64 / 1e7),
                text: one.address.clone(),
            }),
            links: Vec::new(),
            client_id: id_of(&format!("incident {number}")).0,
            on_behalf: None,
            channel: Some(one.origin.into()),
            note: None,
            assign: Vec::new(),
        };
        let engine = self.engine.clone();
        let opened = self
            .engine
            .store
            .write_blocking::<_, Problem>(move |tx| flow::open_in(&engine, tx, &actor, &input, Json::Null))?;
        self.made[0].insert(number, opened.id);
        Ok(())
    }

    fn apply(&mut self, number: usize, one: &Application) -> Result<(), Problem> {
        let Some(person) = self.before.loads.persons.get(one.person).copied() else { return Ok(()) };
        let (grid, community) = self.place_of(one);
        let actor = match one.channel {
            "counter" => Some(self.worker(&grid, Some(&community))?),
            "proxy" => Some(self.worker(&grid, None)?),
            _ => None,
        };
        let proxy = actor.as_ref().filter(|_| one.channel == "proxy").map(|worker| ProxyInput {
            name: worker.name.trim_end_matches("(演示)").to_owned(),
            phone: format!("{SYNTHETIC_MOBILE}000300"),
            relation: "worker".into(),
        });
        let catalogue = self.engine.catalogue();
        let item = catalogue.items.values().find(|item| item.code == one.item);
        // One paper in ten is forgotten.
        let materials = item.into_iter().flat_map(|item| &item.materials).enumerate();
        let brought = materials.filter(|(at, _)| (number + at) % 10 != 9);
        let input = NewApplication {
            item: one.item.into(),
            person: PersonInput { id: Some(person), ..PersonInput::default() },
            area: Some(community),
            values: one.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            materials: brought.map(|(_, material)| (material.name.clone(), "paper".to_owned())).collect(),
            by_proxy: proxy,
            channel: one.channel.into(),
            despite: true,
            client_id: id_of(&format!("application {number}")).0,
        };
        let engine = self.engine.clone();
        let (opened, _) = self
            .engine
            .store
            .write_blocking::<_, Problem>(move |tx| service::take_in(&engine, tx, actor.as_ref(), &input))?;
        self.made[1].insert(number, opened.id);
        Ok(())
    }

    /// Who somebody is when they act.
    fn who(
        &self,
        by: By,
        (grid, community): (&str, &str),
        unit: Option<&str>,
    ) -> Result<(Actor, Vec<RecordId>), Problem> {
        Ok(match (by, unit.and_then(|key| self.units.get(key))) {
            (By::Grid, _) => (self.worker(grid, None)?, Vec::new()),
            (By::Community, _) => (self.worker(grid, Some(community))?, Vec::new()),
            (By::Unit, Some(unit)) => {
                let account = id_of(&format!("account {}", unit.name));
                let name = format!("{}(演示)", unit.name);
                (Actor { account, name, grants: Vec::new(), operator: false }, vec![unit.id])
            }
            (By::Opener, _) => (Self::resident(), Vec::new()),
            _ => (self.street.clone(), Vec::new()),
        })
    }

    fn step(
        &self,
        (sort, number): (usize, usize),
        place: (&str, &str),
        unit: Option<&str>,
        step: &Step,
    ) -> Result<(), Problem> {
        let Some(id) = self.made[sort].get(&number).copied() else { return Ok(()) };
        let (actor, units) = self.who(step.by, place, unit)?;
        let assign = unit.and_then(|key| self.units.get(key)).filter(|_| step.action == "dispatch");
        let mut values: BTreeMap<String, Json> =
            step.values.iter().map(|(name, text)| ((*name).to_owned(), value_of(text))).collect();
        let mut note = step.note.map(str::to_owned);
        if let Some(score) = step.rating {
            values.insert("score".into(), json!(score));
            values.extend(note.take().map(|words| ("comment".to_owned(), json!(words))));
        }
        let input = ActInput {
            version: 0,
            values,
            note,
            assign: assign
                .map(|unit| AssignInput { unit: Some(unit.id), ..AssignInput::default() })
                .into_iter()
                .collect(),
            place: None,
            files: Vec::new(),
            client_id: id_of(&format!("step {sort} {number} {} {}", step.action, step.at.0)).0,
        };
        let (engine, action, by) = (self.engine.clone(), step.action, step.by);
        self.engine.store.write_blocking::<_, Problem>(move |tx| {
            let input = ActInput { ..input.clone() };
            act(&engine, tx, id, action, by, (&actor, &units), input)
        })
    }
}

/// Takes a step as the case is now. What a clock did meanwhile does not matter.
fn act(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    id: RecordId,
    action: &str,
    by: By,
    (actor, units): (&Actor, &[RecordId]),
    input: ActInput,
) -> Result<(), Problem> {
    let everything = flow::system_reader(engine)?;
    let Some(case) = tx.case(&everything, id)? else { return Ok(()) };
    let input = ActInput { version: case.seq, ..input };
    if by == By::Opener {
        let live = flow::Live::of(engine, tx, case)?;
        let nobody = RecordId(Uuid::nil());
        let standing = Standing { opener: true, ..Standing::reader(nobody, actor.name.clone()) };
        flow::run(engine, tx, actor, live, &standing, action, &input)?;
        return Ok(());
    }
    let reader = flow::reader(engine, actor, units)?;
    let who = Who { actor: actor.clone(), units: units.to_vec(), reader };
    flow::act_in(engine, tx, &who, id, action, &input)?;
    Ok(())
}

/// Yes and no of a text that says so.
fn value_of(text: &str) -> Json {
    match text {
        "true" => json!(true),
        "false" => json!(false),
        text => json!(text),
    }
}
