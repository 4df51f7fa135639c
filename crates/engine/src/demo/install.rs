//! Makes the demo city in an empty installation.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use jiff::civil::{Date, date};
use linli_domain::{
    Actor, Area, AreaPath, Label, Permit, RecordId, Source, Subject, Timestamp, Verb,
    record::{Ended, NewRecord, SourceKind},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    accounts::{self, DemoLogin, Worker},
    areas, cases,
    clock::DemoClock,
    dice::Dice,
    duty,
    edits::{self, Edit},
    figures,
    plan::{CodeDigits, FULL_STREET, Plan},
    records::{self, FIRST_DAY, Homes, Loads, RESIDENT, Register},
    regimes, samples,
    street::Street,
    tasks,
};
use crate::{Engine, Problem, ProblemKind, access, area, install, jobs, notify};

/// The day the demo city is as of, unless another is asked for.
pub const REFERENCE_DAY: Date = date(2026, 11, 1);

/// Setting that keeps what was made.
const SUMMARY: &str = "demo/summary";

/// Notices that nobody has read yet.
const UNREAD: usize = 4;

/// What pages and files of the demo say.
pub fn banner() -> Label {
    Label::new(
        "演示城市:区划为真实名称与代码,居民、住户、房屋和工作人员均为虚构合成数据。请勿录入真实信息。",
        "Demo city: the divisions are real names and codes; residents, households, dwellings and workers are synthetic. \
         Do not enter real data.",
    )
}

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoOptions {
    /// Seed: the same seed and day make the same city.
    pub seed: u64,
    /// The day the city is as of.
    pub today: Date,
    /// When it is made: work moves up to the morning before, so that what is due in a demo is due now.
    pub now: Timestamp,
}

impl DemoOptions {
    /// The last day whose morning, until eight, is over; not before `today`.
    fn until(&self) -> Date {
        self.now.plus_seconds(-8 * 3_600).china_date().max(self.today)
    }

    /// The usual city; on a machine whose calendar is behind [`REFERENCE_DAY`], as of its own day.
    pub fn at(now: Timestamp) -> Self {
        Self { seed: 2301, today: REFERENCE_DAY.min(now.china_date()), now }
    }
}

/// How far the making is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoProgress {
    /// `areas`, `accounts`, `records` or `samples`.
    pub phase: &'static str,
    /// Steps done.
    pub done: u64,
    /// Steps in all.
    pub total: u64,
}

/// What there is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DemoSummary {
    /// Logins and who they are; the password of all is [`accounts::PASSWORD`].
    pub accounts: Vec<(String, Label)>,
    /// Areas, from the province down to the units.
    pub areas: u64,
    /// Dwellings.
    pub dwellings: u64,
    /// Households.
    pub households: u64,
    /// Residents, without those whose records have ended.
    pub residents: u64,
    /// Records that have ended.
    pub ended: u64,
    /// Changes since the records came in.
    pub edits: u64,
    /// Workers of the street; each has a grid.
    pub workers: u64,
    /// Where the sample files are.
    pub samples: PathBuf,
    /// Whether it was made just now.
    #[serde(skip)]
    pub fresh: bool,
}

