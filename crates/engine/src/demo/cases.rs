//! Lets the demo's events and applications happen, in the order of time and through the same code as a city's own: units and
//! offices first, then every report, step and rating at its moment, with the clocks that were missed in between.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use linli_domain::{Actor, AreaPath, RecordId, Timestamp, flow::Standing};
use linli_store::WriteTx;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    accounts::Worker,
    applications::{Application, applications},
    clock::DemoClock,
    gatherings::{Deed, Gathering, Met, gatherings, signed_in},
    identity::SYNTHETIC_MOBILE,
    incidents::{By, Incident, Step, incidents},
    plan::FULL_STREET,
    records::Loads,
    street::Street,
    units::{OFFICES, Unit, id_of, make_offices, make_units},
};
use crate::{
    Engine, Problem,
    flow::{self, ActInput, AssignInput, OpenInput, PlaceInput, Who},
    grid, insight, meeting,
    service::{self, NewApplication, PersonInput, ProxyInput},
};

/// Weeks whose figures are kept as they were, so that a leader sees what changed.
const KEPT_WEEKS: i64 = 5;

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
    let communities: Vec<String> =
        super::areas::communities(&super::areas::extract()).into_iter().map(|(code, _)| code).collect();
    let met = if together(&catalogue) { gatherings(&communities, today) } else { Vec::new() };
    let kept: Vec<Date> = (1..=KEPT_WEEKS).rev().map(|weeks| today.saturating_sub(weeks.weeks())).collect();
    Making::new(engine, clock, before, units)?.run(&events, &wishes, &met, &kept)?;
    clock.set(today, 7);
    flow::clock::fire_due(engine)?;
    if let Some(street) = before.paths.get(FULL_STREET) {
        grid::learn::teach(engine, FULL_STREET, street)?;
    }
    Ok(())
}

/// Whether all flows are there in which people of the demo do something together.
fn together(catalogue: &linli_domain::Catalogue) -> bool {
    ["command/whistle", "duty/affair_request", meeting::MEETING, meeting::RESOLUTION]
        .iter()
        .all(|name| catalogue.flows.contains_key(*name))
}

/// Something that happens at a moment.
enum Happening<'a> {
    Report(usize, &'a Incident),
    Apply(usize, &'a Application),
    EventStep(usize, &'a Incident, &'a Step),
    WishStep(usize, &'a Application, &'a Step),
    Gather(usize, &'a Gathering),
    Deed(usize, &'a Gathering, &'a Deed),
}

pub(super) struct Making<'a> {
    pub(super) engine: &'a Engine,
    clock: &'a DemoClock,
    before: &'a Before<'a>,
    units: BTreeMap<String, Unit>,
    street: Actor,
    /// Ids of events and of applications, by their number.
    made: [BTreeMap<usize, RecordId>; 2],
    pub(super) met: Met,
}

impl<'a> Making<'a> {
    fn new(
        engine: &'a Engine,
        clock: &'a DemoClock,
        before: &'a Before<'a>,
        units: BTreeMap<String, Unit>,
    ) -> Result<Self, Problem> {
        let street = signed_in(engine, "street")?;
        Ok(Self { engine, clock, before, units, street, made: Default::default(), met: Met::default() })
    }

    /// Everything in the order of time; clocks that were missed are noticed once a day.
    /// The figures of the days `kept` are kept as they were then.
    fn run(
        &mut self,
        events: &[Incident],
        wishes: &[Application],
        met: &[Gathering],
        kept: &[Date],
    ) -> Result<(), Problem> {
        let mut all: Vec<(Timestamp, Happening<'_>)> = Vec::new();
        for (number, one) in events.iter().enumerate() {
            all.push((one.at, Happening::Report(number, one)));
            all.extend(one.steps.iter().map(|step| (step.at, Happening::EventStep(number, one, step))));
        }
        for (number, one) in wishes.iter().enumerate() {
            all.push((one.at, Happening::Apply(number, one)));
            all.extend(one.steps.iter().map(|step| (step.at, Happening::WishStep(number, one, step))));
        }
        for (number, one) in met.iter().enumerate() {
            all.push((one.at, Happening::Gather(number, one)));
            all.extend(one.deeds.iter().map(|deed| (deed.at, Happening::Deed(number, one, deed))));
        }
        all.sort_by_key(|(at, _)| *at);
        let mut day = None;
        let mut kept = kept.iter().copied().peekable();
        for (at, what) in all {
            self.clock.to(at);
            if day.replace(at.china_date()) != Some(at.china_date()) {
                while let Some(over) = kept.next_if(|day| *day < at.china_date()) {
                    insight::snapshot::take_of(self.engine, over)?;
                }
                flow::clock::fire_due(self.engine)?;
            }
            match what {
                Happening::Report(number, one) => self.report(number, one)?,
                Happening::Apply(number, one) => self.apply(number, one)?,
                Happening::Gather(number, one) => self.gather(number, one)?,
                Happening::Deed(number, one, deed) => self.deed(number, one, deed)?,
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
            answer: None,
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
            answer: None,
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

    /// Id of a unit by its key.
    pub(super) fn unit(&self, key: &str) -> Option<RecordId> {
        self.units.get(key).map(|unit| unit.id)
    }

    /// Who somebody is when they act.
    pub(super) fn who(
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
            answer: None,
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
pub(super) fn act(
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