/// Makes the demo city in an empty installation whose clock is `clock`; where it is already, changes nothing. Blocks the thread.
pub fn install(
    engine: &Engine,
    clock: &DemoClock,
    options: DemoOptions,
    progress: &mut dyn FnMut(DemoProgress),
) -> Result<DemoSummary, Problem> {
    if let Some(there) = made_before(engine)? {
        return Ok(there);
    }
    clock.set(FIRST_DAY, 8);
    let street = Street::generate(options.seed, options.today, CodeDigits::of(&engine.catalogue().levels));
    progress(DemoProgress { phase: "areas", done: 0, total: 2 });
    let paths = make_areas(engine, &street.plan, options.seed)?;
    progress(DemoProgress { phase: "accounts", done: 0, total: 1 });
    let logins = accounts::logins(&street.plan);
    let workers = accounts::workers(&street.plan, &paths, options.seed);
    accounts::make(engine, &logins, &workers, &paths)?;
    duty::install(engine, &paths)?;
    regimes::install(engine, &paths, options.today)?;
    let edits = edits::edits(&street, options.seed, options.today);
    let homes = homes(&street.plan, &paths)?;
    let loads = records::loads(&street, &homes, options.seed, options.today, &edits.before);
    let mut summary = summary(engine, &street, &loads, &logins, workers.len())?;
    summary.edits = edits.list.len() as u64;
    Making { engine, clock, street: &street, loads: &loads, workers: &workers, today: options.today, progress }
        .run(&edits.list)?;
    figures::install(engine, clock, &paths, options.seed, options.today)?;
    clock.set(options.today, 7);
    let communities = areas::communities(&areas::extract());
    samples::write(&summary.samples, &street, &engine.catalogue(), &communities, options.seed, options.today)
        .map_err(Problem::internal)?;
    install::install_forms(engine)?;
    tasks::install(engine, clock, &workers, options.seed, options.today)?;
    let before = cases::Before { street: &street, loads: &loads, workers: &workers, paths: &paths };
    cases::install(engine, clock, &before, options.seed, options.until())?;
    figures::answer(engine, clock, &paths, options.seed, options.today)?;
    clock.to(options.now.max(engine.now()));
    // What a server does of a night was done: the first start has nothing to catch up on.
    jobs::ensure_recurring(engine)?;
    jobs::run_due(engine)?;
    leave_few_unread(engine, &logins)?;
    finish(engine, &logins, &summary)?;
    Ok(DemoSummary { fresh: true, ..summary })
}

/// The summary of a demo that is there; a refusal when there is something else.
fn made_before(engine: &Engine) -> Result<Option<DemoSummary>, Problem> {
    let (kept, areas) = engine.store.read_blocking::<_, Problem>(|tx| Ok((tx.setting(SUMMARY)?, tx.area_count()?)))?;
    match kept {
        Some(kept) => serde_json::from_value(kept).map(Some).map_err(Problem::internal),
        None if areas > 0 => Err(Problem::new(
            ProblemKind::Conflict,
            "demo.not_empty",
            "数据目录中已有数据(或上次生成演示城市时中断)。请换一个空目录,或删除后重新运行。",
            "The data folder holds data already (or the demo was interrupted). Use an empty folder, or delete it and run again.",
        )),
        None => Ok(None),
    }
}

/// The tree: the statistics' extract, counts for the rest of the city, the street's own places. Answers paths by code.
fn make_areas(engine: &Engine, plan: &Plan, seed: u64) -> Result<BTreeMap<String, AreaPath>, Problem> {
    let operator = operator();
    let extract = areas::extract();
    area::import(engine, &operator, extract.as_bytes(), &area::ImportOptions::default(), &mut |_| ())?;
    let mut known: Vec<Area> = engine.store.read_blocking::<_, Problem>(|tx| {
        let mut known = Vec::new();
        tx.areas_all(&mut |area| {
            known.push(area);
            Ok(())
        })?;
        Ok(known)
    })?;
    let mut paths: BTreeMap<String, AreaPath> =
        known.iter().map(|area| (area.code.clone(), area.path.clone())).collect();
    let dice = Dice::new(seed).fork("counts");
    known.retain(|area| area.kind == "community" && area.parent.as_deref() != Some(FULL_STREET));
    for area in &mut known {
        let (households, residents) = areas::counts(&dice, &area.code);
        (area.counted_households, area.counted_residents) = (Some(households), Some(residents));
    }
    let below = areas::below(plan, &paths);
    paths.extend(below.iter().map(|area| (area.code.clone(), area.path.clone())));
    known.extend(below);
    let permit = engine.permit(&operator, Verb::Manage, Subject::Areas)?;
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.put_areas(&permit, &known)?))?;
    Ok(paths)
}

fn homes(plan: &Plan, paths: &BTreeMap<String, AreaPath>) -> Result<Homes, Problem> {
    let home = |place: &super::plan::Place| {
        let path = paths.get(&place.code).cloned().ok_or_else(|| Problem::no_area(&place.code))?;
        Ok((place.community.clone(), path))
    };
    plan.places.iter().map(home).collect()
}

/// Who loads the records: the program itself, under a name that says what they are.
fn operator() -> Actor {
    Actor { name: "演示数据".into(), ..Engine::operator() }
}

fn summary(
    engine: &Engine,
    street: &Street,
    loads: &Loads,
    logins: &[DemoLogin],
    workers: usize,
) -> Result<DemoSummary, Problem> {
    Ok(DemoSummary {
        accounts: logins.iter().map(|login| (login.login.to_owned(), login.label.clone())).collect(),
        areas: engine.store.read_blocking::<_, Problem>(|tx| Ok(tx.area_count()?))?,
        dwellings: loads.dwellings.len() as u64,
        households: street.held_households().count() as u64,
        residents: street.held_persons().count() as u64,
        ended: street.former.len() as u64,
        edits: 0,
        workers: workers as u64,
        samples: engine.data.join("samples"),
        fresh: false,
    })
}

/// Notices of months were read as they came: only the last few still wait.
fn leave_few_unread(engine: &Engine, logins: &[DemoLogin]) -> Result<(), Problem> {
    notify::tell_due(engine)?;
    for login in logins.iter().map(|login| login.login) {
        engine.store.write_blocking::<_, Problem>(move |tx| {
            let Some(account) = tx.account_by_login(login)? else { return Ok(()) };
            let unread = tx.notices(account.id, true, None, 100_000)?;
            let read: Vec<RecordId> = unread.iter().skip(UNREAD).map(|notice| notice.id).collect();
            for some in read.chunks(500) {
                tx.read_notices(account.id, Some(some))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn finish(engine: &Engine, logins: &[DemoLogin], summary: &DemoSummary) -> Result<(), Problem> {
    let detail = json!({ "residents": summary.residents, "households": summary.households, "areas": summary.areas });
    let entry = engine.audit_entry(&operator(), "demo", "system", "demo", None, detail);
    let kept = serde_json::to_value(summary).map_err(Problem::internal)?;
    engine.store.write_blocking::<_, Problem>(move |tx| {
        tx.audit(entry.clone())?;
        Ok(tx.put_setting(SUMMARY, &kept)?)
    })?;
    let accounts: Vec<access::DemoAccount> = logins
        .iter()
        .map(|login| access::DemoAccount { login: login.login.to_owned(), label: login.label.clone() })
        .collect();
    access::set_demo_accounts(engine, &accounts)
}

/// What happens on a day, in order.
#[derive(Default)]
struct Day<'a> {
    loads: Vec<&'a [NewRecord]>,
    edits: Vec<&'a Edit>,
    ends: Vec<usize>,
}

struct Making<'a> {
    engine: &'a Engine,
    clock: &'a DemoClock,
    street: &'a Street,
    loads: &'a Loads,
    workers: &'a [Worker],
    today: Date,
    progress: &'a mut dyn FnMut(DemoProgress),
}

impl Making<'_> {
    /// Loads the records and makes the changes, day by day.
    fn run(&mut self, edits: &[Edit]) -> Result<(), Problem> {
        let mut days: BTreeMap<Date, Day<'_>> = BTreeMap::new();
        for (day, batch) in &self.loads.batches {
            days.entry(*day).or_default().loads.push(batch);
        }
        for edit in edits {
            days.entry(edit.day).or_default().edits.push(edit);
        }
        for (index, former) in self.street.former.iter().enumerate() {
            let noticed = edits::sweep(former.ended, self.today).unwrap_or(former.ended);
            days.entry(noticed).or_default().ends.push(index);
        }
        let total = days.len() as u64;
        let mut versions: BTreeMap<RecordId, i64> = BTreeMap::new();
        for (done, (day, work)) in (0..).zip(days) {
            (self.progress)(DemoProgress { phase: "records", done, total });
            self.clock.set(day, 9);
            for batch in work.loads {
                self.load(batch)?;
            }
            if !work.edits.is_empty() {
                self.clock.set(day, 15);
                self.edit(&work.edits, &mut versions)?;
            }
            if !work.ends.is_empty() {
                self.clock.set(day, 17);
                self.end(&work.ends)?;
            }
        }
        (self.progress)(DemoProgress { phase: "samples", done: total, total });
        Ok(())
    }

    fn load(&self, batch: &[NewRecord]) -> Result<(), Problem> {
        let Some(first) = batch.first() else { return Ok(()) };
        let permit = self.engine.permit(&operator(), Verb::Create, Subject::Entity(first.entity.clone()))?;
        let batch: Arc<[NewRecord]> = batch.into();
        let source = Source { kind: SourceKind::Demo, reference: "demo".into() };
        self.engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.insert_many(&permit, &batch, &source)?))
    }

    fn edit(&self, edits: &[&Edit], versions: &mut BTreeMap<RecordId, i64>) -> Result<(), Problem> {
        let mut steps = Vec::with_capacity(edits.len());
        for edit in edits {
            let (id, place) = self.record(edit.register, edit.index);
            let version = versions.entry(id).or_insert(1);
            let permit = self.permit(place, edit.kind == SourceKind::Import, Verb::Edit, edit.register.entity())?;
            let source = Source { kind: edit.kind, reference: format!("demo-{}", edit.day) };
            steps.push((permit, edit.register.entity(), id, *version, edit.changes.clone(), source));
            *version += 1;
        }
        self.engine.store.write_blocking::<_, Problem>(move |tx| {
            for (permit, entity, id, version, changes, source) in &steps {
                tx.update(permit, entity, *id, *version, changes, source)?;
            }
            Ok(())
        })
    }

    fn end(&self, ends: &[usize]) -> Result<(), Problem> {
        let mut steps = Vec::with_capacity(ends.len());
        for index in ends {
            let (Some(former), Some(id)) = (self.street.former.get(*index), self.loads.former.get(*index)) else {
                continue;
            };
            let permit = self.permit(former.person.place, true, Verb::End, RESIDENT)?;
            let ended = Ended { on: former.ended, reason: former.reason.to_owned(), merged_into: None };
            steps.push((permit, *id, ended));
        }
        let source = Source { kind: SourceKind::Edit, reference: String::new() };
        self.engine.store.write_blocking::<_, Problem>(move |tx| {
            for (permit, id, ended) in &steps {
                tx.end(permit, RESIDENT, *id, 1, ended, &source)?;
            }
            Ok(())
        })
    }

    /// Id and place of an edited record.
    fn record(&self, register: Register, index: usize) -> (RecordId, usize) {
        let (ids, place) = match register {
            Register::Dwelling => {
                (&self.loads.dwellings, self.street.plan.dwellings.get(index).map(|dwelling| dwelling.unit))
            }
            Register::Household => {
                (&self.loads.households, self.street.households.get(index).map(|household| household.place))
            }
            Register::Resident => (&self.loads.persons, self.street.persons.get(index).map(|person| person.place)),
        };
        (ids.get(index).copied().unwrap_or(RecordId(uuid::Uuid::nil())), place.unwrap_or(0))
    }

    /// The permit of the grid's worker, or of the one who answers for the community.
    fn permit(&self, place: usize, community: bool, verb: Verb, entity: &str) -> Result<Permit, Problem> {
        let grid = self.street.plan.above(place, "grid").map(|grid| (grid.code.as_str(), grid.community.as_str()));
        let (grid, home) = grid.unwrap_or_default();
        let worker =
            self.workers.iter().find(|worker| if community { worker.community == home } else { worker.grid == grid });
        let worker = worker.ok_or_else(|| Problem::no_area(grid))?;
        self.engine.permit(&worker.actor, verb, Subject::Entity(entity.to_owned()))
    }
}
